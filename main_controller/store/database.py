"""Owns the one SQLite file in which everything lies that survives a restart, beside the schedules (Z6a).

Used by the journal, the known units, the locks and the running procedures. One connection writes, each reader opens
its own. Every fault of the disk or of SQLite becomes one `DatabaseFault`.
"""

import contextlib
import logging
import shutil
import sqlite3
import tempfile
import threading
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from main_controller.errors import ControllerError
from main_controller.store.later import Later
from main_controller.store.schema import prepare

log = logging.getLogger(__name__)

PATIENCE = 2.0
"""How long (s) one write waits for another before it is given up."""

_REASONS = {
    sqlite3.SQLITE_FULL: "the disk is full",
    sqlite3.SQLITE_IOERR: "the disk fails",
    sqlite3.SQLITE_READONLY: "it is read-only",
    sqlite3.SQLITE_CANTOPEN: "it cannot be opened",
    sqlite3.SQLITE_CORRUPT: "it is damaged",
    sqlite3.SQLITE_NOTADB: "it is not a database",
    sqlite3.SQLITE_BUSY: "another program holds it",
    sqlite3.SQLITE_LOCKED: "another program holds it",
}
_KEEPS_CONNECTION = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


class DatabaseFault(ControllerError):
    """The file could not be read or written (503): the sentence says why."""

    status = 503


class Database:
    """The file at `path`; None keeps everything in a throw-away folder that goes with this object.

    Opened at the first use and again after a fault, so building one never fails. Write-ahead log, each write flushed to
    the disk when it returns. `later` holds what whoever writes next takes along; `patience` in s.
    """

    def __init__(self, path: Path | None, *, patience: float = PATIENCE) -> None:
        if path is None:
            folder = tempfile.mkdtemp(prefix="main-controller-")
            weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
            path = Path(folder) / "throw-away.sqlite3"
        self.path = path
        self.later = Later()
        self._patience = patience
        self._rouse: Callable[[], None] = lambda: None
        self._writing = threading.Lock()  # protects the writer's connection; held while one transaction is written
        self._writer: sqlite3.Connection | None = None
        self._inode: tuple[int, int] | None = None
        self._prepared = False

    def roused_by(self, rouse: Callable[[], None]) -> None:
        """Have `rouse` called whenever something waits to be written."""
        self._rouse = rouse

    def rouse(self) -> None:
        """Tell the writer that something waits; never blocks."""
        self._rouse()

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction, on the disk when the block ends; undone and raised as DatabaseFault when it cannot be."""
        if not self._writing.acquire(timeout=self._patience):
            raise DatabaseFault(f"{self.path.name} cannot be written: another write to it hangs.")
        try:
            connection = self._open_writer()
            try:
                connection.execute("BEGIN IMMEDIATE")
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                self._undo(connection)
                raise
        except sqlite3.Error as error:
            if _code(error) not in _KEEPS_CONNECTION:
                self._close_writer()
            raise DatabaseFault(f"{self.path.name} cannot be written: {_reason(error)}.") from error
        except OSError as error:
            raise DatabaseFault(f"{self.path.name} cannot be written: {error.strerror or error}.") from error
        finally:
            self._writing.release()

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A connection that only reads, for this block; DatabaseFault when it cannot."""
        try:
            if not self._prepared:
                self._create()
            connection = connect_read_only(self.path, self._patience)
            try:
                yield connection
            finally:
                connection.close()
        except sqlite3.Error as error:
            raise DatabaseFault(f"{self.path.name} cannot be read: {_reason(error)}.") from error
        except OSError as error:
            raise DatabaseFault(f"{self.path.name} cannot be read: {error.strerror or error}.") from error

    def close(self) -> None:
        """Close the file, with all that was written moved into it; it opens again when it is used again."""
        with self._writing:
            self._close_writer()

    def _create(self) -> None:
        """Open the file for writing once, so that a reader finds it with its tables; a full disk can still be read."""
        try:
            with self.writing():
                pass
        except DatabaseFault:
            if not self.path.exists():
                raise

    def _open_writer(self) -> sqlite3.Connection:
        if self._writer is not None and self._inode != _inode(self.path):
            log.error("%s was removed or replaced while the program ran; it is opened anew", self.path.name)
            self._close_writer()
        if self._writer is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            connection = sqlite3.connect(
                self.path, timeout=self._patience, isolation_level=None, check_same_thread=False
            )
            try:
                prepare(connection, self.path.name)
            except BaseException:
                connection.close()
                raise
            self._writer, self._inode, self._prepared = connection, _inode(self.path), True
        return self._writer

    def _close_writer(self) -> None:
        if self._writer is not None:
            with contextlib.suppress(sqlite3.Error):  # what was committed is in the write-ahead log already
                self._writer.close()
            self._writer = self._inode = None

    @staticmethod
    def _undo(connection: sqlite3.Connection) -> None:
        if connection.in_transaction:
            with contextlib.suppress(sqlite3.Error):  # the fault that led here is the one to tell
                connection.execute("ROLLBACK")


def connect_read_only(path: Path, patience: float = PATIENCE) -> sqlite3.Connection:
    """A connection that cannot change the file, also where nothing beside it can be written; raises sqlite3.Error."""
    address = f"{path.absolute().as_uri()}?mode=ro"
    log_file = path.with_name(f"{path.name}-wal")
    connection = _connect(address, patience)
    try:
        connection.execute("SELECT 1 FROM sqlite_master LIMIT 1")
    except sqlite3.OperationalError:
        connection.close()
        if log_file.exists() and log_file.stat().st_size:
            raise
        connection = _connect(f"{address}&immutable=1", patience)
    return connection


def _connect(address: str, patience: float) -> sqlite3.Connection:
    connection = sqlite3.connect(address, uri=True, timeout=patience, isolation_level=None, check_same_thread=False)
    connection.row_factory = sqlite3.Row
    return connection


def _inode(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return (found.st_dev, found.st_ino)


def _code(error: sqlite3.Error) -> int:
    """SQLite's primary result code, 0 where the error has none."""
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF


def _reason(error: sqlite3.Error) -> str:
    return _REASONS.get(_code(error), str(error))
