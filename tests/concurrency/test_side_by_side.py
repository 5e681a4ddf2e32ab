"""Several calls at once: all are under way together, results keep their order, a fault is the caller's."""

import threading

import pytest

from main_controller.concurrency.side_by_side import one_by_one, side_by_side


def test_all_are_under_way_at_the_same_time_and_answer_in_their_order() -> None:
    together = threading.Barrier(3, timeout=20)
    answers = side_by_side([lambda name=name: (together.wait(), name)[1] for name in "abc"])  # type: ignore[misc]
    assert answers == ["a", "b", "c"]


def test_a_fault_is_raised_once_all_have_ended() -> None:
    ended = threading.Event()

    def fails() -> None:
        raise KeyError("bug")

    with pytest.raises(KeyError):
        side_by_side([fails, ended.set])
    assert ended.is_set()


def test_one_by_one_is_in_this_thread() -> None:
    assert one_by_one([threading.current_thread] * 2) == [threading.current_thread()] * 2
