"""Rules (j) to (m): what batteries and converters bear, at their boundaries (I1-I4, S12)."""

from typing import Any

import pytest

from main_controller.assessment.grid_state import GridState
from main_controller.domain.limits import BatteryLimits
from main_controller.domain.modes import ConverterStatus
from main_controller.domain.orders import ConverterOrder
from main_controller.rules.interlock_terms import Answer, Limits
from main_controller.rules.interlocks import judge
from tests.assessment.units import assessed, battery, grid_of, reference

CV, CHARGE, DISCHARGE = (ConverterStatus.VOLTAGE_REFERENCE, ConverterStatus.CHARGE, ConverterStatus.DISCHARGE)
TAKE = ConverterOrder("E002", CHARGE, 350.0, 1.0)
GIVE = ConverterOrder("E002", DISCHARGE, 370.0, 1.0)
START = ConverterOrder("E001", CV, 350.0, 2.3)


def told(rule: str, wanted: ConverterOrder, shown: GridState, limits: BatteryLimits | None = None) -> Answer:
    answers = judge(wanted, shown, Limits(battery=limits or BatteryLimits()))
    return next(one for one in answers if one.rule == rule)


def cause(rule: str, wanted: ConverterOrder, shown: GridState, limits: BatteryLimits | None = None) -> str:
    answer = told(rule, wanted, shown, limits)
    assert answer.refuses is (answer.cause not in ("ok", "not-told"))
    return answer.cause


def raised(
    *, first: dict[str, Any] | None = None, second: dict[str, Any] | None = None, status: Any = None
) -> GridState:
    """E001 holds the bus, E002 is ordered; what their batteries tell."""
    return grid_of(
        reference(reported=battery("E001", **(first or {}))),
        assessed(
            "E002",
            status or ConverterStatus.WAIT,
            vg=350.0,
            dvg=350.0,
            dig=1.0,
            reported=battery("E002", **(second or {})),
        ),
    )


# (j) charge


@pytest.mark.parametrize(
    ("wanted", "who", "rsoc", "expected"),
    [
        (TAKE, "second", 94.9, "ok"),
        (TAKE, "second", 95.0, "charge-above-full"),
        (TAKE, "second", 0.0, "ok"),
        (GIVE, "second", 25.1, "ok"),
        (GIVE, "second", 25.0, "charge-below-reserve"),
        (GIVE, "second", 100.0, "ok"),
        (TAKE, "first", 25.1, "ok"),
        (TAKE, "first", 25.0, "charge-below-reserve"),
        (TAKE, "first", 99.0, "ok"),
        (GIVE, "first", 94.9, "ok"),
        (GIVE, "first", 95.0, "charge-above-full"),
        (GIVE, "first", 10.0, "ok"),
    ],
)
def test_j_a_battery_gives_above_its_reserve_and_takes_below_full_and_the_reference_the_other_way(
    wanted: ConverterOrder, who: str, rsoc: float, expected: str
) -> None:
    """I1: the reference counts as what it would carry."""
    shown = raised(**{who: {"rsoc": rsoc}})
    assert cause("j", wanted, shown) == expected
    assert told("j", wanted, shown).overridable is (expected != "ok")


def test_j_tells_both_charges_and_their_limits() -> None:
    assert told("j", TAKE, raised(first={"rsoc": 70.0}, second={"rsoc": 40.0})).numbers == {
        "E002": {"rsoc": 40.0, "max": 95.0},
        "E001": {"rsoc": 70.0, "min": 25.0},
    }


@pytest.mark.parametrize(("dig", "expected"), [(1.0, "ok"), (0.5, "ok"), (1.1, "charge-below-reserve")])
def test_j_the_hysteresis_holds_for_what_begins_or_rises(dig: float, expected: str) -> None:
    wanted = ConverterOrder("E002", DISCHARGE, 370.0, dig)
    assert cause("j", wanted, raised(second={"rsoc": 22.0}, status=DISCHARGE)) == expected
    assert cause("j", wanted, raised(second={"rsoc": 20.0}, status=DISCHARGE)) == "charge-below-reserve"


def test_j_a_reference_needs_charge_to_raise_the_bus_with() -> None:
    """S12: a reference from RSOC 0 % passed."""
    for rsoc, expected in ((0.0, "charge-below-reserve"), (25.0, "charge-below-reserve"), (26.0, "ok"), (99.0, "ok")):
        shown = grid_of(assessed("E001", reported=battery(rsoc=rsoc)), assessed("E002"))
        assert cause("j", START, shown) == expected


def test_j_a_reference_that_carries_nothing_in_sum_is_not_asked() -> None:
    """What one gives the other takes."""
    giver = assessed("E003", DISCHARGE, vg=350.0, dvg=370.0, dig=1.0)
    shown = grid_of(
        reference(reported=battery(rsoc=5.0)), assessed("E002", vg=350.0, reported=battery("E002", rsoc=50.0)), giver
    )
    assert told("j", TAKE, shown).numbers == {"E002": {"rsoc": 50.0, "max": 95.0}}
    assert cause("j", ConverterOrder("E002", CHARGE, 350.0, 1.5), shown) == "charge-below-reserve"


# (k) voltage and current


@pytest.mark.parametrize(
    ("wanted", "who", "volts", "expected"),
    [
        (TAKE, "second", 57.9, "ok"),
        (TAKE, "second", 57.91, "battery-voltage-out-of-limits"),
        (TAKE, "second", 58.9, "battery-voltage-out-of-limits"),
        (TAKE, "second", 32.0, "ok"),
        (TAKE, "second", 31.9, "battery-voltage-out-of-limits"),
        (GIVE, "second", 32.5, "ok"),
        (GIVE, "second", 32.49, "battery-voltage-out-of-limits"),
        (GIVE, "second", 58.4, "ok"),
        (TAKE, "first", 32.49, "battery-voltage-out-of-limits"),
        (GIVE, "first", 58.0, "battery-voltage-out-of-limits"),
    ],
)
def test_k_a_batterys_voltage_keeps_a_margin_from_the_limit_that_the_order_moves_it_to(
    wanted: ConverterOrder, who: str, volts: float, expected: str
) -> None:
    """I2."""
    assert cause("k", wanted, raised(**{who: {"vb": volts}})) == expected
    assert not told("k", wanted, raised(**{who: {"vb": volts}})).overridable


def test_k_a_batterys_current_after_the_order_is_within_its_limit() -> None:
    """I2: dig x vg / vb / 0.9: 2 A at 350 V are 20 A at 38.9 V."""
    two = ConverterOrder("E002", CHARGE, 350.0, 2.0)
    assert cause("k", two, raised(second={"vb": 38.9})) == "ok"
    for who in ("first", "second"):
        shown = raised(**{who: {"vb": 38.8}})
        assert cause("k", two, shown) == "battery-current-too-large"
    assert told("k", two, raised(second={"vb": 38.8})).numbers["E002"] == {
        "vb": 38.8, "min": 32.0, "max": 57.9, "ib": 20.05, "ibMax": 20.0,
    }  # fmt: skip


def test_k_a_reference_counts_by_what_it_carries_not_by_its_limit() -> None:
    """2.3 A at 380 V would be 20.2 A of its battery, but nobody takes them yet."""
    shown = grid_of(assessed("E001", reported=battery(vb=48.0)), assessed("E002"))
    assert cause("k", ConverterOrder("E001", CV, 380.0, 2.3), shown) == "ok"
    assert cause("k", START, grid_of(assessed("E001", reported=battery(vb=30.0)), assessed("E002"))) != "ok"


# (l) temperature


@pytest.mark.parametrize(
    ("who", "degrees", "expected"),
    [("second", 45.0, "ok"), ("second", 45.1, "x"), ("second", 80.0, "x"), ("second", 0.0, "ok"), ("second", -0.1, "x"),
     ("first", 45.1, "x"), ("first", -0.1, "x")],
)  # fmt: skip
def test_l_converters_work_between_0_and_45_degrees(who: str, degrees: float, expected: str) -> None:
    """I3."""
    shown = raised(**{who: {"tmp": degrees}})
    assert cause("l", TAKE, shown) == ("ok" if expected == "ok" else "temperature-out-of-limits")


def test_l_no_battery_charges_below_freezing_whatever_the_setting() -> None:
    cold = BatteryLimits(temperature_min=-20.0)
    assert cause("l", TAKE, raised(second={"tmp": -1.0}), cold) == "temperature-out-of-limits"
    assert cause("l", GIVE, raised(second={"tmp": -1.0}), cold) == "ok"
    assert cause("l", GIVE, raised(first={"tmp": -1.0}), cold) == "temperature-out-of-limits"


# (m) permission


@pytest.mark.parametrize(
    ("told_as", "takes", "gives"),
    [("0x00", False, False), ("0x01", True, False), ("0x02", False, True), ("0x03", True, True), (0, False, False),
     (3, True, True), ("2", False, True)],
)  # fmt: skip
def test_m_the_battery_itself_must_permit_it_at_both_ends(told_as: object, takes: bool, gives: bool) -> None:
    """I4: 0x00 denied, 0x01 charge only, 0x02 discharge only, 0x03 permitted (T34)."""
    verdict = {True: "ok", False: "battery-not-permitted"}
    assert cause("m", TAKE, raised(second={"status": told_as})) == verdict[takes]
    assert cause("m", GIVE, raised(second={"status": told_as})) == verdict[gives]
    assert cause("m", TAKE, raised(first={"status": told_as})) == verdict[gives]
    assert cause("m", GIVE, raised(first={"status": told_as})) == verdict[takes]
    assert (
        cause("m", START, grid_of(assessed("E001", reported=battery(status=told_as)), assessed("E002")))
        == verdict[gives]
    )


# What is not told


@pytest.mark.parametrize(("rule", "missing"), [("j", "rsoc"), ("k", "vb"), ("l", "tmp"), ("m", "status")])
@pytest.mark.parametrize("who", ["first", "second"])
def test_what_the_hardware_does_not_tell_refuses_nothing_and_is_said(rule: str, missing: str, who: str) -> None:
    """Unknown passes and says so; a known excess at the other end refuses all the same."""
    answer = told(rule, TAKE, raised(**{who: {missing: None}}))
    assert (answer.cause, answer.passed, answer.refuses, answer.overridable) == ("not-told", True, False, False)
    assert "does not tell" in answer.sentence
    bad: dict[str, Any] = {"rsoc": 100.0 if who == "first" else 0.0, "vb": 90.0, "tmp": 90.0, "status": 0}
    other = {"first": "second", "second": "first"}[who]
    assert told(rule, TAKE, raised(**{who: {missing: None}, other: {missing: bad[missing]}})).refuses


def test_a_unit_of_which_only_a_reading_is_known_passes_as_not_told() -> None:
    shown = grid_of(assessed("E001", reported=None), assessed("E002"))
    assert [cause(rule, START, shown) for rule in "jklm"] == ["not-told"] * 4
