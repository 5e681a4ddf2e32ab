"""A backup holds all that is kept, is made while the program writes, and goes back whole into an empty place or not."""

import json
import os
import sqlite3
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytz

from main_controller.accounts.account import Account
from main_controller.accounts.roles import Role
from main_controller.accounts.session import Session
from main_controller.domain.schedule import Operation
from main_controller.sentence import foreign
from main_controller.store.accounts import AccountStore
from main_controller.store.backup import BackupFault, LastBackup, Places, back_up, last_backup, last_path, restore
from main_controller.store.backup.archive import JOURNAL, LISTED
from main_controller.store.database import Database
from main_controller.store.history import History
from main_controller.store.journal import Journal
from main_controller.store.journal.check import verify_journal
from main_controller.store.journal.stages import Stage
from main_controller.store.locks import LockBook
from main_controller.store.schedules import Schedules

NOW = datetime(2026, 5, 13, 3, 0, tzinfo=UTC)


def places(folder: Path) -> Places:
    journal = folder / "journal"
    return Places(
        journal / "journal.sqlite3", journal / "history.sqlite3", folder / "schedules", journal / "estop"
    )  # fmt: skip


class Kept:
    """A program's files in use: a journal of some rows, a lock, a history, schedules and a latch."""

    def __init__(self, folder: Path) -> None:
        self.places = places(folder)
        self.places.database.parent.mkdir(parents=True)
        self.database = Database(self.places.database)
        self.journal = Journal(self.database, wall=lambda: NOW)
        for number in range(20):
            self.row(number)
        self.locks = LockBook(self.database)
        self.history = History(self.places.history, wall=lambda: NOW, megabytes=100)
        self.history.write([])
        self.schedules = Schedules(self.places.schedules)
        self.schedules.prepare()
        self.schedules.put("E001", Operation.SOFT_STOP, NOW + timedelta(hours=1))
        self.schedules.put(None, Operation.RUN, NOW + timedelta(minutes=5))
        self.places.latch.write_text("by hand", "utf-8")
        self.places.heads.write_text("heads", "utf-8")

    def row(self, number: int) -> None:
        self.journal.append("mode", by="the grid", unit_id=None, what=foreign(f"row {number}"), stage=Stage.EVENT)
        self.database.write_once()


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    return Kept(tmp_path / "from")


def refused(act: Callable[[], object]) -> str:
    with pytest.raises(BackupFault) as fault:
        act()
    return str(fault.value)


def put_back(file: Path, folder: Path, *, now: datetime = NOW) -> str:
    return restore(file, places(folder), now=now, zone=pytz.utc)


def test_there_and_back_it_is_the_same(kept: Kept, tmp_path: Path) -> None:
    file = tmp_path / "b.zip"
    said = back_up(kept.places, file, now=NOW)
    assert said.endswith("journal.sqlite3, history.sqlite3, journal.sqlite3.heads, estop and 2 schedules.")
    assert file.stat().st_mode & 0o777 == 0o600
    kept.row(99)
    assert put_back(file, tmp_path / "to").startswith("The backup of 2026-05-13T03:00:00.000+00:00 (program 0.1.0)")
    back = places(tmp_path / "to")
    assert verify_journal(back.database)[0] == 0
    again = Journal(Database(back.database), wall=lambda: NOW)
    assert [row["what"] for row in again.page()[0]][:1] == ["row 19"]
    assert back.latch.read_text("utf-8") == "by hand"
    assert back.heads.read_text("utf-8") == "heads"
    one, two = (Schedules(where.schedules).list() for where in (kept.places, back))
    assert one == two
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []
    assert [path.name for path in back.database.parent.iterdir() if path.name.startswith(".")] == []


def test_a_schedule_whose_time_has_passed_is_missed_and_never_run(kept: Kept, tmp_path: Path) -> None:
    file = tmp_path / "b.zip"
    back_up(kept.places, file, now=NOW)
    said = put_back(file, tmp_path / "to", now=NOW + timedelta(minutes=30))
    assert "is missed: its time has passed." in said
    assert [one.unit_id for one in Schedules(places(tmp_path / "to").schedules).list()] == ["E001"]


def test_sessions_are_dropped_and_leave_no_trace(kept: Kept, tmp_path: Path) -> None:
    """Who had been logged out since, or whose cookie was in a stolen backup, must not be known again."""
    store, digest = AccountStore(kept.database), "d" * 64
    store.put_account(Account(1, "sato", "Sato", Role.OPERATOR, enabled=True, password_hash="hash"))
    store.keep_session(Session(digest, 1, NOW, NOW, "10.0.0.1", "browser"))
    file = tmp_path / "b.zip"
    back_up(kept.places, file, now=NOW)
    assert "Sessions were dropped (1): everybody logs in anew." in put_back(file, tmp_path / "to")
    back = places(tmp_path / "to").database
    again = AccountStore(Database(back)).load()
    assert ([one.name for one in again.accounts.values()], dict(again.sessions)) == (["sato"], {})
    assert digest.encode() not in back.read_bytes()
    assert verify_journal(back)[0] == 0


def test_a_backup_of_a_version_before_accounts_goes_back(kept: Kept, tmp_path: Path) -> None:
    with sqlite3.connect(kept.places.database) as connection:
        for table in ("accounts", "sessions", "tokens"):
            connection.execute(f"DROP TABLE {table}")
        connection.execute("PRAGMA user_version = 7")
    connection.close()
    file = tmp_path / "b.zip"
    back_up(kept.places, file, now=NOW)
    assert "Sessions" not in put_back(file, tmp_path / "to")
    assert verify_journal(places(tmp_path / "to").database)[0] == 0


def test_when_the_last_one_was_made_is_remembered(kept: Kept, tmp_path: Path) -> None:
    assert last_backup(kept.places.database) is None
    back_up(kept.places, tmp_path / "b.zip", now=NOW)
    assert last_backup(kept.places.database) == LastBackup(NOW, tmp_path / "b.zip")
    assert last_path(kept.places.database).stat().st_mode & 0o777 == 0o600
    refused(lambda: back_up(kept.places, tmp_path / "b.zip", now=NOW + timedelta(days=1)))
    assert last_backup(kept.places.database) == LastBackup(NOW, tmp_path / "b.zip")


def test_a_backup_whose_time_cannot_be_remembered_is_whole_and_says_so(kept: Kept, tmp_path: Path) -> None:
    last_path(kept.places.database).mkdir()
    said = back_up(kept.places, tmp_path / "b.zip", now=NOW)
    assert "Its time could not be remembered" in said
    assert put_back(tmp_path / "b.zip", tmp_path / "to").startswith("The backup of")


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"at": 1, "file": "x"}', '{"at": "2026-05-13T03:00", "file": "x"}'])
def test_what_does_not_say_when_it_was_is_no_memory(kept: Kept, text: str) -> None:
    last_path(kept.places.database).write_text(text, "utf-8")
    with pytest.raises(ValueError, match=r"."):
        last_backup(kept.places.database)


def test_it_is_put_back_into_an_empty_place_only(kept: Kept, tmp_path: Path) -> None:
    file = tmp_path / "b.zip"
    back_up(kept.places, file, now=NOW)
    before = {path: path.read_bytes() for path in (tmp_path / "from").rglob("*") if path.is_file()}
    assert "is there already" in refused(lambda: restore(file, kept.places, now=NOW, zone=pytz.utc))
    assert {path: path.read_bytes() for path in (tmp_path / "from").rglob("*") if path.is_file()} == before
    only = places(tmp_path / "some")
    only.schedules.mkdir(parents=True)
    (only.schedules / "x").write_text("", "utf-8")
    assert "holds schedules" in refused(lambda: restore(file, only, now=NOW, zone=pytz.utc))
    assert not only.database.exists()


def test_no_backup_is_written_over_and_none_is_left_half(kept: Kept, tmp_path: Path) -> None:
    file = tmp_path / "b.zip"
    file.write_text("mine", "utf-8")
    assert "is there already" in refused(lambda: back_up(kept.places, file, now=NOW))
    assert file.read_text("utf-8") == "mine"
    assert "There is no database" in refused(lambda: back_up(places(tmp_path / "no"), tmp_path / "c.zip", now=NOW))
    assert "No such file" in refused(lambda: back_up(kept.places, tmp_path / "nowhere" / "c.zip", now=NOW))
    kept.places.history.write_bytes(b"rubbish" * 1000)
    assert "could not be written" in refused(lambda: back_up(kept.places, tmp_path / "d.zip", now=NOW))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b.zip", "from"]


def rewritten(file: Path, target: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    """The backup with something else in it."""
    with zipfile.ZipFile(file) as archive:
        found = {name: archive.read(name) for name in archive.namelist()}
    change(found)
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in found.items():
            archive.writestr(name, content)
    return target


def listed(found: dict[str, bytes], change: Callable[[Any], None]) -> None:
    told = json.loads(found[LISTED])
    change(told)
    found[LISTED] = json.dumps(told).encode()


def _grown(found: dict[str, bytes]) -> None:
    found["estop"] += b"x"


def _flipped(found: dict[str, bytes]) -> None:
    found[JOURNAL] = found[JOURNAL].replace(b"row 7", b"row 8")


def _climbs(found: dict[str, bytes]) -> None:
    found["../evil"] = b"x"
    listed(found, lambda told: told["files"].update({"../evil": {"bytes": 1, "sha256": "", "date_ns": None}}))


def _hidden(found: dict[str, bytes]) -> None:
    found["schedules/.x"] = b"x"
    listed(found, lambda told: told["files"].update({"schedules/.x": {"bytes": 1, "sha256": "", "date_ns": None}}))


def _unlisted(found: dict[str, bytes]) -> None:
    found["more"] = b"x"


def _newer(found: dict[str, bytes]) -> None:
    listed(found, lambda told: told.update(form=2))


def _listless(found: dict[str, bytes]) -> None:
    found[LISTED] = b"[]"


def _huge(found: dict[str, bytes]) -> None:
    listed(found, lambda told: told["files"]["estop"].update(bytes=10**12))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_grown, "estop is not what the list tells: it was changed."),
        (_flipped, "journal.sqlite3 is not what the list tells: it was changed."),
        (_climbs, "It holds '../evil', which no backup does."),
        (_hidden, "It holds 'schedules/.x', which no backup does."),
        (_unlisted, "It does not hold what its list tells."),
        (_newer, "It is a backup of the form 2, which this program does not know."),
        (_listless, "Its list is none of a backup."),
        (_huge, "estop is larger than in any backup."),
        (lambda found: found.pop(LISTED), "is no backup: it has no list of what it holds."),
    ],
)
def test_a_backup_is_untrusted(kept: Kept, tmp_path: Path, change: Any, said: str) -> None:
    """Nothing of one that is not what it says is put anywhere."""
    file = tmp_path / "b.zip"
    back_up(kept.places, file, now=NOW)
    changed = rewritten(file, tmp_path / "c.zip", change)
    assert said in refused(lambda: put_back(changed, tmp_path / "to"))
    assert [path for path in (tmp_path / "to").rglob("*") if path.is_file()] == []
    assert not (tmp_path / "evil").exists()


def test_a_forged_row_is_found_though_its_list_was_forged_too(kept: Kept, tmp_path: Path) -> None:
    """The journal's chain is followed before anything is put back."""
    import hashlib

    file = tmp_path / "b.zip"
    back_up(kept.places, file, now=NOW)

    def forge(found: dict[str, bytes]) -> None:
        path = tmp_path / "forged.sqlite3"
        path.write_bytes(found[JOURNAL])
        connection = sqlite3.connect(path)
        connection.execute("UPDATE journal SET what = 'nothing happened' WHERE id = 7")
        connection.commit()
        connection.close()
        found[JOURNAL] = path.read_bytes()
        digest = hashlib.sha256(found[JOURNAL]).hexdigest()
        listed(found, lambda told: told["files"][JOURNAL].update(bytes=len(found[JOURNAL]), sha256=digest))

    changed = rewritten(file, tmp_path / "c.zip", forge)
    assert "The journal in it does not hold." in refused(lambda: put_back(changed, tmp_path / "to"))


def test_what_is_no_zip_or_is_cut_off_is_said(kept: Kept, tmp_path: Path) -> None:
    file = tmp_path / "b.zip"
    back_up(kept.places, file, now=NOW)
    cut = tmp_path / "cut.zip"
    cut.write_bytes(file.read_bytes()[:-200])
    assert "is not a whole backup" in refused(lambda: put_back(cut, tmp_path / "to"))
    assert "No such file" in refused(lambda: put_back(tmp_path / "none.zip", tmp_path / "to"))


def test_a_fault_amid_putting_back_leaves_nothing(kept: Kept, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "b.zip"
    back_up(kept.places, file, now=NOW)
    link, calls = os.link, []

    def failing(source: Any, target: Any) -> None:
        calls.append(target)
        if len(calls) == 6:
            raise OSError(28, "No space left on device")
        link(source, target)

    monkeypatch.setattr(os, "link", failing)
    assert "No space left" in refused(lambda: put_back(file, tmp_path / "to"))
    assert [path for path in (tmp_path / "to").rglob("*") if path.is_file()] == []
