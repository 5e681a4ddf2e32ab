"""One account, and how its name is written. Used by the directory of accounts and by what keeps them."""

from dataclasses import dataclass, field

from main_controller.accounts.roles import Role
from main_controller.domain.written import caseless, refused_in, tidy
from main_controller.errors import BadRequest
from main_controller.sentence import Sentence, say

LONGEST_NAME = 64
"""How many characters a name of an account, a token or a person may have."""


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who may log in. `number` is never given again; `name` is typed at the log-in, `display_name` shown.

    `code_secret` is the secret of one-time codes (base32), None where they are not set up. Neither it nor the hash
    stands in the object's text.
    """

    number: int
    name: str
    display_name: str
    role: Role
    enabled: bool
    password_hash: str = field(repr=False)
    code_secret: str | None = field(default=None, repr=False)

    @property
    def key(self) -> str:
        """By what the account is found: no two of them share it."""
        return key_of(self.name)


def name_of(text: str) -> str:
    """A name as it is kept; raises BadRequest for one that cannot be."""
    return _kept(text, say("accounts.theName", "name"))


def display_name_of(text: str) -> str:
    """A display name as it is kept; raises BadRequest for one that cannot be."""
    return _kept(text, say("accounts.theDisplayName", "display name"))


def token_name_of(text: str) -> str:
    """A token's name as it is kept; raises BadRequest for one that cannot be."""
    return _kept(text, say("accounts.theTokenName", "token's name"))


def key_of(name: str) -> str:
    """What all spellings of a name share: those that read alike, in upper and lower case. Takes any text."""
    return caseless(name)


def _kept(text: str, what: Sentence) -> str:
    kept = tidy(text)
    if refused_in(text) is not None or not kept.isprintable() or "\ufffd" in kept:
        raise BadRequest(
            say("accounts.notPrintable", "The {what} has a character in it that cannot be printed.", what=what)
        )
    if not kept or not key_of(kept):
        raise BadRequest(say("accounts.emptyName", "The {what} is empty.", what=what))
    if len(kept) > LONGEST_NAME:
        sentence = say(
            "accounts.nameTooLong", "The {what} is longer than {limit} characters.", what=what, limit=LONGEST_NAME
        )
        raise BadRequest(sentence)
    return kept
