"""What this machine is called and where others reach it. Used by the readings (`/ipv4`, R17) and the guard (Z3)."""

import socket

_ELSEWHERE = ("192.0.2.1", 9)
"""An address that nobody has (RFC 5737); a datagram socket pointed at it sends nothing, but gets its own address."""


def ipv4() -> str:
    """The IPv4 address from which this machine would reach another; 127.0.0.1 when it is on no network."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(_ELSEWHERE)
        except OSError:
            return "127.0.0.1"
        address: str = probe.getsockname()[0]
        return address


def host_names() -> frozenset[str]:
    """This machine's own names in lower case, with and without its domain, and with `.local`."""
    whole = socket.gethostname().lower().rstrip(".")
    short = whole.partition(".")[0]
    return frozenset(name for name in (whole, short, f"{short}.local") if name and name != ".local")
