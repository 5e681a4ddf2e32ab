"""A silent unit's panel lets a person say that it has left; no other panel does."""

from urllib.parse import parse_qs

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.stage import Stage, unit_status


def with_silent(**given: object) -> Stage:
    """Three units of which E003 is silent."""
    stage = Stage.of(3)
    stage.kept["E003"] = stage.units.pop("E003")
    stage.states["E003"] = unit_status("silent", age=130.0, **given)
    return stage


def control(page: Page, unit_id: str) -> Locator:
    return page.locator(f"#cards [data-unit={unit_id}] [data-act=forget]")


def ask(page: Page) -> None:
    """Open the question of E003, and answer it but for the tick."""
    control(page, "E003").click()
    expect(page.locator("#forget-title")).to_have_text("Forget E003?")
    page.locator("#forget-name").fill(" Sato ")
    page.locator("#forget-reason").fill("scrapped & sold")
    page.wait_for_timeout(700)  # a question may take no answer in its first moments


def forms(stage: Stage) -> list[dict[str, list[str]]]:
    """What was ordered at `/forget`."""
    return [parse_qs(form) for path, form in stage.orders if path == "/forget"]


def test_a_silent_unit_in_wait_is_forgotten_by_name_and_reason(open_quiet: OpenPage) -> None:
    stage = with_silent()
    page = open_quiet(stage=stage)
    ask(page)
    expect(page.locator("#forget-sure-row")).to_be_hidden()
    expect(page.locator("#forget-did")).to_have_text("E003: silent 2 min 10 s.")
    del stage.states["E003"]
    page.locator("#forget-yes").click()
    expect(page.locator("#forget-dialog")).not_to_be_visible()
    expect(page.locator("#cards [data-unit=E003]")).to_have_count(0)
    assert forms(stage) == [{"unitId": ["E003"], "name": ["Sato"], "reason": ["scrapped & sold"]}]


@pytest.mark.parametrize(("status", "confirm"), [("0x0014", "0x0014"), ("0x0041", "0x0041"), (None, "unknown")])
def test_one_last_seen_working_says_what_it_did_and_needs_a_tick(
    open_quiet: OpenPage, status: str | None, confirm: str
) -> None:
    stage = with_silent(unwatched=True, lastWord=status)
    page = open_quiet(stage=stage)
    ask(page)
    expect(page.locator("#forget-did")).to_contain_text("E003 has been silent for 2 min 10 s; last seen")
    page.locator("#forget-yes").click()
    expect(page.locator("#forget-dialog")).to_be_visible()
    assert forms(stage) == []
    page.locator("#forget-sure").check()
    page.locator("#forget-yes").click()
    expect(page.locator("#forget-dialog")).not_to_be_visible()
    assert [form["confirm"] for form in forms(stage)] == [[confirm]]


@pytest.mark.parametrize("field", ["name", "reason"])
def test_without_a_name_or_a_reason_nothing_is_sent(open_quiet: OpenPage, field: str) -> None:
    stage = with_silent()
    page = open_quiet(stage=stage)
    ask(page)
    page.locator(f"#forget-{field}").fill("")
    page.locator("#forget-yes").click()
    expect(page.locator("#forget-dialog")).to_be_visible()
    page.locator("#forget-form button[value=cancel]").click()
    expect(page.locator("#forget-dialog")).not_to_be_visible()
    assert forms(stage) == []


def test_a_refusal_stands_in_the_question(open_quiet: OpenPage) -> None:
    stage = with_silent()
    stage.answers["/forget"] = (409, {"error": "E003 is still shown by apis-web's /get/log.", "command": "c9"})
    page = open_quiet(stage=stage, may_fail=True)
    ask(page)
    page.locator("#forget-yes").click()
    expect(page.locator("#forget-outcome")).to_contain_text("E003 is still shown")
    expect(page.locator("#forget-dialog")).to_be_visible()


def test_the_tick_is_asked_anew_each_time(open_quiet: OpenPage) -> None:
    stage = with_silent(unwatched=True, lastWord="0x0014")
    page = open_quiet(stage=stage)
    ask(page)
    page.locator("#forget-sure").check()
    page.keyboard.press("Escape")
    ask(page)
    expect(page.locator("#forget-sure")).not_to_be_checked()


def test_only_a_silent_unit_has_the_control_and_it_goes_when_the_unit_is_seen(open_quiet: OpenPage) -> None:
    stage = with_silent()
    stage.states["E002"] = unit_status("stale", age=50.0)
    page = open_quiet(stage=stage)
    expect(control(page, "E003")).to_be_enabled()
    expect(control(page, "E001")).to_have_count(0)
    expect(control(page, "E002")).to_have_count(0)
    stage.units["E003"] = stage.kept.pop("E003")
    stage.states["E003"] = unit_status()
    expect(control(page, "E003")).to_have_count(0)


def test_read_only_offers_it_but_takes_no_press(open_quiet: OpenPage) -> None:
    stage = with_silent()
    stage.more["config"] = {"readOnly": True, "staleafter": 30, "readinglag": 12}
    page = open_quiet(stage=stage)
    expect(control(page, "E003")).to_be_disabled()


def test_it_speaks_japanese(open_quiet: OpenPage) -> None:
    page = open_quiet(stage=with_silent(unwatched=True, lastWord="0x0014"), locale="ja-JP")
    expect(control(page, "E003")).to_have_text("登録解除…")
    control(page, "E003").click()
    expect(page.locator("#forget-title")).to_have_text("E003 の登録を解除しますか?")
    expect(page.locator("#forget-sure-row")).to_contain_text("現場で確認済み")
