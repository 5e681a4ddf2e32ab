"""Keeps the graver lines of apis-main's log, the newest million of them, in the history's file (K16).

Used by the recorder's neighbour that listens, and by the readings. Anybody can send such lines, so they have a share of
the file's bytes of their own, and the same errors are counted by a key that each line bears, without reading what it
says.
"""

import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime
from hashlib import blake2b
from typing import NamedTuple

from main_controller.domain.apis_log import KEPT, Level, LoggedError, LogLine, error_in, possible_time, shortened

MOST = 1_000_000
"""How many lines are kept."""
FULL, LOW = 1.0, 0.9
"""From which part of their bytes on the oldest lines go, and until which part is left."""
COUNTED = 50_000
"""Of how many of the newest errors of a time it is counted which are the same."""
MOST_ERRORS = 100
"""How many different errors are told."""
_PIECE = 50
"""How many lines are taken out before it is looked again."""

BY_TIME = "CREATE INDEX apis_lines_heard ON apis_lines (heard)"
"""So that who asks for a time does not read all that is older."""

_TEXTS = """
(120 + length(CAST({row}.message AS BLOB)) + length(CAST({row}.source AS BLOB)) + length(CAST({row}.at AS BLOB)))
"""
_SIZE = f"(CASE WHEN {_TEXTS} <= 2000 THEN {_TEXTS} ELSE ({_TEXTS} / 4096 + 1) * 4096 END)"
"""What a line takes in the file with its part of the indexes, about, in bytes: of long ones no two fit into a page."""
_BYTES = "apis_lines_bytes"


class KeptLine(NamedTuple):
    """A line with its number and when it was heard (aware UTC)."""

    id: int
    heard: datetime
    line: LogLine


class CountedError(NamedTuple):
    """An error as it was told last, how many `times`, and when it was heard first and last (aware UTC)."""

    error: LoggedError
    times: int
    first: datetime
    last: datetime


def bounded(connection: sqlite3.Connection) -> None:
    """A step of the tables: a key of the error that a line tells, and a sum of bytes that follows every change; what is
    longer than is kept now is cut, and what has an impossible time goes."""
    connection.create_function("shortened_message", 1, _shortened, deterministic=True)
    connection.create_function("error_key", 2, _key_of_row, deterministic=True)
    connection.create_function("possible_time", 1, lambda at: possible_time(at) is not None, deterministic=True)
    new, old, row = _SIZE.format(row="NEW"), _SIZE.format(row="OLD"), _SIZE.format(row="apis_lines")
    for statement in (
        "DELETE FROM apis_lines WHERE NOT possible_time(at)",
        "ALTER TABLE apis_lines ADD COLUMN error INTEGER",
        f"UPDATE apis_lines SET message = shortened_message(message) WHERE length(message) > {KEPT}",
        "UPDATE apis_lines SET error = error_key(source, message) WHERE source LIKE '%.ErrorCollection'",
        "CREATE INDEX apis_lines_error ON apis_lines (heard, error, unit_id, level) WHERE error IS NOT NULL",
        f"INSERT OR REPLACE INTO counters SELECT '{_BYTES}', coalesce(sum({row}), 0) FROM apis_lines",
        f"CREATE TRIGGER apis_lines_come AFTER INSERT ON apis_lines BEGIN "
        f"UPDATE counters SET value = value + {new} WHERE name = '{_BYTES}'; END",
        f"CREATE TRIGGER apis_lines_go AFTER DELETE ON apis_lines BEGIN "
        f"UPDATE counters SET value = value - {old} WHERE name = '{_BYTES}'; END",
    ):
        connection.execute(statement)


def insert(connection: sqlite3.Connection, lines: Sequence[tuple[datetime, LogLine]]) -> None:
    """Keep lines, each with when it was heard."""
    connection.executemany(
        "INSERT INTO apis_lines (heard, at, program, unit_id, level, source, message, error) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                _ms(heard), line.at.isoformat(), line.program, line.unit_id, line.level.rank, line.source,
                shortened(line).message, _key(line),
            )
            for heard, line in lines
        ],
    )  # fmt: skip


def prune(connection: sqlite3.Connection, at_once: int) -> int:
    """Take out the oldest beyond `MOST`; how many."""
    newest = connection.execute("SELECT max(id) FROM apis_lines").fetchone()[0] or 0
    return connection.execute(
        "DELETE FROM apis_lines WHERE id IN (SELECT id FROM apis_lines WHERE id <= ? LIMIT ?)", (newest - MOST, at_once)
    ).rowcount


def make_room(connection: sqlite3.Connection, allowed: float, at_once: int) -> int:
    """Take out the oldest where all take more than the `allowed` bytes, some `at_once` at most; how many."""
    gone, share = 0, FULL
    while gone < at_once and _bytes(connection) > allowed * share:
        share = LOW
        count = connection.execute(
            f"DELETE FROM apis_lines WHERE id IN (SELECT id FROM apis_lines ORDER BY id LIMIT {_PIECE})"
        ).rowcount
        if count == 0:
            break
        gone += count
    return gone


def reaches_back(connection: sqlite3.Connection) -> int | None:
    """When the oldest was heard (s since 1970); None: there is none."""
    oldest = connection.execute("SELECT heard FROM apis_lines ORDER BY id LIMIT 1").fetchone()
    return None if oldest is None else int(oldest[0]) // 1000


def page(
    connection: sqlite3.Connection, *, unit_id: str | None, level: Level, start: datetime | None, end: datetime | None,
    before: int | None, limit: int,
) -> list[KeptLine]:  # fmt: skip
    """The newest lines first, of a unit where one is given, at least as grave as `level`."""
    where, values = _where(unit_id, level, start, end)
    since = start and _ms(start)
    for condition, value in (
        ("id < ?", before),
        ("id >= (SELECT min(id) FROM apis_lines INDEXED BY apis_lines_heard WHERE heard >= ?)", since),
    ):
        if value is not None:
            where, values = f"{where} AND {condition}", [*values, value]
    rows = connection.execute(f"SELECT * FROM apis_lines WHERE {where} ORDER BY id DESC LIMIT ?", (*values, limit))
    return [_kept(row) for row in rows]


def errors(
    connection: sqlite3.Connection, *, unit_id: str | None, level: Level, start: datetime | None, end: datetime | None
) -> list[CountedError]:
    """The different errors among the newest lines that tell one, the last told first; of which as in `page`."""
    where, values = _where(unit_id, level, start, end)
    counted = connection.execute(
        "SELECT count(*), min(heard), max(heard), max(line) FROM ("
        "SELECT error, heard, id AS line FROM apis_lines INDEXED BY apis_lines_error "
        f"WHERE error IS NOT NULL AND {where} ORDER BY heard DESC LIMIT {COUNTED}"
        f") GROUP BY error ORDER BY max(heard) DESC, max(line) DESC LIMIT {MOST_ERRORS}",
        values,
    ).fetchall()
    found = []
    for count, first, last, number in counted:
        row = connection.execute("SELECT * FROM apis_lines WHERE id = ?", (number,)).fetchone()
        if row is not None and (error := error_in(_kept(row).line)) is not None:
            found.append(CountedError(error, count, _time(first), _time(last)))
    return found


def _where(unit_id: str | None, level: Level, start: datetime | None, end: datetime | None) -> tuple[str, list[object]]:
    wheres, values = ["level <= ?"], list[object]([level.rank])
    for where, value in (
        ("unit_id = ?", unit_id), ("heard >= ?", start and _ms(start)), ("heard < ?", end and _ms(end)),
    ):  # fmt: skip
        if value is not None:
            wheres.append(where)
            values.append(value)
    return " AND ".join(wheres), values


def _kept(row: sqlite3.Row) -> KeptLine:
    """A time that somebody made impossible is that at which the line was heard."""
    heard = _time(row["heard"])
    line = LogLine(
        row["program"], row["unit_id"], possible_time(row["at"]) or heard, list(Level)[row["level"]], row["source"],
        row["message"],
    )  # fmt: skip
    return KeptLine(row["id"], heard, line)


def _bytes(connection: sqlite3.Connection) -> int:
    return int(connection.execute("SELECT value FROM counters WHERE name = ?", (_BYTES,)).fetchone()[0])


def _key(line: LogLine) -> int | None:
    """The same for the same error, wherever in the source it was told; None where a line tells none."""
    error = error_in(shortened(line))
    if error is None:
        return None
    told = "\0".join((error.category, error.extent, error.level, error.unit_id, error.text))
    return int.from_bytes(blake2b(told.encode("utf-8", "replace"), digest_size=8).digest(), signed=True)


def _key_of_row(source: str, message: str) -> int | None:
    return _key(LogLine("", None, datetime.fromtimestamp(0, UTC), Level.SEVERE, source, message))


def _shortened(message: str) -> str:
    return shortened(LogLine("", None, datetime.fromtimestamp(0, UTC), Level.SEVERE, "", message)).message


def _ms(at: datetime) -> int:
    return round(at.timestamp() * 1000)


def _time(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)
