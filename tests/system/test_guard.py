"""Who may call what, over HTTP and in both directions: cross-site requests, Host, networks, read-only (Z3, X1, T32)."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.system.conftest import ready
from tests.system.console import Console, until
from tests.system.fake_grid import FakeGrid

MANUAL = "/setOperationMode?value=manual"
"""An order that passes in Manual whenever nobody forbids it."""

ORDERS = [
    *("/set/budo/stop", MANUAL, "/set/dcdc/E001?mode=0x0000", "/set/E001?mode=0x0000", "/stopAll", "/estop"),
    "/estopReset?name=anna&reason=checked",
    *("/shutDown?unitId=E001", "/upsMode/1", "/setSchedule?operation=softStop&value=2099-01-01T00:00:00Z"),
    *("/flushCache", "/acknowledge?unitId=E001", "/setLock?name=anna&reason=works", "/clearLock?name=anna"),
    *("/share?from=E001&to=E002&current=1&minutes=10", "/share/end"),
]
BROWSER = {
    "Origin": "http://evil.example",
    "Referer": "http://evil.example/page",
    "Accept-Language": "en",
    "Sec-Fetch-Site": "cross-site",
    "Sec-Fetch-Mode": "no-cors",
    "Sec-CH-UA": '"Chromium"',
    "Sec-GPC": "1",
}
"""Each alone betrays a browser (Z3)."""


@pytest.fixture(scope="module")
def grid() -> Iterator[FakeGrid]:
    with FakeGrid() as fake:
        yield fake


@pytest.fixture(scope="module")
def console(grid: FakeGrid, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    folder = tmp_path_factory.mktemp("guard")
    with Console(folder, allowed_hosts="grid.example,proxy.example:8443", insecure=True, **grid.settings) as running:
        until(lambda: ready(running, 2), "the first picture")
        yield running
        grid.close()


def own(console: Console) -> str:
    return console.address.removeprefix("http://").rstrip("/")


def forbidden(console: Console, grid: FakeGrid, target: str, method: str, headers: dict[str, str]) -> str:
    before = grid.sent, console.schedules()
    answer = console.call(target, method, headers=headers, form="" if method == "POST" else None)
    assert answer.status == 403, (target, headers, answer.body[:200])
    assert (grid.sent, console.schedules()) == before
    return answer.error


@pytest.mark.parametrize("target", ORDERS)
@pytest.mark.parametrize("header", list(BROWSER))
def test_an_order_by_get_from_a_browser_is_refused(console: Console, grid: FakeGrid, target: str, header: str) -> None:
    """T32: a link or a picture on any page could be it; Stop all and Wait too, since a stop is an order."""
    sentence = forbidden(console, grid, target, "GET", {header: BROWSER[header]})
    assert "curl" in sentence


@pytest.mark.parametrize("target", ORDERS)
def test_even_our_own_page_orders_by_post_only(console: Console, grid: FakeGrid, target: str) -> None:
    ours = {"Origin": f"http://{own(console)}", "Referer": console.address, "Sec-Fetch-Site": "same-origin"}
    forbidden(console, grid, target, "GET", ours)


FOREIGN = [
    *("http://evil.example", "null", "https://127.0.0.1", "http://127.0.0.1", "http://127.0.0.1:1", "file://"),
    *("http://localhost:{port}", "http://127.0.0.1.evil.example:{port}", "http://evil.example:{port}", ""),
    *(
        "http://grid.example:81",
        "http://proxy.example",
        "https://proxy.example",
        "http://127.0.0.1:{port}@evil.example",
    ),
    *("http://127.0.0.1:{port}/", "http://127.0.0.1:{port} http://evil.example", "javascript:alert(1)"),
]


@pytest.mark.parametrize("target", ["/stopAll", MANUAL, "/setSchedule?operation=softStop&value=2099-01-01T00:00:00Z"])
@pytest.mark.parametrize("origin", FOREIGN)
def test_a_post_from_another_page_is_refused(console: Console, grid: FakeGrid, target: str, origin: str) -> None:
    port = own(console).rpartition(":")[2]
    forbidden(console, grid, target, "POST", {"Origin": origin.format(port=port)})


@pytest.mark.parametrize("header", [name for name in BROWSER if name != "Origin"])
def test_a_browsers_post_without_an_origin_is_refused(console: Console, grid: FakeGrid, header: str) -> None:
    forbidden(console, grid, MANUAL, "POST", {header: BROWSER[header]})


@pytest.mark.parametrize(
    ("host", "origin"),
    [
        ("{own}", "http://{own}"),
        ("localhost:{port}", "http://localhost:{port}"),
        ("LOCALHOST:{port}", "http://localhost:{port}"),
        ("[::1]:{port}", "http://[::1]:{port}"),
        ("{own}", "https://proxy.example:8443"),
        ("{own}", "http://grid.example"),
        ("{own}", "https://grid.example"),
        ("grid.example", "https://grid.example:443"),
    ],
)
def test_our_own_page_may_order_by_post(console: Console, grid: FakeGrid, host: str, origin: str) -> None:
    """Also behind a proxy that rewrites Host: what stands in `allowed_hosts` counts as ours."""
    places = {"own": own(console), "port": own(console).rpartition(":")[2]}
    headers = {"Host": host.format(**places), "Origin": origin.format(**places), "Sec-Fetch-Site": "same-origin"}
    before = len(grid.sent)
    answer = console.call(MANUAL, "POST", headers=headers | BROWSER_OF_OURS, form="")
    assert answer.status == 200, answer.body
    assert grid.sent[before:] == ["GET /setOperationMode?value=manual"]


BROWSER_OF_OURS = {"Accept-Language": "ja", "User-Agent": "Mozilla/5.0"}


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("agent", ["curl/8.5.0", "python-requests/2.32", "Wget/1.21", ""])
def test_curl_and_scripts_order_by_get_and_by_post(console: Console, grid: FakeGrid, method: str, agent: str) -> None:
    """R27: GET stays for curl; it sends none of a browser's headers."""
    before = len(grid.sent)
    headers = {"User-Agent": agent, "Accept": "*/*"}
    answer = console.call(MANUAL, method, headers=headers, form="" if method == "POST" else None)
    assert answer.status == 200
    assert len(grid.sent) == before + 1


HOSTS = [
    *("evil.example", "evil.example:4382", "127.0.0.1.evil.example", "localhost.evil.example", "localhostx", "a b"),
    *("127.0.0.1@evil.example", "evil.example#127.0.0.1", "", ":80", "proxy.example.evil", "0x7f000001", "127.1"),
]


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize(
    "target", ["/", "/get/logInfo", "/get/status", "/stopAll", MANUAL, "/js/jquery.js", "/nowhere"]
)
def test_another_hosts_name_is_refused_everywhere(console: Console, grid: FakeGrid, target: str, host: str) -> None:
    """Z3: DNS rebinding would let any page read and order as if it were ours."""
    sentence = forbidden(console, grid, target, "GET", {"Host": host})
    assert "allowed_hosts" in sentence


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.0.0.1:99", "10.1.2.3", "[::1]", "localhost", "localhost.", "grid.example"]
)
def test_addresses_and_our_own_names_pass(console: Console, host: str) -> None:
    assert console.call("/get/status", headers={"Host": host}).status == 200


@pytest.mark.parametrize("target", ["/", "/get/logInfo", "/get/status", "/commands", "/journal.csv"])
def test_readings_are_not_shared_with_other_sites(console: Console, target: str) -> None:
    """No CORS: another page's script never sees a reply, and our page loads nothing from elsewhere (Z18)."""
    answer = console.call(target, headers=BROWSER)
    assert answer.status == 200
    assert not [name for name in answer.headers if name.startswith("access-control")]
    assert "default-src 'self'" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_only_allowed_networks_reach_it(grid: FakeGrid, tmp_path: Path) -> None:
    """X1's remedy; nobody else gets as much as a reading."""
    with Console(tmp_path / "far", allowed_networks="10.0.0.0/8,192.168.1.7", **grid.settings) as console:
        for target in ("/", "/get/logInfo", "/stopAll", "/healthz", "/js/jquery.js"):
            assert "allowed_networks" in forbidden(console, grid, target, "GET", {})
        assert "allowed_networks" in forbidden(console, grid, "/get/status", "GET", {"X-Forwarded-For": "10.0.0.1"})
    with Console(tmp_path / "near", allowed_networks="127.0.0.0/8", **grid.settings) as console:
        assert console.call("/healthz").status == 200


def test_read_only_takes_stop_all_and_wait_alone(tmp_path: Path) -> None:
    """Z3, Z8: every other command is 403 by GET and by POST, and stopping still stops."""
    with FakeGrid() as grid, Console(tmp_path / "only", read_only=True, **grid.settings) as console:
        until(lambda: ready(console, 2), "the first picture")
        stops = [
            target
            for target in ORDERS
            if target.startswith(("/stopAll", "/set/dcdc", "/set/E001", "/share/end")) or target == "/estop"
        ]
        for target in [each for each in ORDERS if each not in stops] + ["/set/dcdc/E001?mode=0x0014&dvg=350&dig=2"]:
            for method in ("GET", "POST"):
                assert "read-only" in forbidden(console, grid, target, method, {})
        assert grid.sent == []
        grid.units["E001"]["dcdc"]["status"]["status"] = "0x0041"
        assert console.call("/set/dcdc/E001?mode=0x0000").status == 200
        assert grid.sent == ["GET /set/dcdc/E001?mode=0x0000&dvg=0&dig=0"]
        assert console.call("/stopAll", "POST", form="").status == 200
        assert console.call("/estop", "POST", form="").status == 200
        assert console.status["estop"]["by"] == "127.0.0.1"
        assert console.get("/get/status")["config"]["readOnly"] is True
        grid.close()
