"""What is known of host names: the resolver is asked beside everything else, and what answered last stands in (M4)."""

import socket
import threading
from collections.abc import Iterator

import pytest

from main_controller.upstream import addresses
from main_controller.upstream.addresses import Addresses, Place, resolve

LONG = 10.0
ONE, TWO, SIX = Place(socket.AF_INET, "10.0.0.1"), Place(socket.AF_INET, "10.0.0.2"), Place(socket.AF_INET6, "fd00::1")


class Resolver:
    """Answers each name as `answers` says once it is let go; counts the questions and those under way."""

    def __init__(self, **answers: list[str] | BaseException) -> None:
        self.answers = answers
        self.asked: list[str] = []
        self.go = threading.Event()
        self.go.set()
        self.came = threading.Semaphore(0)

    def __call__(self, name: str) -> list[str]:
        self.asked.append(name)
        self.came.release()
        assert self.go.wait(LONG)
        answer = self.answers.get(name, ["10.0.0.1"])
        if isinstance(answer, BaseException):
            raise answer
        return answer


@pytest.fixture
def slow() -> Iterator[Resolver]:
    """One that does not answer until the test ends."""
    resolver = Resolver()
    resolver.go.clear()
    yield resolver
    resolver.go.set()


def test_a_name_is_asked_for_and_its_addresses_come_in_the_resolvers_order() -> None:
    known = Addresses(Resolver(grid=["10.0.0.2", "fd00::1", "10.0.0.2", "nonsense", "10.0.0.1"]))
    lookup = known.look_up("grid")
    assert lookup.done.wait(LONG)
    assert lookup.places == (TWO, SIX, ONE)
    assert known.known("grid") == (TWO, SIX, ONE)


@pytest.mark.parametrize("literal", ["127.0.0.1", "::1", "fe80::1%eth0", "127.1"])
def test_a_literal_address_asks_nobody(literal: str) -> None:
    resolver = Resolver()
    lookup = Addresses(resolver).look_up(literal)
    assert lookup.done.is_set()
    assert len(lookup.places) == 1
    assert resolver.asked == []


@pytest.mark.parametrize("answer", [[], ["nonsense"], socket.gaierror(-2, "Name or service not known"),
                                    UnicodeError("label too long"), ValueError("null"), MemoryError()])  # fmt: skip
def test_a_name_without_an_address_is_one_error(answer: list[str] | BaseException) -> None:
    lookup = Addresses(Resolver(grid=answer)).look_up("grid")
    assert lookup.done.wait(LONG)
    assert lookup.places == ()
    assert lookup.error is not None
    assert lookup.error.strerror


def test_a_resolver_that_never_answers_is_asked_once_for_each_name(slow: Resolver) -> None:
    """No threads pile up, however often a name is wanted."""
    known = Addresses(slow)
    lookups = {id(known.look_up("grid")) for _ in range(50)}
    assert slow.came.acquire(timeout=LONG)
    assert len(lookups) == 1
    assert slow.asked == ["grid"]


def test_the_number_of_names_asked_for_at_once_is_bounded_and_all_get_their_answer(
    slow: Resolver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(addresses, "MOST_LOOKUPS", 3)
    known = Addresses(slow)
    lookups = [known.look_up(f"node{number}") for number in range(20)]
    assert all(slow.came.acquire(timeout=LONG) for _ in range(3))
    assert len(slow.asked) == 3
    slow.go.set()
    assert all(lookup.done.wait(LONG) for lookup in lookups)
    assert sorted(slow.asked) == sorted(f"node{number}" for number in range(20))
    assert not any(lookup.error for lookup in lookups)
    later = known.look_up("another")
    assert later.done.wait(LONG)
    assert later.places == (ONE,), "the threads that ended made room"


def test_without_a_thread_it_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_self: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    known = Addresses(Resolver())
    with monkeypatch.context() as patched:
        patched.setattr(threading.Thread, "start", full)
        lookup = known.look_up("grid")
    assert lookup.done.is_set()
    assert lookup.error is not None
    assert known.look_up("grid").done.wait(LONG), "and asked anew the next time"


def test_the_address_that_answered_last_comes_first_and_a_silent_one_last() -> None:
    known = Addresses(Resolver(grid=["10.0.0.1", "10.0.0.2", "fd00::1"]))
    assert known.look_up("grid").done.wait(LONG)
    known.answered("grid", TWO)
    known.silent("grid", ONE)
    assert known.known("grid") == (TWO, SIX, ONE)
    known.silent("grid", TWO)
    assert known.known("grid") == (SIX, TWO, ONE)
    known.answered("grid", ONE)
    assert known.known("grid") == (ONE, SIX, TWO)


def test_what_answered_is_known_again_after_a_restart() -> None:
    before = Addresses(Resolver())
    before.answered("grid", ONE)
    before.answered("grid", SIX)
    before.answered("127.0.0.1", Place(socket.AF_INET, "127.0.0.1"))
    assert before.as_json() == {"grid": ["fd00::1", "10.0.0.1"]}
    assert Addresses(Resolver(), kept=before.as_json()).known("grid") == (SIX, ONE)


def test_what_is_worth_keeping_changes_only_when_another_address_answers() -> None:
    known = Addresses(Resolver())
    counts = []
    for place in (ONE, ONE, TWO, TWO, ONE):
        known.answered("grid", place)
        counts.append(known.changed)
    assert counts == [1, 1, 2, 2, 3]


SPOILT: list[object] = [
    None,
    [],
    "x",
    5,
    {"grid": None},
    {"grid": "10.0.0.1"},
    {"grid": [5, None, {}]},
    {"grid": ["evil.org", "", "x" * 999]},
    {"grid": ["0.0.0.0", "224.0.0.1", "::", "ff02::1"]},
    *({name: ["10.0.0.1"]} for name in ("", "x" * 300, "10.0.0.9")),
]


@pytest.mark.parametrize("kept", SPOILT, ids=range(len(SPOILT)))
def test_what_a_spoilt_file_says_is_not_believed(kept: object) -> None:
    assert Addresses(Resolver(), kept=kept).as_json() == {}


def test_what_a_file_keeps_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(addresses, "MOST_NAMES", 5)
    kept = {f"node{number}": [f"10.0.0.{n}" for n in range(1, 50)] for number in range(50)}
    known = Addresses(Resolver(), kept=kept)
    assert len(known.as_json()) == 5
    assert {len(each) for each in known.as_json().values()} == {addresses.MOST_OF_A_NAME}
    known.answered("another", ONE)
    assert "another" not in known.as_json()


def test_the_systems_resolver_knows_this_machine() -> None:
    assert set(resolve("localhost")) & {"127.0.0.1", "::1"}
