"""A control that cannot act says why before it is pressed, and stops saying so; outcomes go in their time."""

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.stage import Json, Stage, deal, moment, unit_data, unit_status

ON = 11_000
"""How long (ms) a refusal is told at least, and a little more."""


def stage_in(mode: str, count: int = 3) -> Stage:
    """So many live units in this mode, each in Wait."""
    stage = Stage.of(count, mode=mode)
    stage.grid["mode"] = mode
    return stage


def put(stage: Stage, mode: str) -> None:
    """Every unit shows this mode, and it is in force."""
    for unit_id in stage.units:
        stage.units[unit_id] = unit_data(unit_id, mode=mode)
    stage.grid["mode"] = mode


def card(page: Page, unit_id: str, part: str) -> str:
    """The selector of a part of one unit's panel."""
    return f'.card[data-unit="{unit_id}"] {part}'


def test_guided_sharing_says_what_it_needs_before_and_while_it_stands_open(open_quiet: OpenPage) -> None:
    """In Run its button says so and Start is off; in Manual both are over, and the rules are asked before a person."""
    stage = stage_in("autonomous")
    page = open_quiet(stage=stage)
    opener = page.locator("#open-transfer")
    expect(opener).to_have_attribute("title", "Needs Manual in force; now Run.")
    opener.click()
    needs, start = page.locator("#transfer-needs"), page.locator("#transfer-start")
    expect(needs).to_have_text("Needs Manual in force; now Run.")
    expect(start).to_be_disabled()
    put(stage, "manual")
    expect(needs).to_be_hidden()
    expect(start).to_be_enabled()
    expect(opener).not_to_have_attribute("title", re.compile(""))
    stage.units["E003"] = unit_data("E003", mode="manual", status="0x0014")
    expect(needs).to_have_text("Needs the bus for itself: E003 must be in Wait first.")
    stage.units["E003"] = unit_data("E003", mode="manual")
    expect(start).to_be_enabled()
    rule: Json = {"rule": "j", "pass": False, "cause": "charge-below-reserve", "overridable": True, "numbers": {}}
    rule |= {"sentence": "E001 is not above its reserve.", "advice": False}
    stage.answers["/set/dcdc/E001"] = (200, {"allowed": False, "rules": [rule]})
    start.click()
    outcome = page.locator("#transfer-outcome")
    expect(outcome).to_have_text("Refused: E001 is not above its reserve. Nothing was sent.")
    expect(page.locator("#confirm")).not_to_be_visible()
    page.locator("#transfer-to").select_option("E003")
    page.locator("#transfer-from").select_option("E002")
    expect(outcome).to_have_text("")
    start.click()
    expect(page.locator("#confirm-title")).to_contain_text("from E002")


def test_a_panel_says_in_one_line_what_its_controls_wait_for(open_quiet: OpenPage) -> None:
    """The mode that is needed and the one that is; at work, what Shut Down waits for; then nothing."""
    stage = stage_in("heteronomous")
    page = open_quiet(stage=stage)
    needs = page.locator(card(page, "E001", "[data-part=needs]"))
    expect(needs).to_have_text("Voltage and current control and Shut Down need Manual; now Soft Stop.")
    expect(page.locator("#shut-down-hint")).to_have_text("Shut Down needs Manual in force; now Soft Stop.")
    described = page.locator(card(page, "E001", "[data-act=shut-down]")).get_attribute("aria-describedby")
    assert described == needs.get_attribute("id")
    put(stage, "manual")
    stage.units["E001"] = unit_data("E001", mode="manual", status="0x0041")
    expect(needs).to_have_text("Shut Down: E001 must be in Wait first.")
    expect(page.locator("#shut-down-hint")).to_have_text("E001 must be in Wait first.")
    expect(page.locator("#shut-down")).to_be_disabled()
    expect(page.locator(card(page, "E001", "[data-act=shut-down]"))).to_be_disabled()
    stage.units["E001"] = unit_data("E001", mode="manual")
    expect(needs).to_be_hidden()
    expect(page.locator("#shut-down-hint")).to_be_hidden()
    expect(page.locator("#shut-down")).to_be_enabled()


def test_two_dashes_with_set_say_so_until_something_is_chosen(open_quiet: OpenPage) -> None:
    """G3, N6: they do nothing, and not without a word."""
    stage = stage_in("autonomous")
    stage.more["config"] = {"readOnly": False, "upsModes": True, "staleafter": 30, "readinglag": 12}
    page = open_quiet(stage=stage)
    page.locator("#global-set").click()
    expect(page.locator("#global-outcome")).to_have_text("Choose a mode first.")
    page.locator("#global-choice").select_option("manual")
    expect(page.locator("#global-outcome")).to_have_text("")
    page.locator(card(page, "E001", "[data-act=local]")).click()
    said = page.locator(card(page, "E001", ".outcomes"))
    expect(said).to_have_text("Choose a mode first.")
    page.locator(card(page, "E001", "select[name=local]")).select_option("stop")
    expect(said).to_have_text("")
    page.locator("#debug").check()
    page.locator("#ups-set").click()
    expect(page.locator("#cluster-outcome")).to_have_text("Choose a mode first.")
    page.locator("#ups-choice").select_option("2")
    expect(page.locator("#cluster-outcome")).to_have_text("")
    assert stage.orders == []


def test_a_lock_that_would_be_refused_is_not_offered_and_says_what_it_waits_for(open_quiet: OpenPage) -> None:
    stage = stage_in("manual")
    page = open_quiet(stage=stage)
    page.locator(card(page, "E001", "[data-act=lock]")).click()
    expect(page.locator("#lock-needs")).to_have_text("E001 must show local Force Stop first.")
    expect(page.locator("#lock-set")).to_be_disabled()
    stage.units["E001"] = unit_data("E001", mode="manual", local="stop")
    expect(page.locator("#lock-needs")).to_be_hidden()
    expect(page.locator("#lock-set")).to_be_enabled()


def test_a_refusal_goes_with_its_reason_and_what_is_well_fades(open_quiet: OpenPage) -> None:
    """Neither stands beside its contrary; both stay in the list of orders."""
    stage = stage_in("stop")
    stage.answers["/setOperationMode"] = (409, {"error": "E002 is locked by Tanaka.", "sent": False, "command": "c9"})
    stage.more["locks"] = {"E002": {"name": "Tanaka", "reason": "fuse", "since": moment()}}
    page = open_quiet(stage=stage, may_fail=True)
    page.locator("#global-choice").select_option("autonomous")
    page.locator("#global-set").click()
    outcome = page.locator("#global-outcome")
    expect(outcome).to_have_text(re.compile(r"^Run: E002 is locked by Tanaka\. · \d\d:\d\d:\d\d \S+$"))
    page.locator("#flush").click()
    flushed = page.locator("#cluster-outcome")
    expect(flushed).to_contain_text("Flush cache: ")
    page.wait_for_timeout(ON)
    expect(outcome).to_contain_text("E002 is locked by Tanaka.")
    expect(flushed).to_have_text("")
    stage.more["locks"] = {}
    expect(outcome).to_have_text("")
    page.locator("#open-orders").click()
    expect(page.locator("#orders-rows tr")).to_have_count(2)


def test_a_mode_on_its_way_names_the_unit_that_is_missing(open_quiet: OpenPage) -> None:
    """And is over once all show it, whatever is still said to be pending."""
    stage = stage_in("autonomous", 6)
    stage.grid |= {"mode": "stop", "pending": "autonomous"}
    stage.states["E004"] = unit_status("silent", age=130.0)
    stage.kept["E004"] = stage.units.pop("E004")
    page = open_quiet(stage=stage)
    way = page.locator("#global-pending > span").first
    expect(way).to_have_text("→ Run: 5 of 5; not told by E004 (silent)")
    stage.states["E004"] = unit_status()
    stage.units["E004"] = unit_data("E004", mode="stop")
    expect(way).to_have_text("→ Run: 5 of 6, missing E004 (Force Stop)")
    stage.units["E004"] = unit_data("E004", mode="autonomous")
    expect(way).to_have_text("")


def test_mixed_of_one_mode_says_who_does_not_show_it(open_quiet: OpenPage) -> None:
    stage = stage_in("stop", 4)
    stage.grid["mode"] = "mixed"
    stage.units["E003"]["apis"]["operation_mode"] = {"global": None, "local": None, "effective": None}
    page = open_quiet(stage=stage)
    expect(page.locator("#global-mode")).to_have_text("Force Stop, not shown by E003 (--)")
    stage.units["E003"] = unit_data("E003", mode="manual")
    expect(page.locator("#global-mode")).to_have_text("mixed (Force Stop 3, Manual 1)")


def test_the_deals_that_are_left_are_told_once(open_quiet: OpenPage) -> None:
    stage = stage_in("heteronomous")
    stage.deals = [deal("E001", "E002"), deal("E002", "E003")]
    page = open_quiet(stage=stage)
    expect(page.locator("#global-pending")).to_have_text("2 deals left")
    then: Json = {"mode": "manual", "state": "waiting", "by": "127.0.0.1", "command": "c1", "since": moment()}
    stage.more["then"] = {**then, "until": moment(900), "why": None, "mine": True}
    expect(page.locator("#global-pending > span").first).to_have_text(
        "Manual follows by itself when no deal is left; keep this page open. 2 deals left."
    )


def test_an_override_lists_no_rule_that_passes_by_now(open_quiet: OpenPage) -> None:
    """The rules are asked again while the question stands open."""
    stage = stage_in("manual")
    rule: Json = {"rule": "f", "pass": False, "cause": "bus-not-risen", "overridable": True, "numbers": {}}
    rule |= {"sentence": "The bus is not risen.", "advice": False}
    stage.answers["/set/dcdc/E001"] = (200, {"allowed": False, "rules": [rule]})
    page = open_quiet(stage=stage)
    page.locator(card(page, "E001", "label")).filter(has_text="Current control").click()
    page.locator(card(page, "E001", ".current input")).fill("1")
    page.locator(card(page, "E001", "[data-act=converter]")).click()
    expect(page.locator("#confirm-rules li")).to_have_text(["(f) The bus is not risen."])
    expect(page.locator("#confirm-yes")).to_have_text("Override and set")
    stage.answers["/set/dcdc/E001"] = (200, {"allowed": True, "rules": [{**rule, "pass": True, "cause": "ok"}]})
    expect(page.locator("#confirm-rules li")).to_have_count(0)
    expect(page.locator("#confirm-yes")).to_have_text("Set Current control")


def test_a_guided_sharing_is_told_as_one_and_withdrawn_while_the_controller_is_dead(open_quiet: OpenPage) -> None:
    """Its line says what it is and how far; of a controller that does not answer nothing is told as running."""
    stage = stage_in("manual")
    share: Json = {"command": "c1", "from": "E001", "to": "E003", "current": 1.5, "state": "running", "reason": None}
    steps = [{"step": "currentOn", "state": "running", "sentence": None}]
    stage.more["share"] = {**share, "limits": {"minutes": 30, "wh": None}, "steps": steps, "unattended": None}
    wanted = {"from": "E001", "to": "E003", "current": 1.5}
    order: Json = {"id": "c1", "order": "share", "unitId": "E001", "wanted": wanted, "by": "anna", "at": moment()}
    stage.more["orders"] = [{**order, "state": "accepted", "units": {}, "progress": {"step": "currentOn"}}]
    page = open_quiet(stage=stage, may_fail=True, hurry=8)
    line = page.locator("#under-way li")
    expect(line).to_contain_text("Guided sharing: 1.5 A from E001 to E003")
    expect(line).to_contain_text("step 3 of 6: Current on")
    page.locator("#open-transfer").click()
    now = page.locator("#transfer-now")
    expect(now).to_contain_text("running")
    stage.dead = True
    expect(now).to_have_text(
        "1.5 A from E001 to E003 · was running when this controller was last heard; how it stands now cannot be told",
        timeout=30_000,
    )
    expect(page.locator("#transfer-steps li")).to_have_count(0)
    expect(page.locator("#transfer-end")).to_be_visible()
    expect(page.locator("#transfer-needs")).to_have_text("This controller does not answer.")


def test_a_lock_that_ends_the_sharing_says_so(open_quiet: OpenPage) -> None:
    stage = stage_in("manual")
    share: Json = {"command": "c1", "from": "E001", "to": "E003", "current": 1.5, "state": "running", "reason": None}
    steps = [{"step": "current", "state": "running"}]
    stage.more["share"] = {**share, "limits": {"minutes": 30, "wh": None}, "steps": steps, "unattended": None}
    page = open_quiet(stage=stage)
    expect(page.locator("#trust-live b")).to_have_text(str(len(stage.units)))
    page.locator("#cluster-lock").click()
    expect(page.locator("#lock-did")).to_contain_text("Ends the guided sharing that runs.")
    del stage.more["share"]
    expect(page.locator("#lock-did")).not_to_contain_text("Ends the guided sharing")


def test_a_mode_that_nobody_tells_now_is_called_the_last_told(open_quiet: OpenPage) -> None:
    stage = stage_in("autonomous")
    page = open_quiet(stage=stage)
    mode = page.locator("#global-mode")
    expect(mode).to_have_text("Run")
    away: Json = {"up": False, "since": moment(-5), "lastSuccess": moment(-5), "lastError": None}
    stage.more["apisWeb"] = {"emulatorEmulator": away, "budoEmulator": dict(away)}
    expect(mode).to_have_text("Run (last told)")
    del stage.more["apisWeb"]
    expect(mode).to_have_text("Run")
