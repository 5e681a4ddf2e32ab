"""The service manager is told by systemd's protocol, over a real socket; one that is not there holds nobody up."""

import logging
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from main_controller.service_manager import ServiceManager


@pytest.fixture(params=["path", "abstract"])
def listening(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, socket.socket]]:
    """The name of a socket, as the environment has it, and the socket."""
    name = str(tmp_path / "notify") if request.param == "path" else f"@apis-test-{tmp_path.name}-{id(tmp_path)}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(name if name.startswith("/") else f"\0{name[1:]}")
        listening.settimeout(10)
        yield name, listening


def test_each_message_is_one_datagram_of_lines(listening: tuple[str, socket.socket]) -> None:
    name, heard = listening
    manager = ServiceManager.of({"NOTIFY_SOCKET": name, "WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "7"}, pid=7)
    assert manager.listens
    assert manager.watchdog == 30.0
    manager.tell(READY=1, STATUS="蓄電池\nREADY=0\x00 and\r more")
    assert heard.recv(4096).decode() == "READY=1\nSTATUS=蓄電池 READY=0\x00 and more"


@pytest.mark.parametrize(
    "environ",
    [
        {},
        {"WATCHDOG_USEC": "0"},
        {"WATCHDOG_USEC": "x"},
        {"WATCHDOG_USEC": "-3"},
        {"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "8"},
    ],
)
def test_what_is_not_meant_for_it_is_no_watchdog(environ: dict[str, str]) -> None:
    manager = ServiceManager.of(environ, pid=7)
    assert not manager.listens
    assert manager.watchdog is None
    manager.tell(READY=1)


def test_a_manager_that_is_gone_or_full_is_told_of_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    name = tmp_path / "notify"
    manager = ServiceManager(str(name))
    for _ in range(3):
        manager.tell(WATCHDOG=1)
    assert caplog.text.count("cannot be told anything") == 1
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as heard:
        heard.bind(str(name))
        for _ in range(2000):  # nobody reads: it fills up, and nothing waits
            manager.tell(WATCHDOG=1, STATUS="x" * 1000)
        heard.settimeout(10)
        assert heard.recv(4096).startswith(b"WATCHDOG=1")
    assert caplog.text.count("cannot be told anything") == 2
    assert caplog.text.count("is told again") == 1
