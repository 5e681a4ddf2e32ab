"""The page against the running program: what the grid does shows, what is ordered happens (A2-A4)."""

import re
import time
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from main_controller.domain.modes import Mode
from tests.browser.conftest import WAIT, OpenPage, Plant, pages, running
from tests.system.console import until

LONG = 60_000
"""How long (ms) what needs several of the cluster's beats may take."""


def card(page: Page, unit_id: str) -> Locator:
    """One unit's panel."""
    return page.locator(f'.card[data-unit="{unit_id}"]')


def confirm(page: Page) -> None:
    """Press the confirming button of the dialog that asks."""
    page.locator("#confirm-yes").click()


def set_mode(page: Page, mode: str) -> None:
    """Choose a global mode and press Set."""
    page.locator("#global-choice").select_option(mode)
    page.locator("#global-set").click()


def go_manual(page: Page) -> None:
    """Put the cluster into Manual, and wait until it is seen in effect: until then the rules refuse other orders."""
    set_mode(page, "manual")
    expect(page.locator("#confirm")).to_be_visible()
    confirm(page)
    expect(page.locator("#global-mode")).to_have_text("Manual", timeout=LONG)
    expect(page.locator("#global-outcome")).to_contain_text("seen in effect", timeout=LONG)


def choose(page: Page, unit_id: str, choice: str) -> None:
    """Choose in a unit's converter form by its label, as a person does."""
    card(page, unit_id).locator(".choices label", has_text=choice).click()


def order_converter(page: Page, unit_id: str, choice: str, amperes: str | None = None) -> None:
    """Fill in a unit's converter form and press Set."""
    if amperes is not None:
        card(page, unit_id).locator(".current input").fill(amperes)
    choose(page, unit_id, choice)
    card(page, unit_id).locator("[data-act=converter]").click()


STOPPED = pytest.mark.parametrize("plant", [Mode.STOP], indirect=True, ids=["stopped"])
"""The cluster begins in Force Stop with every converter in Wait, so that it does nothing by itself meanwhile."""


def in_wait(plant: Plant) -> None:
    """See that the program has seen all units stopped, as the cluster began."""
    until(lambda: plant.console.status["grid"]["mode"] == "stop", "the stop")
    statuses = {unit["lastWord"] for unit in plant.console.status["units"].values()}
    assert statuses == {"0x0000"}


def test_a_change_at_apis_web_shows_without_reload(open_page: OpenPage, plant: Plant, pictures: Path) -> None:
    """V1, G13: a deal comes up by itself; its text, its units' currents and the Grid Master show."""
    page = open_page(reduced_motion="no-preference")
    expect(page.locator("#global-mode")).to_have_text("Run")
    expect(page.locator(".card")).to_have_count(4)
    deals = page.locator("#deals li:not(.none)")
    expect(deals.first).to_be_visible(timeout=LONG)
    expect(deals.first).to_contain_text(
        re.compile(r"requester: E00\d · responder: E00\d · \d{4}/\d\d/\d\d \d\d:\d\d:\d\d")
    )
    expect(page.locator("#deals .amps").first).to_have_text(re.compile(r"^\d\.\d A$"), timeout=LONG)
    expect(page.locator(".card[data-master]")).to_have_count(1)
    expect(page.locator("#deals .tag", has_text="masterDeal")).to_have_count(1)
    page.screenshot(path=pictures / "sharing.png")


def test_dashes_do_nothing(open_page: OpenPage, plant: Plant) -> None:
    """G3: Set with `--` chosen orders nothing, for the cluster and for a unit."""
    page = open_page()
    page.locator("#global-set").click()
    card(page, "E001").locator("[data-act=local]").click()
    expect(page.locator("#confirm")).not_to_be_visible()
    assert plant.console.get("/commands")["commands"] == []


def test_soft_stop_is_pending_until_the_units_show_it(open_page: OpenPage, plant: Plant) -> None:
    """G3, Z9b: Soft Stop asks nothing, is on its way unit by unit, and then in force; the deals are counted down."""
    page = open_page()
    expect(page.locator("#deals li:not(.none)").first).to_be_visible(timeout=LONG)
    set_mode(page, "heteronomous")
    expect(page.locator("#global-pending")).to_contain_text("Soft Stop")
    expect(page.locator("#under-way")).to_contain_text("Soft Stop · cluster")
    expect(page.locator("#global-mode")).to_have_text("Soft Stop", timeout=LONG)
    expect(page.locator("#global-outcome")).to_contain_text("seen in effect", timeout=LONG)
    expect(page.locator("#global-pending")).to_contain_text(re.compile("deal|drained"))
    expect(card(page, "E001").locator("[data-figure=effective]")).to_have_text("Soft Stop")


def test_force_stop_with_deals_offers_soft_stop_first(open_page: OpenPage, plant: Plant, pictures: Path) -> None:
    """Z9a: the dialog names the deals and offers Soft Stop; then stop follows by itself when no deal is left."""
    page = open_page()
    expect(page.locator("#deals li:not(.none)").first).to_be_visible(timeout=LONG)
    set_mode(page, "stop")
    expect(page.locator("#confirm-now")).to_contain_text("Deals:")
    expect(page.locator("#confirm-lead")).to_contain_text("better Soft Stop first")
    expect(page.locator("#confirm-other")).to_be_focused()
    page.screenshot(path=pictures / "force-stop.png")
    page.locator("#confirm-other").click()
    expect(page.locator("#global-pending")).to_contain_text("Force Stop follows by itself")
    expect(page.locator("#global-mode")).to_have_text("Force Stop", timeout=120_000)
    orders = [
        c["wanted"]["mode"] for c in plant.console.get("/commands")["commands"] if c["order"] == "setOperationMode"
    ]
    assert orders == ["stop", "heteronomous"]


@STOPPED
def test_the_gates_open_in_manual_and_close_again(open_page: OpenPage, plant: Plant) -> None:
    """G9, N8, N9, T15: choosing Manual enables nothing, Manual in force does, and Force Stop disables it, page open."""
    in_wait(plant)
    page = open_page()
    voltage = card(page, "E001").locator("input[value=voltage]")
    gated = [page.locator("#shut-down"), card(page, "E001").locator("[data-act=shut-down]"), voltage]
    expect(page.locator("#global-mode")).to_have_text("Force Stop", timeout=LONG)
    page.locator("#global-choice").select_option("manual")
    for control in gated:
        expect(control).to_be_disabled()
    expect(card(page, "E001").locator("input[value=stopped]")).to_be_enabled()
    go_manual(page)
    for control in gated:
        expect(control).to_be_enabled()
    set_mode(page, "stop")
    confirm(page)
    expect(page.locator("#global-mode")).to_have_text("Force Stop", timeout=LONG)
    for control in gated:
        expect(control).to_be_disabled()
    expect(card(page, "E001").locator("[data-act=converter]")).to_be_enabled()


@STOPPED
def test_the_manual_procedure_is_refused_in_the_wrong_order_and_runs_in_the_right_one(
    open_page: OpenPage, plant: Plant, pictures: Path
) -> None:
    """N10-N13: current first is refused with the rule, voltage then current runs, and Stop all ends it."""
    in_wait(plant)
    page = open_page()
    go_manual(page)
    order_converter(page, "E002", "Current control", "1")
    expect(card(page, "E002").locator(".rules [data-pass=no]").first).to_be_visible()
    page.screenshot(path=pictures / "rules.png")
    if page.locator("#confirm").is_visible():
        expect(page.locator("#confirm-reason")).to_be_focused()
        page.locator("#confirm-cancel").click()
    else:
        expect(card(page, "E002").locator(":scope > .outcomes")).to_contain_text("Refused")
    assert [c for c in plant.console.get("/commands")["commands"] if c["order"] == "setDcdc"] == []
    order_converter(page, "E001", "Voltage control", "2")
    expect(page.locator("#confirm-title")).to_contain_text("E001: voltage control, 350 V, at most 2")
    confirm(page)
    expect(card(page, "E001").locator(".badges")).to_contain_text("voltage reference", timeout=LONG)
    expect(card(page, "E002").locator("[data-figure=vg]")).to_have_text(re.compile(r"^3[45]\d\.\d\d$"), timeout=LONG)
    card(page, "E002").locator(".current input").fill("-1")
    choose(page, "E002", "Current control")
    expect(card(page, "E002").locator(".rules [data-pass=no], .rules [data-pass=wait]")).to_have_count(0, timeout=LONG)
    card(page, "E002").locator("[data-act=converter]").click()
    expect(page.locator("#confirm-title")).to_contain_text("E002: discharge with 1")
    confirm(page)
    expect(card(page, "E002").locator("[data-figure=ig]")).to_have_text("-1.00", timeout=LONG)
    sent = next(
        c for c in plant.console.get("/commands")["commands"] if c["unitId"] == "E002" and c["order"] == "setDcdc"
    )
    assert (sent["wanted"]["word"], sent["wanted"]["dvg"], sent["wanted"]["dig"]) == ("0x0002", 370, 1)
    order_converter(page, "E001", "Stopped")
    expect(page.locator("#confirm-lead")).to_contain_text("It holds the bus for E002")
    expect(page.locator("#confirm-rules")).to_contain_text(re.compile(r"^\(g\) .*E002"))
    page.locator("#confirm-cancel").click()
    page.locator("#stop-all").click()
    confirm(page)
    expect(page.locator("#stop-outcome")).to_contain_text("Every unit known is in Wait", timeout=LONG)


def test_stop_all_is_two_presses_within_a_second_by_keyboard(open_page: OpenPage, plant: Plant) -> None:
    """Issue: always in reach, asks once with the confirming button in focus, and says that it is no emergency stop."""
    page = open_page()
    page.locator("#stop-all").focus()
    began = time.monotonic()
    page.keyboard.press("Enter")
    expect(page.locator("#confirm-yes")).to_be_focused()
    expect(page.locator("#confirm-note")).to_contain_text("ISO 13850")
    with page.expect_response(re.compile("/stopAll$"), timeout=LONG) as answered:
        page.keyboard.press("Enter")
        assert time.monotonic() - began < 3
    assert answered.value.ok
    expect(page.locator("#stop-outcome")).to_contain_text("Every unit known is in Wait", timeout=LONG)
    expect(page.locator("#global-mode")).to_have_text("Force Stop", timeout=LONG)


def test_stop_all_can_be_given_from_an_open_dialog(open_page: OpenPage, plant: Plant) -> None:
    """An open dialog shuts the page off, but never Stop all."""
    page = open_page()
    page.locator("#open-transfer").click()
    page.locator("#transfer-dialog [data-act=stop-all]").click()
    expect(page.locator("#confirm-yes")).to_be_focused()
    confirm(page)
    expect(page.locator("#stop-outcome")).not_to_be_empty()


def begun(plant: Plant) -> set[str]:
    """When each of the deals that stand was first seen."""
    return {one["seenAt"] for one in plant.console.get("/get/frame")["deals"] or [] if one["seenAt"]}


def test_a_units_local_mode_is_set_and_cleared(open_page: OpenPage, plant: Plant) -> None:
    """N5, N6: Force Stop asks, is pending, shows as local and effective mode; ( clear ) follows the cluster again."""
    page = open_page()
    unit = card(page, "E003")
    unit.locator("select[name=local]").select_option("stop")
    unit.locator("[data-act=local]").click()
    expect(page.locator("#confirm-title")).to_have_text("Force Stop for E003?")
    confirm(page)
    expect(unit.locator("[data-figure=local]")).to_have_text("Force Stop", timeout=LONG)
    expect(unit.locator("[data-figure=effective]")).to_have_text("Force Stop")
    # before its stop and its converter's Wait are seen by readings that count, clearing is refused (Z8, Z6c)
    expect(unit.locator("[data-figure=word]")).to_have_text("Wait", timeout=LONG)
    until(lambda: not plant.console.get("/commands?state=open")["commands"], "the stop's end")
    unit.locator("select[name=local]").select_option("")
    # between two deals nothing explains a live bus, so to follow a cluster in Run would be refused
    over = begun(plant)
    until(lambda: begun(plant) - over, "a new deal")
    unit.locator("[data-act=local]").click()
    expect(unit.locator("[data-figure=local]")).to_have_text("follows global", timeout=LONG)
    expect(page.locator("#global-mode")).to_have_text("Run")


def test_schedules_are_set_shown_and_cleared(open_page: OpenPage, plant: Plant) -> None:
    """G4-G7, N7, Z13: prefilled ten minutes ahead, past refused; zone, the browser's time and time left shown."""
    page = open_page(timezone_id="Asia/Tokyo")
    expect(page.locator("#schedule-clear")).to_be_disabled()
    page.locator("#schedule-set").click()
    expect(page.locator("#schedule-dialog-title")).to_have_text("Global Soft Stop Schedule")
    expect(page.locator("#schedule-when-zone")).to_have_text("UTC")
    expect(page.locator("#schedule-when-here")).to_have_text(re.compile(r"^\(.*\d\d:\d\d JST here\)$"))
    expect(page.locator("#schedule-left")).to_have_text(re.compile("^10 min"))
    page.locator("#schedule-when").fill("2020-01-01T00:00")
    page.locator("#schedule-dialog-set").click()
    expect(page.locator("#schedule-dialog-outcome")).to_have_text("That time is past. Choose one in the future.")
    assert plant.console.get("/schedules") == {}
    page.locator("#schedule-when").fill("2099-05-13T09:53")
    page.locator("#schedule-dialog-set").click()
    expect(page.locator("#schedule-dialog")).not_to_be_visible()
    expect(page.locator("#global-schedule")).to_contain_text("2099-05-13 09:53")
    assert plant.console.get("/schedules")[""]["softStop"].startswith("2099-05-13T09:53:00")
    card(page, "E002").locator("[data-act=schedule-set]").click()
    expect(page.locator("#schedule-dialog-title")).to_have_text("E002 Soft Stop Schedule")
    page.locator("#schedule-operation").select_option("forceStop")
    page.locator("#schedule-dialog-set").click()
    page.locator("#open-schedules").click()
    expect(page.locator("#schedules-rows tr")).to_have_count(2)
    page.locator("#schedules-rows tr", has_text="E002").locator("button").click()
    expect(page.locator("#schedules-rows tr")).to_have_count(1)
    page.locator("#schedules-dialog form button", has_text="Close").click()
    page.locator("#schedule-clear").click()
    expect(page.locator("#global-schedule")).to_have_text("--")
    assert plant.console.get("/schedules") == {}


def test_apis_web_dies_and_returns(open_page: OpenPage, plant: Plant, pictures: Path) -> None:
    """Z5: the banner names which and since when, the data age and go stale, figures stay; back to normal by itself."""
    page = open_page(may_fail=True, hurry=4)
    expect(page.locator("#trust-live b")).to_have_text("4")
    expect(card(page, "E001").locator("[data-figure=rsoc]")).to_have_text(re.compile(r"^\d+$"))
    charge = card(page, "E001").locator("[data-figure=rsoc]").inner_text()
    plant.cluster.fault("apis-web-dies")
    expect(page.locator("#banners")).to_contain_text("Emulator Emulator, unit data) cannot be reached since")
    expect(page.locator("#banners")).to_contain_text("Budo Emulator, modes and deals) cannot be reached since")
    expect(page.locator("#trust-stale b")).to_have_text("4")
    expect(card(page, "E001").locator(".state")).to_contain_text("stale")
    assert card(page, "E001").locator("[data-figure=rsoc]").inner_text() in (charge, str(int(charge) + 1))
    expect(card(page, "E001").locator("select[name=local]")).to_be_disabled()
    expect(card(page, "E001").locator("[data-act=converter]")).to_be_enabled()
    expect(page.locator("#stop-all")).to_be_enabled()
    page.screenshot(path=pictures / "apis-web-dead.png")
    plant.cluster.clear("apis-web-dies")
    expect(page.locator("#banners .banner")).to_have_count(0, timeout=LONG)
    expect(page.locator("#trust-live b")).to_have_text("4", timeout=LONG)
    expect(card(page, "E001").locator("select[name=local]")).to_be_enabled()


@STOPPED
def test_a_working_unit_that_vanishes_is_named_above_everything_until_it_is_back(
    open_page: OpenPage, plant: Plant, pictures: Path
) -> None:
    """Z6a, K6: silent in another word than Wait: the bar; acknowledged: the small line; in Wait again: gone."""
    in_wait(plant)
    page = open_page()
    go_manual(page)
    order_converter(page, "E003", "Voltage control", "1")
    confirm(page)
    expect(card(page, "E003").locator(".badges")).to_contain_text("voltage reference", timeout=LONG)
    plant.cluster.fault("node-dies", unit="E003")
    bar = page.locator("#unwatched")
    expect(bar).to_contain_text(
        re.compile(r"E003 has been silent for .*last seen as voltage reference at 350 V\."), timeout=LONG
    )
    assert page.locator("#unwatched").bounding_box()["y"] == 0  # type: ignore[index]
    expect(card(page, "E003").locator(".state")).to_contain_text("silent")
    page.screenshot(path=pictures / "unwatched.png")
    bar.locator("button").click()
    expect(page.locator("#confirm-title")).to_have_text("Acknowledge E003 as unwatched hardware?")
    confirm(page)
    expect(bar.locator(".acknowledged")).to_contain_text("Acknowledged by")
    order_converter(page, "E003", "Stopped")
    confirm(page)
    plant.cluster.clear("node-dies")
    expect(bar).not_to_be_visible(timeout=LONG)
    expect(card(page, "E003").locator(".state")).to_contain_text("live", timeout=LONG)


@STOPPED
def test_a_lock_is_set_shown_and_taken_off(open_page: OpenPage, plant: Plant) -> None:
    """Not offered while the unit is not stopped; then it stands beside the unit until taken off."""
    in_wait(plant)
    page = open_page(may_fail=True)
    unit = card(page, "E002")
    unit.locator("[data-act=lock]").click()
    page.locator("#lock-name").fill("Tanaka")
    expect(page.locator("#lock-needs")).to_contain_text("E002 must show local Force Stop first.")
    expect(page.locator("#lock-set")).to_be_disabled()
    page.locator("#lock-form button[value=cancel]").click()
    plant.console.call("/setOperationMode?value=stop&unitId=E002&wait=verified")
    for _ in range(2):  # until the page holds a frame that knows of it
        page.wait_for_event("response", lambda response: "/get/frame" in response.url)
    unit.locator("[data-act=lock]").click()
    page.locator("#lock-reason").fill("fuse exchange")
    page.locator("#lock-set").click()
    expect(page.locator("#lock-dialog")).not_to_be_visible()
    expect(unit.locator(".badges")).to_contain_text("Locked by Tanaka: fuse exchange")
    unit.locator("select[name=local]").select_option("")
    unit.locator("[data-act=local]").click()
    expect(unit.locator(":scope > .outcomes")).to_contain_text("Tanaka")
    unit.locator("[data-act=lock]").click()
    expect(page.locator("#lock-title")).to_have_text("Take the lock of E002 off")
    page.locator("#lock-set").click()
    expect(unit.locator(".badges li", has_text="Locked")).to_have_count(0)


@STOPPED
def test_guided_sharing_runs_and_ends_in_steps(open_page: OpenPage, plant: Plant, pictures: Path) -> None:
    """The steps as they go, and the safe end by the button."""
    in_wait(plant)
    page = open_page()
    go_manual(page)
    page.locator("#open-transfer").click()
    page.locator("#transfer-from").select_option("E001")
    page.locator("#transfer-to").select_option("E003")
    page.locator("#transfer-current").fill("1.5")
    page.locator("#transfer-start").click()
    expect(page.locator("#confirm-title")).to_have_text("Share 1.5 A from E001 to E003?")
    confirm(page)
    expect(page.locator("#transfer-steps li")).to_have_count(6)
    expect(page.locator("#transfer-steps [data-state=running]")).to_have_text(re.compile("Sharing"), timeout=LONG)
    page.screenshot(path=pictures / "guided.png")
    page.locator("#transfer-end").click()
    expect(page.locator("#transfer-now")).to_contain_text("ended", timeout=LONG)
    expect(page.locator("#transfer-steps [data-state=done]")).to_have_count(6)


def test_flush_refresh_debug_and_the_log_of_orders(open_page: OpenPage, plant: Plant) -> None:
    """G10, G11, N16, N17, N18, and the session's orders."""
    page = open_page()
    page.locator("#flush").click()
    expect(page.locator("#cluster-outcome")).to_contain_text("Flush cache: 4 units read anew")
    unit = card(page, "E001")
    expect(unit.locator("dl.debug")).not_to_be_visible()
    page.locator("#debug").check()
    expect(unit.locator("dl.debug")).to_contain_text("Operating power")
    expect(unit.locator("dl.debug div", has_text="P2: UPS input power").locator("dd")).to_have_text("")
    page.locator("#debug").uncheck()
    expect(unit.locator("dl.debug")).not_to_be_visible()
    unit.locator("[data-act=refresh]").click()
    expect(unit.locator(":scope > .outcomes")).to_contain_text("Refresh: done")
    page.locator("#open-orders").click()
    expect(page.locator("#orders-rows tr")).to_have_count(2)
    expect(page.locator("#orders-rows")).to_contain_text("Refresh · E001")


@STOPPED
def test_shut_down_asks_and_the_units_fall_silent(open_page: OpenPage, plant: Plant) -> None:
    """G8, N8: a unit's Shut Down in Manual with its converter in Wait; it falls silent and, in Wait, alarms nobody."""
    in_wait(plant)
    page = open_page()
    go_manual(page)
    card(page, "E004").locator("[data-act=shut-down]").click()
    expect(page.locator("#confirm-title")).to_have_text("Shut down apis-main on E004?")
    expect(page.locator("#confirm-cancel")).to_be_focused()
    confirm(page)
    expect(card(page, "E004").locator(".state")).to_contain_text("silent", timeout=LONG)
    expect(page.locator("#unwatched")).not_to_be_visible()


def test_clicking_a_unit_opens_its_details(open_page: OpenPage, plant: Plant, pictures: Path) -> None:
    """V7, V8: by the keyboard from the list beside the canvas; four figures, the frame for history, Escape closes."""
    page = open_page()
    outline = page.locator(".scene-outline")
    expect(outline.locator("[role=option]")).to_have_count(4)
    outline.focus()
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    expect(page.locator("#details-title")).to_contain_text("E004")
    expect(page.locator("[data-detail=rsoc]")).to_have_text(re.compile(r"^\d+$"))
    expect(page.locator("#details .history")).to_be_visible()
    page.screenshot(path=pictures / "details.png")
    page.keyboard.press("Escape")
    expect(page.locator("#details")).not_to_be_visible()


def test_the_journal_page_tells_what_was_ordered(open_page: OpenPage, plant: Plant, pictures: Path) -> None:
    """Rows newest first with who and what, filtered by unit; the CSV link follows the filter."""
    plant.console.call("/setOperationMode?value=stop&unitId=E002&wait=verified")
    until(lambda: any(row["unitId"] == "E002" for row in plant.console.get("/journal")["rows"]), "the journal's row")
    page = open_page("journal.html")
    expect(page.locator("#journal-rows")).to_contain_text("E002")
    page.screenshot(path=pictures / "journal.png")
    page.locator("#journal-unit").fill("E009")
    page.locator("#journal-filter button").click()
    expect(page.locator("#journal-outcome")).to_have_text("No row in this range.")
    assert page.locator("#journal-csv").get_attribute("href") == "journal.csv?unit=E009"


@pytest.mark.parametrize("mode", ["manual", "stop"])
def test_grave_modes_ask_and_cancel_orders_nothing(open_page: OpenPage, plant: Plant, mode: str) -> None:
    """Issue: Force Stop and Manual ask first; Cancel and Escape order nothing."""
    page = open_page()
    for leave in ("#confirm-cancel", None):
        set_mode(page, mode)
        expect(page.locator("#confirm-now li").first).to_be_visible()
        if leave:
            page.locator(leave).click()
        else:
            page.keyboard.press("Escape")
        expect(page.locator("#confirm")).not_to_be_visible()
    assert plant.console.get("/commands")["commands"] == []


def test_an_order_of_another_operator_shows_here_too(browser: Browser, tmp_path: Path) -> None:
    """Every open page shows the orders that are under way, whoever gave them.

    Here an order stays under way for some seconds, as on the real system, where the page asks once a second.
    """
    with (
        running(tmp_path / "console", 4, readinglag=4, modetime=20) as plant,
        pages(browser, plant.address) as open_page,
    ):
        page = open_page()
        expect(page.locator("#trust-live b")).to_have_text("4", timeout=WAIT)
        plant.console.call("/setOperationMode?value=heteronomous&unitId=E001")
        expect(page.locator("#under-way")).to_contain_text("Local mode Soft Stop · E001")
        expect(page.locator("#under-way")).to_contain_text("by 127.0.0.1")
        expect(page.locator("#under-way-block")).not_to_be_visible(timeout=LONG)
