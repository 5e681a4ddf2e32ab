"""Energy totals beside the minutes: the sum of all that was ever written, which nothing that is taken out lowers."""

import sqlite3
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import pytz

from main_controller.history.ledger_deal import End, Energy, LedgerDeal
from main_controller.history.slot import CLUSTER, MINUTE, Energies, Powers, Slot
from main_controller.store.backup import Places, back_up, restore
from main_controller.store.database import Database
from main_controller.store.history import History, steps
from main_controller.store.journal import Journal

NOON = int(datetime(2026, 5, 13, 12, 0, tzinfo=UTC).timestamp())


def opened(path: Path, *, now: int = NOON, days: float = 60) -> History:
    return History(path, wall=lambda: datetime.fromtimestamp(now, UTC), megabytes=100, minute_days=days,
                   half_hour_days=days)  # fmt: skip


def minute(unit_id: str, start: int, energies: Energies) -> Slot:
    return Slot(unit_id, start, MINUTE, 60.0, Powers(), energies, None, None, (0.0,) * 5, (0.0,) * 5)


def deal(end: End, out: float | None, into: float | None, *, flowed: bool = True) -> LedgerDeal:
    at = datetime.fromtimestamp(NOON, UTC)
    flows = at if flowed else None
    ends = [None if wh is None else Energy(wh, 0.1, 60.0) for wh in (out, into)]
    return LedgerDeal(
        "E001", "E002", None, None, None, None, True, at, True, flows, flows, at + timedelta(minutes=5), end, None,
        None, ends[0], ends[1], 1.0, False,
    )  # fmt: skip


def test_a_new_record_is_empty_and_each_minute_is_added_once(tmp_path: Path) -> None:
    history = opened(tmp_path / "history.sqlite3")
    assert (history.totals().units, history.totals().out) == ({}, 0.0)
    history.write([minute("E001", NOON, Energies(1.5, 0.25, None, None)), minute(CLUSTER, NOON, Energies(1.5, 0.25))])
    history.write([minute("E001", NOON + 60, Energies(0.125, None, 3.0, 0.0))])
    history.write([minute("E001", NOON + 60, Energies(0.125, None, None, None))])  # more of the same minute
    assert history.totals().units == {"E001": Energies(1.75, 0.25, 3.0, 0.0), CLUSTER: Energies(1.5, 0.25, None, None)}
    history.close()


def test_totals_are_the_very_sum_of_the_minutes_also_after_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite3"
    for part in range(3):
        history = opened(path)
        for index in range(7):
            start = NOON + (part * 7 + index) * 60
            history.write([minute("E001", start, Energies(0.3333 * (index + 1), 1 / 7))])
        history.close()
    history = opened(path)
    kept = [slot.energies for slot in history.slots("E001", MINUTE, NOON, NOON + 3600)]
    total = history.totals().units["E001"]
    assert total.grid_in == pytest.approx(sum(one.grid_in or 0.0 for one in kept), abs=1e-9)
    assert total.grid_out == pytest.approx(sum(one.grid_out or 0.0 for one in kept), abs=1e-9)
    history.close()


def test_pruning_takes_nothing_out_of_them(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite3"
    history = opened(path)
    for index in range(120):
        history.write([minute("E001", NOON + index * 60, Energies(1.0, 0.0))])
    before = history.totals()
    history.close()
    late = opened(path, now=NOON + 20 * 3600, days=1)
    late.write([minute("E001", NOON + 10 * 3600, Energies(1.0, 0.0))])
    late.close()
    late = opened(path, now=NOON + 26 * 3600, days=1)
    assert late.prune() > 0
    assert late.slots("E001", MINUTE, NOON, NOON + 3600) == []
    after = late.totals()
    assert after.record == before.record
    assert after.units["E001"].grid_in == 121.0
    late.close()


def test_deals_are_counted_by_how_they_ended_and_energy_where_both_ends_told_it(tmp_path: Path) -> None:
    history = opened(tmp_path / "history.sqlite3")
    history.keep_deals([deal(End.DELIVERED, 10.0, 9.5), deal(End.CUT, 4.0, None), deal(End.DELIVERED, 1.0, 0.9)])
    history.keep_deals([deal(End.NEVER_STARTED, None, None, flowed=False)])
    totals = history.totals()
    assert totals.ended == {End.DELIVERED: 2, End.CUT: 1, End.NEVER_STARTED: 1, End.UNKNOWN: 0}
    assert (totals.out, totals.into) == (11.0, 10.4)
    history.close()


def test_a_record_that_is_older_than_the_totals_counts_from_its_migration(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "history.sqlite3"
    older = {number: step for number, step in steps.STEPS.items() if number < 5}
    monkeypatch.setattr("main_controller.store.history.history.STEPS", older)
    monkeypatch.setattr("main_controller.store.history.totals.add_slots", lambda *_: None)
    history = opened(path)
    history.write([minute("E001", NOON, Energies(7.0, 0.0))])
    history.close()
    monkeypatch.undo()
    history = opened(path)
    history.write([minute("E001", NOON + 60, Energies(1.0, 0.0))])
    assert history.totals().units["E001"].grid_in == 1.0
    history.close()


def test_a_damaged_file_begins_another_record(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite3"
    history = opened(path)
    history.write([minute("E001", NOON, Energies(7.0, 0.0))])
    history.close()
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE counters SET value = value - 1000 WHERE name = 'record'")
    connection.close()
    first = opened(path)
    before = first.totals()
    first.close()
    path.write_bytes(b"no database" * 1000)
    again = opened(path)
    again.write([minute("E001", NOON + 60, Energies(1.0, 0.0))])
    after = again.totals()
    assert after.record > before.record
    assert after.units["E001"].grid_in == 1.0
    again.close()


def test_a_backup_that_is_put_back_is_another_record_so_that_none_ever_falls(tmp_path: Path) -> None:
    """The totals are those of then, less than somebody has seen since: under the same name they would fall."""
    places = [_places(tmp_path / name) for name in ("one", "two")]
    database = Database(places[0].database)
    journal = Journal(database, wall=lambda: datetime.fromtimestamp(NOON, UTC))
    assert journal.fault is None
    with database.writing():
        pass
    history = opened(places[0].history)
    history.write([minute("E001", NOON, Energies(7.0, 0.0))])
    back_up(places[0], tmp_path / "backup.zip", now=datetime.fromtimestamp(NOON, UTC))
    history.write([minute("E001", NOON + 60, Energies(2.0, 0.0))])
    seen = history.totals()
    restore(tmp_path / "backup.zip", places[1], now=datetime.fromtimestamp(NOON, UTC), zone=pytz.UTC)
    restored = opened(places[1].history)
    put_back = restored.totals()
    assert put_back.units["E001"].grid_in == 7.0
    assert put_back.record > seen.record
    for one in (history, restored):
        one.close()
    database.close()


def _places(folder: Path) -> Places:
    journal = folder / "journal"
    journal.mkdir(parents=True)
    (folder / "schedules").mkdir()
    return Places(journal / "journal.sqlite3", journal / "history.sqlite3", folder / "schedules", journal / "estop")


def test_totals_are_read_anew_only_where_something_was_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Metrics ask each second: a look at the file costs a small board's card a page."""
    history, read = opened(tmp_path / "history.sqlite3"), Database.reading
    looks: list[int] = []

    def reading(database: Database) -> AbstractContextManager[sqlite3.Connection]:
        looks.append(1)
        return read(database)

    monkeypatch.setattr(Database, "reading", reading)
    history.write([minute("E001", NOON, Energies(1.5))])
    assert [history.totals().units["E001"].grid_in for _ in range(3)] == [1.5] * 3
    assert len(looks) == 1
    history.write([minute("E001", NOON + 60, Energies(0.5))])
    history.keep_deals([deal(End.DELIVERED, 2.0, 1.9)])
    assert (history.totals().units["E001"].grid_in, history.totals().out) == (2.0, 2.0)
    assert len(looks) == 2
    for left in tmp_path.glob("history.sqlite3*"):
        left.unlink()
    assert history.totals().units == {}, "another file stands there"
    history.close()
