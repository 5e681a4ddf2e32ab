"""The Waits of a stop that was not seen to be done go on over a restart (S2, S3, S13)."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from main_controller.domain.commands import Command, CommandState
from main_controller.domain.modes import ConverterStatus, Mode
from main_controller.domain.orders import BudoOrder, ConverterOrder, ModeOrder, Order, StopAllOrder
from main_controller.orders.register import Register
from main_controller.store.database import Database
from main_controller.store.journal import Journal
from main_controller.watching.earlier_stops import EarlierStop
from main_controller.watching.journaling import Journaling
from main_controller.watching.stop_follower import StopFollower
from tests.assessment.units import ME
from tests.orders.bench import Bench, open_bench

NOON = datetime(2026, 5, 13, 12, tzinfo=UTC)
FAILED, VERIFIED, ACCEPTED = CommandState.FAILED, CommandState.VERIFIED, CommandState.ACCEPTED
STOP_ALL, STOP = StopAllOrder(), ModeOrder(None, Mode.STOP)
UP = ConverterOrder("E001", ConverterStatus.VOLTAGE_REFERENCE, 350.0, 2.3)
WAIT = ConverterOrder("E001", ConverterStatus.WAIT, 0.0, 0.0)


class Run:
    """One run of the program, as its journal tells of it; `now` is its wall."""

    def __init__(self, path: Path) -> None:
        self.now = NOON
        self.database = Database(path)
        self.journal = Journal(self.database, wall=lambda: self.now)
        self.journaling = Journaling(self.journal)
        self.log = Register()
        self.log.listen(self.journaling.command_changed)

    def gives(self, order: Order, state: CommandState | None = None, **changes: Any) -> Command:
        """An order that came, was sent, and ended so; None: the program was killed before it had ended."""
        command = self.log.enter(Command(self.log.new_id(), order, ME, self.now, entered=1.0))
        if not order.stops:
            self.journaling.intent(command)
        if state is not None:
            self.log.update(command.id, state=state, **{"sent": True, "settled": 2.0, **changes})
        self.now += timedelta(seconds=1)
        return command

    def left(self, after: float = 20.0) -> list[EarlierStop]:
        """What a program that starts `after` s later follows; its monotonic clock shows 1000 s then."""
        self.database.write_once()
        self.now += timedelta(seconds=after)
        return self.journaling.earlier_stops(now=1000.0, wall=self.now)

    def left_orders(self) -> list[tuple[Order, list[str]]]:
        """Their orders, and whom they leave alone."""
        return [(stop.command.order, sorted(stop.but)) for stop in self.left()]


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    made = Run(tmp_path / "journal.sqlite3")
    yield made
    made.database.close()


@pytest.mark.parametrize("order", [STOP_ALL, STOP, BudoOrder(None, Mode.STOP), ModeOrder("E002", Mode.STOP)])
@pytest.mark.parametrize("state", [None, ACCEPTED, FAILED, CommandState.TIMED_OUT, CommandState.CONTRADICTED])
def test_a_stop_that_was_not_seen_to_be_done_is_followed(run: Run, order: Order, state: CommandState | None) -> None:
    given = run.gives(order, state)
    (stop,) = run.left()
    assert (stop.command.id, stop.command.unit_id, stop.command.entered) == (given.id, order.unit_id, 979.0)
    assert stop.command.order.stops


@pytest.mark.parametrize("state", [VERIFIED, CommandState.PARTLY_VERIFIED, CommandState.CANCELLED])
def test_one_that_was_is_not(run: Run, state: CommandState) -> None:
    run.gives(STOP_ALL, state)
    assert run.left() == []


def test_a_force_stop_that_never_left_is_not_unless_waits_went_beside_it(run: Run) -> None:
    run.gives(STOP, FAILED, sent=False)
    beside = run.gives(STOP)
    run.log.update(beside.id, order=ModeOrder(None, Mode.STOP, waits=True))
    run.log.update(beside.id, state=FAILED, sent=False, settled=2.0)
    assert [stop.command.id for stop in run.left()] == [beside.id]


def test_one_of_long_ago_and_any_other_order_are_not(run: Run) -> None:
    run.gives(STOP_ALL, FAILED)
    run.now += timedelta(minutes=10)
    run.gives(ModeOrder(None, Mode.MANUAL), ACCEPTED)
    run.gives(WAIT, FAILED)
    assert run.left() == []


def test_one_dated_after_now_is_not(run: Run) -> None:
    """M18: a wrong clock wrote it."""
    run.now += timedelta(hours=1)
    run.gives(STOP_ALL, FAILED)
    run.now -= timedelta(hours=1)
    assert run.left() == []


def test_what_was_ordered_since_is_left_alone(run: Run) -> None:
    run.gives(STOP_ALL, FAILED)
    run.gives(UP, ACCEPTED)
    assert run.left_orders() == [(STOP_ALL, ["E001"])]
    run.gives(ModeOrder("E001", Mode.STOP), FAILED)
    run.gives(ModeOrder("E001", None), ACCEPTED)
    assert run.left_orders() == [(STOP_ALL, ["E001"])]
    run.gives(ModeOrder(None, Mode.AUTONOMOUS), ACCEPTED)
    assert run.left_orders() == []


def test_a_stop_since_and_a_refused_order_end_none(run: Run) -> None:
    run.gives(STOP_ALL, FAILED)
    run.gives(WAIT, FAILED)
    refused = run.log.enter(Command(run.log.new_id(), UP, ME, run.now, entered=1.0))
    run.log.update(refused.id, state=FAILED, error="Refused.")
    assert run.left_orders() == [(STOP_ALL, [])]


# Followed


def earlier(bench: Bench, order: Order, ago: float, *but: str) -> StopFollower:
    command = Command("c5", order, ME, bench.wall(), bench.hands.now - ago, state=FAILED, sent="unknown")
    return StopFollower(bench.desk, bench.waits, [EarlierStop(command, frozenset(but))])


def follow(bench: Bench, follower: StopFollower, seconds: int) -> None:
    for _ in range(seconds):
        bench.run(1.0)
        follower.run_once()


@pytest.mark.parametrize("order", [STOP_ALL, STOP])
def test_who_works_still_gets_wait_until_it_is_seen_there(order: Order) -> None:
    with open_bench("E001", "E002", "E003", mode=Mode.STOP) as bench:
        for unit_id in ("E001", "E003"):
            bench.unit(unit_id).status = str(ConverterStatus.CHARGE)
        bench.settled()
        follow(bench, earlier(bench, order, 60.0, "E003"), 60)
        assert bench.unit("E001").status == ConverterStatus.WAIT
        assert bench.unit("E003").status == ConverterStatus.CHARGE
        assert {one[1] for one in bench.grid.sent if one[0] == "command"} == {"E001"}


def test_before_the_units_were_heard_nothing_is_sent() -> None:
    with open_bench("E001", mode=Mode.STOP) as bench:
        bench.unit("E001").status = str(ConverterStatus.CHARGE)
        follower = earlier(bench, STOP_ALL, 60.0)
        follower.run_once()
        assert bench.grid.sent == []


def test_ten_minutes_after_the_stop_it_ends() -> None:
    with open_bench("E001", mode=Mode.STOP) as bench:
        bench.unit("E001").status = str(ConverterStatus.CHARGE)
        bench.settled()
        follow(bench, earlier(bench, STOP_ALL, 601.0), 30)
        assert bench.unit("E001").status == ConverterStatus.CHARGE
