"""The journal: nothing appended blocks or raises, nothing on the disk can be changed unseen."""

import hashlib
import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from main_controller.errors import ControllerError
from main_controller.sentence import Sentence, foreign, say
from main_controller.store.database import Database
from main_controller.store.database.steps import STEPS
from main_controller.store.journal import Journal as PlainJournal
from main_controller.store.journal import Stage
from main_controller.store.journal.check import verify_journal
from tests.store.disk import fill_up, make_room

NOON = datetime(2026, 5, 13, 12, tzinfo=UTC)
LONG = "x" * 3900


class Wall:
    """A wall clock that is set by hand."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


class Journal(PlainJournal):
    """A journal with the writer of its database at hand."""

    def __init__(self, database: Database, **more: Any) -> None:
        super().__init__(database, **more)
        self.write_once = database.write_once


@pytest.fixture
def wall() -> Wall:
    return Wall()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.sqlite3"


@pytest.fixture
def database(path: Path) -> Iterator[Database]:
    database = Database(path)
    yield database
    database.close()


@pytest.fixture
def journal(database: Database, wall: Wall) -> Journal:
    return Journal(database, wall=wall)


def fill(journal: Journal, count: int, **row: Any) -> None:
    """Append and write rows named row 1, row 2, ..."""
    for number in range(1, count + 1):
        journal.append("order", by="127.0.0.1", unit_id="E001", what=f"row {number}", **row)
    journal.write_once()


def tamper(path: Path, *statements: str) -> None:
    """What somebody does to the file with another program."""
    with closing(sqlite3.connect(path)) as other, other:
        for statement in statements:
            other.execute(statement)
    other.close()


def whats(journal: Journal) -> list[str]:
    return [row["what"] for row in journal.stream()]


# Rows


def test_a_row_reads_as_it_was_appended(database: Database, journal: Journal) -> None:
    journal.append(
        "order", by="10.0.0.7", unit_id="E001", what="setDcdc", before={"word": "0x0000"},
        after={"word": "0x0014", "dvg": 350.0}, outcome="accepted", command_id="c7",
        order="setDcdc", stage=Stage.ACCEPTED,
    )  # fmt: skip
    assert database.write_once() == 1
    rows, following = journal.page()
    assert rows == [
        {
            "id": 1, "at": "2026-05-13T12:00:00.000+00:00", "kind": "order", "by": "10.0.0.7", "unitId": "E001",
            "what": "setDcdc", "before": {"word": "0x0000"}, "after": {"word": "0x0014", "dvg": 350.0},
            "outcome": "accepted", "commandId": "c7", "order": "setDcdc", "stage": "accepted",
        }
    ]  # fmt: skip
    assert following is None


def test_a_row_keeps_the_time_that_it_was_given(journal: Journal) -> None:
    journal.append("grid", by="the grid", unit_id=None, what="gone", at=NOON - timedelta(hours=1))
    journal.write_once()
    assert journal.page()[0][0]["at"] == "2026-05-13T11:00:00.000+00:00"


def test_what_is_changed_after_it_was_appended_stays_as_it_was(journal: Journal) -> None:
    after = {"units": ["E001"]}
    journal.append("order", by="x", unit_id=None, what="stopAll", after=after)
    after["units"].append("E002")
    journal.write_once()
    assert journal.page()[0][0]["after"] == {"units": ["E001"]}


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        (float("nan"), None),
        ({"at": NOON}, {"at": "2026-05-13T12:00:00Z"}),
        ("\ud800", "\\ud800"),
        (object, None),
        ("y" * (1 << 21), {"leftOut": f"{(1 << 21) + 2} characters"}),
    ],
    ids=["nan", "date", "surrogate", "no json", "huge"],
)
def test_no_value_can_break_the_journal(journal: Journal, value: Any, kept: Any) -> None:
    journal.append("order", by="x", unit_id="\ud800", what="odd \udfff\x00", before=value, outcome="z" * 9000)
    journal.write_once()
    row = journal.page()[0][0]
    assert row["unitId"] == "\\ud800"
    assert len(row["outcome"]) < 4100
    if value is object:
        assert "class 'object'" in row["before"]
    elif isinstance(value, str) and value.startswith("\ud800"):
        assert "d800" in row["before"]
    else:
        assert row["before"] == kept
    assert journal.verify().ok


# Sentences


def low(unit: str, volts: float = 299.96) -> Sentence:
    return say("rules.low", "{unit} shows {volts:.1f} V.", unit=unit, volts=volts)


def messages(journal: Journal) -> list[dict[str, Any]]:
    return journal.messages(row["id"] for row in journal.stream())


def test_the_sentences_of_a_row_are_found_again_by_its_texts(journal: Journal) -> None:
    why = say("watching.outcome", "{stage}: {why}", stage=say("store.failed", "failed"), why=low("E001"))
    journal.append(
        "order", by="x", unit_id="E001", what=say("watching.order", "{order} for {scope}", order="a", scope="E001"),
        before={"error": low("E002")}, after={"units": {"E003": {"error": low("E003")}}}, outcome=why,
    )  # fmt: skip
    journal.write_once()
    row = journal.page()[0][0]
    assert (row["before"], row["outcome"]) == ({"error": "E002 shows 300.0 V."}, "failed: E001 shows 300.0 V.")
    found = {one["text"]: one for one in messages(journal)}
    assert sorted(found) == [
        "E002 shows 300.0 V.", "E003 shows 300.0 V.", "a for E001", "failed: E001 shows 300.0 V.",
    ]  # fmt: skip
    assert found["E002 shows 300.0 V."] == {
        "text": "E002 shows 300.0 V.", "code": "rules.low", "parameters": {"unit": "E002", "volts": 299.96},
    }  # fmt: skip
    inner = found[row["outcome"]]["parameters"]["why"]
    assert (inner["code"], inner["parameters"]["unit"]) == ("rules.low", "E001")
    assert journal.verify().ok


def test_each_sentence_of_several_rows_is_handed_out_once_and_of_no_other_row(journal: Journal) -> None:
    for unit in ("E001", "E001", "E002"):
        journal.append("grid", by="the grid", unit_id=unit, what=low(unit))
    journal.write_once()
    assert [one["parameters"]["unit"] for one in journal.messages([1, 2])] == ["E001"]
    assert journal.messages([]) == []


def test_a_row_without_a_code_has_no_messages_and_the_hash_that_it_always_had(path: Path, journal: Journal) -> None:
    journal.append("order", by="x", unit_id=None, what=foreign("as somebody wrote it"), after={"reason": "cabling"})
    journal.write_once()
    with closing(sqlite3.connect(path)) as other:
        other.row_factory = sqlite3.Row
        row = dict(other.execute("SELECT * FROM journal").fetchone())
    written = row.pop("hash")
    assert row.pop("messages") is None
    canonical = json.dumps(row, sort_keys=True, separators=(",", ":"))
    assert hashlib.sha256(("0" * 64 + canonical).encode()).hexdigest() == written


@pytest.mark.parametrize("messages_now", ["NULL", "'[]'", "replace(messages, 'E001', 'E002')"])
def test_messages_that_were_changed_or_taken_away_are_found(path: Path, journal: Journal, messages_now: str) -> None:
    for _ in range(3):
        journal.append("grid", by="the grid", unit_id="E001", what=low("E001"))
    journal.write_once()
    assert journal.verify().ok
    tamper(path, f"UPDATE journal SET messages = {messages_now} WHERE id = 2")
    assert journal.verify().first_bad == 2


@pytest.mark.parametrize("put", ["x'00'", "'no json'", "'{}'", "'[1, {\"text\": 1}]'", "7"])
def test_what_somebody_puts_in_their_place_hides_no_row(path: Path, journal: Journal, put: str) -> None:
    for unit in ("E001", "E002"):
        journal.append("grid", by="the grid", unit_id=unit, what=low(unit))
    journal.write_once()
    tamper(path, f"UPDATE journal SET messages = {put} WHERE id = 1")
    assert whats(journal) == [low("E001"), low("E002")]
    assert [one["text"] for one in messages(journal)] == [low("E002")]


def test_a_parameter_that_no_json_can_hold_costs_the_codes_and_not_the_row(journal: Journal) -> None:
    journal.append("grid", by="the grid", unit_id="E001", what=low("E\ud800"))
    journal.write_once()
    assert whats(journal) == ["E\\ud800 shows 300.0 V."]
    assert messages(journal) == []
    assert journal.verify().ok


# Asking


def test_pages_go_newest_first_and_name_the_next(journal: Journal) -> None:
    fill(journal, 5)
    first, following = journal.page(limit=2)
    assert [row["id"] for row in first] == [5, 4]
    assert following == 4
    second, following = journal.page(before_id=following, limit=2)
    assert [row["id"] for row in second] == [3, 2]
    last, following = journal.page(before_id=following, limit=2)
    assert [row["id"] for row in last] == [1]
    assert following is None


def test_a_page_is_bounded_by_time_and_unit(journal: Journal, wall: Wall) -> None:
    for hour, unit in enumerate(["E001", "E002", None, "E001"]):
        wall.now = NOON + timedelta(hours=hour)
        journal.append("order", by="x", unit_id=unit, what=f"at {hour}")
    journal.write_once()
    assert [row["what"] for row in journal.page(unit="E001")[0]] == ["at 3", "at 0"]
    between = journal.page(frm=NOON + timedelta(hours=1), to=NOON + timedelta(hours=3))[0]
    assert [row["what"] for row in between] == ["at 2", "at 1"]


def test_a_stream_goes_through_every_piece_oldest_first(journal: Journal) -> None:
    fill(journal, 1203)
    assert whats(journal) == [f"row {number}" for number in range(1, 1204)]


def test_a_stream_ends_with_the_row_that_was_newest_when_it_began(journal: Journal) -> None:
    fill(journal, 600)
    stream = journal.stream()
    next(stream)
    fill(journal, 10)
    assert len(list(stream)) == 599


# The disk


def test_append_neither_waits_nor_raises_while_the_disk_hangs(database: Database, journal: Journal) -> None:
    fill(journal, 1)
    held, release = threading.Event(), threading.Event()

    def hang() -> None:
        with database.writing():
            held.set()
            release.wait(10)

    thread = threading.Thread(target=hang)
    thread.start()
    assert held.wait(10)
    journal.append("order", by="x", unit_id=None, what="while it hangs")  # returns, or this test never ends
    release.set()
    thread.join(10)
    journal.write_once()
    assert whats(journal) == ["row 1", "while it hangs"]


def test_a_full_disk_keeps_the_rows_and_writes_them_when_there_is_room(database: Database, journal: Journal) -> None:
    fill(journal, 1)
    assert journal.fault is None
    fill_up(database)
    for number in range(50):
        journal.append("order", by="x", unit_id=None, what=f"{number} {LONG}")
    with pytest.raises(ControllerError, match="the disk is full"):
        journal.write_once()
    assert journal.fault == "journal.sqlite3 cannot be written: the disk is full."
    assert whats(journal) == ["row 1"]
    make_room(database)
    assert journal.write_once() == 50
    assert journal.fault is None
    assert [what.split()[0] for what in whats(journal)] == ["row", *map(str, range(50))]
    assert journal.verify().ok


def test_rows_beyond_the_bound_are_lost_and_a_row_says_how_many(database: Database, wall: Wall) -> None:
    journal = Journal(database, wall=wall, waiting_rows=3)
    fill(journal, 1)
    for number in range(8):
        journal.append("order", by="x", unit_id=None, what=f"waits {number}")
    assert journal.append("intent", by="x", unit_id=None, what="too late", wait=0) is False
    journal.write_once()
    journal.append("order", by="x", unit_id=None, what="after")
    journal.write_once()
    rows = list(journal.stream())
    assert [row["what"] for row in rows if row["kind"] != "lost"] == ["row 1", "waits 0", "waits 1", "waits 2", "after"]
    lost = rows[-2]
    assert lost["kind"] == "lost"
    assert lost["after"] == {"rows": 6}
    assert "from 2026-05-13 12:00 UTC on" in lost["what"]


def test_rows_that_nobody_writes_are_a_fault_after_a_while(database: Database, wall: Wall) -> None:
    now = [100.0]
    journal = Journal(database, wall=wall, clock=lambda: now[0])
    journal.append("order", by="x", unit_id=None, what="waits")
    now[0] = 109.9
    assert journal.fault is None
    now[0] = 110.1
    assert journal.fault == "The journal has not been written for more than 10 s."
    journal.write_once()
    assert journal.fault is None


def in_background(call: Callable[[], bool]) -> tuple[threading.Thread, list[bool]]:
    answers: list[bool] = []
    thread = threading.Thread(target=lambda: answers.append(call()))
    thread.start()
    return thread, answers


def test_an_intent_is_on_the_disk_when_the_wait_says_so(path: Path, database: Database, journal: Journal) -> None:
    roused = threading.Event()
    database.roused_by(roused.set)
    thread, answers = in_background(
        lambda: journal.append("intent", by="x", unit_id="E001", what="about to send", wait=10)
    )
    assert roused.wait(10)
    assert answers == []
    journal.write_once()
    thread.join(10)
    assert answers == [True]
    with closing(sqlite3.connect(path)) as other, other:
        assert other.execute("SELECT what FROM journal").fetchall() == [("about to send",)]
    other.close()


def test_an_intent_on_a_failing_disk_is_told_at_once(database: Database, journal: Journal) -> None:
    fill(journal, 1)
    fill_up(database)
    roused = threading.Event()
    database.roused_by(roused.set)
    thread, answers = in_background(
        lambda: journal.append("intent", by="x", unit_id=None, what="about to send", after="y" * 100_000, wait=600)
    )
    assert roused.wait(10)
    with pytest.raises(ControllerError):
        journal.write_once()
    thread.join(10)
    assert answers == [False]
    make_room(database)
    assert journal.write_once() == 1


def test_an_intent_waits_no_longer_than_it_may_when_nobody_writes(journal: Journal) -> None:
    assert journal.append("intent", by="x", unit_id=None, what="about to send", wait=0.01) is False
    journal.write_once()
    assert whats(journal) == ["about to send"]


# The chain


def test_an_untouched_journal_holds(path: Path, journal: Journal) -> None:
    fill(journal, 700)
    verdict = journal.verify()
    assert (verdict.ok, verdict.rows, verdict.first_bad) == (True, 700, None)
    assert verdict.head_id == 700
    assert verdict.head_hash == journal.head().hash
    assert "cut from the end" in verdict.cannot_see
    code, text = verify_journal(path)
    assert code == 0
    assert "700 rows" in text
    assert verdict.cannot_see in text


def test_the_chain_goes_on_over_a_restart(path: Path, wall: Wall) -> None:
    for _ in range(3):
        database = Database(path)
        fill(Journal(database, wall=wall), 2)
        database.close()
    assert verify_journal(path)[0] == 0
    again = Journal(Database(path), wall=wall)
    assert again.head().id == 6


CHANGES = [
    (f"UPDATE journal SET {column} = {value} WHERE id = 4", 4)
    for column, value in [
        ("at", "'2020-01-01T00:00:00.000+00:00'"), ("kind", "'grid'"), ("by", "'somebody else'"),
        ("unit_id", "'E009'"), ("unit_id", "NULL"), ("what", "'row 5'"), ("before", "'1'"), ("after", "'{}'"),
        ("outcome", "'verified'"), ("command_id", "'c99'"), ("hash", "'0'"), ("what", "x'00'"),
        ("order_name", "'stopAll'"), ("order_name", "NULL"), ("stage", "'intent'"), ("stage", "NULL"),
        ("messages", "'[]'"), ("messages", "''"), ("messages", "x'00'"),
    ]
]  # fmt: skip


@pytest.mark.parametrize(
    ("statement", "first_bad"),
    [
        *CHANGES,
        ("DELETE FROM journal WHERE id = 4", 5),
        ("DELETE FROM journal WHERE id < 4", 4),
        ("DELETE FROM journal WHERE id = 7", 7),
        ("DELETE FROM journal", 1),
        ("INSERT INTO journal SELECT 8, at, kind, by, unit_id, what, before, after, outcome, command_id, hash,"
         " order_name, stage, messages FROM journal WHERE id = 7", 8),
    ],
)  # fmt: skip
def test_a_changed_or_removed_row_is_found(path: Path, journal: Journal, statement: str, first_bad: int) -> None:
    fill(journal, 7, outcome="accepted", command_id="c1", order="setDcdc", stage=Stage.ACCEPTED)
    tamper(path, statement)
    verdict = journal.verify()
    assert not verdict.ok
    assert verdict.first_bad == first_bad
    assert verify_journal(path)[0] == 2


HIDING = {
    "rows hidden from the questions of a unit": (
        "DROP INDEX journal_unit",
        "CREATE INDEX journal_unit ON journal (unit_id,id) WHERE unit_id='nobody'",
        "PRAGMA writable_schema = ON",
        "UPDATE sqlite_master SET sql = 'CREATE INDEX journal_unit ON journal (unit_id, id) WHERE unit_id IS NOT NULL' "
        "WHERE name = 'journal_unit'",
    ),
    "another index": ("DROP INDEX journal_at", "CREATE INDEX journal_at ON journal (at) WHERE at > '2030'"),
    "no index": ("DROP INDEX journal_command",),
    "a trigger": ("CREATE TRIGGER t AFTER INSERT ON locks BEGIN DELETE FROM locks; END",),
    "a trigger that is named as if it were SQLite's": (
        "CREATE TRIGGER t AFTER INSERT ON locks BEGIN DELETE FROM locks; END",
        "PRAGMA writable_schema = ON",
        "UPDATE sqlite_master SET name = 'sqlite_x', "
        "sql = 'CREATE TRIGGER sqlite_x AFTER INSERT ON locks BEGIN DELETE FROM locks; END' WHERE name = 't'",
    ),
    "a trigger that is named as a table of SQLite's": (
        "CREATE TRIGGER t AFTER INSERT ON locks BEGIN DELETE FROM locks; END",
        "PRAGMA writable_schema = ON",
        "UPDATE sqlite_master SET name = 'sqlite_stat1', "
        "sql = 'CREATE TRIGGER sqlite_stat1 AFTER INSERT ON locks BEGIN DELETE FROM locks; END' WHERE name = 't'",
    ),
    "a trigger that is named as a table": ("CREATE TRIGGER locks AFTER INSERT ON locks BEGIN DELETE FROM locks; END",),
    "a view": ("CREATE VIEW seen AS SELECT * FROM journal WHERE id > 3",),
    "a view in the table's place": (
        "ALTER TABLE journal RENAME TO all_rows", "CREATE VIEW journal AS SELECT * FROM all_rows",
    ),
    "another table": ("CREATE TABLE mine (x)",),
    "no count": ("DELETE FROM counters",),
    "no count of the rows": ("DELETE FROM counters WHERE name = 'head'",),
    "no locks": ("DELETE FROM locks",),
    "a lock that was taken off": ("INSERT INTO locks VALUES ('E002', 'Ito', 'x', '2026-05-13T12:00:00.000+00:00')",),
    "no units": ("DELETE FROM known_units",),
}  # fmt: skip
"""AV9: every row holds, and something is not as it was."""


def lived_in(journal: Journal, path: Path) -> None:
    """A journal with a lock that stands, one that was taken off, and a unit that was seen."""
    fill(journal, 7)
    for unit_id, stage in (("E001", Stage.SET), ("E002", Stage.SET), ("E002", Stage.TAKEN_OFF)):
        journal.append("lock", by="Ito", unit_id=unit_id, what="lock", stage=stage)
    journal.append("member", by="the grid", unit_id="E001", what="E001 is new in the cluster.")
    journal.write_once()
    tamper(
        path,
        "INSERT INTO locks VALUES ('E001', 'Ito', 'fuse', '2026-05-13T12:00:00.000+00:00')",
        "INSERT INTO known_units (unit_id) VALUES ('E001')",
    )


@pytest.mark.parametrize("how", HIDING)
def test_what_hides_rows_or_empties_tables_is_found(path: Path, journal: Journal, how: str) -> None:
    lived_in(journal, path)
    assert journal.verify().ok
    tamper(path, *HIDING[how])
    code, text = verify_journal(path)
    assert code == 2
    assert text.startswith("The 11 rows hold, but the file was changed. ")


def test_what_sqlite_makes_by_itself_is_no_change(path: Path, journal: Journal) -> None:
    lived_in(journal, path)
    tamper(path, "ANALYZE")
    assert journal.verify().ok


@pytest.mark.parametrize("version", [99, 0, -5])
def test_tables_of_a_version_that_nobody_knows_are_not_passed_over(path: Path, journal: Journal, version: int) -> None:
    """AV9: with another version a trigger that deletes rows was not looked at, and nothing said so."""
    lived_in(journal, path)
    tamper(
        path,
        "CREATE TRIGGER t AFTER INSERT ON journal BEGIN DELETE FROM locks; END",
        f"PRAGMA user_version = {version}",
    )
    code, text = verify_journal(path)
    assert code == 2
    assert text.startswith(
        f"The 11 rows hold. The tables are of version {version}, which this program does not know "
        f"(it knows up to {max(STEPS)}), so tables, indexes, triggers and views were not compared: "
    )


def test_after_rows_were_lost_nobody_can_tell_of_the_locks(path: Path, journal: Journal) -> None:
    lived_in(journal, path)
    journal.append("lost", by="the program", unit_id=None, what="3 rows were lost", stage=Stage.LOST)
    journal.write_once()
    tamper(path, "DELETE FROM locks")
    assert journal.verify().ok


def test_two_rows_that_changed_places_are_found(path: Path, journal: Journal) -> None:
    fill(journal, 6)
    tamper(
        path,
        "UPDATE journal SET id = 100 WHERE id = 3",
        "UPDATE journal SET id = 3 WHERE id = 4",
        "UPDATE journal SET id = 4 WHERE id = 100",
    )
    assert journal.verify().first_bad == 3


def test_rows_renumbered_over_a_gap_are_found(path: Path, journal: Journal) -> None:
    fill(journal, 6)
    tamper(path, "DELETE FROM journal WHERE id = 3", "UPDATE journal SET id = id - 1 WHERE id > 3")
    assert journal.verify().first_bad == 3


def test_verifying_says_what_is_no_journal(tmp_path: Path) -> None:
    assert verify_journal(tmp_path / "nothing")[0] == 2
    other = tmp_path / "other"
    other.write_text("no database")
    code, text = verify_journal(other)
    assert code == 2
    assert "cannot be read as a journal" in text


MAY_LACK = "it lacks the newest rows, locks and units"


def test_a_copy_that_cp_made_while_the_program_ran_is_said_to_lack_what_is_in_the_wal(
    path: Path, journal: Journal, database: Database
) -> None:
    """M17: 86 of 343 rows and every lock were missing, and it was said to be whole."""
    fill(journal, 3)
    whole, alone = path.with_name("whole.sqlite3"), path.with_name("alone.sqlite3")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"VACUUM INTO '{whole}'")
    assert MAY_LACK not in verify_journal(path)[1]
    assert MAY_LACK not in verify_journal(whole)[1]
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    fill(journal, 3)
    alone.write_bytes(path.read_bytes())
    code, text = verify_journal(alone)
    assert (code, MAY_LACK in text) == (0, True)
    journal.append("start", by="the program", unit_id=None, what="The program ends", stage=Stage.ENDED)
    journal.write_once()
    database.close()
    assert MAY_LACK not in verify_journal(path)[1]


def test_a_copy_without_its_write_ahead_log_can_be_verified(path: Path, journal: Journal, database: Database) -> None:
    fill(journal, 3)
    database.close()
    copy = path.with_name("copy.sqlite3")
    copy.write_bytes(path.read_bytes())
    assert verify_journal(copy)[0] == 0


def test_verifying_leaves_no_file_beside_the_journal(path: Path, journal: Journal, database: Database) -> None:
    """As another user it left files that the program itself could not write."""
    fill(journal, 3)
    database.close()
    before = sorted(path.parent.iterdir())
    assert verify_journal(path)[0] == 0
    assert sorted(path.parent.iterdir()) == before


# Pruning


def aged(journal: Journal, wall: Wall, days: int) -> None:
    """One row a day, the last one now."""
    for day in range(days):
        wall.now = NOON + timedelta(days=day)
        journal.append("order", by="x", unit_id=None, what=f"day {day}")
    journal.write_once()


def test_pruning_takes_the_oldest_rows_and_leaves_an_anchor(path: Path, journal: Journal, wall: Wall) -> None:
    aged(journal, wall, 10)
    with closing(sqlite3.connect(path)) as other, other:
        last_hash = other.execute("SELECT hash FROM journal WHERE id = 4").fetchone()[0]
    other.close()
    assert journal.prune(NOON + timedelta(days=4)) == 4
    rows = list(journal.stream())
    assert [row["what"] for row in rows[:-1]] == [f"day {day}" for day in range(4, 10)]
    assert rows[-1]["kind"] == "anchor"
    assert rows[-1]["after"] == {"firstId": 1, "lastId": 4, "lastHash": last_hash, "rows": 4}
    assert journal.verify().ok
    assert verify_journal(path)[0] == 0


def test_pruning_again_and_everything_still_leaves_a_chain(journal: Journal, wall: Wall) -> None:
    aged(journal, wall, 10)
    assert journal.prune(NOON + timedelta(days=4)) == 4
    assert journal.prune(NOON + timedelta(days=4)) == 0
    assert journal.prune(NOON + timedelta(days=7)) == 3
    assert journal.verify().ok
    wall.now = NOON + timedelta(days=20)
    assert journal.prune(NOON + timedelta(days=15)) == 5  # three rows and two anchors
    assert [row["kind"] for row in journal.stream()] == ["anchor"]
    fill(journal, 1)
    assert journal.verify().ok
    assert journal.head().id == 14


def test_rows_removed_behind_an_anchor_are_found(path: Path, journal: Journal, wall: Wall) -> None:
    aged(journal, wall, 10)
    journal.prune(NOON + timedelta(days=4))
    tamper(path, "DELETE FROM journal WHERE id = 5")
    assert journal.verify().first_bad == 6


def test_an_anchor_with_another_hash_is_found(path: Path, journal: Journal, wall: Wall) -> None:
    aged(journal, wall, 10)
    journal.prune(NOON + timedelta(days=4))
    forged = json.dumps({"firstId": 1, "lastId": 4, "lastHash": "0" * 64, "rows": 4})
    tamper(path, f"UPDATE journal SET after = '{forged}' WHERE kind = 'anchor'")
    assert journal.verify().first_bad == 5


def dated(journal: Journal, wall: Wall, *days: int) -> None:
    """A row each, so many days after noon."""
    for day in days:
        wall.now = NOON + timedelta(days=day)
        journal.append("order", by="x", unit_id=None, what=f"day {day}")
    journal.write_once()


def test_a_pruned_row_with_a_wrong_clock_never_makes_a_hole(journal: Journal, wall: Wall) -> None:
    """M18: a row of the future, written while the clock was wrong, counts neither way: it goes with its neighbours."""
    dated(journal, wall, 0, 3000, 0, 9)
    assert journal.prune(NOON + timedelta(days=5)) == 3
    assert journal.verify().ok
    assert whats(journal)[0] == "day 9"


def test_rows_of_a_wrong_clock_that_came_last_are_kept_with_the_chain(journal: Journal, wall: Wall) -> None:
    dated(journal, wall, 0, 1, 3000)
    wall.now = NOON + timedelta(days=9)
    assert journal.prune(NOON + timedelta(days=5)) == 2
    assert whats(journal)[0] == "day 3000"
    assert journal.verify().ok


def test_what_is_dated_after_now_is_counted_and_named(journal: Journal, wall: Wall) -> None:
    dated(journal, wall, 0, 3000, 4000, 0)
    ahead = journal.ahead()
    assert (ahead.count, ahead.first, ahead.at) == (2, 2, "2034-07-30T12:00:00.000+00:00")
    wall.now = NOON + timedelta(days=5000)
    assert journal.ahead().count == 0


# Restarts


def test_an_order_without_an_end_is_unfinished_however_far_it_came(journal: Journal) -> None:
    came, intent, accepted = Stage.CAME, Stage.INTENT, Stage.ACCEPTED
    stories = {
        "c1": [came, intent, accepted], "c2": [came, intent, Stage.NOTE], "c3": [came, accepted], "c4": [came],
        "c5": [came, intent, accepted, Stage.VERIFIED], "c6": [came, Stage.REFUSED],
        "c7": [came, intent, Stage.UNKNOWN],
    }  # fmt: skip
    for command_id, stages in stories.items():
        for one in stages:
            journal.append(
                "order", by="x", unit_id=None, what="an order", command_id=command_id, order="share", stage=one
            )
    journal.write_once()
    found = journal.unfinished(["share", "endShare"])
    assert [(row["commandId"], row["stage"]) for row in found] == [
        ("c1", accepted), ("c2", intent), ("c3", accepted), ("c4", came),
    ]  # fmt: skip
    assert journal.unfinished(["endShare"]) == []


def test_command_numbers_outlive_the_rows(journal: Journal, wall: Wall) -> None:
    assert journal.last_command_number() == 0
    for command_id in ("c9", "c12", "c10", "cx", "12", None):
        journal.append("order", by="x", unit_id=None, what="came", command_id=command_id)
    journal.write_once()
    assert journal.last_command_number() == 12
    journal.prune(NOON + timedelta(days=1))
    assert journal.last_command_number() == 12


WRITER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from main_controller.store.database import Database
from main_controller.store.journal import Journal

database = Database(Path(sys.argv[1]))
journal = Journal(database, wall=lambda: datetime.now(UTC))
number = 0
while True:
    for _ in range(3):
        number += 1
        journal.append("order", by="child", unit_id="E001", what=f"row {number}", command_id=f"c{number}")
    database.write_once()
    sys.stdout.write(f"{number}\\n")
    sys.stdout.flush()
"""


@pytest.mark.parametrize("after_lines", [1, 7, 40])
def test_a_killed_process_leaves_a_whole_chain_with_all_that_it_said_was_written(
    path: Path, wall: Wall, root: Path, after_lines: int
) -> None:
    environment = {**os.environ, "PYTHONPATH": str(root)}
    child = subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, env=environment)
    assert child.stdout is not None
    with child, child.stdout:
        told = 0
        for _ in range(after_lines):
            told = int(child.stdout.readline())
        child.send_signal(signal.SIGKILL)
        child.wait(30)
    code, text = verify_journal(path)
    assert code == 0, text
    database = Database(path)
    journal = Journal(database, wall=wall)
    assert journal.head().id >= told > 0
    assert journal.last_command_number() == journal.head().id
    fill(journal, 1)
    assert journal.verify().ok
    database.close()


LIMITED = """
import resource, sys
from datetime import UTC, datetime
from pathlib import Path
from main_controller.errors import ControllerError
from main_controller.store.database import Database
from main_controller.store.journal import Journal

def grow(number):
    journal.append("order", by="child", unit_id="E001", what=f"row {number}", after="x" * 3000)
    database.write_once()

database = Database(Path(sys.argv[1]))
journal = Journal(database, wall=lambda: datetime.now(UTC))
grow(0)
hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, hard))
number = 0
while journal.fault is None:
    number += 1
    try:
        grow(number)
    except ControllerError as error:
        sys.stdout.write(error.sentence + "\\n")
resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
grow(number + 1)
assert journal.fault is None
assert [row["what"] for row in journal.stream()] == [f"row {n}" for n in range(number + 2)]
assert journal.verify().ok
"""


def test_a_disk_that_fails_in_the_middle_of_a_write_damages_nothing(path: Path, root: Path) -> None:
    """The file may not grow past a limit of the system's, so that a write fails half way (EFBIG)."""
    environment = {**os.environ, "PYTHONPATH": str(root)}
    command = [sys.executable, "-c", LIMITED, str(path)]
    child = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=60, check=False)
    assert child.returncode == 0, child.stderr
    assert child.stdout == "journal.sqlite3 cannot be written: the disk fails.\n"
    assert verify_journal(path)[0] == 0


def test_the_last_order_of_each_scope_is_told_over_a_restart(journal: Journal, wall: Wall) -> None:
    """A scheduled Run must know of a person's order from before the restart (Z12)."""
    for order, unit, by, stage in (
        ("setOperationMode", "E001", "10.0.0.9", Stage.ACCEPTED),
        ("setOperationMode", "E002", "10.0.0.9", Stage.REFUSED),
        ("setBudo", None, "scheduler", Stage.ACCEPTED),
        ("shutDown", None, "10.0.0.9", Stage.ACCEPTED),
    ):
        journal.append("order", by=by, unit_id=unit, what="a sentence", order=order, stage=stage)
    journal.write_once()
    assert journal.last_orders("scheduler", ("setOperationMode", "setBudo")) == {"E001": NOON}


@pytest.mark.parametrize(
    ("stage", "counts"),
    [(stage, stage in ("accepted", "verified", "partlyVerified", "contradicted", "timedOut", "unknown"))
     for stage in Stage],
)  # fmt: skip
def test_only_an_order_that_was_or_may_have_been_sent_is_a_persons_last(
    journal: Journal, stage: Stage, counts: bool
) -> None:
    journal.append("order", by="x", unit_id="E001", what="whatever it says: accepted", order="setBudo", stage=stage)
    journal.write_once()
    assert (journal.last_orders("scheduler", ("setBudo",)) == {"E001": NOON}) is counts


def test_no_sentence_of_a_row_decides_anything(journal: Journal) -> None:
    journal.append("order", by="x", unit_id=None, what="setBudo for the cluster: mode stop", outcome="accepted")
    journal.append("intent", by="x", unit_id=None, what="about to send: setBudo for the cluster", command_id="c1")
    journal.append("start", by="x", unit_id=None, what="The program ends: it was told to")
    journal.write_once()
    assert journal.last_orders("scheduler", ("setBudo",)) == {}
    assert journal.unfinished(["setBudo"]) == []
    assert journal.last_stage(Stage.ENDED) is None


def test_an_order_dated_after_now_is_nobodys_last(journal: Journal, wall: Wall) -> None:
    """M18: one row of 2099 must not make every scheduled Run a missed one."""
    for day in (0, 3000):
        wall.now = NOON + timedelta(days=day)
        journal.append("order", by="x", unit_id=None, what="an order", order="setBudo", stage=Stage.ACCEPTED)
    journal.write_once()
    wall.now = NOON + timedelta(days=1)
    assert journal.last_orders("scheduler", ("setBudo",)) == {None: NOON}
