"""The program and its grid as one trial of a stop has them, and what can be done to either. Used by `stops.py`.

The program asks for `web.example` and `device.example`; a `sitecustomize.py` in its path answers for these names as a
file says, so that the resolver can be made slow from outside.
"""

import contextlib
import json
import os
import resource
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from benchmarks.servers import ROOT, free_port, get
from benchmarks.stop_grid import REFERENCE, StopGrid, stop_grid

ALIVE = "127.0.0.1"
WATCHED = 6.0
"""How long (s) a press is followed; what has not come by then counts as never."""

RESOLVER = """
import json, os, socket, time
real = socket.getaddrinfo
def getaddrinfo(host, port, *more, **named):
    if not str(host).endswith(".example"):
        return real(host, port, *more, **named)
    with open(os.environ["STOPS_RESOLVER"]) as file:
        told = json.load(file)
    time.sleep(told["delay"])
    return [found for each in told["addresses"] for found in real(each, port, *more, **named)]
socket.getaddrinfo = getaddrinfo
"""


@dataclass
class Start:
    """How the program is started: its settings, limits and where its output goes; `stack` takes back what it needs."""

    settings: dict[str, str]
    stack: ExitStack
    descriptors: int | None = None
    output: int | IO[bytes] = subprocess.DEVNULL


@dataclass(frozen=True)
class Press:
    """When the first bytes came, s after the press; infinity for never."""

    web: float
    followers: tuple[float, ...]
    reference: float

    @property
    def device(self) -> float:
        """At the last follower."""
        return max(self.followers)

    @property
    def worst(self) -> float:
        """At apis-web or the last follower: what must be within 1 s."""
        return max(self.web, self.device)

    @property
    def median(self) -> float:
        """Of apis-web's and all followers'."""
        return statistics.median([self.web, *self.followers])


@dataclass
class Scene:
    """A running program and its grid; `stack` takes back whatever a trouble sets up."""

    grid: StopGrid
    process: "subprocess.Popen[bytes]"
    port: int
    folder: Path
    stack: ExitStack

    def resolver(self, *, delay: float = 0.0, addresses: tuple[str, ...] = (ALIVE,)) -> None:
        """What the resolver answers from now on, and after how long (s)."""
        tell_resolver(self.folder, delay=delay, addresses=addresses)

    def connect(self) -> socket.socket:
        """A connection to the program, closed at the end."""
        return self.stack.enter_context(socket.create_connection(("127.0.0.1", self.port), timeout=5))

    def beside(self, work: Callable[[threading.Event], None]) -> None:
        """Do something in a thread until the end, of which the event tells; what fails in it is the trouble's own."""
        ended = threading.Event()

        def run() -> None:
            with contextlib.suppress(OSError):
                work(ended)

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        self.stack.callback(thread.join, 2)
        self.stack.callback(ended.set)

    def press(self) -> Press:
        """Press Stop all and follow its first bytes."""
        request = b"POST /stopAll HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nContent-Length: 0\r\n\r\n" % self.port
        began = time.monotonic()
        with contextlib.suppress(OSError):
            connection = self.connect()
            connection.sendall(request)
        wanted = ["/stop", *(f"/set/dcdc/{one}" for one in self.grid.unit_ids)]
        pause = threading.Event()
        while time.monotonic() < began + WATCHED:
            came = self.grid.arrivals()
            if all(path in came for path in wanted):
                break
            pause.wait(0.05)
        after = {path: came.get(path, float("inf")) - began for path in wanted}
        followers = tuple(after[f"/set/dcdc/{one}"] for one in self.grid.unit_ids if one != REFERENCE)
        return Press(after["/stop"], followers, after[f"/set/dcdc/{REFERENCE}"])


def tell_resolver(folder: Path, *, delay: float, addresses: tuple[str, ...]) -> None:
    """Write what the program's resolver is to answer, whole or not at all."""
    draft = folder / "resolver.new"
    draft.write_text(json.dumps({"delay": delay, "addresses": addresses}), encoding="utf-8")
    draft.replace(folder / "resolver.json")


@contextmanager
def scene(units: int, prepare: Callable[[Start], None]) -> Iterator[Scene]:
    """A program started as `prepare` has it, once it has seen all units and the emulator's list."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True)))
        grid = stack.enter_context(stop_grid(units))
        tell_resolver(folder, delay=0.0, addresses=(ALIVE,))
        (folder / "sitecustomize.py").write_text(RESOLVER, encoding="utf-8")
        port = free_port()
        start = Start(_settings(folder, grid, port), stack)
        prepare(start)
        process = _started(start, folder)
        stack.callback(process.wait, 10)
        stack.callback(process.kill)
        made = Scene(grid, process, port, folder, stack.enter_context(ExitStack()))
        _wait_until_ready(made, units)
        yield made


def _settings(folder: Path, grid: StopGrid, port: int) -> dict[str, str]:
    web = f"http://web.example:{grid.web_port}"
    return {
        "b_port": str(port), "apis_emul_url": web, "apis_budo_url": web,
        "emul_url": f"http://device.example:{grid.device_port}", "maxunits": "10000",
        "database": str(folder / "data/journal.sqlite3"), "schedules": str(folder / "schedules"),
    }  # fmt: skip


def _started(start: Start, folder: Path) -> "subprocess.Popen[bytes]":
    argv = [sys.executable, str(ROOT / "startMain.py")]
    argv += [text for name, value in start.settings.items() for text in (f"--{name}", value)]
    environ = {**os.environ, "PYTHONPATH": str(folder), "STOPS_RESOLVER": str(folder / "resolver.json")}
    process = subprocess.Popen(
        argv, cwd=folder, env=environ, stdin=subprocess.DEVNULL, stdout=start.output, stderr=start.output
    )
    if start.descriptors is not None:
        resource.prlimit(process.pid, resource.RLIMIT_NOFILE, (start.descriptors, start.descriptors))
    return process


def _wait_until_ready(made: Scene, units: int) -> None:
    pause, deadline = threading.Event(), time.monotonic() + 60
    while _live(made.port) < units:
        if made.process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"the program did not start: exit status {made.process.returncode}")
        pause.wait(0.1)
    pause.wait(0.5)  # its workers' first rounds


def _live(port: int) -> int:
    try:
        status: dict[str, Any] = json.loads(get(port, "/get/status", timeout=2.0)[0])
    except (urllib.error.URLError, OSError, ValueError):
        return -1
    return int(status["data"]["live"])
