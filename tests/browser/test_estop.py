"""The E-stop's latch stands above everything on every page, is reset there by name, and is pressed beside Stop all."""

import re
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import WAIT, OpenPage, Plant, running
from tests.browser.holding_proxy import HoldingProxy
from tests.browser.stage import Json, Stage, awaited, deal, moment, ordered
from tests.browser.test_everyone import violations
from tests.system.console import until

PATHS = pytest.mark.parametrize("path", ["", "journal.html"], ids=["page", "journal"])
PHONE: dict[str, Any] = {"viewport": {"width": 360, "height": 800}, "has_touch": True}


def latch(**given: object) -> Json:
    """`status.estop` of an E-stop that anna latched a minute ago."""
    return {"by": "anna", "reason": "smoke", "since": moment(-60), "file": True, **given}


def latched(**given: object) -> Stage:
    """Two units under a latch."""
    stage = Stage.of(2)
    stage.more["estop"] = latch(**given)
    return stage


def forms(stage: Stage, path: str) -> list[dict[str, list[str]]]:
    """What was ordered at a path."""
    return [parse_qs(form) for ordered, form in stage.orders if ordered == path]


def by_script(plant: Plant) -> None:
    """The E-stop as a script latches it; its Stop all ends first, so that a reset may pass."""
    answer = plant.console.call("/estop?name=anna&reason=smoke", "POST", form="", timeout=60)
    assert answer.json["estop"]["by"] == "anna", answer.body


def reset(page: Page, name: str = " bob ", reason: str = "seen & mended") -> None:
    """Ask for the reset, fill it in and press it."""
    page.locator("#estop-reset").click()
    page.locator("#estop-reset-name").fill(name)
    page.locator("#estop-reset-reason").fill(reason)
    page.wait_for_timeout(700)  # a question may take no answer in its first moments
    page.locator("#estop-reset-yes").click()


def estops(plant: Plant) -> Any:
    """The latch as the controller tells it."""
    return plant.console.status["estop"]


BAR_FIRST = """() => {
  const [bar, strip] = ["#estop-bar", "header.strip"].map((one) => document.querySelector(one).getBoundingClientRect());
  return bar.top === 0 && Math.abs(bar.height - strip.top) <= 1;
}"""
"""Whether the latch stands at the top, and the page's own head right below it."""


@PATHS
def test_a_latch_made_by_a_script_stands_above_everything_until_it_is_reset_by_name(
    open_page: OpenPage, plant: Plant, path: str
) -> None:
    page = open_page(path)
    expect(page.locator("#estop-bar")).to_be_hidden()
    by_script(plant)
    expect(page.locator("#estop-title")).to_have_text("E-stop latched by anna: smoke")
    told = page.get_by_role("alert").filter(has_text="E-stop latched")
    expect(told).to_contain_text(re.compile(r"Since \d\d:\d\d:\d\d .*only what stops is sent"))
    expect(told).to_contain_text("No safety-rated emergency stop")
    expect(page.locator("#estop-memory")).to_be_hidden()
    awaited(
        page, lambda: page.evaluate(BAR_FIRST), "the bar before all else"
    )  # in one moment: a banner below it may come or go between two measurements
    reset(page)
    expect(page.locator("#estop-reset-dialog")).not_to_be_visible()
    expect(page.locator("#estop-bar")).to_be_hidden()
    assert estops(plant) is None
    rows = plant.console.get("/journal?limit=200")["rows"]
    assert "The E-stop that anna latched was reset by bob: seen & mended." in [row["what"] for row in rows]


def test_a_latch_made_by_a_file_says_which_and_what_is_in_it(open_page: OpenPage, plant: Plant) -> None:
    page = open_page(locale="ja-JP")
    file = plant.console.settings.estopfile
    written = file.with_name("contact")
    written.write_text("contact K1 at the door")
    written.rename(file)  # whole at once, or the program may see it while it is still empty
    expect(page.locator("#estop-title")).to_contain_text("contact K1 at the door")
    expect(page.locator("#estop-title")).to_contain_text("ファイル estop")


def test_a_latch_whose_file_cannot_be_written_says_that_a_restart_forgets_it(browser: Browser, tmp_path: Path) -> None:
    (tmp_path / "no folder").write_text("")
    with running(tmp_path / "console", 4, estopfile=tmp_path / "no folder" / "estop") as plant:
        by_script(plant)
        place = browser.new_context(locale="en-GB")
        page = place.new_page()
        page.set_default_timeout(WAIT)
        page.goto(plant.address)
        expect(page.locator("#estop-memory")).to_be_visible()
        expect(page.locator("#estop-memory")).to_contain_text("a restart of this controller forgets it")
        place.close()


def test_a_refused_reset_is_told_in_its_question_and_may_be_pressed_again(open_quiet: OpenPage) -> None:
    stage = latched()
    why = "The file estop cannot be removed (Permission denied); the E-stop stays latched."
    stage.answers["/estopReset"] = (409, {"error": why, "command": "c9", "sent": False})
    page = open_quiet(stage=stage, may_fail=True)
    reset(page)
    expect(page.locator("#estop-reset-outcome")).to_have_text(why)
    expect(page.locator("#estop-bar")).to_be_visible()
    del stage.answers["/estopReset"]
    stage.more["estop"] = None
    page.locator("#estop-reset-yes").click()
    expect(page.locator("#estop-reset-dialog")).not_to_be_visible()
    expect(page.locator("#cluster-outcome")).to_contain_text("Reset of the E-stop: done")
    assert forms(stage, "/estopReset") == [{"name": ["bob"], "reason": ["seen & mended"]}] * 2


def test_a_reset_that_fails_after_it_was_taken_keeps_its_question_open(open_quiet: OpenPage) -> None:
    """The file may lie on a disk that does not answer: then the refusal comes after the answer."""
    stage = latched()
    stage.ends["/estopReset"] = {"state": "accepted", "progress": {}}
    page = open_quiet(stage=stage)
    reset(page)
    expect(page.locator("#estop-reset-outcome")).to_contain_text("accepted")
    stage.commands[-1] |= {"state": "failed", "error": "The file estop does not answer; the E-stop stays latched."}
    expect(page.locator("#estop-reset-outcome")).to_contain_text("does not answer")
    expect(page.locator("#estop-reset-dialog")).to_be_visible()


@pytest.mark.parametrize("field", ["name", "reason"])
def test_without_a_name_or_a_reason_nothing_is_reset(open_quiet: OpenPage, field: str) -> None:
    stage = latched()
    page = open_quiet(stage=stage)
    reset(page, **{field: ""})
    expect(page.locator("#estop-reset-dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#estop-reset-dialog")).not_to_be_visible()
    assert stage.orders == []


@PATHS
def test_read_only_shows_the_latch_and_offers_no_reset_and_still_latches(open_quiet: OpenPage, path: str) -> None:
    stage = latched()
    stage.more["config"] = {"readOnly": True, "staleafter": 30, "readinglag": 12}
    page = open_quiet(path, stage=stage)
    expect(page.locator("#estop-title")).to_be_visible()
    expect(page.locator("#estop-reset")).to_be_hidden()
    page.locator("#estop-press").click()
    page.keyboard.press("Enter")
    expect(page.locator("#stop-outcome")).to_contain_text("done")
    assert forms(stage, "/estop") == [{}]


@PATHS
def test_it_is_pressed_beside_stop_all_with_two_keys_and_no_name(open_page: OpenPage, plant: Plant, path: str) -> None:
    page = open_page(path)
    page.locator("#stop-all").focus()
    page.keyboard.press("Tab")
    expect(page.locator("#estop-press")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#estop-yes")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#estop-title")).to_have_text("E-stop latched by 127.0.0.1: no reason was given")
    expect(page.locator("#stop-outcome")).to_contain_text("Every unit known is in Wait", timeout=60_000)
    expect(page.locator("#estop-plain")).to_be_hidden()
    assert [one["order"] for one in plant.console.get("/commands")["commands"]] == ["stopAll"]


def test_a_name_and_a_reason_go_with_it_whatever_is_in_them(open_quiet: OpenPage) -> None:
    """What the controller would refuse is left out: a stop leaves."""
    stage = Stage.of(2)
    page = open_quiet(stage=stage)
    page.locator("#estop-press").click()
    page.locator("#estop-name").fill("Sa\u200bto\u202e")
    page.locator("#estop-reason").fill("smoke & fire")
    page.keyboard.press("Enter")
    ordered(page, stage)
    assert forms(stage, "/estop") == [{"name": ["Sa to"], "reason": ["smoke & fire"]}]


@PATHS
def test_cancelled_it_sends_nothing_and_may_be_asked_again_at_once(open_quiet: OpenPage, path: str) -> None:
    """The old question's end comes late: it must not answer for the new one."""
    stage = Stage.of(2)
    page = open_quiet(path, stage=stage)
    expect(page.locator("#estop-press")).to_be_enabled()
    expect(page.locator("html[data-running]")).to_be_attached()
    page.evaluate("""() => {
      const press = (one) => document.querySelector(one).click();
      press('#estop-press');
      press('#estop-dialog button[value=cancel]');
      press('#estop-press');
    }""")
    expect(page.locator("#estop-dialog")).to_be_visible()
    assert stage.orders == []
    page.locator("#estop-yes").click()
    awaited(page, lambda: stage.orders, "the one order")
    expect(page.locator("#stop-outcome")).not_to_be_empty()
    assert [path for path, _ in stage.orders] == ["/estop"]


@PATHS
def test_stop_all_can_be_given_from_its_questions(open_quiet: OpenPage, path: str) -> None:
    stage = latched()
    page = open_quiet(path, stage=stage)
    for opener, dialog in (("#estop-reset", "#estop-reset-dialog"), ("#estop-press", "#estop-dialog")):
        page.locator(opener).click()
        page.locator(f"{dialog} [data-act=stop-all]").click()
        expect(page.locator("#stop-yes, #confirm-yes")).to_be_focused()
        page.keyboard.press("Escape")
        page.keyboard.press("Escape")
        expect(page.locator(dialog)).not_to_be_visible()
    assert stage.orders == []


@PATHS
@pytest.mark.parametrize("context", [{}, PHONE], ids=["desktop", "phone"])
def test_stop_all_comes_first_and_is_the_larger(open_quiet: OpenPage, context: dict[str, Any], path: str) -> None:
    page = open_quiet(path, stage=latched(), **context)
    expect(page.locator("#estop-title")).to_be_visible()
    stop, press = page.locator("#stop-all").bounding_box(), page.locator("#estop-press").bounding_box()
    assert stop is not None
    assert press is not None
    assert (press["y"], press["x"]) > (stop["y"], stop["x"])
    assert stop["height"] >= 46 > press["height"] >= 24
    assert stop["width"] >= press["width"]
    assert page.evaluate("document.documentElement.scrollWidth") <= page.evaluate("innerWidth")
    shift = page.evaluate("""() => {
      const stop = document.getElementById('stop-all');
      const before = stop.getBoundingClientRect().y;
      document.getElementById('estop-form').remove();
      return Math.abs(stop.getBoundingClientRect().y - before);
    }""")
    if context:  # 44 px before there was anything beside it
        assert 800 - (stop["y"] + stop["height"]) <= 52
    else:
        assert shift == 0


@pytest.fixture
def proxy(plant: Plant) -> Any:
    """A proxy before the program, which can hold what passes."""
    with HoldingProxy(plant.address).running() as proxy:
        yield proxy


@PATHS
def test_without_an_answer_it_is_offered_as_a_plain_form(
    place: BrowserContext, proxy: HoldingProxy, plant: Plant, path: str
) -> None:
    page = place.new_page()
    page.goto(proxy.address + path)
    expect(page.locator("#journal-rows tr, #trust-live b").first).to_be_visible()
    proxy.hold("^POST /estop")
    page.locator("#estop-press").click()
    page.keyboard.press("Enter")
    plain = page.locator("#estop-plain").get_by_role("button")
    expect(plain).to_be_focused()
    expect(page.locator("#stop-plain")).to_be_hidden()
    plain.click(no_wait_after=True)  # where it leads to is held too
    until(lambda: len(proxy.arrived("^POST /estop")) == 2, "the plain form's press")
    proxy.release()
    until(lambda: estops(plant), "the latch")
    until(lambda: not plant.console.get("/commands?state=open")["commands"], "the orders' end", deadline=60)


def test_it_ends_what_holds_the_browsers_connections(open_quiet: OpenPage) -> None:
    """As Stop all does: what the page has under way is ended, so that it leaves at once."""
    stage = Stage.of(2)
    page = open_quiet(stage=stage)
    page.evaluate("""() => {
      const real = AbortController.prototype.abort;
      window.ended = 0;
      AbortController.prototype.abort = function () { window.ended += 1; return real.call(this); };
    }""")
    page.route(re.compile("/get/frame"), lambda route: None)
    page.wait_for_timeout(1500)  # a reading is under way by then, and is not answered
    page.locator("#estop-press").click()
    page.keyboard.press("Enter")
    expect(page.locator("#stop-outcome")).not_to_be_empty()
    assert page.evaluate("window.ended") >= 1


@PATHS
@pytest.mark.parametrize("lack", ["delete HTMLDialogElement.prototype.showModal;", "delete window.fetch;"])
def test_a_browser_that_cannot_ask_or_send_latches_by_the_form(
    place: BrowserContext, plant: Plant, lack: str, path: str
) -> None:
    page = place.new_page()
    page.add_init_script(lack)
    page.goto(plant.address + path)
    with page.expect_request(re.compile("/estop$")) as left:
        page.locator("#estop-press").click()
    assert left.value.is_navigation_request()
    until(lambda: estops(plant), "the latch")
    until(lambda: not plant.console.get("/commands?state=open")["commands"], "the orders' end", deadline=60)


@PATHS
def test_without_javascript_it_is_shown_and_pressed(browser: Browser, plant: Plant, path: str) -> None:
    place = browser.new_context(java_script_enabled=False)
    page = place.new_page()
    page.set_default_timeout(60_000)
    page.goto(plant.address + path)
    assert not page.locator("#estop-bar").is_visible()
    page.locator("#estop-press").click()
    page.wait_for_url("**/estop")
    assert '"estop":{"by":"127.0.0.1"' in page.locator("body").inner_text().replace(" ", "")
    page.goto(plant.address + path)
    assert page.locator("#estop-title").inner_text() == "E-stop latched by 127.0.0.1: no reason was given"
    assert "only what stops is sent" in page.locator("#estop-told").inner_text()
    assert not page.locator("#estop-reset").is_visible()
    place.close()


def test_what_would_be_refused_says_so_beforehand_and_what_stops_is_never_off(open_quiet: OpenPage) -> None:
    stage = latched()
    stage.grid["mode"] = "manual"
    for data in stage.units.values():
        data["apis"]["operation_mode"] = {"global": "manual", "local": None, "effective": "manual"}
    page = open_quiet(stage=stage)
    card = page.locator('.card[data-unit="E001"]')
    expect(card.locator("[data-part=needs]")).to_have_text("E-stop latched: only Stopped can be ordered.")
    expect(card.locator("input[value=stopped]")).to_be_enabled()
    expect(card.locator("[data-act=converter]")).to_be_enabled()
    expect(card.locator("form.local .latched-note")).to_be_visible()
    expect(page.locator("#shut-down-hint")).to_have_text("E-stop latched: Shut Down is refused until it is reset.")
    expect(page.locator("#cluster .latched-note")).to_have_text("E-stop latched: only a mode that stops is sent.")
    for control in ("#stop-all", "#estop-press", "#global-choice", "#global-set", "#schedule-set", "#open-transfer"):
        expect(page.locator(control)).to_be_enabled()
    for opener, dialog in (("#open-transfer", "#transfer-dialog"), ("#schedule-set", "#schedule-dialog")):
        page.locator(opener).click()
        expect(page.locator(f"{dialog} .latched-note")).to_contain_text("E-stop latched")
        page.keyboard.press("Escape")
    page.locator("#cluster-lock").click()
    expect(page.locator("#lock-latched")).to_be_hidden()  # locks can be set
    page.keyboard.press("Escape")
    expect(page.locator("#shut-down")).to_be_disabled()
    page.locator("#stop-all").click()
    expect(page.locator("#confirm-now")).to_contain_text("E-stop latched by anna: smoke")
    page.keyboard.press("Escape")
    stage.more["estop"] = None
    expect(card.locator("[data-part=needs]")).to_be_hidden()
    expect(card.locator("input[value=current]")).to_be_enabled()
    expect(page.locator(".latched-note:visible")).to_have_count(0)
    expect(page.locator("#shut-down-hint")).to_be_hidden()


def test_the_latch_stands_while_the_controller_cannot_be_reached(open_quiet: OpenPage) -> None:
    stage = latched()
    page = open_quiet(stage=stage, may_fail=True, hurry=8)
    expect(page.locator("#estop-reset")).to_be_enabled()
    stage.dead = True
    expect(page.locator("#alive-notice")).to_contain_text("cannot be reached since", timeout=WAIT)
    expect(page.locator("#estop-title")).to_be_visible()
    expect(page.locator("#estop-reset")).to_be_disabled()


def test_the_wall_shows_it_without_a_control(open_quiet: OpenPage) -> None:
    page = open_quiet("?display=wall", stage=latched(), viewport={"width": 1920, "height": 1080})
    expect(page.locator("#estop-title")).to_be_visible()
    expect(page.locator("#estop-reset")).not_to_be_visible()
    assert page.locator("#estop-title").evaluate("one => parseFloat(getComputedStyle(one).fontSize)") > 20


def test_a_tab_that_went_on_to_the_journal_no_longer_counts_as_the_page_that_began_something(
    open_quiet: OpenPage,
) -> None:
    """S29, H2: the journal asks how a stop stands too, but attends to no guided transfer and no second step."""
    page = open_quiet(stage=Stage.of(2))
    with page.expect_request(re.compile("/get/frame")) as asked:
        expect(page.locator("#trust-live b")).to_have_text("2")
    assert "page=" in asked.value.url
    page.get_by_role("link", name="Journal", exact=True).click()
    page.wait_for_url("**/journal.html")
    with page.expect_request(re.compile("/get/status")) as asked:
        expect(page.locator("#journal-outcome")).not_to_be_empty()
    assert "page=" not in asked.value.url


def test_what_the_page_was_sent_with_stands_until_the_first_frame(place: BrowserContext, plant: Plant) -> None:
    """The page draws itself before it was told anything: that takes nothing away."""
    by_script(plant)
    page = place.new_page()
    page.route(re.compile("/get/frame"), lambda route: None)
    page.goto(plant.address)
    expect(page.locator("#deals-note")).to_contain_text("not asked yet")
    expect(page.locator("#estop-title")).to_be_visible()
    expect(page.locator("#estop-title")).to_have_text("E-stop latched by anna: smoke")


@pytest.mark.parametrize("scheme", ["dark", "light"])
@pytest.mark.parametrize("opener", [None, "#estop-reset", "#estop-press"])
@PATHS
def test_axe_finds_nothing_while_it_is_latched(
    open_quiet: OpenPage, pictures: Path, scheme: str, opener: str | None, path: str
) -> None:
    stage = latched(file=False)
    stage.deals = [deal("E001", "E002")]
    page = open_quiet(path, stage=stage, color_scheme=scheme, **(PHONE if scheme == "light" else {}))
    expect(page.locator("#estop-memory")).to_be_visible()
    if opener:
        page.locator(opener).click()
        page.wait_for_timeout(1000)
    page.screenshot(path=pictures / f"estop-{path or 'page'}-{scheme}-{(opener or '#bar')[1:]}.png")
    assert violations(page) == []
