"""The list of alarms as an operator uses it: read, put away, filtered, heard, by pointer and by keys, also of many."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage, Plant
from tests.browser.stage import Stage, awaited
from tests.browser.staged_alarms import StagedAlarms, alarm, busy
from tests.browser.test_everyone import violations

HOSTILE = '<img src=x onerror="document.title=1">\u202e'
NODES = "document.querySelectorAll('#alarms-list *').length"


def row(page: Page, number: int) -> Any:
    return page.locator(f'.alarm[data-id="a{number}"]')


@pytest.fixture
def opened(open_quiet: OpenPage) -> Any:
    """Opens the list of these alarms."""

    def open_list(staged: StagedAlarms, query: str = "", **context: Any) -> Page:
        page = open_quiet("help.html", **context)
        staged.attach(page)
        page.goto(page.url.replace("help.html", f"alarms.html{query}"))
        return page

    return open_list


def test_a_row_says_all_that_must_be_seen_in_words(opened: Any) -> None:
    page = opened(busy())
    grave = row(page, 1)
    expect(grave.locator(".alarm-priority")).to_have_text("▲ 1 act now")
    expect(grave.locator(".alarm-hardware")).to_have_text("▲ Live hardware that nobody watches: E008.")
    expect(grave.locator(".alarm-action")).to_contain_text("What to do: If in doubt press Stop all.")
    expect(row(page, 2).locator(".alarm-state")).to_have_text("to be read · cannot be told now")
    expect(row(page, 2).locator(".alarm-of")).to_have_text("the cluster")
    expect(row(page, 3).locator(".alarm-of")).to_have_text("E010, E011, E012 and 12 more")
    expect(row(page, 3).locator(".alarm-state")).to_have_text("to be read · comes and goes · 4 times")
    states = {
        4: "read",
        5: "over, to be read",
        6: "shelved",
        7: "to be read · explained by another",
        8: "out of service",
    }
    for number, state in states.items():
        expect(row(page, number).locator(".alarm-state")).to_have_text(state)
    expect(page.locator("#alarms-outcome")).to_have_text("8 in the list, 4 to be read.")
    expect(page.locator("#alarms-health")).to_have_text(
        "The list: 8 in the last 10 min; 1 stand for over a day; 2 floods in 24 h. "
        "Most often: unit silent 12, bus too high 3."
    )
    expect(page).to_have_title("▲ 4 · Alarms · APIS Main Controller")


def test_what_an_alarm_is_of_is_folded_twice(opened: Any) -> None:
    page = opened(busy())
    row(page, 3).locator(".alarm-head").click()
    members = row(page, 3).locator(".alarm-members li")
    expect(members).to_have_count(12)
    row(page, 3).locator("summary").click()
    expect(members).to_have_count(15)
    row(page, 6).locator(".alarm-head").click()
    expect(row(page, 6).locator("dl")).to_contain_text(re.compile(r"Sato, .*: part ordered Until "))
    row(page, 7).locator(".alarm-head").click()
    expect(row(page, 7).locator("dl")).to_contain_text("Explained byNo Grid Master is known.")
    row(page, 1).locator(".alarm-head").click()
    expect(row(page, 1).get_by_role("link", name="E008")).to_have_attribute("href", ".?unit=E008")


def test_one_acknowledges_by_name_and_the_browser_keeps_the_name(opened: Any) -> None:
    staged = busy()
    page = opened(staged)
    row(page, 1).get_by_role("button", name=re.compile("^Acknowledge")).click()
    page.locator("#acknowledge-name").fill("Suzuki")
    page.locator("#acknowledge-comment").fill("breaker off")
    page.wait_for_timeout(600)  # the question must have stood long enough to be read (H3)
    page.locator("#acknowledge-form button[type=submit]").click()
    expect(page.locator("#acknowledge-dialog")).not_to_be_visible()
    assert staged.asked == [("/alarms/a1/acknowledge", {"name": "Suzuki", "comment": "breaker off"})]
    page.reload()
    row(page, 2).get_by_role("button", name=re.compile("^Acknowledge")).click()
    expect(page.locator("#acknowledge-name")).to_have_value("Suzuki")
    expect(page.locator("#acknowledge-comment")).to_be_focused()


def test_one_puts_away_with_a_reason_for_as_long_as_the_priority_lets(opened: Any) -> None:
    staged = busy()
    page = opened(staged, may_fail=True)
    row(page, 1).get_by_role("button", name=re.compile("^Shelve")).click()
    expect(page.locator("#shelve-most")).to_have_text(
        "An alarm of priority 1 for at most 1 hour. Then it comes back by itself, to be read anew."
    )
    page.locator("#shelve-dialog button[value=cancel]").click()
    row(page, 2).get_by_role("button", name=re.compile("^Shelve")).click()
    expect(page.locator("#shelve-most")).to_contain_text("at most 12 hours")
    page.locator("#shelve-hours").fill("4.5")
    page.locator("#shelve-name").fill("Sato")
    page.locator("#shelve-reason").fill("part ordered")
    staged.refuses = "An alarm is shelved with a reason."
    page.wait_for_timeout(600)
    page.locator("#shelve-form button[type=submit]").click()
    expect(page.locator("#shelve-outcome")).to_have_text("An alarm is shelved with a reason.")
    staged.refuses = None
    page.locator("#shelve-form button[type=submit]").click()
    expect(page.locator("#shelve-dialog")).not_to_be_visible()
    assert staged.asked == 2 * [("/alarms/a2/shelve", {"hours": "4.5", "name": "Sato", "reason": "part ordered"})]
    row(page, 6).get_by_role("button", name=re.compile("^Take back")).click()
    awaited(page, lambda: len(staged.asked) == 3, "what was pressed")
    expect(page.locator("#deed-outcome")).to_have_text("")
    assert staged.asked[-1][0] == "/alarms/a6/unshelve"


def test_out_of_service_is_asked_by_the_sites_clock_and_taken_back(opened: Any) -> None:
    staged = busy()
    page = opened(staged)
    expect(page.locator("#services li").nth(1)).to_contain_text("by Tanaka: new battery")
    page.locator("#service-open").click()
    page.locator("#service-unit").fill("E004")
    page.locator("#service-from").fill("2099-11-21T09:00")
    page.locator("#service-to").fill("2099-11-22T12:00")
    page.locator("#service-name").fill("Sato")
    page.locator("#service-reason").fill("new fan")
    page.wait_for_timeout(600)
    page.locator("#service-form button[type=submit]").click()
    expect(page.locator("#service-dialog")).not_to_be_visible()
    form = {"unitId": "E004", "from": "2099-11-21T09:00:00.000Z", "to": "2099-11-22T12:00:00.000Z"}
    assert staged.asked == [("/alarms/outOfService", {**form, "name": "Sato", "reason": "new fan"})]
    page.locator("#services li").nth(1).get_by_role("button").click()
    page.locator("#services li").nth(0).get_by_role("button").click()
    awaited(page, lambda: page.evaluate("document.activeElement !== null"), "the focus")
    expect(page.locator("#deed-outcome")).to_have_text("")
    assert staged.asked[1:] == [("/alarms/inService", {"unitId": "E003"}), ("/alarms/inService", {})]


def test_channels_say_how_they_stand_and_are_tried(opened: Any) -> None:
    staged = busy()
    staged.untaken["chief"] = "mail.example:587 refuses the login."
    page = opened(staged)
    lines = page.locator("#channels li")
    expect(lines.nth(0)).to_contain_text("mail (mail), from priority 3 on. It worked last at ")
    expect(lines.nth(1)).to_contain_text(
        "chief (mail), from priority 1 on. From 22:00-06:00 only. Only what nobody has read for 30 min. "
        "It takes nothing since "
    )
    expect(lines.nth(1)).to_contain_text("mail.example:587 refuses the login. 2 messages wait.")
    page.get_by_role("button", name="Test · mail").click()
    expect(lines.nth(0).get_by_role("status")).to_have_text("The test was taken.")
    page.get_by_role("button", name="Test · chief").click()
    expect(lines.nth(1).get_by_role("status")).to_have_text(
        "The test was not taken: mail.example:587 refuses the login."
    )
    assert staged.asked == [("/notify/test", {"channel": "mail"}), ("/notify/test", {"channel": "chief"})]


def test_no_channel_is_said(opened: Any) -> None:
    """Who relies on being told must see that nobody is."""
    expect(opened(StagedAlarms()).locator("#channels-outcome")).to_have_text(
        "There are none: nobody is told who does not look here."
    )


def test_what_was_tells_what_became_of_it(opened: Any) -> None:
    page = opened(busy())
    expect(page.locator("#past-rows tr")).to_have_count(1)
    page.locator("#past-rows summary").click()
    expect(page.locator("#past-rows dd")).to_have_text(
        ["bus too high", "raised · E001 · It is high.", "acknowledged · Sato · seen", "over · E001"]
    )
    expect(page.locator("#past-csv")).to_have_attribute("href", "alarms/history.csv")
    page.locator("#past-unit").fill("E001")
    page.locator("#past-filter button").click()
    expect(page.locator("#past-csv")).to_have_attribute("href", "alarms/history.csv?unitId=E001")


def test_filters_stand_in_the_address(opened: Any) -> None:
    page = opened(busy(), "?state=away")
    shown = page.locator(".alarm")
    expect(shown).to_have_count(2)
    page.locator("#alarms-state").select_option("")
    page.locator("#alarms-priority").select_option("1")
    expect(shown).to_have_count(1)
    page.locator("#alarms-priority").select_option("")
    page.locator("#alarms-text").fill("stop ALL")
    expect(shown).to_have_count(1)
    expect(page).to_have_url(re.compile(r"\?text=stop\+ALL$"))
    expect(page.locator("#alarms-outcome")).to_have_text("1 of 8 in the list, 4 to be read in all.")
    page.locator("#alarms-text").fill("")
    page.locator("#alarms-unit").fill("e023")
    expect(shown).to_have_attribute("data-id", "a3")


def test_a_thousand_rows_are_gone_through_by_keys(opened: Any) -> None:
    """A hundred stand there at once, whatever one does, and the focus stays where it is while they are told anew."""
    staged = StagedAlarms([alarm(number, f"E{number:04d}") for number in range(1, 1001)])
    page = opened(staged)
    expect(page.locator(".alarm")).to_have_count(100)
    assert page.evaluate(NODES) < 2500
    heads = page.locator(".alarm-head[tabindex='0']")
    expect(heads).to_have_count(1)
    heads.focus()
    at = page.locator(".alarm-head:focus .alarm-of")
    for key, unit in (
        ("ArrowDown", 2), ("ArrowUp", 1), ("ArrowUp", 1), ("PageDown", 11), ("End", 1000), ("ArrowDown", 1000),
        ("PageUp", 990), ("Home", 1), *[("PageDown", 11 + 10 * step) for step in range(10)], ("PageUp", 91),
    ):  # fmt: skip
        page.keyboard.press(key)
        expect(at).to_have_text(f"E{unit:04d}")
    assert page.evaluate(NODES) < 2500
    page.keyboard.press("Enter")
    expect(row(page, 91).locator(".alarm-fold")).to_be_visible()
    staged.alarms.insert(0, alarm(2000, "E2000", priority=1))
    expect(page.locator("#alarms-outcome")).to_have_text("1001 in the list, 1001 to be read.")
    expect(at).to_have_text("E0091")
    page.keyboard.press("Tab")
    expect(row(page, 91).locator("[data-deed=acknowledge]")).to_be_focused()
    for _ in ("shelve", "the unit", "behind the list"):
        page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('.alarm') === null"), "one row is on the way of Tab, not each"
    page.locator("#alarms-more").click()
    expect(page.locator("#alarms-rows")).to_have_text("101 to 200 of 1001")
    expect(at).to_have_text("E0100")
    page.locator("#alarms-text").fill("E0999 is")
    expect(page.locator(".alarm")).to_have_count(1)


def test_new_ones_are_read_out_and_nothing_that_stood_before(opened: Any) -> None:
    staged = busy()
    page = opened(staged)
    expect(page.locator(".alarm")).to_have_count(8)
    expect(page.locator("#alarms-news")).to_have_text("")
    staged.alarms[:0] = [alarm(number, f"E1{number}", priority=2) for number in range(20, 25)]
    expect(page.locator("#alarms-news")).to_have_text(
        "New alarm. ▲ 2 act soon: E120 is silent. ▲ 2 act soon: E121 is silent. ▲ 2 act soon: E122 is silent. "
        "and 2 more"
    )


def test_names_from_the_wire_are_text(opened: Any) -> None:
    hostile = alarm(
        1, HOSTILE, hardware=[HOSTILE], acknowledged={"name": HOSTILE, "at": "2026-01-01T00:00:00Z", "text": HOSTILE}
    )
    page = opened(
        StagedAlarms(
            [hostile],
            services=[
                {
                    "scope": HOSTILE,
                    "since": "2026-01-01T00:00:00Z",
                    "until": "2099-01-01T00:00:00Z",
                    "name": HOSTILE,
                    "reason": HOSTILE,
                }
            ],
        )
    )
    row(page, 1).locator(".alarm-head").click()
    expect(page.locator("dd").filter(has_text="onerror").first).to_be_visible()
    assert page.locator("main img").count() == 0
    assert "\u202e" not in page.locator("main").inner_text()


TONES = """
window.tones = [];
const start = OscillatorNode.prototype.start;
OscillatorNode.prototype.start = function (at) {
  window.tones.push(this.frequency.value);
  return start.call(this, at);
};
"""


def test_a_sound_is_off_until_chosen_then_once_for_each_and_silenced(opened: Any) -> None:
    staged = StagedAlarms([alarm(1, priority=1)])
    page = opened(staged, script=TONES)
    expect(page.locator(".alarm")).to_have_count(1)
    staged.alarms.append(alarm(2, "E002", priority=1))
    expect(page.locator(".alarm")).to_have_count(2)
    assert page.evaluate("tones.length") == 0
    page.get_by_label("Sound for priorities 1 and 2").check()
    assert page.evaluate("tones.length") == 2, "a short one to hear it by"
    bar = page.locator("#alarm-sounding")
    expect(bar).not_to_be_visible()
    staged.alarms.append(alarm(3, "E003", priority=3))
    expect(page.locator(".alarm")).to_have_count(3)
    assert page.evaluate("tones.length") == 2
    staged.alarms.append(alarm(4, "E004", priority=2))
    expect(bar).to_contain_text("1 new alarm of priority 1 or 2")
    assert page.evaluate("tones.length") == 10
    page.locator("#alarm-silence").click()
    expect(bar).not_to_be_visible()
    page.reload()
    expect(page.locator(".alarm")).to_have_count(4)
    expect(page.get_by_label("Sound for priorities 1 and 2")).to_be_checked()
    assert page.evaluate("tones.length") == 0, "a page that is opened anew does not sound again"


@pytest.mark.parametrize("display", ["", "?display=wall"])
def test_the_main_page_sounds_too_and_so_does_the_wall(open_quiet: OpenPage, display: str) -> None:
    stage, staged = Stage.of(4), StagedAlarms()
    stage.more["alarms"] = staged.counts()
    page = open_quiet("help.html", script=TONES + "localStorage.setItem('alarmSound', 'on');")
    stage.attach(page)
    staged.attach(page)
    page.goto(page.url.replace("help.html", display))
    expect(page.locator("#trust-live b")).to_have_text("4")
    staged.alarms.append(alarm(1, "E002", priority=1))
    stage.more["alarms"] = staged.counts()
    expect(page.locator("#alarm-sounding")).to_be_visible()
    assert page.evaluate("tones.length") == 24
    if display:
        expect(page.locator("#trust-alarms")).to_have_text(re.compile(r"^\s*Alarms ▲ 1\s*$"))
    page.locator("#alarm-silence").click()
    expect(page.locator("#alarm-sounding")).not_to_be_visible()


def test_the_main_page_counts_and_marks(open_quiet: OpenPage) -> None:
    """By the controller's own count: badge, title, cards and boxes say the same."""
    stage = Stage.of(4)
    stage.states["E002"]["alarmPriority"] = 1
    stage.states["E003"]["alarmPriority"] = 4
    stage.more["alarms"] = {"unacknowledged": 3, "standing": 5, "gravest": 1, "serial": 2}
    page = open_quiet(stage=stage)
    link = page.locator("#open-alarms")
    expect(link).to_have_attribute("aria-label", "Alarms: 3 alarms to be read, the gravest: ▲ 1 act now")
    expect(link.locator(".count")).to_have_text("▲ 3")
    expect(page.locator("#trust-alarms")).not_to_be_visible()
    expect(page).to_have_title(re.compile("^▲ 3 · "))
    for unit_id, level in (("E002", "alarm"), ("E003", "warn")):
        card = page.locator(f'.card[data-unit="{unit_id}"]')
        card.scroll_into_view_if_needed()
        badge = card.locator(".badges li", has_text="Alarm, priority")
        expect(badge).to_have_attribute("data-level", level)
    expect(page.locator('.card[data-unit="E001"] .badges li', has_text="Alarm")).to_have_count(0)
    expect(page.locator(".scene-outline [role=option]").nth(1)).to_contain_text("alarm of priority 1")
    stage.more["alarms"] = {"unacknowledged": 0, "standing": 2, "gravest": None, "serial": 3}
    expect(link.locator(".count")).not_to_be_visible()
    expect(page).to_have_title(re.compile("^APIS Main Controller"))


def test_a_node_dies_and_its_alarm_is_read_put_away_and_taken_back(open_page: OpenPage, plant: Plant) -> None:
    """With the simulated cluster and the program's own list, from its first second to its last."""
    page = open_page("alarms.html?unit=E003")
    expect(page.locator("#alarms-outcome")).not_to_be_empty()
    plant.cluster.fault("node-dies", unit="E003")
    head = page.locator(".alarm", has_text="E003").first
    expect(head).to_be_visible(timeout=60_000)
    mine = row(page, int((head.get_attribute("data-id") or "a0")[1:]))
    beside = open_page()
    expect(beside.locator("#open-alarms .count")).to_have_text(re.compile(r"^(▲ )?\d+$"))
    card = beside.locator('.card[data-unit="E003"]')
    card.scroll_into_view_if_needed()
    expect(card.locator(".badges")).to_contain_text("Alarm, priority")
    state = mine.locator(".alarm-state")
    expect(state).to_contain_text("to be read")
    mine.locator("[data-deed=acknowledge]").click()
    page.locator("#acknowledge-name").fill("Sato")
    page.wait_for_timeout(600)
    page.locator("#acknowledge-form button[type=submit]").click()
    expect(state).to_have_text(re.compile("^read"))
    mine.locator("[data-deed=shelve]").click()
    page.locator("#shelve-hours").fill("0.5")
    page.locator("#shelve-reason").fill("known")
    page.wait_for_timeout(600)
    page.locator("#shelve-form button[type=submit]").click()
    expect(state).to_have_text("shelved")
    mine.locator("[data-deed=unshelve]").click()
    expect(state).to_contain_text("to be read")
    past = page.locator("#past-rows tr", has_text="E003").last
    past.locator("summary").click()
    told = " ".join(past.locator("dd").all_inner_texts())
    assert re.search("raised.*acknowledged · Sato.*shelved · Sato · known.*back from the shelf", told), told


@pytest.mark.parametrize(
    ("locale", "scheme", "width"),
    [("en-GB", "light", 1280), ("en-GB", "dark", 390), ("ja-JP", "dark", 1280), ("ja-JP", "light", 390)],
)
def test_axe_finds_nothing(opened: Any, locale: str, scheme: str, width: int) -> None:
    """With a row and a past alarm unfolded, and in each question."""
    page = opened(busy(), locale=locale, color_scheme=scheme, viewport={"width": width, "height": 844})
    row(page, 3).locator(".alarm-head").click()
    page.locator("#past-rows summary").click()
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for opener in (
        row(page, 1).locator("[data-deed=acknowledge]"), row(page, 1).locator("[data-deed=shelve]"),
        page.locator("#service-open"),
    ):  # fmt: skip
        opener.click()
        page.wait_for_timeout(600)
        assert violations(page) == []
        page.keyboard.press("Escape")
