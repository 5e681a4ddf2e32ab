"""An order follows its own key and acts as of the moment at which it was asked (H1, H19); a proxy loses or holds it."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from main_controller.domain.modes import Mode
from tests.browser.conftest import WAIT, OpenPage, Plant
from tests.browser.holding_proxy import HoldingProxy
from tests.browser.stage import Stage
from tests.system.console import until

LONG = 60_000
HEAD = b"HTTP/1.1 %s\r\nContent-Type: %s\r\nContent-Length: %d\r\nConnection: close\r\n\r\n"
PAGE_OF_A_PROXY = HEAD % (b"504 Gateway Timeout", b"text/html", 12) + b"<h1>504</h1>"
JSON_OF_A_PROXY = HEAD % (b"502 Bad Gateway", b"application/json", 17) + b'{"message":"bad"}'


@pytest.fixture
def proxy(plant: Plant) -> Iterator[HoldingProxy]:
    """A proxy before the program."""
    with HoldingProxy(plant.address).running() as proxy:
        yield proxy


def opened(place: BrowserContext, address: str) -> Page:
    """The page after its first readings."""
    page = place.new_page()
    page.goto(address)
    expect(page.locator("#trust-live b")).to_have_text("4", timeout=WAIT)
    return page


def set_mode(page: Page, mode: str) -> None:
    """Choose a global mode and press Set."""
    page.locator("#global-choice").select_option(mode)
    page.locator("#global-set").click()


@pytest.mark.parametrize("plant", [Mode.HETERONOMOUS], indirect=True)
def test_a_run_that_was_held_is_refused_after_a_stop_and_never_told_as_in_effect(
    place: BrowserContext, proxy: HoldingProxy, plant: Plant
) -> None:
    """H1: Run is held on its way; another person orders Force Stop; let through, the Run does nothing."""
    page = opened(place, proxy.address)
    expect(page.locator("#global-mode")).to_have_text("Soft Stop", timeout=LONG)
    proxy.hold("^POST /setOperationMode")
    set_mode(page, "autonomous")
    until(lambda: proxy.arrived("^POST /setOperationMode"), "the Run at the proxy")
    plant.console.call("/setOperationMode?value=stop&wait=verified")
    expect(page.locator("#global-mode")).to_have_text("Force Stop", timeout=LONG)
    expect(page.locator("#global-outcome")).to_contain_text("has not arrived")
    proxy.release()
    expect(page.locator("#global-outcome")).to_contain_text("Force Stop for the cluster by 127.0.0.1 came")
    orders = [c for c in plant.console.get("/commands")["commands"] if c["order"] == "setOperationMode"]
    assert [(c["wanted"]["mode"], c["sent"]) for c in orders] == [("autonomous", False), ("stop", True)]
    assert plant.console.status["grid"]["mode"] == "stop"


@pytest.mark.parametrize("plant", [Mode.HETERONOMOUS], indirect=True)
def test_an_order_whose_question_stood_open_while_a_stop_came_is_refused_and_names_it(
    open_page: OpenPage, plant: Plant
) -> None:
    """H1: the moment of an order is when its question was opened, not when it was answered."""
    page = open_page(may_fail=True)
    expect(page.locator("#global-mode")).to_have_text("Soft Stop", timeout=LONG)
    set_mode(page, "manual")
    expect(page.locator("#confirm-title")).to_have_text("Manual for the cluster?")
    plant.console.call("/setOperationMode?value=stop&wait=verified")
    expect(page.locator("#global-mode")).to_have_text("Force Stop", timeout=LONG)
    page.wait_for_timeout(1500)  # the page holds a newer status by now
    page.locator("#confirm-yes").click()
    expect(page.locator("#global-outcome")).to_contain_text("Force Stop for the cluster by 127.0.0.1 came")
    assert plant.console.status["grid"]["mode"] == "stop"


@pytest.mark.parametrize("plant", [Mode.HETERONOMOUS], indirect=True)
@pytest.mark.parametrize("instead", [b"", PAGE_OF_A_PROXY, JSON_OF_A_PROXY], ids=["hung-up", "html", "json"])
def test_an_order_whose_answer_was_lost_is_found_and_followed_to_its_end(
    place: BrowserContext, proxy: HoldingProxy, plant: Plant, instead: bytes
) -> None:
    """H19, its kind: what the proxy makes of the answer tells nothing of the order, which is given once."""
    page = opened(place, proxy.address)
    proxy.lose("^POST ", instead)
    unit = page.locator('.card[data-unit="E002"]')
    unit.locator("select[name=local]").select_option("heteronomous")
    unit.locator("[data-act=local]").click()
    expect(unit.locator(":scope > .outcomes")).to_contain_text("done, seen in effect", timeout=LONG)
    page.locator("#stop-all").click()
    page.keyboard.press("Enter")
    expect(page.locator("#stop-outcome")).to_contain_text("Every unit known is in Wait.", timeout=LONG)
    expect(page.locator("#stop-plain")).to_be_hidden()
    assert len(proxy.arrived("^POST ")) == 2
    assert [c["order"] for c in plant.console.get("/commands")["commands"]] == ["stopAll", "setOperationMode"]


@pytest.mark.parametrize("plant", [Mode.HETERONOMOUS], indirect=True)
def test_the_journals_page_finds_the_end_of_its_stop_too(
    place: BrowserContext, proxy: HoldingProxy, plant: Plant
) -> None:
    """H19 on the other page that orders Stop all."""
    page = place.new_page()
    page.goto(proxy.address + "journal.html")
    proxy.lose("^POST ")
    page.locator("#stop-all").click()
    page.keyboard.press("Enter")
    expect(page.locator("#stop-outcome")).to_contain_text("Every unit known is in Wait.", timeout=LONG)
    expect(page.locator("#stop-plain")).to_be_hidden()
    expect(page.locator("#journal-rows")).to_contain_text("Stop all")


@pytest.mark.parametrize("dialog", ["schedule", "lock"])
def test_the_moment_of_a_dialog_is_when_it_was_opened_or_told_a_refusal(open_quiet: OpenPage, dialog: str) -> None:
    """H1: what came while the form was filled in refuses it; once that was told, the next press is a new one."""
    stage = Stage.of(2)
    path, opener, sets = {
        "schedule": ("/setSchedule", "#schedule-set", "#schedule-dialog-set"),
        "lock": ("/setLock", "#cluster-lock", "#lock-set"),
    }[dialog]
    refusal = {"error": "A stop came.", "sent": False, "cause": "moment", "came": []}
    stage.answers[path] = (409, refusal)
    page = open_quiet(stage=stage, may_fail=True)
    page.locator(opener).click()
    opened_at = stage.serial
    if dialog == "lock":
        page.locator("#lock-name").fill("Tanaka")
        page.locator("#lock-reason").fill("fuse")
    page.wait_for_timeout(2200)
    assert stage.serial > opened_at
    page.locator(sets).click()
    expect(page.locator(f"#{dialog}-dialog .outcome")).to_contain_text("A stop came.")
    assert int(stage.terms[0]["serial"]) <= opened_at
    del stage.answers[path]
    page.locator(sets).click()
    expect(page.locator(f"#{dialog}-dialog")).not_to_be_visible()
    assert int(stage.terms[1]["serial"]) > opened_at
    assert stage.terms[0]["key"] != stage.terms[1]["key"]
