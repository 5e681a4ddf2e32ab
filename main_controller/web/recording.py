"""Owns what is particular to a recording from elsewhere: what is told in place of now, and what is refused.

Used by the wiring of `--replay`, which serves the same pages without a grid: everything that is so now is one recorded
moment, and every order is refused.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from pytz.tzinfo import BaseTzInfo

from main_controller.domain.orders import Permission
from main_controller.domain.timestamps import iso_utc, said_time
from main_controller.errors import NotFound, Refused
from main_controller.sentence import Sentence, say
from main_controller.store.incidents.foreign_archive import Row
from main_controller.web import routes
from main_controller.web.application import Part
from main_controller.web.frame_report import Report
from main_controller.web.recorded import times_given
from main_controller.web.route import Given, Handler, Handlers, Route
from main_controller.web.routes_of_accounts import SESSION
from main_controller.web.shapes.accounts import SessionShown
from main_controller.web.shapes.journal import JournalPage, JournalRow
from main_controller.web.shapes.status import Status


@dataclass(frozen=True, slots=True)
class Recording:
    """What a page is told of it: the site's `title`, from when to when it is (UTC), and at which moment it opens; and
    when it was `fetched`, where the incident still went on then (None: it was over)."""

    title: str
    begins: datetime
    ends: datetime
    at: datetime
    fetched: datetime | None

    @property
    def shown(self) -> Mapping[str, str]:
        """For a template."""
        return {
            "title": self.title,
            "begin": iso_utc(self.begins),
            "end": iso_utc(self.ends),
            "at": iso_utc(self.at),
            "fetched": "" if self.fetched is None else iso_utc(self.fetched),
        }


class RecordedStatus:
    """`/get/status`: that of the moment at which it opens, told at the time of now so that a page knows it lives; and
    `/session`: nobody has to log in, and may but see."""

    def __init__(self, status: Callable[[], Status], wall: Callable[[], datetime]) -> None:
        self._status = status
        self._wall = wall

    def handlers(self) -> Handlers:
        """What answers the route."""
        return {routes.STATUS: self.status, SESSION: self.session}

    def session(self, given: Given) -> SessionShown:
        """Who asks."""
        return {
            "accounts": False, "name": None, "displayName": None, "role": None, "permissions": [Permission.VIEW],
            "token": None, "ends": None, "codes": False, "codesWanted": False, "why": None,
        }  # fmt: skip

    def status(self, given: Given) -> Status:
        """All of it."""
        told = self._status()
        return {**told, "time": iso_utc(self._wall())}


class RecordedJournal:
    """`/journal`: the rows that the file holds."""

    def __init__(self, rows: Sequence[Row], zone: BaseTzInfo) -> None:
        self._rows = sorted(rows, key=lambda row: row.id, reverse=True)
        self._zone = zone

    def handlers(self) -> Handlers:
        """What answers the route."""
        return {routes.JOURNAL_ROWS: self.page}

    def page(self, given: Given) -> JournalPage:
        """`/journal[?from=][&to=][&unit=][&before=][&limit=]`: the newest first."""
        begins, ends = times_given(given, self._zone)
        before, unit, limit = given.get("before"), given.get("unit"), given.get("limit", routes.PAGE_ROWS)
        found = [
            row
            for row in self._rows
            if (before is None or row.id < before)
            and (unit is None or row.unit_id == unit)
            and (begins is None or row.at >= begins)
            and (ends is None or row.at < ends)
        ]
        return {
            "rows": [_row(row) for row in found[:limit]],
            "next": found[limit - 1].id if len(found) > limit else None,
        }


def _row(row: Row) -> JournalRow:
    return {
        "id": row.id, "at": iso_utc(row.at), "kind": row.kind, "by": row.by, "unitId": row.unit_id, "what": row.what,
        "before": row.before, "after": row.after, "outcome": row.outcome, "commandId": row.command_id,
        "order": row.order, "stage": row.stage,
    }  # fmt: skip


class Readings:
    """Of a part what it only tells: none of what it would do."""

    def __init__(self, part: Part) -> None:
        self._part = part

    def handlers(self) -> Handlers:
        """What answers its routes."""
        return {route: handler for route, handler in self._part.handlers().items() if not route.order}


class Refusals:
    """Answers every route that no other part of a recording does: each order with 409, each reading with 404."""

    def __init__(self, told: Collection[Route], recording: Recording) -> None:
        self._told = told
        self._recording = recording

    def handlers(self) -> Handlers:
        """What answers each of them."""
        return {route: self._refused(route) for route in routes.ROUTES if route not in self._told}

    def _refused(self, route: Route) -> Handler:
        if route.order or route.changes:

            def order(*_: Any, **__: Any) -> Any:
                raise Refused(self._no_grid(), details={"sent": False})

            return order

        def reading(given: Given) -> Any:
            raise NotFound(say("web.notInRecording", "This is a recording of an incident: it does not hold this."))

        return reading

    def _no_grid(self) -> Sentence:
        return say(
            "web.recordingOnly",
            "This is a recording from {begin}: there is no grid behind it, and nothing can be ordered.",
            begin=said_time(self._recording.begins),
        )


def live_of(report: Report, now: float) -> Report:
    """A recorded report as a frame of now is made of it: assessed `now` (monotonic s), so that it is not too old, and
    kept nowhere."""
    return replace(report, assessed_at=now, moment=None, facts={})
