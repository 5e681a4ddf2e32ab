"""What may be true: an order that was or may have been sent counts until a reading that counts says otherwise (Z8b)."""

import itertools

import pytest

from main_controller.domain.commands import ConverterOrder
from main_controller.domain.freshness import UnitState
from main_controller.domain.modes import Mode, Word
from main_controller.domain.picture import believe, names, possible_current
from tests.domain.facts import LAG, NOW, answer, fact, never_seen, order, picture, reading, reference, silent

WAIT, CV, CHARGE, DISCHARGE = Word.WAIT, Word.VOLTAGE_REFERENCE, Word.CHARGE, Word.DISCHARGE


def test_with_no_order_the_reading_is_the_belief_and_with_no_reading_nothing_is_known() -> None:
    told = believe(reading(CV, dvg=350.0, dig=2.0), (), LAG)
    assert (set(told.words), set(told.dvgs), set(told.digs), told.source) == ({CV}, {350.0}, {2.0}, "reading")
    assert told.seen_at == NOW - 2.0
    nothing = believe(None, (), LAG)
    assert (set(nothing.words), nothing.seen_at) == ({None}, None)
    assert nothing.possibly_current_controlled, "an unknown word may be any"


@pytest.mark.parametrize(("after", "counts"), [(11.9, False), (12.0, True), (40.0, True)])
def test_a_reading_counts_only_from_the_lag_after_the_order_came_back(after: float, counts: bool) -> None:
    """Z6c: the boundary itself counts."""
    sent = order(CV, returned=900.0, sent=True, answer=None)
    told = believe(reading(WAIT, at=900.0 + after), [sent], LAG)
    assert told.surely(WAIT) is counts
    assert told.possibly(CV) is not counts


def test_an_order_in_flight_counts_whatever_is_read_meanwhile() -> None:
    told = believe(reading(WAIT, at=NOW), [order(CHARGE, entered=NOW - 60.0)], LAG)
    assert told.words == {WAIT, CHARGE}
    assert told.digs == {0.0, 1.0}


def test_every_order_must_be_covered_not_only_the_last() -> None:
    hanging = order(CV, entered=900.0)
    later = order(WAIT, entered=910.0, returned=911.0, sent=True, answer=answer(WAIT))
    told = believe(reading(WAIT, at=NOW), [hanging, later], LAG)
    assert told.words == {WAIT, CV}


def test_the_converters_own_answer_counts_at_once_together_with_what_was_ordered() -> None:
    sent = order(CV, returned=999.0, sent=True, answer=answer(CV, 350.0, 1.0))
    told = believe(reading(WAIT, at=998.0), [sent], LAG)
    assert (set(told.words), told.seen_at, told.source) == ({CV}, 999.0, "converter")
    contrary = order(CV, returned=999.0, sent=True, answer=answer(WAIT, 0.0, 0.0))
    assert believe(reading(WAIT, at=998.0), [contrary], LAG).words == {WAIT, CV}, "yes, and nothing happens yet"


def test_an_answer_without_a_known_word_leaves_both_open() -> None:
    sent = order(CV, returned=999.0, sent=True, answer=answer("0x7777"))
    assert believe(reading(WAIT, at=998.0), [sent], LAG).words == {CV, None}


def test_an_order_without_an_answer_leaves_the_old_state_and_the_new_one_open() -> None:
    sent = order(CHARGE, returned=999.0, sent="unknown")
    told = believe(reading(WAIT, at=998.0), [sent], LAG)
    assert (set(told.words), set(told.digs), set(told.dvgs)) == ({WAIT, CHARGE}, {0.0, 1.0}, {0.0, 350.0})


def test_a_wait_after_an_order_that_came_back_ends_it_by_its_answer() -> None:
    first = order(CV, entered=990.0, returned=991.0, sent=True, answer=answer(CV))
    stop = order(WAIT, entered=991.0, returned=992.0, sent=True, answer=answer(WAIT), dvg=0.0, dig=0.0)
    assert believe(reading(CV, at=985.0), [first, stop], LAG).words == {WAIT}


@pytest.mark.parametrize("answered", [True, False])
def test_of_two_orders_on_their_way_at_once_nobody_knows_which_was_heard_last(answered: bool) -> None:
    """A Wait that overtook an order in flight proves nothing about it, answered first or last."""
    overtaken = order(CV, entered=980.0, returned=991.0, sent="unknown", answer=answer(CV) if answered else None)
    stop = order(WAIT, entered=985.0, returned=992.0, sent=True, answer=answer(WAIT))
    assert believe(reading(WAIT, at=979.0), [overtaken, stop], LAG).words == {WAIT, CV}
    follow = order(WAIT, entered=991.0, returned=993.0, sent=True, answer=answer(WAIT))
    assert believe(reading(WAIT, at=979.0), [overtaken, stop, follow], LAG).words == {WAIT}


def test_an_unanswered_order_after_an_answered_one_stays_open() -> None:
    first = order(CV, entered=980.0, returned=981.0, sent=True, answer=answer(CV))
    stop = order(WAIT, entered=990.0, returned=995.0, sent="unknown")
    assert believe(reading(WAIT, at=979.0), [first, stop], LAG).words == {WAIT, CV}


def test_nothing_that_may_have_been_sent_is_ever_ruled_out_before_a_reading_counts() -> None:
    """The one property that every rule rests on, over all outcomes and orders of three orders."""
    for words, fates in itertools.product(
        itertools.product([WAIT, CV, CHARGE], repeat=3), itertools.product([True, False], repeat=3)
    ):
        orders: list[ConverterOrder] = [
            order(word, entered=980.0 + i, returned=980.5 + i, sent="unknown", answer=answer(word) if fate else None)
            for i, (word, fate) in enumerate(zip(words, fates, strict=True))
        ]
        told = believe(reading(DISCHARGE, at=979.0), orders, LAG)
        possible = {DISCHARGE}
        for one in orders:
            possible = {one.word} if one.answer is not None else possible | {one.word}
        assert told.words == possible, (words, fates)


def test_unwatched_is_what_is_not_live_and_not_surely_in_wait() -> None:
    """Z6a, K6."""
    assert silent("E001", CV).unwatched
    assert silent("E001", None).unwatched
    assert never_seen("E001").unwatched
    assert not silent("E001", WAIT).unwatched
    assert not reference().unwatched
    ordered = silent("E001", WAIT, orders=[order(CV, entered=900.0, returned=901.0, sent="unknown")])
    assert ordered.unwatched, "it may have been switched on just before it fell silent"


@pytest.mark.parametrize(("age", "fresh"), [(15.0, True), (15.1, False)])
def test_fresh_is_a_reading_of_at_most_the_limit(age: float, fresh: bool) -> None:
    assert fact("E001", age=age).fresh(15.0) is fresh
    assert not fact("E001", age=1.0, state=UnitState.SILENT).fresh(15.0)


def test_wait_is_confirmed_only_by_what_was_told_since() -> None:
    seen = fact("E001", age=2.0)
    assert seen.confirmed_wait(NOW - 2.0)
    assert not seen.confirmed_wait(NOW - 1.9)
    assert not never_seen("E001").confirmed_wait()
    assert not reference().confirmed_wait()


def test_the_mode_obeyed_is_what_the_unit_says_else_what_its_settings_give() -> None:
    assert fact("E001", mode=Mode.AUTONOMOUS, local=Mode.STOP, effective=None).obeys is Mode.STOP
    assert fact("E001", mode=Mode.AUTONOMOUS, effective=Mode.MANUAL).obeys is Mode.MANUAL
    assert fact("E001", mode=None, effective=None).obeys is None


def test_a_clusters_mode_change_concerns_every_unit_and_a_units_only_itself() -> None:
    shown = picture(fact("E001"), fact("E002"), pending_modes={"": (Mode.STOP,), "E001": (None,)})
    assert shown.pending_for("E001") == (Mode.STOP, None)
    assert shown.pending_for("E002") == shown.pending_for(None) == (Mode.STOP,)
    only = picture(fact("E001"), fact("E002"), pending_modes={"E001": (None,)})
    assert only.mode_pending("E001")
    assert not only.mode_pending("E002")
    assert not only.mode_pending(None)


def test_scope_is_one_unit_or_all_or_nobody() -> None:
    shown = picture(fact("E001"), silent("E002"))
    assert [one.id for one in shown.scope(None)] == ["E001", "E002"]
    assert [one.id for one in shown.scope("E002")] == ["E002"]
    assert shown.scope("E009") == []
    assert [one.id for one in shown.live] == ["E001"]


def test_the_current_that_may_flow_is_the_largest_that_cannot_be_ruled_out() -> None:
    changing = fact("E002", CHARGE, dig=0.5, orders=[order(CHARGE, returned=999.0, sent="unknown", dig=1.5)])
    assert possible_current([changing, fact("E003", CHARGE, dig=1.0), reference()], CHARGE) == 2.5
    assert possible_current([changing], DISCHARGE) == 0.0
    assert possible_current([fact("E002", None, dig=0.7)], DISCHARGE) == 0.7, "an unknown word may be that"
    assert possible_current([fact("E002", CHARGE, dig=None)], CHARGE) is None, "unknown is not none"


def test_many_names_are_cut() -> None:
    assert names(fact(f"E{i:03}") for i in range(1, 11)) == "E001, E002, E003, E004, E005, E006, E007, E008 and 2 more"
