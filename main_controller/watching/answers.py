"""What was done by a converter's own answer is watched on: the readings that count decide (S8, S22).

A worker calls `run_once`. It sends nothing.
"""

import logging
from collections.abc import Mapping
from dataclasses import replace

from main_controller.assessment.grid_state import GridState, UnitAssessment
from main_controller.domain.commands import Command, CommandState, UnitOutcome
from main_controller.domain.modes import ConverterStatus
from main_controller.domain.orders import StopAllOrder
from main_controller.orders.desk import Desk
from main_controller.rules.evidence import shows_done
from main_controller.sentence import Sentence, say

log = logging.getLogger(__name__)

BY_ANSWER, BY_READING = "converter", "reading"


def by_answer(command: Command) -> bool:
    """Whether it stands by some converter's own answer that no reading has shown yet."""
    return any(outcome.evidence == BY_ANSWER for outcome in command.units.values())


class Answers:
    """Compares every converter's answer that made an order done with the readings that came after it."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def run_once(self) -> None:
        """Look at every order that is done by answers of which a reading is still to come."""
        watched = [command for command in self._desk.commands.latest() if self._awaits_reading(command)]
        if not watched:
            return
        grid = self._desk.grid()
        faults = []
        for command in watched:
            try:
                self._look(command, grid)
            except Exception as fault:  # noqa: BLE001 - raised once every other was looked at
                faults.append(fault)
        if faults:
            raise faults[0]

    def _awaits_reading(self, command: Command) -> bool:
        if not command.state.in_effect or command.settled is None:
            return False
        timing = self._desk.timing
        longest = timing.stop_lag + timing.mode_time + timing.stale_after
        return by_answer(command) and self._desk.clock() - command.settled <= longest

    def _look(self, command: Command, grid: GridState) -> None:
        units = dict(command.units)
        against: dict[str, UnitAssessment] = {}
        for unit_id, outcome in command.units.items():
            unit = grid.units.get(unit_id)
            if outcome.evidence != BY_ANSWER or unit is None or not self._counts(command, unit):
                continue
            if shows_done(command.order, unit.reading):
                units[unit_id] = replace(outcome, evidence=BY_READING)
            elif self._twice(command, unit):
                against[unit_id] = unit
                shown = None if unit.last_status is None else str(unit.last_status)
                units[unit_id] = UnitOutcome(CommandState.CONTRADICTED, outcome.sent, shows=shown)
        if against:
            self._desk.contradict(command, _sentence(against), units=units)
        elif units != command.units:
            self._desk.commands.update(command.id, units=units)

    def _twice(self, command: Command, unit: UnitAssessment) -> bool:
        """Whether two readings in a row tell something else: one alone may have been late on its way (K9)."""
        before = unit.recent[-2] if len(unit.recent) > 1 else None
        return before is not None and before.at >= self._since(command) and not shows_done(command.order, before)

    def _since(self, command: Command) -> float:
        """From when (monotonic s) readings tell of this order (Z6c, K9); of a Stop all after the last of its Waits."""
        timing = self._desk.timing
        since = (command.settled if command.settled is not None else command.entered) + timing.lag
        return max(since, command.entered + timing.stop_lag) if isinstance(command.order, StopAllOrder) else since

    def _counts(self, command: Command, unit: UnitAssessment) -> bool:
        """Whether the unit's last reading tells of this order: late enough, and nothing was ordered since."""
        settled = command.settled if command.settled is not None else command.entered
        read = unit.live and unit.reading is not None and unit.reading.at >= self._since(command)
        return read and not self._desk.ordered_since(command.id, settled, unit.id, stops=True)


def _sentence(against: Mapping[str, UnitAssessment]) -> Sentence:
    readings = [
        say("watching.shows", "{unit} shows {shown}", unit=unit_id, shown=shown(unit))
        for unit_id, unit in sorted(against.items())
    ]
    return say(
        "watching.readingsContradict",
        "Its converter answered that it was done, and the readings since contradict it: {readings}.",
        readings=readings,
    )


def shown(unit: UnitAssessment) -> str:
    """What a unit's last reading says it does, with its set point where it works."""
    status, reading = unit.last_status, unit.reading
    if status is None or reading is None:
        return say("watching.stateUnknown", "a state that is not known")
    if status is ConverterStatus.WAIT or reading.dvg is None or reading.dig is None:
        return status.label
    return say(
        "watching.worksAt",
        "{status}, set to {volts:g} V and {amperes:g} A",
        status=status.label,
        volts=reading.dvg,
        amperes=reading.dig,
    )
