"""The simulator's own small HTTP server: one program's answers on one port, in Vert.x' or Bottle's manner (K1)."""

import logging
import socket
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from main_controller.simulator.exchange import Reply, Request, Silence

log = logging.getLogger(__name__)

Answer = Callable[[Request], Reply]
LARGEST_BODY = 65_536


class HttpService:
    """Listens while it is open; `url` stays the same over a close and a second open, as a program's does (K8).

    `chunked` answers as apis-web (HTTP/1.1, chunked, connections kept), otherwise as the emulator (HTTP/1.0, one
    `Content-Length`, connection closed).
    """

    def __init__(self, name: str, host: str, port: int, answer: Answer, *, chunked: bool) -> None:
        self._name = name
        self._answer = answer
        self._chunked = chunked
        self._host, self._port = host, port
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None
        self._orphans: list[_Server] = []  # closed, but with handlers that still wait

    @property
    def url(self) -> str:
        """Where it listens; the port is known once it has been open."""
        host = f"[{self._host}]" if ":" in self._host else self._host
        return f"http://{host}:{self._port}"

    @property
    def port(self) -> int:
        """Its port; known once it has been open."""
        return self._port

    def open(self) -> None:
        """Listen. Raises OSError when the port is taken."""
        if self._server is not None:
            return
        self._server = _Server((self._host, self._port), self._answer, chunked=self._chunked)
        self._port = self._server.server_address[1]
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.05,), name=f"simulator-{self._name}", daemon=True
        )
        self._thread.start()

    def close(self, *, join: bool = True) -> None:
        """Refuse connections from now on and break those that are open; `join` waits for their threads."""
        server, self._server = self._server, None
        if server is not None:
            server.shutdown()
            server.break_connections()
            server.server_close()
            self._orphans.append(server)
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        if join:
            for orphan in self._orphans:
                orphan.join_handlers()
            self._orphans.clear()


class _Server(ThreadingHTTPServer):
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], answer: Answer, *, chunked: bool) -> None:
        self.answer = answer
        self.ended = threading.Event()
        self._open: set[socket.socket] = set()
        self._handlers: list[threading.Thread] = []
        self._lock = threading.Lock()  # guards _open and _handlers: handlers' threads and the closing one share them
        self.address_family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        super().__init__(address, _ChunkedHandler if chunked else _PlainHandler)

    def server_bind(self) -> None:
        """As the base class, without asking a name server for our own name."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = str(self.server_address[0]), self.server_address[1]

    def process_request(self, request: Any, client_address: Any) -> None:
        """As the base class, but remembering daemon threads too, so that a close can wait for them."""
        handler = threading.Thread(
            target=self.process_request_thread, args=(request, client_address), name="simulator-request", daemon=True
        )
        with self._lock:
            self._handlers = [*(one for one in self._handlers if one.is_alive()), handler]
        handler.start()

    def join_handlers(self) -> None:
        with self._lock:
            handlers = list(self._handlers)
        for handler in handlers:
            handler.join()

    def remember(self, connection: socket.socket) -> None:
        with self._lock:
            self._open.add(connection)

    def forget(self, connection: socket.socket) -> None:
        with self._lock:
            self._open.discard(connection)

    def break_connections(self) -> None:
        self.ended.set()
        with self._lock:
            for connection in self._open:
                try:
                    connection.shutdown(socket.SHUT_RDWR)
                except OSError:
                    log.debug("a connection was gone already")

    def handle_error(self, request: Any, client_address: Any) -> None:
        log.debug("a connection broke off")


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    timeout = 120
    disable_nagle_algorithm = True
    wbufsize = -1

    def setup(self) -> None:
        self.server.remember(self.request)
        super().setup()

    def finish(self) -> None:
        self.server.forget(self.request)
        try:
            super().finish()
        except OSError:
            log.debug("a connection broke off at its end")

    def _serve(self) -> None:
        parts = urlsplit(self.path)
        query: dict[str, str] = {}
        for name, value in parse_qsl(parts.query, keep_blank_values=True):
            query.setdefault(name, value)
        length = self.headers.get("Content-Length", "0")
        body = self.rfile.read(min(int(length), LARGEST_BODY)) if length.isdigit() else b""
        try:
            reply = self.server.answer(Request(self.command, unquote(parts.path), query, body))
        except Silence:
            self.close_connection = True
            return
        except Exception:
            log.exception("the simulated program failed to answer %s", self.path)
            reply = Reply(b"Internal Server Error", 500, "text/plain")
        self._send(reply)

    do_GET = do_POST = do_PUT = do_HEAD = _serve

    def _send(self, reply: Reply) -> None:
        self.send_response_only(reply.status)
        self.send_header("content-type", reply.content_type)
        for name, value in reply.headers:
            self.send_header(name, value)
        self._body(reply)

    def _body(self, reply: Reply) -> None:
        raise NotImplementedError

    def _pieces(self, reply: Reply) -> list[bytes]:
        body = reply.body[: len(reply.body) // 2] if reply.cut else reply.body
        return [body[at : at + 1] for at in range(len(body))] if reply.drip_s else [body]

    def _write(self, reply: Reply, frame: Callable[[bytes], bytes]) -> None:
        for piece in self._pieces(reply):
            if reply.drip_s and self.server.ended.wait(reply.drip_s):
                break
            if piece and self.command != "HEAD":
                self.wfile.write(frame(piece))
                if reply.drip_s:
                    self.wfile.flush()
        if reply.cut:
            self.close_connection = True

    def log_message(self, format: str, *args: Any) -> None:
        log.debug(format, *args)


class _ChunkedHandler(_Handler):
    protocol_version = "HTTP/1.1"

    def _body(self, reply: Reply) -> None:
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        self._write(reply, lambda piece: b"%x\r\n%s\r\n" % (len(piece), piece))
        if not reply.cut and self.command != "HEAD":
            self.wfile.write(b"0\r\n\r\n")
        self.wfile.flush()


class _PlainHandler(_Handler):
    protocol_version = "HTTP/1.0"

    def _body(self, reply: Reply) -> None:
        self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        self._write(reply, lambda piece: piece)
        self.wfile.flush()
