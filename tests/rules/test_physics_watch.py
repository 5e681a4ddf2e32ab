"""What readings say together that physics forbids is a finding, beyond their skew and what meters err (S9, Z6b)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from main_controller.assessment.flows import Flow
from main_controller.assessment.grid_state import UnitAssessment
from main_controller.rules.bus_condition import Condition, Key, Look
from main_controller.rules.deal_account import DealAccount, opened
from main_controller.rules.interlock_terms import Limits
from main_controller.rules.physics_watch import physics_conditions
from tests.assessment.units import NOW, assessed, grid_of, reading
from tests.rules.working import CHARGE, CV, DISCHARGE, WAIT, working

WALL = datetime(2026, 5, 13, 3, 0, tzinfo=UTC)


def findings(*units: UnitAssessment, told: tuple[Key, ...] = (), **more: Any) -> list[Condition]:
    return list(physics_conditions(Look(grid_of(*units), Limits(), told, **more)))


def only(*units: UnitAssessment, **more: Any) -> Condition:
    (one,) = findings(*units, **more)
    return one


def test_what_is_given_and_taken_adds_up() -> None:
    assert findings(working("E001", CV, -2.0), working("E002", CHARGE, 2.0), working("E003", WAIT, 0.0)) == []


def test_currents_that_do_not_add_up_are_told_with_both_sums() -> None:
    one = only(working("E001", CV, -2.0), working("E002", CHARGE, 1.0))
    assert one.kind == "currentsOff"
    assert one.text == "The currents do not add up: units give 2 A to the bus and take 1 A from it"
    assert one.numbers == {"gives": 2.0, "takes": 1.0, "allowed": 0.3}
    assert not one.grave


@pytest.mark.parametrize(("taken", "told"), [(1.7, False), (1.69, True), (2.3, False), (2.31, True)])
def test_what_meters_err_is_allowed(taken: float, told: bool) -> None:
    assert bool(findings(working("E001", CV, -2.0), working("E002", CHARGE, taken))) is told


def test_many_meters_may_err_more_together() -> None:
    """Ten units of 2 A: 0.1 A for each and 2 % of 20 A."""
    takers = [working(f"E{place:03}", CHARGE, 2.0) for place in range(2, 11)]
    assert findings(working("E001", CV, -16.7), *takers) == []
    assert only(working("E001", CV, -16.2), *takers).kind == "currentsOff"


def test_readings_within_the_skew_may_be_of_different_moments() -> None:
    """A deal began a moment ago: the giver's newest reading shows it, the taker's does not yet (K4)."""
    readings = [reading(CV, at=NOW - 7.0, vg=350.0, ig=0.0), reading(CV, vg=350.0, ig=-2.0)]
    assert findings(assessed("E001", CV, readings=readings), working("E002", WAIT, 0.0)) == []
    old = [reading(CV, at=NOW - age, vg=350.0, ig=-2.0) for age in (20.0, 14.0, 8.0, 2.0)]
    assert only(assessed("E001", CV, readings=old), working("E002", WAIT, 0.0)).kind == "currentsOff"


@pytest.mark.parametrize(
    "other",
    [working("E003", CHARGE, 1.0, age=60.0), working("E003", CHARGE, None)],
    ids=["not live", "tells no current"],
)
def test_a_current_that_nobody_tells_may_be_the_missing_one(other: UnitAssessment) -> None:
    assert findings(working("E001", CV, -2.0), working("E002", CHARGE, 1.0), other) == []


def test_on_a_dead_bus_nothing_is_found() -> None:
    assert findings(working("E001", CV, -2.0, vg=40.0), working("E002", CHARGE, 1.0, vg=40.0)) == []


@pytest.mark.parametrize(("other", "told"), [(343.0, False), (342.9, True)])
def test_one_bus_that_nobody_holds_has_one_voltage(other: float, told: bool) -> None:
    found = findings(working("E001", WAIT, 0.0), working("E002", WAIT, 0.0, vg=other))
    assert [one.kind for one in found] == (["busApart"] if told else [])
    if told:
        assert found[0].text.startswith("Units measure different voltages on one bus that nobody holds: E001 350 V")
        assert found[0].after == 60.0


def with_power(status: Any, wg: float, wb: float | None) -> UnitAssessment:
    unit = working("E002", status, wg / 350)
    return type(unit)(
        **{
            **{name: getattr(unit, name) for name in unit.__struct_fields__},
            "figures": unit.figures._replace(wg=wg, wb=wb),
        }
    )


@pytest.mark.parametrize(
    ("status", "wg", "wb", "told"),
    [
        (DISCHARGE, -700.0, -755.0, None),
        (CHARGE, 350.0, 279.0, None),  # 79.7 % on the emulator: 71 W are lost
        (CHARGE, 700.0, 560.0, None),
        (CHARGE, 700.0, 559.0, "moves 700 W at the bus and 559 W at its battery, an efficiency of 79.9 %"),
        (DISCHARGE, -700.0, -900.0, "an efficiency of 77.8 %"),
        (CHARGE, 700.0, 701.0, "an efficiency of 100.1 %"),
        (CHARGE, 700.0, -50.0, "tells 700 W at the bus and 50 W at its battery the other way"),
        (CHARGE, 190.0, 0.0, None),
        (CHARGE, 700.0, None, None),
    ],
)
def test_a_converter_gives_80_to_100_percent_of_what_it_takes(
    status: Any, wg: float, wb: float | None, told: str | None
) -> None:
    found = [
        one for one in findings(working("E001", CV, -wg / 350), with_power(status, wg, wb)) if one.kind == "efficiency"
    ]
    assert [told in str(one.text) for one in found if told] == ([] if told is None else [True])
    assert bool(found) is (told is not None)


def idle(running: bool | None, *, seen: float, stands: float, flowed: bool = False) -> list[Condition]:
    """What is told of a deal first seen, and standing so, that many seconds ago."""
    grid = grid_of(working("E001", WAIT, 0.0), working("E002", WAIT, 0.0), wall=WALL)
    flow = Flow("E001", "E002", running=running, agreed=1.0)
    fresh = opened(flow, grid.wall - timedelta(seconds=seen), None, saw_begin=True)
    began = fresh.seen_at if flowed else None
    account = DealAccount(
        fresh.seen_at, True, grid.wall - timedelta(seconds=stands), running, began, began, None, False, None, None
    )
    return list(physics_conditions(Look(grid, Limits(), deals=[(flow, account)])))


@pytest.mark.parametrize(
    ("running", "seen", "stands", "flowed", "told"),
    [
        (False, 209.0, 209.0, False, False),
        (False, 211.0, 211.0, False, True),
        (False, 900.0, 59.0, True, False),
        (False, 900.0, 61.0, True, True),
        (None, 900.0, 900.0, False, False),
        (True, 900.0, 900.0, True, False),
    ],
)
def test_a_deal_that_should_carry_current_and_carries_none(
    running: bool | None, seen: float, stands: float, flowed: bool, told: bool
) -> None:
    """K12: a ramp may take 150 s, and a minute more is given; once current flowed, a minute."""
    found = idle(running, seen=seen, stands=stands, flowed=flowed)
    assert [one.kind for one in found] == (["idleDeal"] if told else [])
