"""Fixtures of the tests against the real program over HTTP."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.system.console import Console, until
from tests.system.fake_grid import FakeGrid


@pytest.fixture
def grid() -> Iterator[FakeGrid]:
    """Two units in Manual and in Wait, their bus dead."""
    with FakeGrid() as fake:
        yield fake


@pytest.fixture
def console(grid: FakeGrid, tmp_path: Path) -> Iterator[Console]:
    """The program with `grid` as its upstream, once it has seen all units and the Grid Master."""
    with console_on(grid, tmp_path / "console") as running:
        yield running


@contextmanager
def console_on(grid: FakeGrid, folder: Path, **settings: Any) -> Iterator[Console]:
    """As the fixture `console`, in that folder and with further settings."""
    with Console(folder, **settings, **grid.settings) as running:
        until(lambda: ready(running, len(grid.units)), "the first picture")
        yield running
        grid.close()


def ready(console: Console, units: int) -> bool:
    """Whether the program has seen so many live units and an answer of every kind."""
    status = console.status
    return bool(status["data"]["live"] == units and status["grid"]["deals"] is not None)
