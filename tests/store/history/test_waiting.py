"""Minutes of a small cluster wait in a file of their own, and none is lost or counted twice, wherever it ends."""

import errno
import os
import shutil
import sqlite3
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from main_controller.history.slot import CLUSTER, HALF_HOUR, MINUTE, Energies, Powers, Slot
from main_controller.store.backup import Places, back_up
from main_controller.store.database import Database, DatabaseFault
from main_controller.store.history import History
from main_controller.store.history.waiting import Minute, WaitingMinutes, beside

NOON = int(datetime(2026, 5, 13, 12, 0, tzinfo=UTC).timestamp())
UNITS = ("E001", "E002", CLUSTER)


def opened(folder: Path, together: int = 10) -> History:
    return History(
        folder / "history.sqlite3", wall=lambda: datetime.fromtimestamp(NOON, UTC), megabytes=100, together=together
    )


def minute(unit_id: str, number: int) -> Slot:
    return Slot(
        unit_id, NOON + number * 60, MINUTE, 60.0, Powers(pv=number), Energies(0.5, None, number / 8, 0.0), None, 50.0,
        (60.0, 0.0, 0.0, 0.0, 0.0), (0.0,) * 5,
    )  # fmt: skip


def write(history: History, *numbers: int) -> None:
    for number in numbers:
        history.write([minute(unit_id, number) for unit_id in UNITS])


def found(history: History, length: int = MINUTE) -> list[Slot]:
    return history.slots("E001", length, NOON, NOON + 7200)


def minutes(*numbers: int) -> list[Slot]:
    return [minute("E001", number) for number in numbers]


def killed(folder: Path, to: Path) -> Path:
    """What lies there as a kill at this moment leaves it."""
    shutil.copytree(folder, to)
    return to


def counted(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """One for each transaction from now on."""
    real, begun = Database.writing, list[int]()

    def writing(database: Database) -> AbstractContextManager[sqlite3.Connection]:
        begun.append(1)
        return real(database)

    monkeypatch.setattr(Database, "writing", writing)
    return begun


def test_ten_minutes_are_one_transaction_and_each_is_there_for_who_asks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    history = opened(tmp_path)
    write(history, 0)
    assert found(history) == minutes(0)
    begun = counted(monkeypatch)
    write(history, *range(1, 21))
    assert len(begun) == 2
    write(history, 21)
    assert found(history) == minutes(*range(22))
    assert len(begun) == 3
    assert found(history, HALF_HOUR) == []
    write(history, *range(22, 32))
    assert [slot.covered for slot in found(history, HALF_HOUR)] == [1800.0]
    history.close()


def test_a_kill_at_any_minute_loses_none_and_none_is_there_twice(tmp_path: Path) -> None:
    history = opened(tmp_path / "a")
    for number in range(25):
        write(history, number)
        again = opened(killed(tmp_path / "a", tmp_path / f"killed{number}"))
        assert again.totals().units["E001"].grid_in == pytest.approx(0.5 * (number + 1))
        write(again, number + 1)
        assert found(again) == minutes(*range(number + 2))
        assert again.totals().units["E001"].grid_in == pytest.approx(0.5 * (number + 2))
        again.close()
    history.close()


def test_a_kill_between_the_database_and_the_file_counts_nothing_twice(tmp_path: Path) -> None:
    history = opened(tmp_path / "a")
    write(history, *range(7))
    file = beside(tmp_path / "a" / "history.sqlite3")
    waiting = file.read_bytes()
    assert len(found(history)) == 7, "it was taken in"
    left = killed(tmp_path / "a", tmp_path / "b")
    beside(left / "history.sqlite3").write_bytes(waiting)
    again = opened(left)
    assert found(again) == minutes(*range(7))
    assert again.totals().units["E001"].grid_in == 3.5
    write(again, 7)
    assert found(opened(killed(left, tmp_path / "c"))) == minutes(*range(8))


def test_a_file_that_is_cut_anywhere_holds_what_was_whole(tmp_path: Path) -> None:
    """And nothing of what lay there before it was written over."""
    waiting = WaitingMinutes(tmp_path / "x")
    waiting.load()
    ends = [0]
    for number in range(12):
        if number == 6:
            waiting.clear()
            ends = [0]
        waiting.add([Minute("E001", number, (number, None))])
        ends.append(waiting._size)
    content = (tmp_path / "x").read_bytes()
    for size in range(len(content) + 1):
        (tmp_path / "y").write_bytes(content[:size])
        again = WaitingMinutes(tmp_path / "y")
        again.load()
        whole = sum(end <= size for end in ends) - 1
        assert [one.start for one in again.rows] == list(range(6, 6 + whole))
    for place in range(len(content)):
        (tmp_path / "y").write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
        again = WaitingMinutes(tmp_path / "y")
        again.load()
        starts = [one.start for one in again.rows]
        assert starts == list(range(6, 6 + len(starts))), "nothing of earlier, nothing changed"


def test_totals_are_told_with_what_waits_and_never_fall(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor do they have anything taken in: metrics ask each second."""
    history = opened(tmp_path)
    write(history, 0)
    history.totals()
    begun, before = counted(monkeypatch), 0.0
    for number in range(1, 25):
        write(history, number)
        told = history.totals().units["E001"]
        assert told == Energies(0.5 * (number + 1), None, sum(range(number + 1)) / 8, 0.0)
        assert told.grid_in is not None
        assert told.grid_in > before
        before = told.grid_in
    assert len(begun) == 2
    history.close()


def test_where_the_file_cannot_be_written_the_database_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Though the write was half done, and what was written of it is there after a kill."""
    history = opened(tmp_path / "a")
    write(history, 0, 1)

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        write(history, 2, 3)
    assert "minutes cannot wait in history.sqlite3.minutes: No space left on device" in caplog.text
    left = killed(tmp_path / "a", tmp_path / "b")
    for one in (history, opened(left)):
        assert found(one) == minutes(*range(4))
        assert one.totals().units["E001"].grid_in == 2.0


def test_minutes_of_many_units_do_not_wait(tmp_path: Path) -> None:
    history = opened(tmp_path)
    history.write([minute(f"E{number:03d}", 0) for number in range(65)])
    assert not beside(tmp_path / "history.sqlite3").exists()
    history.close()


def test_a_good_end_leaves_no_file_and_a_file_of_another_version_stays(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file = beside(tmp_path / "history.sqlite3")
    history = opened(tmp_path)
    write(history, 0)
    assert file.exists()
    history.close()
    assert not file.exists()
    file.write_bytes(b"APISMIN2 and what nobody knows today")
    history = opened(tmp_path)
    write(history, 1)
    assert found(history) == minutes(0, 1)
    history.close()
    assert file.read_bytes() == b"APISMIN2 and what nobody knows today"
    assert "is of another version of this program and stays as it is" in caplog.text


def test_what_waits_outlives_a_database_that_is_damaged(tmp_path: Path) -> None:
    history = opened(tmp_path)
    write(history, *range(5))
    left = tmp_path / "left"
    shutil.copytree(tmp_path, left, ignore=shutil.ignore_patterns("left", "*-wal", "*-shm"))
    history.close()
    (left / "history.sqlite3").write_bytes(b"no database" * 1000)
    again = opened(left)
    with pytest.raises(DatabaseFault):
        found(again)
    write(again, 5)
    assert found(again) == minutes(*range(6)), "who read has it set aside with the next minute"
    assert list(left.glob("history.sqlite3.broken-*"))
    again.close()


def test_a_backup_holds_what_waits(tmp_path: Path) -> None:
    history = opened(tmp_path / "a")
    write(history, *range(13))
    with Database(tmp_path / "a" / "journal.sqlite3").writing():
        pass
    places = Places(
        tmp_path / "a" / "journal.sqlite3", tmp_path / "a" / "history.sqlite3", tmp_path / "none", tmp_path / "estop"
    )
    back_up(places, tmp_path / "b.zip", now=datetime.fromtimestamp(NOON, UTC))
    shutil.unpack_archive(tmp_path / "b.zip", tmp_path / "b")
    kept = opened(tmp_path / "b")
    assert found(kept) == minutes(*range(13))
    assert kept.totals().units == history.totals().units
    kept.close()
    history.close()
