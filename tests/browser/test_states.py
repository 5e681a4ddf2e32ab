"""States that a simulated cluster reaches late or never, on a stage of the test's own readings."""

import re
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.conftest import WAIT, OpenPage
from tests.browser.stage import Json, Stage, awaited, deal, moment, ordered, unit_data, unit_status
from tests.browser.test_everyone import violations

HOSTILE = '<img src=x onerror="window.owned=true"><script>window.owned=true</script>'


def card(page: Page, unit_id: str):  # type: ignore[no-untyped-def]  # a Locator; the id may be hostile
    """One unit's panel, whatever its id."""
    return page.locator(".card").filter(has=page.get_by_text(unit_id, exact=True)).first


def test_hostile_names_are_text(open_quiet: OpenPage) -> None:
    """Ids, names, addresses, modes, errors and deals from the wire are text everywhere, never HTML."""
    stage = Stage.of(2)
    stage.units[HOSTILE] = unit_data(HOSTILE, name=HOSTILE, ip=HOSTILE, mode=HOSTILE, status=HOSTILE)
    stage.states[HOSTILE] = unit_status("silent", unwatched=True, lastWord=HOSTILE, conflict=HOSTILE)
    stage.states["E002"] = unit_status(locked={"name": HOSTILE, "reason": HOSTILE, "since": moment()})
    stage.deals = [deal(HOSTILE, "E001", master=True)]
    stage.more = {
        "title": HOSTILE,
        "locks": {"E002": {"name": HOSTILE, "reason": HOSTILE, "since": moment()}},
        "gridEvents": [{"at": moment(), "text": HOSTILE, "kind": "mode"}],
        "orders": [
            {
                "id": "c1",
                "order": HOSTILE,
                "unitId": HOSTILE,
                "wanted": {},
                "by": HOSTILE,
                "at": moment(),
                "state": "accepted",
                "units": {},
                "progress": {},
            }
        ],
    }
    page = open_quiet(stage=stage)
    expect(page.locator(".card")).to_have_count(3)
    expect(card(page, HOSTILE).locator(".uid")).to_have_text(HOSTILE)
    expect(page.locator("#unwatched")).to_contain_text(HOSTILE)
    expect(page.locator("#deals b").first).to_have_text(f"{HOSTILE} → E001")
    card(page, HOSTILE).locator("[data-act=schedule-set]").scroll_into_view_if_needed()
    page.locator("#unwatched button").click()
    expect(page.locator("#confirm-title")).to_contain_text(HOSTILE)
    assert page.locator("main img, aside img, .top img, dialog img").count() == 0
    assert page.evaluate("window.owned") is None
    assert page.title().endswith(HOSTILE)


@pytest.mark.parametrize(
    "odd",
    [
        {},
        {"dcdc": None},
        {"dcdc": {"meter": "x", "status": 5}, "apis": [], "battery": 7, "oesunit": "", "emu": None, "time": 3},
    ],
)
def test_missing_or_odd_fields_print_dashes_and_stop_nothing(open_quiet: OpenPage, odd: dict[str, object]) -> None:
    """N17: no number where there is none, no fault, and the other units go on."""
    stage = Stage.of(2)
    stage.units["E001"] = odd
    page = open_quiet(stage=stage)
    page.locator("#debug").check()
    unit = page.locator('.card[data-unit="E001"]')
    for name in ("wg", "ig", "vg", "wb", "ib", "vb", "rsoc", "effective", "word"):
        expect(unit.locator(f"[data-figure={name}]")).to_have_text("--")
    expect(unit.locator(".address")).to_have_text("--")
    expect(unit.locator("dl.debug dd").first).to_have_text("")
    expect(page.locator('.card[data-unit="E002"] [data-figure=vg]')).to_have_text("350.00")
    stage.units["E002"] = unit_data("E002", vg=351.5)
    expect(page.locator('.card[data-unit="E002"] [data-figure=vg]')).to_have_text("351.50")


def test_a_stale_unit_keeps_its_figures_and_loses_its_controls_but_stopped(open_quiet: OpenPage) -> None:
    """Z5, Z8: stale is said with its age; every control is off but Stopped and its Set, and those order Wait."""
    stage = Stage.of(2, mode="manual")
    stage.grid["mode"] = "manual"
    stage.states["E001"] = unit_status("stale", age=75.0, lastWord="0x0014", unwatched=True)
    stage.units["E001"] = unit_data("E001", mode="manual", status="0x0014", ig=-2.0)
    page = open_quiet(stage=stage)
    unit = page.locator('.card[data-unit="E001"]')
    expect(unit.locator(".state")).to_have_text(re.compile(r"▲ stale 1 min 1\d s$"))
    expect(unit.locator("[data-figure=ig]")).to_have_text("-2.00")
    for control in (
        "select[name=local]",
        "[data-act=local]",
        "[data-act=schedule-set]",
        "[data-act=shut-down]",
        "input[value=voltage]",
        "input[value=current]",
        ".current input",
    ):
        expect(unit.locator(control)).to_be_disabled()
    expect(unit.locator("input[value=stopped]")).to_be_enabled()
    expect(unit.locator("[data-act=converter]")).to_be_enabled()
    unit.locator("[data-act=converter]").click()
    expect(unit.locator(":scope > .outcomes")).to_contain_text("Only Stopped can be ordered now")
    assert stage.orders == []
    unit.locator(".choices label", has_text="Stopped").click()
    unit.locator("[data-act=converter]").click()
    expect(page.locator("#confirm-yes")).to_be_focused()
    page.locator("#confirm-yes").click()
    expect(unit.locator(":scope > .outcomes")).to_contain_text("Stopped: done, seen in effect")
    sent = [order for order in stage.orders if "dryRun" not in order[1]]
    assert sent == [("/set/dcdc/E001", "mode=0x0000&dvg=0&dig=0")]
    expect(page.locator('.card[data-unit="E002"] input[value=voltage]')).to_be_enabled()


def test_all_stale_is_one_sentence(open_quiet: OpenPage, pictures: Path) -> None:
    """Z6a: when all are stale the bar says so once, with those that were last seen at work."""
    stage = Stage.of(6)
    stage.states = {one: unit_status("stale", age=95.0) for one in stage.units}
    for one in ("E002", "E003"):
        stage.states[one] |= {"unwatched": True}
        stage.units[one] = unit_data(one, status="0x0041", ig=2.0)
    page = open_quiet(stage=stage)
    expect(page.locator("#unwatched li")).to_have_count(1)
    expect(page.locator("#unwatched")).to_contain_text(
        re.compile(r"All 6 units have been stale for 1 min .* E002 \(charging 2\.0 A\), E003")
    )
    expect(page.locator("#trust-live b")).to_have_text("0")
    expect(page.locator("#trust-age")).to_have_attribute("data-level", "warn")
    page.screenshot(path=pictures / "all-stale.png")


def test_cannot_tell_is_never_shown_as_none(open_quiet: OpenPage) -> None:
    """Z6: without a Grid Master the last deals stay and are marked; the grid error cannot be told."""
    stage = Stage.of(3)
    stage.deals = [deal("E001", "E002")]
    page = open_quiet(stage=stage, may_fail=True, hurry=4)
    expect(page.locator("#deals b").first).to_have_text("E001 → E002")
    stage.deals = None
    stage.grid |= {"noGridMaster": True, "gridMaster": None, "error": None, "deals": None}
    expect(page.locator("#deals-note")).to_contain_text("Cannot tell the deals")
    expect(page.locator("#deals-note")).to_contain_text("the last that were known")
    expect(page.locator("#deals b").first).to_have_text("E001 → E002")
    expect(page.locator("#banners")).to_contain_text("No Grid Master is known")
    expect(page.locator("#trust-master b")).to_have_text("none known")
    expect(page.locator("#trust-grid b")).to_have_text("cannot tell")
    page.locator("#stop-all").click()
    expect(page.locator("#confirm-now")).to_contain_text("Deals: cannot tell")
    stage.deals = []
    stage.grid |= {"noGridMaster": False, "gridMaster": "E002", "error": False, "deals": 0}
    expect(page.locator("#deals")).to_have_text("No deal.")
    expect(page.locator("#banners .banner")).to_have_count(0)


def test_a_deal_without_current_differs_from_one_that_runs(open_quiet: OpenPage) -> None:
    """K12: agreed is said in words and drawn otherwise until the units show current."""
    stage = Stage.of(3)
    stage.deals = [deal("E001", "E002")]
    page = open_quiet(stage=stage)
    expect(page.locator("#deals .agreed")).to_have_text("agreed, no current yet")
    expect(page.locator('.card[data-unit="E002"] .badges')).to_have_text("deal agreed")
    stage.units |= {
        "E001": unit_data("E001", status="0x0014", ig=-2.0),
        "E002": unit_data("E002", status="0x0041", ig=2.0),
    }
    expect(page.locator("#deals .amps")).to_have_text("2.0 A")
    expect(page.locator('.card[data-unit="E002"] .badges')).to_have_text("in a deal")
    stage.states = {unit_id: unit_status("stale", age=60.0) for unit_id in stage.units}
    expect(page.locator("#deals .agreed")).to_have_text("current cannot be told")
    expect(page.locator('.card[data-unit="E002"] .badges')).to_have_text("in a deal, current unknown")


def test_a_deal_tells_how_long_and_how_much_and_folds_what_apis_main_says_of_it(
    open_quiet: OpenPage, pictures: Path
) -> None:
    """Its current, its time and its energy in one row; the fields of the wire stay folded while it moves."""
    stage = Stage.of(4)
    stage.deals = [deal("E001", "E002"), deal("E003", "E004")]
    stage.units["E002"] = unit_data("E002", status="0x0041", ig=1.5)
    stage.units["E001"] = unit_data("E001", status="0x0014", ig=-1.5)
    flows: Json = {"seenAt": moment(-800), "sawBegin": True, "standsSince": moment(-750), "gaps": False}
    flows |= {"currentSince": moment(-750), "energyWh": 350.0}
    stage.accounts = [flows, {"seenAt": moment(-40), "sawBegin": True, "standsSince": moment(-40), "gaps": False}]
    page = open_quiet(stage=stage)
    rows = page.locator("#deals > li")
    expect(rows.nth(0).locator(".amps")).to_have_text("1.5 A")
    expect(rows.nth(0).locator(".story")).to_have_text("12 min · about 0.35 kWh")
    expect(rows.nth(1).locator(".story")).to_contain_text("since ")
    lines = rows.nth(0).locator(".deal-lines > span")
    expect(lines).not_to_be_visible()
    rows.nth(0).locator("summary").click()
    expect(lines).to_contain_text("requester: E002")
    flows["energyWh"] = 420.0
    expect(rows.nth(0).locator(".story")).to_have_text("12 min · about 0.42 kWh")
    expect(lines).to_be_visible()
    page.locator("#deals-block").screenshot(path=pictures / "deals.png")
    stage.states["E001"] = unit_status("silent", age=50.0)
    stage.states["E002"] = unit_status("stale", age=40.0)
    expect(rows.nth(0).locator(".story")).to_contain_text("E001 is silent, E002 is stale")


def test_grid_error_and_what_the_grid_did_by_itself_are_told(open_quiet: OpenPage) -> None:
    """Z13a, K10: the error as a banner and in the strip, the event with its time and zone."""
    stage = Stage.of(2)
    stage.grid["error"] = True
    stage.more["gridEvents"] = [{"at": moment(-20), "text": "The cluster stopped itself.", "kind": "mode"}]
    page = open_quiet(stage=stage, timezone_id="UTC")
    expect(page.locator("#banners")).to_contain_text("Grid error")
    expect(page.locator("#trust-grid b")).to_have_text("error")
    expect(page.locator("#events")).to_have_text(re.compile(r"The cluster stopped itself\.\d\d:\d\d:\d\d (UTC|GMT)"))
    stage.grid["error"] = False
    expect(page.locator("#banners .banner")).to_have_count(0)


@pytest.mark.parametrize(
    ("part", "said"),
    [
        ("schedules", "No schedule will be carried out until this is mended: Permission denied."),
        ("journal", "The journal cannot be written, orders still go out: Permission denied."),
    ],
)
def test_what_the_controller_cannot_keep_is_a_banner(open_quiet: OpenPage, part: str, said: str) -> None:
    """Z12, Z6a: an operator who relies on a schedule or on the journal is told when there is none."""
    stage = Stage.of(2)
    stage.more[part] = {"fault": "Permission denied."}
    page = open_quiet(stage=stage)
    expect(page.locator("#banners")).to_contain_text(said)
    stage.more[part] = {"fault": None}
    expect(page.locator("#banners .banner")).to_have_count(0)


def test_units_that_differ_in_mode_show_mixed_with_the_list(open_quiet: OpenPage) -> None:
    """Q3, Z5a: mixed is a word of its own and opens no gate."""
    stage = Stage.of(3, mode="manual")
    stage.units["E002"] = unit_data("E002", mode="stop")
    stage.grid["mode"] = "mixed"
    page = open_quiet(stage=stage)
    expect(page.locator("#global-mode")).to_have_text("mixed (Manual 2, Force Stop 1)")
    expect(page.locator("#shut-down")).to_be_disabled()


def test_a_dead_controller_is_named_and_nothing_but_stop_all_stays_in_reach(
    open_quiet: OpenPage, pictures: Path
) -> None:
    """Z5: the banner says since when; orders are off; one that meets it is told as unknown; then all is well."""
    stage = Stage.of(3)
    page = open_quiet(stage=stage, may_fail=True, hurry=4)
    expect(page.locator("#trust-live b")).to_have_text("3")
    stage.dead = True
    expect(page.locator("#alive-notice")).to_contain_text("This controller cannot be reached since", timeout=WAIT)
    expect(page.locator("#deals-note")).to_have_text("Cannot tell the deals: this controller does not answer. ")
    expect(page.locator("#global-set")).to_be_disabled()
    expect(page.locator('.card[data-unit="E001"] [data-act=local]')).to_be_disabled()
    expect(page.locator('.card[data-unit="E001"] [data-act=converter]')).to_be_enabled()
    page.locator("#stop-all").click()
    page.locator("#confirm-yes").click()
    expect(page.locator("#stop-outcome")).to_contain_text("whether the order was carried out is unknown")
    page.screenshot(path=pictures / "controller-dead.png")
    stage.dead = False
    expect(page.locator("#alive-notice")).to_be_hidden()
    expect(page.locator("#global-set")).to_be_enabled()


def test_live_goes_stale_by_the_page_itself_while_the_controller_is_gone(open_quiet: OpenPage) -> None:
    """Z5: nothing stale is shown as live, even when nobody says so any more."""
    stage = Stage.of(2)
    stage.more["config"] = {"readOnly": False, "staleafter": 3}
    page = open_quiet(stage=stage, may_fail=True, hurry=4)
    expect(page.locator("#trust-live b")).to_have_text("2")
    stage.dead = True
    expect(page.locator("#trust-stale b")).to_have_text("2")
    expect(page.locator('.card[data-unit="E001"] .state')).to_contain_text("stale")


def test_a_unit_that_comes_or_goes_is_handled_without_reload(open_quiet: OpenPage) -> None:
    """In id order, the others stay where they are."""
    stage = Stage.of(3)
    page = open_quiet(stage=stage)
    expect(page.locator(".card .uid")).to_have_text(["E001", "E002", "E003"])
    stage.units["E0021"] = unit_data("E0021")
    stage.states["E0021"] = unit_status()
    del stage.units["E001"], stage.states["E001"]
    expect(page.locator(".card .uid")).to_have_text(["E002", "E003", "E0021"])


def test_a_unit_whose_identity_is_in_doubt_is_marked_and_takes_only_stopped(open_quiet: OpenPage) -> None:
    """Z4: shown, marked with the sentence, every order refused but Wait."""
    stage = Stage.of(2, mode="manual")
    stage.grid["mode"] = "manual"
    stage.states["E001"] = unit_status(conflict="E001 calls itself E009.")
    page = open_quiet(stage=stage)
    unit = page.locator('.card[data-unit="E001"]')
    expect(unit.locator(".sentence")).to_have_text("E001 calls itself E009.")
    expect(unit.locator("input[value=voltage]")).to_be_disabled()
    expect(unit.locator("[data-act=local]")).to_be_disabled()
    expect(unit.locator("[data-act=converter]")).to_be_enabled()
    expect(page.locator("#filters label", has_text="alarm").locator("b")).to_have_text("1")


def test_read_only_leaves_stopping(open_quiet: OpenPage) -> None:
    """Z3: everything is off but Stop all and Stopped."""
    stage = Stage.of(1, mode="manual")
    stage.grid["mode"] = "manual"
    stage.more["config"] = {"readOnly": True, "staleafter": 30}
    page = open_quiet(stage=stage)
    expect(page.locator("#banners")).to_contain_text("Read-only")
    for control in (
        "#global-set",
        "#flush",
        "#shut-down",
        "#schedule-set",
        '.card [data-act="local"]',
        ".card input[value=voltage]",
    ):
        expect(page.locator(control)).to_be_disabled()
    expect(page.locator("#stop-all")).to_be_enabled()
    expect(page.locator(".card [data-act=converter]")).to_be_enabled()


RULES = [
    {"rule": "a", "cause": "ok", "pass": True, "sentence": "E001 obeys Manual.", "numbers": {}, "overridable": False},
    {
        "rule": "f",
        "cause": "bus-not-risen",
        "pass": False,
        "sentence": "The bus has not risen at E001.",
        "numbers": {},
        "overridable": True,
    },
]


WATCH_HELD = """
    () => new MutationObserver(() => { window.wasHeld = true; })
        .observe(document.getElementById("confirm-yes"), { attributeFilter: ["aria-disabled"] })
"""


def filled_in(open_quiet: OpenPage) -> tuple[Stage, Page, Locator]:
    """A unit in Manual whose form asks for a current that one overridable rule refuses."""
    stage = Stage.of(2, mode="manual")
    stage.grid["mode"] = "manual"
    stage.answers["/set/dcdc/E001"] = (200, {"rules": RULES})
    page = open_quiet(stage=stage)
    unit = page.locator('.card[data-unit="E001"]')
    unit.locator(".current input").fill("-1.5")
    unit.locator(".choices label", has_text="Current control").click()
    return stage, page, unit


def test_the_rules_answer_beside_the_form_and_an_override_needs_a_reason(open_quiet: OpenPage, pictures: Path) -> None:
    """A dry run as the form is filled in; overridable rules pass with a reason, which is sent."""
    stage, page, unit = filled_in(open_quiet)
    expect(unit.locator(".rules li")).to_have_text(
        [re.compile(r"passes: \(a\) E001"), re.compile(r"fails: \(f\) The bus has")]
    )
    assert all("dryRun=true" in form for _, form in stage.orders)
    expect(unit.locator("[data-part=means]")).to_have_text(re.compile("Sent only with a reason: discharge 1.5 A"))
    page.screenshot(path=pictures / "override.png")
    unit.locator("[data-act=converter]").click()
    expect(page.locator("#confirm-rules")).to_contain_text("The bus has not risen at E001.")
    expect(page.locator("#confirm-reason")).to_be_focused()
    page.locator("#confirm-yes").click()
    expect(page.locator("#confirm")).to_be_visible()
    page.locator("#confirm-reason").fill("bench test")
    page.locator("#confirm-yes").click()
    expect(page.locator("#confirm")).not_to_be_visible()
    sent = [parse_qs(form) for _, form in ordered(page, stage)]
    order = {"mode": ["0x0002"], "dvg": ["370"], "dig": ["1.5"]}
    assert sent == [{**order, "override": ["bench test"], "overrideRules": ["f"]}]


def test_stopped_is_asked_at_once_and_shows_what_speaks_against_it(open_quiet: OpenPage) -> None:
    """S28: advice of the rules comes up in the question and keeps nothing; the headroom stands beside the form."""
    stage, page, unit = filled_in(open_quiet)
    advice = {**RULES[1], "rule": "g", "overridable": False, "advice": True, "sentence": "E002 needs its voltage."}
    left = {"current": 0.8, "toReserveWh": 1325, "toFullWh": 593, "minutesToReserve": 95, "minutesToFull": None}
    stage.answers["/set/dcdc/E001"] = (200, {"rules": [advice], "headroom": left})
    expect(unit.locator("[data-part=headroom]")).to_contain_text("0.80 A; 1325 Wh", timeout=10_000)
    unit.locator("input[value=stopped]").check(force=True)
    unit.locator("[data-act=converter]").click()
    expect(page.locator("#confirm-rules")).to_have_text("(g) E002 needs its voltage.")
    expect(page.locator("#confirm-reason")).not_to_be_visible()
    page.locator("#confirm-yes").click()
    expect(page.locator("#confirm")).not_to_be_visible()
    sent = [parse_qs(form) for _, form in ordered(page, stage)]
    assert sent == [{"mode": ["0x0000"], "dvg": ["0"], "dig": ["0"]}]


def test_what_a_rule_keeps_is_not_said_to_be_sent(open_quiet: OpenPage) -> None:
    stage, _, unit = filled_in(open_quiet)
    stage.answers["/set/dcdc/E001"] = (200, {"rules": [{**RULES[1], "overridable": False}]})
    means = unit.locator("[data-part=means]")
    expect(means).to_contain_text("Entered, not sent as things stand: discharge 1.5 A", timeout=10_000)
    stage.answers["/set/dcdc/E001"] = (200, {"rules": [{**rule, "pass": True} for rule in RULES]})
    expect(means).to_contain_text("Will be sent: discharge 1.5 A", timeout=10_000)


def test_a_rule_that_passes_by_now_is_not_overridden(open_quiet: OpenPage) -> None:
    """The rules are asked again while the question stands open; what they no longer refuse needs no reason."""
    stage, page, unit = filled_in(open_quiet)
    unit.locator("[data-act=converter]").click()
    expect(page.locator("#confirm-yes")).to_have_text("Override and set")
    stage.answers["/set/dcdc/E001"] = (200, {"rules": [{**rule, "pass": True} for rule in RULES]})
    expect(page.locator("#confirm-rules")).not_to_be_visible(timeout=10_000)
    expect(page.locator("#confirm-reason")).not_to_be_visible()
    page.locator("#confirm-yes").click()
    expect(page.locator("#confirm")).not_to_be_visible()
    sent = [parse_qs(form) for _, form in ordered(page, stage)]
    assert sent == [{"mode": ["0x0002"], "dvg": ["370"], "dig": ["1.5"]}]


def test_a_rule_that_fails_by_now_is_shown_before_it_is_named(open_quiet: OpenPage) -> None:
    """S7: an override names what the question showed; another rule makes it another question, held anew."""
    stage, page, unit = filled_in(open_quiet)
    unit.locator("[data-act=converter]").click()
    page.locator("#confirm-reason").fill("bench test")
    limit = {**RULES[1], "rule": "e", "cause": "reference-limit-too-small", "sentence": "The reference is too weak."}
    expect(page.locator("#confirm-yes:not([aria-disabled])")).to_be_visible()
    page.evaluate(WATCH_HELD)
    stage.answers["/set/dcdc/E001"] = (200, {"rules": [RULES[0], limit]})
    expect(page.locator("#confirm-rules")).to_contain_text("(e) The reference is too weak.", timeout=10_000)
    awaited(page, lambda: page.evaluate("window.wasHeld === true"), "that it was held")
    page.locator("#confirm-yes:not([aria-disabled])").click()
    expect(page.locator("#confirm")).not_to_be_visible()
    sent = [parse_qs(form) for _, form in ordered(page, stage)]
    assert [one["overrideRules"] for one in sent] == [["e"]]


def test_rules_of_one_letter_stand_once_each_however_often_they_are_asked(open_quiet: OpenPage) -> None:
    """Rule (h) answers for voltage and current; a newer answer takes the place of the last one."""
    stage = Stage.of(1, mode="manual")
    stage.grid["mode"] = "manual"
    limits = [{**RULES[0], "rule": "h", "sentence": text} for text in ("350 V is allowed.", "2 A is allowed.")]
    stage.answers["/set/dcdc/E001"] = (200, {"rules": limits})
    page = open_quiet(stage=stage)
    page.locator(".card .choices label", has_text="Voltage control").click()
    for amperes in ("2", "1.9", "1.8"):
        with page.expect_response(re.compile("/set/dcdc/E001$")):
            page.locator(".card .current input").fill(amperes)
    expect(page.locator(".card .rules li")).to_have_text([re.compile("350 V"), re.compile("2 A")])


def refusing() -> Stage:
    """A unit in Manual, of which a rule that nobody may override keeps every order."""
    stage = Stage.of(1, mode="manual")
    stage.grid["mode"] = "manual"
    rule = {**RULES[1], "rule": "d", "sentence": "E002 is the voltage reference.", "overridable": False}
    stage.answers["/set/dcdc/E001"] = (200, {"rules": [rule]})
    return stage


def test_a_rule_that_nobody_may_override_refuses_on_the_spot(open_quiet: OpenPage) -> None:
    """Nothing is sent, the sentence stands at the unit."""
    stage = refusing()
    page = open_quiet(stage=stage)
    page.locator(".card .current input").fill("2")
    page.locator(".card .choices label", has_text="Voltage control").click()
    page.locator(".card [data-act=converter]").click()
    expect(page.locator(".card > .outcomes")).to_have_text("Refused: E002 is the voltage reference. Nothing was sent.")
    expect(page.locator("#confirm")).not_to_be_visible()
    assert all("dryRun=true" in form for _, form in stage.orders)


def test_set_rests_on_the_rules_answer_also_where_they_are_asked_again_meanwhile(open_quiet: OpenPage) -> None:
    """Pressed as soon as it is entered, the form's own question overtakes that of Set: what it says was lost."""
    stage = refusing()
    page = open_quiet(stage=stage)
    page.locator(".card .current input").fill("2")
    expect(page.locator(".card [data-act=converter]")).to_be_enabled()
    asked: list[Route] = []

    def both_at_once(route: Route) -> None:
        asked.append(route)
        if len(asked) == 2:
            for one in asked:
                one.fallback()

    page.route(re.compile("/set/dcdc/E001$"), both_at_once)
    page.locator(".card").first.evaluate(
        """card => {
            const labels = [...card.querySelectorAll('.choices label')];
            labels.find((one) => one.textContent.includes('Voltage control')).click();
            card.querySelector('[data-act=converter]').click();
        }"""
    )
    expect(page.locator(".card > .outcomes")).to_have_text("Refused: E002 is the voltage reference. Nothing was sent.")
    expect(page.locator("#confirm")).not_to_be_visible()


@pytest.mark.parametrize(
    ("choice", "amperes", "sentence"),
    [
        ("Current control", "", "Give the Grid current in A."),
        ("Current control", "0", "0 A moves nothing"),
        ("Current control", "2.4", "up to 2.3 A"),
        ("Voltage control", "-1", "without a sign"),
    ],
)
def test_a_wrong_entry_is_told_at_the_form_and_sent_nowhere(
    open_quiet: OpenPage, choice: str, amperes: str, sentence: str
) -> None:
    """N10, N12, Z8, T33."""
    stage = Stage.of(1, mode="manual")
    stage.grid["mode"] = "manual"
    page = open_quiet(stage=stage)
    page.locator(".card .current input").fill(amperes)
    page.locator(".card .choices label", has_text=choice).click()
    page.locator(".card [data-act=converter]").click()
    expect(page.locator(".card > .outcomes")).to_contain_text(sentence)
    assert [form for _, form in stage.orders if "dryRun=true" not in form] == []


def test_the_bus_voltage_field_goes_into_the_order(open_quiet: OpenPage) -> None:
    """V9, A15-4: 350 unless it is changed; a discharge adds 20 V."""
    stage = Stage.of(1, mode="manual")
    stage.grid["mode"] = "manual"
    page = open_quiet(stage=stage)
    bus = page.locator(".card .bus input")
    expect(bus).to_have_value("350")
    bus.fill("345")
    page.locator(".card .current input").fill("2")
    page.locator(".card .choices label", has_text="Voltage control").click()
    page.locator(".card [data-act=converter]").click()
    expect(page.locator("#confirm-title")).to_contain_text("345 V")
    page.locator("#confirm-yes").click()
    expect(page.locator(".card > .outcomes")).to_contain_text("Voltage control 345 V: done, seen in effect")
    assert stage.orders[-1] == ("/set/dcdc/E001", "mode=0x0014&dvg=345&dig=2")


def test_a_refusal_stands_on_the_spot_in_the_controllers_own_sentence(open_quiet: OpenPage) -> None:
    """Issue: on the spot, and in the session's log of orders."""
    stage = Stage.of(2)
    stage.answers["/setOperationMode"] = (409, {"error": "E002 is locked by Tanaka: fuse exchange.", "sent": False})
    page = open_quiet(stage=stage, may_fail=True)
    page.locator("#global-choice").select_option("autonomous")
    page.locator("#global-set").click()
    expect(page.locator("#global-outcome")).to_contain_text("E002 is locked by Tanaka: fuse exchange.")
    page.locator("#open-orders").click()
    expect(page.locator("#orders-rows tr")).to_contain_text("E002 is locked by Tanaka")


def test_stop_all_names_the_units_that_are_not_in_wait(open_quiet: OpenPage) -> None:
    """Z9: of twenty units, two of them dead, it tells exactly which."""
    stage = Stage.of(4)
    units = {one: {"state": "verified"} for one in ("E001", "E002")} | {
        one: {"state": "timedOut"} for one in ("E003", "E004")
    }
    stage.ends["/stopAll"] = {"state": "failed", "error": "2 of 4 units are not seen in Wait.", "units": units}
    page = open_quiet(stage=stage)
    page.locator("#stop-all").click()
    page.locator("#confirm-yes").click()
    expect(page.locator("#stop-outcome")).to_contain_text(
        "2 of 4 units are not seen in Wait. Not seen in Wait: E003, E004"
    )


def test_search_filters_sort_and_density(open_quiet: OpenPage) -> None:
    """Issue: search and filter (mode, live/stale/alarm, in a deal), sort, compact and full."""
    stage = Stage.of(5)
    stage.units["E002"] = unit_data("E002", name="mill", rsoc=95.0, effective="stop")
    stage.units["E004"] = unit_data("E004", alarm="Heavy alarm", rsoc=5.0)
    stage.states["E005"] = unit_status("stale", age=50.0)
    stage.deals = [deal("E001", "E003")]
    page = open_quiet(stage=stage)
    names = page.locator(".card .uid")
    expect(names).to_have_count(5)
    for name, shown in (
        ("live", "E001 E002 E003 E004"),
        ("stale", "E005"),
        ("alarm", "E004"),
        ("in a deal", "E001 E003"),
        ("all", "E001 E002 E003 E004 E005"),
    ):
        page.locator("#filters label", has_text=name).first.click()
        expect(names).to_have_text(shown.split())
    page.locator("#mode-filter").select_option("stop")
    expect(names).to_have_text(["E002"])
    page.locator("#mode-filter").select_option("")
    page.locator("#find").fill("MILL")
    expect(names).to_have_text(["E002"])
    expect(page.locator("#units-note")).to_have_text("1 of 5 units shown")
    page.locator("#find").fill("nothing")
    expect(page.locator("#units-note")).to_have_text("No unit matches.")
    page.locator("#find").fill("")
    page.locator("#sort").select_option("charge")
    expect(names).to_have_text(["E002", "E001", "E003", "E005", "E004"])
    page.locator("#density").click()
    expect(page.locator('.card[data-unit="E002"] .controls')).not_to_be_visible()
    page.locator('.card[data-unit="E002"] [data-act=open]').click()
    expect(page.locator('.card[data-unit="E002"] .controls')).to_be_visible()


def test_a_thousand_units_build_only_what_is_seen(open_quiet: OpenPage, pictures: Path) -> None:
    """Issue: with 1,000 nodes the page is usable; only what is visible is built, and a poll's script stays short."""
    stage = Stage.of(1000)
    page = open_quiet(stage=stage, reduced_motion="no-preference")
    expect(page.locator("#trust-live b")).to_have_text("1000")
    built = page.locator(".card:has(.controls)").count()
    assert 0 < built < 60
    page.evaluate("window.scrollTo(0, document.documentElement.scrollHeight)")
    expect(page.locator('.card[data-unit="E1000"] .controls')).to_be_visible()
    page.screenshot(path=pictures / "thousand.png")
    page.locator("#find").fill("E777")
    expect(page.locator(".card .uid")).to_have_text(["E777"])


def test_ups_modes_are_offered_with_debug_on_and_asked_first(open_quiet: OpenPage) -> None:
    """R23, Z10: one unit or all; units that did not take it are named."""
    stage = Stage.of(2)
    stage.more["config"] = {"readOnly": False, "upsModes": True, "staleafter": 30}
    units = {"E001": {"state": "accepted"}, "E002": {"state": "failed", "error": "no UPS"}}
    stage.ends["/upsMode/5"] = {"state": "timedOut", "units": units, "wanted": {"mode": "5"}}
    page = open_quiet(stage=stage)
    expect(page.locator("#trust-live b")).to_have_text("2")
    expect(page.locator("#ups-form")).not_to_be_visible()
    page.locator("#debug").check()
    unit = page.locator('.card[data-unit="E001"] form.ups')
    unit.locator("select").select_option("3")
    unit.locator("button").click()
    expect(page.locator("#confirm-title")).to_have_text("UPS mode 3 for E001?")
    page.locator("#confirm-yes").click()
    expect(page.locator('.card[data-unit="E001"] > .outcomes')).to_contain_text("UPS mode 3: done, seen in effect")
    page.locator("#ups-choice").select_option("5")
    page.locator("#ups-set").click()
    page.locator("#confirm-yes").click()
    expect(page.locator("#cluster-outcome")).to_contain_text(
        "UPS mode 5: not seen in effect in time; not taken by E002: no UPS"
    )
    assert stage.orders == [("/upsMode/3", "unitId=E001"), ("/upsMode/5", "")]


def test_stop_all_takes_the_place_of_a_question_that_stands_open(open_quiet: OpenPage) -> None:
    """Issue: always in reach, also from the dialog that asks about something else; that other order is not given."""
    stage = Stage.of(2)
    page = open_quiet(stage=stage)
    page.locator("#global-choice").select_option("manual")
    page.locator("#global-set").click()
    expect(page.locator("#confirm-title")).to_have_text("Manual for the cluster?")
    page.locator("#confirm [data-act=stop-all]").click()
    expect(page.locator("#confirm-title")).to_have_text("Stop all converters now?")
    expect(page.locator("#confirm-yes")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#stop-outcome")).to_contain_text("Every unit known is in Wait.")
    assert stage.orders == [("/stopAll", "")]


def test_a_unit_that_was_silent_before_the_page_was_opened_keeps_its_last_figures(open_quiet: OpenPage) -> None:
    """Z5: a reload blanks nothing; only a unit never seen shows dashes, and is not asked for."""
    stage = Stage.of(3)
    stage.kept["E002"] = unit_data("E002", rsoc=81.0, ig=1.5, name="mill", ip="192.168.11.9")
    del stage.units["E002"], stage.units["E003"]
    stage.states["E002"] = unit_status("silent", age=130.0)
    stage.states["E003"] = unit_status("silent", age=None, lastWord=None)
    page = open_quiet(stage=stage)
    silent = page.locator('.card[data-unit="E002"]')
    expect(silent.locator(".state")).to_contain_text("silent")
    expect(silent.locator("[data-figure=rsoc]")).to_have_text("81")
    expect(silent.locator("[data-figure=ig]")).to_have_text("+1.50")
    expect(silent.locator(".uname")).to_have_text(": mill")
    expect(silent.locator(".address")).to_have_text("192.168.11.9")
    expect(page.locator('.card[data-unit="E003"] [data-figure=rsoc]')).to_have_text("--")
    expect(page.locator("#trust-live b")).to_have_text("1")


def test_a_guided_sharing_that_failed_shows_which_step_and_why_once(open_quiet: OpenPage) -> None:
    """The step that broke is marked, the safe end is done, the reason stands there once."""
    why = "E001's data are no longer live."
    ends = {
        "referenceUp": ("done", "E001 is the voltage reference at 350 V."),
        "busStable": ("failed", why),
        "currentOn": ("skipped", None),
        "sharing": ("skipped", None),
        "currentOff": ("done", "E003 is in Wait."),
        "referenceDown": ("done", "E001 is in Wait."),
    }
    stage = Stage.of(3, mode="manual")
    stage.grid["mode"] = "manual"
    share = {"from": "E001", "to": "E003", "current": 1.5, "state": "failed", "reason": why, "safe": True}
    steps = [{"step": step, "state": state, "sentence": text} for step, (state, text) in ends.items()]
    stage.more["share"] = {**share, "command": "c1", "steps": steps}
    page = open_quiet(stage=stage)
    expect(page.locator("#trust-live b")).to_have_text("3")
    banner = page.locator("#banners .banner")
    expect(banner).to_contain_text(f"Guided sharing, 1.5 A from E001 to E003 · failed, ended safely · {why}")
    expect(banner).to_have_attribute("data-level", "warn")
    page.locator("#open-transfer").click()
    expect(page.locator("#transfer-now")).to_have_text(f"1.5 A from E001 to E003 · failed, ended safely · {why}")
    expect(page.locator("#transfer-steps [data-state=failed]")).to_have_text(f"Bus stable: {why}")
    expect(page.locator("#transfer-steps [data-state=done]")).to_have_count(3)


def test_what_is_wrong_on_the_bus_stands_on_top_the_gravest_above_all(open_quiet: OpenPage, pictures: Path) -> None:
    """S9: no or a second reference beside unwatched hardware, the rest as banners with their level."""

    def condition(kind: str, unit_id: str | None, text: str, grave: bool = False) -> Json:
        since = "2026-01-02T03:04:05+00:00"
        return {"kind": kind, "unitId": unit_id, "text": text, "numbers": {}, "since": since, "grave": grave}

    stage = Stage.of(8, mode="manual")
    grave = condition("noReference", "E003", "E003 is charging and no converter holds the bus at 352 V.", grave=True)
    high = condition("busHigh", None, "The bus is above 380 V: E001 (391 V).")
    apart = condition("busApart", None, "E001 holds the bus at 350 V and others measure E002 330 V.")
    hot = condition("temperature", "E003", "E003 works at 60 °C, outside 0 to 45 °C.")
    loose = [condition("unexplained", f"E{n:03d}", f"E{n:03d} works and nothing explains it.") for n in range(1, 8)]
    stage.more["busConditions"] = [grave, high, hot, apart, *loose]
    page = open_quiet(stage=stage, timezone_id="UTC")
    expect(page.locator("#grave li")).to_have_count(1)
    expect(page.locator("#grave")).to_contain_text(
        "E003 is charging and no converter holds the bus at 352 V. Since 2026"
    )
    banners = page.locator("#banners .banner")
    expect(banners).to_have_count(5)
    expect(banners.nth(0)).to_contain_text("The bus is above 380 V")
    expect(banners.nth(0)).to_have_attribute("data-level", "alarm")
    expect(banners.nth(1)).to_contain_text("E003 works at 60 °C")
    expect(banners.nth(1)).to_have_attribute("data-level", "alarm")
    expect(banners.nth(2)).to_have_attribute("data-level", "warn")
    expect(banners.nth(4)).to_contain_text("and 6 more")
    expect(page.locator("#said")).to_contain_text("no converter holds the bus")
    page.screenshot(path=pictures / "bus-conditions.png")
    page.set_viewport_size({"width": 390, "height": 844})
    page.screenshot(path=pictures / "bus-conditions-390.png")
    top = page.evaluate("document.getElementById('grave').getBoundingClientRect().top")
    assert top <= page.evaluate("document.querySelector('.strip').getBoundingClientRect().top")
    stage.more["busConditions"] = []
    expect(page.locator("#grave")).to_be_hidden()
    expect(banners).to_have_count(0)


@pytest.mark.parametrize(
    ("locale", "read", "away"),
    [
        ("en-GB", "Its alarm was read by Sato.", "Its alarm was put away by Sato until"),
        ("ja-JP", "アラームは Sato が確認済みです。", "まで保留しています。"),
    ],
)
def test_what_holds_stays_and_says_what_was_done_with_its_alarm(
    open_quiet: OpenPage, locale: str, read: str, away: str
) -> None:
    """Reading an alarm hides nothing: the fault is there, and somebody sees to it."""
    stage = Stage.of(4, mode="manual")
    stage.grid["error"] = True
    since = "2026-01-02T03:04:05+00:00"
    told = {"kind": "noReference", "unitId": "E003", "text": "E003 is alone.", "numbers": {}, "since": since}
    stage.more["busConditions"] = [{**told, "grave": True}]
    page = open_quiet(stage=stage, timezone_id="UTC", locale=locale)
    banner, grave = page.locator("#banners .banner"), page.locator("#grave li")
    expect(banner).to_have_attribute("data-level", "alarm")
    expect(banner).not_to_contain_text("Sato")
    dealt = {"kind": "gridError", "subject": "", "state": "acknowledged", "by": "Sato", "until": None}
    shelved = {"kind": "noReference", "subject": "E003", "state": "shelved", "by": "Sato", "until": moment(600)}
    counts = {"unacknowledged": 0, "standing": 2, "gravest": None, "serial": 9, "away": 1, "dealt": [dealt, shelved]}
    stage.more["alarms"] = counts
    expect(banner).to_contain_text(read)
    expect(banner).to_have_attribute("data-level", "read")
    assert violations(page) == []
    expect(grave).to_contain_text("E003 is alone.")
    expect(grave).to_contain_text(away)
    expect(page.locator("#alarms-away")).to_have_text("1 put away" if locale == "en-GB" else "保留・対象外 1 件")
    stage.more["alarms"] = {**counts, "away": 0, "dealt": []}
    expect(banner).not_to_contain_text("Sato")
    expect(page.locator("#alarms-away")).to_be_hidden()


def test_a_new_grave_fault_stands_before_those_that_somebody_has_read(open_quiet: OpenPage) -> None:
    """However many of those there are: it must not hide among "and more"."""
    stage = Stage.of(8, mode="manual")
    since = "2026-01-02T03:04:05+00:00"
    units = [f"E{number:03}" for number in range(1, 9)]
    stage.more["busConditions"] = [
        {
            "kind": "noReference",
            "unitId": unit,
            "text": f"{unit} is alone.",
            "numbers": {},
            "since": since,
            "grave": True,
        }
        for unit in units
    ]
    read = [
        {"kind": "noReference", "subject": unit, "state": "acknowledged", "by": "Sato", "until": None}
        for unit in units[:-1]
    ]
    stage.more["alarms"] = {
        "unacknowledged": 1, "standing": 8, "gravest": 1, "serial": 9, "away": 0, "dealt": read,
    }  # fmt: skip
    page = open_quiet(stage=stage, timezone_id="UTC")
    expect(page.locator("#grave li").first).to_contain_text("E008 is alone.")
    expect(page.locator("#grave li").last).to_contain_text("and 4 more")


def test_the_bus_stands_in_figures_and_is_hidden_where_nothing_is_told(open_quiet: OpenPage, pictures: Path) -> None:
    """Voltage, reference and headroom, balance with readings apart, losses, who works unexplained."""
    stage = Stage.of(4, mode="manual")
    page = open_quiet(stage=stage)
    expect(page.locator("#trust-live b")).to_have_text("4")
    expect(page.locator("#bus-block")).to_be_hidden()
    reference = {"unitId": "E001", "dvg": 350, "vg": 349.6, "limit": 2.3, "net": 1.5, "headroom": 0.8}
    balance = {"taken": 525, "given": 540, "residual": 15, "percent": 2.8, "skew": 7.6, "withinSkew": True}
    working: Json = {"unitId": "E003", "explainedBy": None, "set": {}, "measured": {}, "losses": None}
    voltage: Json = {"min": 348, "mean": 349, "max": 350.2, "of": 4, "below": 1, "outside": ["E002"]}
    voltage["leftBand"] = "2026-01-02T03:04:05+00:00"
    bus = {"reference": reference, "voltage": voltage, "balance": balance, "losses": None, "working": [working]}
    stage.more["bus"] = bus
    figures = page.locator("#bus-figures > div")
    expect(figures).to_have_count(7)
    expect(figures.nth(0)).to_contain_text("348.0–350.2 V at 4 units")
    expect(figures.nth(1)).to_contain_text("E002, since 2026")
    expect(figures.nth(2)).to_contain_text("E001, 349.6 V (set 350.0 V)")
    expect(figures.nth(3)).to_contain_text("0.80 of 2.30 A")
    expect(figures.nth(4)).to_contain_text("readings apart by 8 s")
    expect(figures.nth(5)).to_contain_text("-- W")
    expect(figures.nth(6)).to_contain_text("E003")
    page.screenshot(path=pictures / "bus-figures.png")
    page.set_viewport_size({"width": 390, "height": 1400})
    page.screenshot(path=pictures / "bus-figures-390.png")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.parametrize(
    ("end", "kind", "text"),
    [
        (
            {"state": "partlyVerified", "note": "Seen at 1 of 2; E002 cannot tell."},
            "warn",
            "seen in part: Seen at 1 of 2",
        ),
        ({"state": "contradicted", "error": "E001 shows Run."}, "bad", "contradicted by the readings: E001 shows Run."),
    ],
)
def test_an_order_seen_in_part_warns_and_a_contradicted_one_alarms(
    open_quiet: OpenPage, end: Json, kind: str, text: str
) -> None:
    """S8, S25: in their own words, at the spot and in the session's log of orders."""
    stage = Stage.of(2)
    stage.ends["/setOperationMode"] = end
    page = open_quiet(stage=stage)
    page.locator("#global-choice").select_option("autonomous")
    page.locator("#global-set").click()
    expect(page.locator("#global-outcome")).to_contain_text(text)
    expect(page.locator("#global-outcome")).to_have_attribute("data-kind", kind)
    page.locator("#open-orders").click()
    level = "warn" if kind == "warn" else "alarm"
    expect(page.locator(f"#orders-rows td[data-level={level}]")).to_contain_text(text)


def test_a_lock_says_that_it_isolates_nothing(open_quiet: OpenPage, pictures: Path) -> None:
    """S29: the voltage at that unit and what to do stand in the dialog and on the locked unit's panel."""
    stage = Stage.of(2, vg=351.2)
    page = open_quiet(stage=stage)
    page.locator('.card[data-unit="E001"] [data-act=lock]').click()
    expect(page.locator("#lock-bus")).to_contain_text("Bus voltage at E001: 351.2 V.")
    expect(page.locator("#lock-bus")).to_contain_text("Isolate at the breaker: other units may energise the bus.")
    page.screenshot(path=pictures / "lock.png")
    stage.units["E001"]["dcdc"]["meter"]["vg"] = 12.0
    expect(page.locator("#lock-bus")).to_contain_text("Bus voltage at E001: 12.0 V.")
    page.locator("#lock-form button[value=cancel]").click()
    stage.more["locks"] = {"E002": {"name": "Tanaka", "reason": "fuse", "since": moment()}}
    badges = page.locator('.card[data-unit="E002"] .badges')
    expect(badges).to_contain_text("bus 351.2 V: isolate at the breaker")
    badge = badges.locator("li", has_text="isolate")
    expect(badge).to_have_attribute("title", re.compile("other units may energise the bus"))


def test_a_guided_sharing_tells_its_energy_its_end_and_that_nobody_attends(open_quiet: OpenPage) -> None:
    """What was carried, when it ends by itself and why sooner; one not seen to have ended is an alarm."""
    stage = Stage.of(3, mode="manual")
    stage.grid["mode"] = "manual"
    limits = {"minutes": 30, "wh": None}
    share = {"command": "c1", "from": "E001", "to": "E003", "current": 1.5, "state": "running", "reason": None}
    share |= {"limits": limits, "energyWh": 12.34, "endsAt": "2026-01-02T03:04:05+00:00", "unattended": None}
    stage.more["share"] = share
    page = open_quiet(stage=stage, timezone_id="UTC")
    page.locator("#open-transfer").click()
    now = page.locator("#transfer-now")
    expect(now).to_contain_text(
        "1.5 A from E001 to E003 · running · 12.3 Wh carried · ends by itself at 2026-01-02 03:04"
    )
    share["unattended"] = {"why": "page", "endsAt": "2026-01-02T03:00:00+00:00"}
    expect(now).to_contain_text(re.compile("ends by itself at 2026-01-02 03:00.*, because nobody attends to it"))
    expect(now).to_have_attribute("data-kind", "warn")
    share |= {"state": "failed", "reason": "E003 is silent.", "safe": False, "unattended": None}
    expect(now).to_contain_text("failed · E003 is silent. · not seen to have ended: look at both converters")
    expect(now).to_have_attribute("data-kind", "bad")


def test_a_mode_that_the_grid_took_by_itself_stands_beside_the_mode(open_quiet: OpenPage) -> None:
    """Z13a: in words of its own until another mode is in force; the order that was done before claims nothing more."""
    stage = Stage.of(2, mode="autonomous")
    page = open_quiet(stage=stage, timezone_id="UTC")
    page.locator("#global-choice").select_option("autonomous")
    page.locator("#global-set").click()
    expect(page.locator("#global-outcome")).to_contain_text("done, seen in effect")
    text = "The cluster went from Run to Force Stop by itself after a grid error."
    stage.more["gridEvents"] = [{"at": moment(1), "text": text, "kind": "mode", "unitId": None, "after": "stop"}]
    stage.grid["mode"] = "stop"
    expect(page.locator("#global-note")).to_contain_text(text)
    expect(page.locator("#global-outcome")).to_have_text("")
    stage.grid["mode"] = "autonomous"
    expect(page.locator("#global-note")).to_be_hidden()
