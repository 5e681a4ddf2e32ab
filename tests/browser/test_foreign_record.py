"""A proxy, or another program, in the controller's place: what the pages of the record and the journal make of it."""

import json
import re
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Route, expect

from tests.browser.conftest import OpenPage
from tests.browser.known_night import Night
from tests.browser.stage import awaited

pytestmark = pytest.mark.usefixtures("patient")

RECORD = re.compile(r"/(history|ledger|history/coverage|ledger/sums|journal)(\?|$)")
SAID = (
    "#history-records .outcome",
    "#history-days .outcome",
    "#ledger-outcome",
    "#ledger-refused",
    "#history-map .outcome",
)
STRANGER = "What answers is not this controller (HTTP {status}): a proxy, a log-in page, or another program."
ANSWERS: dict[str, dict[str, Any]] = {
    "JSON": {"status": 200, "content_type": "application/json", "body": '{"rows": [], "columns": [], "deals": [{}]}'},
    "HTML": {"status": 502, "content_type": "text/html", "body": "<html>Bad Gateway</html>"},
    "refusal": {"status": 401, "content_type": "application/json", "body": '{"error": "log in"}'},
}


@pytest.mark.parametrize("kind", ANSWERS)
def test_a_foreign_record_is_refused_and_what_was_shown_stays_with_its_time(
    open_night: OpenPage, night: Night, kind: str
) -> None:
    """H11: nothing of it is taken as truth, and no sentence of an order is said of a reading."""
    page = open_night(f"history.html?unitId=E001&{night.query}", may_fail=True)
    deals, sums, days = (
        page.locator(f"{where} tr") for where in ("#ledger-deals tbody", "#ledger-sums tbody", ".day-map")
    )
    expect(deals).to_have_count(2)
    expect(page.locator("#history-records canvas")).to_have_count(3)
    expect(days).not_to_have_count(0)
    expect(sums).not_to_have_count(0)
    before = [rows.count() for rows in (deals, sums, days)]
    page.route(RECORD, lambda route: route.fulfill(**ANSWERS[kind]))
    page.locator("#history-filter button[type=submit]").click()
    for where in SAID:
        expect(page.locator(where)).to_contain_text(STRANGER.format(status=ANSWERS[kind]["status"]))
        expect(page.locator(where)).to_contain_text("What stands here")
        expect(page.locator(where)).not_to_contain_text("order")
        expect(page.locator(where)).not_to_contain_text("log in")
    assert [rows.count() for rows in (deals, sums, days)] == before
    expect(page.locator("#alive-notice")).to_be_hidden()
    page.unroute(RECORD)
    page.locator("#history-filter button[type=submit]").click()
    for where in SAID:
        expect(page.locator(where)).not_to_contain_text("What stands here")


def test_a_record_that_hangs_does_not_answer(open_night: OpenPage, night: Night) -> None:
    page = open_night("help.html", may_fail=True, hurry=20)
    page.route(RECORD, lambda route: None)
    page.goto(page.url.replace("help.html", f"history.html?unitId=E001&{night.query}"))
    for where in SAID:
        expect(page.locator(where)).to_contain_text("The controller does not answer.")


@pytest.mark.parametrize("kind", ANSWERS)
def test_the_journal_says_so_too_and_keeps_its_rows(open_night: OpenPage, kind: str) -> None:
    page = open_night("journal.html", may_fail=True)
    expect(page.locator("#journal-outcome")).to_have_text(re.compile(r"^\d+ rows?$"))
    rows = page.locator("#journal-rows tr").count()
    page.route(RECORD, lambda route: route.fulfill(**ANSWERS[kind]))
    page.locator("#journal-filter button[type=submit]").click()
    expect(page.locator("#journal-outcome")).to_contain_text(STRANGER.format(status=ANSWERS[kind]["status"]))
    expect(page.locator("#journal-outcome")).to_contain_text("What stands here was read at")
    assert page.locator("#journal-rows tr").count() == rows


def test_a_unit_that_is_not_recorded_is_said_to_be_none(open_night: OpenPage) -> None:
    """The controller's own refusal, by its mark."""

    def unknown(route: Route) -> None:
        headers = {"APIS-Answered-By": "main-controller", "Content-Type": "application/json"}
        route.fulfill(status=404, headers=headers, body=json.dumps({"error": "No unit NOPE is recorded."}))

    page = open_night("help.html", may_fail=True)
    page.route(re.compile(r"/(history|ledger|ledger/sums)\?"), unknown)
    page.goto(page.url.replace("help.html", "history.html?unitId=NOPE"))
    for where in SAID[:4]:
        expect(page.locator(where)).to_contain_text("No unit NOPE is recorded.")


@pytest.mark.parametrize(
    ("query", "named"),
    [("from=garbage", "from"), (f"from={quote('2099-01-01T00:00:00Z')}", "from"), ("span=99y", "span")],
)
def test_what_of_the_address_was_not_used_is_said(open_night: OpenPage, query: str, named: str) -> None:
    page = open_night(f"history.html?{query}")
    expect(page.locator("#history-records canvas").first).to_be_visible()
    said = page.locator("#history-outcome")
    expect(said).to_be_visible()
    expect(said).to_have_text(f"Not used of the address: {named}. The usual is shown in its place.")


def test_plus_and_minus_keep_the_moment_that_was_chosen(open_night: OpenPage, night: Night) -> None:
    page = open_night(f"history.html?unitId=E001&{night.query}")
    expect(page.locator("#history-records canvas")).to_have_count(3)
    frame = page.locator("#history-records .chart-frame")
    frame.focus()
    page.keyboard.press("Home")
    expect(page.locator("#history-records .chart-time")).to_have_text(night.told(0))
    for key, name in (("+", "6 h"), ("+", "1 h"), ("-", "6 h"), ("-", "1 d")):
        page.keyboard.press(key)
        expect(page.locator("#history-records .spans [aria-pressed=true]")).to_have_text(name)
        expect(page.locator("#history-records .outcome")).not_to_have_text("Reading…")
        expect(page.locator("#history-records .chart-time")).to_have_text(night.told(0))
        assert int(frame.get_attribute("aria-valuenow") or "0") > 0, "it lies within what is shown"


def test_on_a_phone_the_map_of_days_begins_with_today_in_sight(open_night: OpenPage) -> None:
    """And goes back by keyboard."""
    page = open_night("history.html?span=1mo", viewport={"width": 390, "height": 844})
    today = page.locator(".day-map thead th").last
    expect(today).to_be_attached()
    wrap = page.locator("#history-map .wrap")
    wrap.scroll_into_view_if_needed()
    box, last = wrap.bounding_box(), today.bounding_box()
    assert box is not None
    assert last is not None
    assert last["x"] + last["width"] <= box["x"] + box["width"] + 1
    before = wrap.evaluate("(one) => one.scrollLeft")
    assert before > 0
    wrap.focus()
    page.keyboard.press("ArrowLeft")
    awaited(page, lambda: wrap.evaluate("(one) => one.scrollLeft") < before, "the map to scroll")
