"""The help page says the same in both languages, with every mark drawn, and asks nobody for anything."""

import re
from pathlib import Path

import pytest

from main_controller.web.help_page import MARKS, HelpPage
from tests.web.client import Client


@pytest.fixture(scope="module")
def html(root: Path) -> str:
    """The page as it is served."""
    answer = Client(HelpPage(root / "views")).call("/help.html")
    assert answer.status == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    return answer.body.decode()


def test_both_languages_have_the_same_parts_and_the_same_marks(html: str) -> None:
    articles = re.findall(r'<article lang="(\w+)"(.*?)</article>', html, re.DOTALL)
    assert [language for language, _ in articles] == ["en", "ja"]
    english, japanese = (re.findall(r"<(h2|li|code|p)\b", text) for _, text in articles)
    assert english == japanese
    assert english.count("h2") >= 8
    kinds = {language: [kind for kind, *_ in marks] for language, marks in MARKS.items()}
    assert kinds["en"] == kinds["ja"]
    assert html.count("<svg") == 2 * len(kinds["en"])


def test_every_mark_is_drawn(html: str) -> None:
    for mark in re.findall(r"<svg.*?</svg>", html, re.DOTALL):
        assert re.search(r"<(rect|path|circle)\b", mark), mark


def test_it_is_offline_and_below_its_own_address(html: str) -> None:
    """Z18: no other host, no address from the root, nothing inline."""
    addresses = re.findall(r'(?:href|src)="([^"]*)"', html)
    assert addresses
    assert [one for one in addresses if one.startswith(("/", "http"))] == []
    assert "<style" not in html
    assert not re.search(r"<script(?![^>]*src=)", html)
