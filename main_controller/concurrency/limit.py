"""Bounds how many do something at once, so that they never use up the server's threads.

Used by the readings that ask a device or search what was recorded, by the orders, by the files for spreadsheets and by
the check of a password.
"""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from main_controller.errors import NoDataYet, TooMany
from main_controller.sentence import Sentence


class Limit:
    """At most `limit` at once; `sentence`, `retry_after` (s) and `details` are what the others are told, by `refusal`.

    Some, at most `waiting`, wait up to `patience` s for a place first.
    """

    def __init__(
        self, limit: int, sentence: Sentence, *, retry_after: int = 5, details: Mapping[str, Any] | None = None,
        waiting: int = 0, patience: float = 0.0, refusal: type[NoDataYet] | type[TooMany] = NoDataYet,
    ) -> None:  # fmt: skip
        self._queue = threading.BoundedSemaphore(waiting) if waiting else None
        self._patience = patience
        self._refusal = refusal
        self._sentence = sentence
        self._retry_after = retry_after
        self._details = details
        self._places = threading.BoundedSemaphore(limit)

    def take(self) -> None:
        """Take a place; raises the refusal when all are taken, at once or after the wait."""
        if not self._places.acquire(blocking=False) and not self._waited():
            raise self._refusal(self._sentence, retry_after=self._retry_after, details=self._details)

    def _waited(self) -> bool:
        """Whether a place came free while waiting for it."""
        if self._queue is None or not self._queue.acquire(blocking=False):
            return False
        try:
            return self._places.acquire(timeout=self._patience)
        finally:
            self._queue.release()

    def release(self) -> None:
        """Give a place back."""
        self._places.release()

    @contextmanager
    def place(self) -> Iterator[None]:
        """Hold a place; raises as `take` does."""
        self.take()
        try:
            yield
        finally:
            self.release()
