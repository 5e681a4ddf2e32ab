"""The log and the file of heads as witnesses of the journal's end, which nothing in the file itself can prove (M17)."""

import json
import logging
import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from main_controller.clock import utc_now
from main_controller.store.database import Database
from main_controller.store.journal import Journal
from main_controller.store.journal.check import verify_journal
from main_controller.store.journal.heads import heads_path
from main_controller.store.journal.witness import witnesses
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
                JournalKeeper(journal, path).run_once()
    return path


def later() -> datetime:
    """When the rows of these tests are no new journal's any more."""
    return utc_now() + timedelta(days=1)


def log_of(logs: Path) -> Path:
    return logs / "main_controller.log"


def cut(path: Path, keep: int) -> None:
    """Take the rows after `keep` away, and the count of them."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DELETE FROM journal WHERE id > ?", (keep,))
        connection.execute("UPDATE counters SET value = ? WHERE name = 'head'", (keep,))
        connection.commit()


def test_log_and_file_bear_out_the_row_that_they_named(path: Path, logs: Path) -> None:
    code, text = verify_journal(path, logs, own=True)
    assert code == 0
    assert re.search(r"named row 3 with the same hash at \S+, the highest of 1 that were named and are all here", text)
    assert "only rows after it may have been cut unseen" in text


def test_rows_cut_from_the_end_are_seen(path: Path, logs: Path) -> None:
    cut(path, 2)
    code, text = verify_journal(path, logs, own=True)
    assert code == 2
    assert "The journal holds: 2 rows" in text, "nothing in the file itself shows it"
    assert "named row 3 at " in text
    assert "rows were cut from its end or made anew, or it is an older copy" in text


@pytest.mark.parametrize("left", ["log", "heads"])
def test_each_witness_alone_sees_it(path: Path, logs: Path, left: str) -> None:
    """Who only reaches the port could once push the one in the log out of it."""
    cut(path, 2)
    (heads_path(path) if left == "log" else log_of(logs)).write_text("", "utf-8")
    code, text = verify_journal(path, logs, own=True)
    assert code == 2
    assert ("journal.sqlite3.heads named row 3" in text) is (left == "heads")


def test_a_copy_may_be_older_and_says_so(path: Path, logs: Path) -> None:
    cut(path, 2)
    code, text = verify_journal(path, logs)
    assert code == 0
    assert "an older copy" in text


def test_another_chain_of_the_same_length_is_seen(path: Path, logs: Path, tmp_path: Path) -> None:
    with closing(Database(tmp_path / "other.sqlite3")) as database:
        for row in range(5):
            Journal(database, wall=utc_now).append("mode", by="mallory", unit_id=None, what=f"row {row}")
        database.write_once()
    for end in ("", "-wal", "-shm"):
        path.with_name(path.name + end).unlink(missing_ok=True)
    (tmp_path / "other.sqlite3").rename(path)
    assert verify_journal(path, logs, own=True)[0] == 2


@pytest.mark.parametrize("emptied", [True, False])
def test_a_missing_witness_is_a_fault_of_the_programs_own_journal(path: Path, logs: Path, emptied: bool) -> None:
    cut(path, 2)
    for witness in (log_of(logs), heads_path(path)):
        if emptied:
            witness.write_text("", "utf-8")
        else:
            witness.unlink()
    code, text = verify_journal(path, logs, own=True, wall=later)
    assert code == 2
    assert "Neither the log nor journal.sqlite3.heads names this journal's head, though each start does" in text
    assert verify_journal(path, logs, wall=later)[0] == 0, "a copy has none"


def test_a_new_journal_may_have_none_yet(path: Path, tmp_path: Path) -> None:
    heads_path(path).unlink()
    for nowhere in (None, tmp_path / "none", path):
        code, text = verify_journal(path, nowhere, own=True)
        assert code == 0
        assert "Nothing was found that names this journal's head, so rows cut from its end cannot be seen here." in text


@pytest.mark.parametrize(
    "emptied",
    [
        "DELETE FROM journal; DELETE FROM counters",
        "DELETE FROM journal; DELETE FROM counters WHERE name = 'head'; INSERT INTO known_units(unit_id) VALUES ('')",
        "DELETE FROM journal; UPDATE counters SET value = 0 WHERE name = 'head'",
    ],
)
def test_a_journal_that_was_emptied_is_no_new_one(path: Path, emptied: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(emptied)
    heads_path(path).unlink()
    assert verify_journal(path, None, own=True)[0] == 2


def test_a_file_of_heads_that_was_removed_is_missed(path: Path, logs: Path) -> None:
    heads_path(path).unlink()
    code, text = verify_journal(path, logs, own=True)
    assert code == 2
    assert "journal.sqlite3.heads, which names this journal's heads too, is missing: it was removed." in text


def test_a_file_of_heads_that_cannot_be_read_is_told(path: Path, logs: Path) -> None:
    heads_path(path).unlink()
    heads_path(path).mkdir()
    code, text = verify_journal(path, logs, own=True)
    assert code == 2
    assert "What journal.sqlite3.heads may name of this journal cannot be read." in text
    assert verify_journal(path, logs)[0] == 0


def named(logs: Path, row: int, digest: str = r"\g<1>") -> str:
    """The keeper's line with another row, and another hash where it is given."""
    return re.sub(r"row 3, hash (\w+)", f"row {row}, hash {digest}", log_of(logs).read_text("utf-8"))


def test_every_head_in_every_file_is_compared(path: Path, logs: Path) -> None:
    """A younger file, forged or not, hides no older one."""
    (logs / "main_controller.log.2026-05-12").write_text(named(logs, 9), "utf-8")
    code, text = verify_journal(path, logs, own=True)
    assert code == 2
    assert "main_controller.log.2026-05-12 named row 9 at " in text
    assert "(1 such rows were named)" in text


def test_the_highest_is_told_and_an_older_one_that_differs_too(path: Path, logs: Path) -> None:
    (logs / "main_controller.log.2026-05-12").write_text(named(logs, 2, "a" * 64), "utf-8")
    code, text = verify_journal(path, logs, own=True)
    assert code == 2
    assert "main_controller.log.2026-05-12 named row 2 at " in text, "row 3 holds, this one does not"


def test_a_log_that_another_program_writes_too_is_no_fault(path: Path, logs: Path, tmp_path: Path) -> None:
    other = tmp_path / "other" / "journal.sqlite3"
    other.parent.mkdir()
    with closing(Database(other)) as database:
        journal = Journal(database, wall=utc_now)
        for row in range(9):
            journal.append("mode", by="bert", unit_id=None, what=f"row {row}")
        database.write_once()
        JournalKeeper(journal, other).run_once()
    assert [verify_journal(each, logs, own=True)[0] for each in (path, other)] == [0, 0]


def test_a_head_of_a_row_that_was_pruned_counts_no_more(path: Path, logs: Path) -> None:
    with closing(Database(path)) as database:
        journal = Journal(database, wall=lambda: utc_now() + timedelta(days=3))
        journal.append("mode", by="anna", unit_id=None, what="young")
        database.write_once()
        assert journal.prune(utc_now() + timedelta(days=1)) == 5
        JournalKeeper(journal, path).tell_head()
    code, text = verify_journal(path, logs, own=True, wall=later)
    assert code == 0
    assert "named row 7 with the same hash" in text


def test_what_a_stranger_has_logged_is_no_witness(path: Path, logs: Path) -> None:
    """A path, an id or a name is logged by others, behind their own name and a colon."""
    heads_path(path).unlink()
    forged = f"main_controller.workers.journal_keeper: journal head: row 9, hash {'a' * 64}"
    log_of(logs).write_text(
        f"2026-05-13T12:00:00+0000 INFO     MainThread main_controller.web.replies: GET '/x INFO {forged}\n"
        f"2026-05-13T12:00:00+0000 INFO     MainThread main_controller.web.replies: GET '/x INFO {forged}, in {path}\n"
        f"2026-05-13T12:00:00+0000 INFO     MainThread {forged} and more\n",
        "utf-8",
    )
    assert witnesses(path, logs, own=False).named == []


def test_a_log_of_json_is_a_witness_as_well(path: Path, logs: Path) -> None:
    """But for what a stranger has logged there."""
    heads_path(path).unlink()
    said = f"journal head: row 3, hash {'a' * 64}, in {path}"
    keeper = {"time": "2026-05-13T12:00:00.000+00:00", "level": "INFO", "message": said}
    lines = [
        json.dumps({**keeper, "logger": "main_controller.workers.journal_keeper"}),
        json.dumps({**keeper, "logger": "main_controller.web.replies"}),
        json.dumps({**keeper, "logger": "main_controller.workers.journal_keeper", "message": f"{said[:-1]}: {said}"})[
            :90
        ],
        json.dumps(["journal head: "]),
    ]
    log_of(logs).write_text("".join(f"{line}\n" for line in lines), "utf-8")
    (named,) = witnesses(path, logs, own=True).named
    assert (named.at, named.head.id, named.journal) == (keeper["time"], 3, str(path))


def test_a_copy_elsewhere_is_compared_with_what_the_log_names(path: Path, logs: Path, tmp_path: Path) -> None:
    cut(path, 2)
    copy = tmp_path / "copy.sqlite3"
    shutil.copyfile(path, copy)
    code, text = verify_journal(copy, logs)
    assert code == 0
    assert "main_controller.log named row 3 at " in text
