"""What one deal has carried and how long, as the readings told it since this program first saw the deal (K12, Z6).

Pure and frozen. Used by `watching/deal_watch.py`. By our own clock: a unit's clock may run ten times as fast as ours.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from main_controller.assessment.flows import Flow

SECONDS = 3600.0

DealKey = tuple[str | int | None, ...]
"""What a deal is known by from one list to the next: what it says of itself, and its place among those that say the
same (K12)."""

SINCE = 5
"""Where its time stands in a key; what stands before it does not change while the deal lives."""


@dataclass(frozen=True, slots=True)
class DealAccount:
    """One deal as it was watched; all times are aware UTC, but `at` in monotonic s.

    `seen_at` is when it was first seen, and `saw_begin` whether it was missing from the list before that: else it may
    have begun long ago. `running` is that of the `Flow`, and so since `stands_since`. Current was seen from
    `current_since` to `current_until`, None where it never was.

    `wh` (Wh, None: nothing could be counted) is the power of the readings over the time between two of them, the last
    one being of `at` with `power` (W, None: not told). Time in which nobody could tell is left out; then there are
    `gaps`, and the deal may have carried more.
    """

    seen_at: datetime
    saw_begin: bool
    stands_since: datetime
    running: bool | None
    current_since: datetime | None
    current_until: datetime | None
    wh: float | None
    gaps: bool
    at: float | None
    power: float | None

    @property
    def whole(self) -> bool:
        """Whether nothing of it was missed."""
        return self.saw_begin and not self.gaps

    def looked(self, flow: Flow, wall: datetime, at: float | None, longest: float) -> "DealAccount":
        """With what a reading of `at` says of it; two readings more than `longest` s apart tell nothing of between."""
        power = _power(flow)
        after = replace(self._standing(flow.running, wall), power=power)
        if at is None or at == self.at:
            return after
        if self.at is None or self.power is None or power is None or not 0 < at - self.at <= longest:
            return replace(after, at=at, gaps=True)
        wh = (self.power + power) / 2 * (at - self.at) / SECONDS
        return replace(after, at=at, wh=(self.wh or 0.0) + wh)

    def untold(self, wall: datetime) -> "DealAccount":
        """While nobody can tell the deals, and so whether it is still there."""
        return replace(self._standing(None, wall), power=None, gaps=True)

    def _standing(self, running: bool | None, wall: datetime) -> "DealAccount":
        """With how it stands now, and since when."""
        return replace(
            self,
            running=running,
            stands_since=self.stands_since if running is self.running else wall,
            current_since=self.current_since or (wall if running else None),
            current_until=wall if running else self.current_until,
        )


def opened(flow: Flow, wall: datetime, at: float | None, *, saw_begin: bool) -> DealAccount:
    """The account of a deal that was not there, or not seen, before."""
    power, runs = _power(flow), wall if flow.running else None
    return DealAccount(
        wall, saw_begin, wall, flow.running, runs, runs, None if power is None else 0.0, False, at, power
    )


def keyed(flows: Sequence[Flow]) -> list[tuple[DealKey, Flow]]:
    """The deals with what each is known by, in their order."""
    seen: dict[DealKey, int] = {}
    found: list[tuple[DealKey, Flow]] = []
    for flow in flows:
        own = (flow.giver, flow.taker, flow.request, flow.requester, flow.responder, flow.since)
        seen[own] = seen.get(own, 0) + 1
        found.append(((*own, seen[own]), flow))
    return found


def _power(flow: Flow) -> float | None:
    """W: none flows, or what is told of it."""
    return 0.0 if flow.running is False else flow.power if flow.running else None
