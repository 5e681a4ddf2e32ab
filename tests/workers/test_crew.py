"""The threads for stopping: nobody waits behind a call that hangs, and none is left when all is done."""

import threading

import pytest

from main_controller.workers.crew import Crew

LONG = 10.0


def alive(name: str) -> int:
    return sum(thread.name == name for thread in threading.enumerate())


def gone(name: str) -> bool:
    """Whether its threads end, within a while."""
    for thread in threading.enumerate():
        if thread.name == name:
            thread.join(LONG)
    return alive(name) == 0


def test_many_that_hang_keep_nobody_waiting() -> None:
    go = threading.Event()
    crew = Crew(300, "crew under test")
    hanging = [crew.submit(go.wait, LONG) for _ in range(200)]
    try:
        assert [crew.submit(pow, 2, n).result(LONG) for n in range(20)] == [2**n for n in range(20)]
        assert not any(future.done() for future in hanging)
    finally:
        go.set()
    assert all(future.result(LONG) for future in hanging)
    assert gone("crew under test"), "no thread is kept for later"


def test_beyond_its_bound_a_call_waits_for_one_that_ends() -> None:
    go = threading.Event()
    crew = Crew(2, "small crew")
    hanging = [crew.submit(go.wait, LONG) for _ in range(2)]
    later = [crew.submit(pow, 2, n) for n in range(5)]
    assert alive("small crew") == 2
    assert not any(future.done() for future in later)
    go.set()
    assert [future.result(LONG) for future in hanging] == [True, True]
    assert [future.result(LONG) for future in later] == [1, 2, 4, 8, 16]


def test_what_is_raised_reaches_whoever_asks() -> None:
    future = Crew(1, "crew").submit(divmod, 1, 0)
    with pytest.raises(ZeroDivisionError):
        future.result(LONG)


def test_after_the_end_nothing_is_taken_on_and_what_waits_is_given_up() -> None:
    go = threading.Event()
    crew = Crew(1, "ending crew")
    running, waiting = crew.submit(go.wait, LONG), crew.submit(pow, 2, 3)
    crew.shutdown(wait=False, cancel_futures=True)
    assert waiting.cancelled()
    with pytest.raises(RuntimeError, match="after the end"):
        crew.submit(pow, 2, 3)
    go.set()
    assert running.result(LONG)
    assert gone("ending crew")


def test_its_threads_never_keep_the_process_from_ending() -> None:
    assert Crew(1, "crew").submit(threading.current_thread).result(LONG).daemon


def test_without_a_thread_left_the_caller_does_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """A stop that leaves late is better than one that never leaves."""

    def full(_self: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    crew = Crew(5, "crew")
    with monkeypatch.context() as patched:
        patched.setattr(threading.Thread, "start", full)
        assert crew.submit(threading.get_ident).result(0) == threading.get_ident()
    assert crew.submit(pow, 2, 3).result(LONG) == 8
