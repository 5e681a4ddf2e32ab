"""Owns the routes of the ledger: `/ledger`, the same as a file, and its sums (K12)."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any, Protocol

import bottle
from pytz.tzinfo import BaseTzInfo

from main_controller.domain.timestamps import parse_schedule_value
from main_controller.errors import BadRequest
from main_controller.history.sums import By, Quarter, sums
from main_controller.sentence import say
from main_controller.store.history.deals import KeptDeal
from main_controller.web import routes
from main_controller.web.csv_file import CsvFiles
from main_controller.web.route import Given, Handlers
from main_controller.web.shapes.ledger import COLUMNS, LedgerPage, LedgerSums, cells_of, entry_of, sum_of

AT_ONCE = 500
"""How many deals are read at once for a file."""
MOST_ROWS = 5_000
"""How many sums one answer has at most."""


class Kept(Protocol):
    """Where deals are kept."""

    def deals(
        self, *, unit_id: str | None, start: datetime | None, end: datetime | None, before: int | None, limit: int
    ) -> list[KeptDeal]:
        """The newest first; raises ControllerError."""

    def quarters(
        self, *, unit_id: str | None, start: datetime | None, end: datetime | None, pair: bool
    ) -> list[Quarter]:
        """What deals came to by the quarter of an hour in which they ended; raises ControllerError."""


class LedgerPages:
    """`/ledger`, `/ledger.csv`, `/ledger/sums`; `zone` is the site's, by whose clock spans begin; `check_unit` raises
    ControllerError for a unit that nobody knows."""

    def __init__(
        self, kept: Kept, *, zone: BaseTzInfo, files: CsvFiles, check_unit: Callable[[str | None], None]
    ) -> None:
        self._kept = kept
        self._zone = zone
        self._files = files
        self._check_unit = check_unit

    def handlers(self) -> Handlers:
        """What answers each route."""
        return {routes.LEDGER: self.page, routes.LEDGER_FILE: self.file, routes.LEDGER_SUMS: self.sums}

    def page(self, given: Given) -> LedgerPage:
        """`/ledger[?unitId=][&from=][&to=][&before=][&limit=]`: deals that are over, the newest first."""
        limit = given.get("limit", routes.PAGE_ROWS)
        found = self._kept.deals(**self._asked(given), before=given.get("before"), limit=limit + 1)
        return {
            "deals": [entry_of(*kept) for kept in found[:limit]],
            "next": found[limit - 1].id if len(found) > limit else None,
        }

    def file(self, given: Given) -> bottle.HTTPResponse:
        """`/ledger.csv`: the same as a file, the newest first, streamed; 503 while others fetch files."""
        asked = self._asked(given)

        def rows() -> Iterator[Sequence[Any]]:
            for kept in self._all(asked):
                yield cells_of(*kept)

        return self._files.reply("ledger.csv", COLUMNS, rows)

    def sums(self, given: Given) -> LedgerSums:
        """`/ledger/sums?by=hour|day|month[&pair=true][&unitId=][&from=][&to=]`: what was moved, span by span; 400
        for more than `MOST_ROWS`."""
        by = By(given.get("by", By.DAY))
        found = sums(self._kept.quarters(**self._asked(given), pair=given.get("pair") is True), by, self._zone)
        if len(found) > MOST_ROWS:
            raise BadRequest(
                say(
                    "web.tooManySums",
                    "These would be {count} rows, more than {most}: ask for less time, longer spans, or no pairs.",
                    count=len(found),
                    most=MOST_ROWS,
                )
            )
        return {"by": by, "rows": [sum_of(one) for one in found]}

    def _all(self, asked: dict[str, Any]) -> Iterator[KeptDeal]:
        before: int | None = None
        while found := self._kept.deals(**asked, before=before, limit=AT_ONCE):
            yield from found
            before = found[-1].id

    def _asked(self, given: Given) -> dict[str, Any]:
        self._check_unit(given.get("unitId"))
        start, end = (self._moment(given.get(name)) for name in ("from", "to"))
        if start is not None and end is not None and start >= end:
            raise BadRequest(say("web.fromNotBeforeTo", "The parameter from must lie before to."))
        return {"unit_id": given.get("unitId"), "start": start, "end": end}

    def _moment(self, text: str | None) -> datetime | None:
        return None if text is None else parse_schedule_value(text, self._zone)
