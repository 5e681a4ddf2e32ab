"""Owns the database: what waits for the disk, the transactions, and what each fault becomes (Z6a, M16).

Used by the journal, the known units, the locks, the accounts and the running procedures, its clients, of which it
knows nothing.
`workers/database_writer.py` is its writer's thread.
"""

import logging
import shutil
import sqlite3
import tempfile
import threading
import time
import weakref
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from main_controller.errors import ControllerError
from main_controller.sentence import Sentence, say
from main_controller.store.database.append_queue import AppendQueue
from main_controller.store.database.connections import connect_read_only, transaction
from main_controller.store.database.faults import DatabaseFault, fault_of, keeps_connection
from main_controller.store.database.migrations import APPLICATION, Migrations
from main_controller.store.database.open_file import OpenFile
from main_controller.store.database.steps import STEPS, Step
from main_controller.store.database.write_behind import WriteBehind

log = logging.getLogger(__name__)

PATIENCE = 2.0
"""How long (s) one write waits for another before it is given up."""

Row = TypeVar("Row")


class Database:
    """The file at `path`; None keeps everything in a throw-away folder that goes with this object.

    Opened at the first use and again after a fault, so building one never fails. Write-ahead log, each write flushed to
    the disk when it returns. `latest` takes writes of which only the newest per key counts; `patience` in s. `steps`
    make the tables, by default the journal's and its neighbours', and `application` marks the file that has them.
    """

    def __init__(
        self, path: Path | None, *, patience: float = PATIENCE, steps: Mapping[int, Step] = STEPS,
        application: int = APPLICATION,
    ) -> None:  # fmt: skip
        if path is None:
            folder = tempfile.mkdtemp(prefix="main-controller-")
            weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
            path = Path(folder) / "throw-away.sqlite3"
        self.path = path
        self.latest = WriteBehind()
        self._queues: list[AppendQueue[object]] = []
        self._restores: list[Callable[[sqlite3.Connection], None]] = []
        self._patience = patience
        self._fault: Sentence | None = None
        self._rouse: Callable[[], None] = lambda: None
        self._tell: Callable[[Sentence], None] = lambda sentence: None
        self._untold: deque[Sentence] = deque()
        self._writing = threading.Lock()  # protects the file below; held while one transaction is written
        self._file = OpenFile(path, patience, Migrations(path, steps, application))
        self._prepared = False

    # Clients

    def appends(
        self,
        name: Sentence,
        *,
        insert: Callable[[sqlite3.Connection, Sequence[Row]], None],
        lost: Callable[[int, datetime], Row],
        limit: int,
        wall: Callable[[], datetime],
        clock: Callable[[], float] = time.monotonic,
    ) -> AppendQueue[Row]:
        """A queue of rows that the writer takes to the disk in their order; see there for what is given."""
        queue = AppendQueue(name, limit, insert=insert, lost=lost, rouse=self.rouse, wall=wall, clock=clock)
        self._queues.append(queue)  # type: ignore[arg-type]  # each gets back only its own rows
        return queue

    def restored_by(self, restore: Callable[[sqlite3.Connection], None]) -> None:
        """Have `restore` called within the first transaction of a file that took the place of the one in use.

        It writes what its client must not lose, and may read what that file holds. Raises sqlite3.Error.
        """
        self._restores.append(restore)

    def roused_by(self, rouse: Callable[[], None]) -> None:
        """Have `rouse` called whenever something waits to be written."""
        self._rouse = rouse

    def rouse(self) -> None:
        """Tell the writer that something waits; never blocks."""
        self._rouse()

    def replaced_is_told(self, tell: Callable[[Sentence], None]) -> None:
        """Have `tell` called with a sentence when another file has taken the place of the one in use."""
        self._tell = tell

    @property
    def fault(self) -> Sentence | None:
        """Why what waits is not being written, None while it is."""
        return next((queue.fault for queue in self._queues if queue.fault is not None), self._fault)

    # The writer

    def write_once(self) -> int:
        """Write what waits, rows before what is only the latest; how many rows. Called by the writer alone.

        Looks too whether the file is still there (M16). Raises ControllerError when the disk refuses: then `fault`
        says so, and everything waits for the next call.
        """
        try:
            count = sum([queue.write(self.writing) for queue in self._queues])
            self._write_latest()
        finally:
            self._tell_replaced()
        return count

    def _write_latest(self) -> None:
        try:
            self.latest.write(self.writing)
            if self._file.replaced:
                with self.writing():
                    pass
        except ControllerError as error:
            self._fault = error.sentence
            raise
        self._fault = None

    # Transactions

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction, on the disk when the block ends; undone and raised as DatabaseFault when it cannot be."""
        failed = say("store.cannotWrite", "{file} cannot be written", file=self.path.name)
        if not self._writing.acquire(timeout=self._patience):
            hangs = say("store.writeHangs", "another write to it hangs")
            raise DatabaseFault(say("store.fault", "{what}: {why}.", what=failed, why=hangs))
        try:
            connection = self._opened()
            try:
                with transaction(connection):
                    yield connection
            finally:
                self._file.look()
        except sqlite3.Error as error:
            if not keeps_connection(error):
                self._file.drop()
            raise fault_of(failed, error) from error
        except OSError as error:
            raise fault_of(failed, error) from error
        finally:
            self._writing.release()

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A connection that only reads, for this block; DatabaseFault when it cannot."""
        failed = say("store.cannotRead", "{file} cannot be read", file=self.path.name)
        try:
            if not self._prepared or self._file.replaced:
                self._create()
            connection = connect_read_only(self.path, self._patience)
            try:
                yield connection
            finally:
                connection.close()
        except (sqlite3.Error, OSError) as error:
            raise fault_of(failed, error) from error

    def close(self) -> None:
        """Close the file, with all that was written moved into it; it opens again when it is used again."""
        with self._writing:
            self._file.close()

    def _create(self) -> None:
        """Open the file for writing once, so that a reader finds it with its tables; a full disk can still be read."""
        try:
            with self.writing():
                pass
        except DatabaseFault:
            if not self.path.exists():
                raise

    def _opened(self) -> sqlite3.Connection:
        before = self._file.replacements
        connection = self._file.connection(self._restore)
        self._prepared = True
        if self._file.replacements != before:
            self._note_replaced()
        return connection

    def _restore(self, connection: sqlite3.Connection) -> None:
        for restore in self._restores:
            restore(connection)

    def _note_replaced(self) -> None:
        self._untold.append(
            say(
                "store.replaced",
                "The file {file} was removed or replaced while the program ran. Locks, known units, accounts and "
                "running procedures are in the new one; what was journaled before is where the old one is.",
                file=self.path.name,
            )
        )
        self.rouse()

    def _tell_replaced(self) -> None:
        while self._untold:
            self._tell(self._untold.popleft())
