"""Maintenance locks: a lock that is not on the disk is never said to be set, and none is forgotten."""

import logging
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from main_controller.errors import ControllerError, NotFound, Refused
from main_controller.store.database import Database
from main_controller.store.locks import CLUSTER, LockBook
from tests.store.disk import fill_up, make_room

NOON = datetime(2026, 5, 13, 12, tzinfo=UTC)
LOCK = {"name": "Ito", "reason": "replacing a fuse", "since": "2026-05-13T12:00:00.000+00:00"}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.sqlite3"


def test_without_a_lock_there_is_none(path: Path) -> None:
    assert LockBook(Database(path)).all() == {}


def test_a_lock_stands_at_once_and_after_a_restart(path: Path) -> None:
    book = LockBook(Database(path))
    assert book.set("E001", "Ito", "replacing a fuse", NOON) == LOCK
    book.set(CLUSTER, "Sato", "typhoon", NOON)
    assert book.all()["E001"] == LOCK
    again = LockBook(Database(path))
    assert again.all() == book.all()
    assert again.all()[""]["name"] == "Sato"


def test_its_holder_may_change_the_reason_but_not_since_when(path: Path) -> None:
    book = LockBook(Database(path))
    book.set("E001", "Ito", "replacing a fuse", NOON)
    book.set("E001", "Ito", "and a cable", NOON + timedelta(hours=1))
    assert book.all()["E001"] == {**LOCK, "reason": "and a cable"}


def test_nobody_else_sets_or_takes_off_a_lock(path: Path) -> None:
    book = LockBook(Database(path))
    book.set("E001", "Ito", "replacing a fuse", NOON)
    with pytest.raises(Refused, match=r"E001 is locked by Ito since 2026-05-13 12:00 UTC \(replacing a fuse\)\."):
        book.set("E001", "Sato", "mine now", NOON)
    with pytest.raises(Refused, match="E001 is locked by Ito; only that name"):
        book.clear("E001", "Sato")
    assert LockBook(Database(path)).all() == {"E001": LOCK}


@pytest.mark.parametrize(("kept", "typed"), [("Sato ", "Sato"), ("か\u3099", "が"), ("佐藤\u3000一郎", "佐藤 一郎")])
def test_a_lock_is_taken_off_by_whoever_types_what_reads_the_same(path: Path, kept: str, typed: str) -> None:
    """M15: also one that an earlier version kept as it was typed."""
    LockBook(Database(path)).set("E001", kept, "replacing a fuse", NOON)
    book = LockBook(Database(path))
    assert book.set("E001", typed, "and a cable", NOON)["name"] == typed
    assert book.clear("E001", kept)["reason"] == "and a cable"


def test_a_lock_is_taken_off_by_its_name_for_good(path: Path) -> None:
    book = LockBook(Database(path))
    book.set("E001", "Ito", "replacing a fuse", NOON)
    book.set("E002", "Ito", "replacing a fuse", NOON)
    assert book.clear("E001", "Ito") == LOCK
    assert set(book.all()) == {"E002"}
    assert set(LockBook(Database(path)).all()) == {"E002"}


@pytest.mark.parametrize(("scope", "who"), [("E001", "E001"), (CLUSTER, "The cluster")])
def test_there_must_be_a_lock_to_take_off(path: Path, scope: str, who: str) -> None:
    with pytest.raises(NotFound, match=f"{who} is not locked"):
        LockBook(Database(path)).clear(scope, "Ito")


def test_a_lock_that_is_not_on_the_disk_is_not_set(path: Path) -> None:
    database = Database(path)
    book = LockBook(database)
    fill_up(database)
    with pytest.raises(ControllerError, match=r"E001 was not locked: .*the disk is full"):
        book.set("E001", "Ito", "x" * 100_000, NOON)
    assert book.all() == {}
    make_room(database)
    book.set("E001", "Ito", "replacing a fuse", NOON)
    assert LockBook(Database(path)).all() == {"E001": LOCK}


def test_a_lock_that_could_not_be_taken_off_stands(path: Path) -> None:
    database = Database(path)
    book = LockBook(database)
    book.set("E001", "Ito", "replacing a fuse", NOON)
    with database.writing() as connection:
        connection.execute("CREATE TRIGGER stuck BEFORE DELETE ON locks BEGIN SELECT RAISE(ABORT, 'stuck'); END")
    with pytest.raises(ControllerError, match=r"E001 is still locked: .*stuck"):
        book.clear("E001", "Ito")
    assert book.all() == {"E001": LOCK}


def test_while_the_locks_cannot_be_read_the_cluster_is_locked(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A restart on a broken disk must not let Run through where somebody works on a unit."""
    database = Database(path)
    LockBook(database).set("E001", "Ito", "replacing a fuse", NOON)
    database.close()
    good = path.read_bytes()
    path.write_bytes(b"no database " * 1000)
    book = LockBook(Database(path), wall=lambda: NOON)
    lock = book.all()[CLUSTER]
    assert lock["name"] == "Main Controller"
    assert "cannot be read" in lock["reason"]
    assert lock["since"] == "2026-05-13T12:00:00.000+00:00"
    book.all()
    assert [record.levelno for record in caplog.records] == [logging.ERROR]
    with pytest.raises(ControllerError, match="cannot be read"):
        book.clear(CLUSTER, "Main Controller")
    with pytest.raises(ControllerError, match="cannot be read"):
        book.set("E002", "Ito", "too", NOON)
    path.write_bytes(good)
    caplog.set_level(logging.INFO)
    assert book.all() == {"E001": LOCK}
    assert caplog.records[-1].message == "the locks can be read again: 1 stand"


def test_who_asks_gets_a_picture_that_no_later_change_touches(path: Path) -> None:
    book = LockBook(Database(path))
    before = book.all()
    book.set("E001", "Ito", "replacing a fuse", NOON)
    after = book.all()
    book.clear("E001", "Ito")
    assert (before, after) == ({}, {"E001": LOCK})
