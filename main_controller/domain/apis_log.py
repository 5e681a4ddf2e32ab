"""What apis-main and apis-web say in their own log, line by line (K16, K17).

Pure. Anybody on the network can send such a line, and lines get lost: it is evidence, and never a ground for an order.
"""

import re
from datetime import UTC, datetime
from enum import StrEnum
from typing import NamedTuple

from main_controller.sentence import Sentence, say

LONGEST = 65_535
"""The most bytes of a datagram."""

KEPT = 2_000
"""How many characters of a message are kept, which a true error needs by far not: lists of deals are longer."""
_NOTE = " … (cut: {count} characters)"
_EARLIEST, _LATEST = datetime(1970, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
"""Between which a line's own time lies: a unit's clock may be wrong by years, and no sentence of ours by centuries."""

_LINE = re.compile(
    r"\[\[\[(?P<program>apis-[a-z]{1,32})(?::(?P<unit>[^\]]{0,64}))?\]\]\] \[(?P<thread>[^\]]{0,200})\] "
    r"(?P<at>\S{1,40}) (?P<level>[A-Z]{1,10}) \[(?P<source>[^\]]{0,128})\] {1,2}(?P<message>.*)",
    re.DOTALL,
)
_ERROR = re.compile(
    r"\((?P<category>[A-Z]{1,20}):(?P<extent>LOCAL|GLOBAL):(?P<level>WARN|ERROR|FATAL):(?P<unit>[^)]{0,64})\) "
    r"(?P<text>.*)",
    re.DOTALL,
)
_PLACE = re.compile(r"[^\[\]]*\.java:\d+\)")


class Level(StrEnum):
    """How grave a line is, the gravest first."""

    SEVERE = "SEVERE"
    WARNING = "WARNING"
    INFO = "INFO"
    FINE = "FINE"
    FINER = "FINER"
    FINEST = "FINEST"

    @property
    def rank(self) -> int:
        """0 for the gravest."""
        return list(Level).index(self)


class LogLine(NamedTuple):
    """One line: `program` ("apis-main", "apis-web"), of which unit (None: of none), when by its own clock (aware), and
    `source`, the class that says it."""

    program: str
    unit_id: str | None
    at: datetime
    level: Level
    source: str
    message: str


class LoggedError(NamedTuple):
    """An error that apis-main tells: `category` HARDWARE, FRAMEWORK, LOGIC or USER; `extent` LOCAL or GLOBAL; `level`
    WARN, ERROR or FATAL; the unit concerned; `place` in its source, None where it is not told."""

    category: str
    extent: str
    level: str
    unit_id: str
    text: str
    place: str | None


def parse_line(datagram: bytes) -> LogLine | None:
    """The line in a datagram; None for what is no such line: no unit's id, class or time is as long or as far off."""
    match = _LINE.fullmatch(datagram.decode("utf-8", "replace").rstrip("\r\n"))
    if match is None or match["level"] not in set(Level):
        return None
    at = possible_time(match["at"])
    if at is None:
        return None
    return LogLine(
        match["program"], match["unit"] or None, at, Level(match["level"]), match["source"], match["message"]
    )


def error_in(line: LogLine) -> LoggedError | None:
    """The error that a line tells; None where it tells none."""
    if not line.source.endswith(".ErrorCollection"):
        return None
    match = _ERROR.fullmatch(line.message)
    if match is None:
        return None
    text, place = _without_place(match["text"])
    return LoggedError(match["category"], match["extent"], match["level"], match["unit"], text, place)


def shortened(line: LogLine) -> LogLine:
    """The line as it is kept: a message of more than `KEPT` characters is cut, and says so."""
    if len(line.message) <= KEPT:
        return line
    note = _NOTE.format(count=len(line.message))
    return line._replace(message=line.message[: KEPT - len(note)] + note)


def _without_place(text: str) -> tuple[str, str | None]:
    """What is told, and the place in the source behind it, if any."""
    told, bracket, place = text.rpartition(" [")
    if bracket and place.endswith("]") and _PLACE.fullmatch(place[:-1]):
        return told, place[:-1]
    return text, None


def consequence(error: LoggedError) -> Sentence:
    """What apis-main does about an error by itself (K17)."""
    if error.level == "WARN":
        return say("domain.errorWarns", "apis-main does nothing about it.")
    if error.level == "FATAL":
        return say("domain.errorFatal", "What apis-main does about a fatal error is not known.")
    if error.extent == "GLOBAL":
        return say("domain.errorGlobal", "apis-main cuts all deals and stops the cluster.")
    return say("domain.errorLocal", "apis-main ends its deals in good order, sends its converter to Wait and resets.")


def possible_time(text: str) -> datetime | None:
    """A line's own time (aware), whose parts of a second have one to three digits; None for what can be none: one
    without an offset, or out of 1970 to 2200."""
    whole, point, rest = text.partition(".")
    match = re.fullmatch(r"(\d{1,9})(.*)", rest) if point else None
    try:
        at = datetime.fromisoformat(f"{whole}.{match[1][:6]:0<6}{match[2]}" if match else text)
        return at if at.tzinfo is not None and _EARLIEST <= at.astimezone(UTC) < _LATEST else None
    except (ValueError, OverflowError):
        return None
