"""Which passwords are good enough, and the one form of each that is hashed. Used by `credentials/`."""

import unicodedata
from collections.abc import Callable

from main_controller.domain.written import caseless
from main_controller.errors import BadRequest
from main_controller.sentence import say

SHORTEST = 12
"""The fewest characters."""

LONGEST = 1024
"""The most bytes, as UTF-8: what 256 characters, the longest value of a parameter, may take."""


def bytes_of(password: str) -> bytes | None:
    """What is hashed: NFC, as UTF-8, so that every keyboard gives the same; None where it can be nobody's password."""
    if len(password) > LONGEST:  # before any work
        return None
    try:
        found = unicodedata.normalize("NFC", password).encode()
    except UnicodeEncodeError:  # half of a surrogate pair
        return None
    return found if len(found) <= LONGEST else None


def checked(password: str, names: tuple[str, ...], common: Callable[[str], bool]) -> bytes:
    """The bytes of a new password for an account of these names; raises BadRequest for one that is not good enough.

    `common` tells whether a text, in lower case, is one of those that everybody tries first.
    """
    found = bytes_of(password)
    if found is None:
        sentence = say("accounts.passwordLong", "The password is longer than {most} bytes, or no text.", most=LONGEST)
        raise BadRequest(sentence)
    if len(found.decode()) < SHORTEST:
        raise BadRequest(
            say("accounts.passwordShort", "The password has fewer than {least} characters.", least=SHORTEST)
        )
    folded = caseless(password)
    if folded in {caseless(name) for name in names}:
        raise BadRequest(say("accounts.passwordIsName", "The password is the name."))
    if common(folded):
        raise BadRequest(say("accounts.passwordCommon", "The password is one of those that are tried first."))
    return found
