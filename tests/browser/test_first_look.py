"""What somebody sees who looks for the first time: what is not of now does not look so, what can be done looks so."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import OpenPage
from tests.browser.stage import Stage, moment, to_picture, unit_data, unit_status

PEER_DOWN = {"up": False, "since": moment(-40), "lastSuccess": moment(-40), "lastError": None}


def manual(count: int) -> Stage:
    """So many units in Manual."""
    stage = Stage.of(count, mode="manual")
    stage.grid["mode"] = "manual"
    return stage


def test_the_bus_voltage_stands_in_every_form_that_sends_it_and_is_one_value(open_quiet: OpenPage) -> None:
    """V9, H4: nothing above the picture looks like a reading; what is changed in one form is changed in all."""
    page = open_quiet(stage=manual(2))
    fields = page.locator(".card .bus input")
    expect(fields).to_have_count(2)
    expect(page.locator("#sharing input")).to_have_count(0)
    fields.first.fill("345")
    expect(fields.last).to_have_value("345")
    page.locator("#open-transfer").click()
    expect(page.locator("#transfer-voltage")).to_have_value("345")
    page.locator("#transfer-voltage").fill("352")
    expect(page.locator("#transfer-means")).to_contain_text("bus 352.0 V")
    page.locator("#transfer-dialog").get_by_role("button", name="Close").click()
    expect(fields.first).to_have_value("352")


def test_a_bus_voltage_changed_elsewhere_is_what_an_open_form_says_and_sends(open_quiet: OpenPage) -> None:
    """H4: a form that is half filled in keeps what was typed, and names the voltage that counts by now."""
    stage = manual(2)
    page = open_quiet(stage=stage)
    one = page.locator('.card[data-unit="E001"]')
    one.locator(".choices label", has_text="Current control").click()
    one.locator(".current input").fill("1")
    page.locator('.card[data-unit="E002"] .bus input').fill("341")
    expect(one.locator("[data-part=means]")).to_have_text("Will be sent: charge 1 A (341 V)")
    expect(one.locator(".current input")).to_have_value("1")
    one.locator("[data-act=converter]").click()
    page.locator("#confirm-yes").click()
    expect(one.locator(".outcomes")).to_contain_text("done")
    assert stage.orders[-1] == ("/set/dcdc/E001", "mode=0x0041&dvg=341&dig=1")


def test_the_sign_of_the_current_is_said_where_it_is_shown_and_entered(open_quiet: OpenPage) -> None:
    """T33, N14: above the panels, and in each form, where the field itself is described by it."""
    page = open_quiet(stage=manual(1))
    expect(page.locator(".signs-note")).to_have_text("Power and current: + charges the battery, − discharges it.")
    expect(page.locator(".card .signs")).to_have_text("+ charges, − discharges")
    described = "+ charges, − discharges Will be sent: Wait"
    expect(page.locator(".card .current input")).to_have_accessible_description(described)


def test_the_bus_is_not_told_while_apis_web_does_not_answer(open_quiet: OpenPage) -> None:
    """Nobody measures it now: the question before Force Stop says what was last, with its age; the figures go."""
    stage = Stage.of(2, status="0x0014")
    stage.more["bus"] = {"voltage": None}
    page = open_quiet(stage=stage)
    page.locator("#stop-all").click()
    facts = page.locator("#confirm-now")
    expect(facts).to_contain_text("Grid voltage: 350.0 V")
    stage.more["apisWeb"] = {"emulatorEmulator": PEER_DOWN, "budoEmulator": PEER_DOWN}
    expect(facts).to_contain_text("Grid voltage: not known; last 350.0 V")
    expect(facts).not_to_contain_text("Grid voltage: 350.0 V")
    expect(facts).to_contain_text("Voltage reference: E001, E002")


def test_after_a_restart_nobody_is_up_or_away_for_a_time_that_nobody_knows(open_quiet: OpenPage) -> None:
    """The controller started 4 s ago; how long apis-web did what it does was not seen."""
    stage = Stage.of(2)
    since_start = {"since": moment(-4), "sinceStart": True}
    up = {"up": True, "lastError": None, **since_start}
    stage.more["apisWeb"] = {"emulatorEmulator": up, "budoEmulator": up}
    page = open_quiet(stage=stage)
    expect(page.locator("#trust-web b")).to_have_text("up")
    away = {"up": False, "lastError": "No answer.", **since_start}
    stage.more["apisWeb"] = {"emulatorEmulator": away, "budoEmulator": away}
    expect(page.locator("#trust-web b")).to_have_text("down")
    expect(page.locator("#banners")).to_contain_text(
        "has not been reached since the controller was started. No answer."
    )
    expect(page.locator("#banners")).not_to_contain_text("cannot be reached since")


def test_details_of_a_silent_unit_say_that_they_are_old(open_quiet: OpenPage) -> None:
    """Its figures are the last known, with their age, and are drawn so; those of a live one are not."""
    stage = Stage.of(2)
    stage.states["E002"] = unit_status("silent", age=130.0)
    stage.kept["E002"] = stage.units.pop("E002")
    page = open_quiet(stage=stage)
    to_picture(page)
    page.keyboard.press("Enter")
    expect(page.locator("#details-state")).to_have_text("live")
    page.keyboard.press("Escape")
    to_picture(page)
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    expect(page.locator("#details-state")).to_contain_text("▲ Last known, 2 min 1")
    expect(page.locator("#details-state")).to_contain_text("ago: this unit is silent.")
    figure = page.locator("#details [data-detail=rsoc]")
    assert figure.evaluate("one => getComputedStyle(one).fontStyle") == "italic"


def test_a_picture_that_the_browser_lost_is_drawn_again_within_a_beat(open_quiet: OpenPage) -> None:
    """H15: the graphics process ends, and with it what stood on every canvas and what was kept for copying."""
    stage = Stage.of(20)
    stage.units["E003"] = unit_data("E003", rsoc=90.0)
    page = open_quiet(stage=stage)
    expect(page.locator("#trust-live b")).to_have_text("20")
    page.wait_for_timeout(1500)
    green = """() => {
        const shot = document.createElement('canvas');
        const over = document.querySelector('canvas[data-layer=cells]');
        Object.assign(shot, { width: over.width, height: over.height });
        const context = shot.getContext('2d', { willReadFrequently: true });
        context.drawImage(over, 0, 0);
        const { data } = context.getImageData(0, 0, shot.width, shot.height);
        let count = 0;
        for (let i = 0; i < data.length; i += 4) count += data[i + 1] > data[i] + 40 && data[i + 3] > 200 ? 1 : 0;
        return count;
    }"""
    before = page.evaluate(green)
    assert before > 2000
    whole = page.context.browser
    assert whole is not None
    session = whole.new_browser_cdp_session()
    session.send("Browser.crashGpuProcess")
    page.wait_for_timeout(2500)
    assert page.evaluate(green) > before * 0.9


def test_alarms_stand_in_the_title_and_leave_it_when_they_are_over(open_quiet: OpenPage) -> None:
    """Where the page is one tab of many: how many, and a sign; both are as before once all is read."""
    stage = Stage.of(2)
    page = open_quiet(stage=stage)
    expect(page).to_have_title("APIS Main Controller · oist20")
    icon = page.locator("#icon")
    expect(icon).to_have_attribute("href", "img/favicon.svg")
    stage.more["alarms"] = {"unacknowledged": 2, "standing": 2, "gravest": 1, "serial": 2}
    expect(page).to_have_title("▲ 2 · APIS Main Controller · oist20")
    expect(icon).to_have_attribute("href", "img/alarm.svg")
    stage.more["alarms"] = {"unacknowledged": 1, "standing": 2, "gravest": 1, "serial": 3}
    expect(page).to_have_title("▲ 1 · APIS Main Controller · oist20")
    stage.more["alarms"] = {"unacknowledged": 0, "standing": 2, "gravest": None, "serial": 4}
    expect(page).to_have_title("APIS Main Controller · oist20")
    expect(icon).to_have_attribute("href", "img/favicon.svg")


def test_a_link_opens_a_unit_and_the_ways_back_and_forward_go_through_what_was_shown(open_quiet: OpenPage) -> None:
    """The address follows what is shown; an id of any characters is encoded."""
    odd = "a&b=c #1"
    stage = Stage.of(3)
    stage.units[odd], stage.states[odd] = unit_data(odd), unit_status()
    page = open_quiet("?unit=a%26b%3Dc+%231", stage=stage)
    details = page.locator("#details")
    expect(details).to_be_visible()
    expect(page.locator("#details-title")).to_contain_text(odd)
    page.keyboard.press("Escape")
    expect(details).not_to_be_visible()
    expect(page).not_to_have_url(re.compile("unit"))
    page.locator('.card[data-unit="E002"] .unit-link').click()
    expect(page.locator("#details-title")).to_contain_text("E002")
    expect(page).to_have_url(re.compile(r"\?unit=E002$"))
    page.go_back()
    expect(details).not_to_be_visible()
    page.go_forward()
    expect(page.locator("#details-title")).to_contain_text("E002")
    page.reload()
    expect(page.locator("#details-title")).to_contain_text("E002")


def test_a_link_to_a_unit_that_is_not_there_says_so(open_quiet: OpenPage) -> None:
    page = open_quiet("#unit=E099", stage=Stage.of(1))
    expect(page.locator("#details-title")).to_contain_text("E099")
    expect(page.locator("#details-state")).to_have_text("No unit of this name is known.")
    expect(page.locator("#details-card")).to_be_disabled()


def test_a_link_sets_the_filter_and_the_filter_the_link(open_quiet: OpenPage) -> None:
    """Also over a reload, and by the browser's way back."""
    stage = Stage.of(3)
    stage.states["E002"] = unit_status("stale", age=50.0)
    page = open_quiet("?filter=stale", stage=stage)
    cards = page.locator(".card")
    expect(cards).to_have_count(1)
    expect(page.locator("#filters input[value=stale]")).to_be_checked()
    page.locator("#filters input[value=all]").check(force=True)
    expect(cards).to_have_count(3)
    assert "filter" not in page.url
    page.locator("#mode-filter").select_option("manual")
    expect(cards).to_have_count(0)
    assert page.url.endswith("?mode=manual")
    page.go_back()
    expect(cards).to_have_count(3)
    expect(page.locator("#mode-filter")).to_have_value("")
    page.go_back()
    expect(cards).to_have_count(1)
    page.locator("#find").fill("mill")
    expect(cards).to_have_count(0)
    assert page.url.endswith("filter=stale&find=mill")


def test_back_from_the_journal_no_field_holds_what_was_typed_before(open_page: OpenPage) -> None:
    """Whether the browser kept the page or loads it anew; the filter is the address's."""
    page = open_page("?filter=live")
    card = page.locator('.card[data-unit="E001"]')
    expect(card.locator(".current input")).to_be_attached()
    page.locator("#global-choice").select_option("stop")
    page.locator("#open-transfer").click()
    page.locator("#transfer-current").fill("1.7")
    page.keyboard.press("Escape")
    page.get_by_role("link", name="Journal", exact=True).click()
    expect(page.locator("#journal-rows tr").first).to_be_visible()
    page.go_back()
    expect(page.locator("#trust-live b")).to_have_text("4")
    expect(page.locator("#global-choice")).to_have_value("")
    expect(page.locator("#transfer-current")).to_have_value("1.0")
    expect(page.locator("#filters input[value=live]")).to_be_checked()


def test_a_page_that_the_browser_kept_drops_what_was_begun_in_it(open_quiet: OpenPage) -> None:
    """As the back-forward cache shows it: no question stands open, and a form mirrors its converter."""
    stage = manual(1)
    page = open_quiet(stage=stage)
    card = page.locator(".card")
    card.locator(".choices label", has_text="Current control").click()
    card.locator(".current input").fill("1.7")
    page.locator("#stop-all").click()
    page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    expect(page.locator("#confirm")).not_to_be_visible()
    expect(card.locator(".current input")).to_have_value("")
    expect(card.locator("input[value=stopped]")).to_be_checked()
    assert stage.orders == [] or all("dryRun" in form for _, form in stage.orders)


def test_help_is_one_press_away_and_speaks_the_pages_language(open_quiet: OpenPage) -> None:
    """Beside the page, which goes on; its marks have the picture's colours, and nothing is wider than a phone."""
    page = open_quiet(stage=Stage.of(1), locale="ja-JP", color_scheme="light")
    with page.expect_popup() as opened:
        page.get_by_role("link", name="ヘルプ").click()
    helping = opened.value
    expect(helping.locator("article[lang=ja]")).to_be_visible()
    expect(helping.locator("article[lang=en]")).not_to_be_visible()
    fill = helping.locator("article[lang=ja] .fill.charge").evaluate("one => getComputedStyle(one).fill")
    assert fill == "rgb(47, 130, 97)"
    helping.locator("#language").select_option("en")
    expect(helping.locator("article[lang=en]")).to_contain_text("Neither is an emergency stop")
    helping.set_viewport_size({"width": 360, "height": 800})
    assert helping.evaluate("document.documentElement.scrollWidth") <= 360
