"""What waits to be told: in order, over a restart, without a disk, and in a file that takes the place of another."""

import logging
from datetime import timedelta
from pathlib import Path

import pytest

from main_controller.notification.message import About, Message
from main_controller.notification.told import ChannelState, Told
from main_controller.sentence import foreign, say
from main_controller.store.database import Database
from main_controller.store.notification_queue import MOST_WAITING, NotificationQueue
from tests.notification.alarms import NOON


def message(priority: int, text: str) -> Message:
    return Message(About.ALARMS, priority, foreign(text), (say("alarms.gridError", "The grid reports an error."),))


def queue(database: Database, *channels: str, after: float = 0.0) -> NotificationQueue:
    return NotificationQueue(database, channels or ("mail",), wall=lambda: NOON + timedelta(seconds=after))


def subjects(one: NotificationQueue, channel: str = "mail") -> list[str]:
    return [str(waiting.message.subject) for waiting in one.waiting(channel)]


@pytest.fixture
def database(tmp_path: Path) -> Database:
    return Database(tmp_path / "journal.sqlite3")


def test_the_gravest_first_of_these_the_oldest(database: Database) -> None:
    one = queue(database)
    for priority, text in ((3, "a"), (3, "b"), (1, "c"), (2, "d")):
        one.keep("mail", ChannelState(), message(priority, text))
    assert subjects(one) == ["c", "d", "a", "b"]
    one.done(one.waiting("mail")[0])
    assert subjects(one) == ["d", "a", "b"]


def test_it_outlives_the_program_with_what_was_told(database: Database) -> None:
    told = Told("gridError", ("",), 1, NOON, ("E001",), say("alarms.gridError", "The grid reports an error."))
    state = ChannelState({"a1": told}, None, {"3": (NOON,)}, NOON)
    one = queue(database)
    one.keep("mail", state, message(2, "a"))
    one.keep("mail", state, message(2, "b"))
    one.done(one.waiting("mail")[0])
    database.write_once()
    database.close()
    again = queue(Database(database.path))
    assert subjects(again) == ["b"]
    assert again.waiting("mail")[0].message == message(2, "b")
    assert again.state("mail") == state


def test_numbers_are_never_given_twice(database: Database) -> None:
    one = queue(database)
    one.keep("mail", ChannelState(), message(2, "a"))
    first = one.waiting("mail")[0]
    one.done(first)
    database.write_once()
    again = queue(Database(database.path))
    again.keep("mail", ChannelState(), message(2, "b"))
    assert again.waiting("mail")[0].number == first.number + 1


def test_without_a_disk_it_is_kept_in_memory_and_written_later(tmp_path: Path) -> None:
    """A full disk must reach a person too."""
    folder = tmp_path / "away"
    folder.write_text("no folder", "utf-8")
    database = Database(folder / "journal.sqlite3")
    one = queue(database)
    one.keep("mail", ChannelState(), message(2, "the disk is full"))
    assert subjects(one) == ["the disk is full"]
    folder.unlink()
    database.write_once()
    assert subjects(queue(Database(database.path))) == ["the disk is full"]


def test_a_file_in_its_place_is_given_all(database: Database) -> None:
    """M16."""
    one = queue(database)
    one.keep("mail", ChannelState(digested=NOON), message(2, "a"))
    database.write_once()
    for name in ("", "-wal", "-shm"):
        database.path.with_name(database.path.name + name).unlink(missing_ok=True)
    database.write_once()
    again = queue(Database(database.path))
    assert subjects(again) == ["a"]
    assert again.state("mail").digested == NOON


def test_a_channel_that_is_no_more_is_forgotten(database: Database, caplog: pytest.LogCaptureFixture) -> None:
    one = queue(database, "mail", "old")
    one.keep("old", ChannelState(digested=NOON), message(2, "a"))
    database.write_once()
    with caplog.at_level(logging.WARNING):
        queue(database, "mail")
    assert "for the channel old, which is no more" in caplog.text
    database.write_once()
    assert subjects(queue(database, "mail", "old"), "old") == []


def test_what_cannot_be_read_is_told_and_left_out(database: Database, caplog: pytest.LogCaptureFixture) -> None:
    one = queue(database)
    one.keep("mail", ChannelState(), message(2, "a"))
    database.write_once()
    with database.writing() as connection:
        connection.execute("UPDATE notifications SET record = '{}'")
        connection.execute("UPDATE channels SET record = '[]'")
    with caplog.at_level(logging.ERROR):
        again = queue(database)
    assert subjects(again) == []
    assert again.state("mail") == ChannelState()
    assert "cannot be read" in caplog.text


def test_what_waited_too_long_is_given_up(database: Database) -> None:
    one = queue(database)
    one.keep("mail", ChannelState(), message(2, "a"))
    one._wall = lambda: NOON + timedelta(days=1, seconds=1)
    one.keep("mail", ChannelState(), message(2, "b"))
    assert one.give_up("mail", timedelta(days=1)) == 1
    assert subjects(one) == ["b"]


def test_it_is_full_at_some_time(database: Database) -> None:
    one = queue(database)
    for _ in range(MOST_WAITING):
        assert not one.full("mail")
        one.keep("mail", ChannelState(), message(2, "a"))
    assert one.full("mail")
