"""How long the energy-sharing screen takes to draw, in a real headless Chromium.

    python -m benchmarks.draw [seconds]

Time inside the draw callback at 4, 20, 300 and 1,000 nodes, a third of them in deals, with new data every second and
other deals (so that units glide) every third; `poll` is the script time from parsed answers to the scene, p95.
`CPU p95` is the main thread's own CPU time in the same callbacks, from the browser's trace: on a machine that is busy
with other things it is what the drawing costs, and it is what the budget is held against.
"""

import json
import shutil
import sys
from contextlib import AbstractContextManager
from functools import partial
from http.server import SimpleHTTPRequestHandler
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, ViewportSize, sync_playwright

from benchmarks.grid import grid
from benchmarks.made_frame import frame_of
from benchmarks.servers import answering

BUDGETS = {4: 8.0, 20: 8.0, 300: 8.0, 1000: 16.0}
"""Nodes -> the draw callback's p95, ms."""
POLL_BUDGET = 50.0
SECONDS = 12
SIZE = ViewportSize(width=1440, height=900)
CHROMIUM_ARGS = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--no-first-run",
]  # fmt: skip
ROOT = Path(__file__).resolve().parents[1]


class _Quiet(SimpleHTTPRequestHandler):
    """The checkout's files, without a line per request."""

    extensions_map = {**SimpleHTTPRequestHandler.extensions_map, ".js": "text/javascript"}  # noqa: RUF012  the base class's own form

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing."""


def served(root: Path) -> AbstractContextManager[str]:
    """The address under which the folder is served, on a free port of this host."""
    return answering(partial(_Quiet, directory=str(root)))


def with_deals(count: int, first: int, seed: int = 1) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Units of which a third share, pairwise, from the given one on; and their deals."""
    units = grid(count, seed)
    ids = list(units)
    sharing = [ids[(first + step * 3) % count] for step in range(max(2, count // 3 // 2 * 2))]
    for unit_id in ids:
        _converter(units[unit_id], "0x0000", 0.0)
    deals = []
    for index, (giver, taker) in enumerate(zip(sharing[::2], sharing[1::2], strict=True)):
        current = 0.5 + index % 7 * 0.25
        _converter(units[giver], "0x0014" if index == 0 else "0x0002", -current)
        _converter(units[taker], "0x0041", current)
        deals.append({
            "chargingUnit": taker, "dischargingUnit": giver, "isMasterDeal": index == 0, "request": "CHARGE",
            "requester": taker, "responder": giver, "startTime": "2020/01/01-09:46:48",
        })  # fmt: skip
    return units, deals


def _frame(count: int, first: int) -> dict[str, Any]:
    units, deals = with_deals(count, first)
    states = {unit_id: {"state": "live", "age": index % 5} for index, unit_id in enumerate(units)}
    return frame_of(units, states, deals, {"grid": {"gridMaster": next(iter(units)), "busVoltage": 350.2}})


def _converter(unit: dict[str, Any], status: str, current: float) -> None:
    unit["dcdc"]["status"]["status"] = status
    unit["dcdc"]["meter"] |= {"ig": current, "wg": current * 350, "vg": 350.0}


def measure(page: Page, count: int, seconds: int) -> dict[str, float]:
    """Draw times of that many nodes: frames, median, p95, max, p95 of a poll's script and of the callback's CPU, ms."""
    given = {name: _frame(count, first) for name, first in (("frame", 0), ("other", 1))}
    browser = page.context.browser
    assert browser is not None
    page.evaluate("given => window.bench.warm(given)", given)
    browser.start_tracing(page=page, categories=["devtools.timeline"])
    found: dict[str, float] = page.evaluate("([given, seconds]) => window.bench.run(given, seconds)", [given, seconds])
    p95, most = callbacks(browser.stop_tracing(), int(found["frames"]))
    return found | {"cpu": p95, "cpuMost": most}


def callbacks(trace: bytes, frames: int) -> tuple[float, float]:
    """CPU time (ms), p95 and max, of the dearest so many animation callbacks: those that drew."""
    events = json.loads(trace)["traceEvents"]
    times: list[float] = sorted(
        event["tdur"] / 1e3 for event in events if event["name"] == "FireAnimationFrame" and "tdur" in event
    )
    drew = times[-frames:]
    return drew[min(len(drew) - 1, int(len(drew) * 0.95))], drew[-1]


def chromium() -> str | None:
    """The browser's file; None, said on stderr, when it is not installed."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        sys.stderr.write("Chromium is not installed; the package's name is chromium.\n")
    return found


def main(seconds: int = SECONDS) -> int:
    """Print the figures, one line each; 1 when any is beyond its budget."""
    browser_file = chromium()
    if browser_file is None:
        return 2
    late = False
    with served(ROOT) as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_file, args=CHROMIUM_ARGS)
        sys.stdout.write("nodes  frames  median ms  p95 ms  max ms  CPU p95 ms  CPU max ms  budget ms  poll p95 ms\n")
        for count, budget in BUDGETS.items():
            page = browser.new_page(viewport=SIZE)
            page.goto(f"{url}/benchmarks/draw.html")
            page.wait_for_function("window.bench")
            found = measure(page, count, seconds)
            late = late or found["cpu"] > budget or found["poll"] > POLL_BUDGET
            sys.stdout.write(
                f"{count:5}  {found['frames']:6.0f}  {found['median']:9.2f}  {found['p95']:6.2f}"
                f"  {found['max']:6.1f}  {found['cpu']:10.2f}"
                f"  {found['cpuMost']:10.1f}  {budget:9.0f}  {found['poll']:11.1f}\n"
            )
            sys.stdout.flush()
            page.close()
        browser.close()
    return 1 if late else 0


if __name__ == "__main__":
    raise SystemExit(main(*map(int, sys.argv[1:2])))
