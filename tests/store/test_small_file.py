"""A small file that only helps: whatever is in it or stands in its way, the program goes on."""

import logging
import os
from pathlib import Path

import pytest

from main_controller.store import small_file
from main_controller.store.small_file import SmallFile


def test_what_was_saved_is_loaded_again(tmp_path: Path) -> None:
    path = tmp_path / "new folder" / "kept.json"
    SmallFile(path).save_if_changed(1, lambda: {"a": ["b"]})
    assert SmallFile(path).load() == {"a": ["b"]}
    assert list(path.parent.iterdir()) == [path], "nothing half written is left"


def test_it_is_written_only_when_there_is_something_new(tmp_path: Path) -> None:
    file = SmallFile(tmp_path / "kept.json")
    file.save_if_changed(0, lambda: "nothing changed since it was loaded")
    assert file.load() is None
    made: list[int] = []
    for version in (1, 1, 2, 2):
        file.save_if_changed(version, lambda version=version: made.append(version))  # type: ignore[misc]
    assert made == [1, 2]


def test_a_save_that_failed_is_tried_again(tmp_path: Path) -> None:
    blocked = tmp_path / "folder"
    blocked.write_text("in the way")
    file = SmallFile(blocked / "kept.json")
    with pytest.raises(OSError, match=r"exists|directory"):
        file.save_if_changed(1, lambda: 5)
    blocked.unlink()
    file.save_if_changed(1, lambda: 5)
    assert file.load() == 5


@pytest.mark.parametrize("content", [b"", b"{", b"\xff", b"[" * 100_000, b'{"a": 1} x'], ids=range(5))
def test_a_spoilt_file_is_no_file_and_told_once(
    tmp_path: Path, content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "kept.json"
    path.write_bytes(content)
    assert SmallFile(path).load() is None
    assert [record.levelno for record in caplog.records] == [logging.ERROR]


def test_a_large_file_is_neither_read_nor_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(small_file, "LARGEST", 100)
    file = SmallFile(tmp_path / "kept.json")
    with pytest.raises(OSError, match="larger than 100 bytes"):
        file.save_if_changed(1, lambda: "x" * 100)
    file.path.write_bytes(b'"' + b"x" * 100 + b'"')
    assert file.load() is None
    assert "too large" in caplog.text


def test_what_is_no_file_is_none_and_opening_it_never_hangs(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert SmallFile(tmp_path / "pipe").load() is None
    assert SmallFile(tmp_path).load() is None
