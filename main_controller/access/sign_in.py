"""The log-in: name, password and one-time code put together, slowed where it fails, and silent about what was wrong."""

import logging
import threading
from collections.abc import Callable
from datetime import datetime

from main_controller.access.asker import Asker
from main_controller.access.directory import Directory
from main_controller.access.sessions import Begun
from main_controller.accounts.account import Account
from main_controller.accounts.attempts import Attempts
from main_controller.accounts.session import Session
from main_controller.credentials.one_time import right_step
from main_controller.credentials.passwords import Passwords
from main_controller.errors import ControllerError, Forbidden, TooMany, Unauthorized
from main_controller.sentence import say

log = logging.getLogger(__name__)

LATELY = 300.0
"""For how long (s) a one-time code that was given in a session holds for what is grave, as each is taken once."""


class SignIn:
    """Begins sessions. Whatever was wrong, the sentence is the same and so is the time that it takes.

    `wall` gives aware UTC, `clock` monotonic s.
    """

    def __init__(
        self, directory: Directory, passwords: Passwords, *, wall: Callable[[], datetime], clock: Callable[[], float],
        attempts: Attempts | None = None,
    ) -> None:  # fmt: skip
        self._directory = directory
        self._passwords = passwords
        self._wall = wall
        self._clock = clock
        self._counting = threading.Lock()  # protects the attempts; held for work in memory only
        self._attempts = Attempts() if attempts is None else attempts
        self._coded: dict[str, float] = {}  # when a code was last given in a session, by its digest

    def begin(
        self, name: str, password: str, code: str, *, address: str, browser: str, replaces: str | None = None
    ) -> Begun:
        """Log somebody in, in place of the session that this browser had by the id `replaces`.

        `code` is empty where none was typed. Raises Unauthorized for what is wrong, TooMany for what comes too soon or
        with too many others, ControllerError where accounts cannot be read.
        """
        self._begin_attempt(name, address)
        account: Account | None = None
        begun: Begun | None = None
        try:
            account = self._directory.named(name)
            right = self._passwords.verified(None if account is None else account.password_hash, password)
            if account is not None and right:
                begun = self._with_code(account, code, address, browser, replaces)
        except ControllerError:
            self._give_up(name, address)
            raise
        if account is None or begun is None:
            log.info("a log-in from %s failed: %s", address, "no such name" if account is None else account.name)
            raise Unauthorized(say("access.wrong", "The name, the password or the one-time code is wrong."))
        self._succeed(name, address)
        if account.code_secret is not None:
            self.coded(begun.session)
        log.info("%s logged in from %s", account.name, address)
        return begun

    def confirm(self, asker: Asker, password: str, code: str, *, address: str) -> None:
        """Have somebody who is logged in prove it again before what is grave: by the password, and, where the account
        has one-time codes and none was given in this session lately, by a code.

        Raises Forbidden where one is wrong or the code is missing, TooMany as `begin`.
        """
        account, wants_code = asker.account, self._wants_code(asker)
        if wants_code and not code:  # before the password is looked at: the answer tells nothing of it
            raise Forbidden(
                say("access.codeWanted", "This takes a one-time code too: the one that your phone shows now.")
            )
        self._begin_attempt(account.name, address)
        try:
            right = self._passwords.verified(account.password_hash, password)
            right = right and (not wants_code or self._takes(account, code)[0])
        except ControllerError:
            self._give_up(account.name, address)
            raise
        if not right:
            what = "password or code" if wants_code else "password"
            log.info("%s gave a wrong %s from %s, before a change", account.name, what, address)
            if wants_code:
                raise Forbidden(say("access.wrongProof", "The password or the one-time code is wrong."))
            raise Forbidden(say("access.wrongPassword", "The password is wrong."))
        self._succeed(account.name, address)
        if wants_code:
            self.coded(asker.session)

    def coded(self, session: Session) -> None:
        """A right code was given in this session."""
        now = self._clock()
        with self._counting:
            self._coded = {one: at for one, at in self._coded.items() if now - at < LATELY} | {session.digest: now}

    def _wants_code(self, asker: Asker) -> bool:
        with self._counting:
            at = self._coded.get(asker.session.digest)
        return asker.account.code_secret is not None and (at is None or self._clock() - at >= LATELY)

    def _with_code(self, account: Account, code: str, address: str, browser: str, replaces: str | None) -> Begun | None:
        """The session, where the code is right or none is asked for."""
        taken, step = self._takes(account, code)
        if not taken:
            return None
        return self._directory.sessions.begin(account, address, browser, code_step=step, replaces=replaces)

    def _takes(self, account: Account, code: str) -> tuple[bool, int | None]:
        """Whether the code is right and was not taken before, or none is asked for; and its step."""
        if account.code_secret is None:
            return True, None
        before = self._directory.code_step(account.number)
        step = right_step(account.code_secret, code, self._wall(), before)
        return step is not None and self._directory.take_code(account.number, before, step), step

    def _begin_attempt(self, name: str, address: str) -> None:
        with self._counting:
            left = self._attempts.begin(name, address, self._clock())
        if left:
            sentence = say(
                "access.tooSoon", "Too many log-ins have failed; the next one may be tried in {seconds} s.",
                seconds=left,
            )  # fmt: skip
            raise TooMany(sentence, retry_after=left)

    def _succeed(self, name: str, address: str) -> None:
        with self._counting:
            self._attempts.succeeded(name, address)

    def _give_up(self, name: str, address: str) -> None:
        with self._counting:
            self._attempts.given_up(name, address)
