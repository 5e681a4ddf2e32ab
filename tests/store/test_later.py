"""Small writes that wait: the newest for each key, never more than there are keys."""

import pytest

from main_controller.store.database import Database, DatabaseFault
from main_controller.store.later import Later

PUT = "INSERT OR REPLACE INTO running VALUES (?, ?)"


def test_the_newest_for_a_key_takes_the_place_of_the_older() -> None:
    later = Later()
    for text in ("one", "two"):
        later.put("a", PUT, ("a", text))
    assert [write.values for write in later.waiting().values()] == [("a", "two")]


def test_what_was_put_while_the_others_were_written_waits_on() -> None:
    later = Later()
    later.put("a", PUT, ("a", "one"))
    later.put("b", PUT, ("b", "one"))
    taken = later.waiting()
    later.put("a", PUT, ("a", "two"))
    later.done(taken)
    assert [write.values for write in later.waiting().values()] == [("a", "two")]


def test_a_failed_write_leaves_everything_waiting() -> None:
    database = Database(None)
    database.later.put("a", PUT, ("a", "one"))
    database.later.put("b", "INSERT INTO nowhere VALUES (?)", ("b",))
    with pytest.raises(DatabaseFault, match="no such table"), database.writing() as connection:
        database.later.write(connection, database.later.waiting())
    assert len(database.later.waiting()) == 2
    with database.reading() as connection:
        assert connection.execute("SELECT count(*) FROM running").fetchone()[0] == 0
    database.close()
