"""A stop leaves within 1 s of the press, whatever fails around the program.

Times are real: the program runs with the real system's time-outs, so that whatever waits for one is seen. The bound is
wide enough for a busy machine and far below every time-out.
"""

import os
import signal
import socket
import sqlite3
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from tests.faulty_server import FAULTS, Exchange
from tests.system.conftest import console_on, ready
from tests.system.console import Console, until
from tests.system.fake_grid import FakeGrid
from tests.system.http_call import call
from tests.system.program import Program, copy_checkout

SOON = 2.0
SIX = ("E001", "E002", "E003", "E004", "E005", "E006")


@contextmanager
def pressed(address: str, target: str = "/stopAll") -> Iterator[float]:
    """Order it beside the test; the moment of the press, monotonic s."""

    def press() -> None:
        with suppress(OSError):  # the program may end first
            call(address, target, "POST", timeout=120)

    thread = threading.Thread(target=press, daemon=True)
    moment = time.monotonic()
    thread.start()
    yield moment


def left(grid: FakeGrid, *what: str) -> Callable[[], bool]:
    """Whether all these orders have come, each named by the beginning of its target."""
    return lambda: all(any(sent.startswith(f"GET {one}") for sent in grid.sent) for one in what)


def waits(*unit_ids: str) -> list[str]:
    return [f"/set/dcdc/{unit_id}?mode=0x0000" for unit_id in unit_ids]


def hang_devices(grid: FakeGrid, *unit_ids: str, list_too: bool = True) -> None:
    for unit_id in unit_ids:
        for path in (f"/set/dcdc/{unit_id}", f"/get/unit/{unit_id}"):
            grid.device.answers[path] = FAULTS["hang"]
    if list_too:
        grid.device.answers["/get/log"] = FAULTS["hang"]


def listed(grid: FakeGrid) -> None:
    """Until the program has the emulator's list."""
    until(lambda: grid.device.seen("/get/log"), "the emulator's list asked for")
    until(lambda: len(grid.device.seen("/get/log")) == len([one for one in grid.device.seen("/get/log") if one.keep]))


@pytest.fixture
def large(tmp_path: Path) -> Iterator[tuple[FakeGrid, Console]]:
    """64 units in Manual, driven by hand: E001 holds the bus, the others charge."""
    with FakeGrid(*(f"E{number:03d}" for number in range(1, 65))) as grid:
        for unit_id, unit in grid.units.items():
            unit["dcdc"]["status"]["status"] = "0x0014" if unit_id == "E001" else "0x0041"
        with console_on(grid, tmp_path / "console", patient=True) as console:
            listed(grid)
            yield grid, console


def test_twenty_of_64_units_that_hang_keep_nobody_from_its_wait(large: tuple[FakeGrid, Console]) -> None:
    """M6, Z9: neither the list nor a reading is asked for first; the reference follows within 3 s."""
    grid, console = large
    hang_devices(grid, *(f"E{number:03d}" for number in range(3, 23)))
    followers = [unit_id for unit_id in grid.units if unit_id != "E001"]
    with pressed(console.address) as moment:
        until(left(grid, *waits(*followers)), "every follower's Wait")
        assert time.monotonic() - moment < SOON
        assert not left(grid, *waits("E001"))(), "the reference is not before its followers"
        until(left(grid, *waits("E001")), "the reference's Wait")
        assert time.monotonic() - moment < 3.0 + SOON
        grid.close()


def test_every_device_may_hang_and_each_has_had_its_wait(large: tuple[FakeGrid, Console]) -> None:
    grid, console = large
    hang_devices(grid, *grid.units)
    with pressed(console.address) as moment:
        until(left(grid, *waits(*(unit_id for unit_id in grid.units if unit_id != "E001"))), "every follower's Wait")
        assert time.monotonic() - moment < SOON
        grid.close()


def test_waits_that_hang_keep_no_stop_of_the_cluster_back(large: tuple[FakeGrid, Console]) -> None:
    """The cluster's stop shares no thread with them (Z8)."""
    grid, console = large
    hang_devices(grid, *grid.units)
    with pressed(console.address):
        until(left(grid, *waits("E064")), "the Waits")
        with pressed(console.address, "/setOperationMode?value=stop") as moment:
            until(left(grid, "/setOperationMode?value=stop"), "the stop")
            assert time.monotonic() - moment < SOON
        grid.close()


def test_wait_from_a_card_leaves_while_the_emulator_hangs(grid: FakeGrid, console: Console) -> None:
    """M6: it asked for the list first, for 5 s."""
    listed(grid)
    hang_devices(grid, "E001")
    with pressed(console.address, "/set/dcdc/E001?mode=0x0000&dvg=0&dig=0") as moment:
        until(left(grid, *waits("E001")), "the Wait")
        assert time.monotonic() - moment < SOON


def test_wait_leaves_after_a_restart_against_an_emulator_that_hangs(grid: FakeGrid, tmp_path: Path) -> None:
    """By the list of the run before; a unit that this lacks is never sent (K11)."""
    folder = tmp_path / "console"
    with console_on(grid, folder, patient=True) as console:
        kept = console.settings.database.with_name("emulator-units.json")
        until(kept.exists, "the list kept")
    with FakeGrid("E001", "E002", "E003") as again:
        again.device.answers["/get/log"] = FAULTS["hang"]
        kept.write_text(kept.read_text().replace(grid.device.url, again.device.url))
        with console_on(again, folder, patient=True) as console:
            with pressed(console.address, "/set/dcdc/E001?mode=0x0000&dvg=0&dig=0") as moment:
                until(left(again, *waits("E001")), "the Wait")
                assert time.monotonic() - moment < SOON
            answer = console.call("/set/dcdc/E003?mode=0x0000&dvg=0&dig=0", "POST")
            assert (answer.status, answer.json["sent"]) == (504, False)
            assert not left(again, "/set/dcdc/E003")()
            again.close()


class Names:
    """A resolver that knows `apis.example`, until it hangs."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.hanging = threading.Event()
        self.released = threading.Event()
        self._real = socket.getaddrinfo
        monkeypatch.setattr(socket, "getaddrinfo", self)

    def __call__(self, host: Any, port: Any, *more: Any, **named: Any) -> Any:
        if host != "apis.example":
            return self._real(host, port, *more, **named)
        if self.hanging.is_set():
            self.released.wait(60)
        return self._real("127.0.0.1", port, *more, **named)


def test_a_resolver_that_never_answers_holds_no_stop_also_after_a_restart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """M4."""
    names = Names(monkeypatch)
    with FakeGrid(*SIX, mode="autonomous") as grid:
        named = grid.web.url.replace("127.0.0.1", "apis.example")
        settings = {**grid.settings, "apis_budo_url": named, "apis_emul_url": named}

        def stops_soon(console: Console) -> None:
            before = len(grid.web.seen("/stop"))
            with pressed(console.address) as moment:
                until(lambda: len(grid.web.seen("/stop")) > before, "the stop")
                assert time.monotonic() - moment < SOON

        try:
            with Console(tmp_path / "console", patient=True, **settings) as console:
                until(lambda: ready(console, 6), "the first picture")
                until(console.settings.database.with_name("addresses.json").exists, "the address kept")
                names.hanging.set()
                stops_soon(console)
            grid.mode = "autonomous"
            with Console(tmp_path / "console", patient=True, **settings) as console:
                until(lambda: ready(console, 6), "the first picture although nobody resolves")
                stops_soon(console)
        finally:
            names.released.set()


def test_another_program_that_holds_the_journal_holds_no_stop(grid: FakeGrid, console: Console) -> None:
    """Also amid guided sharing, whose record is on the disk before it goes on: that took 8 s of a Stop all."""
    listed(grid)
    answer = console.call("/share?from=E001&to=E002&current=1&voltage=350&minutes=10", "POST")
    assert answer.status == 200, answer.body
    until(left(grid, "/set/dcdc/E001?mode=0x0014"), "its first step")
    with closing(sqlite3.connect(console.settings.database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pressed(console.address) as moment:
            until(left(grid, *waits("E001", "E002")), "the Waits")
            assert time.monotonic() - moment < SOON


@pytest.mark.parametrize("blocked", ["stdout", "stderr", "both"])
def test_a_console_that_nobody_reads_holds_no_stop_and_not_the_end(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, blocked: str
) -> None:
    """The pipe is full from the start: it takes nothing, ever."""
    checkout = copy_checkout(tmp_path_factory.mktemp("blocked") / "checkout")
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{port}/"
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    with suppress(BlockingIOError):
        while True:
            os.write(writing, b"x" * 4096)
    os.set_blocking(writing, True)
    with FakeGrid(*SIX, mode="autonomous") as grid:
        argv = Program(checkout, tmp_path / "data", **{**grid.settings, "b_port": port}).argv
        process = subprocess.Popen(
            argv,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL if blocked == "stderr" else writing,
            stderr=subprocess.DEVNULL if blocked == "stdout" else writing,
        )
        try:
            until(lambda: _live(address) == 6, "the first picture", deadline=60)
            with pressed(address) as moment:
                until(left(grid, "/stop"), "the stop")
                assert time.monotonic() - moment < SOON
                process.send_signal(signal.SIGTERM)
                assert process.wait(60) == 0
            assert "Stop all ordered by" in (checkout / "log" / "main_controller.log").read_text()
        finally:
            process.kill()
            process.wait(10)
            os.close(reading)
            os.close(writing)


def _live(address: str) -> int:
    try:
        return int(call(address, "/get/status", timeout=5).json["data"]["live"])
    except OSError:
        return 0


def test_wait_from_a_card_leaves_while_every_reading_hangs(grid: FakeGrid, console: Console) -> None:
    """The collector, the watcher and the direct readings have threads and connections of their own."""
    listed(grid)

    def hang(exchange: Exchange) -> None:
        exchange.hang()

    for path in ("/get/log", "/unitIds", "/getStatus", "/deals"):
        grid.web.answers[path] = hang
    grid.device.answers["/get/log"] = grid.device.answers["/get/unit/E001"] = hang
    with pressed(console.address, "/set/dcdc/E001?mode=0x0000&dvg=0&dig=0") as moment:
        until(left(grid, *waits("E001")), "the Wait")
        assert time.monotonic() - moment < SOON
