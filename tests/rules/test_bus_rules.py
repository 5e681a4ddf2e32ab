"""Rules (o), (q), (r) and (s): one bus, and what may be set on it, at their boundaries (I6, I8-I10, S19, S33)."""

import pytest

from main_controller.assessment.grid_state import GridState, UnitAssessment
from main_controller.domain.limits import Pace
from main_controller.domain.modes import ConverterStatus
from main_controller.domain.orders import ConverterOrder
from main_controller.rules.interlock_terms import Answer, Limits
from main_controller.rules.interlocks import judge
from tests.assessment.units import NOW, answer, assessed, grid_of, order, reading, reference, silent

WAIT, CV, CHARGE, DISCHARGE = (
    ConverterStatus.WAIT,
    ConverterStatus.VOLTAGE_REFERENCE,
    ConverterStatus.CHARGE,
    ConverterStatus.DISCHARGE,
)
TAKE = ConverterOrder("E002", CHARGE, 350.0, 1.0)


def told(rule: str, wanted: ConverterOrder, shown: GridState, limits: Limits | None = None) -> Answer:
    return next(one for one in judge(wanted, shown, limits or Limits()) if one.rule == rule)


def raised(*more: UnitAssessment) -> GridState:
    return grid_of(reference(), assessed("E002", vg=350.0), *more)


# (o) one bus


@pytest.mark.parametrize(
    ("voltage", "cause"),
    [(350.0, "ok"), (343.0, "ok"), (342.9, "bus-not-one"), (357.1, "bus-not-one"), (0.0, "bus-not-one")],
)
def test_o_a_third_unit_that_contradicts_refuses(voltage: float, cause: str) -> None:
    """S19: E002 at 0 V while E001 and E003 show 350 V: an opened section, or a stuck meter; charging passed."""
    shown = raised(assessed("E003", vg=voltage))
    assert told("o", TAKE, shown).cause == cause
    if cause != "ok":
        assert told("o", TAKE, shown).sentence == f"E003 shows {voltage:g} V, but E001 350 V: is the bus one?"
        assert told("o", TAKE, shown).overridable
        assert told("o", TAKE, shown).numbers == {"target": 350.0, "tolerance": 2.0, "voltages": {"E003": voltage}}


def test_o_a_third_unit_above_the_highest_voltage_is_never_overridden() -> None:
    assert not told("o", TAKE, raised(assessed("E003", vg=381.0))).overridable


def test_o_a_reading_from_before_the_bus_had_risen_for_10_s_is_waited_for() -> None:
    """K4: readings of one moment lie up to 10 s apart."""
    volts = ((NOW - 17.0, 100.0), (NOW - 12.0, 350.0), (NOW - 7.0, 350.0), (NOW - 2.0, 350.0))
    risen = reference(readings=[reading(CV, at=at, vg=vg, dvg=350.0, dig=2.3) for at, vg in volts])
    for at, cause in ((NOW - 14.0, "awaiting-readings"), (NOW - 2.1, "awaiting-readings"), (NOW - 2.0, "bus-not-one")):
        third = assessed("E003", readings=[reading(at=at, vg=0.0)], age=NOW - at)
        shown = grid_of(risen, assessed("E002", vg=350.0), third)
        assert told("o", TAKE, shown).cause == cause
        assert told("o", TAKE, shown).refuses


def test_o_who_is_silent_or_measures_nothing_contradicts_nobody() -> None:
    for third in (silent("E003", vg=0.0), assessed("E003", vg=None), assessed("E003", vg=0.0, age=40.0)):
        assert told("o", TAKE, raised(third)).cause == "ok"


def test_o_compares_with_the_reference_where_it_shows_its_own_voltage() -> None:
    """A bus that has not risen is (f)'s to say, once."""
    shown = grid_of(reference(vg=200.0), assessed("E002", vg=200.0), assessed("E003", vg=200.0))
    assert (told("o", TAKE, shown).cause, told("f", TAKE, shown).cause) == ("not-told", "bus-not-risen")


# (q) the voltage of a current


@pytest.mark.parametrize(
    ("status", "dvg", "fits"),
    [
        (CHARGE, 350.0, True),
        (CHARGE, 350.1, False),
        (CHARGE, 380.0, False),
        (CHARGE, 320.0, True),
        (CHARGE, 319.9, False),
        (CHARGE, 300.0, False),
        (DISCHARGE, 370.0, True),
        (DISCHARGE, 380.0, True),
        (DISCHARGE, 380.1, False),
        (DISCHARGE, 355.0, True),
        (DISCHARGE, 354.9, False),
        (DISCHARGE, 350.0, False),
        (DISCHARGE, 300.0, False),
    ],
)
def test_q_a_charge_is_at_most_the_references_voltage_and_a_discharge_5_to_30_v_above(
    status: ConverterStatus, dvg: float, fits: bool
) -> None:
    """I8, S33: charge with 300 or 380 V and discharge with 300 V on a bus of 350 V passed."""
    found = told("q", ConverterOrder("E002", status, dvg, 1.0), raised())
    assert found.cause == ("ok" if fits else "voltage-unfit-for-current")
    assert found.refuses is not fits
    assert not found.overridable


def test_q_a_discharge_is_never_above_the_highest_voltage() -> None:
    """360 V and 30 V more would be 390 V."""
    shown = grid_of(reference(dvg=360.0, vg=360.0), assessed("E002", vg=360.0))
    found = told("q", ConverterOrder("E002", DISCHARGE, 380.5, 1.0), shown)
    assert (found.cause, found.numbers["max"]) == ("voltage-unfit-for-current", 380.0)
    assert told("q", ConverterOrder("E002", DISCHARGE, 380.0, 1.0), shown).cause == "ok"


# (r) the reference's own set points


def test_r_a_reference_with_0_a_is_refused() -> None:
    """I9, S33: a bus that cannot rise."""
    shown = grid_of(assessed("E001"), assessed("E002"))
    found = told("r", ConverterOrder("E001", CV, 350.0, 0.0), shown)
    assert (found.cause, found.refuses, found.overridable) == ("reference-without-current", True, False)
    assert told("r", ConverterOrder("E001", CV, 350.0, 0.2), shown).cause == "ok"


@pytest.mark.parametrize(("dvg", "fits"), [(350.0, True), (360.0, True), (360.1, False), (340.0, True), (339.9, False)])
def test_r_a_working_references_voltage_moves_by_at_most_10_v(dvg: float, fits: bool) -> None:
    """I9."""
    found = told("r", ConverterOrder("E001", CV, dvg, 2.3), grid_of(reference(), assessed("E002", vg=350.0)))
    assert found.cause == ("ok" if fits else "voltage-step-too-large")
    assert found.numbers == {"dvg": dvg, "before": 350.0, "step": 10.0}


def test_r_counts_the_furthest_voltage_that_the_reference_may_be_at() -> None:
    shown = grid_of(
        reference(orders=[order(CV, returned=NOW - 1, sent="unknown", dvg=358.0, dig=2.3)]), assessed("E002", vg=350.0)
    )
    found = told("r", ConverterOrder("E001", CV, 346.0, 2.3), shown)
    assert (found.cause, found.numbers["before"]) == ("voltage-step-too-large", 358.0)


def test_r_does_not_bind_on_a_bus_that_is_surely_dead() -> None:
    """K6: what comes back as reference of a dead bus; one that was ordered just now ramps, whatever it still shows."""
    dead = grid_of(reference(vg=0.0), assessed("E002"))
    assert told("r", ConverterOrder("E001", CV, 300.0, 2.3), dead).cause == "ok"
    started = order(CV, returned=NOW - 1, sent=True, answer=answer(CV, 350.0, 2.3), dig=2.3)
    assert told("r", ConverterOrder("E001", CV, 300.0, 2.3), grid_of(assessed("E001", orders=[started]))).cause != "ok"


# (s) the ramp


def test_s_is_off_unless_the_setting_says_so() -> None:
    """I10: 1 or 2 A in one order is the specification's own procedure."""
    assert "s" not in [one.rule for one in judge(ConverterOrder("E002", CHARGE, 350.0, 2.0), raised(), Limits())]


@pytest.mark.parametrize(
    ("status", "dig", "fits"),
    [(WAIT, 0.5, True), (WAIT, 0.51, False), (CHARGE, 1.5, True), (CHARGE, 1.51, False), (CHARGE, 0.0, True)],
)
def test_s_a_current_rises_by_at_most_the_step_and_falls_freely(
    status: ConverterStatus, dig: float, fits: bool
) -> None:
    shown = grid_of(reference(), assessed("E002", status, vg=350.0, dvg=350.0, dig=1.0))
    found = told("s", ConverterOrder("E002", CHARGE, 350.0, dig), shown, Limits(pace=Pace(current_step=0.5)))
    assert found.cause == ("ok" if fits else "current-step-too-large")
