"""Whether the clock follows is the kernel's word, and where there is none nobody guesses."""

import ctypes
from types import SimpleNamespace
from typing import Any

import pytest

from main_controller.system_clock import synchronised


@pytest.mark.parametrize(("state", "told"), [(0, True), (1, True), (4, True), (5, False), (-1, None)])
def test_it_is_what_the_kernel_says(monkeypatch: pytest.MonkeyPatch, state: int, told: bool | None) -> None:
    asked: list[Any] = []

    def adjtimex(timex: Any) -> int:
        asked.append(bytes(timex))
        return state

    monkeypatch.setattr(ctypes, "CDLL", lambda name: SimpleNamespace(adjtimex=adjtimex))
    assert synchronised() is told
    assert not any(asked[0]), "nothing is set"


def test_a_system_without_that_call_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ctypes, "CDLL", lambda name: SimpleNamespace())
    assert synchronised() is None


def test_this_systems_own_answer_is_one_of_the_three() -> None:
    assert synchronised() in (True, False, None)
