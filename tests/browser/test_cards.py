"""The units' panels under an operator's hands: nothing moves, vanishes or is dropped while they work, on a stage."""

from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.stage import Json, Stage, moment, unit_data


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


def test_an_order_under_way_stays_in_sight_whatever_else_is_done_at_its_card(open_quiet: OpenPage) -> None:
    """Issue: every order shows pending, done or refusal on the spot; none hides another's."""
    stage = manual_stage()
    stage.answers["/setOperationMode"] = (200, {"succeeded": True, "command": "c1"})
    stage.more["orders"] = [local_soft_stop("accepted")]
    page = open_quiet(stage=stage)
    order_local(page, "E001", "heteronomous")
    pending = "Local mode Soft Stop: accepted; seen at 0 of 1 units"
    expect(outcomes(page, "E001")).to_have_text([pending])
    choose(page, "E001", "Voltage control")
    card(page, "E001").locator("[data-act=refresh]").click()
    expect(outcomes(page, "E001")).to_have_text(["Refresh: done", pending])
    card(page, "E001").locator(".current input").fill("")
    card(page, "E001").locator("[data-act=converter]").click()
    expect(outcomes(page, "E001")).to_have_text(["Give the Grid current in A.", "Refresh: done", pending])
    stage.answers["/commands/c1"] = (200, local_soft_stop("timedOut"))
    stage.more["orders"] = []
    ended = "Local mode Soft Stop: not seen in effect in time"
    expect(outcomes(page, "E001")).to_have_text(["Give the Grid current in A.", "Refresh: done", ended])
    choose(page, "E001", "Current control")
    expect(outcomes(page, "E001")).to_have_text(["Refresh: done", ended])


def test_an_order_under_way_stays_in_sight_in_a_compact_card(open_quiet: OpenPage) -> None:
    """Issue: pending on the spot, also where the controls are folded away."""
    stage = manual_stage()
    stage.answers["/setOperationMode"] = (200, {"succeeded": True, "command": "c1"})
    stage.more["orders"] = [local_soft_stop("accepted")]
    page = open_quiet(stage=stage)
    order_local(page, "E001", "heteronomous")
    page.locator("#density").click()
    expect(card(page, "E001").locator(".controls")).not_to_be_visible()
    expect(outcomes(page, "E001")).to_be_visible()
