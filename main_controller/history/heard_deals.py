"""What apis-main's own log told of each deal, as it was heard (K18, K19).

Pure. Used by the ledger, which sets it beside its own account. A line without an id belongs to the deal that the next
line of the same sender says was updated, and where that line got lost to the one that it named last. The Grid Master's
list of whole deals, every 5 s, counts for more than single lines do.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

from main_controller.assessment.flows import Flow
from main_controller.domain.apis_log import LogLine
from main_controller.domain.deal_lines import (
    Breaks,
    Concerns,
    Counts,
    How,
    Names,
    Pairs,
    Reaches,
    Refers,
    Stage,
    Told,
    WholeDeal,
    told_of_deals,
)

_Value = TypeVar("_Value")

MOST = 2_000
"""How many deals are kept in memory, and how many senders: anybody on the network may make some up."""

MOST_BREAKS = 4
"""How many reasons of one deal are kept."""

EARLY = timedelta(seconds=30)
"""How long before this program sees a deal its log may tell of it."""


@dataclass(slots=True)
class HeardDeal:
    """One deal. `whole` is how the Grid Master listed it last, `agreed` and `counted` are Wh by the units' clock, and
    `by_giver` whether it counts at the giver's battery, else at the taker's. `stages` are when each was heard.

    `taken`: a deal of the ledger is this one.
    """

    deal_id: str
    heard_at: datetime
    giver: str | None = None
    taker: str | None = None
    whole: WholeDeal | None = None
    agreed: float | None = None
    counted: float | None = None
    by_giver: bool = False
    stages: dict[Stage, datetime] = field(default_factory=dict)
    breaks: list[tuple[How, str]] = field(default_factory=list)
    taken: bool = False

    @property
    def started(self) -> bool:
        """Whether its current has begun."""
        return Stage.STARTED in self.stages or (self.whole is not None and self.whole.started is not None)

    @property
    def never_started(self) -> bool:
        """Whether its whole life was heard, and no start in it."""
        return not self.started and {Stage.CREATED, Stage.REMOVED} <= self.stages.keys()

    @property
    def amps(self) -> float | None:
        """The current (A) that was agreed."""
        return None if self.whole is None else self.whole.amps


class HeardDeals:
    """All deals that were heard of late. For one thread."""

    def __init__(self) -> None:
        self._deals: dict[str, HeardDeal] = {}
        self._by_pair: dict[tuple[str, str], list[HeardDeal]] = {}
        self._named: dict[str | None, HeardDeal] = {}
        self._waiting: dict[str | None, tuple[Told, datetime]] = {}  # of which deal, the sender's next line tells
        self._heard_at: datetime | None = None

    @property
    def heard_at(self) -> datetime | None:
        """When a line on a deal was last heard."""
        return self._heard_at

    def hear(self, heard: Iterable[tuple[datetime, LogLine]]) -> None:
        """Take in lines, each with when it was heard, in their order."""
        for at, line in heard:
            for told in told_of_deals(line):
                self._heard_at = at
                self._take(told, line.unit_id, at)

    def find(self, flow: Flow, agreed_at: datetime) -> HeardDeal | None:
        """The deal that the list of deals tells as `flow`, first seen at `agreed_at`; None where none, or more than
        one, may be it."""
        free = [deal for deal in self._by_pair.get((flow.giver, flow.taker), ()) if not deal.taken]
        listed = [deal for deal in free if _same(deal.whole, flow)]
        if listed:
            return listed[0]
        unlisted = [deal for deal in free if deal.whole is None and _of_that_time(deal, agreed_at)]
        return unlisted[0] if len(unlisted) == 1 else None

    def _take(self, told: Told, sender: str | None, at: datetime) -> None:
        if isinstance(told, WholeDeal):
            self._whole(told, at)
        elif isinstance(told, Names):
            self._settle(sender, self._named.get(sender))
            _bounded(self._named)[sender] = self._of(told.deal_id, at)
        elif isinstance(told, Pairs | Refers):
            if (named := self._named.get(sender)) is not None:
                self._describe(named, told, sender)
        elif isinstance(told, Concerns):
            self._settle(sender, self._of(told.deal_id, at))
        elif isinstance(told, Reaches) and told.deal_id is not None:
            self._of(told.deal_id, at).stages.setdefault(told.stage, at)
        else:
            self._settle(sender, self._named.get(sender))
            _bounded(self._waiting)[sender] = (told, at)

    def _settle(self, sender: str | None, deal: HeardDeal | None) -> None:
        """What a line without an id told is of this deal."""
        told, at = self._waiting.pop(sender, (None, None))
        if deal is None or at is None:
            return
        if isinstance(told, Reaches):
            deal.stages.setdefault(told.stage, at)
        elif isinstance(told, Counts):
            deal.counted, deal.agreed = told
        elif isinstance(told, Breaks) and len(deal.breaks) < MOST_BREAKS and (told.how, told.why) not in deal.breaks:
            deal.breaks.append((told.how, told.why))

    def _describe(self, deal: HeardDeal, told: Pairs | Refers, sender: str | None) -> None:
        if isinstance(told, Refers):
            deal.by_giver = told.giver
        elif deal.giver is None:
            self._pair(deal, told.giver, told.taker)
        elif (deal.giver, deal.taker) != (told.giver, told.taker):
            del self._named[sender]  # the line that named another deal got lost

    def _whole(self, told: WholeDeal, at: datetime) -> None:
        deal = self._of(told.deal_id, at)
        before = deal.whole
        deal.whole = told
        if deal.giver is None:
            self._pair(deal, told.giver, told.taker)
        deal.agreed = deal.agreed if told.agreed is None else told.agreed
        deal.counted = deal.counted if told.counted is None else max(told.counted, deal.counted or 0.0)
        if before is not None:
            for stage in told.stages:
                if stage not in before.stages:
                    deal.stages.setdefault(stage, at)  # its own line got lost

    def _of(self, deal_id: str, at: datetime) -> HeardDeal:
        found = self._deals.get(deal_id)
        if found is None:
            if len(self._deals) >= MOST:
                self._forget(next(iter(self._deals.values())))
            found = self._deals[deal_id] = HeardDeal(deal_id, at)
        return found

    def _forget(self, deal: HeardDeal) -> None:
        del self._deals[deal.deal_id]
        if deal.giver is None or deal.taker is None:
            return
        others = [other for other in self._by_pair.pop((deal.giver, deal.taker)) if other is not deal]
        if others:
            self._by_pair[deal.giver, deal.taker] = others

    def _pair(self, deal: HeardDeal, giver: str, taker: str) -> None:
        deal.giver, deal.taker = giver, taker
        self._by_pair.setdefault((giver, taker), []).append(deal)


def _bounded(by_sender: dict[str | None, _Value]) -> dict[str | None, _Value]:
    if len(by_sender) >= MOST:
        del by_sender[next(iter(by_sender))]
    return by_sender


def _same(whole: WholeDeal | None, flow: Flow) -> bool:
    if whole is None or flow.since is None or flow.since not in (whole.created, whole.started):
        return False
    told: Mapping[str | None, str | None] = {flow.request: whole.request, flow.requester: whole.requester}
    return all(ours is None or theirs is None or ours == theirs for ours, theirs in told.items())


def _of_that_time(deal: HeardDeal, agreed_at: datetime) -> bool:
    removed = deal.stages.get(Stage.REMOVED)
    return deal.heard_at >= agreed_at - EARLY and (removed is None or removed >= agreed_at)
