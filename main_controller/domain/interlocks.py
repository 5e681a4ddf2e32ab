"""The safety rules of a converter order, as the manual procedure states them and more (N13, Z8).

Pure: `judge` looks at one wanted order and a `Picture` and answers every rule, pass, fail or "waits for readings",
with the measured numbers. Nothing is sent here. Wait passes whatever the rules say (Z8).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from main_controller.domain.freshness import Reading
from main_controller.domain.modes import Mode, Word
from main_controller.domain.picture import Fact, Picture, names, possible_current

CAUSES: dict[str, str] = {
    "unknown-unit": "no reading of the unit has ever been seen",
    "identity-conflict": "the unit's identity or address is ambiguous (Z4)",
    "mode-not-manual": "(a) the unit's effective mode is not manual",
    "mode-change-under-way": "(a) a mode change in its scope is under way",
    "data-not-fresh": "(b) the unit's last reading is too old",
    "no-voltage-reference": "(c) no other unit is surely the voltage reference",
    "not-through-wait": "(c) a working converter changes its word only through Wait",
    "second-voltage-reference": "(d) another unit is or may be the voltage reference",
    "reference-limit-too-small": "(e) the reference's current limit is below what it must carry",
    "bus-not-risen": "(f) the bus is not within tolerance of the reference's voltage at both units",
    "awaiting-readings": "(f), (i) too few readings yet to tell: try again after the next ones",
    "followers-still-on": "(g) current-controlled units would lose their reference",
    "voltage-out-of-limits": "(h) dvg is outside the settings' limits",
    "current-out-of-limits": "(h) dig is outside the settings' limits",
    "bus-already-live": "(i) the bus carries voltage that this unit would be driven onto",
    "reference-voltage-fixed": "(i) the reference's voltage is fixed while a unit is current-controlled",
    "ok": "the rule is kept",
}
"""The closed list of causes, as IEC 61850's AddCause gives one: cause to its meaning."""

OVERRIDABLE = frozenset("cef")


@dataclass(frozen=True, slots=True)
class Limits:
    """Thresholds of the rules: V, A, %, s and a count; each is a setting of the same meaning."""

    voltage_min: float = 300.0
    voltage_max: float = 380.0
    current_max: float = 2.3
    tolerance_percent: float = 2.0
    stable_readings: int = 3
    fresh: float = 15.0
    dead_bus: float = 60.0


@dataclass(frozen=True, slots=True)
class Wanted:
    """One converter order: the unit, the word, target voltage `dvg` in V and current `dig` in A (0 or more)."""

    unit_id: str
    word: Word
    dvg: float
    dig: float


@dataclass(frozen=True, slots=True)
class Answer:
    """What one rule says: `passed` is None where it waits for readings; a failing `advice` rule does not refuse."""

    rule: str
    passed: bool | None
    cause: str
    sentence: str
    numbers: Mapping[str, Any] = field(default_factory=dict)
    advice: bool = False

    @property
    def overridable(self) -> bool:
        """Whether an operator may override this rule, giving a reason."""
        return self.rule in OVERRIDABLE

    @property
    def refuses(self) -> bool:
        """Whether this answer keeps the order from being sent."""
        return self.passed is not True and not self.advice

    def as_json(self) -> dict[str, Any]:
        """The wire form, in a dry run and in a refusal."""
        return {
            "rule": self.rule,
            "cause": self.cause,
            "pass": self.passed,
            "sentence": self.sentence,
            "numbers": dict(self.numbers),
            "overridable": self.overridable,
            "advice": self.advice,
        }


def judge(wanted: Wanted, picture: Picture, limits: Limits) -> list[Answer]:
    """Every rule's answer to this order, in the order of their letters."""
    fact = picture.facts.get(wanted.unit_id)
    if wanted.word is Word.WAIT and fact is not None:
        return [_followers(wanted, fact, picture)]
    if fact is None or fact.reading is None:
        return [_fail("unit", "unknown-unit", f"No reading of {wanted.unit_id} has been seen; its state is not known.")]
    rules: list[Callable[[Wanted, Fact, Picture, Limits], Answer | None]] = [
        _identity, _manual, _fresh, _reference_first, _through_wait, _single_reference,
        _limit_carries, _bus_risen, _within_voltage, _within_current, _dead_bus, _voltage_fixed,
    ]  # fmt: skip
    answers = [rule(wanted, fact, picture, limits) for rule in rules]
    return [answer for answer in answers if answer is not None]


def _ok(rule: str, sentence: str, **numbers: Any) -> Answer:
    return Answer(rule, True, "ok", sentence, numbers)


def _fail(rule: str, cause: str, sentence: str, **numbers: Any) -> Answer:
    return Answer(rule, False, cause, sentence, numbers)


def _waits(rule: str, sentence: str, **numbers: Any) -> Answer:
    return Answer(rule, None, "awaiting-readings", sentence, numbers)


def _others(wanted: Wanted, picture: Picture) -> list[Fact]:
    return [fact for fact in picture.facts.values() if fact.id != wanted.unit_id]


def _identity(wanted: Wanted, fact: Fact, picture: Picture, limits: Limits) -> Answer:
    if fact.conflict:
        return _fail("unit", "identity-conflict", f"{fact.conflict} Only Wait is sent to it.")
    return _ok("unit", f"{fact.id} is known by one name and one address.")


def _manual(wanted: Wanted, fact: Fact, picture: Picture, limits: Limits) -> Answer:
    mode = fact.obeys
    shown = mode.label if mode else "not known"
    if picture.mode_pending(fact.id):
        return _fail("a", "mode-change-under-way", f"A mode change that concerns {fact.id} is under way.", mode=mode)
    if mode is not Mode.MANUAL:
        return _fail("a", "mode-not-manual", f"{fact.id}'s effective mode is {shown}, not Manual.", mode=mode)
    return _ok("a", f"{fact.id}'s effective mode is Manual.", mode=mode)


def _fresh(wanted: Wanted, fact: Fact, picture: Picture, limits: Limits) -> Answer:
    age = None if fact.age is None else round(fact.age, 1)
    if not fact.fresh(limits.fresh):
        return _fail(
            "b",
            "data-not-fresh",
            f"{fact.id} is {fact.state.value}; its last reading is {_seconds(age)} old (limit {limits.fresh:g} s).",
            age=age,
            limit=limits.fresh,
        )
    return _ok("b", f"{fact.id}'s last reading is {_seconds(age)} old.", age=age, limit=limits.fresh)


def _reference_first(wanted: Wanted, fact: Fact, picture: Picture, limits: Limits) -> Answer | None:
    if not wanted.word.current_controlled:
        return None
    references = [
        other for other in _others(wanted, picture) if other.belief.surely(Word.VOLTAGE_REFERENCE) and other.live
    ]
    if not references:
        return _fail("c", "no-voltage-reference", "No other live unit is surely the voltage reference.", reference=None)
    return _ok("c", f"{names(references)} is the voltage reference.", reference=references[0].id)


def _through_wait(wanted: Wanted, fact: Fact, picture: Picture, limits: Limits) -> Answer:
    words = sorted(_word(word) for word in fact.belief.words)
    if not (fact.belief.surely(Word.WAIT) or fact.belief.surely(wanted.word)):
        return _fail(
            "c",
            "not-through-wait",
            f"{fact.id} is or may be {' or '.join(words)}; it must be in Wait before it can be {wanted.word.label}.",
            words=words,
        )
    return _ok("c", f"{fact.id} is {words[0]}.", words=words)


def _single_reference(wanted: Wanted, fact: Fact, picture: Picture, limits: Limits) -> Answer | None:
    if wanted.word is not Word.VOLTAGE_REFERENCE or _is_reference(fact):
        return None
    others = [other for other in _others(wanted, picture) if other.belief.possibly(Word.VOLTAGE_REFERENCE, None)]
    if others:
        sentence = f"{names(others)} is or may be the voltage reference; there is one at a time."
        return _fail("d", "second-voltage-reference", sentence, units=[other.id for other in others])
    return _ok("d", "No other unit is the voltage reference.", units=[])


def _limit_carries(wanted: Wanted, fact: Fact, picture: Picture, limits: Limits) -> Answer | None:
    others = _others(wanted, picture)
    charging, discharging = (possible_current(others, word) for word in (Word.CHARGE, Word.DISCHARGE))
    if charging is None or discharging is None:
        sentence = "A unit that may be current-controlled does not tell its current: what must be carried is not known."
        return _fail("e", "reference-limit-too-small", sentence, limit=None, charging=charging, discharging=discharging)
    if wanted.word is Word.VOLTAGE_REFERENCE:
        limit: float | None = wanted.dig
    else:
        charging += wanted.dig if wanted.word is Word.CHARGE else 0.0
        discharging += wanted.dig if wanted.word is Word.DISCHARGE else 0.0
        limit = _reference_limit(others)
    numbers = {"limit": limit, "charging": round(charging, 3), "discharging": round(discharging, 3)}
    needed = max(charging, discharging)
    if limit is None:
        return _fail("e", "reference-limit-too-small", "The voltage reference's current limit is not known.", **numbers)
    if limit + 1e-9 < needed:
        sentence = f"The reference's limit is {limit:g} A, but it must carry up to {needed:g} A."
        return _fail("e", "reference-limit-too-small", sentence, **numbers)
    return _ok("e", f"The reference's limit of {limit:g} A covers the {needed:g} A that it must carry.", **numbers)


def _reference_limit(others: list[Fact]) -> float | None:
    """The smallest current limit (A) that a sure reference may have, or None where none is known."""
    known = [dig for other in others if other.belief.surely(Word.VOLTAGE_REFERENCE) for dig in other.belief.digs]
    digs = [dig for dig in known if dig is not None]
    return min(digs) if digs and len(digs) == len(known) else None


def _bus_risen(wanted: Wanted, fact: Fact, picture: Picture, limits: Limits) -> Answer | None:
    if not wanted.word.current_controlled:
        return None
    references = [other for other in _others(wanted, picture) if other.belief.surely(Word.VOLTAGE_REFERENCE)]
    targets = [dvg for other in references for dvg in other.belief.dvgs]
    if not references or not targets or None in targets or len(set(targets)) != 1:
        return _fail(
            "f", "bus-not-risen", "There is no one reference voltage that the bus could have reached.", target=None
        )
    target = next(dvg for dvg in targets if dvg is not None)
    seen = {other.id: _voltages(other, picture.now, limits) for other in (references[0], fact)}
    numbers = {
        "target": target,
        "tolerance": limits.tolerance_percent,
        "readings": seen,
        "needed": limits.stable_readings,
    }
    band = target * limits.tolerance_percent / 100
    for unit_id, voltages in seen.items():
        outside = [vg for vg in voltages if vg is None or abs(vg - target) > band + 1e-9]
        if outside:
            shown = "no voltage" if outside[-1] is None else f"{outside[-1]:g} V"
            sentence = (
                f"{unit_id} shows {shown}; the bus must be within {limits.tolerance_percent:g} % of {target:g} V."
            )
            return _fail("f", "bus-not-risen", sentence, **numbers)
    for unit_id, voltages in seen.items():
        if len(voltages) < limits.stable_readings:
            sentence = (
                f"{unit_id} has shown the bus at {target:g} V in {len(voltages)} of {limits.stable_readings} readings."
            )
            return _waits("f", sentence, **numbers)
    return _ok("f", f"The bus has risen to {target:g} V at {references[0].id} and {fact.id}.", **numbers)


def _voltages(fact: Fact, now: float, limits: Limits) -> list[float | None]:
    """The bus voltages (V) of a unit's last readings, as many as must agree; none when the newest is too old.

    Readings from before a long silence say nothing of the bus as it is now.
    """
    if not fact.fresh(limits.fresh):
        return []
    recent: tuple[Reading, ...] = fact.recent[-limits.stable_readings :]
    return [reading.vg for reading in recent if now - reading.at <= limits.fresh * limits.stable_readings]


def _within_voltage(wanted: Wanted, fact: Fact, picture: Picture, limits: Limits) -> Answer:
    numbers = {"dvg": wanted.dvg, "min": limits.voltage_min, "max": limits.voltage_max}
    if not limits.voltage_min <= wanted.dvg <= limits.voltage_max:
        sentence = f"{wanted.dvg:g} V is outside {limits.voltage_min:g} to {limits.voltage_max:g} V."
        return _fail("h", "voltage-out-of-limits", sentence, **numbers)
    return _ok("h", f"{wanted.dvg:g} V is within {limits.voltage_min:g} to {limits.voltage_max:g} V.", **numbers)


def _within_current(wanted: Wanted, fact: Fact, picture: Picture, limits: Limits) -> Answer:
    numbers = {"dig": wanted.dig, "min": 0.0, "max": limits.current_max}
    if not 0 <= wanted.dig <= limits.current_max:
        return _fail(
            "h", "current-out-of-limits", f"{wanted.dig:g} A is outside 0 to {limits.current_max:g} A.", **numbers
        )
    return _ok("h", f"{wanted.dig:g} A is within 0 to {limits.current_max:g} A.", **numbers)


def _dead_bus(wanted: Wanted, fact: Fact, picture: Picture, limits: Limits) -> Answer | None:
    if wanted.word is not Word.VOLTAGE_REFERENCE or _is_reference(fact):
        return None
    fresh = [other for other in picture.facts.values() if other.fresh(limits.fresh) and other.reading is not None]
    shown = {other.id: other.reading.vg for other in fresh if other.reading is not None}
    live = {unit_id: vg for unit_id, vg in shown.items() if vg is not None and abs(vg) > limits.dead_bus}
    if live:
        unit_id, vg = next(iter(live.items()))
        sentence = (
            f"{unit_id} shows {vg:g} V on the bus; a reference starts on a dead bus (at most {limits.dead_bus:g} V)."
        )
        return _fail("i", "bus-already-live", sentence, voltages=live, limit=limits.dead_bus)
    own = fact.reading
    if own is None or own.vg is None or shown.get(fact.id) is None:
        return _waits("i", f"{fact.id} has not told the bus voltage yet.", voltages=shown, limit=limits.dead_bus)
    return _ok("i", f"The bus is dead ({own.vg:g} V at {fact.id}).", voltages={fact.id: own.vg}, limit=limits.dead_bus)


def _voltage_fixed(wanted: Wanted, fact: Fact, picture: Picture, limits: Limits) -> Answer | None:
    """Holds for the present reference too: it alone could change the voltage under its followers."""
    if wanted.word is not Word.VOLTAGE_REFERENCE:
        return None
    followers = [other for other in _others(wanted, picture) if other.belief.possibly_current_controlled]
    same = fact.belief.dvgs == {wanted.dvg}
    if followers and not (same and _is_reference(fact)):
        sentence = f"{names(followers)} is or may be current-controlled; the reference's voltage is fixed meanwhile."
        return _fail("i", "reference-voltage-fixed", sentence, units=[other.id for other in followers], dvg=wanted.dvg)
    return _ok("i", "No unit depends on another voltage.", units=[], dvg=wanted.dvg)


def _followers(wanted: Wanted, fact: Fact, picture: Picture) -> Answer:
    """Rule (g), as advice: Wait always passes; who would lose the reference is named for the confirmation."""
    followers = [other for other in _others(wanted, picture) if other.belief.possibly_current_controlled]
    if fact.belief.possibly(Word.VOLTAGE_REFERENCE, None) and followers:
        sentence = (
            f"{names(followers)} is or may be current-controlled and would lose its voltage reference; stop it first."
        )
        return Answer("g", False, "followers-still-on", sentence, {"units": [f.id for f in followers]}, advice=True)
    return _ok("g", "No current-controlled unit depends on this one.", units=[])


def _is_reference(fact: Fact) -> bool:
    return fact.belief.surely(Word.VOLTAGE_REFERENCE)


def _word(word: Word | None) -> str:
    return word.label if word is not None else "in an unknown state"


def _seconds(age: float | None) -> str:
    return "an unknown time" if age is None else f"{age:g} s"
