"""What is needed is named with its licence (X5), and nothing third-party is committed (Z18)."""

import json
import re
import subprocess
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
DEPENDENCIES = [Requirement(line) for line in PROJECT["dependencies"] + PROJECT["optional-dependencies"]["dev"]]


def rows() -> dict[str, list[str]]:
    """Package to the other cells of its line in NOTICE.md."""
    lines = [line for line in (ROOT / "NOTICE.md").read_text("utf-8").splitlines() if line.startswith("| ")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return {re.sub(r"^[├└] |\[|\]\(.*", "", first): rest for first, *rest in cells}


@pytest.mark.parametrize("needed", DEPENDENCIES, ids=lambda needed: needed.name)
def test_every_dependency_has_its_version_and_licence(needed: Requirement) -> None:
    """X5: with the version it was tested with, which is one that pyproject.toml accepts."""
    tested, licence, *_ = {key.lower(): cells for key, cells in rows().items()}[needed.name.lower()]
    assert needed.specifier.contains(tested)
    assert licence


def test_every_package_of_npm_has_the_version_that_is_locked() -> None:
    """X5: and the lock names no registry, so that each machine asks its own."""
    package = json.loads((ROOT / "package.json").read_text("utf-8"))
    wanted = package["dependencies"] | package["devDependencies"]
    lock = json.loads((ROOT / "package-lock.json").read_text("utf-8"))["packages"]
    assert wanted
    for name, version in wanted.items():
        tested, licence, *_ = rows()[name]
        assert (tested, licence) == (version, lock[f"node_modules/{name}"]["license"])
        assert lock[f"node_modules/{name}"]["version"] == version
        assert lock[f"node_modules/{name}"]["integrity"].startswith("sha512-")
    assert [path for path, package in lock.items() if "resolved" in package] == []


def test_no_third_party_file_is_committed() -> None:
    """Z18: jQuery comes from its package; no minified file, no wheel, nothing from elsewhere."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, timeout=30)
    if listed.returncode != 0:
        pytest.skip("This is not a git checkout, so nothing says which files are committed.")
    files = listed.stdout.splitlines()
    assert not [name for name in files if re.search(r"jquery[^/]*\.js$|\.min\.|\.whl$|node_modules|vendor/", name)]


def test_nothing_names_a_machines_path_or_another_host() -> None:
    """X4, X6, Z18: what the browser gets asks no other host for anything."""
    served = [path for folder in ("views", "css", "js") for path in (ROOT / folder).rglob("*") if path.is_file()]
    foreign = re.compile(r"""(?:src|href|url|import|from)\s*[=(]?\s*["'(]?\s*(?:https?:)?//""")
    assert [str(path) for path in served if foreign.search(path.read_text("utf-8"))] == []
