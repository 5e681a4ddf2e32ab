"""Owns the routes of the ledger: `/ledger`, the same as a file, and its sums (K12)."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

import bottle
from pytz.tzinfo import BaseTzInfo

from main_controller.errors import BadRequest
from main_controller.history.sums import By, Sum, begins
from main_controller.sentence import say
from main_controller.store.history.deals import KeptDeal
from main_controller.web import routes
from main_controller.web.csv_file import CsvFiles
from main_controller.web.recorded import searches, times_given
from main_controller.web.route import Given, Handlers
from main_controller.web.shapes.ledger import COLUMNS, LedgerPage, LedgerSums, cells_of, entry_of, sum_of

AT_ONCE = 500
"""How many deals are read at once for a file."""
MOST_ROWS = 5_000
"""How many sums one answer has at most."""
MOST_HOURS = timedelta(days=2000)
"""Over how long a time sums are by the hour: what is kept is not older, and no clock's fault makes it long."""


class Kept(Protocol):
    """Where deals are kept."""

    def deals(
        self, *, unit_id: str | None, start: datetime | None, end: datetime | None, before: int | None, limit: int
    ) -> list[KeptDeal]:
        """The newest first; raises ControllerError."""

    def ended_between(
        self, *, unit_id: str | None, start: datetime | None, end: datetime | None
    ) -> tuple[datetime, datetime] | None:
        """When the first and the last ended; raises ControllerError."""

    def sums(
        self, begins: Sequence[int], *, unit_id: str | None, start: datetime | None, end: datetime | None, pair: bool,
        limit: int,
    ) -> list[Sum]:  # fmt: skip
        """What deals came to in each span between two `begins`; raises ControllerError."""


class LedgerPages:
    """`/ledger`, `/ledger.csv`, `/ledger/sums`; `zone` is the site's, by whose clock spans begin; `check_unit` raises
    ControllerError for a unit that nobody knows."""

    def __init__(
        self, kept: Kept, *, zone: BaseTzInfo, files: CsvFiles, check_unit: Callable[[str | None], None]
    ) -> None:
        self._kept = kept
        self._zone = zone
        self._files = files
        self._places = searches()
        self._check_unit = check_unit

    def handlers(self) -> Handlers:
        """What answers each route."""
        return {routes.LEDGER: self.page, routes.LEDGER_FILE: self.file, routes.LEDGER_SUMS: self.sums}

    def page(self, given: Given) -> LedgerPage:
        """`/ledger[?unitId=][&from=][&to=][&before=][&limit=]`: deals that are over, the newest first; 503
        while others ask."""
        limit = given.get("limit", routes.PAGE_ROWS)
        asked = self._asked(given)
        with self._places.place():
            found = self._kept.deals(**asked, before=given.get("before"), limit=limit + 1)
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
        for more than `MOST_ROWS`, 503 while others ask."""
        by, asked = By(given.get("by", By.DAY)), self._asked(given)
        with self._places.place():
            between = self._kept.ended_between(**asked)
            if between is None:
                return {"by": by, "rows": []}
            if by is By.HOUR and between[1] - between[0] > MOST_HOURS:
                raise _too_many()
            found = self._kept.sums(
                begins(by, *between, self._zone), **asked, pair=given.get("pair") is True, limit=MOST_ROWS + 1
            )
        if len(found) > MOST_ROWS:
            raise _too_many()
        return {"by": by, "rows": [sum_of(one, self._zone) for one in found]}

    def _all(self, asked: dict[str, Any]) -> Iterator[KeptDeal]:
        before: int | None = None
        while found := self._kept.deals(**asked, before=before, limit=AT_ONCE):
            yield from found
            before = found[-1].id

    def _asked(self, given: Given) -> dict[str, Any]:
        self._check_unit(given.get("unitId"))
        start, end = times_given(given, self._zone)
        return {"unit_id": given.get("unitId"), "start": start, "end": end}


def _too_many() -> BadRequest:
    return BadRequest(
        say(
            "web.tooManySums",
            "These would be more than {most} rows: ask for less time, longer spans, or no pairs.",
            most=MOST_ROWS,
        )
    )
