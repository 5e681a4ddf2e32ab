"""How a file for a spreadsheet goes out: line by line, two at once at most, with no cell that a spreadsheet runs (M22).

Used by the journal and the history.
"""

import codecs
import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import bottle

from main_controller.concurrency.limit import Limit
from main_controller.sentence import say
from main_controller.web.download import download
from main_controller.web.replies import to_json

FILES_AT_ONCE = 2
"""How many may fetch a file at the same time, since each holds a request thread."""

RISKY = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes as the start of a formula; a plain number is none."""


class CsvFiles:
    """The files that are under way, of every kind."""

    def __init__(self) -> None:
        self._places = Limit(
            FILES_AT_ONCE,
            say("web.fileBusy", "Others fetch such files already; try again in a moment."),
            retry_after=10,
        )

    def reply(
        self, name: str, columns: Sequence[str], rows: Callable[[], Iterator[Sequence[Any]]]
    ) -> bottle.HTTPResponse:
        """A file of that name with these columns; raises what the first of `rows` raises, and 503 while others fetch
        theirs. It begins with a byte order mark, without which spreadsheets take it for the computer's own coding."""

        def lines() -> Iterator[bytes]:
            found = rows()
            return _lines(columns, next(found, None), found)

        return download(name, "text/csv; charset=utf-8", self._places, lines)


def _lines(columns: Sequence[str], first: Sequence[Any] | None, rows: Iterator[Sequence[Any]]) -> Iterator[bytes]:
    yield codecs.BOM_UTF8 + _line(columns)
    if first is not None:
        yield _line([_cell(value) for value in first])
    for row in rows:
        yield _line([_cell(value) for value in row])


def _cell(value: Any) -> str:
    """A value as a cell that no spreadsheet takes for a formula."""
    if value is None:
        return ""
    if isinstance(value, int | float):
        return f"{value:g}" if isinstance(value, float) else str(value)
    text = value if isinstance(value, str) else to_json(value).decode()
    return f"'{text}" if text.startswith(RISKY) else text


def _line(cells: Iterable[str]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerow(cells)
    return text.getvalue().encode("utf-8", "backslashreplace")
