"""The settings and command-line options of docs/settings.md are the program's, and so are the ten of README.md."""

import re
from dataclasses import Field
from pathlib import Path
from typing import Any

import pytest

from main_controller.settings.sources import build_settings
from main_controller.settings.table import default_text, setting_fields
from tests.docs.pages import page, section


def row_of(row: Field[Any]) -> str:
    """The line that documents one setting."""
    default = default_text(row)
    shown = default if "`" in default else f"`{default}`" if default else "none"
    return f"| `{row.name}` | {shown} | {row.metadata['unit']} | {row.metadata['help'].replace('<', '&lt;')} |"


def written(text: str) -> list[str]:
    """The lines that document a setting."""
    return [line for line in text.splitlines() if line.startswith("| `")]


def test_the_table_is_the_codes_own(root: Path) -> None:
    """Every setting, in order, with its default, unit and meaning; and none that does not exist."""
    assert written(section(page(root, "settings.md"), "## The table")) == [row_of(row) for row in setting_fields()]


def test_the_front_door_shows_ten_of_them(root: Path) -> None:
    """In the same words and the same order."""
    shown = written(section((root / "README.md").read_text("utf-8"), "## Settings"))
    assert shown == [row for row in map(row_of, setting_fields()) if row in shown]
    assert len(shown) == 10


def test_the_options_are_the_parsers_own(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What only the command line has is named there, and nothing else."""
    with pytest.raises(SystemExit):
        build_settings({}, ["--help"], {})
    settings = {row.name for row in setting_fields()}
    offered = set(re.findall(r"--([a-z_-]+)\b", capsys.readouterr().out.split("settings:")[0])) - settings
    line = section(page(root, "settings.md"), "## Only on the command line")
    named = set(re.findall(r"(?:--|/--)([a-z_-]+)", line))
    assert named == offered | {"emul", "emulator"}
