"""A file of an older version is brought to this one in steps, all or none, a copy beside it; nothing in it is lost."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from main_controller import __version__
from main_controller.domain.freshness import Remembered
from main_controller.errors import ControllerError
from main_controller.sentence import say
from main_controller.store.database import Database, DatabaseFault
from main_controller.store.database.migrations import APPLICATION, VERSION
from main_controller.store.database.steps import STEPS, Step, run
from main_controller.store.journal import Journal, Stage
from main_controller.store.journal.check import verify_journal
from main_controller.store.known_units import KnownUnits
from main_controller.store.locks import LockBook
from main_controller.store.running import RunningProcedures
from tests.store.database.old_files import OLD, ROWS, old_file

NOON = datetime(2026, 5, 13, 12, tzinfo=UTC)
LATER = NOON + timedelta(days=1)

KEPT = {"E001": Remembered("E001", "0x0014", 350.0, 2.0, "10.0.0.1", "me", NOON)}

MODES = ("setOperationMode", "setBudo")


@pytest.fixture(params=OLD)
def version(request: pytest.FixtureRequest) -> int:
    return int(request.param)


@pytest.fixture
def old(tmp_path: Path, version: int) -> Path:
    """A file as that version of the tables left it."""
    return old_file(tmp_path / "journal.sqlite3", version)


def known_units(database: Database) -> KnownUnits:
    return KnownUnits(database, wall=lambda: NOON, lasts=timedelta(days=1))


def dump(path: Path) -> list[str]:
    """Everything in a file, and its version."""
    connection = sqlite3.connect(path)
    found = [*connection.iterdump(), str(connection.execute("PRAGMA user_version").fetchone()[0])]
    connection.close()
    return found


def columns(path: Path) -> dict[str, set[str]]:
    connection = sqlite3.connect(path)
    names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    found = {name: {row[1] for row in connection.execute(f"PRAGMA table_info({name})")} for name in names}
    connection.close()
    return found


def migrate(path: Path) -> None:
    database = Database(path)
    with database.writing():
        pass
    database.close()


def test_the_mark_of_the_older_file_is_ours() -> None:
    assert APPLICATION == 1095780691


def test_an_older_file_is_read_and_written_as_one_of_today(old: Path) -> None:
    database = Database(old)
    known = known_units(database)
    assert known.load() == KEPT
    assert LockBook(database).all()["E001"]["name"] == "Sato"
    assert RunningProcedures(database).load() == [{"id": "c7"}]
    known.forget("E001", "Sato", "scrapped", NOON)
    journal = Journal(database, wall=lambda: LATER)
    stop = say("watching.order", "{order} for {scope}", order="stopAll", scope="the cluster")
    journal.append("order", by="me", unit_id=None, what=stop, order="stopAll", stage=Stage.CAME)
    database.write_once()
    assert journal.last_command_number() == 16
    rows = list(journal.stream())
    assert [one["text"] for one in journal.messages(row["id"] for row in rows)] == [stop]
    database.close()
    again = Database(old)
    book = known_units(again)
    assert (book.load(), set(book.forgotten())) == ({}, {"E001"})
    again.close()
    code, text = verify_journal(old)
    assert code == 0, text


def test_every_old_row_gets_its_order_and_stage_and_keeps_its_hash(old: Path) -> None:
    before = {row["id"]: row for row in stored(old)}
    migrate(old)
    rows = stored(old)
    assert [(row["order_name"], row["stage"]) for row in rows] == [*(row[1:] for row in ROWS), (None, "ended")]
    assert all(row["hash"] == before[row["id"]]["hash"] for row in rows)
    assert verify_journal(old)[0] == 0


def stored(path: Path) -> list[sqlite3.Row]:
    connection = sqlite3.connect(path)
    connection.row_factory = sqlite3.Row
    rows = connection.execute("SELECT * FROM journal ORDER BY id").fetchall()
    connection.close()
    return rows


def answers(path: Path) -> tuple[object, ...]:
    """All by which a start decides, and the newest row on the page."""
    database = Database(path)
    journal = Journal(database, wall=lambda: LATER)
    found = (
        journal.last_orders("scheduler", MODES),
        journal.last_orders("scheduler", ("stopAll",)),
        [(row["commandId"], row["order"]) for row in journal.unfinished((*MODES, "setDcdc", "stopAll"))],
        journal.last_stage(Stage.STARTED, Stage.ENDED, Stage.REPLACED),
        journal.page(limit=1)[0][0]["stage"],
        journal.messages(range(1, 100)),
    )
    database.close()
    return found


EXPECTED: tuple[object, ...] = (
    {None: NOON + timedelta(minutes=10), "E002": NOON + timedelta(minutes=11)},
    {None: NOON + timedelta(minutes=15)},
    [("c12", "setDcdc")],
    Stage.ENDED,
    "ended",
    [],
)


def test_what_a_start_decides_by_is_the_same_after_the_migration(old: Path) -> None:
    assert answers(old) == EXPECTED


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE journal SET stage = 'came' WHERE id = 9",
        "UPDATE journal SET stage = NULL WHERE id = 9",
        "UPDATE journal SET order_name = 'stopAll' WHERE id = 9",
        "UPDATE journal SET what = 'stopAll for the cluster', order_name = 'stopAll' WHERE id = 9",
        "UPDATE journal SET messages = '[]' WHERE id = 9",
        "UPDATE journal SET messages = '' WHERE id = 9",
    ],
)
def test_what_is_changed_in_or_added_to_an_old_row_is_found(old: Path, statement: str) -> None:
    """Before version 4 they are not in its hash, but follow from what is."""
    migrate(old)
    connection = sqlite3.connect(old)
    connection.execute(statement)
    connection.commit()
    connection.close()
    code, text = verify_journal(old)
    assert (code, "Row 9 does not follow" in text) == (2, True)


def test_a_new_file_has_the_same_tables_and_takes_no_copy(old: Path, tmp_path: Path) -> None:
    new = tmp_path / "new.sqlite3"
    for path in (old, new):
        migrate(path)
    assert columns(old) == columns(new)
    assert not list(tmp_path.glob("new.sqlite3.v*"))


# The copy


def test_the_file_as_it_was_is_beside_it_whole_and_the_log_says_so(
    old: Path, version: int, caplog: pytest.LogCaptureFixture
) -> None:
    before = dump(old)
    migrate(old)
    copy = old.with_name(f"journal.sqlite3.v{version}")
    assert dump(copy) == before
    assert verify_journal(copy)[0] == 0
    assert f"tables of version {version}; as it is, it is kept as {copy.name}" in caplog.text
    assert sorted(path.name for path in old.parent.glob(".*.part")) == []


def test_what_stands_in_the_write_ahead_log_is_in_the_copy(old: Path, version: int) -> None:
    other = sqlite3.connect(old)
    other.execute("INSERT INTO running VALUES ('late', '{}')")
    other.commit()
    migrate(old)
    other.close()
    assert any("'late'" in line for line in dump(old.with_name(f"journal.sqlite3.v{version}")))


def test_the_copy_in_its_place_is_the_way_back_and_forth(old: Path, version: int) -> None:
    """Whoever goes back to the older program and comes again loses no earlier copy."""
    migrate(old)
    copy = old.with_name(f"journal.sqlite3.v{version}")
    first = dump(copy)
    shutil.copyfile(copy, old)
    connection = sqlite3.connect(old)
    connection.execute("INSERT INTO running VALUES ('meanwhile', '{}')")
    connection.commit()
    connection.close()
    migrate(old)
    assert dump(copy) == first
    assert any("'meanwhile'" in line for line in dump(old.with_name(f"{copy.name}.2")))


def test_without_room_for_the_copy_nothing_is_changed_and_the_file_is_read_as_it_is(
    old: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or a full disk at the first start of a new version would make it forget every silent unit, and every lock."""
    usage = shutil.disk_usage(old.parent)._replace(free=1000)
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: usage)
    before = dump(old)
    database = Database(old)
    sentence = r"cannot be brought to this version, as no copy .*: the disk is full\."
    with pytest.raises(DatabaseFault, match=sentence), database.writing():
        pass
    assert known_units(database).load() == KEPT
    assert LockBook(database).all()["E001"]["name"] == "Sato"
    database.close()
    assert answers(old) == EXPECTED
    assert dump(old) == before
    assert list(old.parent.glob("*.v*")) == []


# Faults amid


def fails(connection: sqlite3.Connection) -> None:
    connection.execute("ALTER TABLE missing ADD COLUMN x TEXT")


def with_last_step(monkeypatch: pytest.MonkeyPatch, step: Step) -> None:
    """The newest step, followed by this one."""
    newest = STEPS[VERSION]

    def both(connection: sqlite3.Connection) -> None:
        run(connection, newest)
        run(connection, step)

    monkeypatch.setitem(STEPS, VERSION, both)


def test_a_step_that_fails_leaves_the_file_as_it_was_and_is_known_all_the_same(
    old: Path, version: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_last_step(monkeypatch, fails)
    before = dump(old)
    database = Database(old)
    for _ in range(3):  # a writer tries again each second: without another copy
        with pytest.raises(DatabaseFault, match="no such table"), database.writing():
            pass
    assert known_units(database).load() == KEPT
    assert LockBook(database).all()["E001"]["name"] == "Sato"
    database.close()
    assert dump(old) == before
    assert answers(old) == EXPECTED
    assert [path.name for path in old.parent.glob("*.v*")] == [f"journal.sqlite3.v{version}"]


KILLED = """
import os, signal, sys
from pathlib import Path
from main_controller.store.database import Database, steps

newest = max(steps.STEPS)
last = steps.STEPS[newest]

def killed(connection):
    steps.run(connection, last)
    os.kill(os.getpid(), signal.SIGKILL)

steps.STEPS[newest] = killed
with Database(Path(sys.argv[1])).writing():
    pass
"""


def test_a_kill_amid_the_migration_leaves_all_or_nothing_and_the_next_start_goes_on(
    old: Path, version: int, root: Path
) -> None:
    before = dump(old)
    environment = {**os.environ, "PYTHONPATH": str(root)}
    done = subprocess.run([sys.executable, "-c", KILLED, str(old)], env=environment, timeout=60, check=False)
    assert done.returncode == -signal.SIGKILL
    assert dump(old) == before
    copy = old.with_name(f"journal.sqlite3.v{version}")
    assert dump(copy) == before
    migrate(old)
    assert verify_journal(old)[0] == 0
    assert answers(old) == EXPECTED
    assert [path.name for path in old.parent.glob("*.v*")] == [copy.name], "the same copy serves again"


def test_what_a_kill_left_of_a_copy_is_none(old: Path, version: int) -> None:
    part = old.with_name(f".journal.sqlite3.v{version}.part")
    part.write_bytes(b"half")
    migrate(old)
    assert not part.exists()
    assert verify_journal(old.with_name(f"journal.sqlite3.v{version}"))[0] == 0


# A newer file


def make_newer(path: Path, *statements: str) -> None:
    migrate(path)
    connection = sqlite3.connect(path)
    for statement in (f"PRAGMA user_version = {VERSION + 1}", *statements):
        connection.execute(statement)
    connection.commit()
    connection.close()


def test_a_newer_file_names_the_program_that_wrote_it(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite3"
    make_newer(path, f"INSERT INTO migrations VALUES ({VERSION + 1}, '7.8.9', '')")
    before = path.read_bytes()
    database = Database(path)
    with pytest.raises(ControllerError, match=r"tables 6; .* up to 5.*Start version 7\.8\.9 of the program again, or"):
        LockBook(database).set("E001", "Sato", "cabling", NOON)
    assert path.read_bytes() == before


def test_a_newer_file_names_the_newest_copy_that_this_program_can_use(old: Path, version: int) -> None:
    make_newer(old)
    copy = f"journal.sqlite3.v{version}"
    shutil.copyfile(old.with_name(copy), old.with_name(f"journal.sqlite3.v{VERSION + 1}"))
    with (
        pytest.raises(ControllerError, match=f"put {copy}, which lies beside it, in its place"),
        Database(old).writing(),
    ):
        pass
    shutil.copyfile(old.with_name(copy), old)
    assert answers(old) == EXPECTED


def test_who_made_the_tables_is_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite3"
    migrate(path)
    connection = sqlite3.connect(path)
    assert connection.execute("SELECT tables, program FROM migrations").fetchall() == [(VERSION, __version__)]
    connection.close()
