"""Keeps the graver lines of apis-main's log, the newest million of them, in the history's file (K16).

Used by the recorder's neighbour that listens, and by the readings.
"""

import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from main_controller.domain.apis_log import Level, LogLine

MOST = 1_000_000
"""How many lines are kept."""


BY_TIME = "CREATE INDEX apis_lines_heard ON apis_lines (heard)"
"""So that who asks for a time does not read all that is older."""


class KeptLine(NamedTuple):
    """A line with its number and when it was heard (aware UTC)."""

    id: int
    heard: datetime
    line: LogLine


def insert(connection: sqlite3.Connection, lines: Sequence[tuple[datetime, LogLine]]) -> None:
    """Keep lines, each with when it was heard."""
    connection.executemany(
        "INSERT INTO apis_lines (heard, at, program, unit_id, level, source, message) VALUES (?, ?, ?, ?, ?, ?, ?)",
        [
            (_ms(heard), line.at.isoformat(), line.program, line.unit_id, line.level.rank, line.source, line.message)
            for heard, line in lines
        ],
    )


def prune(connection: sqlite3.Connection, at_once: int) -> int:
    """Take out the oldest beyond `MOST`; how many."""
    newest = connection.execute("SELECT max(id) FROM apis_lines").fetchone()[0] or 0
    return connection.execute(
        "DELETE FROM apis_lines WHERE id IN (SELECT id FROM apis_lines WHERE id <= ? LIMIT ?)", (newest - MOST, at_once)
    ).rowcount


def page(
    connection: sqlite3.Connection, *, unit_id: str | None, level: Level, start: datetime | None, end: datetime | None,
    before: int | None, limit: int,
) -> list[KeptLine]:  # fmt: skip
    """The newest lines first, of a unit where one is given, at least as grave as `level`."""
    wheres, values = ["level <= ?"], [level.rank]
    since = start and _ms(start)
    for where, value in (
        ("unit_id = ?", unit_id), ("heard >= ?", since), ("heard < ?", end and _ms(end)), ("id < ?", before),
        ("id >= (SELECT min(id) FROM apis_lines INDEXED BY apis_lines_heard WHERE heard >= ?)", since),
    ):  # fmt: skip
        if value is not None:
            wheres.append(where)
            values.append(value)  # type: ignore[arg-type]
    rows = connection.execute(
        f"SELECT * FROM apis_lines WHERE {' AND '.join(wheres)} ORDER BY id DESC LIMIT ?", (*values, limit)
    )
    return [_kept(row) for row in rows]


def _kept(row: sqlite3.Row) -> KeptLine:
    levels = list(Level)
    line = LogLine(
        row["program"], row["unit_id"], datetime.fromisoformat(row["at"]), levels[row["level"]], row["source"],
        row["message"],
    )  # fmt: skip
    return KeptLine(row["id"], datetime.fromtimestamp(row["heard"] / 1000, UTC), line)


def _ms(at: datetime) -> int:
    return round(at.timestamp() * 1000)
