"""One call under way: how sentences name it, the reply that its answer makes, and the error that a fault makes of it.

Used by `http_json.py`; `Timeout` and `Reply` by all who call it.
"""

import http.client
import re
import ssl
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import requests
import urllib3

from main_controller.errors import (
    UpstreamError,
    UpstreamGarbled,
    UpstreamRefused,
    UpstreamTimeout,
    UpstreamUnreachable,
)
from main_controller.known_secrets import KnownSecrets
from main_controller.sentence import Sentence, foreign, say
from main_controller.upstream.bounded import Guard
from main_controller.upstream.json_text import NotJson, decode, decode_members
from main_controller.upstream.trust import words_of

_SHOWN = 200

SERVER = say("upstream.server", "the server")
"""What error sentences call a peer that has no name."""


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
    `salvaged`: it was no JSON as a whole, and was read member by member; of those in `replaced` bytes were not UTF-8.
    `secrets` are what `quoted` leaves out.
    """

    value: Any
    raw: bytes
    nulled: tuple[str, ...] = ()
    duplicates: frozenset[str] = frozenset()
    salvaged: bool = False
    replaced: tuple[str, ...] = ()
    secrets: KnownSecrets = KnownSecrets()

    def quoted(self, said: object) -> str:
        """What the peer says in it, for a sentence: what the peer was sent to let us in may stand there."""
        return plain(self.secrets.out_of(str(said)))


@dataclass(frozen=True, slots=True)
class Call:
    """One call, as its error sentences name it; `secrets` are kept out of them where the peer repeats one."""

    method: str
    url: str
    timeout: Timeout
    peer: Sentence
    order: bool
    secrets: KnownSecrets = KnownSecrets()

    @property
    def name(self) -> Sentence:
        """What is asked, and where."""
        try:
            parts = urlsplit(self.url)
        except ValueError:
            return foreign(plain(self.url))
        path = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
        address = f"{parts.scheme}://{plain(parts.netloc.rpartition('@')[2])}"
        return say("upstream.call", "{path} at {address}", path=plain(path), address=address)

    def reply(self, status: int, headers: Mapping[str, str], raw: bytes, *, by_member: bool = False) -> Reply:
        """The reply that a whole answer makes, or the error that it is; `by_member`: what can be read of an object."""
        if not 200 <= status < 300:
            raise UpstreamRefused(self._status_told(status, raw), sent=True)
        encoding = headers.get("Content-Encoding", "identity")
        if encoding.lower() != "identity":
            sentence = say(
                "upstream.inACoding", "{peer} answered {call} in the coding {coding}",
                peer=self.peer, call=self.name, coding=plain(self.secrets.out_of(encoding)),
            )  # fmt: skip
            raise UpstreamGarbled(sentence, sent=True)
        if self.method == "PUT" and not raw.strip():
            return Reply(None, raw, secrets=self.secrets)
        try:
            decoded = decode_members(raw) if by_member else decode(raw)
        except NotJson as error:
            sentence = say(
                "upstream.unreadable", "{peer} answered {call} with something that cannot be read: {reason}",
                peer=self.peer, call=self.name, reason=error.reason,
            )  # fmt: skip
            raise UpstreamGarbled(sentence, sent=True) from error
        return Reply(
            decoded.value, raw, decoded.nulled, decoded.duplicates, decoded.salvaged, decoded.replaced, self.secrets
        )

    def bounded(self, raw: bytes, most: int) -> None:
        """Raise UpstreamGarbled for an answer of more than about `most` values, before memory is taken for them."""
        if raw.count(b",") + raw.count(b"{") + raw.count(b"[") <= most:
            return
        sentence = say(
            "upstream.tooManyValues", "{peer} answered {call} with more than {most} values",
            peer=self.peer, call=self.name, most=most,
        )  # fmt: skip
        raise UpstreamGarbled(sentence, sent=True)

    def broken(self, guard: Guard, error: Exception, max_bytes: int) -> UpstreamError:
        """The typed error for an exchange that did not get its whole answer."""
        peer, call = self.peer, self.name
        if guard.room < 0:
            sentence = say(
                "upstream.tooLarge", "{peer} answered {call} with more than {size:g} MiB",
                peer=peer, call=call, size=max_bytes / 2**20,
            )  # fmt: skip
            return UpstreamGarbled(sentence)
        timed_out = guard.timed_out or isinstance(error, requests.Timeout | urllib3.exceptions.ReadTimeoutError)
        if not guard.connected and not isinstance(error, requests.ReadTimeout):
            sentence = say(
                "upstream.unreachable", "{peer} could not be reached for {call}: {reason}",
                peer=peer, call=call, reason=self._late(guard) if timed_out else _reason(error),
            )  # fmt: skip
            return UpstreamUnreachable(sentence, sent=False)
        if timed_out:
            return UpstreamTimeout(self._timeout_told())
        if any(type(cause) is http.client.BadStatusLine for cause in _causes(error)):
            sentence = say(
                "upstream.notHttp", "{peer} answered {call} with something that is not HTTP", peer=peer, call=call
            )
            return UpstreamGarbled(sentence)
        sentence = say(
            "upstream.brokenOff", "{peer} broke off {call} before its answer was complete", peer=peer, call=call
        )
        return UpstreamGarbled(sentence)

    def _status_told(self, status: int, raw: bytes) -> Sentence:
        """The sentence on an error status, with the peer's own words where it gave some as {"error": ...}."""
        peer, call = self.peer, self.name
        if 300 <= status < 400:
            return say(
                "upstream.redirected",
                "{peer} answered {call} with a redirect (HTTP {status}), which is not followed",
                peer=peer, call=call, status=status,
            )  # fmt: skip
        if status == 401:  # whose own words may repeat what it was sent
            return say(
                "upstream.notLetIn",
                "{peer} answered {call} with HTTP 401: it lets nobody in without the right name and password, or token "
                "(setting credentialsfile)",
                peer=peer, call=call,
            )  # fmt: skip
        try:
            value = decode(raw).value
        except NotJson:
            value = None
        said = value.get("error") if isinstance(value, dict) else None
        if not said:
            return say(
                "upstream.failed", "{peer} answered {call} with HTTP {status}", peer=peer, call=call, status=status
            )
        return say(
            "upstream.failedSaying", "{peer} answered {call} with HTTP {status}: {said}",
            peer=peer, call=call, status=status, said=plain(self.secrets.out_of(str(said))),
        )  # fmt: skip

    def _late(self, guard: Guard) -> Sentence:
        """What did not come about in the time to connect."""
        seconds = self.timeout.connect
        if guard.taken:
            return say("upstream.noTlsWithin", "it agrees on no TLS within {seconds:g} s", seconds=seconds)
        return say("upstream.noConnectionWithin", "no connection within {seconds:g} s", seconds=seconds)

    def _timeout_told(self) -> Sentence:
        peer, call, seconds = self.peer, self.name, self.timeout.total
        if self.order:
            return say(
                "upstream.orderUnanswered",
                "{peer} did not answer {call} within {seconds:g} s; the order may still take effect",
                peer=peer, call=call, seconds=seconds,
            )  # fmt: skip
        return say(
            "upstream.unanswered", "{peer} did not answer {call} within {seconds:g} s",
            peer=peer, call=call, seconds=seconds,
        )  # fmt: skip


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


def _reason(error: BaseException) -> Sentence:
    """Why no connection came about, in words."""
    for cause in _causes(error):
        if isinstance(cause, ssl.SSLError):
            return words_of(cause)
        if isinstance(cause, OSError) and cause.strerror:
            words = cause.strerror
            return words if isinstance(words, Sentence) else foreign(plain(words).lower())
    if isinstance(error, ValueError):
        return say("upstream.uselessAddress", "the address is of no use")
    return say("upstream.noConnection", "no connection")
