"""What a deal carried: power over time between readings, never across a gap, and never more than was told."""

from datetime import UTC, datetime, timedelta

import pytest

from main_controller.assessment.flows import Flow
from main_controller.rules.deal_account import DealAccount, keyed, opened

START = datetime(2026, 5, 13, 3, 0, tzinfo=UTC)
LONGEST = 30.0


def flow(running: bool | None = True, power: float | None = 700.0) -> Flow:
    return Flow("E001", "E002", running=running, power=power if running else None)


def watched(*looks: tuple[float, Flow], saw_begin: bool = True) -> DealAccount:
    """The account after looks at so many seconds, each with a reading of that moment."""
    (at, first), *rest = looks
    account = opened(first, START, at, saw_begin=saw_begin)
    for at, seen in rest:
        account = account.looked(seen, START + timedelta(seconds=at), at, LONGEST)
    return account


def test_energy_is_the_power_over_the_time_between_readings() -> None:
    """Half a minute at 600 W rising to 800 W, then one at 800 W."""
    account = watched((0, flow(power=600.0)), (30, flow(power=800.0)), (60, flow(power=800.0)))
    assert account.wh == pytest.approx(700 / 120 + 800 / 120)
    assert account.whole


def test_while_no_current_flows_nothing_is_carried_and_nothing_is_missed() -> None:
    account = watched((0, flow(running=False)), (20, flow(running=False)), (40, flow()))
    assert account.wh == pytest.approx(350 * 20 / 3600)
    assert not account.gaps
    assert (account.seen_at, account.current_since) == (START, START + timedelta(seconds=40))
    assert account.stands_since == START + timedelta(seconds=40)


@pytest.mark.parametrize(
    ("middle", "then"),
    [(flow(running=None), 40.0), (flow(power=None), 40.0), (flow(), 71.0)],
    ids=["nobody tells", "no power is told", "too far apart"],
)
def test_a_gap_is_left_out_and_told(middle: Flow, then: float) -> None:
    account = watched((0, flow()), (20, flow()), (40, middle), (40 + then, flow()))
    told = 20 if middle.power is None else 40
    assert account.wh == pytest.approx(700 * told / 3600)
    assert (account.gaps, account.whole) == (True, False)


def test_the_same_reading_counts_once_however_often_it_is_looked_at() -> None:
    once = watched((0, flow()), (20, flow()))
    assert watched((0, flow()), (20, flow()), (20, flow()), (20, flow())).wh == once.wh


def test_a_unit_that_falls_silent_between_two_readings_leaves_a_gap() -> None:
    """The reading is the same, but it tells of now no longer."""
    account = watched((0, flow()), (20, flow()), (20, flow(running=None)), (40, flow()))
    assert account.wh == pytest.approx(700 * 20 / 3600)
    assert account.gaps


def test_what_began_unseen_is_counted_from_when_it_was_seen_and_is_not_whole() -> None:
    account = watched((0, flow()), (20, flow()), saw_begin=False)
    assert account.wh == pytest.approx(700 * 20 / 3600)
    assert not account.whole


def test_nothing_is_counted_before_a_reading_tells() -> None:
    assert watched((0, flow(running=None))).wh is None
    assert watched((0, flow(running=None)), (20, flow())).wh is None
    assert watched((0, flow(running=None)), (20, flow()), (40, flow())).wh == pytest.approx(700 * 20 / 3600)


def test_while_the_deals_cannot_be_told_the_account_stands_still() -> None:
    late = START + timedelta(seconds=25)
    account = watched((0, flow()), (20, flow())).untold(late)
    assert (account.running, account.stands_since, account.gaps) == (None, late, True)
    back = account.looked(flow(), START + timedelta(seconds=40), 40.0, LONGEST)
    assert back.wh == pytest.approx(700 * 20 / 3600)
    assert back.current_since == START


def test_two_deals_that_say_the_same_are_two() -> None:
    """K12."""
    keys = [key for key, _ in keyed([flow(), flow(), Flow("E002", "E001")])]
    assert len(set(keys)) == 3
