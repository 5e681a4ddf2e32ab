"""How an order stands, and what each order answers (R10-R16, R23, H1, H6, Z6c, Z8a, Z9b)."""

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal, NotRequired, TypedDict, cast

from main_controller.domain import commands, progress
from main_controller.domain.commands import UNCONFIRMED, CommandState
from main_controller.domain.schedule import Operation
from main_controller.domain.timestamps import iso_utc
from main_controller.domain.transfer import Step, StepStanding, StepState
from main_controller.orders.ups_mode import UpsAnswer
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


ByAnswer = Literal["all", "some"]


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


class SecondPerson(TypedDict):
    """Who must confirm an override is a second person, until `until`: `rules` are those that it overrides, `says` what
    they answered to the account `first`; `by` confirmed it, null while nobody has, and then nothing of it is sent."""

    first: str
    until: Time
    rules: list[str]
    says: list[str]
    by: str | None


class Command(TypedDict):
    """One order. `unitId`: null is the cluster. `key`: by which it came, null without one (H1). `acceptedAt`: apis-web
    or the device said yes; `endedAt`: it changes no more; null until then. `error` is why it failed, `note` what else a
    person should know, `override` the reason by which rules were passed (S7); each null where there is none. `second`
    is null but of an override that needs two persons (`twopersons`).
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
    second: SecondPerson | None
    before: Before
    units: dict[UnitId, UnitOutcome]
    progress: Progress


class Commands(TypedDict):
    """Orders, the latest first."""

    commands: list[Command]


class EndedOrder(TypedDict):
    """An order that changes no more, without how it stands at each unit: /commands/<id> tells that. `endedAt` is null
    where it was refused before it was begun; `byAnswer` says whether all or some of the units by which it is done have
    only answered so themselves and no reading shows it yet (S8), null: none."""

    id: CommandId
    order: str
    unitId: UnitId | None
    wanted: Wanted
    by: str
    at: Time
    endedAt: Time | None
    state: CommandState
    sent: Sent
    error: str | None
    note: str | None
    byAnswer: ByAnswer | None


class Came(TypedDict):
    """A stop or a mode that came since the refused order was pressed (H1); `mode` is null but of a mode order."""

    id: CommandId
    order: str
    unitId: UnitId | None
    by: str
    at: Time
    mode: str | None


# What orders answer


class Waited(TypedDict, total=False):
    """How the order has ended, where `wait=verified` was asked and could be waited for."""

    state: CommandState
    verified: bool


class Stopping(TypedDict, total=False):
    """What a stop's answer has where something was left out beside it: why, a sentence each (S32)."""

    ignored: list[str]


class Ordered(Waited, Stopping):
    """What every answered order has."""

    command: CommandId


class Standing(Stopping):
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


class StopAllBeside(Waited, Stopping, total=False):
    """What a Stop all's answer has besides: units of which a person said that they have left (`forgotten`), and the
    E-stop's latch where `/estop` was asked (I17), null where it was reset meanwhile."""

    forgotten: dict[UnitId, ForgottenOutcome]
    estop: Latch | None


class StopAllDone(StopAllBeside):
    """Every unit is in Wait (R15, Z9). `forgotten` are units of which a person said that they have left; `estop` is the
    latch where `/estop` was asked (I17), null where it was reset meanwhile."""

    command: CommandId
    stopAll: Literal["done."]
    units: dict[UnitId, UnitOutcome]


class StopAllRunning(StopAllBeside):
    """Others wait for the same Stop all already; it goes on. `estop` as in `StopAllDone`."""

    command: CommandId
    stopAll: Literal["running."]


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


UpsOutcomes = dict[UnitId, UpsOutcome | CommandState | bool]
"""What `/upsMode` answers, by unit; the order's id is not in it, since a unit may have any id. Where `wait=verified`
was asked, `state` and `verified` stand beside the units, as in `Waited`."""

Converter = dict[str, Any]
"""The converter's new `dcdc` object as the device or the emulator sent it, with the order's id as `command`, and
`state`, `verified` and `ignored` as in `Ordered` (R10)."""


class Flushed(TypedDict):
    """apis-web was polled just now and told of so many units (R14)."""

    succeeded: Literal[True]
    units: int


class LeaseRenewed(TypedDict):
    """The lease of work by hand begins anew: it lasts `seconds` without anybody; `units` are those that work so."""

    succeeded: Literal[True]
    seconds: Seconds
    units: list[UnitId]


def standing_of(command: commands.Command, key: str | None) -> Standing:
    """How an order stands that is answered before it ends."""
    return {"command": command.id, "key": key, "state": command.state, "sent": command.sent}


def command_of(command: commands.Command) -> Command:
    """One order as it stands."""
    return {
        "id": command.id,
        "key": command.key,
        "order": command.order.name,
        "unitId": command.unit_id,
        "wanted": cast(Wanted, command.order.content()),  # as the journal stores it too
        "by": command.given_by,
        "at": iso_utc(command.at),
        "state": command.state,
        "sent": command.sent,
        "acceptedAt": None if command.accepted_at is None else iso_utc(command.accepted_at),
        "endedAt": None if command.ended_at is None else iso_utc(command.ended_at),
        "error": command.error,
        "note": command.note,
        "override": command.override,
        "second": _second(command),
        "before": cast(Before, command.before),
        "units": outcomes_of(command.units),
        "progress": progress_of(command.progress),
    }


def _second(command: commands.Command) -> SecondPerson | None:
    second = command.second
    if second is None:
        return None
    return {
        "first": command.by.account,
        "until": iso_utc(second.until),
        "rules": list(second.rules),
        "says": list(second.says),
        "by": None if second.by is None else str(second.by),
    }


def ended_of(command: commands.Command) -> EndedOrder:
    """One order that has ended, in short."""
    return {
        "id": command.id,
        "order": command.order.name,
        "unitId": command.unit_id,
        "wanted": cast(Wanted, command.order.content()),
        "by": command.given_by,
        "at": iso_utc(command.at),
        "endedAt": None if command.ended_at is None else iso_utc(command.ended_at),
        "state": command.state,
        "sent": command.sent,
        "error": command.error,
        "note": command.note,
        "byAnswer": _by_answer(command),
    }


def _by_answer(command: commands.Command) -> ByAnswer | None:
    known = [outcome.evidence for outcome in command.units.values() if outcome.evidence is not None]
    if not command.state.in_effect or "converter" not in known:
        return None
    return "all" if set(known) == {"converter"} else "some"


def outcomes_of(units: Mapping[str, commands.UnitOutcome]) -> dict[str, UnitOutcome]:
    """How an order stands at each unit."""
    return {unit_id: _outcome(outcome) for unit_id, outcome in units.items()}


def _outcome(outcome: commands.UnitOutcome) -> UnitOutcome:
    return {
        "state": outcome.state,
        "sent": outcome.sent,
        "shows": outcome.shows,
        "error": outcome.error,
        "evidence": outcome.evidence,
    }


def progress_of(shows: progress.Progress | None) -> Progress:
    """How far an order is; nothing where nobody has looked yet."""
    match shows:
        case progress.ModeShows():
            return {"shown": shows.shown, "of": shows.of, "deals": shows.deals, "drained": shows.drained}
        case progress.StopAllShows():
            told: Progress = {
                "shown": shows.shown,
                "of": shows.of,
                "stopInEffect": shows.stop_in_effect,
                "grace": None if shows.grace is None else _grace(shows.grace),
            }
            return {**told, "forgotten": forgotten_of(shows.forgotten)} if shows.forgotten else told
        case progress.UnitsShow():
            return {"shown": shows.shown, "of": shows.of}
        case progress.TransferStands():
            return {"step": shows.step, "steps": steps_of(shows.steps), "sentence": shows.sentence}
        case progress.SchedulesCleared():
            return {"schedules": shows.schedules}
    return {}


def _grace(grace: progress.Grace) -> Grace:
    return {"units": list(grace.units), "waitIn": grace.wait_in, "why": grace.why}


def forgotten_of(waits: Mapping[str, progress.ForgottenWait]) -> dict[str, ForgottenOutcome]:
    """What came of the Waits to units that have left."""
    return {unit_id: {"sent": wait.sent, "shows": wait.shows, "error": wait.error} for unit_id, wait in waits.items()}


def steps_of(steps: Iterable[StepStanding]) -> list[SharingStep]:
    """The steps of a guided sharing."""
    return [{"step": one.step, "state": one.state, "sentence": one.sentence} for one in steps]


def came_of(command: commands.Command) -> Came:
    """A stop or a mode that came, as a refusal tells it."""
    return {
        "id": command.id,
        "order": command.order.name,
        "unitId": command.unit_id,
        "by": command.given_by,
        "at": iso_utc(command.at),
        "mode": command.order.content().get("mode"),
    }


def ups_outcomes_of(answers: Mapping[str, UpsAnswer]) -> dict[str, UpsOutcome]:
    """What each UPS answered."""
    return {unit_id: _ups(answer) for unit_id, answer in answers.items()}


def _ups(answer: UpsAnswer) -> UpsOutcome:
    if answer.error is None:
        return {"succeeded": True}
    return {"succeeded": False, "error": answer.error, "sent": answer.sent}
