"""A Force Stop is over when every converter in its scope is in Wait; one that is not gets Wait (S2, S3, S13).

So does one that a Stop all did not bring to Wait in its time. A worker calls `run_once`. apis-main ends by itself what
it began, within 27 s as the readings tell it (K9); whatever works on after that was driven by nobody whom the stop
reached.
"""

import logging

from main_controller.assessment.grid_state import GridState, UnitAssessment
from main_controller.domain.commands import Command
from main_controller.domain.identity import some
from main_controller.domain.modes import ConverterStatus
from main_controller.domain.orders import ModeOrder, StopAllOrder
from main_controller.operations.desk import Desk
from main_controller.operations.waits import Waits, WaitWave

log = logging.getLogger(__name__)


class StopFollower:
    """Sends Wait after each Force Stop, and each Stop all that failed, to the converters that still work."""

    def __init__(self, desk: Desk, waits: Waits) -> None:
        self._desk = desk
        self._waits = waits
        self._waves: list[WaitWave] = []
        self._sent_at: dict[str, float] = {}

    def run_once(self) -> None:
        """Look once at the stops that have had their time."""
        self._waves = [wave for wave in self._waves if not wave.finished()]
        stops = [command for command in self._desk.commands.latest() if self._follows(command)]
        if not stops or self._desk.commands.held_by is not None:  # a Stop all sends its own Waits
            return
        picture = self._desk.picture()
        for command in stops:
            self._follow(command, picture)

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

    def _follow(self, command: Command, picture: GridState) -> None:
        on_the_way = {unit_id for wave in self._waves for unit_id in wave.unit_ids}
        due = [
            fact
            for fact in picture.scope(command.unit_id)
            if fact.id not in on_the_way and self._works(command, fact, picture.now)
        ]
        if not due:
            return
        log.warning(
            "%s: %d converters are not in Wait %.0f s after the stop and get Wait: %s",
            command.id, len(due), picture.now - command.entered, some([fact.id for fact in due]),
        )  # fmt: skip
        for fact in due:
            self._sent_at[fact.id] = picture.now
        self._waves.append(self._waits.start(command.id, due))

    def _works(self, command: Command, fact: UnitAssessment, now: float) -> bool:
        """Whether Wait is due to this unit: not surely in Wait, not asked just now, and nothing was ordered since."""
        if fact.estimate.surely(ConverterStatus.WAIT) or (fact.acknowledged and not fact.live):
            return False
        if now - self._sent_at.get(fact.id, float("-inf")) < self._desk.timing.force_stop_again:
            return False
        return not self._desk.ordered_since(command.id, command.entered, fact.id, stops=False)
