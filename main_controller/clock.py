"""The wall clock: what is told to people and kept over restarts. All that is reckoned with uses `time.monotonic`."""

from datetime import UTC, datetime, timedelta

TOLERANCE = timedelta(seconds=2)
REMEMBERED = 10
"""So many jumps are kept; a Run that is more than 5 minutes late is missed anyway."""


def utc_now() -> datetime:
    """Now, aware."""
    return datetime.now(UTC)


class ClockJumps:
    """The stretches of wall time that the clock skipped forward since the start, newest last (Z12).

    Used by the scheduler: what became due only by a jump was not meant to happen now.
    """

    def __init__(self) -> None:
        self._before: tuple[datetime, float] | None = None
        self._skipped: tuple[tuple[datetime, datetime], ...] = ()

    def observe(self, wall: datetime, monotonic: float) -> tuple[tuple[datetime, datetime], ...]:
        """Take one look at both clocks (aware UTC; s) and return every stretch skipped so far, newest last."""
        if self._before is not None:
            expected = self._before[0] + timedelta(seconds=monotonic - self._before[1])
            if wall - expected > TOLERANCE:
                self._skipped = (*self._skipped, (expected, wall))[-REMEMBERED:]
        self._before = (wall, monotonic)
        return self._skipped
