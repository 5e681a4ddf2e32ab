"""The console behind real reverse proxies with TLS: nginx and Caddy by the very configurations of docs/deployment.md.

Only ports, folders and the certificate are the test's own. A Stop all that takes 70 s is made here of one that takes
3 s, by the setting `gracetime`: that the configurations leave time for the whole is read in them, and that what is read
there is what ends a wait is seen by making it shorter. `make test-long` waits the 70 s.
"""

import contextlib
import os
import re
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import trustme
from playwright.sync_api import expect, sync_playwright

from tests.docs.pages import page
from tests.faulty_server import FaultyServer, answering
from tests.system.conftest import ready
from tests.system.console import Console, until
from tests.system.fake_grid import FakeGrid
from tests.system.http_call import Answer, receive

PATH = f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin"
ROOT = Path(__file__).resolve().parents[2]
KINDS = ("nginx", "caddy")
MANUAL = "setOperationMode?value=manual"
PLACES = {"root": ("grid.example", "/"), "north": ("grids.example", "/north/"), "south": ("grids.example", "/south/")}
PORTS = {"root": 4382, "north": 4383, "south": 4384}
"""Of each console in the document."""


def documented(kind: str) -> str:
    """The proxy's configuration as docs/deployment.md shows it."""
    language = "nginx" if kind == "nginx" else "caddyfile"
    text = page(ROOT, "deployment.md")
    found = re.search(rf"^<!-- proxy: .*-->\n```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    assert found is not None
    return found[1]


def binary(kind: str) -> str:
    """Where it is; without it nothing here can be tested."""
    found = shutil.which(kind, path=PATH)
    if found is None:
        if os.environ.get("CI", "").lower() in ("1", "true"):
            pytest.fail(f"There is no {kind} on this machine.")
        pytest.skip(f"There is no {kind} on this machine: install nginx-light and caddy.")
    return found


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


class Proxy:
    """A proxy that runs with the documented configuration; `change` may alter its text first."""

    def __init__(
        self, kind: str, folder: Path, ports: dict[int, int], change: Callable[[str], str] = lambda text: text
    ) -> None:
        self.kind, self.port = kind, free_port()
        folder.mkdir()
        self._errors = folder / "errors"
        text = change(documented(kind)).replace("/etc/ssl/apis", str(folder.parent))
        for shown, real in ports.items():
            assert f"127.0.0.1:{shown}" in text
            text = text.replace(f"127.0.0.1:{shown}", f"127.0.0.1:{real}")
        self._config = folder / "config"
        if kind == "nginx":
            text = text.replace("listen 443 ssl", f"listen 127.0.0.1:{self.port} ssl")
            kept = "".join(
                f"{name}_temp_path {folder}/{name};\n" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
            )
            text = (
                f"daemon off; master_process off; pid {folder}/pid; error_log {self._errors};\n"
                f"events {{}}\nhttp {{\naccess_log off;\n{kept}{text}\n}}\n"
            )
            self._argv = [binary(kind), "-e", str(self._errors), "-p", str(folder), "-c", str(self._config)]
        else:
            text = (
                f"{{\nadmin off\nhttps_port {self.port}\nauto_https disable_redirects\n"
                f"default_bind 127.0.0.1\nstorage file_system {folder}/kept\n"
                f"servers {{\nprotocols h1 h2\n}}\n}}\n{text}"
            )
            self._argv = [binary(kind), "run", "--config", str(self._config), "--adapter", "caddyfile"]
        self._config.write_text(text, "utf-8")

    def __enter__(self) -> "Proxy":
        with self._errors.open("ab") as errors:
            self._process = subprocess.Popen(
                self._argv, stdin=subprocess.DEVNULL, stdout=errors, stderr=errors,
                env={"PATH": PATH, "HOME": str(self._errors.parent)},
            )  # fmt: skip
        until(self._answers, self.kind)
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait(30)

    def _answers(self) -> bool:
        assert self._process.poll() is None, self._errors.read_text("utf-8")
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
            return True
        return False


GRACE = float(os.environ.get("PROXY_GRACETIME", "3"))
"""How long (s) Stop all lets deals end before it sends Wait."""


@dataclass
class Site:
    """Three consoles on one grid behind one proxy; `authority` is whom its certificate is of."""

    proxy: Proxy
    consoles: dict[str, Console]
    grids: dict[str, FakeGrid]
    authority: trustme.CA

    def call(
        self, place: str, target: str, method: str = "GET", *, source: str = "127.0.0.1", **headers: str
    ) -> Answer:
        """One request by TLS to a console's public address, of a client at `source`."""
        name, path = PLACES[place]
        host = f"{name}:{self.proxy.port}"
        sent = {"Host": host, "Connection": "close", **{key.replace("_", "-"): text for key, text in headers.items()}}
        if method == "POST":
            sent["Content-Length"] = "0"
        lines = "".join(f"{key}: {text}\r\n" for key, text in sent.items())
        context = ssl.create_default_context()
        self.authority.configure_trust(context)
        plain = socket.create_connection(("127.0.0.1", self.proxy.port), timeout=30 + GRACE, source_address=(source, 0))
        with context.wrap_socket(plain, server_hostname=name) as connection:
            connection.sendall(f"{method} {path}{target} HTTP/1.1\r\n{lines}\r\n".encode("latin-1"))
            return receive(connection, method)

    def origin(self, place: str) -> str:
        return f"https://{PLACES[place][0]}:{self.proxy.port}"

    def order(self, place: str, target: str, **more: Any) -> Answer:
        """An order as the page of that console gives it."""
        return self.call(place, target, "POST", Origin=self.origin(place), Accept_Language="en", **more)

    def who(self, place: str) -> str:
        """Who the newest order of the console's journal is of."""
        return next(str(row["by"]) for row in self.call(place, "journal?about=orders").json["rows"] if row["by"])


@pytest.fixture(scope="module")
def consoles(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[dict[str, Console], dict[str, FakeGrid]]]:
    """The consoles, each with a grid of its own, and trusting the proxy."""
    folder = tmp_path_factory.mktemp("consoles")
    with ExitStack() as stack:
        grids = {place: stack.enter_context(FakeGrid()) for place in PLACES}
        running = {
            place: stack.enter_context(
                Console(
                    folder / place,
                    title=place,
                    trusted_proxies="127.0.0.1",
                    allowed_hosts=PLACES[place][0],
                    insecure=True,
                    gracetime=GRACE,
                    **grids[place].settings,
                )
            )
            for place in PLACES
        }
        for console in running.values():
            until(lambda console=console: ready(console, 2), "the first picture")  # type: ignore[misc]
        yield running, grids


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[trustme.CA, Path]:
    folder = tmp_path_factory.mktemp("proxies")
    authority = trustme.CA()
    issued = authority.issue_cert("grid.example", "grids.example")
    issued.private_key_pem.write_to_path(folder / "grid.key")
    for pem in issued.cert_chain_pems:
        pem.write_to_path(folder / "grid.pem", append=True)
    return authority, folder


def ports_of(consoles: dict[str, Console]) -> dict[int, int]:
    return {PORTS[place]: console.controller.server._server.effective_port for place, console in consoles.items()}


@pytest.fixture(scope="module", params=KINDS)
def site(
    request: pytest.FixtureRequest,
    consoles: tuple[dict[str, Console], dict[str, FakeGrid]],
    certificate: tuple[trustme.CA, Path],
) -> Iterator[Site]:
    authority, folder = certificate
    with Proxy(request.param, folder / request.param, ports_of(consoles[0])) as proxy:
        yield Site(proxy, *consoles, authority)


@pytest.mark.parametrize("place", PLACES)
def test_page_and_readings_come_through(site: Site, place: str) -> None:
    html = site.call(place, "")
    assert html.status == 200
    assert html.headers["strict-transport-security"] == "max-age=31536000"
    assert b"APIS Main Controller" in html.body
    names = ("journal", "history", "alarms", "help", "account", "selfcheck")
    for target in ("", "?display=nothing", *(f"{name}.html" for name in names)):
        shown = site.call(place, target, Accept="text/html").body
        assert b"Insecure: whoever reaches this page can order everything" in shown, target
    assert site.call(place, "get/status").json["title"] == place
    assert len(site.call(place, "get/logInfo").json) == 2
    assert site.call(place, "js/main.js").status == 200


@pytest.mark.parametrize("place", ["north", "south"])
def test_without_its_last_slash_a_path_leads_to_the_page(site: Site, place: str) -> None:
    name, path = PLACES[place]
    context = ssl.create_default_context()
    site.authority.configure_trust(context)
    plain = socket.create_connection(("127.0.0.1", site.proxy.port), timeout=30)
    with context.wrap_socket(plain, server_hostname=name) as connection:
        head = f"GET {path.rstrip('/')} HTTP/1.1\r\nHost: {name}:{site.proxy.port}\r\nConnection: close\r\n\r\n"
        connection.sendall(head.encode())
        answer = receive(connection)
    assert (answer.status // 100, answer.headers["location"]) == (3, path)


@pytest.mark.parametrize("place", PLACES)
def test_our_own_page_orders_and_no_other_one(site: Site, place: str) -> None:
    """Each console orders in its own grid alone; nothing is sent twice."""
    before = {name: len(grid.sent) for name, grid in site.grids.items()}
    assert site.order(place, MANUAL).status == 200
    assert {name: len(grid.sent) - before[name] for name, grid in site.grids.items()} == {
        name: int(name == place) for name in PLACES
    }
    port = site.proxy.port
    for origin in ("https://evil.example", f"http://{PLACES[place][0]}:{port}", "https://127.0.0.1", "null"):
        assert site.call(place, MANUAL, "POST", Origin=origin).status == 403, origin
    assert site.call(place, MANUAL, Accept_Language="en").status == 403, "a link on any page could be it"
    assert b"apisWeb" not in site.call(place, "get/status", Host="evil.example").body


@pytest.mark.parametrize(
    "forged",
    [
        {},
        {"X_Forwarded_For": "127.0.0.9"},
        {"X_Forwarded_For": "127.0.0.1, 127.0.0.1"},
        {"X_Forwarded_For": "garbage,, "},
        {"Forwarded": "for=127.0.0.9;proto=http"},
        {"Forwarded": 'for=127.0.0.9;x="'},
        {"X_Forwarded_For": ", ".join(["127.0.0.1"] * 500), "X_Forwarded_Proto": "http", "X_Real_IP": "127.0.0.9"},
    ],
)
def test_the_journal_names_the_client_whatever_he_writes(site: Site, forged: dict[str, str]) -> None:
    answer = site.order("north", MANUAL, source="127.0.0.2", **forged)
    assert answer.status in (200, 504)  # of a busy machine the fake grid may answer late: whose order it is, is known
    assert site.who("north") == "127.0.0.2"


@pytest.mark.parametrize("place", ["root", "north"])
def test_what_a_client_writes_of_itself_is_written_anew(
    site: Site, certificate: tuple[trustme.CA, Path], place: str
) -> None:
    """Seen where the console would be: whom, how, below which path, and by which host and port."""
    with FaultyServer(default=answering({})) as seen:
        folder = certificate[1] / f"{site.proxy.kind}-seen-{place}"
        with Proxy(site.proxy.kind, folder, dict.fromkeys(PORTS.values(), seen.port)) as proxy:
            behind = Site(proxy, {}, {}, site.authority)
            forged = {"X_Forwarded_For": "10.0.0.1", "X_Forwarded_Proto": "http", "X_Forwarded_Prefix": "/evil"}
            behind.call(place, "x?y=%2F", source="127.0.0.2", Forwarded="for=10.0.0.1", **forged)
        (came,) = seen.requests
    name, path = PLACES[place]
    assert came.target == "/x?y=%2F"
    assert {key: came.headers.get(key) for key in ("x-forwarded-for", "x-forwarded-proto", "forwarded", "host")} == {
        "x-forwarded-for": "127.0.0.2", "x-forwarded-proto": "https", "forwarded": None, "host": f"{name}:{proxy.port}",
    }  # fmt: skip
    assert came.headers.get("x-forwarded-prefix", "") == path.rstrip("/")


def test_log_lines_name_the_client(site: Site) -> None:
    assert site.order("root", MANUAL, source="127.0.0.3").status == 200
    assert site.consoles["root"].log.at(20, "from 127.0.0.3")


def test_of_an_untrusted_proxy_nothing_is_believed(
    site: Site, certificate: tuple[trustme.CA, Path], tmp_path: Path
) -> None:
    """And its orders are refused, since nobody has to log in; a stop passes."""
    with FakeGrid() as grid, Console(tmp_path / "one", title="one", **grid.settings) as console:
        until(lambda: ready(console, 2), "the first picture")
        port = console.controller.server._server.effective_port
        folder = certificate[1] / f"{site.proxy.kind}-untrusted"
        with Proxy(site.proxy.kind, folder, dict.fromkeys(PORTS.values(), port), _to_address) as proxy:
            behind = Site(proxy, {}, {}, site.authority)
            host = {"Host": "127.0.0.1"} if proxy.kind == "nginx" else {}
            refused = behind.call("root", MANUAL, "POST", source="127.0.0.2", **host)
            assert (refused.status, "A proxy handed this order on" in refused.error) == (403, True)
            assert grid.sent == []
            assert behind.call("root", "stopAll", "POST", source="127.0.0.2", **host).status == 200
            assert console.get("/journal?about=orders")["rows"][0]["by"] == "127.0.0.1"
        grid.close()


def _to_address(text: str) -> str:
    """The configuration of somebody who has set nothing in the console: it is called by its address."""
    text = text.replace("$http_host", "127.0.0.1")
    return text.replace("header_up -Forwarded", "header_up Host 127.0.0.1")


def seconds(kind: str) -> float:
    """How long the documented configuration waits for an answer."""
    word = "proxy_read_timeout" if kind == "nginx" else "response_header_timeout"
    found = re.search(rf"{word} (\d+)s", documented(kind))
    assert found is not None
    return float(found[1])


def make_busy(console: Console, grid: FakeGrid) -> None:
    """Have a unit work on in Run until it gets Wait, which Stop all sends after `gracetime`."""
    grid.mode = "autonomous"
    grid.units["E002"]["dcdc"]["status"]["status"] = "0x0041"
    until(lambda: console.status["grid"]["mode"] == "autonomous", "Run")
    until(lambda: console.status["units"]["E002"]["lastWord"] == "0x0041", "a unit at work")


def test_a_long_stop_all_is_answered(site: Site) -> None:
    """At a site it may take 70 s, and the setting `gracetime` up to 90 s."""
    assert seconds(site.proxy.kind) >= 150
    place = {"nginx": "south", "caddy": "north"}[site.proxy.kind]  # a second one at once would have nothing to wait for
    console, grid = site.consoles[place], site.grids[place]
    make_busy(console, grid)
    began = time.monotonic()
    answer = site.order(place, "stopAll")
    assert answer.status == 200, answer.body
    assert time.monotonic() - began >= GRACE
    assert grid.units["E002"]["dcdc"]["status"]["status"] == "0x0000"


@pytest.mark.parametrize("kind", KINDS)
def test_what_ends_a_wait_is_the_documented_time(
    certificate: tuple[trustme.CA, Path], tmp_path: Path, kind: str
) -> None:
    """With it cut to 1 s the proxy gives up; the Stop all itself goes on."""
    word = "proxy_read_timeout" if kind == "nginx" else "response_header_timeout"

    def short(text: str) -> str:
        return re.sub(rf"{word} \d+s", f"{word} 1s", text)

    with FakeGrid() as grid, Console(
        tmp_path / "one", trusted_proxies="127.0.0.1", allowed_hosts="grid.example", **grid.settings
    ) as console:  # fmt: skip
        make_busy(console, grid)
        port = console.controller.server._server.effective_port
        with Proxy(kind, certificate[1] / f"{kind}-short", dict.fromkeys(PORTS.values(), port), short) as proxy:
            behind = Site(proxy, {}, {}, certificate[0])
            assert "only what stops something" in behind.order("root", MANUAL).error
            assert behind.order("root", "stopAll").status == 504
        until(lambda: grid.units["E002"]["dcdc"]["status"]["status"] == "0x0000", "Wait all the same")
        grid.close()


@pytest.mark.parametrize("site", ["nginx"], indirect=True)
def test_the_page_works_in_a_browser_under_a_path(site: Site, chromium: str) -> None:
    """It shows the units, stops by POST with its own Origin, and says that it is insecure; all of it below its path."""
    args = ["--no-sandbox", f"--host-resolver-rules=MAP *.example 127.0.0.1:{site.proxy.port}"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=args)
        try:
            shown = browser.new_context(ignore_https_errors=True, locale="en-GB").new_page()
            shown.set_default_timeout(20_000)
            faults: list[str] = []
            asked: list[str] = []
            shown.on("pageerror", lambda fault: faults.append(str(fault)))
            shown.on("console", lambda line: faults.append(line.text) if line.type == "error" else None)
            shown.on("request", lambda request: asked.append(request.url))
            shown.goto(f"{site.origin('north')}/north/")
            expect(shown.locator(".insecure")).to_contain_text("Insecure: whoever reaches this page")
            expect(shown.locator("#trust-live")).to_contain_text("2 live")
            shown.click("#stop-all")
            expect(shown.locator("#confirm-yes")).to_be_focused()
            with shown.expect_response(lambda answer: answer.url.endswith("/stopAll")) as answered:
                shown.keyboard.press("Enter")
            assert (answered.value.request.method, answered.value.ok) == ("POST", True)
            assert faults == []
            assert [url for url in asked if not url.startswith(f"{site.origin('north')}/north/")] == []
        finally:
            browser.close()
