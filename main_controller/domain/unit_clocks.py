"""Which units' own clocks are not those of the many (M25, Z5b).

Pure. Used by the events: an odd clock is named once, and moves nothing else, since every age counts from when a clock
moved and not from what it shows.
"""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta

APART = timedelta(minutes=5)
"""How far a unit's clock is from the usual one to be odd; readings of different units lie some seconds apart (K4)."""

FEWEST = 3
"""So many units must tell their time for some of them to be the many."""

_TIME = re.compile(r"(\d{4})/(\d\d)/(\d\d)-(\d\d):(\d\d):(\d\d)", re.ASCII)
_YEAR_1970 = datetime(1970, 1, 1)  # noqa: DTZ001 - it has no zone, as what units tell
_TO_THE_MINUTE = len("2026/05/13-12:00")


def odd_clocks(times: Mapping[str, str | None], usual: str | None) -> dict[str, str]:
    """The units whose time, as sent, is far from `usual`, that of the many, or is none; with what they show.

    Nobody where too few tell their time, or where the usual one cannot be read.
    """
    told = {unit_id: time for unit_id, time in times.items() if time is not None}
    at = _read(usual)
    if at is None or usual is None or len(told) < FEWEST:
        return {}
    minute = usual[:_TO_THE_MINUTE]
    return {unit_id: time for unit_id, time in told.items() if time[:_TO_THE_MINUTE] != minute and _odd(time, at)}


def _odd(time: str, usual: datetime) -> bool:
    shown = _read(time)
    return shown is None or abs(shown - usual) > APART


def seconds_of(time: str | None) -> float | None:
    """What a unit's clock shows, as seconds since its year 1970; None where it cannot be read."""
    shown = _read(time)
    return None if shown is None else (shown - _YEAR_1970).total_seconds()


def _read(time: str | None) -> datetime | None:
    found = None if time is None else _TIME.fullmatch(time)
    try:
        return None if found is None else datetime(*map(int, found.groups()))  # type: ignore[arg-type]  # noqa: DTZ001 - it has no zone
    except ValueError:
        return None
