"""The safety rules of a converter order, as the manual procedure states them and more (N13, Z8).

Pure: `judge` looks at one wanted order and a `GridState` and answers every rule, pass, fail or "waits for readings",
with the measured numbers. Nothing is sent here. Wait passes whatever the rules say (Z8).
"""

from collections.abc import Callable

from main_controller.assessment.grid_state import GridState, UnitAssessment
from main_controller.domain.modes import ConverterStatus, Mode
from main_controller.domain.orders import ConverterOrder
from main_controller.rules.battery_rules import battery_rules
from main_controller.rules.bus_rules import bus_one, bus_risen, dead_bus
from main_controller.rules.interlock_terms import Answer, Known, Limits, either, fail, ok
from main_controller.rules.last_look import bus_owned, directly
from main_controller.rules.reference_rules import (
    followers_of,
    limit_carries,
    reference_first,
    single_reference,
    voltage_fixed,
)
from main_controller.rules.set_point_rules import current_step, fit_voltage, voltage_step
from main_controller.rules.unit_rules import no_alarm, paced, within_currents
from main_controller.sentence import Sentence, joined, say

NOTHING_ELSE = Known()


def judge(wanted: ConverterOrder, grid: GridState, limits: Limits, known: Known = NOTHING_ELSE) -> list[Answer]:
    """Every rule's answer to this order, about in the order of their letters.

    Of Wait nothing refuses: who would lose the reference by it is told as advice.
    """
    unit = grid.units.get(wanted.unit_id)
    if wanted.status is ConverterStatus.WAIT:
        return [] if unit is None else [followers_of(wanted, unit, grid)]
    if unit is None or unit.reading is None:
        sentence = say(
            "rules.unknownUnit", "No reading of {unit} has been seen; its state is not known.", unit=wanted.unit_id
        )
        return [fail("unit", "unknown-unit", sentence)]
    working = grid.working(unit.id)  # most rules ask those alone, and there may be 10,000 in Wait
    first: list[Callable[[ConverterOrder, UnitAssessment, GridState, Limits], Answer | None]] = [
        _identity, _manual, _fresh, reference_first, _through_wait, single_reference,
        limit_carries, bus_risen, _within_voltage, _within_current,
    ]  # fmt: skip
    then: list[Callable[[ConverterOrder, UnitAssessment, GridState, Limits], Answer | None]] = [
        no_alarm, fit_voltage, voltage_step, current_step,
    ]  # fmt: skip
    answers: list[Answer | None] = [
        *(rule(wanted, unit, working, limits) for rule in first),
        dead_bus(wanted, unit, grid, limits),
        voltage_fixed(wanted, unit, working, limits),
        *battery_rules(wanted, unit, working, limits),
        *(rule(wanted, unit, working, limits) for rule in then),
        bus_one(wanted, unit, grid, limits),
        within_currents(wanted, unit, grid, limits),
        paced(wanted, unit, working, limits, known),
        directly(wanted, unit, working, limits, known),
        bus_owned(known),
    ]
    return [answer for answer in answers if answer is not None]


def _identity(wanted: ConverterOrder, unit: UnitAssessment, grid: GridState, limits: Limits) -> Answer:
    if unit.conflict:
        sentence = joined([unit.conflict, say("rules.onlyWait", "Only Wait is sent to it.")])
        return fail("unit", "identity-conflict", sentence)
    return ok("unit", say("rules.knownByOneName", "{unit} is known by one name and one address.", unit=unit.id))


def _manual(wanted: ConverterOrder, unit: UnitAssessment, grid: GridState, limits: Limits) -> Answer:
    mode = unit.obeys
    if grid.mode_pending(unit.id):
        sentence = say("rules.modeChanges", "A mode change that concerns {unit} is under way.", unit=unit.id)
        return fail("a", "mode-change-under-way", sentence, mode=mode)
    if mode is not Mode.MANUAL:
        sentence = say(
            "rules.notManual",
            "{unit}'s effective mode is {mode}, not Manual.",
            unit=unit.id,
            mode=mode.label if mode else say("rules.notKnown", "not known"),
        )
        return fail("a", "mode-not-manual", sentence, mode=mode)
    return ok("a", say("rules.manual", "{unit}'s effective mode is Manual.", unit=unit.id), mode=mode)


def _fresh(wanted: ConverterOrder, unit: UnitAssessment, grid: GridState, limits: Limits) -> Answer:
    told = grid.age(unit)
    age = None if told is None else round(told, 1)
    if not grid.fresh(unit, limits.fresh):
        sentence = say(
            "rules.notFresh",
            "{unit} is {state}; its last reading is {age} old (limit {limit:g} s).",
            unit=unit.id,
            state=unit.state.label,
            age=_seconds(age),
            limit=limits.fresh,
        )
        return fail("b", "data-not-fresh", sentence, age=age, limit=limits.fresh)
    sentence = say("rules.fresh", "{unit}'s last reading is {age} old.", unit=unit.id, age=_seconds(age))
    return ok("b", sentence, age=age, limit=limits.fresh)


def _through_wait(wanted: ConverterOrder, unit: UnitAssessment, grid: GridState, limits: Limits) -> Answer:
    words = sorted(_word(status) for status in unit.estimate.statuses)
    statuses = [str(word) for word in words]
    if not (unit.estimate.surely(ConverterStatus.WAIT) or unit.estimate.surely(wanted.status)):
        sentence = say(
            "rules.notThroughWait",
            "{unit} is or may be {statuses}; it must be in Wait before it can be {wanted}.",
            unit=unit.id,
            statuses=either(words),
            wanted=wanted.status.label,
        )
        return fail("c", "not-through-wait", sentence, statuses=statuses)
    return ok("c", say("rules.isStatus", "{unit} is {status}.", unit=unit.id, status=words[0]), statuses=statuses)


def _within_voltage(wanted: ConverterOrder, unit: UnitAssessment, grid: GridState, limits: Limits) -> Answer:
    numbers = {"dvg": wanted.dvg, "min": limits.voltage_min, "max": limits.voltage_max}
    told = {"volts": wanted.dvg, "low": limits.voltage_min, "high": limits.voltage_max}
    if not limits.voltage_min <= wanted.dvg <= limits.voltage_max:
        sentence = say("rules.voltageOutside", "{volts:g} V is outside {low:g} to {high:g} V.", **told)
        return fail("h", "voltage-out-of-limits", sentence, **numbers)
    return ok("h", say("rules.voltageWithin", "{volts:g} V is within {low:g} to {high:g} V.", **told), **numbers)


def _within_current(wanted: ConverterOrder, unit: UnitAssessment, grid: GridState, limits: Limits) -> Answer:
    numbers = {"dig": wanted.dig, "min": 0.0, "max": limits.current_max}
    told = {"amps": wanted.dig, "high": limits.current_max}
    if not 0 <= wanted.dig <= limits.current_max:
        sentence = say("rules.currentOutside", "{amps:g} A is outside 0 to {high:g} A.", **told)
        return fail("h", "current-out-of-limits", sentence, **numbers)
    return ok("h", say("rules.currentWithin", "{amps:g} A is within 0 to {high:g} A.", **told), **numbers)


def _word(status: ConverterStatus | None) -> Sentence:
    return status.label if status is not None else say("rules.inUnknownState", "in an unknown state")


def _seconds(age: float | None) -> Sentence:
    if age is None:
        return say("rules.unknownTime", "an unknown time")
    return say("rules.seconds", "{seconds:g} s", seconds=age)
