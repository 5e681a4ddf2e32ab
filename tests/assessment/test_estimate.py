"""What may be true: an order that was or may have been sent counts until a reading that counts says otherwise (Z8b)."""

import itertools

import pytest

from main_controller.assessment.estimate import estimate_of
from main_controller.domain.commands import ConverterEffect
from main_controller.domain.modes import ConverterStatus
from tests.assessment.units import LAG, NOW, answer, order, reading

WAIT, CV, CHARGE, DISCHARGE = (
    ConverterStatus.WAIT,
    ConverterStatus.VOLTAGE_REFERENCE,
    ConverterStatus.CHARGE,
    ConverterStatus.DISCHARGE,
)


def test_with_no_order_the_reading_is_the_belief_and_with_no_reading_nothing_is_known() -> None:
    told = estimate_of(reading(CV, dvg=350.0, dig=2.0), (), LAG)
    assert (set(told.statuses), set(told.dvgs), set(told.digs), told.source) == ({CV}, {350.0}, {2.0}, "reading")
    assert told.seen_at == NOW - 2.0
    nothing = estimate_of(None, (), LAG)
    assert (set(nothing.statuses), nothing.seen_at) == ({None}, None)
    assert nothing.possibly_current_controlled, "an unknown word may be any"


@pytest.mark.parametrize(("after", "counts"), [(11.9, False), (12.0, True), (40.0, True)])
def test_a_reading_counts_only_from_the_lag_after_the_order_came_back(after: float, counts: bool) -> None:
    """Z6c: the boundary itself counts."""
    sent = order(CV, returned=900.0, sent=True, answer=None)
    told = estimate_of(reading(WAIT, at=900.0 + after), [sent], LAG)
    assert told.surely(WAIT) is counts
    assert told.possibly(CV) is not counts


def test_an_order_in_flight_counts_whatever_is_read_meanwhile() -> None:
    told = estimate_of(reading(WAIT, at=NOW), [order(CHARGE, entered=NOW - 60.0)], LAG)
    assert told.statuses == {WAIT, CHARGE}
    assert told.digs == {0.0, 1.0}


def test_every_order_must_be_covered_not_only_the_last() -> None:
    hanging = order(CV, entered=900.0)
    later = order(WAIT, entered=910.0, returned=911.0, sent=True, answer=answer(WAIT))
    told = estimate_of(reading(WAIT, at=NOW), [hanging, later], LAG)
    assert told.statuses == {WAIT, CV}


def test_the_converters_own_answer_counts_at_once_together_with_what_was_ordered() -> None:
    sent = order(CV, returned=999.0, sent=True, answer=answer(CV, 350.0, 1.0))
    told = estimate_of(reading(WAIT, at=998.0), [sent], LAG)
    assert (set(told.statuses), told.seen_at, told.source) == ({CV}, 999.0, "converter")
    contrary = order(CV, returned=999.0, sent=True, answer=answer(WAIT, 0.0, 0.0))
    assert estimate_of(reading(WAIT, at=998.0), [contrary], LAG).statuses == {WAIT, CV}, "yes, and nothing happens yet"


def test_what_a_converter_told_since_its_answer_counts_in_its_place() -> None:
    """It answered Wait, and was read at work later: what it answered stands for nothing any more."""
    waits = order(WAIT, returned=900.0, sent=True, answer=answer(WAIT), seen=answer(CV, 350.0, 2.0), seen_at=950.0)
    told = estimate_of(reading(WAIT, at=950.0 + LAG - 0.1), [waits], LAG)
    assert (set(told.statuses), told.seen_at, told.source) == ({WAIT, CV}, 950.0, "converter")
    assert told.answered_at is None
    assert 2.0 in told.digs
    assert estimate_of(reading(WAIT, at=950.0 + LAG), [waits], LAG).surely(WAIT), "a reading that counts says otherwise"


def test_an_answer_without_a_known_word_leaves_both_open() -> None:
    sent = order(CV, returned=999.0, sent=True, answer=answer("0x7777"))
    assert estimate_of(reading(WAIT, at=998.0), [sent], LAG).statuses == {CV, None}


def test_an_order_without_an_answer_leaves_the_old_state_and_the_new_one_open() -> None:
    sent = order(CHARGE, returned=999.0, sent="unknown")
    told = estimate_of(reading(WAIT, at=998.0), [sent], LAG)
    assert (set(told.statuses), set(told.digs), set(told.dvgs)) == ({WAIT, CHARGE}, {0.0, 1.0}, {0.0, 350.0})


def test_a_wait_after_an_order_that_came_back_ends_it_by_its_answer() -> None:
    first = order(CV, entered=990.0, returned=991.0, sent=True, answer=answer(CV))
    stop = order(WAIT, entered=991.0, returned=992.0, sent=True, answer=answer(WAIT), dvg=0.0, dig=0.0)
    assert estimate_of(reading(CV, at=985.0), [first, stop], LAG).statuses == {WAIT}


@pytest.mark.parametrize("answered", [True, False])
def test_of_two_orders_on_their_way_at_once_nobody_knows_which_was_heard_last(answered: bool) -> None:
    """A Wait that overtook an order in flight proves nothing about it, answered first or last."""
    overtaken = order(CV, entered=980.0, returned=991.0, sent="unknown", answer=answer(CV) if answered else None)
    stop = order(WAIT, entered=985.0, returned=992.0, sent=True, answer=answer(WAIT))
    assert estimate_of(reading(WAIT, at=979.0), [overtaken, stop], LAG).statuses == {WAIT, CV}
    follow = order(WAIT, entered=991.0, returned=993.0, sent=True, answer=answer(WAIT))
    assert estimate_of(reading(WAIT, at=979.0), [overtaken, stop, follow], LAG).statuses == {WAIT}


def test_an_unanswered_order_after_an_answered_one_stays_open() -> None:
    first = order(CV, entered=980.0, returned=981.0, sent=True, answer=answer(CV))
    stop = order(WAIT, entered=990.0, returned=995.0, sent="unknown")
    assert estimate_of(reading(WAIT, at=979.0), [first, stop], LAG).statuses == {WAIT, CV}


def test_nothing_that_may_have_been_sent_is_ever_ruled_out_before_a_reading_counts() -> None:
    """The one property that every rule rests on, over all outcomes and orders of three orders."""
    for statuses, fates in itertools.product(
        itertools.product([WAIT, CV, CHARGE], repeat=3), itertools.product([True, False], repeat=3)
    ):
        orders: list[ConverterEffect] = [
            order(
                status, entered=980.0 + i, returned=980.5 + i, sent="unknown", answer=answer(status) if fate else None
            )
            for i, (status, fate) in enumerate(zip(statuses, fates, strict=True))
        ]
        told = estimate_of(reading(DISCHARGE, at=979.0), orders, LAG)
        possible = {DISCHARGE}
        for one in orders:
            possible = {one.status} if one.answer is not None else possible | {one.status}
        assert told.statuses == possible, (statuses, fates)
