"""The recorded faults of the real system, in time-lapse behind a socket, and what `/get/status` tells of each (Z5-Z6b).

Every reply is HTTP 200 while devices hang, nodes die and the Grid Master is gone (K5-K8, K10).
"""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from main_controller.assessment import cluster as grid_rules
from tests.replayer import Replayer
from tests.system.console import Console, until

SPEED = 15.0
LATE = 30.0
"""What a busy machine may add, in seconds of the recording."""

READ = 12.0
"""How old a reading is at most when it comes (K4), with the watcher's and the collector's beat, s of the recording."""

TIMES: dict[str, Any] = {"staleafter": 30 / SPEED, "readinglag": 12 / SPEED, "modetime": 30 / SPEED}
OTHERS_STOP = 290.0
DEVICES_HANG = 392.0
"""From here apis-web answers all along; a call cut off early, on a busy machine, would say otherwise."""

UNITS = ["E001", "E002", "E003", "E004"]


class Play:
    """A recording and the program that watches it, its times as much shorter."""

    def __init__(self, replayer: Replayer, console: Console) -> None:
        self.replayer = replayer
        self.console = console

    def until(self, latest: float, condition: Callable[[Any], bool], what: str) -> tuple[float, Any]:
        """When (s of the recording) the status first is so, and the status; at the latest `latest` plus `LATE`."""

        def look() -> tuple[float, Any] | None:
            now, status = self.replayer.now, self.console.status
            assert now <= latest + LATE, (what, now, json.dumps(status["grid"]), status["units"])
            return (now, status) if condition(status) else None

        found = until(look, what, deadline=60)
        assert found is not None
        return found

    def states(self, status: Any) -> list[str]:
        return [status["units"][unit_id]["state"] for unit_id in UNITS]


@pytest.fixture
def play(request: pytest.FixtureRequest, root: Path, tmp_path: Path) -> Iterator[Play]:
    """The recording of faults from the second that the test names, once all units are seen live."""
    recording = root / "tests" / "recordings" / "faults.jsonl.gz"
    quiet = mock.patch.object(grid_rules, "ERROR_QUIET_S", 15 / SPEED)
    with (
        quiet,
        Replayer(recording, SPEED, start=request.param) as replayer,
        Console(tmp_path / "console", patient=request.param == DEVICES_HANG, **replayer.settings, **TIMES) as console,
    ):
        playing = Play(replayer, console)
        playing.until(request.param + 5, lambda status: status["data"]["live"] == 4, "all units")
        yield playing
        replayer.close()


def test_the_times_of_this_file_are_those_of_the_recording(root: Path) -> None:
    """So that a new recording does not make these tests prove something else."""
    with Replayer(root / "tests" / "recordings" / "faults.jsonl.gz") as replayer:
        faults = [(round(second), event.split(":")[1].split(",")[0].strip()) for second, event in replayer.events]
    assert (60, "the process of E004 killed") in faults
    assert (140, "the process of the Grid Master") in faults
    assert (400, "devices stop answering") in faults
    assert (580, "a global hardware error reported by E002") in faults
    assert (630, "apis-web killed") in faults


@pytest.mark.parametrize("play", [48.0], indirect=True)
def test_a_node_that_dies_amid_a_deal_is_silent_and_unwatched(play: Play) -> None:
    """K6, Z6a: its converter goes on charging, and nobody watches it until it is back and in Wait."""
    at, status = play.until(67, lambda status: status["units"]["E004"]["state"] == "silent", "E004 silent")
    assert at >= 60
    lost = status["units"]["E004"]
    assert (lost["unwatched"], lost["lastWord"], lost["acknowledged"]) == (True, "0x0041", None)
    assert [play.states(status)[n] for n in range(3)] == ["live"] * 3
    assert "E004" not in play.console.get("/get/logInfo")
    kept = play.console.call("/get/unit/E004")
    assert kept.status == 200, "a silent unit's last data, and their own age (Z2)"
    assert kept.json["oesunit"]["id"] == "E004"
    assert b"E004" in play.console.call("/").body
    until(lambda: any("nobody watches" in each for each in play.console.log.at(30)), "the WARNING")
    back, _ = play.until(107, lambda status: not status["units"]["E004"]["unwatched"], "E004 watched again")
    assert back >= 95


@pytest.mark.parametrize("play", [128.0], indirect=True)
def test_a_dead_grid_masters_last_picture_is_not_taken_for_now(play: Play) -> None:
    """K7, Z5, Z6: `/get/log` shows the dead unit as live; its clock tells, and `/unitIds` says there is no master."""
    known = play.console.status["grid"]
    assert known["gridMaster"] == "E001"
    at, status = play.until(145 + READ, lambda status: status["grid"]["gridMaster"] is None, "no Grid Master told")
    assert at >= 140
    assert status["grid"]["deals"] is None, "cannot tell is not none"
    assert play.console.call("/get/dealsInfo").status in (502, 504)
    stale, status = play.until(170 + READ, lambda status: play.states(status) == ["stale"] * 4, "all stale")
    assert stale >= 165
    assert status["grid"]["mode"] is None, "null without a live unit (Z5a)"
    assert sorted(status["units"]) == UNITS, "the member list is kept"
    assert play.console.call("/readyz").status == 503
    assert play.console.call("/get/logInfo").status == 200
    _, status = play.until(
        180 + READ, lambda status: status["grid"]["gridMaster"] not in (None, "E001"), "another master"
    )
    play.until(185 + READ, lambda status: play.states(status) == ["silent", "live", "live", "live"], "E001 gone")
    lost = play.console.status["units"]["E001"]
    assert (lost["unwatched"], lost["lastWord"]) == (True, "0x0014")
    until(lambda: any("Grid Master" in each["text"] for each in play.console.status["gridEvents"]), "the event (Z13a)")


@pytest.mark.parametrize("play", [DEVICES_HANG], indirect=True)
def test_devices_that_hang_are_told_by_the_units_clocks(play: Play) -> None:
    """K5, Z5: apis-web answers 200 in 10 ms with the last data all along."""
    at, status = play.until(430 + READ, lambda status: play.states(status) == ["stale"] * 4, "all stale")
    assert at >= 425, "not before staleafter"
    sides = status["apisWeb"]
    assert (sides["emulatorEmulator"]["up"], sides["budoEmulator"]["up"]) == (True, True)
    assert status["data"]["age"] >= status["config"]["staleafter"]
    assert status["units"]["E001"]["unwatched"], "last seen as the voltage reference"
    assert not play.console.log.at(40), "nothing failed on the wire"
    answer = play.console.call("/set/dcdc/E001?mode=0x0014&dvg=350&dig=2")
    assert answer.status == 409
    assert ("b", False) in {(each["rule"], each["pass"]) for each in answer.json["rules"]}
    play.until(495, lambda status: play.states(status) == ["live"] * 4, "all live again")


@pytest.mark.parametrize("play", [560.0], indirect=True)
def test_a_grid_error_is_told_before_the_cluster_stops_itself(play: Play) -> None:
    """K10, Z6, Z13a: `active: false` while the mode is autonomous; then the grid goes to stop by itself."""
    play.until(575, lambda status: status["grid"]["error"] is False, "no error yet")
    at, status = play.until(590, lambda status: status["grid"]["error"] is True, "the error")
    assert at >= 580
    assert status["grid"]["mode"] == "autonomous"
    _, status = play.until(600 + READ, lambda status: status["grid"]["mode"] == "stop", "its own stop")
    told = until(lambda: [each["kind"] for each in events(play) if each["kind"] in ("gridError", "mode")], "the events")
    assert told[0] == "gridError"
    until(lambda: any("by itself" in each["text"] for each in events(play)), "the mode's event")
    assert any("error" in line for line in play.console.log.at(30)), "at WARNING"
    rows = until(lambda: [r for r in play.console.get("/journal")["rows"] if "by itself" in str(r)], "the journal")
    assert rows


def events(play: Play) -> list[Any]:
    found: list[Any] = play.console.status["gridEvents"]
    return found


@pytest.mark.parametrize("play", [618.0], indirect=True)
def test_a_dead_apis_web_is_told_and_its_return_too(play: Play) -> None:
    """K8, T31: refused from 630 to 659; the last good data stay, their age growing."""
    at, _ = play.until(632, lambda status: not status["apisWeb"]["emulatorEmulator"]["up"], "the fault")
    assert at >= 629
    body = play.console.call("/get/logInfo").body
    _, status = play.until(640, lambda status: not status["apisWeb"]["budoEmulator"]["up"], "the other side's")
    assert status["grid"]["gridMaster"] is None
    play.until(650, lambda status: status["data"]["age"] * SPEED > 12, "the age growing")
    assert play.console.call("/get/logInfo").body == body
    play.until(660, lambda status: status["apisWeb"]["emulatorEmulator"]["up"], "the return")
    play.until(670, lambda status: status["data"]["live"] == 4 and status["grid"]["gridMaster"] is not None, "health")
    assert len(play.console.log.at(40, "data collector fails")) == 1


def test_a_healthy_grid_is_never_called_anything_else(root: Path, tmp_path: Path) -> None:
    """K4, K13, Z6b: deals, Soft Stop, stop and Manual; no unit stale, no error, no unwatched hardware.

    Another's Force Stop alone looks like an error for the 2 to 10 s until the units show it: that is all the wire says.
    """
    with (
        mock.patch.object(grid_rules, "ERROR_QUIET_S", 15 / SPEED),
        Replayer(root / "tests" / "recordings" / "sharing.jsonl.gz", SPEED, start=150) as replayer,
        Console(tmp_path / "console", **replayer.settings, **TIMES) as console,
    ):
        play = Play(replayer, console)
        play.until(155, lambda status: status["data"]["live"] == 4, "all units")
        seen: list[Any] = []

        def watched() -> bool:
            status = console.status
            assert play.states(status) == ["live"] * 4, (replayer.now, status["units"])
            if not OTHERS_STOP <= replayer.now <= OTHERS_STOP + READ:
                assert status["grid"]["error"] in (False, None), replayer.now
            assert not any(unit["unwatched"] for unit in status["units"].values())
            if not seen or seen[-1] != status["grid"]["mode"]:
                seen.append(status["grid"]["mode"])
            return replayer.now > 330

        until(watched, "the end", deadline=60, every=0.05)
        modes = [mode for mode in seen if mode not in ("mixed", None)]
        assert modes == ["autonomous", "heteronomous", "stop", "manual"], seen
        assert not console.log.at(40)
        replayer.close()
