"""Owns the mark by which the content of the file is known, whoever wrote to it: two counters within it (M16).

Used where the file was changed by another than its writer: it may have been touched, or another copied over it.
"""

import contextlib
import secrets
import sqlite3
from pathlib import Path
from typing import NamedTuple

from main_controller.store.database.connections import connect_to_look


class Mark(NamedTuple):
    """Which file it is, over all its copies, and how often it was opened: a copy from before was opened less often."""

    file: int
    opened: int

    def follows(self, earlier: "Mark") -> bool:
        """Whether this is the content that had the earlier mark, then or later."""
        return self.file == earlier.file and self.opened >= earlier.opened


def leave_mark(connection: sqlite3.Connection) -> Mark | None:
    """Count this opening; None where the count is not in the file itself. Raises sqlite3.Error."""
    connection.execute("INSERT OR IGNORE INTO counters VALUES ('file', ?)", (secrets.randbits(62),))
    connection.execute(
        "INSERT INTO counters VALUES ('opened', 1) ON CONFLICT (name) DO UPDATE SET value = counters.value + 1"
    )
    _, logged, moved = connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
    return _read_mark(connection) if logged == moved else None


def mark_in(path: Path) -> Mark | None:
    """The mark in the file itself, whatever stands in its write-ahead log; None where it has none."""
    try:
        with contextlib.closing(connect_to_look(path)) as connection:
            return _read_mark(connection)
    except sqlite3.Error:
        return None


def _read_mark(connection: sqlite3.Connection) -> Mark | None:
    found = dict(map(tuple, connection.execute("SELECT name, value FROM counters WHERE name IN ('file', 'opened')")))
    return Mark(found["file"], found["opened"]) if len(found) == 2 else None
