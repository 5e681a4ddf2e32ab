"""Makes each record one line of the log, whatever is in it: nothing from the wire can look like a line of ours (AV3).

Used by `logs.py` for every destination. A traceback follows its line, indented; where logging.conf names `JsonLines`,
each record is one JSON object instead, its traceback in it.
"""

import json
import logging
import re
from datetime import UTC, datetime

_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    "\u034f\u2800\u3164\ud800-\udfff\ufeff\uffa0\ufff0-\ufffb\U000e0000-\U000e0fff]"
)
"""Line breaks, control characters, half characters, and what turns the writing direction or is not seen."""

INDENT = "    "


class OneLine(logging.Formatter):
    """What `inner` makes of a record, after `prefix`, with every unsafe character as its escape."""

    def __init__(self, inner: logging.Formatter, prefix: str = "") -> None:
        super().__init__()
        self._inner = inner
        self._prefix = prefix

    def format(self, record: logging.LogRecord) -> str:
        """The record's line, and the indented lines of its traceback and stack."""
        bare = logging.makeLogRecord({**record.__dict__, "exc_info": None, "exc_text": None, "stack_info": None})
        lines = [self._prefix + escaped(self._inner.format(bare))]
        text = record.exc_text or (self._inner.formatException(record.exc_info) if record.exc_info else "")
        for block in (text, record.stack_info or ""):
            lines += [INDENT + escaped(line) for line in block.split("\n") if line]
        return "\n".join(lines)


class JsonLines(logging.Formatter):
    """Each record as one JSON object on a line of its own, in ASCII; named by logging.conf as a formatter's class.

    Its keys: `time` (ISO 8601, of this machine's zone), `level`, `thread`, `logger`, `message`; `traceback` and `stack`
    where there are any, and `simulated` in a simulation. In each text unsafe characters are escapes, as in a plain
    line, so that a text that is taken out and shown is one line too; a traceback has its own lines. The formatter's
    `format` and `datefmt` count for nothing.
    """

    simulated = False

    def format(self, record: logging.LogRecord) -> str:
        """The record's line."""
        at = datetime.fromtimestamp(record.created, UTC).astimezone()
        told: dict[str, object] = {
            "time": at.isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "thread": escaped(str(record.threadName)),
            "logger": escaped(record.name),
            "message": escaped(record.getMessage()),
        }
        if self.simulated:
            told["simulated"] = True
        traceback = record.exc_text or (self.formatException(record.exc_info) if record.exc_info else "")
        for key, text in (("traceback", traceback), ("stack", record.stack_info or "")):
            if text:
                told[key] = "\n".join(escaped(line) for line in text.split("\n"))
        return json.dumps(told)


def one_line(inner: logging.Formatter | None, *, simulated: bool) -> logging.Formatter:
    """What makes lines of records as `inner` is to: as JSON where it is `JsonLines`, else safe lines of its text."""
    if isinstance(inner, JsonLines):
        inner.simulated = simulated
        return inner
    return OneLine(inner or logging.Formatter(), "SIMULATED " if simulated else "")


def escaped(text: str) -> str:
    """The text with each unsafe character written as `\\n`, `\\x1b`, `\\u202e` and the like."""
    return _UNSAFE.sub(_escape, text)


def _escape(found: re.Match[str]) -> str:
    return found[0].encode("ascii", "backslashreplace").decode() if found[0] > "\x7f" else repr(found[0])[1:-1]
