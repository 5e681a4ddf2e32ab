"""One bounded HTTP request whose answer counts by its status alone: no redirect is followed, no body is read."""

import contextlib
import http.client
from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from main_controller import __version__
from main_controller.notifiers.connected import CONNECTS, Deadline, connected, deadline, trust
from main_controller.notifiers.fault import NotDelivered, words_of
from main_controller.sentence import say

AGENT = f"apis-main-controller/{__version__}"


class _Http(http.client.HTTPConnection):
    """A connection that its deadline ends; with TLS where the address says so."""

    def __init__(self, host: str, port: int, by: Deadline, *, tls: bool, ca_file: str) -> None:
        super().__init__(host, port, timeout=CONNECTS)
        self._by = by
        self._trust = trust(ca_file) if tls else None

    def connect(self) -> None:
        """Connect."""
        self.sock = connected(self.host, self.port, self._by, self._trust)


def ask(
    method: str, url: str, *, body: bytes | None = None, headers: Mapping[str, str] | None = None, ca_file: str = ""
) -> None:
    """Send it; raises NotDelivered unless the answer is a 2xx. Sentences name the host, never the whole address."""
    with _exchange(url, ca_file) as (connection, where, target):
        connection.request(method, target, body=body, headers={"User-Agent": AGENT, **(headers or {})})
        status = connection.getresponse().status
    if not 200 <= status < 300:
        raise NotDelivered(say("notifiers.wrongStatus", "{where} answers with {status}.", where=where, status=status))


def reach(url: str, ca_file: str = "") -> None:
    """Connect and ask nothing; raises NotDelivered."""
    with _exchange(url, ca_file) as (connection, _, _):
        connection.connect()


@contextlib.contextmanager
def _exchange(url: str, ca_file: str) -> Iterator[tuple[http.client.HTTPConnection, str, str]]:
    """A connection to the host of an address, that host, and what to ask it for; every fault as NotDelivered."""
    parts = urlsplit(url)
    where, tls = parts.hostname or "", parts.scheme == "https"
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        with deadline() as by:
            connection = _Http(where, parts.port or (443 if tls else 80), by, tls=tls, ca_file=ca_file)
            try:
                yield connection, where, target
            finally:
                connection.close()
    except http.client.HTTPException as fault:
        why = type(fault).__name__
        raise NotDelivered(say("notifiers.noHttp", "{where} speaks no HTTP: {why}.", where=where, why=why)) from None
    except (OSError, ValueError) as fault:
        raise NotDelivered(words_of(fault, where)) from None
