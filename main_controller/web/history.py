"""Owns the routes of what has been: `/history`, the same as a file, and how complete it is (V8).

A slot that is not over, or that begins before the first asked for, stands as far as it is known.
"""

import itertools
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, Protocol

import bottle
from pytz.tzinfo import BaseTzInfo

from main_controller.domain.timestamps import iso_utc
from main_controller.errors import BadRequest
from main_controller.history.slot import CLUSTER, HALF_HOUR, MINUTE, Slot
from main_controller.history.spans import Step, boundaries, gathered
from main_controller.sentence import Sentence, say
from main_controller.web import routes
from main_controller.web.csv_file import CsvFiles
from main_controller.web.recorded import searches, time_given
from main_controller.web.route import Given, Handlers
from main_controller.web.shapes.history import COLUMNS, CoverageShown, HistoryShown, row_of

MOST_ROWS = 5_000
"""How many rows one answer of JSON has at most."""
LONGEST_FILE = 2_000_000
"""How many rows a file has at most: three years of minutes."""
MOST_DAYS = 62
"""Of how many days it is told at once how complete they are."""
AT_ONCE = 2_000
"""How many rows of a file are read at once."""

USUAL = {Step.MINUTE: 3600, Step.HALF_HOUR: 86_400, Step.DAY: 31 * 86_400, Step.MONTH: 365 * 86_400}
"""How long (s) before its end an answer begins where no beginning is given."""


class Kept(Protocol):
    """Where slots are kept."""

    def slots(self, unit_id: str, length: int, start: int, end: int) -> list[Slot]:
        """Those of a unit from `start` to `end` (s since 1970), in order; raises ControllerError."""

    def spans(self, unit_id: str, begins: Sequence[int], until: int) -> list[Slot]:
        """What half hours before `until` come to in each span between two `begins`; raises ControllerError."""

    def coverage(self, begins: Sequence[int]) -> dict[str, list[float]]:
        """Seconds covered in each span between two `begins`, by unit; raises ControllerError."""

    def made_until(self) -> int | None:
        """Where the last half hour ends (s since 1970) that was made of its minutes; raises ControllerError."""

    def reaches_back(self) -> dict[int, int | None]:
        """The start of the oldest slot of each length; raises ControllerError."""


class HistoryPages:
    """`/history`, `/history.csv`, `/history/coverage`; `zone` is the site's, in which days and months begin; `clock`
    gives aware UTC; `check_unit` raises ControllerError for a unit that nobody knows; `written_until` is up to when (s
    since 1970) minutes are written, None where that is not known yet."""

    def __init__(
        self, kept: Kept, *, zone: BaseTzInfo, clock: Callable[[], datetime], files: CsvFiles,
        check_unit: Callable[[str | None], None], written_until: Callable[[], int | None] = lambda: None,
    ) -> None:  # fmt: skip
        self._kept = kept
        self._zone = zone
        self._clock = clock
        self._files = files
        self._written_until = written_until
        self._places = searches()
        self._check_unit = check_unit

    def handlers(self) -> Handlers:
        """What answers each route."""
        return {routes.HISTORY: self.history, routes.HISTORY_FILE: self.file, routes.COVERAGE: self.coverage}

    def history(self, given: Given) -> HistoryShown:
        """`/history[?unitId=]&step=[&from=][&to=]`; 400 for more than `MOST_ROWS` rows, with the step that fits;
        404 for a unit that neither the record nor the program knows, 503 while others ask."""
        step, begins = self._spans(given, MOST_ROWS)
        unit_id = given.get("unitId")
        with self._places.place():
            reach, written = self._kept.reaches_back()[step.kept], self._written_until()
            rows = [list(row) for row in self._rows(unit_id, step, begins)]
        return {
            "unit": unit_id,
            "step": step,
            "columns": list(COLUMNS),
            "rows": rows,
            "reachesBackTo": None if reach is None else _iso(reach),
            "recordedUntil": None if written is None else _iso(written),
        }

    def file(self, given: Given) -> bottle.HTTPResponse:
        """`/history.csv` with the same parameters: oldest first, streamed, up to now; 503 while others fetch files."""
        step, begins = self._spans(given, LONGEST_FILE, self._clock())  # no file of years to come
        return self._files.reply("history.csv", COLUMNS, lambda: self._rows(given.get("unitId"), step, begins))

    def coverage(self, given: Given) -> CoverageShown:
        """`/history/coverage[?from=][&to=]`: how complete each day of each unit is; 400 for more than `MOST_DAYS`,
        503 while others ask."""
        until = self._written_until() or int(self._clock().timestamp())
        start, end = self._range(given, Step.DAY)
        days = round((end - start) / 86_400)
        if days > MOST_DAYS:
            raise BadRequest(
                say("web.tooManyDays", "These would be {count} days, more than {most}.", count=days, most=MOST_DAYS)
            )
        begins = boundaries(Step.DAY, start, end, self._zone)
        lengths = [max(1, min(finish, until) - begin) for begin, finish in itertools.pairwise(begins)]
        with self._places.place():
            kept, reach = self._kept.coverage(begins), self._kept.reaches_back()
        oldest = min((one for one in reach.values() if one is not None), default=None)
        return {
            "days": [_iso(begin) for begin in begins[:-1]],
            "units": [
                {
                    "unitId": unit_id or None,
                    "coverage": [_part(*one) for one in zip(kept[unit_id], lengths, strict=True)],
                }
                for unit_id in sorted(kept)
            ],
            "reachesBackTo": None if oldest is None else _iso(oldest),
        }

    def _range(self, given: Given, step: Step) -> tuple[int, int]:
        times = (time_given(given, name, self._zone) for name in ("from", "to"))
        start, end = (None if at is None else int(at.timestamp()) for at in times)
        end = int(self._clock().timestamp()) if end is None else end
        start = end - USUAL[step] if start is None else start
        if start >= end:
            raise BadRequest(say("web.fromNotBeforeTo", "The parameter from must lie before to."))
        return start, end

    def _spans(self, given: Given, most: int, latest: datetime | None = None) -> tuple[Step, list[int]]:
        self._check_unit(given.get("unitId"))
        step = Step(given.get("step", Step.HALF_HOUR))
        start, end = self._range(given, step)
        if latest is not None:
            end = max(start + 1, min(end, int(latest.timestamp()) + 1))
        count = (end - start) / step.seconds
        if count > most:
            raise BadRequest(_too_many(count, most, end - start))
        return step, boundaries(step, start, end, self._zone)

    def _rows(self, unit_id: str | None, step: Step, begins: Sequence[int]) -> Iterator[Sequence[Any]]:
        """One row for each slot between two `begins`; read some at once, so that a long file begins at once."""
        for first in range(0, len(begins) - 1, AT_ONCE):
            part = begins[first : first + AT_ONCE + 1]
            slots = self._slots(unit_id or CLUSTER, step, part)
            for begin, slot in zip(part, gathered(slots, part), strict=False):
                yield row_of(begin, slot)

    def _slots(self, unit_id: str, step: Step, begins: Sequence[int]) -> list[Slot]:
        """What is kept between the first and the last of `begins`; half hours that are not made yet are their minutes:
        the last two, or, until the first minute after a start, the last before it."""
        start, end = begins[0], begins[-1]
        if step is Step.MINUTE:
            return self._kept.slots(unit_id, MINUTE, start, end)
        recent = min(end, max(start, self._kept.made_until() or start))
        if step is Step.HALF_HOUR:
            slots = self._kept.slots(unit_id, HALF_HOUR, start, recent)
        else:
            slots = self._kept.spans(unit_id, begins, recent)
        return [*slots, *self._kept.slots(unit_id, MINUTE, recent, end)] if recent < end else slots


def _part(covered: float, length: int) -> float:
    """A clock that was set back may cover a moment twice."""
    return round(min(1.0, covered / length), 3)


def _iso(seconds: int) -> str:
    return iso_utc(datetime.fromtimestamp(seconds, UTC))


def _too_many(count: float, most: int, seconds: float) -> Sentence:
    """What to ask instead of more rows than one answer holds."""
    fits = next((step for step in Step if seconds / step.seconds <= most), Step.MONTH)
    return say(
        "web.tooManyRows", "These would be some {count} rows, more than {most}; step={step} fits.",
        count=round(count), most=most, step=str(fits),
    )  # fmt: skip
