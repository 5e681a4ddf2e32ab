"""What is there is answered in the server's own thread, which never waits; all else, and who is slow, gets a thread."""

import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from types import SimpleNamespace

import pytest
import waitress.channel
import waitress.server

from main_controller.server import listener as module
from main_controller.server.channel import Channel
from tests.server.site import HOST, Site, rest_of, serving
from tests.system.http_call import receive

READY = b"GET /ready HTTP/1.1\r\n" + HOST + b"\r\n"
STOP = b"POST /stopAll HTTP/1.1\r\n" + HOST + b"Content-Length: 0\r\n\r\n"
SOON = 1.0
"""How long (s) a stop may take beside any crowd of readers, in the middle of a few."""


@pytest.fixture
def site() -> Iterator[Site]:
    with serving(Site(threads=2, connection_limit=2000)) as site:
        yield site


@pytest.fixture
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """The server's own thread takes its time: on a busy machine its turn is over before it has read what came."""
    monkeypatch.setattr(module, "HERE_FOR", 60.0)


def stop_takes(site: Site) -> float:
    """How long a stop takes, in the middle of seven, s."""
    took = []
    for _ in range(7):
        start = time.monotonic()
        with closing(site.connect(STOP)) as connection:
            assert receive(connection, "POST").status == 200
        took.append(time.monotonic() - start)
    return sorted(took)[3]


@pytest.mark.usefixtures("unhurried")
def test_what_is_there_is_answered_without_a_thread_and_all_else_by_one(site: Site) -> None:
    assert [site.call(path).status for path in ("/ready", "/other")] == [200, 200]
    assert site.app.threads["/ready"] == {"site"}
    assert "site" not in site.app.threads["/other"]


@pytest.mark.usefixtures("unhurried")
def test_a_connection_is_kept_and_answered_again_and_again(site: Site) -> None:
    with closing(site.connect()) as connection:
        for _ in range(50):
            connection.sendall(READY)
            assert receive(connection, "GET").status == 200
    assert site.app.threads == {"/ready": {"site"}}


def test_who_asks_more_at_once_gets_a_thread_and_every_answer_in_order(site: Site) -> None:
    last = READY.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
    with closing(site.connect(READY * 5 + last)) as connection:
        assert rest_of(connection).count(b"HTTP/1.1 200 OK") == 6
    assert "site" not in site.app.threads["/ready"]


def test_a_refused_request_is_answered_as_ever(site: Site) -> None:
    assert site.raw(b"GET /ready HTTP/1.1\r\nContent-Length: x\r\n\r\n").status == 400


@pytest.mark.parametrize(("sent", "callers"), [(READY * 100, 5), (READY, 1000)], ids=["100 each", "one each"])
def test_who_never_reads_keeps_no_stop(site: Site, sent: bytes, callers: int) -> None:
    """Some who ask for 100 answers at once and read nothing, and 1,000 who ask for one."""
    with ExitStack() as stack:
        for _ in range(callers):
            stack.enter_context(closing(site.connect(sent, small=True)))
        assert stop_takes(site) <= SOON


def test_what_a_caller_has_not_taken_is_not_added_to_here(site: Site) -> None:
    """A second answer behind one that he has not read waits in a thread, if it must wait."""
    channel = SimpleNamespace(
        requests=[object()], request=None, _rest=b"", connected=True, total_outbufs_len=1, requests_lock=ExitStack(),
        server=SimpleNamespace(add_task=lambda one: given.append(one)), service=lambda: here.append(1),
    )  # fmt: skip
    given: list[object] = []
    here: list[int] = []
    Channel._answer_here(channel)  # type: ignore[arg-type]
    assert (given, here) == ([channel], [])
    channel.total_outbufs_len = 0
    Channel._answer_here(channel)  # type: ignore[arg-type]
    assert (len(given), here) == (1, [1])


def test_after_its_time_the_thread_hands_the_rest_over(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a crowd that is ready at the same moment keeps nobody from being looked at."""
    monkeypatch.setattr(module, "HERE_FOR", -1.0)
    site.call("/other")  # another turn
    site.call("/ready")
    assert "site" not in site.app.threads["/ready"]


def test_waitress_is_what_this_leans_on() -> None:
    """Its insides are no interface: another version is looked at before it is taken."""
    text = (Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8")
    assert '"waitress~=3.0.2"' in text
    for name in ("service", "handle_read", "received", "write_soon", "send_continue", "cancel"):
        assert callable(getattr(waitress.channel.HTTPChannel, name))
    assert callable(waitress.server.TcpWSGIServer.pull_trigger)
