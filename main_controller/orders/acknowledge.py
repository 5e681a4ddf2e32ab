"""An operator has looked at live hardware that nobody watches: Z6a, S10, S11. Used by `/acknowledge` and a worker."""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from main_controller.domain.actor import Actor
from main_controller.domain.commands import Command
from main_controller.domain.identity import LONGEST_ID
from main_controller.domain.orders import AcknowledgeOrder
from main_controller.domain.stamp import UNSTAMPED, Stamp
from main_controller.errors import NotFound
from main_controller.orders.desk import Desk
from main_controller.rules.live_bus import DEAD_BUS, RunLimits, listed, unexplained
from main_controller.sentence import say
from main_controller.store.chronicle import Chronicle


class Book(Protocol):
    """Where acknowledgements are kept."""

    def acknowledge(self, unit_id: str, status: str | None, by: str, at: datetime) -> None:
        """Keep it until the unit tells anything new."""
        ...

    def lift(self, unit_id: str) -> bool:
        """End it; whether there was one."""
        ...


class Acknowledge:
    """Takes note of an acknowledgement; whatever the unit tells anew lifts it, and so does a bus that is measured live.

    `dead_bus` (V) is up to where a bus counts as dead; `chronicle` tells what was lifted.
    """

    def __init__(
        self,
        desk: Desk,
        book: Book,
        *,
        chronicle: Chronicle,
        dead_bus: float = DEAD_BUS,
        told: Callable[[str], None] = lambda unit_id: None,
    ) -> None:
        self._desk = desk
        self._book = book
        self._chronicle = chronicle
        self._limits = RunLimits(desk.timing.fresh, dead_bus)
        self._told = told
        self._doubted: dict[str, float] = {}  # since when (monotonic s) the bus has spoken against it, by unit

    def order(self, unit_id: str, by: Actor, *, stamp: Stamp = UNSTAMPED) -> Command:
        """Acknowledge one unit; NotFound for a stranger, Refused where there is nothing to acknowledge."""
        desk = self._desk
        snapshot = desk.cache.snapshot()
        unit = desk.grid().units.get(unit_id)
        if unit is None:
            raise NotFound(say("orders.noUnit", "There is no unit {unit!r}.", unit=unit_id[:LONGEST_ID]))
        command = desk.begin(AcknowledgeOrder(unit_id), by, stamp=stamp)
        with desk.seen_through(command):
            desk.timely(command, stamp)
            desk.not_while_latched(command)
            if not unit.unwatched:
                watched = say(
                    "orders.watched",
                    "{unit} is watched, or was last seen in Wait; there is nothing to acknowledge.",
                    unit=unit_id,
                )
                raise desk.refuse(command, watched)
            self._book.acknowledge(unit_id, snapshot.last_status(unit_id), str(by), desk.wall())
            self._told(unit_id)
            return desk.verify(desk.accept(command))

    def run_once(self) -> None:
        """Lift what is acknowledged while the bus is live and nothing explains it (S10).

        Only once that has held for as long as a reading is fresh, so that it rests on newer ones: at the end of a deal
        the last voltages are told after it.
        """
        grid = self._desk.grid()
        shown = unexplained(grid, self._limits)
        before, self._doubted = self._doubted, {}
        if not shown:
            return
        for unit in grid.units.values():
            if not unit.acknowledged or not unit.unwatched:
                continue
            since = before.get(unit.id, grid.now)
            if grid.now - since <= self._limits.fresh:
                self._doubted[unit.id] = since
            elif self._book.lift(unit.id):
                text = say(
                    "orders.acknowledgedNoMore",
                    "{unit} is acknowledged no longer: the bus is live ({shown}) and nothing explains it.",
                    unit=unit.id,
                    shown=listed(shown),
                )
                self._chronicle.tell("acknowledgement", unit.id, text, None, dict(shown))
