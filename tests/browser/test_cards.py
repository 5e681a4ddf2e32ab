"""The units' panels under an operator's hands: nothing moves, vanishes or is dropped while they work, on a stage."""

import re
from urllib.parse import parse_qs

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.stage import Json, Stage, moment, unit_data, unit_status


def timed(outcome: str) -> re.Pattern[str]:
    """What came of an order, with the time of day behind it."""
    return re.compile(rf"^{re.escape(outcome)} · \d\d:\d\d:\d\d \S+$")


def card(page: Page, unit_id: str) -> Locator:
    """One unit's panel."""
    return page.locator(f'.card[data-unit="{unit_id}"]')


def outcomes(page: Page, unit_id: str) -> Locator:
    """The lines that say what came of a unit's orders."""
    return card(page, unit_id).locator(".outcomes li")


def local_soft_stop(state: str) -> Json:
    """The order of a local Soft Stop for E001, as the controller tells it."""
    return {
        "id": "c1",
        "order": "setOperationMode",
        "unitId": "E001",
        "wanted": {"mode": "heteronomous"},
        "by": "127.0.0.1",
        "at": moment(),
        "state": state,
        "units": {},
        "progress": {"shown": 0, "of": 1},
    }


def order_local(page: Page, unit_id: str, mode: str) -> None:
    """Choose a local mode and press its Set."""
    card(page, unit_id).locator("select[name=local]").select_option(mode)
    card(page, unit_id).locator("[data-act=local]").click()


def choose(page: Page, unit_id: str, choice: str) -> None:
    """Choose in a unit's converter form by its label, as a person does."""
    card(page, unit_id).locator(".choices label", has_text=choice).click()


def manual_stage(**given: object) -> Stage:
    """Two units in Manual, E001 with `given`."""
    stage = Stage.of(2, mode="manual")
    stage.grid["mode"] = "manual"
    stage.units["E001"] = unit_data("E001", **{"mode": "manual", **given})
    return stage


def soft_stop_under_way(open_quiet: OpenPage) -> tuple[Stage, Page]:
    """A local Soft Stop of E001 ordered on its card, accepted and not yet seen."""
    stage = manual_stage()
    stage.answers["/setOperationMode"] = (200, {"succeeded": True, "command": "c1"})
    stage.more["orders"] = [local_soft_stop("accepted")]
    page = open_quiet(stage=stage)
    order_local(page, "E001", "heteronomous")
    return stage, page


def test_an_order_under_way_stays_in_sight_whatever_else_is_done_at_its_card(open_quiet: OpenPage) -> None:
    """Issue: every order shows pending, done or refusal on the spot; none hides another's."""
    stage, page = soft_stop_under_way(open_quiet)
    pending = "Local mode Soft Stop: accepted; seen at 0 of 1 units"
    expect(outcomes(page, "E001")).to_have_text([timed(pending)])
    choose(page, "E001", "Voltage control")
    card(page, "E001").locator("[data-act=refresh]").click()
    expect(outcomes(page, "E001")).to_have_text([timed("Refresh: done"), timed(pending)])
    card(page, "E001").locator(".current input").fill("")
    card(page, "E001").locator("[data-act=converter]").click()
    expect(outcomes(page, "E001")).to_contain_text(["Give the Grid current in A.", pending])
    stage.answers["/commands/c1"] = (200, local_soft_stop("timedOut"))
    stage.more["orders"] = []
    ended = "Local mode Soft Stop: not seen in effect in time"
    expect(outcomes(page, "E001")).to_contain_text(["Give the Grid current in A.", ended])
    choose(page, "E001", "Current control")
    expect(outcomes(page, "E001")).to_contain_text([ended])


def test_an_order_under_way_stays_in_sight_in_a_compact_card(open_quiet: OpenPage) -> None:
    """Issue: pending on the spot, also where the controls are folded away."""
    _, page = soft_stop_under_way(open_quiet)
    page.locator("#density").click()
    expect(card(page, "E001").locator(".controls")).not_to_be_visible()
    expect(outcomes(page, "E001")).to_be_visible()


def by_power(open_quiet: OpenPage) -> tuple[Stage, Page]:
    """Four units sorted by grid power: E001, E002, E003, E004."""
    stage = Stage.of(4)
    for place, one in enumerate(stage.units):
        stage.units[one] = unit_data(one, ig=2.0 - 0.4 * place)
    page = open_quiet(stage=stage)
    page.locator("#sort").select_option("power")
    expect(page.locator(".card .uid")).to_have_text(["E001", "E002", "E003", "E004"])
    return stage, page


@pytest.mark.parametrize("presence", ["focus", "pointer", "dialog"])
def test_no_card_moves_while_somebody_is_at_the_cards(open_quiet: OpenPage, presence: str) -> None:
    """Issue: nothing dangerous on one careless click: the next one meets the unit that it was meant for."""
    stage, page = by_power(open_quiet)
    control = card(page, "E003").locator("select[name=local]")
    if presence == "pointer":
        control.hover()
    elif presence == "focus":
        control.focus()
    else:
        card(page, "E003").locator("[data-act=lock]").focus()
        page.keyboard.press("Enter")
        expect(page.locator("#lock-dialog")).to_be_visible()
    stage.units["E003"] = unit_data("E003", ig=-2.3)
    stage.units["E000"] = unit_data("E000", ig=2.2)
    stage.states["E000"] = unit_status()
    del stage.units["E002"], stage.states["E002"]
    expect(card(page, "E003").locator("[data-figure=ig]")).to_have_text("-2.30")
    expect(page.locator(".card .uid")).to_have_text(["E001", "E003", "E004", "E000"])
    if presence == "focus":
        expect(control).to_be_focused()
    if presence == "dialog":
        page.keyboard.press("Escape")
        expect(card(page, "E003").locator("[data-act=lock]")).to_be_focused()
    page.locator("#find").focus()
    page.mouse.move(5, 5)
    expect(page.locator(".card .uid")).to_have_text(["E003", "E000", "E001", "E004"])


def test_a_choice_of_what_to_show_is_followed_at_once(open_quiet: OpenPage) -> None:
    """A person who searches by keyboard with the pointer resting on a card gets what they asked for."""
    _, page = by_power(open_quiet)
    card(page, "E003").hover()
    page.locator("#find").focus()
    page.keyboard.type("E004")
    expect(page.locator(".card .uid")).to_have_text(["E004"])


@pytest.mark.parametrize("only_stopped", [True, False])
def test_a_cancelled_stop_leaves_the_form_as_the_converter_is(open_quiet: OpenPage, only_stopped: bool) -> None:
    """N9: the form never goes on to claim Stopped for a converter that works."""
    stage = manual_stage(status="0x0002", ig=-2.0)
    if only_stopped:
        stage.states["E001"] = unit_status("stale", age=75.0)
    page = open_quiet(stage=stage)
    unit = card(page, "E001")
    expect(unit.locator("input[value=current]")).to_be_checked()
    choose(page, "E001", "Stopped")
    unit.locator("[data-act=converter]").click()
    expect(page.locator("#confirm")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#confirm")).not_to_be_visible()
    expect(unit.locator("input[value=current]")).to_be_checked()
    expect(unit.locator(".current input")).to_have_value("-2")
    assert all("dryRun=true" in sent for _, sent in stage.orders), "what speaks against it is asked, nothing is ordered"


def test_a_cancelled_order_with_values_keeps_them_for_another_try(open_quiet: OpenPage) -> None:
    """N10: what was typed need not be typed again."""
    stage = manual_stage()
    page = open_quiet(stage=stage)
    unit = card(page, "E001")
    unit.locator(".current input").fill("1.5")
    choose(page, "E001", "Voltage control")
    unit.locator("[data-act=converter]").click()
    page.locator("#confirm-cancel").click()
    stage.units["E001"] = unit_data("E001", mode="manual", vg=351.5)
    expect(unit.locator("[data-figure=vg]")).to_have_text("351.50")
    expect(unit.locator("input[value=voltage]")).to_be_checked()
    expect(unit.locator(".current input")).to_have_value("1.5")


def test_a_plan_of_any_kind_shows_in_its_line_and_is_cleared_there(open_quiet: OpenPage) -> None:
    """G4, G7, N7, Z11: the next schedule, named unless it is a soft stop; one that was given up hides no other."""
    stage = Stage.of(2)
    stage.schedules = {
        "": {"forceStop": "2099-05-13T09:53:00+00:00", "run": "2099-05-14T10:00:00+00:00"},
        "E001": {"run": "2020-01-01T00:00:00+00:00", "softStop": "2099-05-13T09:54:00+00:00"},
        "E002": {"run": "2020-01-01T00:00:00+00:00"},
    }
    given_up = [{"unitId": one, "operation": "run", "sentence": "No Grid Master."} for one in ("E001", "E002")]
    stage.more["schedules"] = {"pending": 3, "last": [], "failed": given_up, "waiting": [], "unreadable": []}
    page = open_quiet(stage=stage, timezone_id="UTC")
    expect(page.locator("#global-schedule")).to_contain_text("Force Stop · 2099-05-13 09:53 UTC · in ")
    line = card(page, "E001").locator("[data-figure=schedule]")
    expect(line).to_contain_text("2099-05-13 09:54 UTC · in ")
    expect(line).not_to_contain_text("Stop")
    expect(card(page, "E002").locator("[data-figure=schedule]")).to_have_text("Run · 2020-01-01 00:00 UTC · failed")
    page.locator("#schedule-clear").click()
    expect(page.locator("#schedule-outcome")).to_contain_text(re.compile("chedule .*: (set|cleared)"))
    card(page, "E002").locator("[data-act=schedule-clear]").click()
    expect(outcomes(page, "E002")).to_have_text([timed("Clear schedule Run: cleared")])
    assert [(path, parse_qs(form)) for path, form in stage.orders] == [
        ("/setSchedule", {"operation": ["forceStop"]}),
        ("/setSchedule", {"operation": ["run"], "unitId": ["E002"]}),
    ]
    stage.schedules = {}
    expect(page.locator("#global-schedule")).to_have_text("--")
    expect(page.locator("#schedule-clear")).to_be_disabled()


def test_the_schedule_dialog_is_titled_by_what_it_plans(open_quiet: OpenPage) -> None:
    """Figures 4-5 and 4-6: a soft stop at first, and never that title over another operation."""
    page = open_quiet(stage=Stage.of(1))
    title = page.locator("#schedule-dialog-title")
    page.locator("#schedule-set").click()
    expect(title).to_have_text("Global Soft Stop Schedule")
    page.locator("#schedule-operation").select_option("forceStop")
    expect(title).to_have_text("Global Force Stop Schedule")
    page.keyboard.press("Escape")
    card(page, "E001").locator("[data-act=schedule-set]").click()
    expect(title).to_have_text("E001 Soft Stop Schedule")


def test_a_switch_of_language_keeps_what_is_entered(open_quiet: OpenPage) -> None:
    """The words change, a form that was filled in does not."""
    page = open_quiet(stage=manual_stage())
    unit = card(page, "E001")
    unit.locator(".current input").fill("1.5")
    choose(page, "E001", "Voltage control")
    unit.locator("select[name=local]").select_option("heteronomous")
    page.locator("#language").select_option("ja")
    expect(unit.locator("[data-figure=local]")).to_have_text("Global Mode に従う")
    expect(unit.locator("[data-act=schedule-clear]")).to_have_accessible_name("Clear · E001")
    expect(unit.locator("input[value=voltage]")).to_be_checked()
    expect(unit.locator(".current input")).to_have_value("1.5")
    expect(unit.locator("select[name=local]")).to_have_value("heteronomous")
