"""Stop all by every path of Z9: who is asked when, what counts as seen, and what is said in the end."""

import itertools
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from main_controller.domain.actor import person
from main_controller.domain.commands import Command
from main_controller.domain.freshness import Remembered
from main_controller.domain.modes import ConverterStatus, Mode
from main_controller.domain.orders import ConverterOrder
from main_controller.domain.progress import Grace, StopAllShows
from main_controller.domain.snapshot import GridWatch, Snapshot
from main_controller.errors import Refused, UpstreamError, UpstreamRefused
from main_controller.sentence import foreign
from main_controller.upstream.devices import Target
from tests.assessment.units import ME
from tests.orders.bench import Bench, open_bench
from tests.orders.fake_wire import Converter, Fault, lost, refused, unsent

RUN, SOFT, STOP, MANUAL = Mode.AUTONOMOUS, Mode.HETERONOMOUS, Mode.STOP, Mode.MANUAL
CV, CHARGE, DISCHARGE = (ConverterStatus.VOLTAGE_REFERENCE, ConverterStatus.CHARGE, ConverterStatus.DISCHARGE)


@pytest.fixture
def bench() -> Iterator[Bench]:
    """E001 holds the bus, E002 discharges, E003 charges; by hand."""
    with open_bench() as made:
        drive(made)
        yield made.settled()


@pytest.fixture
def running() -> Iterator[Bench]:
    """The same, but apis-main drives, and ends its deals when it hears the stop."""
    with open_bench(mode=RUN) as made:
        drive(made)
        made.apis_web.lands_in = {"E001", "E002", "E003"}
        yield made.settled()


def drive(bench: Bench) -> None:
    for unit_id, status in (("E001", CV), ("E002", DISCHARGE), ("E003", CHARGE)):
        bench.unit(unit_id).status = str(status)


def began(bench: Bench) -> float:
    return bench.hands.now - 1000.0


def sent(bench: Bench, since: float) -> list[tuple[str, float]]:
    """What was sent, and how long after the start: Waits by unit, everything else by its kind."""
    return [(one[1] if one[0] == "command" else one[0], round(one[-1] - since, 1)) for one in bench.grid.sent]


def evidence(command: Command) -> dict[str, str | None]:
    return {unit_id: outcome.evidence for unit_id, outcome in command.units.items()}


# Manual: the converters are the operators'


def test_manual_sends_wait_straight_to_every_unit_and_leaves_the_mode(bench: Bench) -> None:
    start = began(bench)
    command = bench.stop_all.order(ME)
    assert (command.state, command.sent, command.error) == ("verified", True, None)
    assert evidence(command) == {"E001": "converter", "E002": "converter", "E003": "converter"}
    assert {one[0] for one in sent(bench, start)} == {"E001", "E002", "E003"}
    assert bench.grid.waits()[-1] == "E001", "the reference last"
    assert began(bench) - start < 2.0, "the converters' own answers count at once"
    assert bench.grid.mode is MANUAL
    assert bench.desk.turns.held_by is None
    assert not bench.stop_all.running


def test_the_reference_waits_for_its_followers_but_not_for_ever(bench: Bench) -> None:
    bench.grid.faults["E003 WAIT"] = Fault(lost(), hang=15.0, times=1)
    start = began(bench)
    command = bench.stop_all.order(ME)
    times = dict(sent(bench, start)[:3])
    assert times["E003"] == times["E002"] == 0.0
    assert 3.0 <= times["E001"] <= 3.2
    assert command.state == "verified", "the second Wait to E003 was heard"


@pytest.mark.parametrize("failing", [1, 2])
def test_a_follower_that_refused_at_once_is_tried_again_before_the_reference(bench: Bench, failing: int) -> None:
    bench.grid.faults["E003 WAIT"] = Fault(unsent(), times=failing)
    start = began(bench)
    command = bench.stop_all.order(ME)
    times = sent(bench, start)
    assert [after for unit_id, after in times if unit_id == "E003"] == pytest.approx([*range(failing + 1)], abs=0.5)
    assert times[-1][0] == "E001"
    assert times[-1][1] <= failing + 0.8, "at once after the follower's yes"
    assert command.state == "verified"


def test_a_follower_that_goes_on_refusing_holds_the_reference_for_3_s_at_most(bench: Bench) -> None:
    bench.grid.faults["E003 WAIT"] = Fault(refused())
    start = began(bench)
    bench.stop_all.order(ME)
    times = sent(bench, start)
    assert [after for unit_id, after in times if unit_id == "E003" and after < 3.0] == pytest.approx([0, 1, 2], abs=0.6)
    assert 3.0 <= next(after for unit_id, after in times if unit_id == "E001") <= 3.2


def test_a_follower_to_which_nothing_can_be_sent_holds_nobody(bench: Bench) -> None:
    """K11: the emulator does not list it, or it has told no address."""
    bench.grid.faults["E003 WAIT"] = Fault(UpstreamRefused(foreign("not listed: nothing was sent"), sent=False))
    start = began(bench)
    bench.stop_all.order(ME)
    assert next(after for unit_id, after in sent(bench, start) if unit_id == "E001") <= 0.4


def test_what_it_overtakes_may_wait_for_a_disk_but_no_stop_waits_for_that(running: Bench) -> None:
    running.desk.timing = replace(running.desk.timing, listeners_hear=0.0)
    running.unit("E001").there = False
    running.run(40.0)
    running.stop_all.also_ends(lambda: running.hands.hang(running.hands.now + 60.0))
    start = began(running)
    running.stop_all.order(ME)
    assert sorted(sent(running, start)[:2]) == [("E001", 0.0), ("budo", 0.0)]


def test_what_it_overtakes_is_told_though_it_breaks_off(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str | None] = []
    bench.stop_all.also_ends(lambda: told.append(bench.desk.turns.held_by))
    monkeypatch.setattr(bench.waits, "start", lambda *_: 1 // 0)
    with pytest.raises(ZeroDivisionError):
        bench.stop_all.order(ME)
    assert told == ["c1"], "once, and before other orders are taken again"


def test_converters_are_read_only_once_the_waits_are_back(bench: Bench) -> None:
    """The emulator may serve one call after another: these have it to themselves."""
    reads: list[float] = []
    bench.devices.reads = True
    read = bench.devices.read

    def noted(target: Target, what: str) -> object:
        reads.append(began(bench))
        return read(target, what)

    bench.devices.read = noted  # type: ignore[method-assign]
    bench.grid.faults["E003 WAIT"] = Fault(hang=2.0, times=1)
    start = began(bench)
    assert bench.stop_all.order(ME).state == "verified"
    assert all(at - start >= 2.0 for at in reads)


def test_many_units_that_are_not_in_wait_are_counted_and_some_are_named() -> None:
    """M27: all of them stand in the command's own list."""
    with open_bench(*(f"E{number:03d}" for number in range(1, 31))) as bench:
        bench.settled()
        for unit_id in bench.grid.units:
            bench.unit(unit_id).status = str(CHARGE)
            bench.grid.faults[f"{unit_id} WAIT"] = Fault(unsent())
        bench.run(6.0)
        command = bench.stop_all.order(ME)
        assert command.error == "Not seen in Wait: E001, E002, E003, E004, E005, E006, E007, E008 and 22 more."
        assert len(command.units) == 30


def test_one_device_that_fails_is_named_and_all_others_are_in_wait(bench: Bench) -> None:
    bench.grid.faults["E002 WAIT"] = Fault(unsent())
    start = began(bench)
    command = bench.stop_all.order(ME)
    assert command.state == "failed"
    assert command.error == "Not seen in Wait: E002."
    assert evidence(command) == {"E001": "reading", "E002": None, "E003": "reading"}, "by now telemetry confirms it"
    assert command.units["E002"].error == "it could not be reached"
    assert 45.0 <= began(bench) - start <= 71.0
    assert len(bench.grid.waits("E002")) >= 8, "it is tried again and again"
    assert len(bench.grid.waits("E001")) == 1


def test_a_device_that_fails_in_a_way_nobody_foresaw_stops_nobody_else(bench: Bench) -> None:
    bench.grid.faults["E003 WAIT"] = Fault(ZeroDivisionError("a bug"))
    command = bench.stop_all.order(ME)
    assert command.error == "Not seen in Wait: E003."
    assert bench.grid.waits()[-1] == "E003"
    assert bench.unit("E001").status == bench.unit("E002").status == ConverterStatus.WAIT


def test_a_device_that_says_yes_and_does_nothing_is_not_in_wait(bench: Bench) -> None:
    bench.devices.deaf = {"E002"}
    command = bench.stop_all.order(ME)
    assert (command.state, command.units["E002"].shows) == ("failed", str(DISCHARGE))
    assert len(bench.grid.waits("E002")) >= 8


def test_a_device_that_is_told_unreachable_but_shows_wait_is_believed_only_late(bench: Bench) -> None:
    """K9: telemetry counts from 30 s after the order."""
    bench.grid.faults["E002 WAIT"] = Fault(lost(), carried_out=True)
    start = began(bench)
    command = bench.stop_all.order(ME)
    assert command.state == "verified"
    assert evidence(command)["E002"] == "reading"
    assert began(bench) - start >= 30.0


# autonomous, heteronomous, stop: apis-main ends its deals itself


@pytest.mark.parametrize("mode", [RUN, SOFT])
def test_apis_main_is_asked_and_given_its_time(running: Bench, mode: Mode) -> None:
    running.grid.mode = mode
    running.run(10.0)
    start = began(running)
    command = running.stop_all.order(ME)
    assert command.state == "verified"
    assert sent(running, start) == [("budo", 0.0)]
    assert evidence(command) == {"E001": "reading", "E002": "reading", "E003": "reading"}
    assert 30.0 <= began(running) - start <= 36.0, "telemetry counts from 30 s on"


def test_in_force_stop_nobody_is_waited_for_but_whom_a_deal_names(running: Bench) -> None:
    """S4: E001 by hand and E002 on its current ran on for 45 s, although nobody would end them."""
    running.grid.mode = STOP
    for unit_id, status in (("E001", CV), ("E002", ConverterStatus.DISCHARGE), ("E003", ConverterStatus.CHARGE)):
        running.unit(unit_id).status = str(status)
    running.run(10.0)
    deal = {"chargingUnit": "E003", "dischargingUnit": "E009"}
    running.cache.take_grid(lambda grid: replace(grid, deals=(deal,), unit_ids=("E001",), no_deals_at=None))
    start = began(running)
    told: list[Any] = []
    running.log.listen(lambda before, after: told.append(_grace(after)))
    running.stop_all.order(ME)
    waits = dict(sent(running, start)[1:])
    assert waits["E002"] <= 0.3
    assert waits["E001"] <= 3.5, "the reference after its follower"
    assert "E003" not in waits, "apis-main ends its deal itself"
    (first, *_) = [one for one in told if one]
    assert (first.units, first.why) == (("E003",), "apis-main ends its deals in their order first")
    assert 40.0 <= first.wait_in <= 45.0


def _grace(command: Command) -> Grace | None:
    """Who is waited for, and how long."""
    return command.progress.grace if isinstance(command.progress, StopAllShows) else None


def test_in_force_stop_without_a_deal_wait_goes_out_at_once(running: Bench) -> None:
    running.grid.mode = STOP
    running.unit("E001").status = str(CV)
    running.run(10.0)
    start = began(running)
    command = running.stop_all.order(ME)
    assert command.state == "verified"
    assert dict(sent(running, start)[1:])["E001"] <= 3.5
    assert _grace(command) is None


def test_run_is_asked_to_stop_though_only_a_unit_that_nobody_hears_was_seen_in_it(bench: Bench) -> None:
    """S15: a split cluster; E002's apis-main may begin its next deal."""
    bench.grid.mode = RUN
    bench.run(6.0)
    bench.unit("E002").frozen = True
    bench.run(6.0)
    bench.grid.mode = MANUAL
    bench.run(40.0)
    start = began(bench)
    bench.stop_all.order(ME)
    assert ("budo", 0.0) in sent(bench, start)


def test_a_converter_that_can_be_read_tells_of_itself_at_once(running: Bench) -> None:
    running.devices.reads = True
    start = began(running)
    command = running.stop_all.order(ME)
    assert command.state == "verified"
    assert evidence(command)["E001"] == "converter"
    assert 12.0 <= began(running) - start <= 18.0, "only the stop's effect needs the readings' lag"


def test_those_that_have_not_reached_it_get_wait_after_the_grace_time(running: Bench) -> None:
    running.apis_web.lands_in = {"E002", "E003"}
    start = began(running)
    command = running.stop_all.order(ME)
    assert command.state == "verified"
    assert [one[0] for one in sent(running, start)] == ["budo", "E001"]
    assert 45.0 <= sent(running, start)[1][1] <= 45.4
    assert evidence(command) == {"E001": "converter", "E002": "reading", "E003": "reading"}


def test_grace_over_and_a_unit_that_never_hears_is_named(running: Bench) -> None:
    running.apis_web.lands_in = {"E002", "E003"}
    running.grid.faults["E001 WAIT"] = Fault(unsent())
    command = running.stop_all.order(ME)
    assert (command.state, command.error) == ("failed", "Not seen in Wait: E001.")


def test_stale_and_silent_units_in_any_word_but_wait_get_wait_at_once(running: Bench) -> None:
    """No apis-main may be there to hear the stop (K5, K6)."""
    running.unit("E001").there = False
    running.unit("E002").frozen = True
    running.run(40.0)
    start = began(running)
    command = running.stop_all.order(ME)
    assert sorted(sent(running, start)) == [("E001", 0.0), ("E002", 0.0), ("budo", 0.0)]
    assert evidence(command) == {"E001": "converter", "E002": "converter", "E003": "reading"}
    assert command.state == "verified"


def test_a_silent_unit_last_seen_in_wait_is_asked_only_after_the_grace_time(running: Bench) -> None:
    running.unit("E001").status = str(ConverterStatus.WAIT)
    running.run(10.0)
    running.unit("E001").there = False
    running.run(10.0)
    start = began(running)
    command = running.stop_all.order(ME)
    assert [one[0] for one in sent(running, start)] == ["budo", "E001"]
    assert sent(running, start)[1][1] >= 45.0
    assert command.state == "verified"


def test_no_verdict_in_3_s_sends_wait_now(running: Bench) -> None:
    running.grid.faults["budo stop"] = Fault(lost(), hang=15.0)
    start = began(running)
    command = running.stop_all.order(ME)
    waits = [one for one in sent(running, start) if one[0] != "budo"]
    assert [one[0] for one in waits[:3]][-1] == "E001"
    assert all(3.0 <= after <= 3.6 for _, after in waits[:3])
    assert command.state == "failed"
    assert "Force Stop is not seen in effect" in str(command.error)
    assert "no answer came" in str(command.error)


def test_a_verdict_just_before_3_s_leaves_the_grace_time(running: Bench) -> None:
    running.grid.faults["budo stop"] = Fault(hang=2.6)
    start = began(running)
    command = running.stop_all.order(ME)
    assert [one[0] for one in sent(running, start)] == ["budo"]
    assert command.state == "verified"


def test_a_refusal_sends_wait_at_once_and_the_stop_is_asked_again(running: Bench) -> None:
    running.grid.faults["budo stop"] = Fault(refused(), times=1)
    running.apis_web.lands_in = set()
    start = began(running)
    command = running.stop_all.order(ME)
    assert next((name, after) for name, after in sent(running, start) if after < 1.0) == ("budo", 0.0)
    assert {name for name, after in sent(running, start) if after < 1.0} == {"budo", "E001", "E002", "E003"}
    asks = [after for name, after in sent(running, start) if name == "budo"]
    assert len(asks) == 2
    assert 5.0 <= asks[1] <= 5.4
    assert command.state == "verified"


def test_a_stop_that_is_taken_late_gets_its_time_to_be_seen(running: Bench) -> None:
    """Taken 40 s after the press, of a grace time of 45 s: readings show it from 52 s on."""
    running.grid.faults["budo stop"] = Fault(refused(), times=8)
    start = began(running)
    command = running.stop_all.order(ME)
    assert [after for name, after in sent(running, start) if name == "budo"][-1] >= 40.0
    assert command.state == "verified"
    assert 52.0 <= began(running) - start <= 65.0


def test_with_no_grid_master_wait_goes_out_at_once(running: Bench) -> None:
    """K7."""
    running.set_grid(grid_master=False)
    running.grid.faults["budo stop"] = Fault(lost(), hang=15.0)
    start = began(running)
    running.stop_all.order(ME)
    assert {name for name, after in sent(running, start) if after <= 0.4} == {"budo", "E001", "E002", "E003"}


def test_a_unit_that_another_deal_may_still_begin_with_gets_wait_though_it_was_read_in_wait(running: Bench) -> None:
    """Read in Wait before anybody heard the stop: that proves nothing, since apis-main still drives."""
    running.unit("E002").status = str(ConverterStatus.WAIT)
    running.devices.reads = True
    running.grid.faults["budo stop"] = Fault(unsent())
    running.stop_all.order(ME)
    assert "E002" in running.grid.waits()


def test_yes_and_the_cluster_stays_is_asked_again_and_is_no_success(running: Bench) -> None:
    """K3: Wait alone is not enough, for apis-main would begin again."""
    running.apis_web.elsewhere = RUN
    start = began(running)
    command = running.stop_all.order(ME)
    asks = [after for name, after in sent(running, start) if name == "budo"]
    assert len(asks) >= 5
    assert min(later - former for former, later in itertools.pairwise(asks)) >= 5.0
    assert command.state == "failed"
    assert command.error == "The cluster's Force Stop is not seen in effect."
    assert set(running.grid.waits()) == {"E001", "E002", "E003"}


def test_a_converter_that_works_again_after_its_wait_is_sent_another(running: Bench) -> None:
    running.devices.reads = True
    running.grid.faults["budo stop"] = Fault(refused(), times=1)
    running.hands.at(4.0, lambda: setattr(running.unit("E003"), "status", str(CHARGE)))
    running.apis_web.lands_in = set()
    command = running.stop_all.order(ME)
    assert len(running.grid.waits("E003")) == 2
    assert command.state == "verified"


def test_what_its_own_reads_show_of_a_converter_is_known_to_the_whole_program(running: Bench) -> None:
    """Nobody else looks: no telemetry moves, and apis-main begins a deal after every converter answered Wait."""
    for unit_id in ("E001", "E002", "E003"):
        running.unit(unit_id).frozen = True
    running.devices.reads = True
    running.grid.faults["budo stop"] = Fault(unsent())
    running.hands.at(10.0, lambda: setattr(running.unit("E003"), "status", str(CHARGE)))
    works: list[float] = []

    def look(at: float) -> None:
        if may_charge(running, "E003"):
            works.append(at)

    for tenth in range(300):
        running.hands.at(tenth / 10, partial(look, tenth / 10))
    running.stop_all.order(ME)
    assert len(running.grid.waits("E003")) == 2
    again = [at for at in works if at >= 5.0]
    assert again
    assert 10.0 <= min(again) <= 12.0
    assert not may_charge(running, "E003"), "the second Wait was answered too"


def may_charge(bench: Bench, unit_id: str) -> bool:
    return bench.desk.grid().units[unit_id].estimate.possibly(CHARGE)


# Unknown, mixed, or a mode on its way: both


def test_a_mode_that_nobody_knows_is_stopped_and_waited(bench: Bench) -> None:
    bench.grid.mode = None
    bench.run(6.0)
    start = began(bench)
    command = bench.stop_all.order(ME)
    assert {name for name, after in sent(bench, start) if after <= 0.4} == {"budo", "E001", "E002", "E003"}
    assert command.state == "verified"


def test_a_mixed_mode_is_stopped_and_waited(bench: Bench) -> None:
    bench.unit("E003").frozen = True
    bench.grid.mode = RUN
    bench.run(6.0)
    assert bench.desk.grid().mixed
    start = began(bench)
    bench.stop_all.order(ME)
    assert {name for name, after in sent(bench, start) if after <= 0.4} == {"budo", "E001", "E002", "E003"}


def test_a_mode_order_that_may_have_been_sent_is_stopped_and_waited(bench: Bench) -> None:
    """Manual is shown, but a Run may be on its way."""
    for unit in bench.grid.units.values():
        unit.status = str(ConverterStatus.WAIT)
    bench.run(10.0)
    bench.grid.faults["autonomous"] = Fault(lost(), carried_out=True)
    with pytest.raises(UpstreamError):
        bench.set_mode.cluster(RUN, person("one"))
    start = began(bench)
    command = bench.stop_all.order(ME)
    assert {name for name, after in sent(bench, start)[1:] if after <= 0.4} == {"budo", "E001", "E002", "E003"}
    assert command.state == "verified"
    assert bench.grid.mode is STOP


def test_a_mode_order_in_flight_is_followed_by_stop_and_stop_all_waits_for_that_to_show(bench: Bench) -> None:
    for unit in bench.grid.units.values():
        unit.status = str(ConverterStatus.WAIT)
    bench.run(10.0)
    bench.grid.faults["autonomous"] = Fault(hang=8.0)
    run = bench.hands.submit(bench.set_mode.cluster, RUN, person("one"))
    start = began(bench)
    command = bench.stop_all.order(ME)
    with pytest.raises(Refused, match="stop followed it"):
        run.result(5)
    stops = [(name, after) for name, after in sent(bench, start) if name in ("budo", "mode")]
    assert stops[:2] == [("mode", 0.0), ("budo", 0.0)]
    assert ("mode", 8.0) in [(name, round(after)) for name, after in stops]
    assert bench.grid.mode is STOP
    assert command.state == "verified"
    assert began(bench) - start >= 20.0, "readings count from 12 s after the overtaken order came back"


# What overtakes what


def test_a_converter_order_in_flight_is_followed_by_wait_and_no_earlier_word_counts(bench: Bench) -> None:
    for unit in bench.grid.units.values():
        unit.status = str(ConverterStatus.WAIT)
    bench.run(20.0)
    bench.grid.faults["E001 VOLTAGE_REFERENCE"] = Fault(hang=8.0)
    order = bench.hands.submit(bench.converter.order, ConverterOrder("E001", CV, 350.0, 2.3), person("one"))
    start = began(bench)
    command = bench.stop_all.order(ME)
    with pytest.raises(Refused, match="Wait followed it"):
        order.result(5)
    assert command.state == "verified"
    assert bench.unit("E001").status == ConverterStatus.WAIT
    assert began(bench) - start >= 8.0, "E001's first answer to Wait came before the order was carried out"


def test_when_the_wait_that_follows_fails_stop_all_does_not_say_done(bench: Bench) -> None:
    for unit in bench.grid.units.values():
        unit.status = str(ConverterStatus.WAIT)
    bench.run(20.0)
    bench.grid.faults["E001 VOLTAGE_REFERENCE"] = Fault(hang=8.0)
    order = bench.hands.submit(bench.converter.order, ConverterOrder("E001", CV, 350.0, 2.3), person("one"))
    bench.hands.at(2.0, lambda: bench.grid.faults.update({"E001 WAIT": Fault(unsent())}))
    command = bench.stop_all.order(ME)
    assert order.exception(5) is not None
    assert (command.state, command.error) == ("failed", "Not seen in Wait: E001.")
    assert bench.unit("E001").status == CV


def test_queued_orders_are_cancelled_and_others_refused_meanwhile(running: Bench) -> None:
    refusals: list[str] = []

    def others() -> None:
        for order in (
            lambda: running.converter.order(ConverterOrder("E001", CV, 350.0, 2.3), person("one")),
            lambda: running.set_mode.cluster(RUN, person("one")),
            lambda: running.transfer.start("E001", "E002", 1.0, 350.0, person("one"), minutes=10),
        ):
            with pytest.raises(Refused) as refusal:
                order()
            refusals.append(refusal.value.sentence)
        running.converter.wait("E002", person("one"))
        running.set_mode.cluster(STOP, person("one"))

    running.hands.at(2.0, others)
    assert running.stop_all.order(ME).state == "verified"
    assert len(refusals) == 3
    assert all(sentence.startswith("Stop all is running") for sentence in refusals)
    assert running.grid.waits() == ["E002"], "Wait and stop passed"


def test_a_second_stop_all_joins_the_first_and_ends_its_grace_time(running: Bench) -> None:
    running.apis_web.lands_in = set()
    start = began(running)
    joined = []

    def second() -> None:
        joined.append(running.hands.beside(running.stop_all.order, person("two")))
        run = running.stop_all._single.current
        assert run is not None
        running.hands.until(run.hurry.is_set)

    running.hands.at(5.0, second)
    command = running.stop_all.order(person("one"))
    assert joined[0].result(5).id == command.id
    assert len([one for one in running.log.latest() if one.order.name == "stopAll"]) == 1
    waits = [(name, after) for name, after in sent(running, start) if name != "budo"]
    assert sorted(name for name, _ in waits) == ["E001", "E002", "E003"]
    assert all(5.0 <= after <= 5.8 for _, after in waits)
    assert command.state == "verified"
    assert began(running) - start < 20.0


def test_being_told_to_end_sends_the_waits_now(running: Bench) -> None:
    """SIGTERM (Z20)."""
    running.apis_web.lands_in = set()
    start = began(running)
    running.hands.at(5.0, running.stop_all.end_grace)
    running.stop_all.order(person("one"))
    assert all(5.0 <= after <= 5.8 for name, after in sent(running, start) if name != "budo")
    running.stop_all.end_grace()


def test_a_hanging_dead_unit_keeps_nobody_from_its_wait(running: Bench) -> None:
    """The dead unit's Wait hangs from the start; when nobody hears the stop, all others get theirs at 3 s."""
    running.unit("E001").there = False
    running.run(6.0)
    running.grid.faults["E001 WAIT"] = Fault(lost(), hang=10.0)
    running.grid.faults["budo stop"] = Fault(lost(), hang=15.0)
    start = began(running)
    running.stop_all.order(ME)
    first = dict(reversed(sent(running, start)))
    assert first["E001"] <= 0.4
    assert 3.0 <= first["E002"] <= 3.4
    assert 3.0 <= first["E003"] <= 3.4


def test_twenty_units_two_of_them_dead_tells_exactly_which() -> None:
    with open_bench(*(f"E{i:03}" for i in range(1, 21))) as bench:
        bench.settled()
        for unit_id in ("E007", "E013"):
            bench.unit(unit_id).status = str(CHARGE)
        bench.run(6.0)
        for unit_id in ("E007", "E013"):
            bench.unit(unit_id).there = False
            bench.grid.faults[f"{unit_id} WAIT"] = Fault(unsent())
        bench.run(6.0)
        command = bench.stop_all.order(ME)
        assert command.error == "Not seen in Wait: E007, E013."
        assert sum(one is not None for one in evidence(command).values()) == 18


def test_with_no_unit_known_it_is_never_done() -> None:
    with open_bench() as bench:
        bench.polls = False
        bench.cache.take_grid(lambda _: GridWatch())
        bench.cache.replace(Snapshot())
        command = bench.stop_all.order(ME)
        assert command.state == "failed"
        assert "No unit is known" in str(command.error)
        assert ("budo", "stop") in [one[:2] for one in bench.grid.sent]


def test_members_known_only_from_before_the_restart_get_wait_at_once() -> None:
    kept = {"E009": Remembered("E009", "0x0014", 350.0, 2.0, "10.0.0.9")}
    with open_bench("E001", mode=RUN, remembered=kept) as bench:
        bench.grid.units["E009"] = Converter("E009", status="0x0014", there=False)
        bench.settled()
        start = began(bench)
        command = bench.stop_all.order(ME)
        assert [one for one in sent(bench, start) if one[0] == "E009"] == [("E009", 0.0)]
        assert evidence(command)["E009"] == "converter"


def test_manual_is_asked_to_stop_while_a_member_was_never_heard_since_the_start() -> None:
    """S15: its apis-main may be in Run; nobody knows its mode."""
    kept = {"E009": Remembered("E009", "0x0000", 0.0, 0.0, "10.0.0.9")}
    with open_bench("E001", mode=MANUAL, remembered=kept) as bench:
        bench.grid.units["E009"] = Converter("E009", status="0x0000", there=False)
        bench.settled()
        start = began(bench)
        bench.stop_all.order(ME)
        assert ("budo", 0.0) in sent(bench, start)


def test_a_lock_and_a_conflict_keep_nobody_from_wait(bench: Bench) -> None:
    bench.book.locks[""] = {"name": "Aoki", "reason": "fuse", "since": "now"}
    bench.cache.update(lambda before: replace(before, conflicts={"E002": foreign("It is there twice.")}))
    assert bench.stop_all.order(ME).state == "verified"


def test_whatever_it_overtakes_cannot_keep_it_from_stopping(bench: Bench) -> None:
    def broken() -> None:
        raise ZeroDivisionError

    bench.stop_all.also_ends(broken)
    assert bench.stop_all.order(ME).state == "verified"
    assert bench.desk.turns.held_by is None


def test_when_it_breaks_off_it_is_told_and_the_next_one_runs(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(bench.waits, "start", lambda *_: 1 // 0)
        with pytest.raises(ZeroDivisionError):
            bench.stop_all.order(ME)
    assert bench.log.latest()[0].state == "failed"
    assert bench.desk.turns.held_by is None
    assert bench.stop_all.order(ME).state == "verified"
