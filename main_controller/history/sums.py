"""Sums of the ledger: what was given and taken by hour, day or month, and by pair of units. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from math import hypot

from pytz.tzinfo import BaseTzInfo

from main_controller.history.ledger_deal import LedgerDeal


class By(StrEnum):
    """What a sum is over: an hour, a day or a month of the site's clock in which deals ended."""

    HOUR = "hour"
    DAY = "day"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Sum:
    """What deals moved that ended from `start` (aware) on, of one pair where `giver` and `taker` are given.

    `deals` is how many, `out` and `into` Wh at both ends over those that tell both. `unsure` (Wh) is how unsure the
    energy taken is: the deals' own uncertainties are independent of each other, so they add by their squares.
    `partly` is how many of them tell nothing of an end, or were not covered whole.
    """

    start: datetime
    giver: str | None
    taker: str | None
    deals: int
    out: float
    into: float
    unsure: float
    partly: int


def sums(deals: Iterable[LedgerDeal], by: By, zone: BaseTzInfo, *, pair: bool) -> list[Sum]:
    """One for each span, and pair where asked, in which a deal with current ended; in order."""
    groups: dict[tuple[datetime, str | None, str | None], list[LedgerDeal]] = {}
    for deal in deals:
        if deal.flowed_from is not None:
            ends = (deal.giver, deal.taker) if pair else (None, None)
            groups.setdefault((_start(deal.ended_at, by, zone), *ends), []).append(deal)
    order = sorted(groups, key=lambda key: (key[0], key[1] or "", key[2] or ""))
    return [_sum(key, groups[key]) for key in order]


def _sum(key: tuple[datetime, str | None, str | None], deals: Sequence[LedgerDeal]) -> Sum:
    told = [(deal.out, deal.into) for deal in deals if deal.out is not None and deal.into is not None]
    whole = sum(deal.out is not None and deal.into is not None and deal.coverage > 0.99 for deal in deals)
    return Sum(
        *key,
        len(deals),
        sum(out.wh for out, _ in told),
        sum(into.wh for _, into in told),
        hypot(*(into.uncertainty for _, into in told)),
        len(deals) - whole,
    )


def _start(at: datetime, by: By, zone: BaseTzInfo) -> datetime:
    local = at.astimezone(zone)
    hour = local - timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
    if by is By.HOUR:
        return zone.normalize(hour)
    midnight = datetime(local.year, local.month, local.day if by is By.DAY else 1)  # noqa: DTZ001 # made aware below
    return zone.normalize(zone.localize(midnight, is_dst=True))
