"""Owns the journal: who ordered what, what came of it, and what the grid did by itself (issue 5 section 5, Z13a).

Anybody appends in memory and goes on; `workers/journal_writer.py` writes. Rows are chained by hash.
"""

import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from main_controller.domain.timestamps import iso_utc
from main_controller.errors import ControllerError
from main_controller.store import journal_reader
from main_controller.store.database import Database
from main_controller.store.journal_check import Verdict, verify
from main_controller.store.journal_row import ANCHOR, COLUMNS, GENESIS, JournalRow, storable, value_text

WAITING_ROWS = 10_000
"""How many rows are kept in memory while the disk is away; those after them are counted and lost."""

BATCH = 500
INTENT_LIMIT = 1.0
"""How long (s) an order waits for its intent to be on the disk."""

HANGS_AFTER = 10.0
"""After how long (s) rows that nobody wrote count as a fault."""

_INSERT = f"INSERT INTO journal ({', '.join(COLUMNS)}) VALUES ({', '.join('?' * len(COLUMNS))})"
_COUNT = "INSERT INTO counters VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = max(value, excluded.value)"


@dataclass(frozen=True, slots=True)
class Head:
    """The newest row: its id (0: none) and hash."""

    id: int
    hash: str


class Journal:
    """The journal in `database`; `wall` gives aware UTC, `clock` monotonic s.

    `waiting_rows` bounds what is kept in memory while the disk is away.
    """

    def __init__(
        self,
        database: Database,
        *,
        wall: Callable[[], datetime],
        clock: Callable[[], float] = time.monotonic,
        waiting_rows: int = WAITING_ROWS,
    ) -> None:
        self._database = database
        self._wall = wall
        self._clock = clock
        self._limit = waiting_rows
        # Protects the fields below, for moments only and never while the disk is written; told after each write.
        self._changed = threading.Condition()
        self._queue: deque[JournalRow] = deque()
        self._queued = 0  # how many rows were ever queued, written, and tried: the waiting order's tickets
        self._written = 0
        self._tried = 0
        self._lost = 0
        self._lost_since = ""
        self._fault: str | None = None
        self._waiting_since: float | None = None

    @property
    def fault(self) -> str | None:
        """Why rows are not being written, None while they are: for `/readyz` and `/get/status`."""
        waiting_since = self._waiting_since
        if self._fault is None and waiting_since is not None and self._clock() - waiting_since > HANGS_AFTER:
            return f"The journal has not been written for more than {HANGS_AFTER:g} s."
        return self._fault

    def roused_by(self, rouse: Callable[[], None]) -> None:
        """Have `rouse` called whenever a row waits to be written."""
        self._database.roused_by(rouse)

    # Appending

    def append(
        self,
        kind: str,
        *,
        by: str,
        unit_id: str | None,
        what: str,
        before: Any = None,
        after: Any = None,
        outcome: str = "",
        command_id: str | None = None,
        at: datetime | None = None,
    ) -> None:
        """Take a row in; never raises and never waits for the disk. `before` and `after` are JSON values."""
        self._enqueue(self._row(kind, by, unit_id, what, before, after, outcome, command_id, at))
        self._database.rouse()

    def append_and_wait(
        self,
        kind: str,
        *,
        by: str,
        unit_id: str | None,
        what: str,
        before: Any = None,
        after: Any = None,
        outcome: str = "",
        command_id: str | None = None,
        at: datetime | None = None,
        timeout: float = INTENT_LIMIT,
    ) -> bool:
        """Take a row in and wait at most `timeout` s for the disk; whether it is there. Never raises.

        A disk that fails is told at once: the row stays in memory and the order goes out all the same.
        """
        ticket = self._enqueue(self._row(kind, by, unit_id, what, before, after, outcome, command_id, at))
        self._database.rouse()
        if ticket is None:
            return False
        with self._changed:
            self._changed.wait_for(lambda: max(self._written, self._tried) >= ticket, timeout)
            return self._written >= ticket

    def _row(
        self, kind: str, by: str, unit_id: str | None, what: str, before: Any, after: Any, outcome: str,
        command_id: str | None, at: datetime | None,
    ) -> JournalRow:  # fmt: skip
        return JournalRow(
            at=iso_utc(at if at is not None else self._wall()),
            kind=storable(kind),
            by=storable(by),
            unit_id=None if unit_id is None else storable(unit_id),
            what=storable(what),
            before=value_text(before),
            after=value_text(after),
            outcome=storable(outcome),
            command_id=None if command_id is None else storable(command_id),
        )

    def _enqueue(self, row: JournalRow) -> int | None:
        """The row's ticket, or None when it is lost because too many wait."""
        with self._changed:
            if len(self._queue) >= self._limit:
                self._lost_since = self._lost_since or row.at
                self._lost += 1
                return None
            self._queue_lost()
            if self._waiting_since is None:
                self._waiting_since = self._clock()
            self._queue.append(row)
            self._queued += 1
            return self._queued

    def _queue_lost(self) -> None:
        """Say in a row of its own how many rows were lost; the caller holds the lock."""
        if self._lost:
            what = f"{self._lost} rows from {self._lost_since} on were lost while the journal could not be written."
            self._queue.append(self._row("lost", "journal", None, what, None, {"rows": self._lost}, "lost", None, None))
            self._queued += 1
            self._lost, self._lost_since = 0, ""

    # Writing

    def write_once(self) -> int:
        """Write what waits, in batches of one transaction each; how many rows. Called by the writer alone.

        Raises ControllerError when the disk refuses: then `fault` says so, and the rows wait for the next call.
        """
        count = 0
        while True:
            with self._changed:
                if not self._queue:
                    self._queue_lost()
                rows = [self._queue[index] for index in range(min(BATCH, len(self._queue)))]
                last = self._queued - len(self._queue) + len(rows)
                queued = self._queued
            later = self._database.later.waiting()
            if not rows and not later:
                return count
            try:
                with self._database.writing() as connection:
                    self._insert(connection, rows)
                    self._database.later.write(connection, later)
            except ControllerError as error:
                self._settle(0, self._written, queued, error.sentence)
                raise
            self._database.later.done(later)
            self._settle(len(rows), last, last, None)
            count += len(rows)
            if queued == last:
                return count

    def _settle(self, taken: int, written: int, tried: int, fault: str | None) -> None:
        with self._changed:
            for _ in range(taken):
                self._queue.popleft()
            self._written, self._tried, self._fault = written, tried, fault
            if fault is None:
                self._waiting_since = self._clock() if self._queue else None
            self._changed.notify_all()

    @staticmethod
    def _insert(connection: sqlite3.Connection, rows: list[JournalRow]) -> None:
        head = _head(connection)
        for row in rows:
            values = row.chained(head.id + 1, head.hash)
            connection.execute(_INSERT, values)
            head = Head(values[0], values[-1])
        connection.execute(_COUNT, ("head", head.id))
        connection.execute(_COUNT, ("command", max(map(_command_number, rows), default=0)))

    def prune(self, before: datetime) -> int:
        """Remove the oldest rows, up to the first that is not older than `before`; how many.

        An anchor row says what was removed and carries the hash from which the chain goes on. Raises ControllerError.
        """
        with self._database.writing() as connection:
            kept = connection.execute("SELECT min(id) FROM journal WHERE at >= ?", (iso_utc(before),)).fetchone()[0]
            bound = _head(connection).id + 1 if kept is None else kept
            first, last, count = connection.execute(
                "SELECT min(id), max(id), count(*) FROM journal WHERE id < ?", (bound,)
            ).fetchone()
            if not count:
                return 0
            last_hash = connection.execute("SELECT hash FROM journal WHERE id = ?", (last,)).fetchone()[0]
            after = {"firstId": first, "lastId": last, "lastHash": last_hash, "rows": count}
            what = f"{count} rows older than {iso_utc(before)} were pruned."
            self._insert(connection, [self._row(ANCHOR, "journal", None, what, None, after, "pruned", None, None)])
            connection.execute("DELETE FROM journal WHERE id < ?", (bound,))
        return int(count)

    # Reading

    def head(self) -> Head:
        """The newest row on the disk. Raises ControllerError."""
        with self._database.reading() as connection:
            return _head(connection)

    def verify(self) -> Verdict:
        """Whether every row on the disk is as it was written. Raises ControllerError when it cannot be read."""
        with self._database.reading() as connection:
            return verify(connection)

    def page(
        self,
        frm: datetime | None = None,
        to: datetime | None = None,
        unit: str | None = None,
        before_id: int | None = None,
        limit: int = 100,
    ) -> tuple[list[dict[str, Any]], int | None]:
        """Rows with `frm` <= time < `to` of one unit, newest first, older than `before_id`; and the next `before_id`.

        None for the second when there are no older ones. Raises ControllerError.
        """
        with self._database.reading() as connection:
            return journal_reader.page(connection, frm, to, unit, before_id, limit)

    def stream(
        self, frm: datetime | None = None, to: datetime | None = None, unit: str | None = None
    ) -> Iterator[dict[str, Any]]:
        """All such rows, oldest first, read piece by piece. Raises ControllerError."""
        after_id, last_id = 0, self.head().id
        while True:
            with self._database.reading() as connection:
                rows = journal_reader.piece(connection, frm, to, unit, after_id, last_id)
            yield from rows
            if len(rows) < journal_reader.PIECE:
                return
            after_id = rows[-1]["id"]

    def last_orders(self, by_not: str, orders: tuple[str, ...]) -> dict[str | None, datetime]:
        """When, by unit (None: the cluster), one of these orders last was or may have been sent, not by `by_not`.

        Raises ControllerError.
        """
        with self._database.reading() as connection:
            found = journal_reader.last_orders(connection, by_not, orders)
        return {unit_id: datetime.fromisoformat(at) for unit_id, at in found.items()}

    def unfinished(self) -> list[dict[str, Any]]:
        """The intents of which no outcome was written, oldest first. Raises ControllerError."""
        with self._database.reading() as connection:
            return journal_reader.unfinished(connection)

    def last_of_kind(self, kind: str) -> str | None:
        """What the newest row of this kind says, None where there is none. Raises ControllerError."""
        with self._database.reading() as connection:
            return journal_reader.last_of_kind(connection, kind)

    def last_command_number(self) -> int:
        """The highest number of a command that the journal ever held, 0 for none. Raises ControllerError."""
        with self._database.reading() as connection:
            row = connection.execute("SELECT value FROM counters WHERE name = 'command'").fetchone()
            return 0 if row is None else int(row[0])


def _head(connection: sqlite3.Connection) -> Head:
    row = connection.execute("SELECT id, hash FROM journal ORDER BY id DESC LIMIT 1").fetchone()
    return Head(0, GENESIS) if row is None else Head(row[0], row[1])


def _command_number(row: JournalRow) -> int:
    digits = (row.command_id or "").removeprefix("c")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 18 else 0
