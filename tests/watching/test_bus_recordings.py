"""The alarms of the bus over recordings of the real system: normal deals tell nothing, what is wrong is told."""

from pathlib import Path

import pytest

from tests.watching.watched import Watching
from tests.workers.recording import Replay


def watched(root: Path, name: str) -> Watching:
    """The whole recording, looked at every second."""
    replay = Replay(root / f"tests/recordings/{name}.jsonl.gz")
    watching = Watching(replay.cache, replay.recording.clock, replay.recording.wall)
    for _ in replay.until(replay.recording.seconds):
        watching.look()
    return watching


@pytest.mark.parametrize("name", ["sharing", "log"])
def test_minutes_of_deals_modes_and_orders_by_hand_tell_nothing(root: Path, name: str) -> None:
    """K4, K12, K14, K15: ramps of deals were told to be a low bus; nor is a healthy grid a finding."""
    assert watched(root, name).alarms == []


def test_a_reference_that_carried_what_a_dead_unit_left_is_told_and_nothing_else(root: Path) -> None:
    """E004 killed at 60 amid a deal: E001 carries 3 A until all deals are cut at 97 (K6); nodes that hang or a dead
    apis-web are no alarm of the bus."""
    assert watched(root, "faults").alarms == [
        (85.0, "unitCurrent", "E001 carries 3 A; its limit is 2.35 A."),
        (85.0, "batteryCurrent", "E001's battery carries 23.02 A; its limit is 20 A."),
        (98.0, "unitCurrent", "E001's current is well below its limit again."),
        (98.0, "batteryCurrent", "E001's battery current is within its limit again."),
    ]
