"""Owns the readings that are answered from memory: the units, the schedules, the status, the health (R2, R9, R17).

Used by the application. `/get/logInfo` is the hot one: its bytes are made once per snapshot by the cache.
"""

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import bottle

from main_controller.assessment.grid_state import GridState
from main_controller.domain.freshness import UnitState
from main_controller.domain.schedule import Schedule
from main_controller.domain.snapshot import Snapshot
from main_controller.errors import NoDataYet
from main_controller.sentence import say
from main_controller.web import routes
from main_controller.web.conditional import accepts_gzip, matches, tagged_json
from main_controller.web.parameters import Parameters
from main_controller.web.replies import COMMON_HEADERS, JSON, reply
from main_controller.web.route import Given, Handlers
from main_controller.web.shapes.readings import Alive, Ready
from main_controller.web.shapes.schedules import schedules_set_of
from main_controller.web.shapes.status import Status

NO_DATA = say("web.noDataYet", "apis-web has given no data yet.")

Headers = list[tuple[str, str]]


class SnapshotSource(Protocol):
    """Whoever has the latest snapshot."""

    def snapshot(self) -> Snapshot:
        """The latest one, without waiting."""


@dataclass(frozen=True, slots=True)
class _Prepared:
    """What every reply of one snapshot shares."""

    snapshot: Snapshot
    moved_at: float | None
    plain: Headers
    zipped: Headers


class Readings:
    """`/get/logInfo` (alias `/get/log`), `/schedules`, `/get/status`, `/ipv4`, `/healthz`, `/readyz`.

    `schedules` gives those that are set, `status` the body of `/get/status` for the page of this name, `state` what is
    so now, `ipv4` this host's address; `heard` is told the name of every page that asks for the status (H2); `clock` in
    monotonic s.
    """

    def __init__(
        self,
        cache: SnapshotSource,
        *,
        schedules: Callable[[], Iterable[Schedule]],
        status: Callable[[str | None], Status],
        state: Callable[[], GridState],
        ipv4: Callable[[], str],
        clock: Callable[[], float] = time.monotonic,
        journal: Callable[[], str | None] = lambda: None,
        heard: Callable[[str, Mapping[str, Any]], None] = lambda page, environ: None,
    ) -> None:
        self._cache = cache
        self._journal = journal
        self._heard = heard
        self._schedules = schedules
        self._status = status
        self._state = state
        self._ipv4 = ipv4
        self._clock = clock
        self._prepared = self._prepare(cache.snapshot())  # replaced whole

    def handlers(self) -> Handlers:
        """What answers each route."""
        return {
            routes.LOG_INFO: self.log_info,
            routes.LOG: self.log_info,
            routes.SCHEDULES_SET: self.schedules,
            routes.STATUS: self.status,
            routes.HEALTHZ: self.healthz,
            routes.READYZ: self.readyz,
            routes.IPV4: self.ipv4,
        }

    def log_info(self, given: Given) -> bottle.HTTPResponse:
        """R2: exactly the units of the last good `/get/log`, in its order; NoDataYet before the first (Z2)."""
        status, headers, body = self._answer(bottle.request.environ)
        return bottle.HTTPResponse(body, status, headers)

    def answer(self, environ: Mapping[str, Any]) -> tuple[int, Headers, bytes]:
        """R2 as status, headers and body, for the application's short way to it."""
        query = environ.get("QUERY_STRING", "")
        if query:
            Parameters(query).read(routes.LOG_INFO)
        return self._answer(environ)

    def _answer(self, environ: Mapping[str, Any]) -> tuple[int, Headers, bytes]:
        snapshot = self._cache.snapshot()
        prepared = self._prepared
        if prepared.snapshot is not snapshot:
            prepared = self._prepared = self._prepare(snapshot)
        if snapshot.answered_at is None:
            raise NoDataYet(NO_DATA)
        zipped = accepts_gzip(environ)
        headers = [*(prepared.zipped if zipped else prepared.plain)]
        if prepared.moved_at is not None:
            headers.append(("X-Data-Age", f"{max(0.0, self._clock() - prepared.moved_at):.1f}"))
        if matches(environ, snapshot.etag):
            return 304, headers, b""
        if not zipped:
            return 200, headers, snapshot.body
        headers.append(("Content-Encoding", "gzip"))
        return 200, headers, snapshot.body_gzip

    def size(self, query: str) -> int | None:
        """R2's reply is always there; nobody knows yet whether it is wanted compressed."""
        snapshot = self._cache.snapshot()
        return len(snapshot.body) if self._prepared.snapshot is snapshot else None

    @staticmethod
    def _prepare(snapshot: Snapshot) -> _Prepared:
        moved_at = max((sighting.moved_at for sighting in snapshot.sightings.values()), default=None)
        return _Prepared(snapshot, moved_at, _headers(snapshot.etag), _headers(f"W/{snapshot.etag}"))

    def schedules(self, given: Given) -> bottle.HTTPResponse:
        """R9: the pending schedules, by unit ("" is the cluster) and operation."""
        return tagged_json(schedules_set_of(self._schedules()))

    def status(self, given: Given) -> bottle.HTTPResponse:
        """Z5a: how everything stands; `page` names the page that asks (H2)."""
        page = given.get("page")
        if page is not None:
            self._heard(page, bottle.request.environ)
        return tagged_json(self._status(page))

    def ipv4(self, given: Given) -> bottle.HTTPResponse:
        """R17: the address at which other machines reach this one, as plain text."""
        return reply(self._ipv4().encode(), "text/plain; charset=utf-8")

    def healthz(self, given: Given) -> Alive:
        """Whether the program answers at all."""
        return {"alive": True}

    def readyz(self, given: Given) -> Ready:
        """Whether some unit is live, and why the journal is not written, if so; NoDataYet with the reason otherwise."""
        grid = self._state()
        live = len(grid.live)
        if live:
            return {"ready": True, "live": live, "journal": self._journal()}
        if grid.snapshot.answered_at is None:
            raise NoDataYet(NO_DATA)
        states = [unit.state for unit in grid.units.values() if unit.sighting is not None]
        sentence = say(
            "web.noUnitLive", "No unit is live: of {seen} seen {stale} are stale.",
            seen=len(states), stale=states.count(UnitState.STALE),
        )  # fmt: skip
        raise NoDataYet(sentence)


def _headers(etag: str) -> Headers:
    told = {"Content-Type": JSON, "Cache-Control": "no-cache", "ETag": etag, "Vary": "Accept-Encoding"}
    return [*told.items(), *COMMON_HEADERS.items()]
