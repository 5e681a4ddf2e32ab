"""Owns what `GET /get/status` says: data, grid, apis-web, workers, schedules, orders and every unit's state (Z5a).

Used by the readings and the page. It asks plain collaborators and keeps nothing itself.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from main_controller.domain.commands import ModeOrder
from main_controller.domain.freshness import UnitState
from main_controller.domain.grid import ModeInForce, bus, grid_error, grid_master, grid_master_known, mode_in_force
from main_controller.domain.timestamps import iso_utc
from main_controller.store.unit_cache import Snapshot
from main_controller.web.readings import SnapshotSource
from main_controller.web.unit_status import unit_status
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

    `limits` are gridvoltagemin and gridvoltagemax (V) and maxgridcurrent (A); `config` what the page needs to know
    (readOnly, emulator, upsModes, staleafter, readinglag); `stale_after` and `mode_time` (Z9b) in s.
    """

    version: str
    simulated: bool
    title: str
    timezone: str
    limits: Mapping[str, float]
    config: Mapping[str, Any]
    stale_after: float
    mode_time: float


@dataclass(frozen=True, slots=True)
class Sources:
    """Whom the report asks each time; each gives JSON as it stands in the reply unless said otherwise.

    `mode_orders` are those that were or may have been sent; `last_mode_change` (monotonic s, None: never) when a mode
    change was last ordered or seen; `acknowledgement` says by whom and when a unit last seen in this word was
    acknowledged ({by, at} or None); `locks` are by unit id, "" for the cluster.
    """

    collector: Callable[[], Health]
    watcher: Callable[[], Health]
    scheduler: Callable[[], Health]
    schedules: Callable[[], Mapping[str, Any]]
    mode_orders: Callable[[], Iterable[ModeOrder]] = tuple
    last_mode_change: Callable[[], float | None] = _none
    acknowledgement: Callable[[str, str | None], Mapping[str, Any] | None] = field(default=lambda _unit, _word: None)
    orders: Callable[[], Sequence[Mapping[str, Any]]] = _no_list
    grid_events: Callable[[], Sequence[Mapping[str, Any]]] = _no_list
    locks: Callable[[], Mapping[str, Mapping[str, Any]]] = _nothing
    share: Callable[[], Mapping[str, Any] | None] = _none


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
        self._started = wall()

    def report(self) -> Json:
        """The whole body, of this moment."""
        snapshot, now, wall = self._cache.snapshot(), self._clock(), self._wall()
        about, sources = self._about, self._sources
        locks = sources.locks()
        units = self._units(snapshot, now, wall, locks)
        states = [unit["state"] for unit in units.values()]
        return {
            "version": about.version,
            "time": iso_utc(wall),
            "simulated": about.simulated,
            "title": about.title,
            "timezone": about.timezone,
            "limits": about.limits,
            "config": about.config,
            "data": {**_data(snapshot, now), **{str(state): states.count(str(state)) for state in UnitState}},
            "grid": self._grid(snapshot, now),
            "gridEvents": list(sources.grid_events()),
            "apisWeb": {"emulatorEmulator": _peer(sources.collector()), "budoEmulator": _peer(sources.watcher())},
            "workers": {"dataCollector": _worker(sources.collector()), "scheduler": _worker(sources.scheduler())},
            "schedules": sources.schedules(),
            "orders": list(sources.orders()),
            "locks": locks,
            "share": sources.share(),
            "conflicts": snapshot.conflicts,
            "units": units,
        }

    def mode(self) -> str | None:
        """The mode in force as `grid.mode` says it."""
        return self._mode(self._cache.snapshot(), self._clock()).word

    def _mode(self, snapshot: Snapshot, now: float) -> ModeInForce:
        live = [sighting.unit.global_mode for sighting in self._live(snapshot, now)]
        return mode_in_force(live, self._sources.mode_orders(), now=now, allowed=self._about.mode_time)

    def _live(self, snapshot: Snapshot, now: float) -> list[Any]:
        limit = self._about.stale_after
        return [one for one in snapshot.sightings.values() if one.state(now, limit) is UnitState.LIVE]

    def _grid(self, snapshot: Snapshot, now: float) -> Json:
        watch = snapshot.grid
        mode = self._mode(snapshot, now)
        known = grid_master_known(watch.unit_ids)
        current = bus(sighting.unit for sighting in self._live(snapshot, now))
        error = grid_error(
            active=watch.status_active,
            error=watch.status_error,
            inactive_answers=watch.inactive_answers,
            mode=mode.mode,
            last_change_at=self._sources.last_mode_change(),
            now=now,
        )
        told = watch.deals if known and watch.deals_error is None else None
        return {
            "mode": mode.word,
            "pending": mode.pending,
            "gridMaster": grid_master(watch.unit_ids, watch.grid_master),
            "error": error,
            "deals": None if told is None else len(told),
            "noGridMaster": None if known is None else not known,
            "dealsAge": None if watch.deals_at is None else round(max(0.0, now - watch.deals_at), 1),
            "busVoltage": current.voltage,
            "voltageReference": current.reference,
            "voltageReferences": current.references,
        }

    def _units(
        self, snapshot: Snapshot, now: float, wall: datetime, locks: Mapping[str, Mapping[str, Any]]
    ) -> dict[str, Json]:
        ids = sorted({*snapshot.members, *snapshot.sightings})
        return {
            unit_id: unit_status(
                snapshot,
                unit_id,
                now=now,
                wall_of=lambda moment: wall - timedelta(seconds=now - moment),
                stale_after=self._about.stale_after,
                started=self._started,
                acknowledgement=self._sources.acknowledgement,
                lock=locks.get(unit_id),
            )
            for unit_id in ids
        }


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
