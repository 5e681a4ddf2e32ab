"""No line of the log can be forged by what is logged (AV3)."""

import json
import logging
import re
import sys
from datetime import datetime
from typing import Any

import pytest

from main_controller.log_lines import JsonLines, OneLine, one_line

FORGED = "2026-01-01 00:00:00 CRITICAL forged: row"
FORMAT = logging.Formatter("%(asctime)s %(levelname)-8s %(name)s: %(message)s", "%Y-%m-%d %H:%M:%S")
LINE = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d WARNING  test: ")
BREAKS = ["\n", "\r", "\r\n", "\v", "\f", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029"]
OTHERS = [
    "\0",
    "\x1b[2J",
    "\x7f",
    "\t",
    "\u202e",
    "\u2066",
    "\u200f",
    "\u061c",
    "\ufeff",
    "\u00ad",
    "\ud800",
    "\U000e0041",
]


def record(text: str, *args: object, **more: object) -> logging.LogRecord:
    made = logging.LogRecord("test", logging.WARNING, __file__, 1, text, args, None)
    made.__dict__.update(more)
    return made


@pytest.mark.parametrize("sign", [*BREAKS, *OTHERS], ids=ascii)
@pytest.mark.parametrize("place", ["message", "argument", "thread"])
def test_whatever_is_logged_is_one_line_of_what_can_be_seen(sign: str, place: str) -> None:
    hostile = f"E1{sign}{FORGED}"
    made = {
        "message": record(hostile),
        "argument": record("unit %s is silent", hostile),
        "thread": record("x", threadName=hostile),
    }[place]
    line = OneLine(logging.Formatter("%(asctime)s %(levelname)-8s %(name)s: %(threadName)s %(message)s")).format(made)
    assert line.splitlines() == [line]
    assert sign not in line
    assert line.isprintable()
    assert FORGED in line


def test_what_can_be_read_stays_as_it_is() -> None:
    for text in ("蓄電池１号　さとう", "é ü ß", "\U0001f50b", "C:\\n", "a\xa0b"):
        assert OneLine(logging.Formatter()).format(record("%s", text)) == text


@pytest.mark.parametrize("sign", BREAKS, ids=ascii)
def test_a_traceback_stays_readable_and_none_of_its_lines_begins_like_a_record(sign: str) -> None:
    try:
        raise ValueError(f"E1{sign}{FORGED}")
    except ValueError:
        made = record("it failed", exc_info=sys.exc_info(), stack_info=f"Stack:{sign}{FORGED}")
    lines = OneLine(FORMAT).format(made).splitlines()
    assert LINE.match(lines[0])
    assert all(line.startswith("    ") for line in lines[1:])
    assert lines[1].strip() == "Traceback (most recent call last):"
    assert any("test_log_lines.py" in line for line in lines)
    assert any("ValueError: E1" in line for line in lines)


def test_a_prefix_stands_before_the_line() -> None:
    assert OneLine(logging.Formatter(), "SIMULATED ").format(record("x\ny")) == "SIMULATED x\\ny"


def read(line: str) -> Any:
    """The object of a line of JSON, which must be one line of ASCII and hold no key twice."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        assert len(dict(pairs)) == len(pairs)
        return dict(pairs)

    assert line.isascii()
    assert line.splitlines() == [line]
    return json.loads(line, object_pairs_hook=once)


@pytest.mark.parametrize("sign", [*BREAKS, *OTHERS, '"', "\\", '"}\n{"level": "CRITICAL"}'], ids=ascii)
def test_a_line_of_json_is_one_object_whatever_is_in_it(sign: str) -> None:
    """Of which each text is one line too, and no half character, when it is taken out."""
    hostile = f"E1{sign}{FORGED}"
    try:
        raise ValueError(hostile)
    except ValueError:
        made = record("unit %s", hostile, exc_info=sys.exc_info(), stack_info=f"Stack:{sign}", threadName=hostile)
    told = read(JsonLines().format(made))
    assert list(told) == ["time", "level", "thread", "logger", "message", "traceback", "stack"]
    assert (told["level"], told["logger"]) == ("WARNING", "test")
    for key in ("thread", "message"):
        assert told[key].isprintable()
        assert FORGED in told[key] or '"' in sign
    assert told["traceback"].startswith("Traceback (most recent call last):\n")
    assert all(line.isprintable() for key in ("traceback", "stack") for line in told[key].split("\n"))
    assert datetime.fromisoformat(told["time"]).tzinfo is not None


def test_a_line_of_json_says_what_it_is_of() -> None:
    assert (
        read(JsonLines("%(message)s", "%Y").format(record("蓄電池 \U0001f50b %d", 7)))["message"]
        == "蓄電池 \U0001f50b 7"
    )
    formatter = one_line(JsonLines(), simulated=True)
    assert read(formatter.format(record("x")))["simulated"] is True
    assert one_line(None, simulated=True).format(record("x")) == "SIMULATED x"
