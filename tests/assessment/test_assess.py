"""The one state of the grid is made from a moment alone: the same moment gives the same state, whoever asks."""

import pickle
from dataclasses import replace

import pytest

from main_controller.assessment.assess import Assessor
from main_controller.assessment.moment import Moment
from main_controller.domain.commands import ConverterEffect, ModeEffect
from main_controller.domain.freshness import Remembered, UnitState
from main_controller.domain.modes import ConverterStatus, Mode
from main_controller.domain.snapshot import Snapshot
from main_controller.store.unit_cache import UnitCache
from tests.web.client import NOON, unit

NOW = 1000.0
WAIT, CV = ConverterStatus.WAIT, ConverterStatus.VOLTAGE_REFERENCE


def snapshot(**more: object) -> Snapshot:
    """Two units read at NOW, and one that a file kept."""
    cache = UnitCache(remembered={"E009": Remembered("E009", "0x0014", 350.0, 2.3, "10.0.0.9")})
    cache.take_log({"E001": unit("E001"), "E002": unit("E002")}, NOW, NOON)
    cache.take_grid(lambda watch: replace(watch, unit_ids=("E001", "E002"), deals=(), **more))  # type: ignore[arg-type]
    return cache.snapshot()


def test_the_same_moment_gives_the_same_state_by_whomever_and_after_whatever() -> None:
    effect = ConverterEffect("c1", "E001", CV, 350.0, 2.3, entered=NOW - 1.0, returned=NOW - 0.5, sent=True)
    moment = Moment(snapshot(), NOW, NOON, converter_effects={"E001": (effect,)}, acknowledged=frozenset({"E009"}))
    used = Assessor()
    used.assess(replace(moment, now=NOW + 40.0))
    assert used.assess(moment) == Assessor().assess(moment)


def test_a_moment_that_was_recorded_gives_the_same_state_again() -> None:
    """Nothing in it asks a clock or another part of the program."""
    moment = Moment(snapshot(), NOW, NOON, mode_effects=(ModeEffect("c1", None, Mode.STOP, NOW, returned=NOW),))
    again = pickle.loads(pickle.dumps(moment))
    assert Assessor().assess(again) == Assessor().assess(moment)


def test_a_member_never_seen_is_known_by_what_a_file_kept_of_it() -> None:
    kept = Assessor().assess(Moment(snapshot(), NOW, NOON)).units["E009"]
    assert (kept.state, kept.moved_at, kept.reading, kept.raw_status) == (UnitState.SILENT, None, None, "0x0014")
    assert (kept.dvg, kept.dig, kept.ip, kept.unwatched) == (350.0, 2.3, "10.0.0.9", True)


def test_an_order_that_no_reading_has_answered_counts_beside_the_last_reading() -> None:
    effect = ConverterEffect("c1", "E001", CV, 350.0, 2.3, entered=NOW)
    state = Assessor().assess(Moment(snapshot(), NOW, NOON, converter_effects={"E001": (effect,)}))
    assert state.units["E001"].in_flight
    assert state.units["E001"].estimate.statuses == {WAIT, CV}
    assert state.units["E002"].estimate.surely(WAIT)


@pytest.mark.parametrize(("later", "error"), [(15.0, False), (15.1, True)])
def test_a_grid_error_is_told_well_after_a_mode_was_seen_to_change(later: float, error: bool) -> None:
    told = snapshot(status_active=False, inactive_answers=2)
    assert Assessor().assess(Moment(told, NOW + later, NOON, mode_changed_at=NOW)).error is error


def test_time_alone_makes_a_unit_stale() -> None:
    told = snapshot()
    states = [Assessor().assess(Moment(told, NOW + later, NOON)).units["E001"].state for later in (30.0, 30.1)]
    assert states == [UnitState.LIVE, UnitState.STALE]
