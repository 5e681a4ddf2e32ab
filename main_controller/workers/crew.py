"""Threads for stopping: as many as there are units that hang, and none when nothing is stopped (Z8, Z9).

Made by the controller for Waits and stops. Unlike a pool of fixed size, one hanging unit never takes the thread that
another unit's Wait needs, and a call that hangs never keeps the process from ending.
"""

import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import Any, TypeVar

T = TypeVar("T")
Task = Callable[[], None]


class Crew(Executor):
    """At most `most` daemon threads named `name`; a call beyond them waits until one of them is free."""

    def __init__(self, most: int, name: str) -> None:
        self._most = most
        self._name = name
        self._changing = threading.Lock()  # protects the fields below, for moments only
        self._waiting: deque[tuple[Future[Any], Task]] = deque()
        self._threads = 0
        self._closed = False

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> "Future[T]":
        """Run it in a thread of its own, at once where there is one. Raises RuntimeError after `shutdown`."""
        future: Future[T] = Future()

        def task() -> None:
            if not future.set_running_or_notify_cancel():
                return
            try:
                result = fn(*args, **kwargs)
            except BaseException as error:  # noqa: BLE001 - whoever asks the future gets it, as with any executor
                future.set_exception(error)
            else:
                future.set_result(result)

        with self._changing:
            if self._closed:
                raise RuntimeError("nothing is taken on after the end")
            self._waiting.append((future, task))
            if self._threads >= self._most:
                return future
            self._threads += 1
        try:
            threading.Thread(target=self._work, name=self._name, daemon=True).start()
        except RuntimeError:  # no thread is left on this machine
            with self._changing:
                self._threads -= 1
                alone = self._threads == 0
            if alone:
                self._work_off()
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Take on nothing more; `cancel_futures` gives up what has not begun. What runs is never waited for."""
        with self._changing:
            self._closed = True
            waiting = list(self._waiting) if cancel_futures else []
        for future, _ in waiting:
            future.cancel()

    def _work(self) -> None:
        while task := self._next():
            task()

    def _next(self) -> Task | None:
        with self._changing:
            if self._waiting:
                return self._waiting.popleft()[1]
            self._threads -= 1
            return None

    def _work_off(self) -> None:
        """Do in the caller's thread what waits, since nobody else will: late is better than never."""
        while True:
            with self._changing:
                if not self._waiting:
                    return
                task = self._waiting.popleft()[1]
            task()
