"""How names are written and found, and what an account shows of itself."""

import pytest

from main_controller.accounts.account import (
    LONGEST_NAME,
    Account,
    display_name_of,
    key_of,
    name_of,
    token_name_of,
)
from main_controller.accounts.roles import Role
from main_controller.errors import BadRequest


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  anna  ", "anna"),
        ("Ａｎｎａ", "Anna"),
        ("佐藤\u3000一郎", "佐藤 一郎"),
        ("か\u3099", "が"),
        ("an\u200bna", "anna"),
        ("x" * LONGEST_NAME, "x" * LONGEST_NAME),
    ],
)
def test_a_name_is_kept_as_it_reads(typed: str, kept: str) -> None:
    assert name_of(typed) == display_name_of(typed) == token_name_of(typed) == kept


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("", "The name is empty"),
        (" \t ", "cannot be printed"),
        ("\u3000 ", "The name is empty"),
        ("\u200b", "The name is empty"),
        ("\ufe0f", "The name is empty"),
        ("an\nna", "cannot be printed"),
        ("an\x00na", "cannot be printed"),
        ("\u202eanna", "cannot be printed"),
        ("anna" + chr(0xD800), "cannot be printed"),
        ("\ue000", "cannot be printed"),
        ("anna\ufffd", "cannot be printed"),
        ("x" * (LONGEST_NAME + 1), "longer than 64 characters"),
        ("\ufdfa" * 4, "longer than 64 characters"),
    ],
)
def test_what_can_be_no_name_is_refused(typed: str, why: str) -> None:
    with pytest.raises(BadRequest, match=why):
        name_of(typed)


@pytest.mark.parametrize(
    ("one", "other"), [("Anna", "aNNA"), ("Straße", "STRASSE"), ("ＡＮＮＡ ", "anna"), ("Ǆ", "ǆ"), ("İ", "i̇")]
)
def test_names_that_differ_in_case_or_width_alone_are_one(one: str, other: str) -> None:
    assert key_of(one) == key_of(other)


def test_other_names_are_others() -> None:
    assert len({key_of(name) for name in ("anna", "ann", "anna b", "änna")}) == 4


def test_what_is_secret_is_in_no_text_of_an_account() -> None:
    account = Account(1, "Anna", "Anna B.", Role.VIEWER, True, "the hash", "the secret")
    assert "the hash" not in repr(account)
    assert "the secret" not in repr(account)
    assert account.key == "anna"
