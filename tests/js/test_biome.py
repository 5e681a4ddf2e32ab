"""The page's scripts and their tests are written as Biome writes them, and it finds no fault in them (biome.json)."""

import os
import subprocess
from pathlib import Path

import pytest

LIMIT = 120
"""Seconds that the check may take on a busy machine."""


@pytest.fixture(scope="module")
def biome(root: Path) -> Path:
    """The program. Where it is not installed: a failure in CI, elsewhere a skip that says how it is."""
    found = root / "node_modules" / ".bin" / "biome"
    if found.exists():
        return found
    sentence = "Biome is not installed: run `npm ci`, as `make test` does, to have the page's scripts checked."
    if os.environ.get("CI", "").lower() in ("1", "true"):
        pytest.fail(sentence)
    pytest.skip(sentence)


def check(biome: Path, folder: Path, *paths: str) -> subprocess.CompletedProcess[str]:
    """Format and lint without changing anything; a warning is a fault too."""
    command = [str(biome), "ci", "--colors=off", "--error-on-warnings", *paths]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=LIMIT, check=False)


def test_biome_finds_nothing(biome: Path, root: Path) -> None:
    """What it prints is shown when it does."""
    done = check(biome, root)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("script", ["const one = 1\nexport { one }", "export function one(two) {}\n"])
def test_biome_finds_what_is_badly_formatted_or_unused(biome: Path, root: Path, tmp_path: Path, script: str) -> None:
    """By these very settings: a file that nobody looks at would pass whatever is in it."""
    (tmp_path / "biome.json").write_text((root / "biome.json").read_text())
    (tmp_path / "js").mkdir()
    (tmp_path / "js" / "one.js").write_text(script)
    done = check(biome, tmp_path)
    assert done.returncode != 0
    assert "js/one.js" in done.stdout + done.stderr
