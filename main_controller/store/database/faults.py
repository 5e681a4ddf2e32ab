"""Owns the one fault that those of the disk and of SQLite become, with its sentence. Used within store/."""

import sqlite3

from main_controller.errors import ControllerError

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


def fault_of(what: str, error: sqlite3.Error | OSError) -> DatabaseFault:
    """The fault that says that `what` failed ("x cannot be written"), and why."""
    return DatabaseFault(f"{what}: {reason_of(error)}.")


def reason_of(error: sqlite3.Error | OSError) -> str:
    """Why, in plain words where there are some."""
    if isinstance(error, OSError):
        return error.strerror or str(error)
    return _REASONS.get(_code(error), str(error))


def keeps_connection(error: sqlite3.Error) -> bool:
    """Whether the connection can be used again after this."""
    return _code(error) in _KEEPS_CONNECTION


def _code(error: sqlite3.Error) -> int:
    """SQLite's primary result code, 0 where the error has none."""
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF
