"""A black box and its incidents on a clock moved by hand, for the tests of this folder."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from main_controller.assessment.moment import Moment
from main_controller.errors import ControllerError
from main_controller.sentence import say
from main_controller.store.black_box import BlackBox, Fact, Shelf, ToldFrame
from main_controller.store.incidents import Incident, Incidents, Pool, Reason, reason_of
from main_controller.store.unit_cache import UnitCache

STEP = 2
"""How many seconds lie between two polls: frames are never 3 s apart, which would be a gap."""

NOON = datetime(2026, 5, 13, 12, 0, tzinfo=UTC)


class Site:
    """A black box and its incidents, on a clock moved by hand; `start` names the run."""

    def __init__(self, folder: Path, *, start: str = "a", now: float = 0.0, box_mb: int = 10, mb: int = 10) -> None:
        self.folder = folder
        self.now = now
        self.pool = Pool(folder / "incidents" / "segments", megabytes=mb)
        self.shelf = Shelf(folder / "blackbox", megabytes=box_mb, hours=48)
        self.box = BlackBox(
            self.shelf, version="0.1.0", start=start, wall=self.wall, clock=lambda: self.now, older=self.pool
        )
        self.box.write_once()
        self.cache = UnitCache(told=self.box.snapshot_told)
        self.serial = 0
        self.journal_fault: ControllerError | None = None
        self.incidents = Incidents(
            self.pool, self.box, days=365, about=lambda: {"version": "0.1.0"}, rows=self.rows,
            wall=self.wall, clock=lambda: self.now,
        )  # fmt: skip

    def wall(self) -> datetime:
        return NOON + timedelta(seconds=self.now)

    def rows(self, begins: datetime, ends: datetime) -> Iterator[Mapping[str, Any]]:
        if self.journal_fault is not None:
            raise self.journal_fault
        yield {
            "id": 1, "at": begins.isoformat(), "kind": "order", "by": "anna", "unitId": None, "what": "something",
            "before": None, "after": {"mode": "stop"}, "outcome": "", "commandId": None, "order": None, "stage": "came",
        }  # fmt: skip

    def polls(self, seconds: int) -> None:
        """A poll and its frame every other second, written as they come."""
        for _ in range(seconds // STEP):
            self.now += STEP
            data = {"E001": {"time": f"t{self.now}", "dcdc": {"meter": {"vg": self.now}}}}
            self.cache.take_log(data, self.now, self.wall())
            self.serial += 1
            moment = Moment(self.cache.snapshot(), self.now, self.wall())
            facts = {"serial": Fact(msgspec.json.encode(self.serial))}
            self.box.frame_told(ToldFrame(self.wall(), self.serial, None, moment, facts))
            self.box.record_once()
        self.box.write_once()
        self.incidents.write_once()

    def keep(self, text: str = "why") -> Incident:
        return self.incidents.keep(self.reason(text))

    def reason(self, text: str = "why") -> Reason:
        return reason_of(self.wall(), "gridError", say("test.why", "{text}", text=text))

    def vg(self, at: float) -> Any:
        found = self.box.at(NOON + timedelta(seconds=at))
        return found.moment.snapshot.sightings["E001"].data["dcdc"]["meter"]["vg"]
