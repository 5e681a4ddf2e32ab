"""The alarms of the bus over pictures that come from elsewhere: a recording of the real system, or a simulated one."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from main_controller.domain.timing import Timing
from main_controller.orders.desk import Desk
from main_controller.orders.register import Register
from main_controller.orders.trips import Trips
from main_controller.rules.interlock_terms import Limits
from main_controller.store.chronicle import Chronicle
from main_controller.store.unit_cache import UnitCache
from main_controller.watching.bus_events import BusEvents
from main_controller.watching.deal_watch import DealWatch
from tests.orders.bench import Acknowledged, LockBook

OURS = ("unexplained", "converter")
"""What is told because the orders were given elsewhere."""


class Watching:
    """Looks at what a cache holds; `told` are the rows of the journal: when, kind, unit, sentence, before, after."""

    def __init__(
        self,
        cache: UnitCache,
        clock: Callable[[], float],
        wall: Callable[[], datetime],
        limits: Limits | None = None,
    ) -> None:
        self.told: list[tuple[Any, ...]] = []
        desk = Desk(cache, Register(), Acknowledged(), LockBook(), timing=Timing(), clock=clock, wall=wall)
        chronicle = Chronicle(record=lambda *row: self.told.append((clock(), *row)), wall=wall)
        self._deals = DealWatch(desk, record=lambda *_: None)
        self.events = BusEvents(desk, chronicle, Trips(), limits=limits or Limits(), accounts=self._deals.accounts)

    def look(self) -> None:
        """Look once, as after a poll."""
        self._deals.run_once()
        self.events.run_once()

    @property
    def alarms(self) -> list[tuple[Any, ...]]:
        """When, kind and sentence of what was told, besides what others' orders explain."""
        return [(row[0], row[1], row[3]) for row in self.told if row[1] not in OURS]

    @property
    def kinds(self) -> list[str]:
        """The kinds that stand, besides what others' orders explain."""
        return [one.condition.kind for one in self.events.standing() if one.condition.kind not in OURS]
