"""Sends the simulated programs' log, one line a datagram, and never beyond this machine (K16)."""

import ipaddress
import logging
import os
import socket

log = logging.getLogger(__name__)

LOOPBACK = "127.0.0.1"


class LogSender:
    """Sends to `address` (an IPv4 group of multicast, or a loopback address) at `port`.

    A datagram to a group goes out at `interface` (loopback by default; 0.0.0.0: where this machine's multicast goes)
    with a time to live of 0, so it reaches who listens on this machine and no network. What cannot be sent at once is
    lost, as it would be; where nothing can be sent, that is said once. Raises ValueError for any other address.
    """

    def __init__(self, address: str, port: int, *, interface: str = LOOPBACK) -> None:
        to = ipaddress.IPv4Address(address)
        if not (to.is_loopback or to.is_multicast):
            raise ValueError(f"the simulated log is for this machine, not for {address}")
        self._to = (address, port)
        self._said = False
        self._socket = _opened(interface)

    def __call__(self, datagram: bytes) -> None:
        """Send one line; nobody need listen."""
        try:
            self._socket.sendto(datagram, self._to)
        except BlockingIOError:
            return
        except OSError as error:
            self._tell(error)

    def _tell(self, error: OSError) -> None:
        if not self._said:
            log.warning("the simulated log cannot be sent to %s:%d: %s", *self._to, error.strerror or error)
        self._said = True

    def close(self) -> None:
        """Send no more."""
        self._socket.close()


def _opened(interface: str) -> socket.socket:
    """Raises OSError where this machine has no such interface."""
    opened = socket.socket(socket.AF_INET, socket.SOCK_DGRAM, socket.IPPROTO_UDP)
    try:
        opened.setblocking(False)
        opened.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, 0)
        opened.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_LOOP, 1)
        opened.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(interface))
    except OSError:
        opened.close()
        raise
    return opened


def own_group() -> tuple[str, int]:
    """A group of multicast and a port that no other simulated cluster on this machine has. Raises OSError."""
    number = os.getpid()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind((LOOPBACK, 0))
        return f"239.{192 + (number >> 16 & 63)}.{number >> 8 & 255}.{number & 255}", int(probe.getsockname()[1])
