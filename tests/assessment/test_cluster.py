"""The mode in force, the grid error, the Grid Master and the bus are told only as far as they can be told."""

from typing import Any

import pytest

from main_controller.assessment.cluster import (
    ModeInForce,
    grid_error,
    grid_master,
    grid_master_known,
    mode_in_force,
)
from main_controller.domain.commands import ModeEffect
from main_controller.domain.modes import Mode

RUN, SOFT, STOP, MANUAL = Mode.AUTONOMOUS, Mode.HETERONOMOUS, Mode.STOP, Mode.MANUAL


def order(mode: Mode, *, entered: float = 100.0, **changes: Any) -> ModeEffect:
    """A mode order to the cluster, sent and answered at once unless `changes` say otherwise."""
    fields = {"unit_id": None, "before": RUN, "returned": entered, "sent": True, **changes}
    return ModeEffect(command_id=f"c{entered}", mode=mode, entered=entered, **fields)


def mode(shown: list[Mode | None], *orders: ModeEffect, now: float = 105.0) -> ModeInForce:
    return mode_in_force(shown, orders, now=now, allowed=30.0)


def test_the_mode_is_what_all_live_units_show() -> None:
    assert mode([RUN, RUN]) == ModeInForce(RUN)
    assert mode([RUN, RUN]).status == "autonomous"


def test_there_is_no_mode_without_a_live_unit_that_tells_one() -> None:
    assert mode([]).status is None
    assert mode([None, None]).status is None


@pytest.mark.parametrize("shown", [[RUN, STOP], [RUN, None]])
def test_units_that_differ_without_a_reason_are_mixed(shown: list[Mode | None]) -> None:
    assert mode(shown) == ModeInForce(None, mixed=True)
    assert mode(shown).status == "mixed"


@pytest.mark.parametrize("sent", [True, "unknown"])
def test_while_our_change_is_under_way_the_mode_is_the_old_one(sent: Any) -> None:
    """Z5a, also when nobody knows whether the order left."""
    change = order(STOP, sent=sent)
    assert mode([RUN, RUN], change) == ModeInForce(RUN, pending=STOP)
    assert mode([RUN, STOP], change) == ModeInForce(RUN, pending=STOP)
    assert mode([STOP, STOP], change) == ModeInForce(STOP)


def test_after_the_time_allowed_units_that_still_differ_are_mixed() -> None:
    assert mode([RUN, STOP], order(STOP), now=130.0) == ModeInForce(RUN, pending=STOP)
    assert mode([RUN, STOP], order(STOP), now=130.1) == ModeInForce(None, mixed=True)


def test_an_order_in_flight_is_pending_however_long() -> None:
    assert mode([RUN, RUN], order(STOP, returned=None), now=999.0).pending is STOP


def test_an_order_that_was_not_sent_or_is_in_effect_is_not_pending() -> None:
    assert mode([RUN, RUN], order(STOP, sent=False)).pending is None
    assert mode([RUN, RUN], order(RUN, in_effect=True)).pending is None


def test_an_order_to_one_unit_is_no_change_of_the_cluster() -> None:
    assert mode([RUN, STOP], order(STOP, unit_id="E001")) == ModeInForce(None, mixed=True)


def test_a_third_mode_is_not_explained_by_a_change() -> None:
    assert mode([RUN, MANUAL], order(STOP)) == ModeInForce(None, mixed=True, pending=STOP)


def test_two_changes_on_top_of_each_other_are_the_old_mode_and_the_newest() -> None:
    changes = order(STOP, entered=100.0), order(MANUAL, entered=102.0)
    assert mode([RUN, STOP, MANUAL], *changes) == ModeInForce(RUN, pending=MANUAL)


def test_an_old_mode_that_no_unit_shows_any_more_is_not_told_again() -> None:
    """Soft Stop was seen at all units before Manual began to show, and Manual was given before that: never "Run"."""
    changes = order(SOFT, entered=100.0), order(MANUAL, entered=102.0)
    assert mode([SOFT, SOFT], *changes) == ModeInForce(SOFT, pending=MANUAL)
    assert mode([SOFT, MANUAL], *changes) == ModeInForce(SOFT, pending=MANUAL)


def test_an_order_replaced_by_one_in_effect_is_over_unless_it_is_still_in_flight() -> None:
    done = order(STOP, entered=102.0, in_effect=True)
    assert mode([STOP, STOP], order(RUN, sent="unknown"), done).pending is None
    assert mode([STOP, STOP], order(RUN, returned=None), done).pending is RUN


def test_a_grid_master_is_known_only_while_unit_ids_names_members() -> None:
    """Z6, K7: a dead master's last reply goes on claiming it."""
    assert (grid_master_known(("E001",)), grid_master_known(()), grid_master_known(None)) == (True, False, None)
    assert grid_master(("E001",), "E001") == "E001"
    assert grid_master((), "E001") is None
    assert grid_master(None, "E001") is None


def error(**changes: Any) -> bool | None:
    told: dict[str, Any] = {"active": False, "error": None, "inactive_answers": 2, "mode": RUN, "last_change_at": None}
    return grid_error(**{**told, **changes}, now=100.0)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, True),
        ({"mode": SOFT}, True),
        ({"inactive_answers": 1}, False),
        ({"active": True, "inactive_answers": 0}, False),
        ({"mode": STOP}, False),
        ({"mode": MANUAL}, False),
        ({"last_change_at": 85.0}, False),
        ({"last_change_at": 84.9}, True),
        ({"mode": None}, None),
        ({"error": "(NO_HANDLERS,-1)"}, None),
        ({"active": None}, None),
    ],
)
def test_a_grid_error_is_told_only_where_nothing_else_explains_it(changes: Any, expected: bool | None) -> None:
    """Z6, K10: two answers in a row, a sharing mode, no change in the last 15 s; "cannot tell" is None."""
    assert error(**changes) is expected
