"""The address of something on a node, made of the node's `ip` from the wire, which is never trusted (Z4, A15-4).

Used by the devices alone.
"""

import ipaddress
import re
from collections.abc import Collection
from urllib.parse import quote

from main_controller.errors import UpstreamRefused
from main_controller.sentence import Sentence, say

_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_HOST_NAME = re.compile(rf"(?=.{{1,253}}\Z)(?:{_LABEL}\.)*(?=[A-Za-z]){_LABEL}")
_UNSET = frozenset({"na", "n/a", "null", "none"})


Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def node_url(
    unit_id: str, ip: str | None, suffix: str, networks: Collection[Network] = (), scheme: str = "http"
) -> str:
    """`http://<ip><suffix>`, or of another `scheme`, where the ip is a literal address or a plain host name.

    With `networks` (setting `unit_networks`) it is an address in one of them. Without, it is none that only this
    network's own machinery has: link-local, reserved, multicast (AV13).

    A suffix that is itself an http:// address stands as it is, with `{id}` in it replaced by the unit's id: for a
    gateway that serves many nodes. Raises `UpstreamRefused` with `sent` False for an ip that is neither.
    """
    if suffix.startswith("http://"):
        return suffix.replace("{id}", path_segment(unit_id))
    return f"{scheme}://{_host(unit_id, ip, networks)}{suffix}"


def path_segment(unit_id: str) -> str:
    """A unit's id as one segment of a path; `.` and `..` would climb, so they are refused."""
    if unit_id in {"", ".", ".."}:
        sentence = say(
            "upstream.idOfNoAddress", "the unit id '{unit}' cannot be part of an address: nothing was sent",
            unit=unit_id,
        )  # fmt: skip
        raise _refused(sentence)
    return quote(unit_id, safe="", errors="replace")


def _host(unit_id: str, ip: str | None, networks: Collection[Network]) -> str:
    if not ip or ip.lower() in _UNSET:
        sentence = say(
            "upstream.noAddressTold", "{unit} has told no address of its own: nothing was sent", unit=unit_id
        )
        raise _refused(sentence)
    try:
        address = ipaddress.ip_address(ip)
    except ValueError:
        if _HOST_NAME.fullmatch(ip):
            if networks:
                raise _outside(unit_id, ip) from None
            return ip
        sentence = say(
            "upstream.noAddress", "{unit} gives {address} as its address, which is none: nothing was sent",
            unit=unit_id, address=ascii(ip[:60]),
        )  # fmt: skip
        raise _refused(sentence) from None
    meant = (address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None) or address
    if "%" in ip or meant.is_unspecified or meant.is_multicast or (not networks and _is_nobodys(meant)):
        sentence = say(
            "upstream.addressOfNoNode",
            "{unit} gives {address} as its address, where no single node can be: nothing was sent",
            unit=unit_id, address=ascii(ip[:60]),
        )  # fmt: skip
        raise _refused(sentence)
    if networks and not any(meant in network for network in networks):
        raise _outside(unit_id, ip)
    return f"[{address}]" if address.version == 6 else str(address)


def _is_nobodys(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Whether no node has it unless somebody says so: link-local (a cloud's metadata among them) and reserved."""
    return address.is_link_local or (address.is_reserved and not address.is_loopback)


def _outside(unit_id: str, ip: str) -> UpstreamRefused:
    sentence = say(
        "upstream.addressOutside",
        "{unit} gives {address} as its address, which is in none of the setting unit_networks: nothing was sent",
        unit=unit_id, address=ascii(ip[:60]),
    )  # fmt: skip
    return _refused(sentence)


def _refused(sentence: Sentence) -> UpstreamRefused:
    return UpstreamRefused(sentence, sent=False)
