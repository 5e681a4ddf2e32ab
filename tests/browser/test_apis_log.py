"""A unit's details tell what its apis-main says itself: errors with what it does about them, and lines (K16, K17)."""

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from tests.browser.conftest import OpenPage
from tests.browser.stage import Json, Stage, moment
from tests.browser.test_everyone import violations

DOES = "apis-main ends its deals in good order, sends its converter to Wait and resets."


def line(message: str, level: str = "SEVERE", **given: Any) -> Json:
    told = {"id": 1, "heard": moment(-4), "at": moment(-5), "program": "apis-main", "unitId": "E002", "level": level}
    return {**told, "source": "jp.co.sony.csl.dcoes.apis.main.app.user.ErrorCollection", "message": message, **given}


def error(text: str, **given: Any) -> Json:
    told = {"category": "HARDWARE", "extent": "LOCAL", "level": "ERROR", "unitId": "E002", "text": text, "count": 12}
    return {**told, "first": moment(-900), "last": moment(-4), "does": DOES, **given}


def answered(*lines: Json, errors: tuple[Json, ...] = ()) -> tuple[int, Json]:
    messages = [{"text": DOES, "code": "domain.errorLocal", "parameters": {}}]
    return 200, {"lines": list(lines), "errors": list(errors), "next": None, "messages": messages}


def opened(open_quiet: OpenPage, stage: Stage, **more: Any) -> Page:
    """The page with the details of E002."""
    page = open_quiet("?unit=E002", stage=stage, **more)
    expect(page.locator("#details-title")).to_contain_text("E002")
    return page


def asked_next(page: Page) -> dict[str, list[str]]:
    """What the page asks for of the log next, by itself."""
    with page.expect_request(re.compile("/apislog[?]")) as asked:
        pass
    return parse_qs(urlsplit(asked.value.url).query)


def test_errors_are_counted_and_what_apis_main_does_about_them_is_told(open_quiet: OpenPage) -> None:
    stage = Stage.of(3)
    stage.answers["/apislog"] = answered(line("(HARDWARE:LOCAL:ERROR:E002) over heat"), errors=(error("over heat"),))
    page = opened(open_quiet, stage)
    told = page.locator("#apis-log-errors li")
    expect(told).to_have_count(1)
    expect(told).to_contain_text("over heat")
    expect(told).to_contain_text("HARDWARE LOCAL ERROR · E002 · 12 times, last ")
    expect(told).to_contain_text(DOES)
    expect(page.locator("#apis-log-lines li")).to_have_text(
        [re.compile(r"^\(HARDWARE:LOCAL:ERROR:E002\) over heat.*SEVERE")]
    )
    expect(page.locator("#apis-log-state")).not_to_be_visible()
    asked = asked_next(page)
    assert (asked["unitId"], asked["level"]) == (["E002"], ["WARNING"])
    assert violations(page) == []


def test_it_goes_on_by_itself_and_shows_the_level_that_is_chosen(open_quiet: OpenPage) -> None:
    stage = Stage.of(3)
    page = opened(open_quiet, stage)
    expect(page.locator("#apis-log-state")).to_have_text("Nothing of this kind was heard from it.")
    stage.answers["/apislog"] = answered(line("it has come"))
    expect(page.locator("#apis-log-lines li")).to_have_count(1)
    page.locator("#apis-log-level").select_option("FINEST")
    stage.answers["/apislog"] = answered(line("and more", "FINE"), line("it has come"))
    expect(page.locator("#apis-log-lines li")).to_have_count(2)
    assert asked_next(page)["level"] == ["FINEST"]
    page.keyboard.press("Escape")
    expect(page.locator("#details")).not_to_be_visible()
    with pytest.raises(PlaywrightTimeout), page.expect_request(re.compile("/apislog[?]"), timeout=4500):
        pass  # nobody looks any more


def test_nothing_that_is_sent_becomes_part_of_the_page(open_quiet: OpenPage) -> None:
    """Anybody on the network can send a line."""
    stage = Stage.of(3)
    hostile = "<img src=x onerror=\"document.title='taken'\">\u202e"
    stage.answers["/apislog"] = answered(line(hostile * 40), errors=(error(hostile, unitId=hostile),))
    page = opened(open_quiet, stage, viewport={"width": 360, "height": 800})
    expect(page.locator("#apis-log-lines li")).to_contain_text(["<img src=x"])
    assert page.locator("#details img").count() == 0
    assert page.title() != "taken"
    wide = page.evaluate(
        "[document.querySelector('#details').scrollWidth, document.querySelector('#details').clientWidth]"
    )
    assert wide[0] <= wide[1]


@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_in_japanese_on_a_phone_it_reads_as_well(open_quiet: OpenPage, scheme: str) -> None:
    stage = Stage.of(3)
    stage.answers["/apislog"] = answered(line("over heat"), errors=(error("over heat"),))
    page = opened(open_quiet, stage, locale="ja-JP", color_scheme=scheme, viewport={"width": 360, "height": 800})
    expect(page.locator("#apis-log-title")).to_have_text("apis-main のログ")
    expect(page.locator("#apis-log-errors li")).to_contain_text(["12 回、最終"])
    expect(page.locator("#apis-log-errors li")).not_to_contain_text([DOES])
    assert violations(page) == []


def test_where_it_cannot_be_had_that_is_said(open_quiet: OpenPage) -> None:
    stage = Stage.of(3)
    stage.answers["/apislog"] = (500, {"error": "history.sqlite3 cannot be read."})
    page = opened(open_quiet, stage, may_fail=True)
    expect(page.locator("#apis-log-state")).to_have_text(
        "apis-main's log cannot be read: history.sqlite3 cannot be read."
    )
