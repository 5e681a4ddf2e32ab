"""The ledger: what each deal moved, at both of its ends, and how it ended (K2, K12).

Pure; time comes in with the states of the grid. Used by the recorder. The power of a unit between two of its readings
runs straight from the one to the other. A unit in several deals does the same for all of them, so each reading is
shared out by their agreed currents, or in equal parts: such a deal's energy is attributed, not measured.

What apis-main's log told of a deal stands beside it: evidence, and no order rests on it.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from main_controller.assessment.flows import Flow
from main_controller.assessment.grid_state import GridState
from main_controller.domain.deal_lines import Stage
from main_controller.domain.modes import Mode
from main_controller.history.apis_account import ApisAccount, account_of, compared
from main_controller.history.heard_deals import HeardDeal, HeardDeals
from main_controller.history.ledger_deal import Cause, End, Energy, LedgerDeal
from main_controller.history.open_deal import OpenDeal, Reading, coverage_of, reading_of, share
from main_controller.rules.deal_account import SINCE, DealKey, keyed

STOPPED = (Mode.STOP, Mode.MANUAL)
LOG_FRESH = 10.0
"""How long (s) after its last line on deals apis-main's log is heard: it tells all deals each 5 s (K19)."""
LOG_PATIENCE = 10.0
"""How long (s) after a deal's end it is waited for what apis-main's log says of it, where that is heard at all."""
LIST_LAG = 10.0
"""How long (s) after the machine was suspended, or its clock set, the list of deals may be of before."""
COVERED = 0.95
"""Which part of a deal must be covered for its energy to be set beside apis-main's count."""


class StopOrder(NamedTuple):
    """An order of ours that ends deals, in its scope (None: the cluster): when (monotonic s) it was given."""

    command_id: str
    unit_id: str | None
    at: float


class Ledger:
    """The deals that are open. `stale_after` (s) is how long a unit is live without news; `orders_reach` (s) how long
    after an order of ours a deal's end is taken for its work; `heard` what apis-main's log tells. For one thread."""

    def __init__(self, *, stale_after: float, orders_reach: float = 60.0, heard: HeardDeals | None = None) -> None:
        self._stale_after = stale_after
        self._orders_reach = orders_reach
        self._heard = heard or HeardDeals()
        self._open: dict[DealKey, OpenDeal] = {}
        self._closing: list[OpenDeal] = []
        self._readings: dict[str, Reading] = {}
        self._told = False
        self._told_at: tuple[float, datetime] | None = None  # when the deals were last told
        self._noted_at: datetime | None = None
        self._slept_until = float("-inf")
        self._first = True
        self._count = 0

    def note(self, grid: GridState, stops: Sequence[StopOrder] = ()) -> list[LedgerDeal]:
        """Take in a state of the grid; what deals are over by now."""
        if self._noted_at is not None and abs((grid.wall - self._noted_at).total_seconds()) > self._stale_after:
            self._slept_until = grid.now + LIST_LAG
        self._noted_at = grid.wall
        if grid.now < self._slept_until:
            self._told = False
        if grid.deals is not None:
            self._list(grid, stops)
        self._told = grid.deals is not None
        if self._told and grid.now >= self._slept_until:
            self._told_at = (grid.now, grid.wall)
        for deal in self._closing:
            self._match(deal)
        self._read(grid)
        return self._closed(grid)

    def rest(self) -> list[LedgerDeal]:
        """Those whose end was seen, when the program ends; of those under way the next start begins anew."""
        return [self._entry(deal) for deal in self._closing]

    def _match(self, deal: OpenDeal) -> None:
        """Find what apis-main's log tells of a deal, where it was not found yet."""
        if deal.heard is None and (heard := self._heard.find(deal.flow, deal.agreed_at)) is not None:
            heard.taken, deal.heard = True, heard

    def _log_heard(self, grid: GridState) -> bool:
        heard_at = self._heard.heard_at
        return heard_at is not None and abs((grid.wall - heard_at).total_seconds()) <= LOG_FRESH

    def _idle(self, deal: OpenDeal, grid: GridState) -> bool:
        """Whether its current has not begun by apis-main's log: its ends may carry that of other deals meanwhile.

        Of a deal that is new it is waited for what the log says, while that is heard.
        """
        if deal.heard is not None and deal.heard.whole is not None:
            return not deal.heard.started
        young = (grid.wall - deal.agreed_at).total_seconds() < LOG_FRESH
        return young and self._log_heard(grid) and not (deal.heard is not None and deal.heard.started)

    def _list(self, grid: GridState, stops: Sequence[StopOrder]) -> None:
        now = keyed(grid.flows)
        for known in self._open.values():
            self._match(known)
        moved = self._moved(now, log_heard=self._log_heard(grid)) if self._told else {}
        left, shared = dict(self._open), self._shared(grid)
        self._open = {}
        for key, flow in now:
            deal = left.pop(moved.get(key, key), None)
            if deal is None:
                self._count += 1
                deal = OpenDeal(self._count, flow, grid.wall, saw_begin=self._told and not self._first, listed=grid.now)
            deal.flow = flow
            self._match(deal)
            deal.idle = max(shared[flow.giver], shared[flow.taker]) > 1 and self._idle(deal, grid)
            if deal.running and _is_its_own(deal, grid):
                deal.flowed_from = deal.flowed_from or grid.wall
                deal.flowed_to = grid.wall
                deal.flowed = (deal.flowed[0] if deal.flowed is not None else grid.now, grid.now)
            self._open[key] = deal
        for deal in left.values():
            self._end(deal, grid, stops)
        self._first = False

    def _shared(self, grid: GridState) -> Counter[str]:
        """In how many deals each unit is, those among them that it may not have ended yet."""
        flows = (*grid.flows, *(deal.flow for deal in self._closing))
        return Counter(unit_id for flow in flows for unit_id in (flow.giver, flow.taker))

    def _moved(self, now: Sequence[tuple[DealKey, Flow]], *, log_heard: bool) -> dict[DealKey, DealKey]:
        """What deals without current so far are known by now: until they start, their time is that of the agreement."""
        new = [key for key, _ in now if key not in self._open]
        keys = {key for key, _ in now}
        found: dict[DealKey, DealKey] = {}
        for key, deal in self._open.items():
            if key in keys or deal.flowed_from is not None:
                continue
            pair = (one for one in new if one not in found and one[:SINCE] == key[:SINCE])
            same = next((one for one in pair if deal.may_be(one[SINCE], log_heard=log_heard)), None)
            if same is not None:
                found[same] = key
        return found

    def _end(self, deal: OpenDeal, grid: GridState, stops: Sequence[StopOrder]) -> None:
        deal.ended_at, deal.ended_mono = grid.wall, grid.now
        deal.cause, deal.command_id = self._cause(deal.flow, grid, stops)
        if not self._told:
            deal.untold = self._untold(grid)
            if deal.cause in (None, Cause.UNIT_GONE):  # apis-web comes back without some units, which had not gone
                deal.cause = Cause.DEALS_UNTOLD
        if deal.flowed_from is None:
            deal.end = End.NEVER_STARTED if deal.saw_begin and self._told else End.UNKNOWN
        elif not self._told:
            deal.end = End.UNKNOWN  # nobody told the deals for a while: it may have ended long ago
        else:
            deal.end = End.CUT if deal.cause is not None else End.DELIVERED
        self._closing.append(deal)

    def _untold(self, grid: GridState) -> float:
        """For how long (s) nobody has told the deals, or they may be of before."""
        if self._told_at is None:
            return 0.0
        now, wall = self._told_at
        return max(grid.now - now, (grid.wall - wall).total_seconds())

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
        dealing: dict[str, list[OpenDeal]] = {}
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
            after = self._readings[unit_id] = reading_of(unit, unit.moved_at, deals, before)
            if before is not None and after.at - before.at <= self._stale_after:
                for deal in deals:
                    share(deal, unit_id, before, after)

    def _closed(self, grid: GridState) -> list[LedgerDeal]:
        """Those whose units have told what they did after the end, or will not."""
        over = [deal for deal in self._closing if self._has_told(deal, grid)]
        self._closing = [deal for deal in self._closing if deal not in over]
        return [self._entry(deal) for deal in over]

    def _has_told(self, deal: OpenDeal, grid: GridState) -> bool:
        if grid.now - deal.ended_mono > self._stale_after:
            return True
        if self._log_may_tell(deal, grid):
            return False
        for unit_id in (deal.flow.giver, deal.flow.taker):
            reading = self._readings.get(unit_id)
            if reading is not None and (reading.at <= deal.ended_mono or deal.number in reading.shares):
                return False
        return True

    def _log_may_tell(self, deal: OpenDeal, grid: GridState) -> bool:
        """Whether its end may still be heard: the log is heard, and tells of it some seconds later."""
        if not self._log_heard(grid):
            return False
        removed = deal.heard is not None and Stage.REMOVED in deal.heard.stages
        return not removed and grid.now - deal.ended_mono < LOG_PATIENCE

    def _entry(self, deal: OpenDeal) -> LedgerDeal:
        out, into = deal.energy(True), deal.energy(False)
        coverage = coverage_of(deal, out, into)
        apis = None if deal.heard is None else self._account(deal, deal.heard, coverage)
        end, cause = deal.end, deal.cause
        if deal.heard is not None and deal.heard.never_started and not (_moved_any(out) or _moved_any(into)):
            end, cause = End.NEVER_STARTED, None  # what its units carried was of other deals
        elif deal.heard is not None and (end is End.DELIVERED or (end is End.NEVER_STARTED and deal.heard.started)):
            if deal.heard.breaks:
                end, cause = End.CUT, Cause.APIS_MAIN
            elif end is End.NEVER_STARTED:
                end = End.UNKNOWN  # its current came and went between two readings
        if end is End.DELIVERED and out is None and into is None:
            end = End.UNKNOWN  # no two readings hold anything of it
        flow = deal.flow
        return LedgerDeal(
            flow.giver, flow.taker, flow.request, flow.requester, flow.responder, flow.since, flow.master,
            deal.agreed_at, deal.saw_begin, deal.flowed_from, deal.flowed_to, deal.ended_at or deal.agreed_at,
            end, cause, deal.command_id, out, into, coverage, deal.attributed, apis,
        )  # fmt: skip

    def _account(self, deal: OpenDeal, heard: HeardDeal, coverage: float) -> ApisAccount:
        battery, bus = deal.batteries.get(heard.by_giver), deal.energy(heard.by_giver)
        whole = deal.saw_begin and deal.end is not End.UNKNOWN and coverage >= COVERED and not deal.clock_leapt
        if battery is None or bus is None or not whole:
            return account_of(heard, None)
        unsure = max(battery.uncertainty, battery.wh * bus.uncertainty / bus.wh if bus.wh else 0.0)
        return account_of(heard, compared(heard, battery.wh, unsure, battery.covered, bus.covered))


def _is_its_own(deal: OpenDeal, grid: GridState) -> bool:
    """Whether the current that its ends show is this deal's: what was read before it was agreed is another's."""
    if deal.flowed_from is not None or not deal.saw_begin:
        return True
    ends = (grid.units.get(unit_id) for unit_id in (deal.flow.giver, deal.flow.taker))
    return all(unit is None or unit.moved_at is None or unit.moved_at >= deal.listed for unit in ends)


def _moved_any(energy: Energy | None) -> bool:
    """Whether an end surely moved something."""
    return energy is not None and energy.wh > energy.uncertainty
