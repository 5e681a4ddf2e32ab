"""Owns what `GET /get/status` says: data, grid, apis-web, workers, schedules, orders and every unit's state (Z5a).

Used by the readings and the page. It asks plain collaborators and keeps nothing itself.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from main_controller.assessment.grid_state import GridState
from main_controller.domain.freshness import UnitState
from main_controller.domain.snapshot import Snapshot
from main_controller.domain.timestamps import iso_utc
from main_controller.sentence import Sentence
from main_controller.web.unit_status import Moment, unit_status
from main_controller.workers.health import Health

Json = dict[str, Any]


def _nothing() -> Mapping[str, Mapping[str, Any]]:
    return {}


def _none() -> None:
    return None


def _no_list() -> Sequence[Mapping[str, Any]]:
    return ()


@dataclass(frozen=True, slots=True)
class About:
    """What never changes while the program runs: who it is and by which settings it judges.


    know (readOnly, emulator, upsModes, staleafter, readinglag);
    `trips_allowed` is how many trips within an hour are too many (I11).
    """

    version: str
    simulated: bool
    title: str
    timezone: str
    limits: Mapping[str, float]
    config: Mapping[str, Any]
    trips_allowed: int = 3


@dataclass(frozen=True, slots=True)
class Sources:
    """Whom the report asks each time; each gives JSON as it stands in the reply unless said otherwise.

    `acknowledgement` says by whom and when a unit last seen in this status was
    acknowledged ({by, at} or None); `locks` are by unit id, "" for the cluster. `serial` numbers the status and `start`
    names this start of the program, for orders that say when they were pressed (H1); `then` is the mode that is to
    follow a Soft Stop (H2); `bus` are the bus' figures, `bus_conditions` what is wrong
    on it (S9); `estop` is the E-stop's latch (I17); `not_kept` says which of log and pid
    file cannot be written (M10); `trips` are the moments (monotonic s) of each unit's trips that
    nobody has reset (I11).
    """

    collector: Callable[[], Health]
    watcher: Callable[[], Health]
    scheduler: Callable[[], Health]
    schedules: Callable[[], Mapping[str, Any]]
    acknowledgement: Callable[[str, str | None], Mapping[str, Any] | None] = field(default=lambda _unit, _word: None)
    orders: Callable[[], Sequence[Mapping[str, Any]]] = _no_list
    grid_events: Callable[[], Sequence[Mapping[str, Any]]] = _no_list
    locks: Callable[[], Mapping[str, Mapping[str, Any]]] = _nothing
    transfer: Callable[[], Mapping[str, Any] | None] = _none
    journal: Callable[[], Mapping[str, Any]] = dict
    not_kept: Callable[[], Sequence[Sentence]] = tuple
    serial: Callable[[], int] = int
    start: str = ""
    then: Callable[[], Mapping[str, Any] | None] = _none
    bus_conditions: Callable[[], Sequence[Mapping[str, Any]]] = _no_list
    bus: Callable[[], Mapping[str, Any] | None] = _none
    estop: Callable[[], Mapping[str, Any] | None] = _none
    trips: Callable[[], Mapping[str, Sequence[float]]] = dict


class StatusReport:
    """Makes the body of `/get/status` on demand from the grid's `state` now; `started` in UTC."""

    def __init__(self, state: Callable[[], GridState], about: About, sources: Sources, *, started: datetime) -> None:
        self._state = state
        self._about = about
        self._sources = sources
        self._started = iso_utc(started)

    def report(self) -> Json:
        """The whole body, of this moment."""
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
            "gridEvents": list(sources.grid_events()),
            "bus": sources.bus(),
            "busConditions": list(sources.bus_conditions()),
            "apisWeb": {"emulatorEmulator": _peer(sources.collector()), "budoEmulator": _peer(sources.watcher())},
            "workers": {"dataCollector": _worker(sources.collector()), "scheduler": _worker(sources.scheduler())},
            "schedules": sources.schedules(),
            "orders": list(sources.orders()),
            "locks": moment.locks,
            "share": sources.transfer(),
            "then": sources.then(),
            "estop": sources.estop(),
            "journal": sources.journal(),
            "notKept": list(sources.not_kept()),
            "conflicts": state.snapshot.conflicts,
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
        locks=sources.locks(),
        trips=sources.trips(),
        trips_allowed=about.trips_allowed,
    )


def grid_of(state: GridState) -> Json:
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
        "voltageReferences": state.bus.references,
    }


def _deals_age(state: GridState) -> float | None:
    at = state.snapshot.grid.deals_at
    return _rounded(None if at is None else max(0.0, state.now - at))


def title_of(snapshot: Snapshot) -> str:
    """The cluster's id where the data of the units name one and only one, else nothing."""
    told = (sighting.unit.section("oesunit").get("clusterId") for sighting in snapshot.sightings.values())
    names = {name for name in told if isinstance(name, str)}
    return names.pop()[:100] if len(names) == 1 else ""


def data_of(state: GridState) -> Json:
    """When a unit was last read anew, and how many units are live, stale, silent."""
    newest = max(state.snapshot.sightings.values(), key=lambda sighting: sighting.moved_at, default=None)
    states = Counter(unit.state for unit in state.units.values())
    updated = None if newest is None else iso_utc(newest.moved_wall)
    return {"updated": updated, **{str(kind): states[kind] for kind in UnitState}}


def peer_of(health: Health) -> Json:
    """How the calls to one of apis-web's programs go."""
    return {"up": health.up, "since": health.since, "lastError": health.last_error}


def worker_of(health: Health) -> Json:
    """How a loop goes."""
    return {"alive": health.alive, "lastError": health.last_error}


def _peer(health: Health) -> Json:
    return {**peer_of(health), "lastSuccess": health.last_success}


def _worker(health: Health) -> Json:
    return {**worker_of(health), "lastRun": health.last_run}


def _rounded(age: float | None) -> float | None:
    return None if age is None else round(age, 1)
