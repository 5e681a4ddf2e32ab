"""The ledger is held to what the simulator measured at its own terminals (`/truth`), whatever the readings lag by.

The cluster runs by a clock that the test moves; everything between apis-web's answers and the ledger is the program's.
"""

import math
from collections.abc import Iterable, Mapping

import pytest

from main_controller.history.ledger_deal import End, LedgerDeal
from main_controller.simulator import SimulatedCluster
from main_controller.simulator.unit import CAPACITY_WH
from tests.workers.simulated import Recorded, truth_of_units

Truth = Mapping[tuple[str, str, str], tuple[float, float]]
Pair = tuple[LedgerDeal, tuple[float, float]]


def played(*, speed: float, seconds: int, units: int = 4, seed: int = 1, log: bool = True, every: int = 1) -> Recorded:
    recorded = Recorded(lambda send: SimulatedCluster(units, speed=speed, seed=seed, log=send), log=log)
    recorded.deals_every = every
    recorded.run(seconds)
    return recorded


def key_of(deal: LedgerDeal) -> tuple[str, str, str]:
    assert deal.start_time is not None
    return deal.giver, deal.taker, deal.start_time


def whole(recorded: Recorded) -> list[Pair]:
    """Each deal that was delivered, with what truly flowed; none of which current flowed is missing."""
    truth = recorded.truth()
    open_now = {(deal.discharger, deal.charger, deal.time) for deal in recorded.cluster.apis.market.deals}
    settled = {key_of(deal): deal for deal in recorded.kept.deals}
    assert len(settled) == len(recorded.kept.deals)
    recent = {key for key in truth if key not in settled} - open_now
    assert len(recent) <= 2, "those that ended just now wait for their units' last readings"
    delivered = [deal for deal in recorded.kept.deals if deal.end is End.DELIVERED]
    assert {key_of(deal) for deal in delivered} == set(truth) & set(settled)
    assert {deal.end for deal in recorded.kept.deals} <= {End.DELIVERED, End.NEVER_STARTED}
    return [(deal, truth[key_of(deal)]) for deal in delivered]


def differences(pairs: Iterable[Pair]) -> Iterable[tuple[LedgerDeal, float, float, float]]:
    """Each end of each deal: what the ledger has, what truly flowed, and how unsure the ledger says it is (Wh)."""
    for deal, (out, into) in pairs:
        assert deal.out is not None
        assert deal.into is not None
        assert deal.coverage > 0.9
        yield deal, deal.out.wh, out, deal.out.uncertainty
        yield deal, deal.into.wh, into, deal.into.uncertainty


@pytest.mark.parametrize(("units", "seed", "every"), [(4, 1, 1), (6, 7, 5), (3, 3, 1)])
def test_at_real_time_each_whole_deal_is_within_two_percent(units: int, seed: int, every: int) -> None:
    """Fifty minutes, of deals of some 50 Wh and ten minutes; deals are asked for each second, or each fifth."""
    pairs = whole(played(speed=1, seconds=3000, units=units, seed=seed, every=every))
    assert len(pairs) >= 4
    for deal, ours, real, _ in differences(pairs):
        assert ours == pytest.approx(real, rel=0.02), deal


@pytest.mark.parametrize(("units", "seed", "every"), [(4, 1, 1), (4, 2, 5), (8, 5, 1)])
def test_at_ten_times_each_deal_is_within_its_uncertainty_and_fifty_within_two_percent(
    units: int, seed: int, every: int
) -> None:
    """A deal is a minute, and a unit is read each 5 s: one alone is known to a tenth, and all together well."""
    pairs = whole(played(speed=10, seconds=1150, units=units, seed=seed, every=every))[:50]
    assert len(pairs) == 50
    for deal, ours, real, unsure in differences(pairs):
        assert abs(ours - real) <= unsure, deal
        assert unsure < 0.6 * real
    assert sum(deal.out.wh for deal, _ in pairs if deal.out) == pytest.approx(
        sum(out for _, (out, _) in pairs), rel=0.02
    )
    assert sum(deal.into.wh for deal, _ in pairs if deal.into) == pytest.approx(sum(i for _, (_, i) in pairs), rel=0.02)


@pytest.mark.parametrize("speed", [1, 10])
def test_without_apis_mains_log_sums_hold_as_well(speed: int) -> None:
    """A deal that has not begun may then be given a part of another's, so one alone is less sure."""
    recorded = played(speed=speed, seconds=3000 if speed == 1 else 1150, seed=2, log=False)
    truth = recorded.truth()
    pairs = [(deal, truth[key_of(deal)]) for deal in recorded.kept.deals if key_of(deal) in truth]
    assert len(pairs) >= 15
    assert sum(deal.out.wh for deal, _ in pairs if deal.out) == pytest.approx(
        sum(out for _, (out, _) in pairs), rel=0.02
    )
    assert sum(deal.into.wh for deal, _ in pairs if deal.into) == pytest.approx(sum(i for _, (_, i) in pairs), rel=0.02)


def test_apis_mains_count_never_contradicts_a_deal_that_is_right() -> None:
    """Its count is at a battery, by the units' clock and by its own rounds; no difference is told that is none."""
    recorded = played(speed=10, seconds=1150, units=6, seed=3)
    compared = [deal.apis.compared for deal in recorded.kept.deals if deal.apis is not None and deal.apis.compared]
    assert len(compared) > 40
    assert recorded.apart == []
    assert all(one.rate == pytest.approx(10, rel=0.1) for one in compared)


@pytest.mark.parametrize(("speed", "seconds"), [(1, 3000), (10, 1150)])
def test_minutes_hold_what_each_unit_gave_and_took(speed: int, seconds: int) -> None:
    """V8: energies both ways by our clock; a reading's power runs straight to the next one's."""
    recorded = played(speed=speed, seconds=seconds)
    recorded.recorder.end()
    for unit_id, (out, into) in truth_of_units(recorded.cluster).items():
        slots = [slot for slot in recorded.kept.slots if slot.unit_id == unit_id]
        gave = math.fsum(slot.energies.grid_out or 0.0 for slot in slots)
        took = math.fsum(slot.energies.grid_in or 0.0 for slot in slots)
        assert gave == pytest.approx(out, rel=0.02)
        assert took == pytest.approx(into, rel=0.02)


def test_what_went_into_and_out_of_a_battery_is_what_its_charge_says() -> None:
    """Half an hour: the energy management unit tells the size of its power alone, and its current which way (K2)."""
    recorded = played(speed=1.0, seconds=1900)
    slots = [slot for slot in recorded.kept.slots if slot.unit_id]
    ways = set()
    for unit_id in {slot.unit_id for slot in slots}:
        own = sorted((slot for slot in slots if slot.unit_id == unit_id), key=lambda slot: slot.start)
        first, last = own[0].charge, own[-1].charge
        assert first is not None
        assert last is not None
        went = sum((slot.energies.battery_in or 0.0) - (slot.energies.battery_out or 0.0) for slot in own[1:])
        assert went == pytest.approx((last - first) / 100 * CAPACITY_WH, abs=4.0), unit_id
        ways.add(went > 0)
    assert False in ways, "some battery gave more than it took"
