"""Simulated time: by steps or by the wall clock, shrunk by tempo."""

import threading

import pytest

from main_controller.simulator.agenda import LONGEST_LEAP, Agenda


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_calls_happen_in_the_order_of_their_times() -> None:
    """Those of one time in the order in which they were asked for."""
    agenda, seen = Agenda(), []
    for name, delay in (("c", 3.0), ("a", 1.0), ("d", 3.0), ("b", 2.0)):
        agenda.after(delay, lambda name=name: seen.append((name, agenda.now)))  # type: ignore[misc]
    agenda.advance(2.5)
    assert seen == [("a", 1.0), ("b", 2.0)]
    agenda.advance(1.0)
    assert seen[2:] == [("c", 3.0), ("d", 3.0)]
    assert agenda.now == 3.5


def test_a_beat_is_kept_even_when_a_call_fails() -> None:
    """One fault does not end a period."""
    agenda, seen = Agenda(), []

    def beat() -> None:
        seen.append(agenda.now)
        if len(seen) == 2:
            raise RuntimeError("once")

    agenda.every(5.0, 1.0, beat)
    agenda.advance(1.0)
    with pytest.raises(RuntimeError, match="once"):
        agenda.advance(5.0)
    agenda.advance(10.0)
    assert seen == [1.0, 6.0, 11.0, 16.0]


@pytest.mark.parametrize(("tempo", "passed"), [(1.0, 4.0), (0.5, 8.0)])
def test_time_follows_the_clock_shrunk_by_tempo(tempo: float, passed: float) -> None:
    """Whoever takes the lock finds everything done that is due."""
    clock = Clock()
    agenda = Agenda(tempo, clock)
    agenda.start()
    try:
        clock.now += 4.0
        with agenda:
            assert agenda.now == pytest.approx(passed)
    finally:
        agenda.end()


def test_after_a_long_sleep_only_the_last_half_minute_is_caught_up() -> None:
    """A machine that was busy elsewhere does not get busier."""
    clock = Clock()
    agenda = Agenda(1.0, clock)
    agenda.start()
    try:
        clock.now += 10_000.0
        with agenda:
            assert agenda.now == pytest.approx(LONGEST_LEAP)
        clock.now += 1.0
        with agenda:
            assert agenda.now == pytest.approx(LONGEST_LEAP + 1.0)
    finally:
        agenda.end()


def test_who_waits_is_woken_by_time_and_sent_away_at_the_end() -> None:
    """True when the seconds have passed, False when the simulation ended before."""
    agenda = Agenda()
    results: list[bool] = []

    def wait(seconds: float) -> None:
        with agenda:
            results.append(agenda.wait(seconds))

    threads = [threading.Thread(target=wait, args=(seconds,)) for seconds in (5.0, 500.0)]
    for thread in threads:
        thread.start()
        thread.join(0.1)
    agenda.advance(5.0)
    threads[0].join(5.0)
    assert results == [True]
    agenda.end()
    threads[1].join(5.0)
    assert results == [True, False]


@pytest.mark.parametrize("tempo", [0.0, -1.0, float("nan")])
def test_tempo_is_more_than_nothing(tempo: float) -> None:
    with pytest.raises(ValueError, match="tempo"):
        Agenda(tempo)
