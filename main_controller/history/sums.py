"""Sums of the ledger: what was given and taken by hour, day or month, and by pair of units. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from math import sqrt
from typing import NamedTuple

from pytz.tzinfo import BaseTzInfo


class By(StrEnum):
    """What a sum is over: an hour, a day or a month of the site's clock in which deals ended."""

    HOUR = "hour"
    DAY = "day"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Sum:
    """What deals moved that ended from `start` (aware) on, of one pair where `giver` and `taker` are given.

    `deals` is how many had current, `idle` how many none. `out` and `into` are Wh at both ends over those that tell
    both. `unsure` (Wh) is how unsure the energy taken is: the deals' own uncertainties are independent of each other,
    so they add by their squares.
    `partly` is how many of those with current tell nothing of an end, or were not covered whole.
    """

    start: datetime
    giver: str | None
    taker: str | None
    deals: int
    out: float
    into: float
    unsure: float
    partly: int
    idle: int


class Quarter(NamedTuple):
    """What deals came to that ended in the quarter of an hour from `start` (s since 1970) on, of one pair
    where `giver` and `taker` are given; as `Sum`, but `variance` is the square of `unsure`."""

    start: int
    giver: str | None
    taker: str | None
    deals: int
    out: float
    into: float
    variance: float
    partly: int
    idle: int


def sums(quarters: Iterable[Quarter], by: By, zone: BaseTzInfo) -> list[Sum]:
    """One for each span, and pair where the quarters tell one; in order. In every zone hours and days begin with a
    quarter of an hour."""
    starts: dict[int, datetime] = {}
    groups: dict[tuple[datetime, str | None, str | None], list[Quarter]] = {}
    for one in quarters:
        if one.start not in starts:
            starts[one.start] = _start(datetime.fromtimestamp(one.start, UTC), by, zone)
        groups.setdefault((starts[one.start], one.giver, one.taker), []).append(one)
    order = sorted(groups, key=lambda key: (key[0], key[1] or "", key[2] or ""))
    return [_sum(key, groups[key]) for key in order]


def _sum(key: tuple[datetime, str | None, str | None], quarters: Sequence[Quarter]) -> Sum:
    return Sum(
        *key,
        sum(one.deals for one in quarters),
        sum(one.out for one in quarters),
        sum(one.into for one in quarters),
        sqrt(sum(one.variance for one in quarters)),
        sum(one.partly for one in quarters),
        sum(one.idle for one in quarters),
    )


def _start(at: datetime, by: By, zone: BaseTzInfo) -> datetime:
    local = at.astimezone(zone)
    hour = local - timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
    if by is By.HOUR:
        return zone.normalize(hour)
    midnight = datetime(local.year, local.month, local.day if by is By.DAY else 1)  # noqa: DTZ001 # made aware below
    return zone.normalize(zone.localize(midnight, is_dst=True))
