"""The steps of a guided procedure as data (N13)."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from main_controller.domain.transfer import ENDING, Step, Transfer, TransferState, interrupted
from main_controller.sentence import foreign, messages, say

NOON = datetime(2026, 5, 13, 12, tzinfo=UTC)
BEGUN = Transfer("c7", "E001", "E003", 2.0, 350.0, 2.3, "127.0.0.1", Step.REFERENCE_UP, 100.0)


def steps(transfer: Transfer) -> dict[str, str]:
    return {str(one.step): str(one.state) for one in transfer.steps}


def test_a_step_leaves_its_sentence_behind_and_the_next_begins() -> None:
    second = BEGUN.to(Step.BUS_STABLE, 110.0, foreign("E001 is up."))
    assert (second.step, second.since, second.notes) == (Step.BUS_STABLE, 110.0, {"referenceUp": "E001 is up."})
    assert BEGUN.notes == {}
    assert steps(second) == {
        "referenceUp": "done",
        "busStable": "running",
        "currentOn": "waiting",
        "sharing": "waiting",
        "currentOff": "waiting",
        "referenceDown": "waiting",
    }


def test_steps_that_the_safe_end_leaps_over_are_skipped() -> None:
    ending = BEGUN.to(Step.BUS_STABLE, 110.0, foreign("up")).to(Step.CURRENT_OFF, 120.0, foreign("stale"))
    assert steps(ending) == {
        "referenceUp": "done",
        "busStable": "done",
        "currentOn": "skipped",
        "sharing": "skipped",
        "currentOff": "running",
        "referenceDown": "waiting",
    }


@pytest.mark.parametrize(
    ("state", "shown"),
    [(TransferState.ENDED, "done"), (TransferState.FAILED, "failed"), (TransferState.CANCELLED, "cancelled")],
)
def test_the_last_step_says_how_it_ended(state: TransferState, shown: str) -> None:
    ended = replace(BEGUN.to(Step.REFERENCE_DOWN, 1.0, foreign("")), state=state)
    assert ended.over
    assert steps(ended)["referenceDown"] == shown
    assert not BEGUN.over


def test_no_step_of_one_that_ended_before_an_order_left_is_called_done() -> None:
    ended = replace(BEGUN, state=TransferState.ENDED, safe=True, reason=foreign("127.0.0.1 ended it."))
    assert set(steps(ended).values()) == {"skipped"}


def test_only_the_two_last_steps_are_the_end() -> None:
    assert tuple(Step)[-2:] == ENDING


def test_a_record_survives_a_kill_as_interrupted_and_as_touched() -> None:
    """Nobody knows whether an order had left when the process was killed."""
    kept: dict[str, Any] = json.loads(json.dumps(BEGUN.to(Step.BUS_STABLE, 110.0, foreign("up")).as_record()))
    back = interrupted(kept, 5.0)
    assert (back.state, back.touched, back.over, back.step, back.since) == (
        TransferState.INTERRUPTED,
        True,
        True,
        Step.BUS_STABLE,
        5.0,
    )
    assert (back.giver, back.taker, back.current, back.voltage, back.limit) == ("E001", "E003", 2.0, 350.0, 2.3)
    assert back.notes == {"referenceUp": "up"}
    assert "End it from here" in str(back.reason)
    assert steps(back)["busStable"] == "interrupted"


def test_a_record_of_an_older_version_is_read_and_one_of_now_keeps_its_limits() -> None:
    """A program that is brought up to date may have been killed amid a procedure."""
    limited = replace(BEGUN, minutes=10.0, wh=50.0, begun=NOON, current_since=NOON, page="p1")
    record: dict[str, Any] = json.loads(json.dumps(limited.as_record()))
    back = interrupted(record, 5.0)
    assert (back.minutes, back.wh, back.page, back.begun, back.current_since) == (10.0, 50.0, "p1", NOON, NOON)
    for name in ("minutes", "wh", "page", "begun", "currentSince", "notes"):
        del record[name]
    old = interrupted(record, 5.0)
    assert (old.minutes, old.wh, old.page, old.begun, old.current_since) == (None, None, None, None, None)


def test_what_the_steps_said_is_said_again_in_every_language() -> None:
    up = say("procedures.up", "{unit} is up.", unit="E001")
    record: dict[str, Any] = json.loads(json.dumps(BEGUN.to(Step.BUS_STABLE, 110.0, up).as_record()))
    (note,) = interrupted(record, 5.0).notes.values()
    assert (note, messages([note])) == ("E001 is up.", messages([up]))
    del record["messages"]  # as an older version kept it
    (note,) = interrupted(record, 5.0).notes.values()
    assert (note, messages([note])) == ("E001 is up.", [])


def test_when_it_ends_is_told_only_while_its_current_flows() -> None:
    on = replace(BEGUN, minutes=10.0, current_since=NOON, current_at=100.0)
    assert on.ends_at is None
    flowing = on.to(Step.SHARING, 100.0, foreign("on"))
    assert flowing.ends_at == NOON + timedelta(minutes=10)
    assert replace(flowing, minutes=None, wh=5.0).ends_at is None
    assert flowing.to(Step.CURRENT_OFF, 101.0, foreign("over")).ends_at is None
    assert replace(flowing, state=TransferState.INTERRUPTED).ends_at is None


def test_an_end_that_was_seen_is_done_though_the_procedure_failed() -> None:
    """An end by itself fails the order, not its own last step."""
    down = replace(BEGUN.to(Step.REFERENCE_DOWN, 1.0, foreign("")), state=TransferState.FAILED, safe=True)
    assert steps(replace(down, notes={"referenceDown": foreign("E001 is in Wait.")}))["referenceDown"] == "done"
    assert steps(replace(down, safe=False, notes={"referenceDown": foreign("not seen")}))["referenceDown"] == "failed"
