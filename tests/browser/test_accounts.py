"""Accounts in a real browser: the log-in and back, what a role may press, codes, tokens, and the stop after the end."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyotp
import pytest
from playwright.sync_api import Browser, Page, expect

from main_controller.accounts.roles import Role
from tests.browser.conftest import OpenPage, Plant, pages, running
from tests.system.console import until

LONG = 60_000
PASSWORD = "correct horse battery"
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}


@pytest.fixture(scope="module")
def plant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plant]:
    with running(tmp_path_factory.mktemp("accounts") / "console", 2, accounts=True) as plant:
        access = plant.console.controller.accounts.access
        assert access is not None
        hashed = access.passwords.hashed(PASSWORD)
        for role in Role:
            access.directory.create(role, role.capitalize(), role, hashed)
        yield plant


@pytest.fixture
def opened(browser: Browser, plant: Plant) -> Iterator[OpenPage]:
    with pages(browser, plant.address) as opener:
        yield opener


def end_sessions(plant: Plant, name: str) -> None:
    """As time or an administrator does."""
    access = plant.console.controller.accounts.access
    assert access is not None
    account = access.directory.named(name)
    assert account is not None
    for session in access.directory.sessions.of(account.number):
        access.directory.sessions.end(session)


def log_in(page: Page, name: str) -> None:
    page.locator("#log-in-name").fill(name)
    page.locator("#log-in-password").fill(PASSWORD)
    page.locator("#log-in button[type=submit]").click()


def answer_lock(page: Page) -> None:
    """Press until it counts: a question whose buttons have just moved takes no answer (H3)."""

    def gone() -> bool:
        if page.locator("#lock-dialog").is_visible():
            page.locator("#lock-set").click()
            page.wait_for_timeout(1000)
        return not page.locator("#lock-dialog").is_visible()

    until(gone, "the lock's question to be answered", LONG / 1000)


@pytest.mark.parametrize("context", [{}, PHONE, {"java_script_enabled": False}], ids=["desk", "phone", "no script"])
def test_a_person_is_sent_to_the_log_in_and_back(opened: OpenPage, context: dict[str, Any]) -> None:
    page = opened("history.html?unit=E001", may_fail=True, **context)
    expect(page.locator("#log-in-name")).to_be_focused()
    page.locator("#log-in-name").fill("operator")
    page.locator("#log-in-password").fill("wrong wrong wrong")
    page.keyboard.press("Enter")
    expect(page.locator("#refused")).to_have_text("The name, the password or the one-time code is wrong.")
    expect(page.locator("#log-in-name")).to_have_value("operator")
    expect(page.locator("#log-in-password")).to_have_value("")
    log_in(page, "operator")
    expect(page.locator("#history-unit")).to_be_attached()
    assert page.url.endswith("/history.html?unit=E001")


def test_the_log_in_speaks_japanese(opened: OpenPage) -> None:
    page = opened("", locale="ja-JP", may_fail=True)
    expect(page.locator("#log-in h2")).to_have_text("ログイン")
    page.locator("#log-in-name").fill("nobody")
    page.locator("#log-in-password").fill("wrong")
    page.keyboard.press("Enter")
    expect(page.locator("#refused")).to_contain_text("パスワード")


def test_controls_say_which_role_they_need_and_stops_stay(opened: OpenPage) -> None:
    page = opened()
    log_in(page, "viewer")
    expect(page.locator("#who")).to_have_text("Viewer · viewer", timeout=LONG)
    expect(page.locator("#flush")).to_be_disabled()
    expect(page.locator("#schedule-set")).to_be_disabled()
    expect(page.locator("#stop-all")).to_be_enabled()
    unit = page.locator('.card[data-unit="E001"]')
    expect(unit.locator("select[name=local]")).to_be_enabled()  # Force Stop is a stop


def test_who_does_something_is_named_by_the_log_in(opened: OpenPage, plant: Plant) -> None:
    page = opened()
    log_in(page, "operator")
    expect(page.locator("#who")).to_have_text("Operator · operator", timeout=LONG)
    page.locator("#cluster-lock").click()
    expect(page.locator("#lock-name")).to_have_value("operator")
    expect(page.locator("#lock-name")).not_to_be_editable()
    page.locator("#lock-reason").fill("test")
    answer_lock(page)
    assert plant.console.controller.stores.locks.all()[""]["name"] == "operator"
    page.locator("#cluster-lock").click()
    answer_lock(page)
    assert plant.console.controller.stores.locks.all() == {}


def test_one_looks_after_ones_own_account(opened: OpenPage) -> None:
    page = opened("account.html", may_fail=True)  # after the log-out what the page still asks is refused
    log_in(page, "engineer")
    expect(page.locator("#who-now")).to_have_text("Engineer (engineer), engineer")
    expect(page.locator("#everybody")).to_be_hidden()
    page.locator("#token-name").fill("export")
    page.locator("#token-own").fill(PASSWORD)
    page.locator("#token-form button[type=submit]").click()
    expect(page.locator("#token-secret")).to_contain_text("apis_")
    expect(page.locator("#tokens li")).to_contain_text("export: operator")
    page.locator("#tokens button").click()
    expect(page.locator("#tokens li")).to_have_text("There are none.")
    page.locator("#codes-own").fill(PASSWORD)
    page.locator("#codes-begin").click()
    expect(page.locator("#codes-qr svg")).to_be_visible()
    page.locator("#log-out").click()
    expect(page.locator("#log-in-name")).to_be_visible()


@pytest.mark.parametrize(
    ("locale", "says"), [("en-GB", "a one-time code too"), ("ja-JP", "ワンタイムコードも必要です")]
)
def test_what_is_grave_takes_a_code_where_one_has_them(
    opened: OpenPage, plant: Plant, pictures: Path, locale: str, says: str
) -> None:
    """Here the codes were set up from another browser, so that none was given in this session."""
    access = plant.console.controller.accounts.access
    assert access is not None
    name = f"coded{locale}"
    account = access.directory.create(name, name, Role.OPERATOR, access.passwords.hashed(PASSWORD))
    page = opened("account.html", may_fail=True, locale=locale)
    log_in(page, name)
    expect(page.locator("#token-name")).to_be_visible()
    expect(page.locator("#token-own-code")).to_be_hidden()
    secret = pyotp.random_base32()
    access.directory.set_code_secret(account.number, secret)
    page.reload()
    expect(page.locator("#token-own-code")).to_be_visible()
    page.locator("#token-name").fill("export")
    page.locator("#token-own").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("#tokens-outcome")).to_contain_text(says)
    page.screenshot(path=pictures / f"account-code-{locale}.png", full_page=True)
    page.locator("#token-own").press("Tab")
    expect(page.locator("#token-own-code")).to_be_focused()
    page.keyboard.type(pyotp.TOTP(secret).now())
    page.keyboard.press("Enter")
    expect(page.locator("#token-secret")).to_contain_text("apis_")
    page.locator("#codes-own").fill(PASSWORD)
    page.locator("#codes-end").click()  # the code holds for some minutes, in this session
    expect(page.locator("#codes-end")).to_be_hidden()


def test_an_administrator_makes_and_disables_accounts(opened: OpenPage, plant: Plant) -> None:
    page = opened("account.html", may_fail=True)
    log_in(page, "administrator")
    page.locator("#account-name").fill("bert")
    page.locator("#account-password").fill("a horse of berts")
    page.locator("#account-form button[type=submit]").click()
    expect(page.locator("#accounts-outcome")).to_have_text("Type your own password first.")
    page.locator("#admin-own").fill(PASSWORD)
    page.locator("#account-form button[type=submit]").click()
    row = page.locator("#accounts tr").filter(has_text="bert")
    expect(row).to_contain_text("may log in")
    row.locator("[data-deed=enable]").click()
    expect(row).to_contain_text("may not log in")
    access = plant.console.controller.accounts.access
    assert access is not None
    found = access.directory.named("bert")
    assert found is not None
    assert (found.enabled, found.role) == (False, Role.OPERATOR)


def test_a_page_whose_session_has_ended_says_so_and_still_stops(opened: OpenPage, plant: Plant) -> None:
    page = opened("", may_fail=True)
    log_in(page, "operator")
    expect(page.locator("#who")).to_have_text("Operator · operator", timeout=LONG)
    end_sessions(plant, "operator")
    expect(page.locator("#alive-notice")).to_contain_text("The session of this browser has ended", timeout=LONG)
    expect(page.locator("#who")).to_have_text("Log in", timeout=LONG)
    with page.expect_response("**/stopAll") as answered:
        page.locator("#stop-all").click()
        page.locator("#confirm-yes").click()
    assert answered.value.status in (200, 202)


def test_a_log_in_after_the_sessions_end_leads_back_to_the_moment(opened: OpenPage, plant: Plant) -> None:
    page = opened("", may_fail=True)
    log_in(page, "viewer")
    page.locator("#open-past").click()
    expect(page.locator("#past-time")).not_to_be_empty(timeout=LONG)
    expect(page.locator("#past-time[data-waiting]")).to_have_count(0)
    page.locator("body").press("PageUp")
    expect(page.locator("#past-time[data-waiting]")).to_have_count(0)
    shown = page.url
    assert "?at=2" in shown
    end_sessions(plant, "viewer")
    expect(page.locator("#who")).to_have_text("Log in", timeout=LONG)
    page.locator("#who").click()
    log_in(page, "viewer")
    page.wait_for_url(shown)
