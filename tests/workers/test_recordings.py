"""The recorded faults of the real system, HTTP 200 all along, are told in `staleafter` and one beat (K4-K10, Z5)."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from main_controller.domain.freshness import UnitState, unwatched
from main_controller.domain.snapshot import Snapshot
from tests.workers.recording import GRID_BEAT, Replay

STALE_AFTER = 30.0
BEAT = 1
READ_EVERY = 10
"""A unit's reading is up to this old when it arrives: it is read every 5 s and collected every 5 s (K4), in s."""
UNITS = ("E001", "E002", "E003", "E004")


@pytest.fixture
def faults(root: Path) -> Replay:
    return Replay(root / "tests/recordings/faults.jsonl.gz")


def states(now: int, snapshot: Snapshot) -> dict[str, UnitState]:
    return {unit_id: snapshot.state(unit_id, now, STALE_AFTER) for unit_id in snapshot.members}


def is_unwatched(unit_id: str, now: int, snapshot: Snapshot) -> bool:
    return unwatched(snapshot.state(unit_id, now, STALE_AFTER), snapshot.last_status(unit_id))


def first(replay: Replay, end: int, condition: Callable[[int, Snapshot], bool]) -> int:
    """The first second at which the condition holds."""
    for now, snapshot in replay.until(end):
        if condition(now, snapshot):
            return now
    raise AssertionError(f"not before t={end}")


def skip_to(replay: Replay, second: int) -> Snapshot:
    for _ in replay.until(second):
        pass
    return replay.cache.snapshot()


def test_a_healthy_grid_is_live_throughout(root: Path) -> None:
    """Seven minutes of deals, modes and manual orders: no unit is ever called stale or silent, and no fault is told."""
    replay = Replay(root / "tests/recordings/sharing.jsonl.gz")
    for now, snapshot in replay.until(replay.recording.seconds):
        assert states(now, snapshot) == dict.fromkeys(UNITS, UnitState.LIVE), now
        assert max(one.age(now) for one in snapshot.sightings.values()) <= READ_EVERY, now
        assert snapshot.grid.unit_ids == UNITS
        assert snapshot.grid.grid_master in UNITS
        assert snapshot.conflicts == {}
    assert replay.collecting.health.up
    assert replay.collecting.health.last_error is None


def test_good_data_are_never_blanked_whatever_dies(faults: Replay) -> None:
    for now, snapshot in faults.until(faults.recording.seconds):
        assert json.loads(snapshot.body), now
        assert snapshot.members == UNITS, now
        assert set(snapshot.sightings) == set(UNITS), now
        assert all(one.data for one in snapshot.sightings.values()), now


def test_a_killed_node_is_silent_at_once_and_unwatched_until_seen_in_wait(faults: Replay) -> None:
    """K6: killed at 60 amid a deal, back at 102 still charging, in Wait at 107."""
    skip_to(faults, 60)
    silent = first(faults, 90, lambda now, snapshot: states(now, snapshot)["E004"] is UnitState.SILENT)
    assert silent <= 60 + 7 + BEAT
    for now, snapshot in faults.until(100):
        assert states(now, snapshot) == {**dict.fromkeys(UNITS, UnitState.LIVE), "E004": UnitState.SILENT}, now
        assert snapshot.last_status("E004") == "0x0041"
        assert is_unwatched("E004", now, snapshot)
        assert "E004" not in json.loads(snapshot.body)
    back = first(faults, 120, lambda now, snapshot: not is_unwatched("E004", now, snapshot))
    assert back <= 103


def test_a_dead_grid_masters_last_picture_is_told_as_stale(faults: Replay) -> None:
    """K7: killed at 140; `/get/log` goes on showing the dead unit as live until another one serves at 172."""
    before = skip_to(faults, 140)
    assert before.grid.grid_master == "E001"
    moved = {unit_id: one.moved_at for unit_id, one in before.sightings.items()}
    lost = first(faults, 160, lambda _, snapshot: snapshot.grid.unit_ids is None)
    assert lost <= 140 + GRID_BEAT, "the hanging call is told before any age"
    stale = first(faults, 172, lambda now, snapshot: set(states(now, snapshot).values()) == {UnitState.STALE})
    assert stale <= max(moved.values()) + READ_EVERY + STALE_AFTER + BEAT
    assert is_unwatched("E001", stale, faults.cache.snapshot())
    none_known = skip_to(faults, 171)
    assert (none_known.grid.unit_ids, none_known.grid.grid_master) == ((), None)
    assert none_known.sightings["E001"].unit.grid_master, "the picture still claims it"
    served = first(faults, 190, lambda now, snapshot: states(now, snapshot)["E002"] is UnitState.LIVE)
    assert served <= 175
    for now, snapshot in faults.until(300):
        assert states(now, snapshot) == {**dict.fromkeys(UNITS, UnitState.LIVE), "E001": UnitState.SILENT}, now
        assert is_unwatched("E001", now, snapshot)
        assert snapshot.last_status("E001") == "0x0014"
    calm = first(faults, 320, lambda now, snapshot: states(now, snapshot)["E001"] is UnitState.LIVE)
    assert calm <= 306


def test_hanging_devices_are_told_unit_by_unit_though_every_answer_is_200(faults: Replay) -> None:
    """K5: the devices hang from 400 to 470."""
    skip_to(faults, 400)
    for now, snapshot in faults.until(470):
        assert faults.collecting.health.up, now
        assert snapshot.answered_at == now
        for unit_id, state in states(now, snapshot).items():
            old = now - snapshot.sightings[unit_id].moved_at > STALE_AFTER
            assert state is (UnitState.STALE if old else UnitState.LIVE), (now, unit_id)
        if now <= 420:
            assert set(states(now, snapshot).values()) == {UnitState.LIVE}, now
        if now >= 400 + READ_EVERY + STALE_AFTER + BEAT:
            assert set(states(now, snapshot).values()) == {UnitState.STALE}, now
            assert is_unwatched("E001", now, snapshot)
            assert not is_unwatched("E002", now, snapshot), "it was seen in Wait"
    healed = first(faults, 500, lambda now, snapshot: set(states(now, snapshot).values()) == {UnitState.LIVE})
    assert healed <= 493


def test_a_grid_error_shows_as_two_inactive_answers_while_the_mode_still_shares(faults: Replay) -> None:
    """K10, Z6: the error comes at 580; while no Grid Master answers, the count never runs."""
    for now, snapshot in faults.until(580):
        if snapshot.grid.status_error is not None:
            assert (snapshot.grid.status_active is True, snapshot.grid.inactive_answers) == (False, 0), now
    assert faults.cache.snapshot().grid.inactive_answers == 0
    told = first(faults, 600, lambda _, snapshot: snapshot.grid.inactive_answers >= 2)
    assert told <= 580 + 2 * GRID_BEAT
    modes = {one.unit.global_mode for one in faults.cache.snapshot().sightings.values()}
    assert modes == {"autonomous"}


def test_a_dead_apis_web_leaves_the_last_data_ageing_and_is_back_with_its_first_answer(faults: Replay) -> None:
    """K8: refused from 630 to 659."""
    last = skip_to(faults, 630)
    assert faults.collecting.health.up
    for now, snapshot in faults.until(659):
        assert not faults.collecting.health.up, now
        assert faults.collecting.health.last_error == "connection refused"
        assert (snapshot.body, snapshot.answered_at) == (last.body, 629.0)
        assert snapshot.age(now) == now - max(one.moved_at for one in last.sightings.values())
    assert not faults.watching.health.up
    assert set(states(659, faults.cache.snapshot()).values()) == {UnitState.STALE}
    now = first(faults, 665, lambda now, snapshot: set(states(now, snapshot).values()) == {UnitState.LIVE})
    assert now <= 659 + BEAT
    assert faults.collecting.health.up
    skip_to(faults, 661)
    assert faults.watching.health.up
