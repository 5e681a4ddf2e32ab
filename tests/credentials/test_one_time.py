"""One-time codes: those of a phone, one step around, each once, whatever is typed."""

import xml.etree.ElementTree as ElementTree
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pyotp
import pytest

from main_controller.credentials.one_time import new_code_secret, provisioning_uri, qr_code, right_step, step_of

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
NOON = datetime(2026, 5, 13, 12, tzinfo=UTC)
HERE = step_of(NOON)


def code(steps: int = 0) -> str:
    return pyotp.TOTP(SECRET).at(NOON + timedelta(seconds=30 * steps))


def test_the_code_is_that_of_the_standard() -> None:
    """RFC 6238, appendix B: the last six of eight digits."""
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    at = datetime(2005, 3, 18, 1, 58, 29, tzinfo=UTC)
    assert right_step(secret, "081804", at, None) == step_of(at) == 0x23523EC


@pytest.mark.parametrize(("steps", "right"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_it_holds_one_step_before_and_after(steps: int, right: bool) -> None:
    assert right_step(SECRET, code(steps), NOON, None) == (HERE + steps if right else None)


def test_each_is_taken_once_and_none_older_after_it() -> None:
    assert right_step(SECRET, code(0), NOON, HERE - 1) == HERE
    assert right_step(SECRET, code(0), NOON, HERE) is None
    assert right_step(SECRET, code(-1), NOON, HERE) is None
    assert right_step(SECRET, code(1), NOON, HERE) == HERE + 1
    assert right_step(SECRET, code(1), NOON, HERE + 1) is None


def test_one_that_was_taken_by_a_clock_that_was_put_back_keeps_nobody_out() -> None:
    assert right_step(SECRET, code(0), NOON, HERE + 2) == HERE
    assert right_step(SECRET, code(0), NOON, HERE + 10**6) == HERE


@pytest.mark.parametrize("typed", ["{0} {1}", " {0}{1} ", "{0}\u3000{1}\n"])
def test_blanks_are_as_people_type_them(typed: str) -> None:
    assert right_step(SECRET, typed.format(code()[:3], code()[3:]), NOON, None) == HERE


@pytest.mark.parametrize("wrong", ["", "0", "abcdef", "１２３４５６", "\ud800" * 6, "-12345", "1" * 1_000_000])
def test_whatever_else_is_typed_is_wrong(wrong: str) -> None:
    assert right_step(SECRET, wrong, NOON, None) is None
    assert right_step(SECRET, code() + "0", NOON, None) is None
    assert right_step(SECRET, code()[:5], NOON, None) is None


def test_each_secret_is_another_of_160_bits() -> None:
    made = {new_code_secret() for _ in range(100)}
    assert len(made) == 100
    assert {len(one) for one in made} == {32}


def test_a_phone_takes_it_from_the_address_in_the_qr_code() -> None:
    uri = provisioning_uri(SECRET, "anna: b&c", "APIS 研究所")
    parts = urlsplit(uri)
    assert (parts.scheme, parts.netloc) == ("otpauth", "totp")
    assert parse_qs(parts.query) == {"secret": [SECRET], "issuer": ["APIS 研究所"]}
    read = pyotp.parse_uri(uri)
    assert isinstance(read, pyotp.TOTP)
    assert (read.secret, read.interval, read.digits) == (SECRET, 30, 6)
    picture = qr_code(uri)
    root = ElementTree.fromstring(picture)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert SECRET not in picture
    assert "style=" not in picture
    assert "<?xml" not in picture
