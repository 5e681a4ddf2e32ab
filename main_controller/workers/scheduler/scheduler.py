"""Looks at the schedule folder, and has every schedule that is due act and seen to (B3, B4, Z12).

A `Periodic` calls `run_once`; `/get/status` asks `status`. Orders are sent by the executors that were handed in, so
that one which hangs delays no other, and stops have theirs for themselves.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from main_controller.clock import ClockJumps
from main_controller.domain.schedule import Failure, Operation, Schedule
from main_controller.domain.timestamps import iso_utc
from main_controller.errors import ControllerError
from main_controller.orders.desk import Desk
from main_controller.orders.set_mode import SetMode
from main_controller.sentence import Sentence, say
from main_controller.store.schedule_results import ScheduleResult, ScheduleResults
from main_controller.store.schedules import Listing, Schedules, Unreadable
from main_controller.workers.scheduler.outcomes import Outcomes
from main_controller.workers.scheduler.scheduled_order import Means, ScheduledOrder, Submit
from main_controller.workers.scheduler.situations import Situations

log = logging.getLogger(__name__)

URGENCY = {Operation.FORCE_STOP: 0, Operation.SOFT_STOP: 1, Operation.RUN: 2}

Stamp = tuple[str, str, str, int]


@dataclass(frozen=True, slots=True)
class ScheduleStatus:
    """How many schedules are `pending`, the `last` results (oldest first), which have `failed`, which are due and still
    `waiting`, and why; `fault` says why the folder cannot be read, and `pending` is None then."""

    pending: int | None = 0
    last: tuple[ScheduleResult, ...] = ()
    failed: tuple[tuple[Schedule, Failure], ...] = ()
    waiting: tuple[tuple[Schedule, str], ...] = ()
    unreadable: tuple[Unreadable, ...] = ()
    fault: Sentence | None = None


class Scheduler:
    """Acts on the schedule folder once per call of `run_once`, in one thread.

    `submit` and `submit_stop` hand a call to an executor (the second serves Force Stop alone).
    """

    def __init__(
        self,
        desk: Desk,
        set_mode: SetMode,
        situations: Situations,
        schedules: Schedules,
        results: ScheduleResults,
        *,
        submit: Submit,
        submit_stop: Submit,
    ) -> None:
        self._desk = desk
        self._situations = situations
        self._schedules = schedules
        self._results = results
        self._outcomes = Outcomes(schedules, results)
        self._means = Means(desk, set_mode, schedules, self._outcomes, submit, submit_stop)
        self._clock_jumps = ClockJumps()
        self._jumps: tuple[tuple[datetime, datetime], ...] = ()
        self._orders: dict[Stamp, ScheduledOrder] = {}
        self._left: list[ScheduledOrder] = []  # orders still under way whose schedule was cleared or set anew
        self._waiting: Mapping[Stamp, tuple[Schedule, str]] = {}
        self._unreadable: tuple[Unreadable, ...] = ()

    def run_once(self) -> None:
        """Look at every schedule that is due, the stops first; none that is bad or slow hides the next.

        Raises ControllerError when the folder itself cannot be read.
        """
        now = self._desk.wall()
        self._jumps = self._clock_jumps.observe(now, self._desk.clock())
        listing = self._schedules.scan()
        self._tell_unreadable(listing.unreadable)
        self._leave({schedule.stamp for schedule in listing.schedules})
        due = [schedule for schedule in listing.schedules if schedule.due <= now]
        waiting: dict[Stamp, tuple[Schedule, str]] = {}
        for schedule in sorted(due, key=lambda each: (URGENCY[each.operation], each.unit_id is not None, each.due)):
            sentence = self._attend_safely(schedule)
            if sentence is not None:
                waiting[schedule.stamp] = (schedule, sentence)
        self._tell_waiting(waiting)

    def status(self) -> ScheduleStatus:
        """How all schedules stand (Z5a, Z12); a folder that cannot be read leaves the rest of it as it is."""
        try:
            listing, fault = self._schedules.scan(), None
        except ControllerError as error:
            listing, fault = Listing((), ()), error.sentence
        waiting = self._waiting
        failed = [(schedule, schedule.failure) for schedule in listing.schedules if schedule.failure is not None]
        return ScheduleStatus(
            len(listing.schedules) - len(failed) if fault is None else None,
            self._results.last(),
            tuple(failed),
            tuple(waiting[each.stamp] for each in listing.schedules if each.stamp in waiting),
            listing.unreadable,
            fault,
        )

    def _attend_safely(self, schedule: Schedule) -> str | None:
        try:
            return self._attend(schedule)
        except ControllerError as error:
            return error.sentence
        except Exception:  # one bad schedule never hides the next (Z12)
            log.exception("schedule %s cannot be attended to", schedule)
            return say(
                "workers.faultOfProgram",
                "It could not be attended to because of a fault in this program; the log has it.",
            )

    def _attend(self, schedule: Schedule) -> str | None:
        """One step for one due schedule; the sentence says why it is still there, None that it has ended."""
        if schedule.failure is not None:
            return None
        if self._outcomes.has(schedule):
            return self._outcomes.save(schedule)
        order = self._orders.setdefault(schedule.stamp, ScheduledOrder(schedule, self._means))
        others = self._others(order)
        situation = replace(
            self._situations.of(schedule.unit_id), busy=bool(others), jumps=self._jumps, sent_here=order.sent_here
        )
        return order.attend(schedule, situation, others)

    def _others(self, order: ScheduledOrder) -> list[ScheduledOrder]:
        """The orders of other schedules under way in the same scope."""
        return [
            other
            for other in (*self._orders.values(), *self._left)
            if other is not order and other.under_way and other.schedule.unit_id == order.schedule.unit_id
        ]

    def _leave(self, held: set[Stamp]) -> None:
        """Schedules that ended, were cleared or set anew act no more; their orders under way go on counting as such."""
        self._outcomes.forget_all_but(held)
        for stamp, order in list(self._orders.items()):
            if stamp not in held or self._outcomes.has(order.schedule):
                del self._orders[stamp]
                self._left.append(order)
                if order.under_way:
                    log.warning("schedule %s was cleared while its order was under way", order.schedule)
        for order in self._left:
            order.follow()
        self._left = [order for order in self._left if order.under_way]

    def _tell_unreadable(self, found: tuple[Unreadable, ...]) -> None:
        for each in found:
            if each not in self._unreadable:
                log.error("the file %r in the schedules folder is skipped: %s", each.file, each.sentence)
        self._unreadable = found

    def _tell_waiting(self, waiting: Mapping[Stamp, tuple[Schedule, str]]) -> None:
        for stamp, (schedule, sentence) in waiting.items():
            told = self._waiting.get(stamp)
            if told is None or told[1] != sentence:  # a Run's file changes with each try
                log.info("schedule %s due %s: %s", schedule, iso_utc(schedule.due), sentence)
        self._waiting = waiting
