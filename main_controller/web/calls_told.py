"""Bounds how many calls a minute the log tells one by one, so that whoever reaches the port cannot flood it (M17).

Used by the replies. The log's own bound only counts lines that repeat word for word.
"""

import logging
import threading
import time
from collections.abc import Callable

log = logging.getLogger(__name__)

MOST = 600
"""How many calls are told within `PERIOD`."""

PERIOD = 60.0
"""How long (s) after the first of them."""


class CallsTold:
    """Counts the calls; `clock` is monotonic s. Any thread may ask."""

    def __init__(self, most: int = MOST, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = most
        self._clock = clock
        self._lock = threading.Lock()  # protects the fields below, for moments only
        self._since = -PERIOD
        self._count = 0

    def tells(self) -> bool:
        """Whether this call is told by itself; the first that is not says so, and how many were not is told after."""
        with self._lock:
            now, untold = self._clock(), 0
            if now - self._since >= PERIOD:
                untold = max(0, self._count - self._most)
                self._since, self._count = now, 0
            self._count += 1
            count = self._count
        if untold:
            log.warning("%d calls within a minute were not told one by one", untold)
        if count == self._most + 1:
            log.warning(
                "more than %d calls within %g s: of the others within them only orders that are accepted are told",
                self._most, PERIOD,
            )  # fmt: skip
        return count <= self._most
