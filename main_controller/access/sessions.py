"""The sessions of browsers: begun, used, listed and ended. Used by the directory and the log-in."""

from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple

from main_controller.access.memory import Memory
from main_controller.accounts.account import Account
from main_controller.accounts.session import Session
from main_controller.credentials.secret import new_session_id, session_digest
from main_controller.errors import NotFound
from main_controller.sentence import say

MOST = 20
"""How many sessions of one account are kept; of more the one that was used longest ago goes."""

WRITTEN_EVERY = timedelta(minutes=1)
"""When a session or a token was last used goes to the disk at most so often."""

LONGEST_TEXT = 200
"""How many characters of what a browser calls itself are kept."""


class Begun(NamedTuple):
    """A session that began, and its id, which its browser alone is given."""

    session_id: str
    session: Session


class Sessions:
    """All sessions in `memory`; `wall` gives aware UTC."""

    def __init__(self, memory: Memory, *, wall: Callable[[], datetime]) -> None:
        self._memory = memory
        self._wall = wall
        self._written: dict[str, datetime] = {}  # when the use of each was last sent to the disk

    @staticmethod
    def may_be(session_id: str) -> bool:
        """Whether this has the form of a session's id."""
        return session_digest(session_id) is not None

    def find(self, session_id: str) -> Session | None:
        """The session of this id, also one that has ended; asks neither disk nor argon2."""
        digest = session_digest(session_id)
        return None if digest is None else self._memory.sessions.get(digest)

    def begin(
        self, account: Account, address: str, browser: str, *, code_step: int | None = None, replaces: str | None = None
    ) -> Begun | None:
        """Begin one by a new id, in place of that which this browser had by `replaces`.

        None where the account is not as it was handed in any more: disabled, removed, or of another password.
        """
        session_id, now, memory = new_session_id(), self._wall(), self._memory
        digest = session_digest(session_id) or ""
        session = Session(digest, account.number, now, now, address[:LONGEST_TEXT], _plain(browser))
        former = None if replaces is None else session_digest(replaces)
        with memory.changing:
            found = memory.accounts.get(account.number)
            if found is None or not found.enabled or found.password_hash != account.password_hash:
                return None
            gone = {*self._too_many(account.number), *([former] if former in memory.sessions and former else [])}
            with memory.noting:
                memory.sessions[digest] = session
            self._drop(gone)
            self._memory.store.keep_session(session, code_step=code_step, without=gone)
            self._forget_ended(now)
        return Begun(session_id, session)

    def use(self, session: Session) -> Session:
        """A person did something in it just now: it ends later."""
        now, memory = self._wall(), self._memory
        with memory.noting:
            kept = memory.sessions.get(session.digest)
            if kept is None or not kept.holds(now):
                return session
            used = memory.sessions[session.digest] = replace(kept, used=now)
            due = abs(now - self._written.get(session.digest, kept.began)) >= WRITTEN_EVERY
            if due:
                self._written[session.digest] = now
        if due:
            memory.store.used_session(used)
        return used

    def end(self, session: Session) -> None:
        """Its owner logged out; the browser may still stop for a while."""
        memory = self._memory
        with memory.changing:
            with memory.noting:
                kept = memory.sessions.get(session.digest)
                if kept is None or kept.ended is not None:
                    return
                ended = memory.sessions[session.digest] = replace(kept, ended=self._wall())
            memory.store.keep_session(ended)

    def of(self, account: int) -> list[Session]:
        """The sessions of an account that hold, the one used last first."""
        now = self._wall()
        with self._memory.noting:
            found = [one for one in self._memory.sessions.values() if one.account == account and one.holds(now)]
        return sorted(found, key=lambda one: one.used, reverse=True)

    def revoke(self, account: int, handle: str) -> None:
        """End one of an account's sessions from elsewhere: its browser may not even stop any more.

        Raises NotFound where the account has none of this handle, ControllerError where it could not be written: then
        it holds.
        """
        with self._memory.changing:
            found = [one.digest for one in self.of(account) if one.handle == handle]
            if not found:
                raise NotFound(say("access.noSession", "There is no such session."))
            self._revoke(found)

    def revoke_others(self, account: int, but: Session | None) -> int:
        """End all of an account's sessions from elsewhere, `but` one; how many. Raises ControllerError as `revoke`."""
        with self._memory.changing:
            found = [one for one in self._memory.digests_of(account) if but is None or one != but.digest]
            self._revoke(found)
        return len(found)

    def _revoke(self, digests: list[str]) -> None:
        self._memory.store.drop_sessions(digests)
        self._drop(digests)

    def _too_many(self, account: int) -> list[str]:
        """Those of an account that leave no room for another one."""
        with self._memory.noting:
            own = sorted((one for one in self._memory.sessions.values() if one.account == account), key=_last)
        return [one.digest for one in own[: max(0, len(own) + 1 - MOST)]]

    def _forget_ended(self, now: datetime) -> None:
        """Forget those that are good for nothing any more."""
        with self._memory.noting:
            over = [one.digest for one in self._memory.sessions.values() if not one.may_stop(now)]
        if over:
            self._drop(over)
            self._memory.store.forget_sessions(over)

    def _drop(self, digests: Collection[str]) -> None:
        with self._memory.noting:
            for digest in digests:
                self._memory.sessions.pop(digest, None)
                self._written.pop(digest, None)


def _last(session: Session) -> tuple[bool, datetime]:
    """Those that were ended first, then by when they were last used."""
    return session.ended is None, session.used


def _plain(text: str) -> str:
    """What a browser calls itself, as it may be shown."""
    return "".join(letter for letter in text[:LONGEST_TEXT] if letter.isprintable())
