"""Batteries with limits, as the console gets to see them (S12, I1-I4)."""

from typing import Any

import pytest

from main_controller.simulator import SimulatedCluster
from main_controller.simulator.battery import open_volts, permits, volts, warmer
from tests.simulator.hands import CHARGE, CV, WAIT, alarmed, fault, held_by_hand, mend, order, seen
from tests.simulator.traces import budo, device, log_of, sharing, until


def shown(cluster: SimulatedCluster, unit: str) -> dict[str, Any]:
    """A unit as apis-web has it, once its node has read anew."""
    cluster.advance(11)
    entry: dict[str, Any] = log_of(cluster)[unit]
    return entry


def meter(cluster: SimulatedCluster, unit: str) -> dict[str, float]:
    figures: dict[str, float] = device(cluster, f"/get/dcdc/{unit}")["meter"]
    return figures


def test_a_batterys_voltage_rises_with_charge_and_with_what_flows_in() -> None:
    """And lies within 32 to 58.4 V for what one household does at rest."""
    curve = [open_volts(rsoc) for rsoc in range(101)]
    assert curve == sorted(curve)
    assert 32.0 < curve[0] < curve[100] < 58.4
    assert volts(50, -1000) < volts(50, 0) == open_volts(50) < volts(50, 1000)
    assert volts(100, 5000) > 58.4
    assert volts(0, -1300) < 32.0


def test_a_converter_warms_towards_its_losses() -> None:
    assert 26.59 < warmer(26.59, 71.0, 60) < warmer(26.59, 71.0, 600) < 45


def test_a_real_battery_follows_charge_and_power() -> None:
    """vb, ib, tmp and the EMU's own figures; without the fault they stand still (recorded)."""
    cluster = held_by_hand()
    assert (meter(cluster, "E003")["vb"], meter(cluster, "E003")["tmp"]) == (48, 26.59)
    fault(cluster, "battery-real")
    at_rest = meter(cluster, "E003")
    order(cluster, "E003", CHARGE, 350, 2)
    loaded = meter(cluster, "E003")
    assert loaded["vb"] > at_rest["vb"] > 48
    assert loaded["ib"] == pytest.approx(loaded["wb"] / loaded["vb"], abs=0.01)
    cluster.advance(60)
    later = meter(cluster, "E003")
    assert later["tmp"] > at_rest["tmp"]
    assert later["vb"] != loaded["vb"]
    emu = shown(cluster, "E003")["emu"]
    assert emu["battery_voltage"] == pytest.approx(later["vb"], abs=0.5)
    mend(cluster)
    assert (meter(cluster, "E003")["vb"], meter(cluster, "E003")["tmp"]) == (48, 26.59)


@pytest.mark.parametrize("rsoc", [0, 7.5, 100])
def test_a_batterys_charge_can_be_set(rsoc: float) -> None:
    """Once; from there the house goes on."""
    cluster = held_by_hand()
    fault(cluster, "battery-charge", unit="E003", rsoc=rsoc)
    assert device(cluster, "/get/emu/E003")["rsoc"] == pytest.approx(rsoc, abs=0.1)
    assert shown(cluster, "E003")["battery"]["rsoc"] == pytest.approx(rsoc, abs=2)


@pytest.mark.parametrize(
    ("value", "wire"), [("null", None), ("0", 0), ("1", 1), ("2", 2), ("3", 3), ("0x00", "0x00"), ("0x03", "0x03")]
)
def test_the_permission_can_be_told(value: str, wire: int | str | None) -> None:
    """I4: as the number that apis-main takes, or in words."""
    cluster = held_by_hand()
    fault(cluster, "battery-permission", unit="E002", value=value)
    assert shown(cluster, "E002")["battery"]["battery_operation_status"] == wire
    assert shown(cluster, "E003")["battery"]["battery_operation_status"] is None
    mend(cluster)
    assert shown(cluster, "E002")["battery"]["battery_operation_status"] is None


@pytest.mark.parametrize("celsius", [-5.0, 80.0])
def test_a_temperature_can_be_told(celsius: float) -> None:
    """I3; it is the only one on the wire."""
    cluster = held_by_hand()
    fault(cluster, "temperature", unit="E003", celsius=celsius)
    assert shown(cluster, "E003")["dcdc"]["meter"]["tmp"] == celsius
    mend(cluster)
    assert meter(cluster, "E003")["tmp"] == 26.59


def test_a_battery_voltage_can_be_told_and_the_current_follows() -> None:
    """I2: 629 W at 30 V are more than 20 A."""
    cluster = held_by_hand()
    order(cluster, "E003", CHARGE, 350, 2)
    fault(cluster, "battery-voltage", unit="E003", volts=30)
    dcdc = shown(cluster, "E003")["dcdc"]["meter"]
    assert (dcdc["vb"], dcdc["ib"]) == (30.0, 20.97)
    assert log_of(cluster)["E003"]["emu"]["battery_voltage"] == 30.0


def test_a_full_battery_trips_its_converter() -> None:
    """As protection; without the fault it goes on taking (and the sun finds no room)."""
    cluster = held_by_hand()
    order(cluster, "E003", CHARGE, 350, 2)
    fault(cluster, "battery-charge", unit="E003", rsoc=100)
    assert seen(cluster, "E003") == (CHARGE, 350.0, 2.0)
    fault(cluster, "battery-protects")
    assert seen(cluster, "E003") == (WAIT, 350.0, 0)
    assert alarmed(cluster) == ["E003"]


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("battery-voltage", {"volts": 59}),
        ("battery-voltage", {"volts": 31}),
        ("temperature", {"celsius": 46}),
        ("temperature", {"celsius": -1}),
    ],
)
def test_a_battery_beyond_its_limits_trips_its_converter(name: str, args: dict[str, int]) -> None:
    """Who waits does not trip; the others go on."""
    cluster = held_by_hand()
    order(cluster, "E003", CHARGE, 350, 1)
    fault(cluster, "battery-protects", how="trip")
    for unit in ("E003", "E004"):
        fault(cluster, name, unit=unit, **args)
    cluster.advance(1)
    assert alarmed(cluster) == ["E003"]


def test_a_full_battery_may_withdraw_its_permission_and_take_nothing() -> None:
    """Word and bus stand; the flag says discharge only. The reference carries nothing then."""
    cluster = held_by_hand()
    order(cluster, "E003", CHARGE, 350, 2)
    fault(cluster, "battery-protects", unit="E003", how="permission")
    assert shown(cluster, "E003")["battery"]["battery_operation_status"] == 3
    fault(cluster, "battery-charge", unit="E003", rsoc=100)
    fault(cluster, "battery-voltage", unit="E003", volts=58.4)
    assert seen(cluster, "E003") == (CHARGE, 350.0, 0.0)
    assert seen(cluster, "E001") == (CV, 350.0, 0)
    assert log_of(cluster)["E003"]["battery"]["battery_operation_status"] == 2
    assert alarmed(cluster) == []


def test_a_reference_whose_battery_may_not_give_trips() -> None:
    """It cannot hold the bus without; who follows stands on a dead bus."""
    cluster = held_by_hand()
    order(cluster, "E003", CHARGE, 350, 1)
    fault(cluster, "battery-protects", unit="E001", how="permission")
    fault(cluster, "battery-voltage", unit="E001", volts=32)
    cluster.advance(1)
    assert alarmed(cluster) == ["E001"]
    assert seen(cluster, "E003") == (CHARGE, 0, 0)


def test_an_unprotected_battery_goes_on_at_zero() -> None:
    """S6: giver at RSOC 0 %, for ever; by default its converter trips at 1 %."""
    cluster = held_by_hand()
    order(cluster, "E003", CHARGE, 350, 1)
    fault(cluster, "battery-protects", how="nothing")
    fault(cluster, "battery-charge", unit="E001", rsoc=0)
    cluster.advance(60)
    assert seen(cluster, "E001") == (CV, 350.0, -1.0)
    mend(cluster, "battery-protects")
    fault(cluster, "battery-charge", unit="E001", rsoc=0)
    cluster.advance(1)
    assert alarmed(cluster) == ["E001"]


def test_permission_is_withdrawn_at_each_end_and_altogether_when_too_hot() -> None:
    """Numbers as apis-main's documents have them: 1 charge only, 2 discharge only."""
    assert [permits(*state) for state in ((50, 52, 25), (100, 57, 25), (0, 33, 25), (50, 52, 46), (50, 52, -1))] == [
        3, 2, 1, 0, 0
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("battery-permission", {"value": 0}),
        ("battery-permission", {"value": 2}),
        ("temperature", {"celsius": 50}),
        ("battery-voltage", {"volts": 59}),
    ],
)
def test_a_unit_unfit_for_sharing_ends_its_deals_and_makes_none(name: str, args: dict[str, int]) -> None:
    """K17: a local error; the others go on, and the unit takes part again afterwards."""
    cluster = SimulatedCluster(4)
    until(cluster, lambda: sharing(cluster))
    unit = next(deal.charger for deal in cluster.apis.market.deals)
    fault(cluster, name, unit=unit, **args)
    cluster.advance(15)
    assert budo(cluster, "/getStatus") == {"active": True}
    for _ in range(30):
        cluster.advance(1)
        assert all(unit not in deal.values() for deal in budo(cluster, "/deals"))
    mend(cluster)
    until(cluster, lambda: any(unit in deal.values() for deal in budo(cluster, "/deals")))
