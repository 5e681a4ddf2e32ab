"""Connects to a host by whichever of its addresses takes the connection first (RFC 8305), within the guard's time.

Used by `bounded.py`. Only connecting is a race: what is sent goes to the one connection that won, once (Z8a).
"""

import errno
import os
import selectors
import socket
from collections.abc import Callable
from typing import Generic, Protocol, TypeVar

from main_controller.sentence import say
from main_controller.upstream.addresses import NO_SUCH_NAME, PATIENCE, Addresses, Place

HEAD_START = 0.25
"""How long (s) an address is tried alone before the next one is tried beside it."""

LOOK_EVERY = 0.05
"""How often (s) it is looked whether the resolver answered, while older addresses are being tried."""

Connection = TypeVar("Connection", bound=socket.socket)


class Clock(Protocol):
    """How long connecting may take; the moments are monotonic s."""

    def now(self) -> float:
        """The time."""

    def found(self) -> None:
        """There is an address to connect to: from now on the time to connect counts."""

    def connect_left(self) -> float:
        """Seconds left for connecting; raises TimeoutError when none are."""


class Connecting(Generic[Connection]):
    """One attempt to connect to `name` at `port`; `make` makes a socket of a family.

    `remembered`: addresses from before stand in for a resolver that is slow or fails; else only what it says counts.
    """

    def __init__(
        self, addresses: Addresses, name: str, port: int, clock: Clock, make: Callable[[int], Connection],
        *, remembered: bool = True,
    ) -> None:  # fmt: skip
        self._addresses = addresses
        self._name = name
        self._port = port
        self._clock = clock
        self._make = make
        self._lookup = addresses.look_up(name)
        self._known = addresses.known(name) if remembered else ()
        self._tried: set[Place] = set()
        self._racing: dict[Connection, Place] = {}
        self._last: OSError = OSError(errno.EADDRNOTAVAIL, NO_SUCH_NAME)

    def connect(self) -> tuple[Connection, Place]:
        """The first connection that is taken, and where; raises OSError, TimeoutError when the time is over."""
        self._wait_for_addresses()
        try:
            with selectors.PollSelector() as selector:  # needs no descriptor of its own
                return self._race(selector)
        except TimeoutError:
            for place in self._racing.values():
                self._addresses.silent(self._name, place)
            raise
        finally:
            for connection in self._racing:
                connection.close()

    def _wait_for_addresses(self) -> None:
        """Until the resolver answers, or for a moment where addresses are known from before."""
        if self._known:
            waited = self._clock.now() - self._lookup.began
            self._lookup.done.wait(max(0.0, PATIENCE - waited))
        elif not self._lookup.done.wait(self._clock.connect_left()):
            late = say("upstream.nameResolvedTooLate", "its name was not resolved in time")
            raise OSError(errno.EHOSTUNREACH, late)
        self._clock.found()

    def _untried(self) -> list[Place]:
        if not self._lookup.done.is_set() or self._lookup.error is not None:
            places = self._known
        else:
            places = self._addresses.in_order(self._name, self._lookup.places)
        return [place for place in places if place not in self._tried]

    def _race(self, selector: selectors.BaseSelector) -> tuple[Connection, Place]:
        next_at = self._clock.now()
        while True:
            left = self._clock.connect_left()
            untried = self._untried()
            if untried and (not self._racing or self._clock.now() >= next_at):
                self._begin(untried[0], selector)
                next_at = self._clock.now() + HEAD_START
                continue
            if not self._racing:
                self._nobody_took_it(left)
                continue
            pause = min(left, max(0.0, next_at - self._clock.now())) if untried else left
            if not self._lookup.done.is_set():
                pause = min(pause, LOOK_EVERY)
            for key, _ in selector.select(pause):
                won = self._ended(key.fileobj, selector)  # type: ignore[arg-type]  # what was registered
                if won is not None:
                    return won
                next_at = self._clock.now()

    def _nobody_took_it(self, left: float) -> None:
        """Every address known so far failed: wait for the resolver's newer ones, or give up."""
        if self._lookup.done.is_set():
            if self._lookup.error is not None and not self._tried:
                raise self._lookup.error
            raise self._last
        self._lookup.done.wait(left)

    def _begin(self, place: Place, selector: selectors.BaseSelector) -> None:
        self._tried.add(place)
        connection: Connection | None = None
        try:
            connection = self._make(place.family)
            connection.setblocking(False)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            code = connection.connect_ex(_where(place, self._port))
            if code not in (0, errno.EINPROGRESS):
                raise OSError(code, os.strerror(code))
        except OSError as error:
            self._last = error
            if connection is not None:  # without one it is this machine that has no room
                connection.close()
                self._failed(place, error)
        else:
            selector.register(connection, selectors.EVENT_WRITE)
            self._racing[connection] = place

    def _ended(self, connection: Connection, selector: selectors.BaseSelector) -> tuple[Connection, Place] | None:
        """What became of a connection whose attempt has ended: itself where it was taken."""
        selector.unregister(connection)
        place = self._racing.pop(connection)
        code = connection.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if code == 0:
            return connection, place
        connection.close()
        self._failed(place, OSError(code, os.strerror(code)))
        return None

    def _failed(self, place: Place, error: OSError) -> None:
        self._last = error
        self._addresses.silent(self._name, place)


def _where(place: Place, port: int) -> tuple[str | int, ...]:
    """The socket's address; the zone of an IPv6 address is resolved by number or interface, never by a name service."""
    if place.family == socket.AF_INET:
        return place.address, port
    address, _, zone = place.address.partition("%")
    return address, port, 0, _scope(zone)


def _scope(zone: str) -> int:
    if not zone:
        return 0
    return int(zone) if zone.isascii() and zone.isdigit() else socket.if_nametoindex(zone)
