"""Overrides that wait for a second person, and the lease of work by hand, as every page shows them, on the stage."""

import re
from urllib.parse import parse_qs

from playwright.sync_api import expect

from tests.browser.conftest import OpenPage
from tests.browser.stage import Json, Stage, moment, ordered
from tests.browser.test_states import filled_in

CONFIG = {"readOnly": False, "emulator": True, "upsModes": False, "twoPersons": True, "staleafter": 30}


def waiting(**more: object) -> Json:
    """An override of anna's as the frame tells it."""
    second = {"until": moment(50), "rules": ["e"], "says": ["The reference is too weak."], "by": None, "first": "anna"}
    return {
        "id": "c7", "key": "other", "order": "setDcdc", "unitId": "E002", "by": "anna (10.0.0.3)", "at": moment(-10),
        "wanted": {"word": "0x0041", "dvg": 350.0, "dig": 1.0}, "state": "pending", "sent": False,
        "override": "fuse <b>", "second": second, "units": {}, "progress": {}, "error": None, "note": None, **more,
    }  # fmt: skip


def by_hand() -> Stage:
    stage = Stage.of(2, mode="manual")
    stage.grid["mode"] = "manual"
    stage.more["config"] = CONFIG
    return stage


def test_another_page_shows_who_asks_what_against_which_rules_and_why_and_confirms(open_quiet: OpenPage) -> None:
    stage = by_hand()
    stage.more["orders"] = [waiting()]
    page = open_quiet(stage=stage)
    row = page.locator("#second-list > li")
    expect(row.locator("b")).to_have_text(
        "anna (10.0.0.3) asks for a second person: charging +1.0 A · E002. Reason: fuse <b>. It overrides:"
    )
    expect(row.locator("ul")).to_have_text("(e) The reference is too weak.")
    expect(row.locator("p span")).to_have_text(re.compile(r"^(4\d|50) s left$"))
    expect(page.locator("#second-list")).to_have_attribute("aria-live", "assertive")
    row.get_by_role("button", name="Look and confirm…").click()
    expect(page.locator("#confirm-lead")).to_contain_text("Reason: fuse <b>. It overrides: Your press sends it: all")
    expect(page.locator("#confirm-rules")).to_have_text("(e) The reference is too weak.")
    expect(page.locator("#confirm-reason")).not_to_be_visible()
    page.locator("#confirm-yes:not([aria-disabled])", has_text="Confirm and send").click()
    stage.more["orders"] = []
    expect(page.locator("#second-list > li")).to_have_count(0)
    expect(page.locator("#second-outcome")).to_contain_text("done")
    assert stage.orders == [("/confirm", "command=c7")]
    assert stage.bare == [], "it bears the moment at which the question was opened"


def test_a_question_that_is_over_says_so_and_a_refused_confirmation_why(open_quiet: OpenPage) -> None:
    stage = by_hand()
    stage.more["orders"] = [waiting()]
    refusal = "c7 was ordered by anna, and another person must confirm it."
    stage.answers["/confirm"] = (409, {"error": refusal, "sent": False})
    page = open_quiet(stage=stage, may_fail=True)
    page.locator("[data-act=second-confirm]").click()
    stage.more["orders"] = []
    expect(page.locator("#confirm-note")).to_have_text("It waits no longer; nothing will be sent.")
    stage.more["orders"] = [waiting()]
    expect(page.locator("#confirm-note")).to_contain_text("It can be confirmed for")
    page.locator("#confirm-yes:not([aria-disabled])").click()
    expect(page.locator("#second-outcome")).to_contain_text(refusal)
    expect(page.locator("#second-list > li")).to_have_count(1)


def test_the_page_that_asked_waits_with_a_countdown_and_may_withdraw(open_quiet: OpenPage) -> None:
    stage, page, unit = filled_in(open_quiet)
    stage.more["config"] = CONFIG
    second = waiting()["second"]
    stage.ends["/set/dcdc/E001"] = {"state": "pending", "second": second, "override": "bench"}
    unit.locator("[data-act=converter]").click()
    expect(page.locator("#confirm-note")).to_contain_text("once another engineer has confirmed it")
    page.locator("#confirm-reason").fill("bench")
    del stage.answers["/set/dcdc/E001"]
    page.locator("#confirm-yes:not([aria-disabled])", has_text="Ask a second person").click()
    expect(page.locator("#confirm")).not_to_be_visible()
    expect(unit.locator(".outcome").first).to_contain_text("waits for a second person; nothing is sent")
    stage.more["orders"] = stage.commands
    row = page.locator("#second-list > li")
    expect(row.locator("b")).to_contain_text("Your override waits for a second person")
    expect(row.locator("p span")).to_contain_text("s left")
    expect(page.locator("[data-act=second-confirm]")).to_have_count(0)
    row.get_by_role("button", name="Withdraw").click()
    stage.more["orders"] = []
    expect(row).to_have_count(0)
    sent = [(path, parse_qs(form)) for path, form in ordered(page, stage, 2)]
    assert [path for path, _ in sent] == ["/set/dcdc/E001", "/withdraw"]
    assert sent[1][1] == {"command": [stage.commands[0]["id"]]}


def test_the_question_and_the_warning_of_the_lease_stand_in_japanese_too(open_quiet: OpenPage) -> None:
    stage = by_hand()
    stage.more["orders"] = [waiting()]
    lease = {"state": "warned", "units": ["E001"], "seconds": 120, "silentSince": moment(-125), "waitsAt": moment(25)}
    stage.more["lease"] = lease
    page = open_quiet(stage=stage)
    banners = page.locator("#banners")
    expect(banners).to_contain_text("Nobody was heard for 120 s while E001 works by hand: it gets Wait at")
    page.locator("#language").select_option("ja")
    expect(banners).to_contain_text("E001 の手動運転中に、120 秒間どのページからも応答がありません")
    expect(page.locator("#second-list b")).to_contain_text("anna (10.0.0.3) が二人目の確認を求めています")
    expect(page.get_by_role("button", name="内容を確認…")).to_be_visible()
    stage.more["lease"] = {**lease, "state": "ending"}
    expect(banners).to_contain_text("Wait を送信しています")
    page.locator("#language").select_option("en")
    stage.more["lease"] = {**lease, "state": "held", "silentSince": None, "waitsAt": None}
    expect(banners).not_to_contain_text("works by hand")
