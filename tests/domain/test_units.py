"""A unit's view never trusts what it reads: odd data are None, never an exception (Z4, A8)."""

import json
from pathlib import Path
from typing import Any

import pytest

from main_controller.assessment.figures import Figures, figures_of
from main_controller.domain.freshness import Reading, read_dcdc
from main_controller.domain.modes import ConverterStatus, Mode, parse_converter_status
from main_controller.domain.units import Unit, number, text

ODD: list[Any] = [None, True, 0, 1.5, "", "x", [], [{}], {}, {"status": []}, float("nan"), float("inf"), 10**400]
FIGURES = ("dvg", "dig", "rsoc")
WORDS = ("raw_status", "global_mode", "local_mode", "effective", "ip", "display", "time")


@pytest.mark.parametrize("value", [None, True, False, "350", [], {}, float("nan"), float("-inf"), 10**400, -(10**400)])
def test_what_is_no_finite_number_is_none(value: object) -> None:
    assert number(value) is None


@pytest.mark.parametrize(("value", "expected"), [(0, 0.0), (-2, -2.0), (350.5, 350.5), (-0.0, 0.0), (10**20, 1e20)])
def test_a_finite_number_is_a_float(value: float, expected: float) -> None:
    assert number(value) == expected
    assert isinstance(number(value), float)


@pytest.mark.parametrize(("value", "expected"), [("a", "a"), ("", None), (None, None), (3, None), (["a"], None)])
def test_text_is_a_non_empty_string(value: object, expected: str | None) -> None:
    assert text(value) == expected


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("name", [*FIGURES, *WORDS])
def test_odd_sections_give_none(name: str, odd: Any) -> None:
    everywhere = dict.fromkeys(("dcdc", "battery", "apis", "oesunit"), odd)
    assert getattr(Unit("E001", everywhere), name) is None
    assert getattr(Unit("E001", {"dcdc": {"status": odd, "meter": odd, "vdis": odd, "param": odd}}), name) is None


@pytest.mark.parametrize("odd", ODD)
def test_odd_sections_make_an_empty_reading_without_figures(odd: Any) -> None:
    for data in (
        dict.fromkeys(("dcdc", "battery", "apis", "oesunit", "emu"), odd),
        {"dcdc": {"status": odd, "meter": odd, "vdis": odd, "param": odd, "powermeter": odd}},
    ):
        unit = Unit("E001", data)
        assert figures_of(unit) == Figures()
        assert read_dcdc(unit.section("dcdc"), 1.0) == Reading(1.0, None, None, None, None)


@pytest.mark.parametrize("odd", [None, True, "350", [], {}, float("nan"), 10**400])
def test_odd_figures_give_none(odd: Any) -> None:
    meter = dict.fromkeys(("vg", "ig", "wg", "wb", "vb", "ib", "tmp"), odd)
    data = {"dcdc": {"meter": meter, "vdis": {"dvg": odd}, "param": {"dig": odd}}, "battery": {"rsoc": odd}}
    assert [getattr(Unit("E001", data), name) for name in FIGURES] == [None] * len(FIGURES)
    assert figures_of(Unit("E001", data)) == Figures()


@pytest.mark.parametrize("odd", [None, 1, "true", "True", {}, []])
def test_only_a_true_true_makes_a_grid_master(odd: Any) -> None:
    assert not Unit("E001", {"apis": {"is_grid_master": odd}}).grid_master
    assert Unit("E001", {"apis": {"is_grid_master": True}}).grid_master


@pytest.mark.parametrize(
    ("status", "heavy"),
    [
        ({"alarmState": "Light alarm"}, False),
        ({"alarmState": "Heavy alarm"}, True),
        ({"stateAlarm": "Heavy alarm"}, True),
        ({"alarmState": ["Heavy alarm"]}, False),
        ({}, False),
        (None, False),
    ],
)
def test_only_a_heavy_alarm_is_a_fault_under_either_name(status: Any, heavy: bool) -> None:
    """K1, T12: the emulator shows "Light alarm" in normal operation."""
    assert Unit("E001", {"dcdc": {"status": status}}).heavy_alarm is heavy


def test_an_unknown_converter_word_is_told_as_sent_but_is_none_of_the_four() -> None:
    unit = Unit("E001", {"dcdc": {"status": {"status": "0x9999"}}})
    assert (parse_converter_status(unit.raw_status), unit.raw_status) == (None, "0x9999")


def test_a_recorded_unit_is_read_whole(root: Path) -> None:
    """The voltage reference and Grid Master of a manual session, as the real apis-web sent it."""
    sample = json.loads((root / "tests/recordings/samples/get-log.manual.json").read_text(encoding="utf-8"))
    unit = Unit("E001", sample["E001"])
    assert (unit.raw_status, unit.dvg, unit.dig, unit.rsoc) == (ConverterStatus.VOLTAGE_REFERENCE, 350.0, 2.0, 83.34)
    figures = figures_of(unit)
    assert (figures.dvg, figures.dig, figures.rsoc) == (350.0, 2.0, 83.34), "they are the same"
    assert (figures.vg, figures.ig, figures.wg) == (350.0, -1.0, -350.0)
    assert (figures.wb, figures.vb, figures.ib) == (-405.0, 48.0, -8.44)
    assert (unit.global_mode, unit.local_mode, unit.effective) == (Mode.MANUAL, None, Mode.MANUAL)
    assert (unit.ip, unit.display, unit.time, unit.grid_master) == (None, "E001", "2020/01/01-02:30:10", True)
    assert not unit.heavy_alarm


@pytest.mark.parametrize(
    ("told", "permission"),
    [("0x00", 0), ("0x01", 1), ("0X02", 2), ("0x03", 3), ("3", 3), ("03", 3), (0, 0), (3, 3), (4, None), (-1, None),
     (True, None), (1.0, 1), (1.5, None), ("0x04", None), ("yes", None), ("", None), (None, None), ([], None)],
)  # fmt: skip
def test_what_a_battery_permits_is_one_of_four_or_not_told(told: object, permission: int | None) -> None:
    """F18, T34, I4."""
    assert Unit("E001", {"battery": {"battery_operation_status": told}}).permission == permission
    assert Unit("E001", {"battery": told}).permission is None
