"""A guided procedure that a kill interrupted is still known after the restart."""

from pathlib import Path

import pytest

from main_controller.errors import ControllerError
from main_controller.store.database import Database
from main_controller.store.running import RunningProcedures
from tests.store.disk import fill_up

RECORD = {"id": "c12", "from": "E001", "to": "E003", "current": 2.0, "step": "bus", "steps": [{"what": "家"}]}


@pytest.fixture
def database(tmp_path: Path) -> Database:
    return Database(tmp_path / "journal.sqlite3")


def test_a_saved_record_is_there_after_a_restart(database: Database) -> None:
    RunningProcedures(database).save(RECORD)
    assert RunningProcedures(Database(database.path)).load() == [RECORD]


def test_a_record_is_replaced_by_its_id_and_others_stand(database: Database) -> None:
    running = RunningProcedures(database)
    running.save(RECORD)
    running.save({"id": "c13"})
    running.save({**RECORD, "step": "current"})
    assert running.load() == [{**RECORD, "step": "current"}, {"id": "c13"}]


def test_records_of_another_kind_stand_apart(database: Database) -> None:
    running = RunningProcedures(database)
    running.save(RECORD)
    running.save({"id": "lease", "kind": "lease", "silent": 5.0})
    assert running.load() == [RECORD]
    assert [one["silent"] for one in running.load("lease")] == [5.0]


def test_a_removed_one_is_gone_and_removing_it_again_is_no_fault(database: Database) -> None:
    running = RunningProcedures(database)
    running.save(RECORD)
    running.remove("c12")
    running.remove("c12")
    assert RunningProcedures(Database(database.path)).load() == []


def test_a_full_disk_is_told_and_the_last_saved_step_stands(database: Database) -> None:
    running = RunningProcedures(database)
    running.save(RECORD)
    fill_up(database)
    with pytest.raises(ControllerError, match="the disk is full"):
        running.save({**RECORD, "steps": ["x" * 100_000]})
    assert running.load() == [RECORD]


@pytest.mark.parametrize("broken", ["{", "", "[1]", "null"])
def test_a_broken_record_hides_no_other_and_keeps_nobody_from_starting(database: Database, broken: str) -> None:
    running = RunningProcedures(database)
    running.save(RECORD)
    with database.writing() as connection:
        connection.execute("INSERT INTO running VALUES (?, ?)", ("c1", broken))
    assert running.load() == [RECORD]
