"""Every fault can be switched on and off, in process and through `/fault`, and the cluster recovers from it."""

import json
import random
import re

import pytest

import main_controller.simulator
from main_controller.domain.modes import Mode
from main_controller.simulator import FaultError, SimulatedCluster
from main_controller.simulator.bus import Ramps
from main_controller.simulator.exchange import Request
from main_controller.simulator.quirks import Quirks
from tests.simulator.traces import budo, device, global_modes, log_of, sharing, statuses, until, watch


@pytest.fixture
def cluster() -> SimulatedCluster:
    cluster = SimulatedCluster(4)
    until(cluster, lambda: sharing(cluster))
    return cluster


def control(cluster: SimulatedCluster, **query: str) -> tuple[int, dict[str, object]]:
    reply = cluster.faults.answer(Request("POST", "/fault", query))
    return reply.status, json.loads(reply.body)


def test_the_table_of_the_package_names_every_fault_and_no_other() -> None:
    """The docstring is the documentation; it holds what the program does."""
    document = main_controller.simulator.__doc__ or ""
    documented = set(re.findall(r"^([a-z-]+)  ", document.split("=\n", 2)[2].split("\n====")[0], re.MULTILINE))
    assert documented == set(SimulatedCluster(1).faults.table)


def test_fault_alone_lists_what_there_is_and_what_is_on(cluster: SimulatedCluster) -> None:
    """Then it is cleared, by name or all."""
    status, said = control(cluster)
    assert (status, said["active"]) == (200, {})
    control(cluster, name="meter-sticks", unit="E002")
    control(cluster, name="alarm", unit="E003")
    control(cluster, name="alarm", unit="E004")
    assert control(cluster)[1]["active"] == {
        "meter-sticks:E002": {"unit": "E002"},
        "alarm:E003": {"unit": "E003"},
        "alarm:E004": {"unit": "E004"},
    }
    control(cluster, clear="alarm", unit="E003")
    assert set(control(cluster)[1]["active"]) == {"meter-sticks:E002", "alarm:E004"}  # type: ignore[call-overload]
    control(cluster, clear="all")
    assert control(cluster)[1]["active"] == {}


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ({"name": "nope"}, "there is no fault 'nope'"),
        ({"clear": "nope"}, "there is no fault 'nope'"),
        ({"clear": "grid-error"}, "cannot be cleared"),
        ({"name": "alarm", "unit": "E999"}, "there is no unit 'E999'"),
        ({"name": "apis-web-garbage", "kind": "soup"}, "kind is one of"),
        ({"name": "apis-web-garbage"}, "kind is one of"),
        ({"name": "grid-master-dies", "takeover": "soon"}, "takeover is a number from 0 to 3600"),
        ({"name": "grid-master-dies", "takeover": "nan"}, "takeover is a number"),
        ({"name": "alarm", "units": "E002"}, "alarm takes unit, not units"),
        ({"name": "devices-hang", "unit": "E002"}, "devices-hang takes no argument, not unit"),
        ({"name": "meter-factor"}, "factor is a number from -100 to 100"),
        ({"name": "meter-factor", "of": "ig,power", "factor": "2"}, "of are of ig, wg"),
        ({"name": "trips", "cause": "boredom"}, "cause is one of over-current"),
        ({"name": "current-limit", "amps": "-1"}, "amps is a number from 0 to 5"),
        ({"name": "under-voltage-trips", "unit": "E999"}, "there is no unit 'E999'"),
        ({"name": "set-point-changes"}, "mode, dvg or dig says what it takes"),
        ({"name": "set-point-changes", "mode": "0x9999"}, "mode is one of 0x0000"),
        ({"name": "set-point-changes", "dig": "inf"}, "dig is a number from 0 to 100"),
        ({"name": "driver-lies"}, "kind is one of echo"),
        ({"name": "driver-lies", "kind": "echo", "only": "wait"}, "only is one of 0x0000"),
        ({"name": "battery-protects", "how": "well"}, "how is one of trip"),
        ({"name": "battery-permission", "value": "4"}, "value is one of null"),
        ({"name": "battery-charge", "rsoc": "101"}, "rsoc is a number from 0 to 100"),
        ({"name": "battery-charge"}, "rsoc is a number"),
        ({"name": "battery-voltage", "volts": "0"}, "volts is a number from 1 to 100"),
        ({"name": "temperature", "celsius": "hot"}, "celsius is a number from -40 to 150"),
        ({"name": "bus-section-opens"}, "units names some of the units"),
        ({"name": "bus-section-opens", "units": "E001,E002,E003,E004"}, "and not all"),
        ({"name": "bus-section-opens", "units": "E001,E999"}, "there is no unit 'E999'"),
        ({"name": "bus-section-opens", "units": "E001", "volts": "-3"}, "volts is a number from 0 to 1000"),
        ({"name": "bus-voltage"}, "volts is a number"),
        ({"name": "bus-leaks", "amps": "101"}, "amps is a number from -100 to 100"),
        ({"name": "real-ramps", "rise": "0"}, "rise is a number from 1 to 3600"),
        ({"name": "second-reference", "trips": "third"}, "trips is one of second"),
        ({"name": "no-trips", "causes": "over-current,x"}, "causes are of over-current"),
    ],
)
def test_a_bad_fault_is_a_400_with_a_sentence(cluster: SimulatedCluster, query: dict[str, str], says: str) -> None:
    status, said = control(cluster, **query)
    assert status == 400
    assert says in str(said["error"])
    assert control(cluster)[1]["active"] == {}
    assert cluster.plant.main.held is None
    assert all(unit.quirks == Quirks() for unit in cluster.plant.units.values())


def test_what_is_cleared_leaves_nothing_behind(cluster: SimulatedCluster) -> None:
    """Every fault that can be cleared, at once and then none: hardware and bus are as before."""
    rng = random.Random(4)
    args = {
        "apis-web-garbage": {"kind": "html"}, "meter-factor": {"factor": "2"}, "current-limit": {"amps": "1"},
        "driver-lies": {"kind": "deaf"}, "battery-permission": {"value": "0"}, "battery-voltage": {"volts": "30"},
        "temperature": {"celsius": "90"}, "bus-section-opens": {"units": "E003", "volts": "340"},
        "bus-voltage": {"volts": "420"}, "bus-leaks": {"amps": "2"}, "second-reference": {"trips": "both"},
    }  # fmt: skip
    lasting = [name for name, each in cluster.faults.table.items() if each.end and "-dies" not in name]
    for name in rng.sample(lasting, len(lasting)):
        assert control(cluster, name=name, **args.get(name, {}))[0] == 200
        cluster.advance(1)
    assert {key.partition(":")[0] for key in control(cluster)[1]["active"]} == set(lasting)  # type: ignore[attr-defined]
    assert control(cluster, clear="all")[1]["active"] == {}
    plant = cluster.plant
    assert all(unit.quirks == Quirks() for unit in plant.units.values())
    assert (plant.ramps, plant.section, plant.main.held, plant.main.leak_a) == (Ramps(), None, None, 0.0)
    assert (plant.protection.loser, plant.protection.off) == ("second", frozenset())


def test_without_a_grid_master_none_can_die(cluster: SimulatedCluster) -> None:
    cluster.fault("grid-master-dies")
    with pytest.raises(FaultError, match="no Grid Master"):
        cluster.fault("grid-master-dies")


def test_a_stuck_meter_shows_the_same_while_all_else_moves(cluster: SimulatedCluster) -> None:
    """Word and time move on; cleared, it tells the truth again."""
    reference = cluster.plant.references[0].id
    cluster.fault("meter-sticks", unit=reference)
    before = device(cluster, f"/get/dcdc/{reference}")["meter"]
    budo(cluster, "/stop")
    cluster.advance(40)
    shown = log_of(cluster)[reference]
    assert shown["dcdc"]["meter"] == before
    assert shown["dcdc"]["meter"]["vg"] == 350.0
    assert shown["dcdc"]["status"]["status"] == "0x0000"
    cluster.clear("meter-sticks")
    cluster.advance(11)
    assert log_of(cluster)[reference]["dcdc"]["meter"]["vg"] == 0


def test_a_heavy_alarm_ends_the_units_deals_and_lasts_until_cleared(cluster: SimulatedCluster) -> None:
    """The others go on."""
    cluster.fault("alarm", unit="E003")
    cluster.advance(25)
    shown = log_of(cluster)["E003"]["dcdc"]["status"]
    assert shown == {"status": "0x0000", "alarmState": "Heavy alarm", "operationMode": "Waiting"}
    assert device(cluster, "/get/log")["E003"]["dcdc"]["status"]["alarm"] != "4010 0080 0000"
    for moment in watch(cluster, 30).moments:
        assert all("E003" not in deal.values() for deal in moment.deals)
    assert global_modes(log_of(cluster)) == {"autonomous"}
    cluster.clear("alarm", "E003")
    until(cluster, lambda: any("E003" in deal.values() for deal in budo(cluster, "/deals")))


def test_a_node_dies_quietly_when_nothing_is_shared() -> None:
    """No error, no resignation: just one unit fewer, until it returns."""
    cluster = SimulatedCluster(4, mode=Mode.STOP)
    cluster.advance(10)
    master = cluster.apis.grid_master
    cluster.fault("node-dies")
    (dead,) = [node.id for node in cluster.apis.nodes.values() if not node.alive]
    assert dead != master
    for moment in watch(cluster, 60).moments:
        assert moment.status == {"active": False}
    assert dead not in log_of(cluster)
    cluster.clear("node-dies")
    cluster.advance(25)
    assert dead in log_of(cluster)


def test_a_short_hang_has_no_consequence(cluster: SimulatedCluster) -> None:
    """Assumed: up to 10 s."""
    cluster.fault("devices-hang")
    cluster.advance(8)
    cluster.clear("devices-hang")
    for moment in watch(cluster, 60).moments:
        assert moment.status == {"active": True}


def test_an_operators_wait_amid_a_deal_ends_that_deal_only(cluster: SimulatedCluster) -> None:
    """Assumed; the reference's Wait ends all."""
    charger = next(unit for unit in cluster.plant.units.values() if unit.ig > 0)
    others = {
        deal.id for deal in cluster.apis.market.deals if charger.id not in deal.units and deal.phase.name == "FLOWING"
    }
    device(cluster, f"/set/dcdc/{charger.id}", mode="0x0000", dvg="0", dig="0")
    cluster.advance(3)
    left = {deal.id for deal in cluster.apis.market.deals}
    assert others <= left
    assert all(charger.id not in deal.units for deal in cluster.apis.market.deals)
    reference = cluster.plant.references[0]
    device(cluster, f"/set/dcdc/{reference.id}", mode="0x0000", dvg="0", dig="0")
    cluster.advance(8)
    assert not {deal.id for deal in cluster.apis.market.deals} & left


@pytest.mark.parametrize(
    "name", ["node-dies", "grid-master-dies", "devices-hang", "grid-error", "alarm", "meter-sticks"]
)
def test_the_cluster_shares_again_after_every_fault(cluster: SimulatedCluster, name: str) -> None:
    """Cleared, and put to Run again where it stopped itself."""
    cluster.fault(name)
    cluster.advance(40)
    cluster.clear("all")
    cluster.advance(120)
    if cluster.apis.mode is Mode.STOP:
        until(cluster, lambda: set(statuses(log_of(cluster)).values()) == {"0x0000"})
        budo(cluster, "/active")
    until(cluster, lambda: sharing(cluster), 300)
    assert len(log_of(cluster)) == 4
    assert budo(cluster, "/getStatus") == {"active": True}
