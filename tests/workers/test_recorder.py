"""What happens is recorded beside everything else: a disk that refuses makes recording rest, and little is lost."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from main_controller.assessment.figures import Figures
from main_controller.assessment.grid_state import GridState
from main_controller.domain.apis_log import Level, LogLine
from main_controller.errors import ControllerError
from main_controller.history.ledger_deal import LedgerDeal
from main_controller.history.slot import CLUSTER, Slot
from main_controller.sentence import foreign
from main_controller.workers import recorder
from main_controller.workers.recorder import Recorder
from tests.assessment.units import assessed, grid_of

NOON = datetime(2026, 5, 13, 12, 0, tzinfo=UTC)


class Disk:
    """Where slots are kept; full on demand."""

    def __init__(self) -> None:
        self.slots: list[Slot] = []
        self.deals: list[LedgerDeal] = []
        self.writes = 0
        self.full = False
        self.left_to_prune = 0

    def write(self, slots: Sequence[Slot]) -> None:
        self.writes += 1
        if self.full:
            raise ControllerError(foreign("the disk is full."))
        self.slots += slots

    def keep_deals(self, settled: Sequence[LedgerDeal]) -> None:
        if self.full:
            raise ControllerError(foreign("the disk is full."))
        self.deals += settled

    def prune(self) -> int:
        gone, self.left_to_prune = min(1, self.left_to_prune), max(0, self.left_to_prune - 1)
        return gone


class Recording:
    """A unit that is read every 5 s, and its recorder, which looks once a second."""

    def __init__(self) -> None:
        self.disk = Disk()
        self.now = 1000.0
        self.recorder = Recorder(self.disk, self.grid, stale_after=30.0)

    def grid(self) -> GridState:
        unit = assessed("E001", figures=Figures(wg=100.0))
        unit = msgspec.structs.replace(unit, moved_at=self.now // 5 * 5)
        return replace(grid_of(unit), now=self.now, wall=NOON + timedelta(seconds=self.now - 1000.0))

    def run(self, seconds: float) -> None:
        for _ in range(round(seconds)):
            self.now += 1.0
            try:
                self.recorder.run_once()
            except ControllerError:
                assert self.recorder.fault is not None


@pytest.fixture
def recording() -> Recording:
    return Recording()


def test_a_minute_is_written_once_it_is_whole_in_one_go(recording: Recording) -> None:
    recording.run(300)
    units = [slot for slot in recording.disk.slots if slot.unit_id == "E001"]
    assert [slot.start - int(NOON.timestamp()) for slot in units] == [0, 60, 120, 180]
    assert recording.disk.writes == 4
    assert {slot.unit_id for slot in recording.disk.slots} == {"E001", CLUSTER}


def test_it_tells_up_to_when_minutes_are_written_a_gap_among_them_or_not(recording: Recording) -> None:
    assert recording.recorder.written_until is None
    recording.run(300)
    assert recording.recorder.written_until == int(NOON.timestamp()) + 240
    recording.disk.full = True
    recording.run(120)
    assert recording.recorder.written_until == int(NOON.timestamp()) + 240, "those that wait are not written"
    recording.disk.full = False
    recording.run(20)
    assert recording.recorder.written_until == int(NOON.timestamp()) + 360


def test_the_end_writes_what_was_begun(recording: Recording) -> None:
    recording.run(30)
    assert recording.disk.slots == []
    recording.recorder.end()
    assert sum(slot.covered for slot in recording.disk.slots if slot.unit_id == "E001") == pytest.approx(30.0, abs=5.0)


def test_a_full_disk_is_told_and_tried_again_and_nothing_is_lost(recording: Recording) -> None:
    recording.disk.full = True
    recording.run(300)
    assert recording.recorder.fault == "What happens is not recorded: the disk is full."
    assert recording.disk.writes < 30, "it is tried again every 10 s"
    recording.disk.full = False
    recording.run(20)
    assert recording.recorder.fault is None
    assert len([slot for slot in recording.disk.slots if slot.unit_id == "E001"]) >= 4


def test_of_what_waits_too_long_the_oldest_is_lost_and_counted(
    recording: Recording, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(recorder, "WAITING", 4)
    recording.disk.full = True
    recording.run(400)
    recording.disk.full = False
    recording.run(20)
    assert "slots of the history were lost" in caplog.text
    assert [slot.start - int(NOON.timestamp()) for slot in recording.disk.slots][:1] > [0]


def test_what_is_old_is_taken_out_step_by_step(recording: Recording) -> None:
    recording.disk.left_to_prune = 5
    recording.run(4)
    assert recording.disk.left_to_prune == 1
    recording.run(3)
    recording.disk.left_to_prune = 5
    recording.run(300)
    assert recording.disk.left_to_prune == 5, "it is looked again every ten minutes only"


def test_of_apis_mains_log_only_what_is_of_deals_waits_and_not_without_end(recording: Recording) -> None:
    def line(source: str) -> tuple[datetime, LogLine]:
        return NOON, LogLine("apis-main", "E001", NOON, Level.INFO, source, "deal activated")

    recording.recorder.hear(line(source) for source in ("a.DealUtil", "a.Other"))
    assert len(recording.recorder._unread) == 1
    recording.recorder.hear(line("a.DealUtil") for _ in range(recorder.UNREAD + 5))
    assert len(recording.recorder._unread) == recorder.UNREAD
    recording.run(1)
    assert len(recording.recorder._unread) == 0


def test_long_lines_do_not_wait_without_end(recording: Recording, monkeypatch: pytest.MonkeyPatch) -> None:
    """Anybody can send them."""
    monkeypatch.setattr(recorder, "UNREAD_CHARACTERS", 1_000)
    told = [
        (NOON, LogLine("apis-main", f"E{number:03d}", NOON, Level.INFO, "a.DealUtil", "x" * 300)) for number in range(9)
    ]
    recording.recorder.hear(told)
    assert [line.unit_id for _, line in recording.recorder._unread] == ["E006", "E007", "E008"]
    recording.recorder.hear([(NOON, told[0][1]._replace(message="x" * 5_000))])
    assert len(recording.recorder._unread) == 0
