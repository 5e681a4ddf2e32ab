"""The tokens of scripts: made, found, listed and taken back. Used by the directory."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from main_controller.access.asker import Asker, require_still
from main_controller.access.memory import Memory
from main_controller.access.sessions import WRITTEN_EVERY
from main_controller.accounts.account import token_name_of
from main_controller.accounts.roles import Role
from main_controller.accounts.token import Token, networks_of
from main_controller.credentials.secret import new_token, token_digest
from main_controller.errors import BadRequest, Forbidden, NotFound, Refused
from main_controller.sentence import say

MOST = 20
"""How many tokens an account may have."""


class Made(NamedTuple):
    """A token that was made, and its secret, which is shown this once."""

    secret: str
    token: Token


class Tokens:
    """All tokens in `memory`; `wall` gives aware UTC."""

    def __init__(self, memory: Memory, *, wall: Callable[[], datetime]) -> None:
        self._memory = memory
        self._wall = wall
        self._written: dict[int, datetime] = {}  # when the use of each was last sent to the disk

    def find(self, secret: str) -> Token | None:
        """The token of this secret, also one that has ended; asks no disk."""
        digest = token_digest(secret)
        return None if digest is None else self._memory.tokens.get(digest)

    def make(
        self, account: int, name: str, role: Role, ends: datetime, networks: Sequence[str] = (), *,
        by: Asker | None = None,
    ) -> Made:  # fmt: skip
        """Make one for an account; on the disk when this returns.

        Raises BadRequest for what cannot be, Forbidden for a role above the account's or where `by`, who asks, may no
        more, NotFound without an account,
        Refused where it has too many, ControllerError where it could not be written.
        """
        now, memory = self._wall(), self._memory
        kept_name, kept_networks = token_name_of(name), networks_of(networks)
        if ends <= now:
            raise BadRequest(say("access.tokenEndPast", "A token must end in the future."))
        memory.require()
        with memory.changing:
            require_still(memory, by)
            owner = memory.account(account)
            if not role.within(owner.role):
                sentence = say(
                    "access.tokenAboveOwner", "A token may no more than its owner, whose role is {role}.",
                    role=owner.role.said,
                )  # fmt: skip
                raise Forbidden(sentence)
            if len(self.of(account)) >= MOST:
                raise Refused(say("access.manyTokens", "An account has at most {most} tokens.", most=MOST))
            secret = new_token()
            token = Token(
                memory.last_token + 1, token_digest(secret) or "", account, kept_name, role, now, ends, kept_networks
            )
            memory.store.put_token(token)
            with memory.noting:
                memory.last_token = token.number
                memory.tokens[token.digest] = token
        return Made(secret, token)

    def use(self, token: Token) -> Token:
        """It was sent just now."""
        now, memory = self._wall(), self._memory
        with memory.noting:
            kept = memory.tokens.get(token.digest)
            if kept is None:
                return token
            used = memory.tokens[token.digest] = replace(kept, used=now)
            before = self._written.get(token.number)
            due = before is None or abs(now - before) >= WRITTEN_EVERY
            if due:
                self._written[token.number] = now
        if due:
            memory.store.used_token(used)
        return used

    def of(self, account: int) -> list[Token]:
        """The tokens of an account, the oldest first, those that have ended among them."""
        with self._memory.noting:
            found = [one for one in self._memory.tokens.values() if one.account == account]
        return sorted(found, key=lambda one: one.number)

    def take_back(self, account: int, number: int) -> Token:
        """Remove one of an account's tokens and return it; gone on the disk when this returns.

        Raises NotFound where it has none of this number, ControllerError where it could not be written: then it holds.
        """
        memory = self._memory
        memory.require()
        with memory.changing:
            found = next((one for one in self.of(account) if one.number == number), None)
            if found is None:
                raise NotFound(say("access.noToken", "There is no such token."))
            memory.store.drop_token(number)
            with memory.noting:
                memory.tokens.pop(found.digest, None)
                self._written.pop(number, None)
        return found
