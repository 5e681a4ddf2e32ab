"""The tables of the file, as the numbered steps that make each version of the one before. Used by the migrations.

A step that was released is never changed: another one follows it.
"""

import sqlite3
from collections.abc import Callable

from main_controller.store.database import prose

Step = str | Callable[[sqlite3.Connection], None]
"""Statements, or what runs within the migration's transaction."""

_FIRST = """
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

_FORGOTTEN_UNITS = """
ALTER TABLE known_units ADD COLUMN forgotten_by TEXT;
ALTER TABLE known_units ADD COLUMN forgotten_reason TEXT;
ALTER TABLE known_units ADD COLUMN forgotten_at TEXT;
"""

_ORDER_AND_STAGE = """
ALTER TABLE journal ADD COLUMN order_name TEXT;
ALTER TABLE journal ADD COLUMN stage TEXT;
UPDATE journal SET order_name = prose_order(kind, by, what), stage = prose_stage(kind, what, outcome);
DROP INDEX journal_intent;
CREATE INDEX journal_intent ON journal (id) WHERE stage = 'intent';
CREATE INDEX journal_order ON journal (order_name, stage) WHERE order_name IS NOT NULL;
CREATE TABLE migrations (tables INTEGER PRIMARY KEY, program TEXT NOT NULL, at TEXT NOT NULL)
"""


def _order_and_stage(connection: sqlite3.Connection) -> None:
    """Columns for what rows said in words, filled for the old ones, whose hashes stay as they are."""
    prose.define(connection)
    run(connection, _ORDER_AND_STAGE)


_ALARMS = """
CREATE TABLE alarms (
  id INTEGER PRIMARY KEY, kind TEXT NOT NULL, priority INTEGER NOT NULL, began_at TEXT NOT NULL, over_at TEXT,
  record TEXT NOT NULL
);
CREATE INDEX alarms_standing ON alarms (id) WHERE over_at IS NULL;
CREATE INDEX alarms_over ON alarms (over_at) WHERE over_at IS NOT NULL;
CREATE TABLE alarm_changes (
  id INTEGER PRIMARY KEY, alarm_id INTEGER NOT NULL, at TEXT NOT NULL, change TEXT NOT NULL, subject TEXT, by TEXT,
  text TEXT, messages TEXT
);
CREATE INDEX alarm_changes_alarm ON alarm_changes (alarm_id, id);
CREATE INDEX alarm_changes_at ON alarm_changes (at);
CREATE TABLE out_of_service (
  scope TEXT PRIMARY KEY, from_at TEXT NOT NULL, to_at TEXT NOT NULL, name TEXT NOT NULL, reason TEXT NOT NULL,
  since TEXT NOT NULL
) WITHOUT ROWID
"""

_NOTIFICATIONS = """
CREATE TABLE notifications (
  id INTEGER PRIMARY KEY, channel TEXT NOT NULL, made_at TEXT NOT NULL, record TEXT NOT NULL
);
CREATE TABLE channels (name TEXT PRIMARY KEY, record TEXT NOT NULL) WITHOUT ROWID
"""

_ACCOUNTS = """
CREATE TABLE accounts (
  id INTEGER PRIMARY KEY, name TEXT NOT NULL, name_key TEXT NOT NULL UNIQUE, display_name TEXT NOT NULL,
  role TEXT NOT NULL, enabled INTEGER NOT NULL, password_hash TEXT NOT NULL, code_secret TEXT, code_step INTEGER
);
CREATE TABLE sessions (
  digest TEXT PRIMARY KEY, account_id INTEGER NOT NULL, began_at TEXT NOT NULL, used_at TEXT NOT NULL, ended_at TEXT,
  address TEXT NOT NULL, browser TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE tokens (
  id INTEGER PRIMARY KEY, digest TEXT NOT NULL UNIQUE, account_id INTEGER NOT NULL, name TEXT NOT NULL,
  role TEXT NOT NULL, began_at TEXT NOT NULL, ends_at TEXT NOT NULL, networks TEXT NOT NULL, used_at TEXT
)
"""


STEPS: dict[int, Step] = {
    1: _FIRST,
    2: _FORGOTTEN_UNITS,
    3: "ALTER TABLE known_units ADD COLUMN acknowledged_clock TEXT",
    4: _order_and_stage,
    5: "ALTER TABLE journal ADD COLUMN messages TEXT",
    6: _ALARMS,
    7: _NOTIFICATIONS,
    8: _ACCOUNTS,
}
"""Every step by the version that it makes; a new file takes them all."""


def run(connection: sqlite3.Connection, step: Step) -> None:
    """Take one step within the caller's transaction; raises sqlite3.Error."""
    if callable(step):
        step(connection)
        return
    for statement in filter(str.strip, step.split(";")):
        connection.execute(statement)
