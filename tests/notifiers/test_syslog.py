"""Syslog as RFC 5424 has it, by UDP, TCP and TLS."""

import re
import socket
import threading
from dataclasses import replace
from typing import Any

import pytest

from main_controller.channel import Channel, Sort
from main_controller.notifiers.fault import NotDelivered
from main_controller.notifiers.syslog import LARGEST, Syslog, lines_of
from tests.notifiers.conftest import Certificates
from tests.notifiers.servers import MESSAGE, tcp

LINE = re.compile(
    rb"<(?P<pri>\d{1,3})>1 (?P<at>\S+) (?P<host>\S+) apis-main-controller \d+ (?P<id>\S+) "
    rb"(?P<data>-|\[.*\]) \xef\xbb\xbf(?P<text>.*)"
)


def syslog(port: int, **options: Any) -> Syslog:
    return Syslog(Channel("log", Sort.SYSLOG, options={"host": "127.0.0.1", "port": port, **options}))


def test_a_line_for_each_alarm_by_udp() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiver:
        receiver.bind(("127.0.0.1", 0))
        receiver.settimeout(10)
        syslog(receiver.getsockname()[1]).send(MESSAGE)
        found = LINE.fullmatch(receiver.recv(9000))
    assert found is not None
    assert (found["pri"], found["id"]) == (b"129", b"gridError")  # local0.alert
    assert b'id="a1"' in found["data"]
    assert b'hardware="E001"' in found["data"]
    assert found["text"] == b"[lab] The grid reports an error. What to do: Look."


def _collect(got: list[bytes], done: threading.Event) -> Any:
    def serve(connection: socket.socket, ended: threading.Event) -> None:
        while piece := connection.recv(65536):
            got.append(piece)
        done.set()

    return serve


def test_by_tcp_each_line_is_counted() -> None:
    """RFC 6587: a line break within ends nothing."""
    got, done = list[bytes](), threading.Event()
    with tcp(_collect(got, done)) as port:
        syslog(port, transport="tcp").send(replace(MESSAGE, alarms=[*MESSAGE.alarms, *MESSAGE.alarms]))
        assert done.wait(10)
    rest = b"".join(got)
    lines = []
    while rest:
        length, _, rest = rest.partition(b" ")
        lines.append(rest[: int(length)])
        rest = rest[int(length) :]
    assert len(lines) == 2
    assert all(LINE.fullmatch(line) for line in lines)


def test_by_tls(certificates: Certificates) -> None:
    got, done = list[bytes](), threading.Event()
    collect = _collect(got, done)

    def serve(plain: socket.socket, ended: threading.Event) -> None:
        with certificates.server.wrap_socket(plain, server_side=True) as connection:
            collect(connection, ended)

    with tcp(serve) as port:
        syslog(port, transport="tls", ca_file=certificates.authority, host="localhost").send(MESSAGE)
        assert done.wait(10)
        with pytest.raises(NotDelivered, match="not trusted"):
            syslog(port, transport="tls", host="localhost").send(MESSAGE)
    assert b"gridError" in b"".join(got)


def test_nothing_that_came_from_the_grid_forges_a_field() -> None:
    alarm = {**MESSAGE.alarms[0], "of": ['E1"] [x y="z', "E2\n<129>1 forged"], "kind": "grid Error]"}
    (line,) = lines_of(replace(MESSAGE, alarms=[alarm]), "ho st", 1)
    found = LINE.fullmatch(line)
    assert found is not None
    assert b'of="E1\\"\\] [x y=\\"z E2 <129>1 forged"' in found["data"]
    assert (found["host"], found["id"]) == (b"host", b"gridError]")


def test_a_long_one_is_cut_between_characters() -> None:
    (line,) = lines_of(replace(MESSAGE, alarms=[{**MESSAGE.alarms[0], "cause": "あ" * 3000}]), "h", 1)
    assert len(line) <= LARGEST
    assert line.decode("utf-8")


def test_what_is_over_is_information_and_a_digest_one_line() -> None:
    (over,) = lines_of(replace(MESSAGE, alarms=[{**MESSAGE.alarms[0], "active": False}]), "h", 1)
    assert over.startswith(b"<134>1 ")
    (digest,) = lines_of(replace(MESSAGE, about="digest", alarms=[]), "h", 1)
    assert digest.count(b"\n") == 0


def test_nobody_there() -> None:
    with pytest.raises(NotDelivered, match="refuses connections"):
        syslog(9, transport="tcp").send(MESSAGE)
    with pytest.raises(NotDelivered, match="cannot be resolved"):
        syslog(514, host="nowhere.invalid").reach()
