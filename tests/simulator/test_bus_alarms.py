"""Each fault of the simulated hardware that a battery, a current or the bus shows is an alarm of the bus (I1-I14)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest

from main_controller.domain.snapshot import GridWatch
from main_controller.rules.interlock_terms import Limits
from main_controller.simulator import SimulatedCluster
from main_controller.store.unit_cache import UnitCache
from tests.simulator.hands import CHARGE, DISCHARGE, WAIT, fault, held_by_hand, mend, order
from tests.simulator.traces import Moment, look
from tests.watching.watched import Watching

START = datetime(2026, 1, 1, tzinfo=UTC)


class Console:
    """What a console polls of a cluster once a second, and what it tells."""

    def __init__(self, cluster: SimulatedCluster, limits: Limits | None = None) -> None:
        self.cluster = cluster
        self.cache = UnitCache()
        self.flowing = 0  # seconds in which some unit showed a current
        self.watching = Watching(self.cache, self.clock, self.wall, limits)

    def clock(self) -> float:
        return self.cluster.agenda.now

    def wall(self) -> datetime:
        return START + timedelta(seconds=self.clock())

    def run(self, seconds: int) -> list[str]:
        """Let seconds pass; which kinds stand then."""
        for _ in range(seconds):
            self.cluster.advance(1.0)
            seen = look(self.cluster)
            self.cache.take_log(seen.log, self.clock(), self.wall())
            self.cache.take_grid(partial(self._grid, seen))
            self.flowing += any(unit["dcdc"]["meter"]["ig"] for unit in seen.log.values())
            self.watching.look()
        return self.watching.kinds

    def _grid(self, seen: Moment, grid: GridWatch) -> GridWatch:
        ids, deals = seen.unit_ids, seen.deals
        return replace(
            grid,
            unit_ids=None if ids is None else tuple(ids),
            deals=None if deals is None else tuple(deals),
            deals_at=self.clock(),
            status_active=True,
            status_at=self.clock(),
        )


def by_hand(status: str = CHARGE, dvg: float = 350, amps: float = 2.0, **limits: Any) -> Console:
    """E001 holds the bus and E003 takes current from it, or gives; for long enough that nothing is told."""
    cluster = held_by_hand()
    order(cluster, "E003", status, dvg, amps)
    console = Console(cluster, Limits(**limits))
    assert console.run(40) == []
    return console


@pytest.mark.parametrize(
    ("kind", "name", "args"),
    [
        ("belowReserve", "battery-charge", {"unit": "E001", "rsoc": 15}),
        ("aboveFull", "battery-charge", {"unit": "E003", "rsoc": 99}),
        ("batteryVoltage", "battery-voltage", {"unit": "E003", "volts": 31.5}),
        ("batteryCurrent", "meter-factor", {"unit": "E001", "of": "ib", "factor": 1.5}),
        ("temperature", "temperature", {"unit": "E003", "celsius": 60}),
        ("temperature", "temperature", {"unit": "E003", "celsius": -5}),
        ("notPermitted", "battery-permission", {"unit": "E003", "value": 2}),
        ("notPermitted", "battery-permission", {"unit": "E001", "value": 1}),
        ("unitCurrent", "meter-factor", {"unit": "E003", "of": "ig", "factor": 1.15}),
        ("reversePower", "current-reverses", {"unit": "E003"}),
        ("busApart", "bus-section-opens", {"units": "E002", "volts": 330}),
        ("busHigh", "bus-voltage", {"volts": 390}),
        ("busLow", "bus-voltage", {"volts": 290}),
        ("referenceOff", "bus-voltage", {"volts": 340}),
        ("currentsOff", "bus-leaks", {"amps": 1}),
        ("currentsOff", "meter-factor", {"unit": "E003", "of": "ig", "factor": 0.5}),
        ("efficiency", "meter-factor", {"unit": "E003", "of": "wb", "factor": 0.5}),
        ("efficiency", "meter-factor", {"unit": "E003", "of": "wb", "factor": -1}),
    ],
)
def test_a_fault_of_the_hardware_is_told_and_over_when_it_is_mended(kind: str, name: str, args: dict[str, Any]) -> None:
    console = by_hand()
    fault(console.cluster, name, **args)
    assert kind in console.run(110)
    if kind in ("belowReserve", "aboveFull"):
        order(console.cluster, "E003", WAIT)
    else:
        mend(console.cluster)
    assert console.run(25) == []
    assert [row[1] for row in console.watching.alarms].count(kind) == 2


def test_a_full_reference_that_another_charges_is_told() -> None:
    console = by_hand(DISCHARGE, 370)
    fault(console.cluster, "battery-charge", unit="E001", rsoc=97)
    assert console.run(80) == ["referenceCharged"]
    order(console.cluster, "E003", WAIT)
    assert console.run(25) == []


def test_many_currents_near_the_bus_limit_are_told() -> None:
    console = by_hand(amps=1.0, bus_current=4.0)
    order(console.cluster, "E003", CHARGE, 350, 2)
    assert console.run(40) == ["busCurrent"]


@pytest.mark.parametrize("ramps", [False, True])
def test_a_quarter_of_an_hour_of_deals_tells_nothing(ramps: bool) -> None:
    """Also with ramps of two minutes, as they are in real time (K15)."""
    cluster = SimulatedCluster(6, seed=3)
    if ramps:
        fault(cluster, "real-ramps", rise=120, fall=20, current=0.2)
    console = Console(cluster)
    console.run(900)
    assert console.flowing > 300
    assert console.watching.alarms == []
