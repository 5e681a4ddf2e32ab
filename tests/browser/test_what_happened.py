"""One place for what happened: orders, the grid by itself and deals as one stream, of which the journal has all."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import OpenPage
from tests.browser.stage import Json, Stage, moment, to_picture


def stage_of_news() -> Stage:
    """An order that failed, a fault, a mode that the grid took and a deal, in this order by time."""
    stage = Stage.of(3)
    order: Json = {"id": "c1", "order": "setOperationMode", "unitId": "E002", "wanted": {"mode": "stop"}, "by": "anna"}
    order |= {"at": moment(-9), "endedAt": moment(-5), "state": "timedOut", "sent": True, "error": None, "note": None}
    event: Json = {"unitId": None, "after": None, "command": None}
    after = {"giver": "E001", "taker": "E003", "state": "began"}
    stage.more |= {
        "endedOrders": [order],
        "gridEvents": [
            {**event, "at": moment(-30), "kind": "mode", "text": "The cluster went to Run."},
            {**event, "at": moment(-20), "kind": "busHigh", "unitId": "E002", "text": "The bus is too high at E002."},
        ],
        "dealEvents": [{**event, "at": moment(-40), "kind": "deal", "text": "A deal was agreed.", "after": after}],
    }
    return stage


def test_everything_that_happened_stands_in_one_stream_and_leads_to_the_journal(open_quiet: OpenPage) -> None:
    page = open_quiet(stage=stage_of_news())
    lines = page.locator("#events li")
    expect(lines).to_have_text(
        [
            re.compile("^Local mode Force Stop · E002not seen in effect in time · by anna · "),
            re.compile("^The bus is too high at E002"),
            re.compile("^The cluster went to Run"),
            re.compile("^A deal was agreed"),
        ]
    )
    expect(page.get_by_role("heading", name="The grid by itself")).to_have_count(0)
    link = page.locator("#happened-more")
    expect(link).to_have_attribute("href", "journal.html")
    for about, count in (("orders", 1), ("grid", 2), ("deals", 1), ("faults", 1)):
        page.locator("#happened-about").select_option(about)
        expect(lines).to_have_count(count)
        expect(link).to_have_attribute("href", f"journal.html?about={about}")


def test_a_units_details_tell_what_happened_to_it(open_quiet: OpenPage) -> None:
    page = open_quiet(stage=stage_of_news())
    to_picture(page)
    page.keyboard.press("Home")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#details-title")).to_contain_text("E002")
    expect(page.locator("#details-happened li")).to_have_count(2)
    expect(page.locator("#details-journal")).to_have_attribute("href", "journal.html?unit=E002")
    page.keyboard.press("Escape")
    to_picture(page)
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    expect(page.locator("#details-happened li")).to_have_text([re.compile("^A deal was agreed")])
