"""Shut Down: only in Manual, only with every converter freshly in Wait, and seen by silence (R16, T15, Z8)."""

from collections.abc import Iterator

import pytest

from main_controller.domain.actor import person
from main_controller.domain.modes import ConverterStatus, Mode
from main_controller.domain.orders import ConverterOrder
from main_controller.errors import NotFound, Refused, UpstreamError
from main_controller.orders.shut_down import ShutDown
from tests.assessment.units import ME
from tests.orders.bench import Bench, open_bench
from tests.orders.fake_wire import Fault, lost, refused


@pytest.fixture
def bench() -> Iterator[Bench]:
    with open_bench() as made:
        yield made.settled()


def shut_down(bench: Bench) -> ShutDown:
    return ShutDown(bench.desk, bench.dispatcher, bench.web)


def test_one_unit_is_shut_down_and_verified_by_its_silence(bench: Bench) -> None:
    command = shut_down(bench).order("E002", ME)
    assert (command.state, bench.grid.sent[0][:2]) == ("accepted", ("shutdown", "E002"))
    assert bench.intents == [command.id]
    bench.run(6.0)
    assert bench.log.get(command.id).state == "verified"
    assert not bench.assessed("E002").unwatched


def test_the_whole_cluster_falls_silent(bench: Bench) -> None:
    command = shut_down(bench).order(None, ME)
    bench.polls = False
    bench.run(40.0)
    assert bench.log.get(command.id).state == "accepted", "S26: apis-web may have fallen silent too"
    bench.set_grid(grid_master=False)
    bench.run(1.0)
    ended = bench.log.get(command.id)
    assert (ended.state, sorted(ended.units)) == ("verified", ["E001", "E002", "E003"])


def test_apis_web_falling_silent_does_not_verify_one_units_shutdown(bench: Bench) -> None:
    command = shut_down(bench).order("E002", ME)
    bench.unit("E002").there = True
    bench.polls = False
    bench.run(70.0)
    assert bench.log.get(command.id).state == "timedOut"


@pytest.mark.parametrize("scope", [None, "E001"])
def test_it_is_refused_while_anything_works_or_is_not_seen(bench: Bench, scope: str | None) -> None:
    for change, why in (
        ({"status": str(ConverterStatus.VOLTAGE_REFERENCE)}, "not surely in Wait"),
        ({"status": "0x0000", "there": False}, "not been seen within 15 s"),
    ):
        for name, value in change.items():
            setattr(bench.unit("E001"), name, value)
        bench.run(20.0)
        with pytest.raises(Refused, match=why):
            shut_down(bench).order(scope, ME)
    assert bench.grid.sent == []
    assert bench.log.latest()[0].state == "failed"
    with pytest.raises(NotFound):
        shut_down(bench).order("E009", ME)


def test_it_is_refused_outside_manual_and_while_stop_all_runs(bench: Bench) -> None:
    bench.desk.turns.hold("c99")
    with pytest.raises(Refused, match="Stop all is running"):
        shut_down(bench).order(None, ME)
    bench.desk.turns.hold(None)
    bench.grid.mode = Mode.STOP
    bench.run(6.0)
    with pytest.raises(Refused, match="needs Manual"):
        shut_down(bench).order("E001", ME)


def test_it_counts_an_order_in_flight_and_an_order_counts_it(bench: Bench) -> None:
    """Z8b both ways: a dead apis-main leaves its converter as it was."""
    bench.grid.faults["E001 VOLTAGE_REFERENCE"] = Fault(hang=5.0)
    order = bench.hands.submit(
        bench.converter.order, ConverterOrder("E001", ConverterStatus.VOLTAGE_REFERENCE, 350.0, 2.3), person("one")
    )
    with pytest.raises(Refused, match="E001 is not surely in Wait"):
        shut_down(bench).order("E001", person("two"))
    bench.run(6.0)
    assert order.result(5)[0].state == "verified"
    bench.grid.faults["shutdown"] = Fault(hang=5.0)
    shut = bench.hands.submit(shut_down(bench).order, "E002", person("two"))
    with pytest.raises(Refused, match="E002 is being shut down"):
        bench.converter.order(
            ConverterOrder("E002", ConverterStatus.CHARGE, 350.0, 1.0), person("one"), override="hurry"
        )
    bench.run(6.0)
    assert shut.result(5).sent is True


def test_a_stop_between_check_and_sending_cancels_it(bench: Bench) -> None:
    bench.on_intent = lambda: bench.set_mode.cluster(Mode.STOP, person("another"))
    with pytest.raises(Refused, match="overtook"):
        shut_down(bench).order("E001", ME)
    assert "shutdown" not in [one[0] for one in bench.grid.sent]


def test_a_no_ends_it_and_a_lost_answer_is_watched(bench: Bench) -> None:
    bench.grid.faults["shutdown"] = Fault(refused(), times=1)
    with pytest.raises(UpstreamError):
        shut_down(bench).order("E001", ME)
    assert bench.log.latest()[0].state == "failed"
    bench.grid.faults["shutdown"] = Fault(lost(), carried_out=True)
    with pytest.raises(UpstreamError) as error:
        shut_down(bench).order("E002", ME)
    bench.run(10.0)
    assert bench.log.get(error.value.details["command"]).state == "verified"
