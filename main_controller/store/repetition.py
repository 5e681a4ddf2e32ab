"""Bounds how often the same kind of event of the same unit is told, so that what flickers fills neither disk nor log.

Used by the chronicle. Nothing is lost without a word: how many were left out, and the last of them, is told after.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from main_controller.sentence import Sentence, say

MOST = 6
"""How many events of one kind and unit are told one by one within `PERIOD`."""

PERIOD = 60.0
"""How long (s) after the first of them."""


class Told(NamedTuple):
    """One event: its kind, the unit (None: the cluster), the sentence, and what was before and is after."""

    kind: str
    unit_id: str | None
    text: Sentence
    before: Any
    after: Any


@dataclass(slots=True)
class _Period:
    since: float
    told: int = 0
    left_out: int = 0
    last: Told | None = None


class Repetition:
    """Counts what is told; `clock` is monotonic s. Any thread may ask."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._changing = threading.Lock()  # protects the two below; held for moments only
        self._periods: dict[tuple[str, str | None], _Period] = {}
        self._over: list[_Period] = []

    def tells(self, event: Told) -> bool:
        """Whether this event is told by itself; it is counted."""
        key, now = (event.kind, event.unit_id), self._clock()
        with self._changing:
            period = self._periods.get(key)
            if period is None or now - period.since >= PERIOD:
                if period is not None and period.left_out:
                    self._over.append(period)
                period = self._periods[key] = _Period(now)
            if period.told < MOST:
                period.told += 1
                return True
            period.left_out += 1
            period.last = event
            return False

    def left_out(self) -> list[Told]:
        """What is to be told of the events that were left out in the periods that are over: one for each."""
        now = self._clock()
        with self._changing:
            for key in [key for key, period in self._periods.items() if now - period.since >= PERIOD]:
                self._over.append(self._periods.pop(key))
            over, self._over = self._over, []
        return [_summary(period.left_out, period.last) for period in over if period.last is not None]


def _summary(count: int, last: Told) -> Told:
    text = say(
        "store.leftOut",
        "{count} more like it within {seconds:g} s were not told one by one; the last of them: {last}",
        count=count,
        seconds=PERIOD,
        last=last.text,
    )
    return last._replace(text=text)
