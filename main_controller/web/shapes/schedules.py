"""Schedules: which are set, and what became of them (R9, Z5a, Z11, Z12)."""

from collections.abc import Iterable
from typing import Annotated, TypedDict

from main_controller.domain import schedule
from main_controller.domain.schedule import Operation
from main_controller.domain.timestamps import iso_utc
from main_controller.store import schedule_results
from main_controller.web.shapes.common import Time, UnitId, one_of
from main_controller.workers.scheduler import ScheduleStatus

SchedulesSet = dict[str, dict[Operation, Time]]
"""When each schedule is due, by unit and operation; the key "" is the cluster (R9)."""


class _Schedule(TypedDict):
    unitId: UnitId | None
    operation: Operation
    due: Time


class ScheduleResult(_Schedule):
    """How a schedule ended, when, and why; `unitId`: null is the cluster's."""

    outcome: Annotated[str, one_of("done", "notNeeded", "missed", "failed", "cleared")]
    at: Time
    sentence: str


class ScheduleFailed(_Schedule):
    """A schedule that was given up (`at`), and why; its file stays until it is cleared."""

    sentence: str
    at: Time


class ScheduleWaiting(_Schedule):
    """A schedule that is due and still stands, and why."""

    sentence: str


class Unreadable(TypedDict):
    """A file of the folder that is no schedule, and why."""

    file: str
    sentence: str


class Schedules(TypedDict):
    """The schedules in the status: how many are `pending`, the `last` results (oldest first), and what stands there.

    `fault` says why the folder cannot be read, null while it can; `pending` is null where it could not.
    """

    pending: int | None
    last: list[ScheduleResult]
    failed: list[ScheduleFailed]
    waiting: list[ScheduleWaiting]
    unreadable: list[Unreadable]
    fault: str | None


class FrameSchedules(Schedules):
    """The schedules in a frame: `set` is what `/schedules` tells, null where the folder could not be read."""

    set: SchedulesSet | None


def schedules_set_of(schedules: Iterable[schedule.Schedule]) -> SchedulesSet:
    """The schedules that are set."""
    told: SchedulesSet = {}
    for one in schedules:
        told.setdefault(one.unit_id or "", {})[one.operation] = iso_utc(one.due)
    return told


def schedules_of(status: ScheduleStatus) -> Schedules:
    """How all schedules stand."""
    return {
        "pending": status.pending,
        "last": [_result(one) for one in status.last],
        "failed": [{**_waiting(one, why.sentence), "at": iso_utc(why.at)} for one, why in status.failed],
        "waiting": [_waiting(one, sentence) for one, sentence in status.waiting],
        "unreadable": [{"file": one.file, "sentence": one.sentence} for one in status.unreadable],
        "fault": status.fault,
    }


def _result(result: schedule_results.ScheduleResult) -> ScheduleResult:
    one = result.schedule
    return {
        "unitId": one.unit_id,
        "operation": one.operation,
        "due": iso_utc(one.due),
        "outcome": result.outcome,
        "at": iso_utc(result.at),
        "sentence": result.sentence,
    }


def _waiting(one: schedule.Schedule, sentence: str) -> ScheduleWaiting:
    return {"unitId": one.unit_id, "operation": one.operation, "due": iso_utc(one.due), "sentence": sentence}
