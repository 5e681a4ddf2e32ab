"""Prunes the journal, names its head once a day and at the end, and rows that a wrong clock dated (M17, M18)."""

import logging
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

from main_controller.clock import utc_now
from main_controller.log_file import AT_TOP
from main_controller.store.journal import HeadsFile, Journal

log = logging.getLogger(__name__)


class JournalKeeper:
    """A worker calls `run_once`; `keep_days` is the age at which rows are pruned, `wall` gives aware UTC.

    `database` is the journal's file, beside which its heads are kept.
    """

    def __init__(
        self, journal: Journal, database: Path, *, keep_days: float = 730, wall: Callable[[], datetime] = utc_now
    ) -> None:
        self._journal = journal
        self._database = database.resolve()
        self._heads = HeadsFile(database)
        self._keep = timedelta(days=keep_days)
        self._wall = wall
        self._day: date | None = None
        self._ahead = 0

    def run_once(self) -> None:
        """Once a day, prune and name the head. Raises ControllerError when the disk refuses: then it is tried again."""
        now = self._wall()
        if now.date() == self._day:
            return
        self._tell_ahead()
        self._prune(now)
        self.tell_head()
        self._day = now.date()

    def tell_head(self) -> None:
        """Name the head in the log, in each of its files, and in a file of its own (M17). Raises ControllerError.

        They are the witnesses of the journal's end.
        """
        head = self._journal.head()
        log.info("journal head: row %d, hash %s, in %s", head.id, head.hash, self._database, extra=AT_TOP)
        self._heads.add(self._wall(), head)

    def _tell_ahead(self) -> None:
        """Say once, and again when there are more, which rows count for nothing since they are dated after now."""
        ahead = self._journal.ahead()
        if ahead.count > self._ahead:
            log.warning(
                "%d journal rows are dated after now, the first is row %s of %s: they count neither for pruning nor "
                "for when a person last ordered something",
                ahead.count, ahead.first, ahead.at,
            )  # fmt: skip
        self._ahead = ahead.count

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
