"""Counts lines of the log that say the same again and again, instead of repeating them (Z20).

Used by each destination's thread. Nothing is lost without a word: how often a line was left out is told after.
"""

import logging
import math
from collections.abc import Callable
from dataclasses import dataclass

MOST = 5
"""How often one line is told within `PERIOD`."""

PERIOD = 60.0
"""How long (s) after the first of them."""

KEPT = 1000
"""How many different lines are remembered at most; of more than these none is left out."""

_Key = tuple[str, int, str]


@dataclass(slots=True)
class _Line:
    since: float
    told: int
    left_out: int
    last: logging.LogRecord


class Repeats:
    """The lines of the last minute; `clock` is monotonic s. DEBUG lines are never left out: they are every poll's."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lines: dict[_Key, _Line] = {}

    def tells(self, record: logging.LogRecord) -> bool:
        """Whether this record, whose text is made, is told by itself; it is counted."""
        if record.levelno <= logging.DEBUG:
            return True
        key = (record.name, record.levelno, str(record.msg))
        line = self._lines.get(key)
        if line is None:
            if len(self._lines) < KEPT:
                self._lines[key] = _Line(self._clock(), 1, 0, record)
            return True
        line.last = record
        if line.told < MOST:
            line.told += 1
            return True
        line.left_out += 1
        return False

    def over(self, *, all_of_them: bool = False) -> list[logging.LogRecord]:
        """A record for each line that was left out in a period that is over, or `all_of_them`: how often it was."""
        now = self._clock()
        ended = [key for key, line in self._lines.items() if all_of_them or now - line.since >= PERIOD]
        return [_counted(line) for key in ended if (line := self._lines.pop(key)).left_out]

    def next_in(self) -> float | None:
        """In how many seconds something is to be told; None while nothing was left out."""
        ends = min((line.since for line in self._lines.values() if line.left_out), default=math.inf) + PERIOD
        return None if ends == math.inf else max(0.0, ends - self._clock())


def _counted(line: _Line) -> logging.LogRecord:
    last, times = line.last, line.left_out
    text = f"{times} more times within {PERIOD:g} s: {last.msg}"
    return logging.LogRecord(last.name, last.levelno, last.pathname, last.lineno, text, (), None)
