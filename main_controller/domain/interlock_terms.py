"""The terms of the interlocks: what is wanted, the limits, an answer and the closed list of causes (N13, Z8).

Used by the rules, and by whoever gives a converter order or shows what the rules say. Pure.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from main_controller.domain.modes import Word

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


def ok(rule: str, sentence: str, **numbers: Any) -> Answer:
    """The rule is kept."""
    return Answer(rule, True, "ok", sentence, numbers)


def fail(rule: str, cause: str, sentence: str, **numbers: Any) -> Answer:
    """The rule refuses, by one of `CAUSES`."""
    return Answer(rule, False, cause, sentence, numbers)


def waits(rule: str, sentence: str, **numbers: Any) -> Answer:
    """The rule cannot tell before more readings have come."""
    return Answer(rule, None, "awaiting-readings", sentence, numbers)
