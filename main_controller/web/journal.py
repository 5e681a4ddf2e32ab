"""Owns the journal's routes: as JSON, as a file for a spreadsheet, and as a page (Z13a)."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, cast

import bottle
import pytz
from pytz.tzinfo import BaseTzInfo

from main_controller.domain.latch import HeldLatch
from main_controller.domain.timestamps import parse_schedule_value
from main_controller.errors import BadRequest
from main_controller.sentence import say
from main_controller.store.journal import Journal
from main_controller.web import routes
from main_controller.web.conditional import tagged
from main_controller.web.csv_file import CsvFiles
from main_controller.web.latch_text import latch_text
from main_controller.web.replies import wants_codes
from main_controller.web.route import Given, Handlers
from main_controller.web.shapes.common import Message
from main_controller.web.shapes.holds import latch_of
from main_controller.web.shapes.journal import JournalPage, JournalRow
from main_controller.web.wire_text import visible

COLUMNS = ("id", "at", "kind", "by", "unitId", "what", "before", "after", "outcome", "commandId", "order",
           "stage")  # fmt: skip


class JournalPages:
    """`/journal`, `/journal.csv`, `/journal.html`; `zone` is that of a time given without an offset.

    `estop` tells the E-stop's latch. `<views>/journal.tpl` gets it in `latch`, as `latch_text` makes it, `zone` and
    `version` as the main page does, `title` (may be empty), `simulated`, `rows` as in `/journal` but made
    visible, `next` (id or None), and the question as it was asked: `frm`, `to`, `unit`, `before` (texts, "" where
    absent).
    """

    def __init__(
        self,
        journal: Journal,
        views: Path,
        *,
        title: str = "",
        simulated: bool = False,
        zone: BaseTzInfo = pytz.utc,
        version: str = "",
        estop: Callable[[], HeldLatch | None] = lambda: None,
        files: CsvFiles | None = None,
    ) -> None:
        self._journal = journal
        self._template = bottle.SimpleTemplate(name="journal.tpl", lookup=[str(views)], encoding="utf-8")
        self._title = title
        self._simulated = simulated
        self._zone = zone
        self._version = version
        self._estop = estop
        self._files = files or CsvFiles()

    def handlers(self) -> Handlers:
        """What answers each route."""
        return {routes.JOURNAL_ROWS: self.rows, routes.JOURNAL_FILE: self.file, routes.JOURNAL_PAGE: self.page}

    def rows(self, given: Given) -> JournalPage:
        """`/journal[?from=][&to=][&unit=][&before=id][&limit=]` -> `{"rows": [...], "next": id|null}`, newest first."""
        rows, following = self._asked_for(given)
        answer: JournalPage = {"rows": cast(list[JournalRow], rows), "next": following}  # as they were stored
        if wants_codes(bottle.request.environ):
            answer["messages"] = cast(list[Message], self._journal.messages(row["id"] for row in rows))
        return answer

    def page(self, asked: Given) -> bottle.HTTPResponse:
        """`/journal.html`: the same for a person; what a form leaves empty counts as absent."""
        given = {name: value for name, value in asked.items() if value}
        rows, following = self._asked_for(given)
        html: str = self._template.render(
            title=self._title,
            latch=latch_text(latch_of(self._estop())),
            simulated=self._simulated,
            zone=self._zone.zone,
            version=self._version,
            rows=[_readable(row) for row in rows],
            next=following,
            frm=given.get("from", ""),
            **{name: given.get(name, "") for name in ("to", "unit", "before")},
        )
        return tagged(html.encode(), "text/html; charset=utf-8")

    def file(self, given: Given) -> bottle.HTTPResponse:
        """`/journal.csv[?from=][&to=][&unit=]`: oldest first, streamed; 503 while others fetch it already."""
        frm, to = self._range(given)

        def rows() -> Iterator[Sequence[Any]]:
            return ([row[column] for column in COLUMNS] for row in self._journal.stream(frm, to, given.get("unit")))

        return self._files.reply("journal.csv", COLUMNS, rows)

    def _asked_for(self, given: Given) -> tuple[list[dict[str, Any]], int | None]:
        frm, to = self._range(given)
        limit = given.get("limit", routes.PAGE_ROWS)
        return self._journal.page(frm, to, given.get("unit"), given.get("before"), limit)

    def _range(self, given: Given) -> tuple[datetime | None, datetime | None]:
        frm, to = (self._moment(given.get(name)) for name in ("from", "to"))
        if frm is not None and to is not None and frm >= to:
            raise BadRequest(say("web.fromNotBeforeTo", "The parameter from must lie before to."))
        return frm, to

    def _moment(self, text: str | None) -> datetime | None:
        return None if text is None else parse_schedule_value(text, self._zone)


def _readable(row: dict[str, Any]) -> dict[str, Any]:
    """A row for a person without a script: what cannot be seen in ids and names shows as signs (H9)."""
    return {name: visible(value) if isinstance(value, str) else value for name, value in row.items()}
