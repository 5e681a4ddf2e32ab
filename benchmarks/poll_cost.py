"""What a poll of `/get/log` costs in CPU, and whether the beat of 1 s holds at 10,000 units.

    python -m benchmarks.poll_cost

A real HTTP answer from another process, through `HttpJson`, `ApisWeb` and `DataCollector` into the cache: read,
decoded, looked through, encoded, gzipped and hashed. CPU is this whole process's, in ms.
"""

import itertools
import statistics
import sys
import threading
import time
from collections.abc import Callable

from benchmarks.grid import apis_web
from main_controller.process import tune_garbage_collector
from main_controller.store.unit_cache import UnitCache
from main_controller.upstream.apis_web import ApisWeb
from main_controller.upstream.http_json import HttpJson
from main_controller.wiring.choices import UNIT_LIMIT, UNIT_VALUES
from main_controller.workers.admission import Admission
from main_controller.workers.data_collector import DataCollector
from main_controller.workers.periodic import Periodic

BUDGET = {1_000: 40.0, 10_000: 400.0}
"""Units, and the most CPU (ms) that their poll may cost."""
ROUNDS = 12
BEATS = 20


def say(line: str) -> None:
    """One line of the result."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def cost(call: Callable[[], object]) -> list[float]:
    """CPU of each of some calls, ms, sorted; the first two warm up and do not count."""
    found = []
    for _ in range(ROUNDS + 2):
        start = time.process_time()
        call()
        found.append((time.process_time() - start) * 1e3)
    return sorted(found[2:])


def collector(url: str, cache: UnitCache) -> tuple[DataCollector, HttpJson]:
    """A collector as the program makes it."""
    most = max(BUDGET)
    http = HttpJson(
        reuse_connections=True, user_agent="benchmark", max_bytes=most * UNIT_LIMIT, max_values=most * UNIT_VALUES
    )
    admission = Admission(cache, most)
    return DataCollector(ApisWeb(url, url, http, http), cache, admission=admission), http


def polls(count: int, *, moving: bool) -> float:
    """Median CPU of a poll, ms; says it."""
    with apis_web(count, moving=moving) as url:
        cache = UnitCache(orders_by_address=True)
        collecting, http = collector(url, cache)
        found = cost(collecting.poll_once)
        snapshot = cache.snapshot()
        http.close()
    what = "every unit moved" if moving else "the same bytes"
    say(
        f"{count:6d} units, {what:16s}: median {statistics.median(found):6.1f} ms, worst {found[-1]:6.1f} ms;"
        f" reply {len(snapshot.body) / 1e6:.2f} MB, gzip {len(snapshot.body_gzip) / 1e6:.2f} MB"
    )
    return statistics.median(found)


def beat(count: int) -> bool:
    """Whether every beat of 1 s was kept; says it."""
    with apis_web(count) as url:
        cache = UnitCache(orders_by_address=True)
        collecting, http = collector(url, cache)
        starts: list[float] = []
        done = threading.Event()

        def poll() -> None:
            starts.append(time.monotonic())
            collecting.poll_once()
            if len(starts) > BEATS:
                done.set()

        periodic = Periodic("dataCollector", 1.0, poll)
        periodic.start()
        done.wait(BEATS * 3)
        periodic.stop()
        http.close()
    steps = [later - earlier for earlier, later in itertools.pairwise(starts[1:])]
    kept = bool(steps) and max(steps) < 1.5
    say(f"{count:6d} units, beat of 1 s: {len(steps)} beats, longest step {max(steps, default=0):.2f} s, kept: {kept}")
    return kept


def main() -> int:
    """0 when every figure is within its budget."""
    tune_garbage_collector()
    good = True
    for count, budget in BUDGET.items():
        median = polls(count, moving=True)
        polls(count, moving=False)
        say(f"{count:6d} units: budget {budget:.0f} ms, {'kept' if median <= budget else 'MISSED'}")
        good &= median <= budget
    good &= beat(max(BUDGET))
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
