"""Folders that everybody may enter, whatever the umask."""

import os
from pathlib import Path

import pytest

from main_controller.open_folder import make_open


def test_what_is_made_may_be_entered_and_what_was_there_stays(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir(mode=0o700)
    usual = os.umask(0o077)
    try:
        make_open(tmp_path / "mine" / "log" / "simulated")
        make_open(tmp_path / "mine" / "log")
    finally:
        os.umask(usual)
    modes = [(tmp_path / name).stat().st_mode & 0o777 for name in ("mine", "mine/log", "mine/log/simulated")]
    assert modes == [0o700, 0o755, 0o755]


def test_a_file_in_its_place_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "log").write_text("x")
    with pytest.raises(OSError, match=r"exists|directory"):
        make_open(tmp_path / "log")
