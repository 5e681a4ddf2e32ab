"""A deal that is under way, and its share of what its units read (K2, K12). Pure; used by the ledger.

The power of a unit between two of its readings runs straight from the one to the other.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from math import hypot
from typing import NamedTuple

from main_controller.assessment.flows import Flow
from main_controller.assessment.grid_state import UnitAssessment
from main_controller.domain.timing import UNIT_BEAT
from main_controller.domain.unit_clocks import seconds_of
from main_controller.history.heard_deals import HeardDeal
from main_controller.history.ledger_deal import Cause, End, Energy

S_PER_H = 3600.0
LINGERS = 10.0
"""How long (s) after a deal's end a reading may still be of the time before it (K4)."""
LEAP = 200.0
"""A unit's clock that moves by more than so many s in one of ours was set."""


class Reading(NamedTuple):
    """A unit's power at the bus and at its battery (W, `+` into the unit) when it was told (monotonic s), by its own
    clock at `shown` (s; None: not told), and each deal's share of it."""

    at: float
    shown: float | None
    power: float | None
    battery: float | None
    shares: Mapping[int, float]


@dataclass(slots=True)
class OpenDeal:
    """A deal that is not over, or whose last readings have not come yet. `ended` is set once it left the list."""

    number: int
    flow: Flow
    agreed_at: datetime
    saw_begin: bool
    flowed_from: datetime | None = None
    flowed_to: datetime | None = None
    attributed: bool = False
    flowed: tuple[float, float] | None = None  # the same two, monotonic s
    listed: float = 0.0  # when it was first seen, monotonic s
    ended_at: datetime | None = None
    ended_mono: float = 0.0
    end: End = End.UNKNOWN
    cause: Cause | None = None
    command_id: str | None = None
    ends: dict[bool, Energy] = field(default_factory=dict)
    peaks: dict[bool, float] = field(default_factory=dict)
    batteries: dict[bool, Energy] = field(default_factory=dict)  # by the units' clock
    clock_leapt: bool = False
    untold: float = 0.0  # s up to its end in which nobody could tell whether it was still there
    heard: HeardDeal | None = None
    idle: bool = False

    def may_be(self, since: str | int | None, *, log_heard: bool) -> bool:
        """Whether its time may be this: apis-main's log, where it is heard, tells its times and whether it started."""
        if self.heard is None:
            return not log_heard
        whole = self.heard.whole
        return self.heard.started if whole is None else since in (whole.created, whole.started)

    def energy(self, gives: bool) -> Energy | None:
        """What one end moved. When its current began and when it ended is known to one beat each at best; where other
        deals share the unit, when its part did is known to one beat of the list of deals besides. Where nobody could
        tell the deals as it ended, it may have gone on through all of that time that was not read."""
        found = self.ends.get(gives)
        if found is None:
            return None
        beats = hypot(UNIT_BEAT, UNIT_BEAT if self.attributed else 0.0)
        peak = self.peaks.get(gives, 0.0)
        unread = max(0.0, self.span - found.covered) if self.untold else 0.0
        edges = 2 * beats * peak / S_PER_H
        return found._replace(uncertainty=max(found.uncertainty, edges) + unread * peak / S_PER_H)

    @property
    def span(self) -> float:
        """For how long (s) current flowed, or may have."""
        if self.flowed_from is None or self.flowed_to is None:
            return 0.0
        elapsed = self.flowed[1] - self.flowed[0] if self.flowed is not None else 0.0  # but while suspended
        seconds = max(elapsed, (self.flowed_to - self.flowed_from).total_seconds())
        if not self.untold or self.ended_at is None:
            return seconds
        since = self.ended_mono - self.flowed[1] if self.flowed is not None else 0.0
        return seconds + min(self.untold, max(since, (self.ended_at - self.flowed_to).total_seconds()))

    @property
    def running(self) -> bool:
        """Whether current flows, by the readings and by what the log tells."""
        return self.flow.running is True and not self.idle

    @property
    def weight(self) -> float:
        """How much of what its ends carry is its own: by the current that was agreed, where one is told."""
        told = (self.heard.amps if self.heard is not None else None, self.flow.agreed)
        return next((amps for amps in told if amps is not None and amps > 0), 1.0)


def reading_of(unit: UnitAssessment, at: float, deals: Sequence[OpenDeal], before: Reading | None) -> Reading:
    """What a unit told, shared out to its deals with current; to all that run its way where no reading of the other
    ends has told yet which of them have: the two ends of a deal are read at different moments."""
    listed = [deal for deal in deals if deal.ended_at is None]
    running = [deal for deal in listed if deal.running]
    if not running and unit.figures.carries:
        running = [deal for deal in listed if not deal.idle and (deal.flow.giver == unit.id) is unit.figures.inward]
    running += _lingering(unit, at, deals, before, sum(deal.weight for deal in running))
    weights = [deal.weight for deal in running]
    total = sum(weights)
    for deal in running:
        deal.attributed = deal.attributed or len(running) > 1
    shares = {deal.number: weight / total for deal, weight in zip(running, weights, strict=True)}
    return Reading(at, seconds_of(unit.time), unit.figures.wg, unit.figures.wb, shares)


def _lingering(
    unit: UnitAssessment, at: float, deals: Sequence[OpenDeal], before: Reading | None, others: float
) -> list[OpenDeal]:
    """Those that have left the list while the unit still tells their current: it was read before, or its converter goes
    on for a moment (K4, K9). It tells them where it carries more than half of theirs beyond that of the `others`."""
    if before is None or not before.power or unit.figures.wg is None or before.power * unit.figures.wg <= 0:
        return []
    shared = [deal for deal in deals if deal.number in before.shares]
    left = [deal for deal in shared if deal.ended_at is not None and at <= deal.ended_mono + LINGERS]
    each = max((deal.peaks.get(unit.figures.wg < 0, 0.0) / deal.weight for deal in shared), default=0.0)
    theirs = sum(deal.weight for deal in left)
    return left if abs(unit.figures.wg) > each * (others + theirs / 2) else []


def share(deal: OpenDeal, unit_id: str, before: Reading, after: Reading) -> None:
    """Give a deal its part of what one of its units did between two readings, at the bus and at its battery."""
    shares = before.shares.get(deal.number, 0.0), after.shares.get(deal.number, 0.0)
    gives = unit_id == deal.flow.giver
    sign, seconds = (-1.0 if gives else 1.0), after.at - before.at
    _add(deal.ends, gives, sign, (before.power, after.power), shares, seconds)
    deal.peaks[gives] = max(deal.peaks.get(gives, 0.0), sign * (after.power or 0.0) * shares[1])
    if before.shown is None or after.shown is None or not 0 <= after.shown - before.shown <= LEAP * seconds:
        deal.clock_leapt = deal.clock_leapt or any(shares)
        return
    _add(deal.batteries, gives, sign, (before.battery, after.battery), shares, after.shown - before.shown)


def _add(
    energies: dict[bool, Energy],
    gives: bool,
    sign: float,
    powers: tuple[float | None, float | None],
    shares: tuple[float, float],
    seconds: float,
) -> None:
    """Add what lies between two readings; where current or share begin or end between them, it is not known when."""
    (first, last), (one, other) = shares, powers
    if not (first or last) or (one is None and first) or (other is None and last):
        return
    begins, ends = max(0.0, sign * (one or 0.0)) * first, max(0.0, sign * (other or 0.0)) * last
    known = first == last and begins and ends
    edge = 0.0 if known else abs(begins - ends) * seconds / S_PER_H
    so_far = energies.get(gives, Energy())
    energies[gives] = Energy(
        so_far.wh + (begins + ends) / 2 * seconds / S_PER_H, so_far.uncertainty + edge, so_far.covered + seconds
    )


def coverage_of(deal: OpenDeal, out: Energy | None, into: Energy | None) -> float:
    """Which part (0..1) of the time in which the deal flowed both its units' readings cover."""
    if deal.flowed_from is None:
        return 0.0
    seconds = deal.span
    seen = min(out.covered if out else 0.0, into.covered if into else 0.0)
    return min(1.0, seen / seconds) if seconds > 0 else (1.0 if seen else 0.0)
