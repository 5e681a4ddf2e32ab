"""The simulated replies have the shape of the real ones: the same keys in the same order, of the same types."""

import json
from typing import Any

import pytest

from main_controller.domain.modes import Mode
from main_controller.simulator import SimulatedCluster
from tests.simulator.traces import RECORDINGS, budo, device, log_of, recorded, sharing, until

NUMBER = "number"


def shape(value: Any) -> Any:
    """Keys in order and JSON types, without values."""
    if isinstance(value, dict):
        return [(key, shape(inner)) for key, inner in value.items()]
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return type(value).__name__
    if isinstance(value, list):
        return sorted({str(shape(inner)) for inner in value})
    return NUMBER


def sample(name: str) -> Any:
    return json.loads((RECORDINGS / "samples" / f"{name}.json").read_text(encoding="utf-8"))


@pytest.fixture
def cluster() -> SimulatedCluster:
    """Four units amid their first deals."""
    cluster = SimulatedCluster(4)
    until(cluster, lambda: sharing(cluster))
    return cluster


def test_every_shape_of_a_unit_in_get_log_was_recorded(cluster: SimulatedCluster) -> None:
    """No simulated unit has a key, an order of keys or a type that the real apis-web never sent."""
    real = {
        str(shape(unit))
        for name in ("sharing", "faults")
        for moment in recorded(name).moments
        if moment.log
        for unit in moment.log.values()
    }
    seen = set()
    for order in (None, "heteronomous", "stop", "manual"):
        if order:
            budo(cluster, "/setOperationMode", value=order)
            budo(cluster, "/setOperationMode", value="stop", unitId="E003")
        for _ in range(30):
            cluster.advance(1.0)
            seen |= {str(shape(unit)) for unit in log_of(cluster).values()}
    assert seen <= real
    assert len(seen) >= 5


@pytest.mark.parametrize("name", ["get-log.sharing", "get-log.manual"])
def test_values_that_stand_still_are_the_recorded_ones(cluster: SimulatedCluster, name: str) -> None:
    """What no physics moves is equal to the sample, unit by unit."""
    constant = ("system_time", "ups_input_voltage", "battery_voltage", "ups_operation_schedule", "battery_rsoc")
    for uid, unit in sample(name).items():
        simulated = log_of(cluster)[uid]
        assert {key: simulated["emu"][key] for key in constant} == {key: unit["emu"][key] for key in constant}
        assert simulated["oesunit"]["communityId"] == unit["oesunit"]["communityId"]
        assert simulated["apis"]["deal_interlock_capacity"] == unit["apis"]["deal_interlock_capacity"]
        assert simulated["dcdc"]["meter"]["tmp"] == unit["dcdc"]["meter"]["tmp"]


def test_the_emulators_own_log_has_the_recorded_shape(cluster: SimulatedCluster) -> None:
    """Alarm, statusName, runningState, powermeter and the rest stand only there (K1)."""
    real = sample("emulator-get-log")
    simulated = device(cluster, "/get/log")
    assert list(simulated) == list(real)
    for uid in real:
        assert shape(simulated[uid]) == shape(real[uid])
    real_status = {unit["dcdc"]["status"]["status"]: unit["dcdc"]["status"] for unit in real.values()}
    for unit in simulated.values():
        assert unit["dcdc"]["status"] == real_status[unit["dcdc"]["status"]["status"]]


def test_deals_have_the_recorded_shape(cluster: SimulatedCluster) -> None:
    """Seven fields, exactly one master deal while current flows."""
    real = {str(shape(deal)) for deal in sample("deals")}
    simulated = budo(cluster, "/deals")
    assert {str(shape(deal)) for deal in simulated} == real
    assert [deal["isMasterDeal"] for deal in simulated].count(True) == 1
    for deal in simulated:
        sides = {"CHARGE": "chargingUnit", "DISCHARGE": "dischargingUnit"}
        assert deal["requester"] == deal[sides[deal["request"]]]
        assert {deal["requester"], deal["responder"]} == {deal["chargingUnit"], deal["dischargingUnit"]}


def test_unit_ids_are_the_recorded_ones() -> None:
    """Members in order."""
    assert budo(SimulatedCluster(4), "/unitIds") == sample("unitIds")


def test_meter_values_for_every_word_and_current_were_recorded(cluster: SimulatedCluster) -> None:
    """Signs and losses (K2): each word with each current shows the powers that the real converters showed."""
    keys = ("ig", "wg", "wb", "ib", "vb")

    def meters(log: dict[str, Any]) -> set[tuple[Any, ...]]:
        return {
            (unit["dcdc"]["status"]["status"], *(unit["dcdc"]["meter"][key] for key in keys)) for unit in log.values()
        }

    real = {
        entry for name in ("sharing", "faults") for moment in recorded(name).moments if moment.log
        for entry in meters(moment.log)
    }  # fmt: skip
    seen: set[tuple[Any, ...]] = set()
    for _ in range(150):
        cluster.advance(1.0)
        seen |= meters(log_of(cluster))
    unknown = {entry for entry in seen - real if not (entry[0] == "0x0002" and entry[1] == 0)}  # idle giver: 1 s each
    assert unknown == set()
    assert len(seen) >= 5


def test_replies_to_the_recorded_converter_orders_are_equal_to_the_letter() -> None:
    """The manual part of `sharing` (K15), ordered again at the same intervals, is answered with the same bodies."""
    cluster = SimulatedCluster(4, mode=Mode.MANUAL)
    orders = [event for event in recorded("sharing").events if event.get("to") == "emulator"]
    assert len(orders) == 5
    started = orders[0]["t"]
    for order in orders:
        cluster.advance(order["t"] - started - cluster.agenda.now)
        path, _, query = order["path"].partition("?")
        assert device(cluster, path, **dict(pair.split("=") for pair in query.split("&"))) == order["body"]


def test_the_ramp_has_the_recorded_steps() -> None:
    """12 s at ten times real time, in whole volts on the way (K15)."""
    cluster = SimulatedCluster(4, mode=Mode.MANUAL)
    volts = [device(cluster, "/set/dcdc/E001", mode="0x0014", dvg="350", dig="2")["meter"]["vg"]]
    for _ in range(12):
        cluster.advance(1.0)
        volts.append(device(cluster, "/get/dcdc/E002")["meter"]["vg"])
    assert volts == [29, 58, 87, 116, 145, 175, 204, 233, 262, 291, 320, 350.0, 350.0]
    real = {
        unit["dcdc"]["meter"]["vg"]
        for moment in recorded("sharing").moments if moment.log
        for unit in moment.log.values()
    }  # fmt: skip
    assert real <= {0, *volts}
