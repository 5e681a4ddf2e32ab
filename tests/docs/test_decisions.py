"""The pages of decisions, wire and glossary explain what is cited and which words there are."""

import re
from collections.abc import Iterable
from pathlib import Path

import pytest

from main_controller.domain.commands import UNCONFIRMED, CommandState
from main_controller.domain.freshness import UnitState
from main_controller.domain.modes import BUDO_WORDS, ConverterStatus, Mode
from main_controller.domain.schedule import Operation
from main_controller.domain.transfer import Step, TransferState
from main_controller.procedures.then_mode import ThenState
from main_controller.rules.bus_condition import ConditionKind
from main_controller.rules.due import Action
from main_controller.workers.scheduler.outcomes import DONE, FAILED
from tests.docs.citations import citations, ids_in, sources
from tests.docs.pages import page

HEADING = re.compile(r"^### ([A-Z]+\d+\S*): \S", re.MULTILINE)
IDS = ("decisions.md", "wire.md")
"""The pages that explain ids."""


def headings(root: Path) -> list[str]:
    """The ids in the headings of both pages, as they stand there: one id or a range each."""
    return [found for name in IDS for found in HEADING.findall(page(root, name))]


def explained(root: Path) -> list[str]:
    """Every id that has a heading, ranges taken apart."""
    return [one for heading in headings(root) for one in ids_in(heading)]


def test_every_cited_id_is_explained(root: Path) -> None:
    known = set(explained(root))
    assert {cited: places for cited, places in citations(root).items() if cited not in known} == {}


def test_nothing_is_explained_that_nobody_cites(root: Path) -> None:
    """What is cited no more goes, so that the pages stay as long as the program needs them."""
    assert set(explained(root)) - set(citations(root)) == set()


def test_each_id_is_explained_once_and_in_a_heading_of_the_usual_form(root: Path) -> None:
    found = explained(root)
    assert sorted(found) == sorted(set(found))
    texts = [page(root, name) for name in IDS]
    assert len(headings(root)) == sum(text.count("\n### ") for text in texts)


@pytest.mark.parametrize(
    ("line", "ids"),
    [
        ("of the page (Z6b, K4).", ["Z6b", "K4"]),
        ('    """S7: named."""', ["S7"]),
        ("(A15-4, AV1; Z13a)", ["A15-4", "AV1", "Z13a"]),
        ("R1-R3 and N13's cautions", ["R1", "R2", "R3", "N13"]),
        ("Z7-Z9b", ["Z7", "Z8", "Z9b"]),
        ("G3: \"--\" does nothing, by (c) and `R11`", ["G3", "R11"]),
        ("E001, E2 and E1\u202e", []),
        ("%C3%A9 U+202E 0x0041 2020-W20-3T12:00 T12:30", []),
        ("=1+2 @SUM(A1) V8.GC_MC N1-199 f\"N{poll}\" x=R2D2 P1", []),
    ],
)  # fmt: skip
def test_an_id_is_told_from_what_looks_like_one(line: str, ids: list[str]) -> None:
    assert list(ids_in(line)) == ids


def lines(paths: Iterable[Path], pattern: str, root: Path) -> list[str]:
    """Where the pattern stands, as file:line text."""
    return [
        f"{path.relative_to(root)}:{number}: {line.strip()}"
        for path in paths
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if re.search(pattern, line)
    ]


def test_no_number_of_an_issue_stands_in_the_code(root: Path) -> None:
    """Issues are not in the checkout; what was decided there has an id of its own."""
    assert lines(sources(root), r"(?i)\bissues?,? (#?\d|sections? \d)", root) == []


def test_no_document_is_named_that_the_checkout_does_not_have(root: Path) -> None:
    have = {path.name for folder in (root, root / "docs", root / "benchmarks") for path in folder.glob("*.md")}
    named = {
        name
        for path in sources(root)
        for name in re.findall(r"[\w-]+\.md\b", path.read_text("utf-8"))
        if "tests/docs" not in str(path)
    }
    assert named - have == set()


def test_the_glossary_has_every_state_and_word_of_the_closed_lists(root: Path) -> None:
    """Whatever a status, an order or a file may say by one word is explained."""
    text = page(root, "glossary.md")
    lists = (
        CommandState,
        UnitState,
        Mode,
        ConverterStatus,
        Operation,
        TransferState,
        Step,
        ThenState,
        BUDO_WORDS,
        ConditionKind,
    )
    outcomes = {DONE, FAILED, *(set(Action) - {Action.SEND, Action.WAIT})}
    statuses = {str(status) for one in lists for status in one} | outcomes | {UNCONFIRMED}
    assert {status for status in statuses if f"`{status}`" not in text} == set()


def test_the_glossarys_modes_are_the_programs(root: Path) -> None:
    """One mode a row: the page's name, apis-main's word, apis-web's."""
    text = page(root, "glossary.md")
    rows = re.findall(r"^\| (\w[\w ]*) \| `(\w+)` \| `(\w+)` \|", text, re.MULTILINE)
    assert rows == [(mode.label, str(mode), status) for status, mode in BUDO_WORDS.items()]
