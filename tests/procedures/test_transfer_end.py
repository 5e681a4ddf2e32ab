"""The safe end of a guided transfer: who gets Wait when, and when it may be called ended (S5, S20, S21, S30)."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from main_controller.domain.actor import person
from main_controller.domain.modes import Mode
from main_controller.errors import Refused
from main_controller.sentence import foreign
from tests.assessment.units import ME
from tests.orders.bench import Bench, Kept, open_bench
from tests.orders.fake_wire import Fault, unsent
from tests.procedures.guided import (
    CHARGE,
    CV,
    DISCHARGE,
    WAIT,
    begin,
    ended,
    first_waits,
    in_wait,
    open_site,
    sent,
    sharing,
    step,
    told,
)


@pytest.fixture
def bench() -> Iterator[Bench]:
    with open_site() as made:
        yield made


def working(bench: Bench, unit_id: str, status: object, **more: Any) -> None:
    """Somebody else put this converter to work, past all of our rules."""
    unit = bench.unit(unit_id)
    unit.status, unit.dvg, unit.dig = str(status), more.get("dvg", 350.0), more.get("dig", 2.0)


# S5: every current-controlled unit first


def test_a_third_unit_that_discharges_gets_its_wait_before_the_reference(bench: Bench) -> None:
    command_id = sharing(bench)
    working(bench, "E002", DISCHARGE)
    bench.run(30.0)
    assert in_wait(bench)
    waits = first_waits(bench)
    assert waits["E002"] < waits["E001"]
    assert waits["E003"] < waits["E001"]
    ended(bench, command_id, "failed", "E002 is not surely in Wait")


def test_a_second_reference_that_came_up_is_taken_down_after_the_followers(bench: Bench) -> None:
    command_id = sharing(bench)
    working(bench, "E002", CV, dvg=380.0)
    bench.run(40.0)
    assert in_wait(bench)
    assert first_waits(bench)["E003"] < first_waits(bench)["E002"]
    ended(bench, command_id, "failed", "E002")


@pytest.mark.parametrize(
    ("status", "left"),
    [(DISCHARGE, "E002 still discharges"), (CHARGE, "E002 still charges"), (CV, "E002 still is the voltage reference")],
)
def test_it_is_never_called_ended_while_any_converter_works(bench: Bench, status: object, left: str) -> None:
    command_id = sharing(bench)
    working(bench, "E002", status)
    bench.grid.faults["E002 WAIT"] = Fault(unsent())
    bench.run(130.0)
    assert bench.unit("E001").status == bench.unit("E003").status == WAIT
    ended(bench, command_id, "failed", f"Not ended: {left}", kept=True)
    assert told(bench)["state"] == "failed"
    assert bench.desk.owner.claim is None, "whoever looks at it may act"


@pytest.mark.parametrize("unreached", [("E001", "E003"), ("E003",)])
def test_what_its_end_did_not_reach_is_sent_wait_on_once_it_can_be_reached(
    bench: Bench, unreached: tuple[str, ...]
) -> None:
    """Nobody else would ever end it: the transfer was over, and current flowed on without a limit."""
    command_id = sharing(bench)
    for unit_id in unreached:
        bench.grid.faults[f"{unit_id} WAIT"] = Fault(unsent())
    bench.transfer.end(ME)
    bench.run(130.0)
    ended(bench, command_id, "failed", "Not ended: ", kept=True)
    assert all(bench.unit(unit_id).status != WAIT for unit_id in unreached)
    bench.grid.faults.clear()
    bench.run(10.0)
    assert in_wait(bench)
    bench.run(20.0)
    assert (told(bench)["safe"], bench.kept.records) == (True, {})
    waits = len(sent(bench))
    bench.unit("E003").status = str(CHARGE)  # by another door, after it was seen in Wait
    bench.run(30.0)
    assert len(sent(bench)) == waits


def test_an_end_that_failed_can_be_ordered_again_and_is_kept_over_a_kill(bench: Bench) -> None:
    command_id = sharing(bench)
    bench.devices.deaf = {"E003"}
    bench.transfer.end(ME)
    bench.run(700.0)
    assert bench.unit("E003").status == CHARGE
    with open_bench(kept=bench.kept) as restarted:
        assert step(restarted).startswith("interrupted")
    bench.devices.deaf = set()
    end = bench.transfer.end(ME)
    with pytest.raises(Refused, match="still running"):
        begin(bench)
    bench.run(60.0)
    assert in_wait(bench)
    assert bench.log.get(end.id).state == "verified"
    assert told(bench)["safe"] is True
    ended(bench, command_id, "failed", "")


def test_what_a_failed_end_left_is_no_longer_kept_once_somebody_took_it_over(bench: Bench) -> None:
    """A restart days later would take down what was built by hand meanwhile."""
    sharing(bench)
    bench.devices.deaf = {"E003"}
    bench.transfer.end(ME)
    bench.run(700.0)
    assert bench.kept.records
    bench.ordered("E003", CHARGE, returned=bench.hands.now, sent=True)
    bench.run(5.0)
    assert bench.kept.records == {}


@pytest.mark.parametrize("silent", ["E001", "E003"])
def test_the_step_at_which_it_failed_is_told_as_failed(bench: Bench, silent: str) -> None:
    sharing(bench)
    bench.unit(silent).frozen = True
    bench.run(120.0)
    steps = {one["step"]: one["state"] for one in told(bench)["steps"]}
    assert steps["sharing"] == "failed"


@pytest.mark.parametrize("how", ["order", "mode", "time"])
def test_waits_after_a_failed_end_leave_alone_what_somebody_ordered_since_and_end_themselves(
    bench: Bench, how: str
) -> None:
    sharing(bench)
    bench.grid.faults["E003 WAIT"] = Fault(unsent())
    bench.transfer.end(ME)
    bench.run(130.0)
    assert told(bench)["state"] == "failed"
    if how == "order":
        bench.ordered("E003", CHARGE, returned=bench.hands.now, sent=True)
    elif how == "mode":
        bench.grid.mode = Mode.AUTONOMOUS
        bench.run(10.0)
    else:
        bench.run(520.0)
    waits = len(sent(bench))
    bench.run(30.0)
    assert len(sent(bench)) == waits


@pytest.mark.parametrize("unit_ids", [("E001", "E002", "E003"), ("E002",), ("E003",)])
def test_it_is_never_called_ended_while_the_bus_carries_voltage(bench: Bench, unit_ids: tuple[str, ...]) -> None:
    """Also where a third unit alone shows it: its meter sticks, or the bus is open in between."""
    command_id = sharing(bench)
    end = bench.transfer.end(ME)
    for unit_id in unit_ids:
        bench.unit(unit_id).meter["vg"] = 348.0
    bench.run(20.0)
    assert in_wait(bench)
    assert step(bench) == "running referenceDown"
    bench.run(60.0)
    ended(bench, command_id, "failed", f"Not ended: the bus still carries 348 V at {unit_ids[0]}")
    assert bench.log.get(end.id).state == "failed"


def test_a_bus_that_nobody_measures_is_not_called_dead(bench: Bench) -> None:
    command_id = sharing(bench)
    bench.transfer.end(ME)
    for unit_id in bench.grid.units:
        bench.unit(unit_id).meter["vg"] = None
    bench.run(100.0)
    ended(bench, command_id, "failed", "Not ended: the bus was not measured since")


def test_units_that_apis_main_drives_are_left_to_it(bench: Bench) -> None:
    """Run came from elsewhere and deals began: their converters are no orphans, ours are."""
    command_id = sharing(bench)
    bench.grid.mode = Mode.AUTONOMOUS
    working(bench, "E002", DISCHARGE)
    bench.run(60.0)
    assert {unit_id for unit_id, status in sent(bench) if status == "WAIT"} == {"E001", "E003"}
    assert bench.unit("E002").status == DISCHARGE
    ended(bench, command_id, "failed", "Manual is no longer in force")


# S20: the current is measured gone


def test_the_reference_stays_up_until_the_current_is_measured_gone(bench: Bench) -> None:
    sharing(bench)
    bench.flows = False
    bench.transfer.end(ME)
    bench.run(10.0)
    assert bench.unit("E003").status == WAIT
    assert bench.unit("E001").status == CV, "2 A are measured still"
    bench.unit("E003").ig = 0.09
    bench.run(3.0)
    assert bench.unit("E001").status == WAIT
    bench.run(10.0)
    assert told(bench)["state"] == "ended"


def test_a_current_that_is_never_measured_gone_keeps_the_reference_30_s_at_most(bench: Bench) -> None:
    sharing(bench)
    bench.flows = False
    bench.transfer.end(ME)
    bench.run(40.0)
    waits = first_waits(bench)
    assert 28.0 <= waits["E001"] - waits["E003"] <= 30.0


def test_where_no_converter_can_be_read_the_readings_that_count_tell(bench: Bench) -> None:
    command_id = sharing(bench)
    bench.devices.reads = False
    end = bench.transfer.end(ME)
    bench.run(60.0)
    waits = first_waits(bench)
    assert 12.0 <= waits["E001"] - waits["E003"] <= 18.0
    ended(bench, command_id, "verified", "")
    assert bench.log.get(end.id).state == "verified"
    assert [one["state"] for one in told(bench)["steps"]] == ["done"] * 6


# S21: repeated at once


def test_a_followers_wait_that_fails_is_repeated_at_once_and_before_the_references(bench: Bench) -> None:
    sharing(bench)
    bench.grid.faults["E003 WAIT"] = Fault(unsent(), times=3)
    bench.transfer.end(ME)
    bench.run(8.0)
    waits = [(one[1], one[-1]) for one in bench.grid.sent if one[0] == "command" and one[2] is WAIT]
    followers = [at for unit_id, at in waits if unit_id == "E003"]
    assert followers[3] - followers[0] <= 4.0
    assert first_waits(bench)["E001"] > followers[3]
    assert in_wait(bench)


# S30: nobody ended what a kill interrupted


def killed(**more: Any) -> Kept:
    kept = Kept()
    kept.save({
        "id": "c7", "giver": "E001", "taker": "E003", "current": 2.0, "voltage": 350.0, "limit": 2.3, "by": "me",
        "step": "sharing", "touched": True, "reason": None, "notes": {}, **more,
    })  # fmt: skip
    return kept


@pytest.fixture
def restarted() -> Iterator[Bench]:
    with open_bench(kept=killed()) as made:
        working(made, "E001", CV, dig=2.3)
        working(made, "E003", CHARGE)
        made.bus = made.devices.reads = True
        yield made.settled()


def test_what_a_kill_interrupted_ends_itself_when_nobody_does(restarted: Bench) -> None:
    asked = told(restarted)["unattended"]
    assert asked is not None
    assert asked["why"] == "restart"
    restarted.run(95.0)
    assert (step(restarted), sent(restarted)) == ("interrupted sharing", [])
    restarted.run(10.0)
    assert sent(restarted)[0] == ("E003", "WAIT")
    restarted.run(30.0)
    assert in_wait(restarted)
    assert step(restarted) == "failed referenceDown"
    assert "Nobody ended it within 2 min of the restart" in told(restarted)["reason"]
    states = {one["step"]: one["state"] for one in told(restarted)["steps"]}
    assert states["sharing"] == "interrupted", "a step that a kill broke off was not done, whoever ended it"
    assert (states["currentOff"], states["referenceDown"]) == ("done", "done")
    (end,) = [one for one in restarted.log.latest() if one.order.name == "endShare"]
    assert (str(end.by), end.state) == ("unattended", "verified")
    assert restarted.kept.records == {}
    begin(restarted)


def test_what_a_kill_interrupted_owns_the_bus_until_it_has_ended(restarted: Bench) -> None:
    with pytest.raises(Refused, match=r"guided sharing c7 from E001 to E003, by me since before the restart"):
        restarted.set_mode.cluster(Mode.MANUAL, person("two"))
    restarted.transfer.end(person("two"))
    restarted.run(30.0)
    assert restarted.set_mode.cluster(Mode.MANUAL, person("two")).sent is True


@pytest.mark.parametrize("how", ["Wait", "Force Stop"])
def test_a_stop_ends_what_a_kill_interrupted(restarted: Bench, how: str) -> None:
    if how == "Wait":
        restarted.converter.wait("E003", person("two"))
    else:
        restarted.set_mode.cluster(Mode.STOP, person("two"))
    restarted.run(30.0)
    assert in_wait(restarted)
    assert step(restarted) == "failed referenceDown"


def test_being_told_to_stop_ends_what_a_kill_interrupted(restarted: Bench) -> None:
    restarted.transfer.abort(foreign("the controller was told to stop"))
    assert restarted.transfer.running, "whoever ends the program waits for it"
    restarted.run(30.0)
    assert in_wait(restarted)
    assert not restarted.transfer.running


def test_stop_all_takes_over_what_a_kill_interrupted(restarted: Bench) -> None:
    assert restarted.stop_all.order(person("two")).state == "verified"
    assert told(restarted)["state"] == "cancelled"
    assert restarted.kept.records == {}
    before = len(restarted.grid.sent)
    restarted.run(300.0)
    assert len(restarted.grid.sent) == before
    begin(restarted)


def test_two_that_end_what_a_kill_interrupted_end_it_once(restarted: Bench) -> None:
    first, second = restarted.transfer.end(person("one")), restarted.transfer.end(person("two"))
    restarted.run(30.0)
    assert [restarted.log.get(one.id).state for one in (first, second)] == ["verified", "verified"]
    assert sent(restarted) == [("E003", "WAIT"), ("E001", "WAIT")]


def test_deals_that_apis_main_began_meanwhile_are_left_to_it() -> None:
    """Killed, and the cluster went on in Run by other hands: the units' deal is not ours to break."""
    with open_bench(kept=killed(), mode=Mode.AUTONOMOUS) as bench:
        working(bench, "E001", CV)
        working(bench, "E003", CHARGE)
        bench.bus = True
        deal = {"chargeUnitId": "E003", "dischargeUnitId": "E001", "type": "charge"}
        bench.cache.take_grid(lambda grid: replace(grid, unit_ids=("E001", "E002", "E003"), deals=(deal,)))
        bench.settled()
        bench.run(200.0)
        assert sent(bench) == []
        assert not bench.transfer.running
        (end,) = [one for one in told(bench)["steps"] if one["step"] == "referenceDown"]
        assert end["sentence"] == "apis-main drives E001 and E003 for its deals; that is left to it."


def test_garbage_instead_of_deals_keeps_nobody_from_the_safe_end(bench: Bench) -> None:
    sharing(bench)
    garbage: Any = (None, 7, {"chargeUnitId": ["E003"]}, {"chargeUnitId": {}})
    bench.cache.take_grid(lambda grid: replace(grid, deals=garbage))
    bench.transfer.end(ME)
    bench.run(20.0)
    assert in_wait(bench)
    assert told(bench)["state"] == "ended"


def test_no_more_converters_are_read_at_once_than_may_be(bench: Bench) -> None:
    """A read that hangs is neither repeated nor waited for, and keeps no other from being read."""
    sharing(bench)
    read = bench.devices.read
    asked: list[str] = []

    def hanging(target: Any, what: str) -> Any:
        asked.append(target.unit_id)
        if target.unit_id == "E001":
            bench.hands.hang(bench.hands.now + 60.0)
        return read(target, what)

    bench.devices.read = hanging  # type: ignore[method-assign]
    bench.transfer.end(ME)
    bench.run(40.0)
    assert asked.count("E001") <= 2
    assert asked.count("E003") > 5
    assert in_wait(bench)
    assert told(bench)["state"] == "ended", "the readings that count tell of E001"


def test_a_session_by_hand_that_others_began_after_the_kill_is_left_to_them() -> None:
    """Its own converters were brought to Wait past this program; another bus is up by now, with its taker on it."""
    with open_bench(kept=killed()) as bench:
        working(bench, "E003", CV)
        working(bench, "E002", CHARGE)
        bench.bus = bench.devices.reads = True
        bench.settled()
        bench.run(200.0)
        assert sent(bench) == [("E001", "WAIT")]
        assert (bench.unit("E003").status, bench.unit("E002").status) == (CV, CHARGE)
        assert step(bench) == "failed referenceDown"
        assert bench.kept.records == {}


def test_a_taker_that_still_charges_after_a_kill_gets_its_wait_though_its_giver_is_in_wait() -> None:
    with open_bench(kept=killed()) as bench:
        working(bench, "E003", CHARGE)
        bench.bus = bench.devices.reads = True
        bench.settled()
        bench.run(200.0)
        assert in_wait(bench)
        assert sent(bench) == [("E003", "WAIT"), ("E001", "WAIT")]


@pytest.mark.parametrize(
    "record",
    [
        {"id": "c7"},
        {"step": "nowhere"},
        {"current": "many"},
        {"begun": "yesterday"},
        {"begun": "2026-05-13T03:00:00"},
        {"giver": None, "current": None},
    ],
)
def test_a_broken_record_keeps_nobody_from_starting(record: dict[str, Any]) -> None:
    kept = killed(**record) if record != {"id": "c7"} else Kept()
    kept.records.setdefault("c7", record)
    with open_site(kept=kept) as bench:
        assert bench.transfer.standing() is None
        sharing(bench)


def test_of_several_records_the_latest_is_the_one_that_ran() -> None:
    """A record that could not be removed is left behind; numbers are no order of text (c9, c10)."""
    kept = killed(id="c9", begun="2026-05-12T03:00:00.000+00:00")
    for more in ({"id": "c8"}, {"id": "c10", "begun": "2026-05-13T03:00:00.000+00:00", "minutes": 5.0}):
        kept.save({**kept.records["c9"], "begun": None, **more})
    with open_site(kept=kept) as bench:
        assert told(bench)["command"] == "c10"
        assert told(bench)["limits"] == {"minutes": 5.0, "wh": None}
        assert list(kept.records) == ["c10"]
