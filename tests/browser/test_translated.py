"""A browser that translates the page changes no id, name, mode, figure or button, and is not fought over it (H20)."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.stage import Stage, moment, ordered, unit_data, unit_status

TRANSLATOR = r"""
    () => {
        const held = (node) => (node.nodeType === 1 ? node : node.parentElement)?.closest('[translate]')
            ?.getAttribute('translate') === 'no';
        const done = new WeakMap();
        globalThis.flips = 0;
        const observer = new MutationObserver(count);
        function count(records) {
            for (const { type, target, addedNodes } of records) {
                const nodes = type === 'characterData' ? [target] : [...addedNodes];
                for (const node of nodes) {
                    if (node.nodeType === 3 && node.data.trim() !== '' && !held(node)) globalThis.flips += 1;
                }
            }
        }
        function translate() {
            count(observer.takeRecords());
            const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
            while (walker.nextNode()) {
                const node = walker.currentNode;
                if (node.parentElement.closest('script, style, template') || held(node)) continue;
                if (done.get(node) === node.data || !/\p{L}/u.test(node.data)) continue;
                node.data = [...node.data].reverse().join('');
                done.set(node, node.data);
            }
            observer.takeRecords();
        }
        observer.observe(document.body, { subtree: true, childList: true, characterData: true });
        translate();
        setInterval(translate, 100);
    }
"""
"""Writes every text backwards that it may translate, as soon as it is there; counts those that the page writes anew."""

HELD = "button, option, .uid, .uname, [data-figure], dl.six dd, #global-mode, #trust, .badges, .state, .amps, .choices"


def texts(page: Page, selector: str = HELD) -> list[str]:
    """What stands there, of the whole page."""
    found: list[str] = page.locator(selector).evaluate_all("all => all.map((one) => one.textContent)")
    return found


def worded(text: str) -> str:
    """The text without its numbers, which go on."""
    return re.sub(r"[0-9.]+", "#", text)


def busy() -> Stage:
    """Units of all kinds, with what stands among sentences and counts on."""
    stage = Stage.of(3, mode="manual", ig=2.0, status="0x0041")
    stage.grid["mode"] = "manual"
    stage.kept["E009"] = unit_data("E009", status="0x0014", name="\u05d0\u05d1")
    stage.states["E009"] = unit_status("silent", age=200.0, since=moment(-200), unwatched=True)
    peer: dict[str, Any] = {"up": False, "since": moment(-65), "lastSuccess": moment(-65), "lastError": "No answer."}
    stage.more["apisWeb"] = {"emulatorEmulator": peer, "budoEmulator": dict(peer)}
    stage.more["gridEvents"] = [{"at": moment(-20), "text": "The cluster stopped itself.", "kind": "mode"}]
    stage.more["locks"] = {"E001": {"name": "anna", "reason": "work", "since": moment(-60)}}
    return stage


def test_a_translator_changes_sentences_and_nothing_else(open_quiet: OpenPage) -> None:
    stage = busy()
    page = open_quiet(stage=stage)
    expect(page.locator("#unwatched li")).to_have_count(1)
    expect(page.locator("#banners .banner")).to_have_count(2)
    expect(page.locator(".card [data-act=forget]")).to_have_count(1)
    before = texts(page)
    page.evaluate(TRANSLATOR)
    page.wait_for_timeout(1000)
    start = page.evaluate("flips")
    page.wait_for_timeout(4000)
    flips = page.evaluate("flips") - start
    assert flips <= 4, f"{flips} texts flipped in 4 s"  # two banners count on, and bear the sentence of a fault
    after = texts(page)
    changed = [(one, other) for one, other in zip(before, after, strict=True) if worded(one) != worded(other)]
    assert changed == []
    expect(page.locator("#stop-note")).to_contain_text("pots ycnegreme")
    unwatched = page.locator("#unwatched li p b")
    expect(unwatched).to_contain_text("E009")
    expect(unwatched).to_contain_text("as voltage reference at 350 V")
    expect(unwatched).not_to_contain_text("has been silent")


def test_a_question_names_its_unit_its_mode_and_its_figures_as_they_are(open_quiet: OpenPage) -> None:
    stage = busy()
    page = open_quiet(stage=stage)
    expect(page.locator("#unwatched li")).to_have_count(1)
    page.evaluate(TRANSLATOR)
    unit = page.locator('.card[data-unit="E002"]')
    unit.locator("select[name=local]").select_option("stop")
    unit.locator("[data-act=local]").click()
    title = page.locator("#confirm-title")
    expect(title).to_contain_text("Force Stop")
    expect(title).to_contain_text("E002")
    expect(title).not_to_contain_text(" for ")  # the words between are translated
    expect(page.locator("#confirm-yes")).to_have_text("Force Stop now")
    expect(page.locator("#confirm-now li").first).to_contain_text("E002")
    expect(page.locator("#confirm-now li").first).to_contain_text("350.0 V")
    page.locator("#confirm-yes").click()
    line = unit.locator(".outcomes li")
    expect(line).to_contain_text("Local mode Force Stop")
    assert ordered(page, stage) == [("/setOperationMode", "value=stop&unitId=E002")]


def test_another_language_is_written_over_a_translation(open_quiet: OpenPage) -> None:
    page = open_quiet(stage=busy())
    expect(page.locator("#unwatched li")).to_have_count(1)
    page.evaluate(TRANSLATOR)
    page.locator("#language").select_option("ja")
    expect(page.locator("html")).to_have_attribute("lang", "ja")
    expect(page.locator("#stop-all")).to_have_text("Stop all")
    expect(page.locator("#unwatched li")).to_contain_text("E009")


@pytest.mark.parametrize("opener", ["#open-orders", "#open-schedules"])
def test_a_list_that_stands_open_is_not_fought_over_either(open_quiet: OpenPage, opener: str) -> None:
    stage = busy()
    stage.schedules = {"": {"softStop": moment(600)}, "E001": {"run": moment(900)}}
    page = open_quiet(stage=stage)
    expect(page.locator("#unwatched li")).to_have_count(1)
    page.locator(opener).click()
    page.evaluate(TRANSLATOR)
    page.wait_for_timeout(1000)
    start = page.evaluate("flips")
    page.wait_for_timeout(3000)
    assert page.evaluate("flips") - start <= 3
