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
from pathlib import Path

from benchmarks.moving import MovingGrid
from benchmarks.servers import Program, program

UNITS = 1_000
EVERY = 0.5
PAUSE = threading.Event()
"""Never set: what is waited on."""
BYTES = 30.0
"""kB/s to one page at most."""
PAGES, CPU, LATEST = 100, 0.5, 50.0
"""So many pages may add half a core, and wait 50 ms for an answer (p99)."""


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
    with MovingGrid(UNITS).served() as url, program(url) as ours:
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
    added = watched - alone
    rate = statistics.median(page.bytes for page in asking) / seconds / 1e3
    took = sorted(one for page in asking for one in page.took[1:])
    latest = took[int(len(took) * 0.99)] * 1e3
    sys.stdout.write(
        f"{UNITS} units, {pages} pages: {rate:.1f} kB/s to each (at most {BYTES:g}); CPU {alone:.0%} of a core"
        f" alone, {added:.0%} more looked at (at most {CPU:.0%} for {PAGES}); answers p50"
        f" {took[len(took) // 2] * 1e3:.1f} ms, p99 {latest:.1f} ms (at most {LATEST:g})\n"
    )
    return 1 if rate > BYTES or added > CPU * pages / PAGES + 0.1 or latest > LATEST else 0


if __name__ == "__main__":
    sys.exit(main(float((sys.argv[1:2] or ["30"])[0]), int((sys.argv[2:3] or ["1"])[0])))
