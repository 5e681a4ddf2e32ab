"""The watch of the alarms: what is kept, what persons do, what nobody can tell, and what a restart keeps (ISA-18.2)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from main_controller.alarms.alarm import AlarmState, Deed, Service
from main_controller.alarms.book import Transition
from main_controller.alarms.kinds import BY_CODE
from main_controller.alarms.situation import Situation, Trouble
from main_controller.assessment.grid_state import UnitAssessment
from main_controller.errors import BadRequest, ControllerError, NotFound
from main_controller.rules.bus_condition import Condition, ConditionKind
from main_controller.sentence import foreign
from main_controller.store.alarm_log import AlarmLog
from main_controller.store.database import Database
from main_controller.watching.alarm_services import AlarmServices
from main_controller.watching.alarm_watch import AlarmWatch
from tests.assessment.units import assessed, grid_of, silent
from tests.rules.working import CHARGE

NOON = datetime(2026, 5, 13, 3, 0, tzinfo=UTC)
CHARGED = Condition(ConditionKind.ABOVE_FULL, "E001", foreign("E001 is full"), foreign("no more"), 0.0, needs=("rsoc",))


class Bench:
    """A watch over a situation that the test makes, in a file that outlives it."""

    def __init__(self, path: Path, start: float = 0.0) -> None:
        self.now = start
        self.units: list[UnitAssessment] = [assessed("E001")]
        self.conditions: list[Condition] = []
        self.troubles: list[Trouble] = []
        self.database = Database(path)
        self.log = AlarmLog(self.database, wall=self.wall)
        self.services = AlarmServices(self.log, wall=self.wall)
        self.watch = AlarmWatch(
            self.situation, self.log, BY_CODE,
            clock=lambda: self.now, wall=self.wall, out_of_service=self.services.scopes,
        )  # fmt: skip
        self.told: list[str] = []
        self.watch.listen(self._tell)

    def wall(self) -> datetime:
        return NOON + timedelta(seconds=self.now)

    def situation(self) -> Situation:
        grid = replace(grid_of(*self.units), grid_master_known=True, error=False)
        return Situation(grid, self.conditions, troubles=self.troubles)

    def _tell(self, changes: Sequence[Transition]) -> None:
        self.told += [str(one.change) for one in changes]

    def run(self, seconds: int = 1) -> list[tuple[str, str]]:
        for _ in range(seconds):
            self.now += 1.0
            self.watch.run_once()
        self.database.write_once()
        return [(one.kind.code, str(one.state)) for one in self.watch.alarms()]


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    one = Bench(tmp_path / "journal.sqlite3")
    one.run(61)
    return one


def restarted(bench: Bench, after: float = 10.0) -> Bench:
    bench.database.close()
    again = Bench(bench.database.path, bench.now + after)
    again.units, again.conditions, again.troubles = bench.units, bench.conditions, bench.troubles
    return again


def deed(bench: Bench, text: str = "") -> Deed:
    return Deed("Sato", bench.wall(), text)


def test_a_unit_that_falls_silent_is_told_and_listened_to(bench: Bench) -> None:
    bench.units = [silent("E001")]
    assert bench.run(6) == [("unitSilent", "unacknowledged")]
    assert bench.told == ["raised"]


def test_the_gravest_stands_first(bench: Bench) -> None:
    bench.units = [silent("E001"), silent("E002", CHARGE)]
    assert [code for code, _ in bench.run(6)] == ["unwatchedHardware", "unitSilent"]


def test_what_a_person_does_is_kept_over_a_restart(bench: Bench) -> None:
    bench.units = [silent("E001")]
    bench.run(6)
    (alarm,) = bench.watch.alarms()
    bench.watch.acknowledge(alarm.id, deed(bench, "on my way"))
    again = restarted(bench)
    (kept,) = again.watch.alarms()
    assert (kept.id, kept.state, kept.acknowledged) == (alarm.id, AlarmState.ACKNOWLEDGED, deed(bench, "on my way"))
    assert again.run(90) == [("unitSilent", "acknowledged")]


def test_an_alarm_that_there_is_not(bench: Bench) -> None:
    with pytest.raises(NotFound):
        bench.watch.acknowledge("a99", deed(bench))


def test_a_disk_that_refuses_leaves_the_alarm_as_it_was(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.units = [silent("E001")]
    bench.run(6)
    (alarm,) = bench.watch.alarms()

    def refuse(*_: object) -> None:
        raise ControllerError(foreign("full"))

    monkeypatch.setattr(bench.log, "keep", refuse)
    with pytest.raises(ControllerError):
        bench.watch.acknowledge(alarm.id, deed(bench))
    assert [one.state for one in bench.watch.alarms()] == [AlarmState.UNACKNOWLEDGED]


def test_a_condition_whose_unit_is_heard_no_more_stands(bench: Bench) -> None:
    bench.units = [assessed("E001", figures=assessed("E001").figures._replace(rsoc=99.0))]
    bench.conditions = [CHARGED]
    bench.run(1)
    bench.conditions, bench.units = [], [silent("E001")]
    told = dict(bench.run(600))
    assert told["aboveFull"] == "unacknowledged"
    bench.units = [assessed("E001", figures=assessed("E001").figures._replace(rsoc=60.0))]
    assert dict(bench.run(40))["aboveFull"] == "returnedUnacknowledged"


def test_a_restart_ends_nothing_before_its_rules_have_had_their_time(bench: Bench) -> None:
    bench.conditions = [CHARGED]
    bench.run(1)
    bench.conditions = []
    again = restarted(bench)
    assert again.run(59) == [("aboveFull", "unacknowledged")]
    assert again.run(40) == [("aboveFull", "returnedUnacknowledged")]


def test_a_restart_goes_on_with_the_numbers(bench: Bench) -> None:
    bench.units = [silent("E001")]
    bench.run(6)
    again = restarted(bench)
    again.troubles = [Trouble("ownClock", "", foreign("set."))]
    again.run(1)
    assert {one.id for one in again.watch.alarms()} == {"a1", "a2"}


def test_what_is_out_of_service_is_told_when_that_ends(bench: Bench) -> None:
    until = bench.wall() + timedelta(seconds=60)
    bench.services.take_out(Service("E001", bench.wall(), until, deed(bench, "new battery")))
    bench.units = [silent("E001")]
    assert bench.run(10) == [("unitSilent", "outOfService")]
    assert bench.run(60) == [("unitSilent", "unacknowledged")]
    assert bench.services.all() == []


def test_out_of_service_outlives_a_restart_and_can_be_taken_back(bench: Bench) -> None:
    bench.services.take_out(Service("", bench.wall(), bench.wall() + timedelta(hours=1), deed(bench, "test")))
    again = restarted(bench)
    assert again.services.scopes() == [""]
    again.services.put_back("")
    assert again.services.scopes() == []
    with pytest.raises(NotFound):
        again.services.put_back("")


@pytest.mark.parametrize(
    ("since", "until"), [(0, 0), (60, 30), (-120, -60), (0, 93 * 86_400)], ids=["nothing", "back", "over", "too long"]
)
def test_out_of_service_has_times_that_make_sense(bench: Bench, since: int, until: int) -> None:
    at = bench.wall()
    with pytest.raises(BadRequest):
        bench.services.take_out(
            Service("E001", at + timedelta(seconds=since), at + timedelta(seconds=until), deed(bench, "why"))
        )
    assert bench.services.all() == []


def test_a_listener_hears_what_persons_do(bench: Bench) -> None:
    bench.units = [silent("E001")]
    bench.run(6)
    (alarm,) = bench.watch.alarms()
    bench.watch.shelve(alarm.id, deed(bench, "known"), 2.0)
    bench.watch.unshelve(alarm.id, deed(bench))
    assert bench.told == ["raised", "shelved", "unshelved"]
    changes: list[Any] = [(one.change, one.by) for one in bench.log.past(limit=1)[0].changes]
    assert changes == [("raised", None), ("shelved", "Sato"), ("unshelved", "Sato")]


def test_the_overview_follows_every_change_and_its_serial_grows_with_them_alone(bench: Bench) -> None:
    bench.run(3)
    quiet = bench.watch.overview
    bench.units = [silent("E001")]
    bench.run(6)
    raised = bench.watch.overview
    assert (raised.unacknowledged, raised.gravest, raised.by_unit) == (1, 3, {"E001": 3})
    assert raised.serial > quiet.serial
    bench.run(5)
    assert bench.watch.overview == raised
    bench.watch.acknowledge(bench.watch.alarms()[0].id, deed(bench))
    assert bench.watch.overview.unacknowledged == 0
    assert bench.watch.overview.serial == raised.serial + 1
