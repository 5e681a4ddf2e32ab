"""Polls apis-web into the cache and tells its listeners (B2, Z5); a `Periodic` runs each of the two."""

import logging
import threading
import time
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import Future
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any, Protocol

from main_controller.clock import utc_now
from main_controller.concurrency.side_by_side import one_by_one
from main_controller.domain.snapshot import GridWatch, Snapshot
from main_controller.errors import UpstreamGarbled
from main_controller.sentence import say
from main_controller.store.unit_cache import UnitCache
from main_controller.upstream.apis_web import GridStatus, LogReply
from main_controller.workers.admission import Admission
from main_controller.workers.complaints import Complaints
from main_controller.workers.health import HealthKeeper, words_of

log = logging.getLogger(__name__)

Listener = Callable[[Snapshot, Snapshot], None]
"""Told after every poll, good or failed: the snapshot that it was told last, and the latest."""


Run = Callable[[Sequence[Callable[[], Exception | None]]], list[Exception | None]]
"""Calls all of these and gives what each gave, in their order."""

Noted = Callable[[str, Exception | None], None]
"""Told after every call of apis-web: its path, and what went wrong, None where nothing did; quick, and never raises."""


class LogSource(Protocol):
    """Whoever answers `/get/log` (W10)."""

    def log(self) -> LogReply:
        """All units' data; raises `UpstreamError`."""


class GridSource(Protocol):
    """Whoever answers apis-web's readings of the grid as a whole (W3-W5); each raises `UpstreamError`."""

    def unit_ids(self) -> tuple[str, ...]:
        """The configured units, () while no Grid Master is known (K7)."""

    def status(self) -> GridStatus:
        """Whether the grid is active (K10)."""

    def deals(self) -> list[dict[str, Any]]:
        """The deals as sent."""


class DataCollector:
    """Polls `/get/log` into the cache, one poll at a time.

    Any fault leaves the last good data in place, their age growing (Z5, T31). `timed` is told how long (s) each poll
    took and whether it was good. `clock` is monotonic s, `wall` UTC.
    """

    def __init__(
        self,
        apis_web: LogSource,
        cache: UnitCache,
        *,
        listeners: Sequence[Listener] = (),
        admission: Admission | None = None,
        noted: Noted = lambda path, error: None,
        timed: Callable[[float, bool], None] = lambda seconds, good: None,
        clock: Callable[[], float] = time.monotonic,
        wall: Callable[[], datetime] = utc_now,
    ) -> None:
        self._apis_web = apis_web
        self._cache = cache
        self._admission = admission or Admission(cache)
        self._noted = noted
        self._timed = timed
        self._clock = clock
        self._wall = wall
        self._listeners = [(listener, HealthKeeper(_name(listener), wall=wall)) for listener in listeners]
        self._told = cache.snapshot()
        self._last_raw: bytes | None = None
        self._unusable = Complaints(
            "the data of unit %r are no object that can be read, and are left out", level=logging.ERROR
        )
        self._replaced = Complaints("the data of unit %r hold bytes that are not UTF-8", level=logging.WARNING)
        self._nulled = Complaints("no usable number at %r: it is shown as null", level=logging.WARNING)
        # Protects the poll under way, which later callers share instead of starting another.
        self._gate = threading.Lock()
        self._under_way: Future[None] | None = None

    def listen(self, listener: Listener) -> None:
        """Have `listener` told the snapshots before and after every poll; only before the first."""
        self._listeners.append((listener, HealthKeeper(_name(listener), wall=self._wall)))

    def poll_once(self) -> None:
        """Ask `/get/log` once and take in the answer; raises `UpstreamError`. Shares a poll that is under way."""
        with self._gate:
            shared = self._under_way
            if shared is None:
                mine = self._under_way = Future()
        if shared is not None:
            shared.result()
            return
        try:
            try:
                self._poll()
            finally:
                with self._gate:
                    self._under_way = None
        except BaseException as error:
            mine.set_exception(error)
            raise
        mine.set_result(None)

    def flush(self) -> None:
        """Poll at once in the caller's thread; never empties first (G11). Raises `UpstreamError`."""
        self.poll_once()

    def _poll(self) -> None:
        begun, good = self._clock(), False
        try:
            reply = self._apis_web.log()
            self._take(reply)
        except Exception as error:
            self._noted("/get/log", error)
            raise
        else:
            good = True
            self._noted("/get/log", None)
        finally:
            self._timed(self._clock() - begun, good)
            self._tell()

    def _take(self, reply: LogReply) -> None:
        now, wall = self._clock(), self._wall()
        if self._last_raw is not None and reply.raw == self._last_raw:
            self._cache.confirm(now, wall)
            return
        objects = {unit_id: data for unit_id, data in reply.units.items() if isinstance(data, dict)}
        with self._admission.admitting("apis-web's /get/log", objects) as taken:
            usable = objects if taken is objects else {one: data for one, data in objects.items() if one in taken}
            self._refuse_emptiness(usable, reply)
            self._unusable.tell(unit_id for unit_id in reply.units if unit_id not in objects)
            self._nulled.tell(reply.nulled)
            self._replaced.tell(reply.replaced)
            plain = reply.raw.strip() if len(usable) == len(reply.units) and _strict(reply) else None
            self._cache.take_log(usable, now, wall, plain=plain, duplicates=reply.duplicates)
        self._last_raw = reply.raw

    def _refuse_emptiness(self, usable: Collection[str], reply: LogReply) -> None:
        """A reply without units is a fault as soon as any unit is known, however long it lasts (Z5, K8)."""
        members = len(self._cache.snapshot().members)
        if not usable and (members or reply.units):
            empty = say(
                "workers.noUnitsData",
                "apis-web's /get/log holds no unit's data, while {members} units are known.",
                members=members,
            )
            raise UpstreamGarbled(empty, sent=True)

    def _tell(self) -> None:
        before, after = self._told, self._cache.snapshot()
        self._told = after
        for listener, keeper in self._listeners:
            try:
                listener(before, after)
            except Exception as error:  # noqa: BLE001 - a broken listener never stops the poll; the keeper logs it
                keeper.failed(error)
            else:
                keeper.succeeded()


class GridWatcher:
    """Asks `/unitIds`, `/getStatus` and `/deals` into the cache, one's failure never hiding another's (Z5, K7).

    Runs beside the collector, since with no Grid Master these calls hang while `/get/log` answers. `run` calls the
    three: `side_by_side` finds after one time-out that all of them hang, where one by one takes three.
    """

    def __init__(
        self,
        apis_web: GridSource,
        cache: UnitCache,
        *,
        admission: Admission | None = None,
        noted: Noted = lambda path, error: None,
        run: Run = one_by_one,
        clock: Callable[[], float] = time.monotonic,
        wall: Callable[[], datetime] = utc_now,
    ) -> None:
        self._apis_web = apis_web
        self._cache = cache
        self._admission = admission or Admission(cache)
        self._noted = noted
        self._run = run
        self._clock = clock
        self._calls = [
            (path, call, failed, HealthKeeper(f"apis-web's {path}", wall=wall))
            for path, call, failed in (
                ("/unitIds", self._ask_unit_ids, _no_unit_ids),
                ("/getStatus", self._ask_status, _no_status),
                ("/deals", self._ask_deals, _no_deals),
            )
        ]

    def poll_once(self) -> None:
        """Ask each once; raises the first `UpstreamError` only when none of the three succeeded."""
        outcomes = self._run([partial(self._ask, *asked) for asked in self._calls])
        errors = [error for error in outcomes if error is not None]
        if len(errors) == len(self._calls):
            raise errors[0]

    def deals_once(self) -> None:
        """Ask for the deals alone: while somebody looks they are wanted sooner than all the rest."""
        self._ask(*self._calls[-1])

    def _ask(
        self,
        path: str,
        call: Callable[[], None],
        failed: Callable[[str], Callable[[GridWatch], GridWatch]],
        keeper: HealthKeeper,
    ) -> Exception | None:
        """Ask once; what went wrong, which the cache and the keeper know already."""
        try:
            call()
        except Exception as error:  # noqa: BLE001 - none hides the next; the keeper logs what is unknown
            keeper.failed(error)
            self._noted(path, error)
            self._cache.take_grid(failed(words_of(error)))
            return error
        keeper.succeeded()
        self._noted(path, None)
        return None

    def _ask_unit_ids(self) -> None:
        found = self._apis_web.unit_ids()
        now = self._clock()
        with self._admission.admitting("apis-web's /unitIds", found) as taken:
            told = tuple(unit_id for unit_id in found if unit_id in taken)
            if found and not told:  # an empty list would say that no Grid Master is known
                no_id = say("workers.noUsableId", "apis-web's /unitIds holds no id that a unit can have.")
                raise UpstreamGarbled(no_id, sent=True)
            self._cache.take_grid(
                lambda grid: replace(grid, unit_ids=told, unit_ids_at=now, no_deals_at=_no_deals_at(grid, told))
            )

    def _ask_status(self) -> None:
        answer = self._apis_web.status()
        now = self._clock()
        inactive = answer.active is False and answer.error is None

        def change(grid: GridWatch) -> GridWatch:
            return replace(
                grid,
                status_active=answer.active,
                status_error=answer.error,
                inactive_answers=grid.inactive_answers + 1 if inactive else 0,
                status_at=now,
            )

        self._cache.take_grid(change)

    def _ask_deals(self) -> None:
        found = tuple(self._apis_web.deals())
        now = self._clock()
        self._cache.take_grid(
            lambda grid: replace(
                grid,
                deals=found,
                deals_at=now,
                deals_error=None,
                no_deals_at=None if found else grid.no_deals_at,
            )
        )


def _strict(reply: LogReply) -> bool:
    """Whether the answer may be passed on as it came (F41): nothing in it had to be mended to be read (Z4).

    What can be mended is a number that became null, a key given twice, half a surrogate pair (an escape) and a byte
    order mark. Passing on saves a tenth of a poll's cost.
    """
    mended = reply.nulled or reply.duplicates or reply.salvaged or b"\\u" in reply.raw
    return not mended and reply.raw.lstrip()[:1] == b"{"


def _no_deals_at(grid: GridWatch, unit_ids: tuple[str, ...]) -> float | None:
    """When no deal was last known to run, told once `/unitIds` has answered with members after it (K7)."""
    return grid.deals_at if unit_ids and grid.deals == () and grid.deals_error is None else None


def _no_unit_ids(_sentence: str) -> Callable[[GridWatch], GridWatch]:
    return lambda grid: replace(grid, unit_ids=None, no_deals_at=None)


def _no_status(sentence: str) -> Callable[[GridWatch], GridWatch]:
    return lambda grid: replace(grid, status_active=None, status_error=sentence, inactive_answers=0)


def _no_deals(sentence: str) -> Callable[[GridWatch], GridWatch]:
    return lambda grid: replace(grid, deals_error=sentence, no_deals_at=None)


def _name(listener: Listener) -> str:
    return f"the listener {getattr(listener, '__qualname__', type(listener).__name__)}"
