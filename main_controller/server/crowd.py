"""Owns which connections are open, and which of them makes room for a new one (AV7, AV8).

Used by the listeners, in the server's own thread. Nobody is kept out: who comes when all places are taken gets that of
the connection longest without a request.
"""

import heapq
import ipaddress
import logging
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Protocol

from main_controller.server.lanes import Lane
from main_controller.server.seldom import Seldom

log = logging.getLogger(__name__)

OF_ONE_ADDRESS = 64
"""Connections of one address that are kept open without a request in hand.

Only such are closed for it, and none of this machine's own: behind a proxy, all callers have the proxy's address, and a
proxy opens anew what was closed while it rested.
"""

NEW_FOR = 2.0
NEWEST = 16
"""So many of the newest connections may be silent for `NEW_FOR` s before they go ahead of those that asked once."""

LOOKED_AT = 16
"""How many connections at most are looked at for input that came this very moment."""


class Member(Protocol):
    """An open connection: `idle_since` (monotonic s) is when its last request ended, or when it was opened."""

    caller: str
    asked: bool
    idle_since: float
    lane: Lane

    @property
    def busy(self) -> bool:
        """Whether it has a request in hand."""

    @property
    def unread(self) -> bool:
        """Whether a request begins to come on it this moment."""

    def handle_close(self) -> None:
        """Close it."""


class Crowd:
    """The open connections, at most `limit`."""

    def __init__(self, limit: int, clock: Callable[[], float]) -> None:
        self._limit = limit
        self._clock = clock
        self._members: set[Member] = set()
        self._of: Counter[str] = Counter()
        self._full = Seldom(log, clock)

    def __len__(self) -> int:
        return len(self._members)

    def enter(self, member: Member) -> None:
        """Count a new connection."""
        self._members.add(member)
        self._of[member.caller] += 1

    def leave(self, member: Member) -> None:
        """Count it no more; nothing happens where it was not counted."""
        if member not in self._members:
            return
        self._members.discard(member)
        self._of[member.caller] -= 1
        if not self._of[member.caller]:
            del self._of[member.caller]

    def make_room(self, caller: str) -> bool:
        """Close what must go before a connection of `caller` is taken; whether there is a place for it."""
        if self._of[caller] >= OF_ONE_ADDRESS and not _is_here(caller):
            self._close(self._longest_idle(member for member in self._members if member.caller == caller))
        if len(self._members) < self._limit:
            return True
        self._full.warning(
            f"{len(self._members)} connections are open, as many as may be (connection_limit, or the limit of open "
            "descriptors): those longest without a request are closed"
        )
        return self.close_one()

    def close_one(self) -> bool:
        """Close the connection that is missed least; False where each is about to stop something."""
        return self._close(self._longest_idle(self._members) or self._longest_busy())

    def _close(self, member: Member | None) -> bool:
        if member is None:
            return False
        member.handle_close()
        self.leave(member)
        return True

    def _longest_idle(self, members: Iterable[Member]) -> Member | None:
        """Those that never asked for anything go first, but for the newest, whose request may be on its way."""
        idle = [member for member in members if not member.busy]
        late = self._clock() - NEW_FOR
        silent = [member for member in idle if not member.asked and member.idle_since > late]
        new = {id(member) for member in heapq.nlargest(NEWEST, silent, key=lambda member: member.idle_since)}
        first = heapq.nsmallest(
            LOOKED_AT, idle, key=lambda member: (id(member) in new, member.asked, member.idle_since)
        )
        return next((member for member in first if not member.unread), first[0] if first else None)

    def _longest_busy(self) -> Member | None:
        """An order in hand is finished all the same; its answer is lost."""
        ordinary = (member for member in self._members if member.busy and member.lane is Lane.ORDINARY)
        return min(ordinary, key=lambda member: member.idle_since, default=None)


def _is_here(caller: str) -> bool:
    """Whether an address is this machine's own loopback."""
    try:
        address = ipaddress.ip_address(caller.partition("%")[0])
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return bool((mapped or address).is_loopback)
