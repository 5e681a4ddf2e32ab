"""Hours of random orders and faults: the simulated world stays lawful, and shares again when it is left alone."""

import random

import pytest

from main_controller.domain.modes import ConverterStatus, Mode
from main_controller.simulator import SimulatedCluster
from tests.simulator.traces import budo, device, grid_masters, log_of, look, sharing, until

FAULTS = ["node-dies", "grid-master-dies", "devices-hang", "grid-error", "alarm", "meter-sticks"]


def disturb(cluster: SimulatedCluster, rng: random.Random) -> None:
    """One order or fault, of those that a person may give at any time."""
    unit = f"E{rng.randint(1, 5):03d}"
    hangs = cluster.agenda.now < cluster.apis.master.bus_hangs_until
    dead = not cluster.apis.nodes[unit].alive
    choice = rng.randint(0, 5)
    if choice == 0 and not hangs:
        budo(cluster, "/setOperationMode", value=rng.choice([*[mode.value for mode in Mode], "autonomous"]))
    elif choice == 1 and not dead:
        budo(cluster, "/setOperationMode", unitId=unit, value=rng.choice(["", "stop", "heteronomous"]))
    elif choice == 2 and not cluster.plant.hung:
        device(
            cluster, f"/set/dcdc/{unit}", mode=rng.choice(list(ConverterStatus)).value, dvg="350", dig=rng.choice("012")
        )
    elif choice == 3 and cluster.apis.grid_master is not None:
        cluster.fault(rng.choice(FAULTS))
    elif choice == 4:
        cluster.clear("all")
    elif choice == 5 and not dead and rng.random() < 0.2:
        budo(cluster, "/shutdown", unitId=unit)


def lawful(cluster: SimulatedCluster) -> None:
    moment = look(cluster)
    plant = cluster.plant
    assert sum(unit.ig for unit in plant.units.values()) == pytest.approx(0.0, abs=1e-9)
    assert 0.0 <= plant.voltage <= 350.0
    assert all(0.0 <= unit.rsoc <= 100.0 for unit in plant.units.values())
    assert all((unit.status is ConverterStatus.WAIT) <= (unit.ig == 0.0) for unit in plant.units.values())
    assert len(grid_masters(moment.log)) <= 1
    for deal in cluster.apis.market.deals:
        assert deal.charger != deal.discharger
    for uid in plant.units:
        assert len(cluster.apis.market.of(uid)) <= 2


@pytest.mark.parametrize("seed", range(4))
def test_the_world_stays_lawful_under_random_orders_and_faults(seed: int) -> None:
    """25 minutes of the programs' time each, which are four hours of the units'; then it recovers."""
    rng = random.Random(seed)
    cluster = SimulatedCluster(5, seed=seed)
    for second in range(1500):
        cluster.advance(1.0)
        if second % 17 == 0:
            disturb(cluster, rng)
        lawful(cluster)
    cluster.clear("all")
    cluster.fault("node-returns")
    cluster.advance(150)
    budo(cluster, "/manual")
    for uid in cluster.plant.units:
        budo(cluster, "/setOperationMode", unitId=uid, value="")
        device(cluster, f"/set/dcdc/{uid}", mode="0x0000", dvg="0", dig="0")
    cluster.advance(60)
    assert set(log_of(cluster)) == set(cluster.plant.units)
    for unit in cluster.plant.units.values():
        unit.charge_wh = 4000.0 if unit.number < 3 else 1500.0
    budo(cluster, "/active")
    until(cluster, lambda: sharing(cluster), 200)
    assert budo(cluster, "/getStatus") == {"active": True}
