"""One program at a time on its data: the folder's lock, however the folder is spelled, and who is named."""

import errno
import json
import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from main_controller.store.data_lock import DataLock, InUse, data_folders

NOON = datetime(2026, 5, 13, 12, tzinfo=UTC)

OTHER = """
import os, sys
from datetime import UTC, datetime
from pathlib import Path
from main_controller.store.data_lock import DataLock, InUse, data_folders
lock = DataLock(wall=lambda: datetime(2026, 5, 13, 12, tzinfo=UTC))
try:
    lock.hold(data_folders(Path(sys.argv[1]), Path(sys.argv[2])))
except InUse as fault:
    sys.exit(fault.sentence)
lock.tell("http://localhost:4382/")
if sys.argv[3:] == ["fork"] and os.fork():
    os._exit(0)
print(os.getpid(), flush=True)
sys.stdin.read()
"""


class Others:
    """Other processes that hold folders; all are gone after the test."""

    def __init__(self) -> None:
        self._processes: list[subprocess.Popen[str]] = []

    def start(self, journal: Path, schedules: Path, *more: str, cwd: Path | None = None) -> subprocess.Popen[str]:
        """One that has the lock when this returns."""
        root = Path(__file__).resolve().parents[2]
        process = subprocess.Popen(
            [sys.executable, "-c", OTHER, str(journal), str(schedules), *more],
            cwd=cwd, env={"PYTHONPATH": str(root)}, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        self._processes.append(process)
        assert process.stdout is not None
        assert process.stdout.readline().strip().isdecimal()
        return process

    def end(self) -> None:
        """Kill what still runs."""
        for process in self._processes:
            process.kill()
            process.communicate(timeout=30)


@pytest.fixture
def others() -> Iterator[Others]:
    started = Others()
    yield started
    started.end()


def take(journal: Path, schedules: Path) -> DataLock:
    """What the controller does at its start."""
    lock = DataLock(wall=lambda: NOON)
    lock.hold(data_folders(journal, schedules))
    return lock


def refused(journal: Path, schedules: Path) -> str:
    """The sentence with which a second program is refused."""
    with pytest.raises(InUse) as refusal:
        take(journal, schedules)
    return refusal.value.sentence


def test_a_second_program_is_refused_and_told_which_is_the_first(tmp_path: Path, others: Others) -> None:
    journal, schedules = tmp_path / "journal" / "j.sqlite3", tmp_path / "schedules"
    first = others.start(journal, schedules)
    sentence = refused(journal, schedules)
    assert str(journal.parent) in sentence or str(schedules) in sentence
    assert f"process {first.pid}, which answers at http://localhost:4382/" in sentence
    assert "started 2026-05-13 12:00 UTC" in sentence


@pytest.mark.parametrize("shared", ["database", "schedules"])
def test_one_shared_folder_is_enough_and_names_the_setting(tmp_path: Path, others: Others, shared: str) -> None:
    first = others.start(tmp_path / "journal" / "j.sqlite3", tmp_path / "schedules")
    own = {"database": tmp_path / "other" / "j.sqlite3", "schedules": tmp_path / "own"}
    own[shared] = {"database": tmp_path / "journal" / "k.sqlite3", "schedules": tmp_path / "schedules"}[shared]
    sentence = refused(own["database"], own["schedules"])
    assert f"setting {shared}" in sentence
    assert f"process {first.pid}" in sentence


def test_a_refused_start_leaves_its_other_folder_free(tmp_path: Path, others: Others) -> None:
    others.start(tmp_path / "journal" / "j.sqlite3", tmp_path / "schedules")
    refused(tmp_path / "other" / "j.sqlite3", tmp_path / "schedules")
    take(tmp_path / "other" / "j.sqlite3", tmp_path / "own").release()


def test_programs_with_folders_of_their_own_work_side_by_side(tmp_path: Path, others: Others) -> None:
    others.start(tmp_path / "a" / "j.sqlite3", tmp_path / "a" / "schedules")
    lock = take(tmp_path / "b" / "j.sqlite3", tmp_path / "b" / "schedules")
    lock.release()


def test_another_spelling_of_a_folder_is_the_same_folder(
    tmp_path: Path, others: Others, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A relative path, a folder that is a link, a journal that is a link to the file."""
    journal, schedules = tmp_path / "journal" / "j.sqlite3", tmp_path / "schedules"
    others.start(journal, schedules, cwd=tmp_path)
    (tmp_path / "link").symlink_to(tmp_path / "journal")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "k.sqlite3").symlink_to(journal)
    monkeypatch.chdir(tmp_path / "elsewhere")
    for spelling in (Path("../journal/j.sqlite3"), tmp_path / "link" / "j.sqlite3", Path("k.sqlite3")):
        assert "setting database" in refused(spelling, tmp_path / "own")
    (tmp_path / "plans").symlink_to(schedules)
    assert "setting schedules" in refused(tmp_path / "other" / "j.sqlite3", tmp_path / "plans")


def test_one_folder_for_both_is_no_conflict_with_oneself(tmp_path: Path, others: Others) -> None:
    lock = take(tmp_path / "both" / "j.sqlite3", tmp_path / "both")
    lock.release()
    others.start(tmp_path / "both" / "j.sqlite3", tmp_path / "both")
    assert "another program: process" in refused(tmp_path / "both" / "j.sqlite3", tmp_path / "own")


def test_the_lock_goes_with_the_process_however_it_ends(tmp_path: Path, others: Others) -> None:
    """SIGKILL leaves its note behind; it binds nobody and names nobody any more."""
    journal, schedules = tmp_path / "journal" / "j.sqlite3", tmp_path / "schedules"
    first = others.start(journal, schedules)
    first.kill()
    first.wait(timeout=30)
    assert json.loads((tmp_path / "journal" / ".in-use.json").read_text())["pid"] == first.pid
    lock = take(journal, schedules)
    assert json.loads((tmp_path / "journal" / ".in-use.json").read_text())["pid"] == os.getpid()
    lock.release()
    assert not (tmp_path / "journal" / ".in-use.json").exists()
    assert not (tmp_path / ".schedules.in-use.json").exists()


def test_a_child_that_outlives_the_program_keeps_nothing(tmp_path: Path, others: Others) -> None:
    """Neither one that was forked nor one that was started as a program."""
    first = others.start(tmp_path / "a" / "j.sqlite3", tmp_path / "a" / "schedules", "fork")
    first.wait(timeout=30)
    take(tmp_path / "a" / "j.sqlite3", tmp_path / "a" / "schedules").release()
    lock = take(tmp_path / "b" / "j.sqlite3", tmp_path / "b" / "schedules")
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, close_fds=False)
    try:
        lock.release()
        take(tmp_path / "b" / "j.sqlite3", tmp_path / "b" / "schedules").release()
    finally:
        child.communicate(b"\n", timeout=30)


@pytest.mark.parametrize(
    "text", [None, "", "rubbish", "[]", '{"pid": "x"}', '{"pid": 4194305, "address": "", "since": ""}']
)
def test_a_first_that_left_no_note_is_another_program(tmp_path: Path, others: Others, text: str | None) -> None:
    journal = tmp_path / "journal" / "j.sqlite3"
    others.start(journal, tmp_path / "schedules")
    note = tmp_path / "journal" / ".in-use.json"
    note.unlink()
    if text is not None:
        note.write_text(text)
    assert "is in use by another program; end that one first" in refused(journal, tmp_path / "own")


def test_a_folder_of_schedules_holds_no_file_of_the_lock(tmp_path: Path) -> None:
    """What lies in it is taken for a schedule."""
    lock = take(tmp_path / "journal" / "j.sqlite3", tmp_path / "schedules")
    assert list((tmp_path / "schedules").iterdir()) == []
    lock.release()


@pytest.mark.parametrize("number", [errno.ENOTSUP, errno.ENOLCK, errno.EBADF, errno.ENOSYS])
def test_a_file_system_without_locks_keeps_nobody_from_starting(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, number: int
) -> None:
    """NFS, which locks only what is open for writing, among them: a warning for each folder."""

    def flock(_descriptor: int, _operation: int) -> None:
        raise OSError(number, os.strerror(number))

    lock = DataLock(wall=lambda: NOON, flock=flock)
    with caplog.at_level(logging.WARNING):
        lock.hold(data_folders(tmp_path / "journal" / "j.sqlite3", tmp_path / "schedules"))
    warnings = [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING]
    assert len(warnings) == 2
    assert all(os.strerror(number) in warning and "second program" in warning for warning in warnings)
    lock.release()


def test_a_folder_that_cannot_be_made_is_told_and_locked_by_nobody(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Whoever uses it says whether that keeps the program from starting."""
    (tmp_path / "blocked").write_text("a file")
    lock = take(tmp_path / "blocked" / "j.sqlite3", tmp_path / "schedules")
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    lock.release()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere: nothing is read-only to it")
def test_a_folder_that_cannot_be_written_is_locked_all_the_same(tmp_path: Path, others: Others) -> None:
    folder = tmp_path / "journal"
    folder.mkdir(0o500)
    others.start(folder / "j.sqlite3", tmp_path / "schedules")
    assert "is in use by another program; end that one first" in refused(folder / "j.sqlite3", tmp_path / "own")


def test_a_disk_that_takes_no_note_is_no_fault(tmp_path: Path, others: Others) -> None:
    (tmp_path / "journal" / ".in-use.json").mkdir(parents=True)
    others.start(tmp_path / "journal" / "j.sqlite3", tmp_path / "schedules")
    assert "is in use by another program; end that one first" in refused(
        tmp_path / "journal" / "j.sqlite3", tmp_path / "own"
    )


def test_a_folder_in_the_place_of_one_that_was_moved_is_held_too(tmp_path: Path) -> None:
    """M16: or a second program starts on the new one."""
    journal, schedules = tmp_path / "journal" / "j.sqlite3", tmp_path / "schedules"
    lock = take(journal, schedules)
    lock.tell("http://localhost:4382/")
    journal.parent.rename(tmp_path / "aside")
    lock.follow()
    assert "answers at http://localhost:4382/" in refused(journal, tmp_path / "own")
    assert "setting database" in refused(tmp_path / "aside" / "j.sqlite3", tmp_path / "own")
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(3):
        lock.follow()
    assert len(list(Path("/proc/self/fd").iterdir())) == before
    lock.release()
    take(journal, schedules).release()


def test_another_program_in_the_place_of_a_moved_folder_is_said_and_stays_named(
    tmp_path: Path, others: Others, caplog: pytest.LogCaptureFixture
) -> None:
    journal, schedules = tmp_path / "journal" / "j.sqlite3", tmp_path / "schedules"
    lock = take(journal, schedules)
    journal.parent.rename(tmp_path / "aside")
    other = others.start(journal, tmp_path / "own")
    lock.follow()
    assert [record.levelno for record in caplog.records] == [logging.ERROR]
    assert f"process {other.pid}" in caplog.text
    assert json.loads((tmp_path / "journal" / ".in-use.json").read_text())["pid"] == other.pid
    lock.close()
