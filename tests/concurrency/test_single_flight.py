"""Callers at the same moment share one call, and one that hangs holds a bounded number of them (Z6)."""

import threading
from collections.abc import Callable

import pytest

from main_controller.concurrency.single_flight import SingleFlight
from main_controller.errors import NoDataYet, UpstreamRefused, UpstreamTimeout
from main_controller.sentence import foreign


class Hanging:
    """A call that hangs until it is released."""

    def __init__(self) -> None:
        self.calls = 0
        self.entered = threading.Event()
        self.release = threading.Event()
        self.outcome: int | Exception = 42

    def __call__(self) -> int:
        self.calls += 1
        self.entered.set()
        assert self.release.wait(10)
        if isinstance(self.outcome, Exception):
            raise self.outcome
        return self.outcome


class Crowd:
    """Threads that call and keep what they got."""

    def __init__(self, call: Callable[[], int], size: int) -> None:
        self.got: list[int | Exception] = []
        self._call = call
        self._threads = [threading.Thread(target=self._ask) for _ in range(size)]
        for thread in self._threads:
            thread.start()

    def _ask(self) -> None:
        try:
            self.got.append(self._call())
        except (UpstreamTimeout, UpstreamRefused, NoDataYet) as error:
            self.got.append(error)

    def wait_for(self, answers: int) -> None:
        """Wait until this many have got something."""
        deadline = threading.Event()
        for _ in range(1000):
            if len(self.got) >= answers:
                return
            deadline.wait(0.01)
        raise AssertionError(f"only {len(self.got)} of {answers} were answered")

    def join(self) -> None:
        for thread in self._threads:
            thread.join(10)
            assert not thread.is_alive()


def test_a_call_that_hangs_holds_the_leader_and_few_others() -> None:
    call = Hanging()
    shared = SingleFlight(call, name=foreign("apis-web's /deals"), waiters=3, patience=0.0)
    leader = Crowd(shared, 1)
    assert call.entered.wait(10)
    others = Crowd(shared, 20)
    try:
        others.wait_for(17)
        assert all(isinstance(got, UpstreamTimeout) for got in others.got)
        assert "apis-web's /deals has not answered for" in str(others.got[0])
    finally:
        call.release.set()
        leader.join()
        others.join()
    assert leader.got == [42]
    assert others.got[17:] == [42, 42, 42]
    assert call.calls == 1


def test_a_quick_call_is_shared_by_as_many_as_come() -> None:
    """Nobody is refused while the call has only just begun."""
    call = Hanging()
    shared = SingleFlight(call, name=foreign("it"), waiters=1, patience=10.0)
    leader = Crowd(shared, 1)
    assert call.entered.wait(10)
    others = Crowd(shared, 20)
    call.release.set()
    leader.join()
    others.join()
    assert others.got == [42] * 20
    assert call.calls == 1


def test_an_answer_counts_from_when_it_was_asked_and_an_error_from_when_it_came() -> None:
    now = [100.0]
    outcomes: list[int | Exception] = [1, 2, UpstreamRefused(foreign("no")), 3]

    def call() -> int:
        now[0] += 5
        outcome = outcomes.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    shared = SingleFlight(call, name=foreign("it"), clock=lambda: now[0])
    assert [shared(), shared()] == [1, 2], "an answer that took 5 s is older than 1 s"
    with pytest.raises(UpstreamRefused) as first:
        shared()
    with pytest.raises(UpstreamRefused) as second:
        shared()
    assert second.value is not first.value
    assert second.value.status == 502
    now[0] += 1.01
    assert shared() == 3


def test_everybody_is_told_what_nobody_foresaw() -> None:
    call = Hanging()
    call.outcome = ZeroDivisionError("oh")
    call.release.set()
    shared = SingleFlight(call, name=foreign("it"), clock=lambda: 0.0)
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            shared()
    assert call.calls == 1


def test_a_waiter_does_not_wait_for_ever() -> None:
    call = Hanging()
    shared = SingleFlight(call, name=foreign("it"), patience=0.0, longest=0.01)
    leader = Crowd(shared, 1)
    assert call.entered.wait(10)
    try:
        with pytest.raises(UpstreamTimeout):
            shared()
    finally:
        call.release.set()
        leader.join()
