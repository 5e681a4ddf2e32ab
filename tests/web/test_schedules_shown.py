"""What frames tell of schedules never waits for their folder, and never says more than was read."""

from datetime import UTC, datetime
from typing import Any

from main_controller.domain.schedule import Operation, Schedule
from main_controller.errors import ControllerError
from main_controller.sentence import foreign
from main_controller.web.schedules_shown import TOO_OLD, SchedulesShown
from main_controller.workers.scheduler import ScheduleStatus

DUE = datetime(2090, 1, 1, tzinfo=UTC)
SET = {"": {"softStop": "2090-01-01T00:00:00.000+00:00"}}


class Folder:
    def __init__(self) -> None:
        self.now = 0.0
        self.set: Any = [Schedule(None, Operation.SOFT_STOP, DUE, DUE, "", 0)]
        self.shown = SchedulesShown(lambda: ScheduleStatus(pending=1), self.listing, clock=lambda: self.now)

    def listing(self) -> Any:
        if isinstance(self.set, Exception):
            raise self.set
        return self.set


def test_what_was_read_is_told_and_before_that_nothing_is_known() -> None:
    folder = Folder()
    assert (folder.shown.shown()["set"], folder.shown.shown()["pending"]) == (None, None)
    folder.shown.read()
    assert (folder.shown.shown()["set"], folder.shown.shown()["pending"]) == (SET, 1)


def test_a_folder_that_cannot_be_read_is_told_and_keeps_no_frame() -> None:
    folder = Folder()
    folder.set = ControllerError(foreign("The schedules folder cannot be read."))
    folder.shown.read()
    told = folder.shown.shown()
    assert (told["set"], told["fault"]) == (None, "The schedules folder cannot be read.")


def test_a_folder_that_hangs_tells_nothing_after_some_seconds() -> None:
    folder = Folder()
    folder.shown.read()
    folder.now += TOO_OLD
    assert folder.shown.shown()["set"] == SET
    folder.now += 0.1
    told = folder.shown.shown()
    assert (told["set"], told["pending"], told["fault"]) == (None, None, "The schedules folder does not answer.")


def test_only_what_is_news_has_a_frame_made_of_it() -> None:
    """A frame a second less to make, and to write into the black box, while nobody sets a schedule."""
    folder = Folder()
    assert [folder.shown.read() for _ in range(3)] == [True, False, False]
    folder.now += TOO_OLD + 0.1
    assert folder.shown.read(), "the frame told that nobody knows"
    folder.set = []
    assert [folder.shown.read() for _ in range(2)] == [True, False]
    folder.set = ControllerError(foreign("The schedules folder cannot be read."))
    assert [folder.shown.read() for _ in range(2)] == [True, False]
