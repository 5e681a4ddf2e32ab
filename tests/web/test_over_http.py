"""Behind the real server: an apis-web that hangs holds few threads, and odd requests get JSON."""

import http.client
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from typing import Any
from unittest.mock import Mock

import pytest
import waitress.server

from main_controller.store.unit_cache import UnitCache
from main_controller.web.live_readings import LiveReadings
from main_controller.web.readings import Readings
from tests.web.client import Client, Clock, state_of, take, unit

THREADS = 12


class HangingApisWeb:
    """apis-web that takes requests and does not answer until it is released."""

    def __init__(self) -> None:
        self.asked = threading.Event()
        self.release = threading.Event()

    def deals(self) -> list[dict[str, Any]]:
        self.asked.set()
        assert self.release.wait(20)
        return []

    def status(self) -> Any:
        raise AssertionError("not asked here")


class Site:
    """The readings behind waitress on a port of its own."""

    def __init__(self) -> None:
        cache, clock = UnitCache(), Clock()
        self.apis_web = HangingApisWeb()
        take(cache, clock, unit("E001"))
        cache.take_grid(lambda watch: replace(watch, unit_ids=("E001",)))
        memory = Readings(
            cache,
            schedules=tuple,
            status=Mock(),
            state=lambda: state_of(cache, clock),
            ipv4=lambda: "::1",
            clock=clock,
        )
        live = LiveReadings(self.apis_web, cache, mode=lambda: None)
        app = Client(memory, live).app
        sockets: dict[int, Any] = {}
        self.server = waitress.server.create_server(
            app, host="127.0.0.1", port=0, threads=THREADS, connection_limit=200, asyncore_use_poll=True, map=sockets
        )
        self.port: int = self.server.effective_port

    def get(self, path: str) -> tuple[int, Any]:
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)) as connection:
            connection.request("GET", path)
            reply = connection.getresponse()
            return reply.status, json.loads(reply.read())

    def raw(self, request: bytes) -> bytes:
        with closing(socket.create_connection(("127.0.0.1", self.port), timeout=20)) as connection:
            connection.sendall(request)
            received = b""
            while piece := connection.recv(65536):
                received += piece
            return received


@contextmanager
def serving(site: Site) -> Iterator[None]:
    """Run the server in a thread and end it in good order."""
    thread = threading.Thread(target=site.server.run)
    thread.start()
    try:
        yield
    finally:
        site.server.pull_trigger()
        site.server.task_dispatcher.shutdown(timeout=20)
        site.server.close()
        thread.join(20)
        assert not thread.is_alive()


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()
    with serving(site):
        try:
            yield site
        finally:
            site.apis_web.release.set()


def test_while_apis_web_hangs_deals_are_504_at_once_and_other_readings_go_on(site: Site) -> None:
    statuses: list[int] = []
    refused = threading.Semaphore(0)

    def ask() -> None:
        status, _ = site.get("/get/dealsInfo")
        statuses.append(status)
        if status == 504:
            refused.release()

    crowd = [threading.Thread(target=ask) for _ in range(3 * THREADS)]
    for thread in crowd:
        thread.start()
    assert site.apis_web.asked.wait(20)
    for _ in range(3 * THREADS - 5):  # all but the one that asks and the four that wait with it
        assert refused.acquire(timeout=20)
    for _ in range(20):
        assert site.get("/get/logInfo")[0] == 200
        assert site.get("/get/dealsInfo")[0] == 504
    site.apis_web.release.set()
    for thread in crowd:
        thread.join(20)
    assert sorted(set(statuses)) == [200, 504]
    assert statuses.count(200) == 5


@pytest.mark.parametrize(
    ("request_line", "status"),
    [
        (b"GET /get/logInfo%00 HTTP/1.1", b"400"),
        (b"GET /get/logInfo%ff HTTP/1.1", b"400"),
        (b"GET /get/unit%2FE001 HTTP/1.1", b"404"),
        (b"GET /" + b"x" * 10240 + b" HTTP/1.1", b"414"),
        (b"DELETE /get/logInfo HTTP/1.1", b"405"),
        (b"OPTIONS * HTTP/1.1", b"404"),
    ],
)
def test_odd_requests_get_json(site: Site, request_line: bytes, status: bytes) -> None:
    answer = site.raw(request_line + b"\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.split()[1] == status
    assert json.loads(body)["error"]


@pytest.mark.parametrize("chunked", [False, True])
def test_a_large_body_is_413_in_json(site: Site, chunked: bool) -> None:
    body = b"x" * 70000
    if chunked:
        head, body = b"Transfer-Encoding: chunked", b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
    else:
        head = b"Content-Length: %d" % len(body)
    answer = site.raw(b"POST /get/logInfo HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n%s\r\n\r\n" % head + body)
    assert answer.split()[1] == b"413"
    assert json.loads(answer.partition(b"\r\n\r\n")[2])["error"]
