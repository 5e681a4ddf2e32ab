"""The scheduler's way to the mode orders, and what it may look at: a due schedule orders like anybody else (Z12).

Handed to `workers/scheduler.py` by the controller.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Literal

from main_controller.domain.actor import SCHEDULER
from main_controller.domain.commands import Command
from main_controller.domain.modes import ConverterStatus, Mode
from main_controller.domain.orders import ModeOrder, StopAllOrder
from main_controller.domain.schedule import UNKNOWN, ModeSeen
from main_controller.orders.desk import Desk
from main_controller.orders.set_mode import SetMode

Outcome = Literal["pending", "inEffect", "notInEffect"]


@dataclass(frozen=True, slots=True)
class Ticket:
    """A scheduled order that was sent; `outcome` says whether it is in effect and never blocks."""

    id: str
    desk: Desk

    def outcome(self) -> Outcome:
        """How the order stands now."""
        state = self.desk.commands.get(self.id).state
        if state.open:
            return "pending"
        return "inEffect" if state.in_effect else "notInEffect"


class ScheduledModes:
    """Orders modes for the scheduler."""

    def __init__(self, desk: Desk, set_mode: SetMode) -> None:
        self._desk = desk
        self._set_mode = set_mode

    def order(self, unit_id: str | None, mode: Mode | None) -> Ticket:
        """Order a mode for the cluster or one unit (None clears its local mode); raises ControllerError."""
        if unit_id is not None:
            command = self._set_mode.unit(unit_id, mode, SCHEDULER)
        elif mode is not None:
            command = self._set_mode.cluster(mode, SCHEDULER)
        else:
            raise ValueError("the cluster's mode cannot be cleared")
        return Ticket(command.id, self._desk)


class GridSeen:
    """What a scheduled decision looks at.

    `earlier` says when a person last ordered a mode before this program's start: by unit, None the cluster, and "" a
    Stop all, which counts in every scope.
    """

    def __init__(
        self,
        desk: Desk,
        *,
        earlier: Mapping[str | None, datetime] = MappingProxyType({}),
    ) -> None:
        self._desk = desk
        self._earlier = earlier

    def mode_in_force(self) -> Mode | None:
        """The cluster's mode, None while it is not known or mixed."""
        grid = self._desk.grid()
        return None if grid.mode_pending(None) else grid.mode

    def local_mode(self, unit_id: str) -> ModeSeen:
        """A live unit's own mode (None follows the cluster); UNKNOWN for any other unit."""
        unit = self._desk.grid().units.get(unit_id)
        return unit.local_mode if unit is not None and unit.live else UNKNOWN

    def in_wait(self, unit_id: str | None) -> bool:
        """Whether every converter in this scope is known to be in Wait, or a person has looked at it (Z6a)."""
        units = self._desk.grid().scope(unit_id)
        return all(
            unit.estimate.surely(ConverterStatus.WAIT) or (unit.acknowledged and not unit.live) for unit in units
        )

    def has_grid_master(self) -> bool | None:
        """Whether a Grid Master is known; None when that cannot be told."""
        return self._desk.grid().grid_master_known

    def grid_error(self) -> bool | None:
        """Whether the grid reports an error (Z6); None when that cannot be told."""
        return self._desk.grid().error

    def last_person_order_at(self, unit_id: str | None) -> datetime | None:
        """When a person's last mode order in exactly this scope, or Stop all, came and was or may have been sent."""
        moments = [
            self._came(command)
            for command in self._desk.commands.latest()
            if command.by != SCHEDULER and (command.sent is not False or command.state.open)
            and (isinstance(command.order, StopAllOrder)
                 or (isinstance(command.order, ModeOrder) and command.unit_id == unit_id))
        ]  # fmt: skip
        moments += [self._earlier[scope] for scope in (unit_id, "") if scope in self._earlier]
        return max(moments, default=None)

    def _came(self, command: Command) -> datetime:
        """When it came; told by the monotonic clock where the wall clock was put back since (M18)."""
        now = self._desk.wall()
        return command.at if command.at <= now else now - timedelta(seconds=self._desk.clock() - command.entered)
