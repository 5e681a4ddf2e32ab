"""`backup FILE` beside the running program, and `restore FILE` into another place, from which it starts."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.system.conftest import console_on
from tests.system.console import Console
from tests.system.fake_grid import FakeGrid


def asked(*words: str) -> tuple[int, str]:
    """The exit status of the program, and what it said."""
    done = subprocess.run(
        [sys.executable, str(ROOT / "startMain.py"), *words], capture_output=True, text=True, timeout=120
    )
    return done.returncode, done.stdout + done.stderr


def test_a_running_programs_backup_starts_elsewhere_with_its_rows_and_schedules(
    console: Console, grid: FakeGrid, tmp_path: Path
) -> None:
    origin = {"Origin": console.address.rstrip("/")}
    assert console.call("/setSchedule?operation=softStop&value=2099-01-01T00:00Z", "POST", headers=origin).status == 200
    file, data = tmp_path / "b.zip", tmp_path / "new"
    status, said = asked("backup", str(file), "--data", str(console.settings.data))
    assert (status, "b.zip holds journal.sqlite3" in said) == (0, True), said
    recordings = [console.settings.database.with_name(name) for name in ("incidents", "blackbox")]
    there = ", ".join(str(place) for place in recordings if place.is_dir())
    assert f"Not in it: {there}. " in said
    status, said = asked("restore", str(file), "--data", str(data))
    assert (status, "Look at locks" in said) == (0, True), said
    status, said = asked("restore", str(file), "--data", str(data))
    assert (status, "is there already" in said) == (2, True), said
    with console_on(grid, tmp_path / "console2", data=str(data)) as again:
        rows = again.get("/journal?limit=100")["rows"]
        assert "setSchedule" in [one["order"] for one in rows]
        assert [one["what"] for one in rows if one["kind"] == "start"], "the first program's own rows"
        assert list(again.schedules()) == ["-softStop"]


def test_over_a_running_program_nothing_is_put_back(console: Console, tmp_path: Path) -> None:
    file = tmp_path / "b.zip"
    assert asked("backup", str(file), "--data", str(console.settings.data))[0] == 0
    status, said = asked("restore", str(file), "--data", str(console.settings.data))
    assert status == 2
    assert "is in use by another program" in said


@pytest.mark.parametrize("content", [None, b"no archive"], ids=["no file", "no archive"])
def test_what_is_no_backup_leaves_not_even_a_folder(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "b.zip"
    if content is not None:
        file.write_bytes(content)
    there = sorted(tmp_path.rglob("*"))
    status, said = asked("restore", str(file), "--data", str(tmp_path / "site" / "data"))
    assert status == 2
    assert said.count("\n") == 1
    assert sorted(tmp_path.rglob("*")) == there


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["backup"], "backup needs the name of a file"),
        (["restore", ""], "restore needs the name of a file"),
        (["back", "x"], "is none of backup FILE, restore FILE, bundle FILE and user"),
        (["backup", "a", "b"], "is none of backup FILE, restore FILE, bundle FILE and user"),
    ],
)
def test_what_cannot_be_asked_is_said(words: list[str], why: str, tmp_path: Path) -> None:
    status, said = asked(*words, "--data", str(tmp_path))
    assert status == 2
    assert why in said
