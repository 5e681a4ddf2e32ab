"""What the frame costs at 1,000 units that each are read every 5 s, as one page or many ask for it.

    python -m benchmarks.frame [seconds, default 30] [pages, default 1]

Bytes of one page (compressed, every 0.5 s, changes only), CPU of the whole program and of the part of it that many
pages add, and how long an answer takes. Ends with 1 when a figure misses its limit.
"""

import gzip
import http.client
import json
import os
import statistics
import sys
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

from benchmarks.draw import with_deals
from benchmarks.servers import Program, answering, program

UNITS = 1_000
READ_EVERY = 5.0
EVERY = 0.5
PAUSE = threading.Event()
"""Never set: what is waited on."""
BYTES = 30.0
"""kB/s to one page at most."""


class Grid:
    """apis-web with units, a third of them in deals, whose clocks and figures move every 5 s, each at its own time."""

    def __init__(self) -> None:
        grids = [with_deals(UNITS, 0, seed) for seed in (1, 2, 3)]
        self._variants = [units for units, _ in grids]
        self._deals = grids[0][1]
        self._ids = list(self._variants[0])

    def answer(self, path: str) -> Any:
        """What apis-web answers there."""
        if path == "/get/log":
            return self._log()
        return {"/unitIds": self._ids, "/getStatus": {"active": True}, "/deals": self._deals}.get(path, {})

    def _log(self) -> dict[str, Any]:
        now, units = time.time(), {}
        for place, unit_id in enumerate(self._ids):
            turn = int((now + place * READ_EVERY / UNITS) / READ_EVERY)
            units[unit_id] = {**self._variants[turn % 3][unit_id], "time": f"2026/05/13-12:00:00.{turn}"}
        return units

    def handler(self) -> Callable[..., BaseHTTPRequestHandler]:
        """A handler that answers so."""
        grid = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                body = json.dumps(grid.answer(self.path), separators=(",", ":")).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args: Any) -> None: ...

        return Handler


class Page:
    """Asks for what is new every half second, as the page does, in a thread of its own."""

    def __init__(self, port: int, until: float) -> None:
        self.bytes = 0
        self.took: list[float] = []
        self._port = port
        self._until = until
        self.thread = threading.Thread(target=self._run, daemon=True)

    def _run(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=30)
        query = ""
        while time.monotonic() < self._until:
            start = time.monotonic()
            connection.request("GET", f"/get/frame{query}", headers={"Accept-Encoding": "gzip"})
            answer = connection.getresponse()
            body = answer.read()
            self.took.append(time.monotonic() - start)
            if query:
                self.bytes += len(body)
            plain = gzip.decompress(body) if answer.getheader("Content-Encoding") == "gzip" else body
            told = json.loads(plain[: plain.index(b'"time"')].rstrip(b",") + b"}")
            query = f"?since={told['serial']}&start={told['start']}"
            PAUSE.wait(max(0.0, EVERY - (time.monotonic() - start)))
        connection.close()


def cpu_of(ours: Program) -> float:
    """CPU that the program has used, s."""
    fields = Path(f"/proc/{ours.pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main(seconds: float = 30.0, pages: int = 1) -> int:
    """Measure and say each; 1 when a page gets more than it may."""
    with answering(Grid().handler()) as url, program(url) as ours:
        PAUSE.wait(5.0)
        before = cpu_of(ours)
        PAUSE.wait(seconds / 3)
        alone = (cpu_of(ours) - before) / (seconds / 3)
        asking = [Page(ours.port, time.monotonic() + seconds) for _ in range(pages)]
        before = cpu_of(ours)
        for page in asking:
            page.thread.start()
        for page in asking:
            page.thread.join()
        watched = (cpu_of(ours) - before) / seconds
    rate = statistics.median(page.bytes for page in asking) / seconds / 1e3
    took = sorted(one for page in asking for one in page.took[1:])
    sys.stdout.write(
        f"{UNITS} units, {pages} pages: {rate:.1f} kB/s to each (at most {BYTES:g}); CPU {alone:.0%} of a core"
        f" alone, {watched:.0%} looked at; answers p50 {took[len(took) // 2] * 1e3:.1f} ms,"
        f" p99 {took[int(len(took) * 0.99)] * 1e3:.1f} ms\n"
    )
    return 1 if rate > BYTES else 0


if __name__ == "__main__":
    sys.exit(main(*(float(one) for one in sys.argv[1:2]), *(int(one) for one in sys.argv[2:3])))
