"""A charge against its battery's own current, and a voltmeter that stands while the bus moves, are findings (S9)."""

from collections.abc import Callable, Iterable
from dataclasses import replace

import pytest

from main_controller.assessment.grid_state import UnitAssessment
from main_controller.domain.freshness import UnitState
from main_controller.domain.units import Unit
from main_controller.rules.bus_condition import Condition, Look
from main_controller.rules.interlock_terms import Limits
from main_controller.rules.trend_watch import trend_conditions
from main_controller.rules.trends import Trends
from tests.assessment.units import NOW, assessed, grid_of

LONGEST = 30.0

Told = Callable[[float], tuple[float | None, float | None, float | None]]
"""What a unit tells at such a second: the power (W) of its battery, its charge (%), the voltage (V) of the bus."""


def unit(unit_id: str, moved_at: float, power: float | None, rsoc: float | None, vg: float | None) -> UnitAssessment:
    data = {"emu": {"charge_discharge_power": power}, "battery": {"rsoc": rsoc}, "dcdc": {"meter": {"vg": vg}}}
    return assessed(unit_id, reported=Unit(unit_id, data), vg=vg, age=NOW - moved_at, state=UnitState.LIVE)


def after(seconds: Iterable[float], **units: Told) -> list[Condition]:
    """What is found once the units were looked at in each of these seconds, read anew every 5 s."""
    trends = Trends()
    found: list[Condition] = []
    for now in seconds:
        at = now - now % 5
        grid = replace(grid_of(*(unit(unit_id, at, *told(at)) for unit_id, told in units.items())), now=now)
        trends = trends.followed(grid, LONGEST)
        found = list(trend_conditions(Look(grid, Limits(), trends=trends)))
    return found


def steady(power: float | None, begin: float, per_minute: float) -> Told:
    return lambda at: (power, begin + per_minute * at / 60, 350.0)


@pytest.mark.parametrize(
    ("power", "per_minute", "told"),
    [
        (500.0, 0.1, None),
        (500.0, -0.1, "E001's battery has been charged for 10 min, and its charge fell from 50 to 49 %"),
        (-500.0, -0.1, None),
        (-500.0, 0.1, "E001's battery has been discharged for 10 min, and its charge rose from 50 to 51 %"),
        (500.0, -0.04, None),
        (40.0, -1.0, None),
        (None, -1.0, None),
    ],
)
def test_ten_minutes_against_its_own_current(power: float | None, per_minute: float, told: str | None) -> None:
    found = after(range(0, 601), E001=steady(power, 50.0, per_minute))
    assert [str(one.text) for one in found] == ([] if told is None else [told])


def test_less_than_ten_minutes_or_a_gap_tell_nothing() -> None:
    assert after(range(0, 599), E001=steady(500.0, 50.0, -0.1)) == []
    gap = [*range(0, 300), *range(340, 900)]
    assert after(gap, E001=steady(500.0, 50.0, -0.1)) == []


def test_a_change_of_direction_begins_anew() -> None:
    found = after(range(0, 900), E001=lambda at: (500.0 if at < 400 else -500.0, 50.0 + at / 100, 350.0))
    assert found == []


def moving(at: float) -> tuple[float, float, float]:
    """A bus that is raised from 100 to 350 V within 60 s from second 60 on."""
    return (0.0, 50.0, min(350.0, max(100.0, 100.0 + (at - 60) * 250 / 60)))


def test_a_voltmeter_that_stands_while_the_bus_moves() -> None:
    found = after(range(0, 200), E001=lambda _: (0.0, 50.0, 100.0), E002=moving, E003=moving)
    (one,) = found
    assert (one.kind, one.unit_id) == ("meterStands", "E001")
    assert str(one.text).startswith("E001 has measured exactly 100 V for 195 s, while the bus went from 100 to 350 V")


def test_meters_that_stand_with_the_bus_are_right() -> None:
    assert after(range(0, 400), E001=moving, E002=moving, E003=moving) == []


def test_a_meter_that_follows_some_seconds_later_is_right() -> None:
    """K4: it was read just before the bus jumped, and 10 s later."""

    def jumps(late: float) -> Told:
        return lambda at: (0.0, 50.0, 350.0 if at >= 60 + late else 0.0)

    assert all(
        after(range(0, until), E001=jumps(10), E002=jumps(0), E003=jumps(0)) == [] for until in range(60, 200, 3)
    )
