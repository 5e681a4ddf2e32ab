"""Operators, faults and other people's doors in any order: what may never happen does not (S2, S3, S5, S10, S14).

Seeded and bounded: a seed that ever found something is worth keeping.
"""

import random
from collections.abc import Callable, Iterable
from typing import Any

import pytest

from main_controller.domain.commands import Command, CommandState
from main_controller.domain.modes import ConverterStatus, Mode
from main_controller.domain.orders import ConverterOrder
from main_controller.errors import ControllerError, Refused
from main_controller.rules.interlock_terms import RULES
from main_controller.upstream.devices import Target
from main_controller.watching.answers import Answers
from main_controller.watching.stop_follower import StopFollower
from tests.assessment.units import ME
from tests.orders.bench import Bench, open_bench
from tests.orders.fake_wire import Fault, lost, refused, unsent

IDS = ("E001", "E002", "E003")
WAIT, CV, CHARGE, DISCHARGE = (
    ConverterStatus.WAIT,
    ConverterStatus.VOLTAGE_REFERENCE,
    ConverterStatus.CHARGE,
    ConverterStatus.DISCHARGE,
)
VOLTS = {CV: (350.0,), CHARGE: (350.0, 340.0), DISCHARGE: (370.0,)}
FORGIVEN = 45.0
"""For how long (s) after somebody else's door a converter's status says nothing of our orders."""


class Walk:
    """One walk; `wrong` is what should never have happened."""

    def __init__(self, bench: Bench, seed: int) -> None:
        self.bench = bench
        self.random = random.Random(seed)
        self.wrong: list[str] = []
        self.steps: list[str] = []
        self._stops: list[tuple[Command, tuple[str, ...]]] = []
        self._others: dict[str, float] = {}
        self._send = bench.devices.command
        bench.bus = True
        bench.devices.reads = self.random.random() < 0.5
        bench.devices.command = self._sent  # type: ignore[method-assign]
        workers, before = (StopFollower(bench.desk, bench.waits), Answers(bench.desk)), bench.hands.beat

        def beat() -> None:
            before()
            for worker in workers:
                worker.run_once()

        bench.hands.beat = beat
        bench.settled()

    def go(self, steps: int) -> None:
        """Take these steps, then heal everything and stop."""
        for _ in range(steps):
            step = self.random.choice(self._possible())
            self.steps.append(f"{self.bench.hands.now:.0f} {step.__name__}")
            step(self.random.choice(IDS))
            self.bench.run(self.random.choice((1.0, 6.0, 13.0, 40.0)))
            self._look_at_stops()
        self._heal("")
        self.bench.run(10.0)
        command = self.bench.stop_all.order(ME)
        self.bench.run(40.0)
        if self.bench.log.get(command.id).state is not CommandState.VERIFIED or self._at_work(IDS):
            self._note(f"the last Stop all: {self.bench.log.get(command.id).error}")
        if self.bench.desk.owner.claim is not None or self.bench.log.open():
            self._note("something goes on after the last Stop all")

    def _possible(self) -> list[Callable[[str], None]]:
        orders = [self._order] * 10 + [self._transfer, self._transfer, self._end, self._manual, self._mode, self._clear]
        stops = [self._wait, self._stop_cluster, self._stop_unit, self._stop_all]
        faults = [self._tamper, self._silence, self._fault, self._fault, self._deaf, self._lock]
        return [*orders, *stops, *faults, self._heal, self._heal, self._heal]

    # What people order

    def _order(self, unit_id: str) -> None:
        status = self.random.choice((CV, CV, CHARGE, DISCHARGE))
        wanted = ConverterOrder(unit_id, status, self.random.choice(VOLTS[status]), self.random.choice((1.0, 2.0, 2.3)))
        reason = "a trial" if self.random.random() < 0.3 else None
        self._may_fail(lambda: self.bench.converter.order(wanted, ME, override=reason, override_rules=RULES))

    def _transfer(self, unit_id: str) -> None:
        giver, taker = self.random.sample(IDS, 2)
        self._may_fail(lambda: self.bench.transfer.start(giver, taker, 2.0, 350.0, ME, minutes=1))

    def _end(self, unit_id: str) -> None:
        self._may_fail(lambda: self.bench.transfer.end(ME))

    def _mode(self, unit_id: str) -> None:
        mode = self.random.choice((Mode.HETERONOMOUS, Mode.AUTONOMOUS))
        self._may_fail(lambda: self.bench.set_mode.cluster(mode, ME))

    def _manual(self, unit_id: str) -> None:
        self._may_fail(lambda: self.bench.set_mode.cluster(Mode.MANUAL, ME))

    def _clear(self, unit_id: str) -> None:
        self._may_fail(lambda: self.bench.set_mode.unit(unit_id, None, ME))

    def _lock(self, unit_id: str) -> None:
        self.bench.book.set("", "anna", "fuse", self.bench.wall())

    # What stops

    def _wait(self, unit_id: str) -> None:
        self._never_refused(lambda: self.bench.converter.wait(unit_id, ME))

    def _stop_cluster(self, unit_id: str) -> None:
        self._never_refused(lambda: self._stops.append((self.bench.set_mode.cluster(Mode.STOP, ME), IDS)))

    def _stop_unit(self, unit_id: str) -> None:
        self._never_refused(lambda: self._stops.append((self.bench.set_mode.unit(unit_id, Mode.STOP, ME), (unit_id,))))

    def _stop_all(self, unit_id: str) -> None:
        self._never_refused(lambda: self._stops.append((self.bench.stop_all.order(ME), IDS)))

    # What goes wrong

    def _tamper(self, unit_id: str) -> None:
        unit = self.bench.unit(unit_id)
        unit.status, unit.dvg, unit.dig = str(self.random.choice((WAIT, CV, CHARGE, DISCHARGE))), 350.0, 1.0
        self._others[unit_id] = self.bench.hands.now

    def _silence(self, unit_id: str) -> None:
        unit = self.bench.unit(unit_id)
        how = self.random.choice(("its clock", "it is gone", "a poll"))
        unit.frozen = unit.frozen or how == "its clock"
        unit.there = unit.there and how != "it is gone"
        self.bench.polls = self.bench.polls and how != "a poll"

    def _fault(self, unit_id: str) -> None:
        error = self.random.choice((unsent, lost, refused))()
        status = self.random.choice((WAIT, CV, CHARGE, DISCHARGE))
        done = error.sent is not False and self.random.random() < 0.5
        self.bench.grid.faults[f"{unit_id} {status.name}"] = Fault(error, done, times=self.random.choice((1, 3, 30)))

    def _deaf(self, unit_id: str) -> None:
        self.bench.devices.deaf = {unit_id}

    def _heal(self, unit_id: str) -> None:
        bench = self.bench
        bench.grid.faults.clear()
        bench.devices.deaf, bench.polls = set(), True
        for unit in bench.grid.units.values():
            unit.frozen, unit.there = False, True
        bench.book.locks.clear()

    # What may never be

    def _sent(self, target: Target, status: ConverterStatus, dvg: float, dig: float) -> dict[str, Any]:
        """Seen from the converters, at the moment of each order."""
        held = [unit_id for unit_id in IDS if unit_id != target.unit_id and self.bench.unit(unit_id).status == CV]
        if status is CV and held and not self._touched(held):
            self._note(f"{target.unit_id} is made a second reference beside {held}")
        if status.current_controlled and not held and not self._touched(IDS):
            self._note(f"{target.unit_id} is driven with no reference")
        return self._send(target, status, dvg, dig)

    def _look_at_stops(self) -> None:
        for command, scope in list(self._stops):
            state = self.bench.log.get(command.id).state
            if state is CommandState.VERIFIED and self._at_work(scope):
                self._note(f"{command.order} is verified while {self._at_work(scope)} works")
            if not state.open:
                self._stops.remove((command, scope))

    def _at_work(self, scope: tuple[str, ...]) -> list[str]:
        working = [unit_id for unit_id in scope if self.bench.unit(unit_id).status != WAIT]
        return [one for one in working if one not in self.bench.devices.deaf and not self._touched([one])]

    def _touched(self, unit_ids: Iterable[str]) -> bool:
        now = self.bench.hands.now
        return any(now - self._others.get(unit_id, -FORGIVEN) < FORGIVEN for unit_id in unit_ids)

    def _never_refused(self, give: Callable[[], object]) -> None:
        try:
            give()
        except Refused as error:
            self._note(f"a stop was refused: {error.sentence}")
        except ControllerError:
            pass  # a fault of the wire

    def _may_fail(self, give: Callable[[], object]) -> None:
        try:
            give()
        except ControllerError as error:
            self.steps.append(f"  {error.sentence[:80]}")

    def _note(self, what: str) -> None:
        self.wrong.append(f"{self.bench.hands.now:.1f} {what}")


@pytest.mark.parametrize("seed", range(16))
def test_a_walk_of_orders_stops_and_faults_never_does_what_may_not_be(seed: int) -> None:
    with open_bench(*IDS) as bench:
        walk = Walk(bench, seed)
        walk.go(35)
        assert walk.wrong == [], "\n".join(walk.steps)
