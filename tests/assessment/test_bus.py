"""The bus is told only as far as its readings tell it: voltage, who holds it, and whether it is at its voltage."""

from typing import Any

import pytest

from main_controller.assessment.bus import RAMP_PATIENCE, BusState, bus_of
from main_controller.assessment.figures import Figures
from main_controller.assessment.grid_state import UnitAssessment
from main_controller.domain.limits import BusLimits
from main_controller.domain.modes import ConverterStatus
from tests.assessment.units import NOW, assessed, reading

WAIT, CV, CHARGE = ConverterStatus.WAIT, ConverterStatus.VOLTAGE_REFERENCE, ConverterStatus.CHARGE
LIMITS = BusLimits(300.0, 380.0, 60.0)


def on_bus(unit_id: str, vg: float | None, status: ConverterStatus = WAIT, **more: Any) -> UnitAssessment:
    return assessed(unit_id, status, vg=vg, **more)


def bus(*units: UnitAssessment, now: float = NOW) -> Any:
    return bus_of(units, LIMITS, now)


def raised(*volts: float, before: ConverterStatus = CV) -> UnitAssessment:
    """A reference whose last readings, 5 s apart, measured these voltages; `before` is its status in the first."""
    times = [NOW - 5.0 * back for back in reversed(range(len(volts)))]
    readings = [
        reading(before if at == times[0] else CV, at=at, vg=vg, dvg=350.0) for at, vg in zip(times, volts, strict=True)
    ]
    return assessed("E001", CV, readings=readings, age=0.0, vg=volts[-1], dvg=350.0)


def test_the_bus_is_at_the_voltage_that_its_reference_measures() -> None:
    found = bus(on_bus("E001", 0.0), on_bus("E002", 349.0, CV, dvg=350.0), on_bus("E003", 0.0))
    assert (found.voltage, found.reference, found.references, found.target) == (349.0, "E002", ("E002",), 350.0)


def test_without_one_reference_the_bus_is_at_the_middle_of_what_all_measure() -> None:
    found = bus(on_bus("E001", 1.0), on_bus("E002", 2.0), on_bus("E003", 400.0), on_bus("E004", None))
    assert (found.voltage, found.reference, found.target) == (2.0, None, None)


def test_two_references_contradict_each_other_and_are_both_named() -> None:
    found = bus(on_bus("E002", 350.0, CV), on_bus("E001", 340.0, CV))
    assert (found.voltage, found.reference, found.references) == (345.0, None, ("E001", "E002"))
    assert found.state is BusState.TWO_REFERENCES


def test_a_bus_that_nobody_measures_has_no_voltage() -> None:
    assert bus().voltage is None
    assert bus(on_bus("E001", None, CV)).voltage is None
    assert bus().state is bus(on_bus("E001", None)).state is BusState.UNKNOWN


@pytest.mark.parametrize(
    ("units", "state"),
    [
        ([on_bus("E001", 3.0)], BusState.OFF),
        ([on_bus("E001", 60.1)], BusState.NO_REFERENCE),
        ([on_bus("E001", 3.0, CHARGE)], BusState.DEAD),
        ([on_bus("E001", 350.0, CV)], BusState.STEADY),
        ([on_bus("E001", 380.1, CV)], BusState.OUT_OF_BAND),
        ([on_bus("E001", 380.1)], BusState.OUT_OF_BAND),
        ([on_bus("E001", 299.9, CV)], BusState.OUT_OF_BAND),
        ([on_bus("E001", 60.0, CV)], BusState.DEAD),
    ],
)
def test_its_state_is_by_its_voltage_and_by_who_holds_it(units: list[UnitAssessment], state: BusState) -> None:
    assert bus(*units).state is state


def test_a_reference_that_still_raises_the_bus_is_ramping_for_a_while_after_its_last_rise() -> None:
    """A unit reads every 5 s, two beats apart (K4)."""
    rising = raised(0.0, 100.0, 200.0)
    assert bus(rising).state is BusState.RAMPING
    assert bus(rising).ramp_ends == NOW + RAMP_PATIENCE
    assert bus(rising, now=NOW + RAMP_PATIENCE).state is BusState.RAMPING
    assert bus(rising, now=NOW + RAMP_PATIENCE + 0.1).state is BusState.OUT_OF_BAND
    assert bus(raised(0.0, 200.0, 200.5, 201.0), now=NOW + 11.0).state is BusState.OUT_OF_BAND, "noise is no rise"
    assert bus(raised(0.0, 0.0, before=WAIT)).state is BusState.RAMPING, "it has just taken its post"


def test_sums_are_what_is_taken_with_how_far_apart_its_readings_are() -> None:
    taker = on_bus("E001", 350.0, CHARGE, age=1.0, figures=Figures(ig=2.0, wg=700.0))
    giver = on_bus("E002", 350.0, CV, age=4.0, figures=Figures(vg=350.0, ig=-2.1, wg=-735.0))
    mute = on_bus("E003", 350.0, age=3.0)
    found = bus(taker, giver, mute)
    assert (found.current, found.power, found.skew) == (2.0, 700.0, 3.0)
    assert (bus(mute).current, bus(mute).power, bus(mute).skew) == (None, None, None), "nobody told, so it is not 0"
