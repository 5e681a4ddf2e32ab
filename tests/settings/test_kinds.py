"""Each kind of setting takes what it should, as a value or as text, and refuses the rest with a sentence."""

import ipaddress
import math
from pathlib import Path

import pytest

from main_controller.settings import kinds
from main_controller.settings.kinds import Read

TAKEN: list[tuple[Read, object, object]] = [
    (kinds.number(0.1, 60), 5, 5),
    (kinds.number(0.1, 60), " 2.5 ", 2.5),
    (kinds.number(0.1, 60), 0.1, 0.1),
    (kinds.number(0.1, 60), 60, 60),
    (kinds.whole(1, 65535), "4382", 4382),
    (kinds.whole(1, 65535), 4382.0, 4382),
    (kinds.boolean, True, True),
    (kinds.boolean, "FALSE", False),
    (kinds.boolean, "yes", True),
    (kinds.boolean, "0", False),
    (kinds.text, " Site A ", "Site A"),
    (kinds.text, "", ""),
    (kinds.title, " Site A ", "Site A"),
    (kinds.title, "家" * 100, "家" * 100),
    (kinds.host, "0.0.0.0", "0.0.0.0"),
    (kinds.host, "::1", "::1"),
    (kinds.host, "apis-web.lan", "apis-web.lan"),
    (kinds.hosts, "Grid.example:8443, grid.example", ("grid.example:8443", "grid.example")),
    (kinds.hosts, ["grid.example"], ("grid.example",)),
    (kinds.hosts, "", ()),
    (kinds.networks, "192.168.0.0/24,10.0.0.7", (
        ipaddress.ip_network("192.168.0.0/24"), ipaddress.ip_network("10.0.0.7/32"),
    )),
    (kinds.networks, ["fd00::/8"], (ipaddress.ip_network("fd00::/8"),)),
    (kinds.http_url, "http://localhost:43900/", "http://localhost:43900"),
    (kinds.http_url, "http://[::1]:43900", "http://[::1]:43900"),
    (kinds.url_suffix, ":4380/remote/set?", ":4380/remote/set?"),
    (kinds.url_suffix, "/remote/set?", "/remote/set?"),
    (kinds.url_suffix_or_none, "", ""),
    (kinds.device_urls, {"dcdc": ":4380/remote/get"}, {"dcdc": ":4380/remote/get"}),
    (kinds.device_urls, '{"emu": ":8080/1/log/data"}', {"emu": ":8080/1/log/data"}),
    (kinds.zone, "Asia/Tokyo", "Asia/Tokyo"),
    (kinds.zone_or_none, "", ""),
    (kinds.path, "schedules", Path("schedules")),
]  # fmt: skip

NOT_A_NUMBER: list[object] = ["", "x", "nan", "inf", 0.09, 60.1, -1, True, None, math.nan, [5], {}]
BAD: list[tuple[Read, list[object]]] = [
    (kinds.number(0.1, 60), NOT_A_NUMBER),
    (kinds.whole(1, 65535), [0, 65536, 1.5, "1.5", "0x10", False]),
    (kinds.boolean, ["", "maybe", 1, 0, None]),
    (kinds.text, [None, 5, "two\nlines", "nul\0"]),
    (kinds.host, ["", "a b", "http://a", "a/b", "a:80", "-a", 5]),
    (kinds.hosts, ["a:0", "a:99999", "a b", 5, [5]]),
    (kinds.networks, ["192.168.0.1/24", "lan", "10.0.0.0/33", 7]),
    (kinds.http_url, ["", "localhost", "ftp://a", "http://", "http://a:x", "http://a?b", "http://a b", "http://x:y@a"]),
    (kinds.url_suffix, ["", "remote", "http://a/b", ":4380", ":4380/a b", "@evil/"]),
    (kinds.device_urls, ["", "[]", {"ups": "/x"}, {"dcdc": 5}, [":1/x"]]),
    (kinds.zone, ["", "JST9", "Asia/Nowhere", 9]),
    (kinds.path, ["", 5]),
]
REFUSED = [(read, raw) for read, many in BAD for raw in many]


@pytest.mark.parametrize(("read", "raw", "value"), TAKEN)
def test_takes(read: Read, raw: object, value: object) -> None:
    """A good value is taken, whether it is written in Python, in TOML or as text."""
    assert read(raw) == value


@pytest.mark.parametrize(("read", "raw"), REFUSED)
def test_refuses(read: Read, raw: object) -> None:
    """A bad value is refused by a sentence, never taken for something near it."""
    with pytest.raises(ValueError, match=r"\w+ \w+"):
        read(raw)


def test_device_urls_cannot_be_changed_afterwards() -> None:
    """What was decided at start stays so."""
    table = {"dcdc": ":4380/remote/get"}
    taken = kinds.device_urls(table)
    table["dcdc"] = ":1/other"
    assert taken == {"dcdc": ":4380/remote/get"}


LONG = "x" * 2000


@pytest.mark.parametrize(
    "read",
    [
        *(kinds.number(0, 1), kinds.whole(0, 1), kinds.boolean, kinds.title, kinds.hosts, kinds.networks, kinds.group),
        *(kinds.http_url, kinds.url_suffix, kinds.device_urls, kinds.zone),
    ],
)
def test_what_is_wrong_with_a_long_value_is_one_sentence_that_can_be_read(read: Read) -> None:
    """The page's title had no bound, and a refusal repeated the whole value."""
    with pytest.raises(ValueError, match=r".+") as refused:
        read(LONG if read is not kinds.hosts else f"{LONG}!")
    assert len(str(refused.value)) < 300
