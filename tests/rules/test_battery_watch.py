"""What a battery at work does not bear is a condition of the bus, at its boundaries (I1-I4, I13)."""

from typing import Any

import pytest

from main_controller.domain.modes import ConverterStatus
from main_controller.domain.timing import SKEW
from main_controller.rules.battery_watch import OWN_END
from main_controller.rules.bus_condition import SETTLES
from tests.rules.working import CHARGE, CV, DISCHARGE, WAIT, bearing, found, kinds, only, working

HOLDS = working("E001", CV, 0.0)


def giver(**more: Any) -> Any:
    return working("E002", DISCHARGE, -2.0, **more)


def taker(**more: Any) -> Any:
    return working("E002", CHARGE, 2.0, **more)


def supplier(**more: Any) -> list[Any]:
    """E001 holds the bus and gives what E002 takes."""
    return [working("E001", CV, -2.0, **more), taker()]


def test_a_sound_battery_at_work_is_no_condition() -> None:
    assert found(HOLDS, giver(rsoc=20.1, vb=32.0, tmp=45.0, ib=-20.0, permission=2)) == []
    assert found(HOLDS, taker(rsoc=94.9, vb=58.4, tmp=0.0, ib=20.0, permission=1)) == []
    assert found(*supplier(rsoc=20.1, permission=3)) == []


def test_i1_a_battery_that_gives_at_its_reserve_is_told_after_a_deals_own_end() -> None:
    for units in ([HOLDS, giver(rsoc=20.0)], supplier(rsoc=20.0)):
        one = only(*units)
        assert (one.kind, one.after) == ("belowReserve", OWN_END)
        assert one.text == f"{one.unit_id} gives 2 A, and its battery is at 20 %, not above its reserve of 20 %"
        assert one.numbers == {"rsoc": 20.0, "limit": 20.0, "ig": -2.0}


def test_i1_a_full_battery_that_takes_is_told_after_a_deals_own_end() -> None:
    one = only(HOLDS, taker(rsoc=95.0))
    assert (one.kind, one.unit_id, one.after) == ("aboveFull", "E002", OWN_END)
    assert one.text == "E002 takes 2 A, and its battery is at 95 %, not below 95 %"


@pytest.mark.parametrize("rsoc", [0.0, 100.0])
@pytest.mark.parametrize(("status", "ig"), [(WAIT, 0.0), (CV, 0.0), (CV, 0.1), (CHARGE, -0.1), (CV, None)])
def test_i1_a_battery_past_its_limit_that_nothing_flows_through_is_no_condition(
    status: ConverterStatus, ig: float | None, rsoc: float
) -> None:
    """Nor one that was never told to flow: null is no current."""
    others = [] if status is CV else [HOLDS]
    assert kinds(*others, working("E002", status, ig, rsoc=rsoc, permission=0)) == []


def test_i1_a_battery_past_its_limit_may_work_the_other_way() -> None:
    assert kinds(HOLDS, giver(rsoc=100.0)) == []
    assert kinds(HOLDS, taker(rsoc=0.0)) == []


@pytest.mark.parametrize("vb", [31.9, 58.5])
@pytest.mark.parametrize("ig", [-2.0, 0.0])
def test_i2_a_batterys_voltage_counts_while_its_converter_works(vb: float, ig: float) -> None:
    one = only(working("E001", CV, ig, vb=vb))
    assert (one.kind, one.unit_id, one.after) == ("batteryVoltage", "E001", SKEW)
    assert one.text == f"E001 works and its battery is at {vb:g} V, outside 32 to 58.4 V"
    assert kinds(working("E001", WAIT, 0.0, vb=vb)) == []


@pytest.mark.parametrize("ib", [-20.01, 20.01])
def test_i2_a_batterys_measured_current_above_its_limit(ib: float) -> None:
    one = only(HOLDS, giver(ib=ib))
    assert (one.kind, one.after, one.numbers) == ("batteryCurrent", SKEW, {"ib": ib, "limit": 20.0})
    assert one.text == "E002's battery carries 20.01 A; its limit is 20 A"


@pytest.mark.parametrize("tmp", [-0.1, 45.1])
def test_i3_a_converter_that_works_too_cold_or_too_hot(tmp: float) -> None:
    one = only(HOLDS, giver(tmp=tmp))
    assert (one.kind, one.after) == ("temperature", SKEW)
    assert one.text == f"E002 works at {tmp:g} °C, outside 0 to 45 °C"
    assert kinds(working("E001", WAIT, 0.0, tmp=tmp)) == []


def test_i3_a_battery_is_never_charged_below_freezing_whatever_the_setting() -> None:
    cold = bearing(temperature_min=-20.0)
    assert kinds(HOLDS, giver(tmp=-1.0), limits=cold) == []
    one = only(HOLDS, taker(tmp=-1.0), limits=cold)
    assert (one.kind, one.numbers["min"]) == ("temperature", 0.0)
    charged = working("E001", CV, 2.0, tmp=-1.0)
    assert kinds(charged, giver(), limits=cold) == ["temperature"]


@pytest.mark.parametrize(
    ("status", "gives", "takes"), [("0x00", True, True), ("0x01", True, False), ("0x02", False, True), ("0x03", 0, 0)]
)
def test_i4_a_battery_that_works_against_its_own_permission(status: str, gives: bool, takes: bool) -> None:
    assert (kinds(HOLDS, giver(permission=status)) == ["notPermitted"]) is bool(gives)
    assert (kinds(HOLDS, taker(permission=status)) == ["notPermitted"]) is bool(takes)
    assert (kinds(*supplier(permission=status)) == ["notPermitted"]) is bool(gives)


def test_i4_says_what_the_battery_permits_after_the_time_in_which_a_converter_ends_it() -> None:
    one = only(HOLDS, taker(permission="0x02"))
    assert (one.text, one.after) == ("E002 takes 2 A, and its battery permits discharging only", SETTLES)


@pytest.mark.parametrize(
    ("more", "reason", "after"),
    [
        ({"rsoc": 96.0}, "its battery is at 96 %, not below 95 %", OWN_END),
        ({"permission": 2}, "its battery permits discharging only", SETTLES),
        ({"ib": 23.0}, "E001's battery carries 23 A; its limit is 20 A", SKEW),
        ({"rsoc": 96.0, "ib": 23.0}, "not below 95 %, E001's battery carries 23 A", SKEW),
    ],
)
def test_i13_a_reference_that_others_charge_beyond_what_its_battery_bears_is_one_condition(
    more: dict[str, Any], reason: str, after: float
) -> None:
    one = only(working("E001", CV, 2.0, **more), giver())
    assert (one.kind, one.unit_id, one.after) == ("referenceCharged", "E001", after)
    assert one.text.startswith("E001 holds the bus and others charge it: ")
    assert reason in one.text


def test_i13_a_reference_that_others_charge_within_limits_is_none() -> None:
    """As recorded: 1 A for a minute at 94.7 %."""
    assert found(working("E001", CV, 1.0, rsoc=94.73), working("E002", DISCHARGE, -1.0)) == []


@pytest.mark.parametrize("missing", ["rsoc", "vb", "ib", "tmp", "permission", "vg"])
def test_what_is_not_told_is_no_condition(missing: str) -> None:
    for units in (
        [HOLDS, giver(**{missing: None})],
        [HOLDS, taker(**{missing: None})],
        [working("E001", CV, 2.0, **{missing: None}), giver()],
    ):
        assert found(*units) == []


def test_a_unit_that_is_not_live_is_no_condition() -> None:
    assert kinds(HOLDS, giver(rsoc=0.0, vb=1.0, age=31.0)) == []


@pytest.mark.parametrize(
    ("kind", "beyond", "just_inside", "well_inside"),
    [
        ("belowReserve", {"rsoc": 20.0}, {"rsoc": 21.0}, {"rsoc": 21.1}),
        ("batteryVoltage", {"vb": 31.9}, {"vb": 32.1}, {"vb": 32.2}),
        ("batteryCurrent", {"ib": -20.1}, {"ib": -19.6}, {"ib": -19.5}),
        ("temperature", {"tmp": 45.1}, {"tmp": 44.1}, {"tmp": 44.0}),
    ],
)
def test_what_was_told_is_over_only_well_inside_the_limit(
    kind: str, beyond: dict[str, Any], just_inside: dict[str, Any], well_inside: dict[str, Any]
) -> None:
    told = [(kind, "E002")]
    assert kinds(HOLDS, giver(**beyond)) == [kind]
    assert kinds(HOLDS, giver(**just_inside)) == []
    assert kinds(HOLDS, giver(**just_inside), told=told) == [kind]
    assert kinds(HOLDS, giver(**well_inside), told=told) == []


def test_a_low_limit_of_a_batterys_current_ends_what_was_told_all_the_same() -> None:
    idle = [working("E001", CV, 0.0, ib=0.0), working("E002", DISCHARGE, 0.0, ib=0.1)]
    assert kinds(*idle, limits=bearing(current_max=0.4), told=[("batteryCurrent", "E002")]) == []


def test_a_reference_whose_current_hovers_stays_told() -> None:
    hovers = working("E001", CV, -0.06, rsoc=10.0)
    assert kinds(hovers) == []
    assert kinds(hovers, told=[("belowReserve", "E001")]) == ["belowReserve"]


def test_a_converter_in_wait_that_carries_current_works_its_battery_too() -> None:
    assert kinds(HOLDS, working("E002", WAIT, -1.0, rsoc=10.0)) == ["reversePower", "belowReserve"]


@pytest.mark.parametrize(
    ("own", "figures", "kind"),
    [
        ({"temperature_max": 50.0}, {"tmp": 48.0}, "temperature"),
        ({"voltage_max": 60.0}, {"vb": 59.0}, "batteryVoltage"),
        ({"current_max": 30.0}, {"ib": -25.0}, "batteryCurrent"),
        ({"reserve": 10.0}, {"rsoc": 15.0}, "belowReserve"),
    ],
)
def test_a_unit_with_limits_of_its_own_is_watched_by_those(own: Any, figures: Any, kind: str) -> None:
    """A site's thresholds; all other units keep the site's."""
    assert kinds(HOLDS, giver(**figures)) == [kind]
    assert kinds(HOLDS, giver(**figures), own={"E002": bearing(**own)}) == []
    assert kinds(HOLDS, giver(**figures), own={"E001": bearing(**own)}) == [kind]
