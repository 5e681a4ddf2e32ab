"""H3-H5, H9, H10: a hasty press answers no question, a field means what stands in it, an id stays in its place."""

import re
from collections.abc import Callable, Iterator
from urllib.parse import parse_qs, quote

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import OpenPage, pages
from tests.browser.stage import Stage, awaited, deal, ordered, unit_data, unit_status
from tests.system.conftest import console_on
from tests.system.console import Console, until
from tests.system.fake_grid import FakeGrid

PRESS_AT_ONCE = """
    ([dialog, button]) => {
        const opened = document.querySelector(dialog);
        new MutationObserver((_, observer) => {
            if (!opened.open) return;
            observer.disconnect();
            opened.querySelector(button).click();
        }).observe(opened, { attributes: true, attributeFilter: ['open'] });
    }
"""
"""The quickest hand there is: it presses the button in the moment in which the dialog opens."""

SECOND_HALF = (
    "(button) => button.dispatchEvent(new MouseEvent('click', { detail: 2, bubbles: true, cancelable: true }))"
)

PLACE_OF = """
    ([element, text]) => {
        const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
        for (let node = walker.nextNode(); node; node = walker.nextNode()) {
            const at = node.data.indexOf(text);
            if (at < 0) continue;
            const range = document.createRange();
            range.setStart(node, at);
            range.setEnd(node, at + text.length);
            const { x, y } = range.getBoundingClientRect();
            return Math.round(y) * 10000 + x; // the next line comes after all of this one
        }
        return null;
    }
"""
"""Where a piece of text is drawn: what is read first has the smaller number."""


def manual_stage(*ids: str) -> Stage:
    """Live units in Manual that may be ordered anything."""
    names = ids or ("E001", "E002", "E003")
    stage = Stage({one: unit_data(one, mode="manual") for one in names}, {one: unit_status() for one in names})
    stage.grid["mode"] = "manual"
    return stage


def card(page: Page, unit_id: str = "E001") -> Locator:
    return page.locator(f'.card[data-unit="{unit_id}"]')


def choose(page: Page, choice: str, amperes: str, unit_id: str = "E001") -> None:
    radio = card(page, unit_id).locator(f"input[value={choice}]")
    expect(radio).to_be_enabled()
    radio.evaluate("(button) => button.click()")
    card(page, unit_id).locator(".current input").fill(amperes)


def open_charge(page: Page) -> None:
    choose(page, "current", "0.2")
    card(page).locator("[data-act=converter]").click()


def open_lock(page: Page) -> None:
    page.locator("#lock-name").evaluate("(field) => { field.value = 'Sato'; }")
    page.locator("#cluster-lock").click()


def open_mode(page: Page) -> None:
    page.locator("#global-choice").select_option("manual")
    page.locator("#global-set").click()


def open_shut_down(page: Page) -> None:
    page.locator("#shut-down").click()


def open_acknowledgement(page: Page) -> None:
    page.locator("#unwatched button").click()


QUESTIONS: dict[str, tuple[Callable[[Page], None], str, str]] = {
    "converter": (open_charge, "#confirm", "#confirm-yes"),
    "mode": (open_mode, "#confirm", "#confirm-yes"),
    "shut down": (open_shut_down, "#confirm", "#confirm-yes"),
    "acknowledge": (open_acknowledgement, "#confirm", "#confirm-yes"),
    "lock": (open_lock, "#lock-dialog", "#lock-set"),
    "schedule": (lambda page: page.locator("#schedule-set").click(), "#schedule-dialog", "#schedule-dialog-set"),
    "sharing": (lambda page: page.locator("#open-transfer").click(), "#transfer-dialog", "#transfer-start"),
}


@pytest.mark.parametrize("name", QUESTIONS)
def test_no_question_takes_an_answer_in_its_first_half_second(open_quiet: OpenPage, name: str) -> None:
    """H3: neither that nor the second half of a double click; the button shows it, and then answers as ever."""
    show, dialog, button = QUESTIONS[name]
    stage = manual_stage()
    if name == "acknowledge":  # Shut Down would wait for it
        stage.units["E003"] = unit_data("E003", mode="manual", status="0x0014")
        stage.states["E003"] = unit_status("stale", age=60, unwatched=True, lastWord="0x0014")
    page = open_quiet(stage=stage)
    expect(card(page).locator(".current input")).to_be_enabled()
    page.evaluate(PRESS_AT_ONCE, [dialog, button])
    show(page)
    expect(page.locator(dialog)).to_be_visible()
    expect(page.locator(button)).not_to_have_attribute("aria-disabled", "true")
    page.locator(button).evaluate(SECOND_HALF)
    expect(page.locator(dialog)).to_be_visible()
    orders = [order for order in stage.orders if "dryRun" not in order[1]]
    assert orders == []
    if dialog == "#lock-dialog":
        page.locator("#lock-name").fill("Sato")
        page.locator("#lock-reason").fill("fan")
        stage.answers["/setLock"] = (200, {"succeeded": True})
    page.locator(button).click()
    if dialog == "#transfer-dialog":
        expect(page.locator("#confirm-title")).to_contain_text("Share 1 A from E001 to E002?")
        return
    expect(page.locator(dialog)).not_to_be_visible()


def test_the_button_shows_that_it_waits_and_keeps_its_place(open_quiet: OpenPage) -> None:
    stage = manual_stage()
    page = open_quiet(stage=stage)
    expect(page.locator("#shut-down")).to_be_enabled()
    seen = page.evaluate("""
        () => new Promise((done) => {
            const yes = document.getElementById('confirm-yes');
            document.getElementById('shut-down').click();
            const place = () => JSON.stringify(yes.getBoundingClientRect());
            const look = () => [yes.getAttribute('aria-disabled'), getComputedStyle(yes).opacity, place()];
            const then = look();
            new MutationObserver(() => done([then, look()]))
                .observe(yes, { attributes: true, attributeFilter: ['aria-disabled'] });
        })
    """)
    (held, faint, place), (free, full, same) = seen
    assert (held, free, full, same) == ("true", None, "1", place)
    assert float(faint) < 0.7
    page.locator("#confirm-cancel").click()


def test_a_question_in_the_place_of_another_begins_anew(open_quiet: OpenPage) -> None:
    """H3: the wait counts from when this question is shown, whatever stood there before."""
    stage = manual_stage()
    page = open_quiet(stage=stage)
    expect(page.locator("#shut-down")).to_be_enabled()
    page.locator("#stop-all").click()
    page.evaluate("document.getElementById('shut-down').click()")
    expect(page.locator("#confirm-title")).to_contain_text("Shut down apis-main")
    page.evaluate("""
        () => {
            document.getElementById('confirm-cancel').click();
            document.getElementById('shut-down').click();
            document.getElementById('confirm-yes').click();
        }
    """)
    expect(page.locator("#confirm")).to_be_visible()
    assert stage.orders == []


def test_a_press_that_began_too_early_is_none_when_it_ends_late(open_quiet: OpenPage) -> None:
    """H3: a slow press is judged by its beginning."""
    stage = manual_stage()
    page = open_quiet(stage=stage)
    expect(page.locator("#shut-down")).to_be_enabled()
    page.evaluate("""
        () => new Promise((done) => {
            const yes = document.getElementById('confirm-yes');
            document.getElementById('shut-down').click();
            yes.dispatchEvent(new PointerEvent('pointerdown', { bubbles: true }));
            new MutationObserver(() => { yes.click(); done(); })
                .observe(yes, { attributes: true, attributeFilter: ['aria-disabled'] });
        })
    """)
    expect(page.locator("#confirm")).to_be_visible()
    assert stage.orders == []
    page.locator("#confirm-yes").click()
    expect(page.locator("#confirm")).not_to_be_visible()
    assert [path for path, _ in ordered(page, stage)] == ["/shutDown"]


def stop_all(page: Page) -> None:
    page.locator("#stop-all").click()


def force_stop(page: Page) -> None:
    page.locator("#global-choice").select_option("stop")
    page.locator("#global-set").click()


def force_stop_here(page: Page) -> None:
    card(page).locator("select[name=local]").select_option("stop")
    card(page).locator("[data-act=local]").click()


def stopped(page: Page) -> None:
    card(page).locator("[data-act=converter]").click()


Show = Callable[[Page], None]

STOPS: dict[str, tuple[Show, str, str]] = {
    "Stop all": (stop_all, "/stopAll", ""),
    "Force Stop": (force_stop, "/setOperationMode", "value=stop"),
    "local Force Stop": (force_stop_here, "/setOperationMode", "value=stop&unitId=E001"),
    "Stopped": (stopped, "/set/dcdc/E001", "mode=0x0000&dvg=0&dig=0"),
}


@pytest.mark.parametrize("name", STOPS)
def test_what_stops_is_answered_at_once(open_quiet: OpenPage, name: str) -> None:
    """H3: stops are excepted, also from the second half of a double click."""
    show, path, form = STOPS[name]
    stage = manual_stage()
    page = open_quiet(stage=stage)
    expect(card(page).locator("[data-act=local]")).to_be_enabled()
    page.evaluate(PRESS_AT_ONCE, ["#confirm", "#confirm-yes"])
    show(page)
    expect(page.locator("#confirm")).not_to_be_visible()
    awaited(page, lambda: stage.orders, "the order")
    assert stage.orders[-1][0] == path
    assert form in stage.orders[-1][1]
    assert "dryRun" not in stage.orders[-1][1]


def test_cancel_and_escape_are_never_held(open_quiet: OpenPage) -> None:
    page = open_quiet(stage=manual_stage())
    page.evaluate(PRESS_AT_ONCE, ["#confirm", "#confirm-cancel"])
    page.locator("#shut-down").click()
    expect(page.locator("#confirm")).not_to_be_visible()
    page.locator("#shut-down").click()
    page.keyboard.press("Escape")
    expect(page.locator("#confirm")).not_to_be_visible()


def test_a_double_click_clears_one_plan_not_the_next(open_quiet: OpenPage) -> None:
    """H3's kind: Clear clears what its line shows, and the second half would meet what came into its place."""
    stage = manual_stage()
    stage.schedules = {"": {"softStop": "2099-05-13T09:53:00+00:00", "run": "2099-05-14T10:00:00+00:00"}}
    page = open_quiet(stage=stage)
    expect(page.locator("#global-schedule")).to_contain_text("2099-05-13")
    page.locator("#schedule-clear").dblclick()
    expect(page.locator("#schedule-outcome")).to_contain_text(re.compile("chedule .*: (set|cleared)"))
    assert len(stage.orders) == 1
    page.locator("#open-schedules").click()
    page.locator("#schedules-rows [data-act=clear]").first.dblclick()
    awaited(page, lambda: len(stage.orders) > 1, "the second")
    page.wait_for_timeout(100)
    assert len(stage.orders) == 2


@pytest.mark.parametrize(
    ("typed", "bus", "means", "sent"),
    [
        ("0,2", "350,5", "Will be sent: charge 0.2 A (350.5 V)", {"mode": "0x0041", "dvg": "350.5", "dig": "0.2"}),
        ("０．２", "３５０", "Will be sent: charge 0.2 A (350 V)", {"mode": "0x0041", "dvg": "350", "dig": "0.2"}),
        ("－１", "350", "Will be sent: discharge 1 A (370 V)", {"mode": "0x0002", "dvg": "370", "dig": "1"}),
        ("1.234", "350", "Will be sent: charge 1.234 A (350 V)", {"mode": "0x0041", "dvg": "350", "dig": "1.234"}),
    ],
)
def test_the_figure_that_is_sent_is_the_one_that_stands_there(
    open_quiet: OpenPage, typed: str, bus: str, means: str, sent: dict[str, str]
) -> None:
    """H4: read with a comma and in full width, said beside the field, repeated by the question, and sent."""
    stage = manual_stage()
    page = open_quiet(stage=stage)
    card(page).locator(".bus input").fill("")
    card(page).locator(".bus input").press_sequentially(bus)
    card(page).locator("input[value=current]").check(force=True)
    card(page).locator(".current input").fill("")
    card(page).locator(".current input").press_sequentially(typed)
    expect(card(page).locator("[data-part=means]")).to_have_text(means)
    card(page).locator("[data-act=converter]").click()
    expect(page.locator("#confirm-title")).to_contain_text(f"{sent['dig']} A")
    page.locator("#confirm-yes").click()
    awaited(page, lambda: [form for _, form in stage.orders if "dryRun" not in form], "the order")
    form = next(form for _, form in stage.orders if "dryRun" not in form)
    assert {name: values[0] for name, values in parse_qs(form).items()} == sent


@pytest.mark.parametrize("typed", ["1.234,5", "1,234", "2.3.1", "--1", "1e0", "٣", "02", "2A", "2."])
@pytest.mark.parametrize("language", ["en-GB", "ja-JP"])
def test_what_cannot_be_read_is_told_and_not_sent(open_quiet: OpenPage, typed: str, language: str) -> None:
    """H4: another number than what stands there is never meant; "Stopped" goes all the same."""
    stage = manual_stage()
    page = open_quiet(stage=stage, locale=language)
    choose(page, "current", typed)
    means = card(page).locator("[data-part=means]")
    expect(means).to_contain_text(typed)
    expect(means).to_have_attribute("data-level", "warn")
    card(page).locator("[data-act=converter]").click()
    expect(card(page).locator(".outcomes")).to_contain_text("cannot read" if language == "en-GB" else "「")
    expect(page.locator("#confirm")).not_to_be_visible()
    assert stage.orders == []
    card(page).locator("input[value=stopped]").check(force=True)
    card(page).locator("[data-act=converter]").click()
    page.locator("#confirm-yes").click()
    awaited(page, lambda: stage.orders, "Stopped")
    assert "mode=0x0000" in stage.orders[0][1]


def shares(stage: Stage) -> list[str]:
    """The guided sharings that were ordered."""
    return [form for path, form in stage.orders if path == "/share"]


def test_the_bus_voltage_and_the_sharing_current_are_read_the_same_way(open_quiet: OpenPage) -> None:
    """H4: every number field of the page."""
    stage = manual_stage()
    page = open_quiet(stage=stage)
    assert page.locator("input[type=number]").count() == 0
    choose(page, "voltage", "1")
    card(page).locator(".bus input").fill("３４５，５")
    expect(card(page).locator("[data-part=means]")).to_have_text("Will be sent: voltage control 345.5 V, at most 1 A")
    page.locator("#open-transfer").click()
    expect(page.locator("#transfer-voltage")).to_have_value("３４５，５")
    page.locator("#transfer-current").fill("0,5")
    expect(page.locator("#transfer-means")).to_have_text(
        "Will be sent: 0.5 A from E001 to E002, bus 345.5 V, ends after 30 min"
    )
    page.locator("#transfer-start").click()
    expect(page.locator("#confirm-title")).to_have_text("Share 0.5 A from E001 to E002?")
    page.locator("#confirm-yes").click()
    awaited(page, lambda: shares(stage), "the order")
    assert parse_qs(shares(stage)[0])["current"] == ["0.5"]
    assert parse_qs(shares(stage)[0])["voltage"] == ["345.5"]
    assert parse_qs(shares(stage)[0])["minutes"] == ["30"]
    for wrong in ("1,000", "0,05", "2.11", "", "1..2", "-1"):
        page.locator("#transfer-current").fill(wrong)
        expect(page.locator("#transfer-means")).to_have_attribute("data-level", "warn")
        page.locator("#transfer-start").click()
        expect(page.locator("#confirm")).not_to_be_visible()
    page.locator("#transfer-current").fill("2.1")
    for wrong in ("０", "241", "1e2", ""):
        page.locator("#transfer-minutes").fill(wrong)
        expect(page.locator("#transfer-minutes")).to_have_attribute("aria-invalid", "true")
        page.locator("#transfer-start").click()
        expect(page.locator("#confirm")).not_to_be_visible()
    page.locator("#transfer-wh").fill("12,5")
    expect(page.locator("#transfer-means")).to_have_text(
        "Will be sent: 2.1 A from E001 to E002, bus 345.5 V, ends at 12.5 Wh"
    )
    page.locator("#transfer-voltage").fill("3505")
    expect(page.locator("#transfer-means")).to_have_text("Give the Bus voltage (300 to 380 V).")
    page.locator("#transfer-dialog").get_by_role("button", name="Close").click()
    expect(card(page).locator(".bus input")).to_have_value("3505")
    expect(card(page).locator(".bus input")).to_have_attribute("aria-invalid", "true")
    expect(card(page).locator("[data-part=means]")).to_have_text("Give the Bus voltage (300 to 380 V).")
    assert [path for path, form in stage.orders if "dryRun" not in form] == ["/share"]


def test_the_wheel_scrolls_and_changes_no_figure_and_no_choice(open_quiet: OpenPage) -> None:
    """H5: whatever has the focus under it."""
    stage = manual_stage()
    page = open_quiet(stage=stage, viewport={"width": 900, "height": 700})
    choose(page, "current", "1")
    page.locator("#schedule-set").click()
    when = page.locator("#schedule-when").input_value()
    for field in ("#schedule-when", "#schedule-operation"):
        page.locator(field).focus()
        page.locator(field).hover()
        page.mouse.wheel(0, 300)
    page.keyboard.press("Escape")
    for selector in (".current input", ".bus input", "select[name=local]"):
        card(page).locator(selector).focus()
        card(page).locator(selector).hover()
        for _ in range(4):
            page.mouse.wheel(0, 10)
    card(page).locator(".bus input").hover()
    before = page.evaluate("scrollY")
    page.mouse.wheel(0, 200)
    awaited(page, lambda: page.evaluate("scrollY") != before, "the page to scroll")
    assert page.locator("#schedule-when").input_value() == when
    assert page.locator("#schedule-operation").input_value() == "softStop"
    assert card(page).locator(".current input").input_value() == "1"
    assert card(page).locator("select[name=local]").input_value() == "--"
    assert card(page).locator(".bus input").input_value() == "350"


@pytest.mark.parametrize(
    ("giver", "taker"), [("E1\u202e", "E2"), ("אב1", "גד2"), ("E2", "\u2067E1"), ("E1\u2069\u202e", "E2")]
)
def test_giver_and_taker_keep_their_places(open_quiet: OpenPage, giver: str, taker: str) -> None:
    """H9: on the page, in the list of deals and in the question, whatever the ids are made of."""
    stage = manual_stage(giver, taker)
    stage.deals = [deal(giver, taker)]
    page = open_quiet(stage=stage)
    one, other = (name.replace("\u202e", "").replace("\u2067", "").replace("\u2069", "") for name in (giver, taker))
    pair = page.locator("#deals b").first
    expect(pair).to_contain_text(one)
    expect(pair).to_contain_text(other)
    assert page.evaluate(PLACE_OF, [pair.element_handle(), one]) < page.evaluate(
        PLACE_OF, [pair.element_handle(), other]
    )
    page.locator("#open-transfer").click()
    page.locator("#transfer-from").select_option(giver)
    page.locator("#transfer-to").select_option(taker)
    page.locator("#transfer-start").click()
    title = page.locator("#confirm-title")
    expect(title).to_contain_text(one)
    assert page.evaluate(PLACE_OF, [title.element_handle(), one]) < page.evaluate(
        PLACE_OF, [title.element_handle(), other]
    )
    text = page.locator("body").inner_text()
    assert "\u202e" not in text
    assert "\u2067" not in text
    if "\u202e" in giver:
        assert "⟨U+202E⟩" in title.inner_text()


def test_control_signs_are_shown_in_names_hints_and_labels(open_quiet: OpenPage) -> None:
    """H9: the lock's name and reason, the buttons' names, what the controller says, the list for readers."""
    odd = "E1\u202e\u200b"
    stage = manual_stage(odd, "E2")
    stage.units[odd] = unit_data(odd, name=f"house {odd}", mode="manual")
    stage.more["locks"] = {odd: {"name": odd, "reason": odd, "since": "2026-01-01T00:00:00+00:00"}}
    stage.more["gridEvents"] = [{"at": "2026-01-01T00:00:00+00:00", "text": f"{odd} stopped.", "kind": "mode"}]
    stage.grid["gridMaster"] = odd
    page = open_quiet(stage=stage)
    expect(page.locator("#events b, #events span").first).to_contain_text("E1⟨U+202E⟩⟨U+200B⟩")
    expect(page.locator("#trust-master b")).to_have_text("E1⟨U+202E⟩⟨U+200B⟩")
    shown = page.evaluate("""
        () => [...document.querySelectorAll('*')].flatMap((element) => [
            ...['title', 'aria-label', 'placeholder'].map((name) => element.getAttribute(name) ?? ''),
            ...[...element.childNodes].filter(({ nodeType }) => nodeType === Node.TEXT_NODE).map(({ data }) => data),
        ])
    """)
    assert any("⟨U+202E⟩" in text for text in shown)
    assert [text for text in shown if "\u202e" in text or "\u200b" in text] == []


def encoded(unit_id: str) -> str:
    return quote(unit_id, safe="")


ODD = ("A/1", " ", "50%", "#1?", "R&D+'\"", "東棟 1")


@pytest.fixture(scope="module")
def odd_grid() -> Iterator[FakeGrid]:
    with FakeGrid("E001", *ODD, mode="heteronomous") as grid:
        yield grid


@pytest.fixture(scope="module")
def odd_console(odd_grid: FakeGrid, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    with console_on(odd_grid, tmp_path_factory.mktemp("odd-hands"), patient=True) as console:
        yield console


@pytest.mark.parametrize("unit_id", ODD)
def test_what_is_shown_can_be_stopped_read_scheduled_and_locked(
    browser: Browser, odd_grid: FakeGrid, odd_console: Console, unit_id: str
) -> None:
    """H10: from the unit's card, against the real program."""
    with pages(browser, odd_console.address) as open_page:
        page = open_page()
        shown = "␣" if unit_id == " " else unit_id
        unit = page.locator(".card").filter(has=page.locator(".uid").get_by_text(shown, exact=True))
        unit.locator("[data-act=converter]").click()
        page.locator("#confirm-yes").click()
        until(lambda: any(f"/set/dcdc/{encoded(unit_id)}?mode=0x0000" in sent for sent in odd_grid.sent), "Wait there")
        unit.locator("[data-act=refresh]").click()
        expect(unit.locator(".outcomes")).to_contain_text("Refresh: done")
        for _ in range(2):  # else the schedule would be judged by a frame from before the Wait was given (H1)
            page.wait_for_event("response", lambda answer: "/get/frame" in answer.url)
        unit.locator("[data-act=schedule-set]").click()
        page.locator("#schedule-dialog-set").click()
        until(lambda: unit_id in odd_console.get("/schedules"), "the schedule")
        unit.locator("[data-act=schedule-clear]").click()
        until(lambda: unit_id not in odd_console.get("/schedules"), "no schedule")
        unit.locator("select[name=local]").select_option("stop")
        unit.locator("[data-act=local]").click()
        page.locator("#confirm-yes").click()
        expect(unit.locator("[data-figure=local]")).to_have_text("Force Stop")
        unit.locator("[data-act=lock]").click()
        page.locator("#lock-name").fill("Sato")
        page.locator("#lock-reason").fill("fan")
        page.locator("#lock-set").click()
        until(lambda: unit_id in odd_console.get("/locks"), "the lock")
        assert odd_console.call("/clearLock", "POST", form=f"unitId={encoded(unit_id)}&name=Sato").status == 200
