"""`backup FILE` beside the running program, and `restore FILE` into another place, from which it starts."""

from pathlib import Path

import pytest

from main_controller.wiring import controller as program
from tests.system.conftest import console_on
from tests.system.console import Console
from tests.system.fake_grid import FakeGrid


def asked(*words: str) -> int:
    return program.main({}, list(words))


def test_a_running_programs_backup_starts_elsewhere_with_its_rows_and_schedules(
    console: Console, grid: FakeGrid, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    origin = {"Origin": console.address.rstrip("/")}
    assert console.call("/setSchedule?operation=softStop&value=2099-01-01T00:00Z", "POST", headers=origin).status == 200
    file, data = tmp_path / "b.zip", tmp_path / "new"
    assert asked("backup", str(file), "--data", str(console.settings.data)) == 0
    assert "b.zip holds journal.sqlite3" in capsys.readouterr().out
    assert asked("restore", str(file), "--data", str(data)) == 0
    assert "Look at locks" in capsys.readouterr().out
    assert asked("restore", str(file), "--data", str(data)) == 2
    assert "is there already" in capsys.readouterr().err
    with console_on(grid, tmp_path / "console2", data=str(data)) as again:
        rows = again.get("/journal?limit=100")["rows"]
        assert "setSchedule" in [one["order"] for one in rows]
        assert [one["what"] for one in rows if one["kind"] == "start"], "the first program's own rows"
        assert list(again.schedules()) == ["-softStop"]


def test_over_a_running_program_nothing_is_put_back(
    console: Console, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "b.zip"
    assert asked("backup", str(file), "--data", str(console.settings.data)) == 0
    assert asked("restore", str(file), "--data", str(console.settings.data)) == 2
    said = capsys.readouterr().err
    assert "is in use by" in said or "is there already" in said


@pytest.mark.parametrize("words", [["backup"], ["restore"], ["back", "x"], ["backup", "a", "b"]])
def test_what_cannot_be_asked_is_said(words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        asked(*words, "--data", str(tmp_path))
    assert ended.value.code == 2
    assert "is none of backup FILE and restore FILE" in capsys.readouterr().err
