"""The interlocks that need more than the grid's state: (u) both converters read directly, (v) who owns the bus.

Used by `judge`; `units_to_read` by whoever is about to send an order. Pure.
"""

from collections.abc import Sequence

from main_controller.assessment.grid_state import GridState, UnitAssessment
from main_controller.domain.freshness import Reading
from main_controller.domain.modes import ConverterStatus
from main_controller.domain.orders import ConverterOrder
from main_controller.rules.bus_rules import reference_of, target_of
from main_controller.rules.interlock_terms import Answer, Known, Limits, either, fail, of_units, ok, untold
from main_controller.sentence import Sentence, say


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
        return Answer("u", True, "read-first", _to_be_read([one.id for one in concerned]))
    target = target_of(reference_of(wanted, grid))
    return of_units("u", [_compared(one, known.direct.get(one.id), target, limits) for one in concerned])


def _to_be_read(unit_ids: Sequence[str]) -> Sentence:
    if len(unit_ids) == 1:
        return say("rules.readFirst", "{unit} will be read directly just before it is sent.", unit=unit_ids[0])
    reference, unit = unit_ids
    return say(
        "rules.bothReadFirst",
        "{reference} and {unit} will be read directly just before it is sent.",
        reference=reference,
        unit=unit,
    )


def _compared(unit: UnitAssessment, told: Reading | Sentence | None, target: float | None, limits: Limits) -> Answer:
    if not isinstance(told, Reading):
        sentence = say(
            "rules.notReadDirectly",
            "{unit} could not be read directly ({why}); its last reading counts alone.",
            unit=unit.id,
            why=_unended(told or say("rules.notAsked", "it was not asked.")),
        )
        return untold("u", sentence, **{unit.id: None})
    numbers = {unit.id: {"word": told.status, "vg": told.vg, "dvg": told.dvg, "dig": told.dig, "alarm": told.alarm}}
    why_not = _contradiction(unit, told, target, limits)
    if why_not is not None:
        return fail("u", "direct-reading-contradicts", why_not, **numbers)
    if told.status is None and told.vg is None:
        sentence = say(
            "rules.readTellsNothing",
            "{unit}, read directly, tells neither its status nor the bus voltage.",
            unit=unit.id,
        )
        return untold("u", sentence, **numbers)
    return ok("u", say("rules.readAsBelieved", "{unit}, read directly, is as believed.", unit=unit.id), **numbers)


def _contradiction(unit: UnitAssessment, told: Reading, target: float | None, limits: Limits) -> Sentence | None:
    if told.alarm:
        return say("rules.readAlarm", "Read directly, {unit} reports a heavy alarm.", unit=unit.id)
    if told.status is not None and not unit.estimate.possibly(told.status):
        return say(
            "rules.readStatus",
            "Read directly, {unit} is {status}, not {believed}.",
            unit=unit.id,
            status=told.status.label,
            believed=either(_word(status) for status in unit.estimate.statuses),
        )
    if target is None:
        return None
    if told.vg is not None and abs(told.vg - target) > target * limits.tolerance_percent / 100 + 1e-9:
        return say(
            "rules.readVoltage",
            "Read directly, {unit} shows {volts:g} V, not {target:g} V.",
            unit=unit.id,
            volts=told.vg,
            target=target,
        )
    if not unit.estimate.surely(ConverterStatus.VOLTAGE_REFERENCE):
        return None
    if told.dvg is not None and abs(told.dvg - target) >= 0.5:
        return say(
            "rules.readSetVoltage",
            "Read directly, {unit} is set to {volts:g} V, not {target:g} V.",
            unit=unit.id,
            volts=told.dvg,
            target=target,
        )
    limit = min((dig for dig in unit.estimate.digs if dig is not None), default=0.0)
    if told.dig is not None and told.dig < limit - 0.005:
        return say(
            "rules.readLimit",
            "Read directly, {unit} has a limit of {amps:g} A, not {limit:g} A.",
            unit=unit.id,
            amps=told.dig,
            limit=limit,
        )
    return None


def _word(status: ConverterStatus | None) -> Sentence:
    return say("rules.unknown", "unknown") if status is None else status.label


def _unended(why: Sentence) -> Sentence:
    """A sentence without its full stop, to stand in brackets."""
    return Sentence.made(why.code, why.rstrip("."), why.parameters)


def bus_owned(known: Known) -> Answer | None:
    """Rule (v): what somebody owns, others may only stop (I16, S5)."""
    if known.owner is None:
        return None
    if known.by == known.owner.by:
        sentence = say("rules.busIsTheirs", "The bus belongs to who gives this order.")
        return ok("v", sentence, owner=str(known.owner.by))
    return fail("v", "bus-owned", known.owner.sentence, owner=str(known.owner.by))
