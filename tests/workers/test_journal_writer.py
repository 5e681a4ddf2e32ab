"""The writer puts rows on the disk as they come, says outages once, prunes and names the head daily."""

import logging
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from main_controller.errors import ControllerError
from main_controller.store.database import Database
from main_controller.store.journal import Journal
from main_controller.workers.journal_writer import JournalWriter
from tests.store.disk import fill_up, make_room

NOON = datetime(2026, 5, 13, 12, tzinfo=UTC)


class Site:
    def __init__(self, path: Path) -> None:
        self.now = NOON
        self.database = Database(path)
        self.journal = Journal(self.database, wall=lambda: self.now)
        self.writer = JournalWriter(self.journal, keep_days=2, wall=lambda: self.now)

    def append(self, what: str, size: int = 0) -> None:
        self.journal.append("order", by="x", unit_id=None, what=what, after="x" * size)

    def whats(self) -> list[str]:
        return [row["what"] for row in self.journal.stream()]


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    site = Site(tmp_path / "journal.sqlite3")
    yield site
    site.writer.stop(10)
    site.database.close()


def test_an_intent_is_written_at_once_not_at_the_next_beat(site: Site) -> None:
    site.writer.start()
    for number in range(20):  # with a row a second this would take 20 s and fail on its limit
        assert site.journal.append("intent", by="x", unit_id=None, what=str(number), wait=10)
    assert site.whats() == [str(number) for number in range(20)]


def test_many_orders_at_once_each_see_their_own_intent_written(site: Site) -> None:
    site.writer.start()
    answers: list[bool] = []

    def order(name: int) -> None:
        for number in range(10):
            what = f"{name}-{number}"
            answers.append(site.journal.append("intent", by="x", unit_id=None, what=what, wait=30))

    threads = [threading.Thread(target=order, args=(name,)) for name in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert answers == [True] * 80
    assert len(site.whats()) == 80
    assert site.journal.verify().ok


def test_stopping_writes_what_came_last(site: Site) -> None:
    site.writer.start()
    assert site.writer.stop(10)
    site.append("after its end")
    assert site.writer.stop(10)
    assert site.whats() == ["after its end"]
    assert not site.writer.health.alive


def test_stopping_one_that_never_started_writes_too(site: Site) -> None:
    site.append("early")
    assert site.writer.stop(1)
    assert site.whats() == ["early"]


def test_an_outage_is_said_when_it_starts_and_when_it_ends(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "main_controller.workers.health")
    site.writer.start()
    assert site.journal.append("order", by="x", unit_id=None, what="before", wait=10)
    fill_up(site.database)
    for number in range(3):
        assert not site.journal.append("intent", by="x", unit_id=None, what=str(number), after="x" * 100_000, wait=10)
    assert site.journal.fault is not None
    make_room(site.database)
    assert site.journal.append("intent", by="x", unit_id=None, what="again", wait=10)
    assert site.journal.fault is None
    assert site.writer.stop(10)
    said = [(record.levelno, record.message) for record in caplog.records]
    assert [level for level, _ in said] == [logging.ERROR, logging.INFO]
    assert said[0][1] == "journal fails: journal.sqlite3 cannot be written: the disk is full."
    assert "works again" in said[1][1]
    assert site.whats() == ["before", "0", "1", "2", "again"]


def test_stopping_on_a_full_disk_ends_and_says_that_not_all_is_written(site: Site) -> None:
    site.append("before")
    site.writer.run_once()
    fill_up(site.database)
    site.append("lost", size=100_000)
    assert site.writer.stop(10) is False
    assert site.journal.fault is not None
    make_room(site.database)


def test_the_head_is_in_the_log_once_a_day(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "main_controller.workers.journal_writer")
    site.append("row")
    for hours in (0, 6, 11, 12, 20, 37):
        site.now = NOON + timedelta(hours=hours)
        site.writer.run_once()
    head = site.journal.head()
    assert [record.message for record in caplog.records] == [f"journal head: row 1, hash {head.hash}"] * 3


def test_old_rows_are_pruned_once_a_day(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "main_controller.workers.journal_writer")
    for day in range(4):
        site.now = NOON + timedelta(days=day)
        site.append(f"day {day}")
        site.writer.run_once()
    assert site.whats() == ["day 1", "day 2", "day 3", "1 rows older than 2026-05-14T12:00:00.000+00:00 were pruned."]
    assert "1 journal rows older than 2 days were pruned" in caplog.text
    assert site.journal.verify().ok


def test_a_day_that_could_not_be_pruned_is_tried_again(site: Site) -> None:
    site.append("old")
    site.now = NOON + timedelta(days=3.5)
    site.append("young")
    site.writer.run_once()
    site.now = NOON + timedelta(days=5)
    with site.database.writing() as connection:
        connection.execute("CREATE TRIGGER stuck BEFORE DELETE ON journal BEGIN SELECT RAISE(ABORT, 'stuck'); END")
    with pytest.raises(ControllerError, match="stuck"):
        site.writer.run_once()
    assert site.whats() == ["old", "young"]
    with site.database.writing() as connection:
        connection.execute("DROP TRIGGER stuck")
    site.writer.run_once()
    assert site.whats() == ["young", "1 rows older than 2026-05-16T12:00:00.000+00:00 were pruned."]


def test_a_clock_that_is_years_ahead_prunes_nothing(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    for day in range(3):
        site.now = NOON + timedelta(days=day)
        site.append(f"day {day}")
        site.writer.run_once()
    site.now = NOON.replace(year=2106)
    site.append("started with a wrong clock")
    site.writer.run_once()
    assert site.whats() == ["day 0", "day 1", "day 2", "started with a wrong clock"]
    assert caplog.records[-1].levelno == logging.WARNING
    assert "no journal row bears out that it is 2106-05-13 now" in caplog.text
