"""What the page costs and how soon it shows news, in a real headless Chromium on the whole program.

    python -m benchmarks.page [changes, default 120]

- Script time of one poll at 1,000 nodes, each read every 5 s, a third of them in deals: all main-thread script from one
  question for the frame to the next, without the draw callbacks, which `draw.py` measures; and the part of its time
  that the main thread is busy, drawing included. From the browser's trace.
- From a change at apis-web to the frame that shows it, at 20 and 1,000 nodes: single figures change at random moments,
  beside all the others.
- What the page weighs on the wire, compressed.

Ends with 1 when a figure misses its limit.
"""

import json
import random
import statistics
import sys
import time
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from benchmarks.draw import CHROMIUM_ARGS, chromium
from benchmarks.moving import MovingGrid
from benchmarks.servers import program

POLL_BUDGET = 50.0
"""ms, p95."""
NEWS_LIMIT = 1.2
"""s, p99."""
BUSIEST = 0.4
"""Part of its time that the main thread may be busy."""
HEAVIEST = 200.0
"""kB."""
CHANGES = 120
TRACED = 30.0
"""s."""
SHOWN = 8
"""So many units have a figure that changes; all are in view."""
SIZE = ViewportSize(width=1440, height=900)
TALL = ViewportSize(width=1440, height=2400)
READINGS = ("/get/", "/schedules")
SCRIPT = {"TimerFire", "FunctionCall", "RunMicrotasks", "EvaluateScript", "v8.callFunction", "V8.GC_MC_BACKGROUND"}
WATCH = """
    ids => {
      window.seen = [];
      for (const id of ids) {
        const figure = document.querySelector(`.card[data-unit="${id}"] [data-figure=vb]`);
        new MutationObserver(() => {
          const text = figure.textContent;
          requestAnimationFrame(() => {
            const { port1, port2 } = new MessageChannel(); // heard after the frame was painted
            port1.onmessage = () => { window.seen.push([id, text, Date.now() / 1000]); port1.close(); };
            port2.postMessage(null);
          });
        }).observe(figure, { childList: true, characterData: true, subtree: true });
      }
    }
"""


def quantile(values: Sequence[float], part: float) -> float:
    """The value below which that part lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))]


def say(line: str, good: bool) -> bool:
    """One figure with its limit; hands back whether it is kept."""
    sys.stdout.write(f"{'ok    ' if good else 'MISSED'} {line}\n")
    sys.stdout.flush()
    return good


def opened(browser: Browser, url: str, size: ViewportSize) -> Page:
    """The page, once it shows live data."""
    page = browser.new_page(viewport=size)
    page.goto(url)
    page.wait_for_selector(".card[data-state=live] [data-figure=vb]")
    return page


def polls_of(trace: bytes) -> tuple[list[float], list[float], float]:
    """Script of each poll in ms: by the clock, and in CPU time; the part of its time that the main thread is busy."""
    events = json.loads(trace)["traceEvents"]
    asked = [one for one in events if one["name"] == "ResourceSendRequest" and _is_poll(one)]
    thread = (asked[0]["pid"], asked[0]["tid"])
    done = sorted((one for one in events if (one.get("pid"), one.get("tid")) == thread and "dur" in one), key=_start)
    starts = [one["ts"] for one in asked]
    walls, cpus = [0.0] * (len(starts) - 1), [0.0] * (len(starts) - 1)
    busy_until, poll = 0.0, 0
    for one in done:
        drawing = one["name"] == "FireAnimationFrame"
        if one["ts"] < busy_until or not (drawing or one["name"] in SCRIPT):
            continue
        busy_until = one["ts"] + one["dur"]
        while poll < len(starts) and one["ts"] >= starts[poll]:
            poll += 1
        if not drawing and 1 <= poll < len(starts):
            walls[poll - 1] += one["dur"] / 1e3
            cpus[poll - 1] += one.get("tdur", one["dur"]) / 1e3
    taken = sum(one["dur"] for one in done if one["name"] == "RunTask")
    return walls, cpus, taken / (done[-1]["ts"] - done[0]["ts"])


def _is_poll(event: dict[str, Any]) -> bool:
    return "/get/frame" in event["args"]["data"]["url"]


def _start(event: dict[str, Any]) -> tuple[float, float]:
    return event["ts"], -event["dur"]


def script(browser: Browser, nodes: int = 1000) -> bool:
    """Script time per poll."""
    with MovingGrid(nodes).served() as apis_web, program(apis_web) as ours:
        page = opened(browser, f"http://127.0.0.1:{ours.port}/", SIZE)
        page.wait_for_timeout(5000)  # the first pictures are painted once per page
        browser.start_tracing(page=page, categories=["devtools.timeline", "disabled-by-default-devtools.timeline"])
        page.wait_for_timeout(TRACED * 1000)
        walls, cpus, busy = polls_of(browser.stop_tracing())
        page.close()
    found = f"median {statistics.median(walls):.1f}, p95 {quantile(walls, 0.95):.1f}, max {max(walls):.1f} ms"
    cpu = f"CPU median {statistics.median(cpus):.1f}, p95 {quantile(cpus, 0.95):.1f} ms"
    kept = say(f"main thread, {nodes} nodes: busy for {busy:.0%} of the time (limit {BUSIEST:.0%})", busy <= BUSIEST)
    return kept & say(
        f"script of a poll, {nodes} nodes, {len(walls)} polls: {found}; {cpu} (limit p95 {POLL_BUDGET:.0f} ms CPU)",
        quantile(cpus, 0.95) <= POLL_BUDGET,
    )


def news(browser: Browser, nodes: int, changes: int) -> bool:
    """From a change at apis-web to the screen."""
    grid, chance = MovingGrid(nodes), random.Random(nodes)
    with grid.served() as apis_web, program(apis_web) as ours:
        page = opened(browser, f"http://127.0.0.1:{ours.port}/", TALL)
        ids: list[str] = page.eval_on_selector_all(
            ".card", f"cards => cards.slice(0, {SHOWN}).map(card => card.dataset.unit)"
        )
        for unit_id in ids:
            page.wait_for_selector(f'.card[data-unit="{unit_id}"] [data-figure=vb]')
        page.evaluate(WATCH, ids)
        told = change(page, grid, ids, changes, chance)
        page.wait_for_timeout(4000)
        seen = {(unit_id, text): at for unit_id, text, at in page.evaluate("window.seen")}
        page.close()
    late = [seen[key] - at for key, at in told.items() if key in seen]
    found = f"median {statistics.median(late):.2f}, p99 {quantile(late, 0.99):.2f}, longest {max(late):.2f} s"
    return say(
        f"apis-web to screen, {nodes} nodes, {len(late)} of {len(told)} changes seen: {found}"
        f" (limit p99 {NEWS_LIMIT:.1f} s)",
        quantile(late, 0.99) <= NEWS_LIMIT and len(late) == len(told),
    )


def change(
    page: Page, grid: MovingGrid, ids: Sequence[str], changes: int, chance: random.Random
) -> dict[tuple[str, str], float]:
    """Changes figures at random moments; each unit's stays for so long that it must be seen. Texts and their times."""
    told: dict[tuple[str, str], float] = {}
    for number in range(changes):
        page.wait_for_timeout(chance.uniform(0.0, 2 * 4.0 / len(ids)) * 1000)
        unit_id, volts = ids[number % len(ids)], 40 + number / 100
        grid.tell(unit_id, volts)
        told[unit_id, f"{volts:.2f}"] = time.time()
    return told


def weight(browser: Browser, nodes: int = 20) -> bool:
    """All that the page loads before it shows live data, but the readings."""
    with MovingGrid(nodes).served() as apis_web, program(apis_web) as ours:
        place = browser.new_context(viewport=SIZE)
        page = place.new_page()
        session = place.new_cdp_session(page)
        paths: dict[str, str] = {}
        sizes: dict[str, float] = {}
        session.on("Network.requestWillBeSent", lambda one: paths.update({one["requestId"]: one["request"]["url"]}))
        session.on("Network.loadingFinished", lambda one: sizes.update({one["requestId"]: one["encodedDataLength"]}))
        session.send("Network.enable")
        page.goto(f"http://127.0.0.1:{ours.port}/")
        page.wait_for_selector(".card[data-state=live] [data-figure=vb]")
        page.wait_for_timeout(2000)
        place.close()
    parts = [size for key, size in sizes.items() if not urlsplit(paths[key]).path.startswith(READINGS)]
    kilobytes = sum(parts) / 1e3
    return say(f"page with everything: {len(parts)} answers, {kilobytes:.0f} kB with headers (limit {HEAVIEST:.0f} kB)",
               kilobytes < HEAVIEST)  # fmt: skip


def main(changes: int = CHANGES) -> int:
    """0 when every figure keeps its limit, 2 without a browser."""
    browser_file = chromium()
    if browser_file is None:
        return 2
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_file, args=CHROMIUM_ARGS)
        kept = [weight(browser), script(browser), news(browser, 20, changes), news(browser, 1000, changes)]
        browser.close()
    return 0 if all(kept) else 1


if __name__ == "__main__":
    raise SystemExit(main(*map(int, sys.argv[1:2])))
