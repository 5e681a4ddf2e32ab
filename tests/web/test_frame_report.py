"""What one frame tells of the alarms: the list in numbers, and each unit's gravest; others' entries are taken over."""

import json
from typing import Any

from main_controller.alarms.overview import Overview
from main_controller.web.frame_report import FrameReport, Report
from main_controller.web.shapes.schedules import FrameSchedules
from main_controller.web.status_report import About, Sources
from main_controller.workers.scheduler import ScheduleStatus
from tests.web.client import take, unit
from tests.web.test_status_report import CONFIG, LIMITS, UP, Grid

NO_SCHEDULES: FrameSchedules = {
    "set": {},
    "fault": None,
    "pending": 0,
    "last": [],
    "failed": [],
    "waiting": [],
    "unreadable": [],
}


class Site:
    """Two units that were read once, and alarms that the test sets."""

    def __init__(self) -> None:
        grid = Grid()
        take(grid.cache, grid.clock, unit("E001"), unit("E002"))
        self.moment, self.state = grid.desk.seen()
        self.alarms = Overview()
        sources = Sources(
            collector=lambda: UP, watcher=lambda: UP, scheduler=lambda: UP, schedules=ScheduleStatus,
            alarms=lambda: self.alarms,
        )  # fmt: skip
        about = About("0.1.0", False, "", "UTC", LIMITS, CONFIG)
        self.frames = FrameReport(lambda: (self.moment, self.state), about, sources, lambda: NO_SCHEDULES, "then")

    def report(self) -> tuple[Report, Any]:
        report = self.frames.report()
        return report, json.loads(report.sections["alarms"].body)


def priorities(report: Report) -> dict[str, Any]:
    return {one: json.loads(part.body)["alarmPriority"] for one, part in report.tables["units"].items()}


def test_alarms_are_told_in_numbers_and_mark_their_units_alone() -> None:
    site = Site()
    quiet, told = site.report()
    assert told == {"unacknowledged": 0, "standing": 0, "gravest": None, "serial": 0, "away": 0, "dealt": []}
    assert priorities(quiet) == {"E001": None, "E002": None}
    site.alarms = Overview(1, 2, 1, {"E002": 1, "E999": 2}, 7)
    loud, told = site.report()
    assert told == {"unacknowledged": 1, "standing": 2, "gravest": 1, "serial": 7, "away": 0, "dealt": []}
    assert priorities(loud) == {"E001": None, "E002": 1}
    assert loud.tables["units"]["E001"] is quiet.tables["units"]["E001"], "what did not change is not made anew"
