"""The real program under a service manager of these tests: ready, alive, its status, and its end."""

import signal
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.system.console import until
from tests.system.fake_grid import FakeGrid
from tests.system.program import Program, copy_checkout


class Manager:
    """Keeps every line that it is told, in their order."""

    def __init__(self, path: Path) -> None:
        self.lines: list[str] = []
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(path))
        self._thread = threading.Thread(target=self._listen)
        self._thread.start()

    def _listen(self) -> None:
        while text := self._socket.recv(65536).decode():
            self.lines += text.split("\n")

    def close(self) -> None:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ending:
            ending.sendto(b"", self._socket.getsockname())
        self._thread.join(10)
        self._socket.close()

    def heard(self, line: str) -> bool:
        return any(line in one for one in list(self.lines))


@pytest.fixture
def manager(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Manager]:
    path = tmp_path / "notify"
    made = Manager(path)
    monkeypatch.setenv("NOTIFY_SOCKET", str(path))
    monkeypatch.setenv("WATCHDOG_USEC", "60000000")
    yield made
    made.close()


def test_it_says_when_it_is_ready_that_it_lives_how_it_is_and_that_it_ends(
    manager: Manager, grid: FakeGrid, tmp_path: Path
) -> None:
    with Program(copy_checkout(tmp_path / "checkout"), tmp_path / "data", **grid.settings) as program:
        until(lambda: manager.heard("READY=1"), "that it is ready")
        until(lambda: manager.heard("units: 2 live, 0 stale, 0 silent"), "how it is")
        until(lambda: manager.lines.count("WATCHDOG=1") >= 3, "that it lives")
        assert manager.lines.count("READY=1") == 1
        grid.spoil("/get/log", lambda exchange: exchange.reset())
        until(lambda: manager.heard("apis-web does not answer since"), "the outage")
        assert not manager.heard("STOPPING=1")
        program.signal(signal.SIGTERM)
        assert program.wait() == 0, program.errors
        assert manager.heard("STOPPING=1")
        assert manager.heard("told to end")


def test_where_it_is_ended_for_standing_still_every_threads_place_is_told(
    manager: Manager, grid: FakeGrid, tmp_path: Path
) -> None:
    """As WatchdogSignal= does it."""
    with Program(copy_checkout(tmp_path / "checkout"), tmp_path / "data", **grid.settings) as program:
        until(lambda: manager.heard("READY=1"), "that it is ready")
        program.signal(signal.SIGABRT)
        assert program.wait() == -signal.SIGABRT
    assert "Fatal Python error: Aborted" in program.errors
    assert "run_once" in program.errors or "_run" in program.errors


def test_a_start_that_cannot_work_ends_with_the_status_that_is_not_started_anew(
    console_port: int, tmp_path: Path
) -> None:
    program = Program(copy_checkout(tmp_path / "checkout"), tmp_path / "data", b_port=console_port)
    program.start(wait=False)
    assert program.wait(60) == 2
    assert "cannot be listened on" in program.errors


@pytest.fixture
def console_port() -> Iterator[int]:
    """A port that somebody else listens on."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        yield taken.getsockname()[1]
