"""What may be true of the units and of the cluster's mode at one moment (Z6a, Z6c, Z8b)."""

import pytest

from main_controller.assessment.grid_state import possible_current
from main_controller.domain.freshness import UnitState
from main_controller.domain.modes import ConverterStatus, Mode
from tests.assessment.units import NOW, assessed, grid_of, never_seen, order, reference, silent

WAIT, CV, CHARGE, DISCHARGE = (
    ConverterStatus.WAIT,
    ConverterStatus.VOLTAGE_REFERENCE,
    ConverterStatus.CHARGE,
    ConverterStatus.DISCHARGE,
)


def test_unwatched_is_what_is_not_live_and_not_surely_in_wait() -> None:
    """Z6a, K6."""
    assert silent("E001", CV).unwatched
    assert silent("E001", None).unwatched
    assert never_seen("E001").unwatched
    assert not silent("E001", WAIT).unwatched
    assert not reference().unwatched
    ordered = silent("E001", WAIT, orders=[order(CV, entered=900.0, returned=901.0, sent="unknown")])
    assert ordered.unwatched, "it may have been switched on just before it fell silent"


@pytest.mark.parametrize(("age", "fresh"), [(15.0, True), (15.1, False)])
def test_fresh_is_a_reading_of_at_most_the_limit(age: float, fresh: bool) -> None:
    told, gone = assessed("E001", age=age), assessed("E002", age=1.0, state=UnitState.SILENT)
    grid = grid_of(told, gone)
    assert grid.fresh(told, 15.0) is fresh
    assert not grid.fresh(gone, 15.0)


def test_wait_is_confirmed_only_by_what_was_told_since() -> None:
    seen = assessed("E001", age=2.0)
    assert seen.confirmed_wait(NOW - 2.0)
    assert not seen.confirmed_wait(NOW - 1.9)
    assert not never_seen("E001").confirmed_wait()
    assert not reference().confirmed_wait()


def test_the_mode_obeyed_is_what_the_unit_says_else_what_its_settings_give() -> None:
    assert assessed("E001", mode=Mode.AUTONOMOUS, local=Mode.STOP, effective=None).obeys is Mode.STOP
    assert assessed("E001", mode=Mode.AUTONOMOUS, effective=Mode.MANUAL).obeys is Mode.MANUAL
    assert assessed("E001", mode=None, effective=None).obeys is None


def test_a_clusters_mode_change_concerns_every_unit_and_a_units_only_itself() -> None:
    shown = grid_of(assessed("E001"), assessed("E002"), pending_modes={"": (Mode.STOP,), "E001": (None,)})
    assert shown.pending_for("E001") == (Mode.STOP, None)
    assert shown.pending_for("E002") == shown.pending_for(None) == (Mode.STOP,)
    only = grid_of(assessed("E001"), assessed("E002"), pending_modes={"E001": (None,)})
    assert only.mode_pending("E001")
    assert not only.mode_pending("E002")
    assert not only.mode_pending(None)


def test_scope_is_one_unit_or_all_or_nobody() -> None:
    shown = grid_of(assessed("E001"), silent("E002"))
    assert [one.id for one in shown.scope(None)] == ["E001", "E002"]
    assert [one.id for one in shown.scope("E002")] == ["E002"]
    assert shown.scope("E009") == []
    assert [one.id for one in shown.live] == ["E001"]


def test_the_current_that_may_flow_is_the_largest_that_cannot_be_ruled_out() -> None:
    changing = assessed("E002", CHARGE, dig=0.5, orders=[order(CHARGE, returned=999.0, sent="unknown", dig=1.5)])
    assert possible_current([changing, assessed("E003", CHARGE, dig=1.0), reference()], CHARGE) == 2.5
    assert possible_current([changing], DISCHARGE) == 0.0
    assert possible_current([assessed("E002", None, dig=0.7)], DISCHARGE) == 0.7, "an unknown status may be that"
    assert possible_current([assessed("E002", CHARGE, dig=None)], CHARGE) is None, "unknown is not none"
