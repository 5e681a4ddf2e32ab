"""What is a reason for an incident, of all that the program tells its journal and of its alarms."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from main_controller.alarms.alarm import Alarm, Member, Sign
from main_controller.alarms.book import Change, Transition
from main_controller.alarms.kinds import KINDS
from main_controller.sentence import say
from main_controller.settings import Settings
from main_controller.store.black_box import BlackBox, Shelf
from main_controller.store.incidents import Incidents, Pool
from main_controller.store.journal import OUTCOMES, JournalRow, Stage
from main_controller.wiring import incidents

NOON = datetime(2026, 5, 13, 12, 0, tzinfo=UTC)


def row(stage: Stage, order: str | None = "setDcdc", *, by: str = "anna", outcome: str = "") -> JournalRow:
    what = say("test.order", "{order} for E001", order=order)
    return JournalRow.of(
        NOON, "order", by=by, unit_id="E001", what=what, outcome=outcome or OUTCOMES.get(stage, ""), command_id="c7",
        order=order, stage=stage,
    )  # fmt: skip


@pytest.fixture
def kept(tmp_path: Path) -> Incidents:
    box = BlackBox(Shelf(tmp_path / "box", megabytes=10, hours=48), version="0", start="a", wall=lambda: NOON)
    return Incidents(
        Pool(tmp_path / "incidents" / "segments", megabytes=10), box, days=365, about=dict,
        rows=lambda begins, ends: [], wall=lambda: NOON,
    )  # fmt: skip


@pytest.mark.parametrize("stage", Stage)
def test_of_orders_those_that_failed_timed_out_or_were_contradicted(stage: Stage) -> None:
    found = incidents.reason_in(row(stage))
    wanted = stage in (Stage.FAILED, Stage.TIMED_OUT, Stage.CONTRADICTED)
    assert (found is not None) == wanted
    if found is not None:
        assert (found.kind, found.unit, found.ref, found.at) == ("order", "E001", "c7", NOON)
        assert str(found.sentence) == f"setDcdc for E001; {OUTCOMES[stage]}"
        assert found.sentence.code == "joined"


@pytest.mark.parametrize("stage", Stage)
def test_of_stop_all_that_it_came_and_how_it_ended_badly(stage: Stage) -> None:
    found = incidents.reason_in(row(stage, "stopAll"))
    kind = {Stage.CAME: "stop", Stage.FAILED: "order", Stage.TIMED_OUT: "order", Stage.CONTRADICTED: "order"}
    assert (None if found is None else found.kind) == kind.get(stage)


def test_of_the_estop_that_it_was_latched_and_not_that_it_was_reset() -> None:
    """It was told as the Stop all that it orders."""
    what = say("test.latched", "The E-stop is latched.")
    latched = JournalRow.of(NOON, "estop", by="anna", unit_id=None, what=what, after={"by": "anna"})
    found = incidents.reason_in(latched)
    assert found is not None
    assert (found.kind, str(found.sentence), found.by) == ("estop", "The E-stop is latched.", "anna")
    reset = JournalRow.of(NOON, "estop", by="anna", unit_id=None, what=what, before={"by": "anna"})
    assert incidents.reason_in(reset) is None


@pytest.mark.parametrize("stage", [Stage.FAILED, Stage.CAME])
def test_no_row_that_is_of_no_order(stage: Stage) -> None:
    assert incidents.reason_in(row(stage, None)) is None


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.code)
def test_of_alarms_those_of_priority_1_and_no_grid_master(kept: Incidents, kind: object) -> None:
    found = next(one for one in KINDS if one is kind)
    sign = Sign(say("test.sign", "it holds"))
    alarm = Alarm("a1", found, {"E001": Member(sign)}, began=NOON, since=NOON, changed=NOON)
    incidents.Reasons(kept).alarms([Transition(Change.RAISED, alarm, "E001")])
    wanted = found.priority == 1 or found.code == "noGridMaster"
    assert [one.reasons[0].kind for one in kept.all()] == ([found.code] if wanted else [])
    assert {"gridError", "unwatchedHardware"} <= {one.code for one in KINDS if one.priority == 1}


@pytest.mark.parametrize("change", Change)
def test_when_it_is_raised_and_not_when_it_is_read_or_over(kept: Incidents, change: Change) -> None:
    found = next(one for one in KINDS if one.code == "gridError")
    later = NOON + timedelta(minutes=3)
    alarm = Alarm("a1", found, {"": Member(Sign(say("test.sign", "it holds")))}, began=NOON, since=later, changed=later)
    incidents.Reasons(kept).alarms([Transition(change, alarm, "")])
    wanted = change in (Change.RAISED, Change.RAISED_AGAIN)
    assert [(one.reasons[0].at, one.reasons[0].unit) for one in kept.all()] == ([(later, None)] if wanted else [])


@pytest.mark.parametrize("off", [{"incidentdays": 0.0}, {"blackboxhours": 0.0}])
def test_where_they_or_the_black_box_are_off_there_is_no_place_for_them(off: dict[str, float]) -> None:
    assert incidents.pool_of(replace(Settings(), **off)) is None  # type: ignore[arg-type]
    assert incidents.pool_of(Settings()) is not None


def test_settings_are_told_without_secrets(tmp_path: Path) -> None:
    secrets = tmp_path / "secrets"
    secrets.write_text("127.0.0.1 bearer T0PS3CR3T-T0K3N\n", "utf-8")
    told = incidents.about_of(replace(Settings(), credentialsfile=secrets, title="T0PS3CR3T-T0K3N"))
    assert "T0PS3CR3T" not in str(told["settings"])
    assert told["settings"]["incidentmb"] == "2048"
