"""The page goes on whatever becomes of a disk that one of its sections is read from."""

from pathlib import Path

from tests.system.conftest import console_on
from tests.system.console import until
from tests.system.fake_grid import FakeGrid


def test_frames_go_on_when_the_schedules_folder_cannot_be_read(grid: FakeGrid, tmp_path: Path) -> None:
    """It was read within each frame: without it the page knew nothing any more."""
    with console_on(grid, tmp_path / "console") as console:
        console.call("/setSchedule?operation=softStop&value=2090-01-01T00:00:00Z", "POST")
        until(lambda: console.get("/get/frame")["schedules"]["set"], "the schedule")
        folder = console.settings.schedules
        folder.rename(tmp_path / "away")
        folder.touch()
        until(lambda: console.get("/get/frame")["schedules"]["fault"], "the fault")
        frame = console.get("/get/frame")
        assert frame["schedules"]["set"] is None
        assert frame["data"]["live"] > 0
        folder.unlink()
        (tmp_path / "away").rename(folder)
        until(lambda: console.get("/get/frame")["schedules"]["set"], "the schedule again")
