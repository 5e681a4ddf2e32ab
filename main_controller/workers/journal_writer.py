"""Writes the journal's rows as they come, prunes it and names its head in the log once a day."""

import logging
from collections.abc import Callable
from datetime import date, datetime, timedelta

from main_controller.store.journal import Journal
from main_controller.workers.health import utc_now
from main_controller.workers.periodic import Health, Periodic

log = logging.getLogger(__name__)

BEAT = 1.0
"""How often (s) it looks, besides at once whenever a row comes; also how often a full disk is tried again."""


class JournalWriter:
    """The one thread that writes the journal; `keep_days` is the age at which rows are pruned, `wall` gives UTC."""

    def __init__(self, journal: Journal, *, keep_days: float = 730, wall: Callable[[], datetime] = utc_now) -> None:
        self._journal = journal
        self._keep = timedelta(days=keep_days)
        self._wall = wall
        self._day: date | None = None
        self._thread = Periodic("journal", BEAT, self.run_once, wall=wall)
        journal.roused_by(self._thread.wake)

    @property
    def health(self) -> Health:
        """How it is doing; an outage is in the log at ERROR when it starts and at INFO when it ends."""
        return self._thread.health

    def start(self) -> None:
        """Start the thread; once only."""
        self._thread.start()

    def stop(self, timeout: float = 5.0) -> bool:
        """End the thread within `timeout` s and write what came last; whether everything is on the disk."""
        if not self._thread.stop(timeout):
            return False
        self._thread.run_once()
        return self._journal.fault is None

    def run_once(self) -> None:
        """Write what waits; once a day, prune and name the head. Raises ControllerError when the disk refuses."""
        self._journal.write_once()
        now = self._wall()
        if now.date() == self._day:
            return
        self._prune(now)
        head = self._journal.head()
        log.info("journal head: row %d, hash %s", head.id, head.hash)
        self._day = now.date()

    def _prune(self, now: datetime) -> None:
        """Prune what is too old, but only where younger rows show that the time did pass: a clock may be wrong."""
        bound = now - self._keep
        if not self._journal.page(frm=bound, to=now - self._keep / 2, limit=1)[0]:
            if self._journal.page(to=bound, limit=1)[0]:
                log.warning("no journal row bears out that it is %s now: nothing is pruned", now.date())
            return
        pruned = self._journal.prune(bound)
        if pruned:
            log.info("%d journal rows older than %g days were pruned", pruned, self._keep / timedelta(days=1))
