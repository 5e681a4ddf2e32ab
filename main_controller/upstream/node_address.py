"""The address of something on a node, made of the node's `ip` from the wire, which is never trusted (Z4, A15-4).

Used by the devices alone.
"""

import ipaddress
import re
from urllib.parse import quote

from main_controller.errors import UpstreamRefused
from main_controller.sentence import Sentence, say

_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_HOST_NAME = re.compile(rf"(?=.{{1,253}}\Z)(?:{_LABEL}\.)*(?=[A-Za-z]){_LABEL}")
_UNSET = frozenset({"na", "n/a", "null", "none"})


def node_url(unit_id: str, ip: str | None, suffix: str) -> str:
    """`http://<ip><suffix>`, where the ip is a literal address or a plain host name.

    A suffix that is itself an http:// address stands as it is, with `{id}` in it replaced by the unit's id: for a
    gateway that serves many nodes. Raises `UpstreamRefused` with `sent` False for an ip that is neither.
    """
    if suffix.startswith("http://"):
        return suffix.replace("{id}", path_segment(unit_id))
    return f"http://{_host(unit_id, ip)}{suffix}"


def path_segment(unit_id: str) -> str:
    """A unit's id as one segment of a path; `.` and `..` would climb, so they are refused."""
    if unit_id in {"", ".", ".."}:
        sentence = say(
            "upstream.idOfNoAddress", "the unit id '{unit}' cannot be part of an address: nothing was sent",
            unit=unit_id,
        )  # fmt: skip
        raise _refused(sentence)
    return quote(unit_id, safe="", errors="replace")


def _host(unit_id: str, ip: str | None) -> str:
    if not ip or ip.lower() in _UNSET:
        sentence = say(
            "upstream.noAddressTold", "{unit} has told no address of its own: nothing was sent", unit=unit_id
        )
        raise _refused(sentence)
    try:
        address = ipaddress.ip_address(ip)
    except ValueError:
        if _HOST_NAME.fullmatch(ip):
            return ip
        sentence = say(
            "upstream.noAddress", "{unit} gives {address} as its address, which is none: nothing was sent",
            unit=unit_id, address=ascii(ip[:60]),
        )  # fmt: skip
        raise _refused(sentence) from None
    if address.is_unspecified or address.is_multicast or "%" in ip:
        sentence = say(
            "upstream.addressOfNoNode",
            "{unit} gives {address} as its address, where no single node can be: nothing was sent",
            unit=unit_id, address=ascii(ip[:60]),
        )  # fmt: skip
        raise _refused(sentence)
    return f"[{address}]" if address.version == 6 else str(address)


def _refused(sentence: Sentence) -> UpstreamRefused:
    return UpstreamRefused(sentence, sent=False)
