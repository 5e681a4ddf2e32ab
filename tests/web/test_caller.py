"""Who calls is told by trusted proxies alone, and nothing that a caller writes makes him somebody else."""

import random
from typing import Any

import pytest

from main_controller.web.caller import Caller, Callers, caller_of

PROXIES = ["10.0.0.0/24", "127.0.0.1", "fd00::/64", "fe80::/10"]
XFF, FORWARDED, PROTO = "HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_X_FORWARDED_PROTO"
UNKNOWN = "unknown via 127.0.0.1"


NOBODY = (
    "",
    ",",
    "203.0.113.5,",
    "203.0.113.5, ,10.0.0.9",
    "garbage",
    "localhost",
    "unknown",
    "_hidden",
    "203.0.113.5, _x",
    "203.0.113",
    "0203.0.113.5",
    "3405803781",
    "203.0.113.5;",
    "203.0.113.5 10.0.0.9",
    '"203.0.113.5"',
    "[203.0.113.5",
    "1.2.3.4/8",
    "203.0.113.5%eth0",
    "2001:db8::1%eth0",
    "fe80::1%<b>",
    "fe80::1%",
    "fe80::1%" + "e" * 99,
    "203.0.113.5:",
    "203.0.113.5:x",
    "203.0.113.5:123456",
    "２０３.0.113.5",
    "for=1.2.3.4",
)
"""What tells no address in `X-Forwarded-For`."""

NO_ELEMENT = (
    "",
    "for",
    "for=",
    "203.0.113.5",
    "for=unknown",
    "for=_hidden",
    "by=203.0.113.5",
    "for=203.0.113.5,",
    "for=203.0.113.5;",
    ",for=203.0.113.5",
    "for=1.2.3.4;for=1.2.3.5",
    'for="203.0.113.5',
    "for=2001:db8::1",
    "for=[2001:db8::1]",
    "for = 203.0.113.5",
    "fоr=1.2.3.4",
    "for=203.0.113.5, proto=https",
    "for=203.0.113.5 for=10.0.0.9",
    'for="1.2.3.4"x',
)
"""What tells none in `Forwarded`."""


def caller(by: str = "127.0.0.1", **headers: str) -> Caller:
    return Callers(PROXIES).of({"REMOTE_ADDR": by, **headers})


def address(by: str = "127.0.0.1", **headers: str) -> str:
    return caller(by, **headers).address


def test_without_a_header_the_connection_says_it() -> None:
    assert caller("192.0.2.7") == Caller("192.0.2.7", "http", forwarded=False)
    assert caller("127.0.0.1") == Caller("127.0.0.1", "http", forwarded=False)
    assert caller_of({}) == Caller("?")


@pytest.mark.parametrize("by", ["192.0.2.7", "10.0.1.1", "::1", "", "garbage", "10.0.0.1 "])
def test_whoever_is_no_trusted_proxy_says_nothing_of_others(by: str) -> None:
    told = {XFF: "203.0.113.5", FORWARDED: "for=203.0.113.5;proto=https", PROTO: "https"}
    assert caller(by, **told) == Caller(by, "http", forwarded=True)
    assert Callers().of({"REMOTE_ADDR": "127.0.0.1", **told}) == Caller("127.0.0.1", "http", forwarded=True)


@pytest.mark.parametrize(
    ("told", "found"),
    [
        ("203.0.113.5", "203.0.113.5"),
        ("198.51.100.1, 203.0.113.5", "203.0.113.5"),
        ("198.51.100.1,203.0.113.5 , 10.0.0.9", "203.0.113.5"),
        ("10.0.0.7, 203.0.113.5, 10.0.0.9, 10.0.0.8", "203.0.113.5"),
        ("10.0.0.7", "10.0.0.7"),
        ("10.0.0.7, 10.0.0.9", "10.0.0.7"),
        ("garbage, 203.0.113.5", "203.0.113.5"),
        (", 203.0.113.5", "203.0.113.5"),
        ("203.0.113.5:4711", "203.0.113.5"),
        ("2001:DB8::0001", "2001:db8::1"),
        ("[2001:db8::1]", "2001:db8::1"),
        ("[2001:db8::1]:443", "2001:db8::1"),
        ("::ffff:203.0.113.5", "203.0.113.5"),
        ("203.0.113.5, ::ffff:10.0.0.9", "203.0.113.5"),
        ("203.0.113.5, fe80::1%eth0", "203.0.113.5"),
        ("127.0.0.1, 127.0.0.1, 203.0.113.5", "203.0.113.5"),
        # what cannot be told
        *((text, UNKNOWN) for text in NOBODY),
        (", ".join(["10.0.0.7"] * 1000), UNKNOWN),
        (", ".join(["203.0.113.5"] * 1000), "203.0.113.5"),
        (", ".join(["10.0.0.7"] * 1000 + ["203.0.113.5"]), "203.0.113.5"),
        (", ".join(["203.0.113.5"] + ["10.0.0.7"] * 15), "203.0.113.5"),
        (", ".join(["203.0.113.5"] + ["10.0.0.7"] * 16), UNKNOWN),
        (", ".join(["10.0.0.7"] * 16), "10.0.0.7"),
    ],
)
def test_x_forwarded_for_is_read_from_the_nearest_hop_on(told: str, found: str) -> None:
    """What stands left of the first hop that nobody trusts is what that one wrote."""
    assert address(**{XFF: told}) == found


@pytest.mark.parametrize(
    ("told", "found"),
    [
        ("for=203.0.113.5", "203.0.113.5"),
        ("For=203.0.113.5;Proto=https;by=10.0.0.1", "203.0.113.5"),
        ('for="[2001:db8::1]:4711"', "2001:db8::1"),
        ('for="203.0.113.5:80"', "203.0.113.5"),
        ('for="203\\.0.113.5"', "203.0.113.5"),
        ("for=198.51.100.1, for=203.0.113.5;proto=http, for=10.0.0.9", "203.0.113.5"),
        ('for=198.51.100.1;x="a,b;c" , for=203.0.113.5', "203.0.113.5"),
        *((text, UNKNOWN) for text in NO_ELEMENT),
        # an open quote of the caller's, before what the proxy adds
        ('for=10.0.0.7;x=", for=203.0.113.5', UNKNOWN),
        ('for=10.0.0.7;x=", for="[2001:db8::1]"', UNKNOWN),
        ('for=10.0.0.7;x="\\, for="[2001:db8::1]"', UNKNOWN),
        (", ".join(["for=10.0.0.7"] * 1000), UNKNOWN),
        (", ".join(["for=10.0.0.7"] * 1000 + ["for=203.0.113.5"]), "203.0.113.5"),
    ],
)
def test_forwarded_is_read_as_rfc_7239_has_it(told: str, found: str) -> None:
    assert address(**{FORWARDED: told}) == found


@pytest.mark.parametrize(
    ("one", "other", "found"),
    [
        ("203.0.113.5", "for=203.0.113.5", "203.0.113.5"),
        ("203.0.113.5", "for=10.0.0.7", UNKNOWN),
        ("203.0.113.5", "for=198.51.100.1", UNKNOWN),
        ("203.0.113.5", "garbage", UNKNOWN),
        ("198.51.100.1", "for=203.0.113.5", UNKNOWN),
        ("garbage", "for=203.0.113.5", UNKNOWN),
    ],
)
def test_two_headers_that_do_not_agree_tell_nobody(one: str, other: str, found: str) -> None:
    """A proxy that writes the one lets the other pass as the caller wrote it."""
    assert address(**{XFF: one, FORWARDED: other}) == found


def test_a_proxy_that_says_that_it_forwards_but_not_for_whom_is_not_taken_for_the_caller() -> None:
    assert address(**{PROTO: "https"}) == UNKNOWN
    assert address(HTTP_X_FORWARDED_HOST="grid.example") == UNKNOWN


@pytest.mark.parametrize(
    ("headers", "scheme"),
    [
        ({PROTO: "https"}, "https"),
        ({PROTO: "HTTPS"}, "https"),
        ({PROTO: "https, https"}, "https"),
        ({PROTO: "https, http"}, "http"),
        ({PROTO: "http, https"}, "http"),
        ({PROTO: "http"}, "http"),
        ({PROTO: ""}, "http"),
        ({PROTO: "javascript"}, "http"),
        ({FORWARDED: "for=203.0.113.5;proto=https"}, "https"),
        ({FORWARDED: "for=203.0.113.5;proto=https, for=203.0.113.5;proto=http"}, "http"),
        ({FORWARDED: "for=203.0.113.5"}, "http"),
        ({FORWARDED: "proto=https;;"}, "http"),
        ({PROTO: "https", FORWARDED: "for=203.0.113.5"}, "https"),
        ({PROTO: "https", FORWARDED: "for=203.0.113.5;proto=http"}, "http"),
        ({PROTO: "https", FORWARDED: "garbage"}, "http"),
    ],
)
def test_the_scheme_is_https_where_all_that_is_said_agrees(headers: dict[str, str], scheme: str) -> None:
    assert caller(**headers).scheme == scheme
    assert caller("192.0.2.7", **headers).scheme == "http"


NO_PATHS = (
    *("", "/", "north", "//evil", "/a//b", "/../b", "/a/..", "/a;b", "/a b", "/a%2f", "/a, /b"),
    *("/" + "a" * 200, "/a\\b", "/é", "/a\t", "/.a"),
)


@pytest.mark.parametrize(
    ("told", "path"),
    [
        ("/north", "/north"),
        ("/north/", "/north"),
        ("/a/b-c_d~e.f", "/a/b-c_d~e.f"),
        *((text, "") for text in NO_PATHS),
    ],
)
def test_the_path_is_one_that_can_stand_in_a_cookie(told: str, path: str) -> None:
    headers = {"HTTP_X_FORWARDED_PREFIX": told, XFF: "203.0.113.5"}
    assert caller(**headers).path == path
    assert caller("192.0.2.7", **headers).path == ""


@pytest.mark.parametrize(
    "name", ["FORWARDED", "X_FORWARDED", "X_FORWARDED_FOR", "X_FORWARDED_PREFIX", "X_FORWARDED_SSL"]
)
@pytest.mark.parametrize("by", ["127.0.0.1", "192.0.2.7"])
def test_any_such_header_tells_that_it_was_forwarded(name: str, by: str) -> None:
    """Also an empty one: who may give orders rests on it."""
    assert caller(by, **{f"HTTP_{name}": ""}).forwarded
    assert not caller(by, HTTP_X_FORWARD="1", HTTP_FORWARD="1").forwarded


def test_whatever_a_caller_writes_he_is_himself_or_unknown() -> None:
    """4,000 heads of pieces that parsers stumble over, each with the true address added by a proxy that appends."""
    made = random.Random(16)
    pieces = [
        "10.0.0.7",
        "127.0.0.1",
        "for=",
        "proto=https",
        ",",
        ";",
        '"',
        "\\",
        " ",
        "[",
        "]",
        ":",
        "%",
        "::1",
        "_x",
        "=",
        "\xe9",
    ]
    for _ in range(4_000):
        forged = "".join(made.choice(pieces) for _ in range(made.randrange(12)))
        one: dict[str, Any] = {XFF: f"{forged}, 203.0.113.5" if forged else "203.0.113.5"}
        other: dict[str, Any] = {FORWARDED: f"{forged}, for=203.0.113.5" if forged else "for=203.0.113.5"}
        assert address(**one) == "203.0.113.5"
        assert address(**other) in ("203.0.113.5", UNKNOWN), forged
        assert address(**one, **{FORWARDED: forged}) in ("203.0.113.5", UNKNOWN), forged
