"""The terms of the interlocks: what is wanted, what is known besides the grid's state, an answer, the causes (N13, Z8).

Used by the rules, and by whoever gives a converter order or shows what the rules say. Pure.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from typing import Any

from main_controller.domain.actor import Actor
from main_controller.domain.freshness import Reading
from main_controller.domain.limits import BatteryLimits, Pace
from main_controller.sentence import Sentence, joined, say

CAUSES: dict[str, str] = {
    "unknown-unit": "no reading of the unit has ever been seen",
    "identity-conflict": "the unit's identity or address is ambiguous (Z4)",
    "mode-not-manual": "(a) the unit's effective mode is not manual",
    "mode-change-under-way": "(a) a mode change in its scope is under way",
    "data-not-fresh": "(b) the unit's last reading is too old",
    "no-voltage-reference": "(c) no other unit is surely the voltage reference",
    "several-voltage-references": "(c) more than one unit is or may be the voltage reference",
    "not-through-wait": "(c) a working converter changes its status only through Wait",
    "second-voltage-reference": "(d) another unit is or may be the voltage reference",
    "reference-limit-too-small": "(e) the reference's current limit is not above what it must carry by the margin",
    "bus-not-risen": "(f) the bus is not within tolerance of the reference's voltage at both units",
    "awaiting-readings": "(f), (i) too few readings yet to tell: try again after the next ones",
    "followers-still-on": "(g) current-controlled units would lose their reference",
    "voltage-out-of-limits": "(h) dvg is outside the settings' limits",
    "current-out-of-limits": "(h) dig is outside the settings' limits",
    "bus-already-live": "(i) the bus carries voltage that this unit would be driven onto",
    "reference-voltage-fixed": "(i) the reference's voltage is fixed while a unit is current-controlled",
    "charge-below-reserve": "(j) a battery that would give is not above its reserve",
    "charge-above-full": "(j) a battery that would take is charged to its limit",
    "battery-voltage-out-of-limits": "(k) a battery's voltage is outside the settings' limits",
    "battery-current-too-large": "(k) a battery's current would be above the settings' limit",
    "temperature-out-of-limits": "(l) a converter or battery is too cold or too hot",
    "battery-not-permitted": "(m) a battery does not permit what it would do",
    "heavy-alarm": "(n) a converter reports a heavy alarm, or did in one of its last readings",
    "bus-not-one": "(o) a third unit measures another bus voltage than the reference",
    "grid-current-too-large": "(p) a measured current, or all of the bus together, is above the settings' limit",
    "voltage-unfit-for-current": "(q) dvg does not fit the reference's voltage: charge below it, discharge above it",
    "voltage-step-too-large": "(r) a working reference's voltage moves in small steps",
    "reference-without-current": "(r) a reference with 0 A cannot raise the bus",
    "current-step-too-large": "(s) the current rises by more than the settings' step",
    "too-soon": "(t) the last order to this converter, or its last trip, is too short a time ago",
    "too-many-trips": "(t) this converter tripped too often within an hour; a person resets its trips",
    "direct-reading-contradicts": "(u) a converter, read directly, shows something else than its last reading",
    "read-first": "(u) both converters are read directly just before the order is sent",
    "bus-owned": "(v) the bus belongs to somebody else; others may only stop",
    "not-told": "nothing tells what the rule asks for: it lets the order pass, and says so",
    "ok": "the rule is kept",
}
"""The closed list of causes, as IEC 61850's AddCause gives one: cause to its meaning."""

RULES: tuple[str, ...] = ("unit", *"abcdefghijklmnopqrstuv")
"""The rules' names, as an override writes them."""

OVERRIDABLE = frozenset(
    {
        "not-through-wait", "reference-limit-too-small", "bus-not-risen", "charge-below-reserve", "charge-above-full",
        "bus-not-one",
    }
)  # fmt: skip
"""The causes that an operator may override by the rule's name, with a reason, unless the answer is firm (S7)."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Thresholds of the rules: V, A, %, s and a count; each is a setting of the same meaning.

    `margin` (A) is what the reference's limit lies above what it must carry (I7); `unit_current` and `bus_current`
    (A) bound what is measured at a unit and on the bus; `skew` (s) is how far readings of one moment lie apart (K4).
    A charge's dvg lies 0 to `offset_max` V below the reference's, a discharge's `offset_min` to `offset_max` above.
    """

    voltage_min: float = 300.0
    voltage_max: float = 380.0
    current_max: float = 2.3
    tolerance_percent: float = 2.0
    stable_readings: int = 3
    fresh: float = 15.0
    dead_bus: float = 60.0
    margin: float = 0.125
    unit_current: float = 2.35
    bus_current: float = 100.0
    skew: float = 10.0
    offset_min: float = 5.0
    offset_max: float = 30.0
    battery: BatteryLimits = BatteryLimits()
    pace: Pace = Pace()


@dataclass(frozen=True, slots=True)
class Owner:
    """Who owns the bus (I16): orders given by `by` pass; `sentence` names the owner for all others."""

    by: Actor
    sentence: Sentence


@dataclass(frozen=True, slots=True)
class Known:
    """What the rules know besides the state of the grid.

    `by` gives the order; `trips` are the moments (monotonic s) of each unit's trips that nobody has reset; `direct`
    are the readings taken from the converters themselves just now, or a sentence why there is none; None: the order
    is not about to be sent, as in a dry run.
    """

    by: Actor | None = None
    owner: Owner | None = None
    trips: Mapping[str, Sequence[float]] = field(default_factory=dict)
    direct: Mapping[str, Reading | Sentence] | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What one rule says: `passed` is None where it waits for readings; a failing `advice` rule does not refuse.

    What is `firm` is not overridden, whatever its cause.
    """

    rule: str
    passed: bool | None
    cause: str
    sentence: Sentence
    numbers: Mapping[str, Any] = field(default_factory=dict)
    advice: bool = False
    firm: bool = False

    @property
    def overridable(self) -> bool:
        """Whether an operator may override this answer, naming its rule and giving a reason."""
        return self.passed is False and not self.firm and self.cause in OVERRIDABLE

    @property
    def refuses(self) -> bool:
        """Whether this answer keeps the order from being sent."""
        return self.passed is not True and not self.advice


def ok(rule: str, sentence: Sentence, **numbers: Any) -> Answer:
    """The rule is kept."""
    return Answer(rule, True, "ok", sentence, numbers)


def fail(rule: str, cause: str, sentence: Sentence, **numbers: Any) -> Answer:
    """The rule refuses, by one of `CAUSES`."""
    return Answer(rule, False, cause, sentence, numbers)


def waits(rule: str, sentence: Sentence, **numbers: Any) -> Answer:
    """The rule cannot tell before more readings have come."""
    return Answer(rule, None, "awaiting-readings", sentence, numbers)


def untold(rule: str, sentence: Sentence, **numbers: Any) -> Answer:
    """Nothing tells what the rule asks for: it lets the order pass, and says so."""
    return Answer(rule, True, "not-told", sentence, numbers)


def of_units(rule: str, answers: Sequence[Answer]) -> Answer | None:
    """One rule's answers for several units as one: the first that fails, else what is not told, else that it is kept.

    None where no unit was asked.
    """
    if not answers:
        return None
    numbers = {key: value for answer in answers for key, value in answer.numbers.items()}
    failing = next((answer for answer in answers if answer.passed is False), None)
    if failing is not None:
        return Answer(rule, False, failing.cause, failing.sentence, numbers, firm=failing.firm)
    sentence = joined(answer.sentence for answer in answers)
    silent = any(answer.cause == "not-told" for answer in answers)
    return untold(rule, sentence, **numbers) if silent else ok(rule, sentence, **numbers)


def either(words: Iterable[Sentence]) -> Sentence:
    """Any one of these words, in the order of their letters: "charging or in Wait"."""
    return reduce(lambda one, other: say("rules.either", "{one} or {other}", one=one, other=other), sorted(words))
