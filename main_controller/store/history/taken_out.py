"""Tells in the log what of the history was taken out, and why: the first at once, then what came since, once an hour.

Used by `History`, which prunes a little at a time.
"""

import logging
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from main_controller.domain.timestamps import said_time

log = logging.getLogger(__name__)

EVERY = 3600.0
"""How often (s) it is told at most."""


class TakenOut:
    """What one reason took out; `why` says it, `clock` gives monotonic s."""

    def __init__(self, why: str, level: int, *, clock: Callable[[], float]) -> None:
        self._why = why
        self._level = level
        self._clock = clock
        self._adding = threading.Lock()  # protects all below; held for moments only
        self._rows: Counter[str] = Counter()
        self._told_at = float("-inf")

    def add(self, rows: Mapping[str, int], reach: Mapping[str, int | None]) -> None:
        """Rows that went, by what they were; told now or with those that follow. `reach` is since when (s since 1970)
        what is left is kept, by what it is; None: nothing is."""
        with self._adding:
            self._rows.update({what: count for what, count in rows.items() if count})
            if not self._rows or self._clock() - self._told_at < EVERY:
                return
            told, self._rows, self._told_at = self._rows, Counter(), self._clock()
        gone = ", ".join(f"{count} {what}" for what, count in told.items())
        left = ", ".join(
            f"{what} to {said_time(datetime.fromtimestamp(start, UTC))}"
            for what, start in reach.items()
            if start is not None
        )
        log.log(self._level, "%s: %s were taken out; what is left reaches back: %s", self._why, gone, left or "none")
