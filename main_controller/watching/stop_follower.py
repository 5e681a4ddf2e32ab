"""A Force Stop is over when every converter in its scope is in Wait; one that is not gets Wait (S2, S3, S13).

So does one that a Stop all did not bring to Wait in its time. A worker calls `run_once`. apis-main ends by itself what
it began, within 27 s as the readings tell it (K9); whatever works on after that was driven by nobody whom the stop
reached.
"""

import logging
from collections.abc import Collection

from main_controller.assessment.grid_state import GridState, UnitAssessment
from main_controller.domain.commands import Command
from main_controller.domain.modes import ConverterStatus
from main_controller.domain.orders import ModeOrder, StopAllOrder
from main_controller.orders.desk import Desk
from main_controller.orders.waits import Waits, WaitWave
from main_controller.sentence import counted_out
from main_controller.watching.earlier_stops import EarlierStop

log = logging.getLogger(__name__)


class StopFollower:
    """Sends Wait after each Force Stop, and each Stop all that failed, to the converters that still work.

    So it does for those of `earlier` runs, once the units are heard or have had the time for it.
    """

    def __init__(self, desk: Desk, waits: Waits, earlier: Collection[EarlierStop] = ()) -> None:
        self._desk = desk
        self._waits = waits
        self._earlier = earlier
        self._began = desk.clock()
        self._waves: list[WaitWave] = []
        self._sent_at: dict[str, float] = {}

    def run_once(self) -> None:
        """Look once at the stops that have had their time."""
        self._waves = [wave for wave in self._waves if not wave.finished()]
        stops = [EarlierStop(command) for command in self._desk.commands.latest() if self._follows(command)]
        if self._earlier:
            stops += self._of_earlier_runs()
        if not stops or self._desk.turns.held_by is not None:  # a Stop all sends its own Waits
            return
        grid = self._desk.grid()
        faults = []
        for stop in stops:
            try:
                self._follow(stop, grid)
            except Exception as fault:  # noqa: BLE001 - raised once every other stop was followed
                faults.append(fault)
        if faults:
            raise faults[0]

    def _of_earlier_runs(self) -> list[EarlierStop]:
        """Those that are still followed; none before the units were heard, or have had the time for it."""
        desk = self._desk
        if desk.cache.snapshot().answered_at is None and desk.clock() - self._began < desk.timing.fresh:
            return []
        self._earlier = [stop for stop in self._earlier if self._follows(stop.command)]
        return list(self._earlier)

    def _follows(self, command: Command) -> bool:
        """Whether it is a stop that has had its time, and that all converters in Wait have not ended."""
        timing, now = self._desk.timing, self._desk.clock()
        order = command.order
        if isinstance(order, StopAllOrder):
            over = not command.state.open and not command.state.in_effect  # while it runs it sends its own
            return over and now - command.last_given <= timing.force_stop_follows
        if not isinstance(order, ModeOrder) or not order.stops:
            return False
        unsent = command.sent is False and not order.waits
        due = timing.stop_lag <= now - command.entered <= timing.force_stop_follows
        return due and not unsent and not command.state.in_effect

    def _follow(self, stop: EarlierStop, grid: GridState) -> None:
        command = stop.command
        on_the_way = {unit_id for wave in self._waves for unit_id in wave.unit_ids}
        due = [
            unit
            for unit in grid.scope(command.unit_id)
            if unit.id not in on_the_way and unit.id not in stop.but and self._works(command, unit, grid.now)
        ]
        if not due:
            return
        log.warning(
            "%s: %d converters are not in Wait %.0f s after the stop and get Wait: %s",
            command.id, len(due), grid.now - command.entered, counted_out([unit.id for unit in due]),
        )  # fmt: skip
        for unit in due:
            self._sent_at[unit.id] = grid.now
        self._waves.append(self._waits.start(command.id, due))

    def _works(self, command: Command, unit: UnitAssessment, now: float) -> bool:
        """Whether Wait is due to this unit: not surely in Wait, not asked just now, and nothing was ordered since."""
        if unit.estimate.surely(ConverterStatus.WAIT) or (unit.acknowledged and not unit.live):
            return False
        if now - self._sent_at.get(unit.id, float("-inf")) < self._desk.timing.force_stop_again:
            return False
        return not self._desk.ordered_since(command.id, command.entered, unit.id, stops=False)
