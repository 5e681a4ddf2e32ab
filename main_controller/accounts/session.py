"""One session of a browser: how long it holds, and how long its browser may still stop after it."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

IDLE = timedelta(hours=8)
"""A session ends when its browser has done nothing by hand for so long; what a page polls is not by hand."""

LONGEST = timedelta(hours=16)
"""No session holds for longer: a shift, and some."""

STOPS_FOR = timedelta(hours=24)
"""For how long a browser may still stop after its session's end."""

HANDLE = 16
"""How many hex digits of the digest name a session where one's own are listed."""


@dataclass(frozen=True, slots=True)
class Session:
    """A log-in of one browser. Times are aware UTC; `digest` is the SHA-256 (hex) of the id that the browser has.

    `ended`: when its owner logged out; None where that did not happen. `browser` is what it calls itself.
    """

    digest: str = field(repr=False)
    account: int
    began: datetime
    used: datetime
    address: str
    browser: str
    ended: datetime | None = None

    @property
    def handle(self) -> str:
        """What names it to its owner; nobody gets in by it."""
        return self.digest[:HANDLE]

    @property
    def end(self) -> datetime:
        """When it ended, or will when nothing is done in it."""
        by_time = min(self.used + IDLE, self.began + LONGEST)
        return by_time if self.ended is None else min(self.ended, by_time)

    def holds(self, now: datetime) -> bool:
        """Whether it does: one from the future is by a clock that was put back, and bounded too."""
        return self.ended is None and abs(now - self.used) < IDLE and abs(now - self.began) < LONGEST

    def may_stop(self, now: datetime) -> bool:
        """Whether its browser may stop: while it holds, and for `STOPS_FOR` after."""
        return self.holds(now) or abs(now - self.end) < STOPS_FOR
