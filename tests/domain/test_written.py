"""What persons write is kept as it reads, in any script (M14, M15)."""

import pytest

from main_controller.domain.written import read_alike, refused_in, tidy


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Sato ", "Sato"),
        ("\u3000佐藤\u3000\u3000一郎\u3000", "佐藤 一郎"),
        ("か\u3099", "が"),
        ("Ｓａｔｏ　１", "Sato 1"),
        ("ｶﾞｽ点検", "ガス点検"),
        ("O\u00a0Neill  \u2003x", "O Neill x"),
        ("\ufeffAn\u200bna\u00ad", "Anna"),
        ("علي\u200f", "علي"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("葛\U000e0100城", "葛\U000e0100城"),
        ("\U0001f468\u200d\U0001f527", "\U0001f468\u200d\U0001f527"),
        ("\u2800\u3164", ""),
    ],
)
def test_a_text_is_kept_as_it_reads(typed: str, kept: str) -> None:
    assert tidy(typed) == kept
    assert tidy(kept) == kept


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Sato ", "Sato"),
        ("か\u3099", "が"),
        ("葛\U000e0100城", "葛城"),
        ("佐藤\u3000一郎", "佐藤 一郎"),
        ("x\u200dy", "xy"),
    ],
)
def test_what_reads_the_same_is_the_same_name(one: str, other: str) -> None:
    assert read_alike(one, other)
    assert read_alike(other, one)


@pytest.mark.parametrize("other", ["sato", "Sat o", "Satō", ""])
def test_what_reads_otherwise_is_another_name(other: str) -> None:
    assert not read_alike("Sato", other)


@pytest.mark.parametrize(
    "text", ["佐藤\u3000", "𐎀𐎁", "\U0001f9ff", "\U00016100\U000323b0", "\ue000", "שלום\u200f", "نه\u200cگ"]
)
def test_any_letter_may_be_written_also_one_that_this_python_does_not_know(text: str) -> None:
    assert refused_in(text) is None


@pytest.mark.parametrize("sign", ["\n", "\t", "\x00", "\x1b", "\x85", "\u2028", "\u202e", "\u2066", "\ud800"])
def test_what_steers_the_text_around_it_is_refused(sign: str) -> None:
    assert refused_in(f"An{sign}na") == sign
