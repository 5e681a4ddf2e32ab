"""Random secrets of 256 bits, of which only the SHA-256 is ever kept. Used for sessions and tokens.

A plain hash is enough for them: nobody guesses 256 random bits, as people's passwords are guessed.
"""

import hashlib
import re
import secrets

TOKEN_MARK = "apis_"
"""Begins each token, so that one that was lost somewhere is known for what it is."""

_BYTES = 32
_SESSION = re.compile(r"[A-Za-z0-9_-]{43}")
_TOKEN = re.compile(rf"{TOKEN_MARK}[A-Za-z0-9_-]{{43}}")


def new_session_id() -> str:
    """The id of a session, for its browser alone."""
    return secrets.token_urlsafe(_BYTES)


def new_token() -> str:
    """A token, shown once."""
    return TOKEN_MARK + secrets.token_urlsafe(_BYTES)


def session_digest(given: str) -> str | None:
    """The SHA-256 (hex) of a session's id; None for what can be none."""
    return _digest(given) if _SESSION.fullmatch(given) else None


def token_digest(given: str) -> str | None:
    """The SHA-256 (hex) of a token; None for what can be none."""
    return _digest(given) if _TOKEN.fullmatch(given) else None


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("ascii")).hexdigest()
