"""Hashes of passwords: argon2id as decided, one at a time, and of an unknown name no faster."""

import logging
import threading

import argon2
import pytest

from main_controller.credentials import passwords as module
from main_controller.credentials.passwords import PATIENCE, WAITING, Passwords, is_common
from main_controller.errors import BadRequest, TooMany

GOOD = "correct horse battery"


@pytest.fixture(scope="module")
def made() -> str:
    return Passwords().hashed(GOOD, "anna")


def test_the_hash_is_argon2id_by_the_figures_that_were_decided(made: str) -> None:
    found = argon2.extract_parameters(made)
    assert (found.type, found.time_cost, found.memory_cost, found.parallelism) == (argon2.Type.ID, 2, 19 * 1024, 1)
    assert Passwords().hashed(GOOD, "anna") != made


def test_only_the_password_is_right(made: str) -> None:
    passwords = Passwords()
    assert passwords.verified(made, GOOD)
    for wrong in ("", GOOD.upper(), GOOD + " ", GOOD + "\x00", "x" * 10_000_000, "\ud800"):
        assert not passwords.verified(made, wrong)


def test_a_password_typed_on_another_keyboard_is_the_same() -> None:
    passwords = Passwords()
    assert passwords.verified(passwords.hashed("か\u3099" * 12), "が" * 12)


def test_of_nobody_no_password_is_right_and_it_is_hashed_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that the answer takes the same time."""
    passwords = Passwords()
    costs = []
    verify = argon2.PasswordHasher.verify

    def counted(self: argon2.PasswordHasher, hash: str, password: bytes) -> bool:
        found = argon2.extract_parameters(hash)
        costs.append((found.type, found.time_cost, found.memory_cost, found.parallelism))
        return verify(self, hash, password)

    monkeypatch.setattr(argon2.PasswordHasher, "verify", counted)
    for hostile in ("", GOOD, "x" * 2000, "\ud800"):
        assert not passwords.verified(None, hostile)
    assert costs == [(argon2.Type.ID, 2, 19 * 1024, 1)] * 4


@pytest.mark.parametrize("damaged", ["$argon2id$v=19$m=19456,t=2,p=1$x", "no hash", "é", "$2b$12$" + "x" * 53])
def test_by_a_damaged_hash_nobody_logs_in(damaged: str, caplog: pytest.LogCaptureFixture) -> None:
    assert not Passwords().verified(damaged, GOOD)
    assert [record.levelno for record in caplog.records] == [logging.ERROR]
    assert damaged not in caplog.text


@pytest.mark.parametrize("password", ["1q2w3e4r5t6y", "Leavemealone", "QWERTY123456", "accomplishment"])
def test_what_everybody_tries_first_is_refused(password: str) -> None:
    assert is_common(password.lower())
    with pytest.raises(BadRequest, match="tried first"):
        Passwords().hashed(password, "anna")


def test_what_nobody_tries_first_is_not_common() -> None:
    assert not is_common(GOOD)


def test_one_at_a_time_some_wait_and_the_others_are_told(made: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert (WAITING, PATIENCE) == (8, 5.0)
    passwords = Passwords(patience=30.0)
    inside, most, go = [], [], threading.Event()
    entered = threading.Event()
    verify = argon2.PasswordHasher.verify

    def held(self: argon2.PasswordHasher, hash: str, password: bytes) -> bool:
        inside.append(1)
        most.append(len(inside))
        entered.set()
        go.wait(30.0)
        try:
            return verify(self, hash, password)
        finally:
            inside.pop()

    monkeypatch.setattr(argon2.PasswordHasher, "verify", held)
    outcomes: list[bool | TooMany] = []
    refused = threading.Semaphore(0)

    def try_one() -> None:
        try:
            outcomes.append(passwords.verified(made, GOOD))
        except TooMany as error:
            outcomes.append(error)
            refused.release()

    threads = [threading.Thread(target=try_one) for _ in range(WAITING + 1 + 5)]
    for thread in threads:
        thread.start()
    assert entered.wait(30.0)
    for _ in range(5):
        assert refused.acquire(timeout=30.0)
    go.set()
    for thread in threads:
        thread.join(30.0)
    assert outcomes.count(True) == WAITING + 1
    assert max(most) == 1
    errors = [one for one in outcomes if isinstance(one, TooMany)]
    assert [(one.status, one.headers["Retry-After"]) for one in errors] == [(429, "3")] * 5


def test_who_waits_too_long_is_told_and_the_turn_comes_back(made: str) -> None:
    passwords = Passwords(patience=0.01)
    with passwords._turn.place(), pytest.raises(TooMany):
        passwords.verified(made, GOOD)
    assert passwords.verified(made, GOOD)


def test_a_refused_password_takes_no_turn() -> None:
    passwords = Passwords(patience=0.01)
    with passwords._turn.place(), pytest.raises(BadRequest):
        passwords.hashed("short", "anna")
    assert module.MEMORY == 19 * 1024
