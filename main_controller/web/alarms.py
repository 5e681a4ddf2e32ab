"""Owns the routes of the alarms: the list, what persons do with it, and what was (ISA-18.2)."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

import bottle
from pytz.tzinfo import BaseTzInfo

from main_controller.alarms.alarm import Deed, Service
from main_controller.domain.timestamps import parse_schedule_value
from main_controller.store.alarm_log import AlarmLog, number_of
from main_controller.watching.alarm_services import AlarmServices
from main_controller.watching.alarm_watch import AlarmWatch
from main_controller.web import routes
from main_controller.web.conditional import tagged_json
from main_controller.web.csv_file import CsvFiles
from main_controller.web.ordering import Asked, Ordering, caller, written_by
from main_controller.web.route import Given, Handler, Handlers, Route
from main_controller.web.shapes.alarms import (
    Alarm,
    AlarmHistory,
    Alarms,
    Services,
    alarm_of,
    health_of,
    past_of,
    service_of,
)

AT_ONCE = 200
"""How many alarms are read at once for a file."""

COLUMNS = ("id", "kind", "priority", "began", "over", "cause", "of", "changes")


class AlarmPages:
    """`/alarms` and what is below it; `zone` is the site's, by whose clock a moment without an offset is read.

    `check_unit` raises NotFound for a unit that nobody knows, NoDataYet where that cannot be told yet.
    """

    def __init__(
        self,
        watch: AlarmWatch,
        log: AlarmLog,
        services: AlarmServices,
        ordering: Ordering,
        *,
        check_unit: Callable[[str | None], None],
        wall: Callable[[], datetime],
        zone: BaseTzInfo,
        files: CsvFiles,
    ) -> None:
        self._watch = watch
        self._log = log
        self._services = services
        self._ordering = ordering
        self._check_unit = check_unit
        self._wall = wall
        self._zone = zone
        self._files = files

    def handlers(self) -> Handlers:
        """What answers each route."""
        return {
            routes.ALARMS: self.alarms,
            routes.ALARM_HISTORY: self.history,
            routes.ALARM_FILE: self.file,
            routes.SERVICES: self.services,
            routes.ALARM_ACKNOWLEDGE: self._asked(routes.ALARM_ACKNOWLEDGE, self.acknowledge),
            routes.ALARM_SHELVE: self._asked(routes.ALARM_SHELVE, self.shelve),
            routes.ALARM_UNSHELVE: self._asked(routes.ALARM_UNSHELVE, self.unshelve),
            routes.OUT_OF_SERVICE: self._asked(routes.OUT_OF_SERVICE, self.out_of_service),
            routes.IN_SERVICE: self._asked(routes.IN_SERVICE, self.in_service),
        }

    def _asked(self, route: Route, answer: Callable[[Asked], Any]) -> Handler:
        return lambda **in_path: answer(self._ordering.asked(route, in_path))

    def alarms(self, given: Given) -> bottle.HTTPResponse:
        """`/alarms`: all that stand; 304 for who holds them."""
        book = self._watch.book
        standing, now = self._watch.alarms(), self._wall()
        raised = self._log.raised(now - timedelta(days=1))
        shown: Alarms = {
            "alarms": [alarm_of(one, book) for one in standing], "health": health_of(raised, standing, now),
        }  # fmt: skip
        return tagged_json(shown)

    def history(self, given: Given) -> AlarmHistory:
        """`/alarms/history[?unitId=][&before=][&limit=]`: what was and what stands, the newest first."""
        limit = given.get("limit", routes.PAGE_ROWS)
        found = self._log.past(limit=limit + 1, before=given.get("before"), unit_id=given.get("unitId"))
        shown = [past_of(one) for one in found[:limit]]
        return {"alarms": shown, "next": number_of(shown[-1]["id"]) if len(found) > limit else None}

    def file(self, given: Given) -> bottle.HTTPResponse:
        """`/alarms/history.csv`: the same as a file, streamed; 503 while others fetch files."""

        def rows() -> Iterator[Sequence[Any]]:
            before: int | None = None
            while found := self._log.past(limit=AT_ONCE, before=before, unit_id=given.get("unitId")):
                for one in map(past_of, found):
                    changes = [
                        f"{change['at']} {change['change']} {change['by'] or ''}".strip() for change in one["changes"]
                    ]
                    yield [*({**one, "of": ", ".join(one["of"]), "changes": "; ".join(changes)}.values())]
                before = number_of(found[-1].record["id"])

        return self._files.reply("alarms.csv", COLUMNS, rows)

    def acknowledge(self, asked: Asked) -> Alarm:
        """`POST /alarms/<id>/acknowledge[?name=][&comment=]`: somebody has read it."""
        given = asked.given
        return alarm_of(self._watch.acknowledge(given["id"], self._deed(given, "comment")), self._watch.book)

    def shelve(self, asked: Asked) -> Alarm:
        """`POST /alarms/<id>/shelve?hours=&name=&reason=`: put away for a time."""
        given = asked.given
        return alarm_of(self._watch.shelve(given["id"], self._deed(given, "reason"), given["hours"]), self._watch.book)

    def unshelve(self, asked: Asked) -> Alarm:
        """`POST /alarms/<id>/unshelve`: back from the shelf."""
        return alarm_of(self._watch.unshelve(asked.given["id"], self._deed(asked.given, "comment")), self._watch.book)

    def services(self, given: Given) -> Services:
        """`/alarms/services`: what is out of service now or later."""
        return {"services": [service_of(one) for one in self._services.all()]}

    def out_of_service(self, asked: Asked) -> Services:
        """`POST /alarms/outOfService?to=&name=&reason=[&from=][&unitId=]`: not told from one moment to another."""
        given, now = asked.given, self._wall()
        self._check_unit(given.get("unitId"))
        since = self._moment(given["from"]) if "from" in given else now
        deed = self._deed(given, "reason")
        self._services.take_out(Service(given.get("unitId", ""), since, self._moment(given["to"]), deed))
        return self.services(asked.given)

    def in_service(self, asked: Asked) -> Services:
        """`POST /alarms/inService[?unitId=]`: told again."""
        self._services.put_back(asked.given.get("unitId", ""))
        return self.services(asked.given)

    def _deed(self, given: Given, text: str) -> Deed:
        by = caller()
        return Deed(written_by(by, given.get("name", "")) or str(by), self._wall(), given.get(text, ""))

    def _moment(self, text: str) -> datetime:
        return parse_schedule_value(text, self._zone)
