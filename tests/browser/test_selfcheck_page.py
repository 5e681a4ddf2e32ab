"""The self-check as an administrator reads it: in words, in both languages, on a phone, on paper, and when it fails."""

import json
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from main_controller.errors import ANSWERED_BY
from tests.browser.conftest import OpenPage
from tests.browser.stage import moment
from tests.browser.test_everyone import violations

HOSTILE = '<img src=x onerror="document.title=1">\u202e'
REMEDY = "Make room: on a full disk no evidence is kept, and no schedule."


def finding(code: str, level: str, seen: str, remedy: str | None = None) -> dict[str, Any]:
    return {"code": code, "subject": code.title(), "level": level, "seen": seen, "remedy": remedy}


FOUND = [
    finding("disk", "bad", f"0.1 GB of 100.0 GB are free on the disk of {HOSTILE}.", REMEDY),
    finding("backup", "warning", "The last backup is old.", "Back up."),
    finding("journal", "cannotTell", "It was not looked at yet.", "Wait: that is done now."),
    finding("getOrders", "notice", "Orders are taken by GET too.", "Set get_orders to false."),
    finding("address", "ok", "It listens on 127.0.0.1, which only this machine reaches."),
]


class Served:
    """What `/selfcheck` answers; None: something else answers in its place."""

    def __init__(self, found: Any) -> None:
        self.found = found

    def __call__(self, route: Route) -> None:
        if self.found is None:
            route.fulfill(status=200, content_type="text/html", body="Please log in")
            return
        headers = {**dict([ANSWERED_BY]), "Content-Type": "application/json"}
        route.fulfill(status=200, headers=headers, body=json.dumps(self.found))


@pytest.fixture
def opened(open_quiet: OpenPage) -> Any:
    """Opens the page on what is served."""

    def open_page(served: Served, **context: Any) -> Page:
        page = open_quiet("help.html", hurry=10, **context)
        page.route("**/selfcheck", served)
        page.goto(page.url.replace("help.html", "selfcheck.html"))
        expect(page.locator(".finding").first).to_be_visible()
        return page

    return open_page


def test_each_finding_says_level_what_was_seen_and_what_to_do_in_words(opened: Any) -> None:
    served = Served({"findings": FOUND, "checkedAt": None})
    page = opened(served)
    expect(page.locator(".finding-level")).to_have_text(["bad", "warning", "cannot tell", "notice", "ok"])
    disk = page.locator('.finding[data-code="disk"]')
    expect(disk.locator(".finding-do")).to_have_text(f"What to do: {REMEDY}")
    expect(disk).to_contain_text("<img src=x")
    expect(page.locator('.finding[data-code="address"] .finding-do')).to_have_count(0)
    expect(page.locator("#check-outcome")).to_have_text("1 bad, 1 warning, 1 cannot tell, 1 notice, 1 ok.")
    expect(page.locator("#check-at")).to_have_text("Database and journal are being read.")
    expect(page).to_have_title("▲ Self-check · APIS Main Controller")
    disk.evaluate("row => { row.dataset.kept = 'yes'; }")
    with page.expect_response("**/selfcheck"):
        assert violations(page) == []
    expect(disk).to_have_attribute("data-kept", "yes")
    served.found = {"findings": [FOUND[-1]], "checkedAt": moment(-60)}
    expect(page.locator(".finding")).to_have_count(1)
    expect(page.locator("#check-at")).to_contain_text("were read whole at ")
    expect(page).to_have_title("Self-check · APIS Main Controller")


def test_on_a_phone_and_on_paper_nothing_is_cut_and_what_cannot_be_read_anew_is_said(opened: Any) -> None:
    served = Served({"findings": FOUND, "checkedAt": moment(-60)})
    page = opened(served, viewport={"width": 360, "height": 800}, color_scheme="dark")
    served.found = None
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert violations(page) == []
    expect(page.locator("#check-outcome")).to_contain_text("The self-check cannot be read: ")
    expect(page.locator(".finding")).to_have_count(5)
    page.emulate_media(media="print")
    for part in (".finding-do", "#check-at", "#check-outcome"):
        expect(page.locator(part).first).to_be_visible()
    expect(page.locator("#stop-all")).to_be_hidden()


def test_the_programs_own_answer_is_in_japanese_throughout(open_quiet: OpenPage) -> None:
    """Reached by keys from the list of alarms."""
    page = open_quiet("alarms.html", locale="ja-JP")
    page.get_by_role("link", name="自己診断").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/selfcheck.html")
    journal = page.locator('.finding[data-code="journal"]')
    expect(journal.locator(".finding-level")).to_have_text("正常", timeout=15_000)
    address = page.locator('.finding[data-code="address"]')
    expect(address.locator("h2")).to_contain_text("待受けアドレス")
    english = page.locator(".finding p").filter(has_text="the ")
    expect(english).to_have_count(0)
    expect(page.get_by_role("heading", name="自己診断")).to_be_visible()
