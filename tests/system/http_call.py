"""Calls a server byte for byte as given, so that a test can send what no HTTP library would. Used by tests/system."""

import http.client
import json
import socket
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Answer:
    """A reply as it came; header names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body, which must be JSON and say so."""
        assert self.headers.get("content-type") == "application/json", (self.status, self.headers, self.body[:200])
        return json.loads(self.body)

    @property
    def error(self) -> str:
        """The one sentence of a failure (Z1): JSON, no traceback, no HTML, nothing that is too long to read."""
        assert self.status >= 400, self.body[:300]
        sentence = self.json["error"]
        assert isinstance(sentence, str)
        assert 10 <= len(sentence) <= 1200, sentence
        assert "Traceback" not in sentence
        assert all(character.isprintable() for character in sentence), ascii(sentence)
        return sentence


def call(
    address: str,
    target: str | bytes,
    method: str = "GET",
    *,
    headers: Mapping[str, str] | None = None,
    body: bytes = b"",
    form: str | None = None,
    timeout: float = 30.0,
) -> Answer:
    """One request to `address` (http://host:port/) on a connection of its own; `form` is a urlencoded body."""
    parts = urlsplit(address)
    sent = {"Host": parts.netloc, "Connection": "close", **(headers or {})}
    if form is not None:
        body = form.encode("ascii")
        sent.setdefault("Content-Type", "application/x-www-form-urlencoded")
    if (body or form is not None) and "Transfer-Encoding" not in sent:
        sent.setdefault("Content-Length", str(len(body)))
    head = b"%s %s HTTP/1.1\r\n" % (method.encode(), target if isinstance(target, bytes) else target.encode())
    lines = b"".join(f"{name}: {value}\r\n".encode("latin-1") for name, value in sent.items())
    with closing(socket.create_connection((parts.hostname or "", parts.port or 80), timeout=timeout)) as connection:
        connection.sendall(head + lines + b"\r\n" + body)
        return receive(connection, method)


def receive(connection: socket.socket, method: str = "GET") -> Answer:
    """The reply that comes on this connection."""
    with closing(http.client.HTTPResponse(connection, method=method)) as response:
        response.begin()
        found = {name.lower(): value for name, value in response.getheaders()}
        return Answer(response.status, found, response.read())
