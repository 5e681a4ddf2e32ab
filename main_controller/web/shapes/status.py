"""What `/get/status` tells (Z5a), and of it what a frame tells too."""

from typing import TypedDict

from main_controller.domain.freshness import UnitState
from main_controller.web.shapes.bus import BusFigures, Condition, Event
from main_controller.web.shapes.common import Amperes, ModeWord, Seconds, Time, UnitId, Volts
from main_controller.web.shapes.flexibility import Flexibility
from main_controller.web.shapes.holds import Latch, Lease, Lock, Locks
from main_controller.web.shapes.orders import Command
from main_controller.web.shapes.schedules import Schedules
from main_controller.web.shapes.sharing import Sharing, Then


class Config(TypedDict):
    """Settings that a page must know: `readOnly` (also where nobody has to log in and others may call), `insecure`
    (whoever reaches this may order everything, as somebody wanted it), whether orders go to the `emulator`, whether
    `upsModes` can be set, whether an override needs two persons (`twoPersons`), `staleafter` and `readinglag`, and the
    zone of the units' clocks (null: their times are shown as given)."""

    readOnly: bool
    insecure: bool
    emulator: bool
    upsModes: bool
    twoPersons: bool
    staleafter: Seconds
    readinglag: Seconds
    upstreamTimezone: str | None


Limits = dict[str, float]
"""Settings that are limits, by their names; docs/settings.md has their units."""


class Counts(TypedDict):
    """When a unit was last read anew (null: none since the start), and how many are live, stale and silent (Z5)."""

    updated: Time | None
    live: int
    stale: int
    silent: int


class Data(Counts):
    """`age` is how long ago that was; null: no unit was read since the start."""

    age: Seconds | None


class Grid(TypedDict):
    """The cluster as a whole. `mode` is the one in force, `pending` the one on its way (null: none); `gridMaster`,
    `error`, `deals` (how many) and `noGridMaster` are null where they cannot be told (Z6).

    `busVoltage` is the reference's own reading, else the median; `voltageReference` is null unless exactly one unit
    holds the bus, `voltageReferences` are all that do (Z6b).
    """

    mode: ModeWord | None
    pending: ModeWord | None
    gridMaster: UnitId | None
    error: bool | None
    deals: int | None
    noGridMaster: bool | None
    busVoltage: Volts | None
    voltageReference: UnitId | None
    voltageReferences: list[UnitId]


class GridNow(Grid):
    """`dealsAge` is how long ago the deals were told; null: never."""

    dealsAge: Seconds | None


class Peer(TypedDict):
    """How the calls to one of apis-web's programs go: whether the last one did, since when that is so (null: before any
    call), whether it was so at every call since the start (`since` tells no beginning then), and the last fault (null:
    none since the start)."""

    up: bool
    since: Time | None
    sinceStart: bool
    lastError: str | None


class PeerNow(Peer):
    """`lastSuccess` is when a call last went well, null: none yet."""

    lastSuccess: Time | None


class ApisWeb(TypedDict):
    """Both of its programs as a frame tells them: readings, and modes with deals."""

    emulatorEmulator: Peer
    budoEmulator: Peer


class ApisWebNow(TypedDict):
    """Both of its programs: readings, and modes with deals."""

    emulatorEmulator: PeerNow
    budoEmulator: PeerNow


class Worker(TypedDict):
    """Whether a loop of this program runs, and its last fault (null: none since the start)."""

    alive: bool
    lastError: str | None


class WorkerNow(Worker):
    """`lastRun` is when it last ran, null: not yet."""

    lastRun: Time | None


class Workers(TypedDict):
    """The loops as a frame tells them."""

    dataCollector: Worker
    scheduler: Worker


class WorkersNow(TypedDict):
    """The loops of this program."""

    dataCollector: WorkerNow
    scheduler: WorkerNow


class JournalHealth(TypedDict):
    """Why the journal is not written; null while it is."""

    fault: str | None


class Acknowledgement(TypedDict):
    """Who has looked at unwatched hardware, and when (Z6a)."""

    by: str
    at: Time


class Trips(TypedDict):
    """How often a converter went to Wait by itself since a person last reset that, and when last (I11).

    `tooMany`: it works only once they are reset.
    """

    count: int
    last: Time
    tooMany: bool


class UnitBasics(TypedDict):
    """One unit. `lastWord` is its converter's status as last told, null: never. `acknowledged`: by whom, of `unwatched`
    hardware alone (Z6a). `conflict`: why its identity is ambiguous (Z4); `locked`: the lock on it; `trips` (I11); each
    null where there is none.
    """

    state: UnitState
    lastWord: str | None
    acknowledged: Acknowledgement | None
    unwatched: bool
    conflict: str | None
    locked: Lock | None
    trips: Trips | None


class Unit(UnitBasics):
    """`age` of its last reading, null: never seen. `since`: when a live unit was last read, since when a stale one's
    clock stands still, since when a silent one is gone, the start of the program for one never seen.

    `lastDvg`, `lastDig` are what its converter was last set to, `lastVg` what it measured last; null: never told.
    """

    age: Seconds | None
    since: Time
    lastDvg: Volts | None
    lastDig: Amperes | None
    lastVg: Volts | None


class Status(TypedDict):
    """How everything stands (Z5a). `serial` and `start` are by what an order says that this was looked at (H1).

    `notKept` says which of log and pid file cannot be written (M10); `conflicts` why units' identities are ambiguous
    (Z4). `share`, `then`, `lease` and `estop` are null where there is none.
    """

    version: str
    serial: int
    start: str
    time: Time
    simulated: bool
    title: str
    timezone: str
    limits: Limits
    config: Config
    data: Data
    grid: GridNow
    gridEvents: list[Event]
    bus: BusFigures
    busConditions: list[Condition]
    flexibility: Flexibility
    apisWeb: ApisWebNow
    workers: WorkersNow
    schedules: Schedules
    orders: list[Command]
    locks: Locks
    share: Sharing | None
    then: Then | None
    lease: Lease | None
    estop: Latch | None
    journal: JournalHealth
    notKept: list[str]
    conflicts: dict[UnitId, str]
    units: dict[UnitId, Unit]
