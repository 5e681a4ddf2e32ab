"""How an order stands, and what each order answers (R10-R16, R23, H1, H6, Z6c, Z8a, Z9b)."""

from typing import Annotated, Any, Literal, NotRequired, TypedDict

from main_controller.domain.commands import UNCONFIRMED, CommandState
from main_controller.domain.schedule import Operation
from main_controller.domain.transfer import Step
from main_controller.web.shapes.common import (
    Amperes,
    CommandId,
    Minutes,
    Seconds,
    Sent,
    Time,
    UnitId,
    Volts,
    WattHours,
    one_of,
)
from main_controller.web.shapes.holds import Latch

OutcomeState = Annotated[
    str, one_of(*CommandState, UNCONFIRMED, says="the order's state there; unconfirmed: it is stale or silent (Z9b)")
]
Evidence = Annotated[str, one_of("converter", "reading", "silence", says="what shows it; null: nothing yet (Z6c)")]
StepState = Annotated[str, one_of("waiting", "running", "done", "skipped", "failed", "cancelled", "interrupted")]


class UnitOutcome(TypedDict):
    """How an order stands at one unit. `shows` is the mode or converter status seen there, null where none is told;
    `error` why it failed there."""

    state: OutcomeState
    sent: Sent
    shows: str | None
    error: str | None
    evidence: Evidence | None


class ForgottenOutcome(TypedDict):
    """What came of the Wait that Stop all tried at a unit of which a person said that it has left.

    `shows` is the status that its converter answered, null without an answer; `error` why there is none.
    """

    sent: Sent
    shows: str | None
    error: str | None


_Ends = TypedDict("_Ends", {"from": UnitId, "to": UnitId}, total=False)


class Wanted(_Ends, total=False):
    """What an order wants, each kind its own keys: `mode` (empty: follow the cluster) and `waits` (Wait goes beside
    it); `word`, `dvg`, `dig` of a converter; `shutDown` and its `units`; `upsMode`; `from`, `to`, `current`,
    `voltage`, `minutes`, `wh` of a guided sharing and `command` of its end; `operation` and `due` of a schedule;
    `acknowledged`; `name` and `reason` of whoever signs.
    """

    mode: str
    waits: bool
    word: str
    dvg: Volts
    dig: Amperes
    shutDown: bool
    units: list[UnitId]
    upsMode: int
    current: Amperes
    voltage: Volts
    minutes: Minutes
    wh: WattHours
    command: CommandId
    operation: Operation
    due: Time
    acknowledged: bool
    name: str
    reason: str


class Before(TypedDict, total=False):
    """What was so when the order came, as far as its kind asks: the `mode` in force, the converter's status (`word`),
    how many `trips`. Null: not known."""

    mode: str | None
    word: str | None
    trips: int


class Grace(TypedDict):
    """Who gets Wait only after apis-main's grace time (Z9), in how long, and why."""

    units: list[UnitId]
    waitIn: Seconds
    why: str


class SharingStep(TypedDict):
    """A step of a guided sharing; `sentence` says how it ended, null until then."""

    step: Step
    state: StepState
    sentence: str | None


class Progress(TypedDict, total=False):
    """How far an order is, each kind its own keys.

    At how many units (`of`) it is `shown`. Of a mode: how many `deals` stand (null: not told) and whether the Soft Stop
    is `drained`: no deal is left and every live converter is in Wait; null: not told; superseded: another mode was
    ordered since (Z9a). Of Stop all: whether the stop is in effect (`stopInEffect`, null: none is sent), its `grace`,
    and what came of `forgotten` units. Of a guided sharing: its `step`, `steps` and a `sentence`. Of `/forget`: how
    many `schedules` went with the unit.
    """

    shown: int
    of: int
    deals: int | None
    drained: bool | Literal["superseded"] | None
    stopInEffect: bool | None
    grace: Grace | None
    forgotten: dict[UnitId, ForgottenOutcome]
    step: Step
    steps: list[SharingStep]
    sentence: str | None
    schedules: int


class Command(TypedDict):
    """One order. `unitId`: null is the cluster. `key`: by which it came, null without one (H1). `acceptedAt`: apis-web
    or the device said yes; `endedAt`: it changes no more; null until then. `error` is why it failed, `note` what else a
    person should know, `override` the reason by which rules were passed (S7); each null where there is none.
    """

    id: CommandId
    key: str | None
    order: str
    unitId: UnitId | None
    wanted: Wanted
    by: str
    at: Time
    state: CommandState
    sent: Sent
    acceptedAt: Time | None
    endedAt: Time | None
    error: str | None
    note: str | None
    override: str | None
    before: Before
    units: dict[UnitId, UnitOutcome]
    progress: Progress


class Commands(TypedDict):
    """Orders, the latest first."""

    commands: list[Command]


class Came(TypedDict):
    """A stop or a mode that came since the refused order was pressed (H1); `mode` is null but of a mode order."""

    id: CommandId
    order: str
    unitId: UnitId | None
    by: str
    at: Time
    mode: str | None


# What orders answer


class Ordered(TypedDict):
    """What every answered order has. `state` and `verified` stand there where `wait=verified` was asked and could be
    waited for."""

    command: CommandId
    state: NotRequired[CommandState]
    verified: NotRequired[bool]


class Standing(TypedDict):
    """How an order stands that is answered before it ends (`wait=no`), or whose key came before (`again`, H1).

    `command` is null where the order has not come to its turn; `key` null where it came without one.
    """

    command: CommandId | None
    key: str | None
    state: CommandState
    sent: Sent
    again: NotRequired[Literal[True]]


class Succeeded(Ordered):
    """The order was accepted (R12, R16)."""

    succeeded: Literal[True]


class Budo(Ordered):
    """The mode was set in apis-web's words; `active`: the cluster shares energy now (R11)."""

    active: bool


class StopAllDone(Ordered):
    """Every unit is in Wait (R15, Z9). `forgotten` are units of which a person said that they have left."""

    stopAll: Literal["done."]
    units: dict[UnitId, UnitOutcome]
    forgotten: NotRequired[dict[UnitId, ForgottenOutcome]]


class StopAllRunning(Ordered):
    """Others wait for the same Stop all already; it goes on."""

    stopAll: Literal["running."]


class EStopDone(StopAllDone):
    """As Stop all, and latched (I17); null where it was reset meanwhile."""

    estop: Latch | None


class EStopRunning(StopAllRunning):
    """As Stop all, and latched (I17); null where it was reset meanwhile."""

    estop: Latch | None


class ScheduleSet(Succeeded):
    """A schedule was set (R13, Z13): `due` in UTC, `local` the same in the setting `timezone`."""

    unitId: UnitId | None
    operation: Operation
    due: Time
    local: str


class ScheduleCleared(Succeeded):
    """A schedule was cleared (R13); `cleared`: there was one."""

    unitId: UnitId | None
    operation: Operation
    cleared: bool


class Forgot(Succeeded):
    """A unit has left (M9); `schedules` are how many of its own were cleared."""

    schedules: int


class UpsOutcome(TypedDict):
    """Whether a unit's UPS took the mode (R23, Z10); `error` and `sent` where it did not."""

    succeeded: bool
    error: NotRequired[str]
    sent: NotRequired[Sent]


UpsOutcomes = dict[UnitId, UpsOutcome]
"""What `/upsMode` answers, by unit; the order's id is not in it, since a unit may have any id."""

Converter = dict[str, Any]
"""The converter's new `dcdc` object as the device or the emulator sent it, with the order's id as `command`, and
`state` and `verified` as in `Ordered` (R10)."""


class Flushed(TypedDict):
    """apis-web was polled just now and told of so many units (R14)."""

    succeeded: Literal[True]
    units: int
