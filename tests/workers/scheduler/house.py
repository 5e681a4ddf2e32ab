"""A scheduler over real files, a real desk and a clock of its own; the grid and the executors are as a test says."""

from collections.abc import Callable
from concurrent.futures import Future
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

from main_controller.domain.actor import Actor
from main_controller.domain.commands import Command, Tries
from main_controller.domain.modes import Mode
from main_controller.domain.orders import ModeOrder
from main_controller.domain.schedule import UNKNOWN, ModeSeen, Operation, Schedule
from main_controller.domain.timing import Timing
from main_controller.errors import ControllerError
from main_controller.orders.desk import Desk
from main_controller.orders.register import Register
from main_controller.orders.set_mode import SetMode
from main_controller.rules.due import Situation
from main_controller.sentence import foreign
from main_controller.store.schedule_results import ScheduleResults
from main_controller.store.schedules import Schedules
from main_controller.store.unit_cache import UnitCache
from main_controller.workers.scheduler import Scheduler, Situations
from main_controller.workers.scheduler.outcomes import Outcomes
from main_controller.workers.scheduler.scheduled_order import Given, Means, ScheduledOrder
from tests.orders.bench import Acknowledged, LockBook


class Grid:
    """The mode orders and the situations in one: an order takes effect at once while `obeys`."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.mode: Mode | None = Mode.AUTONOMOUS
        self.local: dict[str, ModeSeen] = {}
        self.master: bool | None = True
        self.error: bool | None = False
        self.person: dict[str | None, datetime] = {}
        self.obeys = True
        self.in_wait_now = True
        self.fault: Callable[[], Exception] | None = None
        self.asked = 0
        self.sent: list[tuple[str | None, Mode | None]] = []
        self.given: list[Command] = []
        self.hindrances: object = None

    def cluster(self, mode: Mode, by: Actor, *, tries: Tries | None = None) -> Command:
        """As `SetMode.cluster`."""
        return self._order(None, mode, by, tries)

    def unit(self, unit_id: str, mode: Mode | None, by: Actor, *, tries: Tries | None = None) -> Command:
        """As `SetMode.unit`."""
        return self._order(unit_id, mode, by, tries)

    def _order(self, unit_id: str | None, mode: Mode | None, by: Actor, tries: Tries | None) -> Command:
        self.asked += 1
        command = self.desk.begin(ModeOrder(unit_id, mode), by, tries=tries)
        if self.fault is not None:
            fault = self.fault()
            raise self.desk.fault(command, fault) if isinstance(fault, ControllerError) else fault
        self.sent.append((unit_id, mode))
        command = self.desk.accept(command)
        self.given.append(command)
        if not self.obeys:
            return command
        if unit_id is None:
            self.mode = mode
        else:
            self.local[unit_id] = mode
        return self.desk.verify(command)

    def shows_it(self) -> None:
        """As the verification, once the last order is seen in effect."""
        self.desk.verify(self.given[-1])

    def never_shows_it(self) -> None:
        """As the verification, once the time of the last order is up."""
        self.desk.time_out(self.given[-1], foreign("Not seen in effect within 30 s."))

    def of(self, unit_id: str | None) -> Situation:
        """As `Situations.of`."""
        if unit_id == "broken":
            raise KeyError(unit_id)
        seen: ModeSeen = self.local.get(unit_id) if unit_id is not None else UNKNOWN if self.mode is None else self.mode
        return Situation(
            now=self.desk.wall(),
            seen=seen,
            in_wait=self.in_wait_now,
            person_at=self.person.get(unit_id),
            grid_master=self.master,
            grid_error=self.error,
            hindrances=self.hindrances,
        )


class House:
    """Executors run at once, or hold their calls while they are in `holding`: "stops", or "others"."""

    def __init__(self, folder: Path) -> None:
        self.mono = 1000.0
        self.now = datetime.now(UTC).replace(microsecond=0)
        self.schedules = Schedules(folder)
        self.schedules.prepare()
        self.held: list[tuple[Future[Given], Callable[[], None]]] = []
        self.holding: set[str] = set()
        self.desk = Desk(
            UnitCache(), Register(), Acknowledged(), LockBook(),
            timing=Timing(), clock=lambda: self.mono, wall=lambda: self.now,
        )  # fmt: skip
        self.grid = Grid(self.desk)
        self.restart()

    def restart(self) -> None:
        """Begin anew with what is in the folder."""
        self.results = ScheduleResults()
        self.means = Means(
            self.desk, cast(SetMode, self.grid), self.schedules, Outcomes(self.schedules, self.results),
            submit=lambda call: self._submit("others", call),
            submit_stop=lambda call: self._submit("stops", call),
        )  # fmt: skip
        self.scheduler = Scheduler(
            self.desk, self.means.set_mode, cast(Situations, self.grid), self.schedules, self.results,
            submit=self.means.submit, submit_stop=self.means.submit_stop,
        )  # fmt: skip

    def _submit(self, pool: str, call: Callable[[], Given]) -> "Future[Given]":
        future: Future[Given] = Future()

        def run() -> None:
            try:
                future.set_result(call())
            except Exception as error:  # noqa: BLE001 - as an executor does
                future.set_exception(error)

        if pool in self.holding:
            self.held.append((future, run))
        else:
            run()
        return future

    def release(self) -> None:
        """Have the executors do what they held back."""
        held, self.held = self.held, []
        for _, run in held:
            run()

    def put(self, operation: Operation, unit_id: str | None = None, *, ago: float = 1.0) -> Schedule:
        """Set a schedule that came due `ago` s before now."""
        return self.schedules.put(unit_id, operation, self.now - timedelta(seconds=ago))

    def order(self, operation: Operation, unit_id: str | None = None) -> ScheduledOrder:
        """The order of a schedule that is due, not given yet."""
        return ScheduledOrder(self.put(operation, unit_id), self.means)

    def attend(self, order: ScheduledOrder, *others: ScheduledOrder, after: float = 0.0) -> str | None:
        """One step for an order, `after` s from now."""
        self.later(after)
        return order.attend(order.schedule, self.grid.of(order.schedule.unit_id), others)

    def later(self, seconds: float) -> None:
        """Move both clocks."""
        self.now += timedelta(seconds=seconds)
        self.mono += seconds

    def pass_on(self, seconds: float = 5.0) -> None:
        """One pass of the scheduler, `seconds` from now."""
        self.later(seconds)
        self.scheduler.run_once()

    def outcomes(self) -> list[tuple[str | None, str, str]]:
        """Unit, operation and outcome of what has ended since the start."""
        return [(r.schedule.unit_id, r.schedule.operation.value, r.outcome) for r in self.results.last()]

    def waiting(self) -> list[str]:
        """Why the schedules that are due are still there."""
        return [str(sentence) for _, sentence in self.scheduler.status().waiting]
