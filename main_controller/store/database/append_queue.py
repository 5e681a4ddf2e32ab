"""Owns rows of one client that are not on the disk yet, in their order, and who waits for one to get there.

Used by the journal, through the database, whose writer takes them to the disk. Nobody waits while holding the lock.
"""

import sqlite3
import threading
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Generic, NamedTuple, TypeVar

from main_controller.errors import ControllerError
from main_controller.sentence import Sentence, say

HANGS_AFTER = 10.0
"""After how long (s) rows that nobody wrote count as a fault."""

BATCH = 500
"""How many rows one transaction holds at most."""

Row = TypeVar("Row")


class _Batch(NamedTuple, Generic[Row]):
    """The oldest waiting rows: the ticket of the last of them, and of the last that waits at all."""

    rows: tuple[Row, ...]
    last: int
    newest: int


class AppendQueue(Generic[Row]):
    """At most `limit` rows; those after them are counted and lost. `wall` gives aware UTC, `clock` monotonic s.

    `name` opens the sentence of a fault, `insert` writes rows within a transaction, `lost` makes the row that says how
    many were lost since when, `rouse` wakes the writer.
    """

    def __init__(
        self,
        name: Sentence,
        limit: int,
        *,
        insert: Callable[[sqlite3.Connection, Sequence[Row]], None],
        lost: Callable[[int, datetime], Row],
        rouse: Callable[[], None],
        wall: Callable[[], datetime],
        clock: Callable[[], float],
    ) -> None:
        self._name = name
        self._limit = limit
        self._insert = insert
        self._lost_row = lost
        self._rouse = rouse
        self._wall = wall
        self._clock = clock
        # Protects the fields below, for moments only and never while the disk is written; told after each write.
        self._changed = threading.Condition()
        self._rows: deque[Row] = deque()
        self._newest = 0  # tickets: of the last row that came, that was written, and that was tried
        self._written = 0
        self._tried = 0
        self._lost = 0
        self._lost_since: datetime | None = None
        self._fault: Sentence | None = None
        self._waiting_since: float | None = None

    @property
    def waiting(self) -> int:
        """How many rows are not on the disk yet."""
        return len(self._rows)

    @property
    def fault(self) -> Sentence | None:
        """Why rows are not being written, None while they are."""
        waiting_since = self._waiting_since
        if self._fault is None and waiting_since is not None and self._clock() - waiting_since > HANGS_AFTER:
            return say(
                "store.hangs",
                "{name} has not been written for more than {seconds:g} s.",
                name=self._name,
                seconds=HANGS_AFTER,
            )
        return self._fault

    def append(self, row: Row, wait: float = 0.0) -> bool:
        """Take a row in and wait at most `wait` s for the disk; whether it is known to be there. Never raises.

        A disk that fails is told at once: the row stays in memory.
        """
        ticket = self._add(row)
        self._rouse()
        if ticket is None or wait <= 0:
            return False
        with self._changed:
            self._changed.wait_for(lambda: max(self._written, self._tried) >= ticket, wait)
            return self._written >= ticket

    def write(self, writing: Callable[[], AbstractContextManager[sqlite3.Connection]]) -> int:
        """Write what waits, in batches of one transaction of `writing` each; how many rows. For the writer alone.

        Raises the transaction's fault: then `fault` says so, and the rows wait for the next call.
        """
        count = 0
        while True:
            batch = self._oldest()
            if not batch.rows:
                return count
            try:
                with writing() as connection:
                    self._insert(connection, batch.rows)
            except ControllerError as error:
                self._refused(batch, error.sentence)
                raise
            self._done(batch)
            count += len(batch.rows)
            if batch.last == batch.newest:
                return count

    def _add(self, row: Row) -> int | None:
        """The row's ticket, or None when it is lost because too many wait."""
        with self._changed:
            if len(self._rows) >= self._limit:
                self._lost_since = self._lost_since or self._wall()
                self._lost += 1
                return None
            self._tell_lost()
            if self._waiting_since is None:
                self._waiting_since = self._clock()
            return self._put(row)

    def _oldest(self) -> _Batch[Row]:
        with self._changed:
            if not self._rows:
                self._tell_lost()
            rows = tuple(self._rows[index] for index in range(min(BATCH, len(self._rows))))
            return _Batch(rows, self._newest - len(self._rows) + len(rows), self._newest)

    def _done(self, batch: _Batch[Row]) -> None:
        with self._changed:
            for _ in batch.rows:
                self._rows.popleft()
            self._written = self._tried = batch.last
            self._fault = None
            self._waiting_since = self._clock() if self._rows else None
            self._changed.notify_all()

    def _refused(self, batch: _Batch[Row], why: Sentence) -> None:
        """The disk took none of all that waited then; whoever waits for one of them is told."""
        with self._changed:
            self._tried, self._fault = batch.newest, why
            self._changed.notify_all()

    def _put(self, row: Row) -> int:
        self._rows.append(row)
        self._newest += 1
        return self._newest

    def _tell_lost(self) -> None:
        """Say in a row of its own how many rows were lost; the caller holds the lock."""
        if self._lost_since is not None:
            self._put(self._lost_row(self._lost, self._lost_since))
            self._lost, self._lost_since = 0, None
