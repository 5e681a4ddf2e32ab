"""Until when and from where a token holds."""

from datetime import UTC, datetime, timedelta

import pytest

from main_controller.accounts.roles import Role
from main_controller.accounts.token import MOST_NETWORKS, Token, networks_of
from main_controller.errors import BadRequest

NOON = datetime(2026, 5, 13, 12, tzinfo=UTC)


def token(*networks: str) -> Token:
    return Token(1, "d" * 64, 1, "script", Role.VIEWER, NOON, NOON + timedelta(days=1), networks_of(networks))


def test_it_holds_until_its_end() -> None:
    assert token().holds(NOON + timedelta(days=1) - timedelta(microseconds=1), "10.0.0.1")
    assert not token().holds(NOON + timedelta(days=1), "10.0.0.1")


@pytest.mark.parametrize(
    ("networks", "address", "holds"),
    [
        ((), "203.0.113.9", True),
        ((), "", True),
        (("10.0.0.0/24",), "10.0.0.255", True),
        (("10.0.0.0/24",), "10.0.1.0", False),
        (("10.0.0.0/24",), "::ffff:10.0.0.7", True),
        (("::ffff:10.0.0.0/120",), "10.0.0.7", True),
        (("10.0.0.7",), "10.0.0.7", True),
        (("10.0.0.0/24", "2001:db8::/32"), "2001:db8::1", True),
        (("2001:db8::/32",), "10.0.0.1", False),
        (("fe80::/10",), "fe80::1%eth0", True),
        (("0.0.0.0/0",), "", False),
        (("0.0.0.0/0",), "localhost", False),
        (("0.0.0.0/0",), "2001:db8::1", False),
    ],
)
def test_it_holds_from_its_networks_alone(networks: tuple[str, ...], address: str, holds: bool) -> None:
    assert token(*networks).holds(NOON, address) is holds


def test_networks_are_kept_once_each_in_their_one_spelling() -> None:
    assert networks_of([" 10.0.0.7/24", "10.0.0.0/255.255.255.0", "2001:DB8::/32"]) == ("10.0.0.0/24", "2001:db8::/32")


@pytest.mark.parametrize("text", ["", "everywhere", "10.0.0.0/33", "10.0.0/24", "10.0.0.0/24/1", "x" * 100_000])
def test_what_is_no_network_is_refused(text: str) -> None:
    with pytest.raises(BadRequest, match="is no network such as") as refused:
        networks_of(["10.0.0.0/24", text])
    assert len(refused.value.sentence) < 250


def test_there_are_not_too_many() -> None:
    many = [f"10.0.{place}.0/24" for place in range(MOST_NETWORKS + 1)]
    assert len(networks_of(many[1:])) == MOST_NETWORKS
    with pytest.raises(BadRequest, match="at most 16 networks"):
        networks_of(many)


def test_its_digest_is_in_no_text_of_it() -> None:
    assert "d" * 64 not in repr(token())
