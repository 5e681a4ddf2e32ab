"""A command acts only for a caller that may give it: our own page by POST, or a person's own tool (Z3)."""

from typing import Any

import bottle
import pytest

from main_controller.errors import ControllerError
from main_controller.web import routes
from main_controller.web.caller import Callers
from main_controller.web.guard import Guard
from main_controller.web.parameters import Parameters
from main_controller.web.route import Handlers, When
from tests.web.client import Client, route

HOST = "127.0.0.1:4382"


class Commands:
    """The program's orders, which count how often they acted, one that stops at a word, and a reading."""

    def __init__(self) -> None:
        self.acted: list[str] = []

    def handlers(self) -> Handlers:
        orders = (routes.STOP_ALL, routes.SET_BUDO, routes.SET_OPERATION_MODE, routes.END_SHARE, routes.SHARE)
        return {
            route("/order", order=True): self.act,
            route("/word", order=True, stops=When("word", ("halt",))): self.act,
            **dict.fromkeys(orders, self.act),
            routes.SET_UNIT: self.set,
            route("/reading", ignores_unknown=True): lambda given: {"read": True},
        }

    def set(self, oesid: str) -> dict[str, Any]:
        return {**self.act(), "mode": Parameters.of(bottle.request).get("mode")}

    def act(self, **in_path: str) -> dict[str, Any]:
        self.acted.append(bottle.request.path)
        return {"succeeded": True}


@pytest.fixture
def commands() -> Commands:
    return Commands()


def test_a_command_by_get_is_for_curl_and_scripts(commands: Commands) -> None:
    headers = {"User-Agent": "curl/8", "Accept": "*/*"}
    assert Client(commands).call("/order", headers=headers).json == {"succeeded": True}


@pytest.mark.parametrize(
    "header",
    [
        "Origin",
        "Referer",
        "Accept-Language",
        "Sec-Fetch-Site",
        "Sec-Ch-Ua",
        "Sec-Gpc",
        "Sec-Fetch-Mode",
        "Dnt",
        "Purpose",
        "Upgrade-Insecure-Requests",
        "Ping-To",
        "Access-Control-Request-Method",
    ],
)
@pytest.mark.parametrize("value", ["x", "", f"http://{HOST}"])
def test_a_command_by_get_from_a_browser_is_refused(commands: Commands, header: str, value: str) -> None:
    """Even our own page's: a link on any page could be it."""
    answer = Client(commands).call("/order", headers={header: value})
    assert answer.status == 403
    assert header in answer.error
    assert "curl" in answer.error
    assert commands.acted == []


def test_a_reading_by_get_from_a_browser_passes(commands: Commands) -> None:
    assert Client(commands).call("/reading", headers={"Sec-Fetch-Site": "cross-site"}).json == {"read": True}


@pytest.mark.parametrize(
    ("headers", "allowed"),
    [
        ({}, True),
        ({"Origin": f"http://{HOST}"}, True),
        ({"Origin": f"http://{HOST}", "Sec-Fetch-Site": "same-origin", "Accept-Language": "ja"}, True),
        ({"Origin": f"HTTP://{HOST}"}, True),
        ({"Sec-Fetch-Site": "same-origin"}, False),
        ({"Referer": f"http://{HOST}/"}, False),
        ({"Origin": "null"}, False),
        ({"Origin": ""}, False),
        ({"Origin": HOST}, False),
        ({"Origin": f"file://{HOST}"}, False),
        ({"Origin": "http://127.0.0.1"}, False),
        ({"Origin": "http://127.0.0.1:4383"}, False),
        ({"Origin": "http://localhost:4382"}, False),
        ({"Origin": f"http://{HOST}.evil.example"}, False),
        ({"Origin": f"http://evil.example/{HOST}"}, False),
        ({"Origin": f"http://evil.example@{HOST}"}, False),
        ({"Origin": f"http://{HOST}, http://evil.example"}, False),
        ({"Origin": "http://[::1"}, False),
        ({"Origin": "http://127.0.0.1:99999"}, False),
    ],
)
def test_a_post_from_a_browser_must_come_from_our_own_page(
    commands: Commands, headers: dict[str, str], allowed: bool
) -> None:
    answer = Client(commands).call("/order", "POST", headers=headers)
    assert (answer.status, commands.acted) == ((200, ["/order"]) if allowed else (403, []))


@pytest.mark.parametrize(
    ("host", "origin", "allowed"),
    [
        ("grid.example", "http://grid.example", True),
        ("grid.example", "https://grid.example", True),
        ("grid.example:80", "http://grid.example", True),
        ("127.0.0.1:4382", "https://grid.example", True),  # the proxy rewrote Host
        ("127.0.0.1:4382", "https://grid.example:8443", False),
        ("127.0.0.1:4382", "https://other.example:8443", True),
        ("127.0.0.1:4382", "https://other.example", False),
        ("grid.example:4382", "http://grid.example:4382", True),
        ("[::1]:4382", "http://[::1]:4382", True),
    ],
)
def test_behind_a_proxy_the_origin_may_stand_in_allowed_hosts(
    commands: Commands, host: str, origin: str, allowed: bool
) -> None:
    client = Client(commands, guard=Guard(allowed_hosts=["grid.example", "other.example:8443"]))
    answer = client.call("/order", "POST", headers={"Host": host, "Origin": origin})
    assert answer.status == (200 if allowed else 403)


@pytest.mark.parametrize("method", ["HEAD", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND"])
def test_a_command_by_any_other_method_is_405_and_does_nothing(commands: Commands, method: str) -> None:
    """Bottle would run the GET command for a HEAD."""
    answer = Client(commands).call("/order", method)
    assert answer.status == 405
    assert answer.headers["allow"] == "GET, POST"
    assert commands.acted == []


@pytest.mark.parametrize(
    ("host", "allowed"),
    [
        ("127.0.0.1:4382", True),
        ("192.168.7.9", True),
        ("[fe80::1]:4382", True),
        ("localhost", True),
        ("LocalHost:4382", True),
        ("gridbox", True),
        ("gridbox.local:4382", True),
        ("GRIDBOX.", True),
        ("grid.example", True),
        ("grid.example:4382", True),
        ("evil.example", False),
        ("127.0.0.1.evil.example", False),
        ("localhost.evil.example", False),
        ("127.1", False),
        ("0x7f000001", False),
        ("", False),
        (":4382", False),
        ("a@127.0.0.1", False),
        ("127.0.0.1:x", False),
        ("127.0.0.1, evil.example", False),
        ("[::1", False),
        ("127.0.0.1%evil.example", False),
        ("127.0.0.1%25evil.example", False),
        ("[::1]evil.example:4382", False),
        ("[::1]:4382.evil.example", False),
        ("[::1%evil]", False),
        ("[fe80::1%eth0]:4382", True),
        ("[fe80::1%25eth0]", True),
        ("[fe80::1%evil.example]", False),
        ("fe80::1", False),
        ("[127.0.0.1]", False),
        ("[127.0.0.1]:4382", False),
        ("[localhost]", False),
        ("[]", False),
        ("localhost:", True),
        ("localhost:99999", False),
        ("localhost:4382:4382", False),
        ("localhost:+4382", False),
        ("localhost:４３８２", False),
        ("localhost\n", False),
        ("localhost;evil.example", False),
        ("localhost..", False),
        (".", False),
        ("lоcalhost", False),  # a Cyrillic o
    ],
)
def test_a_host_that_is_no_name_of_ours_is_refused(commands: Commands, host: str, allowed: bool) -> None:
    """DNS rebinding: asked twice, since answers are remembered."""
    client = Client(commands, guard=Guard(own_names=["gridbox"], allowed_hosts=["grid.example:8443"]))
    for _ in range(2):
        assert client.call("/reading", headers={"Host": host}).status == (200 if allowed else 403)


def test_many_strange_hosts_do_not_fill_the_memory() -> None:
    guard = Guard()
    for number in range(2000):
        with pytest.raises(ControllerError):
            guard.admit({"HTTP_HOST": f"h{number}.example"})
    assert len(guard._known_hosts) <= 256


@pytest.mark.parametrize(
    ("caller", "allowed"),
    [
        ("192.168.7.9", True),
        ("::ffff:192.168.7.9", True),
        ("127.0.0.1", False),
        ("fd00::7", True),
        ("fd00::7%eth0", True),
        ("fd01::7", False),
        ("", False),
        ("localhost", False),
    ],
)
def test_only_callers_of_the_allowed_networks_get_anything(commands: Commands, caller: str, allowed: bool) -> None:
    client = Client(commands, guard=Guard(allowed_networks=["192.168.7.0/24", "fd00::/16"]))
    for path in ("/reading", "/nowhere"):
        assert (client.call(path, caller=caller).status == 403) is not allowed


def test_read_only_lets_stop_all_and_wait_through_and_nothing_else(commands: Commands) -> None:
    client = Client(commands, guard=Guard(read_only=True))
    assert client.call("/order", "POST").status == 403
    assert "read-only" in client.call("/order").error
    assert client.call("/word?word=go").status == 403
    assert commands.acted == []
    assert client.call("/word?word=halt").status == 200
    assert client.call("/stopAll").status == 200
    assert client.call("/reading").status == 200


STOPS = [
    *("/stopAll", "/share/end", "/set/E001?mode=0x0000", "/set/budo/stop", "/set/budo/quiet"),
    *("/setOperationMode?value=stop", "/setOperationMode?value=heteronomous&unitId=E001"),
]
OTHERS = [
    *(
        "/order",
        "/share",
        "/set/E001?mode=0x0041",
        "/set/budo/active",
        "/set/budo/manual",
        "/set/budo/active?mode=0x0000",
    ),
    *("/setOperationMode?value=autonomous", "/setOperationMode?value=stop&value=manual", "/setOperationMode?value="),
]
SCRIPT = {"Accept-Language": "*", "Sec-Fetch-Mode": "cors", "User-Agent": "node"}
"""What the fetch of Node sends with everything."""


@pytest.mark.parametrize("target", STOPS)
@pytest.mark.parametrize("headers", [SCRIPT, {"Referer": "http://evil.example/"}, {"Sec-Fetch-Site": "cross-site"}])
def test_a_post_that_stops_passes_without_an_origin(commands: Commands, target: str, headers: dict[str, str]) -> None:
    """M8: a stop that a script orders leaves, whatever else its library sends."""
    assert Client(commands).call(target, "POST", headers=headers).status == 200
    assert len(commands.acted) == 1


@pytest.mark.parametrize("target", [each for each in STOPS if "?" in each])
def test_a_post_that_stops_by_its_body_passes_without_an_origin(commands: Commands, target: str) -> None:
    path, _, form = target.partition("?")
    assert Client(commands).call(path, "POST", headers=SCRIPT, body=form.encode()).status == 200
    other = {**SCRIPT, "Content-Type": "text/plain"}
    assert Client(commands).call(path, "POST", headers=other, body=form.encode()).status == 403


@pytest.mark.parametrize("target", OTHERS)
def test_any_other_post_of_a_script_hears_which_header_to_send(commands: Commands, target: str) -> None:
    client = Client(commands)
    assert f"send `Origin: http://{HOST}`" in client.call(target, "POST", headers=SCRIPT).error
    path, _, form = target.partition("?")
    assert client.call(path, "POST", headers=SCRIPT, body=form.encode()).status == 403
    assert commands.acted == []
    assert client.call(target, "POST", headers={**SCRIPT, "Origin": f"http://{HOST}"}).status != 403


@pytest.mark.parametrize("target", STOPS)
@pytest.mark.parametrize("origin", ["http://evil.example", "null", "", "http://127.0.0.1:4383"])
def test_a_stop_from_a_foreign_page_stays_refused(commands: Commands, target: str, origin: str) -> None:
    answer = Client(commands).call(target, "POST", headers={**SCRIPT, "Origin": origin})
    assert answer.status == 403
    assert f"send `Origin: http://{HOST}`" in answer.error
    assert commands.acted == []


@pytest.mark.parametrize("target", STOPS)
@pytest.mark.parametrize("header", ["Accept-Language", "Referer", "Sec-Fetch-Mode", "Origin"])
def test_a_stop_by_get_with_a_browsers_header_stays_refused(commands: Commands, target: str, header: str) -> None:
    """An image on any page could be it."""
    answer = Client(commands).call(target, headers={header: f"http://{HOST}"})
    assert answer.status == 403
    assert f"send `Origin: http://{HOST}`" in answer.error
    assert commands.acted == []


def test_read_only_takes_a_wait_whose_parameters_are_in_the_body(commands: Commands) -> None:
    """The look at it must not use up what the route reads."""
    client = Client(commands, guard=Guard(read_only=True))
    for headers in ({}, SCRIPT):
        assert client.call("/set/E001", "POST", headers=headers, body=b"mode=0x0000").json["mode"] == "0x0000"
    assert client.call("/set/E001", "POST", body=b"mode=0x0041").status == 403
    assert client.call("/setOperationMode", "POST", headers=SCRIPT, body=b"value=stop").status == 403


@pytest.mark.parametrize(
    ("target", "allowed"),
    [
        ("http://127.0.0.1:4382/reading", True),
        ("http://evil.example/reading", False),
        ("HTTP://127.0.0.1@evil.example/", False),
        ("//evil.example/", True),  # a path
        ("/reading?x=http://evil.example/", True),
        ("*", True),
    ],
)
def test_a_target_that_names_a_host_names_one_of_ours(target: str, allowed: bool) -> None:
    """It stands before `Host` (RFC 9112, 3.2.2)."""
    environ = {"HTTP_HOST": HOST, "REQUEST_URI": target}
    if allowed:
        Guard().admit(environ)
    else:
        with pytest.raises(ControllerError):
            Guard().admit(environ)


def test_orders_by_get_can_be_switched_off_and_stops_pass_all_the_same(commands: Commands) -> None:
    """AV14: a program that checks certificates fetches what a hostile one names, without a header of a browser."""
    client = Client(commands, guard=Guard(get_orders=False))
    assert client.call("/order").error == "Orders by GET are switched off (setting get_orders); POST it."
    assert (client.call("/order").status, client.call("/word?word=go").status) == (403, 403)
    assert commands.acted == []
    assert client.call("/order", "POST").status == 200
    assert client.call("/word?word=halt").status == 200
    assert client.call("/stopAll").status == 200


FORWARDED = [
    {"X-Forwarded-For": "127.0.0.1"},
    {"X-Forwarded-Proto": "https"},
    {"X-Forwarded-Host": ""},
    {"Forwarded": "for=127.0.0.1"},
    {"Forwarded": ""},
]


@pytest.mark.parametrize("headers", FORWARDED)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_where_nobody_logs_in_a_proxy_hands_on_stops_alone(
    commands: Commands, headers: dict[str, str], method: str
) -> None:
    client = Client(commands, guard=Guard(unguarded=True))
    for target in ("/order", "/word?word=go", "/share", "/setOperationMode?value=heteronomous", "/set/budo/active"):
        assert "handed this order on" in client.call(target, method, headers=headers).error
    assert commands.acted == []
    for target in ("/stopAll", "/share/end", "/word?word=halt", "/set/budo/stop", "/setOperationMode?value=stop"):
        assert client.call(target, method, headers=headers).status == 200
    assert client.call("/reading", headers=headers).status == 200
    assert client.call("/order", method).status == 200
    assert Client(commands, guard=Guard()).call("/order", method, headers=headers).status == 200


def test_with_stops_alone_nobody_orders_anything_else(commands: Commands) -> None:
    client = Client(commands, guard=Guard(unguarded=True, stops_alone=True))
    assert "Nobody has to log in here" in client.call("/order", "POST").error
    assert commands.acted == []
    assert client.call("/stopAll", "POST").status == 200
    assert client.call("/set/budo/stop", "POST").status == 200


def test_a_stop_in_the_path_passes_without_orders_by_get(commands: Commands) -> None:
    """It was refused: only query and form were looked at."""
    client = Client(commands, guard=Guard(get_orders=False))
    assert client.call("/set/budo/stop").status == 200
    assert client.call("/set/budo/active").status == 403


BEHIND = {"REMOTE_ADDR": "10.0.0.1"}


def behind(commands: Commands, **more: Any) -> Client:
    client = Client(commands, guard=Guard(allowed_hosts=["grid.example"], **more))
    client.app._callers = Callers(["10.0.0.1"])
    return client


@pytest.mark.parametrize(
    ("proto", "origin", "allowed"),
    [
        ("https", "https://grid.example", True),
        ("https", "https://grid.example:443", True),
        ("https", "http://grid.example", False),
        ("https", "http://grid.example:443", False),
        ("https", "https://grid.example:80", False),
        ("http", "http://grid.example", True),
        ("http", "https://grid.example", True),  # a proxy that says nothing true of the scheme
    ],
)
@pytest.mark.parametrize("host", ["grid.example", "grid.example:443", "127.0.0.1:4382"])
def test_behind_tls_an_origin_is_of_https(
    commands: Commands, proto: str, origin: str, allowed: bool, host: str
) -> None:
    """Whoever stands in the wire can make a page of http://grid.example."""
    headers = {"Host": host, "Origin": origin, "X-Forwarded-Proto": proto, "X-Forwarded-For": "10.0.0.9"}
    answer = behind(commands).call("/order", "POST", headers=headers, environ=BEHIND)
    assert answer.status == (200 if allowed else 403)


@pytest.mark.parametrize(
    ("headers", "allowed"),
    [
        ({"X-Forwarded-For": "192.168.7.9"}, True),
        ({"X-Forwarded-For": "192.168.8.9"}, False),
        ({"X-Forwarded-For": "192.168.7.9, 192.168.8.9"}, False),
        ({"X-Forwarded-For": "garbage"}, False),
        ({"Forwarded": "for=192.168.7.9"}, True),
        ({"X-Forwarded-For": "192.168.8.9", "Forwarded": "for=192.168.7.9"}, False),
        ({}, True),
    ],
)
def test_behind_a_trusted_proxy_the_client_must_be_of_the_allowed_networks(
    commands: Commands, headers: dict[str, str], allowed: bool
) -> None:
    client = behind(commands, allowed_networks=["192.168.7.0/24", "10.0.0.1"])
    for _ in range(2):
        answer = client.call("/reading", headers=headers, environ=BEHIND)
        assert answer.status == (200 if allowed else 403)
