"""Owns what `GET /get/status` says: data, grid, apis-web, workers, schedules, orders and every unit's state (Z5a).

Used by the readings and the page. It asks plain collaborators and keeps nothing itself.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from main_controller.assessment.cluster import (
    ModeInForce,
    bus,
    grid_error,
    grid_master,
    grid_master_known,
    mode_in_force,
)
from main_controller.domain.commands import ModeEffect
from main_controller.domain.freshness import UnitState
from main_controller.domain.timestamps import iso_utc
from main_controller.store.unit_cache import Snapshot
from main_controller.web.readings import SnapshotSource
from main_controller.web.unit_status import LastSeen, Moment, last_seen, unit_state, unit_status
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

    `limits` are the settings by which orders are judged, by their names (V, A, %, s); `config` what the page needs to
    know (readOnly, emulator, upsModes, staleafter, readinglag); `stale_after` and `mode_time` (Z9b) in s;
    `trips_allowed` is how many trips within an hour are too many (I11).
    """

    version: str
    simulated: bool
    title: str
    timezone: str
    limits: Mapping[str, float]
    config: Mapping[str, Any]
    stale_after: float
    mode_time: float
    trips_allowed: int = 3


@dataclass(frozen=True, slots=True)
class Sources:
    """Whom the report asks each time; each gives JSON as it stands in the reply unless said otherwise.

    `mode_effects` are those that were or may have been sent; `last_mode_change` (monotonic s, None: never) when a mode
    change was last ordered or seen; `acknowledgement` says by whom and when a unit last seen in this word was
    acknowledged ({by, at} or None); `locks` are by unit id, "" for the cluster. `serial` numbers the status and `start`
    names this start of the program, for orders that say when they were pressed (H1); `then` is the mode that is to
    follow a Soft Stop (H2); `bus` are the bus' figures, `bus_conditions` what is wrong
    on it (S9); `estop` is the E-stop's latch (I17); `trips` are the moments (monotonic s) of each unit's trips that
    nobody has reset (I11).
    """

    collector: Callable[[], Health]
    watcher: Callable[[], Health]
    scheduler: Callable[[], Health]
    schedules: Callable[[], Mapping[str, Any]]
    unwatched: Callable[[], Collection[str]]
    mode_effects: Callable[[], Iterable[ModeEffect]] = tuple
    last_mode_change: Callable[[], float | None] = _none
    acknowledgement: Callable[[str, str | None], Mapping[str, Any] | None] = field(default=lambda _unit, _word: None)
    orders: Callable[[], Sequence[Mapping[str, Any]]] = _no_list
    grid_events: Callable[[], Sequence[Mapping[str, Any]]] = _no_list
    locks: Callable[[], Mapping[str, Mapping[str, Any]]] = _nothing
    share: Callable[[], Mapping[str, Any] | None] = _none
    journal: Callable[[], Mapping[str, Any]] = dict
    serial: Callable[[], int] = int
    start: str = ""
    then: Callable[[], Mapping[str, Any] | None] = _none
    bus_conditions: Callable[[], Sequence[Mapping[str, Any]]] = _no_list
    bus: Callable[[], Mapping[str, Any] | None] = _none
    estop: Callable[[], Mapping[str, Any] | None] = _none
    trips: Callable[[], Mapping[str, Sequence[float]]] = dict


class StatusReport:
    """Makes the body of `/get/status` on demand; `clock` is monotonic s, `wall` aware UTC."""

    def __init__(
        self,
        cache: SnapshotSource,
        about: About,
        sources: Sources,
        *,
        clock: Callable[[], float],
        wall: Callable[[], datetime],
    ) -> None:
        self._cache = cache
        self._about = about
        self._sources = sources
        self._clock = clock
        self._wall = wall
        self._started = iso_utc(wall())
        snapshot = cache.snapshot()
        self._seen: tuple[Snapshot, Mapping[str, LastSeen]] = (snapshot, last_seen(snapshot, {}))  # replaced whole

    def report(self) -> Json:
        """The whole body, of this moment."""
        serial = self._sources.serial()  # before anything is looked at: what comes later is newer than this status
        view = self._view()
        about, sources = self._about, self._sources
        wall = self._wall()
        moment = Moment(
            snapshot=view.snapshot,
            now=view.now,
            wall_of=lambda at: wall - timedelta(seconds=view.now - at),
            started=self._started,
            acknowledgement=sources.acknowledgement,
            locks=sources.locks(),
            unwatched=sources.unwatched(),
            trips=sources.trips(),
            trips_allowed=about.trips_allowed,
        )
        states = list(view.states.values())
        return {
            "version": about.version,
            "serial": serial,
            "start": sources.start,
            "time": iso_utc(wall),
            "simulated": about.simulated,
            "title": about.title or _cluster(view.snapshot),
            "timezone": about.timezone,
            "limits": about.limits,
            "config": about.config,
            "data": {**_data(view.snapshot, view.now), **{str(state): states.count(state) for state in UnitState}},
            "grid": self._grid(view),
            "gridEvents": list(sources.grid_events()),
            "bus": sources.bus(),
            "busConditions": list(sources.bus_conditions()),
            "apisWeb": {"emulatorEmulator": _peer(sources.collector()), "budoEmulator": _peer(sources.watcher())},
            "workers": {"dataCollector": _worker(sources.collector()), "scheduler": _worker(sources.scheduler())},
            "schedules": sources.schedules(),
            "orders": list(sources.orders()),
            "locks": moment.locks,
            "share": sources.share(),
            "then": sources.then(),
            "estop": sources.estop(),
            "journal": sources.journal(),
            "conflicts": view.snapshot.conflicts,
            "units": {unit_id: unit_status(seen, view.states[unit_id], moment) for unit_id, seen in view.seen.items()},
        }

    def mode(self) -> str | None:
        """The mode in force as `grid.mode` says it."""
        return self._mode(self._view()).word

    def _view(self) -> "_View":
        snapshot, now = self._cache.snapshot(), self._clock()
        of, seen = self._seen
        if of is not snapshot:
            seen = last_seen(snapshot, seen)
            self._seen = (snapshot, seen)
        states = {unit_id: unit_state(one, now, self._about.stale_after) for unit_id, one in seen.items()}
        return _View(snapshot, now, seen, states)

    def _mode(self, view: "_View") -> ModeInForce:
        shown = [one.global_mode for one in view.live]
        return mode_in_force(shown, self._sources.mode_effects(), now=view.now, allowed=self._about.mode_time)

    def _grid(self, view: "_View") -> Json:
        watch = view.snapshot.grid
        mode = self._mode(view)
        known = grid_master_known(watch.unit_ids)
        current = bus(view.live)
        error = grid_error(
            active=watch.status_active,
            error=watch.status_error,
            inactive_answers=watch.inactive_answers,
            mode=mode.mode,
            last_change_at=self._sources.last_mode_change(),
            now=view.now,
        )
        told = watch.deals if known and watch.deals_error is None else None
        return {
            "mode": mode.word,
            "pending": mode.pending,
            "gridMaster": grid_master(watch.unit_ids, watch.grid_master),
            "error": error,
            "deals": None if told is None else len(told),
            "noGridMaster": None if known is None else not known,
            "dealsAge": None if watch.deals_at is None else round(max(0.0, view.now - watch.deals_at), 1),
            "busVoltage": current.voltage,
            "voltageReference": current.reference,
            "voltageReferences": current.references,
        }


@dataclass(frozen=True, slots=True)
class _View:
    """What every part of one report looks at."""

    snapshot: Snapshot
    now: float
    seen: Mapping[str, LastSeen]
    states: Mapping[str, UnitState]

    @property
    def live(self) -> list[LastSeen]:
        return [one for unit_id, one in self.seen.items() if self.states[unit_id] is UnitState.LIVE]


def _cluster(snapshot: Snapshot) -> str:
    """The cluster's id where the data of the units name one and only one, else nothing."""
    told = (sighting.unit.section("oesunit").get("clusterId") for sighting in snapshot.sightings.values())
    names = {name for name in told if isinstance(name, str)}
    return names.pop()[:100] if len(names) == 1 else ""


def _data(snapshot: Snapshot, now: float) -> Json:
    newest = max(snapshot.sightings.values(), key=lambda sighting: sighting.moved_at, default=None)
    return {
        "age": None if newest is None else round(newest.age(now), 1),
        "updated": None if newest is None else iso_utc(newest.moved_wall),
    }


def _peer(health: Health) -> Json:
    return {
        "up": health.up,
        "since": health.since,
        "lastSuccess": health.last_success,
        "lastError": health.last_error,
    }


def _worker(health: Health) -> Json:
    return {"alive": health.alive, "lastRun": health.last_run, "lastError": health.last_error}
