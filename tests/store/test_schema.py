"""A file of an older version is brought to this one in steps, all or none; nothing in it is lost."""

import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from main_controller.domain.freshness import Remembered
from main_controller.store import schema
from main_controller.store.database import Database, DatabaseFault
from main_controller.store.journal import Journal
from main_controller.store.journal_check import verify_journal
from main_controller.store.known_units import KnownUnits
from main_controller.store.locks import LockBook

NOON = datetime(2026, 5, 13, 12, tzinfo=UTC)

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
PRAGMA user_version = 1;
PRAGMA journal_mode = WAL;
INSERT INTO known_units VALUES ('E001', '0x0014', 350.0, 2.0, '10.0.0.1', '0x0014', 'me', '2026-05-13T12:00:00+00:00');
INSERT INTO locks VALUES ('E001', 'Sato', 'cabling', '2026-05-13T12:00:00.000+00:00');
"""

KEPT = {"E001": Remembered("E001", "0x0014", 350.0, 2.0, "10.0.0.1", "me", NOON)}


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A file as version 1 of the tables left it."""
    path = tmp_path / "journal.sqlite3"
    connection = sqlite3.connect(path)
    connection.executescript(VERSION_1)
    connection.close()
    return path


def look(path: Path) -> tuple[int, set[str]]:
    """The version, and the columns of the known units."""
    connection = sqlite3.connect(path)
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    columns = {row[1] for row in connection.execute("PRAGMA table_info(known_units)")}
    connection.close()
    return version, columns


def test_the_mark_of_the_older_file_is_ours() -> None:
    assert schema.APPLICATION == 1095780691


def test_a_file_of_version_1_is_read_and_written_as_one_of_today(old: Path) -> None:
    database = Database(old)
    known = KnownUnits(database, wall=lambda: NOON, lasts=timedelta(days=1))
    assert known.load() == KEPT
    assert LockBook(database).all()["E001"]["name"] == "Sato"
    known.forget("E001", "Sato", "scrapped", NOON)
    journal = Journal(database, wall=lambda: NOON)
    journal.append("order", by="me", unit_id=None, what="stop")
    journal.write_once()
    database.close()
    assert look(old)[0] == schema.VERSION == 3
    again = Database(old)
    book = KnownUnits(again, wall=lambda: NOON, lasts=timedelta(days=1))
    assert (book.load(), set(book.forgotten())) == ({}, {"E001"})
    again.close()
    assert verify_journal(old)[0] == 0


def test_a_new_file_takes_the_same_steps(old: Path, tmp_path: Path) -> None:
    for path in (old, tmp_path / "new.sqlite3"):
        database = Database(path)
        KnownUnits(database, wall=lambda: NOON, lasts=timedelta(days=1)).load()
        database.close()
    assert look(old) == look(tmp_path / "new.sqlite3")


def test_a_step_that_fails_leaves_the_file_as_it_was(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schema, "_STEPS", {2: f"{schema._STEPS[2]}; ALTER TABLE nothing ADD COLUMN x TEXT"})
    before = look(old)
    database = Database(old)
    with pytest.raises(DatabaseFault), database.writing():
        pass
    database.close()
    assert look(old) == before


def test_what_an_older_file_kept_is_known_although_the_disk_lets_nothing_be_changed(
    old: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or a full disk at the first start of a new version would make it forget every silent unit, and every lock."""
    monkeypatch.setattr(schema, "_STEPS", {2: "ALTER TABLE nothing ADD COLUMN x TEXT"})
    database = Database(old)
    assert KnownUnits(database, wall=lambda: NOON, lasts=timedelta(days=1)).load() == KEPT
    assert LockBook(database).all()["E001"]["name"] == "Sato"
    database.close()
