"""The one shape of a failure (Z1), whatever failed."""

from typing import Annotated, Literal, NotRequired, TypedDict

from main_controller.domain.commands import CommandState
from main_controller.web.shapes.common import CommandId, Sent, UnitId, one_of
from main_controller.web.shapes.holds import Claim, Latch, Lock
from main_controller.web.shapes.orders import Came, Evidence, ForgottenOutcome, OutcomeState
from main_controller.web.shapes.rules import Rule


class FailedUnit(TypedDict):
    """How the failed order stands at one unit: of Stop all as a `UnitOutcome`, of the UPS with `succeeded`."""

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
    `again` are those of an earlier arrival of the same key.
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
