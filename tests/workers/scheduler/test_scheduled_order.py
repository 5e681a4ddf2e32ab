"""One due schedule's order, from its moment to its end (Z12, Z9b, Z8a)."""

import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from main_controller.domain.actor import SCHEDULER
from main_controller.domain.modes import ConverterStatus, Mode
from main_controller.domain.orders import ModeOrder
from main_controller.domain.schedule import ModeSeen, Operation
from main_controller.errors import ControllerError, NotFound, Refused, Sent, UpstreamTimeout, UpstreamUnreachable
from main_controller.orders import register
from main_controller.rules.due import Situation
from main_controller.sentence import foreign
from main_controller.store.schedule_results import ScheduleResults
from main_controller.store.schedules import Schedules
from main_controller.workers.scheduler.outcomes import Outcomes
from main_controller.workers.scheduler.scheduled_order import Means, ScheduledOrder
from tests.assessment.units import ME
from tests.orders.bench import Bench, open_bench
from tests.workers.scheduler.house import House

A, H, S, M = Mode.AUTONOMOUS, Mode.HETERONOMOUS, Mode.STOP, Mode.MANUAL
SOFT, FORCE, RUN = Operation.SOFT_STOP, Operation.FORCE_STOP, Operation.RUN


@pytest.fixture
def house(tmp_path: Path) -> House:
    made = House(tmp_path / "schedules")
    made.grid.obeys = False
    return made


def test_an_order_is_sent_followed_and_found_in_effect(house: House) -> None:
    order = house.order(FORCE)
    house.holding = {"stops"}
    assert house.attend(order) == "Its order is being sent."
    assert house.attend(order, after=5.0) == "Its order is being sent."
    assert order.sending
    house.release()
    assert house.attend(order, after=15.0) == "Its order c1 was accepted and is not in effect yet."
    assert (order.sending, order.under_way) == (False, True)
    house.grid.shows_it()
    assert house.attend(order, after=5.0) is None
    assert not order.under_way
    assert [(result.outcome, result.sentence) for result in house.results.last()] == [
        ("done", "It is in effect (order c1).")
    ]


def test_an_order_seen_by_those_who_can_tell_is_in_effect(house: House) -> None:
    """S25: partly verified is verified."""
    order = house.order(FORCE)
    house.attend(order)
    house.desk.verify(house.grid.given[-1], partly=True)
    assert order.follow()


def test_a_command_that_never_ends_is_not_in_effect_in_the_end(house: House) -> None:
    order = house.order(FORCE)
    house.attend(order)
    order.follow()
    house.later(179.0)
    assert not order.follow()
    assert order.under_way
    house.later(1.0)
    assert not order.follow()
    assert (order.under_way, order.sends) == (False, 1)
    again = "Its order is being sent again; before: Its order c1 was accepted and did not take effect."
    assert house.attend(order) == again
    assert order.sends == 2


def test_a_command_that_is_forgotten_runs_out_too(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(register, "KEPT_COMMANDS", 1)
    order = house.order(FORCE)
    house.attend(order)
    house.grid.never_shows_it()
    house.desk.begin(ModeOrder("E001", S), ME)
    with pytest.raises(NotFound):
        house.desk.commands.get("c1")
    assert not order.follow()
    assert order.under_way
    house.later(180.0)
    assert not order.follow()
    assert not order.under_way


@pytest.mark.parametrize(
    "error", [UpstreamUnreachable(foreign("refused"), sent=False), Refused(foreign("another order"))]
)
def test_a_definite_not_sent_is_no_attempt(house: House, error: ControllerError) -> None:
    house.grid.fault = lambda: error
    order = house.order(FORCE)
    house.attend(order)
    assert not order.follow()
    assert (order.sends, order.under_way) == (0, False)
    assert order.sentence.endswith(f" and is tried again: {error.sentence}")
    assert not order.follow()
    assert order.sends == 0, "it is told once"


def test_an_order_that_was_cancelled_before_it_left_is_no_attempt(house: House) -> None:
    """A stop or Stop all overtook it in its turn."""
    order = house.order(SOFT)
    house.grid.fault = lambda: house.desk.cancel(house.desk.commands.get("c1"), foreign("A stop overtook this order."))
    house.attend(order)
    assert not order.follow()
    assert (order.sends, order.under_way) == (0, False)


def test_an_order_cancelled_with_the_program_was_not_sent(house: House) -> None:
    house.holding = {"stops"}
    order = house.order(FORCE)
    house.attend(order)
    house.held[-1][0].cancel()
    assert not order.follow()
    assert (order.sends, order.under_way) == (0, False)
    assert order.sentence.endswith(": Its order was not sent, because the program ends.")


@pytest.mark.parametrize("was_sent", ["unknown", True])
def test_an_order_that_may_have_arrived_is_given_its_time_to_show(house: House, was_sent: Sent) -> None:
    house.grid.fault = lambda: UpstreamTimeout(foreign("no answer"), sent=was_sent)
    order = house.order(FORCE)
    house.attend(order)
    house.later(100.0)
    order.follow()
    house.later(29.0)
    assert not order.follow()
    assert order.under_way
    house.later(1.0)
    assert not order.follow()
    assert not order.under_way
    house.attend(order)
    assert not order.follow()
    house.later(5.0)
    assert order.follow(True), "what it wants is so"
    assert order.sends == 2


def test_an_order_without_an_answer_that_the_verification_sees_is_in_effect(house: House) -> None:
    house.grid.fault = lambda: UpstreamTimeout(foreign("no answer"), sent="unknown")
    order = house.order(FORCE)
    house.attend(order)
    assert not order.follow()
    house.desk.verify(house.desk.commands.get("c1"))
    assert order.follow()
    assert order.sentence == "It is in effect (order c1)."


def test_an_unexpected_fault_counts_as_perhaps_sent_and_is_logged_once(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    house.grid.fault = lambda: KeyError("bug")
    order = house.order(FORCE)
    with caplog.at_level(logging.ERROR):
        house.attend(order)
        for _ in range(2):
            assert not order.follow()
            assert order.under_way
    assert len(caplog.records) == 1
    assert caplog.records[0].exc_info is not None


def test_a_stop_that_overtook_an_order_in_flight_follows_it_once(house: House) -> None:
    run, stop = house.order(RUN), house.order(FORCE)
    house.grid.mode, house.grid.obeys, house.holding = H, True, {"others"}
    house.attend(run)
    house.attend(stop, run)
    assert not stop.follow(True)
    assert stop.under_way, "the other order may still undo it"
    assert house.attend(stop, run) == "It is in effect (order c1)."
    house.release()
    assert house.attend(stop) == "Its order is being sent."
    assert stop.sends == 1, "it is sent three times anew where it has no effect"
    assert house.grid.sent == [(None, S), (None, A), (None, S)]
    assert house.attend(stop) is None
    assert house.grid.sent == [(None, S), (None, A), (None, S)]


def test_a_stop_that_nobody_follows_is_under_way_no_longer_than_what_it_overtook(house: House) -> None:
    run, stop = house.order(RUN), house.order(FORCE)
    house.grid.mode, house.grid.obeys, house.holding = H, True, {"others"}
    house.attend(run)
    house.attend(stop, run)
    stop.follow()
    assert stop.under_way
    house.release()
    stop.follow()
    assert not stop.under_way


@pytest.mark.parametrize("verified", [True, False])
def test_an_order_that_nobody_follows_is_under_way_until_its_command_ends(house: House, verified: bool) -> None:
    house.holding = {"stops"}
    order = house.order(FORCE)
    assert not order.under_way
    house.attend(order)
    house.later(1000.0)
    order.follow()
    assert order.under_way
    house.release()
    order.follow()
    house.later(29.0)
    order.follow()
    assert order.under_way
    if verified:
        house.grid.shows_it()
    else:
        house.grid.never_shows_it()
    order.follow()
    assert not order.under_way


# By the real orders


@pytest.fixture
def bench() -> Iterator[Bench]:
    with open_bench(mode=A) as made:
        yield made.settled()


class Orders:
    """Orders of schedules over the bench, each attended to once."""

    def __init__(self, bench: Bench, folder: Path) -> None:
        schedules = Schedules(folder)
        schedules.prepare()
        outcomes = Outcomes(schedules, ScheduleResults())
        self.means = Means(
            bench.desk, bench.set_mode, schedules, outcomes, submit=bench.hands.submit, submit_stop=bench.hands.submit
        )

    def give(self, operation: Operation, unit_id: str | None = None, *, seen: ModeSeen = A) -> ScheduledOrder:
        """The order of this operation, given now."""
        now = datetime.now(UTC)
        order = ScheduledOrder(self.means.schedules.put(unit_id, operation, now), self.means)
        order.attend(order.schedule, Situation(now=now, seen=seen, grid_master=True, grid_error=False), ())
        order.follow()
        return order


@pytest.fixture
def orders(bench: Bench, tmp_path: Path) -> Orders:
    return Orders(bench, tmp_path / "schedules")


def test_an_order_is_under_way_until_it_is_seen_in_effect(bench: Bench, orders: Orders) -> None:
    order = orders.give(SOFT)
    assert order.under_way
    bench.run(20.0)
    assert order.follow()
    assert [command.by for command in bench.log.latest()] == [SCHEDULER]
    assert bench.person_orders == []


def test_an_order_that_is_not_seen_is_not_in_effect(bench: Bench, orders: Orders) -> None:
    bench.apis_web.elsewhere = A
    order = orders.give(SOFT)
    bench.run(32.0)
    assert not order.follow()
    assert not order.under_way
    assert "did not take effect" in order.sentence


def test_a_unit_is_stopped_and_freed(bench: Bench, orders: Orders) -> None:
    """The cluster's mode cannot be cleared: each operation wants one of it, as its type says."""
    orders.give(FORCE, "E001")
    assert bench.unit("E001").local is S
    orders.give(RUN, "E001", seen=S)
    assert bench.grid.units["E001"].local is None
    assert None not in [operation.wanted(None) for operation in Operation]


def test_the_rules_and_locks_bind_the_scheduler_too(bench: Bench, orders: Orders) -> None:
    bench.book.locks["E001"] = {"name": "Aoki", "reason": "fuse", "since": "now"}
    order = orders.give(RUN, "E001", seen=S)
    assert (order.under_way, order.sends) == (False, 0)
    assert "locked by Aoki" in order.sentence
    bench.grid.mode = S
    bench.unit("E002").status = str(ConverterStatus.CHARGE)
    bench.run(6.0)
    order = orders.give(RUN, seen=H)
    assert (order.under_way, order.sends) == (False, 0)
    assert bench.log.latest()[0].sent is False
    assert orders.give(FORCE).under_way


def test_a_scheduled_force_stop_in_manual_sends_wait_too(bench: Bench, orders: Orders) -> None:
    bench.grid.mode = M
    bench.run(6.0)
    orders.give(FORCE, seen=M)
    assert sorted(bench.grid.waits()) == ["E001", "E002", "E003"]
