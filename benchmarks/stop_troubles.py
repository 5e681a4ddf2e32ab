"""The troubles under which a stop is measured: a table to which a row is added for each new one. Used by `stops.py`.

`prepare` changes how the program is started; `set_up` makes the trouble just before the press and leaves on the scene's
stack what takes it back. Troubles of one `family` cannot be had together.
"""

import os
import resource
import socket
import sqlite3
import threading
from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations

from benchmarks.stop_grid import ELSEWHERE
from benchmarks.stop_scene import ALIVE, Scene, Start


def _as_usual(_: Start) -> None:
    pass


def _nothing(_: Scene) -> None:
    pass


@dataclass(frozen=True)
class Trouble:
    """One row."""

    name: str
    set_up: Callable[[Scene], None] = _nothing
    prepare: Callable[[Start], None] = _as_usual
    family: str = ""


def pairs(troubles: list[Trouble]) -> list[tuple[Trouble, Trouble]]:
    """Every two troubles that can be had together, once; those that had their turn longest ago come first.

    So a run that is cut short has still seen every trouble beside some others.
    """
    waiting = [(a, b) for a, b in combinations(troubles, 2) if not a.family or a.family != b.family]
    last: dict[str, int] = {}
    ordered: list[tuple[Trouble, Trouble]] = []
    while waiting:
        pair = min(waiting, key=lambda two: sorted((last.get(one.name, -1) for one in two), reverse=True))
        waiting.remove(pair)
        last |= {one.name: len(ordered) for one in pair}
        ordered.append(pair)
    return ordered


# The network and the other programs


def _resolver(delay: float) -> Callable[[Scene], None]:
    return lambda scene: scene.resolver(delay=delay)


def _dead_address(scene: Scene) -> None:
    """Its queue is full, so that it neither takes a connection nor refuses one."""
    for full in scene.grid.elsewhere:
        full.listen(0)
        for _ in range(3):
            waiting = scene.stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(full.getsockname())
    scene.resolver(addresses=(ELSEWHERE, ALIVE))


def _devices_hang(scene: Scene) -> None:
    third = scene.grid.unit_ids[1::3]
    scene.grid.order(f"hang?units={','.join(third)}")


def _readings_hang(scene: Scene) -> None:
    scene.grid.order("hang?readings=1")


# The machine


def _disk_full(scene: Scene) -> None:
    resource.prlimit(scene.process.pid, resource.RLIMIT_FSIZE, (0, 0))


def _no_journal(start: Start) -> None:
    start.settings["database"] = "/proc/journal.sqlite3"  # a folder that takes no file, not even root's


def _journal_held(scene: Scene) -> None:
    path = scene.folder / "data/journal.sqlite3"
    if path.exists():
        other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        scene.stack.callback(other.close)
        other.execute("BEGIN IMMEDIATE")


def _blocked_output(start: Start) -> None:
    reading, writing = os.pipe()
    for side in (reading, writing):
        start.stack.callback(os.close, side)
    os.set_blocking(writing, False)
    try:
        while os.write(writing, b"x" * 4096):
            pass
    except BlockingIOError:
        pass
    os.set_blocking(writing, True)
    start.output = writing


# The callers


def _few_descriptors(start: Start) -> None:
    start.descriptors = 256


def _idle_connections(scene: Scene) -> None:
    for _ in range(300):
        scene.connect()


def _slow_readers(scene: Scene) -> None:
    """AV1: much is asked for and nothing read."""
    for _ in range(48):
        connection = scene.stack.enter_context(socket.socket())
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.settimeout(1)
        connection.connect((ALIVE, scene.port))
        scene.beside(lambda _, each=connection: each.sendall(b"GET /js/jquery.js HTTP/1.1\r\n\r\n" * 273))  # type: ignore[misc]


def _large_headers(scene: Scene) -> None:
    """AV2: headers that are never whole."""
    connections = [scene.connect() for _ in range(100)]

    def drip(ended: threading.Event) -> None:
        for each in connections:
            each.sendall(b"GET /healthz HTTP/1.1\r\nX: " + b"x" * 200_000)
        while not ended.wait(0.05):
            for each in connections:
                each.sendall(b"x")

    scene.beside(drip)


def _waiting_callers(scene: Scene) -> None:
    """AV5: 60 who wait for a verdict."""
    for index in range(60):
        unit_id = scene.grid.unit_ids[index % len(scene.grid.unit_ids)]
        path = f"/setOperationMode?value=stop&unitId={unit_id}&wait=verified"
        scene.connect().sendall(b"POST %b HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n" % path.encode())


def _pollers(scene: Scene) -> None:
    """100 browsers at once."""
    for _ in range(100):
        scene.connect().sendall(b"GET /get/status HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")


TROUBLES = [
    Trouble("resolver takes 3 s", _resolver(3), family="resolver"),
    Trouble("resolver never answers", _resolver(3600), family="resolver"),
    Trouble("first address is dead", _dead_address, family="resolver"),
    Trouble("a third of the devices hangs", _devices_hang, family="hang"),
    Trouble("all readings hang", _readings_hang, family="hang"),
    Trouble("disk full", _disk_full, family="disk"),
    Trouble("journal cannot be written", prepare=_no_journal, family="disk"),
    Trouble("another holds the journal", _journal_held, family="disk"),
    Trouble("nobody reads the console", prepare=_blocked_output),
    Trouble("256 descriptors, 300 idle connections", _idle_connections, _few_descriptors),
    Trouble("48 slow readers", _slow_readers),
    Trouble("100 endless headers", _large_headers),
    Trouble("60 callers wait for a verdict", _waiting_callers),
    Trouble("100 ask for the status", _pollers),
]
