"""What the black box costs at 1,000 units, and how long a frame of the past takes.

    python -m benchmarks.black_box [minutes of record, default 3]

Snapshots of a grid whose units are each read every 5 s, one poll a second, and of one whose units are all read at every
poll, go through the cache, the assessment and the frame as the program makes them; CPU is that of the black box's own
worker alone, ms for each poll with its frames. Then frames of the past are made at moments all over the record, in the
folder and under way. Ends with 1 when a figure misses its limit.
"""

import json
import random
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytz

from benchmarks.grid import grid
from main_controller import __version__
from main_controller.domain.timing import Timing
from main_controller.orders.desk import Desk
from main_controller.orders.register import Register
from main_controller.process import tune_garbage_collector
from main_controller.settings import Settings
from main_controller.store.black_box import BlackBox, Shelf
from main_controller.store.unit_cache import UnitCache
from main_controller.web.frame import Frames
from main_controller.web.frame_report import FrameReport
from main_controller.web.replay import Replay
from main_controller.web.status_report import Sources
from main_controller.wiring.choices import about
from main_controller.workers.health import Health
from main_controller.workers.scheduler import ScheduleStatus

UNITS = 1_000
POLL, FRAME = 10.0, 300.0
"""How much CPU (ms) the black box may take for a poll, and how long (ms) a frame of the past may take."""
FRAMES = 2
"""How many frames are made after each poll: one of it, one of an order or of the second."""
MOMENTS = 30
START = datetime(2026, 1, 1, tzinfo=UTC)
VARIANTS = 6
EMPTY: Any = {"set": {}, "fault": None, "pending": 0, "last": [], "failed": [], "waiting": [], "unreadable": []}


class Nobody:
    """No acknowledgement and no lock."""

    def statuses(self) -> dict[str, str | None]:
        """Nobody is acknowledged."""
        return {}

    def all(self) -> dict[str, dict[str, Any]]:
        """There is no lock."""
        return {}


class Site:
    """The program's own parts between a poll and the black box, on a clock of the benchmark's."""

    def __init__(self, folder: Path, every: int) -> None:
        self.now = 1000.0
        self._every = every
        self.box = BlackBox(
            Shelf(folder, megabytes=512, hours=48), version=__version__, start="a", wall=self.wall, clock=self.clock
        )
        self.cache = UnitCache(told=self.box.snapshot_told)
        desk = Desk(
            self.cache, Register(), Nobody(), Nobody(), timing=Timing(), clock=self.clock, wall=self.wall, start="a"
        )
        well = Health(alive=True, up=True)
        sources = Sources(
            collector=lambda: well, watcher=lambda: well, scheduler=lambda: well, schedules=ScheduleStatus
        )
        report = FrameReport(desk.seen, about(Settings()), sources, lambda: EMPTY, "then", kept=True)
        self.replay = Replay(self.box, version=__version__, zone=pytz.utc)
        self.frames = Frames(
            report.report, moment=desk.moments.serial, start="a", clock=self.clock, wall=self.wall, rest=0.0,
            replay=self.replay, keep=self.box.frame_told,
        )  # fmt: skip
        self._grids = [grid(UNITS, seed) for seed in range(1, VARIANTS + 1)]
        self._units = self._grids[0]

    def clock(self) -> float:
        """Monotonic s."""
        return self.now

    def wall(self) -> datetime:
        """The same time of day."""
        return START + timedelta(seconds=self.now)

    def poll(self, number: int) -> None:
        """A poll that moved one unit of `every`, and its frames."""
        fresh = self._grids[(number // self._every) % VARIANTS]
        for index, unit_id in enumerate(self._units):
            if index % self._every == number % self._every:
                stamp = f"2026/01/01-{number // 3600 % 24:02d}:{number // 60 % 60:02d}:{number % 60:02d}"
                self._units[unit_id] = {**fresh[unit_id], "time": stamp}
        plain = msgspec.json.encode(self._units)
        self.cache.take_log(msgspec.json.decode(plain), self.now, self.wall(), plain=plain)
        for _ in range(FRAMES):
            self.frames.make()
            self.now += 1.0 / FRAMES

    def past(self, at: datetime) -> tuple[int, Any, bytes]:
        """The answer with the frame of a time."""
        return self.frames.answer({"QUERY_STRING": f"at={at:%Y-%m-%dT%H:%M:%S.%f}Z"})


def costs(site: Site, polls: int) -> list[float]:
    """CPU (ms) of the black box's worker for each poll, sorted."""
    found = []
    for number in range(polls):
        before = site.cache.snapshot()
        site.poll(number)
        begin = time.thread_time()
        site.box.record_once()
        found.append((time.thread_time() - begin) * 1e3)
        del before  # who drops the last of it pays for that: it is none of the black box's cost
        site.box.write_once()
    return found


def say(line: str) -> None:
    """One line of the result."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def measured(name: str, every: int, minutes: float) -> bool:
    """Whether the limits are kept; says the figures."""
    folder = Path(tempfile.mkdtemp(prefix="black-box-"))
    try:
        site = Site(folder, every)
        begun = site.wall()
        polls = round(minutes * 60)
        cost = costs(site, polls)
        mean = statistics.mean(cost)
        size = sum(path.stat().st_size for path in folder.iterdir())
        recorded = site.box.timeline()
        kept = (recorded.ends - begun).total_seconds() if recorded.ends is not None else 0.0
        say(
            f"{UNITS} units, {name}: {mean:.1f} ms CPU a poll (at most {POLL:g}), median {statistics.median(cost):.1f},"
            f" worst {max(cost):.1f} (the first of a minute); {size / 1e3 / max(kept - 60.0, 60.0):.0f} kB/s"
        )
        took, clock = moments(site.past, begun, polls)
        say(
            f"{UNITS} units, {name}: a frame of the past takes {statistics.median(took):.0f} ms CPU, worst"
            f" {max(took):.0f} ms (at most {FRAME:g}); by the clock {statistics.median(clock):.0f} ms, worst"
            f" {max(clock):.0f} ms"
        )
    finally:
        shutil.rmtree(folder)
    return mean <= POLL and max(took) <= FRAME


def moments(
    ask: Callable[[datetime], tuple[int, Any, bytes]], begun: datetime, seconds: int
) -> tuple[list[float], list[float]]:
    """How long (ms) frames at moments by chance take: CPU, and by the clock."""
    chance, found, clock = random.Random(1), [], []
    for _ in range(MOMENTS):
        at = begun + timedelta(seconds=chance.uniform(0.0, seconds - 1.0))
        begin, cpu = time.perf_counter(), time.thread_time()
        status, _, body = ask(at)
        found.append((time.thread_time() - cpu) * 1e3)
        clock.append((time.perf_counter() - begin) * 1e3)
        if status != 200 or len(json.loads(body)["units"]) != UNITS:
            raise RuntimeError(f"no frame at {at}")
    return found, clock


def main(minutes: float = 3.0) -> int:
    """0 when every figure is within its limit."""
    tune_garbage_collector()
    kept = [
        measured("each read every 5 s", 5, minutes),
        measured("all read at every poll", 1, minutes),
    ]
    return 0 if all(kept) else 1


if __name__ == "__main__":
    sys.exit(main(float((sys.argv[1:2] or ["3"])[0])))
