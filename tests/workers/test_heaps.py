"""All threads share two heaps where the C library can; where it cannot, that is no fault."""

import ctypes

import pytest

from main_controller.workers.heaps import HEAPS, share_heaps


class Library:
    """A C library that takes the option."""

    def __init__(self) -> None:
        self.options: list[tuple[int, int]] = []

    def mallopt(self, option: int, value: int) -> int:
        self.options.append((option, value))
        return 1


def test_all_threads_share_the_heaps(monkeypatch: pytest.MonkeyPatch) -> None:
    library = Library()
    monkeypatch.setattr(ctypes, "CDLL", lambda _: library)
    share_heaps()
    assert library.options == [(-8, HEAPS)]


def test_a_c_library_without_the_option_is_no_fault(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    monkeypatch.setattr(ctypes, "CDLL", lambda _: object())
    share_heaps()
    assert "knows no number of heaps" in caplog.text
