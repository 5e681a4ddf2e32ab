"""What became of the last schedules, for `/get/status` and for the journal (Z5a, Z12).

Written by the scheduler and by the orders that clear schedules; lost at a restart, where the journal keeps them.
"""

import logging
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from main_controller.domain.schedule import Schedule
from main_controller.domain.timestamps import iso_utc
from main_controller.errors import ControllerError
from main_controller.sentence import Sentence

log = logging.getLogger(__name__)

KEPT = 20


@dataclass(frozen=True, slots=True)
class ScheduleResult:
    """How one schedule ended: `outcome` is done, notNeeded, missed, failed or cleared; `at` is aware UTC."""

    schedule: Schedule
    outcome: str
    at: datetime
    sentence: Sentence


class ScheduleResults:
    """The last results, oldest first, at most `KEPT`; each is handed to `listener` too, in the thread that adds it."""

    def __init__(self, listener: Callable[[ScheduleResult], None] | None = None) -> None:
        self._listener = listener
        self._reading = threading.Lock()  # a deque cannot be copied while another thread adds to it
        self._last: deque[ScheduleResult] = deque(maxlen=KEPT)

    def add(self, result: ScheduleResult) -> None:
        """Keep a result, say it in the log and hand it on; a listener's fault is logged and stops nothing."""
        with self._reading:
            self._last.append(result)
        level = logging.INFO if result.outcome in ("done", "notNeeded") else logging.WARNING
        log.log(
            level, "schedule %s due %s: %s. %s",
            result.schedule, iso_utc(result.schedule.due), result.outcome, result.sentence,
        )  # fmt: skip
        if self._listener is None:
            return
        try:
            self._listener(result)
        except (ControllerError, OSError) as error:
            log.error("the result of schedule %s was not passed on: %s", result.schedule, error)

    def last(self) -> tuple[ScheduleResult, ...]:
        """The results kept, oldest first."""
        with self._reading:
            return tuple(self._last)
