"""The record of orders, their turns, and the one place where they are checked and entered (Z8b)."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from main_controller.domain.actor import person
from main_controller.domain.commands import Command, CommandState, ConverterEffect, ModeEffect
from main_controller.domain.modes import ConverterStatus, Mode
from main_controller.domain.orders import ConverterOrder
from main_controller.domain.scope import CLUSTER, Lane, Scope
from main_controller.errors import NotFound
from main_controller.store import command_log
from main_controller.store.command_log import CommandLog, TurnLost, Turns

PATIENCE = 5.0
ALL, ONE, OTHER = (Lane("converter", scope) for scope in (CLUSTER, Scope("E001"), Scope("E002")))
ORDER = ConverterOrder("E001", ConverterStatus.CHARGE, 350.0, 1.0)


def command(number: int, **more: Any) -> Command:
    at = datetime(2026, 5, 13, tzinfo=UTC)
    return Command(f"c{number}", ORDER, by=person("127.0.0.1"), at=at, entered=0.0, **more)


def converter(number: int, **more: Any) -> ConverterEffect:
    values: dict[str, Any] = {"status": ConverterStatus.CHARGE, "entered": float(number), **more}
    return ConverterEffect(f"c{number}", "E001", dvg=350.0, dig=1.0, **values)


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(8) as pool:
        yield pool


# The record


def test_ids_go_on_from_where_the_last_run_ended() -> None:
    log = CommandLog(first_number=41)
    assert [log.new_id(), log.new_id()] == ["c41", "c42"]


def test_listeners_are_told_what_was_before_and_after_and_nothing_of_what_did_not_change() -> None:
    log, told = CommandLog(), list[tuple[Any, Any]]()
    log.listen(lambda before, after: told.append((before and before.state, after.state)))
    log.enter(command(1))
    log.update("c1", state=CommandState.ACCEPTED)
    log.update("c1", state=CommandState.ACCEPTED)
    assert told == [(None, "pending"), ("pending", "accepted")]


@pytest.mark.parametrize("end", [state for state in CommandState if not state.open])
def test_an_ended_command_keeps_its_end_whatever_comes_late(end: CommandState) -> None:
    log = CommandLog()
    log.enter(command(1))
    log.update("c1", state=end, error="so it ended")
    after = log.update("c1", state=CommandState.ACCEPTED, error=None, ended_at=None, sent=True, note="late")
    assert (after.state, after.error, after.sent, after.note) == (end, "so it ended", True, "late")


def test_latest_is_newest_first_and_open_only_what_may_change() -> None:
    log = CommandLog()
    for number in (1, 2, 3):
        log.enter(command(number))
    log.update("c2", state=CommandState.FAILED)
    assert [one.id for one in log.latest()] == ["c3", "c2", "c1"]
    assert [one.id for one in log.open()] == ["c3", "c1"]
    assert log.get("c2").state is CommandState.FAILED
    with pytest.raises(NotFound, match="c9"):
        log.get("c9")


def test_the_oldest_ended_are_forgotten_and_no_open_one_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command_log, "KEPT_COMMANDS", 3)
    log = CommandLog()
    log.enter(command(1))
    for number in (2, 3, 4, 5):
        log.enter(command(number, state=CommandState.VERIFIED))
    assert [one.id for one in log.latest()] == ["c5", "c4", "c1"]
    for number in (6, 7, 8):
        log.enter(command(number))
    assert [one.id for one in log.open()] == ["c8", "c7", "c6", "c1"]


def test_waiting_for_an_end_wakes_with_it_and_gives_up_in_time(threads: ThreadPoolExecutor) -> None:
    log = CommandLog()
    log.enter(command(1))
    assert log.wait_ended("c1", 0.0).state is CommandState.PENDING
    waiting = threads.submit(log.wait_ended, "c1", PATIENCE)
    log.update("c1", state=CommandState.VERIFIED)
    assert waiting.result(PATIENCE).state is CommandState.VERIFIED


# What may be in force


def test_orders_that_were_or_may_have_been_sent_are_told_oldest_first_and_unsent_ones_never() -> None:
    log = CommandLog()
    for number, (returned, sent) in enumerate([(None, "unknown"), (5.0, True), (5.0, "unknown"), (5.0, False)]):
        log.note_converter(converter(number, returned=returned, sent=sent))
        log.note_mode(ModeEffect(f"c{number}", None, Mode.STOP, 1.0, returned=returned, sent=sent))  # type: ignore[arg-type]
    assert [one.command_id for one in log.converter_effects()["E001"]] == ["c0", "c1", "c2"]
    assert [one.command_id for one in log.mode_effects()] == ["c0", "c1", "c2"]


def test_an_order_that_came_back_replaces_its_own_record_and_no_other() -> None:
    """A Wait that follows an overtaken order carries the same command's id."""
    log = CommandLog()
    first = converter(1)
    follow = converter(1, status=ConverterStatus.WAIT)
    log.note_converter(first)
    log.note_converter(follow)
    log.note_converter(replace(first, returned=2.0, sent=True))
    kept = log.converter_effects()["E001"]
    assert [(one.status, one.returned) for one in kept] == [(ConverterStatus.CHARGE, 2.0), (ConverterStatus.WAIT, None)]
    log.note_mode(ModeEffect("c1", None, Mode.STOP, 1.0))
    log.note_mode(ModeEffect("c1", None, Mode.STOP, 1.0, returned=2.0, sent=True))
    assert [one.returned for one in log.mode_effects()] == [2.0]


def test_an_order_in_flight_is_never_forgotten_however_many_follow_it() -> None:
    log = CommandLog()
    log.note_converter(converter(0))
    log.note_mode(ModeEffect("c0", None, Mode.AUTONOMOUS, 0.0))
    for number in range(1, 200):
        log.note_converter(converter(number, status=ConverterStatus.WAIT, returned=1.0, sent=True))
        log.note_mode(ModeEffect(f"c{number}", None, Mode.STOP, 1.0, returned=1.0, sent=True))
    kept, modes = log.converter_effects()["E001"], log.mode_effects()
    assert (kept[0].command_id, modes[0].command_id) == ("c0", "c0")
    assert len(kept) == len(modes) == command_log.KEPT_ORDERS


# Check and entry are one step


def test_of_two_that_check_and_enter_at_once_the_second_sees_the_first(threads: ThreadPoolExecutor) -> None:
    """Two operators order a voltage reference each: one passes (Z8b)."""
    log = CommandLog()
    first_is_in, go_on = threading.Event(), threading.Event()

    def order(number: int, pause: Callable[[], object]) -> bool:
        with log.deciding():
            free = not log.converter_effects()
            pause()
            if free:
                log.note_converter(converter(number))
        return free

    def first_pause() -> None:
        first_is_in.set()
        assert go_on.wait(PATIENCE)

    first = threads.submit(order, 1, first_pause)
    assert first_is_in.wait(PATIENCE)
    second = threads.submit(order, 2, lambda: None)
    assert not second.done()
    go_on.set()
    assert [first.result(PATIENCE), second.result(PATIENCE)] == [True, False]


def test_records_and_stops_go_on_while_somebody_decides(threads: ThreadPoolExecutor) -> None:
    """Wait and stop wait for nobody (Z8)."""
    log = CommandLog()

    def stop() -> int:
        log.enter(command(1))
        log.note_converter(converter(1, status=ConverterStatus.WAIT))
        return log.stopping(ALL)

    with log.deciding():
        assert threads.submit(stop).result(PATIENCE) == 1


# Turns


def in_turn(
    turns: Turns, name: str, done: list[str], go: threading.Event, overtaken: Callable[[], bool] = lambda: False
) -> None:
    with turns.turn(ONE, name, timeout=PATIENCE, overtaken=overtaken):
        done.append(name)
        assert go.wait(PATIENCE)


def waiting(turns: Turns, count: int) -> None:
    """Until so many stand in the queue."""
    tick = threading.Event()
    for _ in range(500):
        if len(turns._queues.get(ONE, ())) >= count:
            return
        tick.wait(0.01)
    raise AssertionError("they never queued")


def test_turns_come_one_at_a_time_in_order_of_arrival(threads: ThreadPoolExecutor) -> None:
    turns, done = Turns(), list[str]()
    goes = [threading.Event() for _ in range(4)]
    running: list[Future[None]] = []
    for number, go in enumerate(goes):
        running.append(threads.submit(in_turn, turns, f"c{number}", done, go))
        waiting(turns, number + 1)
    for number, go in enumerate(goes):
        go.set()
        running[number].result(PATIENCE)
    assert done == ["c0", "c1", "c2", "c3"]
    assert turns._queues == {}


def test_turns_of_different_units_do_not_wait_for_each_other() -> None:
    turns = Turns()
    with (
        turns.turn(ONE, "c1", timeout=0.0, overtaken=lambda: False),
        turns.turn(OTHER, "c2", timeout=0.0, overtaken=lambda: False),
    ):
        pass


def test_a_stop_overtakes_all_that_wait_for_their_turn_and_whoever_holds_it_learns_of_it(
    threads: ThreadPoolExecutor,
) -> None:
    log, turns, done = CommandLog(), Turns(), list[str]()
    go = threading.Event()
    seen = log.stops(ALL, ONE)

    def overtaken() -> bool:
        return log.stops(ALL, ONE) != seen

    running = []
    for number in range(3):
        running.append(threads.submit(in_turn, turns, f"c{number}", done, go, overtaken))
        waiting(turns, number + 1)
    log.stopping(ONE)
    turns.wake()
    for queued in running[1:]:
        with pytest.raises(TurnLost, match="overtook"):
            queued.result(PATIENCE)
    assert overtaken(), "the one whose order is in flight follows it with a Wait"
    go.set()
    running[0].result(PATIENCE)
    assert done == ["c0"]


def test_a_turn_that_does_not_come_in_time_is_given_up_unsent_and_frees_its_place() -> None:
    turns = Turns()
    with (
        turns.turn(ONE, "c1", timeout=0.0, overtaken=lambda: False),
        pytest.raises(TurnLost, match="still under way"),
        turns.turn(ONE, "c2", timeout=0.01, overtaken=lambda: False),
    ):
        raise AssertionError("it had no turn")
    with turns.turn(ONE, "c3", timeout=0.0, overtaken=lambda: False):
        pass


def test_a_turn_is_given_back_whatever_fails_in_it() -> None:
    turns = Turns()
    with pytest.raises(ZeroDivisionError), turns.turn(ONE, "c1", timeout=0.0, overtaken=lambda: False):
        raise ZeroDivisionError
    assert turns._queues == {}


def test_stops_count_per_lane() -> None:
    log = CommandLog()
    assert log.stopping(ALL) == 1
    assert log.stopping(ONE) == 1
    assert (log.stops(ALL, ONE), log.stops(OTHER)) == (2, 0)


def test_what_holds_the_cluster_is_told_until_it_ends() -> None:
    log = CommandLog()
    assert log.held_by is None
    log.hold("c7")
    assert log.held_by == "c7"
    log.hold(None)
    assert log.held_by is None
