"""Physics, as far as N13 and the page can show them: Kirchhoff, energy, ramp, trips."""

import random

import pytest

from main_controller.domain.modes import ConverterStatus
from main_controller.simulator.plant import Plant
from main_controller.simulator.unit import CAPACITY_WH, Unit

NOON = 12 * 3600.0
MIDNIGHT = 0.0


def plant(count: int = 4, speed: float = 10.0, start: float = NOON) -> Plant:
    return Plant(count, speed, start, random.Random(7))


def raised(dig: float = 2.3, start: float = NOON) -> Plant:
    """E001 holds the bus at 350 V."""
    one = plant(start=start)
    one.order_by_hand(one.units["E001"], ConverterStatus.VOLTAGE_REFERENCE, 350, dig)
    steps(one, 12)
    assert one.steady
    return one


def steps(one: Plant, count: int) -> None:
    for _ in range(count):
        one.step()


def bus_current(one: Plant) -> float:
    return sum(unit.ig for unit in one.units.values())


def test_currents_on_the_bus_sum_to_zero_whatever_is_ordered() -> None:
    """Kirchhoff holds after every one of 2,000 random orders and steps, trips included."""
    rng = random.Random(3)
    one = plant(8)
    trips = 0
    for _ in range(2000):
        unit = one.units[f"E{rng.randint(1, 8):03d}"]
        one.order_by_hand(
            unit, rng.choice(list(ConverterStatus)), rng.choice([0, 350, 380]), rng.choice([0, 0.5, 1, 2, 2.3])
        )
        steps(one, rng.randint(0, 15))
        assert bus_current(one) == pytest.approx(0.0, abs=1e-9)
        assert len(one.references) <= 1
        if not one.references:
            assert one.voltage == 0.0
            assert all(each.ig == 0 for each in one.units.values())
        trips += sum(each.alarmed for each in one.units.values())
    assert trips > 0


def test_the_reference_shows_the_sum_of_the_others_with_its_sign_turned() -> None:
    """K2: one gives 1 A, one takes 2 A, the reference gives 1 A."""
    one = raised()
    one.order_by_hand(one.units["E002"], ConverterStatus.DISCHARGE, 370, 1)
    one.order_by_hand(one.units["E003"], ConverterStatus.CHARGE, 350, 2)
    assert [one.units[f"E00{n}"].ig for n in (1, 2, 3, 4)] == [-1.0, -1.0, 2.0, 0.0]
    assert one.units["E002"].wg == -350.0
    assert one.units["E002"].wb == -405.0  # its losses on top


@pytest.mark.parametrize("start", [NOON, MIDNIGHT])
def test_energy_adds_up_over_a_day(start: float) -> None:
    """What a battery gained is what sun and converter brought, less what the house took and what found no room."""
    one = Plant(6, 60.0, start, random.Random(1))
    before = {unit.id: unit.charge_wh for unit in one.units.values()}
    one.order(one.units["E001"], ConverterStatus.VOLTAGE_REFERENCE, 350, 2.3)
    one.order(one.units["E003"], ConverterStatus.CHARGE, 350, 2)
    one.order(one.units["E002"], ConverterStatus.DISCHARGE, 380, 1)
    for _ in range(24 * 60):
        one.step()
        for unit in one.units.values():
            unit.integrate(one.seconds)
            assert 0.0 <= unit.charge_wh <= CAPACITY_WH
            assert 0.0 <= unit.rsoc <= 100.0
    for unit in one.units.values():
        balance = unit.sun_wh + unit.converter_wh - unit.house_wh - unit.clipped_wh
        assert unit.charge_wh - before[unit.id] == pytest.approx(balance, abs=1e-6)
        assert unit.sun_wh >= 0
        assert unit.house_wh > 0


def test_sharing_loses_energy_in_the_converters_and_never_makes_any() -> None:
    """Giver's battery gives more than the grid gets; taker's battery gets less than the grid gives."""
    one = raised()
    one.order(one.units["E003"], ConverterStatus.CHARGE, 350, 2)
    start = {uid: one.units[uid].converter_wh for uid in ("E001", "E003")}
    steps(one, 36)  # 6 minutes of the units' clock
    for unit in one.units.values():
        unit.integrate(one.seconds)
    given = start["E001"] - one.units["E001"].converter_wh
    taken = one.units["E003"].converter_wh - start["E003"]
    grid_wh = 700.0 * 0.1
    assert given == pytest.approx(grid_wh + 55 * 0.1)
    assert taken == pytest.approx(grid_wh - 71 * 0.1)


def test_integration_does_not_depend_on_how_often_one_looks() -> None:
    """A unit asked every second and one asked once an hour agree within the error of the sun's curve."""
    often, rarely = (Unit(1, random.Random(1), NOON) for _ in range(2))
    for second in range(3600):
        often.integrate(NOON + second + 1)
    rarely.integrate(NOON + 3600)
    assert often.charge_wh == pytest.approx(rarely.charge_wh, abs=5.0)


def test_there_is_sun_at_noon_and_none_at_night() -> None:
    """By the units' own time of day."""
    assert all(unit.sun_w > 0 for unit in plant(start=NOON).units.values())
    assert all(unit.sun_w == 0 for unit in plant(start=MIDNIGHT).units.values())


def test_the_ups_passes_mains_through_while_the_battery_is_low() -> None:
    """Recorded: mode 5 below 30 %, and the house then takes next to nothing from the battery."""
    unit = Unit(3, random.Random(1), MIDNIGHT)
    unit.charge_wh = 0.31 * CAPACITY_WH
    unit.integrate(MIDNIGHT + 3600)
    assert unit.ups_mode == 5
    assert unit.rsoc < 30
    assert -25 < unit.battery_w < -20  # recorded: 22 W


@pytest.mark.parametrize(("speed", "seconds"), [(1.0, 119), (10.0, 11), (60.0, 1), (1000.0, 0)])
def test_the_ramp_takes_two_minutes_of_the_units_clock(speed: float, seconds: int) -> None:
    """K15; the first step is made with the order."""
    one = plant(speed=speed)
    one.order_by_hand(one.units["E001"], ConverterStatus.VOLTAGE_REFERENCE, 350, 2)
    steps(one, seconds - 1)
    assert one.steady is (seconds == 0)
    steps(one, 1)
    assert one.steady


@pytest.mark.parametrize("status", [ConverterStatus.CHARGE, ConverterStatus.DISCHARGE])
def test_a_current_order_on_a_dead_bus_trips(status: ConverterStatus) -> None:
    """N13, caution 1."""
    one = plant()
    one.order_by_hand(one.units["E002"], status, 350, 1)
    assert one.units["E002"].status is ConverterStatus.WAIT
    assert one.units["E002"].heavy_alarm


def test_a_current_order_on_a_rising_bus_trips() -> None:
    """N13, caution 3."""
    one = plant()
    one.order_by_hand(one.units["E001"], ConverterStatus.VOLTAGE_REFERENCE, 350, 2)
    steps(one, 6)
    one.order_by_hand(one.units["E002"], ConverterStatus.CHARGE, 350, 1)
    assert one.units["E002"].heavy_alarm
    assert not one.units["E001"].heavy_alarm


def test_a_current_beyond_the_references_limit_trips_the_reference() -> None:
    """N13, caution 2: and the bus is dead then."""
    one = raised(dig=1.0)
    one.order_by_hand(one.units["E002"], ConverterStatus.CHARGE, 350, 1)
    assert one.live
    one.order_by_hand(one.units["E002"], ConverterStatus.CHARGE, 350, 2)
    assert one.units["E001"].heavy_alarm
    assert one.voltage == 0.0
    assert one.units["E002"].ig == 0.0


def test_ending_with_the_reference_leaves_the_others_in_their_word_without_current() -> None:
    """N13, caution 4; a unit keeps its word at 0 A (recorded, K6) and flows again when the bus comes back."""
    one = raised()
    one.order_by_hand(one.units["E002"], ConverterStatus.CHARGE, 350, 1)
    one.order_by_hand(one.units["E001"], ConverterStatus.WAIT, 0, 0)
    assert (one.units["E002"].status, one.units["E002"].ig, one.voltage) == (ConverterStatus.CHARGE, 0.0, 0.0)
    one.order_by_hand(one.units["E001"], ConverterStatus.VOLTAGE_REFERENCE, 350, 2)
    steps(one, 12)
    assert one.units["E002"].ig == 1.0


def test_a_second_reference_trips_and_the_first_holds_the_bus() -> None:
    """Assumed."""
    one = raised()
    one.order_by_hand(one.units["E002"], ConverterStatus.VOLTAGE_REFERENCE, 350, 2)
    assert one.units["E002"].heavy_alarm
    assert one.references == [one.units["E001"]]
    assert one.voltage == 350.0


def test_wait_ends_an_alarm_and_never_trips_anybody() -> None:
    """A trip lasts until the next Wait order."""
    one = plant()
    one.order_by_hand(one.units["E002"], ConverterStatus.CHARGE, 350, 1)
    one.order_by_hand(one.units["E002"], ConverterStatus.WAIT, 0, 0)
    assert not one.units["E002"].heavy_alarm
    one = raised(dig=1.0)
    one.order(one.units["E002"], ConverterStatus.CHARGE, 350, 2)
    one.order(one.units["E003"], ConverterStatus.DISCHARGE, 380, 2)
    one.order_by_hand(one.units["E003"], ConverterStatus.WAIT, 0, 0)  # leaves the reference at -2 A of 1.0, as recorded
    assert one.units["E001"].ig == -2.0
    assert not any(unit.heavy_alarm for unit in one.units.values())


def test_an_empty_battery_trips_its_converter() -> None:
    """It cannot give what it has not."""
    one = raised(start=MIDNIGHT)
    one.order(one.units["E003"], ConverterStatus.CHARGE, 350, 2)
    one.units["E001"].charge_wh = 0.011 * CAPACITY_WH
    steps(one, 60)
    assert one.units["E001"].heavy_alarm
    assert one.units["E001"].charge_wh >= 0


def test_nothing_moves_while_the_devices_hang() -> None:
    """K5: their clock stands still too."""
    one = raised()
    before = (one.time, one.voltage, one.units["E001"].charge_wh)
    one.silence(0.0)
    steps(one, 30)
    assert (one.time, one.voltage, one.units["E001"].charge_wh) == before


@pytest.mark.parametrize("count", [0, -1, 1001])
def test_a_cluster_has_1_to_1000_units(count: int) -> None:
    with pytest.raises(ValueError, match="1 to 1000"):
        plant(count)


@pytest.mark.parametrize("speed", [0.0, -1.0, float("nan")])
def test_speed_is_more_than_nothing(speed: float) -> None:
    with pytest.raises(ValueError, match="speed"):
        plant(speed=speed)
