"""Builds what runs by itself: the loops, each with its beat, and the database's writer."""

import logging
import time
from collections.abc import Callable, Iterable
from itertools import islice

from main_controller.concurrency.side_by_side import side_by_side
from main_controller.domain.modes import Mode
from main_controller.domain.orders import ModeOrder, Order
from main_controller.domain.timing import Beats
from main_controller.errors import ControllerError
from main_controller.history.ledger import StopOrder
from main_controller.settings import Settings
from main_controller.upstream.log_listener import LogListener
from main_controller.wiring import black_box, incidents
from main_controller.wiring.choices import Chore, Upstream
from main_controller.wiring.operations import Operations
from main_controller.wiring.stores import Stores
from main_controller.wiring.threads import STOPPERS, Threads
from main_controller.workers.admission import Admission
from main_controller.workers.data_collector import DataCollector, GridWatcher
from main_controller.workers.database_writer import DatabaseWriter
from main_controller.workers.journal_keeper import JournalKeeper
from main_controller.workers.log_keeper import LogKeeper
from main_controller.workers.periodic import Periodic
from main_controller.workers.recorder import Recorder
from main_controller.workers.scheduler import Scheduler, Situations

log = logging.getLogger(__name__)


def waking(loop: Periodic) -> Callable[[object, object], None]:
    """A listener that has a loop run at once."""
    return lambda before, after: loop.wake()


STOPS_LOOKED_AT = 100
"""Among how many of the newest orders those that may have ended a deal are looked for."""


def _stops(stores: Stores) -> list[StopOrder]:
    """The orders of late that end deals: every stop, and Manual."""
    return [
        StopOrder(command.id, command.unit_id, command.last_given)
        for command in islice(stores.commands.latest(), STOPS_LOOKED_AT)
        if command.sent is not False and (command.order.stops or _is_manual(command.order))
    ]


def _is_manual(order: Order) -> bool:
    return isinstance(order, ModeOrder) and order.mode is Mode.MANUAL


ANYWHERE, LOOPBACK = "0.0.0.0", "127.0.0.1"
"""Where the log is listened to: where this machine's multicast goes, and where a simulated cluster sends it."""
ENDS = 2.0
"""How long (s) the end of a loop's run is waited for."""

LISTENS = 0.1
"""How long (s) the listener to apis-main's log rests between two looks, each of which waits for lines."""


def _log_keeper(settings: Settings, stores: Stores, recorder: Recorder) -> LogKeeper | None:
    """Who hears apis-main's own log, for the ledger too; None where the setting is empty."""
    if settings.apislog is None:
        return None
    at = settings.apislog
    interface = ANYWHERE if settings.simulate is None else LOOPBACK
    listener = LogListener(at.address, at.port, clock=time.monotonic, interface=interface)
    return LogKeeper(listener, stores.history, hear=recorder.hear)


def _not_noted(path: str, error: Exception | None) -> None:
    """Who listens where the black box is off."""


class Loops:
    """Every loop; started in order, stopped in reverse. `polled` is told how long (s) each poll of apis-web took, and
    whether it was good."""

    def __init__(
        self,
        settings: Settings,
        beats: Beats,
        stores: Stores,
        upstream: Upstream,
        operations: Operations,
        threads: Threads,
        chores: Iterable[Chore],
        *,
        polled: Callable[[float, bool], None] = lambda seconds, good: None,
    ) -> None:
        clock, does = time.monotonic, operations
        admission = Admission(stores.cache, settings.maxunits)
        noted = _not_noted if stores.telling is None else stores.telling.call
        self.collector = DataCollector(
            upstream.apis_web, stores.cache,
            listeners=[stores.known.note, does.bus_events.polled, does.deals.polled], admission=admission,
            timed=polled, noted=noted, clock=clock,
        )  # fmt: skip
        watcher = GridWatcher(
            upstream.apis_web, stores.cache, admission=admission, noted=noted, run=side_by_side, clock=clock
        )
        situations = Situations(does.desk, earlier=stores.journaling.earlier_person_orders())
        self.scheduler = Scheduler(
            does.desk, does.set_mode, situations, stores.schedules, stores.results,
            submit=does.orderers.submit, submit_stop=threads.crew(STOPPERS, "scheduled stop").submit,
        )  # fmt: skip
        self._keeper = JournalKeeper(stores.journal, settings.database, keep_days=settings.journalkeep)
        self.collecting = Periodic("data collector", settings.datacollectorinterval, self.collector.poll_once)
        self.watching = Periodic("grid watcher", beats.watch, watcher.poll_once)
        self.scheduling = Periodic("scheduler", settings.schedulerInterval, self.scheduler.run_once)
        self._looked_at: Callable[[], bool] = lambda: False
        self._patience: dict[Periodic, float] = {}
        self.beats = beats
        self._watcher = watcher
        self._writer = DatabaseWriter(stores.database)
        self._black_box = stores.black_box
        self.recorder = Recorder(
            stores.history, does.desk.grid, stale_after=settings.staleafter, stops=lambda: _stops(stores),
            tell=does.deals.counted_apart,
        )  # fmt: skip
        self.log_keeper = _log_keeper(settings, stores, self.recorder)
        self.recording = Periodic("recorder", settings.datacollectorinterval, self.recorder.run_once)
        self._loops = [
            self.collecting,
            self.watching,
            Periodic("deals", beats.frame, self._ask_for_deals),
            Periodic("verification", beats.look, does.verification.run_once),
            Periodic("answers", beats.look, does.answers.run_once),
            Periodic("stop follower", beats.look, does.stop_follower.run_once),
            Periodic("grid events", beats.events, does.events.run_once),
            Periodic("bus events", beats.events, does.bus_events.run_once),
            Periodic("deals watched", beats.events, does.deals.run_once),
            Periodic("acknowledgements", beats.events, does.acknowledge.run_once),
            Periodic("estop", beats.look, does.estop.run_once),
            Periodic("second person", beats.look, does.second_person.run_once),
            Periodic("hand time", beats.events, does.hand_time.run_once),
            *([Periodic("lease", beats.events, does.hand_lease.run_once)] if settings.lease else []),
            Periodic("procedures", beats.look, does.transfer.run_once),
            Periodic("then", beats.look, does.then_mode.run_once),
            Periodic("journal", beats.keep, self._keeper.run_once),
            self.recording,
            *([Periodic("apis-main's log", LISTENS, self.log_keeper.run_once)] if self.log_keeper else []),
            *([] if stores.black_box is None else black_box.loops_of(stores.black_box)),
            *([] if stores.incidents is None else [incidents.loop_of(stores.incidents)]),
            *(Periodic(chore.name, chore.every, chore.call) for chore in chores),
            self.scheduling,
        ]

    def add(self, loops: Iterable[Periodic], *, patience: float = ENDS) -> None:
        """Have these run too; called before the start. At the end each is waited for `patience` s."""
        for loop in loops:
            self._loops.append(loop)
            self._patience[loop] = patience

    def exchange(self, gone: Iterable[Periodic], come: Iterable[Periodic], *, patience: float) -> None:
        """Have loops end that run, and others begin; at the end each of these is waited for `patience` s."""
        for loop in gone:
            loop.stop(self._patience.get(loop, ENDS))
            self._loops.remove(loop)
        for loop in come:
            self.add([loop], patience=patience)
            loop.start()

    def frames(
        self,
        make: Callable[[], None],
        *,
        hurry: Callable[[], None],
        looked_at: Callable[[], bool],
        schedules: Callable[[], bool],
    ) -> tuple[Periodic, Periodic]:
        """Have frames made after every poll, and on their own beat, and what they tell of `schedules` read beside them.

        `schedules` says whether it is news, of which a frame is made at once. `hurry` ends the rest after a frame.
        Deals are asked for while the frames are `looked_at`. Returns both loops.
        """
        framing = Periodic("frames", self.beats.frame, make)

        def read() -> None:
            if schedules():
                framing.wake()

        reading = Periodic("schedules shown", self.beats.frame, read)
        self._looked_at = looked_at
        self._loops += [reading, framing]

        def news(before: object, after: object) -> None:
            framing.wake()
            hurry()

        self.collector.listen(news)
        return reading, framing

    def _ask_for_deals(self) -> None:
        if self._looked_at():
            self._watcher.deals_once()

    def start(self) -> None:
        """Start the writer, then all others."""
        self._writer.start()
        for loop in self._loops:
            loop.start()

    def stop(self) -> None:
        """Stop all but the writer, the last first, and write what was recorded of the minute under way."""
        ended = [loop for loop in reversed([*self._loops]) if loop.stop(self._patience.get(loop, ENDS))]
        if self.recording not in ended:
            return
        try:
            self.recorder.end()
            if self.log_keeper is not None:
                self.log_keeper.write()
        except ControllerError as error:
            log.error("what was recorded last is lost: %s", error.sentence)

    def stop_writer(self) -> None:
        """Write what came last, stop, and name the journal's last row in the log."""
        if self._black_box is not None:
            black_box.end(self._black_box)
        if not self._writer.stop(5.0):
            return
        try:
            self._keeper.tell_head()
        except ControllerError as error:
            log.error("the journal's head cannot be told: %s", error.sentence)
