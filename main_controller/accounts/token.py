"""One token of a script: for what, until when and from where it holds."""

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache

from main_controller.accounts.roles import Role
from main_controller.errors import BadRequest
from main_controller.sentence import say

MOST_NETWORKS = 16
"""How many networks a token may have."""

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True, slots=True)
class Token:
    """What a script sends in place of a log-in. `digest` is the SHA-256 (hex) of its secret; times are aware UTC.

    It may no more than its `role`, nor than its owner, whose number `account` is. `networks` are those that it may be
    sent from, none for everywhere; `used` is when it last was.
    """

    number: int
    digest: str = field(repr=False)
    account: int
    name: str
    role: Role
    began: datetime
    ends: datetime
    networks: tuple[str, ...] = ()
    used: datetime | None = None

    def holds(self, now: datetime, address: str) -> bool:
        """Whether it does at this moment, sent from this address."""
        return now < self.ends and self.is_for(address)

    def is_for(self, address: str) -> bool:
        """Whether it may be sent from this address."""
        if not self.networks:
            return True
        try:
            found = ipaddress.ip_address(address.partition("%")[0])
        except ValueError:
            return False
        mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
        return any((mapped or found) in _network(network) for network in self.networks)


def networks_of(texts: Sequence[str]) -> tuple[str, ...]:
    """The networks that these texts name, each once and in its one spelling; raises BadRequest for what is none."""
    if len(texts) > MOST_NETWORKS:
        raise BadRequest(say("accounts.manyNetworks", "A token has at most {most} networks.", most=MOST_NETWORKS))
    found: dict[str, None] = {}
    for text in texts:
        try:
            found[str(_network(text.strip()))] = None
        except ValueError:
            sentence = say(
                "accounts.noNetwork", "{given!r} is no network such as 192.168.0.0/24.", given=text[:100]
            )  # fmt: skip
            raise BadRequest(sentence) from None
    return tuple(found)


@lru_cache(maxsize=1024)
def _network(text: str) -> Network:
    """The network; an IPv4 one written as IPv6 is the IPv4 one. Raises ValueError for what is none."""
    found = ipaddress.ip_network(text, strict=False)
    if isinstance(found, ipaddress.IPv6Network) and found.prefixlen >= 96:
        mapped = found.network_address.ipv4_mapped
        if mapped is not None:
            return ipaddress.ip_network((mapped, found.prefixlen - 96))
    return found
