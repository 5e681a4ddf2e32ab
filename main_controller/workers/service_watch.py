"""Tells the service manager that the program is ready, and again and again that it lives, while it does its work.

A program that is not told to live is started anew. So it is told while the server's loop, the collector and the
scheduler come round; always while something stops the grid, which nobody may break off; and while a disk hangs, which
no start mends and which is an alarm.
"""

import logging
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

log = logging.getLogger(__name__)

LOOKS_EVERY = 1.0
"""How often (s) it is looked, and told."""

LATE = 60.0
"""How long (s) after it was due a loop counts as standing still; every call of theirs is bounded to far less."""

READY_AFTER = 10.0
"""How long (s) after the start the program counts as ready, though no data have come: it can stop the grid."""


class Told(Protocol):
    """The service manager."""

    def tell(self, **lines: object) -> None:
        """Tell it each `NAME=value`, without waiting."""
        ...


class Watched(NamedTuple):
    """A loop: its name, how often it is due (s), and for how long (s) it has not come round."""

    name: str
    every: float
    idle: Callable[[], float]


class ServiceWatch:
    """`stops` says whether something stops the grid, `disk_hangs` whether a disk hangs, `has_data` whether first data
    have come. All of them answer at once. `clock` is monotonic s."""

    def __init__(
        self,
        manager: Told,
        loops: Sequence[Watched],
        *,
        stops: Callable[[], bool],
        disk_hangs: Callable[[], bool],
        has_data: Callable[[], bool],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._manager = manager
        self._loops = loops
        self._stops = stops
        self._disk_hangs = disk_hangs
        self._has_data = has_data
        self._clock = clock
        self._began = clock()
        self._ready = False
        self._still: tuple[str, ...] = ()

    @property
    def still(self) -> tuple[str, ...]:
        """The loops that stand still."""
        return self._still

    def run_once(self) -> None:
        """Look once, and tell."""
        if not self._ready and (self._has_data() or self._clock() - self._began >= READY_AFTER):
            self._ready = True
            self._manager.tell(READY=1)
        before = self._still
        self._still = tuple(loop.name for loop in self._loops if loop.idle() > loop.every + LATE)
        if self._still != before:
            self._say(before)
        hangs = bool(self._still) and self._disk_hangs()
        if not self._still or self._stops() or hangs:
            self._manager.tell(WATCHDOG=1)

    def _say(self, before: Sequence[str]) -> None:
        if self._still:
            log.error(
                "%s stands still: unless the grid is being stopped or a disk hangs, the service manager starts this "
                "program anew",
                ", ".join(self._still),
            )
        else:
            log.warning("%s comes round again", ", ".join(before))
