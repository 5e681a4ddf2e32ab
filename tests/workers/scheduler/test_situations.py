"""The scheduler sees what everybody's orders see (Z12)."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from main_controller.domain.actor import SCHEDULER
from main_controller.domain.modes import ConverterStatus, Mode
from main_controller.domain.schedule import UNKNOWN
from main_controller.domain.timing import Timing
from main_controller.errors import UpstreamError
from main_controller.rules.due import Situation
from main_controller.workers.scheduler import Situations
from tests.assessment.units import ME
from tests.orders.bench import START, Bench, open_bench
from tests.orders.fake_wire import Fault, lost, unsent

RUN, SOFT, STOP, MANUAL = Mode.AUTONOMOUS, Mode.HETERONOMOUS, Mode.STOP, Mode.MANUAL


@pytest.fixture
def bench() -> Iterator[Bench]:
    with open_bench(mode=RUN) as made:
        yield made.settled()


def at(bench: Bench, unit_id: str | None = None) -> Situation:
    return Situations(bench.desk).of(unit_id)


def test_the_mode_is_unknown_while_it_is_mixed_or_changing(bench: Bench) -> None:
    assert at(bench).seen is RUN
    bench.set_mode.cluster(SOFT, ME)
    assert at(bench).seen is UNKNOWN
    bench.run(20.0)
    assert at(bench).seen is SOFT
    bench.polls = False
    bench.run(31.0)
    assert at(bench).seen is UNKNOWN, "nobody is live"


def test_a_units_own_mode_is_unknown_where_the_unit_is_not_live(bench: Bench) -> None:
    bench.unit("E001").local = STOP
    bench.run(6.0)
    assert at(bench, "E001").seen is STOP
    assert at(bench, "E002").seen is None
    assert at(bench, "E009").seen is UNKNOWN
    bench.unit("E001").there = False
    bench.run(6.0)
    assert at(bench, "E001").seen is UNKNOWN


def test_a_scope_is_in_wait_where_all_its_converters_are_or_a_person_has_looked(bench: Bench) -> None:
    """Z6a: what is silent and not known to be in Wait counts once it is acknowledged."""
    bench.unit("E002").status = str(ConverterStatus.CHARGE)
    bench.run(6.0)
    assert (at(bench).in_wait, at(bench, "E001").in_wait, at(bench, "E002").in_wait) == (False, True, False)
    bench.acknowledged.given["E002"] = str(ConverterStatus.CHARGE)
    assert not at(bench).in_wait, "it is live"
    bench.unit("E002").there = False
    bench.run(31.0)
    assert (at(bench).in_wait, at(bench, "E002").in_wait) == (True, True)


def test_a_mode_has_its_time_to_show() -> None:
    with open_bench(timing=Timing(mode_time=44.0)) as bench:
        assert at(bench).settling == timedelta(seconds=44)


def test_what_is_said_of_the_grid_master_and_of_errors_passes_through(bench: Bench) -> None:
    assert (at(bench).grid_master, at(bench).grid_error) == (True, False)
    bench.set_grid(grid_master=False, active=None)
    assert (at(bench).grid_master, at(bench).grid_error) == (False, None)
    bench.set_grid(grid_master=None)
    assert at(bench).grid_master is None


def test_a_persons_orders_count_in_their_own_scope_and_stop_all_in_every_one(bench: Bench) -> None:
    look = Situations(bench.desk)
    assert (look.of(None).person_at, look.of("E001").person_at) == (None, None)
    bench.set_mode.cluster(SOFT, SCHEDULER)
    bench.grid.faults["manual"] = Fault(unsent())
    with pytest.raises(UpstreamError):
        bench.set_mode.cluster(MANUAL, ME)
    assert look.of(None).person_at is None, "neither the scheduler's own nor what never left"
    bench.set_mode.unit("E001", STOP, ME)
    came = bench.wall()
    assert (look.of(None).person_at, look.of("E001").person_at) == (None, came)
    bench.run(5.0)
    bench.grid.faults["manual"] = Fault(lost())
    with pytest.raises(UpstreamError):
        bench.set_mode.cluster(MANUAL, ME)
    assert look.of(None).person_at == bench.wall()
    bench.run(5.0)
    bench.stop_all.order(ME)
    assert look.of("E002").person_at == look.of("E001").person_at
    assert look.of("E002").person_at is not None


def test_orders_from_before_the_restart_count_too(bench: Bench) -> None:
    earlier = {None: START, "E001": START + timedelta(hours=1), "": START - timedelta(hours=1)}
    look = Situations(bench.desk, earlier=earlier)
    assert look.of(None).person_at == START
    assert look.of("E001").person_at == START + timedelta(hours=1)
    assert look.of("E002").person_at == START - timedelta(hours=1)


def test_a_clock_that_was_put_back_leaves_a_persons_order_where_it_was(bench: Bench) -> None:
    """M18: an order given by a clock of 2099 makes no later Run a missed one, and is not forgotten either."""
    bench.desk.wall = lambda: START.replace(year=2099)
    bench.set_mode.unit("E001", STOP, ME)
    bench.desk.wall = bench.wall
    bench.run(5.0)
    came = at(bench, "E001").person_at
    assert came is not None
    assert abs(bench.wall() - timedelta(seconds=5.0) - came) < timedelta(seconds=1)


def test_what_may_hinder_an_order_is_seen_to_change(bench: Bench) -> None:
    """M12: apis-web that answers again, a lock and a Stop all that are over."""
    before = at(bench).hindrances
    assert at(bench).hindrances == before
    bench.desk.turns.hold("c9")
    held = at(bench).hindrances
    assert held != before
    bench.desk.turns.hold(None)
    assert at(bench).hindrances == before
    bench.cache.take_grid(lambda grid: replace(grid, unit_ids=None))
    assert at(bench).hindrances != before
