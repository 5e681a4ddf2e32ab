"""Records what has been: notes every poll, and takes whole minutes and settled deals to the history's file (V8).

Runs on a thread of its own, and nothing else waits for it. A disk that refuses makes recording rest, told by `fault`;
some minutes wait in memory, then the oldest are lost and counted.
"""

import logging
import threading
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from itertools import groupby
from typing import Protocol

from main_controller.assessment.grid_state import GridState
from main_controller.domain.apis_log import LogLine
from main_controller.domain.deal_lines import about_deals
from main_controller.errors import ControllerError
from main_controller.history.heard_deals import HeardDeals
from main_controller.history.ledger import Ledger, StopOrder
from main_controller.history.ledger_deal import LedgerDeal
from main_controller.history.minutes import Minutes
from main_controller.history.slot import Slot
from main_controller.sentence import Sentence, say

log = logging.getLogger(__name__)

WAITING = 20_000
"""How many slots wait in memory at most: twenty minutes of 1,000 units."""
UNREAD = 20_000
"""How many lines of apis-main's log wait for the next look at most; beyond that the oldest go."""
UNREAD_CHARACTERS = 20_000_000
"""How many characters they have at most: anybody can send long ones."""
AGAIN = 10.0
"""How long (s) after a refusal the disk is tried again."""
PRUNES = 600.0
"""How often (s) it is looked whether anything is too old or too much."""


class Kept(Protocol):
    """Where slots are kept."""

    def write(self, slots: Sequence[Slot]) -> None:
        """Take in whole minutes; raises ControllerError."""

    def keep_deals(self, settled: Sequence[LedgerDeal]) -> None:
        """Keep deals that are over; raises ControllerError."""

    def prune(self) -> int:
        """Take out what is not to be kept; how many rows, 0 once nothing is left to do. Raises ControllerError."""


class Recorder:
    """A worker calls `run_once` about once a second. `grid` gives the state now, `stops` the orders of ours that may
    have ended deals of late; `stale_after` in s. `tell` is told of each deal of which apis-main counted something else
    than the readings say."""

    def __init__(
        self,
        history: Kept,
        grid: Callable[[], GridState],
        *,
        stale_after: float,
        stops: Callable[[], Sequence[StopOrder]] = tuple,
        tell: Callable[[LedgerDeal], None] = lambda deal: None,
    ) -> None:
        self._history = history
        self._grid = grid
        self._minutes = Minutes(stale_after=stale_after)
        self._heard = HeardDeals()
        self._ledger = Ledger(stale_after=stale_after, heard=self._heard)
        self._handing = threading.Lock()  # protects the next, which the thread that listens fills; held for moments
        self._unread: deque[tuple[datetime, LogLine]] = deque(maxlen=UNREAD)
        self._stops = stops
        self._tell = tell
        self._settled: list[LedgerDeal] = []
        self._waiting: list[Slot] = []
        self._lost = 0
        self._tried_at = float("-inf")
        self._pruned_at: float | None = None
        self._fault: Sentence | None = None
        self._written_until: int | None = None

    @property
    def fault(self) -> Sentence | None:
        """Why recording rests, None while it does not."""
        return self._fault

    @property
    def waiting(self) -> int:
        """How many slots wait to be written."""
        return len(self._waiting)

    @property
    def written_until(self) -> int | None:
        """Up to when (s since 1970) minutes are written: what lies later is not over, or waits; None: not known."""
        return self._written_until

    def hear(self, lines: Iterable[tuple[datetime, LogLine]]) -> None:
        """Take in lines of apis-main's log, each with when it was heard; from another thread, and at once."""
        with self._handing:
            self._unread.extend(heard for heard in lines if about_deals(heard[1]))
            over = sum(len(line.message) for _, line in self._unread) - UNREAD_CHARACTERS
            while over > 0:
                over -= len(self._unread.popleft()[1].message)

    def run_once(self) -> None:
        """Note what is new; write what is whole. Raises ControllerError when the disk refuses: it is tried again."""
        grid = self._grid()
        self._minutes.note(grid)
        with self._handing:
            unread = list(self._unread)
            self._unread.clear()
        self._heard.hear(unread)
        self._settle(self._ledger.note(grid, self._stops()))
        self._keep(self._minutes.finished(grid.wall.timestamp()))
        if grid.now - self._tried_at >= AGAIN or self._fault is None:
            self._write(grid.now)
            self._prune(grid.now)
        if self._waiting:
            self._written_until = self._waiting[0].start
        else:
            self._written_until = self._minutes.whole_until(grid.wall.timestamp())

    def end(self) -> None:
        """Write all that was begun, once at the end. Raises ControllerError when the disk refuses."""
        self._keep(self._minutes.rest())
        self._settle(self._ledger.rest())
        self._write(0.0)

    def _settle(self, deals: Sequence[LedgerDeal]) -> None:
        self._settled += deals
        for deal in deals:
            if deal.apis is not None and deal.apis.compared is not None and deal.apis.compared.apart:
                self._tell(deal)

    def _keep(self, slots: list[Slot]) -> None:
        self._waiting += slots
        over = len(self._waiting) - WAITING
        if over > 0:
            del self._waiting[:over]
            self._lost += over

    def _write(self, now: float) -> None:
        if not self._waiting and not self._settled:
            return
        self._tried_at = now
        try:
            if self._settled:
                self._history.keep_deals(self._settled)
                self._settled = []
            for _, minute in groupby(self._waiting, key=lambda slot: slot.start):
                self._history.write(list(minute))
        except ControllerError as error:
            self._fault = say("workers.recordingRests", "What happens is not recorded: {why}", why=error.sentence)
            raise
        if self._lost:
            log.error("%d slots of the history were lost while its file could not be written", self._lost)
        self._waiting, self._lost, self._fault = [], 0, None

    def _prune(self, now: float) -> None:
        if (self._pruned_at is None or now - self._pruned_at >= PRUNES) and self._history.prune() == 0:
            self._pruned_at = now
