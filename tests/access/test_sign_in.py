"""The log-in: one sentence for all that is wrong, slowed where it fails, and a code that is taken once."""

import threading
from datetime import timedelta

import argon2
import pyotp
import pytest

from main_controller.access.asker import Asker
from main_controller.access.sessions import Begun
from main_controller.access.sign_in import LATELY, SignIn
from main_controller.accounts.roles import Role
from main_controller.credentials.passwords import Passwords
from main_controller.errors import ControllerError, Forbidden, TooMany, Unauthorized
from tests.access.site import ADDRESS, Site

GOOD = "correct horse battery"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
WRONG = "The name, the password or the one-time code is wrong."


@pytest.fixture(scope="module")
def good() -> str:
    return Passwords().hashed(GOOD, "anna")


@pytest.fixture
def verified(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Each hash that a password was held to."""
    found: list[str] = []
    verify = argon2.PasswordHasher.verify

    def noted(self: argon2.PasswordHasher, hash: str, password: bytes) -> bool:
        found.append(hash)
        return verify(self, hash, password)

    monkeypatch.setattr(argon2.PasswordHasher, "verify", noted)
    return found


class Door:
    """The log-in of a site where anna and ben are, and cara, who is disabled; ben has one-time codes."""

    def __init__(self, site: Site, good: str) -> None:
        self.site = site
        self.anna = site.account("anna", Role.ADMINISTRATOR, good)
        self.ben = site.directory.set_code_secret(site.account("ben", Role.OPERATOR, good).number, SECRET)
        self.cara = site.directory.change(site.account("cara", Role.VIEWER, good).number, enabled=False)
        self.passwords = Passwords(waiting=1, patience=0.01)
        self.sign_in = SignIn(site.directory, self.passwords, wall=site.wall, clock=lambda: site.now)

    def begin(self, name: str, password: str = GOOD, code: str = "", address: str = ADDRESS) -> Begun:
        return self.sign_in.begin(name, password, code, address=address, browser="Firefox")

    def code(self, steps: int = 0) -> str:
        return pyotp.TOTP(SECRET).at(self.site.wall() + timedelta(seconds=30 * steps))


@pytest.fixture
def door(site: Site, good: str) -> Door:
    return Door(site, good)


def test_name_and_password_begin_a_session(door: Door) -> None:
    begun = door.begin(" ＡNNA")
    assert door.site.role(begun) is Role.ADMINISTRATOR
    assert (begun.session.address, begun.session.browser) == (ADDRESS, "Firefox")


@pytest.mark.parametrize(
    ("name", "password", "code"),
    [
        ("anna", "wrong horse battery", ""),
        ("anna", "", ""),
        ("nobody", GOOD, ""),
        ("", "", ""),
        ("x" * 1_000_000, GOOD, ""),
        ("\ud800", "\ud800", "\ud800"),
        ("anna", "x" * 1_000_000, ""),
        ("cara", GOOD, ""),
        ("ben", GOOD, ""),
        ("ben", GOOD, "000000"),
        ("ben", "wrong horse battery", "000000"),
    ],
)
def test_whatever_is_wrong_the_sentence_is_one_and_one_hash_is_made(
    door: Door, verified: list[str], name: str, password: str, code: str, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(Unauthorized) as refused:
        door.begin(name, password, code)
    assert (refused.value.sentence, refused.value.status) == (WRONG, 401)
    assert len(verified) == 1
    assert {one[:30] for one in verified} == {"$argon2id$v=19$m=19456,t=2,p=1"}
    assert GOOD not in caplog.text


def test_a_password_typed_into_the_name_is_in_no_log(door: Door, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    with pytest.raises(Unauthorized):
        door.begin(GOOD, "")
    assert "no such name" in caplog.text
    assert GOOD not in caplog.text


def test_with_one_time_codes_the_code_is_needed_and_taken_once(door: Door) -> None:
    code = door.code()
    assert door.begin("ben", code=code)
    for used in (code, door.code(-1)):
        with pytest.raises(Unauthorized, match="is wrong"):
            door.begin("ben", code=used)
    door.site.wait(seconds=30)
    assert door.begin("ben", code=door.code())


def test_a_code_is_not_taken_again_after_a_restart(door: Door, good: str) -> None:
    code = door.code()
    door.begin("ben", code=code)
    later = door.site.again()
    again = SignIn(later.directory, Passwords(), wall=later.wall, clock=lambda: later.now)
    with pytest.raises(Unauthorized):
        again.begin("ben", GOOD, code, address=ADDRESS, browser="")
    assert again.begin("ben", GOOD, door.code(1), address=ADDRESS, browser="")


def test_a_wrong_password_uses_no_code_up(door: Door) -> None:
    with pytest.raises(Unauthorized):
        door.begin("ben", "wrong horse battery", door.code())
    assert door.begin("ben", code=door.code())


def test_failures_slow_the_next_ones_and_say_for_how_long(door: Door, verified: list[str]) -> None:
    for _ in range(5):
        with pytest.raises(Unauthorized):
            door.begin("anna", "wrong horse battery")
    count = len(verified)
    with pytest.raises(TooMany, match="may be tried in 1 s") as slowed:
        door.begin("anna")
    assert slowed.value.headers["Retry-After"] == "1"
    assert len(verified) == count
    door.site.wait(seconds=1)
    assert door.begin("anna")


def test_names_that_there_are_not_are_slowed_alike(door: Door) -> None:
    outcomes = []
    for name in ("anna", "nobody"):
        for place in range(7):
            with pytest.raises((Unauthorized, TooMany)) as refused:
                door.begin(name, "wrong horse battery", address=f"10.0.{len(name)}.{place}")
            outcomes.append((name, refused.value.status))
    assert [status for name, status in outcomes if name == "anna"] == [
        status for name, status in outcomes if name == "nobody"
    ]
    assert [status for _, status in outcomes].count(429) == 4


def test_who_finds_too_many_at_once_is_not_slowed_for_it(door: Door) -> None:
    held, go = threading.Event(), threading.Event()

    def hold() -> None:
        with door.passwords._turn.place():
            held.set()
            go.wait(10.0)

    thread = threading.Thread(target=hold)
    thread.start()
    assert held.wait(10.0)
    for _ in range(20):
        with pytest.raises(TooMany, match="at this moment"):
            door.begin("anna")
    go.set()
    thread.join(10.0)
    assert door.begin("anna")


def test_while_accounts_cannot_be_read_it_is_said_and_nobody_is_slowed_for_it(site: Site) -> None:
    site.database.path.write_bytes(b"no database " * 1000)
    blind = Site(site.database.path)
    sign_in = SignIn(blind.directory, Passwords(), wall=blind.wall, clock=lambda: blind.now)
    for _ in range(20):
        with pytest.raises(ControllerError, match="cannot be") as fault:
            sign_in.begin("anna", GOOD, "", address=ADDRESS, browser="")
        assert not isinstance(fault.value, TooMany | Unauthorized)


def test_a_password_that_changed_meanwhile_is_wrong(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    verify = Passwords.verified

    def slow(self: Passwords, password_hash: str | None, password: str) -> bool:
        right = verify(self, password_hash, password)
        door.site.directory.set_password(door.anna.number, "another")
        return right

    monkeypatch.setattr(Passwords, "verified", slow)
    with pytest.raises(Unauthorized, match="is wrong"):
        door.begin("anna")


def test_what_is_grave_is_confirmed_by_the_password_and_slowed_too(door: Door) -> None:
    anna = Asker(door.anna, door.begin("anna").session)
    door.sign_in.confirm(anna, GOOD, "", address="10.0.9.9")
    for _ in range(10):
        with pytest.raises(Forbidden, match="The password is wrong"):
            door.sign_in.confirm(anna, "wrong horse battery", "", address="10.0.9.9")
    with pytest.raises(TooMany):
        door.sign_in.confirm(anna, GOOD, "", address="10.0.9.9")


def test_with_one_time_codes_what_is_grave_takes_one_but_for_five_minutes_after_another(door: Door) -> None:
    """ASVS 7.5.1. Each code is taken once, so that several changes in a row take one."""
    ben = Asker(door.ben, door.begin("ben", code=door.code()).session)
    door.site.wait(seconds=LATELY - 1)
    door.sign_in.confirm(ben, GOOD, "", address=ADDRESS)
    door.site.wait(seconds=1)
    with pytest.raises(Forbidden, match="takes a one-time code too"):
        door.sign_in.confirm(ben, GOOD, "", address=ADDRESS)
    code = door.code()
    door.sign_in.confirm(ben, GOOD, code, address=ADDRESS)
    door.sign_in.confirm(ben, GOOD, "", address=ADDRESS)
    door.site.wait(seconds=LATELY)
    with pytest.raises(Forbidden, match="The password or the one-time code is wrong"):
        door.sign_in.confirm(ben, GOOD, code, address=ADDRESS)


def test_a_code_holds_for_the_session_in_which_it_was_given_alone(door: Door) -> None:
    elsewhere = Asker(door.ben, door.site.begin(door.ben).session)
    door.begin("ben", code=door.code())
    with pytest.raises(Forbidden, match="takes a one-time code too"):
        door.sign_in.confirm(elsewhere, GOOD, "", address=ADDRESS)


def test_what_is_missing_or_wrong_tells_nothing_of_the_password_and_wrong_codes_are_slowed(
    door: Door, verified: list[str]
) -> None:
    ben = Asker(door.ben, door.site.begin(door.ben).session)
    for password in (GOOD, "wrong horse battery"):
        with pytest.raises(Forbidden, match="takes a one-time code too"):
            door.sign_in.confirm(ben, password, "", address=ADDRESS)
    assert verified == []
    for password, code in ((GOOD, "000000"), ("wrong horse battery", door.code())):
        for _ in range(3):
            with pytest.raises((Forbidden, TooMany)) as refused:
                door.sign_in.confirm(ben, password, code, address=ADDRESS)
    assert isinstance(refused.value, TooMany)
    door.site.wait(seconds=60)
    door.sign_in.confirm(ben, GOOD, door.code(), address=ADDRESS)


def test_it_replaces_what_the_browser_had(door: Door) -> None:
    first = door.begin("anna")
    second = door.sign_in.begin("anna", GOOD, "", address=ADDRESS, browser="", replaces=first.session_id)
    assert not door.site.stops(first)
    assert door.site.stops(second)
