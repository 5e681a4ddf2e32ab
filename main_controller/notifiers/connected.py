"""Connects, with TLS where that is wanted, and ends whatever takes longer than one deadline.

The other end may send a byte every few seconds for ever, which no time-out of a single read ends. So a timer shuts the
connection down when the whole time is over, whoever reads from it then.
"""

import contextlib
import os
import socket
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path

from main_controller.notifiers.fault import NotDelivered
from main_controller.sentence import say

CONNECTS = 10.0
"""How long (s) a connection, and each read and write of it, may take."""

WHOLE = 30.0
"""How long (s) a whole exchange may take."""


class Deadline:
    """The end of one exchange; `over` once it has passed."""

    def __init__(self) -> None:
        self._descriptors: list[socket.socket] = []
        self._changing = threading.Lock()  # protects the list and the mark, of which the timer's thread knows too
        self.over = False

    def watch(self, connection: socket.socket) -> None:
        """Shut this connection down when the time is over. A copy of its descriptor is kept: TLS takes the other."""
        copy = socket.socket(fileno=os.dup(connection.fileno()))
        with self._changing:
            self._descriptors.append(copy)
            if self.over:
                _shut(copy)

    def pass_by(self) -> None:
        """The time is over."""
        with self._changing:
            self.over = True
            for one in self._descriptors:
                _shut(one)

    def close(self) -> None:
        """Nothing is watched any more."""
        with self._changing:
            for one in self._descriptors:
                one.close()
            self._descriptors = []


def _shut(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)


@contextlib.contextmanager
def deadline() -> Iterator[Deadline]:
    """A deadline for what happens in the block; raises TimeoutError in place of whatever its shutting down led to."""
    one = Deadline()
    timer = threading.Timer(WHOLE, one.pass_by)
    timer.daemon = True
    timer.start()
    try:
        yield one
    except Exception as fault:
        if one.over:
            raise TimeoutError from fault
        raise
    else:
        if one.over:  # what was read may be cut off, and still look whole
            raise TimeoutError
    finally:
        timer.cancel()
        one.close()


def connected(host: str, port: int, by: Deadline, tls: ssl.SSLContext | None = None) -> socket.socket:
    """A connection; raises OSError."""
    connection = socket.create_connection((host, port), timeout=CONNECTS)
    try:
        by.watch(connection)
        return connection if tls is None else tls.wrap_socket(connection, server_hostname=host)
    except BaseException:
        connection.close()
        raise


def trust(ca_file: str) -> ssl.SSLContext:
    """What certificates are believed: the system's authorities, or those of `ca_file` alone; raises NotDelivered."""
    try:
        return ssl.create_default_context(cafile=ca_file or None)
    except OSError as fault:
        why = fault.strerror or "it holds no certificate"
        raise NotDelivered(
            say("notifiers.caUnread", "{file} cannot be used: {why}.", file=Path(ca_file).name, why=why)
        ) from None
