"""Minutes hold what a plain integration of the readings finds, and nothing across a gap (V8, N17)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from main_controller.assessment.figures import Figures
from main_controller.assessment.grid_state import GridState, UnitAssessment
from main_controller.domain.freshness import UnitState
from main_controller.domain.modes import ConverterStatus, Mode
from main_controller.history.minutes import Minutes
from main_controller.history.slot import CLUSTER, Slot
from tests.assessment.units import assessed, grid_of

NOON = datetime(2026, 5, 13, 12, 0, tzinfo=UTC)
STALE_AFTER = 30.0


class Watch:
    """A cluster that is looked at once a second; `ahead` is by how much (s) the wall's clock was set."""

    def __init__(self) -> None:
        self.minutes = Minutes(stale_after=STALE_AFTER)
        self.now = 5_000.0
        self.ahead = 0.0
        self.slots: list[Slot] = []
        self._units: dict[str, UnitAssessment] = {}

    def look(self, units: Sequence[UnitAssessment] = (), *, after: float = 1.0) -> None:
        """Goes on by so many seconds; these units have news now, the others none."""
        self.now += after
        for unit in units:
            self._units[unit.id] = replace_unit(unit, moved_at=self.now)
        self.minutes.note(self.grid())
        self.slots += self.minutes.finished(self.wall.timestamp())

    @property
    def wall(self) -> datetime:
        return NOON + timedelta(seconds=self.now - 5_000.0 + self.ahead)

    def grid(self) -> GridState:
        return replace(grid_of(*self._units.values()), now=self.now, wall=self.wall)

    def fall(self, unit_id: str, state: UnitState = UnitState.STALE) -> None:
        """The unit's state changes without news."""
        self._units[unit_id] = replace_unit(self._units[unit_id], state=state)

    def all(self, unit_id: str) -> list[Slot]:
        """What was made of a unit, with what is not whole yet."""
        self.slots += self.minutes.rest()
        return [slot for slot in self.slots if slot.unit_id == unit_id]


def replace_unit(unit: UnitAssessment, **changes: Any) -> UnitAssessment:
    return msgspec.structs.replace(unit, **changes)


def unit(unit_id: str = "E001", status: ConverterStatus = ConverterStatus.WAIT, **figures: Any) -> UnitAssessment:
    mode = figures.pop("mode", Mode.AUTONOMOUS)
    return assessed(unit_id, status, mode=mode, figures=Figures(**figures))


def test_a_minute_tells_means_energies_voltage_charge_and_seconds() -> None:
    watch = Watch()
    for second in range(0, 125, 5):
        watch.look([unit(wg=-700.0, vg=350.0 + second % 10, pv=900.0, load=300.0, rsoc=50.0 - second / 10)], after=5.0)
    first = watch.all("E001")[1]
    assert (first.start, first.length) == (int(NOON.timestamp()) + 60, 60)
    assert first.coverage == pytest.approx(1.0)
    assert first.powers.grid == pytest.approx(-700.0)
    assert first.powers.pv == pytest.approx(900.0)
    assert first.powers.load == pytest.approx(300.0)
    assert first.energies.grid_out == pytest.approx(700.0 / 60)
    assert first.energies.grid_in == 0.0
    assert first.voltage is not None
    assert (first.voltage.lowest, first.voltage.highest) == (350.0, 355.0)
    assert first.charge == pytest.approx(50.0 - 11.5)
    assert list(first.statuses) == pytest.approx([60.0, 0.0, 0.0, 0.0, 0.0])
    assert list(first.modes) == pytest.approx([60.0, 0.0, 0.0, 0.0, 0.0])


def test_what_the_hardware_does_not_tell_is_none_and_never_zero() -> None:
    watch = Watch()
    for _ in range(12):
        watch.look([unit(wg=100.0)], after=5.0)
    slot = watch.all("E001")[0]
    assert (slot.powers.pv, slot.powers.load, slot.powers.battery, slot.voltage, slot.charge) == (None,) * 5
    assert (slot.energies.battery_in, slot.energies.battery_out) == (None, None)
    assert slot.energies.grid_in is not None


def test_energy_in_and_out_are_apart_also_where_the_power_changes_its_sign_between_two_readings() -> None:
    watch = Watch()
    for power in (600.0, -600.0, 600.0):
        watch.look([unit(wg=power, battery=-power)], after=10.0)
    energies = watch.all("E001")[0].energies
    assert energies.grid_in == pytest.approx(2 * (600 / 2 * 5) / 3600)
    assert energies.grid_out == pytest.approx(2 * (600 / 2 * 5) / 3600)
    assert energies.battery_in == pytest.approx(energies.grid_out)


@pytest.mark.parametrize("state", [UnitState.STALE, UnitState.SILENT])
def test_nothing_is_counted_across_a_gap(state: UnitState) -> None:
    watch = Watch()
    watch.look([unit(wg=1000.0)], after=1.0)
    watch.look([unit(wg=1000.0)], after=5.0)
    watch.fall("E001", state)
    watch.look(after=1.0)
    watch.look([unit(wg=1000.0)], after=4.0)
    watch.look([unit(wg=1000.0)], after=5.0)
    slots = watch.all("E001")
    assert sum(slot.covered for slot in slots) == pytest.approx(10.0)
    assert sum(slot.energies.grid_in or 0.0 for slot in slots) == pytest.approx(10_000 / 3600)


def test_news_after_the_limit_bridges_nothing_though_nobody_saw_it_stale() -> None:
    """The program itself may have stood still."""
    watch = Watch()
    watch.look([unit(wg=1000.0)])
    watch.look([unit(wg=1000.0)], after=STALE_AFTER + 1.0)
    watch.look([unit(wg=1000.0)], after=5.0)
    assert sum(slot.covered for slot in watch.all("E001")) == pytest.approx(5.0)


def test_a_minute_is_whole_once_no_live_unit_can_tell_anything_of_it() -> None:
    watch = Watch()
    for _ in range(17):
        watch.look([unit(wg=1.0)], after=5.0)
    assert watch.slots == []
    watch.look([unit(wg=1.0)], after=5.0)
    assert [slot.unit_id for slot in watch.slots] == ["E001", CLUSTER]


def test_the_cluster_is_a_sum_that_a_silent_unit_leaves_open() -> None:
    watch = Watch()
    watch.look([unit("E001"), unit("E002"), unit("E003")])
    watch.fall("E003", UnitState.SILENT)
    for _ in range(30):
        both = [unit("E001", wg=-500.0, pv=100.0, rsoc=40.0), unit("E002", wg=480.0, rsoc=60.0)]
        watch.look(both, after=5.0)
    total = next(slot for slot in watch.slots if slot.unit_id == CLUSTER)
    assert total.coverage == pytest.approx(2 / 3, abs=0.07)
    assert total.powers.pv == pytest.approx(100.0), "one tells it, the others do not"
    assert total.powers.grid == pytest.approx(-20.0)
    assert total.energies.grid_out == pytest.approx(500 * 55 / 3600, rel=0.1)
    assert total.charge == pytest.approx(50.0)


def test_a_clock_that_is_set_back_covers_a_minute_twice_and_loses_nothing() -> None:
    watch = Watch()
    for _ in range(40):
        watch.look([unit(wg=3600.0)], after=5.0)
    watch.ahead = -120.0
    for _ in range(40):
        watch.look([unit(wg=3600.0)], after=5.0)
    slots = watch.all("E001")
    assert sum(slot.covered for slot in slots) == pytest.approx(79 * 5.0)
    assert sum(slot.energies.grid_in or 0.0 for slot in slots) == pytest.approx(79 * 5.0)
    assert all(slot.coverage <= 1.0 for slot in slots)


def test_a_clock_that_is_put_on_makes_no_energy() -> None:
    watch = Watch()
    watch.look([unit(wg=3600.0)])
    watch.ahead = 3600.0
    watch.look([unit(wg=3600.0)], after=5.0)
    assert sum(slot.energies.grid_in or 0.0 for slot in watch.all("E001")) == pytest.approx(5.0)


@given(
    powers=st.lists(st.floats(-5000, 5000), min_size=2, max_size=60),
    gaps=st.lists(st.floats(0.5, 29.0), min_size=60, max_size=60),
)
def test_the_minutes_together_are_a_plain_integration(powers: list[float], gaps: list[float]) -> None:
    watch = Watch()
    net = whole = 0.0
    for index, power in enumerate(powers):
        watch.look([unit(wg=power)], after=gaps[index])
        if index:
            net += (power + powers[index - 1]) / 2 * gaps[index] / 3600
            whole += gaps[index]
    slots = watch.all("E001")
    told = sum((slot.energies.grid_in or 0.0) - (slot.energies.grid_out or 0.0) for slot in slots)
    assert told == pytest.approx(net, abs=1e-6)
    assert sum(slot.covered for slot in slots) == pytest.approx(whole)
    assert all((slot.energies.grid_in or 0.0) >= 0.0 and (slot.energies.grid_out or 0.0) >= 0.0 for slot in slots)
    assert all(slot.start % 60 == 0 and 0.0 <= slot.coverage <= 1.0 for slot in slots)
