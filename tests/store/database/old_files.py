"""Files with tables of versions 1 to 4, made with their program's own SQL and its rule for hashes."""

import hashlib
import json
import sqlite3
from pathlib import Path
from typing import Any

VERSION_1 = """
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
PRAGMA application_id = 1095780691;
PRAGMA journal_mode = WAL;
INSERT INTO known_units VALUES ('E001', '0x0014', 350.0, 2.0, '10.0.0.1', '0x0014', 'me', '2026-05-13T12:00:00+00:00');
INSERT INTO locks VALUES ('E001', 'Sato', 'cabling', '2026-05-13T12:00:00.000+00:00');
INSERT INTO running VALUES ('c7', '{"id": "c7"}');
"""

LATER = {
    2: """
ALTER TABLE known_units ADD COLUMN forgotten_by TEXT;
ALTER TABLE known_units ADD COLUMN forgotten_reason TEXT;
ALTER TABLE known_units ADD COLUMN forgotten_at TEXT;
""",
    3: "ALTER TABLE known_units ADD COLUMN acknowledged_clock TEXT;",
    4: """
ALTER TABLE journal ADD COLUMN order_name TEXT;
ALTER TABLE journal ADD COLUMN stage TEXT;
DROP INDEX journal_intent;
CREATE INDEX journal_intent ON journal (id) WHERE stage = 'intent';
CREATE INDEX journal_order ON journal (order_name, stage) WHERE order_name IS NOT NULL;
CREATE TABLE migrations (tables INTEGER PRIMARY KEY, program TEXT NOT NULL, at TEXT NOT NULL);
INSERT INTO migrations VALUES (4, '0.4.0', '2026-05-13T12:00:00.000Z');
""",
}

OLD = (1, 2, 3, 4)

Told = tuple[str, str, str | None, str, str, str | None]

ROWS: tuple[tuple[Told, str | None, str], ...] = (
    (("start", "the program", None, "APIS Main Controller 0.1.0 started.", "", None), None, "started"),
    (("order", "10.0.0.7", "E001", "setDcdc for E001: word 0x0014", "", "c1"), "setDcdc", "came"),
    (("override", "10.0.0.7", "E001", "setDcdc for E001: word 0x0014", "note: Rules f: I know", "c1"),
     "setDcdc", "note"),
    (("intent", "10.0.0.7", "E001", "about to send: setDcdc for E001: word 0x0014", "", "c1"), "setDcdc", "intent"),
    (("order", "10.0.0.7", "E001", "setDcdc for E001: word 0x0014", "accepted", "c1"), "setDcdc", "accepted"),
    (("order", "10.0.0.7", "E001", "setDcdc for E001: word 0x0014", "contradicted: E001 shows Wait.", "c1"),
     "setDcdc", "contradicted"),
    (("order", "10.0.0.7", None, "setBudo for the cluster: mode stop", "", "c2"), "setBudo", "came"),
    (("intent", "10.0.0.7", None, "setBudo for the cluster: mode stop", "", "c2"), "setBudo", "intent"),
    (("order", "10.0.0.7", None, "setBudo for the cluster: mode stop", "accepted", "c2"), "setBudo", "accepted"),
    (("order", "10.0.0.7", None, "setBudo for the cluster: mode stop", "partlyVerified", "c2"),
     "setBudo", "partlyVerified"),
    (("order", "10.0.0.8", "E002", "setOperationMode for E002: mode heteronomous", "verified", "c3"),
     "setOperationMode", "verified"),
    (("refusal", "10.0.0.8", "E003", "setOperationMode for E003: mode run", "refused: E003 is locked.", "c4"),
     "setOperationMode", "refused"),
    (("order", "scheduler", "E004", "setOperationMode for E004: mode run", "accepted", "c5"),
     "setOperationMode", "accepted"),
    (("order", "10.0.0.7", "E005", "setOperationMode for E005: mode stop", "cancelled: A stop overtook it.", "c8"),
     "setOperationMode", "cancelled"),
    (("order", "10.0.0.7", None, "stopAll for the cluster", "timedOut: not in 30 s", "c9"), "stopAll", "timedOut"),
    (("order", "10.0.0.7", None, "flushCache for the cluster", "failed: unreachable", "c10"), "flushCache", "failed"),
    (("order", "10.0.0.7", None, "shutDown for the cluster", "unknown: the reply was lost", "c11"),
     "shutDown", "unknown"),
    (("intent", "10.0.0.9", "E001", "about to send: setDcdc for E001: word 0x0041", "", "c12"), "setDcdc", "intent"),
    (("schedule", "10.0.0.7", "E001", "schedule softStop for E001 set", "set", "c13"), "setSchedule", "set"),
    (("schedule", "10.0.0.7", "E001", "schedule softStop for E001 cleared", "cleared", "c14"),
     "clearSchedule", "cleared"),
    (("schedule", "10.0.0.7", "E001", "schedule run for E001 cleared", "there was none", "c15"),
     "clearSchedule", "none"),
    (("schedule", "scheduler", "E001", "Run of E001, due 2026-05-13T12:00:00.000+00:00: Not running.", "missed", None),
     None, "missed"),
    (("lock", "10.0.0.7", "E001", "lock on E001 set", "set", None), "setLock", "set"),
    (("lock", "10.0.0.7", None, "lock on the cluster taken off", "taken off", None), "clearLock", "takenOff"),
    (("gridMaster", "the grid", "E002", "The Grid Master moved from E001 to E002.", "", None), None, "event"),
    (("lost", "journal", None, "3 rows were lost.", "lost", None), None, "lost"),
    (("order", "10.0.0.7", None, "a sentence of another time", "went well", "c16"), None, "event"),
)  # fmt: skip
"""Rows of all kinds (kind, by, unit, what, outcome, command), each with the order and stage that it is about."""

COLUMNS = ("id", "at", "kind", "by", "unit_id", "what", "before", "after", "outcome", "command_id", "order_name",
           "stage")  # fmt: skip
BEFORE_4 = 10
"""How many of these columns a file of before version 4 has."""


def old_file(path: Path, version: int, *, ended: bool = True) -> Path:
    """Make a file of this version at `path`, with every kind of row, and the program's end where it `ended`."""
    connection = sqlite3.connect(path)
    connection.executescript(VERSION_1)
    for number in range(2, version + 1):
        connection.executescript(LATER[number])
    connection.execute(f"PRAGMA user_version = {version}")
    rows = [*ROWS]
    if ended:
        end = ("start", "the program", None, "The program ends: it was told to", "", None)
        rows.append((end, None, "ended"))
    columns = COLUMNS if version >= 4 else COLUMNS[:BEFORE_4]
    insert = f"INSERT INTO journal ({', '.join(columns)}, hash) VALUES ({', '.join('?' * len(columns))}, ?)"
    previous = "0" * 64
    for number, ((kind, by, unit, what, outcome, command), order, stage) in enumerate(rows, start=1):
        at = f"2026-05-13T12:{number:02}:00.000+00:00"
        told = (number, at, kind, by, unit, what, None, '{"a":1}', outcome, command, order, stage)
        values = told[: len(columns)]
        previous = chained(previous, values)
        connection.execute(insert, (*values, previous))
    connection.execute("INSERT INTO counters VALUES ('head', ?), ('command', 16)", (len(rows),))
    connection.commit()
    connection.close()
    return path


def chained(previous: str, values: tuple[Any, ...]) -> str:
    """The hash of a row as it was made up to version 4: of the columns that the file had."""
    named = json.dumps(dict(zip(COLUMNS, values, strict=False)), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(previous.encode() + named.encode()).hexdigest()
