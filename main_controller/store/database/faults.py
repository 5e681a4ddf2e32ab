"""Owns the one fault that those of the disk and of SQLite become, with its sentence. Used within store/."""

import sqlite3

from main_controller.errors import ControllerError
from main_controller.sentence import Sentence, foreign, say

DISK_FULL = say("store.diskFull", "the disk is full")

_HELD = say("store.heldByAnother", "another program holds it")
_REASONS = {
    sqlite3.SQLITE_FULL: DISK_FULL,
    sqlite3.SQLITE_IOERR: say("store.diskFails", "the disk fails"),
    sqlite3.SQLITE_READONLY: say("store.readOnly", "it is read-only"),
    sqlite3.SQLITE_CANTOPEN: say("store.cannotOpen", "it cannot be opened"),
    sqlite3.SQLITE_CORRUPT: say("store.damaged", "it is damaged"),
    sqlite3.SQLITE_NOTADB: say("store.noDatabase", "it is not a database"),
    sqlite3.SQLITE_BUSY: _HELD,
    sqlite3.SQLITE_LOCKED: _HELD,
}
_KEEPS_CONNECTION = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


class DatabaseFault(ControllerError):
    """The file could not be read or written (503): the sentence says why."""

    status = 503


def fault_of(what: Sentence, error: sqlite3.Error | OSError) -> DatabaseFault:
    """The fault that says that `what` failed ("x cannot be written"), and why."""
    return DatabaseFault(say("store.fault", "{what}: {why}.", what=what, why=reason_of(error)))


def reason_of(error: sqlite3.Error | OSError) -> Sentence:
    """Why, in plain words where there are some; an OSError of our own making bears them."""
    if isinstance(error, OSError):
        return error.strerror if isinstance(error.strerror, Sentence) else foreign(error.strerror or str(error))
    return _REASONS.get(_code(error), foreign(str(error)))


def keeps_connection(error: sqlite3.Error) -> bool:
    """Whether the connection can be used again after this."""
    return _code(error) in _KEEPS_CONNECTION


def _code(error: sqlite3.Error) -> int:
    """SQLite's primary result code, 0 where the error has none."""
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF
