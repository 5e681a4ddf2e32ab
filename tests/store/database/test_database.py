"""The one SQLite file: what a write promises, what a fault becomes, and how it comes back."""

import os
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from main_controller.errors import ControllerError
from main_controller.store.database import Database, DatabaseFault
from main_controller.store.database.migrations import VERSION
from tests.store.disk import fill_up, make_room

COUNT = "SELECT count(*) FROM running"


def put(database: Database, key: str, text: str = "{}") -> None:
    with database.writing() as connection:
        connection.execute("INSERT INTO running VALUES (?, ?)", (key, text))


def write_half(connection: sqlite3.Connection) -> None:
    connection.execute("INSERT INTO running VALUES ('p1', '{}')")
    raise KeyError("the caller's own fault")


def count(database: Database) -> int:
    with database.reading() as connection:
        return int(connection.execute(COUNT).fetchone()[0])


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal" / "journal.sqlite3"


def test_what_was_written_is_there_after_a_restart(path: Path) -> None:
    first = Database(path)
    put(first, "p1")
    first.close()
    second = Database(path)
    assert count(second) == 1
    second.close()


def test_another_program_sees_a_committed_row_while_we_run(path: Path) -> None:
    database = Database(path)
    put(database, "p1")
    with closing(sqlite3.connect(path)) as other, other:
        assert other.execute(COUNT).fetchone() == (1,)
        assert other.execute("PRAGMA user_version").fetchone() == (VERSION,)
        assert other.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    other.close()
    database.close()


def test_a_write_is_flushed_to_the_disk_at_commit(path: Path) -> None:
    database = Database(path)
    with database.writing() as connection:
        assert connection.execute("PRAGMA synchronous").fetchone()[0] == 2
    database.close()


def test_a_block_that_raises_leaves_nothing_written(path: Path) -> None:
    database = Database(path)
    with pytest.raises(KeyError), database.writing() as connection:
        write_half(connection)
    assert count(database) == 0
    put(database, "p2")
    assert count(database) == 1
    database.close()


def test_a_full_disk_is_one_sentence_and_the_file_works_again_with_room(path: Path) -> None:
    database = Database(path)
    put(database, "p1")
    fill_up(database)
    with pytest.raises(DatabaseFault, match=r"journal\.sqlite3 cannot be written: the disk is full"):
        put(database, "p2", "x" * 100_000)
    assert count(database) == 1
    make_room(database)
    put(database, "p2", "x" * 100_000)
    assert count(database) == 2
    database.close()


def test_a_reader_cannot_write(path: Path) -> None:
    database = Database(path)
    put(database, "p1")
    with pytest.raises(DatabaseFault, match="read-only"), database.reading() as connection:
        connection.execute("DELETE FROM running")
    assert count(database) == 1
    database.close()


def test_a_reader_never_waits_for_a_write_in_hand(path: Path) -> None:
    database = Database(path)
    put(database, "p1")
    with database.writing() as connection:
        connection.execute("INSERT INTO running VALUES ('p2', '{}')")
        assert count(database) == 1
    assert count(database) == 2
    database.close()


def test_a_write_that_hangs_makes_the_next_one_fail_instead_of_hanging_too(path: Path) -> None:
    database = Database(path, patience=0.05)
    put(database, "p1")
    held, release = threading.Event(), threading.Event()

    def hang() -> None:
        with database.writing():
            held.set()
            release.wait(10)

    thread = threading.Thread(target=hang)
    thread.start()
    assert held.wait(10)
    with pytest.raises(DatabaseFault, match="another write to it hangs"):
        put(database, "p2")
    release.set()
    thread.join(10)
    put(database, "p2")
    database.close()


def test_a_file_that_another_program_locks_is_said_so(path: Path) -> None:
    database = Database(path, patience=0.05)
    put(database, "p1")
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(DatabaseFault, match="another program holds it"):
        put(database, "p2")
    other.execute("ROLLBACK")
    other.close()
    put(database, "p2")
    database.close()


@pytest.mark.parametrize("content", [b"this is no database " * 100, b"SQLite format 3\x00" + b"\xff" * 4096])
def test_a_damaged_file_is_a_fault_and_is_left_as_it_was(path: Path, content: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    database = Database(path)
    with pytest.raises(DatabaseFault, match=r"journal.sqlite3 cannot be written: it is (not a database|damaged)"):
        put(database, "p1")
    with pytest.raises(DatabaseFault, match="cannot be read"):
        count(database)
    assert path.read_bytes() == content


def test_another_programs_database_is_refused_and_left_as_it_was(path: Path) -> None:
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as other, other:
        other.execute("CREATE TABLE theirs (x)")
    other.close()
    database = Database(path)
    with pytest.raises(ControllerError, match="another program's database"):
        put(database, "p1")
    with pytest.raises(ControllerError, match="another program's database"):
        count(database)
    with closing(sqlite3.connect(path)) as other, other:
        assert other.execute("SELECT name FROM sqlite_master").fetchall() == [("theirs",)]
    other.close()


def test_a_file_of_a_newer_version_is_refused(path: Path) -> None:
    database = Database(path)
    put(database, "p1")
    database.close()
    with closing(sqlite3.connect(path)) as other, other:
        other.execute(f"PRAGMA user_version = {VERSION + 1}")
    other.close()
    with pytest.raises(ControllerError, match="newer version"):
        put(Database(path), "p2")


def test_a_folder_in_the_files_place_is_a_fault(path: Path) -> None:
    path.mkdir(parents=True)
    with pytest.raises(DatabaseFault, match="it is no file"):
        put(Database(path), "p1")


def test_a_file_in_the_folders_place_is_a_fault(path: Path) -> None:
    path.parent.write_text("a file")
    with pytest.raises(DatabaseFault, match="cannot be written"):
        put(Database(path), "p1")


def test_a_file_removed_while_we_run_is_said_and_made_anew(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    database = Database(path)
    put(database, "p1")
    for leftover in path.parent.iterdir():
        leftover.unlink()
    put(database, "p2")
    assert "was removed or replaced while the program ran" in caplog.text
    assert count(database) == 1
    with closing(sqlite3.connect(path)) as other, other:
        assert other.execute("SELECT id FROM running").fetchall() == [("p2",)]
    other.close()
    database.close()


def test_without_a_path_everything_goes_with_the_object() -> None:
    database = Database(None)
    put(database, "p1")
    assert count(database) == 1
    folder = database.path.parent
    assert folder.is_dir()
    database.close()
    del database
    assert not folder.exists()


def test_many_threads_read_and_write_without_losing_a_row(path: Path) -> None:
    database = Database(path)
    seen: list[int] = []

    def work(name: int) -> None:
        for index in range(20):
            put(database, f"{name}-{index}")
            seen.append(count(database))

    threads = [threading.Thread(target=work, args=(name,)) for name in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert count(database) == 80
    assert len(seen) == 80
    assert max(seen) == 80
    database.close()


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir, lambda path: Path(path).symlink_to("/dev/zero")])
def test_what_is_no_file_is_refused_and_never_waited_for(path: Path, make: Callable[[Path], None]) -> None:
    """To open a pipe for reading takes until somebody writes: the program never came up, and stopped nothing."""
    path.parent.mkdir()
    make(path)
    database = Database(path)
    outcome: list[str] = []

    def look() -> None:
        for use in (count, lambda database: put(database, "p1")):
            with pytest.raises(DatabaseFault, match="it is no file") as fault:
                use(database)
            outcome.append(fault.value.sentence)

    looking = threading.Thread(target=look, daemon=True)
    looking.start()
    looking.join(20.0)
    assert outcome == [f"journal.sqlite3 cannot be {done}: it is no file." for done in ("read", "written")]
