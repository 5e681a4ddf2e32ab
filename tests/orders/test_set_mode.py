"""The mode of the cluster and of one unit, and what stopping overtakes (R11, R12, N6, Z7-Z9b, K3)."""

from collections.abc import Iterator

import pytest

from main_controller.domain.actor import SCHEDULER, person
from main_controller.domain.commands import Tries
from main_controller.domain.modes import ConverterStatus, Mode
from main_controller.domain.orders import ConverterOrder
from main_controller.domain.progress import ModeShows
from main_controller.domain.scope import Lane, Scope
from main_controller.errors import NotFound, Refused, UpstreamError
from tests.assessment.units import ME
from tests.orders.bench import Bench, open_bench
from tests.orders.fake_wire import Fault, lost, refused, unsent

RUN, SOFT, STOP, MANUAL = Mode.AUTONOMOUS, Mode.HETERONOMOUS, Mode.STOP, Mode.MANUAL
CV = ConverterStatus.VOLTAGE_REFERENCE
LOCK = {"name": "Aoki", "reason": "fuse", "since": "now"}


@pytest.fixture
def bench() -> Iterator[Bench]:
    with open_bench(mode=STOP) as made:
        yield made.settled()


def queue(bench: Bench, unit_id: str | None) -> int:
    return len(bench.desk.turns._queues.get(Lane("mode", Scope(unit_id)), ()))


def test_a_mode_is_accepted_then_pending_then_seen_in_effect(bench: Bench) -> None:
    command = bench.set_mode.cluster(RUN, ME)
    assert (command.state, command.sent, command.before) == ("accepted", True, {"mode": STOP})
    assert bench.desk.grid().pending_modes == {"": (RUN,)}
    bench.run(11.0)
    assert bench.log.get(command.id).state == "accepted", "K4: readings lag"
    bench.run(9.0)
    ended = bench.log.get(command.id)
    shown = ended.progress
    assert (ended.state, isinstance(shown, ModeShows) and shown.shown) == ("verified", 3)
    assert bench.desk.grid().pending_modes == {}
    assert bench.person_orders == [None]


def test_budo_orders_by_its_own_path_and_gives_its_answer(bench: Bench) -> None:
    command, active = bench.set_mode.budo("active", ME)
    assert (active, command.order.name, bench.grid.sent[0][:2]) == (True, "setBudo", ("budo", "active"))


def test_a_refused_mode_is_not_sent_and_clears_no_schedule(bench: Bench) -> None:
    bench.unit("E002").status = str(CV)
    bench.run(6.0)
    with pytest.raises(Refused, match="E002 is not surely in Wait"):
        bench.set_mode.cluster(RUN, ME)
    assert (bench.grid.sent, bench.person_orders, bench.intents) == ([], [], [])


def test_the_schedulers_orders_are_nobodys_own(bench: Bench) -> None:
    command = bench.set_mode.cluster(RUN, SCHEDULER)
    assert bench.person_orders == []
    assert not bench.log.effects.mode_effects()[0].by_person
    assert command.by == SCHEDULER


def test_a_person_whose_order_never_left_clears_no_schedule(bench: Bench) -> None:
    bench.grid.faults["autonomous"] = Fault(unsent())
    with pytest.raises(UpstreamError):
        bench.set_mode.cluster(RUN, ME)
    assert bench.person_orders == []
    assert bench.desk.grid().pending_modes == {}


def test_yes_and_the_cluster_goes_elsewhere_is_timed_out_with_what_is_shown(bench: Bench) -> None:
    """K3: apis-web says yes and drops the cluster to its policy's mode."""
    bench.apis_web.elsewhere = STOP
    command = bench.set_mode.cluster(RUN, ME)
    bench.run(32.0)
    ended = bench.log.get(command.id)
    assert ended.state == "timedOut"
    assert "E001 shows Force Stop" in str(ended.error)


def test_no_and_it_happens_is_failed_and_said(bench: Bench) -> None:
    bench.grid.faults["autonomous"] = Fault(refused(), carried_out=True)
    with pytest.raises(UpstreamError) as error:
        bench.set_mode.cluster(RUN, ME)
    bench.run(25.0)
    command = bench.log.get(error.value.details["command"])
    assert (command.state, command.note) == ("failed", "It was refused, but the units show it.")


def test_no_and_it_does_not_happen_is_said_too(bench: Bench) -> None:
    bench.grid.faults["autonomous"] = Fault(refused())
    with pytest.raises(UpstreamError) as error:
        bench.set_mode.cluster(RUN, ME)
    bench.run(32.0)
    assert bench.log.get(error.value.details["command"]).note == "It was refused and did not take effect."


def test_the_reply_lost_and_the_mode_set_is_verified(bench: Bench) -> None:
    """The Grid Master died in the middle (K7): the answer never comes."""
    bench.grid.faults["autonomous"] = Fault(lost(), carried_out=True)
    with pytest.raises(UpstreamError) as error:
        bench.set_mode.cluster(RUN, ME)
    assert error.value.details["sent"] == "unknown"
    assert bench.desk.grid().pending_modes == {"": (RUN,)}, "it counts as under way"
    assert bench.person_orders == [None]
    bench.run(20.0)
    assert bench.log.get(error.value.details["command"]).state == "verified"
    assert len(bench.grid.sent) == 1


def test_two_operators_order_opposite_things_and_the_way_down_wins(bench: Bench) -> None:
    """Run hangs, Stop comes: Stop is sent at once, and again after Run came back."""
    bench.grid.faults["autonomous"] = Fault(hang=8.0)
    run = bench.hands.submit(bench.set_mode.cluster, RUN, person("one"))
    assert bench.set_mode.cluster(STOP, person("two")).state == "accepted"
    bench.run(9.0)
    with pytest.raises(Refused, match="stop followed it") as undone:
        run.result(5)
    assert undone.value.details["sent"] is True
    assert [one[:2] for one in bench.grid.sent] == [("mode", RUN), ("mode", STOP), ("mode", STOP)]
    assert bench.grid.mode is STOP
    assert bench.log.get(undone.value.details["command"]).state == "cancelled"
    assert bench.desk.grid().pending_for(None)[-1] is STOP, "the stop that followed counts as under way"


def test_run_behind_a_stop_in_flight_is_judged_as_if_the_stop_were_in_force(bench: Bench) -> None:
    bench.grid.mode = RUN
    bench.unit("E001").status = str(CV)
    bench.run(10.0)
    bench.grid.faults["stop"] = Fault(hang=8.0)
    stop = bench.hands.submit(bench.set_mode.cluster, STOP, person("one"))
    with pytest.raises(Refused, match="E001 is not surely in Wait"):
        bench.set_mode.cluster(RUN, person("two"))
    bench.run(9.0)
    assert stop.result(5).state in ("accepted", "verified")


def test_a_stop_after_an_overtaken_order_that_fails_is_told(bench: Bench) -> None:
    bench.grid.faults["autonomous"] = Fault(hang=8.0)
    run = bench.hands.submit(bench.set_mode.cluster, RUN, person("one"))
    bench.set_mode.cluster(STOP, person("two"))
    bench.grid.faults["stop"] = Fault(unsent())
    bench.run(9.0)
    with pytest.raises(Refused, match="the stop after it failed"):
        run.result(5)


def test_a_stop_cancels_what_queues_and_what_is_checked_but_not_sent(bench: Bench) -> None:
    bench.grid.faults["manual"] = Fault(hang=8.0, times=1)
    first = bench.hands.submit(bench.set_mode.cluster, MANUAL, person("one"))
    queued = bench.hands.beside(bench.set_mode.cluster, RUN, person("two"))
    bench.hands.until(lambda: queue(bench, None) == 2)
    bench.set_mode.cluster(STOP, person("three"))
    with pytest.raises(Refused, match="overtook"):
        queued.result(5)
    bench.run(9.0)
    with pytest.raises(Refused):
        first.result(5)
    assert ("mode", RUN) not in [one[:2] for one in bench.grid.sent]


def test_force_stop_passes_locks_a_running_stop_all_and_hanging_orders(bench: Bench) -> None:
    bench.book.locks[""] = LOCK
    bench.desk.turns.hold("c99")
    bench.grid.faults["manual"] = Fault(hang=8.0)
    hanging = bench.hands.submit(bench.set_mode.unit, "E001", None, person("one"))
    assert bench.set_mode.cluster(STOP, ME).sent is True
    assert bench.set_mode.unit("E001", STOP, ME).sent is True
    assert hanging.exception(5) is not None


@pytest.mark.parametrize("mode", [RUN, SOFT, MANUAL])
def test_while_stop_all_runs_no_other_mode_is_sent(bench: Bench, mode: Mode) -> None:
    bench.desk.turns.hold("c99")
    with pytest.raises(Refused, match="Stop all is running"):
        bench.set_mode.cluster(mode, ME)
    with pytest.raises(Refused, match="Stop all is running"):
        bench.set_mode.unit("E001", None, ME)
    assert bench.grid.sent == []


# Force Stop in Manual sends Wait too (Z9a)


def by_hand(bench: Bench) -> None:
    """Manual, E001 holds the bus, E003 charges."""
    bench.grid.mode = MANUAL
    bench.unit("E001").status, bench.unit("E003").status = str(CV), str(ConverterStatus.CHARGE)
    bench.run(6.0)


def test_force_stop_in_manual_waits_everybody_with_the_reference_last(bench: Bench) -> None:
    by_hand(bench)
    command = bench.set_mode.cluster(STOP, ME)
    waits = bench.grid.waits()
    assert sorted(waits) == ["E001", "E002", "E003"]
    assert waits[0] == "E003"
    assert waits[-1] == "E001"
    bench.run(20.0)
    assert bench.log.get(command.id).state == "verified"


def test_force_stop_in_manual_is_in_effect_only_when_all_are_in_wait(bench: Bench) -> None:
    by_hand(bench)
    bench.devices.deaf = {"E001"}
    command = bench.set_mode.cluster(STOP, ME)
    bench.run(59.0)
    assert bench.log.get(command.id).state == "accepted"
    bench.run(3.0)
    ended = bench.log.get(command.id)
    assert (ended.state, ended.units["E001"].state, ended.units["E003"].state) == ("timedOut", "pending", "verified")


def test_force_stop_in_manual_goes_on_past_a_failing_unit_and_a_failing_apis_web(bench: Bench) -> None:
    by_hand(bench)
    bench.grid.faults["E003 WAIT"] = Fault(unsent())
    bench.grid.faults["stop"] = Fault(unsent())
    with pytest.raises(UpstreamError):
        bench.set_mode.cluster(STOP, ME)
    assert sorted(bench.grid.waits()) == ["E001", "E002", "E003", "E003", "E003"], "refused at once, so tried again"
    assert bench.grid.waits()[-1] == "E001", "the reference last, all the same"
    assert bench.log.latest()[0].note == "Wait could not be sent to E003."


def test_a_force_stop_that_is_tried_again_sends_its_waits_and_repeats_no_line(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    """M12: each try told anew of each unit that its Wait could not be sent."""
    bench.grid.mode = MANUAL
    bench.run(6.0)
    bench.grid.faults["stop"] = Fault(unsent())
    bench.grid.faults["E001 WAIT"] = Fault(unsent())

    def tried(tries: Tries | None) -> list[str]:
        caplog.clear()
        before = bench.grid.waits().count("E002")
        with pytest.raises(UpstreamError):
            bench.set_mode.cluster(STOP, SCHEDULER, tries=tries)
        assert bench.grid.waits().count("E002") == before + 1
        return [record.getMessage() for record in caplog.records if record.levelname == "ERROR"]

    first = tried(None)
    assert len(first) == 2
    why = bench.log.latest()[0].error
    assert why is not None
    assert tried(Tries(1, bench.wall(), why)) == []
    assert len(tried(Tries(2, bench.wall(), why, tell=True))) == 2


def test_force_stop_in_a_mode_that_nobody_knows_or_that_may_become_manual_waits_too(bench: Bench) -> None:
    bench.grid.faults["manual"] = Fault(lost(), carried_out=True)
    with pytest.raises(UpstreamError):
        bench.set_mode.cluster(MANUAL, ME)
    bench.set_mode.cluster(STOP, ME)
    assert sorted(bench.grid.waits()) == ["E001", "E002", "E003"]


@pytest.mark.parametrize("mode", [RUN, SOFT, STOP])
def test_force_stop_elsewhere_leaves_the_deals_to_apis_main(bench: Bench, mode: Mode) -> None:
    bench.grid.mode = mode
    bench.run(10.0)
    bench.set_mode.cluster(STOP, ME)
    assert bench.grid.waits() == []


def test_force_stop_in_manual_is_followed_by_wait_at_an_order_in_flight(bench: Bench) -> None:
    bench.grid.mode = MANUAL
    bench.run(20.0)
    bench.grid.faults["E001 VOLTAGE_REFERENCE"] = Fault(hang=8.0)
    order = bench.hands.submit(bench.converter.order, ConverterOrder("E001", CV, 350.0, 2.3), person("one"))
    bench.set_mode.cluster(STOP, person("two"))
    bench.run(9.0)
    with pytest.raises(Refused, match="Wait followed it"):
        order.result(5)
    assert bench.unit("E001").status == ConverterStatus.WAIT


# One unit


def test_a_units_mode_goes_by_its_own_way_and_is_seen_in_its_local(bench: Bench) -> None:
    bench.grid.mode = RUN
    bench.run(6.0)
    command = bench.set_mode.unit("E002", STOP, ME)
    bench.run(36.0)
    assert bench.log.get(command.id).state == "verified"
    assert bench.assessed("E002").obeys is STOP
    cleared = bench.set_mode.unit("E002", None, ME)
    bench.run(20.0)
    assert bench.log.get(cleared.id).state == "verified"
    assert bench.person_orders == ["E002", "E002"]
    with pytest.raises(NotFound):
        bench.set_mode.unit("E009", STOP, ME)


def test_a_locked_units_mode_stays(bench: Bench) -> None:
    bench.book.locks["E002"] = LOCK
    for mode in (None, SOFT):
        with pytest.raises(Refused, match="stays as it is"):
            bench.set_mode.unit("E002", mode, ME)
    assert bench.grid.sent == []


def test_a_units_stop_overtakes_its_own_order_in_flight_and_follows_it(bench: Bench) -> None:
    bench.grid.faults["E001 clear"] = Fault(hang=8.0)
    run = bench.hands.submit(bench.set_mode.unit, "E001", None, person("one"))
    bench.set_mode.unit("E001", STOP, person("two"))
    bench.run(9.0)
    with pytest.raises(Refused, match="stop followed it"):
        run.result(5)
    assert bench.unit("E001").local is STOP


def test_a_stop_of_the_cluster_cancels_a_units_queued_order_and_leaves_its_own_mode_alone(bench: Bench) -> None:
    bench.grid.faults["E001 heteronomous"] = Fault(hang=8.0)
    first = bench.hands.submit(bench.set_mode.unit, "E001", SOFT, person("one"))
    queued = bench.hands.beside(bench.set_mode.unit, "E001", None, person("two"))
    bench.hands.until(lambda: queue(bench, "E001") == 2)
    bench.set_mode.cluster(STOP, person("three"))
    with pytest.raises(Refused, match="overtook"):
        queued.result(5)
    bench.run(9.0)
    assert first.result(5).sent is True
    assert bench.unit("E001").local is SOFT


def test_the_order_is_on_the_disk_before_it_leaves_but_nothing_keeps_a_stop_back(bench: Bench) -> None:
    run = bench.set_mode.cluster(RUN, ME)
    assert bench.intents == [run.id]
    bench.set_mode.cluster(STOP, ME)
    assert bench.intents == [run.id]


def test_a_bug_leaves_no_order_in_flight_for_ever_and_a_stop_still_follows_it(bench: Bench) -> None:
    bench.grid.faults["autonomous"] = Fault(ZeroDivisionError("a bug"), hang=8.0)
    run = bench.hands.submit(bench.set_mode.cluster, RUN, person("one"))
    bench.set_mode.cluster(STOP, person("two"))
    bench.run(9.0)
    with pytest.raises(UpstreamError, match="nobody foresaw") as error:
        run.result(5)
    assert error.value.details["sent"] == "unknown"
    assert [one[:2] for one in bench.grid.sent] == [("mode", RUN), ("mode", STOP), ("mode", STOP)]
    bench.run(60.0)
    assert bench.desk.grid().pending_modes == {}


def test_run_waits_for_the_next_reading_of_a_unit_that_was_seen_25_s_ago() -> None:
    """S18: it became the reference meanwhile."""
    with open_bench(mode=Mode.STOP) as bench:
        bench.settled()
        bench.unit("E001").frozen = True
        bench.unit("E001").status = str(ConverterStatus.VOLTAGE_REFERENCE)
        bench.run(24.0)
        with pytest.raises(Refused, match=r"E001 was last seen 2\d s ago"):
            bench.set_mode.cluster(Mode.AUTONOMOUS, ME)
        bench.unit("E001").status, bench.unit("E001").frozen = str(ConverterStatus.WAIT), False
        bench.run(6.0)
        assert bench.set_mode.cluster(Mode.AUTONOMOUS, ME).sent is True
