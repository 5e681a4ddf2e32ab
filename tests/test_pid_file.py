"""log/startMain.pid names the living processes that this checkout started, and no others."""

import errno
import fcntl
import os
import subprocess
import sys
from pathlib import Path

import pytest

from main_controller import pid_file
from main_controller.pid_file import NAME, SIMULATED_NAME, about_file, remove_pid_file, write_pid_file


def lines(root: Path) -> list[str]:
    """The file's lines."""
    return (root / NAME).read_text("ascii").splitlines()


def ended_process() -> int:
    """An id that was in use, and is no more."""
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait(timeout=30)
    return process.pid


def test_it_holds_this_process_once(tmp_path: Path) -> None:
    """However often it is written; the folder is made."""
    write_pid_file(tmp_path)
    write_pid_file(tmp_path)
    assert lines(tmp_path) == [str(os.getpid())]
    names = sorted(path.name for path in (tmp_path / "log").iterdir())
    assert names == [f"startMain.{os.getpid()}.about", "startMain.pid"]


def test_beside_it_stands_what_each_process_is(tmp_path: Path) -> None:
    """M13: for stop.sh to know it again and to say whose it is; it goes with its process."""
    write_pid_file(tmp_path, address="http://localhost:1/", since="2026-01-01T00:00:00+00:00")
    about = tmp_path / "log" / f"startMain.{os.getpid()}.about"
    assert about.read_text("utf-8").splitlines() == [
        "address=http://localhost:1/",
        f"data={tmp_path}",
        "since=2026-01-01T00:00:00+00:00",
        f"started={pid_file.started(os.getpid())}",
    ]
    left = tmp_path / "log" / f"startMain.{ended_process()}.about"
    left.write_text("of a killed one")
    write_pid_file(tmp_path)
    assert not left.exists()
    remove_pid_file(tmp_path)
    assert list((tmp_path / "log").iterdir()) == []


def test_an_id_that_another_process_has_now_is_dropped(tmp_path: Path) -> None:
    """The system gave it out again after a kill."""
    write_pid_file(tmp_path)
    (tmp_path / NAME).write_text(f"{os.getppid()}\n", "ascii")
    about = tmp_path / "log" / f"startMain.{os.getppid()}.about"
    about.write_text("started=1 of another boot\n")
    write_pid_file(tmp_path)
    assert lines(tmp_path) == [str(os.getpid())]
    assert not about.exists()


def test_a_disk_that_refuses_leaves_no_half_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: Path, *_: object, **__: object) -> int:
        self.touch()
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(OSError, match="No space left"):
        write_pid_file(tmp_path)
    assert list((tmp_path / "log").iterdir()) == []


def test_it_keeps_the_living_and_drops_the_dead_and_the_unreadable(tmp_path: Path) -> None:
    """A second program of this checkout is stopped too; a process that was killed is forgotten."""
    (tmp_path / "log").mkdir()
    (tmp_path / NAME).write_bytes(f"{os.getppid()}\n{ended_process()}\nrubbish\n\xff\n-1\n".encode("latin-1"))
    write_pid_file(tmp_path)
    assert lines(tmp_path) == [str(os.getppid()), str(os.getpid())]


def test_it_goes_with_the_last_process(tmp_path: Path) -> None:
    """What others wrote stays."""
    write_pid_file(tmp_path)
    remove_pid_file(tmp_path)
    assert not (tmp_path / NAME).exists()
    (tmp_path / NAME).write_text(f"{os.getppid()}\n{os.getpid()}\n", "ascii")
    remove_pid_file(tmp_path)
    assert lines(tmp_path) == [str(os.getppid())]


def test_removing_nothing_is_no_error(tmp_path: Path) -> None:
    """The program may end before it wrote it."""
    remove_pid_file(tmp_path)


def test_a_simulation_stands_in_a_file_of_its_own(tmp_path: Path) -> None:
    """So that what ends the one never ends the other (M19)."""
    write_pid_file(tmp_path, simulated=True)
    assert (tmp_path / SIMULATED_NAME).read_text("ascii") == f"{os.getpid()}\n"
    assert not (tmp_path / NAME).exists()
    write_pid_file(tmp_path)
    remove_pid_file(tmp_path, simulated=True)
    assert not (tmp_path / SIMULATED_NAME).exists()
    assert lines(tmp_path) == [str(os.getpid())]


WRITER = """
import sys
from pathlib import Path
from main_controller.pid_file import write_pid_file
print("up", flush=True)
sys.stdin.readline()
write_pid_file(Path(sys.argv[1]))
print("written", flush=True)
sys.stdin.read()
"""


def test_programs_that_start_at_once_are_all_in_it(tmp_path: Path, root: Path) -> None:
    """Or stop.sh would not find the one that was written over."""
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, str(tmp_path)],
            env={"PYTHONPATH": str(root)}, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )
        for _ in range(8)
    ]  # fmt: skip
    try:
        for status in ("up\n", "written\n"):
            for process in processes:
                assert process.stdout is not None
                assert process.stdin is not None
                assert process.stdout.readline() == status
            for process in processes if status == "up\n" else ():
                assert process.stdin is not None
                process.stdin.write("\n")
                process.stdin.flush()
        assert sorted(lines(tmp_path), key=int) == sorted((str(process.pid) for process in processes), key=int)
    finally:
        for process in processes:
            process.kill()
            process.communicate(timeout=30)


def test_a_folder_that_is_held_for_good_keeps_nobody_out_of_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As where the data lie in the log's folder, which this very program has locked."""
    monkeypatch.setattr(pid_file, "PATIENCE", 0.05)
    (tmp_path / "log").mkdir()
    descriptor = os.open(tmp_path / "log", os.O_RDONLY)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    write_pid_file(tmp_path)
    assert lines(tmp_path) == [str(os.getpid())]
    os.close(descriptor)


def test_everybody_may_read_whose_program_it_is(tmp_path: Path) -> None:
    """M13 with AV18: stop.sh of another user tells it, though the log beside it is not for him."""
    usual = os.umask(0o027)
    try:
        path = write_pid_file(tmp_path, address="http://localhost:1/")
    finally:
        os.umask(usual)
    assert path.parent.stat().st_mode & 0o777 == 0o755
    assert {file.stat().st_mode & 0o777 for file in (path, about_file(path, os.getpid()))} == {0o644}
