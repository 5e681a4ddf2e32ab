"""A small grid for the operations' tests: a clock that is moved by hand, converters and apis-web that obey or do not.

Nothing here waits for real time but to see that threads, of which each either ended or hangs in the fake wire, stand.
"""

import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, TypeVar

from main_controller.domain.modes import BUDO_WORDS, ConverterStatus, Mode, effective_mode
from main_controller.errors import UpstreamError
from main_controller.sentence import foreign
from main_controller.upstream.devices import NotReadable, Target

T = TypeVar("T")
PATIENCE = 5.0
"""Real seconds within which threads must have done what the moved clock lets them do."""


class Hands(Executor):
    """Threads over a clock that is moved by hand: each either runs to its end or hangs until a moment of that clock."""

    def __init__(self) -> None:
        self.now = 1000.0
        self._pool = ThreadPoolExecutor(32)
        self._changed = threading.Condition()
        self._running = 0
        self._hanging: list[tuple[float, threading.Event]] = []
        self._planned: list[tuple[float, Callable[[], object]]] = []
        self.beat: Callable[[], None] = lambda: None

    def __call__(self) -> float:
        """The clock, s."""
        return self.now

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> "Future[T]":
        """Run it in a thread and come back once it ended or hangs."""
        with self._changed:
            self._running += 1
        future = self._pool.submit(self._run, fn, *args, **kwargs)
        if threading.current_thread() is threading.main_thread():
            self.settle()
        return future

    def beside(self, fn: Callable[..., T], *args: Any, **kwargs: Any) -> "Future[T]":
        """Run what waits for something other than the wire: nobody waits for it here."""
        return self._pool.submit(fn, *args, **kwargs)

    def _run(self, fn: Callable[..., T], *args: Any, **kwargs: Any) -> T:
        try:
            return fn(*args, **kwargs)
        finally:
            with self._changed:
                self._running -= 1
                self._changed.notify_all()

    def hang(self, until: float) -> None:
        """Called by the fake wire: this thread stands until the clock shows `until`."""
        if until <= self.now:
            return
        go = threading.Event()
        with self._changed:
            self._running -= 1
            self._hanging.append((until, go))
            self._changed.notify_all()
        assert go.wait(60), "the test ended while a call hung"

    def settle(self) -> None:
        """Wait until every thread ended or hangs."""
        with self._changed:
            assert self._changed.wait_for(lambda: self._running == 0, PATIENCE), "a thread neither ended nor hangs"

    def until(self, true: Callable[[], bool]) -> None:
        """Wait, in real time, until something that a thread of `beside` does is so."""
        with self._changed:
            deadline = 500
            while not true():
                deadline -= 1
                assert deadline, "it never came to be"
                self._changed.wait(PATIENCE / 500)

    def at(self, after: float, do: Callable[[], object]) -> None:
        """Have something done `after` seconds from now."""
        self._planned.append((self.now + after, do))

    def move(self, seconds: float) -> None:
        """Move the clock on, in steps of at most 0.2 s, letting everybody do what is due."""
        end = self.now + seconds
        while self.now < end - 1e-9:
            self.now = min(end, self.now + 0.2)
            self._release()
            for moment, do in [one for one in self._planned if one[0] <= self.now]:
                self._planned.remove((moment, do))
                do()
            self.beat()

    def _release(self) -> None:
        with self._changed:
            due = [one for one in self._hanging if one[0] <= self.now]
            self._hanging = [one for one in self._hanging if one[0] > self.now]
            self._running += len(due)
        for _, go in due:
            go.set()
        self.settle()

    def close(self) -> None:
        """Let whatever still hangs go, and end the threads."""
        self.now += 10_000
        self._release()
        self._pool.shutdown()


@dataclass
class Converter:
    """One unit as it really is."""

    id: str
    status: str = "0x0000"
    dvg: float = 0.0
    dig: float = 0.0
    vg: float | None = 0.0
    ig: float = 0.0
    local: Mode | None = None
    ip: str | None = "10.0.0.1"
    there: bool = True
    frozen: bool = False
    clock: str | None = None
    ups: int = 0
    rsoc: float | None = 60.0
    vb: float | None = 52.0
    tmp: float | None = 25.0
    permission: object = None
    alarm: str | None = "Light alarm"
    meter: dict[str, Any] = field(default_factory=dict)
    battery: dict[str, Any] = field(default_factory=dict)

    def dcdc(self) -> dict[str, Any]:
        """Its `dcdc` object."""
        return {
            "status": {"status": self.status, **({"alarmState": self.alarm} if self.alarm else {})},
            "meter": {"vg": self.vg, "ig": self.ig, "vb": self.vb, "tmp": self.tmp, **self.meter},
            "vdis": {"dvg": self.dvg},
            "param": {"dig": self.dig},
        }

    def data(self, time: str, mode: Mode | None) -> dict[str, Any]:
        """What apis-web tells of it."""
        modes = {"global": mode, "local": self.local, "effective": effective_mode(mode, self.local)}
        return {
            "time": self.clock or time,
            "oesunit": {"id": self.id, "ip": self.ip},
            "apis": {"operation_mode": modes},
            "dcdc": self.dcdc(),
            "emu": {"ups_operation_mode": {"mode": self.ups}},
            "battery": {"rsoc": self.rsoc, "battery_operation_status": self.permission, **self.battery},
        }


@dataclass
class Fault:
    """What the wire does to calls: `error` raised, after carrying the order out or not, `hang` seconds first."""

    error: BaseException | None = None
    carried_out: bool = False
    hang: float = 0.0
    times: int = 1000

    def used(self) -> bool:
        """Whether it still holds; counts."""
        self.times -= 1
        return self.times >= 0


@dataclass
class Grid:
    """The units, their common mode, and everything that was sent."""

    hands: Hands
    units: dict[str, Converter]
    mode: Mode | None
    sent: list[tuple[Any, ...]] = field(default_factory=list)
    faults: dict[str, Fault] = field(default_factory=dict)

    def call(self, name: str, order: tuple[Any, ...], do: Callable[[], object]) -> None:
        """One call: noted, then as its fault has it, else carried out."""
        self.sent.append((*order, round(self.hands.now - 1000.0, 1)))
        fault = self.faults.get(name)
        if fault is None or not fault.used():
            do()
            return
        self.hands.hang(self.hands.now + fault.hang)
        if fault.error is None or fault.carried_out:
            do()
        if fault.error is not None:
            raise fault.error

    def waits(self, unit_id: str | None = None) -> list[str]:
        """The units that were sent Wait, in that order."""
        return [
            one[1]
            for one in self.sent
            if one[0] == "command" and one[2] == ConverterStatus.WAIT and unit_id in (None, one[1])
        ]


class FakeDevices:
    """Converters; `deaf` ones say yes and do nothing, `reads` lets them be read directly."""

    source = "fake"

    def __init__(self, grid: Grid) -> None:
        self.grid = grid
        self.deaf: set[str] = set()
        self.reads = False
        self.read_at: list[str] = []
        self.on_read: Callable[[], object] = lambda: None

    def command(self, target: Target, status: ConverterStatus, dvg: float, dig: float) -> dict[str, Any]:
        """As `Devices.command`."""
        unit = self.grid.units[target.unit_id]

        def do() -> None:
            if unit.id not in self.deaf:
                unit.status, unit.dvg, unit.dig = str(status), dvg, dig

        self.grid.call(f"{unit.id} {status.name}", ("command", unit.id, status, dvg, dig), do)
        return unit.dcdc()

    def read(self, target: Target, what: str) -> Any:
        """As `Devices.read`."""
        if not self.reads:
            raise NotReadable(foreign("there is no direct reading here"))
        self.read_at.append(target.unit_id)
        self.on_read()
        fault = self.grid.faults.get(f"{target.unit_id} read")
        if fault is not None:
            self.grid.hands.hang(self.grid.hands.now + fault.hang)
        if fault is not None and fault.error is not None:
            raise fault.error
        return self.grid.units[target.unit_id].dcdc()

    def ups_mode(self, target: Target, mode: int) -> Any:
        """As `Devices.ups_mode`."""
        unit = self.grid.units[target.unit_id]
        self.grid.call(f"{unit.id} UPS", ("ups", unit.id, mode), lambda: setattr(unit, "ups", mode))
        return {}


class FakeApisWeb:
    """The four orders of apis-web; a mode is in force at once, and shown by the next readings."""

    def __init__(self, grid: Grid) -> None:
        self.grid = grid
        self.elsewhere: Mode | None = None
        self.lands_in: set[str] = set()

    def _mode(self, mode: Mode) -> None:
        self.grid.mode = self.elsewhere or mode
        if self.grid.mode is Mode.STOP:
            for unit in self.grid.units.values():
                if unit.id in self.lands_in:
                    unit.status = str(ConverterStatus.WAIT)

    def set_global_mode(self, mode: Mode) -> None:
        """As `ApisWeb.set_global_mode`."""
        self.grid.call(str(mode), ("mode", mode), lambda: self._mode(mode))

    def set_local_mode(self, unit_id: str, mode: Mode | None) -> None:
        """As `ApisWeb.set_local_mode`."""
        name = f"{unit_id} {mode or 'clear'}"
        self.grid.call(name, ("local", unit_id, mode), lambda: setattr(self.grid.units[unit_id], "local", mode))

    def budo(self, status: str) -> bool:
        """As `ApisWeb.budo`."""
        self.grid.call(f"budo {status}", ("budo", status), lambda: self._mode(BUDO_WORDS[status]))
        return status == "active"

    def shutdown(self, unit_id: str | None) -> None:
        """As `ApisWeb.shutdown`."""

        def do() -> None:
            for unit in self.grid.units.values():
                unit.there = unit.there and unit_id not in (None, unit.id)

        self.grid.call("shutdown", ("shutdown", unit_id), do)


def lost() -> UpstreamError:
    """The error of an order whose answer never came."""
    return UpstreamError(foreign("no answer came"), sent="unknown")


def unsent() -> UpstreamError:
    """The error of an order that never left."""
    return UpstreamError(foreign("it could not be reached"), sent=False)


def refused() -> UpstreamError:
    """The error of an order that was answered with a no."""
    return UpstreamError(foreign("it said no"), sent=True)
