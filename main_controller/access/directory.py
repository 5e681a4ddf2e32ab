"""Owns who there is: accounts, with their sessions and tokens, and who a request is by. Used by the guard.

Every question is answered from memory. Every change is on the disk when it returns.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from main_controller.access.asker import Asker, require_still
from main_controller.access.memory import Memory
from main_controller.access.sessions import Sessions
from main_controller.access.tokens import Tokens
from main_controller.accounts.account import LONGEST_NAME, Account, display_name_of, key_of, name_of
from main_controller.accounts.roles import Role, lower
from main_controller.accounts.session import Session
from main_controller.accounts.visitor import Visitor
from main_controller.errors import Refused
from main_controller.sentence import say
from main_controller.store.accounts import AccountStore

MOST = 200
"""How many accounts there may be."""


class Directory:
    """All accounts in `store`; `wall` gives aware UTC.

    While they cannot be read nobody is logged in, and whoever shows what may be a session's id may stop: a stop that
    does not leave is worse than one too many. `by` is who asks for a change, None for the command line; Forbidden where
    what made it allowed has changed meanwhile.
    """

    def __init__(self, store: AccountStore, *, wall: Callable[[], datetime]) -> None:
        self._memory = Memory(store)
        self._wall = wall
        self.sessions = Sessions(self._memory, wall=wall)
        self.tokens = Tokens(self._memory, wall=wall)

    # Who a request is by

    def by_session(self, session_id: str, *, by_hand: bool) -> Visitor:
        """Who shows this id. `by_hand`: a person asks, and not a page by itself, so the session ends later."""
        if self.sessions.may_be(session_id) and not self._memory.known:
            unread = say("access.unread", "Accounts cannot be read at present, so nobody is logged in.")
            return Visitor(stops=True, why=unread)
        session = self.sessions.find(session_id)
        account = None if session is None else self._memory.accounts.get(session.account)
        now = self._wall()
        ended = say("access.sessionEnded", "The session of this browser has ended.")
        if session is None or account is None or not account.enabled or not session.may_stop(now):
            return Visitor(why=ended)
        if not session.holds(now):
            return Visitor(account, session=session, stops=True, why=ended)
        return Visitor(account, account.role, self.sessions.use(session) if by_hand else session)

    def by_token(self, secret: str, address: str) -> Visitor:
        """Who sends this token from this address; of one that does not hold it is not said why."""
        if not self._memory.known:
            return Visitor(why=say("access.unread", "Accounts cannot be read at present, so nobody is logged in."))
        token = self.tokens.find(secret)
        account = None if token is None else self._memory.accounts.get(token.account)
        if token is None or account is None or not account.enabled or not token.holds(self._wall(), address):
            sentence = say(
                "access.tokenDoesNotHold", "This token is unknown, has ended, or is not for the address {address}.",
                address=address[:100],
            )  # fmt: skip
            return Visitor(why=sentence)
        return Visitor(account, lower(token.role, account.role), token=self.tokens.use(token))

    # Accounts

    def look(self) -> None:
        """Read accounts where they could not be read before: nobody who only calls waits for a disk."""
        self._memory.look()

    def read_again(self) -> None:
        """Take over what was changed in the file beside this program; raises ControllerError."""
        self._memory.read_again()

    def accounts(self) -> list[Account]:
        """All of them, by name; raises ControllerError where they cannot be read."""
        self._memory.require()
        with self._memory.noting:
            return sorted(self._memory.accounts.values(), key=lambda one: one.key)

    def has_administrator(self) -> bool:
        """Whether somebody may administer this console; False too while nobody can tell."""
        return self._memory.known and any(_administers(one) for one in self._memory.accounts.values())

    def account(self, number: int) -> Account:
        """The account of this number; raises NotFound, or ControllerError where they cannot be read."""
        self._memory.require()
        return self._memory.account(number)

    def named(self, name: str) -> Account | None:
        """The account of this name, in whatever spelling; raises ControllerError where they cannot be read."""
        self._memory.require()
        number = None if len(name) > 4 * LONGEST_NAME else self._memory.numbers.get(key_of(name))
        return None if number is None else self._memory.accounts.get(number)

    def create(
        self, name: str, display_name: str, role: Role, password_hash: str, *, by: Asker | None = None
    ) -> Account:
        """A new account. Raises BadRequest for names that cannot be, Refused for one that is taken or one too many,
        ControllerError where it could not be written."""
        memory = self._memory
        kept_name, shown = name_of(name), display_name_of(display_name)
        memory.require()
        with memory.changing:
            require_still(memory, by)
            if key_of(kept_name) in memory.numbers:
                raise Refused(say("access.nameTaken", "There is an account {name} already.", name=kept_name))
            if len(memory.accounts) >= MOST:
                raise Refused(say("access.manyAccounts", "There are {most} accounts, and no more may be.", most=MOST))
            account = Account(memory.last_account + 1, kept_name, shown, role, True, password_hash)
            memory.store.put_account(account)
            with memory.noting:
                memory.last_account = account.number
                memory.accounts[account.number] = account
                memory.numbers[account.key] = account.number
        return account

    def change(
        self, number: int, *, display_name: str | None = None, role: Role | None = None, enabled: bool | None = None,
        by: Asker | None = None,
    ) -> Account:  # fmt: skip
        """Change what is given. Disabling ends every session for good, and no token holds until it is enabled again.

        Raises NotFound, BadRequest, Refused where no administrator would be left, ControllerError where it could not
        be written: then it is as it was.
        """
        shown = None if display_name is None else display_name_of(display_name)

        def changed(account: Account) -> Account:
            new = replace(
                account,
                display_name=account.display_name if shown is None else shown,
                role=account.role if role is None else role,
                enabled=account.enabled if enabled is None else enabled,
            )
            self._keep_administrator(account, new)
            return new

        return self._change(number, changed, by, ends=enabled is False)

    def set_password(
        self, number: int, password_hash: str, *, but: Session | None = None, by: Asker | None = None
    ) -> Account:
        """Give an account another password, which ends every session for good `but` this one. Raises as `change`."""
        return self._change(
            number, lambda account: replace(account, password_hash=password_hash), by, ends=True, but=but
        )

    def set_code_secret(
        self, number: int, secret: str | None, *, step: int | None = None, by: Asker | None = None
    ) -> Account:
        """Ask for one-time codes of this secret from now on, or for none; the code of `step` is taken with it.

        Raises as `change`.
        """
        return self._change(number, lambda account: replace(account, code_secret=secret), by, code_step=step)

    def remove(self, number: int, *, by: Asker | None = None) -> Account:
        """Remove an account with its sessions and tokens, and return it. Raises as `change`."""
        memory = self._memory
        memory.require()
        with memory.changing:
            require_still(memory, by)
            account = memory.account(number)
            self._keep_administrator(account, None)
            digests = memory.digests_of(number)
            memory.store.drop_account(number, without=digests)
            with memory.noting:
                del memory.accounts[number], memory.numbers[account.key]
                memory.code_steps.pop(number, None)
                memory.tokens = {digest: one for digest, one in memory.tokens.items() if one.account != number}
                self._end(digests)
        return account

    # One-time codes

    def code_step(self, number: int) -> int | None:
        """The step of the code that this account took last."""
        return self._memory.code_steps.get(number)

    def take_code(self, number: int, before: int | None, step: int) -> bool:
        """Take the code of this step, where `before` is still the one taken last; of many at once one may."""
        with self._memory.noting:
            if self._memory.code_steps.get(number) != before:
                return False
            self._memory.code_steps[number] = step
        return True

    def _change(
        self, number: int, changed: Callable[[Account], Account], by: Asker | None, *,
        ends: bool = False, but: Session | None = None, code_step: int | None = None,
    ) -> Account:  # fmt: skip
        memory = self._memory
        memory.require()
        with memory.changing:
            require_still(memory, by)
            account = changed(memory.account(number))
            kept = None if but is None else but.digest
            digests = [one for one in memory.digests_of(number) if one != kept] if ends else []
            memory.store.put_account(account, without=digests, code_step=code_step)
            with memory.noting:
                memory.accounts[number] = account
                if code_step is not None:
                    memory.code_steps[number] = code_step
                self._end(digests)
        return account

    def _end(self, digests: list[str]) -> None:
        """Sessions are no more, under the lock."""
        for digest in digests:
            self._memory.sessions.pop(digest, None)

    def _keep_administrator(self, account: Account, new: Account | None) -> None:
        """Raises Refused where this account was the last that may administer, and would be so no longer."""
        if not _administers(account) or (new is not None and _administers(new)):
            return
        if not any(_administers(one) for one in self._memory.accounts.values() if one.number != account.number):
            raise Refused(say("access.lastAdministrator", "{name} is the last administrator.", name=account.name))


def _administers(account: Account) -> bool:
    return account.enabled and account.role is Role.ADMINISTRATOR
