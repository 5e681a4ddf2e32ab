"""Owns the route of apis-main's own log (K16): `/apislog`."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Protocol

from pytz.tzinfo import BaseTzInfo

from main_controller.domain.apis_log import Level, LogLine, error_in
from main_controller.store.history.apis_lines import CountedError, KeptLine
from main_controller.web import routes
from main_controller.web.recorded import searches, times_given
from main_controller.web.route import Given, Handlers
from main_controller.web.shapes.apis_log import ApisLogPage, Told, counted_of, error_of, line_of


class Kept(Protocol):
    """Where the graver lines are kept."""

    def lines(
        self, *, unit_id: str | None, level: Level, start: datetime | None, end: datetime | None, before: int | None,
        limit: int,
    ) -> list[KeptLine]:  # fmt: skip
        """The newest first; raises ControllerError."""

    def errors(
        self, *, unit_id: str | None, level: Level, start: datetime | None, end: datetime | None
    ) -> list[CountedError]:
        """The different errors of a time, counted, the last told first; raises ControllerError."""


class ApisLogPages:
    """`/apislog`; `newest` are the newest lines of all levels with when they were heard, `zone` is the site's."""

    def __init__(
        self, kept: Kept, newest: Callable[[], Sequence[tuple[datetime, LogLine]]], *, zone: BaseTzInfo
    ) -> None:
        self._kept = kept
        self._newest = newest
        self._zone = zone
        self._places = searches()

    def handlers(self) -> Handlers:
        """What answers the route."""
        return {routes.APIS_LOG: self.page}

    def page(self, given: Given) -> ApisLogPage:
        """`/apislog[?unitId=][&level=][&from=][&to=][&before=][&limit=]`: lines that are kept, the newest first; with a
        `level` below WARNING those in memory; 503 while others ask."""
        unit_id, level = given.get("unitId"), Level(given.get("level", Level.WARNING))
        start, end = times_given(given, self._zone)
        limit = given.get("limit", routes.PAGE_ROWS)
        if level.rank > Level.WARNING.rank:
            return self._of_memory(unit_id, level, start, end, limit)
        asked: dict[str, Any] = {"unit_id": unit_id, "level": level, "start": start, "end": end}
        with self._places.place():
            lines = self._kept.lines(**asked, before=given.get("before"), limit=limit + 1)
            counted = self._kept.errors(**asked)
        return {
            "lines": [line_of(*one) for one in lines[:limit]],
            "errors": [error_of(one) for one in counted],
            "next": lines[limit - 1].id if len(lines) > limit else None,
        }

    def _of_memory(
        self, unit_id: str | None, level: Level, start: datetime | None, end: datetime | None, limit: int
    ) -> ApisLogPage:
        found = [
            (heard, line)
            for heard, line in reversed(self._newest())
            if line.level.rank <= level.rank
            and unit_id in (None, line.unit_id)
            and (start is None or heard >= start)
            and (end is None or heard < end)
        ]
        told = [Told(heard, error) for heard, line in found if (error := error_in(line)) is not None]
        errors = [error_of(one) for one in counted_of(told)]
        return {"lines": [line_of(None, *one) for one in found[:limit]], "errors": errors, "next": None}
