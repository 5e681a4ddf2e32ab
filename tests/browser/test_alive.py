"""A page that is not alive says so by itself, withdraws what it said of the grid, and undoes that when it is over."""

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from tests.browser.conftest import HIDE, WAIT, OpenPage, Plant
from tests.browser.stage import Stage

NOTICE, NOTE = "#alive-notice", "#alive-note"

CLOCK = "{ const real = Date.now; window.wallAhead = %d; Date.now = () => real() + window.wallAhead; }"
"""A browser whose wall clock is so many ms ahead; a test sets it as a hand, or a sleep, would."""

QUICK = """
    {
        const [now, wall] = [performance.now.bind(performance), Date.now.bind(Date)];
        const [began, day] = [now(), wall()];
        performance.now = () => began + (now() - began) * 5;
        Date.now = () => day + (wall() - day) * 5;
    }
"""
"""Both clocks of a browser go five times as fast, so that its limits are over in a second or two."""


def told(page: Page, what: str) -> None:
    """Waits until the notice says that: 5 s without a frame, 10 s without a script."""
    expect(page.locator(NOTICE)).to_contain_text(what, timeout=WAIT)


def alive(page: Page) -> None:
    """Waits until the page shows what is so now, and nothing is wrong with it."""
    expect(page.locator("#trust-live b")).to_have_text("3")
    expect(page.locator(NOTICE)).to_be_hidden()


def withdrawn(page: Page) -> None:
    """A page that is not alive has no word on the grid, its orders off, and the stops in reach, one by no script."""
    expect(page.locator("#trust-grid b")).to_have_text("cannot tell")
    expect(page.locator("#trust-web b")).to_have_text("--")
    expect(page.locator("#trust-live b")).to_have_text("--")
    expect(page.locator("#global-set")).to_be_disabled()
    expect(page.locator("#stop-all")).to_be_enabled()
    expect(page.locator("#stop-plain button")).to_be_visible()
    expect(page.locator("#stop-plain button")).to_be_enabled()
    assert page.locator(".cards").evaluate("(cards) => getComputedStyle(cards).opacity") == "0.45"


def whole(page: Page) -> None:
    """All that was withdrawn is back."""
    expect(page.locator(NOTICE)).to_be_hidden(timeout=WAIT)
    expect(page.locator("#trust-grid b")).to_have_text("no error")
    expect(page.locator("#global-set")).to_be_enabled()
    expect(page.locator("#stop-plain")).to_be_hidden()


FOREIGN: dict[str, dict[str, Any]] = {
    "a proxy's page": {"status": 502, "content_type": "text/html", "body": "<html>Bad Gateway</html>"},
    "a page with status 200": {"status": 200, "content_type": "text/html", "body": "<html>Please log in</html>"},
    "a log-in page elsewhere": {"status": 302, "headers": {"Location": "/journal.html"}},
    "foreign JSON": {"status": 200, "content_type": "application/json", "body": '{"serial": 7, "whole": true}'},
    "foreign JSON with an error's status": {"status": 503, "content_type": "application/json", "body": '{"code": 5}'},
    "an empty answer": {"status": 200, "content_type": "application/json", "body": ""},
    "a list": {"status": 200, "content_type": "application/json", "body": "[]"},
}


@pytest.mark.parametrize("answer", FOREIGN.values(), ids=FOREIGN.keys())
def test_an_answer_of_another_program_keeps_nothing_green(
    open_quiet: OpenPage, pictures: Path, answer: dict[str, Any]
) -> None:
    """H11: whatever its status, it shows only that something between lives."""
    stage = Stage.of(3)
    page = open_quiet(stage=stage, may_fail=True, hurry=4, script=QUICK)
    alive(page)

    def foreign(route: Route) -> None:
        route.fulfill(**answer)

    page.route(re.compile("/get/frame"), foreign)
    told(page, "What answers here is not this controller")
    withdrawn(page)
    page.screenshot(path=pictures / "alive-foreign.png")
    page.unroute(re.compile("/get/frame"), foreign)
    whole(page)


def test_why_a_controller_tells_nothing_is_told_in_its_own_words(open_quiet: OpenPage) -> None:
    """A frame that is too old is not handed out: 503 with a sentence."""
    stage = Stage.of(3)
    page = open_quiet(stage=stage, may_fail=True, hurry=4, script=QUICK)
    alive(page)
    stage.answers["/get/frame"] = (503, {"error": "Nothing was assessed for 4 s."})
    told(page, "tells nothing of the grid since")
    told(page, "Nothing was assessed for 4 s.")
    withdrawn(page)
    del stage.answers["/get/frame"]
    whole(page)


def test_a_fault_while_drawing_is_told_until_all_is_drawn_again(browser: Browser, quiet_plant: Plant) -> None:
    """Another part of the page may stand still by it, so nothing that it shows is vouched for."""
    with browser.new_context(locale="en-GB") as place:
        page = place.new_page()
        stage = Stage.of(3)
        stage.attach(page)
        page.goto(quiet_plant.address)
        alive(page)
        page.evaluate("setTimeout(() => { throw new Error('the picture broke') })")
        told(page, "This page has a fault: Uncaught Error: the picture broke")
        withdrawn(page)
        whole(page)
        page.evaluate("setTimeout(() => Promise.reject(new Error('a promise broke')))")
        told(page, "a promise broke")
        whole(page)


def test_a_panel_that_breaks_at_every_drawing_is_told_as_long_as_it_does(browser: Browser, quiet_plant: Plant) -> None:
    with browser.new_context(locale="en-GB") as place:
        page = place.new_page()
        stage = Stage.of(3)
        stage.attach(page)
        page.goto(quiet_plant.address)
        alive(page)
        stage.more["busConditions"] = [None]  # what the page does not expect
        told(page, "This page has a fault")
        page.wait_for_timeout(4000)
        expect(page.locator(NOTICE)).to_be_visible()
        del stage.more["busConditions"]
        whole(page)


@pytest.mark.parametrize("hours", [1, -1])
def test_a_browser_that_slept_withdraws_all_until_the_first_answer(open_quiet: OpenPage, hours: int) -> None:
    """H14: its wall clock jumps, its other clock stood still, so that by that the frame is fresh."""
    stage = Stage.of(3)
    page = open_quiet(stage=stage, may_fail=True)
    alive(page)
    page.evaluate(CLOCK % 0)
    held: list[Route] = []
    page.route(re.compile("/get/frame"), lambda route: held.append(route))
    page.evaluate(f"window.wallAhead = {hours * 3_600_000}")
    told(page, "This browser slept, or its clock was set.")
    withdrawn(page)
    page.unroute(re.compile("/get/frame"))
    for route in held:
        route.fallback()
    whole(page)


def test_after_a_sleep_it_is_told_why_no_answer_comes(open_quiet: OpenPage) -> None:
    """That it slept stood there for ever, and hid that the controller could not be reached."""
    stage = Stage.of(3)
    page = open_quiet(stage=stage, may_fail=True, hurry=4, script=QUICK)
    alive(page)
    page.evaluate(CLOCK % 0)
    stage.dead = True
    page.evaluate("window.wallAhead = 3_600_000")
    told(page, "This controller cannot be reached since")
    withdrawn(page)
    page.evaluate("window.wallAhead = 0")
    stage.dead = False
    whole(page)


@pytest.mark.parametrize(("hours", "word"), [(1, "1 h 0 min ahead of"), (-1, "1 h 0 min behind")])
def test_a_browser_whose_clock_is_wrong_is_told_and_shows_what_is_so(
    open_quiet: OpenPage, hours: int, word: str
) -> None:
    """H13."""
    page = open_quiet(stage=Stage.of(3))
    page.add_init_script(CLOCK % (hours * 3_600_000))
    page.reload()
    alive(page)
    expect(page.locator(NOTE)).to_contain_text(f"This browser's clock is {word} the controller's.")
    expect(page.locator("#global-set")).to_be_enabled()


def test_a_clock_that_is_right_is_not_spoken_of(open_quiet: OpenPage) -> None:
    page = open_quiet(stage=Stage.of(3))
    alive(page)
    page.wait_for_timeout(1500)
    expect(page.locator(NOTE)).to_be_hidden()


def test_on_a_phone_the_plain_forms_stand_in_one_row(open_quiet: OpenPage) -> None:
    """Both stops by script and both by none, in less than a sixth of the screen."""
    stage = Stage.of(3)
    page = open_quiet(stage=stage, may_fail=True, script=QUICK, viewport={"width": 390, "height": 844})
    alive(page)
    stage.dead = True
    told(page, "cannot be reached")
    boxes = [page.locator(f"{form} button").bounding_box() for form in ("#stop-plain", "#estop-plain")]
    assert boxes[0] is not None
    assert boxes[1] is not None
    assert boxes[0]["y"] == boxes[1]["y"]
    bar = page.locator("#stop-block").bounding_box()
    assert bar is not None
    assert bar["height"] < 844 / 6


def test_a_newer_controller_asks_to_reload(open_quiet: OpenPage, pictures: Path) -> None:
    """H18: the version is in sight, and told when the controller has another by now."""
    stage = Stage.of(3)
    page = open_quiet(stage=stage)
    alive(page)
    own = page.locator(".version").inner_text()
    expect(page.locator("#alive-reload")).to_be_hidden()
    stage.more["version"] = "99.0.0"
    expect(page.locator("#alive-version")).to_have_text(f"The controller is of version 99.0.0 now, this page of {own}.")
    page.screenshot(path=pictures / "alive-version.png")
    with page.expect_navigation():
        page.locator("#alive-reload").click()
    del stage.more["version"]
    alive(page)
    expect(page.locator("#alive-reload")).to_be_hidden()


def test_a_new_start_of_the_controller_is_told_with_its_own_time(open_quiet: OpenPage) -> None:
    """Whoever comes back after hours would take that of the first frame for it."""
    stage = Stage.of(3)
    page = open_quiet(stage=stage)
    alive(page)
    stage.more |= {"start": "another", "started": "2026-05-13T09:44:25.000+00:00"}
    expect(page.locator(NOTE)).to_contain_text("The controller was started anew at 09:44:25 UTC.")
    expect(page.locator("#global-set")).to_be_enabled()


def test_a_new_start_without_its_time_was_since_the_last_frame(open_quiet: OpenPage) -> None:
    stage = Stage.of(3)
    stage.wall = "2026-05-13T09:00:00.000+00:00"
    page = open_quiet(stage=stage, may_fail=True)
    expect(page.locator("#trust-live b")).to_have_text("3")
    stage.more["start"] = "another"
    stage.wall = "2026-05-13T12:00:00.000+00:00"
    expect(page.locator(NOTE)).to_contain_text("The controller has been started anew since 09:00:00 UTC.")


def test_who_accepts_and_never_answers_is_not_called_out_of_reach(open_quiet: OpenPage) -> None:
    stage = Stage.of(3)
    page = open_quiet(stage=stage, may_fail=True, script=QUICK)
    alive(page)
    page.evaluate(
        """() => {
            window.notices = [];
            const notice = document.getElementById('alive-notice');
            new MutationObserver(() => notices.push(notice.textContent)).observe(notice, {childList: true});
        }"""
    )
    page.route(re.compile("/get/frame"), lambda route: None)
    told(page, "This controller does not answer since")
    page.wait_for_timeout(2500)
    assert not [one for one in page.evaluate("notices") if "reached" in one]
    withdrawn(page)


def test_a_page_that_counts_as_hidden_asks_seldom_and_stays_true(open_quiet: OpenPage) -> None:
    """H16: some browsers say so of a page in full sight. It is asked for at once when it is shown."""
    stage = Stage.of(3)
    page = open_quiet(stage=stage)
    page.add_init_script("Object.defineProperty(document, 'visibilityState', { get: () => 'hidden' });")
    asked: list[str] = []
    page.reload()
    alive(page)
    page.wait_for_timeout(1000)
    page.on("request", lambda request: asked.append(request.url) if "/get/frame" in request.url else None)
    stage.grid["error"] = True
    expect(page.locator("#trust-grid b")).to_have_text("error", timeout=WAIT)
    expect(page.locator(NOTICE)).to_be_hidden()
    assert len(asked) <= 2


def test_a_page_that_comes_into_sight_shows_nothing_old_as_new(open_quiet: OpenPage) -> None:
    stage = Stage.of(3)
    page = open_quiet(stage=stage, may_fail=True)
    alive(page)
    page.evaluate(HIDE, True)
    stage.dead = True
    page.wait_for_timeout(6000)
    page.evaluate(HIDE, False)
    told(page, "This controller cannot be reached since")
    withdrawn(page)
    stage.dead = False
    whole(page)


@pytest.mark.parametrize("path", ["", "journal.html"], ids=["page", "journal"])
@pytest.mark.parametrize("lost", ["lib/busFigures.js", "orders.js", "main.js|journal.js", "lib/wire.js"])
def test_a_script_that_never_comes_is_told_within_ten_seconds(
    place: BrowserContext, quiet_plant: Plant, pictures: Path, path: str, lost: str
) -> None:
    """H12: the request for it hangs for ever; nothing of ours runs but the one script that needs nothing."""
    if path and lost == "lib/busFigures.js":
        pytest.skip("the journal's page does not use it")
    page = place.new_page()
    page.add_init_script(QUICK)
    page.route(re.compile(f"/js/({lost})"), lambda route: None)
    page.goto(quiet_plant.address + path, wait_until="commit")
    told(page, "script could not be loaded")
    told(page, "stands still")
    if not path:
        expect(page.locator("#trust")).to_be_hidden()
        expect(page.locator("#global-mode")).to_be_hidden()
    expect(page.locator("#stop-all")).to_be_enabled()
    page.screenshot(path=pictures / f"alive-script-{path or 'page'}.png")


@pytest.mark.parametrize("path", ["", "journal.html"], ids=["page", "journal"])
def test_where_the_judge_itself_is_missing_the_page_says_so(
    place: BrowserContext, quiet_plant: Plant, path: str
) -> None:
    page = place.new_page()
    page.route(re.compile("/js/alive.js"), lambda route: route.abort())
    page.goto(quiet_plant.address + path)
    expect(page.locator(".unable-note")).to_be_visible()


def test_the_journals_page_tells_of_a_dead_controller_too(open_quiet: OpenPage) -> None:
    stage = Stage.of(3)
    page = open_quiet("journal.html", stage=stage, may_fail=True, hurry=4, script=QUICK)
    expect(page.locator(NOTICE)).to_be_hidden()
    stage.dead = True
    told(page, "This controller cannot be reached since")
    expect(page.locator("#stop-plain button")).to_be_visible()
    stage.dead = False
    expect(page.locator(NOTICE)).to_be_hidden(timeout=WAIT)


def test_the_tabs_of_history_and_journal_bear_a_mark_while_they_are_not_alive(open_quiet: OpenPage) -> None:
    """The main page's did, theirs did not."""
    for path, name in (("history.html", "History"), ("journal.html", "Journal")):
        page = open_quiet(path, may_fail=True, hurry=4, script=QUICK)
        expect(page).to_have_title(re.compile(f"^{name} · APIS Main Controller"))
        page.route("**/get/status*", lambda route: route.abort())
        expect(page).to_have_title(re.compile(f"^▲ {name} · APIS Main Controller"), timeout=WAIT)
        assert page.locator("#icon").get_attribute("href") == "img/alarm.svg"
        page.unroute("**/get/status*")
        expect(page).to_have_title(re.compile(f"^{name} · APIS Main Controller"), timeout=WAIT)
        assert page.locator("#icon").get_attribute("href") == "img/favicon.svg"


def test_the_notice_speaks_the_language_of_the_page_and_names_the_sites_time(
    open_quiet: OpenPage, pictures: Path
) -> None:
    stage = Stage.of(3)
    page = open_quiet(stage=stage, may_fail=True, hurry=4, script=QUICK, locale="ja-JP")
    alive(page)
    stage.dead = True
    told(page, "Main Controller に接続できません")
    assert re.search(r"\d\d:\d\d:\d\d UTC から", page.locator(NOTICE).inner_text())
    page.screenshot(path=pictures / "alive-ja.png")


def test_old_answers_that_are_given_again_keep_nothing_green(open_quiet: OpenPage) -> None:
    """H11, its kind: a cache, or somebody, between: what it repeats is no frame, whatever stands in it."""
    stage = Stage.of(3)
    page = open_quiet(stage=stage, may_fail=True, hurry=4, script=QUICK)
    alive(page)
    frame = stage.frame()

    def again(route: Route) -> None:
        route.fulfill(json=frame)

    page.route(re.compile("/get/frame"), again)
    told(page, "repeats old answers")
    withdrawn(page)
    page.unroute(re.compile("/get/frame"), again)
    whole(page)


def test_another_controller_in_its_place_is_told_and_not_shown(open_quiet: OpenPage) -> None:
    """H11, its kind: orders and stops of this page go to whoever answers, so what it shows must be of the same."""
    stage = Stage.of(3)
    page = open_quiet(stage=stage, may_fail=True, hurry=4, script=QUICK)
    alive(page)
    stage.more |= {"start": "elsewhere", "title": "another site"}
    told(page, "Another controller answers here")
    told(page, "another site")
    withdrawn(page)
    expect(page.locator("#cluster-name")).to_have_text("oist20")
    del stage.more["start"], stage.more["title"]
    whole(page)


def test_a_clock_that_runs_slow_parts_from_the_other_and_is_seen(open_quiet: OpenPage) -> None:
    """H14, its kind: what counts ages would find the last frame fresh for ever."""
    stage = Stage.of(3)
    page = open_quiet(stage=stage, may_fail=True)
    alive(page)
    stage.dead = True
    page.evaluate("{ const [now, at] = [performance.now(), performance.now.bind(performance)]; "
                  "performance.now = () => now + (at() - now) / 50; }")  # fmt: skip
    told(page, "This browser slept, or its clock was set.")
    withdrawn(page)


def test_a_question_on_a_dead_page_says_nothing_of_now(open_quiet: OpenPage) -> None:
    """What the page has withdrawn is not told as live in the question of a stop."""
    stage = Stage.of(3, status="0x0041", ig=2.0)
    page = open_quiet(stage=stage, may_fail=True, hurry=4, script=QUICK)
    alive(page)
    stage.dead = True
    told(page, "This controller cannot be reached")
    page.locator("#stop-all").click()
    now = page.locator("#confirm-now")
    expect(now).to_contain_text("Nothing is heard of the grid now.")
    expect(now).to_contain_text("Voltage reference: not known")
    expect(now).not_to_contain_text("3 live")


def test_a_link_to_a_filter_that_nothing_matches_shows_nothing(open_quiet: OpenPage) -> None:
    page = open_quiet("?filter=alarm", stage=Stage.of(3))
    expect(page.locator("#units-note")).to_have_text("No unit matches.")
    expect(page.locator(".card")).to_have_count(0)


def test_a_page_without_its_style_sheets_vouches_for_nothing(place: BrowserContext, quiet_plant: Plant) -> None:
    """H12, its kind: a log-in page in their place; what the page hides would be read as so."""
    page = place.new_page()
    page.route(re.compile(r"/css/.*\.css"), lambda route: route.fulfill(body="<html>Please log in</html>"))
    page.goto(quiet_plant.address)
    told(page, "style sheets could not be loaded")
    expect(page.locator("#trust-grid b")).to_have_text("cannot tell")
