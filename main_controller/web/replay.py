"""Owns what was so at a time of the past: the frame that was told then, and how far back that goes (`/timeline`).

The frame is made anew of what the black box holds, by the same assessment and the same report as a frame of now; so it
is as this version judges what was known then. Used by the frames and the application. Making one costs much more than a
frame of now does: it is never done in the server's own thread, and one at a time.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol

from pytz.tzinfo import BaseTzInfo

from main_controller.assessment.assess import Assessor
from main_controller.concurrency.limit import Limit
from main_controller.domain.timestamps import iso_utc, said_time
from main_controller.errors import BadRequest, NotFound
from main_controller.sentence import Sentence, say
from main_controller.store.black_box import Recorded
from main_controller.store.black_box import Timeline as Reach
from main_controller.store.incidents import Reach as Kept
from main_controller.web import routes
from main_controller.web.frame_facts import facts_of, program_of
from main_controller.web.frame_report import Report, report_of
from main_controller.web.recorded import searches, time_given, times_given
from main_controller.web.route import Given, Handlers
from main_controller.web.shapes.frame import Head
from main_controller.web.shapes.timeline import Timeline, timeline_of

NO_MOMENT = 0
"""The number of the moment that a replayed frame shows: no order can be given by it."""

INCIDENTS = 500
"""How many incidents a time line has at most: the newest."""

WAITING, PATIENCE = 4, 3.0
"""How many more wait for the one place, and how long (s)."""

UNREADABLE = (KeyError, TypeError, ValueError, AttributeError, RecursionError)
"""What comes of facts that another version recorded, or somebody else made up."""


class Box(Protocol):
    """The black box."""

    def at(self, at: datetime) -> Recorded:
        """What was told at a time (UTC); raises NotFound."""

    def timeline(self, begins: datetime | None, ends: datetime | None) -> Reach:
        """How far it reaches, with the gaps and marks between two times (UTC; None: all)."""


class Replay:
    """Frames of the past, and `/timeline`; `version` is the program's that judges, `zone` the site's. `box` is None
    where nothing is recorded; `incidents` gives what is kept of it, the newest first."""

    def __init__(
        self,
        box: Box | None,
        *,
        version: str,
        zone: BaseTzInfo,
        incidents: Callable[[], Sequence[Kept]] = tuple,
    ) -> None:
        self._box = box
        self._incidents = incidents
        self._version = version
        self._zone = zone
        self._searching = searches()
        self._making = Limit(
            1,
            say("web.replaysBusy", "Others look at the past already; try again in a moment."),
            retry_after=1,
            waiting=WAITING,
            patience=PATIENCE,
        )

    def handlers(self) -> Handlers:
        """What answers the route."""
        return {routes.TIMELINE: self.timeline}

    def timeline(self, given: Given) -> Timeline:
        """How far the black box reaches back, its gaps, and what happened; NotFound where it is off."""
        begins, ends = times_given(given, self._zone)
        with self._searching.place():
            reach = self._recorder().timeline(begins, ends)
        kept = [
            one
            for one in reversed(self._incidents())
            if (begins is None or one.incident.ends >= begins) and (ends is None or one.incident.begins <= ends)
        ]
        return timeline_of(reach, kept[-INCIDENTS:])

    def frame(self, given: Given) -> tuple[Head, Report]:
        """The head and the report of the frame that was told at the time `at`. Raises NotFound where nothing is
        recorded of it, BadRequest where it is none."""
        at = time_given(given, "at", self._zone)
        if at is None:
            raise BadRequest(say("web.noTimeGiven", "The parameter at is missing."))
        with self._making.place():
            recorded = self._recorder().at(at)
            try:
                report = report_made(recorded)
            except UNREADABLE as error:
                raise NotFound(_of_another(recorded, at)) from error
        head: Head = {
            "serial": recorded.serial,
            "start": recorded.start,
            "moment": NO_MOMENT,
            "time": iso_utc(at),
            "newsAt": recorded.news_at,
            "assessedAt": report.assessed,
            "whole": True,
            "mine": False,
            "replay": {
                "at": iso_utc(at),
                "madeAt": iso_utc(recorded.made),
                "nextAt": None if recorded.next is None else iso_utc(recorded.next),
                "recordedBy": recorded.version,
                "judgedBy": self._version,
            },
        }
        return head, report

    def _recorder(self) -> Box:
        if self._box is None:
            raise NotFound(say("web.boxIsOff", "Nothing is recorded: the black box is off (setting blackboxhours)."))
        return self._box


def report_made(recorded: Recorded) -> Report:
    """The same report as was made then, where the same version judges."""
    about, started = program_of(recorded.facts)
    state = Assessor().assess(recorded.moment)
    return report_of(state, about, facts_of(recorded.facts), started, {})[0]


def _of_another(recorded: Recorded, at: datetime) -> Sentence:
    return say(
        "web.recordedOtherwise",
        "What version {version} recorded of {at} cannot be shown by this one.",
        version=recorded.version,
        at=said_time(at),
    )
