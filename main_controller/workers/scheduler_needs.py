"""What the scheduler needs of the rest of the program: orders to give and a view of the grid.

Implemented by the orders, the procedures and the wiring; the tests have small fakes of them.
"""

from datetime import datetime
from typing import Literal, Protocol

from main_controller.domain.modes import Mode
from main_controller.domain.schedule import ModeSeen


class OrderTicket(Protocol):
    """An accepted order, to be asked how it went; never blocks."""

    @property
    def id(self) -> str:
        """The command's id."""

    def outcome(self) -> Literal["pending", "inEffect", "notInEffect"]:
        """Whether the order is in effect (Z9b), or not within the time allowed."""


class ModeOrders(Protocol):
    """The operation that orders a mode."""

    def order(self, unit_id: str | None, mode: Mode | None) -> OrderTicket:
        """Order the mode (None clears a unit's local one). Raises ControllerError, UpstreamError with its `sent`."""


class GridView(Protocol):
    """What the decision needs to know of the grid."""

    def mode_in_force(self) -> Mode | None:
        """The global mode in force; None while it is null or mixed (Z5a)."""

    def local_mode(self, unit_id: str) -> ModeSeen:
        """The unit's local mode by a live reading; None follows the global one, UNKNOWN without such a reading."""

    def in_wait(self, unit_id: str | None) -> bool:
        """Whether every converter in this scope is known to be in Wait, or a person has looked at it (Z6a)."""

    def has_grid_master(self) -> bool | None:
        """Whether a Grid Master is known; None when it cannot be told."""

    def grid_error(self) -> bool | None:
        """Whether the grid reports an error (Z6); None when it cannot be told."""

    def last_person_order_at(self, unit_id: str | None) -> datetime | None:
        """When a person's last mode order of exactly this scope, or Stop all, was or may have been sent (aware UTC)."""
