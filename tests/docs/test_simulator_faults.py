"""The table of faults in docs/simulator.md is the simulator's."""

import re
from pathlib import Path
from unittest import mock

from main_controller.simulator.faults import Faults
from main_controller.simulator.garbage import GARBAGE
from tests.docs.pages import page


def test_every_fault_is_documented(root: Path) -> None:
    """Z17: by its name, and of garbage every kind."""
    nothing = mock.MagicMock()
    table = Faults(nothing, nothing, nothing, nothing, open_web=nothing, close_web=nothing).table
    text = page(root, "simulator.md")
    assert re.findall(r"^\| `([\w-]+)` \|", text, re.MULTILINE) == list(table)
    row = next(line for line in text.splitlines() if line.startswith("| ") and "-garbage`" in line)
    assert row.split("|")[3].strip() == ", ".join(GARBAGE)
