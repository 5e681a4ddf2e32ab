"""What somebody or a bad disk changed in the database keeps the program from nothing, least of all from stopping."""

import sqlite3
from pathlib import Path

import pytest

from tests.system.conftest import console_on
from tests.system.console import Console
from tests.system.fake_grid import FakeGrid

ROW = (
    "INSERT INTO journal(id, at, kind, by, unit_id, what, after, outcome, command_id, hash, order_name, stage) VALUES "
)
DAMAGES = {
    "a version below all": "PRAGMA user_version = -5",
    "an id of bytes": "INSERT INTO known_units(unit_id, word) VALUES (x'00ff', '0x0014')",
    "a status of bytes": "INSERT INTO known_units(unit_id, word, dvg) VALUES ('E001', x'ff', 'abc')",
    "no date": "INSERT INTO known_units(unit_id, acknowledged_by, acknowledged_at) VALUES ('E1', 'b', 'no')",
    "no number": "UPDATE counters SET value = 'abc'",
    "an intent of bytes": ROW + "(99, x'00', x'00', x'00', x'00', x'00', '{', '', x'63', 'h', x'00', 'intent')",
    "an intent for nothing": ROW
    + """(99, 'x', 'intent', 'b', 'E1', 'w', '{"word": {}}', '', 'c9', 'h', 'o', 'intent')""",
    "a row without a date": ROW
    + "(99, '0x', 'order', 'b', NULL, 'w', NULL, '', 'c9', 'h', 'setOperationMode', 'verified')",
}


@pytest.mark.parametrize("damage", list(DAMAGES))
def test_a_damaged_file_keeps_nobody_from_starting_and_stopping(tmp_path: Path, damage: str) -> None:
    with FakeGrid() as grid, console_on(grid, tmp_path) as console:
        file = console.settings.database
    connection = sqlite3.connect(file, isolation_level=None)
    connection.execute("DELETE FROM known_units WHERE unit_id = 'E001'")
    connection.execute(DAMAGES[damage])
    connection.close()
    with FakeGrid() as grid, console_on(grid, tmp_path) as console:
        assert console.call("/").status == 200
        assert console.call("/journal").status in (200, 503)
        assert console.call("/stopAll", "POST", form="", timeout=60).status in (200, 502)
        assert "GET /set/dcdc/E001?mode=0x0000&dvg=0&dig=0" in grid.sent


def test_a_unit_whose_row_is_damaged_is_a_member_all_the_same(tmp_path: Path) -> None:
    """It may hold the bus: nobody knows."""
    with FakeGrid() as grid, console_on(grid, tmp_path) as console:
        file = console.settings.database
    connection = sqlite3.connect(file, isolation_level=None)
    connection.execute("INSERT INTO known_units(unit_id, word, dvg) VALUES ('E009', x'ff', 'abc')")
    connection.close()
    with FakeGrid() as grid, Console(tmp_path, **grid.settings) as console:
        unit = console.status["units"]["E009"]
        assert (unit["state"], unit["lastWord"], unit["unwatched"]) == ("silent", None, True)
