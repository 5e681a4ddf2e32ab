"""Setting, clearing and listing schedules, as an operator orders it (G4-G7, N7, R9, R13, Z11-Z13).

Called by the web's `/setSchedule` and `/schedules`, and by the mode orders of a person, which clear what is due.
"""

import logging
from collections.abc import Callable, Collection
from datetime import datetime
from typing import Protocol

import pytz
from pytz.tzinfo import BaseTzInfo

from main_controller.domain.actor import Actor
from main_controller.domain.commands import Command
from main_controller.domain.orders import ClearScheduleOrder, ScheduleOrder
from main_controller.domain.schedule import Operation, Schedule
from main_controller.domain.stamp import UNSTAMPED, Stamp
from main_controller.domain.timestamps import iso_utc, parse_schedule_value, said_time
from main_controller.errors import BadRequest, ControllerError, NoDataYet, NotFound
from main_controller.orders.desk import Desk
from main_controller.sentence import say
from main_controller.store.schedule_file import check_unit_id
from main_controller.store.schedule_results import ScheduleResult, ScheduleResults
from main_controller.store.schedules import Schedules

log = logging.getLogger(__name__)


class Told(Protocol):
    """Whoever journals schedules that are set or cleared."""

    def __call__(
        self,
        by: str,
        unit_id: str | None,
        operation: str,
        *,
        before: str | None,
        due: str | None,
        command_id: str,
        done: bool = True,
    ) -> None:
        """Take note of a schedule set for `due`, or cleared where that is None; `before` is when it was due."""
        ...


class SetSchedule:
    """The orders about schedules.

    `known` gives the units that exist, `wall` the time now (aware UTC), `zone` is the site's (setting `timezone`).
    """

    def __init__(
        self,
        desk: Desk,
        schedules: Schedules,
        results: ScheduleResults,
        *,
        known: Callable[[], Collection[str]],
        wall: Callable[[], datetime],
        zone: BaseTzInfo = pytz.utc,
        told: Told | None = None,
    ) -> None:
        self._desk = desk
        self._schedules = schedules
        self._results = results
        self._known = known
        self._wall = wall
        self.zone = zone
        self._told = told

    def set(
        self, unit_id: str | None, operation: str, value_text: str, by: Actor, *, stamp: Stamp = UNSTAMPED
    ) -> tuple[Command, Schedule]:
        """Set or move one schedule; None is the cluster.

        Raises BadRequest (operation, unit id, value, a time that is past: Z13), NotFound (unit), NoDataYet, or
        ControllerError when the disk refuses; then an earlier schedule of the same name stands.
        """
        wanted = _operation(operation)
        self._check_unit(unit_id)
        due = parse_schedule_value(value_text, self.zone)
        now = self._wall()
        if due <= now:
            past = say(
                "orders.schedulePast",
                "A schedule must lie in the future: {due} is past, it is {now} now.",
                due=said_time(due, self.zone),
                now=said_time(now, self.zone),
            )
            raise BadRequest(past)
        command = self._desk.begin(ScheduleOrder(unit_id, wanted.value, iso_utc(due)), by, stamp=stamp)
        with self._desk.seen_through(command):
            self._desk.timely(command, stamp)
            self._desk.not_while_latched(command)
            before = self._due(unit_id, wanted)
            schedule = self._schedules.put(unit_id, wanted, due)
            log.info("schedule %s set for %s by %s", schedule, iso_utc(due), by)
            command = self._desk.verify(command)
            if self._told is not None:
                due_text = iso_utc(schedule.due)
                self._told(str(by), unit_id, wanted.value, before=before, due=due_text, command_id=command.id)
            return command, schedule

    def clear(
        self, unit_id: str | None, operation: str, by: Actor, *, stamp: Stamp = UNSTAMPED
    ) -> tuple[Command, bool]:
        """Clear one schedule, readable or not; whether there was one. Any unit with an entry will do.

        (Z7) An order that the scheduler had already sent is not called back.
        """
        wanted = _operation(operation)
        if unit_id is not None:
            check_unit_id(unit_id)
        if not self._schedules.has(unit_id, wanted):
            self._check_unit(unit_id)
        command = self._desk.begin(ClearScheduleOrder(unit_id, wanted.value), by, stamp=stamp)
        with self._desk.seen_through(command):
            self._desk.timely(command, stamp)
            before = self._due(unit_id, wanted)
            cleared = self._schedules.remove(unit_id, wanted)
            command = self._desk.verify(command)
            log.info("schedule %s of %s cleared by %s%s", wanted.label, unit_id or "the cluster", by, _none(cleared))
            if self._told is not None:
                self._told(
                    str(by),
                    unit_id,
                    wanted.value,
                    before=before if cleared else None,
                    due=None,
                    command_id=command.id,
                    done=cleared,
                )
            return command, cleared

    def clear_due(self, unit_id: str | None) -> int:
        """Clear what is due in exactly this scope, because a person ordered its mode (Z12); how many there were.

        Never raises, since the person's order comes first: what cannot be removed is logged, and the scheduler leaves
        it alone because the person's order came after its time.
        """
        now, count = self._wall(), 0
        try:
            for schedule in self._schedules.list():
                if schedule.unit_id == unit_id and schedule.due <= now and self._schedules.discard(schedule):
                    count += 1
                    why = say("orders.orderedByHand", "Its mode was ordered by hand by a person.")
                    self._results.add(ScheduleResult(schedule, "cleared", now, why))
        except ControllerError as error:
            log.error("due schedules of %s were not cleared: %s", unit_id or "the cluster", error.sentence)
        return count

    def clear_left(self, unit_id: str) -> int:
        """Clear every schedule of a unit that has left the cluster; how many there were. Never raises."""
        now, count = self._wall(), 0
        try:
            for schedule in self._schedules.list():
                if schedule.unit_id == unit_id and self._schedules.discard(schedule):
                    count += 1
                    why = say("orders.unitLeft", "Its unit has left the cluster.")
                    self._results.add(ScheduleResult(schedule, "cleared", now, why))
        except ControllerError as error:
            log.error("schedules of %s, which has left, were not cleared: %s", unit_id, error.sentence)
        return count

    def listing(self) -> tuple[Schedule, ...]:
        """Every schedule that is set (R9)."""
        return self._schedules.list()

    def _due(self, unit_id: str | None, operation: Operation) -> str | None:
        """For when the schedule of that name is set, for the journal; None where none can be read."""
        schedule = self._schedules.get(unit_id, operation)
        return None if schedule is None else iso_utc(schedule.due)

    def _check_unit(self, unit_id: str | None) -> None:
        if unit_id is None:
            return
        check_unit_id(unit_id)
        known = self._known()
        if not known:
            raise NoDataYet(say("orders.noUnitYet", "No unit is known yet, so none can be given a schedule."))
        if unit_id not in known:
            raise NotFound(say("orders.noUnitToSchedule", "There is no unit {unit}.", unit=unit_id))


def _operation(status: str) -> Operation:
    try:
        return Operation(status)
    except ValueError:
        other = say(
            "orders.noOperation",
            "operation must be one of {operations}, not {given!r}.",
            operations=list(Operation),
            given=status[:40],
        )
        raise BadRequest(other) from None


def _none(cleared: bool) -> str:
    return "" if cleared else " (there was none)"
