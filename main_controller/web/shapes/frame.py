"""What `/get/frame` tells: all that the page shows."""

from typing import Any, NotRequired, TypedDict

from main_controller.assessment.bus import BusState
from main_controller.domain.modes import Mode
from main_controller.web.shapes.alarms import AlarmCounts
from main_controller.web.shapes.bus import BusFigures, Condition, Event
from main_controller.web.shapes.common import Amperes, Celsius, Percent, Seconds, Time, UnitId, Volts, WattHours, Watts
from main_controller.web.shapes.flexibility import Flexibility
from main_controller.web.shapes.holds import Latch, Lease, Locks
from main_controller.web.shapes.orders import Command, EndedOrder
from main_controller.web.shapes.schedules import FrameSchedules
from main_controller.web.shapes.sharing import Sharing, Then
from main_controller.web.shapes.status import ApisWeb, Config, Counts, Grid, JournalHealth, Limits, UnitBasics, Workers


class About(TypedDict):
    """What the program is, when it was `started` and by which settings it judges; `columns` are what a row of `figures`
    holds, in order."""

    version: str
    started: Time
    simulated: bool
    title: str
    timezone: str
    limits: Limits
    config: Config
    columns: list[str]


class GridModes(Grid):
    """`modes` are how many live units show which global mode; "" is where none is told."""

    modes: dict[str, int]


class Totals(TypedDict):
    """Sums over the live units that tell a figure (null: nobody does); `rsoc` is the mean."""

    pv: Watts | None
    utility: Watts | None
    load: Watts | None
    rsoc: Percent | None
    remaining: WattHours | None


class Flow(TypedDict):
    """A deal: `running` says whether current flows (null: no reading tells), `current` and `power` its part of what is
    measured, as sizes (null: none flows, or not told), `agreed` what the deal says; the rest as sent, null: not told.

    `seenAt` is when this program first saw it (null: it has not looked yet), `sawBegin` whether it saw it begin;
    `running` is so since `standsSince`, and current was first seen at `currentSince` (null: never). `energyWh` is what
    it carried since then by the readings, without the time of which none told (`gaps`); null: nothing could be counted.
    """

    giver: UnitId
    taker: UnitId
    master: bool
    request: str | None
    requester: str | None
    responder: str | None
    since: str | None
    agreed: Amperes | None
    running: bool | None
    current: Amperes | None
    power: Watts | None
    seenAt: Time | None
    sawBegin: bool
    standsSince: Time | None
    currentSince: Time | None
    energyWh: WattHours | None
    gaps: bool


class Spur(TypedDict):
    """A unit that gives to the bus (`inward`) or takes from it without a deal; sizes, null: not told."""

    unitId: UnitId
    inward: bool
    current: Amperes | None
    power: Watts | None


class Bus(BusFigures):
    """The bus: its `state`, what its reference is set to (`target`), what units take in all, and how far the readings
    in these sums are apart (`skew`, Z6b); null: not told."""

    state: BusState
    target: Volts | None
    current: Amperes | None
    power: Watts | None
    skew: Seconds | None
    references: list[UnitId]


class FrameUnit(UnitBasics):
    """What moves seldom of a unit. `since` as in the status, null of a live one: its row says `readAt`.

    `name`, `ip`, the modes (`effective` is what it obeys as it says), `permission` of its battery as bits and
    `permissionRaw` as sent, `upsMode`: null where not told; `alarm`: a heavy one (I5). `alarmPriority` is that of the
    gravest alarm of it that holds, is not put away and that no other explains, null without any.
    """

    since: Time | None
    name: str | None
    ip: str | None
    globalMode: Mode | None
    localMode: Mode | None
    effective: Mode | None
    alarm: bool
    alarmPriority: int | None
    permission: int | None
    permissionRaw: Any
    upsMode: float | None


FrameRow = tuple[
    Time | None, str | None,
    Watts | None, Watts | None, Watts | None, Watts | None, Watts | None,
    Watts | None, Volts | None, Amperes | None, Watts | None, Volts | None, Amperes | None,
    Celsius | None, Volts | None, Amperes | None, Percent | None, WattHours | None,
    bool,
]  # fmt: skip
"""A unit's figures in the order of `about.columns`: when it was read, its own clock, then W, V, A, °C, % and Wh as the
columns are named; null where the hardware does not tell (N17)."""


class Replayed(TypedDict):
    """That a frame is a replay of the time `at`: the one that was made at `madeAt`, and told until `nextAt` (null: not
    known here). `recordedBy` is the version of the program that ran then, `judgedBy` the one that judges what was
    recorded: where they are the same, the frame is as it was told then."""

    at: Time
    madeAt: Time
    nextAt: Time | None
    recordedBy: str
    judgedBy: str


class Head(TypedDict):
    """`serial` grows with every change, `start` names this start of the program; `moment` is by what an order says what
    its page showed (H1); `newsAt` is when the next answer of apis-web is expected in a frame, null where nobody knows.
    `whole`: this is all, not only what changed; `mine`: `then` was promised to this page (H2). `replay` stands in a
    frame of the past alone, of which `moment` is 0: no order can be given by it.
    """

    serial: int
    start: str
    moment: int
    time: Time
    newsAt: Time | None
    assessedAt: Time
    whole: bool
    mine: bool
    replay: NotRequired[Replayed]


class Sections(TypedDict, total=False):
    """The sections of a frame. `clock` is the units' own time as sent, `deals` null where they cannot be told,
    `dealEvents` how deals began and ended of late, `endedOrders` the newest orders that have ended, the newest first;
    the rest is as in the status."""

    about: About
    data: Counts
    grid: GridModes
    clock: str | None
    totals: Totals
    deals: list[Flow] | None
    spurs: list[Spur]
    bus: Bus
    busConditions: list[Condition]
    flexibility: Flexibility
    gridEvents: list[Event]
    dealEvents: list[Event]
    apisWeb: ApisWeb
    workers: Workers
    schedules: FrameSchedules
    orders: list[Command]
    endedOrders: list[EndedOrder]
    alarms: AlarmCounts
    locks: Locks
    share: Sharing | None
    then: Then | None
    lease: Lease | None
    estop: Latch | None
    journal: JournalHealth
    notKept: list[str]
    conflicts: dict[UnitId, str]


class Frame(Head, Sections, total=False):
    """A whole frame has every section, `units` and `figures`; any other has of these what changed since the caller's,
    and in `gone` the units that left."""

    units: dict[UnitId, FrameUnit]
    figures: dict[UnitId, FrameRow]
    gone: list[UnitId]
