"""A real Chromium against the running program and a simulated cluster; every page is watched for faults."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect, sync_playwright

from main_controller.domain.modes import Mode
from main_controller.domain.timing import Beats
from main_controller.simulator import SimulatedCluster
from tests.browser.known_night import ZONE, Night
from tests.browser.stage import Stage
from tests.system.console import BEATS, CALM, Console, lay_out, settings_for

TEMPO = 0.15
"""The real programs' periods and time-outs, that much of their length."""

TO_SCALE: dict[str, Any] = {"readinglag": 12 * TEMPO, "stoplag": 30 * TEMPO, "modetime": 8}
"""How long readings lag behind what such a cluster does: counted sooner, an old one would say that an order failed.

A mode has longer than elsewhere to be seen, since the browsers take much of the machine.
"""

SELDOM: dict[str, Any] = {"datacollectorinterval": 1, "schedulerInterval": 1, "staleafter": 20}
"""For clusters in which the tests change nothing."""

HURRY = (
    "{ const real = window.setTimeout; window.setTimeout = (call, wait, ...more) => real(call, wait / %d, ...more); }"
)
"""Shortens every wait of the page."""

HIDE = """
    (hidden) => {
        const get = () => (hidden ? 'hidden' : 'visible');
        Object.defineProperty(document, 'visibilityState', { get, configurable: true });
        document.dispatchEvent(new Event('visibilitychange'));
    }
"""
"""Makes a page hidden, or shown again, as far as its script can tell."""

WAIT = 20_000
"""How long (ms) a page may take to show what it must show, on a busy machine."""

SOON = 10_000
"""How long (ms) a test waits for what comes at once: a machine that runs three of them may rest for seconds."""

expect.set_options(timeout=SOON)


@dataclass
class Plant:
    """The running program with the cluster that it watches."""

    console: Console
    cluster: SimulatedCluster

    @property
    def address(self) -> str:
        """Where the page is."""
        return self.console.address


@dataclass
class Watched:
    """A page with what went wrong in it: console errors, uncaught faults, requests to another host."""

    page: Page
    own: str
    faults: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.set_default_timeout(WAIT)
        self.page.on("console", lambda m: self.faults.append(m.text) if m.type in ("error", "warning") else None)
        self.page.on("pageerror", lambda fault: self.faults.append(f"uncaught: {fault.stack or fault}"))
        self.page.on("request", lambda request: self._look(request.url))

    def _look(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme in ("http", "https", "ws", "wss") and parts.netloc != self.own:
            self.foreign.append(url)


class OpenPage(Protocol):
    """Opens a page of the program and watches it to the test's end."""

    def __call__(
        self,
        path: str = "",
        *,
        stage: Stage | None = None,
        may_fail: bool = False,
        hurry: int = 1,
        script: str = "",
        **context: Any,
    ) -> Page:
        """`path` after the address; `stage` serves its readings; `may_fail` allows failed requests in the console;
        `hurry` makes the page poll so many times as often; `script` runs before any of the page's."""


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    """The browser of all tests."""
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture
def place(browser: Browser) -> Iterator[BrowserContext]:
    """One browser, whose tabs share its connections; for pages that meet faults."""
    size: ViewportSize = {"width": 1440, "height": 1000}
    with browser.new_context(viewport=size, locale="en-GB", reduced_motion="reduce") as place:
        place.set_default_timeout(WAIT)
        yield place


@contextlib.contextmanager
def running(
    folder: Path, units: int, mode: Mode = Mode.AUTONOMOUS, *, beats: Beats = BEATS, **settings: Any
) -> Iterator[Plant]:
    """The program watching a fresh cluster of so many units that begins in `mode`; `beats`: as of `Console`.

    Its calls take as long as they really may: a cluster in the same machine rests for as long as the browsers work.
    """
    cluster = SimulatedCluster(units, mode=mode, tempo=TEMPO, speed=20.0)
    cluster.start()
    try:
        urls = {"apis_emul_url": cluster.emul_url, "apis_budo_url": cluster.budo_url, "emul_url": cluster.device_url}
        with Console(folder, patient=True, beats=beats, **{**urls, **TO_SCALE, **settings}) as console:
            yield Plant(console, cluster)
    finally:
        cluster.stop()


@pytest.fixture
def plant(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Plant]:
    """A fresh cluster of four units for one test; in Run, or in the mode that the test is parametrized with."""
    with running(tmp_path / "console", 4, getattr(request, "param", Mode.AUTONOMOUS)) as plant:
        yield plant


@pytest.fixture(scope="module")
def quiet_plant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plant]:
    """A cluster of four units for the tests of a module that change nothing in it, polled no oftener than they need."""
    folder = tmp_path_factory.mktemp("quiet") / "console"
    with running(folder, 4, beats=CALM, title="oist20", **SELDOM) as plant:
        yield plant


@contextlib.contextmanager
def pages(browser: Browser, address: str) -> Iterator[OpenPage]:
    """An opener; at the end no page may have met a fault, asked another host for anything (Z18) or given an order that
    says neither its key nor its moment (H1)."""
    opened: list[tuple[Watched, bool]] = []
    stages: list[Stage] = []
    with contextlib.ExitStack() as stack:

        def open_page(
            path: str = "",
            *,
            stage: Stage | None = None,
            may_fail: bool = False,
            hurry: int = 1,
            script: str = "",
            **context: Any,
        ) -> Page:
            # dots that run cost the renderer more than everything else: they do so where a test looks at them
            calm = {"reduced_motion": "reduce"}
            options = {"viewport": {"width": 1440, "height": 1000}, "locale": "en-GB", **calm, **context}
            place = browser.new_context(**options)
            stack.callback(place.close)
            watched = Watched(place.new_page(), urlsplit(address).netloc)
            stack.callback(_let_go, watched.page)
            opened.append((watched, may_fail))
            if stage is not None:
                stage.attach(watched.page)
                stages.append(stage)
            if hurry != 1:
                watched.page.add_init_script(HURRY % hurry)
            if script:
                watched.page.add_init_script(script)
            watched.page.goto(address + path)
            return watched.page

        yield open_page
        for watched, may_fail in opened:
            assert watched.foreign == []
            uncaught = [f for f in watched.faults if not (may_fail and f.startswith("Failed to load resource"))]
            assert uncaught == []
        assert [stage.bare for stage in stages if stage.bare] == []


def _let_go(page: Page) -> None:
    """Answer for the page no longer: what it asks at its end would break the next test."""
    if not page.is_closed():
        page.unroute_all(behavior="ignoreErrors")


@pytest.fixture
def open_page(browser: Browser, plant: Plant) -> Iterator[OpenPage]:
    """Opens pages of the fresh plant."""
    with pages(browser, plant.address) as opener:
        yield opener


@pytest.fixture
def open_quiet(browser: Browser, quiet_plant: Plant) -> Iterator[OpenPage]:
    """Opens pages of the module's plant."""
    with pages(browser, quiet_plant.address) as opener:
        yield opener


@pytest.fixture
def patient() -> Iterator[None]:
    """For pages that ask for much at once, which takes its time on a busy machine."""
    expect.set_options(timeout=WAIT)
    yield
    expect.set_options(timeout=SOON)


@pytest.fixture(scope="module")
def night() -> Night:
    """What the record of `night_plant` tells."""
    return Night()


@pytest.fixture(scope="module")
def night_plant(night: Night, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plant]:
    """The program that watches two units and has a record of the night."""
    folder = tmp_path_factory.mktemp("night") / "console"
    night.write(settings_for(lay_out(folder), {}).database)
    with running(folder, 2, beats=CALM, timezone=ZONE, **SELDOM) as plant:
        yield plant


@pytest.fixture
def open_night(browser: Browser, night_plant: Plant) -> Iterator[OpenPage]:
    """Opens pages of the program that has a record of the night."""
    with pages(browser, night_plant.address) as opener:
        yield opener


@pytest.fixture(scope="session")
def pictures(root: Path) -> Path:
    """The folder of the run's screenshots, for people to look at."""
    folder = root / "test-output" / "browser"
    folder.mkdir(parents=True, exist_ok=True)
    return folder
