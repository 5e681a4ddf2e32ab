"""The ledger: what each deal moved, at both of its ends, and how it ended (K2, K12).

Pure; time comes in with the states of the grid. Used by the recorder. The power of a unit between two of its readings
runs straight from the one to the other. A unit in several deals does the same for all of them, so each reading is
shared out by their agreed currents, or in equal parts: such a deal's energy is attributed, not measured.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from main_controller.assessment.flows import Flow
from main_controller.assessment.grid_state import GridState, UnitAssessment
from main_controller.domain.modes import Mode
from main_controller.rules.deal_account import SINCE, DealKey, keyed

S_PER_H = 3600.0
STOPPED = (Mode.STOP, Mode.MANUAL)


class End(StrEnum):
    """How a deal ended."""

    DELIVERED = "delivered"
    NEVER_STARTED = "neverStarted"
    CUT = "cut"
    UNKNOWN = "unknown"


class Cause(StrEnum):
    """What ended a deal before it was done."""

    ORDER = "order"
    GLOBAL_STOP = "globalStop"
    LOCAL_STOP = "localStop"
    UNIT_GONE = "unitGone"
    GRID_ERROR = "gridError"


class Energy(NamedTuple):
    """Energy (Wh) at one end of a deal, how unsure it is (Wh), and for how long (s) it was covered."""

    wh: float = 0.0
    uncertainty: float = 0.0
    covered: float = 0.0


@dataclass(frozen=True, slots=True)
class LedgerDeal:
    """One deal that is over. Times are aware UTC by our clock, `start_time` the wire's as given.

    `agreed_at` is when it was first seen; `flowed_from` and `flowed_to` are None where no current was seen. `out` is
    what the giver gave to the bus, `into` what the taker took, None where no reading told it. `coverage` (0 to 1) is
    the part of the time with current that was seen at both ends. `attributed`: an end had other deals at the time.
    `command_id` is the order that ended it.
    """

    giver: str
    taker: str
    request: str | None
    requester: str | None
    responder: str | None
    start_time: str | None
    master: bool
    agreed_at: datetime
    saw_begin: bool
    flowed_from: datetime | None
    flowed_to: datetime | None
    ended_at: datetime
    end: End
    cause: Cause | None
    command_id: str | None
    out: Energy | None
    into: Energy | None
    coverage: float
    attributed: bool


class _Reading(NamedTuple):
    """A unit's power at the bus (W, `+` into the unit) when it was told (monotonic s), and each deal's share of it."""

    at: float
    power: float | None
    shares: Mapping[int, float]


@dataclass(slots=True)
class _Open:
    """A deal that is not over, or whose last readings have not come yet. `ended` is set once it left the list."""

    number: int
    flow: Flow
    agreed_at: datetime
    saw_begin: bool
    flowed_from: datetime | None = None
    flowed_to: datetime | None = None
    attributed: bool = False
    ended_at: datetime | None = None
    ended_mono: float = 0.0
    end: End = End.UNKNOWN
    cause: Cause | None = None
    command_id: str | None = None
    ends: dict[bool, Energy] = field(default_factory=dict)


class StopOrder(NamedTuple):
    """An order of ours that ends deals, in its scope (None: the cluster): when (monotonic s) it was given."""

    command_id: str
    unit_id: str | None
    at: float


class Ledger:
    """The deals that are open. `stale_after` (s) is how long a unit is live without news; `orders_reach` (s) how long
    after an order of ours a deal's end is taken for its work. For one thread."""

    def __init__(self, *, stale_after: float, orders_reach: float = 60.0) -> None:
        self._stale_after = stale_after
        self._orders_reach = orders_reach
        self._open: dict[DealKey, _Open] = {}
        self._closing: list[_Open] = []
        self._readings: dict[str, _Reading] = {}
        self._told = False
        self._first = True
        self._count = 0

    def note(self, grid: GridState, stops: Sequence[StopOrder] = ()) -> list[LedgerDeal]:
        """Take in a state of the grid; what deals are over by now."""
        if grid.deals is not None:
            self._list(grid, stops)
        self._told = grid.deals is not None
        self._read(grid)
        return self._closed(grid)

    def rest(self) -> list[LedgerDeal]:
        """Those whose end was seen, when the program ends; of those under way the next start begins anew."""
        return [_entry(deal) for deal in self._closing]

    def _list(self, grid: GridState, stops: Sequence[StopOrder]) -> None:
        now = keyed(grid.flows)
        moved = self._moved([key for key, _ in now])
        left = dict(self._open)
        self._open = {}
        for key, flow in now:
            deal = left.pop(moved.get(key, key), None)
            if deal is None:
                self._count += 1
                deal = _Open(self._count, flow, grid.wall, saw_begin=self._told and not self._first)
            deal.flow = flow
            if flow.running:
                deal.flowed_from = deal.flowed_from or grid.wall
                deal.flowed_to = grid.wall
            self._open[key] = deal
        for deal in left.values():
            self._end(deal, grid, stops)
        self._first = False

    def _moved(self, keys: Sequence[DealKey]) -> dict[DealKey, DealKey]:
        """What deals without current so far are known by now: until they start, their time is that of the agreement."""
        new = [key for key in keys if key not in self._open]
        found: dict[DealKey, DealKey] = {}
        for key, deal in self._open.items():
            if key in keys or deal.flowed_from is not None:
                continue
            same = next((one for one in new if one not in found and one[:SINCE] == key[:SINCE]), None)
            if same is not None:
                found[same] = key
        return found

    def _end(self, deal: _Open, grid: GridState, stops: Sequence[StopOrder]) -> None:
        deal.ended_at, deal.ended_mono = grid.wall, grid.now
        deal.cause, deal.command_id = self._cause(deal.flow, grid, stops)
        if deal.flowed_from is None:
            deal.end = End.NEVER_STARTED if deal.saw_begin and self._told else End.UNKNOWN
        elif not self._told:
            deal.end = End.UNKNOWN  # nobody told the deals for a while: it may have ended long ago
        else:
            deal.end = End.CUT if deal.cause is not None else End.DELIVERED
        self._closing.append(deal)

    def _cause(self, flow: Flow, grid: GridState, stops: Sequence[StopOrder]) -> tuple[Cause | None, str | None]:
        ends = (flow.giver, flow.taker)
        ours = [
            stop for stop in stops
            if grid.now - stop.at <= self._orders_reach and (stop.unit_id is None or stop.unit_id in ends)
        ]  # fmt: skip
        if ours:
            return Cause.ORDER, max(ours, key=lambda stop: stop.at).command_id
        units = [grid.units.get(unit_id) for unit_id in ends]
        if grid.error:
            return Cause.GRID_ERROR, None
        if grid.mode in STOPPED:
            return Cause.GLOBAL_STOP, None
        if any(unit is not None and unit.live and unit.obeys in STOPPED for unit in units):
            return Cause.LOCAL_STOP, None
        if any(unit is None or not unit.live for unit in units):
            return Cause.UNIT_GONE, None
        return None, None

    def _read(self, grid: GridState) -> None:
        """Share out what each unit read since its last reading; nothing across a gap."""
        dealing: dict[str, list[_Open]] = {}
        for deal in (*self._open.values(), *self._closing):
            for unit_id in (deal.flow.giver, deal.flow.taker):
                dealing.setdefault(unit_id, []).append(deal)
        for unit_id in [unit_id for unit_id in self._readings if unit_id not in dealing]:
            del self._readings[unit_id]
        for unit_id, deals in dealing.items():
            unit = grid.units.get(unit_id)
            if unit is None or not unit.live or unit.moved_at is None:
                self._readings.pop(unit_id, None)
                continue
            before = self._readings.get(unit_id)
            if before is not None and before.at == unit.moved_at:
                continue
            after = self._readings[unit_id] = _reading(unit, unit.moved_at, deals)
            if before is not None and after.at - before.at <= self._stale_after:
                for deal in deals:
                    _share(deal, unit_id, before, after)

    def _closed(self, grid: GridState) -> list[LedgerDeal]:
        """Those whose units have told what they did after the end, or will not."""
        over = [deal for deal in self._closing if self._has_told(deal, grid)]
        self._closing = [deal for deal in self._closing if deal not in over]
        return [_entry(deal) for deal in over]

    def _has_told(self, deal: _Open, grid: GridState) -> bool:
        if grid.now - deal.ended_mono > self._stale_after:
            return True
        for unit_id in (deal.flow.giver, deal.flow.taker):
            reading = self._readings.get(unit_id)
            if reading is not None and (reading.at <= deal.ended_mono or deal.number in reading.shares):
                return False
        return True


def _reading(unit: UnitAssessment, at: float, deals: Sequence[_Open]) -> _Reading:
    """What a unit told, shared out to its deals with current; to all that run its way where no reading of the other
    ends has told yet which of them have: the two ends of a deal are read at different moments."""
    listed = [deal for deal in deals if deal.ended_at is None]
    running = [deal for deal in listed if deal.flow.running]
    if not running and unit.figures.carries:
        running = [deal for deal in listed if (deal.flow.giver == unit.id) is unit.figures.inward]
    weights = [deal.flow.agreed if deal.flow.agreed and deal.flow.agreed > 0 else 1.0 for deal in running]
    total = sum(weights)
    for deal in running:
        deal.attributed = deal.attributed or len(running) > 1
    shares = {deal.number: weight / total for deal, weight in zip(running, weights, strict=True)}
    return _Reading(at, unit.figures.wg, shares)


def _share(deal: _Open, unit_id: str, before: _Reading, after: _Reading) -> None:
    """Give a deal its part of what one of its units did between two readings."""
    first, last = before.shares.get(deal.number, 0.0), after.shares.get(deal.number, 0.0)
    if not (first or last) or (before.power is None and first) or (after.power is None and last):
        return
    sign = 1.0 if unit_id == deal.flow.taker else -1.0
    one, other = (
        max(0.0, sign * (power or 0.0)) * share for power, share in ((before.power, first), (after.power, last))
    )
    seconds = after.at - before.at
    so_far = deal.ends.get(unit_id == deal.flow.giver, Energy())
    edge = max(one, other) * seconds / S_PER_H if not (first and last) else 0.0
    deal.ends[unit_id == deal.flow.giver] = Energy(
        so_far.wh + (one + other) / 2 * seconds / S_PER_H, so_far.uncertainty + edge, so_far.covered + seconds
    )


def _entry(deal: _Open) -> LedgerDeal:
    flow = deal.flow
    out, into = deal.ends.get(True), deal.ends.get(False)
    return LedgerDeal(
        flow.giver, flow.taker, flow.request, flow.requester, flow.responder, flow.since, flow.master,
        deal.agreed_at, deal.saw_begin, deal.flowed_from, deal.flowed_to, deal.ended_at or deal.agreed_at,
        deal.end, deal.cause, deal.command_id, out, into, _coverage(deal, out, into), deal.attributed,
    )  # fmt: skip


def _coverage(deal: _Open, out: Energy | None, into: Energy | None) -> float:
    if deal.flowed_from is None or deal.flowed_to is None:
        return 0.0
    seconds = (deal.flowed_to - deal.flowed_from).total_seconds()
    seen = min(out.covered if out else 0.0, into.covered if into else 0.0)
    return min(1.0, seen / seconds) if seconds > 0 else (1.0 if seen else 0.0)
