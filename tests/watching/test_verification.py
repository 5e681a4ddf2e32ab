"""Accepted becomes verified or timed out, and only by what counts (Z6c, Z9b)."""

from collections.abc import Iterator
from typing import Any

import pytest

from main_controller.domain.commands import Command, CommandState
from main_controller.domain.modes import Mode
from main_controller.domain.progress import ModeShows
from main_controller.rules.evidence import outcomes
from tests.assessment.units import ME
from tests.orders.bench import Bench, open_bench
from tests.orders.fake_wire import Fault

RUN, SOFT, STOP, MANUAL = Mode.AUTONOMOUS, Mode.HETERONOMOUS, Mode.STOP, Mode.MANUAL


@pytest.fixture
def bench() -> Iterator[Bench]:
    with open_bench(mode=RUN) as made:
        yield made.settled()


def test_a_picture_that_stands_still_verifies_nothing(bench: Bench) -> None:
    """K7: the dead master's last reply goes on saying Run; here it happens to say what was wanted."""
    for unit in bench.grid.units.values():
        unit.frozen = True
    command = bench.set_mode.cluster(RUN, ME)
    bench.run(32.0)
    ended = bench.log.get(command.id)
    assert ended.state == "timedOut"
    assert "E001" in str(ended.error)


def test_an_order_that_nobody_can_judge_ends_and_hides_no_other_one(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It stayed open for ever, and so did every older one."""

    def breaking(command: Command, *more: Any) -> Any:
        if command.unit_id == "E002":
            raise OverflowError("cannot convert float infinity to integer")
        return outcomes(command, *more)

    monkeypatch.setattr("main_controller.watching.verification.outcomes", breaking)
    older, newer = bench.set_mode.unit("E001", STOP, ME), bench.set_mode.unit("E002", STOP, ME)
    bench.run(40.0)
    assert bench.log.get(older.id).state == "verified"
    ended = bench.log.get(newer.id)
    assert (ended.state, ended.sent) == ("failed", True)
    assert "Looking whether it took effect failed in a way that nobody foresaw" in str(ended.error)


def drained(bench: Bench, command_id: str) -> object:
    """Whether no deal is left of this Soft Stop."""
    shown = bench.log.get(command_id).progress
    assert isinstance(shown, ModeShows)
    return shown.drained


def test_a_stale_unit_is_unconfirmed_and_makes_the_verdict_of_the_others_partial(bench: Bench) -> None:
    bench.unit("E003").there = False
    bench.run(6.0)
    command = bench.set_mode.cluster(SOFT, ME)
    bench.run(20.0)
    ended = bench.log.get(command.id)
    assert (ended.state, ended.units["E003"].state) == ("partlyVerified", "unconfirmed")


def test_one_live_unit_that_does_not_show_it_keeps_it_unverified(bench: Bench) -> None:
    command = bench.set_mode.unit("E002", STOP, ME)
    bench.unit("E002").local = None
    bench.run(62.0)
    ended = bench.log.get(command.id)
    assert (ended.state, ended.error) == ("timedOut", "Not seen in effect within 60 s: E002 shows nothing.")


def test_a_mode_seen_in_effect_is_no_longer_under_way(bench: Bench) -> None:
    command = bench.set_mode.cluster(SOFT, ME)
    bench.run(20.0)
    assert [one.in_effect for one in bench.log.effects.mode_effects() if one.command_id == command.id] == [True]


def test_a_soft_stop_is_followed_until_it_has_drained(bench: Bench) -> None:
    bench.set_grid(grid_master=True, deals=1)
    command = bench.set_mode.cluster(SOFT, ME)
    bench.run(20.0)
    assert bench.log.get(command.id).state == "verified"
    assert drained(bench, command.id) is False
    bench.set_grid(grid_master=False, deals=0)
    bench.run(1.0)
    assert drained(bench, command.id) is None, "no Grid Master: none is no answer (K7)"
    bench.unit("E001").status = "0x0041"
    bench.run(6.0)
    bench.set_grid(grid_master=True, deals=0)
    bench.run(1.0)
    assert drained(bench, command.id) is False, "K12: a deal leaves before its units show Wait"
    bench.unit("E001").status = "0x0000"
    bench.run(6.0)
    assert drained(bench, command.id) is True


def test_a_soft_stop_that_another_mode_replaced_is_not_followed(bench: Bench) -> None:
    bench.set_grid(grid_master=True, deals=1)
    command = bench.set_mode.cluster(SOFT, ME)
    bench.run(20.0)
    bench.set_mode.cluster(STOP, ME)
    bench.run(1.0)
    assert drained(bench, command.id) == "superseded"


def test_what_nobody_ordered_is_not_looked_at_and_ended_orders_stay_as_they_are(bench: Bench) -> None:
    before = bench.log.latest()
    bench.run(5.0)
    assert bench.log.latest() == before == []
    command = bench.set_mode.cluster(SOFT, ME)
    bench.run(20.0)
    told: list[CommandState] = []
    bench.log.listen(lambda old, new: told.append(new.state))
    bench.set_grid(grid_master=True, deals=0)
    bench.run(40.0)
    assert bench.log.get(command.id).state == "verified"
    assert told == []


def test_an_order_in_flight_is_not_judged_before_it_comes_back(bench: Bench) -> None:
    bench.grid.faults["heteronomous"] = Fault(hang=40.0)
    running = bench.hands.submit(bench.set_mode.cluster, SOFT, ME)
    bench.run(39.0)
    assert bench.log.latest()[0].state == "pending"
    bench.run(20.0)
    assert bench.log.get(running.result(5).id).state == "verified"
