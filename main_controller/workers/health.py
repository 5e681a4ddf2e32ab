"""How one repeated thing is doing, told in `/get/status`, and its outages, each logged when it starts and when it ends.

Used by `Periodic` and by the collectors for each of their calls (Z5a).
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from main_controller.clock import utc_now
from main_controller.domain.timestamps import iso_utc
from main_controller.errors import ControllerError
from main_controller.sentence import Sentence, foreign

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Health:
    """How a repeated call is doing; times are ISO 8601 UTC. `up` is False until the first good run.

    `since` is when `up` last changed, as far as this program saw: `since_start` says that it never did, so that nobody
    knows how long it was so before. `last_error` stays after the outage, so that a person can still read it.
    """

    alive: bool = False
    last_run: str | None = None
    last_success: str | None = None
    last_error: Sentence | None = None
    up: bool = False
    since: str | None = None
    since_start: bool = True


class HealthKeeper:
    """Keeps the `Health` of one thing, as one attribute that is replaced whole; `name` is what the log calls it."""

    def __init__(self, name: str, *, wall: Callable[[], datetime] = utc_now) -> None:
        self._name = name
        self._wall = wall
        self._problem: str | None = None
        self.health = Health(since=iso_utc(wall()))

    def succeeded(self) -> None:
        """Take note of a good run; says so in the log when it ends an outage."""
        now = iso_utc(self._wall())
        before = self.health
        since = before.since if before.up else now
        from_start = before.since_start and (before.up or before.last_run is None)
        self.health = replace(before, last_run=now, last_success=now, up=True, since=since, since_start=from_start)
        if self._problem is not None:
            self._problem = None
            log.info("%s works again, after failing since %s", self._name, before.since)

    def failed(self, error: Exception) -> None:
        """Take note of a failed run; says so in the log when it starts an outage or its cause is a new bug.

        A `ControllerError` or `OSError` is an outage; anything else is a bug of ours and logged with its traceback.
        """
        now = iso_utc(self._wall())
        before = self.health
        known = isinstance(error, ControllerError | OSError)
        sentence = words_of(error) if known and str(error) else foreign(f"{type(error).__name__}: {error}")
        since = now if before.up else before.since
        from_start = before.since_start and not before.up
        self.health = replace(before, last_run=now, last_error=sentence, up=False, since=since, since_start=from_start)
        if not known and sentence != self._problem:
            log.error("%s failed unexpectedly", self._name, exc_info=error)
        elif self._problem is None:
            log.error("%s fails: %s", self._name, sentence)
        else:
            log.debug("%s still fails: %s", self._name, sentence)
        self._problem = sentence


def words_of(error: Exception) -> Sentence:
    """The sentence of one of our errors, and what any other says of itself."""
    return error.sentence if isinstance(error, ControllerError) else foreign(str(error))
