"""What a guided transfer is watched by: everything known at one look, and whether anybody attends to it (I18).

Used by `GuidedTransfer`. A transfer that a kill interrupted ends after `unattended` s; one whose page is gone asks,
then ends.
"""

from datetime import datetime, timedelta
from typing import Literal, NamedTuple, Protocol

from main_controller.assessment.grid_state import GridState
from main_controller.domain.transfer import ENDING, Transfer, TransferState
from main_controller.orders.desk import Desk
from main_controller.rules.transfer_battery import Gauges, gauges_of
from main_controller.rules.transfer_watch import View
from main_controller.sentence import Sentence, say


class Heard(Protocol):
    """When each page was last heard."""

    def at(self, page: str | None) -> float | None:
        """When (monotonic s), None where that is not known."""
        ...


class Unattended(NamedTuple):
    """Nobody attends to a transfer: it is from before a restart, or its page is gone. It ends by itself at `ends_at`
    (UTC)."""

    why: Literal["restart", "page"]
    ends_at: datetime


class TransferWatcher:
    """Looks at one transfer; `unattended` (s) is how long one from before a restart waits for somebody to end it."""

    def __init__(self, desk: Desk, pages: Heard, *, unattended: float) -> None:
        self._desk = desk
        self._pages = pages
        self._unattended = unattended

    def view(self, grid: GridState, *own: str) -> View:
        """Everything that is known now: the gauges of the live units among `own`, of other live ones their alarm."""
        gauges = {unit.id: gauges_of(unit) if unit.id in own else Gauges(alarm=unit.alarm) for unit in grid.live}
        return View(grid, gauges, self._desk.locks.all())

    def why_unattended(self, transfer: Transfer) -> Sentence | None:
        """Why the transfer ends now because nobody attends to it, or None."""
        ends = self._ends(transfer)
        if ends is None or self._desk.clock() < ends:
            return None
        if transfer.state is TransferState.INTERRUPTED:
            return say(
                "procedures.nobodyEndedIt",
                "Nobody ended it within {minutes:g} min of the restart.",
                minutes=self._unattended / 60,
            )
        minutes = (self._desk.timing.page_gone + self._desk.timing.page_asked_for) / 60
        return say("procedures.pageGone", "The page that began it was not heard for {minutes:g} min.", minutes=minutes)

    def unattended(self, transfer: Transfer) -> Unattended | None:
        """That nobody attends to it, why, and when it ends by itself; None while somebody does."""
        ends = self._ends(transfer)
        if ends is None:
            return None
        at = self._desk.wall() + timedelta(seconds=ends - self._desk.clock())
        return Unattended("restart" if transfer.state is TransferState.INTERRUPTED else "page", at)

    def _ends(self, transfer: Transfer) -> float | None:
        """When (monotonic s) it ends because nobody attends to it; None while somebody does, or it ends or is over."""
        if transfer.state is TransferState.INTERRUPTED:
            return transfer.since + self._unattended
        if transfer.state is not TransferState.RUNNING or transfer.step in ENDING or transfer.page is None:
            return None
        heard = max(self._pages.at(transfer.page) or transfer.entered, transfer.entered)
        timing = self._desk.timing
        gone = self._desk.clock() - heard > timing.page_gone
        return heard + timing.page_gone + timing.page_asked_for if gone else None
