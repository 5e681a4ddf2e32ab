"""Real servers on the loopback for the tests of what sends: HTTP, bare TCP, UDP."""

import contextlib
import http.server
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from main_controller.notifiers.worded import Worded

MESSAGE = Worded(
    7, "alarms", 1, "lab", "Priority 1: The grid reports an error.",
    ["Priority 1: The grid reports an error.", "  Since 12:00."],
    [
        {
            "id": "a1", "news": "begins", "kind": "gridError", "priority": 1, "state": "unacknowledged", "active": True,
            "since": "2026-05-13T03:00:00.000+00:00", "cause": "The grid reports an error.", "consequence": "C",
            "action": "Look.", "of": [""], "hardware": ["E001"],
        }
    ],
    "2026-05-13T03:00:00.000+00:00",
)  # fmt: skip


@dataclass
class Received:
    """What an HTTP server got."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Web:
    """A web server that answers with `status`, and keeps what it got."""

    port: int = 0
    status: int = 204
    headers: dict[str, str] = field(default_factory=dict)
    got: list[Received] = field(default_factory=list)


@contextlib.contextmanager
def web(tls: ssl.SSLContext | None = None) -> Iterator[Web]:
    """A web server."""
    state = Web()

    class Handler(http.server.BaseHTTPRequestHandler):
        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            state.got.append(Received(self.command, self.path, dict(self.headers), body))
            self.send_response(state.status)
            for name, value in state.headers.items():
                self.send_header(name, value)
            self.end_headers()

        do_GET = do_POST = _answer

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    state.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)


@contextlib.contextmanager
def tcp(serve: Callable[[socket.socket, threading.Event], None]) -> Iterator[int]:
    """A TCP server that has `serve` deal with each connection, until the event is set; its port."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(0.05)
    ended, threads = threading.Event(), list[threading.Thread]()

    def one(connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            serve(connection, ended)

    def run() -> None:
        while not ended.is_set():
            with contextlib.suppress(TimeoutError):
                connection, _ = listener.accept()
                threads.append(threading.Thread(target=one, args=(connection,), daemon=True))
                threads[-1].start()

    threads.append(threading.Thread(target=run, daemon=True))
    threads[0].start()
    try:
        yield listener.getsockname()[1]
    finally:
        ended.set()
        for thread in threads:
            thread.join(10)
        listener.close()


def trickle(connection: socket.socket, ended: threading.Event, greeting: bytes = b"") -> None:
    """Send a byte now and then for ever, which no time-out of a single read ends."""
    connection.sendall(greeting)
    while not ended.wait(0.05):
        connection.sendall(b"x")


def hang(connection: socket.socket, ended: threading.Event) -> None:
    """Say nothing."""
    ended.wait(30)
