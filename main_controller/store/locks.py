"""Owns the maintenance locks, with who holds them and why, over restarts (lockout/tagout).

Used by every order that a lock forbids, by the lock orders and by the status.
"""

import logging
import sqlite3
import threading
from collections.abc import Callable, Mapping
from datetime import datetime

from main_controller.clock import utc_now
from main_controller.domain.timestamps import iso_utc
from main_controller.domain.written import read_alike
from main_controller.errors import ControllerError, NotFound, Refused
from main_controller.rules.mode_rules import lock_sentence
from main_controller.sentence import Sentence, joined, say
from main_controller.store.database import Database, DatabaseFault

log = logging.getLogger(__name__)

CLUSTER = ""
"""The scope of a lock on the whole cluster; any other scope is a unit's id."""

_PUT = "INSERT OR REPLACE INTO locks VALUES (?, ?, ?, ?)"

Lock = Mapping[str, str]
"""`name`, `reason` and `since` (ISO 8601 UTC)."""


class LockBook:
    """The locks in force, each on the disk before it is said to be set or taken off.

    While the file cannot be read at all, nobody knows what is locked: then a lock on the cluster stands that says so,
    and every question tries to read again. Stopping passes any lock.
    """

    def __init__(self, database: Database, *, wall: Callable[[], datetime] = utc_now) -> None:
        self._database = database
        self._wall = wall
        self._changing = threading.Lock()  # one change at a time: the disk first, then the memory
        self._locks: Mapping[str, Lock] | None = None  # replaced whole, so that readers never wait
        self._unreadable: Mapping[str, Lock] = {}
        database.restored_by(self._restore)
        self.all()

    def all(self) -> Mapping[str, Lock]:
        """Every lock by scope: a unit's id, or "" for the cluster."""
        locks = self._locks
        if locks is not None:
            return locks
        try:
            return self._load()
        except ControllerError as error:
            if not self._unreadable:
                log.error("the locks cannot be read, so the cluster is taken as locked: %s", error.sentence)
                unknown = say("store.locksUnreadable", "The locks cannot be read, so nobody knows what is locked.")
                reason = joined([unknown, error.sentence])
                self._unreadable = {
                    CLUSTER: {"name": "Main Controller", "reason": reason, "since": iso_utc(self._wall())}
                }
            return self._unreadable

    def set(self, scope: str, name: str, reason: str, at: datetime) -> Lock:
        """Set a lock, or give its holder's a new reason; on the disk when this returns.

        Raises Refused when another name holds it, ControllerError when it could not be written: then it is not set.
        """
        with self._changing:
            locks = self._known()
            held = locks.get(scope)
            if held is not None and not read_alike(held["name"], name):
                raise Refused(_held(scope, held))
            lock = {"name": name, "reason": reason, "since": held["since"] if held is not None else iso_utc(at)}
            values = (scope, name, reason, lock["since"])
            self._change(_PUT, values, say("store.wasNotLocked", "{scope} was not locked", scope=_who(scope)))
            self._locks = {**self._known(), scope: lock}  # asked again: a file put in place may have brought others
        return lock

    def clear(self, scope: str, name: str) -> Lock:
        """Take a lock off by its name and return it; off on the disk when this returns.

        Raises NotFound when there is none, Refused when another name holds it, ControllerError when it could not be
        written: then it stands.
        """
        with self._changing:
            locks = self._known()
            held = locks.get(scope)
            if held is None:
                raise NotFound(say("store.notLocked", "{scope} is not locked.", scope=_who(scope)))
            if not read_alike(held["name"], name):
                raise Refused(_others(scope, held))
            stands = say("store.stillLocked", "{scope} is still locked", scope=_who(scope))
            self._change("DELETE FROM locks WHERE scope = ?", (scope,), stands)
            self._locks = {other: lock for other, lock in self._known().items() if other != scope}
        return held

    def _restore(self, connection: sqlite3.Connection) -> None:
        """Write every lock into a file that took the place of the one in use; those that it holds stand too (M16).

        Within the database's transaction, so without the lock here, which its holder may wait with.
        """
        locks = self._locks
        if locks is None:
            return
        found = _found(connection)
        self._locks = {**found, **locks}
        for scope in found.keys() - locks.keys():
            log.warning("%s is locked, as the file says that was put in place: %s", _who(scope), dict(found[scope]))
        rows = [(scope, lock["name"], lock["reason"], lock["since"]) for scope, lock in locks.items()]
        connection.executemany(_PUT, rows)

    def _known(self) -> Mapping[str, Lock]:
        return self._locks if self._locks is not None else self._load()

    def _load(self) -> Mapping[str, Lock]:
        with self._database.reading() as connection:
            loaded = _found(connection)
        self._locks = loaded
        if self._unreadable:
            log.info("the locks can be read again: %d stand", len(loaded))
            self._unreadable = {}
        return loaded

    def _change(self, statement: str, values: tuple[str, ...], failed: Sentence) -> None:
        try:
            with self._database.writing() as connection:
                connection.execute(statement, values)
        except DatabaseFault as fault:
            raise DatabaseFault(
                say("store.failedBecause", "{failed}: {why}", failed=failed, why=fault.sentence)
            ) from fault


def _found(connection: sqlite3.Connection) -> dict[str, Lock]:
    """The locks that the file holds."""
    rows = connection.execute("SELECT scope, name, reason, since FROM locks").fetchall()
    return {scope: {"name": name, "reason": reason, "since": since} for scope, name, reason, since in rows}


def _held(scope: str, lock: Lock) -> Sentence:
    return say("store.lockHeld", "{lock}.", lock=lock_sentence(scope, lock))


def _others(scope: str, lock: Lock) -> Sentence:
    return say(
        "store.lockOfAnother",
        "{scope} is locked by {name}; only that name takes the lock off.",
        scope=_who(scope),
        name=lock["name"],
    )


def _who(scope: str) -> str:
    return scope or say("store.theCluster", "The cluster")
