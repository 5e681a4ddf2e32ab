"""The interlocks that need more than the picture: (u) both converters read directly, (v) who owns the bus (I12, I16).

Used by `judge`; `units_to_read` by whoever is about to send an order. Pure.
"""

from main_controller.assessment.grid_state import GridState, UnitAssessment
from main_controller.domain.freshness import Reading
from main_controller.domain.modes import ConverterStatus
from main_controller.domain.orders import ConverterOrder
from main_controller.rules.bus_rules import reference_of, target_of
from main_controller.rules.interlock_terms import Answer, Known, Limits, fail, of_units, ok, untold


def units_to_read(wanted: ConverterOrder, picture: GridState) -> list[UnitAssessment]:
    """The units whose converters are read directly before this order: reference and taker or giver of a current."""
    if not wanted.word.current_controlled:
        return []
    return [one for one in (reference_of(wanted, picture), picture.facts.get(wanted.unit_id)) if one is not None]


def directly(
    wanted: ConverterOrder, fact: UnitAssessment, picture: GridState, limits: Limits, known: Known
) -> Answer | None:
    """Rule (u): what the converters themselves say just now does not contradict what they are believed to do.

    One that cannot be read refuses nothing, and that is said: its last reading, at most `fresh` old, counts alone.
    """
    concerned = units_to_read(wanted, picture)
    if not concerned or limits.pace.direct_read <= 0:
        return None
    if known.direct is None:
        sentence = f"{' and '.join(one.id for one in concerned)} will be read directly just before it is sent."
        return Answer("u", True, "read-first", sentence)
    target = target_of(reference_of(wanted, picture))
    return of_units("u", [_compared(one, known.direct.get(one.id), target, limits) for one in concerned])


def _compared(fact: UnitAssessment, told: Reading | str | None, target: float | None, limits: Limits) -> Answer:
    if not isinstance(told, Reading):
        why = told or "it was not asked."
        sentence = f"{fact.id} could not be read directly ({why.rstrip('.')}); its last reading counts alone."
        return untold("u", sentence, **{fact.id: None})
    numbers = {fact.id: {"word": told.word, "vg": told.vg, "dvg": told.dvg, "dig": told.dig, "alarm": told.alarm}}
    why_not = _contradiction(fact, told, target, limits)
    if why_not is not None:
        return fail("u", "direct-reading-contradicts", f"Read directly, {fact.id} {why_not}", **numbers)
    if told.word is None and told.vg is None:
        return untold("u", f"{fact.id}, read directly, tells neither its word nor the bus voltage.", **numbers)
    return ok("u", f"{fact.id}, read directly, is as believed.", **numbers)


def _contradiction(fact: UnitAssessment, told: Reading, target: float | None, limits: Limits) -> str | None:
    if told.alarm:
        return "reports a heavy alarm."
    if told.word is not None and not fact.estimate.possibly(told.word):
        believed = " or ".join(sorted("unknown" if word is None else word.label for word in fact.estimate.words))
        return f"is {told.word.label}, not {believed}."
    if target is None:
        return None
    if told.vg is not None and abs(told.vg - target) > target * limits.tolerance_percent / 100 + 1e-9:
        return f"shows {told.vg:g} V, not {target:g} V."
    if not fact.estimate.surely(ConverterStatus.VOLTAGE_REFERENCE):
        return None
    if told.dvg is not None and abs(told.dvg - target) >= 0.5:
        return f"is set to {told.dvg:g} V, not {target:g} V."
    limit = min((dig for dig in fact.estimate.digs if dig is not None), default=0.0)
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
