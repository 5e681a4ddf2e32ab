"""Owns the routes of the incidents: the list, one of them, its file, and what people keep and note."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import bottle
from pytz.tzinfo import BaseTzInfo

from main_controller.concurrency.limit import Limit
from main_controller.domain.timestamps import said_time
from main_controller.errors import BadRequest, NotFound, Refused
from main_controller.sentence import Sentence, foreign, say
from main_controller.store import incidents as kept
from main_controller.store.incidents.archive import archive
from main_controller.web import routes
from main_controller.web.download import download
from main_controller.web.ordering import Asked, Ordering, caller, written_by
from main_controller.web.recorded import time_given, times_given
from main_controller.web.replies import shown
from main_controller.web.route import Given, Handler, Handlers, Route
from main_controller.web.shapes.incidents import Incident, IncidentPage, incident_of

FILES_AT_ONCE = 1
"""How many may fetch an incident's file at the same time: it may be hundreds of MB."""

WRITING, WAITING, PATIENCE = 4, 8, 3.0
"""How many keep or note at the same time, how many more wait for that, and how long (s): each waits for the disk."""

WISHES = 1_000
"""How many incidents people may have kept that nothing else is a reason for: a script can ask for any number."""

Journalled = Callable[[str, Sentence], None]
"""Has it in the journal who did what."""


class IncidentPages:
    """`/incidents` and what is below it; `store` is None where none are kept. `zone` is the site's, by whose clock a
    time without an offset is read, `version` the program's, and `title` the site's name."""

    def __init__(
        self,
        store: kept.Incidents | None,
        ordering: Ordering,
        *,
        journalled: Journalled,
        title: Callable[[], str],
        version: str,
        wall: Callable[[], datetime],
        zone: BaseTzInfo,
    ) -> None:
        self._store = store
        self._ordering = ordering
        self._journalled = journalled
        self._title = title
        self._version = version
        self._wall = wall
        self._zone = zone
        self._places = Limit(
            FILES_AT_ONCE,
            say("web.incidentBusy", "Somebody fetches an incident's file already; try again in a moment."),
            retry_after=10,
        )
        self._writing = Limit(
            WRITING,
            say("web.incidentsBusy", "Others keep or note incidents already; try again in a moment."),
            retry_after=2,
            waiting=WAITING,
            patience=PATIENCE,
        )

    def handlers(self) -> Handlers:
        """What answers each route."""
        return {
            routes.INCIDENT_FILE: self.file,
            routes.INCIDENTS: self.page,
            routes.INCIDENT: self.one,
            routes.INCIDENT_KEEP: self._asked(routes.INCIDENT_KEEP, self.keep),
            routes.INCIDENT_NOTE: self._asked(routes.INCIDENT_NOTE, self.note),
        }

    def _asked(self, route: Route, answer: Callable[[Asked], Any]) -> Handler:
        def handler(**in_path: str) -> Any:
            asked = self._ordering.asked(route, in_path)
            with self._writing.place():
                return answer(asked)

        return handler

    def page(self, given: Given) -> IncidentPage:
        """`/incidents[?from=][&to=][&before=][&limit=]`: those of that time, the newest first."""
        store = self._kept()
        begins, ends = times_given(given, self._zone)
        before, limit = given.get("before"), given.get("limit", routes.PAGE_ROWS)
        found = [
            one
            for one in store.all()
            if (before is None or one.number < before)
            and (begins is None or one.ends >= begins)
            and (ends is None or one.begins < ends)
        ]
        return {
            "incidents": [incident_of(one, store.size(one)) for one in found[:limit]],
            "next": found[limit - 1].number if len(found) > limit else None,
            "days": store.days,
            "bytes": store.room,
            "used": store.used,
            "fault": store.fault,
        }

    def one(self, given: Given) -> Incident:
        """`/incidents/<id>`: also by the id of one that became part of it."""
        return self._shown(self._found(given))

    def file(self, given: Given) -> bottle.HTTPResponse:
        """`/incidents/<id>.zip`: all that is kept of it, streamed; 503 while somebody fetches one."""
        one, store = self._found(given), self._kept()
        return download(
            f"incident-{one.id}.zip", routes.ZIP, self._places,
            lambda: archive(store, one, version=self._version, title=self._title(), made=self._wall()),
        )  # fmt: skip

    def keep(self, asked: Asked) -> Incident:
        """`POST /incidents/keep?reason=[&name=][&at=|&from=&to=]`: a person wants this kept; now, where no time is
        given."""
        store, given = self._kept(), asked.given
        at, begins, ends = self._wanted(given)
        if store.wishes >= WISHES and not any(one.covers(begins, ends) for one in store.all()):
            raise Refused(
                say(
                    "web.incidentsMany",
                    "{most} incidents are kept because somebody wished it, and no more.",
                    most=WISHES,
                )
            )
        by = self._by(given)
        reason = kept.reason_of(at, "kept", foreign(given["reason"]), by=by)
        one = store.keep(reason, begins, ends)
        self._journalled(
            by,
            say(
                "web.incidentKept",
                "Incident {id} is kept, from {begin} to {end}: {reason}",
                id=one.id,
                begin=said_time(one.begins),
                end=said_time(one.ends),
                reason=given["reason"],
            ),
        )
        store.written()
        return self._shown(store.one(one.number))

    def note(self, asked: Asked) -> Incident:
        """`POST /incidents/<id>/note?text=[&name=]`: somebody says something of it."""
        store, given = self._kept(), asked.given
        by = self._by(given)
        noted = store.note(self._found(given).number, kept.PersonsNote(self._wall(), by, given["text"]))
        what = say("web.incidentNoted", "Note on incident {id}: {text}", id=noted.id, text=given["text"])
        self._journalled(by, what)
        return self._shown(noted)

    def _wanted(self, given: Given) -> tuple[datetime, datetime, datetime]:
        """The moment of which something is to be kept, and from when to when."""
        now, at = self._wall(), time_given(given, "at", self._zone)
        begins, ends = times_given(given, self._zone)
        if (begins is None) != (ends is None):
            raise BadRequest(say("web.incidentTimes", "The parameters from and to go together."))
        if begins is None or ends is None:
            begins, ends = (at or now) - kept.AROUND, (at or now) + kept.AROUND
        first = self._kept().first_recorded(begins, ends)
        at = at or (now if begins <= now <= ends else first or begins)
        if not begins <= at <= ends:
            raise BadRequest(say("web.incidentMoment", "The parameter at must lie between from and to."))
        if ends - begins > kept.LONGEST:
            hours = kept.LONGEST.total_seconds() / 3600
            raise BadRequest(say("web.incidentTooLong", "An incident is at most {hours:g} hours long.", hours=hours))
        if at > now or ends > now + 2 * kept.AROUND:
            raise BadRequest(say("web.incidentAhead", "What is to be kept must have come, and may end 20 min ahead."))
        if ends <= now and first is None:
            raise NotFound(say("web.incidentUnrecorded", "Nothing is recorded of that time."))
        return at, begins, ends

    def _found(self, given: Given) -> kept.Incident:
        number = kept.number_of(given["id"])
        if number is None:
            raise NotFound(say("web.noIncident", "There is no incident {id}.", id=shown(given["id"])))
        return self._kept().one(number)

    def _shown(self, one: kept.Incident) -> Incident:
        return incident_of(one, self._kept().size(one))

    def _kept(self) -> kept.Incidents:
        if self._store is None:
            sentence = say(
                "web.incidentsOff",
                "No incidents are kept: the black box or they are off (settings blackboxhours, incidentdays).",
            )
            raise NotFound(sentence)
        return self._store

    @staticmethod
    def _by(given: Given) -> str:
        by = caller()
        return written_by(by, given.get("name", "")) or str(by)
