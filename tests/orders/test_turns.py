"""Whose turn it is to send, and what overtakes a turn (Z8, Z8b, Z9)."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from main_controller.domain.scope import CLUSTER, Lane, Scope
from main_controller.orders.turns import TurnLost, Turns

PATIENCE = 5.0
ALL, ONE, OTHER = (Lane("converter", scope) for scope in (CLUSTER, Scope("E001"), Scope("E002")))


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(8) as pool:
        yield pool


def in_turn(
    turns: Turns, name: str, done: list[str], go: threading.Event, overtaken: Callable[[], bool] = lambda: False
) -> None:
    with turns.turn(ONE, name, timeout=PATIENCE, overtaken=overtaken):
        done.append(name)
        assert go.wait(PATIENCE)


def waiting(turns: Turns, count: int) -> None:
    """Until so many stand in the queue."""
    tick = threading.Event()
    for _ in range(500):
        if len(turns._queues.get(ONE, ())) >= count:
            return
        tick.wait(0.01)
    raise AssertionError("they never queued")


def test_turns_come_one_at_a_time_in_order_of_arrival(threads: ThreadPoolExecutor) -> None:
    turns, done = Turns(), list[str]()
    goes = [threading.Event() for _ in range(4)]
    running: list[Future[None]] = []
    for number, go in enumerate(goes):
        running.append(threads.submit(in_turn, turns, f"c{number}", done, go))
        waiting(turns, number + 1)
    for number, go in enumerate(goes):
        go.set()
        running[number].result(PATIENCE)
    assert done == ["c0", "c1", "c2", "c3"]
    assert turns._queues == {}


def test_turns_of_different_units_do_not_wait_for_each_other() -> None:
    turns = Turns()
    with (
        turns.turn(ONE, "c1", timeout=0.0, overtaken=lambda: False),
        turns.turn(OTHER, "c2", timeout=0.0, overtaken=lambda: False),
    ):
        pass


def test_a_stop_overtakes_all_that_wait_for_their_turn_and_whoever_holds_it_learns_of_it(
    threads: ThreadPoolExecutor,
) -> None:
    turns, done = Turns(), list[str]()
    go = threading.Event()
    seen = turns.stops(ALL, ONE)

    def overtaken() -> bool:
        return turns.stops(ALL, ONE) != seen

    running = []
    for number in range(3):
        running.append(threads.submit(in_turn, turns, f"c{number}", done, go, overtaken))
        waiting(turns, number + 1)
    turns.stopping(ONE)
    for queued in running[1:]:
        with pytest.raises(TurnLost, match="overtook"):
            queued.result(PATIENCE)
    assert overtaken(), "the one whose order is in flight follows it with a Wait"
    go.set()
    running[0].result(PATIENCE)
    assert done == ["c0"]


def test_a_turn_that_does_not_come_in_time_is_given_up_unsent_and_frees_its_place() -> None:
    turns = Turns()
    with (
        turns.turn(ONE, "c1", timeout=0.0, overtaken=lambda: False),
        pytest.raises(TurnLost, match="still under way"),
        turns.turn(ONE, "c2", timeout=0.01, overtaken=lambda: False),
    ):
        raise AssertionError("it had no turn")
    with turns.turn(ONE, "c3", timeout=0.0, overtaken=lambda: False):
        pass


def test_a_turn_is_given_back_whatever_fails_in_it() -> None:
    turns = Turns()
    with pytest.raises(ZeroDivisionError), turns.turn(ONE, "c1", timeout=0.0, overtaken=lambda: False):
        raise ZeroDivisionError
    assert turns._queues == {}


def test_stops_count_per_lane() -> None:
    turns = Turns()
    assert turns.stopping(ALL) == 1
    assert turns.stopping(ONE) == 1
    assert (turns.stops(ALL, ONE), turns.stops(OTHER)) == (2, 0)


def test_what_holds_the_cluster_is_told_until_it_ends() -> None:
    turns = Turns()
    assert turns.held_by is None
    turns.hold("c7")
    assert turns.held_by == "c7"
    turns.hold(None)
    assert turns.held_by is None
