"""Listens to the log that apis-main and apis-web send to all by UDP multicast (K16).

Used by a worker, which takes what came. Nothing is ever sent. Lines beyond what a site can say are dropped and counted:
anybody on the network can send such a datagram.
"""

import ipaddress
import logging
import socket
from collections.abc import Callable

from main_controller.domain.apis_log import LONGEST, LogLine, parse_line

log = logging.getLogger(__name__)

MOST = 5_000
"""How many datagrams a second are read at most."""
MOST_BYTES = 8_000_000
"""How many bytes of them a second are read at most: 1,000 units say some hundred thousand."""
BUFFER = 1 << 20
"""How many bytes the system keeps until they are read."""
PATIENCE = 0.5
"""How long (s) one look waits for the first datagram."""
AT_ONCE = 500
"""How many datagrams one look takes."""


class LogListener:
    """Hears what is sent to `group` (an IPv4 address) at `port`; `clock` gives monotonic s.

    A group of multicast is joined at `interface` (0.0.0.0: where this machine's multicast goes), at the first look. A
    machine without a route for multicast hears nothing: that is said once.
    """

    def __init__(self, group: str, port: int, *, clock: Callable[[], float], interface: str = "0.0.0.0") -> None:
        self._group = ipaddress.IPv4Address(group)
        self._interface = ipaddress.IPv4Address(interface)
        self._port = port
        self._clock = clock
        self._socket: socket.socket | None = None
        self._said = False
        self._second = -1
        self._heard = self._bytes = 0
        self.dropped = 0

    def lines(self) -> list[LogLine]:
        """What came since the last look, at most `AT_ONCE`; waits `PATIENCE` s for the first. Never raises."""
        try:
            listening = self._socket or self._open()
            return self._received(listening)
        except OSError as error:
            self._tell(error)
            self.close()
            return []

    def _received(self, listening: socket.socket) -> list[LogLine]:
        found: list[LogLine] = []
        listening.settimeout(PATIENCE)
        for _ in range(AT_ONCE):
            try:
                datagram = listening.recv(LONGEST)
            except (TimeoutError, BlockingIOError):
                break
            listening.settimeout(0.0)
            if self._one_too_many(len(datagram)):
                continue
            line = parse_line(datagram)
            if line is not None:
                found.append(line)
        return found

    def _one_too_many(self, size: int) -> bool:
        second = int(self._clock())
        if second != self._second:
            self._second, self._heard, self._bytes = second, 0, 0
        self._heard += 1
        self._bytes += size
        if self._heard <= MOST and self._bytes <= MOST_BYTES:
            return False
        self.dropped += 1
        return True

    def _open(self) -> socket.socket:
        """Join the group; raises OSError."""
        opened = socket.socket(socket.AF_INET, socket.SOCK_DGRAM, socket.IPPROTO_UDP)
        try:
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER)
            opened.bind((str(self._group), self._port))
            if self._group.is_multicast:
                member = self._group.packed + self._interface.packed
                opened.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, member)
        except BaseException:
            opened.close()
            raise
        self._socket = opened
        return opened

    def _tell(self, error: OSError) -> None:
        if not self._said:
            why = error.strerror or error
            log.warning("the log of apis-main at %s:%d cannot be heard: %s", self._group, self._port, why)
        self._said = True

    def close(self) -> None:
        """Leave the group."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None
