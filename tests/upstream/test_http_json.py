"""HttpJson against a server that does everything wrong: each fault is one typed error, in time, in one sentence."""

import re
import time
from collections.abc import Iterator

import pytest
import requests
import responses

from main_controller.errors import (
    Sent,
    UpstreamError,
    UpstreamGarbled,
    UpstreamRefused,
    UpstreamTimeout,
    UpstreamUnreachable,
)
from main_controller.sentence import foreign
from main_controller.upstream.http_json import HttpJson, Timeout
from tests.faulty_server import (
    FAULTS,
    ODDITIES,
    UNITS,
    Exchange,
    FaultyServer,
    answering,
    message,
    refusing_url,
    sending,
    unconnectable_url,
)

TIMEOUT = Timeout(connect=0.3, total=0.6)
LIMIT = 2**20


@pytest.fixture
def server() -> Iterator[FaultyServer]:
    with FaultyServer() as server:
        yield server


@pytest.fixture
def readings() -> Iterator[HttpJson]:
    client = HttpJson(reuse_connections=True, user_agent="test", max_bytes=LIMIT)
    yield client
    client.close()


@pytest.fixture
def orders() -> HttpJson:
    return HttpJson(reuse_connections=False, user_agent="test", max_bytes=LIMIT)


EXPECTED: dict[str, tuple[type[UpstreamError] | tuple[type[UpstreamError], ...], Sent, str]] = {
    "hang": (UpstreamTimeout, "unknown", "did not answer /x at http://127.0.0.1:PORT within 0.6 s"),
    "hang amid body": (UpstreamTimeout, "unknown", "within 0.6 s"),
    "drip headers": (UpstreamTimeout, "unknown", "within 0.6 s"),
    "drip body": (UpstreamTimeout, "unknown", "within 0.6 s"),
    "drip chunks": (UpstreamTimeout, "unknown", "within 0.6 s"),
    "endless continues": ((UpstreamTimeout, UpstreamGarbled), "unknown", "more than 1 MiB|within 0.6 s"),
    "closed": (UpstreamGarbled, "unknown", "broke off"),
    "reset": (UpstreamGarbled, "unknown", "broke off"),
    "reset amid headers": (UpstreamGarbled, "unknown", "broke off"),
    "reset amid body": (UpstreamGarbled, "unknown", "broke off"),
    "cut amid body": (UpstreamGarbled, "unknown", "broke off"),
    "cut amid chunks": (UpstreamGarbled, "unknown", "broke off"),
    "cut amid a chunk": (UpstreamGarbled, "unknown", "broke off"),
    "not HTTP": (UpstreamGarbled, "unknown", "not HTTP"),
    "bad chunk size": (UpstreamGarbled, "unknown", "broke off"),
    "negative chunk size": (UpstreamGarbled, "unknown", "more than 1 MiB"),
    "enormous chunk size": (UpstreamGarbled, "unknown", "broke off"),
    "two lengths": (UpstreamGarbled, "unknown", "broke off"),
    "length too small": (UpstreamGarbled, True, "cannot be read"),
    "length too large": (UpstreamGarbled, "unknown", "broke off"),
    "length of a terabyte": (UpstreamGarbled, "unknown", "more than 1 MiB"),
    "endless headers": (UpstreamGarbled, "unknown", "more than 1 MiB|broke off"),
    "endless body": (UpstreamGarbled, "unknown", "more than 1 MiB"),
    "endless chunks": (UpstreamGarbled, "unknown", "more than 1 MiB"),
    "500": (UpstreamRefused, True, "with HTTP 500: it broke"),
    "500 with HTML": (UpstreamRefused, True, "with HTTP 500$"),
    "404": (UpstreamRefused, True, "HTTP 404: not found : /nope"),
    "redirect": (UpstreamRefused, True, "a redirect .HTTP 302., which is not followed"),
    "redirect with an endless body": (UpstreamGarbled, "unknown", "more than 1 MiB"),
    "HTML": (UpstreamGarbled, True, "it is not JSON"),
    "empty": (UpstreamGarbled, True, "it is empty"),
    "truncated JSON": (UpstreamGarbled, True, "it is not JSON"),
    "two values": (UpstreamGarbled, True, "it is not JSON"),
    "bad UTF-8": (UpstreamGarbled, True, "it is not UTF-8"),
    "deep nesting": (UpstreamGarbled, True, "nested too deeply"),
    "gzip unasked": (UpstreamGarbled, True, "in the coding gzip"),
}
VALUES: dict[str, object] = {"null": None, "string": "hello", "number": 42, "true": True, "list": [1, "two", None],
          "list of lists": [[]], "empty object": {}}  # fmt: skip


def test_every_fault_has_its_expectation() -> None:
    """A fault that is added to the server must be added here, with the error that it makes."""
    assert set(FAULTS) == set(EXPECTED) | set(VALUES)


@pytest.mark.parametrize("fault", EXPECTED)
@pytest.mark.parametrize("kind", ["reading", "order"])
def test_a_fault_is_one_typed_error_in_time(
    server: FaultyServer, readings: HttpJson, orders: HttpJson, fault: str, kind: str
) -> None:
    """Each fault ends within the whole time allowed, in one plain sentence that names call and address."""
    error_type, sent, sentence = EXPECTED[fault]
    server.answers["/x"] = FAULTS[fault]
    client = readings if kind == "reading" else orders
    began = time.monotonic()
    with pytest.raises(error_type) as caught:
        client.get(f"{server.url}/x", timeout=TIMEOUT, peer=foreign("apis-web"))
    assert time.monotonic() - began < TIMEOUT.total + 0.5
    error = caught.value
    assert isinstance(error, UpstreamError)
    assert error.sent == sent
    assert error.sentence.startswith("apis-web ")
    assert f"/x at {server.url}" in error.sentence
    assert re.search(sentence.replace("PORT", str(server.port)), error.sentence.removesuffix(MAY_ACT))
    assert error.sentence.isprintable()
    assert "Traceback" not in error.sentence
    assert error.sentence.endswith(MAY_ACT) == (kind == "order" and isinstance(error, UpstreamTimeout))
    assert len(server.requests) == 1, "nothing is ever sent twice"


MAY_ACT = "; the order may still take effect"


@pytest.mark.parametrize("fault", ["hang", "cut amid body", "drip chunks", "reset", "500", "endless body"])
def test_after_a_fault_the_next_reading_is_good(server: FaultyServer, readings: HttpJson, fault: str) -> None:
    """What is left of a broken answer never reaches the next one."""
    server.answers["/x"] = answering(UNITS)
    readings.get(f"{server.url}/x", timeout=TIMEOUT)
    server.answers["/x"] = FAULTS[fault]
    with pytest.raises(UpstreamError):
        readings.get(f"{server.url}/x", timeout=TIMEOUT)
    server.answers["/x"] = answering(UNITS)
    assert readings.get(f"{server.url}/x", timeout=TIMEOUT).value == UNITS


@pytest.mark.parametrize(("name", "value"), VALUES.items())
def test_any_json_value_is_a_reply(server: FaultyServer, readings: HttpJson, name: str, value: object) -> None:
    """Which shape is wanted is the caller's matter."""
    server.answers["/x"] = FAULTS[name]
    assert readings.get(f"{server.url}/x", timeout=TIMEOUT).value == value


@pytest.mark.parametrize("oddity", ["NaN", "Infinity", "1e999", "huge integer", "enormous integer"])
def test_a_number_too_large_spoils_only_its_field(server: FaultyServer, readings: HttpJson, oddity: str) -> None:
    """Z4: it becomes None, its path is named, and everything else comes through."""
    server.answers["/x"] = ODDITIES[oddity]
    reply = readings.get(f"{server.url}/x", timeout=TIMEOUT)
    assert reply.value["E001"] == UNITS["E001"]
    assert reply.value["E002"] == {**UNITS["E002"], "dcdc": {"meter": {"vg": None}}}
    assert reply.nulled == ("E002.dcdc.meter.vg",)


@pytest.mark.parametrize("oddity", ODDITIES)
def test_an_odd_answer_is_still_an_answer(server: FaultyServer, readings: HttpJson, oddity: str) -> None:
    """Only what is not JSON at all spoils a reply."""
    server.answers["/x"] = ODDITIES[oddity]
    reply = readings.get(f"{server.url}/x", timeout=TIMEOUT, by_member=True)
    assert isinstance(reply.value, dict)
    assert reply.value
    assert reply.duplicates == (frozenset({"E001"}) if oddity == "duplicate ids" else frozenset())


def test_a_refused_connection_was_not_sent(orders: HttpJson) -> None:
    """Nobody listens: definitely not sent, and the sentence says why."""
    with refusing_url() as url, pytest.raises(UpstreamUnreachable) as caught:
        orders.get(f"{url}/stop", timeout=TIMEOUT, peer=foreign("apis-web"))
    assert caught.value.sent is False
    assert caught.value.sentence == f"apis-web could not be reached for /stop at {url}: connection refused"


def test_a_connection_that_is_not_made_in_time_was_not_sent(orders: HttpJson) -> None:
    """The time to connect is the shorter one, whatever the whole time is."""
    began = time.monotonic()
    with unconnectable_url() as url, pytest.raises(UpstreamUnreachable) as caught:
        orders.get(f"{url}/stop", timeout=Timeout(connect=0.2, total=30))
    assert time.monotonic() - began < 2
    assert caught.value.sent is False
    assert caught.value.sentence.endswith("no connection within 0.2 s")


@pytest.mark.parametrize("url", ["http://no-such-host.invalid/x", "http://a..b/x", "http://[::1/x", "ftp://localhost/x",
                                 "https://localhost/x", "http:///x", "/x", ""])  # fmt: skip
def test_an_address_of_no_use_was_not_sent(orders: HttpJson, url: str) -> None:
    """Only http:// addresses of hosts that exist are asked."""
    with pytest.raises(UpstreamUnreachable) as caught:
        orders.get(url, timeout=Timeout(connect=5, total=5))
    assert caught.value.sent is False


def test_readings_share_a_connection_and_orders_never_do(
    server: FaultyServer, readings: HttpJson, orders: HttpJson
) -> None:
    """Z8a: an order has a connection of its own and says so; the next reading takes the last one's."""
    server.answers["/x"] = answering(UNITS, in_chunks=True)
    for _ in range(3):
        readings.get(f"{server.url}/x", timeout=TIMEOUT)
    assert [exchange.connection_number for exchange in server.requests] == [1, 1, 1]
    for _ in range(3):
        orders.get(f"{server.url}/x", timeout=TIMEOUT)
    assert [exchange.connection_number for exchange in server.requests[3:]] == [2, 3, 4]
    assert {exchange.headers["connection"] for exchange in server.requests[3:]} == {"close"}


def test_an_order_leaves_no_connection_open_whatever_the_server_wants(server: FaultyServer, orders: HttpJson) -> None:
    """A server that keeps the connection open against our wish does not get the next order on it."""

    def keeping(exchange: object) -> None:
        server.requests[-1].keep = True
        server.requests[-1].send(message(b"{}"))

    server.answers["/x"] = keeping
    for _ in range(2):
        orders.get(f"{server.url}/x", timeout=TIMEOUT)
    assert [exchange.connection_number for exchange in server.requests] == [1, 2]


def test_a_reading_survives_a_connection_that_the_server_closed_meanwhile(
    server: FaultyServer, readings: HttpJson
) -> None:
    """apis-web was restarted between two polls: the second is good."""
    server.answers["/x"] = answering(1)
    readings.get(f"{server.url}/x", timeout=TIMEOUT)
    server.close()
    with FaultyServer({"/x": answering(2)}, port=server.port):
        assert readings.get(f"{server.url}/x", timeout=TIMEOUT).value == 2


def test_a_reading_is_asked_again_only_when_its_kept_connection_was_closed(
    server: FaultyServer, readings: HttpJson
) -> None:
    """A server that hangs up on the second request of a connection is asked once more, on a new one, and only once."""

    def once_per_connection(exchange: Exchange) -> None:
        if len(server.seen("/x")) in (1, 3):
            exchange.keep = True
            exchange.send(message(b"{}"))

    server.answers["/x"] = once_per_connection
    for _ in range(2):
        readings.get(f"{server.url}/x", timeout=TIMEOUT)
    assert [exchange.connection_number for exchange in server.requests] == [1, 1, 2]
    server.answers["/x"] = FAULTS["closed"]
    with pytest.raises(UpstreamGarbled, match="broke off"):
        readings.get(f"{server.url}/x", timeout=TIMEOUT)
    assert [exchange.connection_number for exchange in server.requests[3:]] == [2, 3]


def test_parameters_are_encoded(server: FaultyServer, orders: HttpJson) -> None:
    """Nothing in a value can add a parameter or a line."""
    server.answers["/x"] = answering({})
    orders.get(f"{server.url}/x", timeout=TIMEOUT, params={"unitId": "a&value=stop\r\nX: y", "value": ""})
    assert server.requests[0].target == "/x?unitId=a%26value%3Dstop%0D%0AX%3A+y&value="


def test_a_put_carries_json(server: FaultyServer, orders: HttpJson) -> None:
    """The UPS takes its mode in a body (A15-4); an empty answer is one too."""
    server.answers["/ups"] = sending(message(b""))
    assert orders.put(f"{server.url}/ups", {"operation_mode": 3}, timeout=TIMEOUT).value is None
    assert (server.requests[0].method, server.requests[0].body) == ("PUT", b'{"operation_mode": 3}')
    assert server.requests[0].headers["content-type"] == "application/json"


def test_environment_and_cookies_have_no_say(
    server: FaultyServer, readings: HttpJson, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No proxy of the environment, no compression, no cookie that a server left."""
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    server.answers["/x"] = sending(message(b"{}", Set_Cookie="session=1"))
    for _ in range(2):
        readings.get(f"{server.url}/x", timeout=TIMEOUT)
    sent = server.requests[1].headers
    assert sent["user-agent"] == "test"
    assert sent["accept-encoding"] == "identity"
    assert "cookie" not in sent


def test_a_whole_answer_of_the_largest_size_is_read(server: FaultyServer, readings: HttpJson) -> None:
    """The bound is on what is too much, not on what is just enough; a byte more is too much."""
    body = b'"' + b"x" * (LIMIT - 2) + b'"'
    server.answers["/x"] = sending(message(body))
    assert readings.get(f"{server.url}/x", timeout=Timeout(1, 5)).raw == body
    server.answers["/x"] = sending(message(body + b" "))
    with pytest.raises(UpstreamGarbled, match="more than 1 MiB"):
        readings.get(f"{server.url}/x", timeout=Timeout(1, 5))


def test_passwords_in_an_address_stay_out_of_the_sentence(orders: HttpJson) -> None:
    """An address given by hand may carry one; errors go to the log and to browsers."""
    with refusing_url() as url, pytest.raises(UpstreamUnreachable) as caught:
        orders.get(url.replace("http://", "http://user:secret@") + "/x", timeout=TIMEOUT)
    assert "secret" not in caught.value.sentence


@pytest.mark.parametrize(
    ("raised", "error_type", "sent"),
    [
        (requests.ConnectionError("refused"), UpstreamUnreachable, False),
        (requests.ConnectTimeout("slow"), UpstreamUnreachable, False),
        (requests.ReadTimeout("slow"), UpstreamTimeout, "unknown"),
    ],
)
@responses.activate
def test_faults_can_be_played_at_the_http_seam(
    orders: HttpJson, raised: Exception, error_type: type[UpstreamError], sent: Sent
) -> None:
    """The tests of others may replace requests' adapter; the errors stay the same."""
    responses.get("http://apis/x", body=raised)
    with pytest.raises(error_type) as caught:
        orders.get("http://apis/x", timeout=TIMEOUT)
    assert caught.value.sent == sent
