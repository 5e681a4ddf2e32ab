"""What a converter answered is watched on until a reading tells (S8, S22)."""

from collections.abc import Iterator
from typing import Any

import pytest

from main_controller.domain.commands import CommandState
from main_controller.domain.modes import ConverterStatus, Mode
from main_controller.domain.orders import ConverterOrder
from main_controller.rules.evidence import shows_done
from main_controller.watching.answers import Answers
from tests.assessment.units import ME
from tests.orders.bench import Bench, open_bench

UP = ConverterOrder("E001", ConverterStatus.VOLTAGE_REFERENCE, 350.0, 2.3)
CONTRADICTED, VERIFIED = CommandState.CONTRADICTED, CommandState.VERIFIED


@pytest.fixture
def bench() -> Iterator[Bench]:
    with open_bench(mode=Mode.MANUAL) as made:
        yield made.settled()


def watch(bench: Bench, seconds: float) -> None:
    watcher = Answers(bench.desk)
    for _ in range(int(seconds)):
        bench.run(1.0)
        watcher.run_once()


def test_a_converter_that_answers_wait_and_goes_on_takes_the_verdict_back(bench: Bench) -> None:
    command, _ = bench.converter.wait("E001", ME)
    assert command.state is VERIFIED
    bench.unit("E001").status = str(ConverterStatus.VOLTAGE_REFERENCE)
    watch(bench, 11)
    assert bench.log.get(command.id).state is VERIFIED, "readings sooner prove nothing (Z6c)"
    watch(bench, 14)
    taken_back = bench.log.get(command.id)
    assert taken_back.state is CONTRADICTED
    assert "E001 shows voltage reference" in (taken_back.error or "")
    assert taken_back.units["E001"].shows == "0x0014"


def test_an_order_whose_converter_trips_a_moment_later_is_contradicted(bench: Bench) -> None:
    command, _ = bench.converter.order(UP, ME)
    bench.unit("E001").status = str(ConverterStatus.WAIT)
    watch(bench, 25)
    assert bench.log.get(command.id).state is CONTRADICTED


def test_a_set_point_that_was_not_taken_is_a_contradiction_too(bench: Bench) -> None:
    command, _ = bench.converter.order(UP, ME)
    bench.unit("E001").dig = 0.5
    watch(bench, 25)
    told = bench.log.get(command.id)
    assert told.state is CONTRADICTED
    assert "E001 shows voltage reference, set to 350 V and 0.5 A" in (told.error or "")


def test_a_reading_that_agrees_is_the_better_evidence(bench: Bench) -> None:
    command, _ = bench.converter.order(UP, ME)
    assert command.units["E001"].evidence == "converter"
    watch(bench, 20)
    told = bench.log.get(command.id)
    assert (told.state, told.units["E001"].evidence) == (VERIFIED, "reading")


def test_stop_all_done_by_answers_is_taken_back_by_readings_that_count(bench: Bench) -> None:
    command = bench.stop_all.order(ME)
    assert command.state is VERIFIED
    bench.unit("E001").status = str(ConverterStatus.CHARGE)
    watch(bench, 28)
    assert bench.log.get(command.id).state is VERIFIED, "telemetry counts late after a stop (K9)"
    watch(bench, 14)
    told = bench.log.get(command.id)
    assert told.state is CONTRADICTED
    assert told.units["E002"].evidence == "reading"


def test_what_was_read_before_a_stop_alls_late_wait_does_not_contradict_it(bench: Bench) -> None:
    """In Soft Stop Wait leaves after the grace time; readings between 30 s and that are from before it."""
    bench.grid.mode = Mode.HETERONOMOUS
    bench.unit("E003").status = str(ConverterStatus.DISCHARGE)
    bench.run(18)
    command = bench.stop_all.order(ME)
    assert (command.state, command.units["E003"].evidence) == (VERIFIED, "converter")
    Answers(bench.desk).run_once()
    assert bench.log.get(command.id).state is VERIFIED
    watch(bench, 60)
    told = bench.log.get(command.id)
    assert (told.state, told.units["E003"].evidence) == (VERIFIED, "reading")


def test_what_was_ordered_since_is_no_contradiction(bench: Bench) -> None:
    command, _ = bench.converter.wait("E001", ME)
    bench.run(5.0)
    later, _ = bench.converter.order(UP, ME)
    watch(bench, 30)
    assert bench.log.get(command.id).state is VERIFIED
    assert bench.log.get(later.id).state is VERIFIED


def test_after_run_is_ordered_a_working_converter_contradicts_no_stop(bench: Bench) -> None:
    command = bench.stop_all.order(ME)
    bench.run(1)
    bench.set_mode.cluster(Mode.AUTONOMOUS, ME)
    bench.unit("E001").status = str(ConverterStatus.CHARGE)
    watch(bench, 60)
    assert bench.log.get(command.id).state is VERIFIED


def test_a_unit_that_is_not_live_tells_nothing(bench: Bench) -> None:
    command, _ = bench.converter.wait("E001", ME)
    bench.unit("E001").status = str(ConverterStatus.CHARGE)
    bench.unit("E001").there = False
    watch(bench, 60)
    assert bench.log.get(command.id).state is VERIFIED


def test_an_order_that_nobody_can_judge_hides_no_other_one(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    older, _ = bench.converter.wait("E001", ME)
    bench.converter.wait("E002", ME)
    bench.unit("E001").status = str(ConverterStatus.VOLTAGE_REFERENCE)
    bench.run(45.0)
    newest = bench.log.latest()[0].order

    def breaking(order: Any, reading: Any) -> bool:
        if order is newest:
            raise OverflowError("cannot convert float infinity to integer")
        return shows_done(order, reading)

    monkeypatch.setattr("main_controller.watching.answers.shows_done", breaking)
    with pytest.raises(OverflowError):
        Answers(bench.desk).run_once()
    assert bench.log.get(older.id).state is CONTRADICTED
