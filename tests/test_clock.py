"""Noticing that the wall clock was set (Z12)."""

from datetime import UTC, datetime, timedelta

from main_controller.clock import REMEMBERED, ClockJumps

NOON = datetime(2026, 5, 13, 12, 0, tzinfo=UTC)


def test_a_clock_that_goes_on_as_it_should_has_not_jumped() -> None:
    jumps = ClockJumps()
    for second in range(0, 100_000, 7):
        assert jumps.observe(NOON + timedelta(seconds=second * 1.0001), 50.0 + second) == ()


def test_a_jump_forward_is_the_stretch_that_was_skipped_and_is_remembered() -> None:
    jumps = ClockJumps()
    jumps.observe(NOON, 0.0)
    skipped = ((NOON + timedelta(seconds=5), NOON + timedelta(hours=1)),)
    assert jumps.observe(NOON + timedelta(hours=1), 5.0) == skipped
    assert jumps.observe(NOON + timedelta(hours=1, seconds=5), 10.0) == skipped


def test_a_jump_back_skips_nothing_and_the_way_forward_again_does() -> None:
    jumps = ClockJumps()
    jumps.observe(NOON, 0.0)
    assert jumps.observe(NOON - timedelta(hours=1), 5.0) == ()
    assert len(jumps.observe(NOON, 10.0)) == 1


def test_a_long_sleep_of_the_machine_is_a_jump() -> None:
    """The monotonic clock stands still while the machine is suspended."""
    jumps = ClockJumps()
    jumps.observe(NOON, 0.0)
    assert jumps.observe(NOON + timedelta(hours=8), 0.1) != ()


def test_only_the_last_jumps_are_kept() -> None:
    jumps = ClockJumps()
    for hour in range(50):
        found = jumps.observe(NOON + timedelta(hours=hour), float(hour))
    assert len(found) == REMEMBERED
    assert found[-1][1] == NOON + timedelta(hours=49)
