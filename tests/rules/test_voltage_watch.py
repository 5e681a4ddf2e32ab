"""The bus outside its band, or not what its reference was set to, at the boundaries and in time (I14)."""

from typing import Any

import pytest

from main_controller.assessment.grid_state import UnitAssessment
from main_controller.domain.timing import SKEW
from main_controller.rules.bus_condition import SETTLES
from main_controller.rules.interlock_terms import Limits
from main_controller.rules.voltage_watch import OUT_OF_BAND, RAMP
from tests.assessment.units import silent
from tests.rules.working import CV, WAIT, kinds, only, working


def held(*volts: float, **more: Any) -> UnitAssessment:
    """E001 is the reference, by these readings."""
    return working("E001", CV, 0.0, volts=volts, **more)


def test_a_bus_within_its_band_is_no_condition() -> None:
    assert kinds(held(350.0), working("E002", WAIT, 0.0, vg=343.0), working("E003", WAIT, 0.0, vg=357.0)) == []


def test_above_the_band_is_told_after_5_s_with_a_reference_or_without() -> None:
    one = only(working("E001", WAIT, 0.0, vg=380.1), working("E002", WAIT, 0.0, vg=380.0))
    assert (one.kind, one.after, one.numbers) == ("busHigh", OUT_OF_BAND, {"E001": 380.1})
    assert one.text == "The bus is above 380 V: E001 380.1 V"
    assert "busHigh" in kinds(held(380.1))


def test_many_units_are_told_by_some() -> None:
    one = only(*(working(f"E{number:03d}", WAIT, 0.0, vg=390.0) for number in range(1, 11)))
    assert one.text.endswith("E008 390 V and 2 more")


def test_below_the_band_counts_with_a_reference_only() -> None:
    assert kinds(working("E001", WAIT, 0.0, vg=299.0)) == []
    assert kinds(held(300.0, dvg=300.0)) == []
    assert kinds(held(299.9)) == ["busLow"]


@pytest.mark.parametrize(
    ("volts", "after"),
    [
        ((350.0, 290.0, 290.0), OUT_OF_BAND),
        ((350.0, 290.0, 250.0), OUT_OF_BAND),
        ((350.0, 290.0), SKEW),
        ((29.0,), SKEW + RAMP),
        ((29.0, 175.0), SKEW + RAMP),
        ((29.0, 175.0, 175.0), SKEW + RAMP),
        ((350.0, 29.0, 175.0), SKEW + RAMP),
        ((175.0, 175.0, 175.0), SKEW),
        ((0.0, 0.0), SKEW),
    ],
)
def test_a_bus_that_fell_under_its_reference_is_told_after_5_s_and_one_that_rises_is_waited_for(
    volts: tuple[float, ...], after: float
) -> None:
    """K12, K15: two minutes of ramp; two readings of a ramp may be the same, and a Wait between deals unseen."""
    assert only(held(*volts)).after == after


def test_what_others_measure_may_be_older_than_the_references_word() -> None:
    """K4."""
    one = only(held(350.0, 350.0), working("E002", WAIT, 0.0, vg=0.0))
    assert (one.kind, one.after, one.numbers) == ("busLow", SKEW, {"E002": 0.0})


@pytest.mark.parametrize(("vg", "off"), [(343.0, False), (342.9, True), (357.0, False), (357.1, True)])
def test_a_reference_more_than_2_percent_off_is_told(vg: float, off: bool) -> None:
    assert kinds(held(vg)) == (["referenceOff"] if off else [])
    assert kinds(held(vg), limits=Limits(tolerance_percent=5.0)) == [], "by the rules' own tolerance"


@pytest.mark.parametrize(("vg", "apart"), [(343.0, False), (342.9, True), (357.1, True)])
def test_others_that_measure_something_else_than_the_reference_are_told(vg: float, apart: bool) -> None:
    """S19: an open section or a stuck meter, which only refused orders."""
    units = held(350.0), working("E002", WAIT, 0.0, vg=vg)
    assert kinds(*units) == (["busApart"] if apart else [])
    if apart:
        assert only(*units).text == f"E001 holds the bus at 350 V and others measure E002 {vg:g} V"
        assert only(*units).after == SETTLES


def test_what_was_told_is_over_1_v_inside() -> None:
    for kind, limit, inside in (("busLow", 299.0, 300.5), ("busHigh", 381.0, 379.5)):
        at = held(limit, limit, dvg=limit)
        just = held(inside, inside, dvg=inside)
        assert kinds(at) == [kind]
        assert kinds(just) == []
        assert kinds(just, told=[(kind, None)]) == [kind]
    assert kinds(held(343.5), told=[("referenceOff", "E001")]) == ["referenceOff"]
    assert kinds(held(344.0), told=[("referenceOff", "E001")]) == []


def test_a_narrow_tolerance_ends_what_was_told_all_the_same() -> None:
    """0.35 V are less than the 1 V."""
    told = [("referenceOff", "E001"), ("busApart", None)]
    narrow = Limits(tolerance_percent=0.1)
    assert kinds(held(349.6), limits=narrow) == ["referenceOff"]
    assert kinds(held(349.7), limits=narrow, told=told) == ["referenceOff"]
    assert kinds(held(350.0), working("E002", WAIT, 0.0, vg=349.9), limits=narrow, told=told) == []


@pytest.mark.parametrize("missing", [{"vg": None}, {"dvg": None}, {"dvg": 0.0}])
def test_what_is_not_told_is_no_condition(missing: dict[str, Any]) -> None:
    assert kinds(working("E001", CV, 0.0, **missing), working("E002", WAIT, 0.0, vg=None)) == []


def test_who_is_not_live_measures_nothing() -> None:
    assert kinds(held(350.0), silent("E002", vg=400.0)) == []
