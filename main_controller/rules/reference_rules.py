"""The interlocks of the one voltage reference: (c), (d), (e), (g) and (i) (N13, Z8, I6, I7).

Used by `judge` alone. Pure.
"""

from main_controller.assessment.grid_state import GridState, UnitAssessment, ids, possible_current
from main_controller.domain.modes import ConverterStatus
from main_controller.domain.orders import ConverterOrder
from main_controller.rules.interlock_terms import Answer, Limits, fail, ok
from main_controller.sentence import say


def reference_first(wanted: ConverterOrder, unit: UnitAssessment, grid: GridState, limits: Limits) -> Answer | None:
    """Rule (c): current needs another live unit that surely is the reference, and no further one that may be (S14)."""
    if not wanted.status.current_controlled:
        return None
    references = [
        other
        for other in grid.others(wanted.unit_id)
        if other.estimate.surely(ConverterStatus.VOLTAGE_REFERENCE) and other.live
    ]
    if not references:
        sentence = say("rules.noReference", "No other live unit is surely the voltage reference.")
        return fail("c", "no-voltage-reference", sentence, reference=None)
    maybe = [
        one for one in grid.others(wanted.unit_id) if one.estimate.possibly(ConverterStatus.VOLTAGE_REFERENCE, None)
    ]
    if len(maybe) > 1:
        sentence = say(
            "rules.severalReferences",
            "{units}: each is or may be the voltage reference; there must be one.",
            units=ids(maybe),
        )
        return fail("c", "several-voltage-references", sentence, units=ids(maybe))
    sentence = say("rules.isReference", "{units} is the voltage reference.", units=ids(references))
    return ok("c", sentence, reference=references[0].id)


def single_reference(wanted: ConverterOrder, unit: UnitAssessment, grid: GridState, limits: Limits) -> Answer | None:
    """Rule (d): one reference at a time, whoever may be one counts.

    The present one may be set anew beside hardware that nobody watches, but not while another that is live may be one.
    """
    if wanted.status is not ConverterStatus.VOLTAGE_REFERENCE:
        return None
    is_one = unit.estimate.surely(ConverterStatus.VOLTAGE_REFERENCE)
    others = [
        other
        for other in grid.others(wanted.unit_id)
        if other.estimate.possibly(ConverterStatus.VOLTAGE_REFERENCE, *(() if is_one else (None,)))
        and (other.live or not is_one)
    ]
    if others:
        sentence = say(
            "rules.secondReference",
            "{units} is or may be the voltage reference; there is one at a time.",
            units=ids(others),
        )
        return fail("d", "second-voltage-reference", sentence, units=ids(others))
    return ok("d", say("rules.noOtherReference", "No other unit is the voltage reference."), units=[])


def limit_carries(wanted: ConverterOrder, unit: UnitAssessment, grid: GridState, limits: Limits) -> Answer | None:
    """Rule (e): the reference's limit is above the larger of the two sums that it must carry, by the margin (S23).

    The larger sum is what is left to carry when all on the other side fall away, and never less than the net current.
    """
    others = grid.others(wanted.unit_id)
    charging, discharging = (
        possible_current(others, status) for status in (ConverterStatus.CHARGE, ConverterStatus.DISCHARGE)
    )
    if charging is None or discharging is None:
        sentence = say(
            "rules.carriedUnknown",
            "A unit that may be current-controlled does not tell its current: what must be carried is not known.",
        )
        return fail("e", "reference-limit-too-small", sentence, limit=None, charging=charging, discharging=discharging)
    if wanted.status is ConverterStatus.VOLTAGE_REFERENCE:
        limit: float | None = wanted.dig
    else:
        charging += wanted.dig if wanted.status is ConverterStatus.CHARGE else 0.0
        discharging += wanted.dig if wanted.status is ConverterStatus.DISCHARGE else 0.0
        limit = _reference_limit(others)
    larger = max(charging, discharging)
    needed = larger + limits.margin
    numbers = {
        "limit": limit,
        "charging": round(charging, 3),
        "discharging": round(discharging, 3),
        "net": round(charging - discharging, 3),
        "margin": limits.margin,
        "needed": round(needed, 3),
    }
    if limit is None:
        sentence = say("rules.limitUnknown", "The voltage reference's current limit is not known.")
        return fail("e", "reference-limit-too-small", sentence, **numbers)
    if limit + 1e-9 < needed and not larger:
        sentence = say(
            "rules.limitBelowMargin",
            "The reference's limit is {limit:g} A, but it needs at least {margin:g} A to hold the voltage with.",
            limit=limit,
            margin=limits.margin,
        )
        return fail("e", "reference-limit-too-small", sentence, **numbers)
    if limit + 1e-9 < needed:
        sentence = say(
            "rules.limitTooSmall",
            "The reference's limit is {limit:g} A, but it must carry up to {carried:g} A "
            "and keep {margin:g} A to hold the voltage with.",
            limit=limit,
            carried=larger,
            margin=limits.margin,
        )
        return fail("e", "reference-limit-too-small", sentence, **numbers)
    if not larger:
        sentence = say(
            "rules.limitFree", "The reference's limit is {limit:g} A, and it has no current to carry.", limit=limit
        )
        return ok("e", sentence, **numbers)
    sentence = say(
        "rules.limitCovers",
        "The reference's limit of {limit:g} A covers the {carried:g} A that it must carry.",
        limit=limit,
        carried=larger,
    )
    return ok("e", sentence, **numbers)


def _maybe_references(wanted: ConverterOrder, grid: GridState) -> list[UnitAssessment]:
    """The other units that are or may be the voltage reference."""
    return [
        other
        for other in grid.others(wanted.unit_id)
        if other.estimate.possibly(ConverterStatus.VOLTAGE_REFERENCE, None)
    ]


def _reference_limit(others: list[UnitAssessment]) -> float | None:
    """The smallest current limit (A) that a sure reference may have, or None where none is known."""
    known = [
        dig
        for other in others
        if other.estimate.surely(ConverterStatus.VOLTAGE_REFERENCE)
        for dig in other.estimate.digs
    ]
    digs = [dig for dig in known if dig is not None]
    return min(digs) if digs and len(digs) == len(known) else None


def voltage_fixed(wanted: ConverterOrder, unit: UnitAssessment, grid: GridState, limits: Limits) -> Answer | None:
    """Rule (i): holds for the present reference too: it alone could change the voltage under its followers."""
    if wanted.status is not ConverterStatus.VOLTAGE_REFERENCE:
        return None
    followers = [other for other in grid.others(wanted.unit_id) if other.estimate.possibly_current_controlled]
    same = unit.estimate.dvgs == {wanted.dvg}
    if followers and not (same and unit.estimate.surely(ConverterStatus.VOLTAGE_REFERENCE)):
        sentence = say(
            "rules.voltageFixed",
            "{units} is or may be current-controlled; the reference's voltage is fixed meanwhile.",
            units=ids(followers),
        )
        return fail("i", "reference-voltage-fixed", sentence, units=ids(followers), dvg=wanted.dvg)
    sentence = say("rules.voltageFree", "No unit depends on another voltage.")
    return ok("i", sentence, units=[], dvg=wanted.dvg)


def followers_of(wanted: ConverterOrder, unit: UnitAssessment, grid: GridState) -> Answer:
    """Rule (g), as advice: Wait always passes; who would lose the reference is named for the confirmation."""
    followers = [other for other in grid.others(wanted.unit_id) if other.estimate.possibly_current_controlled]
    if unit.estimate.possibly(ConverterStatus.VOLTAGE_REFERENCE, None) and followers:
        sentence = say(
            "rules.followersStillOn",
            "{units} is or may be current-controlled and would lose its voltage reference; stop it first.",
            units=ids(followers),
        )
        return Answer("g", False, "followers-still-on", sentence, {"units": ids(followers)}, advice=True)
    return ok("g", say("rules.noFollowers", "No current-controlled unit depends on this one."), units=[])
