"""Owns the journal's routes: as JSON, as a file for a spreadsheet, and as a page (Z13a)."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, cast

import bottle
import pytz
from pytz.tzinfo import BaseTzInfo

from main_controller.domain.latch import HeldLatch
from main_controller.domain.timestamps import parse_schedule_value, site_time
from main_controller.errors import BadRequest, ControllerError
from main_controller.sentence import say
from main_controller.store.journal import Journal, Subject
from main_controller.web import routes
from main_controller.web.conditional import tagged
from main_controller.web.csv_file import CsvFiles
from main_controller.web.latch_text import latch_text
from main_controller.web.recorded import searches
from main_controller.web.refused_page import codes_of
from main_controller.web.replies import reply, shown, wants_codes
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
    `version` as the main page does, `title` (the site's or the cluster's name, may be empty), `simulated`, `insecure`,
    `rows` as in `/journal` but made visible and by the site's clock, `next` (id or None), and the question as it was
    asked: `frm`, `to`, `unit`, `about`, `before` (texts, "" where absent); `refused` is what is wrong with it, "" where
    it can be answered, and `messages` the same by its code, for the page's script.
    """

    def __init__(
        self,
        journal: Journal,
        views: Path,
        *,
        title: Callable[[], str] = str,
        simulated: bool = False,
        zone: BaseTzInfo = pytz.utc,
        version: str = "",
        estop: Callable[[], HeldLatch | None] = lambda: None,
        files: CsvFiles | None = None,
        insecure: bool = False,
    ) -> None:
        self._journal = journal
        self._template = bottle.SimpleTemplate(name="journal.tpl", lookup=[str(views)], encoding="utf-8")
        self._title = title
        self._simulated = simulated
        self._insecure = insecure
        self._zone = zone
        self._version = version
        self._estop = estop
        self._files = files or CsvFiles()
        self._places = searches()

    def handlers(self) -> Handlers:
        """What answers each route."""
        return {routes.JOURNAL_ROWS: self.rows, routes.JOURNAL_FILE: self.file, routes.JOURNAL_PAGE: self.page}

    def rows(self, given: Given) -> JournalPage:
        """`/journal[?from=][&to=][&unit=][&about=][&before=id][&limit=]`: `rows`, the newest first, and `next`; 503
        while others ask."""
        rows, following = self._asked_for(given)
        answer: JournalPage = {"rows": cast(list[JournalRow], rows), "next": following}  # as they were stored
        if wants_codes(bottle.request.environ):
            answer["messages"] = cast(list[Message], self._journal.messages(row["id"] for row in rows))
        return answer

    def page(self, asked: Given) -> bottle.HTTPResponse:
        """`/journal.html`: the same for a person; what a form leaves empty counts as absent.

        A time or a subject that cannot be read gives the page with the sentence that says so, as 400.
        """
        given = {name: value for name, value in asked.items() if value}
        try:
            rows, following = self._asked_for(given)
        except BadRequest as wrong:
            return self._refused(given, wrong)
        return tagged(self._page(given, rows, following).encode(), "text/html; charset=utf-8")

    def explain(self, error: ControllerError) -> bottle.HTTPResponse:
        """`/journal.html` of a question of which not even the form can be read."""
        return self._refused({}, error)

    def _refused(self, given: Given, error: ControllerError) -> bottle.HTTPResponse:
        html = self._page(given, [], None, error)
        return reply(html.encode(), "text/html; charset=utf-8", status=error.status)

    def _page(
        self, given: Given, rows: list[dict[str, Any]], following: int | None, refused: ControllerError | None = None
    ) -> str:
        html: str = self._template.render(
            title=visible(self._title()),
            latch=latch_text(latch_of(self._estop()), self._zone),
            simulated=self._simulated,
            insecure=self._insecure,
            zone=self._zone.zone,
            version=self._version,
            rows=[_readable(row, self._zone) for row in rows],
            next=following,
            frm=given.get("from", ""),
            refused="" if refused is None else refused.sentence,
            messages="" if refused is None else codes_of(refused),
            **{name: given.get(name, "") for name in ("to", "unit", "about", "before")},
        )
        return html

    def file(self, given: Given) -> bottle.HTTPResponse:
        """`/journal.csv[?from=][&to=][&unit=][&about=]`: oldest first, streamed; 503 while others fetch files."""
        (frm, to), about = self._range(given), _subject(given)

        def rows() -> Iterator[Sequence[Any]]:
            stream = self._journal.stream(frm, to, given.get("unit"), about)
            return ([row[column] for column in COLUMNS] for row in stream)

        return self._files.reply("journal.csv", COLUMNS, rows)

    def _asked_for(self, given: Given) -> tuple[list[dict[str, Any]], int | None]:
        frm, to = self._range(given)
        limit, about = given.get("limit", routes.PAGE_ROWS), _subject(given)
        with self._places.place():
            return self._journal.page(frm, to, given.get("unit"), given.get("before"), limit, about)

    def _range(self, given: Given) -> tuple[datetime | None, datetime | None]:
        frm, to = (self._moment(given.get(name)) for name in ("from", "to"))
        if frm is not None and to is not None and frm >= to:
            raise BadRequest(say("web.fromNotBeforeTo", "The parameter from must lie before to."))
        return frm, to

    def _moment(self, text: str | None) -> datetime | None:
        return None if text is None else parse_schedule_value(text, self._zone)


def _subject(given: Given) -> Subject | None:
    about = given.get("about")
    if about is None:
        return None
    try:
        return Subject(about)
    except ValueError:
        other = say(
            "web.noSubject", "The parameter about must be one of {subjects}, not {given}.",
            subjects=list(Subject), given=shown(about),
        )  # fmt: skip
        raise BadRequest(other) from None


def _readable(row: dict[str, Any], zone: BaseTzInfo) -> dict[str, Any]:
    """A row for a person without a script: by the site's clock, and what cannot be seen shows as signs (H9, H17)."""
    shown = {name: visible(value) if isinstance(value, str) else value for name, value in row.items()}
    return {**shown, "at": site_time(row["at"], zone, seconds=True)}
