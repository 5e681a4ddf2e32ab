"""M16: a file moved aside, removed or replaced under the program is noticed, and what counts is in the new one."""

import logging
import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from main_controller.domain.freshness import Remembered
from main_controller.errors import ControllerError
from main_controller.store.database import Database
from main_controller.store.journal import Journal, Stage
from main_controller.store.journal.check import verify_journal
from main_controller.store.known_units import KnownUnits
from main_controller.store.locks import LockBook
from main_controller.store.running import RunningProcedures
from tests.store.database.old_files import old_file

NOON = datetime(2026, 5, 13, 12, tzinfo=UTC)


class Site:
    """Every client of one database, each with something to lose."""

    def __init__(self, path: Path, *, patience: float = 2.0) -> None:
        self.database = Database(path, patience=patience)
        self.journal = Journal(self.database, wall=lambda: NOON)
        self.known = KnownUnits(self.database, wall=lambda: NOON, lasts=timedelta(hours=24))
        self.locks = LockBook(self.database)
        self.running = RunningProcedures(self.database)
        self.told: list[str] = []
        self.database.replaced_is_told(self.told.append)

    def fill(self) -> None:
        self.known.acknowledge("E001", "0x0014", "anna", NOON)
        self.known.forget("E002", "Sato", "scrapped", NOON)
        self.locks.set("E001", "Ito", "fuse", NOON)
        self.running.save({"id": "c40"})
        self.append("before", command_id="c41")
        self.database.write_once()

    def append(self, what: str, **more: Any) -> None:
        self.journal.append("order", by="x", unit_id=None, what=what, **more)


def locks_in(path: Path) -> dict[str, str]:
    """Who holds which lock, as the file says."""
    with closing(Database(path)) as database:
        return {scope: lock["name"] for scope, lock in LockBook(database).all().items()}


def running_in(path: Path) -> list[str]:
    """The ids of the running procedures, as the file says."""
    with closing(Database(path)) as database:
        return [record["id"] for record in RunningProcedures(database).load()]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "journal.sqlite3"


@pytest.fixture
def site(path: Path) -> Iterator[Site]:
    with closing(Database(path)) as database, database.writing():
        pass
    shutil.copyfile(path, path.with_name("before"))
    site = Site(path)
    site.fill()
    yield site
    site.database.close()


def moved_aside(path: Path) -> None:
    path.rename(path.with_name("aside.sqlite3"))


def moved_with_all(path: Path) -> None:
    (path.parent / "aside").mkdir()
    for file in list(path.parent.glob("journal.sqlite3*")):
        file.rename(path.parent / "aside" / file.name)


def removed(path: Path) -> None:
    for file in list(path.parent.glob("journal.sqlite3*")):
        file.unlink()


def folder_moved(path: Path) -> None:
    path.parent.rename(path.parent.with_name("aside"))


def folder_removed(path: Path) -> None:
    shutil.rmtree(path.parent)


def replaced_by_an_old_version(path: Path) -> None:
    old_file(path.with_name("other"), 3).replace(path)


def overwritten_by_a_copy_from_before(path: Path) -> None:
    shutil.copyfile(path.with_name("before"), path)


def overwritten_by_an_old_version(path: Path) -> None:
    """As `cp` does it: the same file with another content."""
    shutil.copyfile(old_file(path.with_name("other"), 3), path)


def emptied(path: Path) -> None:
    path.write_bytes(b"")


WAYS = [
    moved_aside, moved_with_all, removed, folder_moved, folder_removed, replaced_by_an_old_version,
    overwritten_by_a_copy_from_before, overwritten_by_an_old_version, emptied,
]  # fmt: skip


@pytest.mark.parametrize("way", WAYS)
def test_it_is_told_at_the_next_look_though_nothing_waits_and_everything_is_there_after_a_restart(
    site: Site, path: Path, way: Callable[[Path], None], caplog: pytest.LogCaptureFixture
) -> None:
    way(path)
    site.database.write_once()
    assert [r.levelno for r in caplog.records if "was removed or replaced" in r.message] == [logging.ERROR]
    assert len(site.told) == 1
    assert "Locks, known units, accounts and running procedures are in the new one" in site.told[0]
    site.database.write_once()
    assert len(site.told) == 1
    site.database.close()
    again = Site(path)
    assert again.locks.all()["E001"]["name"] == "Ito"
    assert again.known.load()["E001"].acknowledged_by == "anna"
    assert set(again.known.forgotten()) == {"E002"}
    assert {"id": "c40"} in again.running.load()
    assert again.journal.last_command_number() == 41
    again.database.close()
    assert verify_journal(path)[0] == 0


@pytest.mark.parametrize("way", WAYS)
def test_the_journal_says_where_it_goes_on_from(site: Site, path: Path, way: Callable[[Path], None]) -> None:
    last = site.journal.head()
    way(path)
    site.append("after")
    site.database.write_once()
    row, after = list(site.journal.stream())[-2:]
    assert (row["kind"], row["stage"], row["by"]) == ("replaced", "replaced", "journal")
    assert row["after"] == {"lastId": last.id, "lastHash": last.hash}
    assert after["what"] == "after"
    assert site.journal.last_stage(Stage.STARTED, Stage.ENDED, Stage.REPLACED) is Stage.REPLACED


def test_the_file_that_was_moved_aside_is_whole(site: Site, path: Path) -> None:
    moved_aside(path)
    site.database.write_once()
    code, text = verify_journal(path.with_name("aside.sqlite3"))
    assert (code, "holds: 1 rows" in text) == (0, True)


def test_a_content_that_was_put_in_place_stays_as_it_is_under_what_is_added(site: Site, path: Path) -> None:
    """Not a page of the file in use is mixed into it, of which part stood in the write-ahead log only."""
    for number in range(50):
        site.append(f"row {number} {'x' * 3000}")
        site.database.write_once()
    other = Site(path.with_name("other"))
    for number in range(200):
        other.append(f"theirs {number}")
    other.database.write_once()
    other.database.close()
    shutil.copyfile(path.with_name("other"), path)
    site.append("after")
    site.database.write_once()
    whats = [row["what"] for row in site.journal.stream()]
    assert whats[:200] == [f"theirs {number}" for number in range(200)]
    assert whats[201:] == ["after"]
    site.database.close()
    assert verify_journal(path)[0] == 0
    connection = sqlite3.connect(path)
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()


def test_what_is_no_database_in_its_place_is_a_fault_until_there_is_one(site: Site, path: Path) -> None:
    path.write_bytes(b"no database " * 1000)
    with pytest.raises(ControllerError, match="not a database"):
        site.database.write_once()
    assert "not a database" in (site.journal.fault or "")
    assert path.read_bytes() == b"no database " * 1000
    path.unlink()
    site.database.write_once()
    assert (site.journal.fault, len(site.told)) == (None, 1)
    assert locks_in(path)["E001"] == "Ito"


def test_a_reader_that_keeps_the_log_in_use_costs_no_row_and_spoils_nothing(
    site: Site, path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    site.database.close()
    site = Site(path, patience=0.05)
    site.append("in the log only")
    site.database.write_once()
    reader = sqlite3.connect(path, isolation_level=None)
    reader.execute("BEGIN")
    assert reader.execute("SELECT count(*) FROM journal").fetchone() == (2,)
    site.append("after that")
    site.database.write_once()
    moved_aside(path)
    site.append("in the new one")
    site.database.write_once()
    reader.close()
    site.database.close()
    assert verify_journal(path)[0] == 0
    again = Site(path)
    assert [row["what"] for row in again.journal.stream()][1:] == ["in the new one"]
    again.database.close()
    assert "journal.sqlite3-wal.left holds what the file that is gone lacks" in caplog.text
    path.with_name("journal.sqlite3-wal.left").rename(path.with_name("aside.sqlite3-wal"))
    code, text = verify_journal(path.with_name("aside.sqlite3"))
    assert (code, "holds: 3 rows" in text) == (0, True)


def test_a_lock_of_the_file_that_was_put_in_place_stands_too(
    site: Site, path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Somebody may work where only that file knows of it; whoever knows better takes it off by its name."""
    other = Site(path.with_name("other"))
    other.locks.set("E009", "Sato", "cabling", NOON)
    other.locks.set("E001", "Sato", "not any more", NOON)
    other.database.close()
    path.with_name("other").replace(path)
    site.database.write_once()
    expected = {"E001": "Ito", "E009": "Sato"}
    assert {scope: lock["name"] for scope, lock in site.locks.all().items()} == expected
    assert "E009 is locked, as the file says that was put in place" in caplog.text
    assert locks_in(path) == expected
    site.locks.clear("E009", "Sato")
    assert set(locks_in(path)) == {"E001"}


def test_whoever_writes_first_finds_all_of_it_there(site: Site, path: Path) -> None:
    """A lock set or taken off, a step saved, a page read: each before the writer looked."""
    removed(path)
    assert [row["kind"] for row in site.journal.page()[0]] == ["replaced"]
    removed(path)
    site.locks.set("E005", "Ito", "fuse", NOON)
    assert set(locks_in(path)) == {"E001", "E005"}
    removed(path)
    site.locks.clear("E001", "Ito")
    assert set(locks_in(path)) == {"E005"}
    removed(path)
    site.running.remove("c40")
    assert running_in(path) == []
    removed(path)
    site.running.save({"id": "c44"})
    assert running_in(path) == ["c44"]
    site.database.write_once()
    assert len(site.told) == 5


def test_while_no_file_can_be_made_it_is_a_fault_and_then_all_is_written(site: Site, path: Path) -> None:
    folder_removed(path)
    path.parent.write_text("a file where the folder was")
    site.append("meanwhile")
    for _ in range(2):
        with pytest.raises(ControllerError, match="cannot be written"):
            site.database.write_once()
    assert "cannot be written" in (site.journal.fault or "")
    assert site.told == []
    path.parent.unlink()
    site.database.write_once()
    assert site.journal.fault is None
    assert len(site.told) == 1
    assert locks_in(path)["E001"] == "Ito"
    assert [row["what"] for row in site.journal.stream()][1:] == ["meanwhile"]


@pytest.mark.parametrize("way", [moved_aside, replaced_by_an_old_version])
def test_a_file_that_goes_amid_a_transaction_is_missed_by_the_next(
    site: Site, path: Path, way: Callable[[Path], None]
) -> None:
    with site.database.writing() as connection:
        connection.execute("INSERT INTO running VALUES ('c50', '{}')")
        way(path)
    site.database.write_once()
    assert len(site.told) == 1
    assert locks_in(path)["E001"] == "Ito"


def test_a_missing_file_is_a_fault_though_nothing_waits(site: Site, path: Path) -> None:
    folder_removed(path)
    path.parent.write_text("a file where the folder was")
    with pytest.raises(ControllerError, match="cannot be written"):
        site.database.write_once()
    assert "cannot be written" in (site.journal.fault or "")
    path.parent.unlink()
    site.database.write_once()
    assert site.journal.fault is None


def test_what_the_clients_write_is_there_whole_or_the_file_is_not_ours_yet(site: Site, path: Path) -> None:
    """A client that fails leaves no file with half of it, to be taken for everything after a kill."""
    removed(path)
    full = [True]

    def refuse(connection: sqlite3.Connection) -> None:
        if full[0]:
            raise sqlite3.OperationalError("so it is")

    site.database.restored_by(refuse)
    with pytest.raises(ControllerError, match="so it is"):
        site.database.write_once()
    connection = sqlite3.connect(path)
    assert connection.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,)
    connection.close()
    full[0] = False
    site.database.write_once()
    assert locks_in(path)["E001"] == "Ito"


def test_a_file_that_is_closed_in_good_order_may_be_another_when_it_is_used_again(
    site: Site, path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    site.database.close()
    removed(path)
    site.append("again")
    site.database.write_once()
    assert caplog.records == []
    assert site.told == []


def test_what_others_may_do_to_the_file_loses_no_row_and_is_not_told(site: Site, path: Path) -> None:
    """It is touched, looked at with another program, or its write-ahead log is moved into it."""
    rows = ["before"]
    for number in range(30):
        rows.append(f"row {number}")
        site.append(rows[-1])
        site.database.write_once()
        if number % 3 == 0:
            path.touch()
        elif number % 3 == 1:
            other = sqlite3.connect(path)
            other.execute("PRAGMA wal_checkpoint(PASSIVE)")
            other.execute("INSERT OR REPLACE INTO running VALUES ('theirs', '{}')")
            other.commit()
            other.close()
    site.database.write_once()
    assert site.told == []
    site.database.close()
    assert rows_of(path) == rows


def test_a_file_that_only_grew_or_was_read_by_others_is_the_same(site: Site, path: Path) -> None:
    """Also where SQLite moves the write-ahead log into it by itself."""
    before = path.stat().st_size
    for _ in range(40):
        for _ in range(10):
            site.append("x" * 3900, after="y" * 20_000)
        site.database.write_once()
        assert verify_journal(path)[0] == 0
        locks_in(path)
    assert path.stat().st_size > before
    assert site.told == []
    assert Remembered("E001", "0x0014").unit_id in site.known.load()


def test_a_file_that_goes_at_any_instant_of_a_busy_writer_is_told_each_time(site: Site, path: Path) -> None:
    """And no row is in none of the files, or in two."""
    ended, rows = threading.Event(), ["before"]

    def write() -> None:
        while not ended.is_set():
            rows.append(f"row {len(rows)}")
            site.append(rows[-1])
            site.database.write_once()

    writer = threading.Thread(target=write)
    writer.start()
    pause = threading.Event()
    for number in range(1, 101):
        path.rename(path.with_name(f"aside.{number}"))
        for _ in range(1000):
            if len(site.told) == number:
                break
            pause.wait(0.01)
        if len(site.told) != number:
            break
    ended.set()
    writer.join(10)
    assert len(site.told) == 100
    assert locks_in(path)["E001"] == "Ito"
    site.database.close()
    found = [row for file in [*sorted(path.parent.glob("aside.*"), key=number_of), path] for row in rows_of(file)]
    assert found == rows


def number_of(path: Path) -> int:
    return int(path.suffix.removeprefix("."))


def rows_of(path: Path) -> list[str]:
    """What was ordered, by a journal that holds."""
    assert verify_journal(path)[0] == 0
    connection = sqlite3.connect(path)
    found = [str(row[0]) for row in connection.execute("SELECT what FROM journal WHERE kind = 'order' ORDER BY id")]
    connection.close()
    return found
