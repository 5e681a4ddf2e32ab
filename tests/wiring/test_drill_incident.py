"""A drill is kept as an incident, in a file that outlives the simulation; whether that can be written is told."""

import os
import time
from datetime import UTC, datetime
from pathlib import Path
from unittest import mock

import pytest

from main_controller.settings import Settings
from main_controller.store.incidents import Incidents, Pool
from main_controller.wiring.drill_incident import DrillIncident

NOW = datetime(2026, 11, 27, 3, 12, 5, tzinfo=UTC)


@pytest.fixture
def incidents(tmp_path: Path) -> Incidents:
    """Those of a black box that holds nothing."""
    box = mock.Mock(loaded=True, fault=None, on_disk=lambda begins, ends: [], in_memory=lambda begins, ends: [])
    pool = Pool(tmp_path / "incidents" / "segments", megabytes=10)
    return Incidents(pool, box, days=1, about=dict, rows=lambda begins, ends: [], wall=lambda: NOW)


def test_it_is_kept_from_before_the_fault_on_and_written_beside_the_log(incidents: Incidents, tmp_path: Path) -> None:
    drill = DrillIncident("stuck-node", incidents, Settings(data=tmp_path))
    drill.keep(NOW)
    kept = incidents.all()[0]
    assert kept.begins < NOW < kept.ends
    assert [(one.kind, one.text) for one in kept.reasons] == [("drill", "Drill stuck-node: the fault was caused.")]
    file = tmp_path / "drills" / "20261127T031205Z-stuck-node.zip"
    assert list(drill.lines()) == [
        f"The incident i{kept.number} is kept in {file}.",
        f"Look at it again: ./startMain.py --replay {file}",
    ]
    assert file.is_file()


def test_it_says_how_this_program_is_called(incidents: Incidents, tmp_path: Path) -> None:
    folder = tmp_path / "my data"
    folder.mkdir()
    drill = DrillIncident("stuck-node", incidents, Settings(data=folder, command="apis-main-controller"))
    drill.keep(NOW)
    file = folder / "drills" / "20261127T031205Z-stuck-node.zip"
    assert list(drill.lines())[-1] == f"Look at it again: apis-main-controller --replay '{file}'"


def earlier(folder: Path, day: int, *, size: int, age: float = 0.0, name: str = "") -> Path:
    """The file of an earlier drill of November 2026, last written `age` days ago."""
    folder.mkdir(exist_ok=True)
    path = folder / (name or f"202611{day:02d}T031205Z-stuck-node.zip")
    with path.open("wb") as file:
        file.truncate(size)
    at = time.time() - age * 86_400
    os.utime(path, (at, at))
    return path


def test_those_of_earlier_drills_go_as_incidents_go(incidents: Incidents, tmp_path: Path) -> None:
    """After incidentdays, and the oldest where all together have no room in incidentmb; nobody's other file does."""
    folder = tmp_path / "drills"
    oldest, large, newer = (earlier(folder, day, size=4_000_000) for day in (1, 2, 3))
    old = earlier(folder, 4, size=10, age=3.1)
    other = earlier(folder, 5, size=20_000_000, age=100.0, name="mine.zip")
    drill = DrillIncident("stuck-node", incidents, Settings(data=tmp_path, incidentmb=10, incidentdays=3))
    drill.keep(NOW)
    assert "is kept in" in next(iter(drill.lines()))
    assert sorted(folder.iterdir()) == sorted([large, newer, other, folder / "20261127T031205Z-stuck-node.zip"])
    assert not old.exists()
    assert not oldest.exists()


def test_an_earlier_one_that_does_not_go_takes_nothing_from_the_new_one(incidents: Incidents, tmp_path: Path) -> None:
    (tmp_path / "drills" / "20261101T031205Z-stuck-node.zip").mkdir(parents=True)
    drill = DrillIncident("stuck-node", incidents, Settings(data=tmp_path, incidentdays=0.0))
    drill.keep(NOW)
    assert "is kept in" in next(iter(drill.lines()))


def test_a_file_that_cannot_be_written_is_told_with_why(incidents: Incidents, tmp_path: Path) -> None:
    (tmp_path / "drills").write_text("a file, where the folder would be")
    drill = DrillIncident("stuck-node", incidents, Settings(data=tmp_path))
    drill.keep(NOW)
    (line,) = drill.lines()
    assert "goes with the end of the simulation" in line
    assert line.endswith("cannot be written: File exists")


def test_where_no_incidents_are_kept_that_is_told(tmp_path: Path) -> None:
    drill = DrillIncident("stuck-node", None, Settings(data=tmp_path))
    drill.keep(NOW)
    assert list(drill.lines()) == ["No incident is kept: the setting incidentdays or blackboxhours is 0."]
    assert not (tmp_path / "drills").exists()
