"""Owns the threads that serve requests: ordinary ones, and some of their own for what stops the grid.

Used by the server as waitress' task dispatcher. A request that stops something never waits for one that does not: not
for readings that hang, not for `wait=verified`, not for callers who do not read. Its pools grow while their threads are
held, so that stops do not wait for stops either; Stop all has a pool that nothing else enters.
"""

import logging
import threading
import time
from collections import deque
from typing import Any

from main_controller.server.lanes import Lane, LaneOf

log = logging.getLogger(__name__)

NAMES = {Lane.ORDINARY: "request", Lane.STOP: "stop request", Lane.STOP_ALL: "stop all request"}

STOPPING = (16, 128)
STOPPING_ALL = (4, 64)
"""Threads at least, and at most."""

KEPT_FOR = 30.0
"""How long (s) a thread beyond the least stays without work."""


class Pool:
    """At least `least` threads, at most `most`, each serving one task after the other in order of arrival."""

    def __init__(self, name: str, least: int, most: int) -> None:
        self._name, self._least, self._most = name, least, most
        self._lock = threading.Lock()  # protects everything below
        self._changed = threading.Condition(self._lock)
        self._left = threading.Condition(self._lock)
        self._tasks: deque[Any] = deque()
        self._threads = self._idle = self._started = self._serving = 0
        self._ending = False
        with self._lock:
            for _ in range(least):
                self._start()

    def add_task(self, task: Any) -> None:
        """Have `task.service()` called as soon as a thread is free."""
        with self._lock:
            self._tasks.append(task)
            if len(self._tasks) > self._idle and self._threads < self._most and not self._ending:
                self._start()
            self._changed.notify()

    @property
    def waiting(self) -> int:
        """How many tasks wait for a thread."""
        return len(self._tasks)

    def end(self, deadline: float) -> int:
        """Take no more tasks, cancel those that wait; how many are still served at `deadline` (monotonic s)."""
        with self._lock:
            self._ending = True
            self._changed.notify_all()
            self._left.wait_for(lambda: not self._threads, max(0.0, deadline - time.monotonic()))
            while self._tasks:
                self._tasks.popleft().cancel()
            return self._serving

    def _start(self) -> None:
        self._threads += 1
        self._started += 1
        thread = threading.Thread(target=self._run, name=f"{self._name}-{self._started}", daemon=True)
        try:
            thread.start()
        except RuntimeError as fault:  # the machine gives no more threads: those that there are serve it in turn
            self._threads -= 1
            log.error("no further thread for requests: %s", fault)

    def _run(self) -> None:
        while (task := self._next()) is not None:
            try:
                task.service()
            except Exception:  # one connection's fault must not cost the thread
                log.exception("a request failed in a way that nobody foresaw")
            finally:
                with self._lock:
                    self._serving -= 1

    def _next(self) -> Any:
        """The next task; None when the thread is to end."""
        with self._lock:
            while not self._tasks and not self._ending:
                self._idle += 1
                woken = self._changed.wait(KEPT_FOR)
                self._idle -= 1
                if not woken and not self._tasks and self._threads > self._least:
                    break
            if self._tasks and not self._ending:
                self._serving += 1
                return self._tasks.popleft()
            self._threads -= 1
            self._left.notify_all()
            return None


class Pools:
    """waitress' task dispatcher: hands each request to the pool of its lane."""

    def __init__(self, threads: int, lane_of: LaneOf) -> None:
        self._lane_of = lane_of
        self._pools = {
            Lane.ORDINARY: Pool(NAMES[Lane.ORDINARY], threads, threads),
            Lane.STOP: Pool(NAMES[Lane.STOP], *STOPPING),
            Lane.STOP_ALL: Pool(NAMES[Lane.STOP_ALL], *STOPPING_ALL),
        }

    def lane_of(self, request: Any) -> Lane:
        """The lane of a request, by what has come of it."""
        return self._lane_of(request.command, request.path, request.query, request.form())

    def waiting(self) -> dict[str, int]:
        """How many requests wait for a thread, by their lane."""
        return {NAMES[lane]: pool.waiting for lane, pool in self._pools.items()}

    def add_task(self, channel: Any) -> None:
        """Have the channel's first request served."""
        request = channel.requests[0]
        channel.lane = Lane.ORDINARY
        if not request.error:
            channel.lane = self.lane_of(request)
        self._pools[channel.lane].add_task(channel)

    def shutdown(self, cancel_pending: bool = True, timeout: float = 5) -> bool:
        """End every thread, waiting at most `timeout` s for what they serve."""
        deadline = time.monotonic() + timeout
        served = sum(pool.end(deadline) for pool in self._pools.values())
        if served:
            log.warning("%d %s still being served", served, "request is" if served == 1 else "requests are")
        return not served
