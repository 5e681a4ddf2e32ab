"""The guided procedure: its steps, each way into the safe end, and what survives a kill (N13)."""

from collections.abc import Iterator
from typing import Any

import pytest

from main_controller.domain.actor import person
from main_controller.domain.modes import Mode
from main_controller.errors import BadRequest, ControllerError, NotFound, Refused
from main_controller.sentence import foreign
from main_controller.web.shapes.sharing import sharing_of
from tests.assessment.units import ME
from tests.orders.bench import Bench, Kept, open_bench
from tests.orders.fake_wire import Fault, lost, refused, unsent
from tests.procedures.guided import CHARGE, CV, WAIT, begin, ended, in_wait, open_site, sent, sharing, stands, step


@pytest.fixture
def bench() -> Iterator[Bench]:
    with open_site() as made:
        yield made


# The steps


def test_it_goes_step_by_step_and_ends_in_good_order(bench: Bench) -> None:
    command_id = begin(bench)
    assert bench.log.get(command_id).state == "accepted"
    assert step(bench) == "running referenceUp"
    bench.run(1.0)
    assert step(bench) == "running busStable"
    assert "the bus must be within 2 %" in str(stands(bench, command_id).sentence)
    bench.run(40.0)
    assert step(bench) == "running sharing"
    assert sent(bench) == [("E001", "VOLTAGE_REFERENCE"), ("E003", "CHARGE")]
    assert (bench.unit("E003").dig, bench.unit("E001").dvg) == (2.0, 350.0)
    end = bench.transfer.end(ME)
    bench.run(20.0)
    assert sent(bench)[2:] == [("E003", "WAIT"), ("E001", "WAIT")]
    ended(bench, command_id, "verified", "")
    assert bench.log.get(end.id).state == "verified"
    assert [one.state for one in stands(bench, command_id).steps] == ["done"] * 6


def test_it_is_refused_with_the_rules_of_its_first_step_and_nothing_is_kept(bench: Bench) -> None:
    bench.grid.mode = Mode.STOP
    bench.run(6.0)
    with pytest.raises(Refused, match="not Manual") as refusal:
        begin(bench)
    assert refusal.value.details["rules"][0].rule == "a"
    assert bench.kept.records == {}
    assert sent(bench) == []
    bench.grid.mode = Mode.MANUAL
    bench.run(20.0)
    begin(bench)


@pytest.mark.parametrize(
    ("unit_id", "change", "why"),
    [
        ("E003", {"status": str(CHARGE)}, "E003 is or may be current-controlled"),
        ("E003", {"local": Mode.STOP}, None),
        ("E002", {"status": str(CV)}, "one at a time"),
    ],
)
def test_the_other_units_must_be_ready_too(bench: Bench, unit_id: str, change: dict[str, Any], why: str | None) -> None:
    for name, value in change.items():
        setattr(bench.unit(unit_id), name, value)
    bench.bus = False
    bench.run(20.0)
    if why is None:
        begin(bench)
        return
    with pytest.raises(Refused, match=why):
        begin(bench)


def test_what_cannot_be_shared_is_a_bad_request(bench: Bench) -> None:
    with pytest.raises(BadRequest):
        bench.transfer.start("E001", "E001", 1.0, 350.0, ME, minutes=1)
    for current in (0.0, 2.2, -1.0, float("nan")):
        with pytest.raises(BadRequest):
            begin(bench, current)
    with pytest.raises(NotFound):
        bench.transfer.start("E001", "E009", 1.0, 350.0, ME, minutes=1)
    with pytest.raises(NotFound):
        bench.transfer.end(ME)
    assert bench.log.latest() == []


@pytest.mark.parametrize("scope", ["", "E001", "E003"])
def test_a_lock_on_the_cluster_or_either_unit_refuses_it(bench: Bench, scope: str) -> None:
    bench.book.locks[scope] = {"name": "Aoki", "reason": "fuse", "since": "now"}
    with pytest.raises(Refused, match="locked by Aoki"):
        begin(bench)


def test_one_procedure_at_a_time_also_while_it_ends(bench: Bench) -> None:
    first = sharing(bench)
    with pytest.raises(Refused, match=f"{first} is still running") as refusal:
        bench.transfer.start("E002", "E003", 1.0, 350.0, person("two"), minutes=1)
    assert refusal.value.details["command"] != first
    bench.devices.deaf = {"E003"}
    bench.transfer.end(ME)
    bench.run(5.0)
    with pytest.raises(Refused, match="still running"):
        begin(bench)
    assert step(bench) == "running currentOff"


def test_where_it_cannot_be_kept_it_is_not_begun(bench: Bench) -> None:
    bench.kept.fault = ControllerError(foreign("the disk is full"))
    with pytest.raises(ControllerError, match="the disk is full"):
        begin(bench)
    assert sent(bench) == []
    bench.kept.fault = None
    begin(bench)


# Each way into the safe end


def test_a_disk_that_fills_up_midway_keeps_nobody_from_the_safe_end(bench: Bench) -> None:
    sharing(bench)
    bench.kept.fault = ControllerError(foreign("the disk is full"))
    bench.transfer.end(ME)
    bench.run(20.0)
    assert in_wait(bench)
    assert not bench.transfer.running


@pytest.mark.parametrize("unit_id", ["E001", "E003"])
@pytest.mark.parametrize("how", ["there", "frozen"])
def test_data_that_are_no_longer_live_end_it(bench: Bench, unit_id: str, how: str) -> None:
    command_id = sharing(bench)
    setattr(bench.unit(unit_id), how, how == "frozen")
    bench.run(60.0)
    assert in_wait(bench)
    ended(bench, command_id, "failed", f"{unit_id}'s data are no longer live")


def test_apis_web_killed_in_the_middle_ends_it(bench: Bench) -> None:
    command_id = sharing(bench)
    bench.polls = False
    bench.run(60.0)
    assert in_wait(bench)
    ended(bench, command_id, "failed", "no longer live")


def test_a_step_that_takes_too_long_ends_it_and_only_what_was_touched_gets_wait(bench: Bench) -> None:
    bench.bus = False
    command_id = begin(bench)
    bench.run(59.0)
    assert step(bench) == "running busStable"
    bench.run(20.0)
    assert sent(bench) == [("E001", "VOLTAGE_REFERENCE"), ("E003", "WAIT"), ("E001", "WAIT")]
    ended(bench, command_id, "failed", "took longer than 60 s")


def test_a_mode_that_is_no_longer_manual_ends_it(bench: Bench) -> None:
    command_id = sharing(bench)
    bench.grid.mode = Mode.STOP
    bench.run(20.0)
    assert in_wait(bench)
    ended(bench, command_id, "failed", "Manual is no longer in force")


def test_a_wait_by_hand_ends_it(bench: Bench) -> None:
    command_id = sharing(bench)
    bench.converter.wait("E003", person("another"))
    bench.run(20.0)
    assert in_wait(bench)
    ended(bench, command_id, "failed", "A stop or Wait by hand came")


@pytest.mark.parametrize("unit_id", ["E001", "E003"])
def test_a_converter_that_does_something_else_ends_it(bench: Bench, unit_id: str) -> None:
    command_id = sharing(bench)
    bench.run(20.0)
    bench.unit(unit_id).status = str(WAIT)
    bench.run(20.0)
    assert in_wait(bench)
    ended(bench, command_id, "failed", "is no longer")


def test_being_told_to_stop_ends_it(bench: Bench) -> None:
    command_id = sharing(bench)
    bench.transfer.abort(foreign("the controller was told to stop"))
    bench.run(20.0)
    assert in_wait(bench)
    ended(bench, command_id, "verified", "")
    bench.transfer.abort(foreign("nothing runs"))
    assert not bench.transfer.running


def test_a_reference_that_is_refused_ends_it_with_nothing_sent(bench: Bench) -> None:
    command_id = begin(bench)
    bench.unit("E002").vg = 350.0
    bench.unit("E001").vg = 350.0
    bench.bus = False
    bench.poll()
    bench.run(1.0)
    assert sent(bench) == []
    ended(bench, command_id, "failed", "shows 350 V on the bus")


def test_a_reference_that_says_no_and_may_have_begun_gets_wait(bench: Bench) -> None:
    for fault in (refused(), lost()):
        bench.grid.faults["E001 VOLTAGE_REFERENCE"] = Fault(fault, carried_out=True)
        command_id = begin(bench)
        bench.run(20.0)
        assert in_wait(bench)
        ended(bench, command_id, "failed", fault.sentence)
        bench.run(20.0)


def test_a_reference_that_was_never_sent_touches_nobody(bench: Bench) -> None:
    bench.grid.faults["E001 VOLTAGE_REFERENCE"] = Fault(unsent())
    command_id = begin(bench)
    bench.run(5.0)
    assert sent(bench) == [("E001", "VOLTAGE_REFERENCE")]
    ended(bench, command_id, "failed", "could not be reached")


def test_a_current_that_is_not_taken_ends_it_with_the_reference_down(bench: Bench) -> None:
    bench.grid.faults["E003 CHARGE"] = Fault(unsent())
    command_id = begin(bench)
    bench.run(60.0)
    assert sent(bench)[-2:] == [("E003", "WAIT"), ("E001", "WAIT")]
    assert in_wait(bench)
    ended(bench, command_id, "failed", "could not be reached")


def test_a_bug_in_an_order_sends_no_order_twice_and_ends_in_wait(bench: Bench) -> None:
    bench.grid.faults["E001 VOLTAGE_REFERENCE"] = Fault(ZeroDivisionError("a bug"), carried_out=True, times=1)
    command_id = begin(bench)
    bench.run(40.0)
    ended(bench, command_id, "failed", "nobody foresaw")
    assert sent(bench) == [("E001", "VOLTAGE_REFERENCE"), ("E003", "WAIT"), ("E001", "WAIT")]


# The safe end goes on whatever fails


def test_the_reference_gets_wait_within_30_s_of_its_follower_whatever_that_does(bench: Bench) -> None:
    sharing(bench)
    bench.devices.deaf = {"E003"}
    bench.transfer.end(ME)
    bench.run(90.0)
    waits = [(one[1], one[-1]) for one in bench.grid.sent if one[0] == "command" and one[2] is WAIT]
    first = dict(reversed(waits))
    assert 28.0 <= first["E001"] - first["E003"] <= 30.0
    assert len([unit_id for unit_id, _ in waits if unit_id == "E003"]) > 6, "and the follower's goes on being sent"


def test_a_follower_whose_wait_fails_or_hangs_does_not_keep_the_reference_up(bench: Bench) -> None:
    for fault in (Fault(unsent()), Fault(lost(), hang=10.0)):
        command_id = sharing(bench)
        start = bench.hands.now - 1000.0
        bench.grid.faults["E003 WAIT"] = fault
        bench.transfer.end(ME)
        bench.run(95.0)
        waits = [(one[1], one[-1] - start) for one in bench.grid.sent if one[0] == "command" and one[2] is WAIT]
        assert min(at for unit_id, at in waits if unit_id == "E001" and at > 0) <= 30.5
        assert bench.unit("E001").status == WAIT
        bench.grid.faults.clear()
        ended(bench, command_id, "failed", "Not ended: E003", kept=True)
        bench.converter.wait("E003", ME)
        bench.run(30.0)


def test_an_end_that_was_not_seen_is_never_called_verified(bench: Bench) -> None:
    command_id = sharing(bench)
    bench.devices.deaf = {"E001"}
    end = bench.transfer.end(ME)
    bench.run(90.0)
    assert bench.log.get(end.id).state == "failed"
    why = "Not ended: E001 was not seen in Wait; the bus still carries 350 V at E001."
    ended(bench, command_id, "failed", why, kept=True)


# Stop all takes over


def test_stop_all_takes_over_and_the_procedure_sends_nothing_more(bench: Bench) -> None:
    command_id = sharing(bench)
    assert bench.stop_all.order(ME).state == "verified"
    assert in_wait(bench)
    ended(bench, command_id, "cancelled", "Stop all took over")
    before = len(bench.grid.sent)
    bench.run(60.0)
    assert len(bench.grid.sent) == before
    begin(bench)


def test_a_stop_all_during_an_order_of_the_procedure_leaves_nothing_running_behind(bench: Bench) -> None:
    """The worker's order hangs; Stop all comes and ends; the order returns to a procedure that is over."""
    command_id = begin(bench)
    bench.grid.faults["E001 VOLTAGE_REFERENCE"] = Fault(hang=8.0)
    worker = bench.hands.submit(bench.transfer.run_once)

    def the_rest() -> None:
        bench.poll()
        bench.verification.run_once()

    bench.hands.beat = the_rest
    stopped = bench.stop_all.order(person("two"))
    worker.result(5)
    assert stopped.state == "verified"
    assert bench.unit("E001").status == WAIT
    assert bench.log.get(command_id).state == "cancelled"
    assert not bench.transfer.running
    assert step(bench) == "cancelled referenceUp"


# A kill


def killed(**more: Any) -> Kept:
    kept = Kept()
    kept.save({
        "id": "c7", "giver": "E001", "taker": "E003", "current": 2.0, "voltage": 350.0, "limit": 2.3, "by": "me",
        "step": "sharing", "touched": True, "reason": None, "notes": {}, **more,
    })  # fmt: skip
    return kept


@pytest.mark.parametrize("at", ["referenceUp", "busStable", "currentOn", "sharing", "currentOff", "referenceDown"])
def test_what_ran_when_the_process_was_killed_is_shown_and_can_be_ended(at: str) -> None:
    with open_bench(kept=killed(step=at)) as bench:
        bench.unit("E001").status, bench.unit("E003").status = str(CV), str(CHARGE)
        bench.devices.reads = True
        bench.settled()
        assert step(bench) == f"interrupted {at}"
        shown = sharing_of(bench.transfer.standing())
        assert shown is not None
        assert shown["units"]["E003"] == {
            "state": "live", "words": [str(CHARGE)], "source": "reading", "vg": 0.0, "ig": 0.0, "wg": None, "age": 5.0,
        }  # fmt: skip
        assert sent(bench) == [], "nothing goes on by itself"
        with pytest.raises(Refused, match="end it first"):
            begin(bench)
        end = bench.transfer.end(ME)
        with pytest.raises(Refused, match="still running"):
            begin(bench)
        bench.run(30.0)
        assert sent(bench) == [("E003", "WAIT"), ("E001", "WAIT")]
        assert in_wait(bench)
        assert bench.log.get(end.id).state == "verified"
        assert bench.kept.records == {}
        begin(bench)


def test_an_interrupted_procedure_whose_units_nobody_knows_any_more_still_ends() -> None:
    with open_bench("E002", kept=killed()) as bench:
        bench.settled()
        end = bench.transfer.end(ME)
        bench.run(120.0)
        assert not bench.transfer.running
        assert bench.log.get(end.id).state == "failed"


def test_a_record_that_cannot_be_read_keeps_nobody_from_starting() -> None:
    class Broken(Kept):
        def load(self) -> list[dict[str, Any]]:
            raise ControllerError(foreign("the file is broken"))

    with open_bench(kept=Broken()) as bench:
        assert bench.transfer.standing() is None


def test_a_wait_by_hand_to_a_third_unit_does_not_end_it(bench: Bench) -> None:
    sharing(bench)
    bench.converter.wait("E002", person("two"))
    bench.run(20.0)
    assert step(bench) == "running sharing"
