"""What is done with one due schedule: Z12 word by word."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from main_controller.domain.modes import Mode
from main_controller.domain.schedule import UNKNOWN, ModeSeen, Operation, Schedule
from main_controller.rules.due import Action, Situation, decide

A, H, S, M = Mode.AUTONOMOUS, Mode.HETERONOMOUS, Mode.STOP, Mode.MANUAL
DUE = datetime(2026, 5, 13, 3, 0, tzinfo=UTC)
SET = DUE - timedelta(hours=1)
NOW = DUE + timedelta(seconds=3)
SOFT, FORCE, RUN = Operation.SOFT_STOP, Operation.FORCE_STOP, Operation.RUN


def schedule(operation: Operation, unit_id: str | None = None) -> Schedule:
    return Schedule(unit_id, operation, DUE, SET, "", 0)


def situation(seen: ModeSeen) -> Situation:
    return Situation(now=NOW, seen=seen, grid_master=True, grid_error=False)


@pytest.mark.parametrize(
    ("operation", "unit_id", "seen", "action"),
    [
        (SOFT, None, A, Action.SEND),
        (SOFT, None, H, Action.NOT_NEEDED),
        (SOFT, None, S, Action.NOT_NEEDED),
        (SOFT, None, M, Action.NOT_NEEDED),
        (SOFT, None, UNKNOWN, Action.WAIT),
        (FORCE, None, A, Action.SEND),
        (FORCE, None, H, Action.SEND),
        (FORCE, None, M, Action.SEND),
        (FORCE, None, S, Action.NOT_NEEDED),
        (FORCE, None, UNKNOWN, Action.SEND),
        (RUN, None, A, Action.NOT_NEEDED),
        (RUN, None, H, Action.SEND),
        (RUN, None, S, Action.MISSED),
        (RUN, None, M, Action.MISSED),
        (RUN, None, UNKNOWN, Action.WAIT),
        (SOFT, "E001", None, Action.SEND),
        (SOFT, "E001", H, Action.NOT_NEEDED),
        (SOFT, "E001", S, Action.NOT_NEEDED),
        (SOFT, "E001", UNKNOWN, Action.WAIT),
        (FORCE, "E001", None, Action.SEND),
        (FORCE, "E001", H, Action.SEND),
        (FORCE, "E001", S, Action.NOT_NEEDED),
        (FORCE, "E001", UNKNOWN, Action.SEND),
        (RUN, "E001", None, Action.NOT_NEEDED),
        (RUN, "E001", H, Action.SEND),
        (RUN, "E001", S, Action.SEND),
        (RUN, "E001", UNKNOWN, Action.WAIT),
    ],
)
def test_the_mode_seen_in_its_own_scope_decides(
    operation: Operation, unit_id: str | None, seen: ModeSeen, action: Action
) -> None:
    decision = decide(schedule(operation, unit_id), situation(seen))
    assert decision.action is action
    assert decision.sentence.endswith(".")


def test_a_stop_however_late_is_sent() -> None:
    for operation in (SOFT, FORCE):
        late = replace(situation(A), now=DUE + timedelta(days=3))
        assert decide(schedule(operation), late).action is Action.SEND


@pytest.mark.parametrize(
    ("change", "action"),
    [
        ({"now": DUE + timedelta(minutes=5)}, Action.SEND),
        ({"now": DUE + timedelta(minutes=5, seconds=1)}, Action.MISSED),
        ({"now": DUE + timedelta(minutes=6), "seen": UNKNOWN}, Action.MISSED),
        ({"grid_error": True}, Action.MISSED),
        ({"grid_error": None}, Action.WAIT),
        ({"grid_master": False}, Action.WAIT),
        ({"grid_master": None}, Action.WAIT),
        ({"person_at": SET + timedelta(minutes=1)}, Action.MISSED),
        ({"person_at": SET - timedelta(minutes=1)}, Action.SEND),
        ({"jumps": ((DUE - timedelta(minutes=9), NOW),)}, Action.MISSED),
        ({"jumps": ((DUE - timedelta(days=9), DUE - timedelta(days=8)),)}, Action.SEND),
        ({"busy": True}, Action.WAIT),
        ({"busy": True, "seen": S}, Action.WAIT),
        ({"busy": True, "seen": A}, Action.WAIT),
    ],
)
def test_a_run_acts_only_when_nothing_speaks_against_it(change: dict[str, object], action: Action) -> None:
    for unit_id in (None, "E001"):
        changed = replace(situation(H), **change)  # type: ignore[arg-type]
        if unit_id and changed.seen is A:
            changed = replace(changed, seen=None)
        assert decide(schedule(RUN, unit_id), changed).action is action


def test_a_run_that_was_sent_before_a_restart_is_not_sent_again() -> None:
    sent = replace(schedule(RUN), sent_at=NOW)
    assert decide(sent, replace(situation(H), sent_here=False)).action is Action.MISSED
    assert decide(sent, replace(situation(A), sent_here=False)).action is Action.NOT_NEEDED
    assert decide(sent, replace(situation(H), sent_here=True)).action is Action.SEND


def test_a_run_whose_file_is_dated_in_the_future_is_missed() -> None:
    assert decide(replace(schedule(RUN), set_at=NOW + timedelta(hours=1)), situation(H)).action is Action.MISSED
    assert decide(replace(schedule(RUN), set_at=NOW + timedelta(seconds=30)), situation(H)).action is Action.SEND


def test_a_mode_that_is_about_to_change_holds_a_soft_stop_back_and_never_a_force_stop() -> None:
    """Just after a person's Force Stop the units still show autonomous: a soft stop would override the stop."""
    for unsettled in ({"busy": True}, {"person_at": DUE - timedelta(seconds=2)}):
        for seen in (A, H, S, UNKNOWN):
            changed = replace(situation(seen), **unsettled)
            assert decide(schedule(SOFT), changed).action is Action.WAIT
            assert decide(schedule(FORCE), changed).action is Action.SEND
    settled = replace(situation(A), person_at=NOW - timedelta(seconds=31))
    assert decide(schedule(SOFT), settled).action is Action.SEND


def test_a_persons_order_after_its_time_clears_it() -> None:
    for operation in Operation:
        for seen in (A, H, S, M, UNKNOWN):
            assert decide(schedule(operation), replace(situation(seen), person_at=DUE)).action is Action.CLEARED


def test_a_persons_order_dated_in_the_future_clears_no_stop() -> None:
    """The clock was set back since: what came first cannot be told, and a stop is not lost for it."""
    ahead = replace(situation(A), person_at=NOW + timedelta(hours=1))
    assert decide(schedule(SOFT), ahead).action is Action.SEND
    assert decide(schedule(FORCE), ahead).action is Action.SEND
    assert decide(schedule(RUN), replace(ahead, seen=H)).action is Action.MISSED


def test_a_schedule_written_for_a_past_time_is_not_cleared_by_an_order_before_it_was_written() -> None:
    by_hand = replace(schedule(FORCE), set_at=NOW - timedelta(seconds=1))
    assert decide(by_hand, replace(situation(A), person_at=DUE + timedelta(seconds=1))).action is Action.SEND
