"""Repeats one call on a fixed beat in a thread of its own, survives its faults and stops when told.

Used for everything that runs by itself: the collectors and the scheduler (B6, T31).
"""

import logging
import math
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from main_controller.clock import utc_now
from main_controller.workers.health import Health, HealthKeeper

__all__ = ["Health", "Periodic"]

log = logging.getLogger(__name__)


class Periodic:
    """A named thread that runs `call` every `interval` s, the first time at once.

    The beat is fixed: a run that takes longer skips beats and never queues them. Whatever `call` raises is taken note
    of in `health`, logged when an outage starts and ends, and survived. `clock` is monotonic s.
    """

    def __init__(
        self,
        name: str,
        interval: float,
        call: Callable[[], object],
        *,
        clock: Callable[[], float] = time.monotonic,
        wall: Callable[[], datetime] = utc_now,
    ) -> None:
        if not (math.isfinite(interval) and interval > 0):
            raise ValueError(f"{name}: an interval of {interval} s is no beat")
        self.name = name
        self._interval = interval
        self._call = call
        self._clock = clock
        self._keeper = HealthKeeper(name, wall=wall)
        self._roused = threading.Event()
        self._stopping = threading.Event()
        self._came_round = clock()
        # A daemon, so that a call that hangs in a dead connection cannot keep the process from ending.
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    @property
    def health(self) -> Health:
        """How it is doing now; `alive` says whether its thread runs."""
        return replace(self._keeper.health, alive=self._thread.is_alive())

    @property
    def interval(self) -> float:
        """Its beat (s)."""
        return self._interval

    @property
    def idle(self) -> float:
        """How long ago (s) its last run ended, or its thread began."""
        return self._clock() - self._came_round

    def start(self) -> None:
        """Start the thread; once only."""
        self._came_round = self._clock()
        log.debug("%s starts, every %s s", self.name, self._interval)
        self._thread.start()

    def wake(self) -> None:
        """Run at once, or once more when a run is under way; the beat stays as it is."""
        self._roused.set()

    def stop(self, timeout: float = 5.0) -> bool:
        """Ask the thread to end after the run under way and wait `timeout` s for it; whether it has ended."""
        self._stopping.set()
        self._roused.set()
        if self._thread.ident is None:
            return True
        self._thread.join(timeout)
        if self._thread.is_alive():
            log.warning("%s did not end within %s s", self.name, timeout)
        return not self._thread.is_alive()

    def run_once(self) -> None:
        """One run, with everything that goes wrong in it kept in `health`."""
        try:
            self._call()
        except Exception as error:  # noqa: BLE001 - a worker survives anything, and HealthKeeper logs what is unknown
            self._keeper.failed(error)
        else:
            self._keeper.succeeded()
        self._came_round = self._clock()

    def _run(self) -> None:
        beat = self._clock()
        while not self._stopping.is_set():
            self.run_once()
            now = self._clock()
            if now >= beat:
                beat += self._interval * (math.floor((now - beat) / self._interval) + 1)
            self._roused.wait(max(0.0, beat - now))
            self._roused.clear()
