"""Owns the tables of the SQLite file and their version. Used by the database when it opens the file."""

import sqlite3

from main_controller.errors import ControllerError

VERSION = 3
"""The version of the tables, in the file's `user_version`; a change of a table adds a step and a version."""

APPLICATION = 0x41504953
"""Marks the file as ours ("APIS"), in its `application_id`."""

_TABLES = """
CREATE TABLE journal (
  id INTEGER PRIMARY KEY, at TEXT NOT NULL, kind TEXT NOT NULL, by TEXT NOT NULL, unit_id TEXT, what TEXT NOT NULL,
  before TEXT, after TEXT, outcome TEXT NOT NULL, command_id TEXT, hash TEXT NOT NULL
);
CREATE INDEX journal_at ON journal (at);
CREATE INDEX journal_unit ON journal (unit_id, id) WHERE unit_id IS NOT NULL;
CREATE INDEX journal_command ON journal (command_id, id) WHERE command_id IS NOT NULL;
CREATE INDEX journal_intent ON journal (id) WHERE kind = 'intent';
CREATE TABLE counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE known_units (
  unit_id TEXT PRIMARY KEY, word TEXT, dvg REAL, dig REAL, ip TEXT,
  acknowledged_word TEXT, acknowledged_by TEXT, acknowledged_at TEXT
) WITHOUT ROWID;
CREATE TABLE locks (
  scope TEXT PRIMARY KEY, name TEXT NOT NULL, reason TEXT NOT NULL, since TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE running (id TEXT PRIMARY KEY, record TEXT NOT NULL) WITHOUT ROWID;
"""
"""Version 1."""

_STEPS = {
    2: """
ALTER TABLE known_units ADD COLUMN forgotten_by TEXT;
ALTER TABLE known_units ADD COLUMN forgotten_reason TEXT;
ALTER TABLE known_units ADD COLUMN forgotten_at TEXT;
""",
    3: "ALTER TABLE known_units ADD COLUMN acknowledged_clock TEXT",
}
"""What makes each later version of the one before it, in order; a new file takes every step too."""


def prepare(connection: sqlite3.Connection, name: str) -> None:
    """Set a writer's connection up and make the tables in a new file, or bring an older one's to this version.

    All steps or none. Raises ControllerError when the file is another program's or of a newer version, sqlite3.Error
    as SQLite gives it.
    """
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")  # on the disk at commit, also through a power cut
    connection.execute("BEGIN IMMEDIATE")
    try:
        version = _number(connection, "PRAGMA user_version")
        if version == 0:
            _make_tables(connection, name)
            version = 1
        elif _number(connection, "PRAGMA application_id") != APPLICATION:
            raise ControllerError(f"{name} is another program's database.")
        elif version > VERSION:
            raise ControllerError(f"{name} was written by a newer version of this program (tables {version}).")
        for step in range(version + 1, VERSION + 1):
            _run(connection, _STEPS[step])
        if version < VERSION:
            connection.execute(f"PRAGMA user_version = {VERSION}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _make_tables(connection: sqlite3.Connection, name: str) -> None:
    if _number(connection, "SELECT count(*) FROM sqlite_master"):
        raise ControllerError(f"{name} is another program's database.")
    _run(connection, _TABLES)
    connection.execute(f"PRAGMA application_id = {APPLICATION}")


def _run(connection: sqlite3.Connection, statements: str) -> None:
    for statement in filter(str.strip, statements.split(";")):
        connection.execute(statement)


def _number(connection: sqlite3.Connection, statement: str) -> int:
    return int(connection.execute(statement).fetchone()[0])
