"""Sends Wait to converters that work by hand, followers before a reference, again and again until they are in Wait.

Used by `HandTime` and `HandLease`, each with one of its own. It asks for no turn and keeps no stop waiting.
"""

import logging
from collections.abc import Collection
from concurrent.futures import Executor
from dataclasses import dataclass

from main_controller.assessment.grid_state import GridState, UnitAssessment
from main_controller.domain.actor import Actor
from main_controller.domain.modes import ConverterStatus
from main_controller.orders.desk import Desk, foreseen
from main_controller.orders.set_converter import SetConverter
from main_controller.orders.trying import Trying
from main_controller.sentence import say

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Asked:
    """When (monotonic s) Wait was first and last sent to a unit."""

    first: float
    last: float


class HandEnd:
    """Sends it as `by`; `executor` sends, so that no unit waits for one that hangs."""

    def __init__(self, desk: Desk, set_converter: SetConverter, by: Actor, *, executor: Executor) -> None:
        self._desk = desk
        self._set_converter = set_converter
        self._by = by
        self._executor = executor
        self._asked: dict[str, _Asked] = {}
        self._trying: dict[str, Trying] = {}

    def send(self, late: Collection[str], grid: GridState) -> None:
        """Send Wait to these units where it is time, to current-controlled ones first; others are forgotten.

        A reference keeps the bus while another may need it, until that one has had its time. Nothing is sent while a
        Stop all runs, which sends Waits of its own.
        """
        self._asked = {unit_id: asked for unit_id, asked in self._asked.items() if unit_id in late}
        self._trying = {unit_id: trying for unit_id, trying in self._trying.items() if unit_id in late}
        if self._desk.turns.held_by is not None:
            return
        for unit_id in late:
            asked, unit = self._asked.get(unit_id), grid.units.get(unit_id)
            if unit is None or (asked is not None and grid.now - asked.last < self._desk.timing.hand_again):
                continue
            if unit.estimate.possibly(ConverterStatus.VOLTAGE_REFERENCE) and self._needed(unit, grid):
                continue
            self._asked[unit_id] = _Asked(grid.now if asked is None else asked.first, grid.now)
            trying = self._trying.setdefault(unit_id, Trying())
            self._executor.submit(self._wait, unit_id, trying)

    def _needed(self, reference: UnitAssessment, grid: GridState) -> bool:
        """Whether another unit may be current-controlled, unless its Wait was sent long enough ago."""
        for unit in grid.others(reference.id):
            asked = self._asked.get(unit.id)
            had_its_time = asked is not None and grid.now - asked.first >= self._desk.timing.hand_again
            if unit.estimate.possibly_current_controlled and not unit.acknowledged and not had_its_time:
                return True
        return False

    def _wait(self, unit_id: str, trying: Trying) -> None:
        desk = self._desk
        tries = trying.begin(desk.clock())
        try:
            self._set_converter.wait(unit_id, self._by, tries=tries)
        except Exception as fault:  # noqa: BLE001 - nobody asks the future
            error = foreseen(fault, say("procedures.waitTo", "Wait to {unit}", unit=unit_id))
            known = tries is not None and not tries.tell and error.sent is False and tries.why == error.sentence
            level = logging.DEBUG if known else logging.ERROR
            log.log(level, "%s is to work by hand no longer, and Wait to it failed: %s", unit_id, error.sentence)
            if error.sent is False:
                trying.not_sent(error.sentence, desk.clock(), desk.wall(), command_id=error.details.get("command"))
                return
        trying.over()
