"""UPS modes: on past a failing unit, each reported (R23, Z10)."""

from collections.abc import Iterator

import pytest

from main_controller.domain.scope import Lane
from main_controller.errors import NotFound, Refused, UpstreamError
from main_controller.orders.ups_mode import UpsAnswer, UpsMode
from tests.assessment.units import ME
from tests.orders.bench import Bench, open_bench
from tests.orders.fake_wire import Fault, lost, unsent


@pytest.fixture
def bench() -> Iterator[Bench]:
    with open_bench() as made:
        yield made.settled()


def ups(bench: Bench, *, enabled: bool = True) -> UpsMode:
    return UpsMode(bench.desk, bench.dispatcher, bench.devices, bench.hands, enabled=enabled)


def test_all_units_take_it_and_are_verified_by_their_own_data(bench: Bench) -> None:
    command, body = ups(bench).order(2, None, ME)
    assert body == {unit_id: UpsAnswer(None, True) for unit_id in ("E001", "E002", "E003")}
    assert command.state == "accepted"
    bench.run(20.0)
    assert bench.log.get(command.id).state == "verified"


def test_one_unit_alone(bench: Bench) -> None:
    assert list(ups(bench).order(5, "E002", ME)[1]) == ["E002"]
    assert [one[:3] for one in bench.grid.sent] == [("ups", "E002", 5)]
    with pytest.raises(NotFound):
        ups(bench).order(5, "E009", ME)


def test_it_goes_on_past_a_failing_unit_and_says_what_left(bench: Bench) -> None:
    bench.grid.faults["E001 UPS"] = Fault(unsent())
    bench.grid.faults["E003 UPS"] = Fault(ZeroDivisionError("a bug"))
    command, body = ups(bench).order(2, None, ME)
    assert (str(body["E001"].error), body["E001"].sent) == ("it could not be reached", False)
    assert body["E002"] == UpsAnswer(None, True)
    assert (body["E003"].error is None, body["E003"].sent) == (False, "unknown")
    assert command.units["E001"].state == "failed"
    bench.run(32.0)
    assert bench.log.get(command.id).state == "timedOut", "not all of them took it"


@pytest.mark.parametrize(("fault", "sent"), [(unsent(), False), (lost(), "unknown")])
def test_where_none_took_it_it_failed_and_whether_it_left_is_true(
    bench: Bench, fault: UpstreamError, sent: bool | str
) -> None:
    for unit_id in bench.grid.units:
        bench.grid.faults[f"{unit_id} UPS"] = Fault(fault)
    with pytest.raises(UpstreamError, match="No UPS took the mode: E001, E002, E003") as error:
        ups(bench).order(2, None, ME)
    assert error.value.sent == sent
    assert set(error.value.details["units"]) == {"E001", "E002", "E003"}
    state = "failed" if sent is False else "pending"
    assert (bench.log.latest()[0].state, bench.log.latest()[0].sent) == (state, sent)


def test_where_no_answer_came_the_units_data_tell_whether_it_was_taken(bench: Bench) -> None:
    """Z8a: it may have left."""
    bench.grid.faults["E001 UPS"] = Fault(lost(), carried_out=True)
    with pytest.raises(UpstreamError) as error:
        ups(bench).order(2, "E001", ME)
    bench.run(25.0)
    ended = bench.log.get(error.value.details["command"])
    assert (ended.state, ended.note) == ("verified", "No answer came, but it is in effect.")


def test_without_an_address_while_stop_all_runs_or_in_conflict_nothing_is_sent(bench: Bench) -> None:
    with pytest.raises(Refused, match="ups_set_url"):
        ups(bench, enabled=False).order(2, None, ME)
    bench.desk.turns.hold("c99")
    with pytest.raises(Refused, match="Stop all"):
        ups(bench).order(2, None, ME)
    bench.desk.turns.hold(None)
    bench.unit("E001").id, bench.polls = "E001", False
    data = {"E001": {**bench.unit("E001").data("x", None), "oesunit": {"id": "E009"}}}
    bench.cache.take_log({**bench.cache.snapshot().units, **data}, bench.hands.now, bench.wall())
    with pytest.raises(Refused, match="E009"):
        ups(bench).order(2, "E001", ME)
    assert bench.grid.sent == []
    _, body = ups(bench).order(2, None, ME)
    assert [unit_id for unit_id, one in body.items() if one.error is None] == ["E002", "E003"]


def test_a_stop_between_check_and_sending_cancels_it(bench: Bench) -> None:
    bench.on_intent = lambda: bench.desk.overtake(Lane("converter"))
    with pytest.raises(Refused, match="overtook"):
        ups(bench).order(2, None, ME)
    assert bench.grid.sent == []
