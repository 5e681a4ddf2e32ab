"""The scheduler's orders go the way of everybody's, and it sees what they see (Z12)."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from main_controller.domain.actor import SCHEDULER
from main_controller.domain.modes import ConverterStatus, Mode
from main_controller.domain.schedule import UNKNOWN
from main_controller.errors import Refused, UpstreamError
from main_controller.procedures.scheduled_modes import GridSeen, ScheduledModes
from tests.assessment.units import ME
from tests.orders.bench import START, Bench, open_bench
from tests.orders.fake_wire import Fault, lost, unsent

RUN, SOFT, STOP, MANUAL = Mode.AUTONOMOUS, Mode.HETERONOMOUS, Mode.STOP, Mode.MANUAL


@pytest.fixture
def bench() -> Iterator[Bench]:
    with open_bench(mode=RUN) as made:
        yield made.settled()


def orders(bench: Bench) -> ScheduledModes:
    return ScheduledModes(bench.desk, bench.set_mode)


def seen(bench: Bench) -> GridSeen:
    return GridSeen(bench.desk)


def test_an_order_is_pending_until_it_is_seen_in_effect(bench: Bench) -> None:
    ticket = orders(bench).order(None, SOFT)
    assert ticket.outcome() == "pending"
    bench.run(20.0)
    assert ticket.outcome() == "inEffect"
    assert bench.log.get(ticket.id).by == SCHEDULER
    assert bench.person_orders == []


def test_an_order_that_is_not_seen_is_not_in_effect(bench: Bench) -> None:
    bench.apis_web.elsewhere = RUN
    ticket = orders(bench).order(None, SOFT)
    bench.run(32.0)
    assert ticket.outcome() == "notInEffect"


def test_a_unit_is_stopped_and_freed_but_the_clusters_mode_cannot_be_cleared(bench: Bench) -> None:
    orders(bench).order("E001", STOP)
    assert bench.unit("E001").local is STOP
    orders(bench).order("E001", None)
    assert bench.grid.units["E001"].local is None
    with pytest.raises(ValueError, match="cannot be cleared"):
        orders(bench).order(None, None)


def test_the_rules_and_locks_bind_the_scheduler_too(bench: Bench) -> None:
    bench.book.locks["E001"] = {"name": "Aoki", "reason": "fuse", "since": "now"}
    with pytest.raises(Refused, match="locked by Aoki"):
        orders(bench).order("E001", None)
    bench.grid.mode = STOP
    bench.unit("E002").status = str(ConverterStatus.CHARGE)
    bench.run(6.0)
    with pytest.raises(Refused):
        orders(bench).order(None, RUN)
    assert orders(bench).order(None, STOP).outcome() == "pending"


def test_a_scheduled_force_stop_in_manual_sends_wait_too(bench: Bench) -> None:
    bench.grid.mode = MANUAL
    bench.run(6.0)
    orders(bench).order(None, STOP)
    assert sorted(bench.grid.waits()) == ["E001", "E002", "E003"]


def test_the_mode_is_none_while_it_is_mixed_or_changing(bench: Bench) -> None:
    assert seen(bench).mode_in_force() is RUN
    bench.set_mode.cluster(SOFT, ME)
    assert seen(bench).mode_in_force() is None
    bench.run(20.0)
    assert seen(bench).mode_in_force() is SOFT
    bench.polls = False
    bench.run(31.0)
    assert seen(bench).mode_in_force() is None, "nobody is live"


def test_a_units_own_mode_is_unknown_where_the_unit_is_not_live(bench: Bench) -> None:
    bench.unit("E001").local = STOP
    bench.run(6.0)
    assert seen(bench).local_mode("E001") is STOP
    assert seen(bench).local_mode("E002") is None
    assert seen(bench).local_mode("E009") is UNKNOWN
    bench.unit("E001").there = False
    bench.run(6.0)
    assert seen(bench).local_mode("E001") is UNKNOWN


def test_what_is_said_of_the_grid_master_and_of_errors_passes_through(bench: Bench) -> None:
    assert (seen(bench).has_grid_master(), seen(bench).grid_error()) == (True, False)
    bench.set_grid(grid_master=False, active=None)
    assert (seen(bench).has_grid_master(), seen(bench).grid_error()) == (False, None)
    bench.set_grid(grid_master=None)
    assert seen(bench).has_grid_master() is None


def test_a_persons_orders_count_in_their_own_scope_and_stop_all_in_every_one(bench: Bench) -> None:
    look = seen(bench)
    assert (look.last_person_order_at(None), look.last_person_order_at("E001")) == (None, None)
    orders(bench).order(None, SOFT)
    bench.grid.faults["manual"] = Fault(unsent())
    with pytest.raises(UpstreamError):
        bench.set_mode.cluster(MANUAL, ME)
    assert look.last_person_order_at(None) is None, "neither the scheduler's own nor what never left"
    bench.set_mode.unit("E001", STOP, ME)
    at = bench.wall()
    assert (look.last_person_order_at(None), look.last_person_order_at("E001")) == (None, at)
    bench.run(5.0)
    bench.grid.faults["manual"] = Fault(lost())
    with pytest.raises(UpstreamError):
        bench.set_mode.cluster(MANUAL, ME)
    assert look.last_person_order_at(None) == bench.wall()
    bench.run(5.0)
    bench.stop_all.order(ME)
    assert look.last_person_order_at("E002") == look.last_person_order_at("E001")
    assert look.last_person_order_at("E002") is not None


def test_orders_from_before_the_restart_count_too(bench: Bench) -> None:
    earlier = {None: START, "E001": START + timedelta(hours=1), "": START - timedelta(hours=1)}
    look = GridSeen(bench.desk, earlier=earlier)
    assert look.last_person_order_at(None) == START
    assert look.last_person_order_at("E001") == START + timedelta(hours=1)
    assert look.last_person_order_at("E002") == START - timedelta(hours=1)


def test_a_clock_that_was_put_back_leaves_a_persons_order_where_it_was(bench: Bench) -> None:
    """M18: an order given by a clock of 2099 makes no later Run a missed one, and is not forgotten either."""
    bench.desk.wall = lambda: START.replace(year=2099)
    bench.set_mode.unit("E001", STOP, ME)
    bench.desk.wall = bench.wall
    bench.run(5.0)
    at = seen(bench).last_person_order_at("E001")
    assert at is not None
    assert abs(bench.wall() - timedelta(seconds=5.0) - at) < timedelta(seconds=1)
