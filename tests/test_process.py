"""The garbage collector looks rarely and still looks; all threads share two arenas where the C library can do that."""

import ctypes
import gc
import weakref
from collections.abc import Iterator

import pytest

from main_controller.process import ARENAS, NEW_OBJECTS, limit_malloc_arenas, tune_garbage_collector


@pytest.fixture
def usual_thresholds() -> Iterator[None]:
    usual = gc.get_threshold()
    yield
    gc.set_threshold(*usual)
    gc.unfreeze()


class Knot:
    def __init__(self) -> None:
        self.me = self


@pytest.mark.usefixtures("usual_thresholds")
def test_a_dead_cycle_is_found_after_so_many_new_objects_and_not_before() -> None:
    tune_garbage_collector()
    gc.collect()
    dead = weakref.ref(Knot())
    kept: list[list[int]] = [[] for _ in range(NEW_OBJECTS // 2)]
    assert dead() is not None
    kept += [[] for _ in range(NEW_OBJECTS)]
    assert dead() is None


class Library:
    """A C library that takes the option."""

    def __init__(self) -> None:
        self.options: list[tuple[int, int]] = []

    def mallopt(self, option: int, value: int) -> int:
        self.options.append((option, value))
        return 1


def test_all_threads_share_the_arenas(monkeypatch: pytest.MonkeyPatch) -> None:
    library = Library()
    monkeypatch.setattr(ctypes, "CDLL", lambda _: library)
    limit_malloc_arenas()
    assert library.options == [(-8, ARENAS)]


def test_a_c_library_without_the_option_is_no_fault(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    monkeypatch.setattr(ctypes, "CDLL", lambda _: object())
    limit_malloc_arenas()
    assert "knows no number of arenas" in caplog.text
