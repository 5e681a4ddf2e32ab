"""The garbage collector looks rarely and still looks; all threads share two arenas where the C library can do that."""

import ctypes
import gc
import os
import stat
import weakref
from collections.abc import Iterator
from pathlib import Path

import pytest

from main_controller.process import ARENAS, NEW_OBJECTS, keep_files_private, limit_malloc_arenas, tune_garbage_collector


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


@pytest.mark.parametrize(
    ("before", "file", "folder"), [(0o000, 0o640, 0o750), (0o022, 0o640, 0o750), (0o077, 0o600, 0o700)]
)
def test_what_is_written_is_for_the_user_and_his_group(before: int, file: int, folder: int, tmp_path: Path) -> None:
    """AV18: readings of households were for everybody, with umask 000 to write too."""
    usual = os.umask(before)
    try:
        keep_files_private()
        (tmp_path / "file").write_text("x")
        (tmp_path / "folder").mkdir()
    finally:
        os.umask(usual)
    assert stat.S_IMODE((tmp_path / "file").stat().st_mode) == file
    assert stat.S_IMODE((tmp_path / "folder").stat().st_mode) == folder
