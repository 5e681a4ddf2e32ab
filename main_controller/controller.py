"""Builds every part, starts them in order, stops them in reverse. Start reading here.

The only reader of `Settings`; `startMain.py` calls `main`.
"""

import contextlib
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event
from types import FrameType
from typing import Any

import pytz

from main_controller import __version__
from main_controller.choices import about, bounds_of, chosen_upstream, limits_of, simulated, timing_of
from main_controller.concurrency.limit import Limit
from main_controller.domain.commands import ConverterEffect
from main_controller.domain.freshness import Remembered
from main_controller.domain.modes import parse_converter_status
from main_controller.domain.units import number
from main_controller.errors import ControllerError, SettingError
from main_controller.logs import end_logs, set_up_logs
from main_controller.operations.acknowledge import Acknowledge
from main_controller.operations.answers import Answers
from main_controller.operations.bus_events import BusEvents
from main_controller.operations.bus_view import BusView
from main_controller.operations.desk import Desk
from main_controller.operations.direct_readings import DirectReadings, RepeatedReadings
from main_controller.operations.dispatcher import Dispatcher
from main_controller.operations.estop import EStop
from main_controller.operations.force_stop import ForceStop
from main_controller.operations.forget import Forget
from main_controller.operations.grid_events import GridEvents
from main_controller.operations.hand_time import HandTime
from main_controller.operations.journaling import Journaling
from main_controller.operations.locks import SetLock
from main_controller.operations.mode_sender import ModeSender
from main_controller.operations.pages_heard import PagesHeard
from main_controller.operations.safe_end import SafeEnd
from main_controller.operations.scheduled_modes import GridSeen, ScheduledModes
from main_controller.operations.schedules import SetSchedule
from main_controller.operations.set_converter import SetConverter
from main_controller.operations.set_mode import SetMode
from main_controller.operations.share import Share
from main_controller.operations.share_record import ShareRecord
from main_controller.operations.share_watcher import ShareWatcher
from main_controller.operations.shut_down import ShutDown
from main_controller.operations.stop_all import StopAll
from main_controller.operations.stop_follower import StopFollower
from main_controller.operations.then_mode import ThenMode
from main_controller.operations.trips import ResetTrips, Trips
from main_controller.operations.ups_mode import UpsMode
from main_controller.operations.verification import Verification
from main_controller.operations.waits import Waits
from main_controller.pid_file import remove_pid_file, write_pid_file
from main_controller.process import limit_malloc_arenas, tune_garbage_collector
from main_controller.server import Server
from main_controller.settings import Settings, build_settings, found_at_start, settings_in_force
from main_controller.store.command_log import CommandLog
from main_controller.store.data_lock import DataLock, data_folders
from main_controller.store.database import Database
from main_controller.store.journal import Journal
from main_controller.store.journal.check import verify_journal
from main_controller.store.known_units import KnownUnits
from main_controller.store.latch_file import LatchFile
from main_controller.store.locks import LockBook
from main_controller.store.running import RunningProcedures
from main_controller.store.schedule_results import ScheduleResults
from main_controller.store.schedules import Schedules
from main_controller.store.unit_cache import UnitCache
from main_controller.upstream.this_host import host_names, ipv4
from main_controller.web.application import Application, Part
from main_controller.web.assets import Assets, jquery_file
from main_controller.web.command_readings import CommandReadings
from main_controller.web.commands import Commands
from main_controller.web.draining import Draining
from main_controller.web.guard import Guard
from main_controller.web.journal import JournalPages
from main_controller.web.live_readings import LiveReadings
from main_controller.web.ordering import ORDERS_AT_ONCE, Ordering
from main_controller.web.page import Page
from main_controller.web.readings import Readings
from main_controller.web.status_report import Sources, StatusReport
from main_controller.web.stopping import lane_of
from main_controller.web.unit_readings import UnitReadings
from main_controller.workers.admission import Admission, within
from main_controller.workers.crew import Crew
from main_controller.workers.data_collector import DataCollector, GridWatcher
from main_controller.workers.database_writer import DatabaseWriter
from main_controller.workers.health import utc_now
from main_controller.workers.journal_keeper import JournalKeeper
from main_controller.workers.periodic import Periodic
from main_controller.workers.scheduler import Scheduler
from main_controller.workers.stopper import HASTENING, Stopper, ending_signals

log = logging.getLogger(__name__)

WATCH_EVERY = 5.0
"""How often (s) apis-web is asked for members, status and deals (Z5)."""

LOOK_EVERY = 0.5
"""How often (s) orders are looked at and procedures moved on."""

EVENTS_EVERY = 1.0
"""How often (s) it is looked for what the grid did by itself."""

KEEP_EVERY = 60.0
"""How often (s) it is looked whether the journal's day has ended."""

READERS = 16
DIRECT_READERS = 16
"""How many converters may be read at once before orders; a read that hangs holds one for its time-out."""

STOPPERS = 64
"""Threads for Stop all's own order to the cluster, and for Stop alls that are answered at once."""

WAITERS = 2048
"""Threads for Wait: one for each unit that hangs, made when needed and gone when done (Z8)."""

ORDERERS = 16
STOPS_ASKED = 2048
"""How many stops may go on at once after their answer; a thread each, made when it is needed."""

WAITING_READINGS = 8
END_LIMIT = 90.0
"""How long (s) a running Stop all or safe end may take after the first signal (Z20)."""


def main(parameters: Mapping[str, Any], argv: Sequence[str]) -> int:
    """Run the program with startMain.py's parameters and the command line; returns the exit status."""
    limit_malloc_arenas()
    try:
        settings = build_settings(parameters, argv)
        if settings.check_config:
            sys.stdout.write(found_at_start(settings))
            return 0
        if settings.verify_journal:
            status, text = verify_journal(settings.database)
            sys.stdout.write(text + "\n")
            return status
        set_up_logs(settings.root, settings.log_level, simulated=settings.simulate is not None)
    except SettingError as fault:
        sys.stderr.write(f"{fault}\n")
        return 2
    status = _run(settings)
    if not end_logs():
        os._exit(status)  # the interpreter would wait for a console that takes nothing any more
    return status


def _run(settings: Settings) -> int:
    with contextlib.ExitStack() as stack:
        try:
            controller = Controller(settings, stack)
            controller.serve()
        except (ControllerError, OSError) as fault:
            log.error("the program cannot start: %s", fault)
            sys.stderr.write(f"{fault}\n")
            return 2
    return 0


def _say(text: str) -> None:
    """Write on standard output from a thread of its own, past its buffer: nobody may be reading there, ever."""
    try:
        descriptor = sys.stdout.fileno()
    except (OSError, ValueError):  # it is no file, so nothing can hold it
        sys.stdout.write(text)
        return

    def write() -> None:
        with contextlib.suppress(OSError):
            os.write(descriptor, text.encode())

    threading.Thread(target=write, name="say", daemon=True).start()


class Controller:
    """The whole program. `serve` blocks until a signal ends it; what is opened is closed by `stack`."""

    def __init__(self, settings: Settings, stack: contextlib.ExitStack) -> None:
        self.settings = settings = simulated(settings, stack)
        self._clock = time.monotonic
        self._stack = stack
        self._ended = False
        self._build_store()
        self._upstream = chosen_upstream(settings, stack)
        self._build_operations()
        self._build_workers()
        self.app = Draining(self._build_web())
        self._server = Server(
            self.app,
            host=settings.b_host,
            port=settings.b_port,
            threads=settings.threads,
            connection_limit=settings.connection_limit,
            lane_of=lane_of,
        )
        self._stopper = Stopper(self._finish)

    # Building

    def _build_store(self) -> None:
        settings = self.settings
        zone = pytz.timezone(settings.timezone)
        self._data_lock = DataLock(wall=utc_now)
        self._data_lock.hold(data_folders(settings.database, settings.schedules))
        self._stack.callback(self._data_lock.release)
        self._database = database = Database(settings.database)
        self._stack.callback(database.close)
        self._journal = Journal(database, wall=utc_now)
        self._known = KnownUnits(database, wall=utc_now, lasts=timedelta(hours=settings.acknowledgetime))
        self._locks = LockBook(database)
        self._running = RunningProcedures(database)
        self._schedules = Schedules(settings.schedules, zone=zone)
        self._schedules.prepare()
        self._journaling = Journaling(self._journal)
        self._results = ScheduleResults(self._journaling.schedule_result)
        remembered = self._remembered()
        self._cache = UnitCache(
            remembered=remembered, forgotten=self._known.forgotten(), orders_by_address=not settings.emulator
        )
        self._commands = CommandLog(first_number=self._journaling.next_command_number(wall=utc_now))
        self._commands.listen(self._journaling.command_changed)

    def _remembered(self) -> Mapping[str, Remembered]:
        """What the file kept of the units; a broken file must not keep anybody from stopping the grid."""
        try:
            return within(self._known.load(), self.settings.maxunits)
        except ControllerError as error:
            log.error("what was known of the units before is lost: %s", error.sentence)
            return {}

    def _executor(self, threads: int, name: str) -> ThreadPoolExecutor:
        executor = ThreadPoolExecutor(threads, thread_name_prefix=name)
        self._stack.callback(executor.shutdown, wait=False, cancel_futures=True)
        return executor

    def _crew(self, most: int, name: str) -> Crew:
        crew = Crew(most, name)
        self._stack.callback(crew.shutdown, wait=False, cancel_futures=True)
        return crew

    def _build_operations(self) -> None:
        settings, upstream, intent = self.settings, self._upstream, self._journaling.intent
        self._stoppers = self._crew(WAITERS, "stop")
        self._orderers = self._executor(ORDERERS, "order")
        self._desk = desk = Desk(
            self._cache, self._commands, self._known, self._locks,
            timing=timing_of(settings), clock=self._clock, wall=utc_now,
        )  # fmt: skip
        waits = Waits(desk, upstream.devices, self._crew(WAITERS, "wait"))
        self._set_schedule = SetSchedule(
            desk, self._schedules, self._results,
            known=lambda: self._cache.snapshot().members, wall=utc_now, zone=pytz.timezone(settings.timezone),
            told=self._journaling.schedule_set,
        )  # fmt: skip
        dispatcher = Dispatcher(desk, intent)
        sender = ModeSender(desk, upstream.apis_web, person_ordered=self._clear_due)
        self._set_mode = SetMode(
            desk, dispatcher, sender, ForceStop(desk, sender, waits, self._stoppers), dead_bus=settings.deadbus
        )
        self._pages = PagesHeard(self._clock)
        self._then_mode = ThenMode(desk, self._set_mode, self._pages, submit=self._executor(1, "then").submit)
        limits = limits_of(settings)
        self._trips = Trips()
        direct = DirectReadings(
            upstream.devices, self._executor(DIRECT_READERS, "direct"), clock=self._clock, limit=settings.directread
        )
        self._set_converter = SetConverter(
            desk, dispatcher, upstream.devices, waits, limits=limits, direct=direct, trips=self._trips.moments
        )
        readers = self._executor(READERS, "read")
        self._stop_all = StopAll(
            desk, upstream.apis_web, upstream.devices, waits,
            executor=self._crew(STOPPERS, "stop all"), readers=readers,
            forgotten=None if settings.emulator else self._executor(READERS, "forgotten"),
        )  # fmt: skip
        self._shut_down = ShutDown(desk, dispatcher, upstream.apis_web)
        self._ups_mode = UpsMode(desk, dispatcher, upstream.devices, self._orderers, enabled=bool(settings.ups_set_url))
        self._set_lock = SetLock(desk, self._locks, told=self._journaling.lock)
        bounds = bounds_of(settings)
        reads = RepeatedReadings(upstream.devices, readers, self._clock)
        self._share = Share(
            desk, self._set_converter, ShareRecord(desk, self._running),
            SafeEnd(desk, waits, reads, bounds=bounds),
            ShareWatcher(desk, self._pages, unattended=settings.unattended * 60),
            bounds=bounds, longest=settings.sharelongest,
        )  # fmt: skip
        self._stop_all.also_ends(self._share.overtaken)
        self._verification = Verification(desk)
        self._answers = Answers(desk)
        self._stop_follower = StopFollower(desk, waits)
        self._events = GridEvents(desk, record=self._journaling.record)
        self._hand_time = HandTime(
            desk, self._set_converter, self._events.chronicle, executor=self._crew(WAITERS, "hand time"),
            limit=settings.handtime * 60, waits=settings.handtimewait,
        )  # fmt: skip
        self._estop = EStop(
            desk, self._stop_all, LatchFile(settings.estopfile),
            executor=self._crew(STOPPERS, "estop"), chronicle=self._events.chronicle,
        )  # fmt: skip
        self._acknowledge = Acknowledge(desk, self._known, chronicle=self._events.chronicle, dead_bus=settings.deadbus)
        limits = limits_of(settings)
        self._bus_events = BusEvents(desk, self._events.chronicle, self._trips, limits=limits)
        self._reset_trips = ResetTrips(desk, self._trips, pause=settings.triptime)
        self._bus_view = BusView(desk, self._bus_events, limits=limits)
        self._forget = Forget(
            desk, self._known, sharing=self._share.as_json, clear_schedules=self._set_schedule.clear_left
        )
        self._known.tell_back(self._events.came_back)
        self._database.replaced_is_told(self._tell_replaced)

    def _tell_replaced(self, text: str) -> None:
        """Another file is where the database's was; where its folder was moved, that is to be held too."""
        self._data_lock.follow()
        self._events.chronicle.show("database", None, text)

    def _clear_due(self, unit_id: str | None) -> None:
        self._set_schedule.clear_due(unit_id, "a person")

    def _acknowledged(self, unit_id: str, word: str | None) -> Mapping[str, Any] | None:
        return self._known.acknowledgement(unit_id) if self._known.acknowledged(unit_id, word) else None

    def _count_unfinished(self) -> None:
        """Orders that a kill left without an outcome count as in force until a reading says otherwise (Z8b)."""
        for row in self._journaling.tell_unfinished():
            wanted, now = row["after"], self._clock()
            word = parse_converter_status(wanted.get("word")) if isinstance(wanted, Mapping) else None
            if word is None:
                continue
            dvg, dig = number(wanted.get("dvg")) or 0.0, number(wanted.get("dig")) or 0.0
            for unit_id in [row["unitId"]] if row["unitId"] is not None else self._cache.snapshot().members:
                order = ConverterEffect(str(row["commandId"]), unit_id, word, dvg, dig, entered=now, returned=now)
                self._commands.note_converter(order)

    def _build_workers(self) -> None:
        settings, upstream = self.settings, self._upstream
        self._admission = admission = Admission(self._cache, settings.maxunits)
        collector = DataCollector(
            upstream.apis_web, self._cache,
            listeners=[self._known.note, self._bus_events.polled], admission=admission, clock=self._clock,
        )  # fmt: skip
        watcher = GridWatcher(upstream.apis_web, self._cache, admission=admission, clock=self._clock)
        scheduled = ScheduledModes(self._desk, self._set_mode)
        earlier = self._journaling.earlier_person_orders()
        seen = GridSeen(self._desk, earlier=earlier)
        self._scheduler = Scheduler(
            self._schedules, self._results, scheduled, seen,
            submit=self._orderers.submit, submit_stop=self._crew(STOPPERS, "scheduled stop").submit,
            wall=utc_now, clock=self._clock, allowed=settings.modetime,
        )  # fmt: skip
        keeper = JournalKeeper(self._journal, keep_days=settings.journalkeep)
        self._collect = collector
        self._collecting = Periodic("data collector", settings.datacollectorinterval, collector.poll_once)
        self._watching = Periodic("grid watcher", WATCH_EVERY, watcher.poll_once)
        self._scheduling = Periodic("scheduler", settings.schedulerInterval, self._scheduler.run_once)
        self._workers = [
            self._collecting,
            self._watching,
            Periodic("verification", LOOK_EVERY, self._verification.run_once),
            Periodic("answers", LOOK_EVERY, self._answers.run_once),
            Periodic("stop follower", LOOK_EVERY, self._stop_follower.run_once),
            Periodic("grid events", EVENTS_EVERY, self._events.run_once),
            Periodic("bus events", EVENTS_EVERY, self._bus_events.run_once),
            Periodic("acknowledgements", EVENTS_EVERY, self._acknowledge.run_once),
            Periodic("estop", LOOK_EVERY, self._estop.run_once),
            Periodic("hand time", EVENTS_EVERY, self._hand_time.run_once),
            Periodic("procedures", LOOK_EVERY, self._share.run_once),
            Periodic("then", LOOK_EVERY, self._then_mode.run_once),
            Periodic("journal", KEEP_EVERY, keeper.run_once),
            *(Periodic(chore.name, chore.every, chore.call) for chore in upstream.chores),
            self._scheduling,
        ]
        self._writer = DatabaseWriter(self._database)

    def _build_web(self) -> Application:
        settings, cache = self.settings, self._cache
        report = StatusReport(self._desk.picture, about(settings), self._sources(), started=utc_now())
        sentence = f"{WAITING_READINGS} requests wait for apis-web or a device already; try again in a moment."
        waiting = Limit(WAITING_READINGS, sentence, retry_after=1)
        self._ordering = Ordering(
            self._commands,
            executor=self._executor(ORDERS_AT_ONCE, "asked"),
            stoppers=self._crew(STOPS_ASKED, "asked stop"),
            stop_alls=self._crew(STOPPERS, "asked stop all"),
            clock=self._clock,
        )
        parts: list[Part] = [
            Page(settings.root / "views", cache, status=report.report),
            readings := Readings(
                cache, schedules=self._set_schedule.listing, status=report.report, ipv4=ipv4,
                stale_after=settings.staleafter, clock=self._clock, journal=lambda: self._journal.fault,
                heard=self._pages.heard,
            ),
            LiveReadings(self._upstream.apis_web, cache, mode=report.mode, clock=self._clock),
            Commands(
                self._ordering, set_mode=self._set_mode, then_mode=self._then_mode,
                set_converter=self._set_converter, stop_all=self._stop_all, estop=self._estop,
                shut_down=self._shut_down, ups_mode=self._ups_mode, schedules=self._set_schedule,
                acknowledge=self._acknowledge, forget=self._forget, reset_trips=self._reset_trips,
                set_lock=self._set_lock, share=self._share,
                flush=self._flush, headroom=self._bus_view.headroom,
            ),
            CommandReadings(self._commands, set_lock=self._set_lock, share=self._share),
            UnitReadings(cache, self._upstream.devices, flush=self._collect.flush, waiting=waiting, clock=self._clock),
            JournalPages(
                self._journal, settings.root / "views", title=settings.title,
                simulated=settings.simulate is not None, zone=pytz.timezone(settings.timezone),
                estop=self._estop.standing,
            ),
            Assets(settings.root / "js", settings.root / "css", settings.root / "img", jquery=jquery_file()),
        ]  # fmt: skip
        guard = Guard(
            own_names=host_names(),
            allowed_hosts=settings.allowed_hosts,
            allowed_networks=[str(network) for network in settings.allowed_networks] or None,
            read_only=settings.read_only,
        )
        return Application(guard, parts, hot=readings.answer)

    def _flush(self) -> int:
        self._collect.flush()
        return len(self._cache.snapshot().units)

    def _sources(self) -> Sources:
        return Sources(
            collector=lambda: self._collecting.health,
            watcher=lambda: self._watching.health,
            scheduler=lambda: self._scheduling.health,
            schedules=self._scheduler.status,
            acknowledgement=self._acknowledged,
            journal=lambda: {"fault": self._journal.fault},
            orders=lambda: [command.as_json() for command in self._commands.open()],
            grid_events=self._events.events,
            locks=self._locks.all,
            share=self._share.as_json,
            serial=self._desk.moments.serial,
            start=self._desk.moments.start,
            then=self._then_mode.as_json,
            bus_conditions=self._bus_events.standing,
            bus=self._bus_view.figures,
            estop=self._estop.standing,
            trips=self._trips.moments,
        )

    # Running

    def serve(self) -> None:
        """Start every worker and answer requests until a signal ends it in good order (Z20)."""
        settings = self.settings
        for sign in ending_signals():
            signal.signal(sign, self._on_signal)
        self._data_lock.tell(self._server.address)
        simulation = settings.simulate is not None
        write_pid_file(settings.root, simulated=simulation)
        self._stack.callback(remove_pid_file, settings.root, simulated=simulation)
        self._say_what_is_not_protected()
        self._journaling.started(__version__, settings_in_force(settings))
        self._count_unfinished()
        self._writer.start()
        self._stopper.start()
        for worker in self._workers:
            worker.start()
        log.info("APIS Main Controller %s answers at %s", __version__, self._server.address)
        _say(f"Open {self._server.address}\n")
        tune_garbage_collector()
        self._server.run()
        self._close()

    def _say_what_is_not_protected(self) -> None:
        for note in self.settings.notes:
            log.info("%s", note)
        if self.settings.b_host not in ("127.0.0.1", "localhost", "::1"):
            networks = ", ".join(str(network) for network in self.settings.allowed_networks) or "every network"
            log.warning(
                "listening on %s: whoever reaches it from %s can order everything; there are no accounts and no "
                "encryption (settings b_host, allowed_networks, read_only)",
                self.settings.b_host, networks,
            )  # fmt: skip

    # Ending

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        """The first signal ends in good order; SIGTERM or SIGINT while it does ends at once."""
        if self._ended:
            raise SystemExit(0)
        if self._stopper.told:
            if number in HASTENING:
                os._exit(1)
            return
        self._stopper.tell()

    def _finish(self) -> None:
        """Let what stops the grid finish, then the answers in flight; runs beside the server."""
        log.info("told to end")
        deadline = self._clock() + END_LIMIT
        self._share.abort("the controller was told to stop")
        self._stop_all.end_grace()
        pause = Event()
        while (self._stop_all.running or self._share.running) and self._clock() < deadline:
            pause.wait(0.1)
        self.app.close()
        self.app.wait_empty(5.0)
        self._ordering.wait_empty(5.0)
        pause.wait(0.2)  # the server's loop hands out the last bytes
        self._ended = True
        os.kill(os.getpid(), signal.SIGTERM)

    def _close(self) -> None:
        for worker in reversed(self._workers):
            worker.stop(2.0)
        self._journaling.ended("it was told to")
        self._writer.stop(5.0)
        self._server.close()
        log.info("ended")
