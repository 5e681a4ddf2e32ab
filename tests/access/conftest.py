"""A directory over a file of its own for each test."""

from pathlib import Path

import pytest

from tests.access.site import Site


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path / "journal.sqlite3")
