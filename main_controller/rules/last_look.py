"""The interlocks that need more than the grid's state: (u) both converters read directly, (v) who owns the bus.

Used by `judge`; `units_to_read` by whoever is about to send an order. Pure.
"""

from main_controller.assessment.grid_state import GridState, UnitAssessment
from main_controller.domain.freshness import Reading
from main_controller.domain.modes import ConverterStatus
from main_controller.domain.orders import ConverterOrder
from main_controller.rules.bus_rules import reference_of, target_of
from main_controller.rules.interlock_terms import Answer, Known, Limits, fail, of_units, ok, untold


def units_to_read(wanted: ConverterOrder, grid: GridState) -> list[UnitAssessment]:
    """The units whose converters are read directly before this order: reference and taker or giver of a current."""
    if not wanted.status.current_controlled:
        return []
    return [one for one in (reference_of(wanted, grid), grid.units.get(wanted.unit_id)) if one is not None]


def directly(
    wanted: ConverterOrder, unit: UnitAssessment, grid: GridState, limits: Limits, known: Known
) -> Answer | None:
    """Rule (u): what the converters themselves say just now does not contradict what they are believed to do.

    One that cannot be read refuses nothing, and that is said: its last reading, at most `fresh` old, counts alone.
    """
    concerned = units_to_read(wanted, grid)
    if not concerned or limits.pace.direct_read <= 0:
        return None
    if known.direct is None:
        sentence = f"{' and '.join(one.id for one in concerned)} will be read directly just before it is sent."
        return Answer("u", True, "read-first", sentence)
    target = target_of(reference_of(wanted, grid))
    return of_units("u", [_compared(one, known.direct.get(one.id), target, limits) for one in concerned])


def _compared(unit: UnitAssessment, told: Reading | str | None, target: float | None, limits: Limits) -> Answer:
    if not isinstance(told, Reading):
        why = told or "it was not asked."
        sentence = f"{unit.id} could not be read directly ({why.rstrip('.')}); its last reading counts alone."
        return untold("u", sentence, **{unit.id: None})
    numbers = {unit.id: {"word": told.status, "vg": told.vg, "dvg": told.dvg, "dig": told.dig, "alarm": told.alarm}}
    why_not = _contradiction(unit, told, target, limits)
    if why_not is not None:
        return fail("u", "direct-reading-contradicts", f"Read directly, {unit.id} {why_not}", **numbers)
    if told.status is None and told.vg is None:
        return untold("u", f"{unit.id}, read directly, tells neither its status nor the bus voltage.", **numbers)
    return ok("u", f"{unit.id}, read directly, is as believed.", **numbers)


def _contradiction(unit: UnitAssessment, told: Reading, target: float | None, limits: Limits) -> str | None:
    if told.alarm:
        return "reports a heavy alarm."
    if told.status is not None and not unit.estimate.possibly(told.status):
        believed = " or ".join(
            sorted("unknown" if status is None else status.label for status in unit.estimate.statuses)
        )
        return f"is {told.status.label}, not {believed}."
    if target is None:
        return None
    if told.vg is not None and abs(told.vg - target) > target * limits.tolerance_percent / 100 + 1e-9:
        return f"shows {told.vg:g} V, not {target:g} V."
    if not unit.estimate.surely(ConverterStatus.VOLTAGE_REFERENCE):
        return None
    if told.dvg is not None and abs(told.dvg - target) >= 0.5:
        return f"is set to {told.dvg:g} V, not {target:g} V."
    limit = min((dig for dig in unit.estimate.digs if dig is not None), default=0.0)
    if told.dig is not None and told.dig < limit - 0.005:
        return f"has a limit of {told.dig:g} A, not {limit:g} A."
    return None


def bus_owned(known: Known) -> Answer | None:
    """Rule (v): what somebody owns, others may only stop (I16, S5)."""
    if known.owner is None:
        return None
    if known.by == known.owner.by:
        return ok("v", "The bus belongs to who gives this order.", owner=str(known.owner.by))
    return fail("v", "bus-owned", known.owner.sentence, owner=str(known.owner.by))
