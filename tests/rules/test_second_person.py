"""Who is the second person of an override, and what ends the waiting for one."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from main_controller.domain.actor import SCHEDULER, Actor, person, signed
from main_controller.domain.commands import Command, SecondPerson
from main_controller.domain.modes import ConverterStatus, Mode
from main_controller.domain.orders import ConverterOrder, ModeOrder, Order, StopAllOrder
from main_controller.rules.second_person import ran_out, stopped_by, why_not_ask, why_not_confirm, why_not_withdraw

AT = datetime(2026, 5, 13, tzinfo=UTC)
ANNA, BERT = person("10.0.0.3", "anna"), person("10.0.0.4", "bert")
CHARGE = ConverterOrder("E002", ConverterStatus.CHARGE, 350.0, 1.0)
WAITS = Command("c7", CHARGE, ANNA, AT, 100.0, second=SecondPerson(AT, 160.0, ("f",), ()))


def came(order: Order, at: float, *, pressed: float | None = None) -> Command:
    return Command("c8", order, BERT, AT, at, pressed=pressed)


@pytest.mark.parametrize("by", [person("10.0.0.3"), signed(person("10.0.0.3"), "anna"), SCHEDULER])
def test_nobody_without_an_account_asks_confirms_or_withdraws(by: Actor) -> None:
    assert why_not_ask(by) is not None
    assert why_not_confirm(WAITS, by) is not None
    assert why_not_withdraw(WAITS, by) is not None


def test_another_account_confirms_and_only_the_first_withdraws() -> None:
    assert why_not_ask(ANNA) is None
    assert why_not_confirm(WAITS, BERT) is None
    assert "another person" in str(why_not_confirm(WAITS, person("10.9.9.9", "anna"))), "whatever the machine"
    assert why_not_withdraw(WAITS, person("10.9.9.9", "anna")) is None
    assert why_not_withdraw(WAITS, BERT) is not None


@pytest.mark.parametrize(
    ("order", "ends"),
    [
        (StopAllOrder(), True),
        (ModeOrder(None, Mode.STOP), True),
        (ModeOrder("E009", Mode.STOP), True),
        (ConverterOrder("E009", ConverterStatus.WAIT, 0.0, 0.0), True),
        (ModeOrder(None, Mode.HETERONOMOUS), False),
        (ConverterOrder("E002", ConverterStatus.CHARGE, 350.0, 1.0), False),
    ],
)
def test_any_stop_wherever_ends_it_and_nothing_else_does(order: Order, ends: bool) -> None:
    assert (stopped_by(WAITS, [came(order, 101.0)]) is not None) is ends


def test_a_stop_of_before_ends_nothing_but_one_that_was_pressed_again_does() -> None:
    assert stopped_by(WAITS, [came(StopAllOrder(), 99.9)]) is None
    assert "c8 by bert (10.0.0.4)" in str(stopped_by(WAITS, [came(StopAllOrder(), 99.9, pressed=130.0)]))


def test_it_runs_out_after_its_time() -> None:
    assert ran_out(WAITS, 160.0) is None
    assert "within 60 s" in str(ran_out(WAITS, 160.1))
    assert ran_out(replace(WAITS, second=None), 1000.0) is None
