"""What holds now of each kind of alarm, and what nobody can tell (Z6, Z6a, S9)."""

from dataclasses import replace
from typing import Any

import pytest

from main_controller.alarms.book import Seen
from main_controller.alarms.signs import seen
from main_controller.alarms.situation import Situation, Trouble
from main_controller.assessment.grid_state import UnitAssessment
from main_controller.domain.modes import ConverterStatus
from main_controller.rules.bus_condition import Condition, ConditionKind
from main_controller.sentence import foreign
from tests.assessment.units import assessed, grid_of, silent

WORKS = ConverterStatus.CHARGE


def looked(*units: UnitAssessment, grid: dict[str, Any] | None = None, **more: Any) -> Seen:
    state = {"grid_master_known": True, "error": False, **(grid or {})}
    return seen(Situation(grid_of(*units, **state), **more))


def test_a_sound_grid_shows_nothing_and_all_of_it_can_be_told() -> None:
    one = looked(assessed("E001"), assessed("E002", WORKS))
    assert one.found == {}
    assert not one.untold_kinds
    assert not one.untold


@pytest.mark.parametrize(
    ("field", "holds", "code"), [("error", True, "gridError"), ("grid_master_known", False, "noGridMaster")]
)
def test_what_apis_web_tells_of_the_grid(field: str, holds: bool, code: str) -> None:
    assert list(looked(grid={field: holds}).found) == [(code, "")]
    told = looked(grid={field: None})
    assert told.found == {}
    assert not told.tells((code, ""))
    assert looked(grid={field: not holds}).tells((code, ""))


@pytest.mark.parametrize(
    ("unit", "code", "text"),
    [
        (silent("E001", WORKS), "unwatchedHardware", "E001 is silent and was last seen in charging."),
        (silent("E001", None), "unwatchedHardware", "E001 is silent and was last seen in an unknown status."),
        (
            assessed("E001", WORKS, age=60.0),
            "unwatchedHardware",
            "E001's data are stale; it was last seen in charging.",
        ),
        (silent("E001"), "unitSilent", "E001 is silent."),
        (assessed("E001", age=60.0), "unitStale", "E001's data are stale."),
        ("E001", "identityConflict", "two by one address"),
    ],
    ids=["silent at work", "silent, never told", "stale at work", "silent in Wait", "stale in Wait", "conflict"],
)
def test_what_a_unit_shows(unit: Any, code: str, text: str) -> None:
    if isinstance(unit, str):
        unit = assessed(unit, conflict=foreign(text))
    found = looked(unit).found
    assert {key: str(sign.text) for key, sign in found.items()} == {(code, "E001"): text}
    assert found[code, "E001"].hardware == (("E001",) if code == "unwatchedHardware" else ())


def test_hardware_that_a_person_has_looked_at_is_no_alarm() -> None:
    looked_at = looked(silent("E001", WORKS, acknowledged=True))
    assert (looked_at.found, looked_at.looked_at) == ({}, {("unwatchedHardware", "E001")})


def test_silence_that_an_order_explains_is_no_alarm_but_live_hardware_is() -> None:
    assert looked(silent("E001"), silent("E002", WORKS), explained=["E001", "E002"]).found.keys() == {
        ("unwatchedHardware", "E002")
    }


def test_conditions_of_the_bus_stand_while_nobody_can_tell_that_they_are_over() -> None:
    high = Condition(ConditionKind.BUS_HIGH, None, foreign("The bus is high"), foreign("no more"), 0.0, {"E001": 381.0})
    one = looked(conditions=[high])
    assert {key: (str(sign.text), sign.numbers) for key, sign in one.found.items()} == {
        ("busHigh", ""): ("The bus is high.", {"E001": 381.0})
    }
    assert not looked(doubtful={("busHigh", ""): foreign("not heard")}).tells(("busHigh", ""))
    assert looked().tells(("busHigh", ""))


def test_clocks_are_told_of_live_units_only() -> None:
    right, wrong = "2026/05/13-12:00:00", "2099/01/01-00:00:00"
    units = [assessed(f"E00{n}", time=wrong if n == 1 else right) for n in (1, 2, 3)]
    found = looked(*units, grid={"clock": right}).found
    assert {key: str(sign.text) for key, sign in found.items()} == {
        ("unitClock", "E001"): "E001's clock is far from the others': 2099/01/01-00:00:00."
    }
    assert not looked(silent("E001")).tells(("unitClock", "E001"))


def test_the_programs_own_troubles_and_what_of_them_cannot_be_told() -> None:
    trouble = Trouble("diskLow", "", foreign("1 MB left."))
    one = looked(troubles=[trouble], untold=["journalNotWritten"])
    assert one.found.keys() == {("diskLow", "")}
    assert not one.tells(("journalNotWritten", ""))


def test_what_is_out_of_service_is_handed_on() -> None:
    situation = Situation(replace(grid_of(assessed("E001")), error=True, grid_master_known=True))
    assert seen(situation, ["E001"]).out_of_service == {"E001"}
