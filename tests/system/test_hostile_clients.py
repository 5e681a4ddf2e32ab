"""Beside each attack on the program a Stop all leaves within a second (AV1-AV8, M3, M7, M8).

`left_within` measures at the other end: from before the press until apis-web has `GET /stop`.
"""

import contextlib
import json
import re
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import pytest

from main_controller.accounts.roles import Role
from tests.faulty_server import hanging
from tests.system.conftest import console_on
from tests.system.console import Console, until
from tests.system.fake_grid import FakeGrid
from tests.system.http_call import call, receive
from tests.system.program import Program, copy_checkout

AT_MOST = 1.0
FEW: dict[str, Any] = {"threads": 8, "connection_limit": 200, "gracetime": 0.5}
PATIENCE = 20.0
HEAD = b"Host: 127.0.0.1\r\n"


class Crowd:
    """Connections to one address, all closed at the end."""

    def __init__(self, address: str, stack: ExitStack) -> None:
        self._port = int(address.rstrip("/").rpartition(":")[2])
        self._stack = stack
        self.here: list[socket.socket] = []

    def come(self, sent: bytes = b"", *, small: bool = False) -> socket.socket:
        """One more, on which `sent` was sent; a `small` one takes in little of what comes."""
        connection = self._stack.enter_context(closing(socket.socket()))
        if small:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.settimeout(PATIENCE)
        connection.connect(("127.0.0.1", self._port))
        connection.sendall(sent)
        self.here.append(connection)
        return connection

    def drip(self, byte: bytes) -> None:
        """Each sends a byte in turn, until the test ends."""
        end = threading.Event()

        def send() -> None:
            while not end.wait(0.01):
                for connection in self.here:
                    with contextlib.suppress(OSError):
                        connection.send(byte)

        thread = threading.Thread(target=send)
        thread.start()
        self._stack.callback(thread.join, PATIENCE)
        self._stack.callback(end.set)


def ask(target: str, method: str = "GET", *fields: str) -> bytes:
    lines = "".join(f"{field}\r\n" for field in fields)
    return f"{method} {target} HTTP/1.1\r\n".encode() + HEAD + lines.encode() + b"\r\n"


def readers_of_nothing(crowd: Crowd) -> None:
    """AV1: as many as there are threads and a few more, until each thread could be held."""
    for _ in range(12):
        crowd.come(b"GET /js/jquery.js HTTP/1.1\r\n\r\n" * 273, small=True)
    threading.Event().wait(3)


def growing_heads(crowd: Crowd) -> None:
    """AV2."""
    for _ in range(190):
        crowd.come()
    for connection in crowd.here[1:]:
        with contextlib.suppress(OSError):  # it hears 431 and is closed
            connection.sendall(b"GET /healthz HTTP/1.1\r\nX: " + b"x" * 200_000)
    crowd.drip(b"x")


def heads_that_are_long_to_read(crowd: Crowd) -> None:
    """Each took 0.8 to 16 s in the thread that serves every socket."""
    for _ in range(20):
        crowd.come(b"GET a://" + b"1" * 15_000 + b" X\r\n\r\n")
        crowd.come(b"GET / HTTP/1.1\r\nX:" + b" " * 15_000 + b"\x01\r\n\r\n")


def slow_bodies(crowd: Crowd) -> None:
    for _ in range(100):
        crowd.come(b"POST /setSchedule HTTP/1.1\r\n" + HEAD + b"Content-Length: 60000\r\n\r\nvalue=")
        crowd.come(b"POST /setSchedule HTTP/1.1\r\n" + HEAD + b"Transfer-Encoding: chunked\r\n\r\n5;")
    crowd.drip(b"x")


def urgent_data(crowd: Crowd) -> None:
    """One byte of it woke the server without end."""
    for _ in range(20):
        crowd.come().send(b"!", socket.MSG_OOB)


def idle_connections(crowd: Crowd) -> None:
    """M3, AV8."""
    for number in range(600):
        crowd.come((b"", b"GET /h", b"\r\n")[number % 3])


def hanging_readings(crowd: Crowd) -> None:
    for _ in range(60):
        crowd.come(ask("/get/unit/E001?urgent=true"))
        crowd.come(ask("/get/dealsInfo"))


def stops_that_wait_for_their_verdict(crowd: Crowd) -> None:
    """AV5."""
    for _ in range(60):
        crowd.come(ask("/setOperationMode?value=stop&unitId=E001&wait=verified", "POST"))


def pipelined_stops(crowd: Crowd) -> None:
    """Stops behind orders that hang, eight on each of twenty connections."""
    for _ in range(20):
        crowd.come(ask("/get/unit/E001?urgent=true") + ask("/setOperationMode?value=stop&unitId=E001", "POST") * 7)


ATTACKS: list[Callable[[Crowd], None]] = [
    readers_of_nothing,
    growing_heads,
    heads_that_are_long_to_read,
    slow_bodies,
    urgent_data,
    idle_connections,
    hanging_readings,
    stops_that_wait_for_their_verdict,
    pipelined_stops,
]


def left_within(grid: FakeGrid, press: Callable[[], Any]) -> float:
    """How long (s) after the press apis-web has a further `GET /stop`; the press has a thread of its own."""
    before = len(grid.web.seen("/stop"))
    started = time.monotonic()
    thread = threading.Thread(target=press)
    thread.start()
    until(lambda: len(grid.web.seen("/stop")) > before, "the stop", every=0.005)
    took = time.monotonic() - started
    thread.join(PATIENCE)
    assert not thread.is_alive()
    return took


@pytest.fixture
def grid() -> Iterator[FakeGrid]:
    with FakeGrid(mode="autonomous") as fake:
        yield fake


@pytest.fixture
def console(grid: FakeGrid, tmp_path: Path) -> Iterator[Console]:
    with console_on(grid, tmp_path / "console", **FEW) as running:
        yield running


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.__name__)
def test_stop_all_leaves_within_a_second_beside(
    grid: FakeGrid, tmp_path: Path, attack: Callable[[Crowd], None]
) -> None:
    with console_on(grid, tmp_path / "console", **FEW) as console, ExitStack() as stack:
        crowd = Crowd(console.address, stack)
        opened_before = crowd.come(ask("/healthz"))
        assert receive(opened_before).status == 200
        grid.device.answers["/get/unit/E001"] = hanging
        grid.web.answers["/deals"] = hanging
        attack(crowd)
        threading.Event().wait(0.5)  # until it has its effect
        assert left_within(grid, lambda: console.call("/stopAll", "POST")) < AT_MOST
        grid.heal()


def test_stop_all_leaves_within_a_second_beside_fifty_wrong_log_ins_a_second(grid: FakeGrid, tmp_path: Path) -> None:
    """From a hundred addresses, so that no address is slowed and there is always one whose password is hashed."""
    with (
        console_on(grid, tmp_path / "console", accounts=True, anonymous="view", gracetime=0.5) as console,
        ExitStack() as stack,
    ):
        accounts = console.controller.accounts
        assert accounts.access is not None
        account = accounts.access.directory.create("anna", "Anna", Role.VIEWER, "no hash")
        begun = accounts.access.directory.sessions.begin(account, "127.0.0.1", "a browser")
        assert begun is not None
        cookie = {"Cookie": f"{accounts.cookie().name(secure=False, path='/')}={begun.session_id}"}
        port, ended = int(console.address.rstrip("/").rpartition(":")[2]), threading.Event()
        heard: list[int] = []

        def log_in(number: int) -> None:
            form = f"name=n{number}&password=wrong".encode()
            head = ask("/login", "POST", "Content-Type: application/x-www-form-urlencoded", "Connection: close")
            length = f"Content-Length: {len(form)}\r\n\r\n".encode()
            source = (f"127.0.1.{number % 100 + 1}", 0)
            with socket.create_connection(("127.0.0.1", port), PATIENCE, source) as connection:
                connection.sendall(head.removesuffix(b"\r\n") + length + form)
                heard.append(receive(connection).status)

        def flood() -> None:
            with ThreadPoolExecutor(30) as pool:
                number = 0
                while not ended.wait(0.02):
                    pool.submit(log_in, number)
                    number += 1
                pool.shutdown(cancel_futures=True)

        thread = threading.Thread(target=flood)
        thread.start()
        stack.callback(thread.join, PATIENCE)
        stack.callback(ended.set)
        until(lambda: {401, 429} <= set(heard), "hashes, and log-ins that are turned away")
        assert left_within(grid, lambda: console.call("/stopAll", "POST", headers=cookie)) < AT_MOST
        grid.heal()


def test_sixty_callers_of_stop_all_keep_no_single_stop(grid: FakeGrid, tmp_path: Path) -> None:
    """Each may hold its thread for as long as the run lasts."""
    with console_on(grid, tmp_path / "console", **FEW) as console, ExitStack() as stack:
        grid.web.answers["/stop"] = hanging
        crowd = Crowd(console.address, stack)
        for _ in range(60):
            crowd.come(ask("/stopAll", "POST"))
        until(lambda: grid.web.seen("/stop"), "the first Stop all")
        started = time.monotonic()
        crowd.come(ask("/setOperationMode?value=stop&unitId=E001", "POST"))
        until(lambda: any("unitId=E001" in line for line in grid.sent), "the stop of one unit", every=0.005)
        assert time.monotonic() - started < AT_MOST
        grid.heal()


LIMITED = ["/bin/sh", "-c", 'ulimit -n 256; exec "$@"', "sh"]


def test_with_256_descriptors_and_300_idle_connections_stops_leave_and_the_log_is_short(
    grid: FakeGrid, tmp_path: Path
) -> None:
    """M3, AV7: on a new connection, and on one opened before."""
    program = Program(copy_checkout(tmp_path / "checkout"), tmp_path / "data", **grid.settings)
    program.argv = [*LIMITED, *program.argv]
    with program, ExitStack() as stack:
        until(lambda: ready_at(program), "the first picture")
        crowd = Crowd(program.address, stack)
        opened_before = crowd.come(ask("/healthz"))
        assert b"200 OK" in opened_before.recv(65536)
        for number in range(300):
            crowd.come(b"GET /h" if number % 2 else b"")
        assert left_within(grid, lambda: call(program.address, "/stopAll", "POST")) < AT_MOST
        until(lambda: not running(program), "the end of the first Stop all")
        assert left_within(grid, lambda: opened_before.sendall(ask("/stopAll", "POST"))) < AT_MOST
        assert descriptors(program) <= 256
        assert program.errors.count("as many as may be") == 1
        assert len(program.errors.splitlines()) < 100


def ready_at(program: Program) -> bool:
    status = json.loads(program.call("/get/status").body)
    return bool(status["data"]["live"] == 2)


def running(program: Program) -> bool:
    return bool(json.loads(program.call("/commands?state=open").body)["commands"])


def descriptors(program: Program) -> int:
    return len(list(Path(f"/proc/{program.process.pid}/fd").iterdir()))


# What is small and still a stop that does not leave


@pytest.mark.parametrize("fields", [("Expect: 100-continue", "Content-Length: 0"), ("Expect: 100-continue",)])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_stop_that_expects_to_be_told_to_go_on_leaves(
    console: Console, fields: tuple[str, ...], method: str, grid: FakeGrid
) -> None:
    """AV6, M7."""
    with ExitStack() as stack:
        crowd = Crowd(console.address, stack)
        assert left_within(grid, lambda: receive(crowd.come(ask("/stopAll", method, *fields)))) < AT_MOST


def test_nothing_after_two_lengths_is_obeyed(console: Console, grid: FakeGrid) -> None:
    """AV20."""
    hidden = ask("/set/budo/manual", "POST")
    head = ask("/healthz", "POST", "Transfer-Encoding: chunked", f"Content-Length: {len(hidden) + 5}")
    with ExitStack() as stack:
        answer = receive(Crowd(console.address, stack).come(head + b"0\r\n\r\n" + hidden))
    assert answer.status == 400
    assert "both" in answer.error
    assert console.call("/healthz").status == 200
    assert grid.sent == []


@pytest.mark.skipif(shutil.which("node") is None, reason="there is no node on this machine")
def test_the_fetch_of_node_stops_and_hears_how_to_order_else(console: Console, grid: FakeGrid) -> None:
    """M8: the documentation's line, as it stands there."""
    script = """
    const base = process.argv[1]
    const say = async (path, options) => {
      const answer = await fetch(base + path, options)
      console.log(answer.status, await answer.text())
    }
    await say("/stopAll", {method: "POST"})
    await say("/setOperationMode?value=manual", {method: "POST"})
    await say("/setOperationMode?value=manual", {method: "POST", headers: {Origin: base}})
    await say("/stopAll")
    """
    base = console.address.rstrip("/")
    done = subprocess.run(
        ["node", "--input-type=module", "-e", script, base], capture_output=True, text=True, timeout=60, check=True
    )
    lines = done.stdout.splitlines()
    assert [line.split()[0] for line in lines] == ["200", "403", "200", "403"]
    assert f"send `Origin: {base}`" in lines[1]
    assert re.search(r"POST it and send `Origin: ", lines[3])
    assert grid.sent[0] == "GET /stop"
    assert grid.sent.count("GET /setOperationMode?value=manual") == 1
