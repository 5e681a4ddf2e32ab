"""A stop leaves the browser whatever else it has to do or cannot do (Z9; H6, H7, H8)."""

import re
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from main_controller.domain.modes import Mode
from tests.browser.conftest import WAIT, OpenPage, Plant, running
from tests.browser.holding_proxy import HoldingProxy
from tests.browser.stage import Stage
from tests.system.console import until

WITHIN = 1.0
"""Seconds in which a stop must be at the controller after the press."""


@pytest.fixture
def wide_plant(tmp_path: Path) -> Iterator[Plant]:
    """The program watching six units, of which orders can fill the browser's six connections."""
    with running(tmp_path / "console", 6, Mode.HETERONOMOUS) as plant:
        yield plant


@pytest.fixture
def patient_plant(tmp_path: Path) -> Iterator[Plant]:
    """The same, whose verdicts and readings outlast a hang of apis-web."""
    slow: dict[str, Any] = {"readinglag": 2, "modetime": 30, "staleafter": 60}
    with running(tmp_path / "console", 6, **slow) as plant:
        yield plant


@pytest.fixture
def proxy(wide_plant: Plant) -> Iterator[HoldingProxy]:
    """A proxy before the program; the page's own address is the proxy's."""
    with HoldingProxy(wide_plant.address).running() as proxy:
        yield proxy


def opened(place: BrowserContext, address: str, path: str = "") -> Page:
    """A tab with the page, after its first readings."""
    page = place.new_page()
    page.goto(address + path)
    if path == "":
        expect(page.locator("#trust-live b")).to_have_text("6", timeout=WAIT)
    return page


def soft_stop_everywhere(page: Page) -> None:
    """Set Soft Stop on every card, as fast as the page takes it."""
    for number in range(1, 7):
        card = page.locator(f'.card[data-unit="E00{number}"]')
        card.scroll_into_view_if_needed()
        card.locator("select[name=local]").select_option("heteronomous")
        card.locator("[data-act=local]").click()


def stops_of(plant: Plant) -> list[Any]:
    """Every Stop all that the controller knows."""
    return [one for one in plant.console.get("/commands")["commands"] if one["order"] == "stopAll"]


def ended(plant: Plant) -> None:
    """Wait until no order is under way: a program that ends breaks off what is."""
    until(lambda: not plant.console.get("/commands?state=open")["commands"], "the orders' end", deadline=60)


def press_stop(page: Page) -> float:
    """Both presses; when the second was made, monotonic s."""
    page.bring_to_front()
    page.locator("#stop-all").click()
    expect(page.locator("#confirm-yes")).to_be_focused()
    pressed = time.monotonic()
    page.keyboard.press("Enter")
    return pressed


def test_stop_all_passes_orders_that_hold_every_connection_of_the_browser(
    place: BrowserContext, proxy: HoldingProxy, wide_plant: Plant
) -> None:
    """H6: two tabs, six orders each, all held on their way; the stop is at the controller within a second.

    The orders that were held are told for what they are: not arrived.
    """
    tabs = [opened(place, proxy.address), opened(place, proxy.address)]
    proxy.hold("^POST /setOperationMode")
    for tab in tabs:
        tab.bring_to_front()
        soft_stop_everywhere(tab)
    until(lambda: len(proxy.arrived("^POST /setOperationMode")) >= 6, "six orders at the proxy")
    pressed = press_stop(tabs[0])
    stops = until(lambda: proxy.arrived("^POST /stopAll"), "the stop at the proxy")
    assert stops[0] - pressed < WITHIN
    assert len(stops) == 1
    expect(tabs[0].locator("#stop-outcome")).to_contain_text("Every unit known is in Wait", timeout=60_000)
    expect(tabs[0].locator("#stop-plain")).to_be_hidden()
    for tab in tabs:
        tab.bring_to_front()
        tab.locator("#open-orders").click()
        expect(tab.locator("#orders-rows tr", has_text="has not arrived")).to_have_count(6)
    orders = [one["order"] for one in wide_plant.console.get("/commands")["commands"]]
    assert orders.count("stopAll") == 1
    assert "setOperationMode" not in orders


def test_stop_all_is_at_the_controller_at_once_while_apis_web_hangs(
    place: BrowserContext, patient_plant: Plant
) -> None:
    """H6 as it was met: apis-web answers nothing, two tabs order six times each, then Stop all."""
    tabs = [opened(place, patient_plant.address), opened(place, patient_plant.address)]
    patient_plant.cluster.fault("apis-web-hangs")
    try:
        for tab in tabs:
            tab.bring_to_front()
            soft_stop_everywhere(tab)
        pressed = time.time() - (time.monotonic() - press_stop(tabs[1]))
        commands = until(
            lambda: [c for c in patient_plant.console.get("/commands")["commands"] if c["order"] == "stopAll"],
            "the stop",
        )
        assert datetime.fromisoformat(commands[0]["at"]).timestamp() - pressed < WITHIN
    finally:
        patient_plant.cluster.clear("apis-web-hangs")
    ended(patient_plant)


def test_the_plain_form_is_offered_after_a_second_without_answer_and_stops(
    place: BrowserContext, proxy: HoldingProxy, wide_plant: Plant, pictures: Path
) -> None:
    """H6: what the script sent is held for good; the form below it needs no script, also from beneath a dialog."""
    page = opened(place, proxy.address)
    proxy.hold("^POST /stopAll")
    page.locator("#open-orders").click()
    page.locator("#orders-dialog [data-act=stop-all]").click()
    page.keyboard.press("Enter")
    plain = page.locator("#stop-plain")
    expect(plain).to_be_visible()
    expect(page.locator("dialog:modal")).to_have_count(0)
    expect(plain.get_by_role("button")).to_be_focused()
    expect(page.locator("#stop-outcome")).to_contain_text("has not arrived")
    expect(plain).to_be_visible()  # it is what one would press now
    page.wait_for_timeout(500)
    expect(plain).to_be_visible()
    page.screenshot(path=pictures / "stop-plain.png")
    held = proxy.arrived("^POST /stopAll")
    proxy.release()
    until(lambda: wide_plant.console.get("/commands")["commands"], "the held stop")
    expect(plain).to_be_hidden()
    proxy.hold("^POST /stopAll")
    press_stop(page)
    expect(plain).to_be_visible()
    plain.get_by_role("button").click(no_wait_after=True)  # where it leads to is held too
    until(lambda: len(proxy.arrived("^POST /stopAll")) == len(held) + 2, "the plain form's stop")


def test_the_answer_to_an_earlier_press_takes_no_plain_form_from_a_later_one(
    place: BrowserContext, wide_plant: Plant
) -> None:
    """The first Stop all is answered while the second has no answer yet: the form of the second stays."""
    page = opened(place, wide_plant.address)
    held: list[Route] = []
    page.route(re.compile("/stopAll"), lambda route: held.append(route))
    for _ in range(2):
        with page.expect_request(re.compile("/stopAll")):
            press_stop(page)
    expect(page.locator("#stop-plain")).to_be_visible()
    with page.expect_response(re.compile("/stopAll")) as answered:
        held[0].continue_()
    assert answered.value.ok
    answered.value.finished()
    page.evaluate("new Promise((done) => setTimeout(done, 100))")  # what follows the answer has been done by then
    expect(page.locator("#stop-plain")).to_be_visible()


NO_DIALOGS = "delete HTMLDialogElement.prototype.showModal;"
NO_DIALOG_ELEMENT = "delete window.HTMLDialogElement;"
NO_CHANNEL = "delete window.BroadcastChannel;"
BROKEN_DIALOG = "HTMLDialogElement.prototype.showModal = () => { throw new DOMException('no', 'InvalidStateError'); };"
BROKEN_ABORT = "AbortController.prototype.abort = () => { throw new Error('broken'); };"
NO_FETCH = "delete window.fetch;"
NO_OBSERVERS = "delete window.ResizeObserver; delete window.IntersectionObserver;"
NO_MODAL = """
    for (const [owner, name] of [[Document, 'querySelector'], [Element, 'matches'], [Element, 'closest']]) {
        const real = owner.prototype[name];
        owner.prototype[name] = function (selector) {
            if (String(selector).includes(':modal')) throw new DOMException(selector, 'SyntaxError');
            return real.call(this, selector);
        };
    }
"""


@pytest.mark.parametrize("path", ["", "journal.html"], ids=["page", "journal"])
@pytest.mark.parametrize(
    "lack", [NO_DIALOGS, NO_DIALOG_ELEMENT, BROKEN_DIALOG, NO_FETCH], ids=["none", "no-element", "broken", "no-fetch"]
)
def test_a_browser_that_cannot_ask_stops_by_the_form(place: BrowserContext, plant: Plant, lack: str, path: str) -> None:
    """H8: whatever the script lacks, one press of Stop all leaves as a plain form."""
    page = place.new_page()
    page.add_init_script(lack)
    page.goto(plant.address + path)
    expect(page.locator("#stop-all")).to_be_visible()
    with page.expect_request(re.compile("/stopAll$")) as left:
        page.locator("#stop-all").click()
    assert left.value.method == "POST"
    assert left.value.is_navigation_request()
    until(lambda: stops_of(plant), "the stop")
    ended(plant)


@pytest.mark.parametrize("path", ["", "journal.html"], ids=["page", "journal"])
@pytest.mark.parametrize("lack", [NO_CHANNEL, BROKEN_ABORT, NO_MODAL], ids=["no-channel", "broken-abort", "no-modal"])
def test_what_a_browser_lacks_beside_the_question_keeps_no_stop(
    place: BrowserContext, plant: Plant, lack: str, path: str
) -> None:
    """H8: asked as ever; then it leaves, by the script or, where that fails, by the form."""
    page = place.new_page()
    page.add_init_script(lack)
    page.goto(plant.address + path)
    page.locator("#stop-all").click()
    expect(page.locator("#stop-yes, #confirm-yes")).to_be_focused()
    page.keyboard.press("Enter")
    until(lambda: stops_of(plant), "the stop")
    ended(plant)


def test_without_modal_the_cards_go_on(open_quiet: OpenPage) -> None:
    """H8: a browser that does not know `:modal` shows newer readings under its newer header all the same."""
    stage = Stage.of(2)
    page = open_quiet(stage=stage)
    page.add_init_script(NO_MODAL)
    page.reload()
    expect(page.locator('.card[data-unit="E001"] [data-figure=rsoc]')).to_have_text("50")
    stage.units["E001"]["battery"]["rsoc"] = 61.0
    expect(page.locator('.card[data-unit="E001"] [data-figure=rsoc]')).to_have_text("61")
    del stage.units["E002"], stage.states["E002"]
    expect(page.locator(".card .uid")).to_have_text(["E001"])
    expect(page.locator("#alive-notice")).to_be_hidden()


@pytest.mark.parametrize("path", ["", "journal.html"], ids=["page", "journal"])
@pytest.mark.parametrize("lack", [NO_DIALOGS, NO_OBSERVERS], ids=["no-dialogs", "no-observers"])
def test_a_browser_that_is_too_old_is_told(
    place: BrowserContext, quiet_plant: Plant, pictures: Path, lack: str, path: str
) -> None:
    """H8: the page says that it cannot work here, and that Stop all does."""
    page = place.new_page()
    page.add_init_script(lack)
    page.goto(quiet_plant.address + path)
    if lack == NO_OBSERVERS and path:  # the journal's script needs none
        expect(page.locator("#journal-outcome")).not_to_be_empty()
        expect(page.locator("#alive-notice")).to_be_hidden()
        return
    expect(page.locator("#alive-notice")).to_contain_text("too old")
    page.screenshot(path=pictures / f"unable-{path or 'page'}.png")


def test_a_script_that_does_not_load_is_told_and_stop_all_goes(place: BrowserContext, plant: Plant) -> None:
    """H8, its kind: a proxy that loses one file of the page."""
    page = place.new_page()
    page.route(re.compile("/js/panels/locks.js"), lambda route: route.abort())
    page.goto(plant.address)
    expect(page.locator("#alive-notice")).to_contain_text("script could not be loaded")
    page.locator("#stop-all").click()
    until(lambda: stops_of(plant), "the stop")
    ended(plant)


@pytest.mark.parametrize("plant", [Mode.HETERONOMOUS], indirect=True)
@pytest.mark.parametrize("path", ["", "journal.html"], ids=["page", "journal"])
def test_an_address_with_a_name_and_a_password_works(place: BrowserContext, plant: Plant, path: str) -> None:
    """H7: readings come, and Stop all leaves, from a page opened as http://user:password@host/."""
    page = place.new_page()
    page.goto(plant.address.replace("http://", "http://tanaka:secret@") + path)
    if path == "":
        expect(page.locator("#trust-live b")).to_have_text("4", timeout=WAIT)
        expect(page.locator("#banners .banner")).to_have_count(0)
    else:
        expect(page.locator("#journal-outcome")).to_have_text(re.compile("row"))
    page.locator("#stop-all").click()
    page.keyboard.press("Enter")
    expect(page.locator("#stop-outcome")).to_contain_text("Every unit known is in Wait", timeout=60_000)


def test_the_plain_form_works_from_an_address_with_a_name_and_a_password(browser: Browser, plant: Plant) -> None:
    """H7, without a script."""
    place = browser.new_context(java_script_enabled=False)
    page = place.new_page()
    page.goto(plant.address.replace("http://", "http://tanaka:secret@"))
    page.locator("#stop-all").click()
    until(lambda: stops_of(plant), "the stop")
    ended(plant)
    place.close()


def test_a_page_closed_right_after_the_press_has_stopped(
    place: BrowserContext, proxy: HoldingProxy, wide_plant: Plant
) -> None:
    """Whoever presses and runs: the stop is not ended with the page."""
    page = opened(place, proxy.address)
    press_stop(page)
    page.close()
    until(lambda: stops_of(wide_plant), "the stop")
    ended(wide_plant)
