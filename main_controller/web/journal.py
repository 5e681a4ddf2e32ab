"""Owns the journal's routes: as JSON, as a file for a spreadsheet, and as a page (Z13a)."""

import codecs
import csv
import io
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import Any, cast

import bottle
import pytz
from pytz.tzinfo import BaseTzInfo

from main_controller.concurrency.limit import Limit
from main_controller.domain.latch import HeldLatch
from main_controller.domain.timestamps import parse_schedule_value, site_time
from main_controller.errors import BadRequest
from main_controller.sentence import say
from main_controller.store.journal import Journal, Subject
from main_controller.web import routes
from main_controller.web.conditional import tagged
from main_controller.web.latch_text import latch_text
from main_controller.web.replies import COMMON_HEADERS, shown, to_json, wants_codes
from main_controller.web.route import Given, Handlers
from main_controller.web.shapes.common import Message
from main_controller.web.shapes.holds import latch_of
from main_controller.web.shapes.journal import JournalPage, JournalRow
from main_controller.web.wire_text import visible

FILES_AT_ONCE = 2
"""How many may fetch the whole journal at the same time, since each holds a request thread."""

COLUMNS = ("id", "at", "kind", "by", "unitId", "what", "before", "after", "outcome", "commandId", "order",
           "stage")  # fmt: skip
RISKY = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes as the start of a formula."""


class JournalPages:
    """`/journal`, `/journal.csv`, `/journal.html`; `zone` is that of a time given without an offset.

    `estop` tells the E-stop's latch. `<views>/journal.tpl` gets it in `latch`, as `latch_text` makes it, `zone` and
    `version` as the main page does, `title` (the site's or the cluster's name, may be empty), `simulated`, `rows` as in
    `/journal` but made visible and by the site's clock, `next` (id or None), and the question as it was asked: `frm`,
    `to`, `unit`, `about`, `before` (texts, "" where absent); `refused` is what is wrong with it, "" where it can be
    answered.
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
    ) -> None:
        self._journal = journal
        self._template = bottle.SimpleTemplate(name="journal.tpl", lookup=[str(views)], encoding="utf-8")
        self._title = title
        self._simulated = simulated
        self._zone = zone
        self._version = version
        self._estop = estop
        self._files = Limit(
            FILES_AT_ONCE,
            say("web.journalBusy", "Others fetch the journal as a file already; try again in a moment."),
            retry_after=10,
        )

    def handlers(self) -> Handlers:
        """What answers each route."""
        return {routes.JOURNAL_ROWS: self.rows, routes.JOURNAL_FILE: self.file, routes.JOURNAL_PAGE: self.page}

    def rows(self, given: Given) -> JournalPage:
        """`/journal[?from=][&to=][&unit=][&about=][&before=id][&limit=]`: `rows`, the newest first, and `next`."""
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
        refused: BadRequest | None = None
        try:
            rows, following = self._asked_for(given)
        except BadRequest as wrong:
            rows, following, refused = [], None, wrong
        html: str = self._template.render(
            title=visible(self._title()),
            latch=latch_text(latch_of(self._estop()), self._zone),
            simulated=self._simulated,
            zone=self._zone.zone,
            version=self._version,
            rows=[_readable(row, self._zone) for row in rows],
            next=following,
            frm=given.get("from", ""),
            refused="" if refused is None else refused.sentence,
            **{name: given.get(name, "") for name in ("to", "unit", "about", "before")},
        )
        if refused is None:
            return tagged(html.encode(), "text/html; charset=utf-8")
        headers = {"Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store", **COMMON_HEADERS}
        return bottle.HTTPResponse(html.encode(), refused.status, headers)

    def file(self, given: Given) -> bottle.HTTPResponse:
        """`/journal.csv[?from=][&to=][&unit=][&about=]`: oldest first, streamed; 503 while others fetch it already.

        It begins with a byte order mark, without which spreadsheets take it for the computer's own coding (M22).
        """
        (frm, to), about = self._range(given), _subject(given)
        place = ExitStack()
        place.enter_context(self._files.place())
        try:
            rows = self._journal.stream(frm, to, given.get("unit"), about)
            first = next(rows, None)
        except BaseException:
            place.close()
            raise
        headers = {
            "Content-Type": "text/csv; charset=utf-8",
            "Content-Disposition": 'attachment; filename="journal.csv"',
            "Cache-Control": "no-store",
            **COMMON_HEADERS,
        }
        return bottle.HTTPResponse(_Lines(first, rows, place), 200, headers)

    def _asked_for(self, given: Given) -> tuple[list[dict[str, Any]], int | None]:
        frm, to = self._range(given)
        limit = given.get("limit", routes.PAGE_ROWS)
        return self._journal.page(frm, to, given.get("unit"), given.get("before"), limit, _subject(given))

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


class _Lines:
    """The lines of the file; gives its place back when it has ended or the caller went away."""

    def __init__(self, first: dict[str, Any] | None, rows: Iterator[dict[str, Any]], place: ExitStack) -> None:
        self._lines = _csv(first, rows)
        self._place = place

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        try:
            return next(self._lines)
        except BaseException:  # the end among them
            self.close()
            raise

    def close(self) -> None:
        """Called by the server at the end, however it came."""
        self._place.close()


def _readable(row: dict[str, Any], zone: BaseTzInfo) -> dict[str, Any]:
    """A row for a person without a script: by the site's clock, and what cannot be seen shows as signs (H9, H17)."""
    shown = {name: visible(value) if isinstance(value, str) else value for name, value in row.items()}
    return {**shown, "at": site_time(row["at"], zone, seconds=True)}


def _csv(first: dict[str, Any] | None, rows: Iterator[dict[str, Any]]) -> Iterator[bytes]:
    yield codecs.BOM_UTF8 + _line(COLUMNS)
    if first is not None:
        yield _line(tuple(_cell(first[column]) for column in COLUMNS))
    for row in rows:
        yield _line(tuple(_cell(row[column]) for column in COLUMNS))


def _cell(value: Any) -> str:
    """A value as a cell that no spreadsheet takes for a formula."""
    if value is None:
        return ""
    text = value if isinstance(value, str) else to_json(value).decode()
    return f"'{text}" if text.startswith(RISKY) else text


def _line(cells: tuple[str, ...]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerow(cells)
    return text.getvalue().encode("utf-8", "backslashreplace")
