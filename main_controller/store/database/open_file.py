"""Owns the writer's connection, and notices when the file was moved aside, removed or replaced under it (M16).

Used by the database, which lets one thread at a time in here.
"""

import contextlib
import errno
import logging
import os
import shutil
import sqlite3
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from main_controller.sentence import say
from main_controller.store.database.connections import connect_to_write
from main_controller.store.database.mark import Mark, leave_mark, mark_in
from main_controller.store.database.migrations import Migrations

log = logging.getLogger(__name__)


class _Look(NamedTuple):
    """Which file it is, and how it was left: with a write-ahead log only the writer itself changes it."""

    device: int
    inode: int
    size: int
    changed_ns: int

    @classmethod
    def at(cls, path: Path) -> "_Look | None":
        try:
            found = path.stat()
        except (FileNotFoundError, NotADirectoryError):
            return None
        return cls(found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns)

    def same_file(self, other: "_Look | None") -> bool:
        return other is not None and self[:2] == other[:2]


class OpenFile:
    """The file at `path`; `patience` (s) is how long a statement waits for another program.

    `replacements` counts the files that took the place of the one in use and were given what must not be lost.
    """

    def __init__(self, path: Path, patience: float, migrations: Migrations | None = None) -> None:
        self._path = path
        self._patience = patience
        self._migrations = migrations or Migrations(path)
        self._connection: sqlite3.Connection | None = None
        self._known: _Look | None = None
        self._known_log: _Look | None = None
        self._mark: Mark | None = None
        self._lost = False
        self.replacements = 0

    @property
    def replaced(self) -> bool:
        """Whether another file or none is where the one in use was, or somebody wrote to it, which may be harmless."""
        known, found = self._known, _Look.at(self._path)
        if self._lost or known is None:
            return self._lost
        return found != known if self._connection is not None else not known.same_file(found)

    def connection(self, restore: Callable[[sqlite3.Connection], None]) -> sqlite3.Connection:
        """The connection, opened where it is not; raises sqlite3.Error, OSError, or ControllerError.

        `restore` writes what must not be lost into a file that took the place of the one in use, all or nothing.
        """
        if self.replaced and not self._lost:
            if self._marked():
                self.look()
            else:
                self._leave()
        if self._connection is None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            if self._lost:
                self._clear_log()
            self._connection = self._open(restore if self._lost else None)
            self._last_close = weakref.finalize(self, self._connection.close)  # where nobody closes it
            self._known_log = _Look.at(self._beside("wal"))
            self.replacements += self._lost
            self._lost = False
        return self._connection

    def _open(self, restore: Callable[[sqlite3.Connection], None] | None) -> sqlite3.Connection:
        if not self._path.exists():
            self._path.touch()  # as SQLite would, so that it is known which file is opened
        before = _Look.at(self._path)
        connection = connect_to_write(self._path, self._patience)
        try:
            self._migrations.prepare(connection, restore)
            self._mark = leave_mark(connection)
            self._known = _Look.at(self._path)
            if before is None or not before.same_file(self._known):
                self._lost = True
                _complete(connection)
                self._known_log = _Look.at(self._beside("wal"))
                raise OSError(errno.ESTALE, say("store.movedMeanwhile", "it was moved while it was being opened"))
        except BaseException:
            connection.close()
            raise
        return connection

    def look(self) -> None:
        """Take note of how the file is left, after each transaction; another in its place stays unknown."""
        found = _Look.at(self._path)
        if self._known is not None and self._known.same_file(found):
            self._known = found

    def drop(self) -> None:
        """Close the connection after a fault; which file it was stays known."""
        if self._connection is not None:
            with contextlib.suppress(sqlite3.Error):  # what was committed is in the write-ahead log already
                self._connection.close()
            self._last_close.detach()
            self._connection = None

    def close(self) -> None:
        """Close the file in good order: what lies there when it is used again is the right one."""
        self.drop()
        self._known, self._known_log, self._lost = None, None, False

    def _marked(self) -> bool:
        """Whether the file is still the one in use: others may move the write-ahead log into it, or only touch it."""
        if self._known is None or not self._known.same_file(_Look.at(self._path)):
            return False
        mark, found = self._mark, mark_in(self._path)
        return mark is None or (found is not None and found.follows(mark))

    def _leave(self) -> None:
        """Close the connection to a file that is gone, or whose content is another's; raises OSError."""
        if self._known is not None and self._known.same_file(_Look.at(self._path)):
            self._disown_log()
        elif self._connection is not None:
            _complete(self._connection)
        log.error("%s was removed or replaced while the program ran; it is opened anew", self._path.name)
        self._lost = True
        self.drop()

    def _disown_log(self) -> None:
        """Empty the write-ahead log, or closing would move it into a content to which it does not belong."""
        if not self._own_log():
            return
        left = self._beside("wal")
        with contextlib.suppress(OSError):  # no room: what it held is lost
            shutil.copyfile(left, self._beside("wal.left"))
        os.truncate(left, 0)

    def _clear_log(self) -> None:
        """Leave no write-ahead log of the file that is gone beside the one in its place, which it would spoil."""
        if not self._own_log():
            return
        left = self._beside("wal")
        if left.stat().st_size:
            kept = left.rename(self._beside("wal.left"))
            log.error("%s holds what the file that is gone lacks", kept.name)
        else:
            left.unlink()
        self._beside("shm").unlink(missing_ok=True)

    def _own_log(self) -> bool:
        return self._known_log is not None and self._known_log.same_file(_Look.at(self._beside("wal")))

    def _beside(self, what: str) -> Path:
        return self._path.with_name(f"{self._path.name}-{what}")


def _complete(connection: sqlite3.Connection) -> None:
    """Move the write-ahead log into a file that was moved: SQLite itself leaves that undone."""
    with contextlib.suppress(sqlite3.Error):  # a reader keeps it in use: then the log is kept
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
