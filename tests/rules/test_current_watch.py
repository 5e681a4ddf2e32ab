"""Currents near their limits, and against the converter's status, are conditions of the bus (I7, I13)."""

import pytest

from main_controller.domain.modes import ConverterStatus
from main_controller.domain.timing import SKEW
from main_controller.rules.bus_condition import SETTLES
from main_controller.rules.interlock_terms import Limits
from tests.rules.working import CHARGE, CV, DISCHARGE, WAIT, found, kinds, only, working

HOLDS = working("E001", CV, 0.0)


@pytest.mark.parametrize(("ig", "told"), [(2.23, False), (2.2325, True), (-2.2325, True), (2.35, True), (None, False)])
def test_i7_a_unit_at_95_percent_of_its_limit_is_told(ig: float | None, told: bool) -> None:
    status = DISCHARGE if ig is not None and ig < 0 else CHARGE
    assert (kinds(HOLDS, working("E002", status, ig)) == ["unitCurrent"]) is told


def test_i7_says_how_much_of_how_much() -> None:
    one = only(working("E001", CV, -3.0))
    assert (one.text, one.after) == ("E001 carries 3 A; its limit is 2.35 A", SKEW)
    assert one.numbers == {"ig": -3.0, "limit": 2.35, "percent": 127.7}


@pytest.mark.parametrize(("limit", "told"), [(4.2, True), (4.22, False)])
def test_i7_the_sum_over_the_bus_at_95_percent_is_told(limit: float, told: bool) -> None:
    """2 A given and 2 A taken are 4 A: as rule (p) counts them; who does not tell is not counted."""
    units = working("E001", CV, -2.0), working("E002", CHARGE, 2.0), working("E003", WAIT, None)
    conditions = found(*units, limits=Limits(bus_current=limit))
    assert [one.kind for one in conditions] == (["busCurrent"] if told else [])
    if told:
        assert conditions[0].text == "All units together carry 4 A (2 units); the bus' limit is 4.2 A"
        assert (conditions[0].unit_id, conditions[0].after) == (None, SKEW)
        assert conditions[0].numbers == {"sum": 4.0, "limit": 4.2, "percent": 95.2, "of": 2}


def test_i7_limits_of_nothing_make_no_condition_where_nothing_flows() -> None:
    assert kinds(HOLDS, limits=Limits(unit_current=0.0, bus_current=0.0)) == []


def test_i7_what_was_told_is_over_below_90_percent() -> None:
    for ig, still in ((2.2, ["unitCurrent"]), (2.11, [])):
        assert kinds(HOLDS, working("E002", CHARGE, ig), told=[("unitCurrent", "E002")]) == still


@pytest.mark.parametrize(
    ("status", "ig", "text"),
    [
        (CHARGE, -0.13, "E002 is charging and gives 0.13 A"),
        (CHARGE, -0.12, None),
        (CHARGE, 2.0, None),
        (DISCHARGE, 2.0, "E002 is discharging and takes 2 A"),
        (DISCHARGE, 0.12, None),
        (DISCHARGE, -2.0, None),
        (WAIT, 1.0, "E002 is in Wait and takes 1 A"),
        (WAIT, -0.13, "E002 is in Wait and gives 0.13 A"),
        (WAIT, 0.12, None),
        (CHARGE, None, None),
        (None, -2.0, None),
    ],
)
def test_i13_a_current_against_the_converters_word_is_told(
    status: ConverterStatus | None, ig: float | None, text: str | None
) -> None:
    """K2: `+` takes from the bus."""
    conditions = found(HOLDS, working("E002", status, ig))
    assert [one.text for one in conditions if one.kind == "reversePower"] == ([] if text is None else [text])
    assert all(one.after == SETTLES for one in conditions if one.kind == "reversePower")


@pytest.mark.parametrize("ig", [-2.0, 2.0])
def test_i13_a_reference_carries_whatever_the_others_do(ig: float) -> None:
    assert kinds(working("E001", CV, ig)) == []


def test_i13_what_was_told_is_over_near_nothing() -> None:
    for ig, still in ((-0.07, ["reversePower"]), (-0.06, [])):
        assert kinds(HOLDS, working("E002", CHARGE, ig), told=[("reversePower", "E002")]) == still


def test_i7_a_unit_with_a_limit_of_its_own_is_watched_by_that() -> None:
    assert kinds(HOLDS, working("E002", CHARGE, 1.0)) == []
    assert kinds(HOLDS, working("E002", CHARGE, 1.0), own={"E002": Limits(unit_current=1.05)}) == ["unitCurrent"]
