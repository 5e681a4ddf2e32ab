"""The file of what has been: minutes and half hours, merged, pruned, set aside when damaged (V8)."""

import logging
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
from main_controller.store.history import History, columns, coverage, steps

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


def test_a_time_of_years_without_record_costs_no_walk_through_them(
    history: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the steps of SQLite's own machine, not by a clock."""
    fill(history, ["E001", "E002"], 3)
    steps = 0

    def count() -> int:
        nonlocal steps
        steps += 1
        return int(steps > 500)  # which interrupts it

    connect = sqlite3.connect

    def counted(*words: Any, **more: Any) -> sqlite3.Connection:
        connection: sqlite3.Connection = connect(*words, **more)
        connection.set_progress_handler(count, 10)
        return connection

    monkeypatch.setattr(sqlite3, "connect", counted)
    assert [one.start for one in history.slots("E002", MINUTE, 0, NOON + 100 * 366 * 86_400)] == [
        NOON, NOON + 60, NOON + 120,
    ]  # fmt: skip
    assert steps


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


def test_what_is_too_old_goes_and_half_hours_stay_longer(
    path: Path, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    history = History(path, wall=clock, megabytes=100, minute_days=1, half_hour_days=3)
    fill(history, ["E001"], 61)
    for _ in range(2):
        clock.now += timedelta(hours=15)
        fill(history, ["E001"], 31, start=int(clock.now.timestamp()))
    clock.now += timedelta(hours=6)
    assert history.prune() == 61
    assert history.prune() == 0
    assert history.slots("E001", MINUTE, NOON, NOON + 3 * 3600) == []
    assert len(history.slots("E001", HALF_HOUR, NOON, NOON + 3 * 3600)) == 3
    assert caplog.messages == [
        "what is older than is kept goes: 61 minutes were taken out; what is left reaches back: minutes to "
        "2026-05-14 03:00 UTC, half hours to 2026-05-13 12:00 UTC"
    ]
    clock.now = datetime.fromtimestamp(NOON, UTC) + timedelta(days=3, hours=3)
    assert history.slots("E001", MINUTE, NOON, NOON + 86_400 * 2) != []
    history.prune()
    assert history.slots("E001", HALF_HOUR, NOON, NOON + 3 * 3600) == []
    history.close()


@pytest.mark.parametrize("days", [70, 5 * 366, 40_000])
def test_a_clock_that_is_ahead_deletes_nothing(
    path: Path, clock: Clock, caplog: pytest.LogCaptureFixture, days: int
) -> None:
    """Younger rows must bear out that the time did pass, as with the journal."""
    history = History(path, wall=clock, megabytes=100)
    fill(history, ["E001"], 61)
    history.keep_deals([settled()])
    before = (history.slots("E001", MINUTE, NOON, NOON + 7200), history.slots("E001", HALF_HOUR, NOON, NOON + 7200))
    clock.now += timedelta(days=days)
    for _ in range(3):
        history.write([minute("E001", int(clock.now.timestamp()))])
        assert history.prune() == 0
    halves = history.slots("E001", HALF_HOUR, NOON, NOON + 3600)
    assert history.slots("E001", MINUTE, NOON, NOON + 7200) == before[0]
    assert halves == before[1]
    assert asked(history) == [settled()]
    doubts = [message for message in caplog.messages if message.startswith("nothing recorded bears out")]
    assert len(doubts) == (1 if days == 70 else 3), "each of minutes, half hours and deals once a day"
    history.close()


def test_bytes_win_over_days_and_it_is_said_how_far_back_it_reaches(
    path: Path, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    """Also between two prunings: what is written makes its own room."""
    history = History(path, wall=clock, megabytes=1)
    assert history.reaches_back()[MINUTE] is None
    for hour in range(3):
        history.write(
            [minute(f"E{unit:03d}", NOON + hour * 3600 + index * 60) for unit in range(200) for index in range(60)]
        )
    reach = history.reaches_back()[MINUTE]
    assert reach is not None
    assert reach > NOON
    while history.prune():
        pass
    assert history.slots("E001", MINUTE, reach, NOON + 3 * 3600) != []
    assert caplog.messages == [
        "the history is full (setting historymb: 1): 12000 minutes were taken out; what is left reaches back: minutes "
        "to 2026-05-13 13:00 UTC, half hours to 2026-05-13 12:00 UTC"
    ]
    history.close()


def error_line(number: int, message: str = "") -> tuple[datetime, LogLine]:
    at = datetime.fromtimestamp(NOON + number, UTC)
    told = message or f"(HARDWARE:LOCAL:ERROR:E{number % 3:03d}) over current [a.b.C.d(C.java:{number})]"
    return at, LogLine("apis-main", "E001", at, Level.SEVERE, "a.user.ErrorCollection", told)


def all_lines(history: History) -> list[LogLine]:
    found = history.lines(unit_id=None, level=Level.WARNING, start=None, end=None, before=None, limit=1_000_000)
    return [kept.line for kept in found]


def test_forged_lines_push_out_lines_alone(path: Path, clock: Clock, caplog: pytest.LogCaptureFixture) -> None:
    """They have a tenth of the bytes, which holds after each write."""
    history = History(path, wall=clock, megabytes=10)
    fill(history, ["E001"], 31)
    for start in range(0, 2_000, 100):
        history.keep_lines([error_line(start + number, f"{start + number} " + "x" * 60_000) for number in range(100)])
    assert path.stat().st_size < 2_000_000
    kept = all_lines(history)
    assert 180 < len(kept) <= 245
    assert kept[0].message.startswith("1999 x")
    assert len(history.slots("E001", MINUTE, NOON, NOON + 3600)) == 31
    assert len(history.slots("E001", HALF_HOUR, NOON, NOON + 3600)) == 1
    (said,) = caplog.messages
    assert said.startswith("lines of apis-main's log fill their part of the history (a tenth of historymb: 10): ")
    assert "lines of apis-main's log to 2026-05-13" in said
    history.close()


def test_a_long_line_is_kept_as_far_as_anybody_reads_it_and_says_so(history: History) -> None:
    history.keep_lines([error_line(0, "x" * 60_000), error_line(1, "y" * 2_000)])
    short, cut = all_lines(history)
    assert short.message == "y" * 2_000
    assert len(cut.message) == 2_000
    assert cut.message.endswith("x … (cut: 60000 characters)")


def test_the_same_errors_are_counted_wherever_they_were_told(history: History) -> None:
    history.keep_lines([error_line(number) for number in range(10)] + [error_line(20, "no error")])
    everything: dict[str, Any] = {"unit_id": None, "level": Level.WARNING, "start": None, "end": None}
    found = history.errors(**everything)
    assert [(one.error.unit_id, one.times) for one in found] == [("E000", 4), ("E002", 3), ("E001", 3)]
    assert found[0].error.place == "a.b.C.d(C.java:9)"
    assert (found[0].first.timestamp(), found[0].last.timestamp()) == (NOON, NOON + 9)
    since = datetime.fromtimestamp(NOON + 8, UTC)
    assert [one.times for one in history.errors(**{**everything, "start": since})] == [1, 1]
    assert history.errors(**{**everything, "unit_id": "E002"}) == []
    assert history.errors(**{**everything, "end": datetime.fromtimestamp(NOON, UTC)}) == []


def test_a_file_with_lines_without_bounds_is_brought_within_them(path: Path, clock: Clock) -> None:
    """Its long lines are cut, its errors counted, and one with an impossible time, which broke the page, goes."""
    with sqlite3.connect(path) as old:
        for number in (1, 2, 3):
            for statement in str(steps.STEPS[number]).split(";"):
                old.execute(statement)
        old.execute(f"PRAGMA application_id = {steps.APPLICATION}")
        old.execute("PRAGMA user_version = 3")
        old.executemany(
            "INSERT INTO apis_lines (heard, at, program, unit_id, level, source, message) "
            "VALUES (?, ?, 'apis-main', 'E001', 0, 'a.ErrorCollection', ?)",
            [
                (1000, "2026-05-13T12:00:00+00:00", "(LOGIC:LOCAL:ERROR:E001) one"),
                (2000, "2026-05-13T12:00:00+00:00", "(LOGIC:LOCAL:ERROR:E001) one"),
                (3000, "2026-05-13T12:00:00+00:00", "x" * 9_000),
                (4000, "0001-01-01T00:00:00+14:00", "(LOGIC:LOCAL:ERROR:E001) one"),
            ],
        )
    old.close()
    history = History(path, wall=clock, megabytes=100)
    history.keep_lines([error_line(0)])
    assert [len(one.message) for one in all_lines(history)][1:] == [2_000, 28, 28]
    counted = history.errors(unit_id=None, level=Level.WARNING, start=None, end=None)
    assert [one.times for one in counted] == [1, 2]
    history.close()
    with sqlite3.connect(path) as file:
        (size,) = file.execute("SELECT value FROM counters WHERE name = 'apis_lines_bytes'").fetchone()
    file.close()
    assert 4_500 < size < 5_000


def test_a_line_whose_time_was_made_impossible_costs_no_page(path: Path, history: History) -> None:
    history.keep_lines([error_line(0), error_line(1)])
    with sqlite3.connect(path) as other:
        other.execute("UPDATE apis_lines SET at = '9999-12-31T23:59:59.999-14:00' WHERE id = 1")
    other.close()
    assert [one.at.timestamp() for one in all_lines(history)] == [NOON + 1, NOON]


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


def test_a_unit_that_comes_while_coverage_is_read_does_not_break_it(
    history: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was known of a minute that its unit was not yet in the list."""
    fill(history, ["E001"], 2)
    made_until = coverage.made_until

    def meanwhile(connection: sqlite3.Connection) -> int | None:
        history.write([minute("E002", NOON)])
        return made_until(connection)

    monkeypatch.setattr(coverage, "made_until", meanwhile)
    assert history.coverage([NOON, NOON + 3600]) == {"E001": [120.0]}
    monkeypatch.undo()
    assert set(history.coverage([NOON, NOON + 3600])) == {"E001", "E002"}
