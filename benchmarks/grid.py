"""A grid of any size for the benchmarks: recorded units with figures of their own, and a fixed apis-web that has it.

The units are those of the recordings in tests/recordings, so their size and shape are the real ones; the figures are
random (seeded), so that gzip finds no more to save than it would on a real grid.
"""

import copy
import itertools
import json
import multiprocessing
import random
import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

SAMPLE = Path(__file__).parents[1] / "tests/recordings/samples/get-log.sharing.json"
CHUNK = 2**14
VARIANTS = 4
"""So many answers in turn, each with every unit's clock moved and its figures changed."""


def grid(count: int, seed: int = 1) -> dict[str, Any]:
    """`count` units of the recorded shape, keyed by id."""
    samples = list(json.loads(SAMPLE.read_text(encoding="utf-8")).values())
    chance = random.Random(seed)
    units = {}
    for index in range(count):
        unit = _shaken(copy.deepcopy(samples[index % len(samples)]), chance)
        unit_id = f"E{index + 1:03d}"
        unit["oesunit"] |= {"id": unit_id, "display": f"house{index + 1}", "sn": str(index + 1)}
        unit["apis"]["is_grid_master"] = index == 0
        unit["time"] = f"2020/01/01-{seed % 24:02d}:{chance.randrange(60):02d}:{chance.randrange(60):02d}"
        units[unit_id] = unit
    return units


def _shaken(value: Any, chance: random.Random) -> Any:
    if isinstance(value, dict):
        return {key: _shaken(item, chance) for key, item in value.items()}
    if isinstance(value, float):
        return round(value * chance.uniform(0.8, 1.2) + chance.uniform(0.0, 0.1), 2)
    return value


def grid_bytes(count: int, seed: int = 1) -> bytes:
    """The answer of `/get/log` for such a grid, as apis-web ends it."""
    return json.dumps(grid(count, seed), separators=(",", ":")).encode() + b"\n"


class _ApisWeb(BaseHTTPRequestHandler):
    """apis-web's readings: HTTP/1.1, chunked, kept alive."""

    protocol_version = "HTTP/1.1"
    logs: ClassVar["itertools.cycle[bytes]"]
    unit_ids: ClassVar[bytes]
    counts: ClassVar[dict[str, int]]
    hanging: ClassVar[threading.Event]

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        self.counts[path] = self.counts.get(path, 0) + 1
        if path == "/counts":
            return self._answer(json.dumps(self.counts).encode())
        if path in ("/hang", "/resume"):
            (self.hanging.clear if path == "/resume" else self.hanging.set)()
            return self._answer(b"true")
        if self.hanging.is_set():
            threading.Event().wait(60)
        answers = {"/unitIds": self.unit_ids, "/getStatus": b'{"active":true}', "/deals": b"[]"}
        return self._answer(next(self.logs) if path == "/get/log" else answers.get(path, b"{}"))

    def _answer(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for start in range(0, len(body), CHUNK):
            part = body[start : start + CHUNK]
            self.wfile.write(b"%x\r\n%b\r\n" % (len(part), part))
        self.wfile.write(b"0\r\n\r\n")

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


def _serve(listening: socket.socket, logs: Sequence[bytes], unit_ids: Sequence[str]) -> None:
    class Handler(_ApisWeb):
        pass

    Handler.logs = itertools.cycle(logs)
    Handler.unit_ids = json.dumps(unit_ids).encode()
    Handler.counts = {}
    Handler.hanging = threading.Event()
    server = ThreadingHTTPServer(listening.getsockname(), Handler, bind_and_activate=False)
    server.daemon_threads = True
    server.socket.close()
    server.socket = listening
    server.request_queue_size = 128
    server.server_activate()
    server.serve_forever()


@contextmanager
def apis_web(count: int, *, moving: bool = True) -> Iterator[str]:
    """A fixed apis-web in a process of its own, so that its work is not counted as ours; its URL."""
    logs = [grid_bytes(count, seed) for seed in range(1, (VARIANTS if moving else 1) + 1)]
    with socket.create_server(("127.0.0.1", 0)) as listening:
        context = multiprocessing.get_context("fork")
        process = context.Process(target=_serve, args=(listening, logs, list(json.loads(logs[0]))), daemon=True)
        process.start()
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
    try:
        yield url
    finally:
        process.terminate()
        process.join(5)
