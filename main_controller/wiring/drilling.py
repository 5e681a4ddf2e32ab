"""Runs a drill on the simulated cluster: waits until it trades, has the fault happen, has it stopped, measures it.

Used by the controller with `--drill`. Its order goes through the route that the page uses, but within this process:
it is handed to this program's own application, and no connection is made, so that it reaches no other console; and
this program's application knows no other grid than the simulated one, which is looked at before anything is begun.
"""

import contextlib
import io
import json
import logging
import math
import sys
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from main_controller.alarms.book import Change, Transition
from main_controller.assessment.bus import BusState
from main_controller.assessment.grid_state import GridState
from main_controller.clock import utc_now
from main_controller.domain.commands import Command
from main_controller.domain.modes import ConverterStatus
from main_controller.domain.orders import StopAllOrder
from main_controller.drills.measure import Course, at_work
from main_controller.drills.report import report
from main_controller.drills.scripts import DRILLS, Befalls
from main_controller.errors import ControllerError
from main_controller.settings import Settings
from main_controller.wiring.alarms import Alarms
from main_controller.wiring.drill_incident import DrillIncident
from main_controller.wiring.drill_permit import require_simulated
from main_controller.wiring.operations import Operations
from main_controller.wiring.stores import Stores

if TYPE_CHECKING:
    from main_controller.simulator import SimulatedCluster

log = logging.getLogger(__name__)

App = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
"""A WSGI application."""

LOOKS = 0.05
"""How often (s) it is looked how all stands."""

QUIET = 3.0
"""How long (s of the programs' time, as all that follow) the cluster must trade without an alarm before the fault."""

TRADES = 300.0
"""How long that is waited for."""

ALARM = 180.0
"""How long it is waited for an alarm of priority 1 or 2 to act on."""

HOLDS = 15.0
"""How long a safe state must have held to count: longer than apis-main takes to begin a new deal."""

AFTER = 120.0
"""How long after the order's end a safe state is waited for."""

WRITTEN = 5.0
"""How long (s) it is waited for the journal's last rows to be on the disk."""


class Drilling:
    """One run of the drill `name`; `settings` are those that are in use, `address` where the page is.

    `by_hand` is for how many minutes a person's Stop all is waited for; None: the drill orders it by itself. `done` is
    called at the end, unless a person practised: then the page goes on.
    """

    def __init__(
        self,
        name: str,
        cluster: "SimulatedCluster",
        app: App,
        settings: Settings,
        stores: Stores,
        does: Operations,
        alarms: Alarms,
        *,
        address: str,
        by_hand: float | None = None,
        done: Callable[[], None] = lambda: None,
    ) -> None:
        require_simulated(settings, cluster)
        self.status = 1
        self.course = Course()
        self._name, self._drill = name, DRILLS[name]
        self._cluster, self._app, self._stores, self._does, self._alarms = cluster, app, stores, does, alarms
        self._address, self._by_hand, self._done, self._dead_bus = address, by_hand, done, settings.deadbus
        self._incident = DrillIncident(name, stores.incidents, settings)
        self._tempo = cluster.tempo
        self._fault_at = math.inf  # monotonic s; nothing is taken in before
        self._ended = threading.Event()
        self._taking = threading.Lock()  # protects the course: alarms, orders and looks come in threads of their own
        self._thread = threading.Thread(target=self._run, name="drill", daemon=True)

    def start(self) -> None:
        """Begin, in a thread of its own."""
        self._alarms.watch.listen(self._on_alarms)
        self._stores.commands.listen(self._on_command)
        self._thread.start()

    def break_off(self, patience: float = 5.0) -> None:
        """End it where it has not ended, and let it tell what it has."""
        self._ended.set()
        self._thread.join(patience)

    def join(self, timeout: float | None = None) -> bool:
        """Wait for its end; whether it came."""
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def _run(self) -> None:
        try:
            self._told(self._go())
        except Exception:  # a drill that breaks must end the program it started
            log.exception("the drill broke")
            _write(f"The drill {self._name} broke off; see the log.\n")
        finally:
            if self._by_hand is None or math.isinf(self._fault_at):
                self._done()

    def _go(self) -> str:
        """The drill itself; what kept it from a safe state, "" for nothing."""
        befallen = self._trading()
        if befallen is None:
            limit = self._tempo * TRADES / 60
            return "it was broken off." if self._ended.is_set() else f"the cluster did not trade within {limit:g} min."
        self._begin(befallen)
        return self._followed()

    # Before the fault

    def _trading(self) -> str | None:
        """Wait until the cluster trades and is quiet: whom the fault befalls, "" for nobody; None where it never is."""
        _write(f"Drill {self._name}: it begins once the simulated cluster trades and no alarm stands.\n")
        deadline, since = self._in(TRADES), math.inf
        while self._pause() and time.monotonic() < deadline:
            now = time.monotonic()
            befallen = self._befallen() if self._known_quiet(self._does.desk.grid()) else None
            since = math.inf if befallen is None else min(since, now)
            if befallen is not None and now - since >= QUIET * self._tempo:
                return befallen
        return None

    def _befallen(self) -> str | None:
        """Whom the fault befalls, "" for nobody; None while energy does not flow, or there is nobody to befall."""
        now = self._cluster.truth.now()
        flows = [unit_id for unit_id in at_work(now) if now["converters"][unit_id]["amps"]]
        followers = [unit_id for unit_id in flows if unit_id not in now["heldBy"]]
        if len(now["heldBy"]) != 1 or not followers:
            return None
        match self._drill.befalls:
            case Befalls.FOLLOWER:
                master = self._cluster.apis.grid_master
                return next((unit_id for unit_id in followers if unit_id != master), None)
            case Befalls.REFERENCE:
                return now["heldBy"][0]
        return ""

    def _known_quiet(self, grid: GridState) -> bool:
        """Whether the program sees all of it at work, and nothing to tell."""
        alarms = any(one.active for one in self._alarms.watch.book.alarms.values())
        seen = len(grid.live) == len(grid.units) == len(self._cluster.plant.units)
        flows = grid.bus.state is BusState.STEADY and bool(grid.deals)
        return seen and flows and not alarms and bool(grid.grid_master_known) and not self._stores.commands.open()

    # The fault, and what follows

    def _begin(self, befallen: str) -> None:
        args = dict(self._drill.args) | ({"unit": befallen} if befallen else {})
        said = " ".join([self._drill.fault, *(f"{name}={value}" for name, value in args.items())])
        self._fault_wall = utc_now()
        self._cluster.fault(self._drill.fault, **args)
        self._fault_at = time.monotonic()
        self._incident.keep(self._fault_wall)
        with self._taking:
            self.course.note(0.0, f"The fault: {said} ({self._drill.says}).")
        _write(f"The fault is there: {self._drill.says}.\n")
        if self._by_hand is not None:
            _write(f"Press Stop all at {self._address} within {self._by_hand:g} min.\n")

    def _followed(self) -> str:
        """Look until it has ended; what kept it from a safe state, "" for nothing."""
        sent, mended = False, self._drill.mended is None
        act = self._in(ALARM) if self._by_hand is None else time.monotonic() + self._by_hand * 60
        while self._pause():
            at = self._look()
            course = self.course
            if not sent and self._by_hand is None and course.grave is not None:
                sent = True
                threading.Thread(target=self._order, name="drill's order", daemon=True).start()
            if course.ordered is None:
                if time.monotonic() >= act:
                    return self._nobody_ordered()
                continue
            if not mended and at >= course.ordered + self._tempo * (self._drill.mended or 0.0):
                mended = True
                self._cluster.clear(self._drill.fault)
                self._note(f"Mended: {self._drill.fault} ends.")
            if mended and course.settled(at, HOLDS * self._tempo):
                return ""
            if course.ended is not None and at >= course.ended + AFTER * self._tempo:
                return "" if course.reached(at, HOLDS * self._tempo) else self._at_work()
        return "it was broken off."

    def _nobody_ordered(self) -> str:
        if self._by_hand is not None:
            return f"nobody ordered Stop all within {self._by_hand:g} min."
        if self.course.grave is None:
            return "no alarm of priority 1 or 2 came, so that nobody would have acted."
        return "Stop all was not taken."

    def _at_work(self) -> str:
        now = self._cluster.truth.now()
        return f"{', '.join(at_work(now)) or 'something unlisted'} on a bus of {now['volts']:.0f} V."

    def _look(self) -> float:
        """Take note of how all stands; when that was."""
        now, grid = self._cluster.truth.now(), self._does.desk.grid()
        with self._taking:
            at = self._since()
            self.course.stands(at, now, self._dead_bus, known=known_safe(grid))
        return at

    def _order(self) -> None:
        """Order Stop all as a page does, through this program's own application."""
        status, body = posted(self._app, "/stopAll", "wait=no")
        if status >= 400:
            self._note(f"Stop all was refused ({status}): {body.get('error', '')}")

    # What it is told

    def _on_alarms(self, changes: Sequence[Transition]) -> None:
        kept_back = {one.alarm.id for one in changes if one.change is Change.INHIBITED}
        with self._taking:
            at = self._since()
            for one in changes:
                told = one.change in (Change.RAISED, Change.RAISED_AGAIN) and one.alarm.id not in kept_back
                if at >= 0 and (told or one.change is Change.ANNOUNCED):
                    _, member = one.of
                    self.course.take_alarm(at, one.alarm.kind.priority, str(member.sign.text))

    def _on_command(self, before: Command | None, after: Command) -> None:
        if not isinstance(after.order, StopAllOrder):
            return
        with self._taking:
            at = self._since()
            if at < 0:
                return
            self.course.take_order(at, after.id, str(after.by))
            if after.sent is True:
                self.course.take_left(at)
            if not after.state.open:
                self.course.take_outcome(at, after.state, after.error)

    def _note(self, what: str) -> None:
        with self._taking:
            self.course.note(self._since(), what)

    # Its end

    def _told(self, why: str) -> None:
        """Tell what was measured; `why` is what kept it from a safe state, "" for nothing."""
        if math.isinf(self._fault_at):
            _write(f"There was no drill: {why}\n")
            return
        reached = not why
        self.status = 0 if reached else 1
        rows = self._rows(self._fault_wall)
        _write("\n" + report(self._name, self.course, rows, reached=reached, why=why, incident=self._incident.lines()))
        if self._by_hand is not None and not self._ended.is_set():
            at = self._fault_wall.isoformat(timespec="milliseconds").replace("+00:00", "Z")
            _write(f"The page goes on: {self._address}?at={at} shows it again from the fault on. Ctrl-C ends it.\n")

    def _rows(self, since: datetime) -> list[dict[str, Any]]:
        """The journal's rows from then on, once they are written."""
        deadline = time.monotonic() + WRITTEN
        while self._stores.journal.waiting and time.monotonic() < deadline:
            threading.Event().wait(LOOKS)
        try:
            return list(self._stores.journal.stream(frm=since))
        except ControllerError as error:
            log.error("the journal of the drill cannot be read: %s", error.sentence)
            return []

    # Time

    def _since(self) -> float:
        """How long ago the fault was; below 0 before it."""
        return time.monotonic() - self._fault_at

    def _in(self, seconds: float) -> float:
        return time.monotonic() + seconds * self._tempo

    def _pause(self) -> bool:
        """Rest until the next look; False where it is to end."""
        return not self._ended.wait(LOOKS * max(self._tempo, 0.2))


def known_safe(grid: GridState) -> bool:
    """Whether what every page is told says that the grid is safe: each known converter is surely in Wait, or the bus
    is down by those who are heard."""
    if not grid.units:
        return False
    wait = all(unit.estimate.surely(ConverterStatus.WAIT) for unit in grid.units.values())
    return wait or (bool(grid.live) and grid.bus.state in (BusState.OFF, BusState.DEAD))


def posted(app: App, path: str, query: str) -> tuple[int, dict[str, Any]]:
    """What `app` answers to a POST from this machine, handed to it without a connection: status, and the JSON."""
    environ = {
        "REQUEST_METHOD": "POST",
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "CONTENT_LENGTH": "0",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "0",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    told: list[str] = []
    body = b"".join(app(environ, lambda status, headers, exc_info=None: told.append(status)))
    return int(told[0].split()[0]), json.loads(body)


def _write(text: str) -> None:
    """Write on standard output; where nobody reads there any more the drill goes on."""
    with contextlib.suppress(OSError, ValueError):
        sys.stdout.write(text)
        sys.stdout.flush()
