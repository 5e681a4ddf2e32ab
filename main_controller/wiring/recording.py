"""Does what `--replay FILE.zip` asks for: serves an incident's file on this machine, without a grid and any order.

None of the program's workers, upstreams and stores is built here, so that nothing can be called or ordered, and nothing
of this machine's console is touched; only the pages, the readings of the past, and what refuses all else.
"""

import contextlib
import fcntl
import logging
import os
import shutil
import signal
import stat
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import msgspec
import pytz
from msgspec import structs
from pytz.tzinfo import BaseTzInfo

from main_controller import __version__
from main_controller.assessment.assess import Assessor
from main_controller.assessment.grid_state import GridState
from main_controller.clock import utc_now
from main_controller.domain.snapshot import Snapshot
from main_controller.domain.timing import Timing
from main_controller.errors import ControllerError, NotFound
from main_controller.orders.moments import new_start
from main_controller.orders.register import Register
from main_controller.server import Server
from main_controller.settings import ON_COMMAND_LINE, Settings
from main_controller.store.black_box import BlackBox, Recorded
from main_controller.store.incidents import Incident, Incidents, Pool
from main_controller.store.incidents.foreign_archive import NOT_SHOWN, BadArchive, Opened, opened
from main_controller.upstream.this_host import host_names
from main_controller.web import routes
from main_controller.web.application import Application, Part
from main_controller.web.assets import Assets, chart_folder, jquery_file
from main_controller.web.beside_pages import BesidePages
from main_controller.web.frame import Frames
from main_controller.web.frame_report import Report
from main_controller.web.guard import Guard
from main_controller.web.help_page import HelpPage
from main_controller.web.incidents import IncidentPages
from main_controller.web.ordering import Ordering
from main_controller.web.page import Page
from main_controller.web.recording import (
    Readings,
    RecordedJournal,
    RecordedStatus,
    Recording,
    Refusals,
    live_of,
)
from main_controller.web.refused_page import RefusedPage
from main_controller.web.replay import NO_MOMENT, UNREADABLE, Replay, report_made
from main_controller.web.route import Handlers
from main_controller.web.status_report import About, Sources, StatusReport
from main_controller.web.visitors import Visitors
from main_controller.wiring.choices import about
from main_controller.workers.health import Health
from main_controller.workers.periodic import Periodic
from main_controller.workers.scheduler import ScheduleStatus

log = logging.getLogger(__name__)

LOOPBACK = "127.0.0.1"

FRAMES_EVERY = 1.0
"""How often (s) what is told in place of now is told anew, so that pages know that this lives."""

PREFIX, IN_USE = "apis-replay-", ".in-use"
"""How the folder of what is unpacked begins, and the file in it that its program holds."""

BEGINS = 60.0
"""How old (s) such a folder is at least that is taken for left: before that its program may not hold it yet."""

FOREVER, ROOM = 36_500, 1_000_000
"""Days and MB within which the one incident is kept: it lies in a folder that goes with the end."""


def replay(file: Path, settings: Settings) -> int:
    """Serve the file until a signal; 0 then, 2 where it cannot be shown, with one sentence why."""
    logging.basicConfig(level=settings.log_level or logging.WARNING)
    for sign in (signal.SIGINT, signal.SIGTERM):
        signal.signal(sign, _end)  # from here on its folder goes with it, however it ends
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(_unpacked())
        try:
            shown = Shown(file, folder, settings)
        except BadArchive as fault:
            sys.stderr.write(f"{file.name} cannot be shown: {fault.sentence}.\n")
            return 2
        except ControllerError as fault:
            sys.stderr.write(f"{fault}\n")
            return 2
        except OSError as fault:
            sys.stderr.write(f"{file.name} cannot be shown: {fault.strerror or fault}.\n")
            return 2
        stack.callback(shown.close)
        shown.serve()
    return 0


@dataclass(frozen=True, slots=True)
class _Found:
    """The moment that stands for now, and what is made of it."""

    at: datetime
    recorded: Recorded
    state: GridState
    report: Report


class Shown:
    """The file, unpacked into `folder`, and what serves it. Raises BadArchive, ControllerError and OSError."""

    def __init__(self, file: Path, folder: Path, settings: Settings) -> None:
        segments = folder / "incidents" / "segments"
        segments.parent.mkdir()  # without parents: a folder that went is none that others may read
        segments.mkdir()
        content = opened(file, segments)
        pool = Pool(segments, megabytes=ROOM)
        box = BlackBox(pool, version=__version__, start=new_start(), wall=utc_now)
        incidents = _kept(content, pool, box)
        found = _first(box, content.incident)
        zone = _zone(content.about.timezone)
        held = box.timeline()
        recording = Recording(
            title=(content.manifest.title or content.about.title)[:100],
            begins=max(content.incident.begins, held.begins or found.at),
            ends=min(content.incident.ends, held.ends or found.at), at=found.at,
            fetched=None if content.incident.whole else content.manifest.made,
        )  # fmt: skip
        told = _about(content, settings, zone, recording.title)
        self._frames = Frames(
            lambda: live_of(found.report, time.monotonic()), moment=lambda: NO_MOMENT, start=new_start(),
            replay=Replay(box, version=__version__, zone=zone, incidents=incidents.reaches),
        )  # fmt: skip
        self._frames.make()
        self._loop = Periodic("frames", FRAMES_EVERY, self._frames.make)
        self._threads = ThreadPoolExecutor(1)
        self.application = self._application(settings, content, incidents, box, found, zone, recording, told)
        self.server = Server(
            self.application, host=LOOPBACK,
            port=settings.b_port if settings.sources.get("b_port") == ON_COMMAND_LINE else 0,
            threads=settings.threads, connection_limit=settings.connection_limit,
        )  # fmt: skip

    def _application(
        self, settings: Settings, content: Opened, incidents: Incidents, box: BlackBox, found: _Found,
        zone: BaseTzInfo, recording: Recording, told: About,
    ) -> Application:  # fmt: skip
        views = settings.root / "views"
        status = StatusReport(lambda: found.state, told, _sources(), started=utc_now())
        ordering = Ordering(
            Register(), Timing(), executor=self._threads, stoppers=self._threads, stop_alls=self._threads
        )
        parts: list[Part] = [
            Page(views, _Still(found.recorded.moment.snapshot), status=status.report, recording=recording.shown),
            HelpPage(views),
            self._frames,
            Replay(box, version=__version__, zone=zone, incidents=incidents.reaches),
            RecordedStatus(status.report, utc_now),
            RecordedJournal(content.rows.rows, zone),
            Readings(
                IncidentPages(
                    incidents, ordering, journalled=lambda by, what: None, title=lambda: recording.title,
                    version=__version__, wall=utc_now, zone=zone,
                )
            ),
            _Only(
                BesidePages(
                    views, title=lambda: recording.title, zone=zone, version=__version__, estop=lambda: None,
                    simulated=told.simulated, recording=recording.shown,
                )
            ),
            Assets(
                settings.root / "js", settings.root / "css", settings.root / "img",
                jquery=jquery_file(), charts=chart_folder(settings.root),
            ),
        ]  # fmt: skip
        answered = {route for part in parts for route in part.handlers()}
        guard = Guard(
            own_names=host_names(), allowed_hosts=(), allowed_networks=None, read_only=False, get_orders=True,
            visitors=Visitors(), unguarded=False, stops_alone=False,
        )  # fmt: skip
        refused = RefusedPage(views).reply
        return Application(
            guard, [*parts, Refusals(answered, recording)],
            hot={routes.FRAME: self._frames},
            pages={route: refused for route in routes.ROUTES if route.path.endswith(".html")},
        )  # fmt: skip

    def serve(self) -> None:
        """Answer until SIGINT or SIGTERM."""
        self._loop.start()
        sys.stdout.write(f"Open {self.server.address}\n")
        sys.stdout.flush()
        self.server.run()

    def close(self) -> None:
        """End what runs."""
        self._loop.stop()
        self._threads.shutdown(wait=False)
        self.server.close()


class _Still:
    """The snapshot of the moment that stands for now."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot

    def snapshot(self) -> Snapshot:
        return self._snapshot


class _Only:
    """Of the pages beside the main one that of the incidents."""

    def __init__(self, pages: BesidePages) -> None:
        self._pages = pages

    def handlers(self) -> Handlers:
        return {routes.INCIDENT_PAGE: self._pages.handlers()[routes.INCIDENT_PAGE]}


@contextlib.contextmanager
def _unpacked() -> Iterator[Path]:
    """A folder for what is unpacked, which goes with the end; those of programs that were killed go first."""
    for left in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        _remove_left(left)
    with tempfile.TemporaryDirectory(prefix=PREFIX) as folder, (Path(folder) / IN_USE).open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)  # it goes with the process, however that ends
        yield Path(folder)


def _remove_left(folder: Path) -> None:
    """Remove the folder of a program that does not run any more, and is this user's; none that just begins."""
    try:
        told = folder.lstat()
        if not stat.S_ISDIR(told.st_mode) or told.st_uid != os.getuid() or time.time() - told.st_mtime < BEGINS:
            return
        with (folder / IN_USE).open("r+") as held:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder)
    except OSError as error:  # it is in use, or not one of ours
        log.debug("%s stays: %s", folder, error)


def _end(number: int, frame: object) -> None:
    raise SystemExit(0)


def _kept(content: Opened, pool: Pool, box: BlackBox) -> Incidents:
    """The one incident, as if it had been kept here."""
    incident = structs.replace(content.incident, ends=_ends(content), joined=())
    (pool.folder.parent / f"{incident.id}.json").write_bytes(msgspec.json.encode(incident))
    incidents = Incidents(
        pool, box, days=FOREVER, about=lambda: structs.asdict(content.about),
        rows=lambda begins, ends: map(structs.asdict, content.rows.rows), wall=utc_now,
    )  # fmt: skip
    incidents.read_once()
    if not incidents.all():
        raise BadArchive(NOT_SHOWN)
    return incidents


def _ends(content: Opened) -> datetime:
    """When it ended: of an incident that still went on, when it was fetched; what came meanwhile may be in it too."""
    incident, made = content.incident, content.manifest.made
    return incident.ends if incident.whole else max(incident.begins, min(incident.ends, made))


def _first(box: BlackBox, incident: Incident) -> _Found:
    """The moment of its first reason of which something is recorded; else the first of all. Raises BadArchive."""
    begins = box.timeline().begins
    for at in [*(reason.at for reason in incident.reasons), *([] if begins is None else [begins])]:
        try:
            recorded = box.at(at)
            return _Found(at, recorded, Assessor().assess(recorded.moment), report_made(recorded))
        except NotFound:
            continue
        except UNREADABLE as error:
            raise BadArchive(NOT_SHOWN) from error
    raise BadArchive(NOT_SHOWN)


def _zone(name: str) -> BaseTzInfo:
    """The site's, where this machine knows it."""
    return pytz.timezone(name if name in pytz.all_timezones_set else "UTC")


def _about(content: Opened, settings: Settings, zone: BaseTzInfo, title: str) -> About:
    """What the status tells of the program: this one, which only shows."""
    mine = about(replace(settings, title=title, timezone=str(zone.zone)))
    config = mine.config.copy()
    config["readOnly"] = True
    return replace(mine, simulated=content.about.simulated, config=config)


def _sources() -> Sources:
    untold = Health()
    return Sources(collector=lambda: untold, watcher=lambda: untold, scheduler=lambda: untold, schedules=ScheduleStatus)
