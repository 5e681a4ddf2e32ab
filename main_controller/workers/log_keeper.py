"""Hears apis-main's own log, and keeps its graver lines and the newest of all (K16-K20).

A worker of its own calls `run_once`, which waits for lines; nothing else waits for it.
"""

import time
from collections import deque
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol

from main_controller.clock import utc_now
from main_controller.domain.apis_log import Level, LogLine, shortened

GRAVE = Level.WARNING
"""From this level on lines are kept on the disk."""
NEWEST = 2_000
"""How many of the newest lines, of all levels, are kept in memory."""
WAITING = 20_000
"""How many grave lines wait for the disk at most; those after them are lost and counted."""
EVERY = 5.0
"""How often (s) grave lines are taken to the disk."""

Heard = tuple[datetime, LogLine]
"""A line and when it was heard."""


class Source(Protocol):
    """Who hears lines."""

    def lines(self) -> list[LogLine]:
        """What came since the last look; waits a moment for the first."""


class Kept(Protocol):
    """Where lines are kept."""

    def keep_lines(self, lines: Sequence[Heard]) -> None:
        """Take lines to the disk; raises ControllerError."""


class LogKeeper:
    """`hear` is handed every line as it comes, whole, since lists of deals are long; what is kept is shortened. `wall`
    gives aware UTC, `clock` monotonic s."""

    def __init__(
        self,
        source: Source,
        kept: Kept,
        *,
        hear: Callable[[Sequence[Heard]], None] = lambda lines: None,
        wall: Callable[[], datetime] = utc_now,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._source = source
        self._kept = kept
        self._hear = hear
        self._wall = wall
        self._clock = clock
        self._newest: deque[Heard] = deque(maxlen=NEWEST)
        self._waiting: list[Heard] = []
        self._lost = 0
        self._written_at = clock()

    def newest(self) -> list[Heard]:
        """The newest lines of all levels, the last of them last."""
        return list(self._newest)

    def run_once(self) -> None:
        """Hear what comes; now and then write what is grave. Raises ControllerError when the disk refuses."""
        lines = self._source.lines()
        wall = self._wall()
        self._hear([(wall, line) for line in lines])
        short = [(wall, shortened(line)) for line in lines]
        self._newest.extend(short)
        grave = [one for one in short if one[1].level.rank <= GRAVE.rank]
        room = WAITING - len(self._waiting)
        self._waiting += grave[:room]
        self._lost += max(0, len(grave) - room)
        if self._waiting and self._clock() - self._written_at >= EVERY:
            self.write()

    def write(self) -> None:
        """Take to the disk what waits for it, also at the end. Raises ControllerError when the disk refuses."""
        self._written_at = self._clock()
        if self._waiting:
            self._kept.keep_lines(self._waiting)
            self._waiting = []

    @property
    def lost(self) -> int:
        """How many grave lines were lost since the start, as the disk refused for long."""
        return self._lost
