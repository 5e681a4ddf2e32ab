"""The documents: README.md is the front door, docs/ holds the rest; and how one section of a page is read."""

import re
from pathlib import Path

EXPLAINING = ("decisions.md", "wire.md", "glossary.md")
"""Pages of docs/ that explain what the others, and the code, cite."""


def page(root: Path, name: str) -> str:
    """The text of one page of docs/."""
    return (root / "docs" / name).read_text("utf-8")


def section(text: str, title: str) -> str:
    """What stands under one heading, with its smaller headings; `title` bears its marks, as in `## Orders`."""
    level = title.split(" ")[0]
    return re.split(rf"\n#{{1,{len(level)}}} ", text.split(f"\n{title}\n", 1)[1])[0]


def told(root: Path) -> list[Path]:
    """README.md and every page of docs/."""
    return [root / "README.md", *sorted((root / "docs").glob("*.md"))]
