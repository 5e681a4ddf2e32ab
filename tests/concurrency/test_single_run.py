"""One thing of its kind at a time, made and joined without a race."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from main_controller.concurrency.single_run import SingleRun


def test_the_second_joins_the_first_and_after_its_end_a_new_one_is_made() -> None:
    single, joined = SingleRun[str](), list[str]()
    assert single.start(lambda: "a", joined.append) == ("a", True)
    assert single.start(lambda: "b", joined.append) == ("a", False)
    assert (single.current, joined) == ("a", ["a"])
    single.end()
    assert single.current is None
    assert single.start(lambda: "c", joined.append) == ("c", True)


def test_of_many_at_once_one_is_first() -> None:
    single = SingleRun[int]()
    gate = threading.Barrier(8)

    def start(number: int) -> bool:
        gate.wait(5)
        return single.start(lambda: number, lambda running: None)[1]

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(start, range(8))) == [False] * 7 + [True]


def test_what_could_not_be_made_does_not_stand_in_the_way() -> None:
    single = SingleRun[int]()
    with pytest.raises(ZeroDivisionError):
        single.start(lambda: 1 // 0, lambda running: None)
    assert single.start(lambda: 1, lambda running: None) == (1, True)


def test_what_belongs_to_the_end_is_done_before_the_next_begins() -> None:
    single, order = SingleRun[str](), list[str]()
    single.start(lambda: "a", lambda running: None)

    def also() -> None:
        order.append(f"ended with {single.current}")

    single.end(also)
    assert (order, single.current) == (["ended with a"], None)
