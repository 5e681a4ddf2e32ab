"""Owns what `GET /get/status` says: data, grid, apis-web, workers, schedules, orders and every unit's state (Z5a).

Used by the readings and the page. It asks plain collaborators and keeps nothing itself.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from main_controller.alarms.overview import Overview
from main_controller.assessment.flows import Flow
from main_controller.assessment.grid_state import GridState
from main_controller.domain.commands import Command
from main_controller.domain.freshness import UnitState
from main_controller.domain.latch import HeldLatch
from main_controller.domain.snapshot import Snapshot
from main_controller.domain.timestamps import iso_utc
from main_controller.procedures.guided_transfer import TransferStanding
from main_controller.procedures.hand_lease import Lease
from main_controller.procedures.then_mode import Promise
from main_controller.rules.bus_figures import BusFigures
from main_controller.rules.deal_account import DealAccount
from main_controller.rules.flexibility import Flexibility
from main_controller.sentence import Sentence
from main_controller.store.chronicle import Event
from main_controller.store.known_units import Acknowledgement
from main_controller.watching.bus_events import StandingCondition
from main_controller.web.shapes.bus import bus_of, condition_of, event_of
from main_controller.web.shapes.flexibility import flexibility_of
from main_controller.web.shapes.holds import latch_of, lease_of, locks_of
from main_controller.web.shapes.orders import command_of
from main_controller.web.shapes.schedules import schedules_of
from main_controller.web.shapes.sharing import Then, sharing_of, then_of
from main_controller.web.shapes.status import (
    Config,
    Counts,
    Grid,
    Limits,
    Peer,
    PeerNow,
    Status,
    Worker,
    WorkerNow,
)
from main_controller.web.unit_status import Moment, unit_status
from main_controller.workers.health import Health
from main_controller.workers.scheduler import ScheduleStatus


def _none() -> None:
    return None


@dataclass(frozen=True, slots=True)
class About:
    """What never changes while the program runs: who it is and by which settings it judges.

    `trips_allowed` is how many trips within an hour are too many (I11).
    """

    version: str
    simulated: bool
    title: str
    timezone: str
    limits: Limits
    config: Config
    trips_allowed: int = 3


@dataclass(frozen=True, slots=True)
class Sources:
    """Whom the report asks each time.

    `acknowledgement` says by whom and when a unit last seen in this status was acknowledged; `orders` are those that
    may still change, `ended_orders` the newest of the others; `locks` are by unit id, "" for the cluster. `serial`
    numbers the status and `start` names this start of the program, for orders that say when they were pressed (H1);
    `then` is the mode that is to follow a Soft Stop (H2); `bus` are the bus' figures in that state, `flexibility`
    what it could give and take, `bus_conditions` what is wrong on it (S9); `lease` is that of work by hand, `estop` the
    E-stop's latch (I17); `journal` says why the journal is not written, `not_kept` which of log and pid file cannot be
    (M10); `trips` are the moments (monotonic s) of each unit's trips that nobody has reset (I11); `deals` are the
    accounts of these deals, None where there is none yet, `deal_events` how deals began and ended of late; `alarms` are
    the alarms in numbers.
    """

    collector: Callable[[], Health]
    watcher: Callable[[], Health]
    scheduler: Callable[[], Health]
    schedules: Callable[[], ScheduleStatus]
    acknowledgement: Callable[[str, str | None], Acknowledgement | None] = field(default=lambda _unit, _word: None)
    orders: Callable[[], Sequence[Command]] = tuple
    ended_orders: Callable[[], Sequence[Command]] = tuple
    grid_events: Callable[[], Sequence[Event]] = tuple
    locks: Callable[[], Mapping[str, Mapping[str, str]]] = dict
    transfer: Callable[[], TransferStanding | None] = _none
    journal: Callable[[], Sentence | None] = _none
    not_kept: Callable[[], Sequence[Sentence]] = tuple
    serial: Callable[[], int] = int
    start: str = ""
    then: Callable[[], Promise | None] = _none
    bus_conditions: Callable[[], Sequence[StandingCondition]] = tuple
    bus: Callable[[GridState], BusFigures] = lambda _state: BusFigures()
    lease: Callable[[], Lease | None] = _none
    flexibility: Callable[[GridState], Flexibility] = lambda state: Flexibility(None, None, 0, len(state.units))
    estop: Callable[[], HeldLatch | None] = _none
    trips: Callable[[], Mapping[str, Sequence[float]]] = dict
    deals: Callable[[Sequence[Flow]], Sequence[DealAccount | None]] = field(default=lambda flows: [None] * len(flows))
    deal_events: Callable[[], Sequence[Event]] = tuple
    alarms: Callable[[], Overview] = Overview


class StatusReport:
    """Makes the body of `/get/status` on demand from the grid's `state` now; `started` in UTC."""

    def __init__(self, state: Callable[[], GridState], about: About, sources: Sources, *, started: datetime) -> None:
        self._state = state
        self._about = about
        self._sources = sources
        self._started = iso_utc(started)

    def report(self, page: str | None = None) -> Status:
        """The whole body, of this moment, for the `page` of that name."""
        serial = self._sources.serial()  # before anything is looked at: what comes later is newer than this status
        about, sources, state = self._about, self._sources, self._state()
        moment = moment_of(state, about, sources, self._started)
        return {
            "version": about.version,
            "serial": serial,
            "start": sources.start,
            "time": iso_utc(state.wall),
            "simulated": about.simulated,
            "title": about.title or title_of(state.snapshot),
            "timezone": about.timezone,
            "limits": about.limits,
            "config": about.config,
            "data": {"age": _rounded(state.snapshot.age(state.now)), **data_of(state)},
            "grid": {**grid_of(state), "dealsAge": _deals_age(state)},
            "gridEvents": [event_of(event) for event in sources.grid_events()],
            "bus": bus_of(sources.bus(state)),
            "busConditions": [condition_of(one) for one in sources.bus_conditions()],
            "flexibility": flexibility_of(sources.flexibility(state)),
            "apisWeb": {"emulatorEmulator": _peer(sources.collector()), "budoEmulator": _peer(sources.watcher())},
            "workers": {"dataCollector": _worker(sources.collector()), "scheduler": _worker(sources.scheduler())},
            "schedules": schedules_of(sources.schedules()),
            "orders": [command_of(command) for command in sources.orders()],
            "locks": moment.locks,
            "share": sharing_of(sources.transfer()),
            "then": _then(sources.then(), page),
            "lease": lease_of(sources.lease()),
            "estop": latch_of(sources.estop()),
            "journal": {"fault": sources.journal()},
            "notKept": list(sources.not_kept()),
            "conflicts": {**state.snapshot.conflicts},
            "units": {unit_id: unit_status(unit, moment) for unit_id, unit in state.units.items()},
        }

    def mode(self) -> str | None:
        """The mode in force as `grid.mode` says it."""
        return self._state().mode_word


def moment_of(state: GridState, about: About, sources: Sources, started: str) -> Moment:
    """What the units' entries of one report share; `started` in ISO 8601."""
    return Moment(
        now=state.now,
        wall=state.wall,
        started=started,
        acknowledgement=sources.acknowledgement,
        locks=locks_of(sources.locks()),
        trips=sources.trips(),
        trips_allowed=about.trips_allowed,
    )


def grid_of(state: GridState) -> Grid:
    """What holds for the cluster as a whole, as `/get/status` and `/get/frame` say it."""
    return {
        "mode": state.mode_word,
        "pending": state.pending,
        "gridMaster": state.grid_master,
        "error": state.error,
        "deals": state.deals,
        "noGridMaster": None if state.grid_master_known is None else not state.grid_master_known,
        "busVoltage": state.bus.voltage,
        "voltageReference": state.bus.reference,
        "voltageReferences": list(state.bus.references),
    }


def _deals_age(state: GridState) -> float | None:
    at = state.snapshot.grid.deals_at
    return _rounded(None if at is None else max(0.0, state.now - at))


def title_of(snapshot: Snapshot) -> str:
    """The cluster's id where the data of the units name one and only one, else nothing."""
    told = (sighting.unit.section("oesunit").get("clusterId") for sighting in snapshot.sightings.values())
    names = {name for name in told if isinstance(name, str)}
    return names.pop()[:100] if len(names) == 1 else ""


def data_of(state: GridState) -> Counts:
    """When a unit was last read anew, and how many units are live, stale, silent."""
    newest = max(state.snapshot.sightings.values(), key=lambda sighting: sighting.moved_at, default=None)
    states = Counter(unit.state for unit in state.units.values())
    updated = None if newest is None else iso_utc(newest.moved_wall)
    return {
        "updated": updated,
        "live": states[UnitState.LIVE],
        "stale": states[UnitState.STALE],
        "silent": states[UnitState.SILENT],
    }


def peer_of(health: Health) -> Peer:
    """How the calls to one of apis-web's programs go."""
    return {
        "up": health.up,
        "since": health.since,
        "sinceStart": health.since_start,
        "lastError": health.last_error,
    }


def worker_of(health: Health) -> Worker:
    """How a loop goes."""
    return {"alive": health.alive, "lastError": health.last_error}


def _peer(health: Health) -> PeerNow:
    return {**peer_of(health), "lastSuccess": health.last_success}


def _worker(health: Health) -> WorkerNow:
    return {**worker_of(health), "lastRun": health.last_run}


def _then(promise: Promise | None, page: str | None) -> Then | None:
    told = then_of(promise)
    if promise is None or told is None:
        return None
    return {**told, "mine": page is not None and promise.page == page}


def _rounded(age: float | None) -> float | None:
    return None if age is None else round(age, 1)
