"""Keeps an account of every deal, and tells in journal, log and page when one begins and ends (G13, K12, Z13a).

Looks after every poll. Used by the frame; nothing in it outlives the program.
"""

import logging
import math
import threading
from collections import deque
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from main_controller.assessment.flows import Flow
from main_controller.history.apis_account import apart_sentence
from main_controller.history.ledger_deal import LedgerDeal
from main_controller.orders.desk import Desk
from main_controller.rules.deal_account import SINCE, DealAccount, DealKey, keyed, opened
from main_controller.sentence import Sentence, say
from main_controller.store.chronicle import Event, Record

log = logging.getLogger(__name__)

KEPT = 20
"""How many beginnings and ends the page is shown."""

KIND = "deal"


class DealWatch:
    """`record` journals; readings further apart than the desk's `stale_after` count as a gap."""

    def __init__(self, desk: Desk, *, record: Record) -> None:
        self._desk = desk
        self._record = record
        self._known: Mapping[DealKey, tuple[Flow, DealAccount]] | None = None  # replaced whole; None: never told yet
        self._told = False  # whether the deals could be told at the last look
        self._seen: tuple[object, float | None] | None = None  # the flows and the reading of the last look
        self._events: deque[Event] = deque(maxlen=KEPT)
        self._looking = threading.Lock()  # protects the four above; who finds it taken leaves

    def events(self) -> list[Event]:
        """The last beginnings and ends, newest last."""
        return list(self._events)

    def accounts(self, flows: Sequence[Flow]) -> list[DealAccount | None]:
        """What is known of each of these deals; None of one that was not looked at yet."""
        known = self._known or {}
        return [known[key][1] if key in known else None for key, _ in keyed(flows)]

    def polled(self, before: object, after: object) -> None:
        """A listener of the collector: look at once at what a poll brought."""
        self.run_once()

    def run_once(self) -> None:
        """Look once; from any thread."""
        if not self._looking.acquire(blocking=False):
            return  # the other thread is looking at the same state
        try:
            self._look()
        finally:
            self._looking.release()

    def counted_apart(self, deal: LedgerDeal) -> None:
        """Tell that apis-main counted something else of a deal than the readings say; from any thread."""
        if deal.apis is None or (found := deal.apis.compared) is None:
            return
        self._tell(deal, apart_sentence(deal.giver, deal.taker, found), {"state": "countedApart"})

    def _look(self) -> None:
        grid, wall = self._desk.grid(), self._desk.wall()
        known, told, at = self._known, self._told, grid.snapshot.answered_at
        if self._seen is not None and self._seen[0] is grid.flows and self._seen[1] == at and told:
            return  # the very same reading
        self._seen = (grid.flows, at) if grid.deals is not None else None
        self._told = grid.deals is not None
        if grid.deals is None:
            if known:
                self._known = {key: (flow, account.untold(wall)) for key, (flow, account) in known.items()}
            return
        longest = self._desk.timing.stale_after
        now: dict[DealKey, tuple[Flow, DealAccount]] = {}
        deals = keyed(grid.flows)
        moved = _moved(known or {}, [key for key, _ in deals])
        for key, flow in deals:
            before = None if known is None else known.get(moved.get(key, key))
            if before is not None:
                now[key] = (flow, before[1].looked(flow, wall, at, longest))
                continue
            now[key] = (flow, opened(flow, wall, at, saw_begin=told))
            if known is not None:
                self._tell(flow, _began(flow, told), {"state": "began"})
        self._known = MappingProxyType(now)
        for key, (flow, account) in (known or {}).items():
            if key not in now and key not in moved.values():
                self._tell(flow, _ended(flow, account), {"state": "ended"})

    def _tell(self, flow: Flow | LedgerDeal, text: Sentence, more: Mapping[str, object]) -> None:
        after = {"giver": flow.giver, "taker": flow.taker, **more}
        log.info("%s", text)
        self._events.append(Event(self._desk.wall(), KIND, None, text, after, None))
        self._record(KIND, None, text, None, after)


def _moved(known: Mapping[DealKey, tuple[Flow, DealAccount]], keys: Sequence[DealKey]) -> dict[DealKey, DealKey]:
    """What deals without current so far are known by now: their time is that of their agreement until they start."""
    new = [key for key in keys if key not in known]
    found: dict[DealKey, DealKey] = {}
    for key, (_, account) in known.items():
        if key in keys or account.current_since is not None:
            continue
        same = next((one for one in new if one not in found and one[:SINCE] == key[:SINCE]), None)
        if same is not None:
            found[same] = key
    return found


def _began(flow: Flow, seen: bool) -> Sentence:
    if seen:
        return say(
            "watching.dealBegan", "A deal from {giver} to {taker} was agreed.", giver=flow.giver, taker=flow.taker
        )
    return say(
        "watching.dealFound",
        "A deal from {giver} to {taker} is under way; when it began is not known.",
        giver=flow.giver,
        taker=flow.taker,
    )


def _ended(flow: Flow, account: DealAccount) -> Sentence:
    """How it ended, with what is known of it."""
    giver, taker = flow.giver, flow.taker
    if account.current_since is None or account.current_until is None:
        if account.whole:
            return say(
                "watching.dealEndedIdle",
                "The deal from {giver} to {taker} ended; no current had flowed.",
                giver=giver,
                taker=taker,
            )
        return _untold(giver, taker)
    if account.wh is None:
        return _untold(giver, taker)
    minutes = (account.current_until - account.current_since).total_seconds() / 60
    if account.whole:
        return say(
            "watching.dealGave",
            "The deal from {giver} to {taker} ended after {minutes:.1f} min of current, about {energy} given.",
            giver=giver,
            taker=taker,
            minutes=minutes,
            energy=_energy(account.wh),
        )
    return say(
        "watching.dealGaveAtLeast",
        "The deal from {giver} to {taker} ended after at least {minutes:.1f} min of current, "
        "at least about {energy} given.",
        giver=giver,
        taker=taker,
        minutes=minutes,
        energy=_energy(account.wh),
    )


def _energy(wh: float) -> Sentence:
    """Of two digits: the ledger, once its units have told all, knows better."""
    rounded = _two_digits(wh)
    if rounded < 1000:
        return say("watching.wattHours", "{wh:g} Wh", wh=rounded)
    return say("watching.kilowattHours", "{kwh:g} kWh", kwh=rounded / 1000)


def _two_digits(value: float) -> float:
    return round(value, 1 - math.floor(math.log10(value))) if value > 0 else 0.0


def _untold(giver: str, taker: str) -> Sentence:
    return say(
        "watching.dealEndedUntold",
        "The deal from {giver} to {taker} ended; what it gave cannot be told.",
        giver=giver,
        taker=taker,
    )
