"""A proxy on loopback before the program that holds back or loses what a test says, as a busy or broken one does."""

import contextlib
import re
import socket
import threading
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

HEAD_LIMIT = 65_536
PATIENCE = 30.0
"""Seconds after which a connection that says nothing is given up."""


class HoldingProxy:
    """Passes the one request of each connection on to `address`, unless `hold` or `lose` says otherwise.

    `came` are the request lines as they arrived, with the time (monotonic s). Every reply closes its connection, so
    that each request is one connection of the browser's six.
    """

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        self._behind = (str(parts.hostname), int(parts.port or 80))
        self._door = socket.create_server(("127.0.0.1", 0), backlog=64)
        self._holds: re.Pattern[str] | None = None
        self._loses: re.Pattern[str] | None = None
        self._instead = b""
        self._released = threading.Event()
        self._open: set[socket.socket] = set()
        self._threads = [threading.Thread(target=self._accept, name="proxy")]
        self.came: list[tuple[float, str]] = []
        self.address = f"http://127.0.0.1:{self._door.getsockname()[1]}/"

    def hold(self, pattern: str) -> None:
        """From now on hold requests whose request line matches."""
        self._holds = re.compile(pattern)
        self._released.clear()

    def lose(self, pattern: str, instead: bytes = b"") -> None:
        """From now on pass requests whose request line matches, and answer `instead`; with nothing, just hang up."""
        self._loses = re.compile(pattern)
        self._instead = instead

    def release(self) -> None:
        """Let through what is held, and hold nothing more."""
        self._holds = None
        self._released.set()

    def arrived(self, pattern: str) -> list[float]:
        """When requests whose line matches arrived, monotonic s."""
        return [at for at, line in list(self.came) if re.search(pattern, line)]

    def _accept(self) -> None:
        while True:
            try:
                caller, _ = self._door.accept()
            except OSError:
                return  # closed: the test has ended
            thread = threading.Thread(target=self._serve, args=(caller,), name="proxied")
            self._threads.append(thread)
            self._open.add(caller)
            thread.start()

    def _serve(self, caller: socket.socket) -> None:
        with contextlib.closing(caller), contextlib.suppress(OSError):
            caller.settimeout(PATIENCE)
            request = _read_request(caller)
            if not request:
                return
            line = request.split(b"\r\n", 1)[0].decode("latin-1")
            self.came.append((time.monotonic(), line))
            if self._holds is not None and self._holds.search(line):
                self._released.wait(PATIENCE)
            with socket.create_connection(self._behind, timeout=PATIENCE) as behind:
                behind.sendall(_closing(request))
                lost = self._loses is not None and self._loses.search(line)
                while piece := behind.recv(65_536):
                    if not lost:
                        caller.sendall(piece)
                if lost:
                    caller.sendall(self._instead)

    @contextlib.contextmanager
    def running(self) -> Iterator["HoldingProxy"]:
        """Serve until the block ends; no thread and no connection is left."""
        self._threads[0].start()
        try:
            yield self
        finally:
            self.release()
            with contextlib.suppress(OSError):
                self._door.shutdown(socket.SHUT_RDWR)
            self._door.close()
            for one in list(self._open):
                with contextlib.suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)
            for thread in list(self._threads):
                thread.join(PATIENCE)


def _read_request(caller: socket.socket) -> bytes:
    """One request with its body; empty when the caller went away."""
    data = b""
    while b"\r\n\r\n" not in data and len(data) < HEAD_LIMIT:
        piece = caller.recv(65_536)
        if not piece:
            return b""
        data += piece
    head, _, body = data.partition(b"\r\n\r\n")
    told = re.search(rb"(?im)^content-length:\s*(\d+)", head)
    missing = int(told.group(1)) - len(body) if told else 0
    while missing > 0:
        piece = caller.recv(65_536)
        if not piece:
            return b""
        data += piece
        missing -= len(piece)
    return data


def _closing(request: bytes) -> bytes:
    """The request with a wish that the connection be closed after the answer."""
    line, _, rest = request.partition(b"\r\n")
    kept = re.sub(rb"(?im)^connection:[^\r\n]*\r\n", b"", rest)
    return line + b"\r\nConnection: close\r\n" + kept
