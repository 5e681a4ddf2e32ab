"""Owns the file of what has been: takes minutes and lines of apis-main's log, prunes, and answers what was kept (V8).

Used by the recorder, which alone writes, and by the readings. A file that is damaged is set aside and begun anew: it is
evidence, and nothing that runs rests on it.
"""

import logging
import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import date, datetime
from pathlib import Path

from main_controller.domain.apis_log import Level, LogLine
from main_controller.history.ledger_deal import LedgerDeal
from main_controller.history.slot import HALF_HOUR, MINUTE, Slot
from main_controller.history.sums import Sum
from main_controller.history.totals import Totals
from main_controller.sentence import say
from main_controller.store.database import Database, DatabaseFault
from main_controller.store.history import apis_lines, columns, coverage, deals, totals
from main_controller.store.history.steps import APPLICATION, STEPS
from main_controller.store.history.taken_out import TakenOut
from main_controller.store.history.waiting import Minute, WaitingMinutes, beside

log = logging.getLogger(__name__)

MB = 1_000_000
PRUNED_AT_ONCE = 20_000
"""How many rows one transaction takes out, so that none takes long."""
FULL, LOW = 1.0, 0.95
"""From which part of the allowed bytes on the oldest minutes go, and until which part is left."""
LINES_SHARE = 0.1
"""Which part of the allowed bytes lines of apis-main's log have, which anybody can send."""
LINES = "lines of apis-main's log"
FEW = 61
"""Of so many units at most, the cluster with them, minutes wait for each other: of more the database writes hardly less
for it."""
READER_WAITS = 1.0
"""How long (s) a reader waits while the recorder writes, whom a disk may hold up; then he is told what there is."""

_NAMES = ", ".join(columns.ALL)
_MARKS = ", ".join("?" * (len(columns.ALL) + 2))
_ADD = (
    f"INSERT INTO minutes AS slot (start, unit, {_NAMES}) VALUES ({_MARKS}) ON CONFLICT (start, unit) DO UPDATE SET "
    + ", ".join(f"{name} = {columns.added(name)}" for name in columns.ALL)
)
_SUM = (
    f"INSERT OR REPLACE INTO half_hours (unit, start, {_NAMES}) SELECT unit, ?, "
    + ", ".join(columns.summed(name) for name in columns.ALL)
    + " FROM minutes WHERE start >= ? AND start < ? GROUP BY unit"
)
_LAST_CHARGES = (
    "SELECT charge, unit, max(start) FROM minutes WHERE start >= ? AND start < ? AND charge IS NOT NULL GROUP BY unit"
)
_BEGUN = (
    f"SELECT DISTINCT start / {HALF_HOUR} * {HALF_HOUR} FROM minutes WHERE start >= coalesce(({coverage.LAST_MADE}), 0)"
)
_MINUTES_OF_ONE = f"""
WITH RECURSIVE every(at) AS (
  SELECT min(start) FROM minutes WHERE start >= :start AND start < :end
  UNION ALL SELECT (SELECT min(start) FROM minutes WHERE start > at AND start < :end) FROM every WHERE at IS NOT NULL
)
SELECT start, {_NAMES} FROM every JOIN minutes ON start = at AND unit = :ref
"""
"""Goes from each minute that is kept to the next, whatever lies between them: minutes lie by time, not by unit."""
_FIRST = {
    "minutes": "SELECT min(start) FROM minutes",
    "half_hours": "SELECT min((SELECT min(start) FROM half_hours WHERE unit = ref)) FROM units",
}
"""Where the oldest slot begins, found by an index: half hours lie unit by unit."""
_ANY = {
    "minutes": "SELECT 1 FROM minutes WHERE start >= ? AND start < ? LIMIT 1",
    "half_hours": ("SELECT 1 FROM units CROSS JOIN half_hours ON unit = ref AND start >= ? AND start < ? LIMIT 1"),
}
_SAID = {"minutes": "minutes", "half_hours": "half hours"}
_TAKEN_IN = "SELECT value FROM counters WHERE name = 'waiting'"
_TAKE_IN = "INSERT OR REPLACE INTO counters VALUES ('waiting', ?)"
"""The number of the file of waiting minutes that was taken in last."""
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


class History:
    """The file at `path`, None for a throw-away one; `wall` gives aware UTC.

    `keep` is at most `megabytes`, `minute_days` of minutes and `half_hour_days` of half hours: what is over of any of
    them goes, the oldest first, and minutes before half hours. Lines of apis-main's log have a part of the bytes, and
    are all that goes where they take more. So many minutes as `together` of few units are written to the database at
    once; until then, or until somebody reads, they wait in a file beside it. `clock` gives monotonic s.
    """

    def __init__(
        self,
        path: Path | None,
        *,
        wall: Callable[[], datetime],
        megabytes: int,
        minute_days: float = 60,
        half_hour_days: float = 1827,
        together: int = 1,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database = Database(path, steps=STEPS, application=APPLICATION)
        self._wall = wall
        self._bytes = megabytes * MB
        self._days = {"minutes": minute_days, "half_hours": half_hour_days}
        self._refs: dict[str, int] = {}
        self._begun: set[int] | None = None  # the half hours that are not made of their last minutes; None: not known
        self._suspect = False  # somebody else than the recorder found it damaged
        self._together = together
        self._taking = threading.Lock()  # protects what waits; held while it is written to either file
        self._waiting = WaitingMinutes(beside(self._database.path))
        self._changes = 0  # how often totals may have changed
        # as read last, and of which state of the file; replaced whole
        self._totals: tuple[object, Totals] | None = None
        self._no_room = TakenOut(f"the history is full (setting historymb: {megabytes})", logging.WARNING, clock=clock)
        self._too_many = TakenOut(
            f"lines of apis-main's log fill their part of the history (a tenth of historymb: {megabytes})",
            logging.WARNING, clock=clock,
        )  # fmt: skip
        self._too_old = TakenOut("what is older than is kept goes", logging.INFO, clock=clock)
        self._doubted: set[tuple[str, date]] = set()  # what no younger rows bore out, and on which day that was said

    # The recorder

    def write(self, slots: Sequence[Slot]) -> None:
        """Take in whole minutes, and make the half hours that are over. Raises DatabaseFault."""
        minutes = [Minute(slot.unit_id, slot.start, columns.packed(slot)) for slot in slots]
        with self._taking:
            self._load_waiting()
            if self._suspect or not self._waits(minutes):
                self._anew_if_damaged(lambda: self._write(minutes))

    def _waits(self, minutes: Sequence[Minute]) -> bool:
        """Have these minutes wait on the disk, where they may and can; whether they do."""
        waiting = self._waiting
        starts = {one.start for one in (*waiting.rows, *minutes)}
        if not minutes or not waiting.usable or len(minutes) > FEW or len(starts) >= self._together:
            return False
        if len(waiting.rows) >= FEW * self._together:
            return False
        try:
            waiting.add(minutes)
        except OSError as error:
            log.warning("minutes cannot wait in %s: %s", waiting.path.name, error.strerror or error)
            return False
        return True

    def _load_waiting(self) -> None:
        """See once what an earlier run left waiting, but for what is in the database already. Raises DatabaseFault."""
        if self._waiting.loaded:
            return
        self._waiting.load()
        if self._waiting.rows:
            try:
                with self._database.reading() as connection:
                    taken = connection.execute(_TAKEN_IN).fetchone()
            except DatabaseFault as fault:
                if not _damaged(fault):
                    self._waiting.loaded = False
                    raise
                taken = None  # it is set aside and begun anew, and these minutes are not lost with it
            if taken is not None and taken[0] == self._waiting.number:
                self._waiting.clear()

    def _take_in(self) -> None:
        """Have what waits in the database before somebody reads it; a fault is the recorder's to tell."""
        if self._waiting.loaded and not self._waiting.rows:
            return
        if not self._taking.acquire(timeout=READER_WAITS):
            return
        try:
            with suppress(DatabaseFault), self._suspecting():
                self._load_waiting()
                if self._waiting.rows:
                    self._write([])
                    self._changes += 1
        finally:
            self._taking.release()

    def keep_deals(self, settled: Sequence[LedgerDeal]) -> None:
        """Keep deals that are over. Raises DatabaseFault."""
        with self._taking:
            self._anew_if_damaged(lambda: self._insert(settled))

    def keep_lines(self, lines: Sequence[tuple[datetime, LogLine]]) -> None:
        """Keep lines of apis-main's log, each with when it was heard; for any thread. Raises DatabaseFault: where the
        file is damaged, the recorder sets it aside."""
        with self._suspecting(), self._database.writing() as connection:
            apis_lines.insert(connection, lines)
            gone, reach = self._lines_over(connection), _reach(connection)
        self._too_many.add({LINES: gone}, reach)

    def _anew_if_damaged(self, write: Callable[[], None]) -> None:
        try:
            if self._suspect:
                self._set_aside()
            write()
        except DatabaseFault as fault:
            if not _damaged(fault):
                raise
            self._set_aside()
            write()
        finally:
            self._changes += 1

    def _insert(self, settled: Sequence[LedgerDeal]) -> None:
        with self._database.writing() as connection:
            deals.insert(connection, settled)
            totals.add_deals(connection, settled)

    def _write(self, minutes: Sequence[Minute]) -> None:
        """Write these and all that wait in one transaction; the caller holds the lock."""
        waiting = self._waiting
        minutes = [*waiting.rows, *minutes]
        with self._database.writing() as connection:
            refs = self._referred(connection, sorted({one.unit_id for one in minutes}))
            connection.executemany(_ADD, [(one.start, refs[one.unit_id], *one.values) for one in minutes])
            totals.add_slots(connection, ((refs[one.unit_id], one.values) for one in minutes))
            if waiting.number:
                connection.execute(_TAKE_IN, (waiting.number,))
            begun = self._begun if self._begun is not None else {row[0] for row in connection.execute(_BEGUN)}
            begun = begun | {one.start // HALF_HOUR * HALF_HOUR for one in minutes}
            for start in sorted(begun)[:-1]:
                _make_half_hour(connection, start)
            gone, reach = self._make_room(connection, PRUNED_AT_ONCE), _reach(connection)
        waiting.clear()
        self._refs, self._begun = refs, {max(begun)} if begun else set()
        self._no_room.add(gone, reach)

    def _referred(self, connection: sqlite3.Connection, unit_ids: Iterable[str]) -> dict[str, int]:
        """The number of each unit in the file; a new one gets one."""
        new = [unit_id for unit_id in unit_ids if unit_id not in self._refs]
        connection.executemany("INSERT OR IGNORE INTO units (unit_id) VALUES (?)", [(unit_id,) for unit_id in new])
        found = {
            unit_id: int(connection.execute("SELECT ref FROM units WHERE unit_id = ?", (unit_id,)).fetchone()[0])
            for unit_id in new
        }
        return {**self._refs, **found}

    def prune(self) -> int:
        """Take out some of what is older than is kept, or more than there is room for; how many rows. Raises
        DatabaseFault. To be called until nothing is left to do."""
        now = self._wall()
        with self._suspecting(), self._database.writing() as connection:
            old = self._outlived(connection, now)
            over = apis_lines.prune(connection, PRUNED_AT_ONCE) + self._lines_over(connection)
            gone, reach = self._make_room(connection, PRUNED_AT_ONCE - old.total()), _reach(connection)
        self._too_old.add(old, reach)
        self._too_many.add({LINES: over}, reach)
        self._no_room.add(gone, reach)
        return old.total() + over + gone.total()

    def _outlived(self, connection: sqlite3.Connection, now: datetime) -> Counter[str]:
        """Take out what is too old, but only where younger rows show that the time did pass: a clock may be wrong."""
        gone: Counter[str] = Counter()
        for table, days in self._days.items():
            gone[_SAID[table]] = self._older(connection, table, now, days)
        if self._borne_out(connection, "half_hours", now, deals.KEPT_DAYS):
            gone["deals"] = deals.prune(connection, now, PRUNED_AT_ONCE)
        elif deals.any_older(connection, now):
            self._doubt("deals", now)
        return gone

    def _older(self, connection: sqlite3.Connection, table: str, now: datetime, days: float) -> int:
        before = int(now.timestamp()) - int(days * 86_400)
        first = connection.execute(_FIRST[table]).fetchone()[0]
        if first is None or first >= before:
            return 0
        if not self._borne_out(connection, table, now, days):
            self._doubt(_SAID[table], now)
            return 0
        old = "minutes" if table == "minutes" else "units CROSS JOIN half_hours ON unit = ref"
        return connection.execute(
            f"DELETE FROM {table} WHERE (unit, start) IN "
            f"(SELECT unit, start FROM {old} WHERE start < ? LIMIT {PRUNED_AT_ONCE})",
            (before,),
        ).rowcount

    @staticmethod
    def _borne_out(connection: sqlite3.Connection, table: str, now: datetime, days: float) -> bool:
        """Whether slots lie in the younger half of what would be kept, but not in its very newest part."""
        end = int(now.timestamp())
        found = connection.execute(_ANY[table], (end - int(days * 86_400), end - int(days * 43_200))).fetchone()
        return found is not None

    def _doubt(self, what: str, now: datetime) -> None:
        if (what, now.date()) not in self._doubted:
            self._doubted = {one for one in self._doubted if one[0] != what} | {(what, now.date())}
            log.warning("nothing recorded bears out that it is %s now: no %s are taken out for age", now.date(), what)

    def _lines_over(self, connection: sqlite3.Connection) -> int:
        return apis_lines.make_room(connection, self._bytes * LINES_SHARE, PRUNED_AT_ONCE)

    def _make_room(self, connection: sqlite3.Connection, at_once: int) -> Counter[str]:
        """Take out the oldest where the file holds more than is allowed, some `at_once` rows at most."""
        gone: Counter[str] = Counter()
        used, share = self._used(connection), FULL
        while used > self._bytes * share and gone.total() < at_once:
            share = LOW
            what, count = self._oldest(connection)
            if count == 0:
                break
            gone[what] += count
            used = self._used(connection)
        return gone

    def _oldest(self, connection: sqlite3.Connection) -> tuple[str, int]:
        """Take out the oldest hour of minutes; of half hours the oldest day, where there are no minutes left."""
        for table, span in (("minutes", 3600), ("half_hours", 86_400)):
            first = connection.execute(_FIRST[table]).fetchone()[0]
            if first is not None:
                count = connection.execute(f"DELETE FROM {table} WHERE start < ?", (first + span,)).rowcount
                return _SAID[table], count
        return "", 0

    @staticmethod
    def _used(connection: sqlite3.Connection) -> int:
        pages, free, size = (
            int(connection.execute(f"PRAGMA {name}").fetchone()[0])
            for name in ("page_count", "freelist_count", "page_size")
        )
        return (pages - free) * size

    def _set_aside(self) -> None:
        """Put a damaged file beside, under the time, and begin a new one. Raises OSError as DatabaseFault."""
        self._database.close()
        path = self._database.path
        kept = path.with_name(f"{path.name}.broken-{self._wall():%Y%m%dT%H%M%S}")
        for end in ("", "-wal", "-shm"):
            part = path.with_name(path.name + end)
            if part.exists():
                part.rename(kept.with_name(kept.name + end))
        self._refs, self._begun, self._suspect = {}, None, False
        log.error("%s is damaged; it is kept as %s, and a new one is begun", path.name, kept.name)

    # The readings

    def slots(self, unit_id: str, length: int, start: int, end: int) -> list[Slot]:
        """What was kept of one unit (or the cluster) from `start` up to `end` (s since 1970) in slots of `length`
        (`MINUTE` or `HALF_HOUR`), in order; nothing for a gap. Raises DatabaseFault."""
        with self._reading() as connection:
            ref = connection.execute("SELECT ref FROM units WHERE unit_id = ?", (unit_id,)).fetchone()
            if ref is None:
                return []
            if length == MINUTE:
                rows = connection.execute(_MINUTES_OF_ONE, {"start": start, "end": end, "ref": ref[0]})
            else:
                rows = connection.execute(
                    f"SELECT start, {_NAMES} FROM half_hours WHERE unit = ? AND start >= ? AND start < ? "
                    "ORDER BY start",
                    (ref[0], start, end),
                )
            return [columns.unpacked(unit_id, row[0], length, tuple(row)[1:]) for row in rows]

    def spans(self, unit_id: str, begins: Sequence[int], until: int) -> list[Slot]:
        """What the half hours of a unit that begin before `until` come to in each span between two `begins` (s since
        1970), in order; nothing for a gap. Raises DatabaseFault."""
        with self._reading() as connection:
            return coverage.of_one(connection, unit_id, begins, until)

    def coverage(self, begins: Sequence[int]) -> dict[str, list[float]]:
        """For how long (s) each unit that was ever kept was covered in each span between two `begins` (s since 1970);
        the cluster's is the mean over its units of then. Raises DatabaseFault."""
        with self._reading() as connection:
            connection.execute("BEGIN")  # one state of the file: the recorder may add a unit meanwhile
            return coverage.of_all(connection, begins)

    def made_until(self) -> int | None:
        """Where the last half hour ends (s since 1970) that was made of its minutes; None: none was. Raises
        DatabaseFault."""
        with self._reading() as connection:
            return coverage.made_until(connection)

    def deals(
        self, *, unit_id: str | None, start: datetime | None, end: datetime | None, before: int | None, limit: int
    ) -> list[deals.KeptDeal]:
        """Deals that are over, the newest first; of a unit at either end, that ended in a time, and before a number,
        where these are given. Raises DatabaseFault."""
        with self._reading() as connection:
            return deals.page(connection, unit_id=unit_id, start=start, end=end, before=before, limit=limit)

    def ended_between(
        self, *, unit_id: str | None, start: datetime | None, end: datetime | None
    ) -> tuple[datetime, datetime] | None:
        """When the first and the last deal with current ended, of which as in `deals`; None: there is none. Raises
        DatabaseFault."""
        with self._reading() as connection:
            return deals.ended_between(connection, unit_id=unit_id, start=start, end=end)

    def sums(
        self, begins: Sequence[int], *, unit_id: str | None, start: datetime | None, end: datetime | None, pair: bool,
        limit: int,
    ) -> list[Sum]:  # fmt: skip
        """What deals came to that ended in each span between two `begins` (s since 1970), in order, of each pair of
        units where asked, at most `limit`; of which as in `deals`. Raises DatabaseFault."""
        with self._reading() as connection:
            return deals.sums(connection, begins, unit_id=unit_id, start=start, end=end, pair=pair, limit=limit)

    def knows(self, unit_id: str) -> bool:
        """Whether a minute or a deal of this unit was ever kept. Raises DatabaseFault."""
        with self._reading() as connection:
            found = connection.execute(
                "SELECT EXISTS (SELECT 1 FROM units WHERE unit_id = :unit) "
                "OR EXISTS (SELECT 1 FROM deals WHERE giver = :unit OR taker = :unit)",
                {"unit": unit_id},
            )
            return bool(found.fetchone()[0])

    def lines(
        self, *, unit_id: str | None, level: Level, start: datetime | None, end: datetime | None, before: int | None,
        limit: int,
    ) -> list[apis_lines.KeptLine]:  # fmt: skip
        """Lines of apis-main's log, the newest first, at least as grave as `level`; of a unit, of a time, and before a
        number, where these are given. Raises DatabaseFault."""
        with self._reading() as connection:
            return apis_lines.page(
                connection, unit_id=unit_id, level=level, start=start, end=end, before=before, limit=limit
            )

    def errors(
        self, *, unit_id: str | None, level: Level, start: datetime | None, end: datetime | None
    ) -> list[apis_lines.CountedError]:
        """The different errors that lines tell, counted, the last told first; of which as in `lines`. Raises
        DatabaseFault."""
        with self._reading() as connection:
            return apis_lines.errors(connection, unit_id=unit_id, level=level, start=start, end=end)

    def totals(self) -> Totals:
        """What was written in all since the record began, whatever was pruned since; read anew only where something was
        written or the file is another, since metrics ask each second. Raises DatabaseFault."""
        if not self._taking.acquire(timeout=READER_WAITS):
            raise DatabaseFault(say("store.writeHangs", "another write to it hangs"))
        try:  # what waits is added while nobody takes it in: it would count twice, and a total would fall after
            self._load_waiting()
            state, kept = (self._changes, _file_at(self._database.path)), self._totals
            if kept is None or kept[0] != state:
                with self._suspecting(), self._database.reading() as connection:
                    connection.execute("BEGIN")  # one state of the file
                    kept = (state, totals.read(connection))
                self._totals = kept
            return totals.with_waiting(kept[1], self._waiting.rows)
        finally:
            self._taking.release()

    def reaches_back(self) -> dict[int, int | None]:
        """Since when (s since 1970) slots of each length are kept; None: there are none. Raises DatabaseFault."""
        with self._reading() as connection:
            return {
                length: connection.execute(_FIRST[table]).fetchone()[0]
                for length, table in ((MINUTE, "minutes"), (HALF_HOUR, "half_hours"))
            }

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        self._take_in()
        with self._suspecting(), self._database.reading() as connection:
            yield connection

    @contextmanager
    def _suspecting(self) -> Iterator[None]:
        """Have the recorder set the file aside at its next write, where it is found damaged."""
        try:
            yield
        except DatabaseFault as fault:
            self._suspect = self._suspect or _damaged(fault)
            raise

    def close(self) -> None:
        """Close the file in good order, with all that waited in it."""
        self._take_in()
        with self._taking:
            self._database.close()
            if self._waiting.loaded:
                with suppress(OSError):  # what is in it is in the database, and has its number
                    self._waiting.remove()
            self._waiting.loaded = False


def _file_at(path: Path) -> tuple[int, int] | None:
    """Which file it is; None where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _reach(connection: sqlite3.Connection) -> dict[str, int | None]:
    """Since when (s since 1970) what is left is kept, by what it is."""
    slots = {_SAID[table]: connection.execute(first).fetchone()[0] for table, first in _FIRST.items()}
    return {**slots, LINES: apis_lines.reaches_back(connection)}


def _make_half_hour(connection: sqlite3.Connection, start: int) -> None:
    connection.execute(_SUM, (start, start, start + HALF_HOUR))
    charges = connection.execute(_LAST_CHARGES, (start, start + HALF_HOUR)).fetchall()
    connection.executemany(
        "UPDATE half_hours SET charge = ? WHERE unit = ? AND start = ?",
        [(charge, unit, start) for charge, unit, _ in charges],
    )


def _damaged(fault: DatabaseFault) -> bool:
    return getattr(fault.__cause__, "sqlite_errorcode", 0) & 0xFF in _DAMAGED
