"""Owns the journal: who ordered what, what came of it, and what the grid did by itself (Z13a).

Anybody appends in memory and goes on; `workers/journal_writer.py` writes. Rows are chained by hash.
"""

import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from main_controller.domain.timestamps import iso_utc
from main_controller.errors import ControllerError
from main_controller.store import journal_reader
from main_controller.store.database import Database
from main_controller.store.journal_check import Verdict, verify
from main_controller.store.journal_queue import JournalQueue
from main_controller.store.journal_row import ANCHOR, COLUMNS, GENESIS, JournalRow

WAITING_ROWS = 10_000
"""How many rows are kept in memory while the disk is away; those after them are counted and lost."""

BATCH = 500
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
        self._queue = JournalQueue(waiting_rows, wall=wall, clock=clock)

    @property
    def fault(self) -> str | None:
        """Why rows are not being written, None while they are: for `/readyz` and `/get/status`."""
        return self._queue.fault

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
        wait: float = 0.0,
    ) -> bool:
        """Take a row in and wait at most `wait` s for the disk; whether it is known to be there. Never raises.

        `before` and `after` are JSON values. A disk that fails is told at once: the row stays in memory.
        """
        row = JournalRow.of(
            at if at is not None else self._wall(), kind, by=by, unit_id=unit_id, what=what, before=before, after=after,
            outcome=outcome, command_id=command_id,
        )  # fmt: skip
        ticket = self._queue.add(row)
        self._database.rouse()
        return ticket is not None and wait > 0 and self._queue.wait(ticket, wait)

    # Writing

    def write_once(self) -> int:
        """Write what waits, in batches of one transaction each; how many rows. Called by the writer alone.

        Raises ControllerError when the disk refuses: then `fault` says so, and the rows wait for the next call.
        """
        count = 0
        while True:
            batch, later = self._queue.oldest(BATCH), self._database.later.waiting()
            if not batch.rows and not later:
                return count
            try:
                with self._database.writing() as connection:
                    self._insert(connection, batch.rows)
                    self._database.later.write(connection, later)
            except ControllerError as error:
                self._queue.refused(batch, error.sentence)
                raise
            self._database.later.done(later)
            self._queue.written(batch)
            count += len(batch.rows)
            if batch.last == batch.newest:
                return count

    @staticmethod
    def _insert(connection: sqlite3.Connection, rows: Sequence[JournalRow]) -> None:
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
            anchor = JournalRow.of(
                self._wall(), ANCHOR, by="journal", unit_id=None, what=what, after=after, outcome="pruned"
            )
            self._insert(connection, [anchor])
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
