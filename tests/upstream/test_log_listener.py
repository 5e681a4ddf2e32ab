"""What apis-main sends to all is heard, and what is none of it, or too much, does no harm (K16)."""

import socket
import time
from collections.abc import Iterator

import pytest

from main_controller.upstream import log_listener
from main_controller.upstream.log_listener import LogListener
from tests.system.console import until

LINE = b"[[[apis-main:E003]]] [thread-1] 2026-11-26T20:43:34.952+09:00 INFO [some.Class]  text %d"


@pytest.fixture
def port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@pytest.fixture
def listener(port: int) -> Iterator[LogListener]:
    made = LogListener("127.0.0.1", port, clock=time.monotonic)
    made.lines()
    yield made
    made.close()


def send(port: int, *datagrams: bytes) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        for datagram in datagrams:
            one.sendto(datagram, ("127.0.0.1", port))


def heard(listener: LogListener, count: int) -> list[str]:
    found: list[str] = []

    def enough() -> bool:
        found.extend(line.message for line in listener.lines())
        return len(found) >= count

    until(enough, "the lines")
    return found


def test_lines_are_heard_in_their_order_and_what_is_none_is_not(listener: LogListener, port: int) -> None:
    send(port, LINE % 1, b"no line", b"\xff\xfe", LINE % 2)
    assert heard(listener, 2) == ["text 1", "text 2"]
    assert listener.lines() == []


def test_more_than_a_site_can_say_is_dropped_and_counted(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_listener, "MOST", 3)
    listener = LogListener("127.0.0.1", port, clock=lambda: 7.0)
    listener.lines()
    send(port, *(LINE % number for number in range(10)))
    until(lambda: (listener.lines(), listener.dropped)[1] == 7, "seven dropped")
    listener.close()


def test_more_bytes_than_a_site_can_say_are_dropped_too(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_listener, "MOST_BYTES", 3 * len(LINE % 0))
    listener = LogListener("127.0.0.1", port, clock=lambda: 7.0)
    listener.lines()
    send(port, *(LINE % number for number in range(10)))
    until(lambda: (listener.lines(), listener.dropped)[1] == 7, "seven dropped")
    listener.close()


def test_two_programs_hear_the_same_group() -> None:
    """The console and a tool of the site's own, on one machine; without multicast that is said, and no fault."""
    both = [LogListener("224.2.2.4", 48888, clock=time.monotonic) for _ in range(2)]
    for one in both:
        assert one.lines() == []
        one.close()


def test_what_cannot_be_heard_is_said_once(port: int, caplog: pytest.LogCaptureFixture) -> None:
    listener = LogListener("203.0.113.7", port, clock=time.monotonic)  # an address that this machine has not
    for _ in range(3):
        assert listener.lines() == []
    assert [record.message for record in caplog.records if "cannot be heard" in record.message] == [
        f"the log of apis-main at 203.0.113.7:{port} cannot be heard: Cannot assign requested address"
    ]
