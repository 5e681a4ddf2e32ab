"""Sums of the ledger: over which hours, days and months, and what one holds. Pure."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from pytz.tzinfo import BaseTzInfo

from main_controller.history.spans import Step, boundaries


class By(StrEnum):
    """What a sum is over: an hour, a day or a month of the site's clock in which deals ended."""

    HOUR = "hour"
    DAY = "day"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Sum:
    """What deals moved that ended from `start` (s since 1970) on, of one pair where `giver` and `taker` are given.

    `deals` is how many had current, `idle` how many none. `out` and `into` are Wh at both ends over those that tell
    both. `unsure` (Wh) is how unsure the energy taken is: the deals' own uncertainties are independent of each other,
    so they add by their squares.
    `partly` is how many of those with current tell nothing of an end, or were not covered whole.
    """

    start: int
    giver: str | None
    taker: str | None
    deals: int
    out: float
    into: float
    unsure: float
    partly: int
    idle: int


def begins(by: By, first: datetime, last: datetime, zone: BaseTzInfo) -> list[int]:
    """Where the spans begin that hold `first` to `last` (aware), and where the last of them ends, s since 1970."""
    start, end = int(first.timestamp()), int(last.timestamp()) + 1
    if by is not By.HOUR:
        return boundaries(Step.DAY if by is By.DAY else Step.MONTH, start, end, zone)
    local = first.astimezone(zone)
    found = [start - local.minute * 60 - local.second]
    while found[-1] < end:
        shown = datetime.fromtimestamp(found[-1], UTC).astimezone(zone)
        found.append(found[-1] + int(timedelta(hours=1).total_seconds()) - shown.minute * 60 - shown.second)
    return found
