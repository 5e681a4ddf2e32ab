"""The writer puts on the disk what comes, says outages once, and sees that the file was replaced (M16)."""

import logging
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from main_controller.store.database import Database
from main_controller.store.journal import Journal
from main_controller.workers.database_writer import DatabaseWriter
from tests.store.disk import fill_up, make_room

NOON = datetime(2026, 5, 13, 12, tzinfo=UTC)


class Site:
    def __init__(self, path: Path) -> None:
        self.database = Database(path)
        self.journal = Journal(self.database, wall=lambda: NOON)
        self.writer = DatabaseWriter(self.database, wall=lambda: NOON)

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
    assert said[0][1] == "database fails: journal.sqlite3 cannot be written: the disk is full."
    assert "works again" in said[1][1]
    assert site.whats() == ["before", "0", "1", "2", "again"]


def test_what_is_only_the_latest_is_written_at_once_too_though_no_row_comes(site: Site) -> None:
    """Known units do not wait for the journal."""
    site.writer.start()
    written = threading.Event()

    def kept() -> bool:
        with site.database.reading() as connection:
            return bool(connection.execute("SELECT count(*) FROM running").fetchone()[0])

    site.database.latest.put("a", "INSERT INTO running VALUES (?, ?)", ("a", "{}"))
    site.database.rouse()
    for _ in range(200):
        if kept():
            break
        written.wait(0.05)
    assert kept()


def test_a_write_that_no_table_takes_holds_up_no_row(site: Site) -> None:
    site.database.latest.put("a", "INSERT INTO nowhere VALUES (?)", ("a",))
    site.writer.start()
    assert site.journal.append("intent", by="x", unit_id=None, what="goes on", wait=10)
    assert site.whats() == ["goes on"]


def test_a_file_that_was_removed_is_told_within_a_beat_though_nothing_is_written(site: Site, tmp_path: Path) -> None:
    told = threading.Event()
    site.database.replaced_is_told(lambda sentence: told.set())
    site.writer.start()
    assert site.journal.append("order", by="x", unit_id=None, what="before", wait=10)
    for file in tmp_path.glob("journal.sqlite3*"):
        file.unlink()
    assert told.wait(10)
    assert [row["kind"] for row in site.journal.stream()] == ["replaced"]


def test_stopping_on_a_full_disk_ends_and_says_that_not_all_is_written(site: Site) -> None:
    site.append("before")
    site.database.write_once()
    fill_up(site.database)
    site.append("lost", size=100_000)
    assert site.writer.stop(10) is False
    assert site.journal.fault is not None
    make_room(site.database)
