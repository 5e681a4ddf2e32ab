"""A stop finds its way past dead addresses and a resolver that is slow, and is written to one connection only (M4)."""

import itertools
import socket
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from main_controller.domain.modes import ConverterStatus
from main_controller.errors import UpstreamError, UpstreamUnreachable
from main_controller.sentence import foreign
from main_controller.upstream import connecting
from main_controller.upstream.addresses import Addresses, Place
from main_controller.upstream.devices import Target
from main_controller.upstream.http_json import HttpJson, Timeout
from main_controller.upstream.node_drivers import NodeDrivers
from tests.faulty_server import FAULTS, FaultyServer, answering, unconnectable_url
from tests.upstream.test_devices import DCDC

BUDGET = Timeout(connect=2, total=5)
SOON = 1.0
"""Within so many s a stop's first byte leaves, whatever the trouble."""

ALIVE, DEAD, DEAD_TOO = "127.0.0.1", "127.0.0.2", "127.0.0.3"
LAST = Place(socket.AF_INET, ALIVE)


class Resolver:
    """Answers `places` at once, or as `behave` has it."""

    def __init__(self, *places: str) -> None:
        self.places = list(places)
        self.behave: Callable[[], object] = lambda: None
        self.released = threading.Event()

    def __call__(self, name: str) -> list[str]:
        self.behave()
        return list(self.places)

    def hang(self) -> None:
        """Until the test ends."""
        self.released.wait(30)

    def fail(self) -> None:
        """As with no network."""
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")


@pytest.fixture
def server() -> Iterator[FaultyServer]:
    with FaultyServer(default=answering({"active": False})) as made:
        yield made


@pytest.fixture
def resolver() -> Iterator[Resolver]:
    made = Resolver(ALIVE)
    yield made
    made.released.set()


@pytest.fixture
def known(resolver: Resolver) -> Addresses:
    return Addresses(resolver)


def orders(known: Addresses) -> HttpJson:
    return HttpJson(reuse_connections=False, user_agent="test", addresses=known)


def stop(known: Addresses, server: FaultyServer, budget: Timeout = BUDGET) -> float:
    """Send it; how long (s) that took."""
    began = time.monotonic()
    orders(known).get(f"http://grid:{server.port}/stop", timeout=budget, peer=foreign("apis-web"))
    return time.monotonic() - began


def test_a_dead_first_address_is_passed_over(server: FaultyServer, resolver: Resolver, known: Addresses) -> None:
    resolver.places = [DEAD, ALIVE]
    with unconnectable_url(DEAD, server.port):
        assert connecting.HEAD_START <= stop(known, server) < SOON
        assert stop(known, server) < connecting.HEAD_START, "the one that answered is tried first from now on"
    assert len(server.requests) == 2


@pytest.mark.parametrize("order", list(itertools.permutations([DEAD, DEAD_TOO, ALIVE])))
def test_each_address_gets_its_share_of_the_budget(
    order: tuple[str, ...], server: FaultyServer, resolver: Resolver, known: Addresses
) -> None:
    resolver.places = list(order)
    with unconnectable_url(DEAD, server.port), unconnectable_url(DEAD_TOO, server.port):
        assert stop(known, server) < SOON
    assert len(server.requests) == 1


def test_an_address_that_refuses_costs_no_time(server: FaultyServer, resolver: Resolver, known: Addresses) -> None:
    resolver.places = [DEAD, DEAD_TOO, ALIVE]
    assert stop(known, server) < connecting.HEAD_START


def test_only_dead_addresses_are_given_up_in_the_time_to_connect(
    server: FaultyServer, resolver: Resolver, known: Addresses
) -> None:
    resolver.places = [DEAD, DEAD_TOO]
    with (
        unconnectable_url(DEAD, server.port),
        unconnectable_url(DEAD_TOO, server.port),
        pytest.raises(UpstreamUnreachable, match=r"no connection within 0\.6 s") as caught,
    ):
        stop(known, server, Timeout(connect=0.6, total=30))
    assert caught.value.sent is False


def test_an_order_is_written_to_one_connection_once_though_both_addresses_take_one(
    server: FaultyServer, resolver: Resolver, known: Addresses, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only connecting is a race (Z8a)."""
    monkeypatch.setattr(connecting, "HEAD_START", 0.0)
    resolver.places = [DEAD, ALIVE]
    with FaultyServer(default=answering({}), host=DEAD, port=server.port) as other:
        for _ in range(20):
            stop(known, server)
        assert len(server.requests) + len(other.requests) == 20


def test_while_the_resolver_is_slow_the_last_good_address_is_used(
    server: FaultyServer, resolver: Resolver, known: Addresses
) -> None:
    stop(known, server)
    resolver.behave = resolver.hang
    for _ in range(3):
        assert stop(known, server) < SOON
    assert len(server.requests) == 4


def test_also_after_a_restart(server: FaultyServer, resolver: Resolver, known: Addresses) -> None:
    stop(known, server)
    resolver.behave = resolver.hang
    assert stop(Addresses(resolver, kept=known.as_json()), server) < SOON


def test_also_when_the_resolver_says_that_there_is_no_such_name(
    server: FaultyServer, resolver: Resolver, known: Addresses
) -> None:
    stop(known, server)
    resolver.behave = resolver.fail
    assert stop(known, server) < SOON
    resolver.behave, resolver.places = (lambda: None), []
    assert stop(known, server) < SOON


def test_a_slow_resolver_and_a_dead_last_good_address_end_at_the_other_one(
    server: FaultyServer, resolver: Resolver, known: Addresses
) -> None:
    resolver.behave = resolver.hang
    with unconnectable_url(DEAD, server.port):
        assert stop(Addresses(resolver, kept={"grid": [DEAD, ALIVE]}), server) < SOON


def test_what_the_resolver_said_meanwhile_is_tried_beside_a_dead_address(
    server: FaultyServer, resolver: Resolver
) -> None:
    resolver.behave = lambda: resolver.released.wait(0.6)
    with unconnectable_url(DEAD, server.port):
        assert stop(Addresses(resolver, kept={"grid": [DEAD]}), server) < 2


def test_an_answer_that_came_too_late_serves_the_next_order(server: FaultyServer, resolver: Resolver) -> None:
    resolver.behave = resolver.hang
    known = Addresses(resolver, kept={"grid": [DEAD]})
    with unconnectable_url(DEAD, server.port):
        with pytest.raises(UpstreamUnreachable):
            stop(known, server, Timeout(connect=0.3, total=1))
        lookup = known.look_up("grid")
        resolver.released.set()
        assert lookup.done.wait(5)
        resolver.released.clear()
        assert stop(known, server) < SOON, "although the resolver is slow again"


def test_with_no_address_known_the_order_leaves_as_soon_as_the_resolver_answers(
    server: FaultyServer, resolver: Resolver, known: Addresses
) -> None:
    """Within the whole budget, although the time to connect is shorter."""
    resolver.behave = lambda: resolver.released.wait(1.0)
    assert 0.9 < stop(known, server, Timeout(connect=0.3, total=5)) < 2.5


def test_a_resolver_that_never_answers_is_told_and_nothing_was_sent(
    server: FaultyServer, resolver: Resolver, known: Addresses
) -> None:
    resolver.behave = resolver.hang
    with pytest.raises(UpstreamUnreachable, match="its name was not resolved in time") as caught:
        stop(known, server, Timeout(connect=0.2, total=0.4))
    assert caught.value.sent is False
    assert server.requests == []
    assert caught.value.sentence.code == "upstream.unreachable"
    assert caught.value.sentence.parameters["reason"].code == "upstream.nameResolvedTooLate"


def test_an_address_that_takes_the_connection_and_says_nothing_is_tried_last_the_next_time(
    server: FaultyServer, resolver: Resolver, known: Addresses
) -> None:
    resolver.places = [DEAD, ALIVE]
    with socket.create_server((DEAD, server.port)):
        with pytest.raises(UpstreamError) as caught:
            stop(known, server, Timeout(1, 0.4))
        assert caught.value.sent == "unknown"
        assert stop(known, server) < SOON


def test_a_server_that_speaks_http_badly_still_is_the_one(resolver: Resolver, known: Addresses) -> None:
    with FaultyServer(default=FAULTS["500"]) as server:
        with pytest.raises(UpstreamError):
            stop(known, server)
        assert known.as_json() == {"grid": [ALIVE]}


def test_a_reading_finds_the_last_good_address_too(server: FaultyServer, resolver: Resolver, known: Addresses) -> None:
    stop(known, server)
    resolver.behave = resolver.hang
    readings = HttpJson(reuse_connections=True, user_agent="test", addresses=known)
    began = time.monotonic()
    readings.get(f"http://grid:{server.port}/get/log", timeout=BUDGET)
    readings.close()
    assert time.monotonic() - began < SOON


def test_wait_goes_to_a_devices_last_good_address_and_nothing_else_does(
    server: FaultyServer, resolver: Resolver, known: Addresses
) -> None:
    """Another node may have that address by now: Wait may be wrong there, a current must not be (Z4)."""
    server.default = answering(DCDC)
    readings = HttpJson(reuse_connections=True, user_agent="test", addresses=known)
    short = dict.fromkeys(("converter", "deviceReading", "ups"), Timeout(0.3, 0.5))
    drivers = NodeDrivers(
        f":{server.port}/set", {"dcdc": f":{server.port}/get"}, f":{server.port}/ups", readings, orders(known),
        timeouts=short,
    )  # fmt: skip
    node = Target("E001", "grid")
    drivers.command(node, ConverterStatus.CHARGE, 350, 1)
    resolver.behave = resolver.hang
    began = time.monotonic()
    drivers.command(node, ConverterStatus.WAIT, 0, 0)
    assert time.monotonic() - began < SOON
    for attempt in (
        lambda: drivers.command(node, ConverterStatus.CHARGE, 350, 1),
        lambda: drivers.ups_mode(node, 1),
        lambda: drivers.read(node, "dcdc"),
    ):
        with pytest.raises(UpstreamUnreachable) as caught:
            attempt()
        assert caught.value.sent is False
    readings.close()
    assert len(server.requests) == 2
