"""The journal as a person reads it: a row for each matter, its details folded, in the page's words and its language."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenPage, Plant
from tests.system.console import until


@pytest.mark.parametrize(
    ("locale", "done", "details", "came"),
    [("en-GB", "done, seen in effect", "Details", "came"), ("ja-JP", "完了、反映を確認", "詳細", "受付")],
)
def test_an_order_is_one_row_with_its_stages_folded(
    open_page: OpenPage, plant: Plant, locale: str, done: str, details: str, came: str
) -> None:
    """No raw JSON, no wire name; the zone once, in the head."""
    plant.console.call("/setOperationMode?value=stop&unitId=E002&wait=verified")

    def written() -> bool:
        rows = plant.console.get("/journal?unit=E002")["rows"]
        return any(row["stage"] == "verified" for row in rows)

    until(written, "the order's end")
    page = open_page("journal.html?unit=E002&about=orders", locale=locale, timezone_id="UTC")
    row = page.locator("#journal-rows tr")
    expect(row).to_have_count(1)
    expect(row.locator(".what p")).to_have_text(re.compile("Force Stop.*E002"))
    expect(row.locator(".result")).to_have_text(done)
    expect(row.locator(".time")).to_have_text(re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC$"))
    expect(page.locator("#journal-time")).to_contain_text("UTC")
    expect(row.locator("dl")).not_to_be_visible()
    summary = row.locator("summary")
    expect(summary).to_have_text(details)
    summary.press("Enter")
    expect(row.locator("dl")).to_be_visible()
    expect(row.locator("dd").nth(1)).to_have_text(came)
    assert not re.search(r'[{}"]|heteronomous|setOperationMode|verified', row.inner_text())


def test_the_filter_stands_in_the_address_and_in_the_link_to_the_file(open_page: OpenPage, plant: Plant) -> None:
    page = open_page("journal.html")
    page.locator("#journal-about").select_option("grid")
    expect(page.locator("#journal-csv")).to_have_attribute("href", "journal.csv?about=grid")
    assert page.url.endswith("journal.html?about=grid")
    page.reload()
    expect(page.locator("#journal-about")).to_have_value("grid")
    expect(page.locator("#journal-rows")).not_to_contain_text("started")


def test_a_question_that_cannot_be_read_gives_the_page_with_one_sentence(open_page: OpenPage, plant: Plant) -> None:
    """And in the page's language; whoever asks again is answered."""
    page = open_page("journal.html?from=yesterday", may_fail=True)
    outcome = page.locator("#journal-outcome")
    expect(outcome).to_contain_text("yesterday")
    expect(outcome).to_have_attribute("data-kind", "bad")
    expect(page.locator("#journal-rows tr")).to_have_count(0)
    page.locator("#journal-filter button").click()
    expect(outcome).to_have_text(re.compile(r"^\d+ rows?$"))


@pytest.mark.parametrize("locale", ["en-GB", "ja-JP"])
@pytest.mark.parametrize("address", ["journal.html?lang=ja", "help.html?callback=f"])
def test_a_page_asked_for_what_it_does_not_take_says_so_in_its_language(
    open_page: OpenPage, plant: Plant, address: str, locale: str
) -> None:
    page = open_page(address, may_fail=True, locale=locale)
    outcome = page.locator('.outcome[data-kind="bad"]')
    expect(outcome).to_have_text(re.compile("^パラメータ" if locale == "ja-JP" else "^The parameter"))
    page.locator('nav a[href="."]').click()
    expect(page.locator("#units")).to_be_attached()
