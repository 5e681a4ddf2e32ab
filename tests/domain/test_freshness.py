"""A unit is as old as its own clock says, whatever apis-web answers (Z5, Z6a, K5-K7)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from main_controller.domain.freshness import RECENT_READINGS, Sighting, UnitState, lost, sight, unwatched
from main_controller.domain.modes import ConverterStatus

START = datetime(2020, 1, 1, tzinfo=UTC)


def reading(status: str = "0x0000", ig: float = 0.0) -> dict[str, Any]:
    meter = {"vg": 350.0, "ig": ig}
    return {"dcdc": {"status": {"status": status}, "meter": meter, "vdis": {"dvg": 349.0}, "param": {"dig": 2}}}


def seen(before: Sighting | None, clock: str, now: float, data: dict[str, Any] | None = None) -> Sighting:
    return sight(before, "E001", data if data is not None else reading(), clock, now, START + timedelta(seconds=now))


def test_a_unit_first_seen_counts_from_its_arrival() -> None:
    first = seen(None, "a", 5.0)
    assert (first.age(5.0), first.age(7.5), first.moved_wall) == (0.0, 2.5, START + timedelta(seconds=5))


def test_a_clock_that_stands_still_ages_though_answers_come() -> None:
    """K5: apis-web goes on answering 200 while the devices hang."""
    sighting = seen(None, "a", 0.0)
    for now in range(1, 41):
        sighting = seen(sighting, "a", float(now))
    assert (sighting.age(40.0), sighting.moved_wall) == (40.0, START)
    assert sighting.state(40.0, 30.0) is UnitState.STALE


def test_a_moved_clock_makes_it_young_again() -> None:
    sighting = seen(seen(None, "a", 0.0), "b", 40.0)
    assert (sighting.age(41.0), sighting.state(41.0, 30.0)) == (1.0, UnitState.LIVE)


@pytest.mark.parametrize(
    ("now", "state"), [(0.0, UnitState.LIVE), (30.0, UnitState.LIVE), (30.001, UnitState.STALE), (9e9, UnitState.STALE)]
)
def test_live_up_to_the_limit_and_stale_after_it(now: float, state: UnitState) -> None:
    assert seen(None, "a", 0.0).state(now, 30.0) is state


def test_newest_data_are_kept_even_when_the_clock_stands_still() -> None:
    newest = reading(ig=1.5)
    sighting = seen(seen(None, "a", 0.0), "a", 1.0, newest)
    assert (sighting.data, sighting.age(1.0), len(sighting.recent)) == (newest, 1.0, 1)


def test_a_lost_unit_is_silent_at_once_and_keeps_its_last_data_and_age() -> None:
    data = reading("0x0041")
    gone = lost(seen(None, "a", 0.0, data), 2.0)
    assert (gone.state(2.0, 30.0), gone.absent_at, gone.data, gone.age(9.0)) == (UnitState.SILENT, 2.0, data, 9.0)
    assert lost(gone, 7.0) is gone


def test_a_unit_that_comes_back_with_its_old_clock_is_as_old_as_before() -> None:
    back = seen(lost(seen(None, "a", 0.0), 1.0), "a", 50.0)
    assert (back.present, back.absent_at, back.state(50.0, 30.0)) == (True, None, UnitState.STALE)


def test_a_clock_stepping_back_still_shows_a_new_reading() -> None:
    """Only that it moved counts, not where to: its zone and its date may be wrong (Z5b)."""
    assert seen(seen(None, "2020/01/02-00:00:00", 0.0), "2020/01/01-00:00:00", 9.0).age(9.0) == 0.0


def test_readings_are_kept_newest_last_and_only_so_many() -> None:
    sighting = None
    for index in range(RECENT_READINGS + 3):
        sighting = seen(sighting, str(index), float(index), reading("0x0002", ig=-index))
    assert sighting is not None
    assert [one.at for one in sighting.recent] == [3.0, 4.0, 5.0, 6.0, 7.0, 8.0]
    last = sighting.recent[-1]
    assert (last.status, last.vg, last.ig, last.dvg, last.dig) == (ConverterStatus.DISCHARGE, 350.0, -8.0, 349.0, 2.0)


@pytest.mark.parametrize(
    ("state", "status", "expected"),
    [
        (UnitState.LIVE, "0x0014", False),
        (UnitState.LIVE, None, False),
        (UnitState.STALE, "0x0000", False),
        (UnitState.SILENT, "0x0000", False),
        (UnitState.STALE, "0x0014", True),
        (UnitState.SILENT, "0x0041", True),
        (UnitState.SILENT, "0x9999", True),
        (UnitState.SILENT, None, True),
    ],
)
def test_unwatched_is_not_live_and_not_surely_in_wait(state: UnitState, status: str | None, expected: bool) -> None:
    """K6: a converter goes on doing what it did last; an unknown word counts as running."""
    assert unwatched(state, status) is expected


@pytest.mark.parametrize(("state", "alarm"), [("Heavy alarm", True), ("Light alarm", False), (None, False)])
def test_a_reading_keeps_whether_the_converter_reported_a_heavy_alarm(state: str | None, alarm: bool) -> None:
    """I5: it must be gone in two readings, so each remembers it."""
    told = reading()
    told["dcdc"]["status"]["alarmState"] = state
    assert seen(None, "a", 0.0, told).recent[-1].alarm is alarm
