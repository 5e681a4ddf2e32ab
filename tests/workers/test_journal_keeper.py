"""The keeper prunes and names the head daily, and lets no wrong clock decide (M18)."""

import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from main_controller.errors import ControllerError
from main_controller.store.database import Database
from main_controller.store.journal import Journal
from main_controller.store.journal.heads import heads_in, heads_path
from main_controller.workers.journal_keeper import JournalKeeper

NOON = datetime(2026, 5, 13, 12, tzinfo=UTC)
LOGGER = "main_controller.workers.journal_keeper"


class Site:
    def __init__(self, path: Path) -> None:
        self.now = NOON
        self.database = Database(path)
        self.journal = Journal(self.database, wall=lambda: self.now)
        self.keeper = JournalKeeper(self.journal, path, keep_days=2, wall=lambda: self.now)

    def append(self, what: str) -> None:
        self.journal.append("order", by="x", unit_id=None, what=what)

    def run_once(self) -> None:
        """The writer, and then the keeper."""
        self.database.write_once()
        self.keeper.run_once()

    def whats(self) -> list[str]:
        return [row["what"] for row in self.journal.stream()]


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    site = Site(tmp_path / "journal.sqlite3")
    yield site
    site.database.close()


def test_the_head_is_in_the_log_and_in_the_file_of_heads_once_a_day(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "main_controller.workers.journal_keeper")
    site.append("row")
    for hours in (0, 6, 11, 12, 20, 37):
        site.now = NOON + timedelta(hours=hours)
        site.run_once()
    head = site.journal.head()
    line = f"journal head: row 1, hash {head.hash}, in {site.database.path}"
    assert [record.message for record in caplog.records] == [line] * 3
    days = ["2026-05-13T12", "2026-05-14T00", "2026-05-15T01"]
    assert heads_in(heads_path(site.database.path)) == [(f"{day}:00:00+00:00", head) for day in days]


def test_old_rows_are_pruned_once_a_day(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "main_controller.workers.journal_keeper")
    for day in range(4):
        site.now = NOON + timedelta(days=day)
        site.append(f"day {day}")
        site.run_once()
    assert site.whats() == ["day 1", "day 2", "day 3", "1 rows older than 2026-05-14 12:00 UTC were pruned."]
    assert "1 journal rows older than 2 days were pruned" in caplog.text
    assert site.journal.verify().ok


def test_a_day_that_could_not_be_pruned_is_tried_again(site: Site) -> None:
    site.append("old")
    site.now = NOON + timedelta(days=3.5)
    site.append("young")
    site.run_once()
    site.now = NOON + timedelta(days=5)
    with site.database.writing() as connection:
        connection.execute("CREATE TRIGGER stuck BEFORE DELETE ON journal BEGIN SELECT RAISE(ABORT, 'stuck'); END")
    with pytest.raises(ControllerError, match="stuck"):
        site.run_once()
    assert site.whats() == ["old", "young"]
    with site.database.writing() as connection:
        connection.execute("DROP TRIGGER stuck")
    site.run_once()
    assert site.whats() == ["young", "1 rows older than 2026-05-16 12:00 UTC were pruned."]


def test_a_clock_that_is_years_ahead_prunes_nothing(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    for day in range(3):
        site.now = NOON + timedelta(days=day)
        site.append(f"day {day}")
        site.run_once()
    site.now = NOON.replace(year=2106)
    site.append("started with a wrong clock")
    site.run_once()
    assert site.whats() == ["day 0", "day 1", "day 2", "started with a wrong clock"]
    [warned] = [record.message for record in caplog.records if record.levelno == logging.WARNING]
    assert "no journal row bears out that it is 2106-05-13 now" in warned


def days(site: Site, *offsets: int) -> None:
    for day in offsets:
        site.now = NOON + timedelta(days=day)
        site.append(f"day {day}")
        site.run_once()


def test_one_row_of_a_wrong_clock_keeps_nothing_from_being_pruned(site: Site) -> None:
    """M18: or one row of 2099 keeps every row after it for good."""
    site.append("day 0")
    site.now = NOON.replace(year=2099)
    site.append("day of 2099")
    site.database.write_once()
    days(site, 1, 2, 3, 4)
    assert [what for what in site.whats() if "pruned" not in what] == ["day 2", "day 3", "day 4"]
    assert site.journal.verify().ok


def test_rows_dated_after_now_are_named_once(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    site.now = NOON.replace(year=2099)
    site.append("day of 2099")
    site.database.write_once()
    days(site, 0, 1)
    said = [record.message for record in caplog.records if record.levelno == logging.WARNING]
    assert len(said) == 1
    assert said[0].startswith("1 journal rows are dated after now, the first is row 1 of 2099-05-13T12:00:00.000+00:00")


def test_a_clock_that_was_put_back_by_some_seconds_is_no_wrong_one(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    site.append("just now")
    site.now = NOON - timedelta(seconds=30)
    site.run_once()
    assert [record for record in caplog.records if record.levelno == logging.WARNING] == []


def test_a_file_of_heads_that_cannot_be_written_is_tried_again(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, LOGGER)
    site.append("row")
    heads = heads_path(site.database.path)
    heads.mkdir()
    with pytest.raises(ControllerError, match="cannot be written"):
        site.run_once()
    assert "journal head: row 1" in caplog.text, "the log has it all the same"
    heads.rmdir()
    site.run_once()
    assert len(heads_in(heads)) == 1
