"""Where slots begin: multiples of their length in UTC, and days and months in the site's zone, of 23, 24 or 25 hours.

Pure. Used by the readings of the history.
"""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

import pytz
from pytz.tzinfo import BaseTzInfo

from main_controller.history.slot import HALF_HOUR, MINUTE, Slot
from main_controller.history.summary import joined


class Step(StrEnum):
    """The slots that can be asked for."""

    MINUTE = "60"
    HALF_HOUR = "1800"
    DAY = "day"
    MONTH = "month"

    @property
    def seconds(self) -> float:
        """The shortest such slot, s."""
        return {Step.MINUTE: MINUTE, Step.HALF_HOUR: HALF_HOUR, Step.DAY: 23 * 3600, Step.MONTH: 27 * 86_400}[self]

    @property
    def kept(self) -> int:
        """The length (s) of the slots that are kept of which these are made."""
        return MINUTE if self is Step.MINUTE else HALF_HOUR


def boundaries(step: Step, start: int, end: int, zone: BaseTzInfo) -> list[int]:
    """Where the slots that touch `start` up to `end` (s since 1970) begin, and where the last of them ends."""
    if step in (Step.MINUTE, Step.HALF_HOUR):
        length = int(step.seconds)
        first = start // length * length
        return list(range(first, -(-end // length) * length + 1, length))
    day = datetime.fromtimestamp(start, UTC).astimezone(zone).date()
    if step is Step.MONTH:
        day = day.replace(day=1)
    found = [_midnight(day, zone)]
    while found[-1] < end:
        day = _next_month(day) if step is Step.MONTH else day + timedelta(days=1)
        if (begin := _midnight(day, zone)) > found[-1]:  # some zones have skipped a whole day
            found.append(begin)
    return found


def _next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def _midnight(day: date, zone: BaseTzInfo) -> int:
    """The first moment of a day; where the clocks skip midnight, the moment at which they are put on."""
    plain = datetime.combine(day, time())
    try:
        at = zone.localize(plain, is_dst=None)
    except pytz.NonExistentTimeError:
        at = zone.localize(plain, is_dst=False)
    except pytz.AmbiguousTimeError:
        at = zone.localize(plain, is_dst=True)  # the first of the two
    return int(at.timestamp())


def gathered(slots: Sequence[Slot], begins: Sequence[int]) -> list[Slot | None]:
    """One slot for each span between two `begins`, made of the `slots` of one unit that start in it; None for a gap.

    A half hour that a day's beginning cuts (zones of a quarter of an hour) counts to the day in which it begins.
    """
    parts: list[list[Slot]] = [[] for _ in begins[:-1]]
    for slot in slots:
        place = bisect_right(begins, slot.start) - 1
        if 0 <= place < len(parts):
            parts[place].append(slot)
    return [_whole(part, begins[place], begins[place + 1] - begins[place]) for place, part in enumerate(parts)]


def _whole(parts: Sequence[Slot], start: int, length: int) -> Slot | None:
    if len(parts) == 1 and (parts[0].start, parts[0].length) == (start, length):
        return parts[0]
    return joined(parts, start, length) if parts else None
