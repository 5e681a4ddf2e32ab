""" "Soft Stop first, then Manual" as the controller keeps it and every page shows it (Z9a, H2), on the stage."""

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import HIDE, OpenPage
from tests.browser.stage import Json, Stage, deal, moment, ordered, unit_data


def soft_first(open_quiet: OpenPage) -> tuple[Page, Stage]:
    """A page on which Soft Stop was chosen before Manual while a deal runs."""
    stage = Stage.of(2)
    stage.deals = [deal("E001", "E002")]
    stage.ends["/setOperationMode"] = {"state": "accepted"}
    page = open_quiet(stage=stage)
    expect(page.locator("#deals b")).to_have_count(1)
    page.locator("#global-choice").select_option("manual")
    page.locator("#global-set").click()
    page.locator("#confirm-other").click()
    expect(page.locator("#global-outcome")).to_contain_text("accepted")
    return page, stage


def promise(state: str, *, mine: bool = False, **more: object) -> Json:
    """What the status tells of the second step."""
    told = {"mode": "manual", "state": state, "by": "10.0.0.7", "mine": mine, "command": "c1"}
    return {**told, "since": moment(-5), "until": moment(895), "why": None, **more}


def ordered_modes(stage: Stage) -> list[str]:
    return [form for path, form in stage.orders if path == "/setOperationMode"]


def test_soft_stop_first_is_one_order_and_this_page_gives_no_second_one(open_quiet: OpenPage) -> None:
    """The second step goes with the first, under this page's name; drained or not, the page itself orders nothing."""
    page, stage = soft_first(open_quiet)
    assert ordered_modes(stage) == ["value=heteronomous&then=manual"]
    name = stage.terms[0]["page"]
    assert re.fullmatch("[0-9a-f]{32}", name)
    stage.more["then"] = promise("waiting", mine=True)
    pending = page.locator("#global-pending")
    expect(pending).to_contain_text("Manual follows by itself when no deal is left; keep this page open. 1 deal left.")
    stage.grid["mode"] = "heteronomous"
    stage.units |= {one: unit_data(one, mode="heteronomous") for one in stage.units}
    stage.deals = []
    expect(pending).to_contain_text("drained")
    page.wait_for_timeout(2500)  # two more readings, at which the page once ordered by itself
    assert ordered_modes(stage) == ["value=heteronomous&then=manual"]


def test_the_page_that_asked_is_heard_also_while_it_is_hidden(open_quiet: OpenPage) -> None:
    """Its polls of the status, and no others, go on under its name; another's promise keeps no page awake."""
    page, stage = soft_first(open_quiet)
    stage.more["then"] = promise("waiting", mine=True)
    stage.grid["mode"] = "heteronomous"
    stage.commands[0]["state"] = "verified"
    expect(page.locator("#global-outcome")).to_contain_text("done")
    expect(page.locator("#global-pending")).to_contain_text("keep this page open")
    page.evaluate(HIDE, True)
    page.wait_for_timeout(1000)  # what was under way comes back
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.wait_for_timeout(2500)
    assert asked
    assert all("/get/frame?" in url and url.endswith(f"page={stage.terms[0]['page']}") for url in asked)
    stage.more["then"] = promise("waiting")
    page.wait_for_timeout(2500)
    asked.clear()
    page.wait_for_timeout(2500)
    assert asked == []


def test_any_page_shows_what_waits_and_can_drop_it(open_quiet: OpenPage) -> None:
    """Whoever asked: the other pages name them, and each has the button that drops it."""
    stage = Stage.of(2)
    stage.deals = [deal("E001", "E002"), deal("E002", "E001")]
    stage.more["then"] = promise("waiting")
    page = open_quiet(stage=stage, may_fail=True)
    pending = page.locator("#global-pending")
    expect(pending).to_contain_text("asked for by 10.0.0.7 on another page, which must stay open. 2 deals left.")
    stage.deals = None
    expect(pending).to_contain_text("Manual waits: the deals cannot be told.")
    pending.get_by_role("button", name="Do not follow").click()
    stage.more["then"] = None
    expect(pending).to_have_text("")
    expect(pending.get_by_role("button")).to_have_count(0)
    assert ordered(page, stage) == [("/clearThen", "")]


def test_what_is_offered_is_asked_anew_with_a_moment_of_its_own(open_quiet: OpenPage) -> None:
    """H2: a page that wakes after hours orders nothing by itself; its button opens the ordinary question."""
    stage = Stage.of(2, mode="heteronomous")
    stage.grid["mode"] = "heteronomous"
    why = "No page of 10.0.0.7 has been heard for 30 s."
    stage.more["then"] = promise("offered", why=why)
    page = open_quiet(stage=stage)
    pending = page.locator("#global-pending")
    expect(pending).to_contain_text(f"Manual was to follow the Soft Stop and has not been sent. {why}")
    assert stage.orders == []
    pending.get_by_role("button", name="Manual…").click()
    expect(page.locator("#confirm-title")).to_have_text("Manual for the cluster?")
    opened = stage.serial
    page.wait_for_timeout(2500)  # the person thinks, and readings go on
    assert stage.serial > opened
    page.locator("#confirm-yes").click()
    stage.grid["mode"] = "manual"
    expect(page.locator("#global-outcome")).to_contain_text("done, seen in effect")
    assert ordered_modes(stage) == ["value=manual"]
    assert int(stage.terms[0]["serial"]) <= opened
    assert stage.terms[0]["start"] == "stage"
    assert int(stage.terms[0]["age"]) >= 2000


def test_what_was_promised_and_ended_says_why_until_it_was_seen(open_quiet: OpenPage) -> None:
    """Also where somebody else ended it by another order."""
    stage = Stage.of(2)
    stage.more["then"] = promise("ended", why="10.0.0.9 ordered Run.")
    page = open_quiet(stage=stage)
    pending = page.locator("#global-pending")
    expect(pending).to_contain_text("Manual does not follow the Soft Stop: 10.0.0.9 ordered Run.")
    pending.get_by_role("button", name="Seen").click()
    expect(pending).to_have_text("")
    stage.more["then"] = promise("ended", why="It stood for 15 minutes.", command="c2", until=moment(-1))
    page.wait_for_timeout(1500)
    expect(pending).to_have_text("")
    assert stage.orders == []


def test_without_a_grid_master_an_empty_list_of_deals_is_not_drained(open_quiet: OpenPage) -> None:
    """The deals are the Grid Master's: where none is known nobody can say that none is left."""
    stage = Stage.of(2, mode="heteronomous")
    stage.grid |= {"mode": "heteronomous"}
    page = open_quiet(stage=stage, may_fail=True)
    expect(page.locator("#global-pending")).to_contain_text("no deal left: drained")
    stage.grid |= {"gridMaster": None, "noGridMaster": None}
    expect(page.locator("#global-pending")).to_contain_text("Deals: cannot tell")
    stage.grid |= {"noGridMaster": True}
    expect(page.locator("#global-pending")).not_to_contain_text("drained")
    stage.grid |= {"gridMaster": "E001", "noGridMaster": False}
    expect(page.locator("#global-pending")).to_contain_text("no deal left: drained")
    stage.deals = None  # the last list was empty, but of now nothing is known
    expect(page.locator("#global-pending")).to_contain_text("Deals: cannot tell")
