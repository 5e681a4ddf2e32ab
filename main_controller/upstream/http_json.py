"""GET and PUT of JSON over HTTP, bounded in time and size; every fault becomes one typed `UpstreamError`.

The one place that knows requests' exceptions. Used by `apis_web.py` and `devices.py`.
"""

import http.client
import re
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from weakref import WeakSet

import requests
import urllib3

from main_controller.errors import (
    Sent,
    UpstreamError,
    UpstreamGarbled,
    UpstreamRefused,
    UpstreamTimeout,
    UpstreamUnreachable,
)
from main_controller.upstream.bounded import BoundedAdapter, Guard
from main_controller.upstream.json_text import NotJson, decode

_PIECE = 2**20
_HEADERS = 2**16
_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Timeout:
    """How long a call may take to connect, and how long in all, in s."""

    connect: float
    total: float


@dataclass(frozen=True, slots=True)
class Reply:
    """A decoded answer and its bytes.

    `nulled` are the paths of fields that held NaN, Infinity or a number too large and are None in `value` (`raw`
    still holds them); `duplicates` are the keys given twice at the top level, whose last value is in `value` (Z4).
    """

    value: Any
    raw: bytes
    nulled: tuple[str, ...] = ()
    duplicates: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class _Call:
    """One call, as its error sentences name it."""

    method: str
    url: str
    timeout: Timeout
    peer: str
    order: bool

    def __str__(self) -> str:
        try:
            parts = urlsplit(self.url)
        except ValueError:
            return plain(self.url)
        path = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
        return f"{plain(path)} at {parts.scheme}://{plain(parts.netloc.rpartition('@')[2])}"

    def error(self, kind: type[UpstreamError], sentence: str, sent: Sent) -> UpstreamError:
        """The error to raise; that of an order also tells the caller whether it was sent (Z8a)."""
        return kind(sentence, sent=sent, details={"sent": sent} if self.order else None)


class HttpJson:
    """A client for JSON over HTTP: proxies and redirects off, every exchange bounded in all, nothing repeated.

    With `reuse_connections` it is for readings: connections are kept, one set per thread, and a reading whose kept
    connection turns out to be closed goes out once more on a new one, in the same time. Without, it is for orders:
    each goes on a connection of its own, exactly once, and the error of one carries `sent` (Z8a). The body of a reply has
    at most `max_bytes` bytes.
    """

    def __init__(self, *, reuse_connections: bool, user_agent: str, max_bytes: int = 64 * 2**20) -> None:
        self._reuse = reuse_connections
        self._max_bytes = max_bytes
        self._headers = {
            "User-Agent": user_agent,
            "Accept": "application/json",
            "Accept-Encoding": "identity",  # the peers are near: gzip would cost both ends more than the bytes do
            "Connection": "keep-alive" if reuse_connections else "close",
        }
        self._own = threading.local()
        self._kept: WeakSet[BoundedAdapter] = WeakSet()

    def get(
        self, url: str, *, timeout: Timeout, params: Mapping[str, str] | None = None, peer: str = "the server"
    ) -> Reply:
        """The answer to a GET. `peer` is what error sentences call the other end. Raises `UpstreamError`."""
        return self._exchange("GET", url, timeout, peer, params=params)

    def put(self, url: str, json_body: Any, *, timeout: Timeout, peer: str = "the server") -> Reply:
        """The answer to a PUT of JSON; one without a body counts as None. Raises `UpstreamError`."""
        return self._exchange("PUT", url, timeout, peer, json_body=json_body)

    def close(self) -> None:
        """Close the connections that are kept."""
        for adapter in list(self._kept):
            adapter.close()

    def _exchange(
        self,
        method: str,
        url: str,
        timeout: Timeout,
        peer: str,
        *,
        params: Mapping[str, str] | None = None,
        json_body: Any = None,
    ) -> Reply:
        adapter = self._adapter()
        call = _Call(method, url, timeout, peer, order=not self._reuse)
        adapter.guard.begin(timeout.connect, timeout.total, self._max_bytes + _HEADERS)
        try:
            request = requests.Request(method, url, headers=self._headers, params=params, json=json_body).prepare()
            call = _Call(method, request.url or url, timeout, peer, order=not self._reuse)
            if not call.url.startswith("http://"):
                raise requests.exceptions.InvalidSchema("only http:// addresses are known")
            try:
                status, headers, raw = self._answer(adapter, request, timeout)
            except (requests.ConnectionError, urllib3.exceptions.ProtocolError):
                if not (self._reuse and adapter.guard.stale):
                    raise
                status, headers, raw = self._answer(adapter, request, timeout)
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            raise self._fault(call, adapter.guard, error) from error
        finally:
            if not self._reuse:
                adapter.close()
        return _reply(call, status, headers, raw)

    def _adapter(self) -> BoundedAdapter:
        """A fresh adapter for an order; for readings the one of this thread."""
        if not self._reuse:
            return BoundedAdapter()
        adapter: BoundedAdapter | None = getattr(self._own, "adapter", None)
        if adapter is None:
            adapter = self._own.adapter = BoundedAdapter()
            self._kept.add(adapter)
        return adapter

    def _answer(
        self, adapter: BoundedAdapter, request: requests.PreparedRequest, timeout: Timeout
    ) -> tuple[int, Mapping[str, str], bytes]:
        """Send the request and read the whole answer, in large pieces: status, headers and body."""
        response = adapter.send(request, stream=True, timeout=(timeout.connect, timeout.total))
        whole = False
        try:
            declared = response.headers.get("Content-Length", "")
            length = int(declared) if declared.isascii() and declared.isdigit() else 0
            if length > self._max_bytes:
                adapter.guard.received(length + _HEADERS)
            pieces = list(iter(lambda: response.raw.read(length or _PIECE, decode_content=False), b""))
            whole = True
            return response.status_code, response.headers, b"".join(pieces)
        finally:
            if whole and self._reuse:
                response.raw.release_conn()
            else:
                response.close()

    def _fault(self, call: _Call, guard: Guard, error: Exception) -> UpstreamError:
        """The typed error for an exchange that did not get its whole answer."""
        if guard.room < 0:
            sentence = f"{call.peer} answered {call} with more than {self._max_bytes / 2**20:g} MiB"
            return call.error(UpstreamGarbled, sentence, "unknown")
        timed_out = guard.timed_out or isinstance(error, requests.Timeout | urllib3.exceptions.ReadTimeoutError)
        if not guard.connected and not isinstance(error, requests.ReadTimeout):
            reason = _reason(error, call.timeout.connect if timed_out else None)
            return call.error(UpstreamUnreachable, f"{call.peer} could not be reached for {call}: {reason}", False)
        if timed_out:
            sentence = f"{call.peer} did not answer {call} within {call.timeout.total:g} s"
            if call.order:
                sentence += "; the order may still take effect"
            return call.error(UpstreamTimeout, sentence, "unknown")
        if any(type(cause) is http.client.BadStatusLine for cause in _causes(error)):
            return call.error(
                UpstreamGarbled, f"{call.peer} answered {call} with something that is not HTTP", "unknown"
            )
        sentence = f"{call.peer} broke off {call} before its answer was complete"
        return call.error(UpstreamGarbled, sentence, "unknown")


def plain(text: object) -> str:
    """Text from the wire for a sentence or a log line: on one line, without control characters, not too long."""
    line = re.sub(r"[^\x20-\x7e\xa0-\ud7ff\ue000-\uffff]+", " ", str(text)).strip()
    return line if len(line) <= _SHOWN else f"{line[:_SHOWN]}..."


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error and what led to it, latest first."""
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        cause = cause.__cause__ or cause.__context__


def _reason(error: BaseException, connect: float | None) -> str:
    """Why no connection came about, in words."""
    if connect is not None:
        return f"no connection within {connect:g} s"
    for cause in _causes(error):
        if isinstance(cause, OSError) and cause.strerror:
            return plain(cause.strerror).lower()
    return "the address is of no use" if isinstance(error, ValueError) else "no connection"


def _reply(call: _Call, status: int, headers: Mapping[str, str], raw: bytes) -> Reply:
    """The reply that a whole answer makes, or the error that it is."""
    if not 200 <= status < 300:
        raise call.error(UpstreamRefused, f"{call.peer} answered {call} with {_status_words(status, raw)}", True)
    encoding = headers.get("Content-Encoding", "identity")
    if encoding.lower() != "identity":
        raise call.error(UpstreamGarbled, f"{call.peer} answered {call} in the coding {plain(encoding)}", True)
    if call.method == "PUT" and not raw.strip():
        return Reply(None, raw)
    try:
        decoded = decode(raw)
    except NotJson as error:
        sentence = f"{call.peer} answered {call} with something that cannot be read: {error}"
        raise call.error(UpstreamGarbled, sentence, True) from error
    return Reply(decoded.value, raw, decoded.nulled, decoded.duplicates)


def _status_words(status: int, raw: bytes) -> str:
    """An error status in words, with the peer's own sentence where it gave one as {"error": ...}."""
    if 300 <= status < 400:
        return f"a redirect (HTTP {status}), which is not followed"
    try:
        value = decode(raw).value
    except NotJson:
        value = None
    said = value.get("error") if isinstance(value, dict) else None
    return f"HTTP {status}: {plain(said)}" if said else f"HTTP {status}"
