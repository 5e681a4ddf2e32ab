"""A support bundle is there whole or not at all, and what hinders it is one sentence."""

import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from main_controller.store.backup import BackupFault, Places, back_up
from main_controller.store.database import Database
from main_controller.store.support_bundle import BundleFault, write_bundle

NOON = datetime(2026, 5, 13, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("year", "named"), [(1970, (1980, 1, 1, 0, 0, 0)), (2026, (2026, 5, 13, 12, 0, 0)), (2200, (2107, 1, 1, 0, 0, 0))]
)
def test_it_is_written_by_a_clock_that_is_wrong_too(tmp_path: Path, year: int, named: tuple[int, ...]) -> None:
    """A board that has no clock of its own, and no network, lives in 1970."""
    now, database = NOON.replace(year=year), tmp_path / "journal.sqlite3"
    with Database(database).writing():
        pass
    places = Places(database, tmp_path / "history.sqlite3", tmp_path / "schedules", tmp_path / "estop")
    write_bundle(tmp_path / "bundle.zip", {"a.txt": "a"}, now=now)
    back_up(places, tmp_path / "backup.zip", now=now)
    for name, entry in (("bundle.zip", "a.txt"), ("backup.zip", "journal.sqlite3")):
        with zipfile.ZipFile(tmp_path / name) as archive:
            assert archive.testzip() is None
            assert archive.getinfo(entry).date_time == named
            assert archive.getinfo(entry).external_attr >> 16 == 0o600


@pytest.mark.parametrize("name", ["n" * 300, "there.zip/below.zip", "nowhere/b.zip", "leads-nowhere.zip", "there.zip"])
def test_a_place_where_none_can_be_is_one_sentence(tmp_path: Path, name: str) -> None:
    (tmp_path / "there.zip").write_text("mine")
    (tmp_path / "leads-nowhere.zip").symlink_to(tmp_path / "x" / "y")
    database = tmp_path / "journal.sqlite3"
    with Database(database).writing():
        pass
    before = {path.name for path in tmp_path.iterdir()}
    places = Places(database, tmp_path / "history.sqlite3", tmp_path / "schedules", tmp_path / "estop")
    with pytest.raises(BundleFault, match=r"could not be written: .*\.$|is there already"):
        write_bundle(tmp_path / name, {"a.txt": "a"}, now=NOON)
    with pytest.raises(BackupFault, match=r"could not be written: .*\.$|is there already"):
        back_up(places, tmp_path / name, now=NOON)
    left = {path.name for path in tmp_path.iterdir()} - before
    assert {one for one in left if not one.startswith("journal.sqlite3-")} == set()
    assert (tmp_path / "there.zip").read_text() == "mine"
