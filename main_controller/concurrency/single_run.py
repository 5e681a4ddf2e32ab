"""Holds the one thing of its kind that may run at a time: a Stop all, a guided procedure. Each of them has its own."""

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class SingleRun(Generic[T]):
    """At most one `T` at a time, made and joined without a race."""

    def __init__(self) -> None:
        self._lock = threading.Lock()  # protects the one reference
        self._current: T | None = None

    @property
    def current(self) -> T | None:
        """What runs now, or None."""
        return self._current

    def start(self, make: Callable[[], T], join: Callable[[T], None]) -> tuple[T, bool]:
        """Make one and return it with True, or `join` the one that runs and return it with False."""
        with self._lock:
            if self._current is not None:
                join(self._current)
                return self._current, False
            self._current = make()
            return self._current, True

    def end(self, also: Callable[[], None] = lambda: None) -> None:
        """The one that ran has ended; `also` is done before another can start or join."""
        with self._lock:
            also()
            self._current = None
