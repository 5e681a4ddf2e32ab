"""The one shape of a failure (Z1), whatever failed."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Annotated, Any, Literal, NotRequired, TypedDict, cast

from main_controller.domain.commands import CommandState
from main_controller.orders.ups_mode import UpsAnswer
from main_controller.web.shapes.common import CommandId, Sent, UnitId, one_of
from main_controller.web.shapes.holds import Claim, Latch, Lock, claim_of, latch_of, lock_of
from main_controller.web.shapes.orders import (
    Came,
    Evidence,
    ForgottenOutcome,
    OutcomeState,
    came_of,
    forgotten_of,
    outcomes_of,
    ups_outcomes_of,
)
from main_controller.web.shapes.rules import Rule, rule_of


class FailedUnit(TypedDict):
    """How the failed order stands at one unit: of Stop all as a `UnitOutcome`, of the UPS as a `UpsOutcome`."""

    sent: Sent
    error: str | None
    state: NotRequired[OutcomeState]
    shows: NotRequired[str | None]
    evidence: NotRequired[Evidence | None]
    succeeded: NotRequired[bool]


class Failure(TypedDict):
    """Why it failed, as one sentence.

    Of an order besides: its id (`command`, null where it has none), whether it was `sent`, and why it was refused:
    `cause` with `came` (what came since it was pressed, H1), `estop`, `lock` or `owner` of the bus, or the `rules` that
    were asked (Z8). `units` and `forgotten` are how it stands at each unit where it went to several. `key`, `state` and
    `again` are those of an earlier arrival of the same key; `ignored` says what was left out beside a stop (S32).
    """

    error: str
    command: NotRequired[CommandId | None]
    sent: NotRequired[Sent]
    cause: NotRequired[Annotated[str, one_of("moment", "estop", "bus-owned", "locked")]]
    came: NotRequired[list[Came]]
    estop: NotRequired[Latch | None]
    lock: NotRequired[Lock]
    owner: NotRequired[Claim]
    rules: NotRequired[list[Rule]]
    units: NotRequired[dict[UnitId, FailedUnit]]
    forgotten: NotRequired[dict[UnitId, ForgottenOutcome]]
    key: NotRequired[str | None]
    state: NotRequired[CommandState]
    again: NotRequired[Literal[True]]
    ignored: NotRequired[list[str]]


def failure_of(sentence: str, details: Mapping[str, Any] = MappingProxyType({})) -> Failure:
    """A failure of this sentence; `details` are what the error has beside it, by the keys of `Failure`."""
    beside = {name: _MADE[name](value) if name in _MADE else value for name, value in details.items()}
    return cast(Failure, {"error": sentence, **beside})


def _units(units: Mapping[str, Any]) -> Mapping[str, Any]:
    ups = any(isinstance(one, UpsAnswer) for one in units.values())
    return ups_outcomes_of(units) if ups else outcomes_of(units)


_MADE: Mapping[str, Callable[[Any], Any]] = {
    "came": lambda came: [came_of(command) for command in came],
    "estop": latch_of,
    "lock": lock_of,
    "owner": claim_of,
    "rules": lambda answers: [rule_of(answer) for answer in answers],
    "units": _units,
    "forgotten": forgotten_of,
}
"""What makes the JSON of a detail that is more than a text or a number."""
