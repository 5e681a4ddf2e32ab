"""Owns the version of the file's tables: makes a new file's, and brings an older file's to this version.

Used by the database when it opens the file. Before an older file is changed, a copy of it is put beside it.
"""

import logging
import sqlite3
from collections.abc import Callable, Mapping
from pathlib import Path

from main_controller import __version__
from main_controller.errors import ControllerError
from main_controller.sentence import Sentence, say
from main_controller.store.database.connections import transaction
from main_controller.store.database.copies import keep_copy, newest_copy
from main_controller.store.database.faults import DatabaseFault
from main_controller.store.database.steps import STEPS, Step, run

log = logging.getLogger(__name__)

VERSION = max(STEPS)
"""The version of the tables, in the file's `user_version`."""

APPLICATION = 0x41504953
"""Marks the file as ours ("APIS"), in its `application_id`."""


class Migrations:
    """What readies the file at `path`; a copy is made once, however often the steps after it are tried.

    `steps` make its tables, and `application` marks whose they are.
    """

    def __init__(self, path: Path, steps: Mapping[int, Step] = STEPS, application: int = APPLICATION) -> None:
        self._path = path
        self._steps = steps
        self._application = application
        self._version = max(steps)
        self._copied = 0

    def prepare(self, connection: sqlite3.Connection, also: Callable[[sqlite3.Connection], None] | None = None) -> None:
        """Set a writer's connection up and bring the tables to this version, with what `also` does: all or nothing.

        Raises ControllerError when the file is another program's or of a newer version, DatabaseFault where no copy of
        an older one can be kept, sqlite3.Error as SQLite gives it. A file that is refused is left as it is.
        """
        version = self._checked(connection)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")  # on the disk at commit, also through a power cut
        if 0 < version < self._version:
            self._keep_copy(connection, version)
        with transaction(connection):
            self._migrate(connection)
            if also is not None:
                also(connection)
        if 0 < version < self._version:
            log.warning("%s has tables of version %d now, before it %d", self._path.name, self._version, version)

    def _checked(self, connection: sqlite3.Connection) -> int:
        """The file's version, 0 for a new file; raises ControllerError for one that is not ours to write."""
        version = _number(connection, "PRAGMA user_version")
        name = self._path.name
        others = say("store.othersDatabase", "{file} is another program's database.", file=name)
        if version == 0:
            if _number(connection, "SELECT count(*) FROM sqlite_master"):
                raise ControllerError(others)
        elif _number(connection, "PRAGMA application_id") != self._application:
            raise ControllerError(others)
        elif version < 0:
            damaged = say(
                "store.damagedVersion",
                "{file} cannot be written: it is damaged, its tables have version {version}.",
                file=name,
                version=version,
            )
            raise DatabaseFault(damaged)
        elif version > self._version:
            raise ControllerError(self._newer(connection, version))
        return version

    def _newer(self, connection: sqlite3.Connection, version: int) -> Sentence:
        """What is wrong, and the way back."""
        return say(
            "store.newer",
            "{file} was written by a newer version of this program (tables {version}; this one knows up to {known}). "
            "{way}",
            file=self._path.name,
            version=version,
            known=self._version,
            way=self._way_back(_writer(connection, version)),
        )

    def _way_back(self, writer: Sentence) -> Sentence:
        copy = newest_copy(self._path, self._version)
        if copy is None:
            return say(
                "store.startWriter", "Start {writer} again, or name another file (setting database).", writer=writer
            )
        return say(
            "store.startWriterOrCopy",
            "Start {writer} again, or end this one and put {copy}, which lies beside it, in its place, once no "
            "{file}-wal is left there, which would spoil it: the copy lacks what came since.",
            writer=writer,
            copy=copy.name,
            file=self._path.name,
        )

    def _keep_copy(self, connection: sqlite3.Connection, version: int) -> None:
        if self._copied == version:
            return
        connection.execute("BEGIN IMMEDIATE")  # a file that cannot be written needs no copy
        connection.execute("ROLLBACK")
        copy = keep_copy(connection, self._path, version)
        self._copied = version
        log.warning("%s has tables of version %d; as it is, it is kept as %s", self._path.name, version, copy.name)

    def _migrate(self, connection: sqlite3.Connection) -> None:
        version = self._checked(connection)  # again: another program may have been quicker
        if version == self._version:
            return
        for number in range(version + 1, self._version + 1):
            run(connection, self._steps[number])
        if version == 0:
            connection.execute(f"PRAGMA application_id = {self._application}")
        connection.execute(f"PRAGMA user_version = {self._version}")
        connection.execute(
            "INSERT OR REPLACE INTO migrations VALUES (?, ?, strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))",
            (self._version, __version__),
        )


def _writer(connection: sqlite3.Connection, version: int) -> Sentence:
    """The program that made these tables, as they name it since version 4."""
    try:
        found = connection.execute("SELECT program FROM migrations WHERE tables = ?", (version,)).fetchone()
    except sqlite3.Error:
        found = None
    if found is None:
        return say("store.thatVersion", "that version")
    return say("store.versionOf", "version {version} of the program", version=found[0])


def _number(connection: sqlite3.Connection, statement: str) -> int:
    return int(connection.execute(statement).fetchone()[0])
