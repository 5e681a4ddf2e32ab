"""Slows failed log-ins, by name and by address, with pauses that grow. Used by the log-in, under its lock.

An attempt counts as failed from its begin until it is told to have succeeded, so that many at once gain nothing.
"""

import ipaddress
from collections import OrderedDict
from dataclasses import dataclass
from math import ceil

from main_controller.accounts.account import LONGEST_NAME, key_of


@dataclass(frozen=True, slots=True)
class Slowing:
    """`free` attempts fail without a pause; the next ones pause 1, 2, 4 ... up to `longest` s."""

    free: int
    longest: float

    def pause(self, failed: int) -> float:
        """For how long (s) the next one waits after so many."""
        late = failed - self.free
        return 0.0 if late < 0 else min(self.longest, 2.0 ** min(late, 30))


BY_NAME = Slowing(free=5, longest=30.0)
"""Its longest pause is short, since anybody can have a name slowed."""

BY_ADDRESS = Slowing(free=10, longest=300.0)
"""Many people may share an address, behind a proxy."""

FORGOTTEN_AFTER = 3600.0
"""After how long (s) without another failure all is as if none had been."""

MOST = 5_000
"""How many names, and how many addresses, are remembered; of more those that failed longest ago are forgotten."""


@dataclass(frozen=True, slots=True)
class _Failures:
    count: int
    last: float


class _Kept:
    """The failures of each key, the longest ago first."""

    def __init__(self, slowing: Slowing, most: int) -> None:
        self._slowing = slowing
        self._most = most
        self._failures: OrderedDict[str, _Failures] = OrderedDict()

    def __len__(self) -> int:
        return len(self._failures)

    def left(self, key: str, now: float) -> float:
        """For how long (s) this key still has to wait."""
        count, last = self._found(key, now)
        return max(0.0, last + self._slowing.pause(count) - now)

    def fail(self, key: str, now: float) -> None:
        count, _ = self._found(key, now)
        self._failures[key] = _Failures(count + 1, now)
        self._failures.move_to_end(key)
        while len(self._failures) > self._most:
            self._failures.popitem(last=False)

    def take_back(self, key: str) -> None:
        found = self._failures.get(key)
        if found is not None:
            self._failures[key] = _Failures(max(0, found.count - 1), found.last)

    def clear(self, key: str) -> None:
        self._failures.pop(key, None)

    def _found(self, key: str, now: float) -> tuple[int, float]:
        found = self._failures.get(key)
        if found is None or now - found.last >= FORGOTTEN_AFTER:
            return 0, now
        return found.count, found.last


class Attempts:
    """What failed lately. Every `now` is monotonic s; not for several threads at once."""

    def __init__(self, by_name: Slowing = BY_NAME, by_address: Slowing = BY_ADDRESS, most: int = MOST) -> None:
        self._names = _Kept(by_name, most)
        self._addresses = _Kept(by_address, most)
        self._proven = _Proven(most)

    def begin(self, name: str, address: str, now: float) -> int:
        """Begin one for this name from this address: 0, or after how many s it may be begun, and then it was not.

        A name's pause does not hold where it has logged in from the same address before, so that a stranger keeps
        nobody out.
        """
        key, network = _key(name), network_of(address)
        left = self._addresses.left(network, now)
        if not self._proven.has(key, network):
            left = max(left, self._names.left(key, now))
        if left > 0:
            return ceil(left)
        self._names.fail(key, now)
        self._addresses.fail(network, now)
        return 0

    def succeeded(self, name: str, address: str) -> None:
        """The one begun was right: the name is as if none had failed; the address's other failures stay."""
        key, network = _key(name), network_of(address)
        self._names.clear(key)
        self._addresses.take_back(network)
        self._proven.add(key, network)

    def given_up(self, name: str, address: str) -> None:
        """The one begun was neither right nor wrong, as nobody could look."""
        self._names.take_back(_key(name))
        self._addresses.take_back(network_of(address))

    @property
    def remembered(self) -> int:
        """How many names and addresses are remembered."""
        return len(self._names) + len(self._addresses) + len(self._proven)


class _Proven:
    """From where each name has logged in, the longest ago first."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._pairs: OrderedDict[tuple[str, str], None] = OrderedDict()

    def __len__(self) -> int:
        return len(self._pairs)

    def has(self, key: str, network: str) -> bool:
        return (key, network) in self._pairs

    def add(self, key: str, network: str) -> None:
        self._pairs[key, network] = None
        self._pairs.move_to_end((key, network))
        while len(self._pairs) > self._most:
            self._pairs.popitem(last=False)


def _key(name: str) -> str:
    """What a name is slowed by, of bounded length."""
    return key_of(name[:LONGEST_NAME])[:LONGEST_NAME]


def network_of(address: str) -> str:
    """What an address is slowed by: an IPv4 address itself, of an IPv6 address its /64, which is one household's."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address[:100]
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ipaddress.ip_network((found, 64), strict=False))
