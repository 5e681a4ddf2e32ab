"""A disk that is full or read-only from the start on: the program starts, says so, stops the grid, ends (M10, M11)."""

import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.system.console import until
from tests.system.fake_grid import FakeGrid
from tests.system.program import Program, copy_checkout

POWERLESS = ["setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-all"]
"""Goes before a command line: root, who may otherwise write everywhere, obeys the modes of files as all others do."""


class OnBadDisk(Program):
    """A program that writes below `data`, by `before` put before its command line; no path of its own is given."""

    def __init__(self, checkout: Path, data: Path | None, before: list[str], grid: FakeGrid) -> None:
        super().__init__(checkout, checkout if data is None else data, "--log-level", "INFO", **grid.settings)
        given = iter(self.argv)
        kept = [word for word in given if not (word in ("--schedules", "--database") and next(given))]
        self.argv = [*before, *kept, *([] if data is None else ["--data", str(data)])]


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder that every user of this machine can look into; what was taken from its folders is given back."""
    folder = Path(tempfile.mkdtemp(prefix="bad-disk-"))
    folder.chmod(0o755)
    yield folder
    for path in [folder, *folder.rglob("*")]:
        if path.is_dir() and not path.is_symlink():
            path.chmod(0o755)
    shutil.rmtree(folder)


@pytest.fixture
def checkout(place: Path) -> Path:
    return copy_checkout(place / "checkout")


def read_only(folder: Path) -> list[str]:
    """Take the right to write in it and below; what goes before a command line so that this holds for it."""
    for path in [folder, *folder.rglob("*")]:
        if not path.is_symlink():
            path.chmod(stat.S_IMODE(path.stat().st_mode) & 0o555)
    if os.geteuid() != 0:
        return []
    if shutil.which("setpriv") is None:
        pytest.skip("root may write everywhere, and there is no setpriv to take that away.")
    return POWERLESS


def works_but_for_the_disk(program: Program, grid: FakeGrid, *, told: set[str]) -> None:
    """Both units are seen, a stop leaves and is seen to be done, the status tells what is not kept."""
    until(lambda: program.call("/get/status").json["data"]["live"] == len(grid.units), "the first picture", 60)
    status = program.call("/get/status", headers={"APIS-Sentences": "codes"})
    assert program.call("/stopAll").status == 200
    until(lambda: len([sent for sent in grid.sent if "mode=0x0000" in sent]) >= len(grid.units), "the Waits")
    for word in ("program.pidNotWritten", "program.logNotWritten"):
        assert (word.encode() in status.body) == (word in told), word
    assert program.call("/readyz").json["journal"]
    assert "Traceback" not in program.errors
    assert program.errors.count("the log cannot be written to") == ("program.logNotWritten" in told)
    assert "pid file cannot be written" in program.errors


def ends(program: Program) -> None:
    """In good order."""
    program.signal(signal.SIGTERM)
    assert program.wait(60) == 0, program.errors
    assert "Traceback" not in program.errors


BOTH = {"program.pidNotWritten", "program.logNotWritten"}


def test_a_full_disk(checkout: Path, place: Path, grid: FakeGrid) -> None:
    """M10: no byte can be written, but folders and empty files be made; stop.sh tells what it cannot find."""
    no_byte = ["sh", "-c", 'ulimit -f 0; exec "$@"', "sh"]
    with OnBadDisk(checkout, None, no_byte, grid) as program:
        works_but_for_the_disk(program, grid, told=BOTH)
        assert program.call("/setSchedule?operation=softStop&value=2090-01-01T00:00:00Z").status == 500
        stop = ["sh", str(checkout / "stop.sh")]
        done = subprocess.run(stop, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 1
        assert f"kill {program.process.pid}" in done.stderr
        ends(program)


@pytest.mark.parametrize("whole", [True, False], ids=["the folder", "a folder with all in it"])
def test_a_read_only_data_folder(checkout: Path, place: Path, grid: FakeGrid, whole: bool) -> None:
    """M11: empty, or one in which everything is and nothing can be changed."""
    data = place / "data"
    data.mkdir()
    if not whole:
        with OnBadDisk(checkout, data, [], grid) as program:
            until(lambda: program.call("/get/status").json["data"]["live"] == len(grid.units), "the first picture", 60)
            ends(program)
        assert (data / "journal" / "journal.sqlite3").is_file()
    with OnBadDisk(checkout, data, read_only(data), grid) as program:
        works_but_for_the_disk(program, grid, told=BOTH)
        assert program.call("/setSchedule?operation=softStop&value=2090-01-01T00:00:00Z").status == 500
        ends(program)


def test_a_read_only_checkout_with_data_elsewhere(checkout: Path, place: Path, grid: FakeGrid) -> None:
    """M11: nothing is missing then."""
    data = place / "data"
    data.mkdir()
    data.chmod(0o777)
    with OnBadDisk(checkout, data, read_only(checkout), grid) as program:
        until(lambda: program.call("/get/status").json["data"]["live"] == len(grid.units), "the first picture", 60)
        assert program.call("/get/status").json["notKept"] == []
        assert program.call("/setSchedule?operation=softStop&value=2090-01-01T00:00:00Z").status == 200
        stop = ["sh", str(checkout / "stop.sh"), "--data", str(data)]
        done = subprocess.run(stop, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0
        address = program.address.replace("127.0.0.1", "localhost")
        assert done.stdout.startswith(f"Stopped: {program.process.pid} ({address}, data in {data}, since 2")
        assert program.wait(30) == 0
    assert sorted(path.name for path in data.iterdir()) == ["journal", "log", "schedules"]
    assert not (checkout / "log").exists()


def test_a_disk_that_is_well_again_is_written_again(checkout: Path, place: Path, grid: FakeGrid) -> None:
    data = place / "data"
    data.mkdir()
    with OnBadDisk(checkout, data, read_only(data), grid) as program:
        works_but_for_the_disk(program, grid, told=BOTH)
        data.chmod(0o777)
        until(lambda: program.call("/get/status").json["notKept"] == [], "the end of it", 30)
        assert "lines are missing there" in (data / "log" / "main_controller.log").read_text("utf-8")
        until(lambda: program.call("/readyz").json["journal"] is None, "the journal", 30)
        assert program.call("/setSchedule?operation=softStop&value=2090-01-01T00:00:00Z").status == 200
        ends(program)


def test_a_named_data_folder_is_made_or_refused_in_one_sentence(checkout: Path, place: Path, grid: FakeGrid) -> None:
    """M11: one that cannot be made is more likely a slip of the pen than a disk that fails."""
    taken = place / "taken"
    taken.write_text("a file")
    for data, why in ((taken, "it is not a folder"), (taken / "below", "it cannot be made (Not a directory)")):
        done = subprocess.run(
            [sys.executable, str(checkout / "startMain.py"), "--data", str(data)],
            capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        assert (done.returncode, done.stderr) == (2, f"data: {data} is to hold all that is written, but {why}\n")
    new = place / "new" / "er"
    done = subprocess.run(
        [sys.executable, str(checkout / "startMain.py"), "--data", str(new), "--check-config"],
        capture_output=True, text=True, timeout=60, umask=0o022, check=False,
    )  # fmt: skip
    assert (done.returncode, new.exists()) == (0, False), "looking makes nothing"
    assert f"data = {new}  (the command line)" in done.stdout
    assert f"database = {new / 'journal' / 'journal.sqlite3'}  (default)" in done.stdout
