"""The process takes as many descriptors as it may, and keeps some from callers."""

import resource
from collections.abc import Iterator

import pytest

from main_controller.server.descriptors import connections_within, raise_limit


@pytest.mark.parametrize(
    ("wanted", "limit", "places"),
    [(2000, 20_000, 2000), (2000, 1024, 824), (2000, 256, 64), (2000, 64, 16), (2000, 16, 8), (10, 20_000, 10)],
)
def test_connections_leave_a_reserve(wanted: int, limit: int, places: int) -> None:
    assert connections_within(wanted, limit) == places


@pytest.fixture
def _restored() -> Iterator[None]:
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


@pytest.mark.usefixtures("_restored")
def test_the_soft_limit_is_raised_to_the_hard_one() -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (512, hard))
    first = raise_limit()
    assert first > 512
    assert resource.getrlimit(resource.RLIMIT_NOFILE) == (hard, hard)
    assert raise_limit() == first
