"""Every line that the real programs sent is read, and nothing else is (K16, K17)."""

import gzip
import json
import time
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from main_controller.domain.apis_log import KEPT, Level, consequence, error_in, parse_line, shortened

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


@pytest.mark.parametrize(
    "at",
    ["0001-01-01T00:00:00.000+14:00", "9999-12-31T23:59:59.999-14:00", "1969-12-31T23:59:59+00:00",
     "2200-01-01T00:00:00+00:00", "2026-11-26T20:43:34.952", "2026-11-26T20:43:34+99:00"],
)  # fmt: skip
def test_a_time_that_no_clock_of_a_unit_can_show_is_none(at: str) -> None:
    assert parse_line(f"[[[apis-main:E003]]] [thread] {at} SEVERE [some.Class]  text".encode()) is None


def test_a_clock_that_is_wrong_by_years_is_believed() -> None:
    for at in ("1970-01-01T09:00:00+09:00", "2199-12-31T23:59:59+00:00"):
        assert parse_line(f"[[[apis-main:E003]]] [t] {at} SEVERE [some.Class]  text".encode()) is not None


def test_no_unit_and_no_class_has_a_longer_name_than_is_known() -> None:
    def line(unit: int, source: int) -> bool:
        text = f"[[[apis-main:{'E' * unit}]]] [t] 2026-11-26T20:43:34+09:00 INFO [{'c' * source}]  text"
        return parse_line(text.encode()) is not None

    assert line(64, 128)
    assert not line(65, 10)
    assert not line(10, 129)


def test_a_long_message_is_cut_and_says_so_and_is_searched_in_no_time() -> None:
    begun = time.perf_counter()
    for tail in (" [a.java:1)" * 5_000, " [" * 30_000, "[a.java:1)] " * 5_000, " [a.java:1)]" * 5_000):
        line = parse_line(f"{HEAD} SEVERE [a.ErrorCollection]  (LOGIC:LOCAL:ERROR:E004) told{tail}".encode())
        assert line is not None
        assert error_in(line) is not None
        short = shortened(line)
        assert len(short.message) == KEPT
        assert short.message.endswith(f"… (cut: {len(line.message)} characters)")
        assert shortened(short) == short
    assert time.perf_counter() - begun < 1.0, "some ms; it took seconds where the place was searched for anew"


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
