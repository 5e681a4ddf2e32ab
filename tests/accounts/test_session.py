"""How long a session holds, and how long its browser may still stop."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from main_controller.accounts.session import IDLE, LONGEST, STOPS_FOR, Session

NOON = datetime(2026, 5, 13, 12, tzinfo=UTC)
TICK = timedelta(microseconds=1)
SESSION = Session("d" * 64, 1, NOON, NOON, "10.0.0.1", "Firefox")


def test_the_hours_are_those_that_were_decided() -> None:
    assert [hours / timedelta(hours=1) for hours in (IDLE, LONGEST, STOPS_FOR)] == [8, 16, 24]


def test_it_holds_to_the_last_moment_and_no_longer() -> None:
    assert SESSION.holds(NOON)
    assert SESSION.holds(NOON + IDLE - TICK)
    assert not SESSION.holds(NOON + IDLE)


def test_use_makes_it_longer_but_never_beyond_its_longest() -> None:
    used = replace(SESSION, used=NOON + timedelta(hours=15))
    assert used.holds(NOON + LONGEST - TICK)
    assert not used.holds(NOON + LONGEST)
    assert used.end == NOON + LONGEST


@pytest.mark.parametrize(
    ("session", "end"),
    [
        (SESSION, NOON + IDLE),
        (replace(SESSION, ended=NOON + timedelta(hours=1)), NOON + timedelta(hours=1)),
        (replace(SESSION, ended=NOON + timedelta(hours=9)), NOON + IDLE),
    ],
)
def test_its_browser_may_stop_for_a_day_after_its_end(session: Session, end: datetime) -> None:
    assert session.end == end
    assert session.may_stop(NOON)
    assert session.may_stop(end + STOPS_FOR - TICK)
    assert not session.may_stop(end + STOPS_FOR)


def test_one_that_was_ended_holds_no_more() -> None:
    assert not replace(SESSION, ended=NOON + TICK).holds(NOON + 2 * TICK)


def test_a_clock_that_was_put_back_makes_none_last_for_ever() -> None:
    assert SESSION.holds(NOON - timedelta(hours=1))
    assert not SESSION.holds(NOON - IDLE)
    assert not SESSION.may_stop(NOON - timedelta(days=300))


def test_its_handle_is_not_enough_to_get_in() -> None:
    session = replace(SESSION, digest="0123456789abcdef" * 4)
    assert session.handle == "0123456789abcdef"
    assert session.digest not in repr(session)
