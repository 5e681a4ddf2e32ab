"""HTTP connections whose every wait counts against one deadline and whose every byte against one bound.

requests' own time limit is per read: a peer that sends a byte a second outlives it for ever. Here each read of the
socket gets only what remains of the whole exchange, for headers, body and chunks alike. Used by `http_json.py` alone.
"""

import socket
import ssl
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import NewConnectionError

from main_controller.upstream.addresses import Addresses, Place
from main_controller.upstream.connecting import Connecting

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer, WriteableBuffer

Authorities = Callable[[], ssl.SSLContext]
"""Gives what certificates are believed."""


class Guard:
    """What one exchange may still use, and how far it got. One exchange at a time, in one thread.

    Times are of the monotonic clock in s; `room` is in bytes, everything received included. `place` is the host and
    address that was written to, `remembered` whether an address from before stands in for a slow resolver. `taken` is
    whether a connection for TLS was taken, whatever was agreed on it.
    """

    def __init__(self) -> None:
        self.begin(0, 0, 0)

    def begin(self, connect: float, total: float, room: int, *, remembered: bool = True) -> None:
        """Start an exchange that must connect in `connect` s and end in `total` s, with at most `room` bytes.

        The time to connect counts from when there is an address to connect to.
        """
        self.answer_by = self.connect_by = self.now() + total
        self._connect = connect
        self.remembered = remembered
        self.place: tuple[str, Place] | None = None
        self.room = self._whole_room = room
        self.connected = False
        self.taken = False
        self.reused = True
        self.timed_out = False

    def now(self) -> float:
        """The monotonic clock."""
        return time.monotonic()

    def found(self) -> None:
        """There is an address: the time to connect begins."""
        self.connect_by = min(self.now() + self._connect, self.answer_by)

    def connect_left(self) -> float:
        """Seconds left to connect; raises TimeoutError when none are."""
        return self.time_left(self.connect_by)

    @property
    def stale(self) -> bool:
        """Whether the exchange went to a kept connection and nothing came back: the peer had closed it meanwhile."""
        return self.reused and self.connected and not self.timed_out and self.mute

    @property
    def mute(self) -> bool:
        """Whether nothing has come back."""
        return self.room == self._whole_room

    def time_left(self, deadline: float) -> float:
        """Seconds until `deadline`; raises TimeoutError when none are left."""
        left = deadline - self.now()
        if left <= 0:
            self.timed_out = True
            raise TimeoutError("timed out")
        return left

    def received(self, count: int) -> None:
        """Count bytes that came in; raises OSError when they exceed the room."""
        self.room -= count
        if self.room < 0:
            raise OSError("the answer is too large")


class _Bounded(socket.socket):
    """What makes the reads and writes of a socket end with its guard's deadline."""

    guard: Guard
    place: tuple[str, Place]

    def recv_into(self, buffer: "WriteableBuffer", nbytes: int | None = 0, flags: int = 0) -> int:
        self.settimeout(self.guard.time_left(self.guard.answer_by))
        try:
            count = super().recv_into(buffer, nbytes or 0, flags)
        except TimeoutError:
            self.guard.timed_out = True
            raise
        self.guard.received(count)
        return count

    def sendall(self, data: "ReadableBuffer", flags: int = 0) -> None:
        self.guard.connected = True
        self.guard.place = self.place
        self.settimeout(self.guard.time_left(self.guard.answer_by))
        try:
            super().sendall(data, flags)
        except TimeoutError:
            self.guard.timed_out = True
            raise


class _BoundedSocket(_Bounded):
    """A plain one."""


class _BoundedTls(_Bounded, ssl.SSLSocket):
    """One with TLS, as `tls_sockets` makes them."""


class _BoundedConnection(HTTPConnection):
    guard: Guard
    addresses: Addresses

    def _new_conn(self) -> socket.socket:
        """A connection to the first address of the host that takes one before the guard's deadline, or OSError."""
        return _connected(self, 80)


class _BoundedTlsConnection(HTTPSConnection):
    guard: Guard
    addresses: Addresses
    authorities: Authorities

    def connect(self) -> None:
        """Connect, and agree on TLS within the time that connecting has; OSError, ssl.SSLError, NewConnectionError."""
        try:
            plain = _connected(self, 443)
            place = plain.place
            self.guard.taken = True
            with plain:  # its descriptor goes over to the one with TLS
                plain.settimeout(self.guard.connect_left())  # the whole handshake has it
                tls: Any = _bounded_tls(self.authorities()).wrap_socket(plain, server_hostname=self.host)
        except TimeoutError as late:
            self.guard.timed_out = True
            raise NewConnectionError(self, "timed out") from late  # else it would count as a read: nothing was sent
        tls.guard, tls.place = self.guard, place
        self.sock = tls
        self.is_verified = True


def _connected(connection: _BoundedConnection | _BoundedTlsConnection, usual_port: int) -> _BoundedSocket:
    guard = connection.guard
    guard.reused = False
    connecting = Connecting(
        connection.addresses, connection.host, connection.port or usual_port, guard, _BoundedSocket,
        remembered=guard.remembered,
    )  # fmt: skip
    made, place = connecting.connect()
    made.guard, made.place = guard, (connection.host, place)
    return made


def _bounded_tls(context: ssl.SSLContext) -> ssl.SSLContext:
    """The same, whose sockets are bounded as the plain ones are."""
    context.sslsocket_class = _BoundedTls
    return context


class BoundedAdapter(HTTPAdapter):
    """requests' adapter for http:// and https:// with a `guard` over all its connections. For one thread only.

    `authorities` gives the context by which certificates are judged; it is asked with the first https:// address.
    """

    def __init__(self, addresses: Addresses, authorities: Authorities) -> None:
        self._addresses = addresses
        self._authorities = authorities
        super().__init__(pool_maxsize=1)

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **pool_kwargs: Any) -> None:
        """Make the pools of bounded connections."""
        super().init_poolmanager(connections, maxsize, block, **pool_kwargs)
        self.guard = Guard()
        common = {"guard": self.guard, "addresses": self._addresses}
        plain = type("_Connection", (_BoundedConnection,), common)
        secure = type(
            "_TlsConnection", (_BoundedTlsConnection,), {**common, "authorities": staticmethod(self._authorities)}
        )
        self.poolmanager.pool_classes_by_scheme = {
            "http": type("_Pool", (HTTPConnectionPool,), {"ConnectionCls": plain}),
            "https": type("_TlsPool", (HTTPSConnectionPool,), {"ConnectionCls": secure}),
        }
