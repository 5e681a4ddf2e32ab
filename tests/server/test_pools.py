"""Threads: what stops never waits for what does not, nor for other stops; ends in order."""

import threading
import time
from types import SimpleNamespace
from typing import Any

import pytest

from main_controller.server import pools as module
from main_controller.server.lanes import Lane
from main_controller.server.pools import Pool, Pools

PATIENCE = 10.0


class Task:
    """A request as the pools see it, which holds its thread until it is let go."""

    def __init__(self, path: str = "/", *, error: object = None) -> None:
        request = SimpleNamespace(error=error, command="POST", path=path, query="", form=lambda: b"")
        self.requests = [request]
        self.lane = Lane.ORDINARY
        self.served, self.go, self.cancelled = threading.Event(), threading.Event(), False

    def service(self) -> None:
        self.served.set()
        self.go.wait(PATIENCE)

    def cancel(self) -> None:
        self.cancelled = True


def lane_of(method: str, path: str, query: str, body: bytes) -> Lane:
    return {"/stopAll": Lane.STOP_ALL, "/stop": Lane.STOP}.get(path, Lane.ORDINARY)


def let_go(tasks: list[Task]) -> None:
    for task in tasks:
        task.go.set()


def test_a_stop_is_served_while_every_other_thread_is_held() -> None:
    pools = Pools(2, lane_of)
    held = [Task() for _ in range(5)]
    stop, stop_all = Task("/stop"), Task("/stopAll")
    for task in [*held, stop, stop_all]:
        pools.add_task(task)
    assert stop.served.wait(PATIENCE)
    assert stop_all.served.wait(PATIENCE)
    assert sum(task.served.is_set() for task in held) <= 2
    let_go([*held, stop, stop_all])
    assert all(task.served.wait(PATIENCE) for task in held)
    assert pools.shutdown(timeout=PATIENCE)


def test_sixty_stops_that_hold_their_threads_keep_neither_a_stop_nor_stop_all() -> None:
    pools = Pools(2, lane_of)
    stops = [Task("/stop") for _ in range(60)] + [Task("/stopAll") for _ in range(30)]
    for task in stops:
        pools.add_task(task)
    assert all(task.served.wait(PATIENCE) for task in stops)
    let_go(stops)
    assert pools.shutdown(timeout=PATIENCE)


def test_even_all_stops_that_may_be_held_leave_stop_all_its_threads() -> None:
    pools = Pools(2, lane_of)
    held = [Task("/stop") for _ in range(module.STOPPING[1] + 5)]
    stop_all = Task("/stopAll")
    for task in [*held, stop_all]:
        pools.add_task(task)
    assert stop_all.served.wait(PATIENCE)
    let_go([*held, stop_all])
    assert pools.shutdown(timeout=PATIENCE)


def test_a_request_that_cannot_be_read_is_nobodys_stop() -> None:
    pools = Pools(1, lane_of)
    broken = Task("/stopAll", error="400")
    broken.go.set()
    pools.add_task(broken)
    assert broken.served.wait(PATIENCE)
    assert broken.lane is Lane.ORDINARY
    assert pools.shutdown(timeout=PATIENCE)


def test_threads_beyond_the_least_go_when_there_is_no_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "KEPT_FOR", 0.05)
    pool = Pool("few", 1, 9)
    tasks = [Task() for _ in range(6)]
    for task in tasks:
        pool.add_task(task)
    assert all(task.served.wait(PATIENCE) for task in tasks)
    let_go(tasks)
    with pool._lock:
        assert pool._left.wait_for(lambda: pool._threads == 1, PATIENCE)
    assert pool.end(time.monotonic() + PATIENCE) == 0


def test_a_request_that_fails_costs_no_thread(caplog: pytest.LogCaptureFixture) -> None:
    class Failing(Task):
        def service(self) -> None:
            raise RuntimeError("unforeseen")

    pool, after = Pool("one", 1, 1), Task()
    pool.add_task(Failing())
    pool.add_task(after)
    assert after.served.wait(PATIENCE)
    after.go.set()
    assert pool.end(time.monotonic() + PATIENCE) == 0
    assert "unforeseen" in caplog.text


def test_threads_without_work_are_no_requests(caplog: pytest.LogCaptureFixture) -> None:
    """A port that was taken was told with "28 requests are still being served" of a program that had served none."""
    assert Pools(4, lane_of).shutdown(timeout=0)
    assert caplog.text == ""


def test_the_end_cancels_what_waits_and_tells_what_still_runs(caplog: pytest.LogCaptureFixture) -> None:
    pools = Pools(1, lane_of)
    held, waiting = Task(), Task()
    pools.add_task(held)
    pools.add_task(waiting)
    assert held.served.wait(PATIENCE)
    assert not pools.shutdown(timeout=0.05)
    assert waiting.cancelled
    assert "1 request is still being served" in caplog.text
    held.go.set()
    assert pools.shutdown(timeout=PATIENCE)


def test_where_the_machine_gives_no_more_threads_those_there_are_serve(monkeypatch: pytest.MonkeyPatch) -> None:
    pool, first, second = Pool("one", 1, 5), Task(), Task()

    def refuse(self: Any) -> None:
        raise RuntimeError("can't start new thread")

    pool.add_task(first)
    assert first.served.wait(PATIENCE)
    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", refuse)
        pool.add_task(second)
    first.go.set()
    assert second.served.wait(PATIENCE)
    second.go.set()
    assert pool.end(time.monotonic() + PATIENCE) == 0
