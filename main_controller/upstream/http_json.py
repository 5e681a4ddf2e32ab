"""GET and PUT of JSON over HTTP, bounded in time and size; every fault becomes one typed `UpstreamError`.

With `call.py` the one place that knows requests' exceptions. Used by `apis_web.py` and the devices.
"""

import threading
from collections.abc import Mapping
from typing import Any
from weakref import WeakSet

import requests
import urllib3

from main_controller.sentence import Sentence
from main_controller.upstream.addresses import Addresses
from main_controller.upstream.bounded import Authorities, BoundedAdapter
from main_controller.upstream.call import SERVER, Call, Reply, Timeout
from main_controller.upstream.secrets_file import Credentials
from main_controller.upstream.trust import trust

__all__ = ["HttpJson", "Reply", "Timeout"]

_PIECE = 2**20
_HEADERS = 2**16

MOST_VALUES = 500_000
"""How many values an answer holds at most, unless its client says otherwise (AV19)."""


class HttpJson:
    """A client for JSON over HTTP: proxies and redirects off, every exchange bounded in all, nothing repeated.

    With `reuse_connections` it is for readings: connections are kept, one set per thread, and a reading whose kept
    connection turns out to be closed goes out once more on a new one, in the same time. Without, it is for orders:
    each goes on a connection of its own, exactly once, and the error of one carries `sent` (Z8a). The body of a reply
    has at most `max_bytes` bytes and about `max_values` values, since a small one takes many times its bytes.
    `addresses` is what is known of host names, shared by all clients; `authorities` gives what certificates are
    believed, by default those of the system's; `credentials` is what is sent to whom.
    """

    def __init__(
        self, *, reuse_connections: bool, user_agent: str, max_bytes: int = 16 * 2**20,
        max_values: int = MOST_VALUES, addresses: Addresses | None = None,
        authorities: Authorities = trust, credentials: Credentials | None = None,
    ) -> None:  # fmt: skip
        self._max_values = max_values
        self._reuse = reuse_connections
        self._addresses = addresses or Addresses()
        self._authorities = authorities
        self._credentials = credentials or Credentials()
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
        self, url: str, *, timeout: Timeout, params: Mapping[str, str] | None = None, peer: Sentence = SERVER,
        remembered: bool = True, by_member: bool = False,
    ) -> Reply:  # fmt: skip
        """The answer to a GET. `peer` is what error sentences call the other end. Raises `UpstreamError`.

        `remembered`: where the resolver is slow or fails, the address that answered last will do. `by_member`: of an
        object that cannot be read as a whole, what can be read of its members.
        """
        return self._exchange("GET", url, timeout, peer, params=params, remembered=remembered, by_member=by_member)

    def put(self, url: str, json_body: Any, *, timeout: Timeout, peer: Sentence = SERVER) -> Reply:
        """The answer to a PUT of JSON; one without a body counts as None. Raises `UpstreamError`."""
        return self._exchange("PUT", url, timeout, peer, json_body=json_body, remembered=False)

    def close(self) -> None:
        """Close the connections that are kept."""
        for adapter in list(self._kept):
            adapter.close()

    def _exchange(
        self,
        method: str,
        url: str,
        timeout: Timeout,
        peer: Sentence,
        *,
        params: Mapping[str, str] | None = None,
        json_body: Any = None,
        remembered: bool,
        by_member: bool = False,
    ) -> Reply:
        adapter = self._adapter()
        call = Call(method, url, timeout, peer, not self._reuse, self._credentials.secrets)
        adapter.guard.begin(timeout.connect, timeout.total, self._max_bytes + _HEADERS, remembered=remembered)
        try:
            request = requests.Request(method, url, headers=self._headers, params=params, json=json_body).prepare()
            call = Call(method, request.url or url, timeout, peer, not self._reuse, self._credentials.secrets)
            if not call.url.startswith(("http://", "https://")):
                raise requests.exceptions.InvalidSchema("only http:// and https:// addresses are known")
            authorization = self._credentials.of(call.url)
            if authorization is not None:
                request.headers["Authorization"] = authorization
            try:
                answer = self._answer(adapter, request, timeout)
            except (requests.ConnectionError, urllib3.exceptions.ProtocolError):
                if not (self._reuse and adapter.guard.stale):
                    raise
                answer = self._answer(adapter, request, timeout)
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            self._note(adapter)
            raise call.broken(adapter.guard, error, self._max_bytes) from error
        finally:
            if not self._reuse:
                adapter.close()
        self._note(adapter)
        call.bounded(answer[2], self._max_values)
        return call.reply(*answer, by_member=by_member)

    def _note(self, adapter: BoundedAdapter) -> None:
        """Remember whether the address that was written to spoke HTTP or nothing at all."""
        guard = adapter.guard
        if guard.place is not None:
            (self._addresses.silent if guard.mute else self._addresses.answered)(*guard.place)

    def _adapter(self) -> BoundedAdapter:
        """A fresh adapter for an order; for readings the one of this thread."""
        if not self._reuse:
            return BoundedAdapter(self._addresses, self._authorities)
        adapter: BoundedAdapter | None = getattr(self._own, "adapter", None)
        if adapter is None:
            adapter = self._own.adapter = BoundedAdapter(self._addresses, self._authorities)
            self._kept.add(adapter)
        return adapter

    def _answer(
        self, adapter: BoundedAdapter, request: requests.PreparedRequest, timeout: Timeout
    ) -> tuple[int, Mapping[str, str], bytes]:
        """Send the request and read the whole answer, in large pieces: status, headers and body."""
        adapter.guard.connected = False
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
