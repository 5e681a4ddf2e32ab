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
from main_controller.rules.interlock_terms import Answer, Known, Limits, fail, ok
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

NOTHING_ELSE = Known()


def judge(wanted: ConverterOrder, grid: GridState, limits: Limits, known: Known = NOTHING_ELSE) -> list[Answer]:
    """Every rule's answer to this order, about in the order of their letters.

    Of Wait nothing refuses: who would lose the reference by it is told as advice.
    """
    unit = grid.units.get(wanted.unit_id)
    if wanted.status is ConverterStatus.WAIT:
        return [] if unit is None else [followers_of(wanted, unit, grid)]
    if unit is None or unit.reading is None:
        return [fail("unit", "unknown-unit", f"No reading of {wanted.unit_id} has been seen; its state is not known.")]
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
        return fail("unit", "identity-conflict", f"{unit.conflict} Only Wait is sent to it.")
    return ok("unit", f"{unit.id} is known by one name and one address.")


def _manual(wanted: ConverterOrder, unit: UnitAssessment, grid: GridState, limits: Limits) -> Answer:
    mode = unit.obeys
    shown = mode.label if mode else "not known"
    if grid.mode_pending(unit.id):
        return fail("a", "mode-change-under-way", f"A mode change that concerns {unit.id} is under way.", mode=mode)
    if mode is not Mode.MANUAL:
        return fail("a", "mode-not-manual", f"{unit.id}'s effective mode is {shown}, not Manual.", mode=mode)
    return ok("a", f"{unit.id}'s effective mode is Manual.", mode=mode)


def _fresh(wanted: ConverterOrder, unit: UnitAssessment, grid: GridState, limits: Limits) -> Answer:
    told = grid.age(unit)
    age = None if told is None else round(told, 1)
    if not grid.fresh(unit, limits.fresh):
        return fail(
            "b",
            "data-not-fresh",
            f"{unit.id} is {unit.state.value}; its last reading is {_seconds(age)} old (limit {limits.fresh:g} s).",
            age=age,
            limit=limits.fresh,
        )
    return ok("b", f"{unit.id}'s last reading is {_seconds(age)} old.", age=age, limit=limits.fresh)


def _through_wait(wanted: ConverterOrder, unit: UnitAssessment, grid: GridState, limits: Limits) -> Answer:
    statuses = sorted(_word(status) for status in unit.estimate.statuses)
    if not (unit.estimate.surely(ConverterStatus.WAIT) or unit.estimate.surely(wanted.status)):
        return fail(
            "c",
            "not-through-wait",
            f"{unit.id} is or may be {' or '.join(statuses)}; "
            f"it must be in Wait before it can be {wanted.status.label}.",
            statuses=statuses,
        )
    return ok("c", f"{unit.id} is {statuses[0]}.", statuses=statuses)


def _within_voltage(wanted: ConverterOrder, unit: UnitAssessment, grid: GridState, limits: Limits) -> Answer:
    numbers = {"dvg": wanted.dvg, "min": limits.voltage_min, "max": limits.voltage_max}
    if not limits.voltage_min <= wanted.dvg <= limits.voltage_max:
        sentence = f"{wanted.dvg:g} V is outside {limits.voltage_min:g} to {limits.voltage_max:g} V."
        return fail("h", "voltage-out-of-limits", sentence, **numbers)
    return ok("h", f"{wanted.dvg:g} V is within {limits.voltage_min:g} to {limits.voltage_max:g} V.", **numbers)


def _within_current(wanted: ConverterOrder, unit: UnitAssessment, grid: GridState, limits: Limits) -> Answer:
    numbers = {"dig": wanted.dig, "min": 0.0, "max": limits.current_max}
    if not 0 <= wanted.dig <= limits.current_max:
        return fail(
            "h", "current-out-of-limits", f"{wanted.dig:g} A is outside 0 to {limits.current_max:g} A.", **numbers
        )
    return ok("h", f"{wanted.dig:g} A is within 0 to {limits.current_max:g} A.", **numbers)


def _word(status: ConverterStatus | None) -> str:
    return status.label if status is not None else "in an unknown state"


def _seconds(age: float | None) -> str:
    return "an unknown time" if age is None else f"{age:g} s"
