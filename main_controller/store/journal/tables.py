"""Finds what was changed in the journal's file beside its rows: indexes, triggers, views, locks, units, counts.

Used by the check. Rows can be hidden from every question while each of them still holds.
"""

import sqlite3
from collections import Counter

from main_controller.domain.scope import named_first
from main_controller.sentence import Sentence, foreign, say
from main_controller.store.database.steps import STEPS, run
from main_controller.store.journal.stages import Stage

_SQLITES = ("sqlite_sequence", "sqlite_stat1", "sqlite_stat2", "sqlite_stat3", "sqlite_stat4")
"""The tables that SQLite itself makes where they are needed."""

_OF_UNITS = ("unit", "member", "unwatched")
"""Kinds of rows that tell of a unit which was seen."""


def why_changed(connection: sqlite3.Connection) -> Sentence | None:
    """What was changed beside the rows, None where nothing was; within the caller's transaction.

    Raises sqlite3.Error when the file cannot be read.
    """
    return _damage(connection) or _schema(connection) or _counts(connection) or _locks(connection)


def why_not_compared(connection: sqlite3.Connection) -> Sentence | None:
    """Why nobody can tell whether the tables are as they were made, None where this program made them."""
    version = connection.execute("PRAGMA main.user_version").fetchone()[0]
    if version in STEPS:
        return None
    return say(
        "store.tablesNotCompared",
        "The tables are of version {version}, which this program does not know (it knows up to {known}), so tables, "
        "indexes, triggers and views were not compared: a newer version of the program can, or the file was changed.",
        version=version,
        known=max(STEPS),
    )


def _damage(connection: sqlite3.Connection) -> Sentence | None:
    found = [str(row[0]) for row in connection.execute("PRAGMA integrity_check(8)")]
    if found == ["ok"]:
        return None
    return say("store.notConsistent", "The file does not agree with itself: {what}.", what=foreign(found[0][:200]))


def _schema(connection: sqlite3.Connection) -> Sentence | None:
    """Whether tables, indexes, triggers, views are those this program makes; of an unknown version nobody can tell."""
    version = connection.execute("PRAGMA main.user_version").fetchone()[0]
    if version not in STEPS:
        return None
    made = sqlite3.connect(":memory:", isolation_level=None)
    try:
        for number in sorted(STEPS):
            if number <= version:
                run(made, STEPS[number])
        known = _objects(made)
    finally:
        made.close()
    found = _objects(connection)
    other = sorted({name for name, *_ in (known - found) + (found - known)})
    if not other:
        return None
    return say(
        "store.otherTables", "Tables, indexes, triggers or views are not as this program makes them: {names}.",
        names=other,
    )  # fmt: skip


def _objects(connection: sqlite3.Connection) -> Counter[tuple[str, str, str]]:
    """What the schema holds: name, type and SQL, blanks apart; not the indexes and tables that SQLite makes by itself.

    Those have no SQL or one of its own names; a name that only begins like them may be anybody's.
    """
    rows = connection.execute("SELECT name, type, sql FROM main.sqlite_master")
    return Counter(
        (str(name), str(kind), " ".join(str(sql).split()))
        for name, kind, sql in rows
        if not (sql is None and kind == "index") and not (name in _SQLITES and kind == "table")
    )


def _counts(connection: sqlite3.Connection) -> Sentence | None:
    """Whether tables were emptied that cannot be empty beside these rows."""
    some = connection.execute("SELECT 1 FROM journal LIMIT 1").fetchone()
    counted = connection.execute("SELECT 1 FROM counters WHERE name = 'head'").fetchone()
    if some is not None and counted is None:
        return say("store.noCount", "The count of the rows is gone.")
    marks = ", ".join("?" * len(_OF_UNITS))
    told = connection.execute(
        f"SELECT max(id) FROM journal WHERE unit_id IS NOT NULL AND kind IN ({marks})", _OF_UNITS
    ).fetchone()[0]
    if told is not None and connection.execute("SELECT 1 FROM known_units LIMIT 1").fetchone() is None:
        return say("store.noUnits", "Row {row} tells of a unit, and no unit is known any more.", row=told)
    return None


def _locks(connection: sqlite3.Connection) -> Sentence | None:
    """Whether the locks are what the last row of each says; after rows were lost nobody can tell."""
    columns = {row[1] for row in connection.execute("PRAGMA table_info(journal)")}
    if "stage" not in columns:
        return None
    standing = {row[0] for row in connection.execute("SELECT scope FROM locks")}
    lost = connection.execute("SELECT max(id) FROM journal WHERE stage = ?", (Stage.LOST,)).fetchone()[0] or 0
    last = connection.execute(
        "SELECT coalesce(unit_id, ''), max(id), stage FROM journal WHERE kind = 'lock' AND stage IN (?, ?) "
        "GROUP BY coalesce(unit_id, '')", (Stage.SET, Stage.TAKEN_OFF),
    )  # fmt: skip
    for scope, row, stage in last:
        if row < lost or (stage == Stage.SET) is (scope in standing):
            continue
        where = named_first(scope or None)
        if stage == Stage.SET:
            return say("store.lockGone", "{scope} was locked in row {row}, and the lock is gone.", scope=where, row=row)
        return say(
            "store.lockAgain", "{scope} is locked, though its lock was taken off in row {row}.", scope=where, row=row
        )
    return None
