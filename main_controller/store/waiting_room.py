"""Bounds how many requests wait on somebody else at once, so that they never use up the server's threads.

Used by the readings that ask a device or poll apis-web.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from main_controller.errors import NoDataYet


class WaitingRoom:
    """A room with `limit` seats."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._seats = threading.BoundedSemaphore(limit)

    @contextmanager
    def seat(self) -> Iterator[None]:
        """Hold a seat while waiting; raises NoDataYet (503, Retry-After) at once when all are taken."""
        if not self._seats.acquire(blocking=False):
            raise NoDataYet(
                f"{self._limit} requests wait for apis-web or a device already; try again in a moment.", retry_after=1
            )
        try:
            yield
        finally:
            self._seats.release()
