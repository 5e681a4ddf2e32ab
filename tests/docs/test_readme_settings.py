"""The README's settings table and command-line options are the program's."""

import re
from dataclasses import Field
from pathlib import Path
from typing import Any

import pytest

from main_controller.settings.sources import build_settings
from main_controller.settings.table import default_text, setting_fields


def row_of(row: Field[Any]) -> str:
    """The line of the README that documents one setting."""
    default = default_text(row)
    shown = default if "`" in default else f"`{default}`" if default else "none"
    return f"| `{row.name}` | {shown} | {row.metadata['unit']} | {row.metadata['help'].replace('<', '&lt;')} |"


def test_the_table_is_the_codes_own(root: Path) -> None:
    """Every setting, in order, with its default, unit and meaning; and none that does not exist."""
    text = (root / "README.md").read_text("utf-8")
    section = text.split("\n## Settings\n", 1)[1].split("\n## ", 1)[0]
    written = [line for line in section.splitlines() if line.startswith("| `")]
    assert written == [row_of(row) for row in setting_fields()]


def test_the_options_are_the_parsers_own(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What only the command line has is named in the README, and the README names nothing else."""
    with pytest.raises(SystemExit):
        build_settings({}, ["--help"], {})
    settings = {row.name for row in setting_fields()}
    offered = set(re.findall(r"--([a-z_-]+)\b", capsys.readouterr().out.split("settings:")[0])) - settings
    text = (root / "README.md").read_text("utf-8")
    line = next(part for part in text.split("\n\n") if part.startswith("Only on the command line:"))
    named = set(re.findall(r"(?:--|/--)([a-z_-]+)", line))
    assert named == offered | {"emul", "emulator"}
