"""docs/security-asvs.md claims nothing that no test holds: each row has a verdict and its tests exist."""

import ast
import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.docs.pages import page, section

ROOT = Path(__file__).resolve().parents[2]
VERDICTS = {"held", "in part", "by reading", "not", "reverse proxy", "does not apply"}
TESTED = {"held", "in part"}
UNTESTED = {"by reading", "not", "does not apply"}
TEST = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
LEFT_OUT = {5, 9, 10, 15, 17}
"""The chapters of the standard that are not gone through, as the page says."""

FEWEST = 180
"""Rows; the chapters gone through have more than so many of levels 1 and 2."""


class Row(NamedTuple):
    """One requirement, as the page tells of it."""

    number: tuple[int, ...]
    level: str
    verdict: str
    why: str


def rows_of(text: str) -> list[Row]:
    """All rows of the chapters' tables."""
    found = [line.strip("|\n ").split(" | ") for line in text.splitlines() if re.match(r"\| \d", line)]
    return [Row(tuple(map(int, row[0].split("."))), row[1], row[3], " | ".join(row[4:])) for row in found]


ROWS = rows_of(page(ROOT, "security-asvs.md"))


@cache
def named_in(file: Path) -> set[str]:
    """The tests of a file; nothing where there is no such file."""
    if not file.is_file():
        return set()
    return {
        one.name
        for one in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(one, ast.FunctionDef) and one.name.startswith("test_")
    }


def faults_of(row: Row) -> list[str]:
    """What a row claims without right."""
    found = [f"there is no test {name} in {file}" for file, name in TEST.findall(row.why)
             if name not in named_in(ROOT / file)]  # fmt: skip
    named = len(TEST.findall(row.why))
    if named != row.why.count("::"):
        found.append("a test is not named as `tests/….py::name`")
    if row.verdict not in VERDICTS:
        found.append(f"{row.verdict!r} is no verdict")
    if row.verdict in TESTED and not named:
        found.append("no test is named")
    if row.verdict in UNTESTED and named:
        found.append("a test is named for what no test holds")
    if row.verdict != "held" and not TEST.sub("", row.why).replace("<br>", "").strip():
        found.append("it is not said why, or what is missing")
    return found


@pytest.mark.parametrize("row", ROWS, ids=lambda row: ".".join(map(str, row.number)))
def test_each_row_claims_what_there_is(row: Row) -> None:
    assert faults_of(row) == []
    assert row.level in ("1", "2")


def test_rows_are_in_order_each_once_under_their_chapter() -> None:
    text = page(ROOT, "security-asvs.md")
    numbers = [row.number for row in ROWS]
    assert numbers == sorted(set(numbers))
    assert all(len(number) == 3 for number in numbers)
    assert len(numbers) > FEWEST
    titles = re.findall(r"^## (Chapter (\d+): .+)$", text, re.MULTILINE)
    assert {int(chapter) for _, chapter in titles} == set(range(1, 18)) - LEFT_OUT
    for title, chapter in titles:
        assert {row.number[0] for row in rows_of(section(text, f"## {title}"))} == {int(chapter)}


def test_every_verdict_is_explained() -> None:
    explained = re.findall(r"^\| ([a-z ]+) \| ", page(ROOT, "security-asvs.md").split("\n## ")[0], re.MULTILINE)
    assert set(explained) - {"verdict"} == VERDICTS


def test_a_claim_without_right_is_seen() -> None:
    right = "`tests/docs/test_security_asvs.py::test_every_verdict_is_explained`"
    for verdict, why, said in (
        ("held", "", "no test is named"),
        ("held", right.replace("every", "no"), "there is no test"),
        ("held", right.replace("asvs.py", "nothing.py"), "there is no test"),
        ("held", right.strip("`"), "not named as"),
        ("in part", right, "what is missing"),
        ("by reading", f"{right}<br>so it is", "for what no test holds"),
        ("not", "", "not said why"),
        ("surely", "so it is", "is no verdict"),
    ):
        assert any(said in fault for fault in faults_of(Row((1, 1, 1), "1", verdict, why))), (verdict, why)
    assert faults_of(Row((1, 1, 1), "1", "held", right)) == []
