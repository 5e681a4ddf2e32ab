"""What became of the last schedules (Z5a, Z12)."""

import logging
from datetime import UTC, datetime

import pytest

from main_controller.domain.schedule import Operation, Schedule
from main_controller.sentence import foreign
from main_controller.store.schedule_results import KEPT, ScheduleResult, ScheduleResults

DUE = datetime(2026, 5, 13, 3, 0, tzinfo=UTC)
SCHEDULE = Schedule("E001", Operation.SOFT_STOP, DUE, DUE, "", 0)


def test_the_last_results_are_kept_oldest_first_and_handed_on() -> None:
    heard: list[ScheduleResult] = []
    results = ScheduleResults(heard.append)
    for number in range(KEPT + 5):
        results.add(ScheduleResult(SCHEDULE, "done", DUE, foreign(str(number))))
    assert [result.sentence for result in results.last()] == [str(number) for number in range(5, KEPT + 5)]
    assert len(heard) == KEPT + 5


def test_a_listener_that_fails_is_logged_and_the_result_kept(caplog: pytest.LogCaptureFixture) -> None:
    def full(_: ScheduleResult) -> None:
        raise OSError("disk full")

    results = ScheduleResults(full)
    with caplog.at_level(logging.ERROR):
        results.add(ScheduleResult(SCHEDULE, "done", DUE, foreign("")))
    assert len(results.last()) == 1
    assert "disk full" in caplog.text
