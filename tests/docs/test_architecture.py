"""docs/architecture.md names the layers that import-linter holds, and every folder and file of the package."""

import re
import tomllib
from pathlib import Path

from tests.docs.pages import page, section


def test_the_layers_are_those_of_import_linter(root: Path) -> None:
    """In their order, from the wiring down."""
    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))
    contracts = project["tool"]["importlinter"]["contracts"]
    layers = next(one["layers"] for one in contracts if one["containers"] == ["main_controller"])
    written = re.findall(
        r"^\d+\. (.+)$", section(page(root, "architecture.md"), "## Who may import whom"), re.MULTILINE
    )
    assert [line.replace("`", "") for line in written] == layers


def test_the_tree_names_every_part_of_the_package(root: Path) -> None:
    tree = section(page(root, "architecture.md"), "## The tree")
    package = root / "main_controller"
    parts = {path.parent.name + "/" for path in package.glob("*/__init__.py")} | {
        path.name for path in package.glob("*.py")
    }
    drawn = set(re.findall(r"[\w/]+\.py|\w+/", re.sub(r" {3,}.*", "", tree, flags=re.MULTILINE)))
    assert parts - {"__init__.py"} - drawn == set()
