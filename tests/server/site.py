"""A small application behind the real server, on a port of its own. Used by the tests of the server's sockets."""

import json
import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from typing import Any

import waitress.wasyncore

from main_controller.server import Server
from main_controller.server.channel import Channel
from main_controller.server.lanes import Lane
from main_controller.server.request import UNREAD
from tests.system.http_call import Answer, call, receive

PATIENCE = 15.0
HOST = b"Host: 127.0.0.1\r\n"


class App:
    """Answers with its request; `/hang` when it is let, `/big` with 100 kB, `/endless` for ever, `/held` with 304,
    `/stopAll` and `/ready` (26 kB, as 20 units' readings) at once."""

    def __init__(self) -> None:
        self.go = threading.Event()
        self.held = threading.Semaphore(0)
        self.ended = threading.Event()
        self.seen: list[str] = []
        self.came = b""
        self.threads: dict[str, set[str]] = {}

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        path, body = environ["PATH_INFO"], environ["wsgi.input"].read()
        self.seen.append(f"{environ['REQUEST_METHOD']} {path}")
        self.threads.setdefault(path, set()).add(threading.current_thread().name)
        if path == "/held":
            start_response("304 Not Modified", [("ETag", '"a"')])
            return ()
        if path == "/endless":
            start_response("200 OK", [("Content-Type", "text/plain")])
            return self._endless()
        if path.startswith("/hang"):
            self.held.release()
            self.go.wait(PATIENCE)
        unread = environ.get(UNREAD)
        told = {"path": path, "body": body.decode("latin-1"), "unread": unread and unread.status}
        self.came = b"" if unread is None else unread.came
        answer = json.dumps(told).encode()
        answer += b" " * {"/big": 100_000, "/ready": 26_000}.get(path, 0)
        start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(answer)))])
        return [answer]

    def _endless(self) -> Iterator[bytes]:
        self.held.release()
        try:
            while True:
                yield b"x" * 65536
        finally:
            self.ended.set()


class Site:
    """The server with `App`; `/stopAll` has its lane, `/halt` says by its head alone that it stops."""

    def __init__(self, *, threads: int = 4, connection_limit: int = 500) -> None:
        self.app = App()
        self.server = Server(
            self.app, host="127.0.0.1", port=0, threads=threads, connection_limit=connection_limit, lane_of=lane_of,
            at_once=at_once, stops_alone=stops_alone,
        )  # fmt: skip
        self.listener = self.server._server
        self.address = f"http://127.0.0.1:{self.listener.effective_port}/"

    def connect(self, sent: bytes = b"", *, small: bool = False) -> socket.socket:
        """A connection on which `sent` was sent; a `small` one takes in little of what comes."""
        connection = socket.socket()
        if small:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.settimeout(PATIENCE)
        connection.connect(("127.0.0.1", int(self.listener.effective_port)))
        connection.sendall(sent)
        return connection

    def raw(self, sent: bytes, method: str = "GET") -> Answer:
        """The first reply to these bytes."""
        with closing(self.connect(sent)) as connection:
            return receive(connection, method)

    def call(self, target: str, method: str = "GET", **more: Any) -> Answer:
        """One request."""
        return call(self.address, target, method, **more)

    @property
    def channels(self) -> list[Channel]:
        """The open connections as the server has them."""
        return list(self.listener.active_channels.values())


def lane_of(method: str, path: str, query: str, body: bytes) -> Lane:
    return Lane.STOP_ALL if path == "/stopAll" else Lane.ORDINARY


def stops_alone(method: str, path: str, query: str) -> bool:
    return path == "/halt"


def at_once(method: str, path: str, query: str) -> bool:
    return path == "/ready"


@contextmanager
def serving(site: Site) -> Iterator[Site]:
    """Run the server in a thread and end it in good order."""
    thread = threading.Thread(target=site.server.run, name="site")
    thread.start()
    try:
        yield site
    finally:
        site.app.go.set()
        site.listener.task_dispatcher.shutdown(timeout=PATIENCE)
        pulled = threading.Event()

        def close() -> None:
            pulled.wait(PATIENCE)
            waitress.wasyncore.close_all(site.listener._map, ignore_all=True)

        site.listener.trigger.pull_trigger(close)
        pulled.set()
        thread.join(PATIENCE)
        assert not thread.is_alive()


def rest_of(connection: socket.socket) -> bytes:
    """Everything that still comes, to the end."""
    received = b""
    while piece := connection.recv(65536):
        received += piece
    return received
