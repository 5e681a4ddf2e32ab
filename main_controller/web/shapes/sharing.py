"""A guided sharing, and the mode that is to follow a Soft Stop (N13, I15, I18, H2)."""

from typing import Annotated, NotRequired, TypedDict

from main_controller.domain.freshness import UnitState
from main_controller.domain.modes import Mode
from main_controller.domain.transfer import Step, TransferState
from main_controller.procedures.then_mode import ThenState
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
from main_controller.web.shapes.orders import SharingStep


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
