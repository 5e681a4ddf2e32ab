"""Owns what frames tell of schedules: read by a loop of its own, since the disk of their folder may fail or hang.

Used by the frame's report, which must wait for no disk.
"""

import time
from collections.abc import Callable, Iterable

from main_controller.domain.schedule import Schedule
from main_controller.errors import ControllerError
from main_controller.sentence import say
from main_controller.web.shapes.schedules import FrameSchedules, schedules_of, schedules_set_of
from main_controller.workers.scheduler import ScheduleStatus

TOO_OLD = 5.0
"""How old (s) a reading of the folder may be that still tells which schedules are set."""


class SchedulesShown:
    """`status` tells how all schedules stand, `listing` which are set; both read the folder."""

    def __init__(
        self,
        status: Callable[[], ScheduleStatus],
        listing: Callable[[], Iterable[Schedule]],
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._status = status
        self._listing = listing
        self._clock = clock
        unread = schedules_of(ScheduleStatus(pending=None))
        self._read: tuple[float, FrameSchedules] = (clock(), {**unread, "set": None})  # replaced whole

    def read(self) -> bool:
        """Read the folder, and say whether that is news; a fault leaves `set` None, and `fault` says why."""
        told: FrameSchedules = {**schedules_of(self._status()), "set": None}
        try:
            told["set"] = schedules_set_of(self._listing())
        except ControllerError as error:
            told["fault"] = error.sentence
        news = told != self.shown()
        self._read = (self._clock(), told)
        return news

    def shown(self) -> FrameSchedules:
        """What was read last; of a folder that has not answered since, that nobody knows what is set."""
        at, told = self._read
        if self._clock() - at <= TOO_OLD:
            return told
        fault = say("web.schedulesUnread", "The schedules folder does not answer.")
        return {**told, "pending": None, "set": None, "fault": told["fault"] or fault}
