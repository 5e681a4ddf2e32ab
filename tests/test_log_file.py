"""The log's files are bounded in number and size, and no line is lost when one is turned (Z20)."""

import logging
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from main_controller.log_file import AT_TOP, PARTS, SharedDayFile

MOST = 10_000


@pytest.fixture
def handler(tmp_path: Path) -> Iterator[SharedDayFile]:
    made = SharedDayFile(tmp_path / "main_controller.log", "midnight", 1, 3, "utf-8")
    made.most = MOST
    yield made
    made.close()


def say(handler: logging.Handler, text: str) -> None:
    handler.handle(logging.LogRecord("x", logging.INFO, __file__, 0, text, None, None))


def say_at_top(handler: logging.Handler, text: str) -> None:
    handler.handle(logging.makeLogRecord({"msg": text, "levelno": logging.INFO, **AT_TOP}))


def files(folder: Path) -> list[Path]:
    return [path for path in folder.iterdir() if path.name.startswith("main_controller.log")]


def test_a_flood_is_bounded_and_its_newest_lines_stay(handler: SharedDayFile, tmp_path: Path) -> None:
    """Ids of 20,000 characters made a log of 225 MB in 50 s."""
    for number in range(5000):
        say(handler, f"line {number:05}")
    found = files(tmp_path)
    assert sum(path.stat().st_size for path in found) <= MOST
    assert len(found) > PARTS // 2
    assert all(path.stat().st_size <= MOST // PARTS + 20 for path in found)
    lines = sorted(line for path in found for line in path.read_text().split())
    kept = [line for line in lines if line != "line"]
    assert kept == [f"{number:05}" for number in range(int(kept[0]), 5000)], "none is missing among the newest"


def test_a_quiet_log_is_turned_at_midnight_alone(handler: SharedDayFile, tmp_path: Path) -> None:
    say(handler, "before")
    say(handler, "before too")
    assert len(files(tmp_path)) == 1
    handler.rolloverAt = 0
    say(handler, "after")
    assert len(files(tmp_path)) == 2


def test_the_last_days_are_kept_however_many_files_one_of_them_has(handler: SharedDayFile, tmp_path: Path) -> None:
    handler.most = None
    for name in ("2026-05-10", "2026-05-11", "2026-05-12.1", "2026-05-12.2", "2026-05-12", "2026-05-13"):
        (tmp_path / f"main_controller.log.{name}").write_text("x")
    (tmp_path / "main_controller.log.saved").write_text("x")
    handler.doRollover()
    names = {path.name.removeprefix("main_controller.log") for path in files(tmp_path)}
    today = max(names - {".saved"})
    assert names == {".saved", today, ".2026-05-13", ".2026-05-12", ".2026-05-12.1", ".2026-05-12.2"}


def test_two_programs_on_one_log_lose_no_line_when_it_is_large(tmp_path: Path) -> None:
    two = [SharedDayFile(tmp_path / "main_controller.log", "midnight", 1, 30, "utf-8") for _ in range(2)]
    for handler in two:
        handler.most = 100 * MOST
    for number in range(4000):
        say(two[number % 2], f"line {number:05} {'x' * 50}")
    for handler in two:
        handler.close()
    lines = [line.split()[1] for path in files(tmp_path) for line in path.read_text().splitlines()]
    assert sorted(lines) == [f"{number:05}" for number in range(4000)]
    assert len(files(tmp_path)) > 1


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_in_which_nothing_can_be_renamed_costs_no_line(handler: SharedDayFile, tmp_path: Path) -> None:
    say(handler, "x" * MOST)
    tmp_path.chmod(0o500)
    try:
        say(handler, "kept")
        say(handler, "kept too")
    finally:
        tmp_path.chmod(0o700)
    assert (tmp_path / "main_controller.log").read_text().endswith("kept\nkept too\n")


def test_a_file_that_cannot_be_turned_is_gone_on_with(
    handler: SharedDayFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    say(handler, "x" * MOST)
    monkeypatch.setattr(Path, "rename", _refuses)
    for number in range(3):
        say(handler, f"kept {number}")
    assert (tmp_path / "main_controller.log").read_text().endswith("kept 0\nkept 1\nkept 2\n")


def _refuses(self: Path, target: str) -> Path:
    raise PermissionError(13, "Permission denied")


def test_a_line_for_the_top_is_in_every_new_file_however_it_is_turned(handler: SharedDayFile, tmp_path: Path) -> None:
    """M17: or a flood pushes the journal's head out of the log."""
    say_at_top(handler, "head 1")
    for number in range(2000):
        say(handler, f"line {number}")
    say_at_top(handler, "head 2")
    assert all(path.read_text().startswith("head 1\n") for path in files(tmp_path))
    for number in range(2000):
        say(handler, f"line {number}")
    handler.rolloverAt = 0
    say(handler, "after midnight")
    assert (tmp_path / "main_controller.log").read_text() == "head 2\nafter midnight\n"
    assert all(path.read_text().startswith("head 2\n") for path in files(tmp_path))


def test_whoever_follows_into_a_new_file_names_its_own_there(tmp_path: Path) -> None:
    two = [SharedDayFile(tmp_path / "main_controller.log", "midnight", 1, 30, "utf-8") for _ in range(2)]
    for number, handler in enumerate(two):
        handler.most = MOST
        say_at_top(handler, f"head {number}")
    say(two[0], "x" * MOST)
    say(two[0], "turned")
    two[1].rolloverAt = 0
    say(two[1], "followed")
    for handler in two:
        handler.close()
    assert (tmp_path / "main_controller.log").read_text() == "head 0\nturned\nhead 1\nfollowed\n"
