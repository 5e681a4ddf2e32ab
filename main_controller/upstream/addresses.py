"""Where a host name leads: asked in the background, with the addresses that answered last as what stands in for it.

Used by `connecting.py` for every connection. A resolver that takes 20 s or never answers keeps no stop back (Z8): after
`PATIENCE` the addresses known from before are taken, also those of the run before (`kept`). Nothing here waits for a
disk.
"""

import errno
import ipaddress
import socket
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from main_controller.sentence import say

PATIENCE = 0.2
"""How long (s) the resolver is waited for where an address is known from before."""

MOST_LOOKUPS = 64
"""How many names are asked for at the same time; others wait until one of those is answered."""

MOST_NAMES = 2000
MOST_OF_A_NAME = 8
"""How many names, and addresses of one, are remembered."""

NO_SUCH_NAME = say("upstream.noSuchName", "no such host name")

Resolver = Callable[[str], Iterable[str]]
"""The addresses of a host name, literal, best first; raises OSError or ValueError. May take as long as it likes."""


class Place(NamedTuple):
    """One address of a host, with the family of its socket."""

    family: int
    address: str


def resolve(name: str) -> list[str]:
    """What the system's resolver says; IPv6 addresses with their zone."""
    found = []
    for family, _, _, _, where in socket.getaddrinfo(name, None, type=socket.SOCK_STREAM):
        if family in (socket.AF_INET, socket.AF_INET6):
            numeric, _ = socket.getnameinfo(where, socket.NI_NUMERICHOST | socket.NI_NUMERICSERV)
            found.append(numeric)
    return found


class Lookup:
    """One question to the resolver; `done` is set once `places` or `error` tells the answer."""

    def __init__(self, name: str, began: float) -> None:
        self.name = name
        self.began = began
        self.done = threading.Event()
        self.places: tuple[Place, ...] = ()
        self.error: OSError | None = None


class Addresses:
    """What is known of host names. `clock` is monotonic s; `changed` grows whenever what is worth keeping changes."""

    def __init__(
        self, resolver: Resolver = resolve, *, kept: object = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._resolver = resolver
        self._clock = clock
        self._changing = threading.Lock()  # protects the fields below, for dictionary work only
        self._under_way: dict[str, Lookup] = {}
        self._waiting: deque[Lookup] = deque()
        self._threads = 0
        self._found: dict[str, tuple[Place, ...]] = {}
        self._silent: dict[str, tuple[Place, ...]] = {}
        self._answered: dict[str, tuple[Place, ...]] = _kept_places(kept)
        self.changed = 0

    def look_up(self, name: str) -> Lookup:
        """Ask the resolver, or share the question that is under way; a literal address is answered at once."""
        lookup = Lookup(name, self._clock())
        literal = _literal(name)
        if literal is not None:
            lookup.places = (literal,)
            lookup.done.set()
            return lookup
        with self._changing:
            running = self._under_way.get(name)
            if running is not None:
                return running
            self._under_way[name] = lookup
            if self._threads >= MOST_LOOKUPS:
                self._waiting.append(lookup)
                return lookup
            self._threads += 1
        try:
            threading.Thread(target=self._ask, args=(lookup,), name="resolver", daemon=True).start()
        except RuntimeError:  # no thread is left; those that know an address from before need none
            with self._changing:
                self._threads -= 1
                self._under_way.pop(name, None)
            reason = say("upstream.noThreadToAsk", "no thread is left to ask for its address")
            lookup.error = OSError(errno.EAGAIN, reason)
            lookup.done.set()
        return lookup

    def known(self, name: str) -> tuple[Place, ...]:
        """The addresses known from before: those that answered first, those that were silent when last tried last."""
        with self._changing:
            found = self._found.get(name, ())
            places = (*found, *self._answered.get(name, ()))
        ordered = self.in_order(name, places)
        return tuple(sorted(ordered, key=lambda place: bool(found) and place not in found))

    def in_order(self, name: str, places: Iterable[Place]) -> tuple[Place, ...]:
        """These addresses, each once, with the one that answered last first and those that were silent last."""
        with self._changing:
            answered, silent = self._answered.get(name, ()), self._silent.get(name, ())
        each = list(dict.fromkeys(places))
        each.sort(key=lambda place: (place in silent, place not in answered[:1]))
        return tuple(each[:MOST_OF_A_NAME])

    def answered(self, name: str, place: Place) -> None:
        """Remember that a server spoke HTTP there."""
        if _literal(name) is not None:
            return
        with self._changing:
            self._silent[name] = tuple(one for one in self._silent.get(name, ()) if one != place)
            before = self._answered.get(name, ())
            if before[:1] == (place,) or (name not in self._answered and len(self._answered) >= MOST_NAMES):
                return
            self._answered[name] = (place, *(one for one in before if one != place))[:MOST_OF_A_NAME]
            self.changed += 1

    def silent(self, name: str, place: Place) -> None:
        """Remember that nobody answered there, so that the others are tried first the next time."""
        if _literal(name) is not None:
            return
        with self._changing:
            if name in self._silent or len(self._silent) < MOST_NAMES:
                before = self._silent.get(name, ())
                self._silent[name] = (place, *(one for one in before if one != place))[:MOST_OF_A_NAME]

    def as_json(self) -> dict[str, list[str]]:
        """What is worth keeping over a restart: by name the addresses that answered, the last first."""
        with self._changing:
            return {name: [place.address for place in places] for name, places in self._answered.items()}

    def _ask(self, lookup: Lookup | None) -> None:
        while lookup is not None:
            try:
                found = (_literal(text) for text in self._resolver(lookup.name))
                lookup.places = tuple(dict.fromkeys(place for place in found if place is not None))[:MOST_OF_A_NAME]
                if not lookup.places:
                    lookup.error = OSError(errno.EADDRNOTAVAIL, NO_SUCH_NAME)
            except OSError as error:
                lookup.error = error
            except Exception as error:  # noqa: BLE001 - UnicodeError and what a name service adds: no address, told
                reason = say("upstream.noSuchNameBecause", "no such host name ({kind})", kind=type(error).__name__)
                lookup.error = OSError(errno.EADDRNOTAVAIL, reason)
            lookup = self._answer(lookup)

    def _answer(self, lookup: Lookup) -> Lookup | None:
        """Note the answer; the next question for this thread, None when none waits."""
        with self._changing:
            self._under_way.pop(lookup.name, None)
            if lookup.places and (lookup.name in self._found or len(self._found) < MOST_NAMES):
                self._found[lookup.name] = lookup.places
            following = self._waiting.popleft() if self._waiting else None
            if following is None:
                self._threads -= 1
        lookup.done.set()
        return following


def _literal(text: object) -> Place | None:
    """The place that a literal address is, None for a name. IPv4 also in the short forms that the system knows."""
    if not isinstance(text, str) or len(text) > 100:
        return None
    try:
        version = ipaddress.ip_address(text).version
    except ValueError:
        try:
            return Place(socket.AF_INET, socket.inet_ntoa(socket.inet_aton(text)))
        except (OSError, ValueError):
            return None
    return Place(socket.AF_INET if version == 4 else socket.AF_INET6, text)


def _kept_places(kept: object) -> dict[str, tuple[Place, ...]]:
    """What a file kept, as far as it is sound: it may have been written by anybody."""
    found: dict[str, tuple[Place, ...]] = {}
    for name, texts in kept.items() if isinstance(kept, Mapping) else ():
        if len(found) >= MOST_NAMES or not isinstance(name, str) or not 0 < len(name) <= 253 or _literal(name):
            continue
        places = [
            place for text in (texts if isinstance(texts, list) else [])[:MOST_OF_A_NAME] if (place := _one(text))
        ]
        if places:
            found[name] = tuple(dict.fromkeys(places))
    return found


def _one(text: Any) -> Place | None:
    """A kept address where a single host can be."""
    place = _literal(text)
    if place is None:
        return None
    address = ipaddress.ip_address(place.address)
    return None if address.is_unspecified or address.is_multicast else place
