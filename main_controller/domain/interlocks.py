"""The safety rules of a converter order, as the manual procedure states them and more (N13, Z8).

Pure: `judge` looks at one wanted order and a `Picture` and answers every rule, pass, fail or "waits for readings",
with the measured numbers. Nothing is sent here. Wait passes whatever the rules say (Z8).
"""

from collections.abc import Callable

from main_controller.domain.bus_rules import bus_risen, dead_bus
from main_controller.domain.interlock_terms import Answer, Limits, Wanted, fail, ok
from main_controller.domain.modes import Mode, Word
from main_controller.domain.picture import Fact, Picture, names, possible_current


def judge(wanted: Wanted, picture: Picture, limits: Limits) -> list[Answer]:
    """Every rule's answer to this order, in the order of their letters."""
    fact = picture.facts.get(wanted.unit_id)
    if wanted.word is Word.WAIT and fact is not None:
        return [_followers(wanted, fact, picture)]
    if fact is None or fact.reading is None:
        return [fail("unit", "unknown-unit", f"No reading of {wanted.unit_id} has been seen; its state is not known.")]
    rules: list[Callable[[Wanted, Fact, Picture, Limits], Answer | None]] = [
        _identity, _manual, _fresh, _reference_first, _through_wait, _single_reference,
        _limit_carries, bus_risen, _within_voltage, _within_current, dead_bus, _voltage_fixed,
    ]  # fmt: skip
    answers = [rule(wanted, fact, picture, limits) for rule in rules]
    return [answer for answer in answers if answer is not None]


def _identity(wanted: Wanted, fact: Fact, picture: Picture, limits: Limits) -> Answer:
    if fact.conflict:
        return fail("unit", "identity-conflict", f"{fact.conflict} Only Wait is sent to it.")
    return ok("unit", f"{fact.id} is known by one name and one address.")


def _manual(wanted: Wanted, fact: Fact, picture: Picture, limits: Limits) -> Answer:
    mode = fact.obeys
    shown = mode.label if mode else "not known"
    if picture.mode_pending(fact.id):
        return fail("a", "mode-change-under-way", f"A mode change that concerns {fact.id} is under way.", mode=mode)
    if mode is not Mode.MANUAL:
        return fail("a", "mode-not-manual", f"{fact.id}'s effective mode is {shown}, not Manual.", mode=mode)
    return ok("a", f"{fact.id}'s effective mode is Manual.", mode=mode)


def _fresh(wanted: Wanted, fact: Fact, picture: Picture, limits: Limits) -> Answer:
    age = None if fact.age is None else round(fact.age, 1)
    if not fact.fresh(limits.fresh):
        return fail(
            "b",
            "data-not-fresh",
            f"{fact.id} is {fact.state.value}; its last reading is {_seconds(age)} old (limit {limits.fresh:g} s).",
            age=age,
            limit=limits.fresh,
        )
    return ok("b", f"{fact.id}'s last reading is {_seconds(age)} old.", age=age, limit=limits.fresh)


def _reference_first(wanted: Wanted, fact: Fact, picture: Picture, limits: Limits) -> Answer | None:
    if not wanted.word.current_controlled:
        return None
    references = [
        other for other in picture.others(wanted.unit_id) if other.belief.surely(Word.VOLTAGE_REFERENCE) and other.live
    ]
    if not references:
        return fail("c", "no-voltage-reference", "No other live unit is surely the voltage reference.", reference=None)
    return ok("c", f"{names(references)} is the voltage reference.", reference=references[0].id)


def _through_wait(wanted: Wanted, fact: Fact, picture: Picture, limits: Limits) -> Answer:
    words = sorted(_word(word) for word in fact.belief.words)
    if not (fact.belief.surely(Word.WAIT) or fact.belief.surely(wanted.word)):
        return fail(
            "c",
            "not-through-wait",
            f"{fact.id} is or may be {' or '.join(words)}; it must be in Wait before it can be {wanted.word.label}.",
            words=words,
        )
    return ok("c", f"{fact.id} is {words[0]}.", words=words)


def _single_reference(wanted: Wanted, fact: Fact, picture: Picture, limits: Limits) -> Answer | None:
    if wanted.word is not Word.VOLTAGE_REFERENCE or _is_reference(fact):
        return None
    others = [other for other in picture.others(wanted.unit_id) if other.belief.possibly(Word.VOLTAGE_REFERENCE, None)]
    if others:
        sentence = f"{names(others)} is or may be the voltage reference; there is one at a time."
        return fail("d", "second-voltage-reference", sentence, units=[other.id for other in others])
    return ok("d", "No other unit is the voltage reference.", units=[])


def _limit_carries(wanted: Wanted, fact: Fact, picture: Picture, limits: Limits) -> Answer | None:
    others = picture.others(wanted.unit_id)
    charging, discharging = (possible_current(others, word) for word in (Word.CHARGE, Word.DISCHARGE))
    if charging is None or discharging is None:
        sentence = "A unit that may be current-controlled does not tell its current: what must be carried is not known."
        return fail("e", "reference-limit-too-small", sentence, limit=None, charging=charging, discharging=discharging)
    if wanted.word is Word.VOLTAGE_REFERENCE:
        limit: float | None = wanted.dig
    else:
        charging += wanted.dig if wanted.word is Word.CHARGE else 0.0
        discharging += wanted.dig if wanted.word is Word.DISCHARGE else 0.0
        limit = _reference_limit(others)
    numbers = {"limit": limit, "charging": round(charging, 3), "discharging": round(discharging, 3)}
    needed = max(charging, discharging)
    if limit is None:
        return fail("e", "reference-limit-too-small", "The voltage reference's current limit is not known.", **numbers)
    if limit + 1e-9 < needed:
        sentence = f"The reference's limit is {limit:g} A, but it must carry up to {needed:g} A."
        return fail("e", "reference-limit-too-small", sentence, **numbers)
    return ok("e", f"The reference's limit of {limit:g} A covers the {needed:g} A that it must carry.", **numbers)


def _reference_limit(others: list[Fact]) -> float | None:
    """The smallest current limit (A) that a sure reference may have, or None where none is known."""
    known = [dig for other in others if other.belief.surely(Word.VOLTAGE_REFERENCE) for dig in other.belief.digs]
    digs = [dig for dig in known if dig is not None]
    return min(digs) if digs and len(digs) == len(known) else None


def _within_voltage(wanted: Wanted, fact: Fact, picture: Picture, limits: Limits) -> Answer:
    numbers = {"dvg": wanted.dvg, "min": limits.voltage_min, "max": limits.voltage_max}
    if not limits.voltage_min <= wanted.dvg <= limits.voltage_max:
        sentence = f"{wanted.dvg:g} V is outside {limits.voltage_min:g} to {limits.voltage_max:g} V."
        return fail("h", "voltage-out-of-limits", sentence, **numbers)
    return ok("h", f"{wanted.dvg:g} V is within {limits.voltage_min:g} to {limits.voltage_max:g} V.", **numbers)


def _within_current(wanted: Wanted, fact: Fact, picture: Picture, limits: Limits) -> Answer:
    numbers = {"dig": wanted.dig, "min": 0.0, "max": limits.current_max}
    if not 0 <= wanted.dig <= limits.current_max:
        return fail(
            "h", "current-out-of-limits", f"{wanted.dig:g} A is outside 0 to {limits.current_max:g} A.", **numbers
        )
    return ok("h", f"{wanted.dig:g} A is within 0 to {limits.current_max:g} A.", **numbers)


def _voltage_fixed(wanted: Wanted, fact: Fact, picture: Picture, limits: Limits) -> Answer | None:
    """Holds for the present reference too: it alone could change the voltage under its followers."""
    if wanted.word is not Word.VOLTAGE_REFERENCE:
        return None
    followers = [other for other in picture.others(wanted.unit_id) if other.belief.possibly_current_controlled]
    same = fact.belief.dvgs == {wanted.dvg}
    if followers and not (same and _is_reference(fact)):
        sentence = f"{names(followers)} is or may be current-controlled; the reference's voltage is fixed meanwhile."
        return fail("i", "reference-voltage-fixed", sentence, units=[other.id for other in followers], dvg=wanted.dvg)
    return ok("i", "No unit depends on another voltage.", units=[], dvg=wanted.dvg)


def _followers(wanted: Wanted, fact: Fact, picture: Picture) -> Answer:
    """Rule (g), as advice: Wait always passes; who would lose the reference is named for the confirmation."""
    followers = [other for other in picture.others(wanted.unit_id) if other.belief.possibly_current_controlled]
    if fact.belief.possibly(Word.VOLTAGE_REFERENCE, None) and followers:
        sentence = (
            f"{names(followers)} is or may be current-controlled and would lose its voltage reference; stop it first."
        )
        return Answer("g", False, "followers-still-on", sentence, {"units": [f.id for f in followers]}, advice=True)
    return ok("g", "No current-controlled unit depends on this one.", units=[])


def _is_reference(fact: Fact) -> bool:
    return fact.belief.surely(Word.VOLTAGE_REFERENCE)


def _word(word: Word | None) -> str:
    return word.label if word is not None else "in an unknown state"


def _seconds(age: float | None) -> str:
    return "an unknown time" if age is None else f"{age:g} s"
