"""How the file is opened: once for writing, and for each reader; and one transaction of the writer.

Used by the database and by `--verify-journal`.
"""

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from main_controller.sentence import say


def connect_to_write(path: Path, patience: float) -> sqlite3.Connection:
    """The writer's connection, each statement its own transaction unless it begins one.

    `patience` (s) is how long it waits for another program. Raises sqlite3.Error or OSError.
    """
    _require_file(path)
    return sqlite3.connect(path, timeout=patience, isolation_level=None, check_same_thread=False)


def connect_read_only(path: Path, patience: float = 2.0) -> sqlite3.Connection:
    """A connection that cannot change the file, also where nothing beside it can be written.

    Raises sqlite3.Error or OSError.
    """
    _require_file(path)
    address = f"{path.absolute().as_uri()}?mode=ro"
    log_file = path.with_name(f"{path.name}-wal")
    connection = _connect(address, patience)
    try:
        connection.execute("SELECT 1 FROM sqlite_master LIMIT 1")
    except sqlite3.OperationalError:
        connection.close()
        if log_file.exists() and log_file.stat().st_size:
            raise
        return _connect(f"{address}&immutable=1", patience)
    except BaseException:
        connection.close()
        raise
    return connection


def connect_and_leave_nothing(path: Path) -> sqlite3.Connection:
    """A connection that makes no file beside an ended program's, which has no write-ahead log; reads a running one's.

    Raises sqlite3.Error or OSError.
    """
    _require_file(path)
    return connect_read_only(path) if path.with_name(f"{path.name}-wal").exists() else connect_to_look(path)


def connect_to_look(path: Path) -> sqlite3.Connection:
    """A connection to the file alone, without its write-ahead log and without a lock; raises sqlite3.Error."""
    return _connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", 0.0)


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """What is done inside is done whole or not at all; raises sqlite3.Error, and whatever is raised inside."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            with suppress(sqlite3.Error):  # the fault that led here is the one to tell
                connection.execute("ROLLBACK")
        raise


def _require_file(path: Path) -> None:
    """Raise OSError for a pipe, a folder or a device: to open a pipe could take for ever."""
    if path.exists() and not path.is_file():
        raise OSError(errno.EINVAL, say("store.noFile", "it is no file"))


def _connect(address: str, patience: float) -> sqlite3.Connection:
    connection = sqlite3.connect(address, uri=True, timeout=patience, isolation_level=None, check_same_thread=False)
    connection.row_factory = sqlite3.Row
    return connection
