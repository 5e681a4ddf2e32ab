"""The ledger holds what each deal moved at both its ends, within its own uncertainty, and how it ended (K12)."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from main_controller.assessment.figures import Figures
from main_controller.assessment.flows import flows_of
from main_controller.assessment.grid_state import GridState, UnitAssessment
from main_controller.domain.apis_log import Level, LogLine
from main_controller.domain.freshness import UnitState
from main_controller.domain.modes import ConverterStatus, Mode
from main_controller.history.heard_deals import HeardDeals
from main_controller.history.ledger import Ledger, StopOrder
from main_controller.history.ledger_deal import Cause, End, LedgerDeal
from tests.assessment.units import assessed, grid_of

NOON = datetime(2026, 5, 13, 12, 0, tzinfo=UTC)
BEAT = 5.0


def wire(giver: str, taker: str, **more: Any) -> dict[str, Any]:
    return {"dischargingUnit": giver, "chargingUnit": taker, "request": "CHARGE", "requester": taker,
            "responder": giver, "startTime": "2020/01/01-12:00:00", "isMasterDeal": True, **more}  # fmt: skip


class Bus:
    """Units that give and take so many W, each read every 5 s at a phase of its own, and looked at once a second."""

    def __init__(self, *ids: str) -> None:
        self.heard = HeardDeals()
        self.ledger = Ledger(stale_after=30.0, heard=self.heard)
        self.now = 5_000.0
        self.deals: list[dict[str, Any]] | None = []
        self.power = dict.fromkeys(ids, 0.0)
        self.more: dict[str, Any] = {}
        self.stops: list[StopOrder] = []
        self.entries: list[LedgerDeal] = []
        self.true_wh = dict.fromkeys(ids, 0.0)
        self._read: dict[str, tuple[float, float]] = dict.fromkeys(ids, (0.0, 0.0))
        self._silent: set[str] = set()
        self.run(20)

    def run(self, seconds: int) -> None:
        for _ in range(seconds):
            self.now += 1.0
            for phase, unit_id in enumerate(self.power):
                self.true_wh[unit_id] += abs(self.power[unit_id]) / 3600
                if unit_id not in self._silent and (self.now + phase * 2) % BEAT == 0:
                    self._read[unit_id] = (self.now, self.power[unit_id])
            self.entries += self.ledger.note(self.grid(), self.stops)

    def says(self, *lines: tuple[str, str]) -> None:
        """apis-main's log, heard now."""
        wall = NOON + timedelta(seconds=self.now - 5_000.0)
        self.heard.hear(
            (wall, LogLine("apis-main", "E001", wall, Level.INFO, f"a.{source}", text)) for source, text in lines
        )

    def lists(self, **deals: dict[str, Any]) -> None:
        """The Grid Master's list of whole deals, which it tells every 5 s."""
        given = [{"dealId": name, "createDateTime": "2020/01/01-12:00:00", **more} for name, more in deals.items()]
        self.says(("DealExecution", f"deals : {json.dumps(given)}"))

    def silence(self, unit_id: str) -> None:
        self._silent.add(unit_id)

    def speak(self) -> None:
        self._silent.clear()

    def grid(self) -> GridState:
        units = [self._unit(unit_id) for unit_id in self.power]
        grid = grid_of(*units)
        flows = () if self.deals is None else flows_of(self.deals, grid.units)
        told = None if self.deals is None else len(self.deals)
        wall = NOON + timedelta(seconds=self.now - 5_000.0)
        return replace(grid, **{"now": self.now, "wall": wall, "flows": flows, "deals": told, "error": False,
                                "mode": Mode.AUTONOMOUS, **self.more})  # fmt: skip

    def _unit(self, unit_id: str) -> UnitAssessment:
        at, watts = self._read[unit_id]
        status = (
            ConverterStatus.WAIT if not watts else ConverterStatus.CHARGE if watts > 0 else ConverterStatus.DISCHARGE
        )
        unit = assessed(
            unit_id,
            status,
            mode=Mode.AUTONOMOUS,
            figures=Figures(wg=watts, wb=watts, ig=watts / 350, carries=abs(watts) > 40),
        )
        state = UnitState.LIVE if self.now - at <= 30.0 else UnitState.STALE
        shown = datetime(2020, 1, 1, 12, tzinfo=UTC) + timedelta(seconds=at)
        return msgspec.structs.replace(unit, moved_at=at, state=state, time=f"{shown:%Y/%m/%d-%H:%M:%S}")

    def deal(
        self, *, seconds: int = 300, watts: float = 700.0, giver: str = "E001", taker: str = "E002", **more: Any
    ) -> None:
        """One deal from its agreement, 20 s before its current, to its end; the giver loses 5 % on top."""
        assert self.deals is not None
        one = wire(giver, taker, **more)
        self.deals = [*self.deals, one]
        self.run(20)
        self.power[giver] -= watts * 1.05
        self.power[taker] += watts
        self.run(seconds)
        self.power[giver] += watts * 1.05
        self.power[taker] -= watts
        self.run(3)
        self.deals = [other for other in self.deals if other is not one]
        self.run(20)


def only(entries: Sequence[LedgerDeal]) -> LedgerDeal:
    assert len(entries) == 1
    return entries[0]


def ended_one_to_three(bus: Bus) -> tuple[LedgerDeal, LedgerDeal]:
    """End both deals of E001, of which the second gave three times what the first did."""
    bus.power.update(E001=0.0, E002=0.0, E003=0.0)
    bus.run(3)
    bus.deals = []
    bus.run(20)
    first, second = sorted(bus.entries, key=lambda deal: deal.taker)
    assert first.out is not None
    assert second.out is not None
    assert second.out.wh == pytest.approx(3 * first.out.wh, rel=1e-6)
    return first, second


@pytest.mark.parametrize("seconds", [7, 31, 64, 300, 601])
def test_a_deal_is_known_at_both_ends_within_its_own_uncertainty(seconds: int) -> None:
    bus = Bus("E001", "E002")
    bus.deal(seconds=seconds)
    deal = only(bus.entries)
    assert (deal.giver, deal.taker, deal.end, deal.cause) == ("E001", "E002", End.DELIVERED, None)
    assert deal.out is not None
    assert deal.into is not None
    assert deal.out.wh == pytest.approx(bus.true_wh["E001"], abs=deal.out.uncertainty)
    assert deal.into.wh == pytest.approx(bus.true_wh["E002"], abs=deal.into.uncertainty)
    assert deal.out.uncertainty <= 700 * 1.05 * 2 * BEAT / 3600 + 1e-9
    assert not deal.attributed
    assert deal.saw_begin


def test_over_many_deals_what_is_unsure_of_each_evens_out() -> None:
    bus = Bus("E001", "E002")
    for number in range(50):
        bus.deal(seconds=61 + number % 13)
    assert sum(deal.into.wh for deal in bus.entries if deal.into) == pytest.approx(bus.true_wh["E002"], rel=0.02)
    assert len(bus.entries) == 50


def test_a_deal_that_vanishes_without_current_never_started() -> None:
    bus = Bus("E001", "E002")
    bus.deals = [wire("E001", "E002")]
    bus.run(4)
    bus.deals = []
    bus.run(10)
    deal = only(bus.entries)
    assert (deal.end, deal.out, deal.into, deal.coverage) == (End.NEVER_STARTED, None, None, 0.0)
    assert deal.flowed_from is None


def test_a_unit_in_two_deals_is_shared_out_by_their_agreed_currents_and_that_is_said() -> None:
    bus = Bus("E001", "E002", "E003")
    bus.deals = [wire("E001", "E002", dealGridCurrentA=1.0), wire("E001", "E003", dealGridCurrentA=3.0)]
    bus.run(20)
    bus.power.update(E001=-1400.0, E002=350.0, E003=1050.0)
    bus.run(600)
    first, second = ended_one_to_three(bus)
    assert first.out is not None
    assert second.out is not None
    assert first.out.wh + second.out.wh == pytest.approx(bus.true_wh["E001"], rel=0.02)
    assert first.attributed
    assert second.attributed


@pytest.mark.parametrize(
    ("more", "stops", "end", "cause"),
    [
        ({"mode": Mode.STOP}, False, End.CUT, Cause.GLOBAL_STOP),
        ({"error": True}, False, End.CUT, Cause.GRID_ERROR),
        ({}, True, End.CUT, Cause.ORDER),
        ({"mode": Mode.STOP}, True, End.CUT, Cause.ORDER),
    ],
)
def test_what_cut_a_deal_is_named(more: dict[str, Any], stops: bool, end: End, cause: Cause) -> None:
    bus = Bus("E001", "E002")
    bus.deals = [wire("E001", "E002")]
    bus.run(20)
    bus.power.update(E001=-735.0, E002=700.0)
    bus.run(100)
    bus.more = more
    if stops:
        bus.stops = [StopOrder("c7", "E002", bus.now), StopOrder("c3", "E009", bus.now)]
    bus.power.update(E001=0.0, E002=0.0)
    bus.run(3)
    bus.deals = []
    bus.run(20)
    deal = only(bus.entries)
    assert (deal.end, deal.cause, deal.command_id) == (end, cause, "c7" if stops else None)


def test_a_unit_that_fell_silent_leaves_a_gap_and_is_named() -> None:
    bus = Bus("E001", "E002")
    bus.deals = [wire("E001", "E002")]
    bus.run(20)
    bus.power.update(E001=-735.0, E002=700.0)
    bus.run(100)
    bus.silence("E002")
    bus.run(100)
    bus.power.update(E001=0.0, E002=0.0)
    bus.run(5)
    bus.deals = []
    bus.run(40)
    deal = only(bus.entries)
    assert (deal.end, deal.cause) == (End.CUT, Cause.UNIT_GONE)
    assert deal.into is not None
    assert deal.out is not None
    assert deal.into.wh < deal.out.wh * 0.7
    assert deal.coverage < 0.7


def test_while_nobody_tells_the_deals_nothing_ends_and_one_that_is_gone_afterwards_is_unknown() -> None:
    bus = Bus("E001", "E002")
    bus.deals = [wire("E001", "E002")]
    bus.run(20)
    bus.power.update(E001=-735.0, E002=700.0)
    bus.run(60)
    bus.deals = None
    bus.run(60)
    assert bus.entries == []
    bus.power.update(E001=0.0, E002=0.0)
    bus.deals = []
    bus.run(20)
    deal = only(bus.entries)
    assert (deal.end, deal.cause) == (End.UNKNOWN, Cause.DEALS_UNTOLD)


@pytest.mark.parametrize("back", [True, False], ids=["its units are back", "a unit is not back yet"])
def test_a_deal_that_ended_while_apis_web_was_away_is_unsure_by_all_that_was_not_seen(back: bool) -> None:
    """No unit had gone, and it may have given for 39 s more (K8)."""
    bus = Bus("E001", "E002")
    bus.deals = [wire("E001", "E002")]
    bus.run(20)
    bus.power.update(E001=-735.0, E002=700.0)
    bus.run(60)
    bus.deals = None
    bus.silence("E001")
    bus.silence("E002")
    bus.run(38)
    bus.power.update(E001=0.0, E002=0.0)
    if back:
        bus.speak()
    bus.deals = []
    bus.run(40)
    deal = only(bus.entries)
    assert (deal.end, deal.cause) == (End.UNKNOWN, Cause.DEALS_UNTOLD)
    assert deal.coverage == pytest.approx(60 / 99, abs=0.06)
    assert deal.into is not None
    assert deal.into.uncertainty >= 700 * 38 / 3600
    assert deal.into.wh == pytest.approx(bus.true_wh["E002"], abs=deal.into.uncertainty)


def test_a_deal_that_outlives_the_time_in_which_nobody_tells_ends_as_any_other() -> None:
    bus = Bus("E001", "E002")
    bus.deals = [wire("E001", "E002")]
    bus.run(20)
    bus.power.update(E001=-735.0, E002=700.0)
    bus.run(60)
    deals, bus.deals = bus.deals, None
    bus.run(25)
    bus.deals = deals
    bus.run(60)
    bus.power.update(E001=0.0, E002=0.0)
    bus.run(3)
    bus.deals = []
    bus.run(20)
    deal = only(bus.entries)
    assert (deal.end, deal.cause) == (End.DELIVERED, None)
    assert deal.into is not None
    assert deal.into.uncertainty <= 700 * 2 * BEAT / 3600 + 1e-9


@pytest.mark.parametrize("phase", range(5))
def test_what_the_units_still_show_of_the_deal_before_is_no_current_of_the_next(phase: int) -> None:
    """The same pair agrees anew as one ends, while the last readings still tell the old current (K4)."""
    bus = Bus("E001", "E002")
    bus.deals = [wire("E001", "E002")]
    bus.run(20)
    bus.power.update(E001=-735.0, E002=700.0)
    bus.run(60 + phase)
    bus.power.update(E001=0.0, E002=0.0)
    bus.deals = [wire("E001", "E002", startTime="2020/01/01-12:09:00")]
    bus.run(12)
    bus.deals = []
    bus.run(20)
    first, second = sorted(bus.entries, key=lambda deal: deal.agreed_at)
    assert first.end is End.DELIVERED
    assert (second.end, second.flowed_from, second.out, second.into) == (End.NEVER_STARTED, None, None, None)


def test_a_deal_of_which_one_reading_alone_was_seen_was_not_delivered() -> None:
    """It was under way as the program began, and gone before its units were read again."""
    bus = Bus("E001", "E002")
    bus.power.update(E001=-735.0, E002=700.0)
    bus.run(20)
    bus.deals = [wire("E001", "E002")]
    bus.ledger = Ledger(stale_after=30.0)
    bus.run(1)
    bus.deals = []
    bus.power.update(E001=0.0, E002=0.0)
    bus.silence("E001")
    bus.silence("E002")
    bus.run(40)
    deal = only(bus.entries)
    assert (deal.end, deal.out, deal.into, deal.coverage) == (End.UNKNOWN, None, None, 0.0)


def test_a_deal_that_was_there_when_the_program_began_is_not_seen_to_begin() -> None:
    bus = Bus("E001", "E002")
    bus.ledger = Ledger(stale_after=30.0)
    bus.deal(seconds=60)
    assert not only(bus.entries).saw_begin


def told(giver: str, taker: str, **more: Any) -> dict[str, Any]:
    return {"dischargeUnitId": giver, "chargeUnitId": taker, "dealAmountWh": 50, **more}


def test_the_agreed_currents_that_are_heard_share_out_what_a_unit_carries() -> None:
    bus = Bus("E001", "E002", "E003")
    bus.deals = [wire("E001", "E002"), wire("E001", "E003")]
    for _ in range(60):
        bus.lists(
            a=told("E001", "E002", dealGridCurrentA=1.0, startDateTime="x"),
            b=told("E001", "E003", dealGridCurrentA=3.0, startDateTime="x"),
        )
        bus.power.update(E001=-1400.0, E002=350.0, E003=1050.0)
        bus.run(5)
    first, second = ended_one_to_three(bus)
    assert (first.apis and first.apis.deal_id, second.apis and second.apis.deal_id) == ("a", "b")


def test_a_deal_that_has_not_begun_gets_nothing_of_what_its_units_carry_for_others() -> None:
    """The units of a deal that was only agreed may be at work for other deals the same way (K12, K18)."""
    bus = Bus("E001", "E002", "E003")
    bus.deals = [wire("E001", "E003")]
    running = told("E001", "E003", dealGridCurrentA=1.0, startDateTime="x")
    bus.lists(a=running)
    bus.power.update(E001=-735.0, E003=700.0)
    bus.run(60)
    bus.deals = [*bus.deals, wire("E001", "E003", startTime="2020/01/01-12:09:00")]
    for _ in range(6):
        bus.lists(a=running, b=told("E001", "E003", createDateTime="2020/01/01-12:09:00"))
        bus.run(5)
    bus.deals = bus.deals[:1]
    bus.says(("DealUtil", "deal removed : b"))
    bus.run(60)
    (never,) = bus.entries
    assert (never.end, never.out, never.flowed_from) == (End.NEVER_STARTED, None, None)
    assert never.apis is not None
    assert never.apis.deal_id == "b"


def test_one_that_is_agreed_anew_as_another_vanishes_is_not_taken_for_it() -> None:
    """The same pair, between two looks at the list (K12): its log names the first only as it ends."""
    bus = Bus("E001", "E002")
    bus.lists()
    bus.deals = [wire("E001", "E002", startTime="2020/01/01-12:00:00")]
    bus.run(4)
    bus.says(
        ("AbstractDealExecution", "dealId : a"),
        ("AbstractDealExecution", "dischargeUnitId : E001, chargeUnitId : E002"),
        ("DealUtil", "deal aborted; reason : other deal"),
        ("DealUtil", "deal updated : a"),
        ("DealUtil", "deal removed : a"),
    )
    bus.deals = [wire("E001", "E002", startTime="2020/01/01-12:00:40")]
    running = told("E001", "E002", createDateTime="2020/01/01-12:00:40", startDateTime="2020/01/01-12:01:00")
    for _ in range(12):
        bus.lists(b=running)
        bus.power.update(E001=-735.0, E002=700.0)
        bus.run(5)
    bus.power.update(E001=0.0, E002=0.0)
    bus.run(3)
    bus.deals = []
    bus.run(20)
    first, second = sorted(bus.entries, key=lambda deal: deal.agreed_at)
    assert (first.end, first.start_time) == (End.NEVER_STARTED, "2020/01/01-12:00:00")
    assert (second.end, second.start_time) == (End.DELIVERED, "2020/01/01-12:00:40")
    assert (first.apis and first.apis.deal_id, second.apis and second.apis.deal_id) == ("a", "b")


@pytest.mark.parametrize(("reason", "end", "cause"), [(True, End.CUT, Cause.APIS_MAIN), (False, End.DELIVERED, None)])
def test_what_apis_main_broke_off_was_not_delivered(reason: bool, end: End, cause: Cause | None) -> None:
    bus = Bus("E001", "E002")
    bus.deals = [wire("E001", "E002")]
    for _ in range(12):
        bus.lists(a=told("E001", "E002", startDateTime="x", cumulateAmountWh=1.0))
        bus.power.update(E001=-735.0, E002=700.0)
        bus.run(5)
    if reason:
        bus.says(("DealUtil", 'deal aborted; reason : ["over current"]'), ("DealUtil", "deal updated : a"))
    bus.power.update(E001=0.0, E002=0.0)
    bus.run(3)
    bus.deals = []
    bus.run(20)
    deal = only(bus.entries)
    assert (deal.end, deal.cause) == (end, cause)
    assert deal.apis is not None
    assert [why for _, why in deal.apis.breaks] == (['["over current"]'] if reason else [])


@pytest.mark.parametrize(("counted", "apart"), [(11.7, False), (25.0, True), (2.0, True)])
def test_a_count_is_set_beside_what_the_readings_say_of_the_same_battery(counted: float, apart: bool) -> None:
    bus = Bus("E001", "E002")
    bus.deals = [wire("E001", "E002")]
    for _ in range(12):
        bus.lists(a=told("E001", "E002", startDateTime="x", cumulateAmountWh=counted))
        bus.power.update(E001=-735.0, E002=700.0)
        bus.run(5)
    bus.power.update(E001=0.0, E002=0.0)
    bus.run(3)
    bus.deals = []
    bus.run(20)
    deal = only(bus.entries)
    assert deal.apis is not None
    found = deal.apis.compared
    assert found is not None
    assert found.rate == pytest.approx(1.0, abs=0.01)
    assert found.ours == pytest.approx(700 * 60 / 3600, abs=deal.into.uncertainty if deal.into else 0)
    assert found.apart is apart


def test_without_a_line_for_a_while_deals_end_as_they_did() -> None:
    """A log that is not heard holds nothing up, and says nothing."""
    bus = Bus("E001", "E002")
    bus.deal(seconds=60)
    assert only(bus.entries).apis is None
