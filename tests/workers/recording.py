"""Plays a recording of the real apis-web back as a source for the collectors, by a clock that the test moves."""

import gzip
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from main_controller.domain.snapshot import Snapshot
from main_controller.errors import UpstreamTimeout, UpstreamUnreachable
from main_controller.sentence import foreign
from main_controller.store.unit_cache import UnitCache
from main_controller.upstream.apis_web import GridStatus, LogReply
from main_controller.upstream.timeouts import TIMEOUTS
from main_controller.workers.data_collector import DataCollector, GridWatcher
from main_controller.workers.periodic import Periodic

START = datetime(2026, 1, 1, tzinfo=UTC)
GRID_BEAT = 5


class Recording:
    """The answers of one recording, each as it was at the second `now`, one a second."""

    def __init__(self, path: Path) -> None:
        self.now = 0.0
        self.answers: dict[tuple[str, int], dict[str, Any]] = {}
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for line in map(json.loads, lines):
                if "get" in line:
                    self.answers[line["get"], round(line["t"])] = line
        self.seconds = max(second for _, second in self.answers)

    def clock(self) -> float:
        return self.now

    def wall(self) -> datetime:
        return START + timedelta(seconds=self.now)

    def _answer(self, what: str) -> Any:
        """The recorded body. The next one in line when the recorder itself was still waiting for the one before."""
        second = int(self.now)
        while (what, second) not in self.answers:
            second -= 1
        line = self.answers[what, second]
        if line["http"] is None:
            raise UpstreamUnreachable(foreign("connection refused"), sent=False)
        if line["took"] > TIMEOUTS["log"].total:
            raise UpstreamTimeout(foreign("no answer in time"))
        return line["body"]

    def log(self) -> LogReply:
        units = self._answer("log")
        return LogReply(units, msgspec.json.encode(units), (), frozenset())

    def unit_ids(self) -> tuple[str, ...]:
        return tuple(self._answer("unitIds"))

    def status(self) -> GridStatus:
        body = self._answer("status")
        return GridStatus(body.get("active"), body.get("error"))

    def deals(self) -> list[dict[str, Any]]:
        return list(self._answer("deals"))


class Replay:
    """A collector and a watcher on one recording, polled once a second and once in five."""

    def __init__(self, path: Path) -> None:
        self.recording = Recording(path)
        self.cache = UnitCache()
        recording = self.recording
        collector = DataCollector(recording, self.cache, clock=recording.clock, wall=recording.wall)
        watcher = GridWatcher(recording, self.cache, clock=recording.clock, wall=recording.wall)
        self.collecting = Periodic("dataCollector", 1.0, collector.poll_once, wall=recording.wall)
        self.watching = Periodic("gridWatcher", GRID_BEAT, watcher.poll_once, wall=recording.wall)

    def until(self, end: int) -> Iterator[tuple[int, Snapshot]]:
        """Go on from where it stands; each second with its snapshot."""
        while self.recording.now < end:
            yield self.second()

    def second(self) -> tuple[int, Snapshot]:
        """Play one second and return the snapshot after it."""
        now = int(self.recording.now)
        self.collecting.run_once()
        if now % GRID_BEAT == 0:
            self.watching.run_once()
        snapshot = self.cache.snapshot()
        self.recording.now += 1.0
        return now, snapshot
