"""What the simulator says is so, and truly flowed, is what its hardware does and carried, and of whom (`/truth`)."""

import json
import urllib.request
from typing import Any

import pytest

from main_controller.domain.modes import ConverterStatus
from main_controller.simulator import SimulatedCluster
from main_controller.simulator.deal import Phase
from main_controller.simulator.exchange import Request
from tests.simulator import hands
from tests.simulator.traces import sharing, until


def truth(cluster: SimulatedCluster) -> Any:
    return json.loads(cluster.truth.answer(Request("GET", "/truth")).body)


def gained(cluster: SimulatedCluster) -> dict[str, float]:
    """What each battery got by its converter, Wh by the units' clock."""
    for unit in cluster.plant.units.values():
        unit.integrate(cluster.plant.seconds)
    return {unit.id: unit.converter_wh for unit in cluster.plant.units.values()}


def test_by_hand_a_unit_carries_what_was_ordered() -> None:
    """2 A at 350 V for six minutes are 70 Wh, and the reference gives them."""
    cluster = hands.held_by_hand()
    cluster.advance(60)
    hands.order(cluster, "E002", hands.CHARGE, 350, 2)
    before = truth(cluster)["units"]
    cluster.advance(360)
    after = truth(cluster)["units"]
    moved = {unit_id: {key: after[unit_id][key] - before[unit_id][key] for key in after[unit_id]} for unit_id in after}
    assert moved["E002"] == {"gridOutWh": 0.0, "gridInWh": pytest.approx(70.0)}
    assert moved["E001"] == {"gridOutWh": pytest.approx(70.0), "gridInWh": 0.0}
    assert moved["E003"] == {"gridOutWh": 0.0, "gridInWh": 0.0}
    assert truth(cluster)["deals"] == []


def test_it_tells_who_holds_the_bus_who_works_and_who_answers() -> None:
    cluster = hands.held_by_hand()
    cluster.advance(60)
    hands.order(cluster, "E002", hands.CHARGE, 350, 2)
    cluster.fault("driver-lies", unit="E002", kind="silent")
    now = cluster.truth.now()
    assert (now["volts"], now["heldBy"]) == (350.0, ["E001"])
    assert now["converters"]["E001"] == {"status": "0x0014", "amps": -2.0, "answers": True}
    assert now["converters"]["E002"] == {"status": "0x0041", "amps": 2.0, "answers": False}
    assert now["converters"]["E003"] == {"status": "0x0000", "amps": 0.0, "answers": True}
    cluster.fault("devices-hang")
    assert not any(one["answers"] for one in cluster.truth.now()["converters"].values())


def test_something_unlisted_that_holds_the_bus_has_no_name() -> None:
    cluster = SimulatedCluster(4)
    cluster.fault("bus-voltage", volts=395)
    assert cluster.truth.now()["heldBy"] == [""]
    assert cluster.truth.now()["volts"] == 395.0


def test_an_order_amid_a_second_counts_from_that_moment_on() -> None:
    cluster = hands.held_by_hand()
    cluster.advance(60.25)
    hands.order(cluster, "E002", hands.CHARGE, 350, 2)
    cluster.advance(0.5)
    hands.order(cluster, "E002", hands.WAIT)
    cluster.advance(10)
    assert truth(cluster)["units"]["E002"]["gridInWh"] == pytest.approx(700 * 0.5 / 3600, abs=1e-6)


@pytest.mark.parametrize("speed", [1.0, 10.0])
def test_what_batteries_got_is_what_flowed_less_the_converters_losses(speed: float) -> None:
    """The units' own integration, by their own clock, agrees: it moves by whole seconds."""
    cluster = SimulatedCluster(4, speed=speed)
    until(cluster, lambda: sharing(cluster))
    before, first = gained(cluster), truth(cluster)["units"]
    losses = dict.fromkeys(before, 0.0)
    for _ in range(600):
        for unit in cluster.plant.units.values():
            losses[unit.id] += (unit.wg - unit.wb) / 3600
        cluster.advance(1.0)
    after, last = gained(cluster), truth(cluster)["units"]
    for unit_id in after:
        moved = last[unit_id]["gridInWh"] - first[unit_id]["gridInWh"]
        moved -= last[unit_id]["gridOutWh"] - first[unit_id]["gridOutWh"]
        assert moved - losses[unit_id] == pytest.approx((after[unit_id] - before[unit_id]) / speed, rel=0.02)
    assert sum(one["gridInWh"] for one in last.values()) == pytest.approx(
        sum(one["gridOutWh"] for one in last.values())
    )


def test_deals_have_among_them_all_that_flowed() -> None:
    cluster = SimulatedCluster(6, seed=4)
    cluster.advance(900)
    told = truth(cluster)
    assert len(told["deals"]) >= 10
    assert {(one["dischargingUnit"], one["chargingUnit"]) for one in told["deals"]}
    for unit_id, carried in told["units"].items():
        gave = sum(one["outWh"] for one in told["deals"] if one["dischargingUnit"] == unit_id)
        took = sum(one["inWh"] for one in told["deals"] if one["chargingUnit"] == unit_id)
        assert gave == pytest.approx(carried["gridOutWh"], abs=0.05)
        assert took == pytest.approx(carried["gridInWh"], abs=0.05)
    assert sum(one["outWh"] for one in told["deals"]) > 40


def test_a_deal_moves_what_its_current_carries_from_its_first_second_to_its_last() -> None:
    """One ampere at 350 V, whatever else its units do."""
    cluster = SimulatedCluster(4)
    begun: dict[str, float] = {}
    ended: dict[str, float] = {}
    for _ in range(400):
        cluster.advance(1.0)
        for deal in cluster.apis.market.deals:
            known = {Phase.FLOWING: begun, Phase.ENDING: ended}.get(deal.phase, {})
            known.setdefault(deal.time, cluster.agenda.now)
    whole = [one for one in truth(cluster)["deals"] if one["startTime"] in ended]
    assert len(whole) >= 4
    for one in whole:
        seconds = ended[one["startTime"]] - begun[one["startTime"]]
        assert one["inWh"] == pytest.approx(350 * seconds / 3600, abs=350 * 1.2 / 3600)
        assert one["outWh"] == pytest.approx(one["inWh"], abs=350 * 1.2 / 3600)


def test_nothing_flows_while_the_devices_hang() -> None:
    cluster = hands.held_by_hand()
    cluster.advance(60)
    hands.order(cluster, "E002", hands.CHARGE, 350, 2)
    cluster.advance(10)
    cluster.fault("devices-hang")
    before = truth(cluster)
    cluster.advance(5)
    assert truth(cluster) == before


def test_a_torn_down_deal_keeps_what_its_converters_carried_after_it_left_the_list() -> None:
    """K9: the reference is the last to Wait."""
    cluster = SimulatedCluster(4)
    until(cluster, lambda: sharing(cluster))
    cluster.fault("grid-error")
    cluster.advance(2.0)
    listed = truth(cluster)["deals"]
    cluster.advance(28)
    assert all(unit.status is ConverterStatus.WAIT for unit in cluster.plant.units.values())
    after = truth(cluster)["deals"]
    assert sum(one["inWh"] for one in after) > sum(one["inWh"] for one in listed)
    assert len(after) == len(listed)
    cluster.advance(10)
    assert truth(cluster)["deals"] == after


def test_it_is_told_on_the_control_port_and_by_the_walls_clock() -> None:
    """At a tempo of 0.05 twenty of the programs' seconds are one of the wall's."""
    quick, real = SimulatedCluster(4, tempo=0.05, control_port=0), SimulatedCluster(4)
    for cluster in (quick, real):
        cluster.advance(200)
    told = [truth(cluster)["deals"][0]["inWh"] for cluster in (quick, real)]
    assert told[0] == pytest.approx(told[1] * 0.05, rel=1e-3)
    quick.start()
    with urllib.request.urlopen(f"{quick.control_url}/truth", timeout=5) as reply:
        assert set(json.loads(reply.read())) == {"now", "units", "deals"}
    with urllib.request.urlopen(f"{quick.control_url}/fault", timeout=5) as reply:
        assert json.loads(reply.read())["active"] == {}
    quick.stop()
