"""Bounds how many do something at once, so that they never use up the server's threads.

Used by the readings that ask a device, by the orders and by the journal's file.
"""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from main_controller.errors import NoDataYet
from main_controller.sentence import Sentence


class Limit:
    """At most `limit` at once; `sentence`, `retry_after` (s) and `details` are what the others are told (503)."""

    def __init__(
        self, limit: int, sentence: Sentence, *, retry_after: int = 5, details: Mapping[str, Any] | None = None
    ) -> None:
        self._sentence = sentence
        self._retry_after = retry_after
        self._details = details
        self._places = threading.BoundedSemaphore(limit)

    def take(self) -> None:
        """Take a place; raises NoDataYet at once when all are taken."""
        if not self._places.acquire(blocking=False):
            raise NoDataYet(self._sentence, retry_after=self._retry_after, details=self._details)

    def release(self) -> None:
        """Give a place back."""
        self._places.release()

    @contextmanager
    def place(self) -> Iterator[None]:
        """Hold a place; raises NoDataYet at once when all are taken."""
        self.take()
        try:
            yield
        finally:
            self.release()
