"""Owns accounts, sessions and tokens as they stand, read once from the store. Used within access/ alone."""

import logging
import threading
from dataclasses import replace

from main_controller.accounts.account import Account
from main_controller.accounts.session import Session
from main_controller.accounts.token import Token
from main_controller.errors import ControllerError, NotFound
from main_controller.sentence import say
from main_controller.store.accounts import AccountStore, Kept

log = logging.getLogger(__name__)


class Memory:
    """What the store keeps, for questions that wait for no disk: read at the start, and by `look` where that failed.

    Whoever changes something holds `changing`, on the disk first. `noting` protects the mappings, and is held for work
    in memory only, so that a file that is put in place is written without waiting. Readers take neither.
    """

    def __init__(self, store: AccountStore) -> None:
        self.store = store
        self.changing = threading.Lock()
        self.noting = threading.Lock()
        self.accounts: dict[int, Account] = {}
        self.code_steps: dict[int, int] = {}
        self.numbers: dict[str, int] = {}  # by the account's key
        self.sessions: dict[str, Session] = {}  # by digest, as the tokens
        self.tokens: dict[str, Token] = {}
        self.last_account = 0
        self.last_token = 0
        self._reading = threading.Lock()  # one reading at a time
        self._read = False
        self._failed = False
        store.outlives(self._kept)
        self.look()

    @property
    def known(self) -> bool:
        """Whether it was read."""
        return self._read

    def look(self) -> None:
        """Read it where that failed before; never raises. Nobody who only calls waits for it."""
        try:
            self.require()
        except ControllerError as error:
            if not self._failed:
                log.error("accounts cannot be read, so nobody is logged in: %s", error.sentence)
            self._failed = True

    def require(self) -> None:
        """Read it where it was not; raises ControllerError where it cannot be."""
        if self._read:
            return
        with self._reading:
            if not self._read:
                self._take(self.store.load())

    def read_again(self) -> None:
        """Take over what was changed in the file beside this program; raises ControllerError.

        Sessions stay that are only here, as a full disk leaves them, but not of an account that is gone, disabled or of
        another password.
        """
        with self.changing:
            before, held, kept = self.accounts, self.sessions, self.store.load()
            as_before = {
                number
                for number, account in kept.accounts.items()
                if account.enabled and number in before and before[number].password_hash == account.password_hash
            }
            ended = [digest for digest, one in held.items() if one.account not in as_before]
            self.store.forget_sessions(ended)
            self._take(replace(kept, sessions={digest: one for digest, one in held.items() if digest not in ended}))

    def account(self, number: int) -> Account:
        """The account of this number; raises NotFound."""
        found = self.accounts.get(number)
        if found is None:
            raise NotFound(say("access.noAccount", "There is no such account."))
        return found

    def digests_of(self, account: int) -> list[str]:
        """The digests of all sessions of an account."""
        with self.noting:
            return [one.digest for one in self.sessions.values() if one.account == account]

    def _take(self, kept: Kept) -> None:
        with self.noting:
            self.accounts = dict(kept.accounts)
            self.code_steps = dict(kept.code_steps)
            self.numbers = {one.key: number for number, one in kept.accounts.items()}
            self.sessions = dict(kept.sessions)
            self.tokens = {one.digest: one for one in kept.tokens.values()}
            self.last_account, self.last_token = kept.last_account, kept.last_token
            self._read = True
        if self._failed:
            log.info("accounts can be read again: %d", len(self.accounts))
            self._failed = False

    def _kept(self) -> Kept | None:
        """All of it, for a file that takes the place of the one in use."""
        if not self._read:
            return None
        with self.noting:
            tokens = {one.number: one for one in self.tokens.values()}
            return Kept(
                dict(self.accounts), dict(self.code_steps), dict(self.sessions), tokens,
                self.last_account, self.last_token,
            )  # fmt: skip
