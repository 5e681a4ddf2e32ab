"""A small file is there whole or not at all, whenever the process dies (Z11)."""

import errno
import os
import random
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from main_controller.store.atomic_file import TEMPORARY, remove_unfinished, remove_whole, write_whole


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_file_is_written_replaced_and_removed(tmp_path: Path) -> None:
    path = tmp_path / "a"
    write_whole(path, b"one")
    write_whole(path, b"two", date_ns=1_500_000_000_123_456_789)
    assert (path.read_bytes(), path.stat().st_mtime_ns) == (b"two", 1_500_000_000_123_456_789)
    assert names(tmp_path) == ["a"]
    remove_whole(path)
    assert names(tmp_path) == []
    with pytest.raises(FileNotFoundError):
        remove_whole(path)


@pytest.mark.parametrize("call", ["write", "fsync"])
def test_a_full_disk_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    write_whole(tmp_path / "a", b"old")

    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(os, call, full)
        with pytest.raises(OSError, match="No space left"):
            write_whole(tmp_path / "a", b"new")
    assert names(tmp_path) == ["a"]
    assert (tmp_path / "a").read_bytes() == b"old"


def test_the_folders_own_list_is_put_on_the_disk_after_each_change(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without it a power cut may lose a new file or bring a removed one back."""
    flushed: list[str] = []
    real = os.fsync

    def noted(descriptor: int) -> None:
        flushed.append("folder" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "file")
        real(descriptor)

    monkeypatch.setattr(os, "fsync", noted)
    write_whole(tmp_path / "a", b"x")
    assert flushed == ["file", "folder"]
    remove_whole(tmp_path / "a")
    assert flushed == ["file", "folder", "folder"]


def test_a_write_that_takes_only_a_part_is_carried_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.write
    monkeypatch.setattr(os, "write", lambda descriptor, data: real(descriptor, bytes(data)[:1]))
    write_whole(tmp_path / "a", b"whole")
    assert (tmp_path / "a").read_bytes() == b"whole"


def test_what_a_killed_process_left_is_removed_and_nothing_else(tmp_path: Path) -> None:
    for name in (f"{TEMPORARY}E001-softStop.12ab", ".gitkeep", "E001-softStop", "notes"):
        (tmp_path / name).write_text("x")
    assert remove_unfinished(tmp_path) == 1
    assert names(tmp_path) == [".gitkeep", "E001-softStop", "notes"]


WRITER = """
import sys
from pathlib import Path
from main_controller.store.atomic_file import write_whole
folder = Path(sys.argv[1])
for turn in range(1_000_000):
    text = str(turn % 10) * 20_000
    write_whole(folder / "a", text.encode())
    sys.stdout.write(f"{turn}\\n")
    sys.stdout.flush()
"""


def test_killed_at_any_instant_the_last_whole_file_stands(tmp_path: Path) -> None:
    """SIGKILL at random instants: what was confirmed, or the next one, is there whole."""
    chance = random.Random(1)
    root = Path(__file__).parents[2]
    for _ in range(6):
        with subprocess.Popen(
            [sys.executable, "-c", WRITER, str(tmp_path)], stdout=subprocess.PIPE, text=True, cwd=root
        ) as writer:
            assert writer.stdout is not None
            confirmed = [writer.stdout.readline() for _ in range(chance.randrange(1, 40))]
            writer.send_signal(signal.SIGKILL)
            confirmed += writer.stdout.readlines()
        text = (tmp_path / "a").read_text()
        last = int([line for line in confirmed if line.endswith("\n")][-1])
        assert len(text) == 20_000
        assert text in (str(last % 10) * 20_000, str((last + 1) % 10) * 20_000)
    remove_unfinished(tmp_path)
    assert names(tmp_path) == ["a"]
