"""Everything an operation needs, over the fake grid: the real desk, register and unit cache."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from main_controller.assessment.grid_state import UnitAssessment
from main_controller.domain.commands import Command, ConverterEffect
from main_controller.domain.freshness import Remembered
from main_controller.domain.modes import ConverterStatus, Mode
from main_controller.domain.snapshot import Snapshot
from main_controller.domain.timing import Timing
from main_controller.errors import ControllerError
from main_controller.orders.desk import Acknowledgements, Desk
from main_controller.orders.direct_readings import DirectReadings, RepeatedReadings
from main_controller.orders.dispatcher import Dispatcher
from main_controller.orders.force_stop import ForceStop
from main_controller.orders.mode_sender import ModeSender
from main_controller.orders.register import Register
from main_controller.orders.set_converter import SetConverter
from main_controller.orders.set_mode import SetMode
from main_controller.orders.waits import Waits
from main_controller.procedures.guided_transfer import GuidedTransfer
from main_controller.procedures.pages_heard import PagesHeard
from main_controller.procedures.safe_end import SafeEnd
from main_controller.procedures.stop_all import StopAll
from main_controller.procedures.transfer_record import TransferRecord
from main_controller.procedures.transfer_watcher import TransferWatcher
from main_controller.rules.interlock_terms import Limits
from main_controller.rules.transfer_watch import Bounds
from main_controller.store.unit_cache import UnitCache
from main_controller.upstream.apis_web import ApisWeb
from main_controller.watching.verification import Verification
from tests.orders.fake_wire import Converter, FakeApisWeb, FakeDevices, Grid, Hands

START = datetime(2026, 5, 13, 3, 0, tzinfo=UTC)
BEAT = 5.0


class Acknowledged:
    """Which units are acknowledged, by the word that they had."""

    def __init__(self) -> None:
        self.given: dict[str, str | None] = {}

    def statuses(self) -> dict[str, str | None]:
        """As `Acknowledgements.statuses`."""
        return dict(self.given)


class LockBook:
    """Maintenance locks; `fault` is raised by every change."""

    def __init__(self) -> None:
        self.locks: dict[str, dict[str, Any]] = {}
        self.fault: ControllerError | None = None

    def all(self) -> Mapping[str, Mapping[str, Any]]:
        """As `Locks.all`."""
        return dict(self.locks)

    def set(self, scope: str, name: str, reason: str, at: datetime) -> Mapping[str, Any]:
        """As `locks.Book.set`."""
        if self.fault is not None:
            raise self.fault
        self.locks[scope] = {"name": name, "reason": reason, "since": at.isoformat()}
        return self.locks[scope]

    def clear(self, scope: str, name: str) -> Mapping[str, Any]:
        """As `locks.Book.clear`."""
        if self.fault is not None:
            raise self.fault
        return self.locks.pop(scope)


class Kept:
    """Where a guided procedure is kept."""

    def __init__(self) -> None:
        self.records: dict[str, dict[str, Any]] = {}
        self.fault: ControllerError | None = None

    def save(self, record: dict[str, Any]) -> None:
        """As `share_record.Kept.save`."""
        if self.fault is not None:
            raise self.fault
        self.records[record["id"]] = record

    def load(self) -> list[dict[str, Any]]:
        """As `share_record.Kept.load`."""
        return list(self.records.values())

    def remove(self, record_id: str) -> None:
        """As `share_record.Kept.remove`."""
        if self.fault is not None:
            raise self.fault
        self.records.pop(record_id, None)


class SteppingCache(UnitCache):
    """Whoever waits for a newer picture moves the clock, so that a loop needs no real time."""

    hands: Hands

    def wait_newer(self, serial: int, timeout: float) -> Snapshot:
        """Move the clock by `timeout`."""
        self.hands.move(timeout)
        return self.snapshot()


class Bench:
    """A cluster of `ids` in `mode`, polled every 5 s of the clock, with every operation over it."""

    def __init__(
        self,
        *ids: str,
        mode: Mode | None = Mode.MANUAL,
        timing: Timing | None = None,
        remembered: Mapping[str, Remembered] | None = None,
        kept: Kept | None = None,
        acknowledgements: Acknowledgements | None = None,
    ) -> None:
        self.hands = Hands()
        self.grid = Grid(self.hands, {one: Converter(one) for one in ids or ("E001", "E002", "E003")}, mode)
        self.apis_web = FakeApisWeb(self.grid)
        self.devices = FakeDevices(self.grid)
        self.cache = SteppingCache(remembered=remembered)
        self.cache.hands = self.hands
        self.log = Register()
        self.book = LockBook()
        self.acknowledged = Acknowledged()
        self.kept = kept or Kept()
        self.intents: list[str] = []
        self.on_intent: Callable[[], object] = lambda: None
        self.person_orders: list[str | None] = []
        self.timing = timing or Timing()
        self.limits = Limits()
        self.desk = Desk(
            self.cache, self.log, acknowledgements or self.acknowledged, self.book,
            timing=self.timing, clock=self.hands, wall=self.wall,
        )  # fmt: skip
        web = cast(ApisWeb, self.apis_web)
        self.waits = Waits(self.desk, self.devices, self.hands)
        self.dispatcher = Dispatcher(self.desk, self.intent)
        sender = ModeSender(self.desk, web, person_ordered=self.person_orders.append)
        force_stop = ForceStop(self.desk, sender, self.waits, self.hands)
        self.set_mode = SetMode(self.desk, self.dispatcher, sender, force_stop)
        self.trips: dict[str, list[float]] = {}
        self.converter = self.with_direct(limit=2.0)
        self.stop_all = StopAll(self.desk, web, self.devices, self.waits, executor=self.hands, readers=self.hands)
        self.verification = Verification(self.desk)
        self.pages = PagesHeard(self.hands)
        bounds = Bounds(self.limits, step_time=60.0, lag=self.timing.lag)
        reads = RepeatedReadings(self.devices, self.hands, self.hands)
        self.transfer = GuidedTransfer(
            self.desk,
            self.converter,
            TransferRecord(self.desk, self.kept),
            SafeEnd(self.desk, self.waits, reads, bounds=bounds),
            TransferWatcher(self.desk, self.pages, unattended=120.0),
            bounds=bounds,
            longest=240.0,
        )
        self.stop_all.also_ends(self.transfer.overtaken)
        self.watch = True
        self.bus = False  # whether a reference brings the bus to its voltage, and currents flow as they are set
        self.flows = True  # whether they do so; else the units' currents stand as a test set them
        self.on_poll: Callable[[Snapshot, Snapshot], object] = lambda before, after: None
        self._polled = float("-inf")
        self.polls = True
        self.set_grid(grid_master=True)
        self.hands.beat = self.beat

    def with_direct(self, *, limit: float) -> SetConverter:
        """The converter order, for which converters are read directly for at most `limit` real seconds."""
        direct = DirectReadings(self.devices, self.hands, clock=self.hands, limit=limit)
        return SetConverter(
            self.desk, self.dispatcher, self.devices, self.waits,
            limits=self.limits, direct=direct, trips=lambda: self.trips,
        )  # fmt: skip

    @property
    def web(self) -> ApisWeb:
        """The fake apis-web, as what it stands for."""
        return cast(ApisWeb, self.apis_web)

    def unit(self, unit_id: str) -> Converter:
        """One unit as it really is."""
        return self.grid.units[unit_id]

    def assessed(self, unit_id: str) -> UnitAssessment:
        """One unit as the rules see it."""
        return self.desk.grid().units[unit_id]

    def wall(self) -> datetime:
        """The clock as a time of day."""
        return START + timedelta(seconds=self.hands.now - 1000.0)

    def intent(self, command: Command) -> None:
        """Note that this order is about to be sent; `on_intent` happens just then."""
        self.intents.append(command.id)
        self.on_intent()

    def set_grid(self, *, grid_master: bool | None, deals: int = 0, active: bool | None = True) -> None:
        """What apis-web says of the grid as a whole."""
        unit_ids = {True: tuple(self.grid.units), False: (), None: None}[grid_master]
        listed: tuple[dict[str, Any], ...] = ({},) * deals
        no_deals_at = self.hands.now if grid_master and not deals else None
        self.cache.take_grid(
            lambda grid: replace(
                grid,
                unit_ids=unit_ids,
                deals=listed,
                status_active=active,
                status_at=self.hands.now,
                no_deals_at=no_deals_at,
            )
        )

    def poll(self) -> None:
        """One good `/get/log`; a frozen unit's own clock stands still."""
        self._polled = self.hands.now
        if self.bus:
            self._hold_bus()
        before = self.cache.snapshot()
        old = before.units
        units = {
            unit.id: old[unit.id] if unit.frozen and unit.id in old else unit.data(f"t{self.hands.now}", self.grid.mode)
            for unit in self.grid.units.values()
            if unit.there
        }
        self.cache.take_log(units, self.hands.now, self.wall())
        self.on_poll(before, self.cache.snapshot())

    def _hold_bus(self) -> None:
        """Whatever the bus does at once when its reference comes, goes, or is asked for current (K2)."""
        units = list(self.grid.units.values())
        held = [unit for unit in units if unit.status == ConverterStatus.VOLTAGE_REFERENCE]
        for unit in units:
            unit.vg = held[0].dvg if held else 0.0
        if self.flows:
            signs = {ConverterStatus.CHARGE: 1, ConverterStatus.DISCHARGE: -1} if held else {}
            for unit in units:
                unit.ig = next((sign * unit.dig for status, sign in signs.items() if unit.status == status), 0.0)
            for unit in held[:1]:
                unit.ig = -sum(other.ig for other in units if other is not unit)

    def beat(self) -> None:
        """What happens by itself as the clock moves."""
        if self.bus:
            self._hold_bus()
        if self.polls and self.hands.now - self._polled >= BEAT:
            self.poll()
        if self.watch:
            self.verification.run_once()
        self.transfer.run_once()

    def run(self, seconds: float) -> None:
        """Let time go by."""
        self.hands.move(seconds)

    def settled(self, seconds: float = 20.0) -> "Bench":
        """Poll and let a while go by, so that all readings are fresh and there are enough."""
        self.poll()
        self.run(seconds)
        return self

    def ordered(self, unit_id: str, status: ConverterStatus, **more: Any) -> ConverterEffect:
        """Note a converter order as if it had been given."""
        order = ConverterEffect(self.log.new_id(), unit_id, status, 350.0, 1.0, entered=self.hands.now, **more)
        self.log.effects.note_converter(order)
        return order


@contextmanager
def open_bench(*ids: str, **more: Any) -> Iterator[Bench]:
    """A bench whose threads end with the test."""
    made = Bench(*ids, **more)
    try:
        yield made
    finally:
        made.hands.close()
