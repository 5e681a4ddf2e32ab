"""A head that two readers may read differently, or that takes long to read, is refused before waitress reads it."""

import time

import pytest

from main_controller.server.head import fault_of

GET = b"GET / HTTP/1.1\r\n"


@pytest.mark.parametrize(
    "head",
    [
        GET + b"Host: 127.0.0.1\r\n\r\n",
        b"GET /a?b=c HTTP/1.0\r\n\r\n",
        b"GET /\r\n\r\n",
        b"POST http://127.0.0.1:4382/stopAll HTTP/1.1\r\nHost: x\r\n\r\n",
        b"OPTIONS * HTTP/1.1\r\n\r\n",
        GET + "X: ä\ttab  blanks \r\n\r\n".encode(),
        b"POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\n",
        b"POST / HTTP/1.1\r\nTransfer-Encoding: Chunked\r\n\r\n",
    ],
)
def test_an_ordinary_head_passes(head: bytes) -> None:
    assert fault_of(head) is None


@pytest.mark.parametrize(
    ("head", "part"),
    [
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n", "both"),
        (b"POST / HTTP/1.1\r\ncontent-length: 0\r\nTRANSFER-ENCODING: chunked\r\n\r\n", "both"),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: ,chunked\r\nContent-Length: 5\r\n\r\n", "both"),
        (b"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", "HTTP/1.1 alone"),
        (b"POST / HTTP/1.2\r\nTransfer-Encoding: chunked\r\n\r\n", "HTTP/1.1 alone"),
        (b"POST /\r\nTransfer-Encoding: chunked\r\n\r\n", "HTTP/1.1 alone"),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked, chunked\r\n\r\n", "twice"),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n", "twice"),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding:\r\n\r\n", "no coding"),
        (b"POST / HTTP/1.1\r\nContent-Length: " + b"9" * 5000 + b"\r\n\r\n", "too long"),
        (GET + b"X: a\r\n b\r\n\r\n", "folded"),
        (GET + b"Transfer-Encoding:\r\n chunked\r\n\r\n", "folded"),
        (GET + b"X: a\nTransfer-Encoding: chunked\r\n\r\n", "CR LF"),
        (GET + b"X: a\rb\r\n\r\n", "CR LF"),
        (GET + b"X: a\x00b\r\n\r\n", "control"),
        (GET + b"X: \x7f\r\n\r\n", "control"),
        (b"GET /stop\tAll HTTP/1.1\r\n\r\n", "first line"),
        (b"GET /stop All HTTP/1.1\r\n\r\n", "first line"),
        (b"get / HTTP/1.1\r\n\r\n", "first line"),
        (b"GET / HTTP/11\r\n\r\n", "first line"),
        (b"X" * 40 + b" / HTTP/1.1\r\n\r\n", "first line"),
        (b"\x16\x03\x01\x02\r\n\r\n", "control"),
    ],
)
def test_what_may_be_read_in_two_ways_is_refused(head: bytes, part: str) -> None:
    assert part in (fault_of(head) or "")


@pytest.mark.parametrize(
    "head",
    [
        b"GET a://" + b"1" * 16_000 + b" X\r\n\r\n",
        GET + b"X:" + b" " * 16_000 + b"\x01\r\n\r\n",
        GET + b"X: a\r\n\tb" * 2_500 + b"\r\n\r\n",
    ],
    ids=["first line", "blanks", "folds"],
)
def test_what_waitress_reads_in_seconds_is_refused_at_once(head: bytes) -> None:
    """The first of them took 16 s in the thread that serves every socket."""
    started = time.process_time()
    assert fault_of(head) is not None
    assert time.process_time() - started < 0.5
