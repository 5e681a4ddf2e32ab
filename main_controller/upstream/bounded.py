"""HTTP connections whose every wait counts against one deadline and whose every byte against one bound.

requests' own time limit is per read: a peer that sends a byte a second outlives it for ever. Here each read of the
socket gets only what remains of the whole exchange, for headers, body and chunks alike. Used by `http_json.py` alone.
"""

import errno
import socket
import time
from typing import TYPE_CHECKING, Any

from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool
from urllib3.connection import HTTPConnection

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer, WriteableBuffer


class Guard:
    """What one exchange may still use, and how far it got. One exchange at a time, in one thread.

    Times are of the monotonic clock in s; `room` is in bytes, everything received included.
    """

    def __init__(self) -> None:
        self.begin(0, 0, 0)

    def begin(self, connect: float, total: float, room: int) -> None:
        """Start an exchange that must connect in `connect` s and end in `total` s, with at most `room` bytes."""
        now = time.monotonic()
        self.connect_by = now + min(connect, total)
        self.answer_by = now + total
        self.room = self._whole_room = room
        self.connected = False
        self.reused = True
        self.timed_out = False

    @property
    def stale(self) -> bool:
        """Whether the exchange went to a kept connection and nothing came back: the peer had closed it meanwhile."""
        return self.reused and self.connected and not self.timed_out and self.room == self._whole_room

    def time_left(self, deadline: float) -> float:
        """Seconds until `deadline`; raises TimeoutError when none are left."""
        left = deadline - time.monotonic()
        if left <= 0:
            self.timed_out = True
            raise TimeoutError("timed out")
        return left

    def received(self, count: int) -> None:
        """Count bytes that came in; raises OSError when they exceed the room."""
        self.room -= count
        if self.room < 0:
            raise OSError("the answer is too large")


class _BoundedSocket(socket.socket):
    """A socket whose reads and writes end with its guard's deadline."""

    guard: Guard

    def recv_into(self, buffer: "WriteableBuffer", nbytes: int = 0, flags: int = 0) -> int:
        self.settimeout(self.guard.time_left(self.guard.answer_by))
        try:
            count = super().recv_into(buffer, nbytes, flags)
        except TimeoutError:
            self.guard.timed_out = True
            raise
        self.guard.received(count)
        return count

    def sendall(self, data: "ReadableBuffer", flags: int = 0) -> None:
        self.guard.connected = True
        self.settimeout(self.guard.time_left(self.guard.answer_by))
        try:
            super().sendall(data, flags)
        except TimeoutError:
            self.guard.timed_out = True
            raise


def _connect(host: str, port: int, guard: Guard) -> _BoundedSocket:
    """A connection to the first address of `host` that takes one before the guard's deadline, or OSError."""
    try:
        addresses = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except UnicodeError as error:
        raise OSError(errno.EADDRNOTAVAIL, "no such host name") from error
    guard.reused = False
    last = OSError(errno.EADDRNOTAVAIL, "no such host name")
    for family, kind, protocol, _, address in addresses:
        connection = _BoundedSocket(family, kind, protocol)
        connection.guard = guard
        try:
            connection.settimeout(guard.time_left(guard.connect_by))
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection.connect(address)
        except OSError as error:
            connection.close()
            guard.timed_out = isinstance(error, TimeoutError)
            last = error
        else:
            return connection
    raise last


class _BoundedConnection(HTTPConnection):
    guard: Guard

    def _new_conn(self) -> socket.socket:
        return _connect(self.host, self.port or 80, self.guard)


class BoundedAdapter(HTTPAdapter):
    """requests' adapter for http:// addresses with a `guard` over all its connections. For one thread only."""

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **pool_kwargs: Any) -> None:
        """Make the pools of bounded connections."""
        super().init_poolmanager(connections, maxsize, block, **pool_kwargs)
        self.guard = Guard()
        connection = type("_Connection", (_BoundedConnection,), {"guard": self.guard})
        pool = type("_Pool", (HTTPConnectionPool,), {"ConnectionCls": connection})
        self.poolmanager.pool_classes_by_scheme = {"http": pool}
