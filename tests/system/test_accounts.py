"""Every route, asked as nobody, as each role, by cookie and by token: who may do what, and what anybody may."""

import logging
import re
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import unquote, urlencode

import pyotp
import pytest

from main_controller.accounts.roles import Role
from main_controller.clock import utc_now
from main_controller.domain.orders import Permission
from main_controller.web import routes_of_accounts
from main_controller.web.route import Route
from main_controller.web.routes import ROUTES
from tests.system.conftest import ready
from tests.system.console import Console, until
from tests.system.http_call import Answer

PASSWORD = "correct horse battery"
FORM = "application/x-www-form-urlencoded"

MAY = {
    "none": set[Permission](),
    "view": {Permission.VIEW},
    "stop": {Permission.VIEW, Permission.STOP},
}
"""What a caller may whom nobody knows, by the setting `anonymous`."""


@dataclass(frozen=True)
class Caller:
    """Somebody who asks: what it sends, and all that it may."""

    name: str
    headers: Mapping[str, str]
    may: set[Permission]


class Site:
    """A console with an account and a token of each role."""

    def __init__(self, console: Console) -> None:
        self.console = console
        access = console.controller.accounts.access
        assert access is not None
        self.access = access
        hashed = access.passwords.hashed(PASSWORD)
        self.callers = [Caller("nobody", {}, set())]
        for role in Role:
            account = access.directory.create(role, role, role, hashed)
            made = access.directory.tokens.make(account.number, "test", role, utc_now() + timedelta(days=1))
            may = set(role.permissions)
            self.callers.append(Caller(f"{role} by token", {"Authorization": f"Bearer {made.secret}"}, may))
            self.callers.append(Caller(f"{role} by cookie", {"Cookie": self.log_in(role)}, may))

    def log_in(self, name: str, password: str = PASSWORD, code: str = "") -> str:
        """The cookie of a new session."""
        answer = self.post("/login", {"name": name, "password": password, **({"code": code} if code else {})})
        assert answer.status == 200, answer.body
        return answer.headers["set-cookie"].partition(";")[0]

    def post(self, target: str, form: Mapping[str, str], headers: Mapping[str, str] | None = None) -> Answer:
        return self.console.call(target, "POST", form=urlencode(form), headers=headers)

    def get(self, target: str, headers: Mapping[str, str] | None = None) -> Answer:
        return self.console.call(target, headers=headers)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with Console(tmp_path_factory.mktemp("accounts"), simulate=2, accounts=True) as console:
        until(lambda: console.controller.stores.cache.snapshot().units, "the first units")
        yield Site(console)


def asked(route: Route) -> str:
    """The route's path with something in it that is nothing there, so that nothing is done by who may."""
    return re.sub(r"\{(\w+)\}", "x-nothing", route.path)


def is_refused(answer: Answer) -> bool:
    """Whether it was for who asks; 403 for other reasons names no role."""
    return answer.status == 401 or (answer.status == 403 and "role" in answer.error)


OWN = [one for one in ROUTES if one.path.startswith("/account/")]


@pytest.mark.parametrize("route", [one for one in ROUTES if one not in OWN], ids=lambda one: one.path)
def test_a_route_answers_whoever_has_its_permission_and_nobody_else(site: Site, route: Route) -> None:
    """Asked without what it needs, so that it is refused for that (400) where the caller may."""
    if route is routes_of_accounts.LOG_OUT:
        return
    for caller in site.callers:
        stops = route.stops is not None and route.stops.parameter is None
        may = route.permission is None or route.permission in caller.may
        if stops and may:
            continue  # would stop the cluster: `test_who_may_see_may_stop` does that once
        method = "GET" if not (route.order or route.changes) else "POST"
        wrong = "no-such-parameter=1" if method == "POST" else None
        answer = site.console.call(asked(route), method, form=wrong, headers=caller.headers)
        assert is_refused(answer) is not may, (caller.name, answer.status, answer.body[:200])


@pytest.mark.parametrize("route", OWN, ids=lambda one: one.path)
def test_ones_own_account_is_for_a_browser_that_is_logged_in(site: Site, route: Route) -> None:
    method = "POST" if route.changes else "GET"
    right = urlencode({one.name: one.example for one in route.parameters if one.required}) if route.changes else None
    wrong = "no-such-parameter=1" if route.changes else None  # which nothing is done by
    for caller in site.callers:
        by_token = "token" in caller.name
        answer = site.console.call(route.path, method, form=right if by_token else wrong, headers=caller.headers)
        assert answer.status == (401 if caller.name == "nobody" else 403 if by_token else 400 if route.changes else 200)
        assert not by_token or "no token does it" in answer.error


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "OPTIONS", "TRACE", "get"])
@pytest.mark.parametrize(
    "target",
    [
        *("/get/status", "//get/status", "/get/status/", "/GET/status", "/get/%73tatus", "/get%2Fstatus"),
        *("/get/./status", "/js/../get/status", "/js/%2e%2e/get/status", "/get/status%00", "/get/status;x"),
        *("/%2e/get/frame", "/get\\status"),
        *("/get/frame", "//get/frame", "/get/frame/", "/", "/index.html", "/openapi.json", "/accounts", "/accounts/"),
    ],
)  # fmt: skip
def test_no_way_of_writing_a_path_shows_nobody_anything(site: Site, target: str, method: str) -> None:
    answer = site.console.call(target, method, form="" if method == "POST" else None)
    assert answer.status in (400, 401, 404, 405), answer.body[:200]
    whole = site.console.call(f"{site.console.address.rstrip('/')}{target}", method)
    assert whole.status in (400, 401, 404, 405), whole.body[:200]


ORDERS = [one for one in ROUTES if one.order]


@pytest.mark.parametrize("route", ORDERS, ids=lambda one: one.path)
def test_a_cookie_never_orders_by_get(site: Site, route: Route) -> None:
    """A link on any page sends the cookie with it; a token it does not."""
    administrator = next(one for one in site.callers if one.name == "administrator by cookie")
    answer = site.console.call(f"{asked(route)}?no-such-parameter=1", headers=administrator.headers)
    assert answer.status == 401, answer.body


def test_who_may_see_may_stop(site: Site) -> None:
    for caller in site.callers:
        answer = site.post("/setOperationMode", {"unitId": "E001", "value": "stop", "wait": "no"}, caller.headers)
        assert (answer.status in (200, 202)) is (Permission.STOP in caller.may), (caller.name, answer.body)
    wait = {"unitId": "E001", "mode": "0x0000", "wait": "no"}
    viewer = next(one for one in site.callers if one.name == "viewer by cookie")
    assert site.post("/set/dcdc", wait, viewer.headers).status in (200, 202)
    assert site.post("/set/dcdc", {**wait, "mode": "0x0041", "dvg": "350", "dig": "1"}, viewer.headers).status == 403


def test_an_order_says_whose_log_in_gave_it(site: Site) -> None:
    operator = next(one for one in site.callers if one.name == "operator by cookie")
    token = next(one for one in site.callers if one.name == "operator by token")
    for caller, by in ((operator, "operator (127.0.0.1)"), (token, "operator/test (127.0.0.1)")):
        refused = site.post("/clearThen", {}, caller.headers).json
        assert site.get(f"/commands/{refused['command']}", caller.headers).json["by"] == by


def test_the_log_says_who_was_refused_what(site: Site) -> None:
    viewer = next(one for one in site.callers if one.name == "viewer by cookie")
    token = next(one for one in site.callers if one.name == "viewer by token")
    for caller, by in (
        (viewer, "viewer (127.0.0.1): 403"), (token, "viewer/test (127.0.0.1): 403"), (None, "127.0.0.1: 401"),
    ):  # fmt: skip
        site.post("/clearThen", {}, caller.headers if caller else None)
        assert site.console.log.at(logging.INFO, f"POST '/clearThen' from {by} in "), by


def test_the_log_says_who_failed_to_prove_who_it_is(site: Site) -> None:
    site.access.directory.create("prover", "prover", Role.VIEWER, site.access.passwords.hashed(PASSWORD))
    cookie = {"Cookie": site.log_in("prover")}
    site.post("/login", {"name": "prover", "password": "wrong"})
    site.post("/account/code/end", {"own": "wrong"}, cookie)
    for line in (
        "prover logged in from 127.0.0.1", "a log-in from 127.0.0.1 failed: prover",
        "prover gave a wrong password from 127.0.0.1, before a change",
    ):  # fmt: skip
        assert site.console.log.at(logging.INFO, line), line


def test_a_browser_is_sent_to_the_log_in_and_back(site: Site) -> None:
    page = {"Accept": "text/html"}
    answer = site.get("/journal.html?unit=E001", page)
    assert (answer.status, answer.headers["location"]) == (303, "login.html?next=journal.html%3Funit%3DE001")
    form = {"name": "viewer", "password": PASSWORD, "code": "", "next": "journal.html?unit=E001"}
    answer = site.post("/login", form, page)
    assert (answer.status, answer.headers["location"]) == (303, "./journal.html?unit=E001")
    wrong = site.post("/login", {**form, "password": "wrong"}, page)
    assert wrong.status == 401
    assert b"The name, the password or the one-time code is wrong." in wrong.body
    assert b'value="journal.html?unit=E001"' in wrong.body
    assert PASSWORD.encode() not in wrong.body


def test_the_log_in_leads_back_to_the_moment_that_a_link_names(site: Site) -> None:
    page = {"Accept": "text/html"}
    asked = site.get("/?at=2026-11-27T03:12:00Z", page).headers["location"]
    to = unquote(asked.removeprefix("login.html?next="))
    assert to == "?at=2026-11-27T03:12:00Z"
    answer = site.post("/login", {"name": "viewer", "password": PASSWORD, "next": to}, page)
    assert answer.headers["location"] == "./?at=2026-11-27T03:12:00Z"  # "?at=..." would lead to /login?at=...


@pytest.mark.parametrize(
    "to", ["//evil.example", "https://evil.example", "/\\evil.example", "\\\\evil", "javascript:x"]
)
def test_the_log_in_leads_to_no_other_site(site: Site, to: str) -> None:
    form = {"name": "viewer", "password": PASSWORD, "next": to}
    assert site.post("/login", form, {"Accept": "text/html"}).headers["location"] == "."


def test_a_log_in_gives_another_id_and_ends_the_one_before(site: Site) -> None:
    first = site.log_in("viewer")
    again = site.post("/login", {"name": "viewer", "password": PASSWORD}, {"Cookie": first})
    cookie = again.headers["set-cookie"]
    assert cookie.partition(";")[0] != first
    assert "; HttpOnly; SameSite=Lax" in cookie
    assert site.get("/get/status", {"Cookie": first}).status == 401
    assert site.get("/get/status", {"Cookie": cookie.partition(";")[0]}).status == 200


def test_who_logged_out_may_still_stop_and_nothing_else(site: Site) -> None:
    cookie = {"Cookie": site.log_in("viewer")}
    assert site.post("/logout", {}, cookie).json["name"] is None
    assert site.get("/get/status", cookie).status == 401
    stop = {"unitId": "E001", "value": "stop", "wait": "no"}
    assert site.post("/setOperationMode", stop, cookie).status in (200, 202)
    assert site.post("/setOperationMode", {**stop, "value": "softstop"}, cookie).status == 401


def test_cookies_of_others_on_this_host_keep_nobody_from_stopping(site: Site) -> None:
    """Cookies know no ports: what else answers on this host may set as many as a head holds, also of our name."""
    cookie = site.log_in("viewer")
    name = cookie.partition("=")[0]
    others = ["x=" + "y" * 10_000, "; ".join(f"{name}={number:043}" for number in range(150))]
    stop = {"unitId": "E001", "value": "stop", "wait": "no"}
    for before in others:
        shown = {"Cookie": f"{before}; {cookie}"}
        assert site.get("/session", shown).json["name"] == "viewer"
        assert site.post("/setOperationMode", stop, shown).status in (200, 202)
    assert site.get("/session", {"Cookie": others[1]}).json["name"] is None


def test_of_many_who_know_the_old_password_one_gives_a_new_one(site: Site) -> None:
    """Whoever comes second no longer knows the password, though it did when it asked."""
    site.access.directory.create("raced", "raced", Role.VIEWER, site.access.passwords.hashed(PASSWORD))
    cookie = {"Cookie": site.log_in("raced")}

    def change(number: int) -> int:
        form = {"own": PASSWORD, "password": f"the horse of number {number}"}
        return site.post("/account/password", form, cookie).status

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(change, range(4))) == [200, 403, 403, 403]


def test_a_secret_in_an_address_is_refused_and_stands_in_no_log(site: Site) -> None:
    answer = site.console.call("/login?name=viewer&password=hush-hush-hush", "POST", form="")
    assert answer.status == 400
    assert not any("hush" in record.getMessage() for record in site.console.log.records)


def test_a_foreign_pages_form_logs_nobody_in(site: Site) -> None:
    """A log-in that another site's page sends would have a person work under somebody else's name."""
    foreign = {"Origin": "http://evil.example", "Accept": "text/html"}
    assert site.post("/login", {"name": "viewer", "password": PASSWORD}, foreign).status == 403


def test_one_time_codes_are_set_up_asked_for_and_taken_once(site: Site) -> None:
    site.access.directory.create("coded", "coded", Role.OPERATOR, site.access.passwords.hashed(PASSWORD))
    cookie = {"Cookie": site.log_in("coded")}
    begun = site.post("/account/code/begin", {"own": PASSWORD}, cookie).json
    assert begun["secret"] in begun["uri"]
    assert begun["qr"].startswith("<svg")
    codes = pyotp.TOTP(begun["secret"])
    code = codes.at(utc_now() - timedelta(seconds=30))
    assert site.post("/account/code/confirm", {"code": code}, cookie).json["codes"] is True
    assert site.post("/login", {"name": "coded", "password": PASSWORD}).status == 401
    assert site.post("/login", {"name": "coded", "password": PASSWORD, "code": code}).status == 401
    code = codes.now()
    first = site.post("/login", {"name": "coded", "password": PASSWORD, "code": code})
    again = site.post("/login", {"name": "coded", "password": PASSWORD, "code": code})
    assert (first.status, again.status) == (200, 401)


def test_what_was_done_with_accounts_stands_in_the_journal(site: Site) -> None:
    administrator = next(one for one in site.callers if one.name == "administrator by cookie")
    made = {"name": "later", "role": "viewer", "password": "a horse for later", "own": PASSWORD}
    assert site.post("/accounts/make", made, administrator.headers).status == 200

    def found() -> list[dict[str, str]]:
        rows = site.get("/journal?limit=500", administrator.headers).json["rows"]
        return [one for one in rows if one["what"] == "made the account later as viewer"]

    until(found, "the row, which is written behind")
    (row,) = found()
    assert (row["kind"], row["by"]) == ("access", "administrator (127.0.0.1)")


def test_a_change_takes_ones_own_password_and_no_token(site: Site) -> None:
    form = {"name": "never", "role": "viewer", "password": "a horse for never", "own": "wrong wrong wrong"}
    by_cookie, by_token = (
        next(one for one in site.callers if one.name == f"administrator by {how}") for how in ("cookie", "token")
    )
    assert site.post("/accounts/make", form, by_cookie.headers).error == "The password is wrong."
    assert site.post("/accounts/make", {**form, "own": PASSWORD}, by_token.headers).status == 403
    names = [one["name"] for one in site.get("/accounts", by_cookie.headers).json["accounts"]]
    assert "never" not in names


@pytest.mark.parametrize("anonymous", MAY)
def test_nobody_may_what_the_setting_says(tmp_path_factory: pytest.TempPathFactory, anonymous: str) -> None:
    folder = tmp_path_factory.mktemp(anonymous)
    with Console(folder, simulate=2, accounts=True, anonymous=anonymous) as console:
        until(lambda: console.controller.stores.cache.snapshot().units, "the first units")
        may = MAY[anonymous]
        assert (console.call("/get/frame").status == 200) is (Permission.VIEW in may)
        stop = console.call("/setOperationMode", "POST", form="value=stop&unitId=E001&wait=no")
        assert (stop.status in (200, 202)) is (Permission.STOP in may)
        assert console.call("/setOperationMode", "POST", form="value=autonomous&wait=no").status == 401
        assert console.call("/session").json["permissions"] == sorted(may)


def test_codes_that_are_wanted_come_before_orders(tmp_path_factory: pytest.TempPathFactory) -> None:
    with Console(tmp_path_factory.mktemp("codes"), simulate=1, accounts=True, onetimecodes=True) as console:
        site = Site(console)
        operator = next(one for one in site.callers if one.name == "operator by cookie")
        refused = site.post("/clearThen", {}, operator.headers)
        assert refused.status == 403
        assert "Set up one-time codes first" in refused.error
        assert site.get("/session", operator.headers).json["codesWanted"] is True
        begun = site.post("/account/code/begin", {"own": PASSWORD}, operator.headers).json
        site.post("/account/code/confirm", {"code": pyotp.TOTP(begun["secret"]).now()}, operator.headers)
        assert site.post("/clearThen", {}, operator.headers).status == 404


def test_without_accounts_everybody_may_and_the_routes_of_accounts_say_so(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    with Console(tmp_path_factory.mktemp("off"), simulate=1) as console:
        until(lambda: ready(console, 1), "the first picture")
        assert console.call("/login.html").status == 404
        for route in (
            one for one in routes_of_accounts.ROUTES if one.changes and one is not routes_of_accounts.LOG_OUT
        ):
            form = urlencode({one.name: one.example for one in route.parameters if one.required})
            answer = console.call(route.path, "POST", form=form)
            assert (answer.status, answer.error) == (404, "This console has no accounts (setting accounts).")


WORSE = ["", "%00", "%ff", "E001%0a", "x" * 257]
"""Values that no parameter of a change may have, as they stand in a form."""


@pytest.mark.parametrize("route", [one for one in ROUTES if one.changes and one.parameters], ids=lambda one: one.path)
def test_a_bad_value_changes_nothing_of_accounts(site: Site, route: Route) -> None:
    """Each is one sentence, by whoever may."""
    administrator = next(one for one in site.callers if one.name == "administrator by cookie")
    before = site.access.directory.accounts()
    good = {one.name: one.example for one in route.parameters if one.required}
    for one in route.parameters:
        for value in WORSE:
            if not value and one.may_be_empty:
                continue
            rest = urlencode({name: text for name, text in good.items() if name != one.name})
            answer = site.console.call(
                route.path, "POST", form=f"{rest}&{one.name}={value}", headers=administrator.headers
            )
            assert answer.status == 400, (one.name, value, answer.body)
            assert answer.error
        unknown = f"{urlencode(good)}&{one.name}x=1"
        assert site.console.call(route.path, "POST", form=unknown, headers=administrator.headers).status == 400
    assert site.access.directory.accounts() == before
