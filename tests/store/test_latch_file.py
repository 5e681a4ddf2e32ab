"""The file that latches the E-stop: whatever is there latches, and says who and why where it can (I17)."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from main_controller.sentence import Sentence, messages
from main_controller.store.latch_file import LARGEST, LONGEST, Latch, LatchFile

OURS = Latch("anna", "smoke at E001", "2026-05-13T03:00:00.000+00:00")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal" / "estop"


def test_no_file_and_no_folder_latch_nothing(path: Path, tmp_path: Path) -> None:
    assert LatchFile(path).read() is None
    (tmp_path / "journal").write_text("no folder")
    assert LatchFile(path).read() is None


def test_what_is_written_is_read_again_until_it_is_removed(path: Path) -> None:
    file = LatchFile(path)
    file.write(OURS)
    assert LatchFile(path).read() == OURS
    file.remove()
    assert file.read() is None
    file.remove()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", ""),
        (b"contact K1\nat the door\x00\n", "contact K1 at the door"),
        (b"\xff\xfe", "\ufffd\ufffd"),
        (b'{"by": 1}', '{"by": 1}'),
        (b'{"by": "a", "reason": "b", "since": "yesterday"}', '{"by": "a", "reason": "b", "since": "yesterday"}'),
        (b"[" * LARGEST, "[" * LONGEST),
        (b"null", "null"),
    ],
)
def test_a_file_by_hand_says_why(path: Path, content: bytes, reason: str) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    found = LatchFile(path).read()
    assert found is not None
    assert (found.by, found.reason) == ("the file estop", reason)


def test_what_the_program_says_of_a_file_keeps_its_code(path: Path) -> None:
    """A file that was removed by hand is written again, and read after the next start."""
    path.parent.mkdir()
    path.write_bytes(b"contact K1")
    found = LatchFile(path).read()
    assert found is not None
    LatchFile(path).write(found)
    again = LatchFile(path).read()
    assert again == found
    assert isinstance(again.by, Sentence)
    assert (again.by.code, again.by.parameters) == ("store.latchFile", {"file": "estop"})
    assert messages([again.by]) != []


def test_what_cannot_be_read_latches(path: Path) -> None:
    path.mkdir(parents=True)
    found = LatchFile(path).read()
    assert found is not None
    assert "cannot be read" in found.reason
    with pytest.raises(OSError, match="directory"):
        LatchFile(path).remove()
    path.rmdir()
    path.symlink_to("nowhere")
    assert LatchFile(path).read() is not None
    path.unlink()
    path.symlink_to("estop")
    assert LatchFile(path).read() is not None


def test_a_pipe_that_nobody_writes_keeps_nobody_waiting(path: Path) -> None:
    path.parent.mkdir()
    os.mkfifo(path)
    found = LatchFile(path).read()
    assert found is not None
    assert found.reason == ""


def test_a_path_that_nobody_can_look_at_latches(tmp_path: Path) -> None:
    """A broken wire stops."""
    found = LatchFile(tmp_path / ("x" * 300)).read()
    assert found is not None
    assert "nobody can tell" in found.reason


def test_a_full_disk_keeps_the_latch_without_who_and_why(path: Path) -> None:
    """A restart forgot an E-stop that was pressed while the disk was full."""
    path.parent.mkdir()
    script = (
        "import resource, sys; from pathlib import Path; from main_controller.store.latch_file import *;"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0));"
        "LatchFile(Path(sys.argv[1])).write(Latch('anna', 'smoke', '2026-05-13T03:00:00.000+00:00'))"
    )
    subprocess.run([sys.executable, "-c", script, str(path)], check=True, timeout=60)
    assert [one.name for one in path.parent.iterdir()] == ["estop"]
    kept = LatchFile(path).read()
    assert kept is not None
    assert (kept.by, kept.reason) == ("the file estop", "")


def test_where_not_even_an_empty_file_can_be_made_the_fault_is_told(path: Path) -> None:
    path.mkdir(parents=True)
    with pytest.raises(IsADirectoryError):
        LatchFile(path).write(OURS)
