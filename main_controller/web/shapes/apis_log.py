"""apis-main's own log (K16-K18)."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple, TypedDict

from main_controller.domain.apis_log import Level, LoggedError, LogLine, consequence
from main_controller.domain.timestamps import iso_utc
from main_controller.store.history.apis_lines import MOST_ERRORS, CountedError
from main_controller.web.shapes.common import Time, UnitId


class ApisLogLine(TypedDict):
    """A line: `id` (null: not on the disk yet), when this program `heard` it, and its own time `at`, which may be of
    another clock; the program that says it, its unit (null: of none), and the class (`source`). A `message` of more
    than 2,000 characters is cut, and says so."""

    id: int | None
    heard: Time
    at: Time
    program: str
    unitId: UnitId | None
    level: Level
    source: str
    message: str


class ApisError(TypedDict):
    """An error that apis-main told `count` times: its category, extent and level, the unit concerned, when it was heard
    for the `first` and the `last` time, and what apis-main does about it by itself (`does`)."""

    category: str
    extent: str
    level: str
    unitId: UnitId
    text: str
    count: int
    first: Time
    last: Time
    does: str


class ApisLogPage(TypedDict):
    """Lines, the newest first; `next` is what `before` asks for to get those before them, null: there are none.
    `errors` are those among the lines of the time asked for, the last told first, 100 at most."""

    lines: list[ApisLogLine]
    errors: list[ApisError]
    next: int | None


class Told(NamedTuple):
    """An error as one line tells it."""

    heard: datetime
    error: LoggedError


def line_of(number: int | None, heard: datetime, line: LogLine) -> ApisLogLine:
    """One line."""
    return {
        "id": number,
        "heard": iso_utc(heard),
        "at": iso_utc(line.at),
        "program": line.program,
        "unitId": line.unit_id,
        "level": line.level,
        "source": line.source,
        "message": line.message,
    }


def counted_of(told: Iterable[Told]) -> list[CountedError]:
    """The same errors together, counted, the last told first."""
    groups: dict[LoggedError, list[datetime]] = {}
    for heard, error in told:
        groups.setdefault(error._replace(place=None), []).append(heard)
    found = [CountedError(error, len(times), min(times), max(times)) for error, times in groups.items()]
    return sorted(found, key=lambda one: one.last, reverse=True)[:MOST_ERRORS]


def error_of(counted: CountedError) -> ApisError:
    """One error."""
    error = counted.error
    return {
        "category": error.category,
        "extent": error.extent,
        "level": error.level,
        "unitId": error.unit_id,
        "text": error.text,
        "count": counted.times,
        "first": iso_utc(counted.first),
        "last": iso_utc(counted.last),
        "does": consequence(error),
    }
