"""The whole program: built in order, served until a signal, ended in reverse. Start reading here.

`startMain.py` calls `main`.
"""

import contextlib
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from threading import Event
from types import FrameType
from typing import Any

from main_controller import __version__
from main_controller.domain.timing import Beats, Timing
from main_controller.drills.scripts import listed
from main_controller.errors import ControllerError, SettingError
from main_controller.logs import end_logs, log_folder, set_up_logs
from main_controller.loopback import on_this_machine
from main_controller.metrics.instruments import Instruments
from main_controller.process import keep_files_private, limit_malloc_arenas, tune_garbage_collector
from main_controller.sentence import say
from main_controller.server import Server
from main_controller.service_manager import ServiceManager
from main_controller.settings import (
    LIST_DRILLS,
    ON_COMMAND_LINE,
    Settings,
    build_settings,
    found_at_start,
    insecure,
    make_data_folder,
    read_settings,
    refuse_exposed,
    settings_in_force,
    takes_stops_alone,
)
from main_controller.store.journal.check import verify_journal
from main_controller.upstream.http_json import Timeout
from main_controller.upstream.timeouts import TIMEOUTS
from main_controller.web.draining import Draining
from main_controller.web.stopping import lane_of, stops_alone
from main_controller.wiring.access import LOOKS_EVERY, Accounts
from main_controller.wiring.alarms import Alarms
from main_controller.wiring.asking import healthy
from main_controller.wiring.backup import keep
from main_controller.wiring.bundle import bundle
from main_controller.wiring.choices import (
    Chore,
    check_two_persons,
    check_upstream,
    chosen_upstream,
    simulated,
    timing_of,
)
from main_controller.wiring.drill_permit import calling_nobody, check_drill
from main_controller.wiring.drilling import Drilling
from main_controller.wiring.loops import Loops
from main_controller.wiring.metrics import Metering
from main_controller.wiring.notification import Notification, check_channels, reached
from main_controller.wiring.operations import Operations
from main_controller.wiring.own_files import AGAIN_EVERY, OwnFiles
from main_controller.wiring.practice import Practice
from main_controller.wiring.recording import replay
from main_controller.wiring.reread import Reread
from main_controller.wiring.routes import Routes
from main_controller.wiring.self_check import SelfChecking, checked_at_rest
from main_controller.wiring.service import Service
from main_controller.wiring.stores import Stores
from main_controller.wiring.threads import Threads
from main_controller.wiring.thresholds import check_thresholds
from main_controller.wiring.users import manage
from main_controller.workers.rereader import Rereader, keep_for_rereader
from main_controller.workers.stopper import HASTENING, Stopper, ending_signals

log = logging.getLogger(__name__)

END_LIMIT = 90.0
"""How long (s) a running Stop all or safe end may take after the first signal (Z20, M21)."""

ADDRESS_PATIENCE = 60.0
"""How long (s) it is waited at start for an address that is not on this machine yet (M23)."""


def main(parameters: Mapping[str, Any], argv: Sequence[str]) -> int:
    """Run the program with startMain.py's parameters and the command line; returns the exit status."""
    limit_malloc_arenas()
    keep_files_private()
    try:
        settings, faults = read_settings(parameters, argv)
        if settings.drill == LIST_DRILLS:
            faults.refuse()
            sys.stdout.write(listed())
            return 0
        if settings.check_config:
            found = found_at_start(settings, faults)
            check_channels(settings)
            check_thresholds(settings)
            check_two_persons(settings)
            check_drill(settings)
            check_upstream(settings)
            sys.stdout.write(found + reached(settings) + checked_at_rest(settings))
            return 0
        if settings.deed is not None and settings.deed[0] == "bundle":
            return bundle(Path(*settings.deed[1:]).absolute(), settings, faults)
        faults.refuse()
        if settings.replay is not None:
            return replay(settings.replay, settings)
        if settings.healthy:
            return healthy(settings)
        if settings.deed is not None:
            deed, *words = settings.deed
            return manage(words, settings) if deed == "user" else keep(deed, Path(*words).absolute(), settings)
        check_channels(settings)
        check_thresholds(settings)
        check_two_persons(settings)
        check_drill(settings)
        if settings.verify_journal:
            logs, own = log_folder(settings.data, simulated=False), settings.sources.get("database") != ON_COMMAND_LINE
            status, text = verify_journal(settings.database, logs, own=own)
            sys.stdout.write(text + "\n")
            return status
        refuse_exposed(settings)
        check_upstream(settings)
        _prepare(settings)
        keep_for_rereader()
        set_up_logs(
            settings.root, settings.log_level,
            data=settings.data, simulated=settings.simulate is not None, most=settings.logsize,
        )  # fmt: skip
    except SettingError as fault:
        sys.stderr.write(f"{fault}\n")
        return 2
    status = _run(calling_nobody(settings), lambda: calling_nobody(build_settings(parameters, argv)))
    if not end_logs():
        os._exit(status)  # the interpreter would wait for a console that takes nothing any more
    return status


def _prepare(settings: Settings) -> None:
    """Make the folder of what is written; one that nobody named must not keep the program from starting (M11)."""
    named = "data" in settings.sources
    with contextlib.nullcontext() if named else contextlib.suppress(SettingError):
        make_data_folder(settings.data)


def _run(settings: Settings, again: Callable[[], Settings]) -> int:
    controller: Controller | None = None
    with contextlib.ExitStack() as stack:
        try:
            controller = Controller(settings, stack, again=again)
            controller.serve()
        except (ControllerError, OSError) as fault:
            if controller is not None and controller.serving:  # no fault of the start: a service manager starts it anew
                log.exception("the program broke")
                return 1
            log.error("the program cannot start: %s", fault)
            sys.stderr.write(f"{fault}\n")
            return 2
    return controller.status


def written_where(settings: Settings) -> str:
    """Where what is written lies, for the line of the start; a simulation keeps nothing but its log (Z17)."""
    if settings.simulate is None:
        return f"to {settings.data}"
    log_goes = log_folder(settings.data, simulated=True)
    return f"its log to {log_goes}, and its journal, history and schedules to a folder that goes with its end"


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
    """The whole program. `serve` blocks until a signal ends it; what is opened is closed by `stack`.

    `timing`, `beats` and `timeouts` are the program's own times; `again` reads the settings anew when it is told to.
    """

    def __init__(
        self,
        settings: Settings,
        stack: contextlib.ExitStack,
        *,
        timing: Callable[[Settings], Timing] = timing_of,
        beats: Beats | None = None,
        timeouts: Mapping[str, Timeout] = TIMEOUTS,
        again: Callable[[], Settings] | None = None,
    ) -> None:
        given = settings
        settings, cluster = simulated(settings, stack)
        self.settings, self.cluster = settings, cluster
        practice = None if cluster is None else Practice(cluster)
        self._stack = stack
        self._ended = False
        times, threads = timing(settings), Threads(stack)
        self._own_files = OwnFiles(settings)
        self.stores = Stores(settings, times, stack)
        upstream = chosen_upstream(settings, stack, timeouts)
        self.operations = Operations(settings, times, self.stores, upstream, threads)
        self.accounts = Accounts(settings, self.stores)
        chores = (
            *upstream.chores,
            Chore("pid file", AGAIN_EVERY, self._own_files.try_again),
            Chore("accounts", LOOKS_EVERY, self.accounts.look_beside),
        )
        instruments = Instruments()
        self.loops = Loops(
            settings, beats or Beats(), self.stores, upstream, self.operations, threads, chores,
            polled=instruments.polled,
        )  # fmt: skip
        self.notification = Notification(
            settings, self.stores, self.operations, stack,
            book=lambda: self.alarms.watch.book, past=lambda: self.alarms.log,
        )  # fmt: skip
        self.alarms = Alarms(
            settings, self.stores, self.operations, self.loops,
            not_kept=self._own_files.not_kept, untold=self.notification.troubles,
            practised=list if practice is None else practice.troubles,
        )  # fmt: skip
        self.loops.add(self.alarms.loops)
        self.loops.add(self.notification.loops, patience=0.2)  # one that hangs holds up no end
        heartbeat = self.notification.beat(
            {"data collector": lambda: self.loops.collecting.health, "alarms": lambda: self.alarms.looking.health}
        )
        if heartbeat is not None:
            self.loops.add([heartbeat], patience=0.2)
        self_check = SelfChecking(
            settings, self.stores, self.alarms, recording=lambda: self.loops.recorder.fault,
            not_kept=self._own_files.not_kept,
        )  # fmt: skip
        self.loops.add([self_check.loop], patience=0.2)  # it only reads: a long look need not be waited for
        metering = Metering(
            settings, self.stores, self.operations, self.loops, self.alarms, self.notification, instruments,
            requests=lambda: self.server.waiting(),
        )  # fmt: skip
        self._routes = Routes(
            settings, self.stores, upstream, self.operations, self.loops, self.alarms, self.notification, self_check,
            threads, practice, self.accounts, metering.page, replied=instruments.replied,
            not_kept=self._own_files.not_kept,
        )  # fmt: skip
        self.app = Draining(self._routes.application)
        self.server = Server(
            self.app,
            host=settings.b_host,
            port=settings.b_port,
            threads=settings.threads,
            connection_limit=settings.connection_limit,
            lane_of=lane_of,
            at_once=self._routes.application.at_once,
            stops_alone=stops_alone,
            patience=ADDRESS_PATIENCE,
        )
        self._stopper = Stopper(self._finish)
        self._service = Service(
            ServiceManager.of(), self.operations, self.loops, self.alarms, self.server,
            ending=lambda: self._stopper.told,
        )  # fmt: skip
        self.loops.add(self._service.loops, patience=0.2)
        self._rereader = Rereader(
            Reread(
                given, again or (lambda: given), self.accounts.look_beside,
                does=self.operations, loops=self.loops, alarms=self.alarms, notification=self.notification,
            ).run
        )  # fmt: skip
        self._drilling: Drilling | None = None
        if settings.drill is not None and cluster is not None:
            self._drilling = Drilling(
                settings.drill, cluster, self.app, settings, self.stores, self.operations, self.alarms,
                address=self.server.address, by_hand=settings.by_hand, done=self._stopper.tell,
            )  # fmt: skip
        self.serving = False

    @property
    def status(self) -> int:
        """With what the process ends in good order: 0; of a drill that reached no safe state 1."""
        return 0 if self._drilling is None else self._drilling.status

    def serve(self) -> None:
        """Start every loop and answer requests until a signal ends it in good order (Z20)."""
        settings, address = self.settings, self.server.address
        for sign in ending_signals():
            signal.signal(sign, self._on_signal)
        self._rereader.start()
        self.stores.data_lock.tell(address)
        self._own_files.write(address)
        self._stack.callback(self._own_files.remove)
        self._say_what_is_not_protected()
        self.stores.journaling.started(__version__, settings_in_force(settings))
        self.operations.count_unfinished()
        self._stopper.start()
        self._service.begin()
        self.loops.start()
        self.serving = True
        log.info("APIS Main Controller %s answers at %s and writes %s", __version__, address, written_where(settings))
        _say(f"Open {address}\n")
        tune_garbage_collector()
        if self._drilling is not None:
            self._drilling.start()
        self.server.run()
        self._close()

    def _say_what_is_not_protected(self) -> None:
        for note in self.settings.notes:
            log.info("%s", note)
        if not on_this_machine(self.settings.b_host):
            networks = ", ".join(str(network) for network in self.settings.allowed_networks) or "every network"
            accounts = self.settings.accounts
            log.warning(
                "listening on %s, without encryption: whoever %s from %s can order %s (settings b_host, accounts, "
                "allowed_networks, read_only)",
                self.settings.b_host, "logs in" if accounts else "reaches it", networks,
                "what the role may" if accounts else "everything, as there are no accounts",
            )  # fmt: skip
        elif insecure(self.settings):
            log.warning("insecure is set: whoever reaches this, by a proxy too, can order everything")
        elif takes_stops_alone(self.settings):
            log.warning(
                "nobody has to log in, and trusted_proxies or allowed_hosts is set: no order is taken but what stops "
                "something (setting insecure)"
            )

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
        self._service.tell_ending()
        if self._drilling is not None:
            self._drilling.break_off()
        does, deadline = self.operations, time.monotonic() + END_LIMIT
        does.transfer.abort(say("program.toldToStop", "the controller was told to stop"))
        does.stop_all.end_grace()
        pause = Event()
        while (does.stop_all.running or does.transfer.running) and time.monotonic() < deadline:
            pause.wait(0.1)
        self.app.close()
        self.app.wait_empty(5.0)
        self._routes.ordering.wait_empty(5.0)
        pause.wait(0.2)  # the server's loop hands out the last bytes
        self._ended = True
        os.kill(os.getpid(), signal.SIGTERM)

    def _close(self) -> None:
        self.loops.stop()
        self.stores.journaling.ended(say("program.toldToEnd", "it was told to"))
        self.loops.stop_writer()
        self.server.close()
        log.info("ended")
