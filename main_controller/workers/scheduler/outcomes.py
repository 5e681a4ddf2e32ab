"""Persists how schedules ended, retrying while the disk fails, so that no schedule acts twice (Z12).

Used by the scheduler and its orders, in its one thread.
"""

from collections.abc import Collection
from datetime import datetime

from main_controller.domain.schedule import Schedule
from main_controller.errors import ControllerError
from main_controller.sentence import Sentence, say
from main_controller.store.schedule_results import ScheduleResult, ScheduleResults
from main_controller.store.schedules import Schedules

DONE = "done"
FAILED = "failed"
"""The outcome whose file is kept, marked, until an operator clears it; every other removes the file."""


class Outcomes:
    """The schedules that have ended and whose files could not yet be removed or marked."""

    def __init__(self, schedules: Schedules, results: ScheduleResults) -> None:
        self._schedules = schedules
        self._results = results
        self._unsaved: dict[tuple[str, str, str, int], ScheduleResult] = {}

    def end(self, schedule: Schedule, outcome: str, at: datetime, sentence: Sentence) -> Sentence | None:
        """Record the outcome once and save it; the sentence says why the disk did not take it, None that it did."""
        result = ScheduleResult(schedule, outcome, at, sentence)
        self._unsaved[schedule.stamp] = result
        self._results.add(result)
        return self.save(schedule)

    def has(self, schedule: Schedule) -> bool:
        """Whether this very setting has ended, so that it must not act again."""
        return schedule.stamp in self._unsaved

    def save(self, schedule: Schedule) -> Sentence | None:
        """Try (again) to remove or mark the file of a schedule that has ended; as `end`."""
        result = self._unsaved[schedule.stamp]
        try:
            if result.outcome == FAILED:
                self._schedules.mark_failed(schedule, result.at, result.sentence)
            else:
                self._schedules.discard(schedule)
        except ControllerError as error:
            return say(
                "workers.endedButStands", "It has ended ({outcome}), but its file stands. {fault}",
                outcome=result.outcome, fault=error.sentence,
            )  # fmt: skip
        del self._unsaved[schedule.stamp]
        return None

    def forget_all_but(self, held: Collection[tuple[str, str, str, int]]) -> None:
        """Forget those whose file is gone or holds another setting."""
        self._unsaved = {stamp: result for stamp, result in self._unsaved.items() if stamp in held}
