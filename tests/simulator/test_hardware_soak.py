"""Random orders under random faults of the hardware: currents obey Kirchhoff on every piece of bus, and it mends."""

import random

import pytest

from main_controller.domain.modes import ConverterStatus, Mode
from main_controller.simulator import SimulatedCluster
from main_controller.simulator.bus import Bus
from tests.simulator.hands import fault, mend, order
from tests.simulator.traces import budo, log_of, sharing, until

FAULTS: list[tuple[str, dict[str, str]]] = [
    ("meter-factor", {"factor": "-0.5"}),
    ("alarm", {}),
    ("trips", {"cause": "over-voltage"}),
    ("current-limit", {"amps": "1.5"}),
    ("under-voltage-trips", {}),
    ("current-reverses", {}),
    ("set-point-changes", {"dvg": "330", "dig": "1"}),
    ("driver-lies", {"kind": "echo"}),
    ("driver-lies", {"kind": "stale"}),
    ("battery-real", {}),
    ("battery-protects", {"how": "trip"}),
    ("battery-protects", {"how": "permission"}),
    ("battery-permission", {"value": "1"}),
    ("battery-charge", {"rsoc": "100"}),
    ("battery-charge", {"rsoc": "0"}),
    ("battery-voltage", {"volts": "31"}),
    ("temperature", {"celsius": "60"}),
    ("bus-section-opens", {"units": "E002,E003"}),
    ("bus-section-opens", {"units": "E001,E005", "volts": "345"}),
    ("bus-voltage", {"volts": "390"}),
    ("bus-voltage", {"volts": "430"}),
    ("bus-leaks", {"amps": "-0.7"}),
    ("real-ramps", {"rise": "20"}),
    ("second-reference", {"trips": "none"}),
    ("second-reference", {"trips": "first"}),
    ("no-trips", {}),
]
OF_THE_BUS = ("bus-section-opens", "bus-voltage", "bus-leaks", "real-ramps", "second-reference", "no-trips")


def disturb(cluster: SimulatedCluster, rng: random.Random) -> None:
    unit = f"E{rng.randint(1, 5):03d}"
    choice = rng.randint(0, 9)
    if choice < 5:
        status, dvg = rng.choice(list(ConverterStatus)).value, rng.choice((340, 350, 380, 420))
        order(cluster, unit, status, dvg, rng.choice((0, 1, 2, 6)))
    elif choice < 8:
        name, args = rng.choice(FAULTS)
        fault(cluster, name, **(args if name in OF_THE_BUS else {**args, "unit": unit}))
    elif choice == 8:
        mend(cluster)
    else:
        budo(cluster, "/setOperationMode", value=rng.choice([mode.value for mode in Mode]))


def lawful(cluster: SimulatedCluster, bus: Bus) -> None:
    """Kirchhoff, with what is unlisted; nothing flows on a dead bus; everybody at work stands on one bus."""
    plant = cluster.plant
    mine = [unit for unit in plant.units.values() if plant.bus_of(unit) is bus]
    flowing = sum(unit.ig for unit in mine)
    if not bus.live and not bus.references:
        assert all(unit.ig == 0 for unit in mine)
    elif bus.held is None:
        assert flowing == pytest.approx(-bus.leak_a if bus.live else 0.0, abs=1e-9)
    assert bus.voltage >= 0
    assert set(bus.references) == {unit for unit in mine if unit.status is ConverterStatus.VOLTAGE_REFERENCE}
    assert {unit.id for unit in mine if unit.status is not ConverterStatus.WAIT} <= set(bus.working)


@pytest.mark.parametrize("seed", range(4))
def test_hardware_stays_lawful_under_random_orders_and_faults(seed: int) -> None:
    """Fifteen minutes each; then everything is cleared, and the cluster shares again."""
    rng = random.Random(seed)
    cluster = SimulatedCluster(5, seed=seed)
    for second in range(900):
        cluster.advance(1.0)
        if second % 7 == 0:
            disturb(cluster, rng)
        for bus in cluster.plant.buses:
            lawful(cluster, bus)
        assert all(0.0 <= unit.rsoc <= 100.0 for unit in cluster.plant.units.values())
    mend(cluster)
    budo(cluster, "/manual")
    cluster.advance(30)
    for unit in cluster.plant.units.values():
        order(cluster, unit.id, ConverterStatus.WAIT.value)
        fault(cluster, "battery-charge", unit=unit.id, rsoc=85 if unit.number < 3 else 30)
    cluster.advance(60)
    assert set(log_of(cluster)) == set(cluster.plant.units)
    budo(cluster, "/active")
    until(cluster, lambda: sharing(cluster), 300)
    assert budo(cluster, "/getStatus") == {"active": True}
