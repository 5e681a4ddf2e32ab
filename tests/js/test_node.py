"""The page's pure modules under node: each file of this folder is one `node --test`."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

FILES = sorted(Path(__file__).parent.glob("*.test.js"))
LIMIT = 120
"""Seconds that one file may take on a busy machine."""


@pytest.fixture(scope="module")
def node() -> str:
    """The path of node. Where there is none: a failure in CI, elsewhere a skip that says what to install."""
    found = shutil.which("node") or shutil.which("nodejs")
    if found is not None:
        return found
    sentence = "There is no node on this machine: install the package nodejs to run the tests of the page's modules."
    if os.environ.get("CI", "").lower() in ("1", "true"):
        pytest.fail(sentence)
    pytest.skip(sentence)


def test_there_are_files_to_run() -> None:
    """A moved folder must not make this pass by running nothing."""
    assert len(FILES) >= 3


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_the_pages_modules_hold_under_node(node: str, file: Path) -> None:
    """Every test of the file passes; what node printed is shown when one does not."""
    done = subprocess.run([node, "--test", str(file)], capture_output=True, text=True, timeout=LIMIT, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "# tests 0" not in done.stdout
