"""A clock that is years off is named, and nobody's by mistake (M25)."""

import pytest

from main_controller.domain.unit_clocks import odd_clocks

NOON = "2026/05/13-12:00:00"


def test_one_clock_in_2099_is_odd_and_the_many_are_not() -> None:
    times = {"E001": NOON, "E002": "2099/01/01-00:00:00", "E003": "2026/05/13-11:58:01", "E004": None}
    assert odd_clocks(times, NOON) == {"E002": "2099/01/01-00:00:00"}


@pytest.mark.parametrize(
    ("time", "odd"),
    [("2026/05/13-12:05:00", False), ("2026/05/13-12:05:01", True), ("2026/05/13-11:54:59", True),
     ("2026/05/13-21:00:00", True), ("1970/01/01-00:00:00", True), ("noon", True), ("2026/13/45-99:00:00", True)],
)  # fmt: skip
def test_odd_is_what_lies_more_than_five_minutes_apart_or_is_no_time(time: str, odd: bool) -> None:
    assert bool(odd_clocks({"E001": NOON, "E002": NOON, "E003": time}, NOON)) is odd


def test_of_two_nobody_can_tell_which_is_right() -> None:
    assert odd_clocks({"E001": NOON, "E002": "2099/01/01-00:00:00"}, NOON) == {}
    assert odd_clocks({"E001": NOON, "E002": NOON, "E003": "x"}, None) == {}
    assert odd_clocks({"E001": "a", "E002": "b", "E003": "c"}, "b") == {}
