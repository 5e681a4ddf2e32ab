"""The daily digest: everything that the day was, and what could not be read."""

from datetime import timedelta

from main_controller.notification.digest import Day, Energy, digest
from main_controller.sentence import foreign
from tests.notification.alarms import NOON

DAY = Day(
    NOON, NOON + timedelta(days=1), 98.7, [("E003", 12.0), ("E001", 97.5)],
    energy=Energy(12, 5400.0, 5200.0, 1), raised=[(1, 2), (3, 7)], standing=[foreign("1: The grid reports an error.")],
    orders=(9, 2), planned=[foreign("2026-05-14 12:00 UTC: The cluster, Soft Stop")],
)  # fmt: skip


def lines(day: Day) -> list[str]:
    return [str(line) for line in digest(day, lambda at: f"{at:%d. %H:%M}").lines]


def test_it_tells_everything() -> None:
    assert lines(DAY) == [
        "From 13. 03:00 to 14. 03:00.",
        "Alarms that stand: 1.",
        "  1: The grid reports an error.",
        "Raised with priority 1: 2.",
        "Raised with priority 3: 7.",
        "The record is complete to 98.7 %.",
        "  E003: 12.0 %",
        "  E001: 97.5 %",
        "Deals that ended: 12 with current, 1 without. Given 5400 Wh, taken 5200 Wh.",
        "Orders: 9, of which 2 failed.",
        "Planned for the next day:",
        "  2026-05-14 12:00 UTC: The cluster, Soft Stop",
    ]


def test_a_quiet_day_says_so() -> None:
    quiet = Day(NOON, NOON, 100.0, energy=Energy(0, 0, 0, 0), raised=[], orders=(0, 0), planned=[])
    assert lines(quiet)[1:] == [
        "No alarm stands.",
        "No alarm was raised.",
        "The record is complete to 100.0 %.",
        "No deal ended.",
        "Orders: 0, of which 0 failed.",
        "Nothing is planned for the next day.",
    ]


def test_what_could_not_be_read_is_never_well() -> None:
    """Missing data are named, and nothing stands in their place."""
    assert lines(Day(NOON, NOON, unread=[foreign("The file cannot be read.")]))[1:] == [
        "No alarm stands.",
        "Nothing was recorded in this time.",
        "Could not be read: The file cannot be read.",
    ]


def test_long_lists_are_cut_and_counted() -> None:
    many = Day(
        NOON, NOON, 50.0, [(f"E{number:03}", 10.0) for number in range(25)],
        standing=[foreign(f"alarm {number}") for number in range(30)],
    )  # fmt: skip
    found = lines(many)
    assert "And 10 more, see the list." in found
    assert "  And 15 more units with gaps." in found
