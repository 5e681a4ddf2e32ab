"""Finds what the code, the tests and the documents cite by id, such as (Z6b, K4), N13, A15-4 or R1-R27."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.docs.pages import EXPLAINING, told

FOLDERS = ("main_controller", "js", "views", "css", "tests", "benchmarks")
SUFFIXES = (".py", ".js", ".tpl", ".css", ".md")
SINGLE = ("SECURITY.md", "startMain.py")
OWN = ("citations.py", "test_decisions.py")
"""What reads citations and shows examples of them cites nothing itself."""

KIND = r"AV|[A-DF-IK-NQ-TV-XZ]"
"""The kinds of ids. E is no kind, since units are called E001; U+202E is a character, P1 and P2 are power meters."""

CITED = re.compile(
    rf"""(?<![\w%.+=@/\\{{-])(?<!\w\()               # no part of a name, an address, a figure or a call
    (?P<first>(?P<kind>{KIND})(?P<from>\d{{1,2}})(?P<letter>[a-d]?))
    (?:-(?P<section>\d)(?!\d)|-(?P<last>(?P=kind)(?P<to>\d{{1,2}})[a-d]?))?
    (?![\w%⟨{{]|-\d|\.\w|:\d)""",
    re.VERBOSE,
)
"""One id, a section of one (A15-4), or a range (R1-R27)."""

Citations = Mapping[str, list[str]]
"""Id to the places, as file:line, that cite it."""


def sources(root: Path) -> Iterator[Path]:
    """Every file that may cite, but for the recordings and what lies beside them."""
    for folder in FOLDERS:
        found = (path for path in sorted((root / folder).rglob("*")) if path.suffix in SUFFIXES)
        yield from (path for path in found if path.name not in OWN)
    yield from (root / name for name in SINGLE)
    yield from (path for path in told(root) if path.name not in EXPLAINING)


def ids_in(line: str) -> Iterator[str]:
    """The ids that a line cites; a range stands for each of its whole numbers and for its ends."""
    for found in CITED.finditer(line):
        if found["section"]:
            yield f"{found['first']}-{found['section']}"
            continue
        yield found["first"]
        if found["last"]:
            yield from (f"{found['kind']}{number}" for number in range(int(found["from"]) + 1, int(found["to"])))
            yield found["last"]


def citations(root: Path) -> Citations:
    """What is cited where."""
    places: dict[str, list[str]] = defaultdict(list)
    for path in sources(root):
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            for cited in ids_in(line):
                places[cited].append(f"{path.relative_to(root)}:{number}")
    return places
