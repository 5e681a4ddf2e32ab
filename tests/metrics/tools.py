"""Debian's promtool and prometheus, for tests that need them: a failure in CI where there is none, elsewhere a skip."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest


def tool(name: str) -> str:
    """The path of `promtool` or `prometheus`."""
    found = shutil.which(name)
    if found is None:
        if os.environ.get("CI", "").lower() in ("1", "true"):
            pytest.fail(f"There is no {name} on this machine.")
        pytest.skip(f"There is no {name} on this machine: install the package prometheus.")
    return found


def promtool(*arguments: str, given: bytes = b"", folder: Path | None = None) -> str:
    """Runs it; what it said. An AssertionError with that where it finds a fault."""
    done = subprocess.run(
        [tool("promtool"), *arguments], input=given, capture_output=True, timeout=60, check=False, cwd=folder
    )
    said = (done.stdout + done.stderr).decode()
    assert done.returncode == 0, said
    return said
