"""Makes the table of docs/alarms.md from the kinds of alarms; run as a program, it writes it there.

venv/bin/python -m tests.docs.alarm_table
"""

from pathlib import Path

from main_controller.alarms.alarm import AlarmKind
from main_controller.alarms.kinds import KINDS

HEAD = [
    "| alarm | priority | on, off | dead band | it leads to | what to do | explained by |",
    "|---|---|---|---|---|---|---|",
]
DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "alarms.md"


def with_table(page: str) -> str:
    """The page up to its last heading's text, and the table below it."""
    begin = page.index("\n## All alarms\n")
    text = page.index("\n\n", page.index("\n\n", begin) + 2)
    return page[:text] + "\n\n" + "\n".join([*HEAD, *map(_row, KINDS)]) + "\n"


def _row(kind: AlarmKind) -> str:
    roots = ", ".join(f"`{root}`" for root in (*kind.roots, *kind.floods))
    delays = f"{kind.on:g}, {kind.off:g}"
    cells = (f"`{kind.code}`", kind.priority, delays, kind.band, kind.consequence, kind.action, roots)
    return f"| {' | '.join(map(str, cells))} |"


if __name__ == "__main__":
    DOCUMENT.write_text(with_table(DOCUMENT.read_text("utf-8")), "utf-8")
