"""A Force Stop is over when every converter in its scope is in Wait (S2, S3, S13)."""

from collections.abc import Iterator
from typing import Any

import pytest

from main_controller.domain.modes import ConverterStatus, Mode
from main_controller.domain.orders import ConverterOrder
from main_controller.watching.stop_follower import StopFollower
from tests.assessment.units import ME
from tests.orders.bench import Bench, open_bench
from tests.orders.fake_wire import Fault, unsent

RUN, STOP, MANUAL = Mode.AUTONOMOUS, Mode.STOP, Mode.MANUAL
CV, CHARGE, WAIT = (ConverterStatus.VOLTAGE_REFERENCE, ConverterStatus.CHARGE, ConverterStatus.WAIT)
UP = ConverterOrder("E001", CV, 350.0, 2.3)


@pytest.fixture
def manual() -> Iterator[Bench]:
    with open_bench(mode=MANUAL) as made:
        yield made.settled()


@pytest.fixture
def running() -> Iterator[Bench]:
    with open_bench(mode=RUN) as made:
        yield made.settled()


def follow(bench: Bench, seconds: float) -> None:
    follower = StopFollower(bench.desk, bench.waits)
    for _ in range(int(seconds)):
        bench.run(1.0)
        follower.run_once()


def test_a_force_stop_whose_one_wait_failed_sends_it_again_and_is_verified_only_then(manual: Bench) -> None:
    """S2, S4: the old program sent it once and the second press was verified with E001 at 350 V."""
    manual.converter.order(UP, ME)
    manual.run(15)
    manual.grid.faults["E001 WAIT"] = Fault(unsent(), times=1)
    command = manual.set_mode.cluster(STOP, ME)
    manual.run(25)
    assert not manual.log.get(command.id).state.in_effect
    follow(manual, 30)
    assert manual.unit("E001").status == WAIT
    assert manual.log.get(command.id).state == "verified"


def test_a_force_stop_from_run_is_not_verified_over_a_unit_that_came_back_as_reference(running: Bench) -> None:
    """S3: in no deal, so that no apis-main ends it."""
    running.unit("E001").status = str(CV)
    running.run(10)
    command = running.set_mode.cluster(STOP, ME)
    running.run(29)
    assert running.log.get(command.id).state == "accepted"
    assert running.unit("E001").status == CV, "apis-main has its time first"
    follow(running, 31)
    assert running.unit("E001").status == WAIT
    assert running.log.get(command.id).state == "verified"


def test_a_second_force_stop_while_a_converter_works_is_not_verified_either(manual: Bench) -> None:
    manual.grid.mode = STOP
    manual.unit("E001").status = str(CV)
    manual.run(10)
    command = manual.set_mode.cluster(STOP, ME)
    manual.run(40)
    assert not manual.log.get(command.id).state.in_effect


def test_a_converter_that_takes_no_wait_is_asked_again_and_again_and_the_stop_times_out(running: Bench) -> None:
    running.unit("E001").status = str(CHARGE)
    running.run(10)
    running.grid.faults["E001 WAIT"] = Fault(unsent(), times=100)
    command = running.set_mode.cluster(STOP, ME)
    running.run(29)
    follow(running, 60)
    assert running.log.get(command.id).state == "timedOut"
    waits = [order for order in running.grid.sent if "E001" in str(order) and "WAIT" in str(order)]
    assert len(waits) >= 5
    running.grid.faults.clear()
    follow(running, 15)
    assert running.unit("E001").status == WAIT, "also after its verdict"


def test_a_local_force_stop_in_manual_brings_its_converter_to_wait(manual: Bench) -> None:
    """S13: Manual overrides a unit's own stop, so the word alone would stop nothing."""
    manual.converter.order(UP, ME)
    manual.run(15)
    command = manual.set_mode.unit("E001", STOP, ME)
    assert manual.unit("E001").status == WAIT
    manual.run(40)
    assert manual.log.get(command.id).state == "verified"
    assert manual.unit("E002").status == WAIT


def test_whoever_ordered_something_else_since_is_not_stopped_again(manual: Bench) -> None:
    command = manual.set_mode.cluster(STOP, ME)
    manual.run(15)
    manual.set_mode.cluster(MANUAL, ME)
    manual.run(35)
    manual.converter.order(UP, ME)
    follow(manual, 60)
    assert manual.unit("E001").status == CV
    assert command.id in {one.id for one in manual.log.latest()}


def test_a_unit_that_cannot_tell_makes_the_verdict_partial_and_says_so(running: Bench) -> None:
    """S25: the old program said verified, by one of four."""
    running.unit("E003").frozen = True
    running.run(40)
    command = running.set_mode.cluster(STOP, ME)
    running.run(40)
    told = running.log.get(command.id)
    assert told.state == "partlyVerified"
    assert "Seen at 2 of 3; E003 cannot tell" in (told.note or "")


def test_a_silent_unit_last_seen_working_keeps_a_force_stop_from_being_verified(running: Bench) -> None:
    running.unit("E003").status = str(CHARGE)
    running.run(10)
    running.unit("E003").frozen = True
    running.run(40)
    command = running.set_mode.cluster(STOP, ME)
    running.run(70)
    assert running.log.get(command.id).state == "timedOut"


@pytest.mark.parametrize("how", ["unsent", "echo"])
def test_what_a_stop_all_did_not_bring_to_wait_is_sent_it_on(manual: Bench, how: str) -> None:
    """Its run gave up after 70 s, and nothing more was sent to a converter that could be reached again later."""
    manual.converter.order(UP, ME)
    manual.run(15)
    if how == "unsent":
        manual.grid.faults["E001 WAIT"] = Fault(unsent())
    else:
        manual.devices.deaf = {"E001"}
    command = manual.stop_all.order(ME)
    assert command.state == "failed"
    assert manual.unit("E001").status == CV
    manual.grid.faults.clear()
    manual.devices.deaf = set()
    follow(manual, 10)
    assert manual.unit("E001").status == WAIT
    manual.run(15)
    manual.converter.order(UP, ME)
    follow(manual, 30)
    assert manual.unit("E001").status == CV, "what was ordered since is somebody's will"


def test_a_stop_all_that_is_done_sends_nothing_more(manual: Bench) -> None:
    command = manual.stop_all.order(ME)
    assert command.state == "verified"
    waits = len(manual.grid.waits())
    manual.unit("E002").status = str(CV)  # by another door
    follow(manual, 60)
    assert len(manual.grid.waits()) == waits


def test_waits_after_a_stop_all_end_after_10_minutes(manual: Bench) -> None:
    manual.converter.order(UP, ME)
    manual.run(15)
    manual.grid.faults["E001 WAIT"] = Fault(unsent())
    manual.stop_all.order(ME)
    follow(manual, 600)
    waits = len(manual.grid.waits())
    follow(manual, 30)
    assert len(manual.grid.waits()) == waits


def test_a_stop_that_cannot_be_followed_hides_no_other_one(manual: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    for unit_id in ("E001", "E002"):
        manual.grid.faults[f"{unit_id} WAIT"] = Fault(unsent(), times=1)
        manual.unit(unit_id).status = str(CHARGE)
    manual.run(15)
    for unit_id in ("E001", "E002"):
        manual.set_mode.unit(unit_id, STOP, ME)
    manual.run(35)
    start = manual.waits.start

    def breaking(command_id: str, units: Any) -> Any:
        if [unit.id for unit in units] == ["E002"]:
            raise OverflowError("cannot convert float infinity to integer")
        return start(command_id, units)

    monkeypatch.setattr(manual.waits, "start", breaking)
    with pytest.raises(OverflowError):
        StopFollower(manual.desk, manual.waits).run_once()
    assert (manual.unit("E001").status, manual.unit("E002").status) == (WAIT, CHARGE)
