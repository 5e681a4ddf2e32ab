"""One call under way: how sentences name it, the reply that its answer makes, and the error that a fault makes of it.

Used by `http_json.py`; `Timeout` and `Reply` by all who call it.
"""

import http.client
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

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
from main_controller.upstream.bounded import Guard
from main_controller.upstream.json_text import NotJson, decode

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
class Call:
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

    def _error(self, kind: type[UpstreamError], sentence: str, sent: Sent) -> UpstreamError:
        """The error to raise; it tells whether the call was sent (Z8a)."""
        return kind(sentence, sent=sent)

    def reply(self, status: int, headers: Mapping[str, str], raw: bytes) -> Reply:
        """The reply that a whole answer makes, or the error that it is."""
        if not 200 <= status < 300:
            raise self._error(UpstreamRefused, f"{self.peer} answered {self} with {_status_words(status, raw)}", True)
        encoding = headers.get("Content-Encoding", "identity")
        if encoding.lower() != "identity":
            raise self._error(UpstreamGarbled, f"{self.peer} answered {self} in the coding {plain(encoding)}", True)
        if self.method == "PUT" and not raw.strip():
            return Reply(None, raw)
        try:
            decoded = decode(raw)
        except NotJson as error:
            sentence = f"{self.peer} answered {self} with something that cannot be read: {error}"
            raise self._error(UpstreamGarbled, sentence, True) from error
        return Reply(decoded.value, raw, decoded.nulled, decoded.duplicates)

    def broken(self, guard: Guard, error: Exception, max_bytes: int) -> UpstreamError:
        """The typed error for an exchange that did not get its whole answer."""
        if guard.room < 0:
            sentence = f"{self.peer} answered {self} with more than {max_bytes / 2**20:g} MiB"
            return self._error(UpstreamGarbled, sentence, "unknown")
        timed_out = guard.timed_out or isinstance(error, requests.Timeout | urllib3.exceptions.ReadTimeoutError)
        if not guard.connected and not isinstance(error, requests.ReadTimeout):
            reason = _reason(error, self.timeout.connect if timed_out else None)
            return self._error(UpstreamUnreachable, f"{self.peer} could not be reached for {self}: {reason}", False)
        if timed_out:
            sentence = f"{self.peer} did not answer {self} within {self.timeout.total:g} s"
            if self.order:
                sentence += "; the order may still take effect"
            return self._error(UpstreamTimeout, sentence, "unknown")
        if any(type(cause) is http.client.BadStatusLine for cause in _causes(error)):
            return self._error(
                UpstreamGarbled, f"{self.peer} answered {self} with something that is not HTTP", "unknown"
            )
        sentence = f"{self.peer} broke off {self} before its answer was complete"
        return self._error(UpstreamGarbled, sentence, "unknown")


def plain(text: object) -> str:
    """Text from the wire for a sentence or a log line: on one line, nothing in it that is not seen, not too long."""
    begun = str(text)[: 8 * _SHOWN]
    line = re.sub("\n+", " ", "".join(sign if sign.isprintable() else "\n" for sign in begun)).strip()
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
