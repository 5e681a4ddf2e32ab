"""The log as a witness of the journal's end, which nothing in the file itself can prove (M17)."""

import logging
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from main_controller.clock import utc_now
from main_controller.store.database import Database
from main_controller.store.journal import Journal
from main_controller.store.journal.check import verify_journal
from main_controller.store.journal.witness import newest_witness
from main_controller.workers.journal_keeper import JournalKeeper

FORMAT = "%(asctime)s %(levelname)-8s %(threadName)s %(name)s: %(message)s"
"""As logging.conf writes the file."""


@pytest.fixture
def logs(tmp_path: Path) -> Iterator[Path]:
    """A folder into which the keeper's lines go."""
    folder = tmp_path / "log"
    folder.mkdir()
    handler = logging.FileHandler(folder / "main_controller.log", encoding="utf-8")
    handler.setFormatter(logging.Formatter(FORMAT, "%Y-%m-%dT%H:%M:%S%z"))
    top = logging.getLogger()
    before = top.level
    top.addHandler(handler)
    top.setLevel(logging.INFO)
    yield folder
    top.setLevel(before)
    top.removeHandler(handler)
    handler.close()


@pytest.fixture
def path(tmp_path: Path, logs: Path) -> Path:
    """A journal of five rows whose head the log names after the third."""
    path = tmp_path / "journal.sqlite3"
    with closing(Database(path)) as database:
        journal = Journal(database, wall=utc_now)
        for row in range(5):
            journal.append("mode", by="anna", unit_id=None, what=f"row {row}")
            database.write_once()
            if row == 2:
                JournalKeeper(journal).run_once()
    return path


def cut(path: Path, keep: int) -> None:
    """Take the rows after `keep` away, and the count of them."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DELETE FROM journal WHERE id > ?", (keep,))
        connection.execute("UPDATE counters SET value = ? WHERE name = 'head'", (keep,))
        connection.commit()


def test_the_log_bears_out_the_row_that_it_named(path: Path, logs: Path) -> None:
    code, text = verify_journal(path, logs, own=True)
    assert code == 0
    assert "The log named row 3 with the same hash at " in text
    assert "only rows after it may have been cut unseen" in text


def test_rows_cut_from_the_end_are_seen_by_the_log(path: Path, logs: Path) -> None:
    cut(path, 2)
    code, text = verify_journal(path, logs, own=True)
    assert code == 2
    assert "The journal holds: 2 rows" in text, "nothing in the file itself shows it"
    assert "The log named row 3 at " in text
    assert "rows were cut from its end, or it is an older copy" in text


def test_a_copy_may_be_older_and_says_so(path: Path, logs: Path) -> None:
    cut(path, 2)
    code, text = verify_journal(path, logs)
    assert code == 0
    assert "an older copy" in text


def test_another_chain_of_the_same_length_is_seen(path: Path, logs: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.sqlite3"
    with closing(Database(other)) as database:
        for row in range(5):
            Journal(database, wall=utc_now).append("mode", by="mallory", unit_id=None, what=f"row {row}")
        database.write_once()
    assert verify_journal(other, logs, own=True)[0] == 2


def test_without_a_log_it_says_what_nobody_can_see(path: Path, tmp_path: Path) -> None:
    cut(path, 2)
    for nowhere in (None, tmp_path / "none", tmp_path / "journal.sqlite3"):
        code, text = verify_journal(path, nowhere, own=True)
        assert code == 0
        assert "No log was found that names this journal's head, so rows cut from its end cannot be seen here." in text


def test_the_youngest_file_that_names_a_head_counts(path: Path, logs: Path) -> None:
    newest = newest_witness(logs)
    assert newest is not None
    line = (logs / "main_controller.log").read_text("utf-8")
    old = logs / "main_controller.log.2026-05-12"
    old.write_text(line.replace("row 3", "row 9"), "utf-8")
    os.utime(old, (1, 1))
    assert newest_witness(logs) == newest
    (logs / "main_controller.log").write_text("nothing\n", "utf-8")
    found = newest_witness(logs)
    assert found is not None
    assert found.row == 9


def test_what_a_stranger_has_logged_is_no_witness(logs: Path) -> None:
    """A path, an id or a name is logged by others, behind their own name and a colon."""
    forged = f"main_controller.workers.journal_keeper: journal head: row 9, hash {'a' * 64}"
    (logs / "main_controller.log").write_text(
        f"2026-05-13T12:00:00+0000 INFO     MainThread main_controller.web.replies: GET '/x INFO {forged}\n"
        f"2026-05-13T12:00:00+0000 INFO     MainThread {forged} and more\n",
        "utf-8",
    )
    assert newest_witness(logs) is None
