"""Small writes that wait: the newest for each key, never more than there are keys."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from main_controller.store.database import Database, DatabaseFault
from main_controller.store.database.write_behind import WriteBehind

PUT = "INSERT OR REPLACE INTO running VALUES (?, ?)"


def kept(database: Database) -> list[tuple[str, str]]:
    with database.reading() as connection:
        return [tuple(row) for row in connection.execute("SELECT id, record FROM running ORDER BY id")]


def test_the_newest_for_a_key_takes_the_place_of_the_older() -> None:
    latest = WriteBehind()
    for text in ("one", "two"):
        latest.put("a", PUT, ("a", text))
    assert [write.values for write in latest.waiting().values()] == [("a", "two")]


def test_what_was_put_while_the_others_were_written_waits_on() -> None:
    database, latest = Database(None), WriteBehind()

    @contextmanager
    def writing() -> Iterator[sqlite3.Connection]:
        with database.writing() as connection:
            yield connection
            latest.put("a", PUT, ("a", "two"))

    latest.put("a", PUT, ("a", "one"))
    latest.put("b", PUT, ("b", "one"))
    latest.write(writing)
    assert [write.values for write in latest.waiting().values()] == [("a", "two")]
    assert kept(database) == [("a", "one"), ("b", "one")]
    database.close()


def test_a_failed_write_leaves_everything_waiting() -> None:
    database = Database(None)
    database.latest.put("a", PUT, ("a", "one"))
    database.latest.put("b", "INSERT INTO nowhere VALUES (?)", ("b",))
    with pytest.raises(DatabaseFault, match="no such table"):
        database.latest.write(database.writing)
    assert len(database.latest.waiting()) == 2
    assert kept(database) == []
    database.close()


def test_nothing_that_waits_begins_no_transaction() -> None:
    def writing() -> Database:
        raise AssertionError

    WriteBehind().write(writing)  # type: ignore[arg-type]
