"""The self-check of a started program: what it is at once, what is read after, and what `--check-config` says."""

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

from tests.conftest import ROOT
from tests.system.conftest import console_on
from tests.system.console import Console, until
from tests.system.fake_grid import FakeGrid


def levels(console: Console) -> dict[str, str]:
    return {one["code"]: one["level"] for one in console.get("/selfcheck")["findings"]}


def looked(console: Console) -> dict[str, Any]:
    """The answer after the costly checks were made."""

    def answer() -> Any:
        found = console.get("/selfcheck")
        return found if found["checkedAt"] else None

    found: dict[str, Any] = until(answer, "the costly checks", 20)
    return found


def program(*words: str) -> tuple[int, str]:
    """The exit status of the program, and what it said."""
    done = subprocess.run(
        [sys.executable, str(ROOT / "startMain.py"), *words], capture_output=True, text=True, timeout=120
    )
    return done.returncode, done.stdout + done.stderr


def test_a_started_program_finds_itself_as_it_is(console: Console, tmp_path: Path) -> None:
    first = console.get("/selfcheck")
    assert first["checkedAt"] is None
    before = {one["code"]: one["level"] for one in first["findings"]}
    assert {before[code] for code in ("integrity", "journal", "witness")} == {"cannotTell"}
    found = {one["code"]: one for one in looked(console)["findings"]}
    ok = ("address", "readOnly", "schema", "kept", "clockJumps", "integrity", "journal", "witness")
    assert {code: found[code]["level"] for code in ok} == dict.fromkeys(ok, "ok"), found
    assert found["journal"]["seen"].startswith("The journal holds: ")
    assert (found["channels"]["level"], found["backup"]["level"]) == ("warning", "warning")
    file = tmp_path / "b.zip"
    assert program("backup", str(file), "--data", str(console.settings.data))[0] == 0
    backup = next(one for one in console.get("/selfcheck")["findings"] if one["code"] == "backup")
    assert (backup["level"], backup["remedy"]) == ("ok", None)
    assert str(file) in backup["seen"]
    file.chmod(0o666)
    assert levels(console)["files"] == "bad"
    page = console.call("/selfcheck.html")
    assert (page.status, b"js/selfcheck.js" in page.body) == (200, True)


def test_a_row_that_was_changed_is_found(grid: FakeGrid, tmp_path: Path) -> None:
    with console_on(grid, tmp_path / "console") as console:
        until(lambda: console.get("/journal")["rows"], "a row", 20)
        with closing(sqlite3.connect(console.settings.database, timeout=10)) as connection, connection:
            connection.execute("UPDATE journal SET what = 'nothing' WHERE id = 1")
        found = {one["code"]: one for one in looked(console)["findings"]}
        assert (found["journal"]["level"], found["integrity"]["level"]) == ("bad", "ok")
        assert "Row 1 does not follow" in found["journal"]["seen"]
        assert looked(console)["findings"][0]["level"] == "bad", "the gravest first"


def test_check_config_says_what_can_be_told_at_rest_and_writes_nothing(tmp_path: Path) -> None:
    data = tmp_path / "data"
    status, said = program("--check-config", "--data", str(data), "--b_host", "0.0.0.0", "--insecure")
    assert status == 0, said
    assert "bad: Address: It listens on 0.0.0.0 for whoever reaches that" in said
    assert "notice: Tables: There is no database yet: the first start makes it." in said
    assert "warning: Backup: No backup was made by this program" in said
    assert "Journal:" not in said, "of what runs nothing is said"
    assert not data.exists()


def test_check_config_of_a_simulation_judges_no_file_that_it_does_not_touch(tmp_path: Path) -> None:
    status, said = program("--check-config", "--data", str(tmp_path), "--simulate", "3")
    assert status == 0, said
    assert "Address: " in said
    assert not any(f" {name}: " in said for name in ("Files", "Tables", "Backup"))
