"""Locks for maintenance: who may set one, when, and whom it binds."""

from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from datetime import datetime
from typing import Any

import pytest

from main_controller.domain.actor import SCHEDULER, person
from main_controller.domain.commands import Command
from main_controller.domain.modes import ConverterStatus, Mode
from main_controller.errors import ControllerError, NotFound, Refused
from main_controller.orders.locks import SetLock
from main_controller.sentence import foreign
from tests.assessment.units import ME
from tests.orders.bench import Bench, LockBook, open_bench

STOP = Mode.STOP


class Told:
    """What was journaled."""

    def __init__(self) -> None:
        self.rows: list[tuple[str, str, bool, bool]] = []
        self.commands: list[str | None] = []

    def __call__(self, by: str, scope: str, *, before: Any, after: Any, command_id: str | None = None) -> None:
        """As `locks.Told`."""
        self.rows.append((by, scope, before is not None, after is not None))
        self.commands.append(command_id)


class Locked:
    """A bench with the lock orders over it."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.told = Told()
        self.orders = SetLock(bench.desk, bench.book, told=self.told)


@pytest.fixture
def locked() -> Iterator[Locked]:
    with open_bench(mode=Mode.AUTONOMOUS) as made:
        made.unit("E001").local = STOP
        yield Locked(made.settled())


def test_who_is_logged_in_takes_off_its_own_and_an_engineer_anothers_for_a_reason(locked: Locked) -> None:
    anna, bert = person("10.0.0.5", "anna"), person("10.0.0.6", "bert")
    locked.orders.set("E001", "anna", "fuse", anna)
    for reason, engineer in (("", False), ("gone home", False), ("", True)):
        with pytest.raises(Refused, match="of anna: an engineer takes it off too, with a reason"):
            locked.orders.clear("E001", "bert", bert, reason=reason, engineer=engineer)
    freed = locked.orders.clear("E001", "bert", bert, reason="gone home", engineer=True)
    assert (str(freed.by), freed.order.content()) == ("bert (10.0.0.6)", {"name": "bert", "reason": "gone home"})
    locked.orders.set("E001", "anna", "fuse", anna)
    locked.orders.clear("E001", "anna", anna)
    assert locked.orders.all() == {}


def test_a_stopped_unit_is_locked_and_freed_by_its_name(locked: Locked) -> None:
    command = locked.orders.set("E001", "Aoki", "fuse", ME)
    assert (command.state, command.order.content()) == ("verified", {"name": "Aoki", "reason": "fuse"})
    assert locked.orders.all()["E001"]["name"] == "Aoki"
    with pytest.raises(Refused, match="locked already, by Aoki"):
        locked.orders.set("E001", "Sato", "", ME)
    freed = locked.orders.clear("E001", "Aoki", ME)
    assert freed.state == "verified"
    assert locked.orders.all() == {}
    assert locked.told.rows == [("me", "E001", False, True), ("me", "E001", True, False)]
    assert locked.told.commands == [command.id, freed.id], "one matter with its order, not one beside it"


def test_a_unit_must_be_seen_stopped_and_in_wait_first(locked: Locked) -> None:
    with pytest.raises(Refused, match="does not show local mode stop"):
        locked.orders.set("E002", "Aoki", "fuse", ME)
    locked.bench.unit("E001").status = str(ConverterStatus.CHARGE)
    locked.bench.run(6.0)
    with pytest.raises(Refused, match="not surely in Wait"):
        locked.orders.set("E001", "Aoki", "fuse", ME)
    locked.bench.unit("E001").there = False
    locked.bench.run(6.0)
    with pytest.raises(Refused, match="not live"):
        locked.orders.set("E001", "Aoki", "fuse", ME)
    with pytest.raises(NotFound):
        locked.orders.set("E009", "Aoki", "fuse", ME)
    assert (locked.orders.all(), locked.told.rows) == ({}, [])


def test_a_lock_waits_for_an_order_that_lifts_the_stop(locked: Locked) -> None:
    locked.bench.set_mode.unit("E001", None, person("two"))
    with pytest.raises(Refused, match="being changed"):
        locked.orders.set("E001", "Aoki", "fuse", ME)


def test_the_lock_stands_before_any_other_order_is_checked(locked: Locked) -> None:
    """Between the check and the disk no order slips through (Z8b)."""
    bench = locked.bench
    slipped: list[Future[Command]] = []

    class Slow(LockBook):
        def set(self, scope: str, name: str, reason: str, at: datetime) -> Mapping[str, Any]:
            slipped.append(bench.hands.beside(bench.set_mode.unit, "E001", None, person("two")))
            bench.hands.until(lambda: len(bench.log.latest()) == 2)
            return super().set(scope, name, reason, at)

    slow = Slow()
    bench.desk.locks = slow
    SetLock(bench.desk, slow, told=locked.told).set("E001", "Aoki", "fuse", ME)
    with pytest.raises(Refused, match="stays as it is"):
        slipped[0].result(5)
    assert bench.unit("E001").local is STOP


def test_the_cluster_can_be_locked_at_any_time_and_then_nothing_runs(locked: Locked) -> None:
    locked.bench.unit("E001").status = str(ConverterStatus.CHARGE)
    locked.bench.run(6.0)
    locked.orders.set(None, "Aoki", "storm", ME)
    with pytest.raises(Refused, match="The cluster is locked already, by Aoki"):
        locked.orders.set(None, "Aoki", "storm", ME)
    with pytest.raises(Refused, match="The cluster is locked by Aoki"):
        locked.bench.set_mode.cluster(Mode.AUTONOMOUS, ME)
    assert locked.bench.set_mode.cluster(STOP, ME).sent is True


def test_a_locked_unit_stays_stopped_whatever_is_ordered(locked: Locked) -> None:
    bench = locked.bench
    locked.orders.set("E001", "Aoki", "fuse", ME)
    for mode, by in ((None, ME), (Mode.HETERONOMOUS, SCHEDULER)):
        with pytest.raises(Refused, match="locked by Aoki"):
            bench.set_mode.unit("E001", mode, by)
    bench.unit("E001").local = None
    bench.run(6.0)
    with pytest.raises(Refused, match="does not show local mode stop"):
        bench.set_mode.cluster(Mode.AUTONOMOUS, person("two"))
    assert bench.set_mode.unit("E001", STOP, person("two")).sent is True
    assert bench.converter.wait("E001", person("two"))[0].sent is True


def test_a_lock_that_cannot_be_kept_is_not_set_and_one_that_cannot_be_removed_stands(locked: Locked) -> None:
    locked.bench.book.fault = ControllerError(foreign("the disk is full"))
    with pytest.raises(ControllerError, match="the disk is full"):
        locked.orders.set("E001", "Aoki", "fuse", ME)
    assert locked.bench.log.latest()[0].state == "failed"
    locked.bench.book.fault = None
    locked.orders.set("E001", "Aoki", "fuse", ME)
    locked.bench.book.fault = ControllerError(foreign("the disk is full"))
    with pytest.raises(ControllerError):
        locked.orders.clear("E001", "Aoki", ME)
    assert list(locked.orders.all()) == ["E001"]
    assert len(locked.told.rows) == 1
