"""How schedules ended is on the disk once, however often the disk refuses (Z12)."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from main_controller.domain.schedule import Operation
from main_controller.sentence import foreign
from main_controller.store import schedules as folder
from main_controller.store.schedule_results import ScheduleResults
from main_controller.store.schedules import Schedules
from main_controller.workers.scheduler.outcomes import DONE, FAILED, Outcomes

NOON = datetime(2026, 5, 13, 12, 0, tzinfo=UTC)


@pytest.fixture
def schedules(tmp_path: Path) -> Schedules:
    made = Schedules(tmp_path)
    made.put(None, Operation.SOFT_STOP, NOON)
    return made


def test_what_is_done_is_gone_and_what_failed_is_marked(schedules: Schedules) -> None:
    results = ScheduleResults()
    outcomes = Outcomes(schedules, results)
    (schedule,) = schedules.list()
    assert outcomes.end(schedule, FAILED, NOON, foreign("It did not take effect.")) is None
    (failed,) = schedules.list()
    assert failed.failure is not None
    assert failed.failure.sentence == "It did not take effect."
    assert outcomes.end(schedule, DONE, NOON, foreign("It is in effect.")) is None
    assert schedules.list() == ()
    assert [result.outcome for result in results.last()] == [FAILED, DONE]
    assert not outcomes.has(schedule)


def test_what_the_disk_refuses_has_ended_all_the_same_and_is_tried_again(
    schedules: Schedules, monkeypatch: pytest.MonkeyPatch
) -> None:
    results = ScheduleResults()
    outcomes = Outcomes(schedules, results)
    (schedule,) = schedules.list()
    with monkeypatch.context() as patch:

        def refuse(_: Path) -> None:
            raise OSError(30, "Read-only file system")

        patch.setattr(folder, "remove_whole", refuse)
        why = outcomes.end(schedule, DONE, NOON, foreign("It is in effect."))
        assert why is not None
        assert why.startswith("It has ended (done), but its file stands.")
        assert outcomes.save(schedule) == why
        outcomes.forget_all_but({schedule.stamp})
        assert outcomes.has(schedule)
    assert outcomes.save(schedule) is None
    assert schedules.list() == ()
    assert len(results.last()) == 1


def test_what_was_set_anew_is_not_taken_for_what_ended(schedules: Schedules, monkeypatch: pytest.MonkeyPatch) -> None:
    outcomes = Outcomes(schedules, ScheduleResults())
    (schedule,) = schedules.list()

    def refuse(_: Path) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(folder, "remove_whole", refuse)
    outcomes.end(schedule, DONE, NOON, foreign("It is in effect."))
    anew = schedules.put(None, Operation.SOFT_STOP, NOON)
    assert not outcomes.has(anew)
    outcomes.forget_all_but({anew.stamp})
    assert not outcomes.has(schedule)
