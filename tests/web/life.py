"""A run of the program over a recording of the real system, by a clock that the test moves, with its black box."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytz

from main_controller import __version__
from main_controller.alarms.overview import Overview
from main_controller.domain.commands import ConverterEffect, ModeEffect
from main_controller.domain.freshness import Remembered
from main_controller.domain.modes import ConverterStatus, Mode
from main_controller.domain.timing import Timing
from main_controller.orders.desk import Desk
from main_controller.orders.register import Register
from main_controller.orders.trips import Trips
from main_controller.rules.interlock_terms import Limits
from main_controller.store.black_box import BlackBox, Shelf
from main_controller.store.chronicle import Chronicle
from main_controller.store.known_units import Acknowledgement
from main_controller.store.unit_cache import UnitCache
from main_controller.watching.bus_events import BusEvents
from main_controller.watching.bus_view import BusView
from main_controller.watching.deal_watch import DealWatch
from main_controller.web.frame import Frames
from main_controller.web.frame_report import FrameReport
from main_controller.web.replay import Replay
from main_controller.web.shapes.schedules import FrameSchedules
from main_controller.web.status_report import About, Sources
from main_controller.workers.data_collector import DataCollector, GridWatcher
from main_controller.workers.periodic import Periodic
from main_controller.workers.scheduler import ScheduleStatus
from tests.orders.bench import Acknowledged, LockBook
from tests.web.client import Client
from tests.web.test_status_report import CONFIG, LIMITS
from tests.workers.recording import GRID_BEAT, Recording

NO_SCHEDULES: FrameSchedules = {
    "set": {}, "fault": None, "pending": 0, "last": [], "failed": [], "waiting": [], "unreadable": [],
}  # fmt: skip
MB = 10


class Life:
    """The program from a start, named `start`, to its end; `folder` is the black box's."""

    def __init__(self, folder: Path, recording: Recording, start: str, *, megabytes: int = MB) -> None:
        self.recording = recording
        self.jumped = 0.0  # how far (s) the wall's clock is from where it would be
        self.began = recording.now
        self.alarms = Overview()
        self.heard: list[str] = []
        self.box = BlackBox(
            Shelf(folder, megabytes=megabytes, hours=48), version=__version__, start=start,
            wall=self.wall, clock=self.clock,
        )  # fmt: skip
        self.box.write_once()
        self.cache = UnitCache(
            remembered={"E009": Remembered("E009", "0x0014", 350.0, 2.0, "10.0.0.9")}, told=self.box.snapshot_told
        )
        self.register, self.acknowledged, self.locks = Register(), Acknowledged(), LockBook()
        self.desk = desk = Desk(
            self.cache, self.register, self.acknowledged, self.locks,
            timing=Timing(), clock=self.clock, wall=self.wall, start=start,
        )  # fmt: skip
        collector = DataCollector(recording, self.cache, clock=self.clock, wall=self.wall)
        watcher = GridWatcher(recording, self.cache, clock=self.clock, wall=self.wall)
        self.collecting = Periodic("data collector", 1.0, collector.poll_once, wall=self.wall)
        self.watching = Periodic("grid watcher", GRID_BEAT, watcher.poll_once, wall=self.wall)
        self.trips = Trips()
        self.chronicle = Chronicle(record=lambda *_: None, wall=self.wall, clock=self.clock)
        self.deals = DealWatch(desk, record=lambda *_: None)
        self.bus = BusEvents(desk, self.chronicle, self.trips, limits=Limits(), accounts=self.deals.accounts)
        view = BusView(desk, self.bus, limits=Limits())
        sources = Sources(
            collector=lambda: self.collecting.health,
            watcher=lambda: self.watching.health,
            scheduler=lambda: self.collecting.health,
            schedules=ScheduleStatus,
            acknowledgement=self._acknowledgement,
            grid_events=self.chronicle.events,
            locks=self.locks.all,
            bus_conditions=self.bus.standing,
            bus=view.figures,
            trips=self.trips.moments,
            deals=self.deals.accounts,
            deal_events=self.deals.events,
            alarms=lambda: self.alarms,
            orders=self.register.open,
        )
        about = About("0.1.0", False, "", "UTC", LIMITS, CONFIG)
        report = FrameReport(desk.seen, about, sources, lambda: NO_SCHEDULES, f"begun at {recording.now}", kept=True)
        self.replay = Replay(self.box, version=__version__, zone=pytz.utc)
        self.frames = Frames(
            report.report, moment=desk.moments.serial, start=start, clock=self.clock, wall=self.wall, rest=0.0,
            polled_at=lambda: self.cache.snapshot().answered_at, replay=self.replay, keep=self.box.frame_told,
            heard=lambda page, environ: self.heard.append(page),
        )  # fmt: skip
        self.client = Client(self.frames, self.replay)
        self._orders = 0

    def clock(self) -> float:
        """Monotonic s, which each machine counts from where it likes."""
        return 5000.0 + self.recording.now - self.began

    def wall(self) -> datetime:
        """The time of day; two clocks drift."""
        return self.recording.wall() + timedelta(seconds=self.jumped + self.clock() * 1.3e-6)

    def _acknowledgement(self, unit_id: str, status: str | None) -> Acknowledgement | None:
        known = self.acknowledged.given.get(unit_id, status or "none")
        return Acknowledgement("anna", self.recording.wall()) if known == status else None

    def poll(self) -> None:
        """A second's poll, and the frame after it."""
        self.collecting.run_once()
        if int(self.recording.now) % GRID_BEAT == 0:
            self.watching.run_once()
        self.deals.run_once()
        self.bus.run_once()
        self.look()

    def look(self) -> None:
        """Another frame."""
        self.frames.make()

    def keep(self) -> None:
        """What the black box's loops do."""
        self.box.record_once()
        self.box.write_once()

    def seconds(self, count: float, step: float = 1.0) -> None:
        """Go on for so many seconds."""
        for _ in range(round(count / step)):
            self.recording.now += step
            self.poll()
            self.keep()

    def order(self, unit_id: str) -> None:
        """A converter's order and a mode's that may be in effect, with the converter's own answer."""
        self._orders += 1
        now = self.clock()
        answer = {"status": {"status": "0x0041"}, "meter": {"vg": 350.25}}
        self.register.effects.note_converter(
            ConverterEffect(
                f"c{self._orders}", unit_id, ConverterStatus.CHARGE, 350.0, 2.0, now, now + 0.1, True, answer
            )
        )
        self.register.effects.note_mode(ModeEffect(f"c{self._orders}", unit_id, Mode.STOP, now, at=self.wall()))

    def served(self) -> Any:
        """The frame as a page gets it now, with its sentences by code."""
        return self.client.call("/get/frame", headers={"APIS-Sentences": "codes"}).json

    def past(self, at: str) -> Any:
        """The frame of the past."""
        target = f"/get/frame?at={at.replace('+', '%2B')}"
        return self.client.call(target, headers={"APIS-Sentences": "codes"}).json


def but_for_now(frame: Any) -> Any:
    """A frame without what tells when, by whom and for which order it is asked."""
    left = {name: value for name, value in frame.items() if name not in ("moment", "replay")}
    if "messages" in left:
        left["messages"] = sorted(left["messages"], key=lambda one: str(one["text"]))
    return left


def forgotten(life: Life, unit_id: str) -> None:
    """A person says that a unit has left."""
    life.cache.update(
        lambda before: replace(
            before,
            sightings={one: seen for one, seen in before.sightings.items() if one != unit_id},
            members=tuple(one for one in before.members if one != unit_id),
        )
    )
