"""No line of the log can be forged by what is logged (AV3)."""

import logging
import re
import sys

import pytest

from main_controller.log_lines import OneLine

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
