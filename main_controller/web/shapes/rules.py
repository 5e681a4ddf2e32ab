"""What the rules say of a converter order: in a dry run, and beside a refusal (S7, S28, Z8)."""

from typing import Annotated, Any, NotRequired, TypedDict

from main_controller.rules import bus_figures
from main_controller.rules.interlock_terms import CAUSES, RULES, Answer
from main_controller.web.shapes.common import Amperes, Minutes, WattHours, Watts, one_of

_Passed = TypedDict("_Passed", {"pass": bool | None})


class Rule(_Passed):
    """One rule's answer. `pass`: null where it waits for readings. `numbers` are what it measured and compared, by name
    (V, A, W, %, °C, s, ids), as the sentence tells them.

    `overridable`: an override that names the rule passes it; `advice`: it fails and keeps nothing back.
    """

    rule: Annotated[str, one_of(*RULES)]
    cause: Annotated[str, one_of(*CAUSES)]
    sentence: str
    numbers: dict[str, Any]
    overridable: bool
    advice: bool


class Headroom(TypedDict):
    """What a unit could still do: current, power at the bus voltage that it measures, energy down to the reserve and up
    to full, and how long the present power of its battery lasts.

    Null where the hardware does not tell, or the power runs the other way.
    """

    current: Amperes | None
    power: Watts | None
    toReserveWh: WattHours | None
    toFullWh: WattHours | None
    minutesToReserve: Minutes | None
    minutesToFull: Minutes | None


class DryRun(TypedDict):
    """Whether the rules would let a converter order pass now, and each rule's answer; nothing was sent.

    Locks and the E-stop are not asked. `headroom` is null for a unit that was not seen since the start. `ignored` as in
    `Ordered`, where a Wait is asked about.
    """

    allowed: bool
    rules: list[Rule]
    headroom: Headroom | None
    ignored: NotRequired[list[str]]


def headroom_of(headroom: bus_figures.Headroom) -> Headroom:
    """What a unit could still do."""
    return {
        "current": headroom.current,
        "power": headroom.power,
        "toReserveWh": headroom.to_reserve,
        "toFullWh": headroom.to_full,
        "minutesToReserve": headroom.minutes_to_reserve,
        "minutesToFull": headroom.minutes_to_full,
    }


def rule_of(answer: Answer) -> Rule:
    """What one rule says."""
    return {
        "rule": answer.rule,
        "cause": answer.cause,
        "pass": answer.passed,
        "sentence": answer.sentence,
        "numbers": dict(answer.numbers),
        "overridable": answer.overridable,
        "advice": answer.advice,
    }
