"""Of apis-main's log the grave lines go to the disk, and the newest of all stay in memory (K16)."""

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from main_controller.domain.apis_log import Level, LogLine
from main_controller.errors import ControllerError
from main_controller.sentence import foreign
from main_controller.workers import log_keeper
from main_controller.workers.log_keeper import Heard, LogKeeper

NOON = datetime(2026, 5, 13, 12, 0, tzinfo=UTC)


def line(level: Level, message: str = "text") -> LogLine:
    return LogLine("apis-main", "E001", NOON, level, "some.Class", message)


class Site:
    def __init__(self) -> None:
        self.coming: list[LogLine] = []
        self.kept: list[Heard] = []
        self.full = False
        self.now = 0.0
        self.handed: list[Heard] = []
        self.keeper = LogKeeper(self, self, hear=self.handed.extend, wall=lambda: NOON, clock=lambda: self.now)

    def lines(self) -> list[LogLine]:
        coming, self.coming = self.coming, []
        return coming

    def keep_lines(self, lines: Sequence[Heard]) -> None:
        if self.full:
            raise ControllerError(foreign("full"))
        self.kept += lines

    def hear(self, *lines: LogLine, after: float = 10.0) -> None:
        self.coming = list(lines)
        self.now += after
        self.keeper.run_once()


def test_grave_lines_go_to_the_disk_and_all_stay_in_memory() -> None:
    site = Site()
    site.hear(line(Level.FINE, "a"), line(Level.WARNING, "b"), line(Level.INFO, "c"), line(Level.SEVERE, "d"))
    assert [one.message for _, one in site.kept] == ["b", "d"]
    assert [one.message for _, one in site.keeper.newest()] == ["a", "b", "c", "d"]


def test_what_is_kept_is_shortened_and_what_is_handed_on_is_whole() -> None:
    """A list of deals is long, and is read by who is handed it."""
    site = Site()
    site.hear(line(Level.SEVERE, "x" * 60_000), line(Level.FINE, "y" * 60_000))
    assert [len(one.message) for _, one in site.keeper.newest()] == [2_000, 2_000]
    assert [len(one.message) for _, one in site.kept] == [2_000]
    assert [len(one.message) for _, one in site.handed] == [60_000, 60_000]


def test_lines_that_come_close_together_are_written_together() -> None:
    site = Site()
    site.hear(line(Level.SEVERE, "a"), after=1.0)
    site.hear(line(Level.SEVERE, "b"), after=1.0)
    assert site.kept == []
    site.hear(after=5.0)
    assert [one.message for _, one in site.kept] == ["a", "b"]


def test_a_full_disk_loses_nothing_until_too_many_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_keeper, "WAITING", 2)
    site = Site()
    site.full = True
    with pytest.raises(ControllerError):
        site.hear(*(line(Level.SEVERE, text) for text in "abc"))
    assert site.keeper.lost == 1
    site.full = False
    site.hear()
    assert [one.message for _, one in site.kept] == ["a", "b"]
