"""The log-in: name, password and one-time code put together, slowed where it fails, and silent about what was wrong."""

import logging
import threading
from collections.abc import Callable
from datetime import datetime

from main_controller.access.directory import Directory
from main_controller.access.sessions import Begun
from main_controller.accounts.account import Account
from main_controller.accounts.attempts import Attempts
from main_controller.credentials.one_time import right_step
from main_controller.credentials.passwords import Passwords
from main_controller.errors import ControllerError, Forbidden, TooMany, Unauthorized
from main_controller.sentence import say

log = logging.getLogger(__name__)


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
        log.info("%s logged in from %s", account.name, address)
        return begun

    def confirm(self, account: Account, password: str, *, address: str) -> None:
        """Have somebody who is logged in prove it again by the password, before what is grave.

        Raises Forbidden where it is wrong, TooMany as `begin`.
        """
        self._begin_attempt(account.name, address)
        try:
            right = self._passwords.verified(account.password_hash, password)
        except ControllerError:
            self._give_up(account.name, address)
            raise
        if not right:
            log.info("%s gave a wrong password from %s, before a change", account.name, address)
            raise Forbidden(say("access.wrongPassword", "The password is wrong."))
        self._succeed(account.name, address)

    def _with_code(self, account: Account, code: str, address: str, browser: str, replaces: str | None) -> Begun | None:
        """The session, where the code is right or none is asked for."""
        step: int | None = None
        if account.code_secret is not None:
            before = self._directory.code_step(account.number)
            step = right_step(account.code_secret, code, self._wall(), before)
            if step is None or not self._directory.take_code(account.number, before, step):
                return None
        return self._directory.sessions.begin(account, address, browser, code_step=step, replaces=replaces)

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
