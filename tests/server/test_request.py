"""A request is the same however its bytes come, and whatever comes is taken in without a fault."""

import random
from typing import Any

import pytest
from waitress.adjustments import Adjustments

from main_controller.server.request import Request

ADJUSTMENTS = Adjustments(max_request_header_size=1 << 14, max_request_body_size=1 << 18)
PIECES = [
    *(b"GET ", b"POST ", b"/set/dcdc/E001?mode=0x0000", b"http://", b"[", b" HTTP/1.1", b" HTTP/1.0"),
    *(b"\r\n", b"\r\n\r\n", b": ", b"Host: x"),
    *(b"Content-Length: 3", b"Transfer-Encoding: chunked", b"Expect: 100-continue", b"Content-Length: "),
    *(b"abc", b"3\r\nabc\r\n", b"0\r\n\r\n", b";x=", b'"\\', b"\n", b"\r", b" ", b"\t", b"\x00", b"\xff", b"9" * 5000),
]


def taken(data: bytes, sizes: list[int]) -> list[Any]:
    """The requests in `data` when it comes in pieces of these sizes, the last of which takes all that is left."""
    found, request, at = [], Request(ADJUSTMENTS), 0
    while at < len(data):
        piece = data[at:] if len(sizes) < 2 else data[at : at + sizes.pop(0)]
        at += len(piece)
        while piece:
            consumed = request.received(piece)
            assert 0 < consumed <= len(piece)
            piece = piece[consumed:]
            if request.completed:
                if not request.empty:
                    found.append(seen(request))
                    if request.error:
                        return found
                request = Request(ADJUSTMENTS)
    return found


def seen(request: Request) -> tuple[Any, ...]:
    if request.error:
        return (request.error.code,)
    return request.command, request.path, request.query, request.headers, request.get_body_stream().read()


@pytest.mark.parametrize("seed", range(40))
def test_whatever_comes_is_taken_in_and_by_the_byte_the_same(seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(10):
        data = b"".join(chance.choices(PIECES, k=chance.randrange(1, 24)))
        whole = taken(data, [])
        assert taken(data, [1] * len(data)) == whole
        assert taken(data, [chance.randrange(1, 50) for _ in range(20)]) == whole


def test_the_form_is_looked_at_and_stays() -> None:
    request = Request(ADJUSTMENTS)
    form = b"value=stop"
    kind = b"Content-Type: application/x-www-form-urlencoded; charset=utf-8\r\n"
    head = b"POST / HTTP/1.1\r\n" + kind + b"Content-Length: 10\r\n\r\n"
    request.received(head)
    request.received(form)
    assert request.completed
    assert request.form() == form
    assert request.form() == form
    assert request.get_body_stream().read() == form


@pytest.mark.parametrize("kind", [b"", b"Content-Type: text/plain\r\n"])
def test_a_body_of_another_kind_is_no_form(kind: bytes) -> None:
    request = Request(ADJUSTMENTS)
    request.received(b"POST / HTTP/1.1\r\n" + kind + b"Content-Length: 10\r\n\r\n")
    request.received(b"value=stop")
    assert request.completed
    assert request.form() == b""
