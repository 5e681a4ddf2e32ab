"""The time formats of replies and schedules, to and from aware UTC (Z11, Z13).

Used by the readings, the schedules and the status. Zones are pytz's and are handed in; a clock is never read here.
"""

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo

from pytz import AmbiguousTimeError, NonExistentTimeError
from pytz.tzinfo import BaseTzInfo

from main_controller.errors import BadRequest
from main_controller.sentence import say

LARGEST_OFFSET = timedelta(hours=14)

_VALUE = re.compile(
    r"(?P<date>[0-9]{4}-[0-9]{2}-[0-9]{2})[Tt ]"
    r"(?P<time>[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?)"
    r"(?P<offset>[Zz]|(?P<sign>[-+ ])(?P<hours>[0-9]{2})(?::?(?P<minutes>[0-5][0-9]))?)?"
)


def iso_utc(at: datetime) -> str:
    """An aware time as ISO 8601 in UTC with its offset, in ms: `2026-05-13T03:00:00.000+00:00`."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds")


def iso_in(at: datetime, zone: BaseTzInfo) -> str:
    """An aware time as ISO 8601 in the site's zone with its offset, in s, for people (Z13)."""
    return at.astimezone(zone).isoformat(timespec="seconds")


def said_time(at: datetime, zone: tzinfo = UTC) -> str:
    """An aware time in a sentence: `2026-05-13 03:00 UTC`, `2026-05-13 12:00:30 +09:00`."""
    local = at.astimezone(zone)
    offset = "UTC" if not local.utcoffset() else local.isoformat()[-6:]
    return f"{local:%Y-%m-%d %H:%M:%S}".removesuffix(":00") + f" {offset}"


def said_iso(kept: object) -> str:
    """A time in a sentence that is kept as ISO 8601; what somebody changed into none stands as it is."""
    at = _kept(kept)
    return str(kept) if at is None else said_time(at)


def site_time(kept: object, zone: BaseTzInfo, *, seconds: bool = False) -> str:
    """As `said_iso`, by the site's clock and with its zone's name: `2026-05-13 12:00 JST`.

    A zone without one is told by its offset (`UTC+06`). Seconds stand there where asked, else where there are any.
    """
    at = _kept(kept)
    if at is None:
        return str(kept)
    local = at.astimezone(zone)
    name = local.tzname() or str(zone)
    clock = f"{local:%Y-%m-%d %H:%M:%S}"
    return f"{clock if seconds else clock.removesuffix(':00')} {f'UTC{name}' if name[0] in '+-' else name}"


def _kept(kept: object) -> datetime | None:
    """A time kept as ISO 8601 with its offset; None for any other text."""
    try:
        at = datetime.fromisoformat(str(kept))
    except ValueError:
        return None
    return None if at.tzinfo is None else at


def parse_schedule_value(text: str, zone: BaseTzInfo) -> datetime:
    """A schedule's ISO 8601 date and time, in UTC (Z11, Z13).

    A blank where the offset's sign stands is `+`, as a curl query delivers it. Without an offset the site's `zone` is
    meant: a time that its clocks skip is refused, and of an hour that they show twice the earlier instant is taken
    (a stop that comes an hour early is safer than one that comes late); an offset says otherwise.
    Raises BadRequest with a sentence that quotes the value.
    """
    shown = text[:40]
    match = _VALUE.fullmatch(text.strip())
    if match is None:
        raise BadRequest(
            say("domain.noTime", '"{text}" is not a date and time such as 2026-05-13T12:00:00+09:00.', text=shown)
        )
    try:
        plain = datetime.fromisoformat(f"{match['date']}T{match['time']}")
        if match["offset"] is None:
            return _in_zone(plain, zone)
        return plain.replace(tzinfo=_offset(match, shown)).astimezone(UTC)
    except NonExistentTimeError:
        skipped = say(
            "domain.timeSkipped",
            '"{text}" does not exist in {zone}: the clocks skip it there. Give another time, or one with its offset.',
            text=shown,
            zone=str(zone),
        )
        raise BadRequest(skipped) from None
    except (ValueError, OverflowError) as error:
        why = str(error)
        unreal = say("domain.unrealTime", '"{text}" is not a date and time that exists: {why}.', text=shown, why=why)
        raise BadRequest(unreal) from None


def _offset(match: re.Match[str], shown: str) -> timezone:
    """The zone that a value's own offset names."""
    if match["sign"] is None:
        return UTC
    offset = timedelta(hours=int(match["hours"]), minutes=int(match["minutes"] or 0))
    if offset > LARGEST_OFFSET:
        raise BadRequest(
            say("domain.offsetTooLarge", '"{text}" has an offset of more than 14 hours, which no zone has.', text=shown)
        )
    return timezone(-offset if match["sign"] == "-" else offset)


def _in_zone(plain: datetime, zone: BaseTzInfo) -> datetime:
    """The instant at which `zone`'s clocks show `plain`, the earlier of two. Raises NonExistentTimeError."""
    try:
        return zone.localize(plain, is_dst=None).astimezone(UTC)
    except AmbiguousTimeError:
        return min(zone.localize(plain, is_dst=dst).astimezone(UTC) for dst in (True, False))


def is_moment(at: datetime) -> bool:
    """Whether it is known which moment this is, and it can be told by every zone's clock: not at the ends of time."""
    return at.tzinfo is not None and 1 < at.year < 9999
