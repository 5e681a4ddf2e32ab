"""What a hasty hand, a hidden tab or an old picture must not lead to, on the stage."""

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import HIDE, WAIT, OpenPage
from tests.browser.stage import Stage, deal, ordered, unit_status


def hold_enter(page: Page, repeats: int = 8) -> None:
    """The key pressed and held: one press and the repeats that a keyboard sends."""
    for _ in range(1 + repeats):
        page.keyboard.down("Enter")
        page.wait_for_timeout(30)
    page.keyboard.up("Enter")


def test_a_held_key_orders_nothing(open_quiet: OpenPage) -> None:
    """Holding Enter on a unit opens its details, and its repeats press none of the buttons that come up."""
    stage = Stage.of(3)
    page = open_quiet(stage=stage)
    page.locator("[role=listbox]").focus()
    hold_enter(page)
    expect(page.locator("#details")).to_be_visible()
    expect(page.locator("#confirm")).not_to_be_visible()
    expect(page.locator("#details").get_by_role("button", name="Close")).to_be_focused()
    page.keyboard.press("Escape")
    page.locator("#stop-all").focus()
    hold_enter(page)
    expect(page.locator("#confirm-yes")).to_be_focused()
    assert stage.orders == []
    page.keyboard.press("Enter")
    expect(page.locator("#stop-outcome")).not_to_be_empty()
    assert [path for path, _ in ordered(page, stage)] == ["/stopAll"]


def test_a_tab_without_anything_to_follow_rests_while_hidden(open_quiet: OpenPage) -> None:
    """One poller, resting while the tab is hidden."""
    stage = Stage.of(2)
    page = open_quiet(stage=stage)
    asked: list[str] = []
    page.evaluate(HIDE, True)
    page.wait_for_timeout(700)  # what was under way comes back
    page.on("request", lambda request: asked.append(request.url))
    page.wait_for_timeout(2500)
    assert asked == []  # it asks once in 10 s
    page.evaluate(HIDE, False)
    page.wait_for_timeout(1500)
    assert asked != []


def test_guided_sharing_names_the_voltage_that_it_will_use(open_quiet: OpenPage) -> None:
    """The question says what the dialog's own Bus voltage field holds; an empty one is refused."""
    stage = Stage.of(3, mode="manual")
    stage.grid["mode"] = "manual"
    page = open_quiet(stage=stage)
    page.locator("#open-transfer").click()
    page.locator("#transfer-voltage").fill("310")
    page.locator("#transfer-start").click()
    expect(page.locator("#confirm-lead")).to_contain_text("E001 raises the bus to 310.0 V")
    page.locator("#confirm-cancel").click()
    page.locator("#transfer-voltage").fill("")
    expect(page.locator("#transfer-voltage")).to_have_attribute("aria-invalid", "true")
    page.locator("#transfer-start").click()
    expect(page.locator("#transfer-outcome")).to_have_text("Give the Bus voltage (300 to 380 V).")
    assert [path for path, form in stage.orders if "dryRun" not in form] == []


def test_a_lost_controller_vouches_for_nothing(open_quiet: OpenPage) -> None:
    """Z5, Z6: what it said of apis-web, the grid and the deals is no longer shown as so, nor used in a question."""
    stage = Stage.of(3, status="0x0041", ig=2.0)
    stage.states = {one: unit_status(lastWord="0x0041") for one in stage.units}
    stage.deals = [deal("E001", "E002")]
    stage.grid |= {"busVoltage": 349.0, "voltageReference": "E001"}
    stage.more["config"] = {"readOnly": False, "staleafter": 3}
    page = open_quiet(stage=stage, may_fail=True, hurry=8)
    expect(page.locator("#trust-web b")).to_have_text(re.compile("^up "))
    stage.dead = True
    expect(page.locator("#alive-notice")).to_contain_text("This controller cannot be reached since", timeout=WAIT)
    expect(page.locator("#trust-web b")).to_have_text("--")
    expect(page.locator("#trust-grid b")).to_have_text("cannot tell")
    expect(page.locator("#global-mode")).to_have_text("--")
    expect(page.locator("#trust-live b")).to_have_text("--")
    page.locator("#stop-all").click()
    now = page.locator("#confirm-now")
    expect(now).to_contain_text("Deals: cannot tell")
    expect(now).to_contain_text("Grid voltage: -- V")
    expect(now).to_contain_text("Last seen not in Wait: E001 (charging 2.0 A)")
    expect(now).not_to_contain_text("Data 0 s old")
    page.locator("#confirm-cancel").click()
    stage.dead = False
    expect(page.locator("#trust-web b")).to_have_text(re.compile("^up "))
    expect(page.locator("#global-mode")).to_have_text("Run")


def test_what_was_read_out_and_is_over_is_taken_back(open_quiet: OpenPage) -> None:
    """A screen reader finds no alarm where there is none any more."""
    stage = Stage.of(2)
    stage.grid["error"] = True
    page = open_quiet(stage=stage)
    expect(page.locator("#said")).to_contain_text("Grid error")
    stage.grid["error"] = False
    expect(page.locator("#said")).to_be_empty()


def test_units_that_are_all_stale_can_be_acknowledged_together(open_quiet: OpenPage) -> None:
    """Z6a: an operator may acknowledge them also while one sentence stands for all; the question names each."""
    stage = Stage.of(4)
    stage.states = {one: unit_status("stale", age=95.0) for one in stage.units}
    for one in ("E002", "E003"):
        stage.states[one] |= {"lastWord": "0x0041", "unwatched": True}
    page = open_quiet(stage=stage)
    page.locator("#unwatched").get_by_role("button", name="Acknowledge").click()
    expect(page.locator("#confirm-title")).to_have_text("Acknowledge 2 units as unwatched hardware?")
    for one in ("E002", "E003"):
        expect(page.locator("#confirm-lead")).to_contain_text(f"{one} has been stale")
    page.locator("#confirm-yes").click()
    expect(page.locator("#unwatched .outcome")).to_have_text("done")
    assert sorted(form for path, form in stage.orders if path == "/acknowledge") == ["unitId=E002", "unitId=E003"]
