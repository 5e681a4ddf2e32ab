"""Owns the journal: who ordered what, what came of it, and what the grid did by itself (Z13a).

Anybody appends in memory and goes on; the database's writer writes. Rows are chained by hash.
"""

import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from main_controller.domain.timestamps import iso_utc, said_time
from main_controller.errors import ControllerError
from main_controller.sentence import Sentence, say
from main_controller.store.database import Database
from main_controller.store.journal import reader
from main_controller.store.journal.check import Verdict, verify
from main_controller.store.journal.row import ANCHOR, COLUMNS, GENESIS, Head, JournalRow
from main_controller.store.journal.stages import OUTCOMES, Stage
from main_controller.store.journal.subjects import Subject

WAITING_ROWS = 10_000
"""How many rows are kept in memory while the disk is away; those after them are counted and lost."""

AHEAD = timedelta(minutes=1)
"""A row dated further ahead than this was written by a wrong clock; less may come of a clock that was set (M18)."""

OWN = "journal"
"""Who writes the rows that nobody ordered: of what was pruned, of what was lost, and of a new file."""

_INSERT = f"INSERT INTO journal ({', '.join(COLUMNS)}) VALUES ({', '.join('?' * len(COLUMNS))})"
_COUNT = "INSERT INTO counters VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = max(value, excluded.value)"


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
        self._rows = database.appends(
            say("store.theJournal", "The journal"),
            insert=self._insert,
            lost=self._lost,
            limit=waiting_rows,
            wall=wall,
            clock=clock,
        )
        self._listeners: list[Callable[[JournalRow], None]] = []
        self._last: Head | None = None  # as this run saw it, and the highest command's number: for a new file
        self._last_command = 0
        database.restored_by(self._go_on)

    @property
    def fault(self) -> Sentence | None:
        """Why rows are not being written, None while they are: for `/readyz` and `/get/status`."""
        return self._database.fault

    @property
    def waiting(self) -> int:
        """How many rows are not on the disk yet."""
        return self._rows.waiting

    def listen(self, listener: Callable[[JournalRow], None]) -> None:
        """Have `listener` told of every row that comes, in the thread that brings it; quick, and never raises."""
        self._listeners.append(listener)

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
        order: str | None = None,
        stage: Stage = Stage.EVENT,
        at: datetime | None = None,
        wait: float = 0.0,
    ) -> bool:
        """Take a row in and wait at most `wait` s for the disk; whether it is known to be there. Never raises.

        `before` and `after` are JSON values; sentences in them, in `what` and in `outcome` keep their codes. A disk
        that fails is told at once: the row stays in memory.
        """
        row = JournalRow.of(
            at if at is not None else self._wall(), kind, by=by, unit_id=unit_id, what=what, before=before, after=after,
            outcome=outcome, command_id=command_id, order=order, stage=stage,
        )  # fmt: skip
        for listener in self._listeners:
            listener(row)
        return self._rows.append(row, wait)

    # Within the database's transactions

    def _insert(self, connection: sqlite3.Connection, rows: Sequence[JournalRow]) -> None:
        head = _head(connection)
        for row in rows:
            values = row.chained(head.id + 1, head.hash)
            connection.execute(_INSERT, values)
            head = Head(values[0], values[-1])
        self._last = head
        self._last_command = max(self._last_command, *map(_command_number, rows))
        connection.execute(_COUNT, ("head", head.id))
        connection.execute(_COUNT, ("command", self._last_command))

    def _lost(self, count: int, since: datetime) -> JournalRow:
        what = say(
            "store.rowsLost",
            "{count} rows from {since} on were lost while the journal could not be written.",
            count=count,
            since=said_time(since),
        )
        return self._own("lost", what, {"rows": count}, Stage.LOST)

    def _go_on(self, connection: sqlite3.Connection) -> None:
        """In a file that took the place of the one in use: say so, with the head of that one; numbers go on."""
        last = self._last
        what = say(
            "store.goesOn",
            "The journal goes on in this file: the one in use was removed or replaced while the program ran.",
        )
        after = None if last is None else {"lastId": last.id, "lastHash": last.hash}
        self._insert(connection, [self._own("replaced", what, after, Stage.REPLACED)])

    def _own(self, kind: str, what: Sentence, after: Any, stage: Stage) -> JournalRow:
        return JournalRow.of(
            self._wall(), kind, by=OWN, unit_id=None, what=what, after=after, outcome=OUTCOMES[stage], stage=stage
        )

    def prune(self, before: datetime) -> int:
        """Remove the oldest rows, up to the first that is not older than `before`; how many. Raises ControllerError.

        A row dated after now keeps none (M18). An anchor row says what was removed and carries the hash from which the
        chain goes on.
        """
        with self._database.writing() as connection:
            kept = connection.execute(
                "SELECT min(id) FROM journal WHERE at >= ? AND at <= ?", (iso_utc(before), self._latest())
            ).fetchone()[0]
            oldest = connection.execute("SELECT max(id) FROM journal WHERE at < ?", (iso_utc(before),)).fetchone()[0]
            bound = kept if kept is not None else (oldest or 0) + 1
            first, last, count = connection.execute(
                "SELECT min(id), max(id), count(*) FROM journal WHERE id < ?", (bound,)
            ).fetchone()
            if not count:
                return 0
            last_hash = connection.execute("SELECT hash FROM journal WHERE id = ?", (last,)).fetchone()[0]
            after = {"firstId": first, "lastId": last, "lastHash": last_hash, "rows": count}
            what = say(
                "store.rowsPruned",
                "{count} rows older than {before} were pruned.",
                count=count,
                before=said_time(before),
            )
            self._insert(connection, [self._own(ANCHOR, what, after, Stage.PRUNED)])
            connection.execute("DELETE FROM journal WHERE id < ?", (bound,))
        return int(count)

    # Reading

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        with self._database.reading() as connection:
            reader.see_as_of_today(connection)
            yield connection

    def _latest(self) -> str:
        """Up to which date rows count."""
        return iso_utc(self._wall() + AHEAD)

    def head(self) -> Head:
        """The newest row on the disk. Raises ControllerError."""
        with self._database.reading() as connection:
            found = _head(connection)
        self._last = self._last or found
        return found

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
        about: Subject | None = None,
    ) -> tuple[list[dict[str, Any]], int | None]:
        """Rows with `frm` <= time < `to` of one unit, newest first, older than `before_id`; and the next `before_id`.

        Of one subject alone where `about` names it.

        None for the second when there are no older ones. Raises ControllerError.
        """
        with self._reading() as connection:
            return reader.page(connection, frm, to, unit, before_id, limit, about)

    def messages(self, ids: Iterable[int]) -> list[dict[str, Any]]:
        """The sentences in these rows by code, each once, as `sentence.messages` lists them; for a page's rows.

        Rows from before version 5 of the tables have none. Raises ControllerError.
        """
        with self._reading() as connection:
            return reader.said_in(connection, tuple(ids))

    def stream(
        self,
        frm: datetime | None = None,
        to: datetime | None = None,
        unit: str | None = None,
        about: Subject | None = None,
    ) -> Iterator[dict[str, Any]]:
        """All such rows, oldest first, read piece by piece. Raises ControllerError."""
        last_id = self.head().id
        with self._reading() as connection:
            after_id = 0 if frm is None else reader.before(connection, frm, last_id)
        while True:
            with self._reading() as connection:
                rows = reader.piece(connection, frm, to, unit, after_id, last_id, about)
            yield from rows
            if len(rows) < reader.PIECE:
                return
            after_id = rows[-1]["id"]

    def last_orders(self, by_not: str, orders: tuple[str, ...]) -> dict[str | None, datetime]:
        """When, by unit (None: the cluster), one of these orders last was or may have been sent, not by `by_not`.

        A row dated after now tells nothing (M18). Raises ControllerError.
        """
        with self._reading() as connection:
            found = reader.last_orders(connection, by_not, orders, self._latest())
        try:
            return {unit_id: datetime.fromisoformat(at) for unit_id, at in found.items()}
        except (TypeError, ValueError):
            no_date = say("store.rowWithoutDate", "The journal is damaged: a row's date is none.")
            raise ControllerError(no_date) from None

    def ahead(self) -> reader.Ahead:
        """The rows dated after now. Raises ControllerError."""
        with self._database.reading() as connection:
            return reader.ahead(connection, self._latest())

    def unfinished(self, orders: Sequence[str]) -> list[dict[str, Any]]:
        """How those of these orders came of which no end was written, oldest first; `stage` is how far each got.

        Raises ControllerError.
        """
        with self._reading() as connection:
            return reader.unfinished(connection, orders)

    def order_ends(self, frm: datetime, to: datetime) -> dict[Stage, int]:
        """How many orders ended with each stage from `frm` up to `to`. Raises ControllerError."""
        with self._reading() as connection:
            return reader.order_ends(connection, frm, to)

    def last_stage(self, *stages: Stage) -> Stage | None:
        """Which of these stages the newest row has that has one, None where there is none. Raises ControllerError."""
        with self._reading() as connection:
            return reader.last_stage(connection, stages)

    def last_command_number(self) -> int:
        """The highest number of a command that the journal ever held, 0 for none. Raises ControllerError."""
        with self._database.reading() as connection:
            row = connection.execute("SELECT value FROM counters WHERE name = 'command'").fetchone()
        try:
            number = 0 if row is None else int(row[0])
        except (TypeError, ValueError):
            no_number = say("store.commandWithoutNumber", "The journal is damaged: its highest command has no number.")
            raise ControllerError(no_number) from None
        self._last_command = max(self._last_command, number)
        return number


def _head(connection: sqlite3.Connection) -> Head:
    row = connection.execute("SELECT id, hash FROM journal ORDER BY id DESC LIMIT 1").fetchone()
    return Head(0, GENESIS) if row is None else Head(row[0], row[1])


def _command_number(row: JournalRow) -> int:
    digits = (row.command_id or "").removeprefix("c")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 18 else 0
