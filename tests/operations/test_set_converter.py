"""One converter by hand: the rules, the journey of an order, and Wait that passes always (R10, Z6c, Z8-Z9)."""

from collections.abc import Iterator

import pytest

from main_controller.domain.interlock_terms import Wanted
from main_controller.domain.modes import Mode, Word
from main_controller.errors import NotFound, Refused, UpstreamError
from tests.operations.bench import Bench, open_bench
from tests.operations.fake_wire import Fault, lost, refused, unsent

WAIT, CV, CHARGE = Word.WAIT, Word.VOLTAGE_REFERENCE, Word.CHARGE
UP = Wanted("E001", CV, 350.0, 2.3)
TAKE = Wanted("E002", CHARGE, 350.0, 1.0)


@pytest.fixture
def bench() -> Iterator[Bench]:
    with open_bench() as made:
        yield made.settled()


def bus(bench: Bench, voltage: float) -> None:
    for unit in bench.grid.units.values():
        unit.vg = voltage


def test_the_procedure_goes_its_way_through_the_rules(bench: Bench) -> None:
    command, dcdc = bench.converter.order(UP, "me")
    assert (command.state, command.sent, dcdc["status"]) == ("verified", True, {"status": "0x0014"})
    assert command.units["E001"].evidence == "converter"
    with pytest.raises(Refused) as early:
        bench.converter.order(TAKE, "me")
    assert [one["rule"] for one in early.value.details["rules"] if one["pass"] is not True] == ["f"]
    bus(bench, 350.0)
    bench.run(20.0)
    assert bench.converter.order(TAKE, "me")[0].state == "verified"
    assert [one[:3] for one in bench.grid.sent] == [("command", "E001", CV), ("command", "E002", CHARGE)]


def test_a_refusal_sends_nothing_and_tells_every_rule(bench: Bench) -> None:
    bench.grid.mode = Mode.STOP
    bench.run(6.0)
    with pytest.raises(Refused, match="not Manual") as refusal:
        bench.converter.order(UP, "me")
    command = bench.log.latest()[0]
    assert (command.state, command.sent) == ("failed", False)
    assert refusal.value.details["command"] == command.id
    assert refusal.value.details["sent"] is False
    assert {one["rule"] for one in refusal.value.details["rules"]} >= {"a", "b", "c", "h"}
    assert bench.grid.sent == []
    assert bench.intents == [], "the journal says nothing of an order about to leave"


def test_a_dry_run_sends_and_records_nothing(bench: Bench) -> None:
    assert not any(answer.refuses for answer in bench.converter.dry_run(UP))
    assert bench.grid.sent == []
    assert bench.log.latest() == []
    with pytest.raises(NotFound):
        bench.converter.dry_run(Wanted("E009", CV, 350.0, 1.0))


def test_an_unknown_unit_is_404_and_recorded_nowhere(bench: Bench) -> None:
    for word in (CV, WAIT):
        with pytest.raises(NotFound):
            bench.converter.order(Wanted("E009", word, 350.0, 1.0), "me")
    assert bench.log.latest() == []


# Overriding


def test_only_c_e_and_f_can_be_overridden_and_it_is_marked(bench: Bench) -> None:
    bus(bench, 200.0)
    bench.unit("E001").word, bench.unit("E001").dvg, bench.unit("E001").dig = str(CV), 350.0, 0.5
    bench.run(20.0)
    command, _ = bench.converter.order(TAKE, "me", override="commissioning")
    assert (command.override, command.note) == ("commissioning", "Rules e, f were overridden: commissioning")
    with pytest.raises(Refused, match=r"outside 0 to 2\.3 A"):
        bench.converter.order(Wanted("E002", CHARGE, 350.0, 2.4), "me", override="commissioning")
    with pytest.raises(Refused, match="one at a time"):
        bench.converter.order(Wanted("E003", CV, 350.0, 2.3), "me", override="commissioning")
    assert len(bench.grid.sent) == 1


# Locks, Stop all, Shut Down


@pytest.mark.parametrize("scope", ["", "E001"])
def test_a_lock_refuses_everything_but_wait_whoever_gives_it(bench: Bench, scope: str) -> None:
    bench.book.locks[scope] = {"name": "Aoki", "reason": "fuse", "since": "now"}
    with pytest.raises(Refused, match="locked by Aoki") as refusal:
        bench.converter.order(UP, "me", override="hurry")
    assert refusal.value.details["cause"] == "locked"
    bench.converter.order(Wanted("E001", WAIT, 0.0, 0.0), "me")
    assert bench.grid.waits() == ["E001"]


def test_another_units_lock_refuses_nothing_here(bench: Bench) -> None:
    bench.book.locks["E002"] = {"name": "Aoki", "reason": "fuse", "since": "now"}
    assert bench.converter.order(UP, "me")[0].state == "verified"


def test_while_stop_all_runs_only_wait_is_sent(bench: Bench) -> None:
    bench.log.hold("c99")
    with pytest.raises(Refused, match="Stop all is running"):
        bench.converter.order(UP, "me")
    bench.converter.wait("E001", "me")
    assert bench.grid.waits() == ["E001"]


def test_no_converter_is_started_under_an_apis_main_that_is_being_shut_down(bench: Bench) -> None:
    shut = bench.desk.begin("shutDown", "E001", {"shutDown": True, "units": ["E001"]}, "me")
    with pytest.raises(Refused, match="being shut down"):
        bench.converter.order(UP, "me")
    bench.converter.wait("E001", "me")
    bench.desk.verify(shut)
    bench.run(20.0)
    assert bench.converter.order(UP, "me")[0].state == "verified"


# What comes back


def test_yes_and_nothing_happens_is_said_after_30_s(bench: Bench) -> None:
    """Issue 5 section 6."""
    bench.devices.deaf = {"E001"}
    command, _ = bench.converter.order(UP, "me")
    assert command.state == "accepted"
    bench.run(29.0)
    assert bench.log.get(command.id).state == "accepted"
    bench.run(2.0)
    ended = bench.log.get(command.id)
    assert (ended.state, ended.error) == ("timedOut", "Not seen in effect within 30 s: E001 shows 0x0000.")


def test_no_and_it_happens_is_failed_and_said_and_counts_in_the_rules(bench: Bench) -> None:
    bench.grid.faults["E001 VOLTAGE_REFERENCE"] = Fault(refused(), carried_out=True)
    with pytest.raises(UpstreamError, match="it said no") as error:
        bench.converter.order(UP, "me")
    assert error.value.details["sent"] is True
    with pytest.raises(Refused, match="is or may be the voltage reference"):
        bench.converter.order(Wanted("E002", CV, 350.0, 2.3), "me")
    bench.run(25.0)
    command = bench.log.get(error.value.details["command"])
    assert (command.state, command.note) == ("failed", "It was refused, but the units show it.")


def test_the_reply_lost_and_the_order_carried_out_is_verified_by_the_readings(bench: Bench) -> None:
    bench.grid.faults["E001 VOLTAGE_REFERENCE"] = Fault(lost(), carried_out=True)
    with pytest.raises(UpstreamError) as error:
        bench.converter.order(UP, "me")
    assert error.value.details["sent"] == "unknown"
    command = bench.log.get(error.value.details["command"])
    assert (command.state, command.sent) == ("pending", "unknown")
    bench.run(11.0)
    assert bench.log.get(command.id).state == "pending", "a reading within the lag is no evidence"
    with pytest.raises(Refused, match="may be the voltage reference"):
        bench.converter.order(Wanted("E002", CV, 350.0, 2.3), "me")
    bench.run(10.0)
    ended = bench.log.get(command.id)
    assert (ended.state, ended.note) == ("verified", "No answer came, but it is in effect.")
    assert len(bench.grid.sent) == 1, "no order is sent twice"


def test_the_reply_lost_and_nothing_done_times_out(bench: Bench) -> None:
    bench.grid.faults["E001 VOLTAGE_REFERENCE"] = Fault(lost())
    with pytest.raises(UpstreamError) as error:
        bench.converter.order(UP, "me")
    bench.run(32.0)
    ended = bench.log.get(error.value.details["command"])
    assert ended.state == "timedOut"
    assert "No answer to it ever came." in str(ended.error)


def test_an_order_that_never_left_ends_at_once_and_counts_in_no_rule(bench: Bench) -> None:
    bench.grid.faults["E001 VOLTAGE_REFERENCE"] = Fault(unsent(), times=1)
    with pytest.raises(UpstreamError) as error:
        bench.converter.order(UP, "me")
    ended = bench.log.get(error.value.details["command"])
    assert (ended.state, ended.sent) == ("failed", False)
    assert bench.converter.order(Wanted("E002", CV, 350.0, 2.3), "me")[0].state == "verified"


def test_a_unit_silent_between_acceptance_and_verification_is_told_as_not_seen(bench: Bench) -> None:
    bench.devices.deaf = {"E001"}
    command, _ = bench.converter.order(UP, "me")
    bench.unit("E001").there = False
    bench.run(32.0)
    ended = bench.log.get(command.id)
    assert (ended.state, ended.units["E001"].state) == ("timedOut", "unconfirmed")


# Two at once


def test_two_operators_order_a_reference_each_and_one_is_refused(bench: Bench) -> None:
    """Z8b: the first is still in flight."""
    bench.grid.faults["E001 VOLTAGE_REFERENCE"] = Fault(hang=8.0)
    first = bench.hands.submit(bench.converter.order, UP, "one")
    with pytest.raises(Refused, match="E001 is or may be the voltage reference"):
        bench.converter.order(Wanted("E002", CV, 350.0, 2.3), "two")
    bench.run(9.0)
    assert first.result(5)[0].state == "verified"


def test_orders_of_one_unit_go_one_at_a_time_and_the_later_is_judged_by_what_then_is(bench: Bench) -> None:
    bench.grid.faults["E001 VOLTAGE_REFERENCE"] = Fault(hang=5.0, times=1)
    first = bench.hands.submit(bench.converter.order, UP, "one")
    second = bench.hands.beside(bench.converter.order, Wanted("E001", CHARGE, 350.0, 1.0), "two")
    bench.hands.until(lambda: len(bench.log.latest()) == 2)
    assert not second.done()
    bench.run(6.0)
    assert first.result(5)[0].state == "verified"
    with pytest.raises(Refused, match="must be in Wait before"):
        second.result(5)


# Wait


def test_wait_passes_in_every_mode_and_state_and_is_sent_as_zero(bench: Bench) -> None:
    bench.grid.mode = None
    bench.unit("E001").there = False
    bench.run(40.0)
    command, _ = bench.converter.order(Wanted("E001", WAIT, 999.0, -5.0), "me")
    assert command.state == "verified"
    assert bench.grid.sent[-1][:5] == ("command", "E001", WAIT, 0.0, 0.0)


def test_wait_overtakes_an_order_in_flight_which_is_followed_by_wait_and_told_as_undone(bench: Bench) -> None:
    bench.grid.faults["E001 VOLTAGE_REFERENCE"] = Fault(hang=5.0)
    order = bench.hands.submit(bench.converter.order, UP, "one")
    assert bench.converter.wait("E001", "two")[0].state == "verified"
    bench.run(6.0)
    with pytest.raises(Refused, match="Wait followed it, and E001 is in Wait") as undone:
        order.result(5)
    assert undone.value.details["sent"] is True
    assert bench.log.get(undone.value.details["command"]).state == "cancelled"
    assert [one[2] for one in bench.grid.sent] == [CV, WAIT, WAIT]
    assert bench.unit("E001").word == WAIT
    assert bench.fact("E001").belief.surely(WAIT)


def test_the_wait_that_follows_is_tried_again_and_its_failure_is_said(bench: Bench) -> None:
    bench.grid.faults["E001 VOLTAGE_REFERENCE"] = Fault(hang=5.0)
    order = bench.hands.submit(bench.converter.order, UP, "one")
    bench.converter.wait("E001", "two")
    bench.grid.faults["E001 WAIT"] = Fault(unsent(), times=2)
    bench.run(6.0)
    with pytest.raises(Refused, match="is in Wait"):
        order.result(5)
    assert len(bench.grid.waits("E001")) == 4

    bench.run(20.0)
    again = bench.hands.submit(bench.converter.order, UP, "one")
    del bench.grid.faults["E001 WAIT"]
    bench.converter.wait("E001", "two")
    bench.grid.faults["E001 WAIT"] = Fault(unsent())
    bench.run(6.0)
    with pytest.raises(Refused, match="not seen in Wait after it: it could not be reached"):
        again.result(5)
    assert bench.fact("E001").belief.possibly(CV)


def test_a_wait_overtakes_what_still_queues_which_is_cancelled_unsent(bench: Bench) -> None:
    bench.grid.faults["E001 VOLTAGE_REFERENCE"] = Fault(hang=5.0, times=1)
    first = bench.hands.submit(bench.converter.order, UP, "one")
    queued = bench.hands.beside(bench.converter.order, UP, "two")
    bench.hands.until(lambda: len(bench.log.latest()) == 2)
    bench.hands.until(lambda: len(bench.desk.turns._queues["wait:E001"]) == 2)
    bench.converter.wait("E001", "three")
    with pytest.raises(Refused, match="overtook this order while it waited"):
        queued.result(5)
    assert bench.log.get("c2").state == "cancelled"
    bench.run(6.0)
    with pytest.raises(Refused):
        first.result(5)
    assert [one[2] for one in bench.grid.sent] == [CV, WAIT, WAIT]


def test_a_wait_that_comes_between_the_check_and_the_sending_keeps_it_from_being_sent(bench: Bench) -> None:
    bench.on_intent = lambda: bench.converter.wait("E001", "another")
    with pytest.raises(Refused, match="A stop overtook this order; nothing was sent"):
        bench.converter.order(UP, "me")
    assert [one[2] for one in bench.grid.sent] == [WAIT]
    assert bench.log.get("c1").state == "cancelled"
    assert bench.fact("E001").belief.surely(WAIT)


def test_a_wait_that_fails_says_whether_it_was_sent_and_is_watched(bench: Bench) -> None:
    bench.grid.faults["E001 WAIT"] = Fault(lost(), carried_out=True)
    with pytest.raises(UpstreamError) as error:
        bench.converter.wait("E001", "me")
    assert error.value.details["sent"] == "unknown"
    bench.run(20.0)
    assert bench.log.get(error.value.details["command"]).state == "verified"


def test_a_wait_that_fails_in_a_way_nobody_foresaw_is_an_error_and_no_trace(bench: Bench) -> None:
    bench.grid.faults["E001 WAIT"] = Fault(RuntimeError("a bug"))
    with pytest.raises(UpstreamError, match="a bug") as error:
        bench.converter.wait("E001", "me")
    assert error.value.details["sent"] == "unknown"
