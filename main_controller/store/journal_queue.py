"""Owns the journal's rows that are not on the disk yet, and who waits for one to get there.

Used by the journal. Nobody waits for the disk while holding the lock.
"""

import threading
from collections import deque
from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from main_controller.store.journal_row import JournalRow

HANGS_AFTER = 10.0
"""After how long (s) rows that nobody wrote count as a fault."""


class Batch(NamedTuple):
    """The oldest waiting rows: the ticket of the last of them, and of the last that waits at all."""

    rows: tuple[JournalRow, ...]
    last: int
    newest: int


class JournalQueue:
    """At most `limit` rows; those after them are counted and lost. `wall` gives aware UTC, `clock` monotonic s."""

    def __init__(self, limit: int, *, wall: Callable[[], datetime], clock: Callable[[], float]) -> None:
        self._limit = limit
        self._wall = wall
        self._clock = clock
        # Protects the fields below, for moments only and never while the disk is written; told after each write.
        self._changed = threading.Condition()
        self._rows: deque[JournalRow] = deque()
        self._newest = 0  # tickets: of the last row that came, that was written, and that was tried
        self._written = 0
        self._tried = 0
        self._lost = 0
        self._lost_since = ""
        self._fault: str | None = None
        self._waiting_since: float | None = None

    @property
    def fault(self) -> str | None:
        """Why rows are not being written, None while they are."""
        waiting_since = self._waiting_since
        if self._fault is None and waiting_since is not None and self._clock() - waiting_since > HANGS_AFTER:
            return f"The journal has not been written for more than {HANGS_AFTER:g} s."
        return self._fault

    def add(self, row: JournalRow) -> int | None:
        """The row's ticket, or None when it is lost because too many wait."""
        with self._changed:
            if len(self._rows) >= self._limit:
                self._lost_since = self._lost_since or row.at
                self._lost += 1
                return None
            self._tell_lost()
            if self._waiting_since is None:
                self._waiting_since = self._clock()
            return self._append(row)

    def wait(self, ticket: int, timeout: float) -> bool:
        """Wait at most `timeout` s for that row; whether it is on the disk. A disk that fails is told at once."""
        with self._changed:
            self._changed.wait_for(lambda: max(self._written, self._tried) >= ticket, timeout)
            return self._written >= ticket

    def oldest(self, most: int) -> Batch:
        """So many of them at most, which stay until `written` is called."""
        with self._changed:
            if not self._rows:
                self._tell_lost()
            rows = tuple(self._rows[index] for index in range(min(most, len(self._rows))))
            return Batch(rows, self._newest - len(self._rows) + len(rows), self._newest)

    def written(self, batch: Batch) -> None:
        """These rows are on the disk."""
        with self._changed:
            for _ in batch.rows:
                self._rows.popleft()
            self._written = self._tried = batch.last
            self._fault = None
            self._waiting_since = self._clock() if self._rows else None
            self._changed.notify_all()

    def refused(self, batch: Batch, why: str) -> None:
        """The disk took none of all that wait."""
        with self._changed:
            self._tried, self._fault = batch.newest, why
            self._changed.notify_all()

    def _append(self, row: JournalRow) -> int:
        self._rows.append(row)
        self._newest += 1
        return self._newest

    def _tell_lost(self) -> None:
        """Say in a row of its own how many rows were lost; the caller holds the lock."""
        if self._lost:
            what = f"{self._lost} rows from {self._lost_since} on were lost while the journal could not be written."
            self._append(
                JournalRow.of(
                    self._wall(),
                    "lost",
                    by="journal",
                    unit_id=None,
                    what=what,
                    after={"rows": self._lost},
                    outcome="lost",
                )
            )
            self._lost, self._lost_since = 0, ""
