"""One schedule's order on its way (Z12, Z9b, Z8a)."""

import logging
from concurrent.futures import Future
from datetime import UTC, datetime
from typing import Literal

import pytest

from main_controller.domain.schedule import Operation, Schedule
from main_controller.errors import NotFound, Refused, Sent, UpstreamTimeout, UpstreamUnreachable
from main_controller.sentence import foreign
from main_controller.workers.flight import Flight, Progress
from main_controller.workers.scheduler_needs import OrderTicket

DUE = datetime(2026, 5, 13, 3, 0, tzinfo=UTC)


class Ticket:
    id = "c1"

    def __init__(self, outcome: Literal["pending", "inEffect", "notInEffect"] = "pending") -> None:
        self.said = outcome

    def outcome(self) -> Literal["pending", "inEffect", "notInEffect"]:
        return self.said


def flight() -> Flight:
    return Flight(Schedule(None, Operation.FORCE_STOP, DUE, DUE, "", 0), allowed=30.0, verdict_within=180.0)


def sent(made: Flight, *overtaken: Flight) -> "Future[OrderTicket]":
    future: Future[OrderTicket] = Future()
    made.launch(future, overtaken)
    return future


def test_an_order_is_sent_watched_and_found_in_effect() -> None:
    made, ticket = flight(), Ticket()
    assert made.progress(0.0, False) is Progress.TO_DECIDE
    future = sent(made)
    assert made.progress(0.0, False) is Progress.SENDING
    assert made.sending
    future.set_result(ticket)
    assert made.progress(15.0, False) is Progress.PENDING
    assert not made.sending
    assert made.under_way
    ticket.said = "inEffect"
    assert made.progress(20.0, False) is Progress.IN_EFFECT
    assert not made.under_way


def test_a_ticket_that_never_says_anything_is_not_in_effect_in_the_end() -> None:
    made = flight()
    sent(made).set_result(Ticket())
    assert made.progress(0.0, False) is Progress.PENDING
    assert made.progress(179.0, False) is Progress.PENDING
    assert made.progress(180.0, False) is Progress.NOT_IN_EFFECT
    assert made.sends == 1


def test_a_ticket_whose_order_is_forgotten_runs_out_too() -> None:
    class Forgotten(Ticket):
        def outcome(self) -> Literal["pending", "inEffect", "notInEffect"]:
            raise NotFound(foreign("There is no order c1."))

    made = flight()
    sent(made).set_result(Forgotten())
    assert made.progress(0.0, False) is Progress.PENDING
    assert made.progress(180.0, False) is Progress.NOT_IN_EFFECT


@pytest.mark.parametrize(
    "error", [UpstreamUnreachable(foreign("refused"), sent=False), Refused(foreign("another order"))]
)
def test_a_definite_not_sent_is_no_attempt(error: Exception) -> None:
    made = flight()
    sent(made).set_exception(error)
    assert made.progress(0.0, False) is Progress.NOT_SENT
    assert made.sends == 0
    assert made.progress(5.0, False) is Progress.TO_DECIDE


def test_an_order_cancelled_with_the_program_was_not_sent() -> None:
    made = flight()
    sent(made).cancel()
    assert made.progress(0.0, False) is Progress.NOT_SENT


@pytest.mark.parametrize("was_sent", ["unknown", True])
def test_an_order_that_may_have_arrived_is_given_its_time_to_show(was_sent: Sent) -> None:
    made = flight()
    sent(made).set_exception(UpstreamTimeout(foreign("no answer"), sent=was_sent))
    assert made.progress(100.0, False) is Progress.PENDING
    assert made.progress(129.0, False) is Progress.PENDING
    assert made.progress(130.0, False) is Progress.NOT_IN_EFFECT
    sent(made).set_exception(UpstreamTimeout(foreign("no answer"), sent=was_sent))
    assert made.progress(135.0, False) is Progress.PENDING
    assert made.progress(140.0, True) is Progress.IN_EFFECT
    assert made.sends == 2


def test_an_unexpected_fault_counts_as_perhaps_sent_and_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    made = flight()
    sent(made).set_exception(KeyError("bug"))
    with caplog.at_level(logging.ERROR):
        assert made.progress(0.0, False) is Progress.PENDING
        assert made.progress(5.0, False) is Progress.PENDING
    assert len(caplog.records) == 1
    assert caplog.records[0].exc_info is not None


def test_a_stop_that_overtook_an_order_in_flight_follows_it_once() -> None:
    run, stop = flight(), flight()
    slow = sent(run)
    sent(stop, run).set_result(Ticket("inEffect"))
    assert stop.progress(0.0, True) is Progress.PENDING, "the other order may still undo it"
    assert not stop.must_follow()
    slow.set_result(Ticket())
    assert stop.must_follow()
    assert not stop.must_follow()
    sent(stop).set_result(Ticket("inEffect"))
    assert stop.progress(5.0, True) is Progress.IN_EFFECT


def test_an_order_that_nobody_follows_lingers_until_its_effect_must_have_shown() -> None:
    made = flight()
    assert not made.lingers(0.0)
    future = sent(made)
    assert made.lingers(1000.0)
    future.set_result(Ticket())
    assert made.lingers(1000.0)
    assert made.lingers(1029.0)
    assert not made.lingers(1030.0)
