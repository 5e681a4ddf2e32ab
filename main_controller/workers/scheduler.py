"""Fires the schedules that are due and sees that they take effect (B3, B4, Z12).

A `Periodic` calls `run_once`; `/get/status` asks `status`. What to do is decided in `rules/due.py`; orders are sent by
the executors that were handed in, so that one which hangs delays no other, and stops have theirs for themselves.
"""

import logging
from collections.abc import Callable
from concurrent.futures import Future
from datetime import datetime, timedelta
from typing import Any

from main_controller.domain.schedule import UNKNOWN, Operation, Schedule
from main_controller.domain.timestamps import iso_utc
from main_controller.errors import ControllerError, Refused
from main_controller.rules.due import Action, Decision, Situation, decide, reached
from main_controller.store.schedule_results import ScheduleResults
from main_controller.store.schedules import Listing, Schedules, Unreadable
from main_controller.workers.clock_jumps import ClockJumps
from main_controller.workers.endings import Endings
from main_controller.workers.flight import MOST_SENDS, Flight, Progress
from main_controller.workers.scheduler_needs import GridView, ModeOrders, OrderTicket

log = logging.getLogger(__name__)

URGENCY = {Operation.FORCE_STOP: 0, Operation.SOFT_STOP: 1, Operation.RUN: 2}

Stamp = tuple[str, str, str, int]
Submit = Callable[[Callable[[], OrderTicket]], "Future[OrderTicket]"]


class Scheduler:
    """Acts on the schedule folder once per call of `run_once`, in one thread.

    `submit` and `submit_stop` hand a call to an executor (the second serves Force Stop alone); `wall` is aware UTC,
    `clock` monotonic s; `allowed` s is Z9b's time for a mode to show, `verdict_within` s the longest wait for a ticket.
    """

    def __init__(
        self,
        schedules: Schedules,
        results: ScheduleResults,
        orders: ModeOrders,
        view: GridView,
        *,
        submit: Submit,
        submit_stop: Submit,
        wall: Callable[[], datetime],
        clock: Callable[[], float],
        allowed: float = 30.0,
        verdict_within: float = 180.0,
    ) -> None:
        self._schedules = schedules
        self._results = results
        self._endings = Endings(schedules, results)
        self._orders = orders
        self._view = view
        self._submit = {Operation.FORCE_STOP: submit_stop, Operation.SOFT_STOP: submit, Operation.RUN: submit}
        self._wall = wall
        self._clock = clock
        self._allowed = allowed
        self._verdict_within = verdict_within
        self._clock_jumps = ClockJumps()
        self._jumps: tuple[tuple[datetime, datetime], ...] = ()
        self._flights: dict[Stamp, Flight] = {}
        self._left: list[Flight] = []  # orders still under way whose schedule was cleared or set anew
        self._waiting: dict[Stamp, tuple[Schedule, str]] = {}
        self._unreadable: tuple[Unreadable, ...] = ()

    def run_once(self) -> None:
        """Look at every schedule that is due, the stops first; none that is bad or slow hides the next.

        Raises ControllerError when the folder itself cannot be read.
        """
        now = self._wall()
        self._jumps = self._clock_jumps.observe(now, self._clock())
        listing = self._schedules.scan()
        self._tell_unreadable(listing.unreadable)
        self._leave_vanished({schedule.stamp for schedule in listing.schedules})
        due = [schedule for schedule in listing.schedules if schedule.due <= now]
        waiting: dict[Stamp, tuple[Schedule, str]] = {}
        for schedule in sorted(due, key=lambda each: (URGENCY[each.operation], each.unit_id is not None, each.due)):
            sentence = self._attend_safely(schedule)
            if sentence is not None:
                waiting[schedule.stamp] = (schedule, sentence)
        self._tell_waiting(waiting)

    def status(self) -> dict[str, Any]:
        """The `schedules` of `/get/status`: pending (count), last, failed, waiting (why), unreadable, fault (Z5a, Z12).

        `fault` says why the folder cannot be read; pending is None then, and the rest of the status stands.
        """
        try:
            listing, fault = self._schedules.scan(), None
        except ControllerError as error:
            listing, fault = Listing((), ()), error.sentence
        waiting = self._waiting
        failed = [(schedule, schedule.failure) for schedule in listing.schedules if schedule.failure is not None]
        return {
            "pending": len(listing.schedules) - len(failed) if fault is None else None,
            "last": [result.json() for result in self._results.last()],
            "failed": [_entry(schedule, why.sentence) | {"at": iso_utc(why.at)} for schedule, why in failed],
            "waiting": [_entry(*waiting[each.stamp]) for each in listing.schedules if each.stamp in waiting],
            "unreadable": [{"file": each.file, "sentence": each.sentence} for each in listing.unreadable],
            "fault": fault,
        }

    def _attend_safely(self, schedule: Schedule) -> str | None:
        try:
            return self._attend(schedule)
        except ControllerError as error:
            return error.sentence
        except Exception:  # one bad schedule never hides the next (Z12)
            log.exception("schedule %s cannot be attended to", schedule)
            return "It could not be attended to because of a fault in this program; the log has it."

    def _attend(self, schedule: Schedule) -> str | None:
        """One step for one due schedule; the sentence says why it is still there, None that it has ended."""
        if schedule.failure is not None:
            return None
        if self._endings.has(schedule):
            return self._endings.save(schedule)
        flight = self._flights.get(schedule.stamp) or self._flight(schedule)
        flight.schedule = schedule  # its file may have been marked since
        situation = self._situation(schedule)
        decision = decide(schedule, situation)
        if decision.action is Action.CLEARED:
            return self._end(schedule, "cleared", decision.sentence)
        progress = flight.progress(self._clock(), reached(schedule, situation))
        if flight.must_follow():
            return self._send(flight)
        match progress:
            case Progress.SENDING | Progress.PENDING:
                return flight.sentence
            case Progress.IN_EFFECT:
                return self._end(schedule, "done", flight.sentence)
            case Progress.NOT_IN_EFFECT if flight.sends >= MOST_SENDS and decision.action is not Action.NOT_NEEDED:
                return self._end(schedule, "failed", f"{flight.sentence} It was sent {flight.sends} times.")
            case _:
                return self._carry_out(flight, decision)

    def _carry_out(self, flight: Flight, decision: Decision) -> str | None:
        match decision.action:
            case Action.SEND:
                return self._send(flight)
            case Action.WAIT:
                self._unmark(flight)
                return decision.sentence
            case Action.NOT_NEEDED if flight.sends:
                return self._end(flight.schedule, "done", decision.sentence)
            case _:
                sentence = f"{decision.sentence} {flight.sentence}".strip()
                return self._end(flight.schedule, decision.action.value, sentence)

    def _send(self, flight: Flight) -> str:
        """Have the order sent. A Run is marked in its file before, so that a restart does not send it twice."""
        schedule = flight.schedule
        if schedule.operation is Operation.RUN and not self._schedules.mark_sent(schedule, self._wall()):
            return "It was changed just now."
        overtaken = self._others(schedule, sending=True) if schedule.operation is Operation.FORCE_STOP else ()
        log.info("schedule %s due %s: sending its order", schedule, iso_utc(schedule.due))
        flight.launch(self._submit[schedule.operation](lambda: self._order(schedule)), overtaken)
        self._flights[schedule.stamp] = flight
        return flight.sentence

    def _order(self, schedule: Schedule) -> OrderTicket:
        """Runs on an executor, perhaps after a wait in its queue: a schedule that was cleared meanwhile is not sent."""
        if not self._schedules.unchanged(schedule):
            raise Refused("It was cleared or set anew before its order was sent.")
        return self._orders.order(schedule.unit_id, schedule.operation.wanted(schedule.unit_id))

    def _unmark(self, flight: Flight) -> None:
        """A Run that is known not to have been sent may still be sent after a restart."""
        if flight.schedule.sent_at is not None and flight.sends == 0 and flight.schedule.stamp in self._flights:
            self._schedules.unmark(flight.schedule)

    def _end(self, schedule: Schedule, outcome: str, sentence: str) -> str | None:
        self._leave(schedule.stamp)
        return self._endings.end(schedule, outcome, self._wall(), sentence)

    def _flight(self, schedule: Schedule) -> Flight:
        return Flight(schedule, allowed=self._allowed, verdict_within=self._verdict_within)

    def _others(self, schedule: Schedule, *, sending: bool = False) -> tuple[Flight, ...]:
        """The orders of other schedules under way in the same scope, or only those still being sent."""
        flights = [each for stamp, each in self._flights.items() if stamp != schedule.stamp] + self._left
        return tuple(
            each
            for each in flights
            if each.schedule.unit_id == schedule.unit_id and (each.sending if sending else each.under_way)
        )

    def _situation(self, schedule: Schedule) -> Situation:
        unit_id = schedule.unit_id
        mode = self._view.mode_in_force() if unit_id is None else None
        return Situation(
            now=self._wall(),
            seen=self._view.local_mode(unit_id) if unit_id is not None else UNKNOWN if mode is None else mode,
            in_wait=self._view.in_wait(unit_id),
            busy=bool(self._others(schedule)),
            person_at=self._view.last_person_order_at(unit_id),
            settling=timedelta(seconds=self._allowed),
            grid_master=self._view.has_grid_master(),
            grid_error=self._view.grid_error(),
            jumps=self._jumps,
            sent_here=schedule.stamp in self._flights,
        )

    def _leave_vanished(self, held: set[Stamp]) -> None:
        """Schedules that were cleared or set anew act no more; their orders still under way go on counting as such."""
        for stamp in [stamp for stamp in self._flights if stamp not in held]:
            self._leave(stamp)
        now = self._clock()
        self._left = [flight for flight in self._left if flight.lingers(now)]
        self._endings.forget_all_but(held)

    def _leave(self, stamp: Stamp) -> None:
        """Follow an order no more; while it is under way it still counts as such in its scope."""
        flight = self._flights.pop(stamp, None)
        if flight is not None and flight.under_way:
            log.warning("schedule %s was cleared while its order was under way", flight.schedule)
            self._left.append(flight)

    def _tell_unreadable(self, found: tuple[Unreadable, ...]) -> None:
        for each in found:
            if each not in self._unreadable:
                log.error("the file %r in the schedules folder is skipped: %s", each.file, each.sentence)
        self._unreadable = found

    def _tell_waiting(self, waiting: dict[Stamp, tuple[Schedule, str]]) -> None:
        for stamp, (schedule, sentence) in waiting.items():
            if self._waiting.get(stamp) != (schedule, sentence):
                log.info("schedule %s due %s: %s", schedule, iso_utc(schedule.due), sentence)
        self._waiting = waiting


def _entry(schedule: Schedule, sentence: str) -> dict[str, Any]:
    """A schedule that is still there, and why."""
    return {
        "unitId": schedule.unit_id,
        "operation": schedule.operation.value,
        "due": iso_utc(schedule.due),
        "sentence": sentence,
    }
