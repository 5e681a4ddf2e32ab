"""Days and months begin in the site's zone and are 23, 24 or 25 hours, or as many days, long."""

import itertools
from datetime import UTC, datetime

import pytest
import pytz
from hypothesis import given
from hypothesis import strategies as st

from main_controller.history.slot import Energies, Powers, Slot, Voltage
from main_controller.history.spans import Step, boundaries, gathered

BERLIN, TOKYO, KATHMANDU, APIA, SAO_PAULO = map(
    pytz.timezone, ("Europe/Berlin", "Asia/Tokyo", "Asia/Kathmandu", "Pacific/Apia", "America/Sao_Paulo")
)


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


def hours(begins: list[int]) -> list[float]:
    return [(later - earlier) / 3600 for earlier, later in itertools.pairwise(begins)]


@pytest.mark.parametrize(
    ("day", "long"), [("2026-03-28T23:00", 23), ("2026-10-24T22:00", 25), ("2026-05-12T22:00", 24)]
)
def test_a_day_is_as_long_as_its_clocks_make_it(day: str, long: int) -> None:
    begins = boundaries(Step.DAY, at(day), at(day) + 3600, BERLIN)
    assert (begins[0], hours(begins)) == (at(day), [long])


def test_a_month_begins_at_the_sites_midnight() -> None:
    begins = boundaries(Step.MONTH, at("2026-01-15T00:00"), at("2026-03-02T00:00"), TOKYO)
    assert begins == [at("2025-12-31T15:00"), at("2026-01-31T15:00"), at("2026-02-28T15:00"), at("2026-03-31T15:00")]


def test_a_day_that_a_zone_skipped_is_none() -> None:
    """Samoa had no 30 December 2011: these are the 29th, the 31st and the first of January."""
    assert hours(boundaries(Step.DAY, at("2011-12-29T12:00"), at("2011-12-31T12:00"), APIA)) == [24, 24, 24]


def test_a_midnight_that_the_clocks_skip_is_the_moment_after() -> None:
    begins = boundaries(Step.DAY, at("2018-11-03T12:00"), at("2018-11-05T12:00"), SAO_PAULO)
    assert at("2018-11-04T03:00") in begins
    assert 23 in hours(begins)


@pytest.mark.parametrize(("step", "length"), [(Step.MINUTE, 60), (Step.HALF_HOUR, 1800)])
def test_short_slots_begin_at_multiples_of_their_length(step: Step, length: int) -> None:
    begins = boundaries(step, 10_000_001, 10_000_001 + 3 * length, KATHMANDU)
    assert all(begin % length == 0 for begin in begins)
    assert begins[0] <= 10_000_001 < begins[1]
    assert begins[-1] >= 10_000_001 + 3 * length


@given(st.integers(0, 2**31 - 10**8), st.integers(1, 10**8), st.sampled_from(pytz.common_timezones))
def test_days_follow_one_another_in_every_zone(start: int, length: int, zone: str) -> None:
    begins = boundaries(Step.DAY, start, start + min(length, 10**7), pytz.timezone(zone))
    assert begins[0] <= start < begins[-1]
    assert all(10 <= long <= 38 for long in hours(begins))


def test_a_day_is_made_of_its_half_hours_and_a_day_without_any_is_a_gap() -> None:
    begins = boundaries(Step.DAY, at("2026-05-12T22:00"), at("2026-05-15T21:00"), BERLIN)
    slots = [
        Slot("E001", begins[0] + 1800 * index, 1800, 1800.0 - 600 * index, Powers(grid=float(100 * index)),
             Energies(grid_in=1.0), Voltage(340.0 - index, 350.0, 355.0 + index), float(50 - index), (1800.0,), (0.0,))
        for index in range(3)
    ]  # fmt: skip
    first, second, third = gathered(slots, begins)
    assert first is not None
    assert (second, third) == (None, None)
    assert (first.start, first.length, first.covered) == (begins[0], 86_400, 3600.0)
    assert first.powers.grid == pytest.approx((0 * 1800 + 100 * 1200 + 200 * 600) / 3600)
    assert first.powers.pv is None
    assert first.energies.grid_in == 3.0
    assert first.voltage is not None
    assert list(first.voltage) == pytest.approx([338.0, 350.0, 357.0])
    assert first.charge == 48.0
