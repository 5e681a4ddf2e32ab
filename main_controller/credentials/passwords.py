"""Hashes of passwords by argon2id, one at a time. Used by the log-in and where a password is set."""

import logging
import secrets

from argon2 import PasswordHasher, Type
from argon2.exceptions import VerificationError, VerifyMismatchError

from main_controller.accounts.password_rule import bytes_of, checked
from main_controller.concurrency.limit import Limit
from main_controller.errors import TooMany
from main_controller.sentence import say

log = logging.getLogger(__name__)

TIME_COST = 2
MEMORY = 19 * 1024
"""KiB that one hash takes, which is why there is one at a time."""

WAITING = 8
"""How many wait for their turn at most."""

PATIENCE = 5.0
"""For how long (s) each of them waits."""


class Passwords:
    """Makes and verifies hashes: one at a time, `waiting` wait up to `patience` s, all others are TooMany (429)."""

    def __init__(self, *, waiting: int = WAITING, patience: float = PATIENCE) -> None:
        self._hasher = PasswordHasher(time_cost=TIME_COST, memory_cost=MEMORY, parallelism=1, type=Type.ID)
        sentence = say("credentials.busy", "Too many log in at this moment; try again in a few seconds.")
        self._turn = Limit(1, sentence, retry_after=3, waiting=waiting, patience=patience, refusal=TooMany)
        self._nobodys = self._hasher.hash(secrets.token_bytes(32))

    def hashed(self, password: str, *names: str) -> str:
        """The hash of a new password for an account of these names.

        Raises BadRequest where the password is not good enough, TooMany as the class says.
        """
        found = checked(password, names, is_common)
        with self._turn.place():
            return self._hasher.hash(found)

    def verified(self, password_hash: str | None, password: str) -> bool:
        """Whether this is the hash's password; None is nobody's, and takes the same time.

        Raises TooMany as the class says.
        """
        given = bytes_of(password)
        with self._turn.place():
            right = self._matches(password_hash or self._nobodys, given or b"")
        return right and given is not None and password_hash is not None

    def _matches(self, password_hash: str, given: bytes) -> bool:
        try:
            return self._hasher.verify(password_hash, given)
        except VerifyMismatchError:
            return False
        except (VerificationError, ValueError) as fault:
            log.error("a password's hash is damaged, so nobody logs in by it: %s", type(fault).__name__)
            return False


def is_common(text: str) -> bool:
    """Whether a text, in lower case, is among the common passwords, words and names of zxcvbn's lists."""
    from zxcvbn.matching import RANKED_DICTIONARIES  # 13 MB, which only whoever sets a password needs

    return any(text in ranked for ranked in RANKED_DICTIONARIES.values())
