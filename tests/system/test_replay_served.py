"""The real program's frames of the past, over orders, faults and a restart: what a page was told is told again."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from tests.faulty_server import resetting
from tests.system.conftest import console_on
from tests.system.console import Console, until
from tests.system.fake_grid import FakeGrid

MOMENTS = 50
"""How many frames of each run are asked for again."""

CODES = {"APIS-Sentences": "codes"}


def served(console: Console, target: str = "/get/frame") -> Any:
    """A frame with its sentences by code."""
    return console.call(target, headers=CODES).json


def past(console: Console, at: str) -> Any:
    """The frame of a time."""
    return served(console, f"/get/frame?at={at.replace('+', '%2B')}")


def different(console: Console, frame: Any) -> list[str]:
    """In what the frame of then is another today; of two that were told within a millisecond it may be either."""
    again = past(console, frame["time"])
    if "replay" in again and again["replay"]["madeAt"] == frame["time"] and again["assessedAt"] != frame["assessedAt"]:
        again = past(console, (datetime.fromisoformat(frame["time"]) - timedelta(milliseconds=1)).isoformat())
        again["time"] = frame["time"]
    return [name for name in {*frame, *again} - {"moment", "replay"} if _of(frame, name) != _of(again, name)]


def _of(frame: Any, name: str) -> Any:
    told = frame.get(name)
    return sorted(map(str, told)) if name == "messages" else told


def watched(console: Console, happens: Callable[[int], None]) -> list[Any]:
    """Frames one after another, each another one, while something happens."""
    frames: list[Any] = []

    def another() -> bool:
        frame = served(console)
        if frames and frame["assessedAt"] == frames[-1]["assessedAt"]:
            return False
        frames.append(frame)
        return True

    for number in range(MOMENTS):
        happens(number)
        until(another, "the next frame")
    return frames


def test_what_pages_were_told_is_told_again_after_a_restart(grid: FakeGrid, tmp_path: Path) -> None:
    def troubles(console: Console) -> Callable[[int], None]:
        def happens(number: int) -> None:
            if number == 5:
                console.call("/setLock?unitId=E001&name=anna&reason=fuse", "POST")
            elif number == 10:
                console.call("/set/dcdc/E001?mode=0x0014&dvg=350&dig=1", "POST")
            elif number == 15:
                console.call("/setSchedule?operation=softStop&value=2090-01-01T00:00:00Z", "POST")
            elif number == 20:
                console.call("/stopAll?wait=no", "POST")
            elif number == 30:
                grid.spoil("/get/log", resetting)
            elif number == 45:
                grid.heal()

        return happens

    with console_on(grid, tmp_path / "console") as console:
        first = watched(console, troubles(console))
        assert [(frame["serial"], found) for frame in first if (found := different(console, frame))] == []
        marks = console.get("/timeline")["marks"]
        assert {mark["kind"] for mark in marks} >= {"order", "event"}
        assert any("anna" in mark["text"] for mark in marks)
    with FakeGrid() as anew, console_on(anew, tmp_path / "console") as console:
        told = [*first, *watched(console, lambda number: None)]
        assert len({frame["start"] for frame in told}) == 2
        assert [(frame["time"], found) for frame in told if (found := different(console, frame))] == []
        (gap,) = console.get("/timeline")["gaps"]
        assert gap["why"] == "notRunning"
        amid = datetime.fromisoformat(gap["from"]) + timedelta(milliseconds=2)
        refused = console.call(f"/get/frame?at={amid.isoformat().replace('+', '%2B')}")
        assert (refused.status, refused.error[:23]) == (404, "Nothing is recorded of ")


def test_where_the_black_box_is_off_nothing_is_written_and_that_is_said(grid: FakeGrid, tmp_path: Path) -> None:
    with console_on(grid, tmp_path / "console", blackboxhours=0) as console:
        assert served(console)["whole"]
        for target in ("/timeline", "/get/frame?at=2026-05-13T12:00:00Z"):
            refused = console.call(target)
            assert (refused.status, refused.error[:20]) == (404, "Nothing is recorded:")
        folder = console.settings.database.parent
    assert not (folder / "blackbox").exists()
