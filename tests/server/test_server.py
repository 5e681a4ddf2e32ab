"""The real server against hostile and odd callers, over real sockets (AV1, AV2, AV6-AV8, AV20, M3, M7)."""

import contextlib
import errno
import fcntl
import logging
import os
import re
import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from types import SimpleNamespace
from typing import Any
from unittest import mock

import pytest
import waitress.channel
import waitress.server

from main_controller.errors import ControllerError
from main_controller.server import Server
from main_controller.server import channel as channel_module
from main_controller.server import listener as listener_module
from main_controller.server import server as server_module
from main_controller.server.channel import AHEAD, Channel
from main_controller.server.listener import Listener
from tests.server.site import HOST, PATIENCE, Site, rest_of, serving
from tests.system.console import until
from tests.system.http_call import receive


@pytest.fixture
def site() -> Iterator[Site]:
    with serving(Site()) as running:
        yield running


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """A server whose patience is a tenth of a second."""
    for name in ("DRAIN_TIME", "HEADER_TIME", "BODY_TIME", "STOP_TIME", "IDLE_TIME", "LINGER_TIME"):
        monkeypatch.setattr(channel_module, name, 0.2)
    monkeypatch.setattr(listener_module, "TEND_EVERY", 0.1)
    with serving(Site()) as running:
        yield running


def receive_one(connection: socket.socket) -> str:
    """The path of the one reply that comes, the connection left as it is."""
    received = b""
    while not received.endswith(b"}"):
        received += connection.recv(4096)
    return paths_in(received)[0]


def paths_in(received: bytes) -> list[str]:
    """What the replies say their requests' paths were."""
    return [path.decode() for path in re.findall(rb'"path": "([^"]*)"', received)]


def get(path: str, *, more: bytes = b"", version: str = "1.1") -> bytes:
    return f"GET {path} HTTP/{version}\r\n".encode() + HOST + more + b"\r\n"


def stop_at_once(site: Site) -> None:
    started = time.monotonic()
    assert site.call("/stopAll", "POST").status == 200
    assert time.monotonic() - started < 1.0


# Callers who do not read (AV1)


def test_callers_who_ask_much_and_read_nothing_keep_neither_stops_nor_for_long_anybody(hasty: Site) -> None:
    with contextlib.ExitStack() as stack:
        for _ in range(12):
            stack.enter_context(closing(hasty.connect(get("/big") * 200, small=True)))
        stop_at_once(hasty)
        assert hasty.call("/").status == 200
        until(lambda: not hasty.channels, "the end of those who do not read")


def test_no_more_than_eight_requests_are_read_ahead_and_all_are_answered_in_order(site: Site) -> None:
    paths = ["/hang", *(f"/{number}" for number in range(40)), "/last"]
    sent = b"".join(get(path) for path in paths[:-1]) + get(paths[-1], more=b"Connection: close\r\n")
    with closing(site.connect(sent)) as connection:
        assert site.app.held.acquire(timeout=PATIENCE)
        assert max(len(channel.requests) for channel in site.channels) == AHEAD
        site.app.go.set()
        assert paths_in(rest_of(connection)) == paths
    assert site.app.seen == [f"GET {path}" for path in paths]


def test_a_streamed_reply_that_is_not_taken_gives_its_thread_back(hasty: Site) -> None:
    with closing(hasty.connect(get("/endless"), small=True)):
        assert hasty.app.held.acquire(timeout=PATIENCE)
        assert hasty.app.ended.wait(PATIENCE)
        until(lambda: not hasty.channels, "its end")


def test_a_streamed_reply_that_is_taken_by_drops_gives_its_thread_back(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each wait is short, yet all of them together would hold the thread for ever."""
    monkeypatch.setattr(channel_module, "DRAIN_TIME", 1.0)
    monkeypatch.setattr(channel_module, "SLOWEST", 1 << 40)
    pause = threading.Event()
    with closing(site.connect(get("/endless"), small=True)) as connection:
        with contextlib.suppress(ConnectionError):
            while not site.app.ended.is_set() and connection.recv(32768):
                pause.wait(0.02)
        assert site.app.ended.wait(PATIENCE)


def test_a_streamed_reply_that_is_taken_goes_on(hasty: Site) -> None:
    """Far more than may be outstanding passes, as long as it is taken."""
    with closing(hasty.connect(get("/endless"))) as connection:
        taken = 0
        while taken < 20_000_000:
            taken += len(connection.recv(1 << 20))
        assert not hasty.app.ended.is_set()


# Heads and bodies (AV2, AV8)


@pytest.mark.parametrize("length", [16_384, 200_000])
def test_a_large_head_is_431_in_json(site: Site, length: int) -> None:
    answer = site.raw(b"GET / HTTP/1.1\r\nX: " + b"x" * length + b"\r\n\r\n")
    assert answer.status == 431
    assert "16384" in answer.error
    assert site.app.seen == []


def test_a_head_that_comes_by_the_byte_is_read(site: Site) -> None:
    with closing(site.connect()) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in get("/drops", more=b"X: y\r\n"):
            connection.sendall(bytes([byte]))
        assert receive(connection).json["path"] == "/drops"


@pytest.mark.parametrize(
    "begun",
    [
        b"G",
        b"GET / HTTP/1.1\r\nX: y\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\n1234",
        b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
        b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX: y\r\n",
    ],
)
def test_what_does_not_become_whole_in_time_is_408_in_json(hasty: Site, begun: bytes) -> None:
    with closing(hasty.connect(begun)) as connection:
        answer = receive(connection)
        assert answer.headers["apis-answered-by"] == "main-controller"
        assert (answer.status, hasty.app.seen) == (408, [])
        assert "in time" in answer.error


def test_a_request_that_waits_behind_another_has_its_time_from_when_it_is_read(
    hasty: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(channel_module, "HEADER_TIME", 1.0)
    with closing(hasty.connect(get("/hang") + b"GET /second HTT")) as connection:
        assert hasty.app.held.acquire(timeout=PATIENCE)
        threading.Event().wait(1.5)  # longer than a head may take, and than the server sleeps
        hasty.app.go.set()
        connection.sendall(b"P/1.1\r\n\r\n")
        assert receive(connection).json["path"] == "/hang"
        until(lambda: hasty.app.seen[1:] == ["GET /second"], "the second")


def test_nothing_is_too_late_between_a_long_answer_and_the_look_at_what_came_behind_it(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Until that look all times are those of before the request, which may have taken a minute, as Stop all does."""
    serve = waitress.channel.HTTPChannel.service

    def tended(channel: Channel) -> None:
        serve(channel)
        channel.tend(time.monotonic() + 3600)

    monkeypatch.setattr(waitress.channel.HTTPChannel, "service", tended)
    with closing(site.connect(get("/hang") + b"GET /second HTT")) as connection:
        assert site.app.held.acquire(timeout=PATIENCE)
        site.app.go.set()
        assert receive(connection).json["path"] == "/hang"
        connection.sendall(b"P/1.1\r\n\r\n")
        until(lambda: site.app.seen[1:] == ["GET /second"], "the second")


@pytest.mark.parametrize("sent", [b"", b"\r\n", get("/")])
def test_a_connection_at_rest_is_closed_without_a_word(hasty: Site, sent: bytes) -> None:
    """What it would hear might be taken for the answer to its next request."""
    with closing(hasty.connect(sent)) as connection:
        assert rest_of(connection).count(b"HTTP/1.1") == (1 if len(sent) > 2 else 0)


@pytest.mark.parametrize(
    "chunks",
    [
        b"5;" + b"x" * 100_000,
        b'5;a="' + b"\\" * 100_000,
        b"0\r\n" + b"X: y\r\n" * 20_000,
        b"1\r\nx\r\n" * 100_000,
        b"\r\n" * 200_000,
        b"f" * 40 + b"\r\n" + b"x" * 300_000,
        b"zz\r\n",
    ],
    ids=["extension", "quoted", "trailer", "endless", "blank", "enormous", "no number"],
)
def test_chunks_without_end_are_refused_in_json(site: Site, chunks: bytes) -> None:
    with closing(site.connect()) as connection:
        with contextlib.suppress(ConnectionError):
            connection.sendall(b"POST /stopAll HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks)
        answer = receive(connection)
    assert answer.status in (400, 413)
    assert answer.error
    assert site.app.seen == []


UNREADABLE = [
    (b"Content-Length: 99999999\r\n\r\nx=1", 413),
    (b"Content-Length: 300000\r\nExpect: 100-continue\r\n\r\n", 413),
    (b"Transfer-Encoding: chunked\r\n\r\n" + (b"400\r\n" + b"x" * 1024 + b"\r\n") * 400, 413),
    (b"Transfer-Encoding: chunked\r\n\r\n5;" + b"x" * 100_000, 400),
    (b"Transfer-Encoding: chunked\r\n\r\nzz\r\n", 400),
    (b"Content-Length: 9\r\n\r\n1234", 408),
    (b"Transfer-Encoding: chunked\r\n\r\n5\r\nab", 408),
]
"""Bodies that cannot be read, each behind its head, and what they are refused with elsewhere."""


@pytest.mark.parametrize(("rest", "status"), UNREADABLE)
def test_a_stop_is_served_whatever_its_body_is_and_nothing_behind_it(hasty: Site, rest: bytes, status: int) -> None:
    """S32: a form of 70 kB at a stop was answered 413, and nothing stopped."""
    with closing(hasty.connect()) as connection:
        with contextlib.suppress(ConnectionError):
            connection.sendall(b"POST /halt HTTP/1.1\r\n" + HOST + rest)
        answer = receive(connection)
        assert (answer.status, answer.json) == (200, {"path": "/halt", "body": "", "unread": status})
        with contextlib.suppress(ConnectionError):
            connection.sendall(get("/second"))
            assert rest_of(connection) == b""
    assert hasty.app.seen == ["POST /halt"]


@pytest.mark.parametrize(("rest", "status"), UNREADABLE)
def test_the_same_is_refused_elsewhere(hasty: Site, rest: bytes, status: int) -> None:
    with closing(hasty.connect()) as connection:
        with contextlib.suppress(ConnectionError):
            connection.sendall(b"POST /other HTTP/1.1\r\n" + HOST + rest)
        assert receive(connection).status == status
    assert hasty.app.seen == []


CUT = {
    "no byte of its body": b"Content-Length: 20\r\n\r\n",
    "a part of its body": b"Content-Length: 20\r\n\r\nkey=a",
    "amid a chunk": b"Transfer-Encoding: chunked\r\n\r\n9\r\nkey=a",
    "before the first chunk": b"Transfer-Encoding: chunked\r\n\r\n",
    "asked to go on": b"Expect: 100-continue\r\nContent-Length: 5\r\n\r\n",
}


def leave(connection: socket.socket, how: str) -> None:
    """End the connection: both halves, ours alone, or with a reset."""
    if how == "half":
        connection.shutdown(socket.SHUT_WR)
        return
    if how == "reset":
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def head_has_come(site: Site) -> None:
    """Wait until a request's head was read."""

    def is_read() -> bool:
        return any(one.request is not None and one.request.headers_finished for one in site.channels)

    until(is_read, "the head")


@pytest.mark.parametrize("how", ["closed", "half", "reset"])
@pytest.mark.parametrize("rest", CUT.values(), ids=CUT.keys())
def test_a_stop_amid_whose_body_the_caller_goes_is_served(site: Site, rest: bytes, how: str) -> None:
    """S32: a proxy that resets, a caller's own time-out or a hand-over of a phone end like this."""
    connection = site.connect(b"POST /halt HTTP/1.1\r\n" + HOST + rest)
    head_has_come(site)
    leave(connection, how)
    until(lambda: site.app.seen == ["POST /halt"], "the stop")
    assert site.app.came in (b"", b"key=a")
    if how == "half":
        with closing(connection):
            assert receive(connection).json == {"path": "/halt", "body": "", "unread": 400}
    until(lambda: not site.channels, "the end of the connection")
    assert site.app.seen == ["POST /halt"]


@pytest.mark.parametrize("how", ["closed", "reset"])
def test_any_other_request_amid_whose_body_the_caller_goes_is_none(site: Site, how: str) -> None:
    connection = site.connect(b"POST /other HTTP/1.1\r\n" + HOST + b"Content-Length: 20\r\n\r\nkey=a")
    head_has_come(site)
    leave(connection, how)
    until(lambda: not site.channels, "the end of the connection")
    assert site.app.seen == []


@pytest.mark.parametrize("how", ["closed", "reset"])
def test_a_stop_whose_caller_goes_before_a_thread_takes_it_is_served(site: Site, how: str) -> None:
    """It is whole, and waits for a thread among others."""
    many = [site.connect(b"POST /stopAll HTTP/1.1\r\n" + HOST + b"Content-Length: 0\r\n\r\n") for _ in range(30)]
    for connection in many:
        leave(connection, how)
    until(lambda: len(site.app.seen) == 30, "the stops")
    until(lambda: not site.channels, "the end of the connection")
    assert site.app.seen == ["POST /stopAll"] * 30


def test_what_had_come_of_a_body_that_was_given_up_is_handed_on(site: Site) -> None:
    site.raw(b"POST /halt HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\nb\r\nunitId=E001\r\nZZ\r\n")
    assert site.app.came.startswith(b"unitId=E001")
    site.raw(b"POST /halt HTTP/1.1\r\n" + HOST + b"Content-Length: 900000\r\n\r\nunitId=E002")
    assert site.app.came == b"unitId=E002"


def test_a_stop_whose_head_is_ambiguous_is_none(site: Site) -> None:
    head = b"POST /halt HTTP/1.1\r\n" + HOST + b"Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n"
    assert site.raw(head + b"0\r\n\r\n").status == 400
    assert site.app.seen == []


# Expect (AV6, M7)


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
@pytest.mark.parametrize("length", [b"", b"Content-Length: 0\r\n"])
@pytest.mark.parametrize("path", ["/stopAll", "/other"])
def test_expect_without_a_body_is_answered(site: Site, method: str, length: bytes, path: str) -> None:
    head = f"{method} {path} HTTP/1.1\r\n".encode() + HOST + b"Expect: 100-continue\r\n" + length + b"\r\n"
    assert site.raw(head).json["path"] == path


def test_expect_with_a_body_hears_to_go_on(site: Site) -> None:
    head = b"POST /stopAll HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n"
    with closing(site.connect(head)) as connection:
        assert connection.recv(4096) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(b"wait!")
        assert receive(connection).json["body"] == "wait!"


def test_expect_of_a_body_that_is_too_large_hears_so_at_once(site: Site) -> None:
    head = b"POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 99999999\r\n\r\n"
    assert site.raw(head).status == 413


def test_expect_behind_another_request_is_answered(site: Site) -> None:
    second = b"POST /second HTTP/1.1\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n"
    with closing(site.connect(get("/first") + second)) as connection:
        assert rest_of(connection).count(b"HTTP/1.1 200 OK") == 2
    assert site.app.seen == ["GET /first", "POST /second"]


# Two lengths, odd forms (AV20)


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (b"Transfer-Encoding: chunked\r\nContent-Length: 53\r\n", 400),
        (b"Content-Length: 0\r\nTransfer-Encoding: chunked\r\n", 400),
        (b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", 400),
        (b"Transfer-Encoding:\r\n chunked\r\n", 400),
        (b"Content-Length: 5\r\nContent-Length: 0\r\n", 400),
        (b"Content-Length: " + b"9" * 5000 + b"\r\n", 400),
        (b"Content-Length: -1\r\n", 400),
        (b"Content-Length : 0\r\n", 400),
        (b"X: a\nTransfer-Encoding: chunked\r\n", 400),
        (b"Transfer-Encoding: gzip, chunked\r\nContent-Length: 53\r\n", 501),
        (b"Transfer-Encoding: identity\r\nContent-Length: 53\r\n", 501),
        (b" folded\r\n", 400),
    ],
)
def test_after_an_ambiguous_length_nothing_is_obeyed(site: Site, head: bytes, status: int) -> None:
    sent = b"POST /first HTTP/1.1\r\n" + HOST + head + b"\r\n0\r\n\r\n" + get("/stopAll") * 3
    with closing(site.connect(sent)) as connection:
        answer = receive(connection)
        assert answer.status == status
        assert answer.error
        assert rest_of(connection) == b""
    assert site.app.seen == []


@pytest.mark.parametrize(
    "sent",
    [b"GET http://[ HTTP/1.1\r\n\r\n", b"GET a://" + b"1" * 15_000 + b" X\r\n\r\n", b"\x16\x03\x01\x00\r\n\r\n"],
)
def test_what_is_no_request_is_400_in_json_and_no_log_line(
    site: Site, caplog: pytest.LogCaptureFixture, sent: bytes
) -> None:
    started = time.monotonic()
    answer = site.raw(sent)
    assert answer.status == 400
    assert len(answer.error) < 200
    assert time.monotonic() - started < 5.0
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]


def test_a_caller_who_ends_his_half_is_answered(site: Site) -> None:
    with closing(site.connect(b"POST /stopAll HTTP/1.1\r\nContent-Length: 0\r\n\r\n")) as connection:
        connection.shutdown(socket.SHUT_WR)
        assert receive(connection).json["path"] == "/stopAll"


def test_a_caller_who_is_gone_has_been_heard(site: Site) -> None:
    site.connect(b"POST /stopAll HTTP/1.0\r\n\r\n").close()
    until(lambda: site.app.seen == ["POST /stopAll"], "the stop of one who did not wait")


@pytest.mark.parametrize(
    ("sent", "method"),
    [
        (b"GET /a HTTP/1.0\r\n\r\n", "GET"),
        (b"GET /a\r\n\r\n", "GET"),
        (b"\r\n\r\nGET /a HTTP/1.1\r\n\r\n", "GET"),
        (b"GET http://127.0.0.1/a HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", "GET"),
        (b"HEAD /a HTTP/1.1\r\n\r\n", "HEAD"),
        (b"POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2;x=y\r\nab\r\n0\r\nT: u\r\n\r\n", "POST"),
    ],
)
def test_old_and_odd_forms_are_served(site: Site, sent: bytes, method: str) -> None:
    assert site.raw(sent, method).status == 200
    assert site.app.seen == [f"{method} /a"]


# Held threads, urgent data


def test_a_stop_is_served_while_all_threads_are_held(site: Site) -> None:
    with contextlib.ExitStack() as stack:
        for _ in range(8):
            stack.enter_context(closing(site.connect(get("/hang"))))
        for _ in range(4):
            assert site.app.held.acquire(timeout=PATIENCE)
        stop_at_once(site)


def test_urgent_data_ends_the_connection_and_nothing_else(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    """It was never read, and so woke the server without end: 140,000 log lines a second."""
    with closing(site.connect()) as connection:
        connection.send(b"!", socket.MSG_OOB)
        with contextlib.suppress(ConnectionError):
            assert rest_of(connection) == b""
    stop_at_once(site)
    assert len(caplog.records) < 5


# Descriptors and places (AV7, AV8, M3)


def test_beyond_the_limit_those_longest_without_a_request_make_room(caplog: pytest.LogCaptureFixture) -> None:
    with contextlib.ExitStack() as stack:
        site = stack.enter_context(serving(Site(connection_limit=20)))
        earlier = stack.enter_context(closing(site.connect(get("/"))))
        assert receive(earlier).status == 200
        for number in range(100):
            stack.enter_context(closing(site.connect(b"GET /h" if number % 2 else b"")))
        stop_at_once(site)
        earlier.sendall(get("/stopAll"))
        assert receive(earlier).json["path"] == "/stopAll"
        assert len(site.channels) <= 20
    assert len([record for record in caplog.records if "as many as may be" in record.getMessage()]) == 1


def test_without_a_descriptor_a_connection_makes_room_and_it_is_said_once(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    lacking = [True] * 5
    tried = []
    accept = Listener.accept

    def without(self: Listener) -> Any:
        tried.append(time.monotonic())
        if lacking:
            lacking.pop()
            raise OSError(errno.EMFILE, "Too many open files")
        return accept(self)

    with contextlib.ExitStack() as stack:
        site = stack.enter_context(serving(Site()))
        for _ in range(3):
            stack.enter_context(closing(site.connect()))
        until(lambda: len(site.channels) == 3, "three callers")
        monkeypatch.setattr(Listener, "accept", without)
        assert site.call("/stopAll").status == 200
        assert len(tried) < 10, "no busy loop"
        assert not lacking
    assert len([record for record in caplog.records if "cannot be taken" in record.getMessage()]) == 1


def test_a_caller_who_fails_while_he_is_taken_costs_the_others_nothing(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """waitress would close the listening socket."""
    site = Site()
    with serving(site):
        with monkeypatch.context() as patch:
            patch.setattr(site.listener, "channel_class", lambda *_, **__: 1 / 0)
            site.connect().close()
            until(lambda: "could not be taken" in caplog.text, "the failure")
        assert site.call("/stopAll").status == 200


# Clocks


@pytest.mark.parametrize("jump", [-3600.0, 3600.0])
def test_the_wall_clock_may_jump(site: Site, monkeypatch: pytest.MonkeyPatch, jump: float) -> None:
    monkeypatch.setattr(listener_module, "TEND_EVERY", 0.05)
    wall = SimpleNamespace(time=lambda: time.time() + jump)
    with closing(site.connect(get("/before"))) as connection:
        assert receive_one(connection) == "/before"
        for module in (waitress.channel, waitress.server):
            monkeypatch.setattr(module, "time", wall)
        threading.Event().wait(1.3)  # the server looks after its connections meanwhile
        connection.sendall(get("/stopAll"))
        assert receive_one(connection) == "/stopAll"
        monkeypatch.setattr(channel_module, "IDLE_TIME", 0.1)
        assert rest_of(connection) == b""


def test_a_name_with_two_addresses_is_served_at_both() -> None:
    server = Server(lambda environ, start: [], host="localhost", port=0, threads=1, connection_limit=10)
    assert server.address.startswith("http://localhost:")
    server.close()


# Replies without a body


def test_a_connection_stays_open_after_a_304(site: Site) -> None:
    """Else each file that a browser holds already would cost a new connection when the page is opened again."""
    with closing(
        site.connect(get("/held") + get("/held") + get("/after", more=b"Connection: close\r\n"))
    ) as connection:
        received = rest_of(connection)
    assert received.count(b"HTTP/1.1 304 Not Modified\r\n") == 2
    assert received.count(b"Connection: close") == 1
    assert b"Transfer-Encoding" not in received
    assert paths_in(received) == ["/after"]


@pytest.mark.parametrize(
    ("version", "more"),
    [("1.1", b"Connection: close\r\n"), ("1.1", b"Connection: keep-alive, Close\r\n"), ("1.0", b"")],
)
def test_a_connection_ends_after_a_304_where_the_caller_wants_that(site: Site, version: str, more: bytes) -> None:
    with closing(site.connect(get("/held", version=version, more=more))) as connection:
        received = rest_of(connection)
    assert received.startswith(f"HTTP/{version} 304 ".encode())
    assert b"Connection: close\r\n" in received


# What wakes the thread that serves every socket


def test_no_thread_waits_for_the_pipe_that_wakes_the_server(site: Site) -> None:
    """It would hold a connection whose end the server waits for, while only the server empties the pipe."""
    trigger = site.listener.trigger.trigger
    fcntl.fcntl(trigger, fcntl.F_SETPIPE_SZ, 4096)
    site.listener._own_thread = None
    stuck = threading.Event()

    def pull() -> None:
        for _ in range(20_000):
            site.listener.pull_trigger()
        stuck.set()

    with mock.patch.object(site.listener.trigger, "handle_read", return_value=None):  # the server is busy elsewhere
        threading.Thread(target=pull, daemon=True).start()
        assert stuck.wait(PATIENCE)
    stop_at_once(site)


def test_callers_who_ask_without_end_read_nothing_and_leave_do_not_hang_the_server(site: Site) -> None:
    """300 connections with requests ahead: each answer wakes the server, which must not wait for who waits for it."""
    fcntl.fcntl(site.listener.trigger.trigger, fcntl.F_SETPIPE_SZ, 4096)
    for _ in range(3):
        with contextlib.ExitStack() as stack:
            for _ in range(300):
                stack.enter_context(closing(site.connect(get("/big") * 40, small=True)))
            threading.Event().wait(0.2)
        stop_at_once(site)


# An address that is not there yet


class Place:
    """An address that comes to this machine after some tries."""

    def __init__(self, tries: int, number: int = errno.EADDRNOTAVAIL) -> None:
        self.left = tries
        self.tried = 0
        self.number = number

    def listen(self, *rest: Any) -> str:
        self.tried += 1
        if self.tried <= self.left:
            raise OSError(self.number, os.strerror(self.number))
        return "listening"


def test_an_address_that_is_not_there_yet_is_tried_and_named(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """M23."""
    monkeypatch.setattr(server_module, "TRY_EVERY", 0.001)
    place = Place(3)
    monkeypatch.setattr(server_module, "_listening", place.listen)
    server(host="192.0.2.1", patience=20.0)
    assert place.tried == 4
    (told,) = [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]
    assert told == "192.0.2.1 (setting b_host) is no address of this machine yet; it is tried for 20 s"


def test_an_address_that_never_comes_is_one_sentence_that_names_its_setting() -> None:
    with pytest.raises(ControllerError) as refused:
        server(host="192.0.2.1", patience=0.5)
    assert refused.value.sentence == (
        "192.0.2.1 is no address of this machine (it was tried for 0.5 s); the setting b_host names another."
    )


def test_a_port_that_is_taken_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    place = Place(3, errno.EADDRINUSE)
    monkeypatch.setattr(server_module, "_listening", place.listen)
    with pytest.raises(ControllerError, match="the setting b_port chooses another"):
        server(patience=20.0)
    assert place.tried == 1


def test_a_name_that_cannot_be_resolved_is_one_sentence() -> None:
    with pytest.raises(ControllerError, match=r"^The name nobody\.invalid cannot be resolved \(.*b_host names another"):
        server(host="nobody.invalid")


def server(host: str = "127.0.0.1", patience: float = 0.0) -> Server:
    return Server(lambda *_: [], host=host, port=0, threads=4, connection_limit=10, patience=patience)
