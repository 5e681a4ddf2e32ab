"""The incidents' page, and a recording from elsewhere: what is kept, a person's wish and note, the way into Replay."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import OpenPage, Plant, pages, running
from tests.browser.test_everyone import violations
from tests.system.console import until
from tests.system.test_incidents import shown

LONG = 60_000
ENDED = ("verified", "partlyVerified", "failed", "timedOut")


@pytest.fixture(scope="module")
def plant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plant]:
    """A cluster on which Stop all was pressed."""
    with running(tmp_path_factory.mktemp("incidents") / "console", 2) as plant:
        console = plant.console
        until(lambda: len(console.get("/get/frame")["figures"]) == 2, "a frame with both units")
        assert console.call("/stopAll?wait=no", "POST").status == 202
        until(lambda: console.get("/incidents")["incidents"], "the incident")
        until(lambda: any(mark["stage"] in ENDED for mark in console.get("/timeline")["marks"]), "the mark of its end")
        yield plant


@pytest.fixture
def opened(browser: Browser, plant: Plant) -> Iterator[OpenPage]:
    with pages(browser, plant.address) as opener:
        yield opener


def test_an_incident_is_read_kept_noted_and_shown_in_replay(opened: OpenPage, plant: Plant) -> None:
    page = opened("incidents.html")
    row = page.locator(".incident").first
    expect(row.locator("summary")).to_contain_text("Stop all was ordered by")
    expect(row.locator("summary")).to_contain_text("under way")
    row.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(row.get_by_role("link", name="As a file")).to_have_attribute("href", f"incidents/{_id(plant)}.zip")
    assert violations(page) == []
    row.get_by_role("button", name="Note").click()
    page.locator("#note-name").fill("anna")
    page.locator("#note-text").fill("<b>fuse</b> replaced")
    page.locator("#note-form button[type=submit]").click()
    expect(row).to_contain_text("anna: <b>fuse</b> replaced")
    page.locator("#keep-open").click()
    page.locator("#keep-reason").fill("looked odd")
    page.locator("#keep-form button[type=submit]").click()
    expect(row).to_contain_text("looked odd")
    row.get_by_role("link", name="Show in Replay").first.click()
    expect(page.locator("#past-time")).not_to_be_empty(timeout=LONG)
    expect(page.locator("#past-marks [data-kind=incident]")).to_have_count(1)


def _id(plant: Plant) -> str:
    found: str = plant.console.get("/incidents")["incidents"][0]["id"]
    return found


def test_a_phone_in_japanese_reads_it(opened: OpenPage) -> None:
    page = opened("incidents.html", viewport={"width": 360, "height": 740}, locale="ja-JP")
    expect(page.locator("h1")).to_contain_text("インシデント")
    expect(page.locator(".incident summary").first).to_contain_text("Stop all を指示しました")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_a_recording_is_the_same_page_without_any_order(browser: Browser, plant: Plant, tmp_path: Path) -> None:
    file = tmp_path / "incident.zip"
    file.write_bytes(plant.console.call(f"/incidents/{_id(plant)}.zip").body)
    with shown(file, tmp_path / "elsewhere") as program, pages(browser, program.address) as opener:
        page = opener()
        expect(page.locator("#past-time")).not_to_be_empty(timeout=LONG)
        expect(page.locator("#recording")).to_contain_text("there is no grid behind it, and nothing can be ordered")
        expect(page.locator("#cards .card")).to_have_count(2, timeout=LONG)
        expect(page.locator("#units")).to_contain_text("This is a recording: nothing can be ordered.")
        for control in ("#global-set", "#schedule-set", "#flush", "#cluster-lock", "#cards [data-act=lock] >> nth=0"):
            expect(page.locator(control)).to_be_disabled()
        for control in ("#stop-all", "#estop-press", "#past-now", "#open-alarms", "#past-live"):
            expect(page.locator(control)).to_be_hidden()
        expect(page.locator("#recording")).to_contain_text("while the incident went on")
        own = page.locator("#past-time").inner_text()
        page.locator("body").press("n")
        expect(page.locator("#past")).to_be_visible()
        page.locator("body").press("]")
        expect(page.locator("#past-event")).not_to_be_empty()
        assert violations(page) == []
        odd = opener("?at=soon")
        expect(odd.locator(".banner", has_text="The time soon in this address cannot be read")).to_be_visible(
            timeout=LONG
        )
        expect(odd.locator("#past-time")).to_have_text(own)
