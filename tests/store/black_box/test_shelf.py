"""The folder of the black box: whole segments in their order, the oldest gone first, broken ones set aside."""

import errno
import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from main_controller.store.atomic_file import TEMPORARY
from main_controller.store.black_box import shelf as shelves
from main_controller.store.black_box.segment import FORMAT, Head, Packing, Segment, file_of
from main_controller.store.black_box.shelf import Shelf

NOON = datetime(2026, 5, 13, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def segment(number: int, *, lasts: timedelta = MINUTE, at: datetime | None = None, size: int = 0) -> Segment:
    begins = NOON + number * MINUTE if at is None else at
    packing = Packing()
    packing.add(b"{}")
    packed = packing.end() + b"\0" * size  # what stands behind a frame's end is not read
    return Segment(
        Head(
            format=FORMAT, version="0.1.0", start="a", number=number, begins=begins, ends=begins + lasts, frames=1,
            raw=packing.raw,
        ),
        packed,
    )  # fmt: skip


def loaded(folder: Path, *, megabytes: int = 1, hours: float = 48) -> Shelf:
    shelf = Shelf(folder, megabytes=megabytes, hours=hours)
    shelf.load()
    return shelf


def numbers(shelf: Shelf) -> list[int]:
    return [one.number for one in shelf.kept]


def test_what_was_kept_is_there_after_a_restart_in_its_order(tmp_path: Path) -> None:
    shelf = loaded(tmp_path / "box")
    for number in (1, 2, 3):
        shelf.add(segment(number, at=NOON - number * MINUTE))  # the clock was set back twice
    again = loaded(tmp_path / "box")
    assert again.kept == shelf.kept
    assert numbers(again) == [1, 2, 3]
    again.add(segment(1))
    assert [one.place for one in again.kept] == [1, 2, 3, 4]
    assert again.read(again.kept[-1]) == segment(1)


def test_bytes_win_over_hours_and_the_oldest_goes_first(tmp_path: Path) -> None:
    shelf = loaded(tmp_path, megabytes=1)
    for number in range(12):
        shelf.add(segment(number, size=200_000))
    assert numbers(shelf) == [8, 9, 10, 11]
    assert shelf.used <= 1_000_000
    assert sorted(tmp_path.iterdir()) == [one.path for one in shelf.kept]


def test_hours_count_what_was_recorded_and_not_the_calendar(tmp_path: Path) -> None:
    """A clock that is years ahead, or a program that stood still, takes no evidence away."""
    shelf = loaded(tmp_path, hours=0.1)
    for number in range(5):
        shelf.add(segment(number))
    shelf.add(segment(5, at=NOON + timedelta(days=400)))
    assert numbers(shelf) == [0, 1, 2, 3, 4, 5]
    for number in range(6, 12):
        shelf.add(segment(number))
    assert numbers(shelf)[0] == 4


def test_what_a_killed_program_left_half_written_is_removed_and_all_else_stays(tmp_path: Path) -> None:
    shelf = loaded(tmp_path)
    shelf.add(segment(1))
    (tmp_path / f"{TEMPORARY}0000000002-x.box.aa").write_bytes(b"half")
    (tmp_path / "note.txt").write_text("mine", encoding="utf-8")
    again = loaded(tmp_path)
    assert numbers(again) == [1]
    assert {path.name for path in tmp_path.iterdir()} == {shelf.kept[0].path.name, "note.txt"}


@pytest.mark.parametrize(
    "spoil",
    [
        lambda content: b"",
        lambda content: content[:-1],
        lambda content: content[:100] + bytes([content[100] ^ 4]) + content[101:],
        lambda content: b"PK\x03\x04" + content,
    ],
)
def test_a_broken_file_is_set_aside_with_one_sentence(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, spoil: Callable[[bytes], bytes]
) -> None:
    shelf = loaded(tmp_path)
    for number in (1, 2):
        shelf.add(segment(number))
    path = shelf.kept[0].path
    path.write_bytes(spoil(path.read_bytes()))
    with caplog.at_level(logging.ERROR):
        again = loaded(tmp_path)
        loaded(tmp_path)
    assert numbers(again) == [2]
    assert path.with_name(f"{path.name}.damaged").exists()
    assert len(caplog.messages) == 1
    assert caplog.messages[0].startswith(f"{path.name} of the black box is broken and set aside: ")


def test_a_file_with_a_name_of_its_own_is_set_aside(tmp_path: Path) -> None:
    (tmp_path / "old.box").write_bytes(file_of(segment(1)))
    assert numbers(loaded(tmp_path)) == []
    assert [path.name for path in tmp_path.iterdir()] == ["old.box.damaged"]


def test_what_was_set_aside_goes_before_any_segment(tmp_path: Path) -> None:
    (tmp_path / "old.box").write_bytes(b"x" * 700_000)
    shelf = loaded(tmp_path, megabytes=1)
    shelf.add(segment(1, size=200_000))
    assert len(list(tmp_path.iterdir())) == 2
    shelf.add(segment(2, size=200_000))
    assert numbers(shelf) == [1, 2]
    assert sorted(tmp_path.iterdir()) == [one.path for one in shelf.kept]


def test_many_broken_files_are_not_all_told_one_by_one(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    for number in range(shelves.TOLD + 5):
        (tmp_path / f"{number:010d}-x.box").write_bytes(b"")
    with caplog.at_level(logging.ERROR):
        loaded(tmp_path)
    assert len(caplog.messages) == shelves.TOLD + 1
    assert caplog.messages[-1].startswith("5 more files")


def test_a_file_that_went_is_none_that_is_broken(tmp_path: Path) -> None:
    shelf = loaded(tmp_path)
    shelf.add(segment(1))
    one = shelf.kept[0]
    one.path.unlink()
    assert shelf.read(one) is None
    assert shelf.head(one) is None


def test_a_segment_that_cannot_be_written_leaves_the_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shelf = loaded(tmp_path)
    shelf.add(segment(1))

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(shelves, "write_whole", full)
    with pytest.raises(OSError, match="No space"):
        shelf.add(segment(2))
    assert numbers(shelf) == [1]
