"""Simulated time, the list of what happens next, and the one lock that guards the whole simulated world."""

import heapq
import itertools
import logging
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

log = logging.getLogger(__name__)

Call = Callable[[], None]

LONGEST_LEAP = 30.0
"""How many seconds are caught up at most after the machine was busy elsewhere; more would only keep it busy."""


class Agenda:
    """Runs calls at their times. `now` is in seconds of the wall clock, shrunk by `tempo` (0.05: twenty times faster).

    `with agenda:` takes the lock (re-entrant) and first lets everything happen that is due. Without `start` time stands
    still and moves only by `advance`, so that a test steps through it.
    """

    def __init__(self, tempo: float = 1.0, clock: Callable[[], float] = time.monotonic) -> None:
        if not tempo > 0:
            raise ValueError("tempo must be more than 0")
        self.now = 0.0
        self.passing: Callable[[float], None] = lambda seconds: None
        """Told of each stretch of time that goes by, before what happens at its end."""
        self._tempo = tempo
        self._clock = clock
        self._events: list[tuple[float, int, Call]] = []
        self._serial = itertools.count()
        # Guards everything that is simulated; its waiters are requests that hang.
        self._changed = threading.Condition(threading.RLock())
        self._waiting = 0
        self._offset: float | None = None
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        self._changed.acquire()
        try:
            self._catch_up()
        except BaseException:
            self._changed.release()
            raise
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _: TracebackType | None
    ) -> None:
        self._changed.release()

    def after(self, delay: float, call: Call) -> None:
        """Do `call` in `delay` seconds."""
        heapq.heappush(self._events, (self.now + delay, next(self._serial), call))

    def every(self, period: float, first: float, call: Call) -> None:
        """Do `call` in `first` seconds, then every `period` seconds on a fixed beat, whatever it raises."""
        due = self.now + first

        def again() -> None:
            nonlocal due
            due += period
            heapq.heappush(self._events, (due, next(self._serial), again))
            call()

        heapq.heappush(self._events, (due, next(self._serial), again))

    def advance(self, seconds: float) -> None:
        """Let `seconds` pass at once."""
        with self._changed:
            self._run_until(self.now + seconds)

    def wait_for(self, come: Callable[[], bool]) -> bool:
        """Wait, inside `with agenda:`, until `come()` is true; False when the simulation ends first."""
        self._waiting += 1
        try:
            while not come():
                if self._ended.is_set():
                    return False
                self._changed.wait()
            return True
        finally:
            self._waiting -= 1

    def wait(self, seconds: float) -> bool:
        """Wait, inside `with agenda:`, for `seconds`; False when the simulation ends first."""
        until = self.now + seconds
        return self.wait_for(lambda: self.now >= until)

    def start(self) -> None:
        """Let time run by itself, in a thread of its own."""
        with self._changed:
            self._offset = self._clock() - self.now * self._tempo
        self._thread = threading.Thread(target=self._run, name="simulator-agenda", daemon=True)
        self._thread.start()

    def end(self) -> None:
        """Stop time for good, and send away whoever waits."""
        self._ended.set()
        with self._changed:
            self._offset = None
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def _run(self) -> None:
        pause = min(0.05, max(0.005, 0.1 * self._tempo))
        while not self._ended.wait(pause):
            try:
                with self:
                    pass
            except Exception:  # a fault in one simulated event must not stop the whole world's time
                log.exception("a simulated event failed")

    def _catch_up(self) -> None:
        if self._offset is None:
            return
        target = (self._clock() - self._offset) / self._tempo
        if target > self.now + LONGEST_LEAP:
            self._offset += (target - self.now - LONGEST_LEAP) * self._tempo
            target = self.now + LONGEST_LEAP
        self._run_until(target)

    def _pass(self, until: float) -> None:
        if until > self.now:
            self.passing(until - self.now)
        self.now = until

    def _run_until(self, target: float) -> None:
        while self._events and self._events[0][0] <= target:
            due, _, call = heapq.heappop(self._events)
            self._pass(due)
            call()
        self._pass(max(self.now, target))
        if self._waiting:
            self._changed.notify_all()
