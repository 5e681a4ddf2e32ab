"""A small HTTP server on a port of its own that misbehaves as told, path by path. Used by all tests of faults.

`FAULTS` is the table of misbehaviours; `answering(value)` behaves. It speaks raw sockets, as no HTTP library would
send most of these. Nothing outlives `close()`.
"""

import contextlib
import json
import socket
import struct
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

Answer = Callable[["Exchange"], None]
"""Answers one request, well or badly. The connection is closed afterwards unless it set `keep`."""

UNITS: dict[str, Any] = {
    "E001": {"oesunit": {"id": "E001"}, "dcdc": {"meter": {"vg": 350.0}}, "time": "2020/01/01-00:00:00"},
    "E002": {"oesunit": {"id": "E002"}, "dcdc": {"meter": {"vg": 349.5}}, "time": "2020/01/01-00:00:05"},
}


@dataclass
class Exchange:
    """One request, and the means to answer it. `connection_number` counts the server's connections from 1."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes
    connection_number: int
    _connection: socket.socket = field(repr=False)
    _closing: threading.Event = field(repr=False)
    keep: bool = False

    @property
    def path(self) -> str:
        """The target without its query."""
        return urlsplit(self.target).path

    def send(self, data: bytes) -> None:
        """Send bytes as they are."""
        self._connection.sendall(data)

    def drip(self, data: bytes, interval: float) -> None:
        """Send a byte each `interval` s, until the server closes."""
        for byte in data:
            self.send(bytes([byte]))
            if self._closing.wait(interval):
                return

    def hang(self) -> None:
        """Say nothing until the client leaves or the server closes."""
        while self._connection.recv(4096):
            pass

    def reset(self) -> None:
        """End the connection with RST."""
        self._connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._connection.close()


class FaultyServer:
    """Answers each path as `answers` says, all others as `default` does; `requests` records what came.

    `answers` may be changed while it runs, so that a fault can begin and end. With `port` a server can come back where
    another was.
    """

    def __init__(
        self, answers: Mapping[str, Answer] | None = None, *, default: Answer | None = None, port: int = 0,
        host: str = "127.0.0.1",
    ) -> None:  # fmt: skip
        self.answers: dict[str, Answer] = dict(answers or {})
        self.default: Answer = default or answering({"error": "not found"}, status=404)
        self.requests: list[Exchange] = []
        self.connections = 0
        self._closing = threading.Event()
        self._open: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._listener = socket.create_server((host, port), backlog=128)
        self.port: int = self._listener.getsockname()[1]
        self.url = f"http://{host}:{self.port}"
        self._accepting = threading.Thread(target=self._accept, name="faulty-server", daemon=True)
        self._accepting.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def seen(self, path: str) -> list[Exchange]:
        """The requests that came for a path (without query), oldest first."""
        return [exchange for exchange in list(self.requests) if exchange.path == path]

    def close(self) -> None:
        """Refuse connections from now on, end those that are open, and wait for every thread."""
        self._closing.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._accepting.join(5)
        self._listener.close()
        for connection in list(self._open):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(5)

    def _accept(self) -> None:
        while not self._closing.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self._open.add(connection)
            self.connections += 1
            self._threads = [thread for thread in self._threads if thread.is_alive()]
            thread = threading.Thread(target=self._serve, args=(connection, self.connections), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket, number: int) -> None:
        """Answer the requests of one connection; a client that leaves ends it."""
        with contextlib.suppress(OSError), connection, connection.makefile("rb") as lines:
            while exchange := _request(lines, connection, number, self._closing):
                self.requests.append(exchange)
                answer = self.answers.get(exchange.target) or self.answers.get(exchange.path) or self.default
                answer(exchange)
                if not exchange.keep or self._closing.is_set():
                    break
        self._open.discard(connection)


def _request(lines: Any, connection: socket.socket, number: int, closing: threading.Event) -> Exchange | None:
    statuses = lines.readline().decode("latin-1").split()
    if len(statuses) != 3 or not statuses[2].startswith("HTTP/"):
        return None
    headers = {}
    while (line := lines.readline().decode("latin-1").strip()) != "":
        name, _, value = line.partition(":")
        headers[name.strip().lower()] = value.strip()
    body = lines.read(int(headers.get("content-length", 0)))
    return Exchange(statuses[0], statuses[1], headers, body, number, connection, closing)


def message(body: bytes, *, status: int = 200, content_type: str = "application/json", **headers: str) -> bytes:
    """A whole HTTP answer with its right length; `headers` are added, with - for _."""
    lines = [f"HTTP/1.1 {status} X", f"Content-Type: {content_type}", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


def chunked(pieces: Iterable[bytes], *, whole: bool = True) -> bytes:
    """A whole HTTP answer in chunks, or without its last one."""
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    return head + b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces) + (b"0\r\n\r\n" if whole else b"")


def sending(data: bytes) -> Answer:
    """Sends the bytes and closes."""
    return lambda exchange: exchange.send(data)


def answering(value: Any, *, status: int = 200, in_chunks: bool = False) -> Answer:
    """Behaves: the value as JSON, in one piece or in chunks as apis-web does, the connection kept if asked to."""
    body = json.dumps(value).encode() + b"\n"
    data = chunked([body[:50], body[50:]] if body[50:] else [body]) if in_chunks else message(body, status=status)

    def answer(exchange: Exchange) -> None:
        exchange.keep = exchange.headers.get("connection", "").lower() != "close"
        exchange.send(data)

    return answer


def dripping(data: bytes, *, after: int = 0, interval: float = 1.0) -> Answer:
    """Sends the first `after` bytes at once and the others one by one."""

    def answer(exchange: Exchange) -> None:
        exchange.send(data[:after])
        exchange.drip(data[after:], interval)

    return answer


def endless(head: bytes, piece: bytes, times: int = 4096) -> Answer:
    """Sends the head, then the piece again and again; not for ever, so that no test can fill the memory."""

    def answer(exchange: Exchange) -> None:
        exchange.send(head)
        for _ in range(times):
            exchange.send(piece)

    return answer


def hanging(exchange: Exchange) -> None:
    """Takes the request and says nothing."""
    exchange.hang()


def hanging_after(data: bytes) -> Answer:
    """Sends the bytes and then nothing more."""

    def answer(exchange: Exchange) -> None:
        exchange.send(data)
        exchange.hang()

    return answer


def resetting(exchange: Exchange) -> None:
    """Takes the request and resets the connection."""
    exchange.reset()


def hanging_up(exchange: Exchange) -> None:
    """Takes the request and closes the connection in good order, without an answer."""


def resetting_amid(data: bytes) -> Answer:
    """Sends the bytes, then resets the connection."""

    def answer(exchange: Exchange) -> None:
        exchange.send(data)
        exchange.reset()

    return answer


_GOOD = json.dumps(UNITS).encode()
_WHOLE = message(_GOOD)
_HEAD_LENGTH = _WHOLE.index(b"\r\n\r\n") + 4
_OPEN_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
_CHUNKED_HEAD = _OPEN_HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
_HTML = b"<!DOCTYPE html><html><body>Error: 500 Internal Server Error</body></html>"

FAULTS: dict[str, Answer] = {
    "hang": hanging,
    "hang amid body": hanging_after(_WHOLE[:-10]),
    "drip headers": dripping(_WHOLE, interval=0.1),
    "drip body": dripping(_WHOLE, after=_HEAD_LENGTH, interval=0.1),
    "drip chunks": dripping(chunked(bytes([byte]) for byte in _GOOD), after=90, interval=0.02),
    "endless continues": endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 1000),
    "closed": hanging_up,
    "reset": resetting,
    "reset amid headers": resetting_amid(_WHOLE[:30]),
    "reset amid body": resetting_amid(_WHOLE[:-10]),
    "cut amid body": sending(_WHOLE[:-10]),
    "cut amid chunks": sending(chunked([_GOOD], whole=False)),
    "cut amid a chunk": sending(chunked([_GOOD])[:-20]),
    "not HTTP": sending(b"\x00\x01\x02 hello\r\n\r\n"),
    "bad chunk size": sending(_CHUNKED_HEAD + b"zz\r\n{}\r\n0\r\n\r\n"),
    "negative chunk size": endless(_CHUNKED_HEAD + b"-1\r\n", b" " * 2**16),
    "enormous chunk size": sending(_CHUNKED_HEAD + b"ffffffffffff\r\n" + _GOOD),
    "two lengths": sending(_WHOLE.replace(b"\r\n\r\n", b"\r\nContent-Length: 7\r\n\r\n", 1)),
    "length too small": sending(_OPEN_HEAD + b"Content-Length: 20\r\n\r\n" + _GOOD),
    "length too large": sending(_OPEN_HEAD + b"Content-Length: 2000\r\n\r\n" + _GOOD),
    "length of a terabyte": sending(_OPEN_HEAD + b"Content-Length: 1099511627776\r\n\r\n" + _GOOD),
    "endless headers": endless(_OPEN_HEAD, b"X: " + b"x" * 2**15 + b"\r\n"),
    "endless body": endless(_OPEN_HEAD + b"Connection: close\r\n\r\n", b" " * 2**16),
    "endless chunks": endless(_CHUNKED_HEAD, b"10000\r\n" + b" " * 2**16 + b"\r\n"),
    "500": sending(message(b'{"error": "it broke"}', status=500)),
    "500 with HTML": sending(message(_HTML, status=500, content_type="text/html")),
    "404": sending(message(b'{"error":"not found : /nope"}', status=404)),
    "redirect": sending(message(b"", status=302, Location="/elsewhere")),
    "redirect with an endless body": endless(
        b"HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nConnection: close\r\n\r\n", b" " * 2**16
    ),
    "HTML": sending(message(_HTML, content_type="text/html")),
    "empty": sending(message(b"")),
    "truncated JSON": sending(message(_GOOD[:-10])),
    "two values": sending(message(_GOOD + _GOOD)),
    "bad UTF-8": sending(message(b"\xff\xfe" + _GOOD)),
    "deep nesting": sending(message(b"[" * 100_000 + b"]" * 100_000)),
    "gzip unasked": sending(message(b"\x1f\x8b\x08\x00", Content_Encoding="gzip")),
    "null": sending(message(b"null")),
    "string": sending(message(b'"hello"')),
    "number": sending(message(b"42")),
    "true": sending(message(b"true")),
    "list": sending(message(b'[1, "two", null]')),
    "list of lists": sending(message(b"[[]]")),
    "empty object": sending(message(b"{}")),
}
"""Answers that no caller can use as they stand. From "null" on they are JSON, of a shape that fits somewhere else."""

ODDITIES: dict[str, Answer] = {
    "NaN": sending(message(_GOOD.replace(b"349.5", b"NaN"))),
    "Infinity": sending(message(_GOOD.replace(b"349.5", b"-Infinity"))),
    "1e999": sending(message(_GOOD.replace(b"349.5", b"1e999"))),
    "huge integer": sending(message(_GOOD.replace(b"349.5", b"9" * 400))),
    "enormous integer": sending(message(_GOOD.replace(b"349.5", b"9" * 10_000))),
    "broken number": sending(message(_GOOD.replace(b"349.5", b"nan"))),
    "bad UTF-8 in an id": sending(message(_GOOD.replace(b'"E002": ', b'"E\xff\xfe2": '))),
    "two numbers": sending(message(_GOOD.replace(b"349.5", b"349,5"))),
    "Shift JIS": sending(message(_GOOD.replace(b"349.5", b'349.5, "name": "\x93\x8c"'))),
    "duplicate ids": sending(message(_GOOD.replace(b"E002", b"E001"))),
    "lone surrogate": sending(message(_GOOD.replace(b'"E002": ', b'"E\\ud800": '))),
    "byte order mark": sending(message(b"\xef\xbb\xbf" + _GOOD)),
    "null units": sending(message(b'{"E001": null, "E002": {}}')),
    "odd sections": sending(message(b'{"E001": {"dcdc": "on", "oesunit": [], "apis": 7, "battery": null}}')),
    "hostile names": sending(
        message(json.dumps(dict.fromkeys(("<script>alert(1)</script>", "../..", "a\r\nb"), UNITS["E001"])).encode())
    ),
    "chunks": sending(chunked([_GOOD[:7], _GOOD[7:8], _GOOD[8:]])),
}
"""Answers of `/get/log` that are odd, yet hold good data that must come through (Z4)."""


@contextlib.contextmanager
def refusing_url() -> Iterator[str]:
    """An address that refuses every connection, and that nobody else can take meanwhile."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{bound.getsockname()[1]}"


@contextlib.contextmanager
def unconnectable_url(host: str = "127.0.0.1", port: int = 0) -> Iterator[str]:
    """An address where a connection is neither accepted nor refused: its queue is full."""
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(socket.socket())
        listener.bind((host, port))
        listener.listen(0)
        for _ in range(3):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(listener.getsockname())
        yield f"http://{host}:{listener.getsockname()[1]}"
