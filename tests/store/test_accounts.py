"""Accounts, sessions and tokens on the disk: at the return, over a restart, on a full disk, in a replaced file."""

import logging
import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from main_controller.accounts.account import Account
from main_controller.accounts.roles import Role
from main_controller.accounts.session import Session
from main_controller.accounts.token import Token
from main_controller.store.accounts import AccountStore, Kept
from main_controller.store.database import Database, DatabaseFault
from tests.store.disk import fill_up, make_room

NOON = datetime(2026, 5, 13, 12, tzinfo=UTC)
ANNA = Account(1, "Anna", "佐藤 Anna", Role.ADMINISTRATOR, True, "$argon2id$1", "SECRET")
BEN = Account(2, "ben", "Ben", Role.VIEWER, False, "$argon2id$2")
OPEN = Session("a" * 64, 1, NOON, NOON + timedelta(minutes=3), "10.0.0.1", "Firefox")
OVER = replace(OPEN, digest="b" * 64, ended=NOON + timedelta(hours=1))
TOKEN = Token(1, "c" * 64, 1, "script", Role.VIEWER, NOON, NOON + timedelta(days=9), ("10.0.0.0/24", "::/0"))


@pytest.fixture
def database(tmp_path: Path) -> Database:
    return Database(tmp_path / "journal.sqlite3")


def filled(database: Database) -> AccountStore:
    store = AccountStore(database)
    store.put_account(ANNA)
    store.put_account(BEN)
    store.keep_session(OPEN, code_step=58)
    store.keep_session(OVER)
    store.put_token(TOKEN)
    return store


def kept(path: Path) -> Kept:
    """What another program would find in the file now."""
    database = Database(path)
    try:
        return AccountStore(database).load()
    finally:
        database.close()


ALL = Kept({1: ANNA, 2: BEN}, {1: 58}, {OPEN.digest: OPEN, OVER.digest: OVER}, {1: TOKEN}, 2, 1)


def test_a_new_file_has_nobody(database: Database) -> None:
    assert AccountStore(database).load() == Kept()


def test_everything_is_on_the_disk_at_the_return(database: Database) -> None:
    filled(database)
    assert kept(database.path) == ALL


def test_the_writer_changes_nothing_of_it(database: Database) -> None:
    filled(database)
    database.write_once()
    assert kept(database.path) == ALL


def test_a_changed_account_keeps_its_code_and_ends_the_sessions_named(database: Database) -> None:
    store = filled(database)
    store.put_account(replace(ANNA, role=Role.VIEWER, code_secret=None), without=[OPEN.digest])
    database.write_once()
    found = kept(database.path)
    assert found.accounts[1] == replace(ANNA, role=Role.VIEWER, code_secret=None)
    assert found.code_steps == {1: 58}
    assert list(found.sessions) == [OVER.digest]


def test_a_removed_account_takes_its_own_along_and_its_number_is_never_given_again(database: Database) -> None:
    store = filled(database)
    store.put_token(replace(TOKEN, number=2, digest="d" * 64, account=2))
    store.drop_account(2)
    store.drop_token(1)
    store.drop_account(1, without=[OPEN.digest, OVER.digest])
    database.write_once()
    assert kept(database.path) == Kept(last_account=2, last_token=2)
    store.put_account(ANNA)
    assert kept(database.path).last_account == 2


def test_no_name_is_there_twice(database: Database) -> None:
    store = filled(database)
    with pytest.raises(DatabaseFault):
        store.put_account(Account(3, "ANNA", "another", Role.VIEWER, True, ""))
    assert kept(database.path) == ALL


def test_the_last_use_goes_to_the_disk_behind(database: Database) -> None:
    store = filled(database)
    store.used_session(replace(OPEN, used=NOON + timedelta(hours=2)))
    store.used_token(replace(TOKEN, used=NOON + timedelta(hours=3)))
    assert kept(database.path) == ALL
    database.write_once()
    found = kept(database.path)
    assert found.sessions[OPEN.digest].used == NOON + timedelta(hours=2)
    assert found.tokens[1].used == NOON + timedelta(hours=3)


def test_what_waits_of_one_that_is_gone_brings_it_not_back(database: Database) -> None:
    store = filled(database)
    store.used_session(OPEN)
    store.used_token(TOKEN)
    store.drop_sessions([OPEN.digest])
    store.forget_sessions([OVER.digest])
    store.drop_token(1)
    database.write_once()
    assert kept(database.path) == replace(ALL, sessions={}, tokens={})


def test_on_a_full_disk_a_session_begins_and_what_is_graver_fails_whole(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    store = filled(database)
    fill_up(database)
    later = replace(OPEN, digest="e" * 64, browser="x" * 100_000)
    store.keep_session(later, code_step=60, without=[OPEN.digest])
    assert "a restart would not know it" in caplog.text
    assert later.digest not in caplog.text
    with pytest.raises(DatabaseFault, match="the disk is full"):
        store.put_account(replace(ANNA, display_name="x" * 100_000), without=[OVER.digest])
    assert kept(database.path) == ALL
    make_room(database)
    database.write_once()
    assert kept(database.path) == replace(ALL, code_steps={1: 60}, sessions={OVER.digest: OVER, later.digest: later})


def test_a_session_that_waits_for_the_disk_and_is_ended_meanwhile_does_not_return(database: Database) -> None:
    store = filled(database)
    fill_up(database)
    later = replace(OPEN, digest="e" * 64, browser="x" * 100_000)
    store.keep_session(later)
    make_room(database)
    store.drop_sessions([later.digest])
    database.write_once()
    assert kept(database.path) == ALL


def test_what_is_held_takes_the_place_of_what_a_replaced_file_holds(
    database: Database, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """M16: an account that was removed does not return by an old copy, nor does an old password."""
    other = Database(tmp_path / "other.sqlite3")
    old = AccountStore(other)
    old.put_account(replace(ANNA, password_hash="old", code_secret=None))
    old.put_account(Account(3, "mallory", "Mallory", Role.ADMINISTRATOR, True, "hers"))
    old.keep_session(replace(OPEN, digest="9" * 64, account=3))
    old.put_token(replace(TOKEN, number=7, digest="8" * 64, account=3))
    other.close()
    store = filled(database)
    held: list[Kept | None] = [None]
    store.outlives(lambda: held[0])
    held[0] = ALL
    database.write_once()
    shutil.copyfile(other.path, tmp_path / "put.sqlite3")
    (tmp_path / "put.sqlite3").rename(database.path)
    database.write_once()
    assert kept(database.path) == replace(ALL, last_account=3, last_token=7)
    assert "held 2 accounts and 1 tokens: they do not count" in caplog.text


def test_before_anything_was_read_a_replaced_file_stands(database: Database, tmp_path: Path) -> None:
    other = Database(tmp_path / "other.sqlite3")
    filled(other)
    other.close()
    AccountStore(database).outlives(lambda: None)
    database.write_once()
    with database.writing():
        pass
    other.path.rename(database.path)
    database.write_once()
    assert kept(database.path) == ALL


DAMAGE = {
    "a role that there is not": "UPDATE accounts SET role = 'root' WHERE id = 2",
    "a name that is none": "UPDATE accounts SET name = x'00' WHERE id = 2",
    "a hash that is none": "UPDATE accounts SET password_hash = x'ff' WHERE id = 2",
    "no time": "UPDATE sessions SET used_at = 'soon' WHERE digest LIKE 'b%'",
    "a time without a zone": "UPDATE sessions SET began_at = '2026-05-13T12:00:00' WHERE digest LIKE 'b%'",
    "no account": "UPDATE sessions SET account_id = 'anna' WHERE digest LIKE 'b%'",
    "no networks": "UPDATE tokens SET networks = '[[]]'",
    "networks of another form": "UPDATE tokens SET networks = '{'",
    "networks that are a number": "UPDATE tokens SET networks = '7'",
    "networks that look like none": "UPDATE tokens SET networks = '{}'",
}


@pytest.mark.parametrize("statement", DAMAGE.values(), ids=DAMAGE)
def test_what_somebody_damaged_is_left_out_and_told_and_all_else_is_there(
    database: Database, statement: str, caplog: pytest.LogCaptureFixture
) -> None:
    filled(database)
    with database.writing() as connection:
        connection.execute(statement)
    found = kept(database.path)
    assert [record.levelno for record in caplog.records if record.name.endswith("store.accounts")] == [logging.ERROR]
    left = [*found.accounts.values(), *found.sessions.values(), *found.tokens.values()]
    assert len(left) == 4
    assert ANNA in left
    assert OPEN in left
    assert (found.last_account, found.last_token) == (2, 1)


def test_sessions_and_tokens_without_an_account_count_for_nothing(database: Database) -> None:
    filled(database)
    with database.writing() as connection:
        connection.execute("DELETE FROM accounts WHERE id = 1")
    assert kept(database.path) == Kept({2: BEN}, last_account=2, last_token=1)


def test_a_code_step_that_is_none_is_as_if_none_had_been_taken(database: Database) -> None:
    filled(database)
    with database.writing() as connection:
        connection.execute("UPDATE accounts SET code_step = 'x' WHERE id = 1")
    assert kept(database.path) == replace(ALL, code_steps={})
