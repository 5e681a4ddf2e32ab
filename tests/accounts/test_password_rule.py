"""Which passwords are good enough, to the character and the byte."""

import pytest

from main_controller.accounts.password_rule import bytes_of, checked
from main_controller.errors import BadRequest

COMMON = {"tried by everybody"}


def accepted(password: str, *names: str) -> bytes:
    return checked(password, names or ("anna",), COMMON.__contains__)


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("", "fewer than 12 characters"),
        ("x" * 11, "fewer than 12 characters"),
        ("か\u3099" * 11, "fewer than 12 characters"),
        ("x" * 1025, "longer than 1024 bytes"),
        ("あ" * 342, "longer than 1024 bytes"),
        ("x" * 10_000_000, "longer than 1024 bytes"),
        ("half of a pair \ud800", "or no text"),
        ("Tried by Everybody", "tried first"),
        ("ＴＲＩＥＤ by everybody", "tried first"),
    ],
)
def test_what_is_not_good_enough_is_refused_with_the_reason(password: str, why: str) -> None:
    with pytest.raises(BadRequest, match=why):
        accepted(password)


def test_a_password_is_not_one_of_the_names() -> None:
    for password in ("annabelle smith", "ANNABELLE  SMITH", "ａnnabelle smith"):
        with pytest.raises(BadRequest, match="is the name"):
            accepted(password, "asmith", "Annabelle Smith")
    assert accepted("annabelle smith", "asmith")


@pytest.mark.parametrize("password", ["x" * 12, "x" * 1024, "あ" * 341, "a b\tc\x00\n" * 3, "🔋" * 12])
def test_what_is_long_enough_is_taken_as_it_is(password: str) -> None:
    assert accepted(password) == password.encode()


def test_every_keyboard_gives_the_same_bytes_but_nothing_else_is_changed() -> None:
    assert bytes_of("か\u3099 pass") == bytes_of("が pass")
    assert len({bytes_of(text) for text in ("Pass word", "pass word", "Pass word ", "Ｐass word")}) == 4
