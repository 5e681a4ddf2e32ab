"""The file of heads is append-only, bounded, and read however it was left (M17)."""

import errno
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from main_controller.errors import ControllerError
from main_controller.store.journal.heads import MOST, HeadsFile, heads_in, heads_path
from main_controller.store.journal.row import Head

NOON = datetime(2026, 5, 13, 12, tzinfo=UTC)


def head(row: int) -> Head:
    return Head(row, f"{row:064x}")


@pytest.fixture
def heads(tmp_path: Path) -> HeadsFile:
    return HeadsFile(tmp_path / "journal.sqlite3")


def rows(heads: HeadsFile) -> list[int]:
    return [each.id for _, each in heads_in(heads.path)]


def test_each_head_is_one_line_of_time_row_and_hash(heads: HeadsFile, tmp_path: Path) -> None:
    heads.add(NOON, head(3))
    heads.add(NOON + timedelta(days=1), head(7))
    assert heads.path == heads_path(tmp_path / "journal.sqlite3") == tmp_path / "journal.sqlite3.heads"
    assert heads.path.read_text() == (f"2026-05-13T12:00:00+00:00 3 {3:064x}\n2026-05-14T12:00:00+00:00 7 {7:064x}\n")
    assert heads_in(heads.path) == [
        ("2026-05-13T12:00:00+00:00", head(3)), ("2026-05-14T12:00:00+00:00", head(7)),
    ]  # fmt: skip


def test_half_a_line_that_a_power_cut_left_spoils_no_other(heads: HeadsFile) -> None:
    heads.add(NOON, head(1))
    with heads.path.open("a") as file:
        file.write("2026-05-13T12:00:00+00:00 2 00")
    heads.add(NOON, head(3))
    assert rows(heads) == [1, 3]


def test_it_is_bounded_and_keeps_the_newest_and_some_of_all_older_ones(heads: HeadsFile) -> None:
    lines = [f"2026-05-13T12:00:00+00:00 {row} {row:064x}\n" for row in range(1, MOST + 1)]
    heads.path.write_text("".join(lines))
    heads.add(NOON, head(MOST + 1))
    kept = rows(heads)
    assert len(kept) <= MOST * 3 // 4 + 1
    assert kept[0] == 1
    assert kept[-MOST // 2 :] == list(range(MOST // 2 + 2, MOST + 2))
    assert all(later - earlier <= 2 for earlier, later in pairwise(kept))


def test_one_that_may_only_be_appended_to_keeps_them_all(heads: HeadsFile, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuses(*_: object) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    heads.path.write_text("".join(f"2026-05-13T12:00:00+00:00 {row} {row:064x}\n" for row in range(MOST)))
    monkeypatch.setattr("main_controller.store.journal.heads.write_whole", refuses)
    heads.add(NOON, head(MOST))
    assert rows(heads) == list(range(MOST + 1))


def test_a_disk_that_refuses_is_told(heads: HeadsFile) -> None:
    heads.path.mkdir()
    with pytest.raises(ControllerError, match=r"journal\.sqlite3\.heads cannot be written: Is a directory\."):
        heads.add(NOON, head(1))


def test_where_there_is_none_there_are_no_heads(heads: HeadsFile) -> None:
    assert rows(heads) == []
