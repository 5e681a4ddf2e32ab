"""An order acts at the moment at which it was pressed, or not at all (H1)."""

from collections.abc import Callable

import pytest

from main_controller.domain.actor import person
from main_controller.domain.commands import Command
from main_controller.domain.modes import ConverterStatus, Mode
from main_controller.domain.orders import AcknowledgeOrder, ConverterOrder
from main_controller.domain.stamp import Moment, Stamp
from main_controller.errors import Refused, UpstreamError
from main_controller.orders import moments as module
from main_controller.orders.moments import Moments
from main_controller.orders.register import KeyTaken
from main_controller.sentence import foreign
from tests.assessment.units import ME
from tests.orders.bench import Bench, open_bench
from tests.orders.fake_wire import Fault, Hands, unsent

RUN, SOFT, STOP, MANUAL = Mode.AUTONOMOUS, Mode.HETERONOMOUS, Mode.STOP, Mode.MANUAL
REFERENCE = ConverterOrder("E001", ConverterStatus.VOLTAGE_REFERENCE, 350.0, 2.3)


def pressed(bench: Bench, age: float = 0.0) -> Stamp:
    """An order asked on the status of this moment, which the page has held for `age` s when it sends."""
    return Stamp(moment=Moment(bench.desk.moments.serial(), bench.desk.moments.start, age))


def refusal(order: Callable[[], object]) -> Refused:
    with pytest.raises(Refused) as refused:
        order()
    assert refused.value.details["cause"] == "moment"
    assert refused.value.details["sent"] is False
    return refused.value


def test_an_order_that_was_held_on_its_way_is_refused_and_one_considered_for_long_is_not() -> None:
    with open_bench(mode=MANUAL) as bench:
        bench.settled()
        held, considered = pressed(bench), pressed(bench, age=60.0)
        bench.run(9.0)
        late = pressed(bench)
        bench.run(2.0)
        assert "pressed 11 s before it arrived" in refusal(lambda: bench.set_mode.cluster(RUN, ME, stamp=held)).sentence
        bench.run(49.5)
        assert bench.set_mode.cluster(RUN, ME, stamp=considered).sent is True, "pressed half a second ago"
        refusal(lambda: bench.set_mode.cluster(RUN, ME, stamp=late))


def test_an_order_from_the_future_another_start_or_an_unknown_serial_is_refused() -> None:
    with open_bench(mode=MANUAL) as bench:
        bench.settled()
        now = pressed(bench).moment
        assert now is not None
        for moment in (
            Moment(now.serial, now.start, 2.0),
            Moment(now.serial, "another", 0.0),
            Moment(now.serial + 1, now.start, 0.0),
            Moment(0, now.start, 0.0),
        ):
            refusal(lambda moment=moment: bench.set_mode.cluster(RUN, ME, stamp=Stamp(moment=moment)))  # type: ignore[misc]
        assert bench.grid.sent == []


@pytest.mark.parametrize(
    "comes",
    [
        lambda bench: bench.stop_all.order(person("two")),
        lambda bench: bench.set_mode.cluster(STOP, person("two")),
        lambda bench: bench.set_mode.cluster(SOFT, person("two")),
        lambda bench: bench.set_mode.unit("E001", STOP, person("two")),
        lambda bench: bench.converter.wait("E001", person("two")),
    ],
    ids=["Stop all", "Force Stop", "another mode", "a unit's stop", "Wait"],
)
def test_whatever_stopped_or_changed_its_scope_since_refuses_an_order_and_is_named(
    comes: Callable[[Bench], object],
) -> None:
    with open_bench(mode=MANUAL) as bench:
        bench.settled()
        stamp = pressed(bench)
        bench.run(0.1)
        comes(bench)
        for order in (
            lambda: bench.set_mode.cluster(RUN, ME, stamp=stamp),
            lambda: bench.set_mode.unit("E001", None, ME, stamp=stamp),
            lambda: bench.converter.order(REFERENCE, ME, stamp=stamp),
            lambda: bench.transfer.start("E002", "E001", 1.0, 350.0, ME, minutes=10, stamp=stamp),
        ):
            told = refusal(order)
            assert str(told.details["came"][0].by) == "two"
            assert "two" in told.sentence


def test_what_came_elsewhere_or_was_refused_itself_refuses_nothing() -> None:
    with open_bench(mode=MANUAL) as bench:
        bench.settled()
        stamp = pressed(bench)
        bench.run(0.1)
        bench.converter.wait("E002", person("two"))
        bench.book.locks[""] = {"name": "anna", "reason": "fuse", "since": "noon"}
        with pytest.raises(Refused):
            bench.set_mode.cluster(RUN, person("two"))
        bench.book.locks.clear()
        command, _ = bench.converter.order(REFERENCE, ME, stamp=stamp)
        assert command.sent is True


def test_stopping_is_never_asked_for_its_moment() -> None:
    with open_bench(mode=MANUAL) as bench:
        bench.settled()
        old = Stamp(moment=Moment(1, "another", 0.0))
        assert bench.converter.wait("E001", ME, stamp=old)[0].sent is True
        assert bench.set_mode.unit("E001", STOP, ME, stamp=old).sent is True
        assert bench.set_mode.cluster(STOP, ME, stamp=old).sent is True
        assert bench.stop_all.order(ME, stamp=old).state == "verified"


@pytest.mark.parametrize(("mode", "passes"), [(RUN, True), (SOFT, True), (STOP, False), (MANUAL, False)])
def test_a_soft_stop_passes_late_only_where_it_can_end_things_alone(mode: Mode, passes: bool) -> None:
    with open_bench(mode=mode) as bench:
        bench.settled()
        old = Stamp(moment=Moment(1, "another", 0.0))
        orders: list[Callable[[], Command]] = [
            lambda: bench.set_mode.unit("E001", SOFT, ME, stamp=old),
            lambda: bench.set_mode.cluster(SOFT, ME, stamp=old),
        ]
        for order in orders:
            if passes:
                assert order().sent is True
            else:
                refusal(order)


def test_a_late_soft_stop_of_a_stopped_unit_is_refused_and_of_a_split_cluster_too() -> None:
    with open_bench(mode=RUN) as bench:
        bench.unit("E001").local = STOP
        bench.settled()
        old = Stamp(moment=Moment(1, "another", 0.0))
        refusal(lambda: bench.set_mode.unit("E001", SOFT, ME, stamp=old))
        assert bench.set_mode.cluster(SOFT, ME, stamp=old).sent is True, "its own stop holds"


def test_a_change_that_the_grid_made_by_itself_refuses_what_was_asked_before() -> None:
    with open_bench(mode=RUN) as bench:
        bench.settled()
        stamp = pressed(bench)
        bench.run(0.1)
        change = foreign("The cluster went from Run to Force Stop by itself.")
        bench.desk.moments.changed(None, change)
        told = refusal(lambda: bench.set_mode.cluster(MANUAL, ME, stamp=stamp)).sentence
        assert "by itself" in told
        assert (told.code, told.parameters["change"]) == ("orders.changedSince", change)


def test_an_order_whose_turn_comes_too_late_is_refused() -> None:
    with open_bench(mode=MANUAL) as bench:
        bench.settled()
        stamp = pressed(bench)
        bench.on_intent = lambda: bench.run(0.0)
        bench.run(10.5)
        refusal(lambda: bench.converter.order(REFERENCE, ME, stamp=stamp))


def test_serials_grow_and_old_ones_are_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "KEPT", 100)
    hands = Hands()
    try:
        moments = Moments(hands)
        told = []
        for _ in range(150):
            hands.now += 0.1
            told.append(moments.serial())
        assert told == list(range(told[0], told[0] + 150))
        assert moments.told_at(Moment(told[0], moments.start, 0.0)) is None
        assert moments.told_at(Moment(told[-1], moments.start, 0.0)) == hands.now
        assert Moments(hands).start != moments.start
    finally:
        hands.close()


def test_however_many_orders_came_since_a_stop_refuses_what_was_pressed_before_it() -> None:
    """A thousand cheap orders pushed the stop out of the list."""
    with open_bench(mode=RUN) as bench:
        bench.settled()
        stamp = pressed(bench)
        bench.run(0.1)
        bench.set_mode.cluster(STOP, person("two"))
        for _ in range(1100):
            bench.desk.verify(bench.desk.begin(AcknowledgeOrder("E001"), person("three")))
        bench.run(1.0)
        refusal(lambda: bench.set_mode.cluster(RUN, ME, stamp=stamp))


def test_a_stop_that_could_not_leave_came_all_the_same() -> None:
    with open_bench(mode=MANUAL) as bench:
        bench.settled()
        stamp = pressed(bench)
        bench.run(0.1)
        bench.grid.faults["E001 WAIT"] = Fault(unsent(), times=1)
        with pytest.raises(UpstreamError):
            bench.converter.wait("E001", person("two"))
        refusal(lambda: bench.converter.order(REFERENCE, ME, stamp=stamp))


def test_a_key_of_an_order_long_forgotten_still_sends_nothing() -> None:
    with open_bench(mode=MANUAL) as bench:
        bench.settled()
        once = Stamp(key="k1", request="/x")
        bench.converter.order(REFERENCE, ME, stamp=once)
        for _ in range(1100):
            bench.desk.verify(bench.desk.begin(AcknowledgeOrder("E001"), person("three")))
        with pytest.raises(KeyTaken):
            bench.converter.order(REFERENCE, ME, stamp=once)
