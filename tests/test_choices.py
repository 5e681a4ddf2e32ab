"""What the settings make of the other end of the wire: how large its answers may be (V19)."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from main_controller.choices import chosen_upstream
from main_controller.errors import UpstreamGarbled
from tests.faulty_server import FaultyServer, sending
from tests.system.console import settings_for

MIB = 2**20


@pytest.fixture
def server() -> Iterator[FaultyServer]:
    with FaultyServer() as made:
        yield made


@pytest.mark.parametrize(("units", "limit"), [(1, 16), (1000, 16), (10_000, 39)])
def test_a_reading_may_be_as_large_as_the_units_that_may_be_known_and_no_larger(
    server: FaultyServer, tmp_path: Path, units: int, limit: int
) -> None:
    """10,000 units are 13 MB; an answer beyond the limit is not even begun to be read."""
    settings = settings_for(tmp_path, {"maxunits": units, "apis_emul_url": server.url, "apis_budo_url": server.url})
    server.answers["/get/log"] = sending(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % ((limit + 1) * MIB))
    server.answers["/stop"] = sending(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % (MIB + 1))
    with contextlib.ExitStack() as stack:
        apis_web = chosen_upstream(settings, stack).apis_web
        with pytest.raises(UpstreamGarbled, match=f"with more than {limit}"):
            apis_web.log()
        with pytest.raises(UpstreamGarbled, match="with more than 1 MiB"):
            apis_web.budo("stop")
