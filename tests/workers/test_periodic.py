"""A worker keeps its beat, survives everything and stops when told (B6, T31)."""

import threading
from collections.abc import Callable, Iterator

import pytest

from main_controller.errors import UpstreamTimeout
from main_controller.sentence import foreign
from main_controller.workers.periodic import Periodic

LONG = 10.0
"""Seconds after which a test gives up; none should take a fraction of it."""


class Rounds:
    """Counts the runs; each may raise, and may wait to be let on."""

    def __init__(self, *raises: BaseException | None) -> None:
        self.raises = list(raises)
        self.count = 0
        self.changed = threading.Condition()

    def __call__(self) -> None:
        with self.changed:
            self.count += 1
            self.changed.notify_all()
        error = self.raises.pop(0) if self.raises else None
        if error is not None:
            raise error

    def reach(self, count: int) -> bool:
        with self.changed:
            return self.changed.wait_for(lambda: self.count >= count, LONG)


class FakeClock:
    """A monotonic clock that each run moves on by what its run took."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def start() -> Iterator[Callable[[Periodic], Periodic]]:
    running: list[Periodic] = []

    def started(periodic: Periodic) -> Periodic:
        running.append(periodic)
        periodic.start()
        return periodic

    yield started
    assert all(one.stop(LONG) for one in running)


def test_it_runs_at_once_and_again_and_again(start: Callable[[Periodic], Periodic]) -> None:
    rounds = Rounds()
    periodic = start(Periodic("it", 0.01, rounds))
    assert rounds.reach(3)
    assert periodic.health.alive


def test_it_survives_whatever_the_call_raises(start: Callable[[Periodic], Periodic]) -> None:
    rounds = Rounds(
        UpstreamTimeout(foreign("it hangs")), KeyError("bug"), RecursionError(), MemoryError(), OSError("disk full")
    )
    periodic = start(Periodic("it", 0.005, rounds))
    assert rounds.reach(7)
    assert periodic.health.alive
    assert periodic.health.up
    assert periodic.health.last_error == "disk full"


def test_its_first_fault_is_told() -> None:
    periodic = Periodic("it", 60.0, Rounds(UpstreamTimeout(foreign("it hangs"))))
    periodic.run_once()
    assert (periodic.health.up, periodic.health.last_error, periodic.health.last_success) == (False, "it hangs", None)


def test_wake_runs_it_at_once(start: Callable[[Periodic], Periodic]) -> None:
    rounds = Rounds()
    periodic = start(Periodic("it", 3600.0, rounds))
    assert rounds.reach(1)
    periodic.wake()
    assert rounds.reach(2)


def test_an_overrun_skips_beats_and_never_queues_them(start: Callable[[Periodic], Periodic]) -> None:
    """A run of 3.4 intervals is followed by the beat at 4, not by three runs at once."""
    clock = FakeClock()
    waits: list[float] = []
    done = threading.Event()
    took = iter([0.5, 3.4, 0.25, 1.0])

    def call() -> None:
        step = next(took, None)
        if step is None:
            done.set()
            return
        clock.now += step

    periodic = Periodic("it", 1.0, call, clock=clock)

    class Roused(threading.Event):
        """Instead of waiting, let the clock run on."""

        def wait(self, timeout: float | None = None) -> bool:
            assert timeout is not None
            if done.is_set():
                return super().wait(timeout)
            waits.append(round(timeout, 6))
            clock.now += timeout
            return False

    periodic._roused = Roused()
    start(periodic)
    assert done.wait(LONG)
    assert waits[:4] == [0.5, 0.6, 0.75, 1.0]


def test_stop_ends_it_at_once_though_its_next_beat_is_far(start: Callable[[Periodic], Periodic]) -> None:
    rounds = Rounds()
    periodic = start(Periodic("it", 3600.0, rounds))
    assert rounds.reach(1)
    assert periodic.stop(LONG)
    assert not periodic.health.alive


def test_stop_does_not_wait_for_ever_for_a_call_that_hangs(caplog: pytest.LogCaptureFixture) -> None:
    entered, let_go = threading.Event(), threading.Event()

    def hang() -> None:
        entered.set()
        let_go.wait(LONG)

    periodic = Periodic("it", 1.0, hang)
    periodic.start()
    assert entered.wait(LONG)
    assert not periodic.stop(0.01)
    assert "it did not end within 0.01 s" in caplog.text
    let_go.set()
    assert periodic.stop(LONG)


def test_stop_before_start_is_no_fault() -> None:
    assert Periodic("it", 1.0, Rounds()).stop(0.0)


@pytest.mark.parametrize("interval", [0.0, -1.0, float("nan"), float("inf")])
def test_an_interval_that_is_no_beat_is_refused(interval: float) -> None:
    with pytest.raises(ValueError, match="no beat"):
        Periodic("it", interval, Rounds())
