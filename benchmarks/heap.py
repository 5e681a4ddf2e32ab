"""Whether the page's memory stays flat while it runs for an hour, in a real headless Chromium.

    python -m benchmarks.heap [minutes, default 60]

The page runs against the whole program on a simulated cluster of 100 units. Every minute the browser collects its
garbage; then the JavaScript heap, the DOM nodes and the event listeners are counted, one line each. The first third is
warm-up, so a run of less than half an hour says little. Over the rest a straight line is fitted; the run ends with 1
when it rises by more than 1 MB in an hour, or when nodes or listeners do by more than a tenth.
"""

import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import CDPSession, ViewportSize, sync_playwright

from benchmarks.draw import CHROMIUM_ARGS, chromium
from benchmarks.servers import ROOT, free_port, get

UNITS = 100
MINUTES = 60
STEEPEST = 1.0
"""MB in an hour."""
MOST_MORE = 1.1
"""Nodes and listeners at the end, times those after the warm-up."""
SIZE = ViewportSize(width=1024, height=768)
LIVE = ".card[data-state=live] [data-figure=vb]"
"""Only a page that is fed shows this: figures age without news."""
COUNTED = ("JSHeapUsedSize", "Nodes", "JSEventListeners")

Sample = tuple[float, float, float, float]
"""Minutes since the start, heap MB, nodes, listeners."""


@contextmanager
def simulated(units: int) -> Iterator[str]:
    """The page's address of the whole program on a simulated cluster, with files of its own."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        command = [
            sys.executable, str(ROOT / "startMain.py"), "--simulate", str(units), "--log-level", "ERROR",
            "--b_port", str(port), "--schedules", f"{folder}/schedules", "--database", f"{folder}/journal.sqlite3",
        ]  # fmt: skip
        with Path(folder, "log").open("wb") as log:
            process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log)
            try:
                _wait_for_data(port, process)
                yield f"http://127.0.0.1:{port}/"
            finally:
                process.terminate()
                process.wait(120)


def _wait_for_data(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            get(port, "/get/logInfo", timeout=2.0)
            return
        except (urllib.error.URLError, ConnectionError, TimeoutError) as fault:
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("the program did not start") from fault
        threading.Event().wait(0.2)


def sample(session: CDPSession, started: float) -> Sample:
    """Collects the garbage, then counts."""
    session.send("HeapProfiler.collectGarbage")
    found = {one["name"]: one["value"] for one in session.send("Performance.getMetrics")["metrics"]}
    heap, nodes, listeners = (float(found[name]) for name in COUNTED)
    return (time.monotonic() - started) / 60, heap / 1e6, nodes, listeners


def slope(samples: Sequence[Sample]) -> float:
    """MB in an hour, by least squares."""
    middle = sum(at for at, *_ in samples) / len(samples)
    spread = sum((at - middle) ** 2 for at, *_ in samples)
    return sum((at - middle) * heap for at, heap, *_ in samples) / spread * 60


def verdict(samples: Sequence[Sample]) -> int:
    """Says what was found over the time after the warm-up; 1 when it grew."""
    warm = samples[len(samples) // 3 :]
    rise = slope(warm)
    more = [max(one[index] for one in warm[-3:]) / max(one[index] for one in warm[:3]) for index in (2, 3)]
    heaps = [heap for _, heap, *_ in warm]
    good = rise <= STEEPEST and max(more) <= MOST_MORE
    sys.stdout.write(
        f"{'ok    ' if good else 'MISSED'} {samples[-1][0]:.0f} minutes, from minute {warm[0][0]:.0f} on:"
        f" heap {min(heaps):.2f} to {max(heaps):.2f} MB, {rise:+.2f} MB/h (limit {STEEPEST:+.0f});"
        f" nodes times {more[0]:.3f}, listeners times {more[1]:.3f}\n"
    )
    return 0 if good else 1


def main(minutes: int = MINUTES) -> int:
    """Print a line each minute and the verdict; 1 when the memory grew, 2 without a browser."""
    browser_file = chromium()
    if browser_file is None:
        return 2
    samples: list[Sample] = []
    with simulated(UNITS) as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_file, args=CHROMIUM_ARGS)
        page = browser.new_page(viewport=SIZE)
        page.goto(url)
        page.wait_for_selector(LIVE)
        session = page.context.new_cdp_session(page)
        session.send("Performance.enable")
        started = time.monotonic()
        sys.stdout.write(f"{UNITS} units\nminute  heap MB  nodes  listeners\n")
        for minute in range(minutes + 1):
            page.wait_for_timeout(max(0.0, (started + minute * 60 - time.monotonic()) * 1000))
            if page.locator(LIVE).count() == 0:
                raise RuntimeError(f"the page showed no live unit any more in minute {minute}")
            samples.append(sample(session, started))
            sys.stdout.write("{:6.1f}  {:7.2f}  {:5.0f}  {:9.0f}\n".format(*samples[-1]))
            sys.stdout.flush()
        browser.close()
    return verdict(samples)


if __name__ == "__main__":
    raise SystemExit(main(*map(int, sys.argv[1:2])))
