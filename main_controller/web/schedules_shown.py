"""Owns what frames tell of schedules: read by a loop of its own, since the disk of their folder may fail or hang.

Used by the frame's report, which must wait for no disk.
"""

import time
from collections.abc import Callable, Mapping
from typing import Any

from main_controller.errors import ControllerError
from main_controller.sentence import say

TOO_OLD = 5.0
"""How old (s) a reading of the folder may be that still tells which schedules are set."""

UNREAD: Mapping[str, Any] = {"pending": None, "last": [], "failed": [], "waiting": [], "unreadable": [], "fault": None}


class SchedulesShown:
    """`status` gives the `schedules` of `/get/status`, `listing` the body of `/schedules`; both read the folder."""

    def __init__(
        self,
        status: Callable[[], Mapping[str, Any]],
        listing: Callable[[], Mapping[str, Any]],
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._status = status
        self._listing = listing
        self._clock = clock
        self._read: tuple[float, Mapping[str, Any]] = (clock(), {**UNREAD, "set": None})  # replaced whole

    def read(self) -> None:
        """Read the folder; a fault leaves `set` None, and `fault` says why."""
        told = dict(self._status())
        try:
            told["set"] = self._listing()
        except ControllerError as error:
            told |= {"set": None, "fault": error.sentence}
        self._read = (self._clock(), told)

    def shown(self) -> Mapping[str, Any]:
        """What was read last; of a folder that has not answered since, that nobody knows what is set."""
        at, told = self._read
        if self._clock() - at <= TOO_OLD:
            return told
        fault = say("web.schedulesUnread", "The schedules folder does not answer.")
        return {**told, "pending": None, "set": None, "fault": told["fault"] or fault}
