"""When an order that could not be sent is tried again by itself, and what is told of its tries (M12).

Used by the scheduled orders and by the end of work by hand, each in one thread at a time.
"""

from collections.abc import Hashable
from dataclasses import replace
from datetime import datetime

from main_controller.domain.commands import Tries
from main_controller.sentence import Sentence

FIRST_PAUSE = 5.0
"""How long (s) after its first try an order is tried again; each further try for the same reason doubles it."""

LONGEST_PAUSE = 60.0
LONGEST_PAUSE_OF_A_STOP = 30.0
"""How long (s) it rests at most, however often it was tried; it is never given up."""

COUNT_EVERY = 600.0
"""How often (s) it is told how many tries there were."""


class Trying:
    """The tries of one order in a row that were not sent, `longest` s apart at most.

    Times are monotonic s but for those of `Tries`.
    """

    def __init__(self, longest: float = LONGEST_PAUSE_OF_A_STOP) -> None:
        self._longest = longest
        self._tries: Tries | None = None
        self._pause = 0.0
        self._begun = 0.0
        self._told_at = 0.0
        self._quiet = False
        self._under: Hashable = None

    def begin(self, now: float, hindrances: Hashable = None) -> Tries | None:
        """The tries before the one that is made now, under these hindrances; whether it is time to tell the count."""
        self._begun, self._under = now, hindrances
        tell = self._tries is not None and now - self._told_at >= COUNT_EVERY
        self._quiet = self._tries is not None and not tell
        if tell:
            self._told_at = now
        return None if self._tries is None else replace(self._tries, tell=tell)

    def rests(self, now: float, hindrances: Hashable) -> bool:
        """Whether the order is not tried now: its pause is not over, and nothing has changed that may keep it back."""
        return self._tries is not None and now < self._begun + self._pause and hindrances == self._under

    def not_sent(self, why: Sentence, now: float, at: datetime, *, command_id: str | None) -> Tries:
        """One more was not sent: the tries so far. `at` is now in UTC, `command_id` its command where it has one."""
        before = self._tries
        same = before is not None and before.why == why
        if not same:
            self._told_at = now
        count, since = (1, at) if before is None else (before.count + 1, before.since)
        self._tries = Tries(count, since, why, last_id=command_id if same and self._quiet else None)
        self._pause = min(self._pause * 2 if same else FIRST_PAUSE, self._longest)
        return self._tries

    def over(self) -> None:
        """One was sent, or may have been."""
        self._tries = None
