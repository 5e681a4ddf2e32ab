"""The file of what has been: minutes and half hours, merged, pruned, set aside when damaged (V8)."""

import sqlite3
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from main_controller.domain.apis_log import Level, LogLine
from main_controller.domain.deal_lines import How, Stage
from main_controller.errors import ControllerError
from main_controller.history.apis_account import ApisAccount, Compared
from main_controller.history.ledger_deal import End, Energy, LedgerDeal
from main_controller.history.slot import CLUSTER, HALF_HOUR, MINUTE, Energies, Powers, Slot, Voltage
from main_controller.history.spans import gathered
from main_controller.store.history import History, columns, steps

NOON = int(datetime(2026, 5, 13, 12, 0, tzinfo=UTC).timestamp())


class Clock:
    now = datetime.fromtimestamp(NOON, UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "history.sqlite3"


@pytest.fixture
def history(path: Path, clock: Clock) -> Iterator[History]:
    opened = History(path, wall=clock, megabytes=100)
    yield opened
    opened.close()


def minute(
    unit_id: str, start: int, grid: float | None = 600.0, *, covered: float = 60.0, charge: float = 50.0
) -> Slot:
    energy = Energies() if grid is None else Energies(grid * covered / 3600, 0.0)
    return Slot(
        unit_id, start, MINUTE, covered, Powers(pv=100.0, grid=grid), energy, Voltage(349.0, 350.0, 351.0), charge,
        (covered, 0.0, 0.0, 0.0, 0.0), (0.0, covered, 0.0, 0.0, 0.0),
    )  # fmt: skip


def fill(history: History, units: Sequence[str], minutes: int, *, start: int = NOON) -> None:
    for index in range(minutes):
        history.write([minute(unit_id, start + index * MINUTE) for unit_id in units])


def test_what_was_written_is_read_back_in_order_and_a_gap_is_nothing(history: History) -> None:
    history.write([minute("E001", NOON), minute(CLUSTER, NOON)])
    history.write([minute("E001", NOON + 180, None, covered=12.0)])
    assert history.slots("E001", MINUTE, NOON, NOON + 600) == [
        minute("E001", NOON), minute("E001", NOON + 180, None, covered=12.0)
    ]  # fmt: skip
    assert history.slots(CLUSTER, MINUTE, NOON, NOON + 600) == [minute(CLUSTER, NOON)]
    assert history.slots("E001", MINUTE, NOON + 60, NOON + 180) == []
    assert history.slots("E999", MINUTE, NOON, NOON + 600) == []


def test_more_of_a_minute_that_is_there_is_added_to_it(history: History) -> None:
    """After a restart within the minute, or a clock that was set back."""
    history.write([minute("E001", NOON, 600.0, covered=20.0, charge=50.0)])
    history.write([minute("E001", NOON, 300.0, covered=40.0, charge=49.0)])
    (found,) = history.slots("E001", MINUTE, NOON, NOON + 60)
    assert (found.covered, found.powers.grid, found.charge) == (60.0, 400.0, 49.0)
    assert found.energies.grid_in == pytest.approx((600 * 20 + 300 * 40) / 3600, abs=0.001)
    assert found.energies.battery_in is None
    assert found.statuses[0] == 60.0


def test_half_hours_are_made_when_they_are_over_also_after_a_restart(path: Path, clock: Clock) -> None:
    history = History(path, wall=clock, megabytes=100)
    fill(history, ["E001", CLUSTER], 29)
    assert history.slots("E001", HALF_HOUR, NOON, NOON + 3600) == []
    history.close()
    history = History(path, wall=clock, megabytes=100)
    history.write([minute("E001", NOON + 29 * 60, charge=41.5), minute(CLUSTER, NOON + 29 * 60)])
    history.write([minute("E001", NOON + 30 * 60)])
    (found,) = history.slots("E001", HALF_HOUR, NOON, NOON + 3600)
    assert (found.start, found.length, found.coverage) == (NOON, HALF_HOUR, 1.0)
    assert (found.powers.grid, found.charge) == (600.0, 41.5)
    assert found.energies.grid_in == pytest.approx(300.0)
    assert found.voltage == Voltage(349.0, 350.0, 351.0)
    assert len(history.slots(CLUSTER, HALF_HOUR, NOON, NOON + 3600)) == 1
    history.close()


def test_what_is_too_old_goes_and_half_hours_stay_longer(path: Path, clock: Clock) -> None:
    history = History(path, wall=clock, megabytes=100, minute_days=1, half_hour_days=3)
    fill(history, ["E001"], 61)
    clock.now += timedelta(days=2)
    assert history.prune() == 61
    assert history.prune() == 0
    assert history.slots("E001", MINUTE, NOON, NOON + 86_400) == []
    assert len(history.slots("E001", HALF_HOUR, NOON, NOON + 86_400)) == 2
    clock.now += timedelta(days=2)
    assert history.prune() == 2
    history.close()


def test_bytes_win_over_days_and_it_is_said_how_far_back_it_reaches(path: Path, clock: Clock) -> None:
    history = History(path, wall=clock, megabytes=1)
    for hour in range(3):
        history.write(
            [minute(f"E{unit:03d}", NOON + hour * 3600 + index * 60) for unit in range(200) for index in range(60)]
        )
    assert history.reaches_back()[MINUTE] == NOON
    while history.prune():
        pass
    reach = history.reaches_back()[MINUTE]
    assert reach is not None
    assert reach > NOON
    assert history.slots("E001", MINUTE, reach, NOON + 3 * 3600) != []
    history.close()


def test_a_damaged_file_is_set_aside_and_begun_anew(path: Path, clock: Clock, caplog: pytest.LogCaptureFixture) -> None:
    path.write_bytes(b"no database at all, but long enough to be looked at as one" * 40)
    history = History(path, wall=clock, megabytes=100)
    history.write([minute("E001", NOON)])
    assert history.slots("E001", MINUTE, NOON, NOON + 60) == [minute("E001", NOON)]
    assert [one.name for one in path.parent.glob("*.broken-*")] == ["history.sqlite3.broken-20260513T120000"]
    assert "is damaged; it is kept as" in caplog.text
    history.close()


def test_a_file_that_a_reader_finds_damaged_is_set_aside_at_the_next_write(path: Path, clock: Clock) -> None:
    history = History(path, wall=clock, megabytes=100)
    fill(history, [f"E{unit:03d}" for unit in range(100)], 30)
    history.close()
    content = bytearray(path.read_bytes())
    content[8192:] = b"\xff" * (len(content) - 8192)
    path.write_bytes(content)
    with pytest.raises(ControllerError, match="damaged"):
        history.slots("E001", MINUTE, NOON, NOON + 3600)
    history.write([minute("E001", NOON)])
    assert history.slots("E001", MINUTE, NOON, NOON + 3600) == [minute("E001", NOON)]
    history.close()


def test_the_journals_file_is_no_history(path: Path, clock: Clock) -> None:
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE mine (x)")
    other.close()
    history = History(path, wall=clock, megabytes=100)
    with pytest.raises(ControllerError, match="another program's database"):
        history.write([minute("E001", NOON)])


numbers = st.none() | st.floats(-1e6, 1e6)


@given(
    st.tuples(*[numbers] * 5), st.tuples(*[st.none() | st.floats(0, 1e6)] * 4), st.floats(0, 120),
    st.lists(st.floats(0, 60), min_size=10, max_size=10),
)  # fmt: skip
def test_every_slot_survives_its_columns(
    powers: tuple[float | None, ...], energies: tuple[float | None, ...], covered: float, seconds: list[float]
) -> None:
    slot = Slot(
        "E1",
        NOON,
        60,
        covered,
        Powers(*powers),
        Energies(*energies),
        None,
        None,
        tuple(seconds[:5]),
        tuple(seconds[5:]),
    )
    back = columns.unpacked("E1", NOON, 60, columns.packed(slot))
    for one, other in zip(
        (*slot.powers, *slot.energies, covered, *seconds),
        (*back.powers, *back.energies, back.covered, *back.statuses, *back.modes),
        strict=True,
    ):
        assert (one is None) == (other is None)
        assert one is None or other == pytest.approx(one, abs=0.051)


def settled(**more: Any) -> LedgerDeal:
    at = datetime.fromtimestamp(NOON, UTC)
    given: dict[str, Any] = {
        "giver": "E001", "taker": "E002", "request": "CHARGE", "requester": "E002", "responder": "E001",
        "start_time": "2020/01/01-12:00:00", "master": True, "agreed_at": at, "saw_begin": True, "flowed_from": at,
        "flowed_to": at, "ended_at": at, "end": End.DELIVERED, "cause": None, "command_id": None,
        "out": Energy(73.5, 2.0, 356.0), "into": None, "coverage": 1.0, "attributed": False,
    }  # fmt: skip
    return LedgerDeal(**{**given, **more})


def asked(history: History) -> list[LedgerDeal]:
    found = history.deals(unit_id=None, start=None, end=None, before=None, limit=9)
    return [kept.deal for kept in reversed(found)]


def test_a_deal_comes_back_with_what_apis_main_said_of_it(history: History) -> None:
    stages = {Stage.CREATED: datetime.fromtimestamp(NOON, UTC), Stage.REMOVED: datetime.fromtimestamp(NOON + 9, UTC)}
    account = ApisAccount(
        "5cf8", 50.0, 1.0, 51.6, stages, ((How.ABORTED, '["\n=1+2"]'),), Compared(False, 10.1, 50.0, 51.6, 7.0)
    )
    nothing = ApisAccount("5cf9", None, None, None, {}, (), None)
    given = [settled(apis=account), settled(apis=nothing), settled(apis=None)]
    history.keep_deals(given)
    assert asked(history) == given


def test_a_file_of_the_first_tables_keeps_its_deals(path: Path, clock: Clock) -> None:
    with sqlite3.connect(path) as old:
        old.executescript(str(steps.STEPS[1]))
        old.execute(f"PRAGMA application_id = {steps.APPLICATION}")
        old.execute("PRAGMA user_version = 1")
        old.execute(
            "INSERT INTO deals (giver, taker, master, agreed_at, saw_begin, ended_at, ending, coverage, attributed) "
            "VALUES ('E001', 'E002', 1, 0, 1, 5000, 'delivered', 1.0, 0)"
        )
    old.close()
    history = History(path, wall=clock, megabytes=100)
    history.keep_deals([settled()])
    first, second = asked(history)
    assert (first.giver, first.apis) == ("E001", None)
    assert second == settled()
    history.close()


def test_half_hours_come_to_what_joining_them_one_by_one_gives(history: History) -> None:
    """Means by their covered time, sums, the lowest and highest voltage, the last charge; a day without any is none."""
    for index in range(5 * 30):
        start = NOON + index * MINUTE
        known = None if index % 7 == 0 else 100.0 * (index % 11) - 400.0
        history.write([minute("E001", start, known, covered=10.0 + index % 50, charge=90.0 - index / 10)])
    begins = [NOON, NOON + 3 * HALF_HOUR, NOON + 5 * HALF_HOUR, NOON + 8 * HALF_HOUR]
    until = NOON + 4 * HALF_HOUR
    halves = history.slots("E001", HALF_HOUR, NOON, until)
    assert len(halves) == 4
    wanted = [one for one in gathered(halves, begins) if one is not None]
    found = history.spans("E001", begins, until)
    assert [one.start for one in found] == begins[:2]
    for one, other in zip(found, wanted, strict=True):
        assert one[:3] == other[:3]
        assert one.charge == other.charge
        assert one.powers.pv is not None
        assert [one.covered, one.powers.grid, one.powers.pv] == pytest.approx(
            [other.covered, other.powers.grid, other.powers.pv], abs=0.06
        )
        assert one.powers.load is None
        assert list(one.energies[:2]) == pytest.approx(list(other.energies[:2]), abs=0.001)
        assert one.voltage == other.voltage
        assert one.statuses == pytest.approx(other.statuses)
    assert history.spans("E999", begins, until) == []


def test_lines_of_a_time_are_found_also_where_the_clock_was_set_back(history: History) -> None:
    def line(minutes: int) -> tuple[datetime, LogLine]:
        at = datetime.fromtimestamp(NOON, UTC) + timedelta(minutes=minutes)
        return at, LogLine("apis-main", f"E00{minutes % 2}", at, Level.WARNING, "a.Class", str(minutes))

    history.keep_lines([line(minutes) for minutes in (0, 1, 50, 51, 20, 21, 30)])

    def since(minutes: int, unit_id: str | None = None) -> list[str]:
        start = datetime.fromtimestamp(NOON, UTC) + timedelta(minutes=minutes)
        found = history.lines(unit_id=unit_id, level=Level.WARNING, start=start, end=None, before=None, limit=9)
        return [kept.line.message for kept in found]

    assert since(21) == ["30", "21", "51", "50"]
    assert since(21, "E001") == ["21", "51"]
    assert since(60) == []
