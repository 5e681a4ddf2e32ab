"""Schedules: which are set, and what became of them (R9, Z5a, Z11, Z12)."""

from typing import Annotated, TypedDict

from main_controller.domain.schedule import Operation
from main_controller.web.shapes.common import Time, UnitId, one_of

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


class SchedulesShown(Schedules):
    """The schedules in a frame: `set` is what `/schedules` tells, null where the folder could not be read."""

    set: SchedulesSet | None
