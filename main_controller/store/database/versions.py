"""Says of which version SQLite and a file's tables are, for a support bundle. Changes and makes nothing."""

import contextlib
import sqlite3
from pathlib import Path

from main_controller.store.database.connections import connect_and_leave_nothing


def sqlite_version() -> str:
    """SQLite's own."""
    return sqlite3.sqlite_version


def tables_version(path: Path) -> int | str:
    """The version of the file's tables, or why it cannot be told."""
    if not path.is_file():
        return "there is no such file"
    try:
        with contextlib.closing(connect_and_leave_nothing(path)) as connection:
            return int(connection.execute("PRAGMA user_version").fetchone()[0])
    except (sqlite3.Error, OSError) as fault:
        return str(fault)
