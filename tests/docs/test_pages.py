"""The front door stays short, every page says whom it is for, and every link and picture leads somewhere."""

import re
from pathlib import Path

import pytest

from tests.docs.pages import told

ROOT = Path(__file__).resolve().parents[2]
LINKED = [*ROOT.glob("*.md"), *(ROOT / "benchmarks").glob("*.md"), *(ROOT / "docs").glob("*.md")]
LONGEST_FRONT_DOOR = 9000
"""Bytes of README.md."""


def in_plain_text(text: str) -> str:
    """The page without its blocks of code, in which a bracket links nothing and a # is no heading."""
    return re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)


def anchors(text: str) -> list[str]:
    """The anchors that GitHub gives a page's headings."""
    titles = re.findall(r"^#+ (.+)$", in_plain_text(text), re.MULTILINE)
    return [re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles]


def lost(file: Path, text: str) -> list[str]:
    """The links and pictures of a page's text that lead to no file, or to no heading of it."""
    found = []
    for link in re.findall(r"\]\(([^)\s]+)\)", in_plain_text(text)):
        name, _, anchor = link.partition("#")
        target = file.parent / name if name else file
        if "://" in link or (target.exists() and not anchor):
            continue
        if not target.is_file() or anchor not in anchors(target.read_text("utf-8")):
            found.append(link)
    return found


def test_the_front_door_is_short(root: Path) -> None:
    """Reference stands in docs/."""
    assert (root / "README.md").stat().st_size <= LONGEST_FRONT_DOOR


def test_the_front_door_shows_the_page_and_leads_to_every_document(root: Path) -> None:
    text = (root / "README.md").read_text("utf-8")
    assert re.search(r"!\[[^\]]+\]\(docs/page\.png\)", text)
    assert [file.name for file in told(root)[1:] if f"](docs/{file.name})" not in text] == []


@pytest.mark.parametrize("file", LINKED, ids=lambda file: str(file.relative_to(ROOT)))
def test_every_link_within_the_checkout_leads_somewhere(file: Path) -> None:
    """To a file that is there, and where it names a heading, to that."""
    assert lost(file, file.read_text("utf-8")) == []


@pytest.mark.parametrize("link", ["nowhere.md", "docs/nowhere.png", "docs/api.md#nowhere", "#nowhere"])
def test_a_link_that_leads_nowhere_is_seen(root: Path, link: str) -> None:
    assert lost(root / "README.md", f"see [it]({link})") == [link]


@pytest.mark.parametrize("file", told(ROOT), ids=lambda file: file.name)
def test_headings_of_one_page_differ(file: Path) -> None:
    """Else a link to one of them leads to the first."""
    found = anchors(file.read_text("utf-8"))
    assert [one for one in found if found.count(one) > 1] == []


@pytest.mark.parametrize("file", told(ROOT), ids=lambda file: file.name)
def test_a_page_opens_with_a_title_and_a_sentence(file: Path) -> None:
    """What it is for, and for whom."""
    assert re.match(r"# [^\n]+\n\n[A-Z][^\n]+", file.read_text("utf-8"))
