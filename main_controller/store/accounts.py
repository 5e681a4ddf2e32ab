"""Keeps accounts, sessions and tokens in the database, for `access/`, which has them in memory.

What a person changes is on the disk when the call returns. When a session or token was last used goes there behind.
"""

import json
import logging
import secrets
import sqlite3
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from main_controller.accounts.account import Account
from main_controller.accounts.roles import Role
from main_controller.accounts.session import Session
from main_controller.accounts.token import Token, networks_of
from main_controller.domain.timestamps import iso_utc
from main_controller.errors import ControllerError
from main_controller.store.database import Database, DatabaseFault

log = logging.getLogger(__name__)

BESIDE, NOTED = "accounts changed beside", "accounts changed beside, noted"
"""The counters of changes that the command line made, and of those that the program has taken note of."""

Write = tuple[str, tuple[str | int | None, ...]]
"""A statement with its values."""

_PUT_ACCOUNT = (
    "INSERT INTO accounts (id, name, name_key, display_name, role, enabled, password_hash, code_secret) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET name = excluded.name, "
    "name_key = excluded.name_key, display_name = excluded.display_name, role = excluded.role, "
    "enabled = excluded.enabled, password_hash = excluded.password_hash, code_secret = excluded.code_secret"
)
_PUT_SESSION = "INSERT OR REPLACE INTO sessions VALUES (?, ?, ?, ?, ?, ?, ?)"
_PUT_TOKEN = "INSERT OR REPLACE INTO tokens VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
_COUNT = (
    "INSERT INTO counters (name, value) VALUES (?, ?) "
    "ON CONFLICT (name) DO UPDATE SET value = max(value, excluded.value)"
)
_ONE_MORE = "INSERT INTO counters (name, value) VALUES (?, 1) ON CONFLICT (name) DO UPDATE SET value = value + 1"
_STEP = "UPDATE accounts SET code_step = ? WHERE id = ?"
_DROP_SESSION = "DELETE FROM sessions WHERE digest = ?"


@dataclass(frozen=True, slots=True)
class Kept:
    """All that is kept: accounts by number, the step of the code each took last, sessions by digest, tokens by number.

    `last_account` and `last_token` are the last numbers given, also to what is there no more.
    """

    accounts: Mapping[int, Account] = field(default_factory=dict)
    code_steps: Mapping[int, int] = field(default_factory=dict)
    sessions: Mapping[str, Session] = field(default_factory=dict)
    tokens: Mapping[int, Token] = field(default_factory=dict)
    last_account: int = 0
    last_token: int = 0


class AccountStore:
    """Accounts, sessions and tokens in `database`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def load(self) -> Kept:
        """All that the file holds; raises ControllerError where it cannot be read.

        What somebody has changed into what is never written is left out and logged.
        """
        with self._database.reading() as connection:
            accounts = {row["id"]: dict(row) for row in connection.execute("SELECT * FROM accounts")}
            sessions = [dict(row) for row in connection.execute("SELECT * FROM sessions")]
            tokens = [dict(row) for row in connection.execute("SELECT * FROM tokens")]
            counted = dict(connection.execute("SELECT name, value FROM counters WHERE name IN ('accounts', 'tokens')"))
        found = {one.number: one for one in _read("account", accounts.values(), _account)}
        steps = {number: accounts[number]["code_step"] for number in found}
        found_tokens = [one for one in _read("token", tokens, _token) if one.account in found]
        found_sessions = [one for one in _read("session", sessions, _session) if one.account in found]
        return Kept(
            found,
            {number: step for number, step in steps.items() if isinstance(step, int)},
            {one.digest: one for one in found_sessions},
            {one.number: one for one in found_tokens},
            max([counted.get("accounts", 0), *accounts]),
            max([counted.get("tokens", 0), *(row["id"] for row in tokens)]),
        )

    def instance(self) -> str | None:
        """What tells this console from any other, as 10 hex digits; None while the file cannot be read.

        Made once, and kept in the file, so that a copy of it is the same console.
        """
        try:
            with self._database.writing() as connection:
                connection.execute(
                    "INSERT OR IGNORE INTO counters (name, value) VALUES ('instance', ?)", (secrets.randbits(40),)
                )
                found = connection.execute("SELECT value FROM counters WHERE name = 'instance'").fetchone()
        except ControllerError as fault:
            log.warning("this console's own name cannot be read: %s", fault.sentence)
            return None
        return f"{found[0]:010x}"

    def changed_beside(self) -> None:
        """Tell the running program, if any, that accounts were changed beside it; raises ControllerError."""
        self._write([(_ONE_MORE, (BESIDE,))])

    def changes_beside(self) -> tuple[int, int]:
        """How many changes were made beside the program, and of how many it has taken note; raises ControllerError."""
        with self._database.reading() as connection:
            found = dict(connection.execute("SELECT name, value FROM counters WHERE name IN (?, ?)", (BESIDE, NOTED)))
        return found.get(BESIDE, 0), found.get(NOTED, 0)

    def note_beside(self, count: int) -> None:
        """Keep that note was taken of so many; raises ControllerError."""
        self._write([(_COUNT, (NOTED, count))])

    def outlives(self, held: Callable[[], Kept | None]) -> None:
        """Have what is `held` in memory written into a file that takes the place of the one in use (M16).

        What that file holds goes: an account that was removed must not return by an old copy. None: nothing was read
        yet, and then what the file holds stands.
        """

        def restore(connection: sqlite3.Connection) -> None:
            kept = held()
            if kept is not None:
                _write_all(connection, kept)

        self._database.restored_by(restore)

    # What a person changes: on the disk at the return, or DatabaseFault and nothing is changed

    def put_account(self, account: Account, *, without: Collection[str] = (), code_step: int | None = None) -> None:
        """Keep an account, new or changed; the sessions of these digests end with the change, and the one-time code of
        `code_step` is taken with it."""
        writes: list[Write] = [(_PUT_ACCOUNT, _account_row(account)), (_COUNT, ("accounts", account.number))]
        taken: Write = (_STEP, (code_step, account.number))
        self._write(writes if code_step is None else [*writes, taken], without)
        if code_step is not None:  # in place of an older one that still waits to be written
            self._database.latest.put(("code step", account.number), *taken)
            self._database.rouse()

    def drop_account(self, number: int, *, without: Collection[str] = ()) -> None:
        """Remove an account with its tokens and its sessions, which have these digests."""
        tables = (("accounts", "id"), ("tokens", "account_id"), ("sessions", "account_id"))
        self._write([(f"DELETE FROM {table} WHERE {column} = ?", (number,)) for table, column in tables], without)

    def put_token(self, token: Token) -> None:
        """Keep a new token."""
        self._write([(_PUT_TOKEN, _token_row(token)), (_COUNT, ("tokens", token.number))])

    def drop_token(self, number: int) -> None:
        """Remove a token."""
        self._write([("DELETE FROM tokens WHERE id = ?", (number,))])

    def drop_sessions(self, digests: Collection[str]) -> None:
        """Remove the sessions of these digests."""
        self._write([], digests)

    # What goes to the disk as soon as it can

    def keep_session(self, session: Session, *, code_step: int | None = None, without: Collection[str] = ()) -> None:
        """Keep a session that begins or ends, in place of those of these digests; on the disk when this returns.

        With the step of the code that it was begun by. Where the disk refuses it is written once it can be: a full disk
        must keep nobody from the controls, nor logged in.
        """
        waiting: dict[tuple[str, str | int], Write] = {
            ("session", session.digest): (_PUT_SESSION, _session_row(session))
        }
        if code_step is not None:
            waiting["code step", session.account] = (_STEP, (code_step, session.account))
        try:
            self._write(waiting.values(), without)
        except DatabaseFault as fault:
            log.warning("a session is not on the disk as it is, and a restart would not know it: %s", fault.sentence)
            self._wait_to_drop(without)
        for key, (statement, values) in waiting.items():  # also where it was written: nothing older may come after it
            self._database.latest.put(key, statement, values)
        self._database.rouse()

    def forget_sessions(self, digests: Collection[str]) -> None:
        """Remove sessions that have ended by themselves."""
        self._wait_to_drop(digests)
        self._database.rouse()

    def used_session(self, session: Session) -> None:
        """It was used just now."""
        values = (iso_utc(session.used), session.digest)
        self._database.latest.put(
            ("session used", session.digest), "UPDATE sessions SET used_at = ? WHERE digest = ?", values
        )
        self._database.rouse()

    def used_token(self, token: Token) -> None:
        """It was used just now."""
        values = (None if token.used is None else iso_utc(token.used), token.number)
        self._database.latest.put(("token used", token.number), "UPDATE tokens SET used_at = ? WHERE id = ?", values)
        self._database.rouse()

    def _wait_to_drop(self, digests: Collection[str]) -> None:
        """Have sessions removed, in place of whatever else waits to be written of them."""
        for digest in digests:
            self._database.latest.put(("session", digest), _DROP_SESSION, (digest,))

    def _write(self, writes: Iterable[Write], without: Collection[str] = ()) -> None:
        with self._database.writing() as connection:
            for statement, values in [*writes, *((_DROP_SESSION, (digest,)) for digest in without)]:
                connection.execute(statement, values)
        self._wait_to_drop(without)


def _write_all(connection: sqlite3.Connection, kept: Kept) -> None:
    """Have the file hold this, and nothing else of accounts."""
    held = [connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in ("accounts", "tokens")]
    if any(held):
        log.warning("the file that was put in place held %d accounts and %d tokens: they do not count", *held)
    for table in ("accounts", "sessions", "tokens"):
        connection.execute(f"DELETE FROM {table}")
    connection.executemany(_PUT_ACCOUNT, [_account_row(one) for one in kept.accounts.values()])
    connection.executemany(_STEP, [(step, number) for number, step in kept.code_steps.items()])
    connection.executemany(_PUT_SESSION, [_session_row(one) for one in kept.sessions.values()])
    connection.executemany(_PUT_TOKEN, [_token_row(one) for one in kept.tokens.values()])
    connection.executemany(_COUNT, [("accounts", kept.last_account), ("tokens", kept.last_token)])


def _account_row(one: Account) -> tuple[str | int | None, ...]:
    return (
        one.number, one.name, one.key, one.display_name, str(one.role), int(one.enabled), one.password_hash,
        one.code_secret,
    )  # fmt: skip


def _session_row(one: Session) -> tuple[str | int | None, ...]:
    ended = None if one.ended is None else iso_utc(one.ended)
    return one.digest, one.account, iso_utc(one.began), iso_utc(one.used), ended, one.address, one.browser


def _token_row(one: Token) -> tuple[str | int | None, ...]:
    used = None if one.used is None else iso_utc(one.used)
    return (
        one.number, one.digest, one.account, one.name, str(one.role), iso_utc(one.began), iso_utc(one.ends),
        json.dumps(one.networks), used,
    )  # fmt: skip


Row = Mapping[str, Any]
One = TypeVar("One")


def _read(what: str, rows: Iterable[Row], read: Callable[[Row], One]) -> list[One]:
    """What these rows say; one that says nothing is left out."""
    found = []
    for row in rows:
        try:
            found.append(read(row))
        except (TypeError, ValueError, ControllerError) as fault:
            log.error("a kept %s is damaged and is left out: %r", what, fault)
    return found


def _account(row: Row) -> Account:
    secret = row["code_secret"]
    return Account(
        _number(row["id"]), _text(row["name"]), _text(row["display_name"]), Role(row["role"]),
        _number(row["enabled"]) == 1, _text(row["password_hash"]), None if secret is None else _text(secret),
    )  # fmt: skip


def _session(row: Row) -> Session:
    return Session(
        _text(row["digest"]), _number(row["account_id"]), _moment(row["began_at"]), _moment(row["used_at"]),
        _text(row["address"]), _text(row["browser"]), None if row["ended_at"] is None else _moment(row["ended_at"]),
    )  # fmt: skip


def _token(row: Row) -> Token:
    return Token(
        _number(row["id"]), _text(row["digest"]), _number(row["account_id"]), _text(row["name"]), Role(row["role"]),
        _moment(row["began_at"]), _moment(row["ends_at"]), _networks(row["networks"]),
        None if row["used_at"] is None else _moment(row["used_at"]),
    )  # fmt: skip


def _networks(value: object) -> tuple[str, ...]:
    """The networks of a token; nothing but an empty list is none, which is everywhere."""
    texts = json.loads(_text(value))
    if not isinstance(texts, list):
        raise TypeError("the networks are no list")
    return networks_of([_text(one) for one in texts])


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("a text is none")
    return value


def _number(value: object) -> int:
    if not isinstance(value, int):
        raise TypeError("a number is none")
    return value


def _moment(value: object) -> datetime:
    moment = datetime.fromisoformat(_text(value))
    if moment.tzinfo is None:
        raise ValueError("a time has no zone")
    return moment
