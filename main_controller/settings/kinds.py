"""How each kind of setting is read, from a Python or TOML value or from text, and what it refuses.

Used by the table of settings. Every function here takes the raw value, gives the checked one, and raises `ValueError`
with a sentence that names what was wrong; the caller adds the setting's name.
"""

import ipaddress
import json
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from urllib.parse import urlsplit

import pytz

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Read = Callable[[object], object]

LONGEST_QUOTED = 80
LONGEST_TITLE = 100
"""Characters of the page's title, as many as are taken of the cluster's own id."""

_WORDS = {"true": True, "yes": True, "on": True, "1": True, "false": False, "no": False, "off": False, "0": False}
_HOST = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_])?")
_SUFFIX = re.compile(r"(:\d{1,5})?/[\x21-\x7e]*")
_DEVICE_URLS = ("dcdc", "meter", "emu")


def quoted(raw: object) -> str:
    """A value as it was written, in a sentence; of a long one its beginning."""
    return cut(repr(raw))


def cut(text: str) -> str:
    """A text, or the beginning of a long one."""
    return text if len(text) <= LONGEST_QUOTED else f"{text[:LONGEST_QUOTED]}..."


def number(low: float, high: float) -> Read:
    """A reader of finite numbers from `low` to `high`, both included."""

    def read(raw: object) -> float:
        value = raw
        if isinstance(raw, str):
            try:
                value = float(raw)
            except ValueError:
                value = None
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise ValueError(f"{quoted(raw)} is not a number")
        if not low <= value <= high:
            raise ValueError(f"{quoted(raw)} is not within {low:.15g}..{high:.15g}")
        return value

    return read


def whole(low: int, high: int) -> Read:
    """A reader of whole numbers from `low` to `high`, both included."""
    within = number(low, high)

    def read(raw: object) -> int:
        value = within(raw)
        if not isinstance(value, int | float) or value != int(value):
            raise ValueError(f"{quoted(raw)} is not a whole number")
        return int(value)

    return read


def boolean(raw: object) -> bool:
    """true or false, as a word or as a value."""
    if isinstance(raw, bool):
        return raw
    if isinstance(raw, str) and raw.strip().lower() in _WORDS:
        return _WORDS[raw.strip().lower()]
    raise ValueError(f"{quoted(raw)} is neither true nor false")


def choice(*words: str) -> Read:
    """A reader of one of these words."""

    def read(raw: object) -> str:
        if isinstance(raw, str) and raw.strip().lower() in words:
            return raw.strip().lower()
        raise ValueError(f"{quoted(raw)} is none of {', '.join(words)}")

    return read


def text(raw: object) -> str:
    """One line of text; it may be empty."""
    if not isinstance(raw, str) or not raw.isprintable():
        raise ValueError(f"{quoted(raw)} is not one line of text")
    return raw.strip()


def title(raw: object) -> str:
    """One line of text that a page's head has room for; it may be empty."""
    value = text(raw)
    if len(value) > LONGEST_TITLE:
        raise ValueError(f"{quoted(raw)} has {len(value)} characters, more than {LONGEST_TITLE}")
    return value


def host(raw: object) -> str:
    """A host name, an IPv4 or an IPv6 address, without port or brackets."""
    value = text(raw)
    if _HOST.fullmatch(value) is None:
        try:
            ipaddress.ip_address(value)
        except ValueError:
            raise ValueError(f"{quoted(raw)} is neither a host name nor an IP address") from None
    return value


def hosts(raw: object) -> tuple[str, ...]:
    """Host names, each with or without a port: a list, or text with commas. Given back in lower case."""
    found = []
    for item in _items(raw):
        name, _, port = item.rpartition(":") if re.search(r":\d+$", item) else (item, "", "")
        host(name.strip("[]"))
        if port:
            whole(1, 65535)(port)
        found.append(item.lower())
    return tuple(found)


def networks(raw: object) -> tuple[Network, ...]:
    """Networks in CIDR notation, or single addresses: a list, or text with commas."""
    found: list[Network] = []
    for item in _items(raw):
        try:
            found.append(ipaddress.ip_network(item))
        except ValueError as fault:
            raise ValueError(f"{quoted(item)} is not a network such as 192.168.0.0/24 ({cut(str(fault))})") from None
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Group:
    """Where something is sent to all that listen: an IPv4 address and a port."""

    address: str
    port: int

    def __str__(self) -> str:
        return f"{self.address}:{self.port}"


def group(raw: object) -> Group | None:
    """An IPv4 address and a port, such as 224.2.2.4:8888; None for an empty text."""
    if isinstance(raw, Group):
        return raw
    value = text(raw)
    if not value:
        return None
    address, _, port = value.rpartition(":")
    try:
        whole(1, 65535)(port)
        return Group(str(ipaddress.IPv4Address(address)), int(port))
    except ValueError:
        raise ValueError(f"{quoted(raw)} is not an IPv4 address and a port such as 224.2.2.4:8888") from None


def http_url(raw: object) -> str:
    """A base URL with host and the scheme http or https; a last slash is taken off.

    What holds a name or a password is refused, and not quoted.
    """
    value = text(raw)
    try:
        parts = urlsplit(value)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        usable = False
    if "@" in value:
        raise ValueError("it holds an @: names and passwords stand in the file of the setting credentialsfile")
    if not usable or parts.query or parts.fragment or " " in value:
        raise ValueError(f"{quoted(raw)} is not an address such as http://localhost:43900")
    return value.rstrip("/")


def url_suffix(raw: object) -> str:
    """What follows `http://<oesunit.ip>`: a port and a path such as ":4380/remote/set?"."""
    value = text(raw)
    if _SUFFIX.fullmatch(value) is None:
        raise ValueError(f"{quoted(raw)} is not a port and a path such as ':4380/remote/set?'")
    return value


def url_suffix_or_none(raw: object) -> str:
    """As `url_suffix`, or empty where the system has no such device."""
    return "" if raw == "" else url_suffix(raw)


def device_urls(raw: object) -> Mapping[str, str]:
    """The information URLs by device (dcdc, meter, emu): a table, or text that is a JSON object."""
    table = raw
    if isinstance(raw, str):
        try:
            table = json.loads(raw)
        except ValueError:
            table = None
    if not isinstance(table, Mapping):
        raise ValueError(f'{quoted(raw)} is not a table such as {{"dcdc": ":4380/remote/get"}}')
    for key in table:
        if key not in _DEVICE_URLS:
            raise ValueError(f"{quoted(key)} is none of {', '.join(_DEVICE_URLS)}")
    return MappingProxyType({key: url_suffix(value) for key, value in table.items()})


def zone(raw: object) -> str:
    """The name of a time zone that pytz knows, such as Asia/Tokyo."""
    value = text(raw)
    if value not in pytz.all_timezones_set:
        raise ValueError(f"{quoted(raw)} is not a time zone such as UTC or Asia/Tokyo")
    return value


def zone_or_none(raw: object) -> str:
    """As `zone`, or empty."""
    return "" if raw == "" else zone(raw)


def path(raw: object) -> Path:
    """The path of a file or folder; a relative one counts from the checkout (`places.py`)."""
    value = str(raw) if isinstance(raw, Path) else text(raw)
    if not value:
        raise ValueError("an empty path names nothing")
    return Path(value)


def path_or_none(raw: object) -> Path | None:
    """As `path`; None for an empty text."""
    return None if raw is None or raw == "" else path(raw)


def _items(raw: object) -> list[str]:
    values = raw.split(",") if isinstance(raw, str) else raw
    if not isinstance(values, list | tuple):
        raise ValueError(f"{quoted(raw)} is neither a list nor text with commas")
    return [value for value in map(text, values) if value]
