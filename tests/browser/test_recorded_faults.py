"""The recorded faults of the real system, replayed against the page at eight times their speed (K5-K8, K10)."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from playwright.sync_api import Browser, expect

from main_controller.assessment import cluster as grid_rules
from main_controller.upstream.http_json import Timeout
from tests.browser.conftest import pages
from tests.replayer import Replayer
from tests.system import console

SPEED = 6.0
LATE = 30.0
"""What the polls of the page and a busy machine may add, in seconds of the recording."""

PATIENCE = 5 / SPEED
"""How long (s) a reading may take: as long as it really may, at this speed."""

LOOK = """() => ({
    bar: document.getElementById('unwatched').hidden ? '' : document.getElementById('unwatched').innerText,
    banners: document.getElementById('banners').innerText,
    live: document.querySelector('#trust-live b').innerText,
    master: document.querySelector('#trust-master b').innerText,
    error: document.querySelector('#trust-grid b').innerText,
    mode: document.getElementById('global-mode').innerText,
    cards: document.querySelectorAll('.card').length,
    deals: document.getElementById('deals-note').hidden,
})"""
"""What the page shows, of what these faults change."""

Shown = list[tuple[float, dict[str, Any]]]


@pytest.fixture(scope="module")
def shown(browser: Browser, root: Path, tmp_path_factory: pytest.TempPathFactory, pictures: Path) -> Iterator[Shown]:
    """The whole recording once: (its second, what the page showed), every second of it or so."""
    times: dict[str, Any] = {"staleafter": 30 / SPEED, "readinglag": 12 / SPEED, "modetime": 30 / SPEED}
    seen: Shown = []
    with (
        mock.patch.object(grid_rules, "ERROR_QUIET_S", 15 / SPEED),
        mock.patch.object(console, "READING", Timeout(connect=PATIENCE, total=PATIENCE)),
        Replayer(root / "tests" / "recordings" / "faults.jsonl.gz", SPEED) as replayer,
        console.Console(tmp_path_factory.mktemp("replay") / "console", **{**replayer.settings, **times}) as program,
        pages(browser, program.address) as open_page,
    ):
        page = open_page(may_fail=True, hurry=8)
        expect(page.locator("#trust-live b")).to_have_text("4")
        while replayer.now < replayer.seconds:
            seen.append((replayer.now, page.evaluate(LOOK)))
            page.wait_for_timeout(150)
        page.screenshot(path=pictures / "replayed.png")
        yield seen
        replayer.close()


def during(shown: Shown, begin: float, end: float) -> list[dict[str, Any]]:
    """What was shown from `begin` to `end` and somewhat later, seconds of the recording."""
    found = [look for at, look in shown if begin <= at <= end + LATE]
    assert found, (begin, end)
    return found


def test_no_unit_is_ever_dropped_from_the_page(shown: Shown) -> None:
    """Z5: good data are never blanked or dropped, whatever is dead."""
    assert {look["cards"] for at, look in shown if at > 10} == {4}


def test_a_node_that_dies_amid_a_deal_stands_above_everything(shown: Shown) -> None:
    """K6, Z6a: E004 goes on charging, unwatched, from t=60 to its return at 95."""
    assert any("E004 has been silent" in look["bar"] and "charging" in look["bar"] for look in during(shown, 60, 95))
    assert not any("E004" in look["bar"] for at, look in shown if at < 55)


def test_a_dead_grid_master_is_told_and_its_last_picture_goes_stale(shown: Shown) -> None:
    """K7, Z6: no Grid Master, deals that cannot be told, and no unit counted as live for a while."""
    looks = during(shown, 140, 185)
    assert any(look["master"] == "none known" for look in looks)
    assert any("No Grid Master is known" in look["banners"] for look in looks)
    assert any(not look["deals"] for look in looks)
    assert any(look["live"] == "0" for look in looks)


def test_hanging_devices_are_told_by_the_units_clocks(shown: Shown) -> None:
    """K5: apis-web answers 200 all along; the page says that nothing is live, and whose converter was at work."""
    looks = during(shown, 430, 480)
    assert any(look["live"] == "0" for look in looks)
    assert any("stale" in look["bar"] for look in looks)
    assert [look["banners"] for look in during(shown, 400, 480 - LATE) if "apis-web" in look["banners"]] == []


def test_a_grid_error_is_a_banner_before_the_cluster_stops_itself(shown: Shown) -> None:
    """K10, Z13a."""
    assert any("Grid error" in look["banners"] and look["error"] == "error" for look in during(shown, 580, 600))
    assert any(look["mode"] == "Force Stop" for look in during(shown, 592, 620))


def test_a_dead_apis_web_is_named_and_all_is_well_after_its_return(shown: Shown) -> None:
    """K8: from 630 to 659."""
    assert any("Emulator Emulator, unit data) cannot be reached" in look["banners"] for look in during(shown, 630, 659))
    last = shown[-1][1]
    assert (last["live"], last["error"]) == ("4", "no error")
    assert "cannot be reached" not in last["banners"]
