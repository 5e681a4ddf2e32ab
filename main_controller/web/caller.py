"""Who calls, over the proxies between: the address, the scheme, and whether the request was forwarded at all.

Pure. The application asks it once for each request; guard, log and orders use what it found. A header says where a
request came from only as far as the proxies that wrote it are trusted (setting `trusted_proxies`), read from the
nearest hop on. What is missing, garbled or contradicts itself makes an address unknown, never another one.
"""

import ipaddress
import re
from collections.abc import Collection, Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from typing import Any

FORWARDED = "HTTP_FORWARDED"
FORWARDED_FOR = "HTTP_X_FORWARDED_FOR"
FORWARDED_PROTO = "HTTP_X_FORWARDED_PROTO"

FORWARDED_PREFIX = "HTTP_X_FORWARDED_PREFIX"

PREFIX = re.compile(r"(?=.{1,200}\Z)(/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)+")
"""A path that can stand in a cookie: no dots that climb, nothing that ends it."""

MOST_PROXIES = 16
"""How many trusted proxies in a row are believed; whoever stands behind more of them is unknown."""

CALLER = "main_controller.caller"
"""Where a request's environment has its `Caller`."""

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

LONGEST_HOP = 64
"""Characters of an address with its port."""

SIX = r"[0-9A-Fa-f:.]+(%[0-9A-Za-z._-]{1,15})?"
HOP = re.compile(rf"\[(?P<bracketed>{SIX})\](:[0-9]{{1,5}})?|(?P<four>[0-9.]+):[0-9]{{1,5}}|(?P<bare>{SIX})")
"""An address as proxies write it: with a port or without. Names and obfuscated identifiers are none."""

PAIR = re.compile(
    r"[ \t]*(?P<name>[!#$%&'*+.^_`|~0-9A-Za-z-]+)="
    r'(?:(?P<token>[!#$%&\'*+.^_`|~0-9A-Za-z-]+)|"(?P<quoted>(?:[^"\\]|\\.)*)")[ \t]*(?P<end>[;,]|\Z)'
)
"""One pair of a `Forwarded` header (RFC 7239, 4) and what ends it."""


@dataclass(frozen=True, slots=True)
class Caller:
    """`address` is the client's, or "unknown via" and the nearest hop's where a trusted proxy does not tell it.

    `scheme` is "https" where a trusted proxy says that the client called it so, else "http"; `forwarded` is whether the
    request bears any `X-Forwarded-*` or `Forwarded`, believed or not. `path` is below which path the client has this
    program, by a trusted proxy's `X-Forwarded-Prefix`: "/north", "" for none.
    """

    address: str
    scheme: str = "http"
    forwarded: bool = False
    path: str = ""


class Callers:
    """Tells the caller of each request; `trusted_proxies` are networks like "10.0.0.0/24", none for nobody."""

    def __init__(self, trusted_proxies: Collection[str] = ()) -> None:
        self._trusted: list[Network] = [ipaddress.ip_network(network, strict=False) for network in trusted_proxies]

    def of(self, environ: Mapping[str, Any]) -> Caller:
        """The caller of the request of this WSGI environment."""
        nearest = str(environ.get("REMOTE_ADDR", "?"))
        if not any(key.startswith("HTTP_X_FORWARDED") or key == FORWARDED for key in environ):
            return Caller(nearest)
        if not self._trusts(address_in(nearest)):
            return Caller(nearest, forwarded=True)
        prefix = environ.get(FORWARDED_PREFIX, "").rstrip("/")
        path = prefix if PREFIX.fullmatch(prefix) else ""
        return Caller(self._address(environ, nearest), _scheme(environ), forwarded=True, path=path)

    def _address(self, environ: Mapping[str, Any], nearest: str) -> str:
        """The client's address by what the headers say, which must not contradict each other."""
        told = []
        if FORWARDED_FOR in environ:
            told.append(self._client([hop.strip(" \t") for hop in environ[FORWARDED_FOR].rsplit(",", MOST_PROXIES)]))
        if FORWARDED in environ:
            elements = _elements(environ[FORWARDED]) or [{}]
            told.append(self._client([element.get("for", "") for element in elements[-MOST_PROXIES - 1 :]]))
        client = told[0] if told and all(one == told[0] for one in told) else None
        return f"unknown via {nearest}" if client is None else client

    def _client(self, hops: Sequence[str]) -> str | None:
        """The last of the hops that is no trusted proxy, or the first; None where it cannot be told."""
        for hop in reversed(hops[-MOST_PROXIES:]):
            address = _hop(hop)
            if address is None or not self._trusts(address):
                return None if address is None else str(address)
        return None if len(hops) > MOST_PROXIES else str(_hop(hops[0]))

    def _trusts(self, address: Address | None) -> bool:
        return address is not None and any(address in network for network in self._trusted)


NOBODY_TRUSTED = Callers()


def caller_of(environ: Mapping[str, Any]) -> Caller:
    """The caller as the application found it, or, before that, as the connection has it."""
    found: Caller | None = environ.get(CALLER)
    return NOBODY_TRUSTED.of(environ) if found is None else found


def note_caller(environ: MutableMapping[str, Any], callers: Callers) -> None:
    """Put the caller into the request's environment."""
    environ[CALLER] = callers.of(environ)


def address_in(text: str) -> Address | None:
    """The address that a text is, without its zone; an IPv4 address written as IPv6 is the IPv4 address."""
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address


def _hop(text: str) -> Address | None:
    """The address of one hop, with or without a port; None for whatever else stands there."""
    found = HOP.fullmatch(text)
    if found is None or len(text) > LONGEST_HOP:
        return None
    address = address_in(found["bracketed"] or found["four"] or found["bare"])
    return (
        None
        if "%" in text and not (address is not None and address.is_link_local and address.version == 6)
        else address
    )


def _elements(header: str) -> list[dict[str, str]] | None:
    """The elements of a `Forwarded` header in their order, names in lower case; None where it is malformed."""
    elements: list[dict[str, str]] = [{}]
    place = 0
    while True:
        pair = PAIR.match(header, place)
        if pair is None or pair["name"].lower() in elements[-1]:
            return None
        quoted = pair["quoted"]
        elements[-1][pair["name"].lower()] = pair["token"] if quoted is None else re.sub(r"\\(.)", r"\1", quoted)
        place = pair.end()
        if not pair["end"]:
            return elements
        if pair["end"] == ",":
            elements.append({})


def _scheme(environ: Mapping[str, Any]) -> str:
    """How the client called the trusted proxy: https only where all that is said agrees on it."""
    told = []
    if FORWARDED_PROTO in environ:
        told += [scheme.strip(" \t").lower() for scheme in environ[FORWARDED_PROTO].split(",")]
    if FORWARDED in environ:
        elements = _elements(environ[FORWARDED])
        if elements is None or "proto" in elements[-1]:
            told.append("" if elements is None else elements[-1]["proto"].lower())
    return "https" if told and all(scheme == "https" for scheme in told) else "http"
