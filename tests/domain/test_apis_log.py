"""Every line that the real programs sent is read, and nothing else is (K16, K17)."""

import gzip
import json
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from main_controller.domain.apis_log import Level, consequence, error_in, parse_line

HEAD = "[[[apis-main:E003]]] [vert.x-eventloop-thread-1] 2026-11-26T20:43:34.952+09:00"


def test_a_line_is_taken_apart() -> None:
    line = parse_line(f"{HEAD} SEVERE [jp.co.sony.Some]  two\nlines [of] text\n".encode())
    assert line is not None
    assert line == ("apis-main", "E003", datetime.fromisoformat("2026-11-26T20:43:34.952+09:00"), Level.SEVERE,
                    "jp.co.sony.Some", "two\nlines [of] text")  # fmt: skip


def test_apis_web_has_no_unit_and_a_second_may_have_fewer_digits() -> None:
    line = parse_line(b"[[[apis-web]]] [thread] 2026-11-26T20:41:54.82+09:00 INFO [some.Class]  text")
    assert line is not None
    assert (line.program, line.unit_id, line.at.microsecond) == ("apis-web", None, 820_000)


@pytest.mark.parametrize(
    ("message", "told", "does"),
    [
        ("(HARDWARE:LOCAL:WARN:E003) checkpoint failed [a.b.C.d(C.java:12)]", ("WARN", "E003", "checkpoint failed"),
         "apis-main does nothing about it."),
        ("(LOGIC:LOCAL:ERROR:E004) logic error", ("ERROR", "E004", "logic error"),
         "apis-main ends its deals in good order, sends its converter to Wait and resets."),
        ("(HARDWARE:GLOBAL:ERROR:E001) over voltage", ("ERROR", "E001", "over voltage"),
         "apis-main cuts all deals and stops the cluster."),
    ],
)  # fmt: skip
def test_an_error_says_what_apis_main_does_about_it(message: str, told: tuple[str, ...], does: str) -> None:
    line = parse_line(f"{HEAD} WARNING [jp.co.sony.user.ErrorCollection]  {message}".encode())
    assert line is not None
    error = error_in(line)
    assert error is not None
    assert (error.level, error.unit_id, error.text) == told
    assert consequence(error) == does


@pytest.mark.parametrize(
    "datagram",
    [b"", b"hello", b"\xff" * 100, f"{HEAD} LOUD [a]  b".encode(), HEAD[:-6].encode() + b" INFO [a]  b",
     b"[[[apis-main:E003]]] [t] yesterday INFO [a]  b", b"[[[other:E003]]] [t] 2026-11-26T20:43:34+09:00 INFO [a]  b"],
)  # fmt: skip
def test_what_is_no_such_line_is_none(datagram: bytes) -> None:
    assert parse_line(datagram) is None


@given(st.binary(max_size=300) | st.text(max_size=200).map(lambda text: f"{HEAD} INFO [a]  {text}".encode()))
def test_no_datagram_breaks_it(datagram: bytes) -> None:
    line = parse_line(datagram)
    if line is not None:
        assert line.at.tzinfo is not None
        assert error_in(line) is None


def test_every_line_of_the_recording_is_read(root: Path) -> None:
    """K16: nine minutes of a live cluster of four, with its errors."""
    with gzip.open(root / "tests" / "recordings" / "log.jsonl.gz", "rt", encoding="utf-8") as lines:
        datagrams = [entry["udp"] for entry in map(json.loads, lines) if "udp" in entry]
    read = [parse_line(datagram.encode()) for datagram in datagrams]
    lost = [datagram for datagram, line in zip(datagrams, read, strict=True) if line is None]
    assert lost == []
    known = [line for line in read if line is not None]
    assert sum("\n" in line.message for line in known) > 20
    errors = [error for line in known if (error := error_in(line)) is not None]
    told = [line for line in known if line.source.endswith(".ErrorCollection") and line.message.startswith("(")]
    assert len(errors) == len(told) > 50
