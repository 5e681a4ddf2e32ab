"""What is seen of files that are whole, damaged, locked away or not there; looking makes and changes nothing."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from main_controller.selfcheck.facts import Backed, FileMode, Kind, Schema
from main_controller.sentence import foreign
from main_controller.store.backup import LastBackup, last_path
from main_controller.store.backup.last import remember
from main_controller.store.condition import backed_up, kept_files, look_closely, modes_of, rooms_of, schema_of
from main_controller.store.database import Database
from main_controller.store.database.migrations import VERSION
from main_controller.store.history import History
from main_controller.store.journal import HeadsFile, Journal
from main_controller.store.journal.stages import Stage

NOW = datetime(2026, 5, 13, 3, 0, tzinfo=UTC)


class Place:
    """A database in use with some rows, and a history."""

    def __init__(self, folder: Path) -> None:
        self.database, self.history = folder / "journal.sqlite3", folder / "history.sqlite3"
        self.opened = Database(self.database)
        self.journal = Journal(self.opened, wall=lambda: NOW)
        for number in range(20):
            what = foreign(f"row {number}")
            self.journal.append("mode", by="the grid", unit_id=None, what=what, stage=Stage.EVENT)
        self.opened.write_once()
        HeadsFile(self.database).add(NOW, self.journal.head())
        self.slots = History(self.history, wall=lambda: NOW, megabytes=100)
        self.slots.write([])

    def looked(self) -> tuple[bool | None, bool | None, bool | None]:
        found = look_closely(self.database, self.history, self.database.parent / "log", wall=lambda: NOW)
        return found.integrity.well, found.chain.well, found.witness.well

    def spoil(self, statement: str) -> None:
        with closing(sqlite3.connect(self.database)) as connection, connection:
            connection.execute(statement)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def test_whole_files_are_whole_and_looking_changes_nothing(place: Place, tmp_path: Path) -> None:
    before = {path: path.read_bytes() for path in tmp_path.iterdir() if not path.name.endswith("-shm")}
    assert place.looked() == (True, True, True)
    kept_files(place.database, place.history, tmp_path / "schedules", tmp_path / "estop")
    assert schema_of(place.database) == Schema(VERSION, VERSION)
    assert {path: path.read_bytes() for path in tmp_path.iterdir() if not path.name.endswith("-shm")} == before


def _no_heads(place: Place) -> None:
    (place.database.parent / f"{place.database.name}.heads").write_text(f"{NOW.isoformat()} 99 {'a' * 64}\n", "utf-8")


def _no_database(place: Place) -> None:
    place.slots.close()
    place.history.write_bytes(b"no database" * 1000)


def _cut_pages(place: Place) -> None:
    """All pages but the first."""
    place.slots.close()
    content = place.history.read_bytes()
    place.history.write_bytes(content[:4096] + b"\xff" * (len(content) - 4096))


@pytest.mark.parametrize(
    ("spoil", "found"),
    [
        (lambda place: place.spoil("UPDATE journal SET what = 'other' WHERE id = 3"), (True, False, True)),
        (lambda place: place.spoil("DELETE FROM journal WHERE id > 10"), (True, False, False)),
        (_no_heads, (True, True, False)),
        (_no_database, (False, True, True)),
        (_cut_pages, (False, True, True)),
    ],
)
def test_what_was_spoilt_is_found(place: Place, spoil: Callable[[Place], None], found: tuple[bool | None, ...]) -> None:
    spoil(place)
    assert place.looked() == found


def test_a_journal_that_cannot_be_read_is_not_told_as_one_that_holds(place: Place) -> None:
    place.opened.close()
    place.slots.close()
    for path in place.database.parent.glob("journal.sqlite3*"):
        if not path.name.endswith(".heads"):
            path.unlink()
    assert place.looked() == (None, None, None)
    place.database.mkdir()
    assert place.looked() == (None, None, None)
    assert schema_of(place.database) is None


def test_without_a_file_there_is_no_version_and_what_is_none_has_none(tmp_path: Path) -> None:
    assert schema_of(tmp_path / "none.sqlite3") == Schema(0, VERSION)
    (tmp_path / "text").write_text("no database" * 100, "utf-8")
    assert schema_of(tmp_path / "text") is None


def test_modes_are_those_of_the_files_that_are_there(place: Place, tmp_path: Path) -> None:
    schedules = tmp_path / "schedules"
    schedules.mkdir(mode=0o700)
    (schedules / ".hidden").touch(0o644)
    (schedules / "E001-softStop").touch(0o640)
    remember(place.database, LastBackup(NOW, tmp_path / "b.zip"))
    (tmp_path / "b.zip").touch(0o600)
    (tmp_path / "b.zip").chmod(0o644)
    found = {
        one.path: one for one in modes_of(kept_files(place.database, place.history, schedules, tmp_path / "estop"))
    }
    assert found[str(schedules)] == FileMode(str(schedules), Kind.FOLDER, 0o700)
    assert found[str(tmp_path / "b.zip")] == FileMode(str(tmp_path / "b.zip"), Kind.DATA, 0o644)
    assert str(place.database) in found
    assert str(last_path(place.database)) in found
    assert [Path(one).name for one in found if one.startswith(f"{schedules}/")] == ["E001-softStop"]
    assert str(tmp_path / "estop") not in found


def test_a_file_whose_mode_cannot_be_seen_is_told_as_such(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (one,) = modes_of([(tmp_path / "file" / "below", Kind.DATA)])
    assert one.mode is None


def test_the_room_is_that_of_the_folders_that_are_there(tmp_path: Path) -> None:
    rooms = rooms_of([tmp_path, tmp_path / "none"])
    assert rooms is not None
    assert [(room.folder, 0 < room.free < room.total) for room in rooms] == [(str(tmp_path), True)]
    (tmp_path / "file").touch()
    assert rooms_of([tmp_path, tmp_path / "file" / "below"]) is None


def test_when_the_last_backup_was_made_is_read_or_cannot_be(tmp_path: Path) -> None:
    database = tmp_path / "journal.sqlite3"
    assert backed_up(database) == Backed(None)
    database.touch()
    remember(database, LastBackup(NOW, tmp_path / "b.zip"))
    assert backed_up(database) == Backed(NOW, str(tmp_path / "b.zip"))
    last_path(database).write_text("{", "utf-8")
    assert backed_up(database) is None
