"""How the channels that tell people of alarms are read: a list of tables in the settings file, or JSON text.

Used by the table of settings. No secret stands in a setting: each is in a file or in a variable of the environment,
which the setting names, so that none can get into a log, a reply or the journal.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import time
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

from main_controller.channel import Channel, Hours, Option, Sort
from main_controller.settings import kinds

Read = Callable[[object], object]

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,31}")
_TIME = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")
_TOPIC = re.compile(r"[^\x00-\x20#+/]+(/[^\x00-\x20#+/]+)*")
_MAILBOX = re.compile(r"[^\s@<>,;:\"\\]+@[^\s@<>,;:\"\\]+")


@dataclass(frozen=True, slots=True)
class HiddenUrl:
    """An address that lets in whoever knows it: only its host is ever shown."""

    url: str

    def __str__(self) -> str:
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.hostname}/..."


def hidden_url(raw: object) -> HiddenUrl | None:
    """An http or https address of which only the host is shown; None for an empty text."""
    if raw is None or isinstance(raw, HiddenUrl):
        return raw
    return None if raw == "" else HiddenUrl(url(raw))


def url(raw: object) -> str:
    """An http or https address; what is refused is not quoted, since it may let somebody in."""
    value = kinds.text(raw)
    try:
        parts = urlsplit(value)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable or " " in value:
        raise ValueError("it is not an address such as https://example.org/hook")
    return value


def time_of_day(raw: object) -> time | None:
    """A time of day by the site's clock, such as 07:00; None for an empty text."""
    if raw is None or isinstance(raw, time):
        return raw
    return None if raw == "" else _clock(raw)


def channels(raw: object) -> tuple[Channel, ...]:
    """The channels, each with a name of its own."""
    table = raw
    if isinstance(raw, str):
        try:
            table = json.loads(raw or "[]")
        except ValueError:
            raise ValueError("it is not a JSON list of channels") from None
    if not isinstance(table, list | tuple):
        raise ValueError("it is not a list of channels: write [[channels]] above each")
    found: list[Channel] = []
    for place, one in enumerate(table, 1):
        channel = one if isinstance(one, Channel) else _channel(one, place)
        if any(channel.name == other.name for other in found):
            raise ValueError(f"two channels have the name {channel.name}")
        found.append(channel)
    return tuple(found)


def _channel(raw: object, place: int) -> Channel:
    if not isinstance(raw, Mapping):
        raise ValueError(f"channel {place} is not a table")
    name = raw.get("name")
    if not isinstance(name, str) or _NAME.fullmatch(name) is None:
        raise ValueError(f"channel {place} needs a name of letters, digits, - and _, at most 32")
    try:
        sort = Sort(str(raw.get("kind")))
    except ValueError:
        raise ValueError(f"channel {name}: its kind is none of {', '.join(Sort)}") from None
    own, needed = _SORTS[sort]
    common, options = _read(name, raw, own)
    for choice in needed:
        given = [key for key in choice if key in options]
        if len(given) != 1 and (given or choice[0] != ""):
            one_of = "one of " if len(choice) > 1 else ""
            raise ValueError(f"channel {name} needs {one_of}{', '.join(filter(None, choice))}")
    if "user" in options and not {"password_file", "password_env"} & options.keys():
        raise ValueError(f"channel {name} has a user but neither password_file nor password_env")
    return Channel(name, sort, options=MappingProxyType(options), **common)


def _read(name: str, raw: Mapping[str, object], own: Mapping[str, Read]) -> tuple[dict[str, Any], dict[str, Option]]:
    """What every channel may have, and what this sort has."""
    common: dict[str, Any] = {}
    options: dict[str, Any] = {}
    for key, value in raw.items():
        if key in ("name", "kind"):
            continue
        reader = _COMMON.get(key) or own.get(key)
        if reader is None:
            raise ValueError(f"channel {name}: {_unknown(key, own)}")
        try:
            (common if key in _COMMON else options)[key] = reader(value)
        except ValueError as fault:
            raise ValueError(f"channel {name}: {key}: {fault}") from None
    return common, options


def _unknown(key: str, own: Mapping[str, Read]) -> str:
    secret = next((one for one in ("password", "secret") if key == one and f"{one}_file" in own), None)
    if secret is not None or (key == "url" and "url_file" in own):
        return f"{key} does not stand in a setting: name a file of it in {key}_file, or a variable in {key}_env"
    known = ", ".join(sorted({"name", "kind", *_COMMON, *own}))
    return f"{kinds.quoted(key)} is not known; known are {known}"


def _clock(raw: object) -> time:
    value = kinds.text(raw)
    match = _TIME.fullmatch(value)
    if match is None:
        raise ValueError(f"{kinds.quoted(raw)} is not a time of day such as 07:00")
    return time(int(match[1]), int(match[2]))


def _hours(raw: object) -> Hours:
    begin, _, end = kinds.text(raw).partition("-")
    try:
        hours = Hours(_clock(begin), _clock(end))
    except ValueError:
        raise ValueError(f"{kinds.quoted(raw)} is not a span such as 08:00-18:00") from None
    if hours.begin == hours.end:
        raise ValueError(f"{kinds.quoted(raw)} begins where it ends; leave it out for the whole day")
    return hours


def _minutes(low: float, high: float) -> Read:
    read = kinds.number(low, high)
    return lambda raw: float(read(raw)) * 60.0  # type: ignore[arg-type]  # it gives numbers


def _words(raw: object) -> tuple[str, ...]:
    values = raw.split(",") if isinstance(raw, str) else raw
    if not isinstance(values, list | tuple) or not all(isinstance(one, str) for one in values):
        raise ValueError(f"{kinds.quoted(raw)} is neither a list of words nor text with commas")
    found = tuple(one.strip() for one in values if one.strip())
    if not found:
        raise ValueError("it names none; leave it out for all")
    return found


def _mailbox(raw: object) -> str:
    value = kinds.text(raw)
    if _MAILBOX.fullmatch(value) is None:
        raise ValueError(f"{kinds.quoted(raw)} is not an address such as apis@example.org")
    return value


def _mailboxes(raw: object) -> tuple[str, ...]:
    return tuple(map(_mailbox, _words(raw)))


def _one_of(*words: str) -> Read:
    def read(raw: object) -> str:
        if raw not in words:
            raise ValueError(f"{kinds.quoted(raw)} is none of {', '.join(words)}")
        return str(raw)

    return read


def _filled(raw: object) -> str:
    value = kinds.text(raw)
    if not value:
        raise ValueError("it is empty")
    return value


def _topic(raw: object) -> str:
    value = kinds.text(raw)
    if _TOPIC.fullmatch(value) is None or value.startswith("$"):
        raise ValueError(f"{kinds.quoted(raw)} is not a topic such as site/apis")
    return value


def _link(raw: object) -> str:
    return url(raw).rstrip("/")


_COMMON: Mapping[str, Read] = {
    "priority": kinds.whole(1, 4),
    "kinds": _words,
    "hours": _hours,
    "after": _minutes(0, 1440),
    "repeat": _minutes(0, 1440),
    "digest": kinds.boolean,
    "language": _one_of("en", "ja"),
    "link": _link,
}
"""What every channel may have; times are minutes where they are written."""

_HOST: Mapping[str, Read] = {"host": kinds.host, "port": kinds.whole(1, 65535), "ca_file": _filled}
_PASSWORD: Mapping[str, Read] = {"password_file": _filled, "password_env": _filled}
_URL: Mapping[str, Read] = {"url_file": _filled, "url_env": _filled}

_SORTS: Mapping[Sort, tuple[Mapping[str, Read], tuple[tuple[str, ...], ...]]] = {
    Sort.MAIL: (
        {
            **_HOST, **_PASSWORD, "user": _filled, "from": _mailbox, "to": _mailboxes,
            "security": _one_of("starttls", "tls", "none"),
        },
        (("host",), ("from",), ("to",), ("", "password_file", "password_env")),
    ),
    Sort.SYSLOG: ({**_HOST, "transport": _one_of("udp", "tcp", "tls")}, (("host",),)),
    Sort.WEBHOOK: (
        {
            **_URL, "secret_file": _filled, "secret_env": _filled, "ca_file": _filled,
            "shape": _one_of("json", "slack", "mattermost"),
        },
        (("url_file", "url_env"), ("", "secret_file", "secret_env")),
    ),
    Sort.MQTT: (
        {**_HOST, **_PASSWORD, "user": _filled, "topic": _topic, "tls": kinds.boolean},
        (("host",), ("", "password_file", "password_env")),
    ),
    Sort.APPRISE: ({**_URL}, (("url_file", "url_env"),)),
}  # fmt: skip
"""What each sort may have besides; and of which options it needs exactly one: with "" among them, at most one."""
