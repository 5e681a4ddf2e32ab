"""The time machine: the page as it was, with its strip, keys and address; what is live goes on, and a stop acts now."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.conftest import OpenPage, Plant, pages, running
from tests.browser.stage import Stage, awaited, moment
from tests.browser.test_everyone import violations
from tests.system.console import until

LONG = 60_000
PHONE: dict[str, Any] = {"viewport": {"width": 360, "height": 740}, "has_touch": True}


@pytest.fixture(scope="module")
def plant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plant]:
    """A cluster that has run for some moments, in which a unit was locked."""
    with running(tmp_path_factory.mktemp("past") / "console", 2) as plant:
        console = plant.console
        until(lambda: console.get("/timeline")["marks"], "the mark of the start")
        assert console.call("/setLock?name=anna&reason=test", "POST").status == 200
        until(lambda: any("lock" in mark["text"] for mark in console.get("/timeline")["marks"]), "the lock's mark")
        yield plant


@pytest.fixture
def opened(browser: Browser, plant: Plant) -> Iterator[OpenPage]:
    with pages(browser, plant.address) as opener:
        yield opener


def time_of(page: Page) -> str:
    return page.locator("#past-time").inner_text()


def back_from_the_past(opened: OpenPage) -> Page:
    """A page of now, from which the browser's Forward leads to the past."""
    page = opened()
    page.locator("#open-past").click()
    expect(page.locator("#past-time")).not_to_be_empty()
    page.go_back()
    expect(page.locator("#past")).to_be_hidden()
    return page


def shown_whole(opened: OpenPage) -> Page:
    """A page of the newest moment, with its cards."""
    page = opened("?at=", may_fail=True)
    expect(page.locator("#cards")).to_be_visible()
    expect(page.locator("#past-time[data-waiting]")).to_have_count(0)
    return page


def test_it_opens_at_the_newest_goes_from_event_to_event_and_back_to_now(opened: OpenPage) -> None:
    page = opened()
    page.locator("#open-past").click()
    expect(page.locator("#past")).to_be_visible()
    expect(page.locator("#past-time")).not_to_be_empty()
    newest = time_of(page)
    page.locator("#past-event-before").click()
    expect(page.locator("#past-event")).not_to_be_empty()
    expect(page.locator("#past-time")).not_to_have_text(newest)
    assert re.search(r"\?at=2\d{3}-", page.url)
    expect(page.locator("html")).to_have_attribute("data-past", "")
    page.locator("body").press("n")
    expect(page.locator("#past")).to_be_hidden()
    assert "at=" not in page.url
    expect(page.locator("#global-mode")).to_have_text("Run", timeout=LONG)


def test_back_leads_from_the_past_to_now(opened: OpenPage) -> None:
    """It left the console."""
    page = opened()
    page.locator("#open-past").click()
    expect(page.locator("#past-time")).not_to_be_empty()
    page.locator("#past-event-before").click()
    expect(page.locator("#past-event")).not_to_be_empty()
    page.go_back()
    expect(page.locator("#past")).to_be_hidden()
    expect(page.locator("#global-mode")).to_be_visible()
    assert "at=" not in page.url


def test_orders_are_closed_and_stop_all_acts_now(opened: OpenPage, plant: Plant) -> None:
    page = opened("?at=")
    expect(page.locator("#past-time")).not_to_be_empty()
    for control in ("#global-set", "#schedule-set", "#flush", "#cluster-lock", "#cards [data-act=lock] >> nth=0"):
        expect(page.locator(control)).to_be_disabled()
    expect(page.locator("#units")).to_contain_text("This page shows the past")
    expect(page.locator("#units")).not_to_contain_text("does not answer")
    page.locator("body").press("PageUp")
    expect(page.locator("#past-time[data-waiting]")).to_have_count(0)
    page.locator("#stop-all").click()
    expect(page.locator("#confirm")).to_contain_text("Stop all acts NOW, on the live grid")
    page.locator("#confirm-yes").click()
    until(lambda: plant.console.status["grid"]["mode"] == "stop", "the live grid's stop")
    expect(page.locator("#past-live")).to_contain_text("Force Stop", timeout=LONG)
    expect(page.locator("#past-marks [title$=': Stop all (done, seen in effect)']").first).to_be_attached(timeout=LONG)


def test_a_link_shows_the_moment_that_it_names_and_a_moment_without_record_says_so(
    opened: OpenPage, plant: Plant
) -> None:
    reach = plant.console.get("/timeline")
    page = opened(f"?at={reach['reachesBackTo'].replace('+00:00', 'Z')}", may_fail=True)
    expect(page.locator("#past-time")).to_contain_text(reach["reachesBackTo"][11:19], timeout=LONG)
    expect(page.locator("#past-time[data-waiting]")).to_have_count(0)
    begins = time_of(page)
    page.locator("#past-back").click()
    expect(page.locator("#past-outcome")).to_contain_text("The record begins here.", timeout=LONG)
    assert time_of(page) == begins
    expect(page.locator("#cards")).to_be_visible()


def test_a_moment_beyond_the_record_is_never_shown_as_its_neighbour(opened: OpenPage) -> None:
    page = opened("?at=2020-01-01T00:00:00Z", may_fail=True)
    expect(page.locator("#past-outcome")).to_contain_text(
        re.compile(
            r"Nothing is recorded of 2020-01-01 00:00 UTC: the nearest recorded time is \d{4}-\d\d-\d\d [\d:]+ UTC"
        ),
        timeout=LONG,
    )
    expect(page.locator("#past-time")).to_contain_text("2020-01-01")
    expect(page.locator("#cards")).to_be_hidden()
    page.locator("#past-on").click()
    expect(page.locator("#past-outcome")).to_be_empty(timeout=LONG)
    expect(page.locator("#past-time")).not_to_contain_text("2020-01-01")


PEERS = ("emulatorEmulator", "budoEmulator")

AT = "new URLSearchParams(location.search).get('at')"
"""The moment that the address names."""


def test_details_move_no_time_and_closing_them_stays_at_the_moment(opened: OpenPage) -> None:
    page = opened("?at=")
    expect(page.locator("#past-time")).not_to_be_empty()
    expect(page.locator("#past-time[data-waiting]")).to_have_count(0)
    units = page.locator(".scene-outline")
    expect(units).to_contain_text("E002")
    opened_at = time_of(page)
    units.focus()
    units.press("ArrowRight")
    units.press("Enter")
    expect(page.locator("#details")).to_be_visible()
    assert time_of(page) == opened_at
    shown = page.evaluate(AT)
    page.evaluate("document.getElementById('past-event-before').click()")  # as it plays on underneath
    awaited(page, lambda: page.evaluate(AT) != shown, "the event")  # by ms: it may lie in the same second
    expect(page.locator("#past-time[data-waiting]")).to_have_count(0)
    moved_to = time_of(page)
    page.locator("#details").press("Escape")
    expect(page.locator("#details")).to_be_hidden()
    expect(page).not_to_have_url(re.compile("unit="))
    assert time_of(page) == moved_to
    expect(units).to_be_focused()


def test_while_the_record_cannot_be_read_nothing_of_now_is_shown_as_the_past(opened: OpenPage) -> None:
    page = opened("", may_fail=True)
    expect(page.locator("#cards > [data-unit]")).to_have_count(2, timeout=LONG)
    page.route("**/timeline*", lambda route: route.abort())
    page.locator("#open-past").click()
    expect(page.locator("#past-outcome")).not_to_be_empty(timeout=LONG)
    expect(page.locator("#cards")).to_be_hidden()
    page.locator("body").press("PageUp")
    page.unroute("**/timeline*")
    expect(page.locator("#cards")).to_be_visible(timeout=LONG)


def test_it_plays_and_pauses(opened: OpenPage, plant: Plant) -> None:
    begin = plant.console.get("/timeline")["reachesBackTo"]
    page = opened(f"?at={begin.replace('+00:00', 'Z')}")
    expect(page.locator("#past-play")).to_have_accessible_name("Play")
    expect(page.locator("#past-time")).not_to_be_empty()
    before = time_of(page)
    page.locator("#past-play").click()
    expect(page.locator("#past-time")).not_to_have_text(before, timeout=LONG)
    page.locator("#past-play").press("k")
    expect(page.locator("#past-play")).to_have_accessible_name("Play")


def test_at_its_newest_it_plays_on_with_the_record(opened: OpenPage) -> None:
    """It stopped at once, though the record grows."""
    page = opened("?at=")
    expect(page.locator("#past-time")).not_to_be_empty()
    page.locator("#past-speed").select_option("60")
    page.locator("#past-play").click()
    newest = time_of(page)
    for _ in range(2):
        expect(page.locator("#past-time")).not_to_have_text(newest, timeout=LONG)
        newest = time_of(page)
    expect(page.locator("#past-play")).to_have_accessible_name("Pause")
    expect(page.locator("#past-outcome")).to_be_empty()


def test_that_the_controller_was_not_reached_is_said_no_longer_than_that(opened: OpenPage) -> None:
    page = opened("?at=", may_fail=True)
    expect(page.locator("#past-time")).not_to_be_empty()
    expect(page.locator("#past-time[data-waiting]")).to_have_count(0)
    page.route(re.compile(r"/(timeline|get/frame\?at=)"), lambda route: route.abort())
    page.locator("#past-back").click()
    expect(page.locator("#past-outcome")).not_to_be_empty()
    expect(page.locator("#cards")).to_be_hidden()
    page.unroute(re.compile(r"/(timeline|get/frame\?at=)"))
    expect(page.locator("#past-outcome")).to_be_empty(timeout=LONG)
    expect(page.locator("#cards")).to_be_visible()


def test_that_the_reach_could_not_be_asked_is_said_no_longer_than_that_either(opened: OpenPage) -> None:
    often = (
        "{ const real = setInterval; window.setInterval = (call, wait, ...more) => real(call, wait / 10, ...more); }"
    )
    page = opened("?at=", may_fail=True, script=often)
    expect(page.locator("#past-time")).not_to_be_empty()
    expect(page.locator("#cards")).to_be_visible()
    page.route("**/timeline*", lambda route: route.abort())
    expect(page.locator("#past-outcome")).not_to_be_empty(timeout=LONG)
    page.unroute("**/timeline*")
    expect(page.locator("#past-outcome")).to_be_empty(timeout=LONG)
    expect(page.locator("#cards")).to_be_visible()


def test_what_is_so_now_is_told_of_a_dead_apis_web_and_a_latched_estop_too(opened: OpenPage) -> None:
    """The strip and the question said "Run" as if somebody told it."""
    stage = Stage.of(2)
    page = opened("?at=", stage=stage, may_fail=True)
    live = page.locator("#past-live")
    expect(live).to_contain_text("Live now: Run, ")
    stage.more["apisWeb"] = {name: {"up": False, "since": moment(-60), "lastError": "gone"} for name in PEERS}
    stage.more["estop"] = {"by": "anna", "byFile": None, "reason": "smoke", "since": moment(-5), "file": True}
    expect(live).to_contain_text("Live now: Run (last told)")
    expect(live).to_contain_text("apis-web does not answer. E-stop latched by anna: smoke")
    expect(live).to_have_attribute("data-level", "alarm")
    page.locator("#stop-all").click()
    expect(page.locator("#confirm-now")).to_contain_text("apis-web does not answer.")
    expect(page.locator("#confirm-now")).to_contain_text("Mode in force: Run (last told)")
    page.locator("#confirm-cancel").click()
    stage.dead = True
    expect(page.locator("#alive-notice")).to_contain_text("What stands here is of the moment above", timeout=LONG)
    expect(live).to_contain_text("What is so now is not known")


@pytest.mark.parametrize(("context", "locale"), [({}, "en-GB"), (PHONE, "ja-JP")], ids=["desk", "phone"])
def test_the_strip_stays_in_sight_beside_the_stop(
    opened: OpenPage, pictures: Path, context: dict[str, Any], locale: str
) -> None:
    page = opened("?at=", locale=locale, **context)
    expect(page.locator("#past-time")).not_to_be_empty()
    expect(page.locator("#cards > [data-unit]")).to_have_count(2)
    for end in ("0", "document.documentElement.scrollHeight"):
        page.evaluate(f"window.scrollTo(0, {end})")
        for control in ("#past-now", "#past-play", "#past-track", "#stop-all"):
            page.locator(control).click(trial=True, timeout=LONG)
    box, stop = page.locator("#past").bounding_box(), page.locator("#stop-block").bounding_box()
    assert box is not None
    assert stop is not None
    height = page.evaluate("innerHeight")
    assert box["y"] >= 0
    assert box["height"] < height / 3
    assert context == {} or box["y"] + box["height"] < stop["y"], "on a phone they stand above each other"
    page.screenshot(path=pictures / f"past-{locale}-{page.evaluate('innerWidth')}.png")
    assert violations(page) == []


def test_what_one_sees_of_a_button_on_a_phone_is_part_of_its_name(opened: OpenPage) -> None:
    page = opened("?at=", **PHONE)
    now = page.get_by_role("button", name="Back to now (N)", exact=True)
    expect(now).to_be_visible()
    assert now.evaluate("button => button.innerText") == "Now"
    for name in ("Event before", "Step back", "Play", "Step on", "Next event"):
        expect(page.get_by_role("button", name=name, exact=True)).to_be_visible()


def test_in_japanese_the_past_and_playing_have_two_words(opened: OpenPage) -> None:
    page = opened("?at=", locale="ja-JP")
    expect(page.locator("#past-play")).to_have_accessible_name("再生")
    expect(page.locator("#open-past")).to_have_text("過去の表示")
    expect(page.locator("#past-title")).to_have_text("過去を表示中")


def test_an_address_whose_time_cannot_be_read_says_so_and_the_page_is_live(opened: OpenPage) -> None:
    page = opened("?at=garbage")
    said = page.get_by_role("alert").filter(has_text="The time garbage in this address cannot be read")
    expect(said).to_contain_text("this page shows what is so now")
    expect(page.locator("#past")).to_be_hidden()
    expect(page.locator("#cards > [data-unit]")).to_have_count(2, timeout=LONG)
    assert "at=" not in page.url
    page.locator("#language").select_option("ja")
    expect(page.get_by_text("アドレスの日時 garbage を読み取れないため")).to_be_visible()
    page.goto(page.url.partition("?")[0] + "?at=garbage")
    expect(page.get_by_text("アドレスの日時 garbage を読み取れないため")).to_be_visible()
    page.get_by_role("button", name="閉じる", exact=True).click()
    expect(page.get_by_text("garbage")).to_have_count(0)


def test_the_alarms_that_are_counted_are_those_of_now(opened: OpenPage) -> None:
    page = opened()
    expect(page.locator("#cards > [data-unit]")).to_have_count(2, timeout=LONG)

    def with_alarms(route: Route) -> None:
        told = route.fetch()
        body = told.json()
        body["alarms"] = {**body["alarms"], "unacknowledged": 77, "gravest": 1}
        route.fulfill(response=told, json=body)

    page.route(re.compile(r"/get/frame\?at="), with_alarms)
    page.locator("#open-past").click()
    expect(page.locator("#past-time")).not_to_be_empty()
    expect(page.locator("#past-time[data-waiting]")).to_have_count(0)
    expect(page.locator("#past-live")).to_contain_text("Live now")
    expect(page.locator("#alarms-count")).not_to_have_text(re.compile("77"))


def unwatched(route: Route) -> None:
    """In the moment that is asked for the first unit works, and nobody watches it."""
    told = route.fetch()
    body = told.json()
    body["units"]["E001"] |= {"state": "silent", "age": 30.0, "unwatched": True, "acknowledged": None}
    route.fulfill(response=told, json=body)


@pytest.mark.parametrize(("width", "height"), [(680, 425), (740, 360), (683, 384), (320, 256)])
def test_nothing_lies_on_stop_all_on_a_low_screen(opened: OpenPage, width: int, height: int) -> None:
    """As a window of 1360 x 850 pixels is at 200 %, and one of 1280 x 1024 at 400 %."""
    page = opened(viewport={"width": width, "height": height})
    page.route(re.compile(r"/get/frame\?at="), unwatched)
    page.locator("#open-past").click()
    expect(page.locator("#unwatched-list [data-act=acknowledge]")).to_be_disabled(timeout=LONG)
    for end in ("0", "document.documentElement.scrollHeight"):
        page.evaluate(f"window.scrollTo(0, {end})")
        page.locator("#stop-all").click(trial=True)


def test_unwatched_hardware_of_the_past_cannot_be_acknowledged(opened: OpenPage) -> None:
    """It would be sent to the live grid, and asked on figures of the past."""
    page = opened()
    expect(page.locator("#cards > [data-unit]")).to_have_count(2, timeout=LONG)
    page.route(re.compile(r"/get/frame\?at="), unwatched)
    page.locator("#open-past").click()
    acknowledge = page.locator("#unwatched-list [data-act=acknowledge]")
    expect(acknowledge).to_be_disabled(timeout=LONG)
    expect(acknowledge).to_have_accessible_description(re.compile("This page shows the past"))


def test_what_reads_the_devices_now_is_off(opened: OpenPage) -> None:
    page = opened("?at=")
    refresh = page.locator("#cards [data-act=refresh]").first
    expect(refresh).to_be_disabled(timeout=LONG)
    expect(refresh).to_have_accessible_description(re.compile("This page shows the past"))
    page.locator("body").press("n")
    expect(refresh).to_be_enabled(timeout=LONG)


def test_each_mark_has_a_name_and_all_are_one_stop_of_tab(opened: OpenPage) -> None:
    page = opened("?at=")
    marks = page.get_by_role("listbox", name="Events")
    expect(marks.get_by_role("option").first).to_be_attached(timeout=LONG)
    for name in marks.get_by_role("option").evaluate_all("all => all.map(one => one.getAttribute('aria-label'))"):
        assert re.match(
            r"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC)(: .+| to (?!\1).+: \d+ events, the gravest: .+)", name
        ), name
        assert not re.search("[\u2066\u2069]", name), name
    assert marks.locator("[tabindex]").count() == 0
    page.locator("#past-track").press("Shift+Tab")
    expect(marks).to_be_focused()
    marks.press("End")
    expect(page.locator("#past-event")).not_to_be_empty()
    chosen = marks.locator("[aria-selected=true]")
    expect(chosen).to_have_count(1)
    last = page.evaluate(AT)
    assert marks.get_attribute("aria-activedescendant") == chosen.get_attribute("id")
    marks.press("ArrowLeft")
    awaited(page, lambda: page.evaluate(AT) != last, "the event before")  # by ms: it may lie in the same second
    marks.press("Home")
    expect(page.locator("#past-event")).not_to_be_empty()


def test_what_waits_for_a_second_person_is_told_where_the_page_was_opened_in_the_past(opened: OpenPage) -> None:
    stage = Stage.of(2)
    stage.more = {"config": {**stage.status()["config"], "twoPersons": True}}
    page = opened("?at=", stage=stage)
    expect(page.locator("#past-time")).not_to_be_empty()
    stage.more["orders"] = [
        {
            "id": "c9", "order": "setDcdc", "unitId": "E001", "wanted": {"mode": "0x0014"}, "by": "anna",
            "at": moment(), "state": "pending", "units": {}, "key": "k", "override": "the meter is broken",
            "second": {"by": None, "first": "anna", "until": moment(50), "rules": ["a"], "says": ["The bus is low."]},
        }
    ]  # fmt: skip
    expect(page.locator("#second")).to_contain_text("anna", timeout=LONG)
    expect(page.locator("#second button")).to_be_disabled()
    expect(page.locator("#second")).to_contain_text("This page shows the past")
    page.locator("body").press("n")
    expect(page.locator("#second button")).to_be_enabled(timeout=LONG)


def test_a_question_asked_of_now_is_taken_back_where_the_page_goes_to_the_past(opened: OpenPage) -> None:
    """The browser's own way forward leads there past the open question, whose "Live now" would tell that moment's."""
    page = back_from_the_past(opened)
    expect(page.locator("#shut-down")).to_be_visible()
    page.locator("#global-choice").select_option("stop")
    page.locator("#global-set").click()
    expect(page.locator("#confirm")).to_be_visible()
    page.go_forward()
    expect(page.locator("#past")).to_be_visible()
    expect(page.locator("#confirm")).to_be_hidden()


def test_the_question_of_stop_all_tells_of_now_also_where_the_page_goes_to_the_past_meanwhile(
    opened: OpenPage,
) -> None:
    """It stays, as it is for a stop; it told figures of that moment as live."""
    page = back_from_the_past(opened)
    page.route(re.compile(r"/get/frame\?at="), in_manual)
    page.locator("#stop-all").click()
    expect(page.locator("#confirm-now")).not_to_contain_text("This page shows the past")
    live = page.locator("#confirm-now").inner_text()
    page.go_forward()
    expect(page.locator("#past")).to_be_visible()
    expect(page.locator("#confirm-now")).to_contain_text("This page shows the past. Stop all acts NOW")
    expect(page.locator("#confirm-now")).not_to_contain_text("Mode in force: Manual")
    assert "Mode in force: Manual" not in live


def in_manual(route: Route) -> None:
    """In the moment that is asked for the mode is Manual."""
    told = route.fetch()
    body = told.json()
    body["grid"]["mode"] = "manual"
    route.fulfill(response=told, json=body)


def test_back_leads_out_of_the_past_also_after_details_were_opened_in_it(opened: OpenPage) -> None:
    """Each step back wrote the same address in another form as a new one, so that none ever left it."""
    page = opened("help.html")
    page.goto(page.url.replace("help.html", "?at="))
    expect(page.locator("#past-time")).not_to_be_empty()
    expect(page.locator("#past-time[data-waiting]")).to_have_count(0)
    units = page.locator(".scene-outline")
    units.focus()
    units.press("ArrowRight")
    units.press("Enter")
    expect(page.locator("#details")).to_be_visible()
    page.locator("#details").press("Escape")
    expect(page.locator("#details")).to_be_hidden()
    page.wait_for_timeout(300)
    page.go_back()
    expect(page).to_have_url(re.compile("help.html"))


def test_what_would_be_taken_back_of_now_cannot_be_on_a_page_of_the_past(opened: OpenPage) -> None:
    page = opened("?at=", may_fail=True)
    expect(page.locator("#past-time")).not_to_be_empty()

    def promised(route: Route) -> None:
        told = route.fetch()
        body = told.json()
        body["then"] = {"command": "c1", "mode": "stop", "state": "waiting", "by": "anna", "mine": False,
                        "since": body["time"], "until": body["time"], "why": ""}  # fmt: skip
        route.fulfill(response=told, json=body)

    page.route(re.compile(r"/get/frame\?at="), promised)
    page.locator("#past-event-before").click()
    expect(page.locator("#global-pending button")).to_be_disabled()


def test_a_frame_of_another_time_is_not_shown_under_this_ones_sign(opened: OpenPage) -> None:
    """A cache that reads no query gives one."""
    page = shown_whole(opened)

    def other(route: Route) -> None:
        told = route.fetch()
        body = told.json()
        body["replay"]["at"] = "2001-01-01T00:00:00.000+00:00"
        route.fulfill(response=told, json=body)

    page.route(re.compile(r"/get/frame\?at="), other)
    page.locator("#past-event-before").click()
    expect(page.locator("#past-outcome")).to_contain_text("What answers is not this controller")
    expect(page.locator("#cards")).to_be_hidden()


def test_a_moment_that_is_slow_to_be_read_is_told_so_and_what_stands_is_dimmed(opened: OpenPage) -> None:
    page = shown_whole(opened)
    held: list[Route] = []
    page.route(re.compile(r"/get/frame\?at="), lambda route: held.append(route))
    page.locator("#past-event-before").click()
    expect(page.locator("#past-outcome")).to_have_text("This moment is being read.")
    for part in ("#cards", ".trust"):
        assert page.locator(part).evaluate("(shown) => getComputedStyle(shown).opacity") == "0.45", part
    page.unroute(re.compile(r"/get/frame\?at="))
    for route in held:
        route.fallback()
    expect(page.locator("#past-outcome")).to_be_empty()
    expect(page.locator("html")).not_to_have_attribute("data-past-below", re.compile("."))
