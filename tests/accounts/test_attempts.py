"""Failed log-ins are slowed by name and by address, in bounded memory, and nobody is kept out by a stranger."""

import pytest

from main_controller.accounts.attempts import FORGOTTEN_AFTER, Attempts, Slowing, network_of

NAMES = Slowing(free=3, longest=30.0)
ADDRESSES = Slowing(free=5, longest=300.0)


def attempts(most: int = 100) -> Attempts:
    return Attempts(NAMES, ADDRESSES, most)


def fail_at(one: Attempts, name: str, address: str, now: float) -> float:
    """Fail as soon as it is allowed; when."""
    left = one.begin(name, address, now)
    if left:
        now += left
        assert one.begin(name, address, now) == 0
    return now


def test_the_pauses_grow_to_their_longest() -> None:
    assert [NAMES.pause(count) for count in range(10)] == [0, 0, 0, 1, 2, 4, 8, 16, 30, 30]
    assert NAMES.pause(10**9) == 30.0


def test_a_name_is_slowed_wherever_the_attempts_come_from() -> None:
    one = attempts()
    for place in range(3):
        assert one.begin("anna", f"10.0.0.{place}", 0.0) == 0
    assert one.begin("ＡＮＮＡ", "10.0.0.9", 0.25) == 1
    assert one.begin("anna", "10.0.0.9", 0.999) == 1
    assert one.begin("anna", "10.0.0.9", 1.0) == 0
    assert one.begin("anna", "10.0.0.8", 1.0) == 2
    assert one.begin("ben", "10.0.0.9", 1.0) == 0


def test_an_address_is_slowed_whatever_names_it_tries() -> None:
    one = attempts()
    for place in range(5):
        assert one.begin(f"name {place}", "10.0.0.1", 0.0) == 0
    assert one.begin("another", "10.0.0.1", 0.0) == 1
    assert one.begin("another", "::ffff:10.0.0.1", 0.0) == 1
    assert one.begin("another", "10.0.0.2", 0.0) == 0


def test_an_attempt_that_was_refused_makes_the_pause_no_longer() -> None:
    one = attempts()
    for _ in range(3):
        one.begin("anna", "10.0.0.1", 0.0)
    assert [one.begin("anna", "10.0.0.1", 0.5) for _ in range(50)] == [1] * 50
    assert one.begin("anna", "10.0.0.1", 1.0) == 0


def test_many_at_once_gain_nothing() -> None:
    """Each counts as failed before it is known to be."""
    one = attempts()
    assert [one.begin("anna", f"10.0.0.{place}", 0.0) == 0 for place in range(20)].count(True) == 3


def test_success_clears_the_name_and_not_what_else_its_address_tried() -> None:
    """Or who has an account could guess the others' between two log-ins of its own."""
    one = attempts()
    for _ in range(2):
        one.begin("anna", "10.0.0.1", 0.0)
    one.begin("anna", "10.0.0.1", 0.0)
    one.succeeded("anna", "10.0.0.1")
    assert [one.begin("anna", f"10.0.1.{place}", 0.0) for place in range(4)] == [0, 0, 0, 1]
    for place in range(3):
        assert one.begin("own", "10.0.0.1", 0.0) == 0
        one.succeeded("own", "10.0.0.1")
        assert one.begin(f"name {place}", "10.0.0.1", 0.0) == 0
    assert one.begin("another", "10.0.0.1", 0.0) == 1


def test_a_stranger_keeps_nobody_out_who_logged_in_from_there_before() -> None:
    one = attempts()
    one.begin("anna", "10.0.0.1", 0.0)
    one.succeeded("anna", "10.0.0.1")
    now = 0.0
    for _ in range(9):
        now = fail_at(one, "anna", "203.0.113.5", now)
    assert one.begin("anna", "10.0.0.2", now) > 0
    assert one.begin("anna", "10.0.0.1", now) == 0
    for _ in range(4):
        one.begin("anna", "10.0.0.1", now)
    assert one.begin("anna", "10.0.0.1", now) > 0


def test_what_nobody_could_look_at_does_not_count() -> None:
    one = attempts()
    for _ in range(50):
        assert one.begin("anna", "10.0.0.1", 0.0) == 0
        one.given_up("anna", "10.0.0.1")


def test_all_is_forgotten_after_a_while() -> None:
    one = attempts()
    now = 0.0
    for _ in range(12):
        now = fail_at(one, "anna", "10.0.0.1", now)
    assert one.begin("anna", "10.0.0.1", now) > 0
    later = now + FORGOTTEN_AFTER
    assert [one.begin("anna", "10.0.0.1", later) for _ in range(4)] == [0, 0, 0, 1]


def test_memory_is_bounded_whatever_is_tried() -> None:
    one = attempts(most=10)
    for place in range(1_000):
        one.begin(f"{place}" + "x" * 10_000, f"10.0.{place % 256}.{place // 256}", 0.0)
        one.succeeded(f"{place}", f"10.0.{place % 256}.{place // 256}")
    assert one.remembered <= 30


@pytest.mark.parametrize("name", ["", "\ud800", "\x00", "x" * 1_000_000, "\ufdfa" * 1_000])
def test_any_text_may_be_tried(name: str) -> None:
    one = attempts()
    assert [one.begin(name, name, 0.0) for _ in range(4)] == [0, 0, 0, 1]


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("10.0.0.1", "10.0.0.1"),
        ("::ffff:10.0.0.1", "10.0.0.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
        ("unix:" + "x" * 1000, "unix:" + "x" * 95),
    ],
)
def test_of_an_ipv6_address_the_household_is_slowed(address: str, network: str) -> None:
    assert network_of(address) == network
