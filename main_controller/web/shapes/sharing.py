"""A guided sharing, and the mode that is to follow a Soft Stop (N13, I15, I18, H2)."""

from typing import Annotated, NotRequired, TypedDict

from main_controller.domain.freshness import UnitState
from main_controller.domain.modes import Mode
from main_controller.domain.timestamps import iso_utc
from main_controller.domain.transfer import Step, TransferState
from main_controller.procedures.guided_transfer import TransferStanding
from main_controller.procedures.then_mode import Promise, ThenState
from main_controller.procedures.transfer_figures import ConverterSeen
from main_controller.web.shapes.common import (
    Amperes,
    CommandId,
    Minutes,
    Seconds,
    Time,
    UnitId,
    Volts,
    WattHours,
    Watts,
    one_of,
)
from main_controller.web.shapes.holds import Ends
from main_controller.web.shapes.orders import SharingStep, steps_of


class SharingLimits(TypedDict):
    """After what it ends by itself; null: no such limit."""

    minutes: Minutes | None
    wh: WattHours | None


class SharingUnit(TypedDict):
    """What is known of one of its converters: `words` are the statuses that it may be in (unknown among them), `source`
    by what that is known (null: nothing tells), the figures those of its last reading, `age` of that; null: not told.
    """

    state: UnitState
    words: list[str]
    source: Annotated[str, one_of("reading", "converter", "order")] | None
    vg: Volts | None
    ig: Amperes | None
    wg: Watts | None
    age: Seconds | None


class Unattended(TypedDict):
    """Nobody attends to it: its page is gone, or it is from before a restart; `endsAt` is when it ends for that."""

    why: Annotated[str, one_of("page", "restart")]
    endsAt: Time


class Sharing(Ends):
    """A guided sharing: `current` at `voltage`, the reference limited to `limit`.

    `reason`: why it ends or ended, null while it goes on; `safe`: it is over and nothing of it runs any more.
    `currentSince` is when current was ordered, `endsAt` when its minutes are over; null while that is not so.
    `energyWh` is what it carried by the readings, null before any current; `unattended` is null while somebody attends.
    """

    command: CommandId
    current: Amperes
    voltage: Volts
    limit: Amperes
    by: str
    state: TransferState
    step: Step
    reason: str | None
    safe: bool
    limits: SharingLimits
    begun: Time | None
    currentSince: Time | None
    endsAt: Time | None
    steps: list[SharingStep]
    units: dict[UnitId, SharingUnit]
    energyWh: WattHours | None
    unattended: Unattended | None


class SharingStanding(TypedDict):
    """The guided sharing that runs or ran last; null: none since the start."""

    share: Sharing | None


class Then(TypedDict):
    """The mode that is to follow a Soft Stop (`command`, H2): how that stands, until when it may, and why.

    `mine`: it was promised to the page that asks; a frame says that in its head.
    """

    mode: Mode
    state: ThenState
    by: str
    command: CommandId
    since: Time
    until: Time
    why: str | None
    mine: NotRequired[bool]


def sharing_of(standing: TransferStanding | None) -> Sharing | None:
    """The guided sharing that runs or ran last."""
    if standing is None:
        return None
    transfer, wh, unattended = standing.transfer, standing.wh, standing.unattended
    return {
        "command": transfer.id,
        "from": transfer.giver,
        "to": transfer.taker,
        "current": transfer.current,
        "voltage": transfer.voltage,
        "limit": transfer.limit,
        "by": transfer.by,
        "state": transfer.state,
        "step": transfer.step,
        "reason": transfer.reason,
        "safe": transfer.safe,
        "limits": {"minutes": transfer.minutes, "wh": transfer.wh},
        "begun": None if transfer.begun is None else iso_utc(transfer.begun),
        "currentSince": None if transfer.current_since is None else iso_utc(transfer.current_since),
        "endsAt": None if transfer.ends_at is None else iso_utc(transfer.ends_at),
        "steps": steps_of(transfer.steps),
        "units": {unit_id: _unit(seen) for unit_id, seen in standing.seen.items()},
        "energyWh": None if wh is None else round(wh, 2),
        "unattended": None if unattended is None else {"why": unattended.why, "endsAt": iso_utc(unattended.ends_at)},
    }


def _unit(seen: ConverterSeen) -> SharingUnit:
    reading = seen.reading
    return {
        "state": seen.state,
        "words": sorted("unknown" if status is None else str(status) for status in seen.statuses),
        "source": seen.source,
        "vg": None if reading is None else reading.vg,
        "ig": None if reading is None else reading.ig,
        "wg": seen.wg,
        "age": None if seen.age is None else round(seen.age, 1),
    }


def then_of(promise: Promise | None) -> Then | None:
    """What is to follow a Soft Stop; no page is told to whom it was promised, by which it would pass for that one."""
    if promise is None:
        return None
    return {
        "mode": promise.mode,
        "state": promise.state,
        "by": str(promise.command.by),
        "command": promise.command.id,
        "since": iso_utc(promise.since),
        "until": iso_utc(promise.until),
        "why": promise.why,
    }
