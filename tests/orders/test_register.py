"""The record of orders, their turns, and the one place where they are checked and entered (Z8b)."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest

from main_controller.domain.actor import person
from main_controller.domain.commands import Command, CommandState, ConverterEffect
from main_controller.domain.modes import ConverterStatus
from main_controller.domain.orders import ConverterOrder
from main_controller.domain.scope import CLUSTER, Lane, Scope
from main_controller.errors import NotFound
from main_controller.orders import register
from main_controller.orders.register import Register
from main_controller.orders.turns import Turns
from main_controller.sentence import foreign

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
    log = Register(first_number=41)
    assert [log.new_id(), log.new_id()] == ["c41", "c42"]


def test_listeners_are_told_what_was_before_and_after_and_nothing_of_what_did_not_change() -> None:
    log, told = Register(), list[tuple[Any, Any]]()
    log.listen(lambda before, after: told.append((before and before.state, after.state)))
    log.enter(command(1))
    log.update("c1", state=CommandState.ACCEPTED)
    log.update("c1", state=CommandState.ACCEPTED)
    assert told == [(None, "pending"), ("pending", "accepted")]


@pytest.mark.parametrize("end", [state for state in CommandState if not state.open])
def test_an_ended_command_keeps_its_end_whatever_comes_late(end: CommandState) -> None:
    log = Register()
    log.enter(command(1))
    log.update("c1", state=end, error=foreign("so it ended"))
    after = log.update("c1", state=CommandState.ACCEPTED, error=None, ended_at=None, sent=True, note=foreign("late"))
    assert (after.state, after.error, after.sent, after.note) == (end, "so it ended", True, "late")


def test_latest_is_newest_first_and_open_only_what_may_change() -> None:
    log = Register()
    for number in (1, 2, 3):
        log.enter(command(number))
    log.update("c2", state=CommandState.FAILED)
    assert [one.id for one in log.latest()] == ["c3", "c2", "c1"]
    assert [one.id for one in log.open()] == ["c3", "c1"]
    assert log.get("c2").state is CommandState.FAILED
    with pytest.raises(NotFound, match="c9"):
        log.get("c9")


def test_the_oldest_ended_are_forgotten_and_no_open_one_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(register, "KEPT_COMMANDS", 3)
    log = Register()
    log.enter(command(1))
    for number in (2, 3, 4, 5):
        log.enter(command(number, state=CommandState.VERIFIED))
    assert [one.id for one in log.latest()] == ["c5", "c4", "c1"]
    for number in (6, 7, 8):
        log.enter(command(number))
    assert [one.id for one in log.open()] == ["c8", "c7", "c6", "c1"]


def test_waiting_for_an_end_wakes_with_it_and_gives_up_in_time(threads: ThreadPoolExecutor) -> None:
    log = Register()
    log.enter(command(1))
    assert log.wait_ended("c1", 0.0).state is CommandState.PENDING
    waiting = threads.submit(log.wait_ended, "c1", PATIENCE)
    log.update("c1", state=CommandState.VERIFIED)
    assert waiting.result(PATIENCE).state is CommandState.VERIFIED


# Check and entry are one step


def test_of_two_that_check_and_enter_at_once_the_second_sees_the_first(threads: ThreadPoolExecutor) -> None:
    """Two operators order a voltage reference each: one passes (Z8b)."""
    log = Register()
    first_is_in, go_on = threading.Event(), threading.Event()

    def order(number: int, pause: Callable[[], object]) -> bool:
        with log.deciding():
            free = not log.effects.converter_effects()
            pause()
            if free:
                log.effects.note_converter(converter(number))
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
    log, turns = Register(), Turns()

    def stop() -> int:
        log.enter(command(1))
        log.effects.note_converter(converter(1, status=ConverterStatus.WAIT))
        return turns.stopping(ALL)

    with log.deciding():
        assert threads.submit(stop).result(PATIENCE) == 1


def test_the_newest_that_have_ended_are_told_newest_first_and_no_more_than_asked_for() -> None:
    log = Register()
    for number in (1, 2, 3, 4):
        log.enter(command(number))
    for number in (1, 3, 4):
        log.update(f"c{number}", state=CommandState.VERIFIED)
    assert [one.id for one in log.ended(2)] == ["c4", "c3"]
    assert [one.id for one in log.ended(9)] == ["c4", "c3", "c1"]
