"""One converter by hand: the rules, the journey of an order, and Wait that passes always (R10, Z6c, Z8-Z9)."""

import re
from collections.abc import Iterator

import pytest

from main_controller.domain.actor import person, transfer_actor
from main_controller.domain.modes import ConverterStatus, Mode
from main_controller.domain.orders import ConverterOrder, ShutDownOrder
from main_controller.domain.scope import Lane, Scope
from main_controller.errors import NotFound, Refused, UpstreamError
from main_controller.orders.bus_owner import Claim
from main_controller.rules.interlock_terms import RULES
from tests.assessment.units import ME
from tests.orders.bench import Bench, open_bench
from tests.orders.fake_wire import Fault, lost, refused, unsent

WAIT, CV, CHARGE = (ConverterStatus.WAIT, ConverterStatus.VOLTAGE_REFERENCE, ConverterStatus.CHARGE)
UP = ConverterOrder("E001", CV, 350.0, 2.3)
TAKE = ConverterOrder("E002", CHARGE, 350.0, 1.0)


@pytest.fixture
def bench() -> Iterator[Bench]:
    with open_bench() as made:
        yield made.settled()


def bus(bench: Bench, voltage: float) -> None:
    for unit in bench.grid.units.values():
        unit.vg = voltage


def test_the_procedure_goes_its_way_through_the_rules(bench: Bench) -> None:
    command, dcdc = bench.converter.order(UP, ME)
    assert (command.state, command.sent, dcdc["status"]["status"]) == ("verified", True, "0x0014")
    assert command.units["E001"].evidence == "converter"
    with pytest.raises(Refused) as early:
        bench.converter.order(TAKE, ME)
    assert [one.rule for one in early.value.details["rules"] if one.passed is not True and not one.advice] == ["f"]
    bus(bench, 350.0)
    bench.run(20.0)
    assert bench.converter.order(TAKE, ME)[0].state == "verified"
    assert [one[:3] for one in bench.grid.sent] == [("command", "E001", CV), ("command", "E002", CHARGE)]


def test_a_refusal_sends_nothing_and_tells_every_rule(bench: Bench) -> None:
    bench.grid.mode = Mode.STOP
    bench.run(6.0)
    with pytest.raises(Refused, match="not Manual") as refusal:
        bench.converter.order(UP, ME)
    command = bench.log.latest()[0]
    assert (command.state, command.sent) == ("failed", False)
    assert refusal.value.details["command"] == command.id
    assert refusal.value.details["sent"] is False
    assert {one.rule for one in refusal.value.details["rules"]} >= {"a", "b", "c", "h"}
    assert bench.grid.sent == []
    assert bench.intents == [], "the journal says nothing of an order about to leave"


def test_a_dry_run_sends_and_records_nothing(bench: Bench) -> None:
    assert not any(answer.refuses for answer in bench.converter.dry_run(UP))
    assert bench.grid.sent == []
    assert bench.log.latest() == []
    with pytest.raises(NotFound):
        bench.converter.dry_run(ConverterOrder("E009", CV, 350.0, 1.0))


def test_an_unknown_unit_is_404_and_recorded_nowhere(bench: Bench) -> None:
    for status in (CV, WAIT):
        with pytest.raises(NotFound):
            bench.converter.order(ConverterOrder("E009", status, 350.0, 1.0), ME)
    assert bench.log.latest() == []


# Overriding


def weak_reference(bench: Bench, *, limit: float = 0.5, voltage: float = 200.0) -> None:
    """E001 is the reference, with a limit that is too small, on a bus that has not risen."""
    bus(bench, voltage)
    bench.unit("E001").status, bench.unit("E001").dvg, bench.unit("E001").dig = str(CV), 350.0, limit
    bench.run(20.0)


def test_an_override_passes_the_rules_that_it_names_and_is_marked(bench: Bench) -> None:
    weak_reference(bench)
    command, _ = bench.converter.order(TAKE, ME, override="commissioning", override_rules={"e", "f"})
    assert (command.override, command.note) == ("commissioning", "Rules e, f were overridden: commissioning")
    assert len(bench.grid.sent) == 1


@pytest.mark.parametrize("named", [frozenset[str](), frozenset("e"), frozenset("f"), frozenset("cahd")])
def test_an_override_passes_no_rule_that_it_does_not_name(bench: Bench, named: frozenset[str]) -> None:
    """S7: what broke since the person saw the rules refuses, whatever reason was given."""
    weak_reference(bench)
    with pytest.raises(Refused) as refusal:
        bench.converter.order(TAKE, ME, override="limit", override_rules=named)
    failing = {one.rule for one in refusal.value.details["rules"] if one.passed is False}
    assert failing == {"e", "f"}
    assert bench.grid.sent == []


def test_an_override_for_one_rule_does_not_pass_two_that_broke_meanwhile(bench: Bench) -> None:
    """S7: the reference trips after the question; charging a dead bus was verified."""
    bus(bench, 350.0)
    weak_reference(bench, limit=1.0, voltage=350.0)
    bus(bench, 0.0)
    bench.unit("E001").status = str(WAIT)
    bench.run(10.0)
    for named in ({"e"}, {"e", "c", "f"}):
        with pytest.raises(Refused, match="No other live unit is surely the voltage reference"):
            bench.converter.order(
                ConverterOrder("E003", CHARGE, 350.0, 1.5), ME, override="limit", override_rules=named
            )
    assert bench.grid.sent == []


def test_what_nobody_may_override_refuses_also_when_it_is_named(bench: Bench) -> None:
    weak_reference(bench)
    everything = set(RULES)
    with pytest.raises(Refused, match=r"outside 0 to 2\.3 A"):
        bench.converter.order(ConverterOrder("E002", CHARGE, 350.0, 2.4), ME, override="x", override_rules=everything)
    with pytest.raises(Refused, match="one at a time"):
        bench.converter.order(ConverterOrder("E003", CV, 350.0, 2.3), ME, override="x", override_rules=everything)
    bus(bench, 381.0)
    bench.run(20.0)
    with pytest.raises(Refused, match="shows 381 V"):
        bench.converter.order(TAKE, ME, override="x", override_rules=everything)
    assert bench.grid.sent == []


# The battery, the alarm, the pace


@pytest.mark.parametrize(
    ("unit_id", "change", "why"),
    [
        ("E002", {"rsoc": 100.0}, "takes below 95 %"),
        ("E002", {"vb": 58.9}, "outside 32 to 57.9 V"),
        ("E002", {"tmp": 80.0}, "is at 80 degrees"),
        ("E002", {"permission": "0x00"}, "permits neither"),
        ("E002", {"alarm": "Heavy alarm"}, "E002 reports a heavy alarm"),
        ("E001", {"rsoc": 0.0}, "E001's battery is at 0 %"),
        ("E001", {"vb": 30.0}, "E001's battery is at 30 V"),
        ("E001", {"tmp": -1.0}, "E001 is at -1 degrees"),
        ("E001", {"permission": 1}, "permits charging only"),
        ("E001", {"alarm": "Heavy alarm"}, "E001 reports a heavy alarm"),
    ],
)
def test_a_battery_or_converter_beyond_its_limits_refuses_a_current_at_either_end(
    bench: Bench, unit_id: str, change: dict[str, object], why: str
) -> None:
    """S12: charge into 100 %, 58.9 V, 80 degrees, not permitted, heavy alarm: all passed."""
    bench.converter.order(UP, ME)
    bus(bench, 350.0)
    bench.run(20.0)
    for name, value in change.items():
        setattr(bench.unit(unit_id), name, value)
    bench.run(6.0)
    with pytest.raises(Refused, match=re.escape(why)):
        bench.converter.order(TAKE, ME, override="hurry", override_rules={"c", "e", "f"})
    assert len(bench.grid.sent) == 1
    bench.converter.wait(unit_id, ME)
    assert bench.grid.waits() == [unit_id], "Wait is never judged"


def test_hardware_that_does_not_tell_passes_and_that_is_said(bench: Bench) -> None:
    for unit in bench.grid.units.values():
        unit.rsoc = unit.vb = unit.tmp = None
    bench.run(20.0)
    told = {one.rule: one for one in bench.converter.dry_run(UP)}
    assert [(told[rule].cause, told[rule].passed) for rule in "jklm"] == [("not-told", True)] * 4
    assert bench.converter.order(UP, ME)[0].state == "verified"


def test_between_two_orders_to_one_converter_lie_5_s_but_wait_passes_at_once(bench: Bench) -> None:
    """S20: charge, Wait, discharge within 0.2 s was a step of 4.6 A for the reference."""
    bench.converter.order(UP, ME)
    bus(bench, 350.0)
    bench.run(20.0)
    bench.converter.order(TAKE, ME)
    bench.converter.wait("E002", ME)
    give = ConverterOrder("E002", ConverterStatus.DISCHARGE, 370.0, 1.0)
    with pytest.raises(Refused, match="5 s lie between two orders"):
        bench.converter.order(give, ME)
    bench.run(4.0)
    with pytest.raises(Refused, match="5 s lie between two orders"):
        bench.converter.order(give, ME)
    bench.converter.wait("E002", ME)
    bench.run(5.2)
    assert bench.converter.order(give, ME)[0].state == "verified"


def test_trips_that_nobody_has_reset_keep_a_converter_from_working(bench: Bench) -> None:
    """I11: 30 s after one, and after three within an hour until a person resets them."""
    bench.trips["E001"] = [bench.hands() - 20.0]
    with pytest.raises(Refused, match="tripped 20 s ago"):
        bench.converter.order(UP, ME, override="x", override_rules={"t"})
    bench.run(10.2)
    bench.trips["E001"] = [bench.hands() - ago for ago in (2000.0, 1000.0, 31.0)]
    with pytest.raises(Refused, match="tripped 3 times within an hour"):
        bench.converter.order(UP, ME, override="fuse changed", override_rules={"t"})
    bench.trips["E001"] = []
    assert bench.converter.order(UP, ME)[0].state == "verified"


def test_a_bus_that_somebody_owns_is_only_stopped_by_others(bench: Bench) -> None:
    """I16, S5: the hook for a guided procedure."""
    bench.desk.owner.take(Claim("c9", transfer_actor("c9"), "E002", "E003", "anna", None))
    with pytest.raises(Refused, match="belongs to the guided sharing c9"):
        bench.converter.order(UP, ME, override="x", override_rules=set(RULES))
    assert [one.cause for one in bench.converter.dry_run(UP, ME) if one.refuses] == ["bus-owned"]
    assert not any(one.refuses for one in bench.converter.dry_run(UP, transfer_actor("c9")))
    bench.converter.wait("E001", ME)
    bench.run(20.0)
    assert bench.converter.order(UP, transfer_actor("c9"))[0].state == "verified"


# The direct reading before a current


def raised(bench: Bench) -> None:
    """E001 holds the bus at 350 V, and converters can be read directly."""
    bench.converter.order(UP, ME)
    bus(bench, 350.0)
    bench.run(20.0)
    bench.devices.reads = True


@pytest.mark.parametrize(
    ("unit_id", "change", "why"),
    [
        ("E001", {"status": str(WAIT)}, "E001 is in Wait, not voltage reference"),
        ("E001", {"vg": 0.0}, "E001 shows 0 V, not 350 V"),
        ("E001", {"dvg": 300.0}, "E001 is set to 300 V, not 350 V"),
        ("E001", {"dig": 0.5}, "E001 has a limit of 0.5 A, not 2.3 A"),
        ("E001", {"alarm": "Heavy alarm"}, "E001 reports a heavy alarm"),
        ("E002", {"vg": 0.0}, "E002 shows 0 V, not 350 V"),
        ("E002", {"status": str(ConverterStatus.DISCHARGE)}, "E002 is discharging, not in Wait"),
    ],
)
def test_what_the_converters_themselves_say_just_now_refuses_a_current(
    bench: Bench, unit_id: str, change: dict[str, object], why: str
) -> None:
    """I12: a reading of 10 to 15 s is no proof of a bus."""
    raised(bench)
    for name, value in change.items():
        setattr(bench.unit(unit_id), name, value)
    assert not any(one.refuses for one in bench.converter.dry_run(TAKE)), "the readings know nothing of it yet"
    with pytest.raises(Refused, match=f"Read directly, {why}") as refusal:
        bench.converter.order(TAKE, ME, override="x", override_rules=set(RULES))
    assert [one.rule for one in refusal.value.details["rules"] if one.passed is False] == ["u"]
    assert len(bench.grid.sent) == 1


def test_both_are_read_and_what_agrees_passes(bench: Bench) -> None:
    raised(bench)
    assert bench.converter.order(TAKE, ME)[0].state == "verified"
    assert bench.devices.read_at == ["E001", "E002"]


@pytest.mark.parametrize("fault", [unsent(), lost(), ZeroDivisionError("a bug")])
def test_a_converter_that_cannot_be_read_leaves_its_last_reading_to_count(bench: Bench, fault: Exception) -> None:
    raised(bench)
    bench.grid.faults["E001 read"] = Fault(fault)
    assert bench.converter.order(TAKE, ME)[0].state == "verified"


def test_a_reading_that_hangs_costs_an_order_a_bounded_time_and_a_stop_none(bench: Bench) -> None:
    raised(bench)
    bench.grid.faults["E001 read"] = Fault(hang=30.0)
    bench.converter = bench.with_direct(limit=0.2)
    assert bench.converter.order(TAKE, ME)[0].state == "verified"


def test_the_rules_refuse_before_any_device_is_asked(bench: Bench) -> None:
    """A refusal is told at once, whatever a device does (wait=no answers within half a second)."""
    bench.devices.reads = True
    with pytest.raises(Refused, match="No other live unit"):
        bench.converter.order(TAKE, ME)
    assert bench.devices.read_at == []


def test_whoever_asked_not_to_wait_is_answered_before_the_converters_are_read(bench: Bench) -> None:
    """`wait=no`: the rules have judged it; the readings that follow may take two seconds."""
    raised(bench)
    judged: list[bool] = []
    bench.devices.on_read = lambda: judged.append(bench.log.get("c2").judged)
    bench.converter.order(TAKE, ME)
    assert judged == [True, True]


def test_a_stop_that_comes_while_converters_are_read_keeps_the_order_from_being_sent(bench: Bench) -> None:
    raised(bench)
    bench.devices.on_read = lambda: bench.converter.wait("E002", person("another"))
    with pytest.raises(Refused, match="A stop overtook this order; nothing was sent"):
        bench.converter.order(TAKE, ME)
    assert {one[2] for one in bench.grid.sent if one[1] == "E002"} == {WAIT}
    assert bench.log.get("c2").state == "cancelled"


# Locks, Stop all, Shut Down


@pytest.mark.parametrize("scope", ["", "E001"])
def test_a_lock_refuses_everything_but_wait_whoever_gives_it(bench: Bench, scope: str) -> None:
    bench.book.locks[scope] = {"name": "Aoki", "reason": "fuse", "since": "now"}
    with pytest.raises(Refused, match="locked by Aoki") as refusal:
        bench.converter.order(UP, ME, override="hurry")
    assert refusal.value.details["cause"] == "locked"
    bench.converter.order(ConverterOrder("E001", WAIT, 0.0, 0.0), ME)
    assert bench.grid.waits() == ["E001"]


def test_another_units_lock_refuses_nothing_here(bench: Bench) -> None:
    bench.book.locks["E002"] = {"name": "Aoki", "reason": "fuse", "since": "now"}
    assert bench.converter.order(UP, ME)[0].state == "verified"


def test_while_stop_all_runs_only_wait_is_sent(bench: Bench) -> None:
    bench.desk.turns.hold("c99")
    with pytest.raises(Refused, match="Stop all is running"):
        bench.converter.order(UP, ME)
    bench.converter.wait("E001", ME)
    assert bench.grid.waits() == ["E001"]


def test_no_converter_is_started_under_an_apis_main_that_is_being_shut_down(bench: Bench) -> None:
    shut = bench.desk.begin(ShutDownOrder("E001", ("E001",)), ME)
    with pytest.raises(Refused, match="being shut down"):
        bench.converter.order(UP, ME)
    bench.converter.wait("E001", ME)
    bench.desk.verify(shut)
    bench.run(20.0)
    assert bench.converter.order(UP, ME)[0].state == "verified"


# What comes back


def test_yes_and_nothing_happens_is_said_after_30_s(bench: Bench) -> None:
    """Z9b: accepted is not done."""
    bench.devices.deaf = {"E001"}
    command, _ = bench.converter.order(UP, ME)
    assert command.state == "accepted"
    bench.run(29.0)
    assert bench.log.get(command.id).state == "accepted"
    bench.run(2.0)
    ended = bench.log.get(command.id)
    assert (ended.state, ended.error) == ("timedOut", "Not seen in effect within 30 s: E001 is in Wait.")


def test_no_and_it_happens_is_failed_and_said_and_counts_in_the_rules(bench: Bench) -> None:
    bench.grid.faults["E001 VOLTAGE_REFERENCE"] = Fault(refused(), carried_out=True)
    with pytest.raises(UpstreamError, match="it said no") as error:
        bench.converter.order(UP, ME)
    assert error.value.details["sent"] is True
    with pytest.raises(Refused, match="is or may be the voltage reference"):
        bench.converter.order(ConverterOrder("E002", CV, 350.0, 2.3), ME)
    bench.run(25.0)
    command = bench.log.get(error.value.details["command"])
    assert (command.state, command.note) == ("failed", "It was refused, but the units show it.")


def test_the_reply_lost_and_the_order_carried_out_is_verified_by_the_readings(bench: Bench) -> None:
    bench.grid.faults["E001 VOLTAGE_REFERENCE"] = Fault(lost(), carried_out=True)
    with pytest.raises(UpstreamError) as error:
        bench.converter.order(UP, ME)
    assert error.value.details["sent"] == "unknown"
    command = bench.log.get(error.value.details["command"])
    assert (command.state, command.sent) == ("pending", "unknown")
    bench.run(11.0)
    assert bench.log.get(command.id).state == "pending", "a reading within the lag is no evidence"
    with pytest.raises(Refused, match="may be the voltage reference"):
        bench.converter.order(ConverterOrder("E002", CV, 350.0, 2.3), ME)
    bench.run(10.0)
    ended = bench.log.get(command.id)
    assert (ended.state, ended.note) == ("verified", "No answer came, but it is in effect.")
    assert len(bench.grid.sent) == 1, "no order is sent twice"


def test_the_reply_lost_and_nothing_done_times_out(bench: Bench) -> None:
    bench.grid.faults["E001 VOLTAGE_REFERENCE"] = Fault(lost())
    with pytest.raises(UpstreamError) as error:
        bench.converter.order(UP, ME)
    bench.run(32.0)
    ended = bench.log.get(error.value.details["command"])
    assert ended.state == "timedOut"
    assert "No answer to it ever came." in str(ended.error)


def test_an_order_that_never_left_ends_at_once_and_counts_in_no_rule(bench: Bench) -> None:
    bench.grid.faults["E001 VOLTAGE_REFERENCE"] = Fault(unsent(), times=1)
    with pytest.raises(UpstreamError) as error:
        bench.converter.order(UP, ME)
    ended = bench.log.get(error.value.details["command"])
    assert (ended.state, ended.sent) == ("failed", False)
    assert bench.converter.order(ConverterOrder("E002", CV, 350.0, 2.3), ME)[0].state == "verified"


def test_a_unit_silent_between_acceptance_and_verification_is_told_as_not_seen(bench: Bench) -> None:
    bench.devices.deaf = {"E001"}
    command, _ = bench.converter.order(UP, ME)
    bench.unit("E001").there = False
    bench.run(32.0)
    ended = bench.log.get(command.id)
    assert (ended.state, ended.units["E001"].state) == ("timedOut", "unconfirmed")


# Two at once


def test_two_operators_order_a_reference_each_and_one_is_refused(bench: Bench) -> None:
    """Z8b: the first is still in flight."""
    bench.grid.faults["E001 VOLTAGE_REFERENCE"] = Fault(hang=8.0)
    first = bench.hands.submit(bench.converter.order, UP, person("one"))
    with pytest.raises(Refused, match="E001 is or may be the voltage reference"):
        bench.converter.order(ConverterOrder("E002", CV, 350.0, 2.3), person("two"))
    bench.run(9.0)
    assert first.result(5)[0].state == "verified"


def test_orders_of_one_unit_go_one_at_a_time_and_the_later_is_judged_by_what_then_is(bench: Bench) -> None:
    bench.grid.faults["E001 VOLTAGE_REFERENCE"] = Fault(hang=5.0, times=1)
    first = bench.hands.submit(bench.converter.order, UP, person("one"))
    second = bench.hands.beside(bench.converter.order, ConverterOrder("E001", CHARGE, 350.0, 1.0), person("two"))
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
    command, _ = bench.converter.order(ConverterOrder("E001", WAIT, 999.0, -5.0), ME)
    assert command.state == "verified"
    assert bench.grid.sent[-1][:5] == ("command", "E001", WAIT, 0.0, 0.0)


def test_wait_overtakes_an_order_in_flight_which_is_followed_by_wait_and_told_as_undone(bench: Bench) -> None:
    bench.grid.faults["E001 VOLTAGE_REFERENCE"] = Fault(hang=5.0)
    order = bench.hands.submit(bench.converter.order, UP, person("one"))
    assert bench.converter.wait("E001", person("two"))[0].state == "verified"
    bench.run(6.0)
    with pytest.raises(Refused, match="Wait followed it, and E001 is in Wait") as undone:
        order.result(5)
    assert undone.value.details["sent"] is True
    assert bench.log.get(undone.value.details["command"]).state == "cancelled"
    assert [one[2] for one in bench.grid.sent] == [CV, WAIT, WAIT]
    assert bench.unit("E001").status == WAIT
    assert bench.assessed("E001").estimate.surely(WAIT)


def test_the_wait_that_follows_is_tried_again_and_its_failure_is_said(bench: Bench) -> None:
    bench.grid.faults["E001 VOLTAGE_REFERENCE"] = Fault(hang=5.0)
    order = bench.hands.submit(bench.converter.order, UP, person("one"))
    bench.converter.wait("E001", person("two"))
    bench.grid.faults["E001 WAIT"] = Fault(unsent(), times=2)
    bench.run(6.0)
    with pytest.raises(Refused, match="is in Wait"):
        order.result(5)
    assert len(bench.grid.waits("E001")) == 4

    bench.run(20.0)
    again = bench.hands.submit(bench.converter.order, UP, person("one"))
    del bench.grid.faults["E001 WAIT"]
    bench.converter.wait("E001", person("two"))
    bench.grid.faults["E001 WAIT"] = Fault(unsent())
    bench.run(6.0)
    with pytest.raises(Refused, match="not seen in Wait after it: it could not be reached"):
        again.result(5)
    assert bench.assessed("E001").estimate.possibly(CV)


def test_a_wait_overtakes_what_still_queues_which_is_cancelled_unsent(bench: Bench) -> None:
    bench.grid.faults["E001 VOLTAGE_REFERENCE"] = Fault(hang=5.0, times=1)
    first = bench.hands.submit(bench.converter.order, UP, person("one"))
    queued = bench.hands.beside(bench.converter.order, UP, person("two"))
    bench.hands.until(lambda: len(bench.log.latest()) == 2)
    bench.hands.until(lambda: len(bench.desk.turns._queues[Lane("converter", Scope("E001"))]) == 2)
    bench.converter.wait("E001", person("three"))
    with pytest.raises(Refused, match="overtook this order while it waited"):
        queued.result(5)
    assert bench.log.get("c2").state == "cancelled"
    bench.run(6.0)
    with pytest.raises(Refused):
        first.result(5)
    assert [one[2] for one in bench.grid.sent] == [CV, WAIT, WAIT]


def test_a_wait_that_comes_between_the_check_and_the_sending_keeps_it_from_being_sent(bench: Bench) -> None:
    bench.on_intent = lambda: bench.converter.wait("E001", person("another"))
    with pytest.raises(Refused, match="A stop overtook this order; nothing was sent"):
        bench.converter.order(UP, ME)
    assert [one[2] for one in bench.grid.sent] == [WAIT]
    assert bench.log.get("c1").state == "cancelled"
    assert bench.assessed("E001").estimate.surely(WAIT)


def test_a_wait_that_fails_says_whether_it_was_sent_and_is_watched(bench: Bench) -> None:
    bench.grid.faults["E001 WAIT"] = Fault(lost(), carried_out=True)
    with pytest.raises(UpstreamError) as error:
        bench.converter.wait("E001", ME)
    assert error.value.details["sent"] == "unknown"
    bench.run(20.0)
    assert bench.log.get(error.value.details["command"]).state == "verified"


def test_a_wait_that_fails_in_a_way_nobody_foresaw_is_an_error_and_no_trace(bench: Bench) -> None:
    bench.grid.faults["E001 WAIT"] = Fault(RuntimeError("a bug"))
    with pytest.raises(UpstreamError, match="a bug") as error:
        bench.converter.wait("E001", ME)
    assert error.value.details["sent"] == "unknown"
