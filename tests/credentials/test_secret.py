"""Random secrets: enough of them, and kept as their SHA-256 alone."""

import base64
import hashlib

import pytest

from main_controller.credentials.secret import new_session_id, new_token, session_digest, token_digest


def test_each_has_256_bits_and_is_another() -> None:
    made = {new_session_id() for _ in range(1000)}
    assert len(made) == 1000
    assert {len(base64.urlsafe_b64decode(one + "=")) for one in made} == {32}
    assert new_token() != new_token()


def test_what_is_kept_is_the_sha_256() -> None:
    session_id, token = new_session_id(), new_token()
    assert session_digest(session_id) == hashlib.sha256(session_id.encode()).hexdigest()
    assert token_digest(token) == hashlib.sha256(token.encode()).hexdigest()


def test_neither_stands_for_the_other() -> None:
    assert session_digest(new_token()) is None
    assert token_digest(new_session_id()) is None


@pytest.mark.parametrize("given", ["", "x", "x" * 44, "é" * 43, "\ud800" * 43, "x" * 42 + "\n", "x" * 43 + "\n"])
def test_what_can_be_none_has_no_digest(given: str) -> None:
    assert session_digest(given) is None
    assert token_digest("apis_" + given) is None
