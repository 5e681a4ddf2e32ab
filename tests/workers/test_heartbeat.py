"""The dead man's switch: called while the loops run, and silent as soon as one stands still."""

from datetime import datetime, timedelta

import pytest

from main_controller.domain.timestamps import iso_utc
from main_controller.errors import ControllerError
from main_controller.sentence import foreign
from main_controller.workers.health import Health
from main_controller.workers.heartbeat import LATE, Heartbeat
from tests.notification.alarms import NOON


class Bench:
    def __init__(self) -> None:
        self.now = NOON
        self.health = Health(alive=True, last_run=iso_utc(NOON))
        self.calls = 0
        self.fault: ControllerError | None = None
        self.heartbeat = Heartbeat(self._call, {"alarms": lambda: self.health}, wall=self._wall)

    def _wall(self) -> datetime:
        return self.now

    def _call(self) -> None:
        self.calls += 1
        if self.fault is not None:
            raise self.fault


def test_it_is_called_while_the_loops_run() -> None:
    bench = Bench()
    bench.heartbeat.run_once()
    assert bench.calls == 1
    assert bench.heartbeat.troubles() == []


@pytest.mark.parametrize(
    "health",
    [
        Health(alive=False, last_run=iso_utc(NOON)),
        Health(alive=True, last_run=None),
        Health(alive=True, last_run=iso_utc(NOON - timedelta(seconds=LATE + 1))),
    ],
)
def test_it_is_silent_while_a_loop_stands_still(health: Health) -> None:
    bench = Bench()
    bench.health = health
    bench.heartbeat.run_once()
    assert bench.calls == 0


def test_that_it_is_not_taken_is_told() -> None:
    bench = Bench()
    bench.fault = ControllerError(foreign("hc.example answers with 500."))
    with pytest.raises(ControllerError):
        bench.heartbeat.run_once()
    (trouble,) = bench.heartbeat.troubles()
    assert (trouble.code, trouble.subject) == ("notificationFailed", "heartbeat")
    assert trouble.text == "The dead man's switch takes nothing: hc.example answers with 500."
    bench.fault = None
    bench.heartbeat.run_once()
    assert bench.heartbeat.troubles() == []
