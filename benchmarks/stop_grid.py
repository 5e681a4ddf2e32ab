"""apis-web and the emulator of a grid in a process of its own, that note when each order's first bytes came.

Half of the units show Manual, the others Run: so a Stop all both asks apis-web and sends Wait to every device at once.
The moments are of the monotonic clock, which all processes of a machine share. Used by `stops.py`.
"""

import asyncio
import json
import multiprocessing
import socket
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

REFERENCE = "E001"
ELSEWHERE = "127.0.0.2"
READINGS = ("/get/log", "/unitIds", "/getStatus", "/deals", "/get/unit/")


@dataclass(frozen=True)
class StopGrid:
    """Where the two programs listen on 127.0.0.1, their units, and sockets that have the same ports on 127.0.0.2."""

    web_port: int
    device_port: int
    unit_ids: tuple[str, ...]
    elsewhere: tuple[socket.socket, ...]

    def order(self, what: str) -> Any:
        """Have the grid do something; what it answers."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.web_port}/_{what}", timeout=10) as answer:
            return json.loads(answer.read())

    def arrivals(self) -> dict[str, float]:
        """When each order first came, by its path: `/stop`, `/set/dcdc/<id>`."""
        found: dict[str, float] = self.order("arrivals")
        return found


class _Programs:
    """What both programs answer."""

    def __init__(self, unit_ids: tuple[str, ...]) -> None:
        self._unit_ids = unit_ids
        self._ticks = 0
        self._hanging: set[str] = set()
        self._readings_hang = False
        self._arrivals: dict[str, float] = {}
        self._words = {one: "0x0014" if one == REFERENCE else "0x0041" for one in unit_ids}

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                now = time.monotonic()
                target = head.split(b" ", 2)[1].decode("latin-1")
                path = urlsplit(target).path
                if not path.startswith((*READINGS, "/_")):
                    self._arrivals.setdefault(path, now)
                if self._hangs(path):
                    await reader.read()  # until the caller leaves
                    return
                body = json.dumps(self._answer(path, target)).encode()
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))
                await writer.drain()
                if b"connection: close" in head.lower():
                    return
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, ConnectionError):
            return
        finally:
            writer.close()

    def _hangs(self, path: str) -> bool:
        if path.startswith(READINGS) and self._readings_hang:
            return True
        return path.rsplit("/", 1)[-1] in self._hanging or bool(self._hanging and path.startswith("/get/unit/"))

    def _answer(self, path: str, target: str) -> Any:
        query = {name: values[0] for name, values in parse_qs(urlsplit(target).query).items()}
        if path == "/_arrivals":
            return self._arrivals
        if path == "/_hang":
            self._hanging = set(query.get("units", "").split(",")) - {""}
            self._readings_hang = "readings" in query
            return True
        if path == "/get/log":
            return self._log()
        if path == "/unitIds":
            return list(self._unit_ids)
        if path == "/deals":
            return []
        if path.startswith("/set/dcdc/"):
            unit_id = path.rsplit("/", 1)[-1]
            self._words[unit_id] = query["mode"]
            return self._dcdc(unit_id)
        return {"active": True}

    def _dcdc(self, unit_id: str) -> dict[str, Any]:
        meter = {"wg": 0.0, "vg": 350.0, "ig": 0.5, "wb": -20.0, "vb": 48.0, "ib": -0.4, "tmp": 26.6}
        status = {"status": self._words[unit_id], "alarmState": "No alarm", "operationMode": "x"}
        return {"status": status, "meter": meter, "vdis": {"dvg": 350.0}, "param": {"dig": 0.5}}

    def _log(self) -> dict[str, Any]:
        self._ticks += 1
        clock = f"2026/05/13-12:{self._ticks // 60 % 60:02d}:{self._ticks % 60:02d}"
        return {one: self._unit(one, number, clock) for number, one in enumerate(self._unit_ids)}

    def _unit(self, unit_id: str, number: int, clock: str) -> dict[str, Any]:
        mode = "manual" if number % 2 else "autonomous"
        modes = {"global": mode, "local": None, "effective": mode}
        return {
            "time": clock,
            "oesunit": {"id": unit_id, "ip": "NA", "display": unit_id},
            "battery": {"rsoc": 50.0},
            "dcdc": self._dcdc(unit_id),
            "apis": {"operation_mode": modes, "is_grid_master": number == 0, "remaining_capacity_wh": 2000},
        }


def _run(listeners: tuple[socket.socket, ...], unit_ids: tuple[str, ...]) -> None:
    async def serve() -> None:
        programs = _Programs(unit_ids)
        servers = [await asyncio.start_server(programs.serve, sock=one, backlog=1024) for one in listeners]
        await asyncio.gather(*(server.serve_forever() for server in servers))

    asyncio.run(serve())


def _bound() -> tuple[socket.socket, socket.socket]:
    """A listener, and a socket that only has the same port on another address."""
    for _ in range(100):
        listener, other = socket.create_server(("127.0.0.1", 0), backlog=1024), socket.socket()
        try:
            other.bind((ELSEWHERE, listener.getsockname()[1]))
        except OSError:
            listener.close()
            other.close()
        else:
            return listener, other
    raise RuntimeError("no port is free on both addresses")


@contextmanager
def stop_grid(units: int) -> Iterator[StopGrid]:
    """A grid of so many units; E001 holds the bus, the others charge."""
    unit_ids = tuple(f"E{number:03d}" for number in range(1, units + 1))
    listeners, elsewhere = zip(*(_bound() for _ in range(2)), strict=True)
    ports = [one.getsockname()[1] for one in listeners]
    process = multiprocessing.get_context("fork").Process(target=_run, args=(listeners, unit_ids), daemon=True)
    process.start()
    for one in listeners:
        one.close()
    try:
        yield StopGrid(ports[0], ports[1], unit_ids, elsewhere)
    finally:
        for one in elsewhere:
            one.close()
        process.terminate()
        process.join(5)
        if process.is_alive():
            process.kill()
