"""Requests that nobody foresaw, with and without credentials: no 5xx, and nothing done without permission.

The number of requests is that of `FUZZ_REQUESTS`; `make test-long` sends ten times as many.
"""

import http.client
import os
import random
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import quote, quote_plus

import pytest

from main_controller.accounts.roles import Role
from main_controller.clock import utc_now
from main_controller.web import routes
from main_controller.web.routes import ROUTES
from tests.system.console import Console, until

REQUESTS = int(os.environ.get("FUZZ_REQUESTS", "10000"))
SEED = 20261127
PASSWORD = "correct horse battery"
TEXTS = [
    "", "E001", "E002", "..", "stop", "autonomous", "manual", "0x0041", "0x0014", "350", "1", "-1", "NaN", "true", "no",
    "anna", "administrator", "\0", "\r\nX: y", "é" * 300, "％", "\ud800", "' OR 1=1 --", "2099-01-01T00:00:00Z",
]  # fmt: skip
HEADS = [
    {"Origin": "null"}, {"Origin": "http://evil.example"}, {"Referer": "x"}, {"Accept": "text/html"},
    {"X-Forwarded-For": "10.0.0.1"}, {"Forwarded": "for=x;proto=https"}, {"X-Forwarded-Proto": "https"},
    {"Content-Type": "application/json"}, {"Authorization": "Basic YTpi"}, {"Authorization": "Bearer " + "x" * 3000},
    {"Cookie": "apis-mc-=" + "A" * 43}, {"Cookie": ";=;" * 900}, {"Accept-Encoding": "gzip"}, {"Host": "evil.example"},
]  # fmt: skip
METHODS = ["GET", "GET", "POST", "POST", "POST", "HEAD", "PUT", "DELETE", "OPTIONS"]
LIGHT = [one for one in ROUTES if one not in (routes.STOP_ALL, routes.ESTOP)]
SELDOM = 0.02
"""How often all routes are asked: each stop of the whole cluster goes on for a while, beside all that is asked next."""

LESS = (Role.VIEWER, Role.OPERATOR)
"""The roles whose credentials are sent; none may do anything of an engineer's or an administrator's."""


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    with Console(tmp_path_factory.mktemp("fuzz"), simulate=2, accounts=True, get_orders=True) as console:
        until(lambda: console.controller.stores.cache.snapshot().units, "the first units")
        yield console


class Fuzz:
    """Makes requests up, the same ones each time."""

    def __init__(self, console: Console, credentials: list[dict[str, str]]) -> None:
        self.random = random.Random(SEED)
        self.credentials = credentials
        self.host = console.address.split("/")[2]
        self.paths = [one.path for one in ROUTES]
        self.names = sorted({one.name for route in ROUTES for one in route.taken} - {"wait"})

    def request(self) -> tuple[str, str, bytes | None, dict[str, str]]:
        """Method, target, body and headers."""
        pick = self.random
        route = pick.choice(ROUTES if pick.random() < SELDOM else LIGHT)
        path = route.path
        for one in route.in_path:
            path = path.replace(f"{{{one.name}}}", self.text())
        own = [one.name for one in route.taken if one.name != "wait"]
        names = pick.sample(own, pick.randint(0, len(own))) + pick.choices(self.names, k=pick.randint(0, 2))
        examples = {one.name: one.example for one in route.taken}
        values = {name: examples.get(name, "") if pick.random() < 0.6 else None for name in names}
        pairs = "&".join(
            f"{name}={self.text() if value is None else quote_plus(value)}" for name, value in values.items()
        )
        pairs += "&wait=no" if route.order else ""
        method = pick.choice(METHODS)
        headers = {"Host": self.host, **pick.choice(self.credentials)}
        if pick.random() < 0.3:
            headers |= pick.choice(HEADS)
        if method == "POST" and pick.random() < 0.8:
            return method, quote(path, safe="/%"), pairs.encode(), {
                "Content-Type": "application/x-www-form-urlencoded", **headers,
            }  # fmt: skip
        return method, quote(path, safe="/%") + (f"?{pairs}" if pairs else ""), None, headers

    def text(self) -> str:
        """Something that may be in a parameter or path, escaped."""
        return quote(self.random.choice(TEXTS).encode("utf-8", "surrogatepass"), safe="")


def test_nothing_breaks_and_nothing_is_done_without_permission(
    console: Console, request: pytest.FixtureRequest
) -> None:
    access = console.controller.accounts.access
    assert access is not None
    hashed = access.passwords.hashed(PASSWORD)
    credentials: list[dict[str, str]] = [{}]
    for role in (*LESS, Role.ADMINISTRATOR):
        account = access.directory.create(role, role, role, hashed)
        if role in LESS:
            begun = access.directory.sessions.begin(account, "127.0.0.1", "fuzz")
            assert begun is not None
            name = console.controller.accounts.cookie().name(secure=False, path="/")
            made = access.directory.tokens.make(account.number, "fuzz", role, utc_now() + timedelta(days=1))
            credentials += [{"Cookie": f"{name}={begun.session_id}"}, {"Authorization": f"Bearer {made.secret}"}]
    fuzz = Fuzz(console, credentials)
    seen: dict[int, int] = {}
    connection = http.client.HTTPConnection(fuzz.host, timeout=60)
    request.addfinalizer(connection.close)
    for number in range(REQUESTS):
        method, target, body, headers = fuzz.request()
        try:
            connection.request(method, target, body, headers)
            answer = connection.getresponse()
            answer.read()
        except (http.client.HTTPException, ConnectionError):
            connection.close()  # it was asked to close, and is opened anew
            continue
        seen[answer.status] = seen.get(answer.status, 0) + 1
        assert answer.status < 500 or answer.status in (502, 503, 504), (number, method, target, body, answer.status)
        if answer.getheader("Connection") == "close":
            connection.close()
    assert sum(seen.values()) > 0.95 * REQUESTS, seen
    assert seen.get(200, 0) > 0.01 * REQUESTS, seen
    done = [one for one in console.controller.stores.commands.ended(10_000) if one.sent or one.state == "verified"]
    graver = {
        one.order.name for one in done if not one.order.stops and one.order.permission in ("engineer", "administer")
    }
    assert graver == set()
    assert {str(one.by).partition(" ")[0] for one in done if not one.order.stops} <= {"operator", "operator/fuzz"}
    assert sorted(account.name for account in access.directory.accounts()) == ["administrator", "operator", "viewer"]
