"""Times by the site's clock, told and entered; ages by the controller's, whatever the browser's says (H13, H17)."""

import re
from urllib.parse import parse_qs

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import OpenPage
from tests.browser.stage import Stage, moment

HOUR_OFF = """
    { const Real = Date;
      globalThis.Date = class extends Real {
        constructor(...given) { given.length > 0 ? super(...given) : super(Real.now() + %(off)d); }
        static now() { return Real.now() + %(off)d; }
      }; }
"""
"""Sets the browser's clock that many ms off."""


def at_site(zone: str, wall: str | None = None) -> Stage:
    """Two units at a site in this zone, where the controller tells this time."""
    stage = Stage.of(2, mode="autonomous")
    stage.more["timezone"] = zone
    stage.wall = wall
    return stage


def given(stage: Stage) -> list[str]:
    """The times of the schedules that the page has set."""
    return [parse_qs(form)["value"][0] for path, form in stage.orders if path == "/setSchedule"]


def open_dialog(page: Page) -> None:
    """The cluster's schedule dialog, ready to be answered."""
    page.locator("#schedule-set").click()
    expect(page.locator("#schedule-dialog-set")).not_to_have_attribute("aria-disabled", "true")


def test_every_time_is_the_sites_and_the_browsers_stands_beside_it(open_quiet: OpenPage) -> None:
    stage = at_site("Asia/Tokyo", "2026-11-27T03:00:20.000+00:00")
    stage.more["gridEvents"] = [{"at": "2026-11-27T02:59:00+00:00", "text": "It stopped itself.", "kind": "mode"}]
    stage.more["locks"] = {"": {"name": "anna", "reason": "work", "since": "2026-11-26T23:00:00+00:00"}}
    stage.schedules = {"": {"softStop": "2026-11-27T04:00:00+00:00"}}
    page = open_quiet(stage=stage, timezone_id="UTC")
    expect(page.locator("#sharing [data-part=zone]")).to_have_text(
        "Times are the site's, now 2026-11-27 12:00 JST (03:00 UTC here)."
    )
    expect(page.locator("#events li .lines")).to_have_text("11:59:00 JST")
    expect(page.locator("#events li .lines")).to_have_attribute("title", "02:59:00 UTC here")
    expect(page.locator("#cluster-lock-note")).to_contain_text("08:00:00 JST")
    expect(page.locator("#global-schedule")).to_have_text(re.compile(r"^2026-11-27 13:00 JST · in 59 min"))
    open_dialog(page)
    assert page.locator("#schedule-when").input_value() == "2026-11-27T12:11"
    expect(page.locator("#schedule-when-zone")).to_have_text("JST")
    expect(page.locator("#schedule-when-here")).to_have_text("(03:11 UTC here)")
    expect(page.locator("#schedule-when-which")).to_be_hidden()
    page.locator("#schedule-dialog-set").click()
    expect(page.locator("#schedule-dialog")).to_be_hidden()
    assert given(stage) == ["2026-11-27T12:11:00.000+09:00"]


def test_a_controller_of_another_zone_makes_no_other_time_of_what_stands_in_the_field(open_quiet: OpenPage) -> None:
    stage = at_site("Asia/Tokyo", "2026-11-27T03:00:20.000+00:00")
    page = open_quiet(stage=stage, timezone_id="UTC")
    expect(page.locator("#trust-live b")).to_have_text("2")
    open_dialog(page)
    when = page.locator("#schedule-when")
    when.fill("2026-11-27T13:00")
    stage.more["timezone"], stage.wall = "Europe/Berlin", "2026-11-27T03:00:22.000+00:00"
    expect(when).to_have_value("2026-11-27T05:00")
    page.locator("#schedule-dialog-set").click()
    expect(page.locator("#schedule-dialog")).to_be_hidden()
    assert given(stage) == ["2026-11-27T05:00:00.000+01:00"]


def test_where_both_clocks_show_the_same_nothing_stands_beside(open_quiet: OpenPage) -> None:
    stage = at_site("Asia/Tokyo", "2026-11-27T03:00:20.000+00:00")
    page = open_quiet(stage=stage, timezone_id="Asia/Seoul")
    open_dialog(page)
    expect(page.locator("#schedule-when-zone")).to_have_text("JST")
    expect(page.locator("#schedule-when-here")).to_have_text("")
    expect(page.locator("#sharing [data-part=zone]")).to_be_hidden()


def test_a_zone_that_the_browser_does_not_know_leaves_the_page_in_utc_and_is_named(open_quiet: OpenPage) -> None:
    page = open_quiet(stage=at_site("Mars/Olympus", "2026-11-27T03:00:20.000+00:00"), timezone_id="Asia/Tokyo")
    expect(page.locator("#sharing [data-part=zone]")).to_contain_text("does not know the site's zone Mars/Olympus")
    open_dialog(page)
    assert page.locator("#schedule-when").input_value() == "2026-11-27T03:11"
    expect(page.locator("#schedule-when-zone")).to_have_text("UTC")


@pytest.mark.parametrize(
    ("wall", "field", "chosen", "sent"),
    [
        ("2026-10-25T00:19:30.000+00:00", "2026-10-25T02:30", "first: 02:30 CEST (UTC+02:00)", "02:30:00.000+02:00"),
        ("2026-10-25T00:49:30.000+00:00", "2026-10-25T02:00", "second: 02:00 CET (UTC+01:00)", "02:00:00.000+01:00"),
        ("2026-10-25T01:19:30.000+00:00", "2026-10-25T02:30", "second: 02:30 CET (UTC+01:00)", "02:30:00.000+01:00"),
    ],
)
def test_in_the_hour_that_comes_twice_the_proposal_is_told_apart_and_taken(
    open_quiet: OpenPage, wall: str, field: str, chosen: str, sent: str
) -> None:
    stage = at_site("Europe/Berlin", wall)
    page = open_quiet(stage=stage, timezone_id="UTC")
    expect(page.locator("#trust-live b")).to_have_text("2")
    open_dialog(page)
    assert page.locator("#schedule-when").input_value() == field
    which = page.locator("#schedule-when-which")
    assert which.evaluate("select => select.selectedOptions[0].textContent") == chosen
    expect(which.locator("option")).to_have_count(2)
    page.locator("#schedule-dialog-set").click()
    expect(page.locator("#schedule-dialog")).to_be_hidden()
    assert given(stage) == [f"2026-10-25T{sent}"]


def test_the_other_of_the_two_hours_can_be_chosen_and_an_hour_that_is_skipped_is_told(open_quiet: OpenPage) -> None:
    stage = at_site("Europe/Berlin", "2026-10-20T10:00:00.000+00:00")
    page = open_quiet(stage=stage, timezone_id="UTC")
    expect(page.locator("#trust-live b")).to_have_text("2")
    open_dialog(page)
    when, left = page.locator("#schedule-when"), page.locator("#schedule-left")
    when.fill("2027-03-28T02:30")
    expect(left).to_contain_text("does not exist in Europe/Berlin")
    page.locator("#schedule-dialog-set").click()
    expect(page.locator("#schedule-dialog-outcome")).to_contain_text("does not exist in Europe/Berlin")
    when.fill("2026-10-25T02:30")
    expect(page.locator("#schedule-when-here")).to_have_text("(00:30 UTC here)")
    page.locator("#schedule-when-which").select_option(index=1)
    expect(page.locator("#schedule-when-here")).to_have_text("(01:30 UTC here)")
    when.fill("2026-10-25T03:30")
    expect(page.locator("#schedule-when-which")).to_be_hidden()
    when.fill("2026-10-25T02:45")
    page.locator("#schedule-when-which").select_option(index=1)
    page.locator("#schedule-dialog-set").click()
    expect(page.locator("#schedule-dialog")).to_be_hidden()
    assert given(stage) == ["2026-10-25T02:45:00.000+01:00"]


def test_a_proposal_that_passed_while_the_dialog_stood_open_is_made_anew(open_quiet: OpenPage) -> None:
    stage = at_site("Europe/Berlin", "2026-10-25T00:30:00.000+00:00")
    page = open_quiet(stage=stage, timezone_id="UTC")
    expect(page.locator("#trust-live b")).to_have_text("2")
    open_dialog(page)
    stage.wall = "2026-10-25T00:50:30.000+00:00"
    expect(page.locator("#schedule-left")).to_have_text("That time is past. Choose one in the future.")
    page.locator("#schedule-dialog-set").click()
    outcome = page.locator("#schedule-dialog-outcome")
    expect(outcome).to_contain_text("nothing was sent. 2026-10-25 02:01 CET (01:01 UTC here) is proposed now")
    assert page.locator("#schedule-when").input_value() == "2026-10-25T02:01"
    assert given(stage) == []
    expect(page.locator("#schedule-dialog-set")).not_to_have_attribute("aria-disabled", "true")
    page.locator("#schedule-dialog-set").click()
    expect(page.locator("#schedule-dialog")).to_be_hidden()
    assert given(stage) == ["2026-10-25T02:01:00.000+01:00"]


@pytest.mark.parametrize("off", [3_600_000, -3_600_000])
def test_ages_and_countdowns_count_by_the_controllers_clock(open_quiet: OpenPage, off: int) -> None:
    stage = at_site("UTC")
    stage.schedules = {"": {"softStop": moment(1830)}}
    page = open_quiet("journal.html")  # any page of the program, before the clock is set
    page.add_init_script(HOUR_OFF % {"off": off})
    stage.attach(page)
    page.goto(page.url.removesuffix("journal.html"))
    expect(page.locator("#trust-web b")).to_have_text(re.compile("^up 2 h"))
    expect(page.locator("#global-schedule")).to_contain_text("in 30 min")
    open_dialog(page)
    expect(page.locator("#schedule-left")).to_have_text(re.compile("^(10 min|9 min 5)"))  # proposed as a minute ends
    page.keyboard.press("Escape")
    page.locator("#global-choice").select_option("autonomous")
    page.locator("#global-set").click()
    expect(page.locator("#global-outcome")).to_contain_text("Run: done, seen in effect")
    text = "The cluster went from Run to Force Stop by itself after a grid error."
    stage.more["gridEvents"] = [{"at": moment(1), "text": text, "kind": "mode", "unitId": None, "after": "stop"}]
    stage.grid["mode"] = "stop"
    expect(page.locator("#global-note")).to_contain_text(text)


def test_the_journal_is_asked_and_told_by_the_sites_clock(open_quiet: OpenPage) -> None:
    rows = [
        {"id": 1, "at": "2026-10-25T01:30:05.000+00:00", "kind": "schedule", "by": "anna", "unitId": "E001",
         "what": "set", "before": None, "after": "2026-10-25T04:00:00.000+00:00", "outcome": "done",
         "commandId": None, "order": None, "stage": "came"},
    ]  # fmt: skip
    asked: list[str] = []

    def answer(route: Route) -> None:
        asked.append(route.request.url.partition("?")[2])
        route.fulfill(json={"rows": rows, "next": None})

    stage = at_site("Europe/Berlin", "2026-11-27T03:00:00.000+00:00")
    page = open_quiet("journal.html", stage=stage, timezone_id="UTC")
    page.route(re.compile(r"/journal(\?|$)"), answer)
    address = page.url.partition("?")[0]
    page.goto(f"{address}?from=2026-10-25T01:30:00Z")
    cells = page.locator("#journal-rows tr").first.locator("td")
    expect(cells.first).to_have_text("2026-10-25 02:30:05 CET")
    expect(cells.first).to_have_attribute("title", "01:30:05 UTC here")
    cells.nth(1).locator("summary").click()
    expect(cells.nth(1).locator("dl")).to_contain_text("2026-10-25 05:00:00 CET")
    expect(page.locator("#journal-time")).to_have_text("Time (Europe/Berlin)")
    assert page.locator("#journal-from").input_value() == "2026-10-25T02:30"
    which = page.locator("#journal-from-which")
    assert which.evaluate("select => select.selectedIndex") == 1
    which.select_option(index=0)
    page.locator("#journal-to").fill("2026-10-25T02:45:00")
    expect(page.locator("#journal-to-here")).to_have_text("(01:45 UTC here)")  # the wider of the two ranges
    with page.expect_request(re.compile(r"/journal\?.*to=")):
        page.locator("#journal-filter button[type=submit]").click()
    expect(page).to_have_url(re.compile("to="))
    assert parse_qs(asked[-1]) == {"from": ["2026-10-25T00:30:00.000Z"], "to": ["2026-10-25T01:45:00.000Z"]}
    csv = page.locator("#journal-csv").get_attribute("href") or ""
    assert parse_qs(csv.partition("?")[2]) == parse_qs(asked[-1])
    before = len(asked)
    page.locator("#journal-to").fill("2026-03-29T02:30:00")
    page.locator("#journal-filter button[type=submit]").click()
    expect(page.locator("#journal-outcome")).to_contain_text("does not exist in Europe/Berlin")
    assert len(asked) == before
