"""A log line that an attack cannot repeat without end. Used where somebody else decides how often a thing happens."""

import logging
from collections.abc import Callable

EVERY = 60.0
"""At most one line in this time, s."""


class Seldom:
    """Warns once a minute of its matter, with how often it was kept silent."""

    def __init__(self, log: logging.Logger, clock: Callable[[], float]) -> None:
        self._log = log
        self._clock = clock
        self._said: float | None = None
        self._kept = 0

    def warning(self, sentence: str) -> None:
        """Say it, unless it was said within the last minute."""
        now = self._clock()
        if self._said is not None and now - self._said < EVERY:
            self._kept += 1
            return
        more = f" ({self._kept} more times since this was last said)" if self._kept else ""
        self._said, self._kept = now, 0
        self._log.warning("%s%s", sentence, more)
