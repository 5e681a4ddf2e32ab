"""What is wrong with the parts of this program is told by each of them, and what is well tells nothing."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from main_controller.domain.apis_log import parse_line
from main_controller.domain.latch import HeldLatch
from main_controller.domain.schedule import Operation, Schedule
from main_controller.domain.transfer import TransferState
from main_controller.sentence import foreign
from main_controller.store.chronicle import Event
from main_controller.store.schedule_results import ScheduleResult
from main_controller.workers import troubles
from main_controller.workers.health import Health
from main_controller.workers.scheduler import ScheduleStatus

NOON = datetime(2026, 5, 13, 3, 0, tzinfo=UTC)
WHY = foreign("refused.")


def test_a_peer_is_away_once_it_has_failed_and_not_before_it_was_asked() -> None:
    peers = {"Emulator Emulator": Health(up=False), "Budo Emulator": Health(up=True, last_error=WHY)}
    assert troubles.of_peers(peers) == []
    (one,) = troubles.of_peers({"Budo Emulator": Health(up=False, last_error=WHY)})
    assert (one.code, one.subject) == ("apisWebUnreachable", "Budo Emulator")
    assert one.text == "apis-web's Budo Emulator does not answer: refused."


def test_a_loop_that_ran_and_runs_no_more() -> None:
    assert troubles.of_loops({"scheduler": Health(alive=False), "collector": Health(alive=True, last_run="x")}) == []
    assert [one.subject for one in troubles.of_loops({"scheduler": Health(alive=False, last_run="x")})] == ["scheduler"]


@pytest.mark.parametrize(("ago", "late"), [(8.0, False), (8.1, True), (-60.0, False)])
def test_a_collector_that_has_not_come_round(ago: float, late: bool) -> None:
    last = (NOON - timedelta(seconds=ago)).isoformat()
    assert bool(troubles.of_collector(Health(alive=True, last_run=last), 1.0, NOON)) is late
    assert troubles.of_collector(Health(alive=False, last_run=last), 1.0, NOON) == []


def test_a_file_that_is_not_written() -> None:
    assert troubles.of_file("journalNotWritten", None) == []
    assert [one.text for one in troubles.of_file("journalNotWritten", WHY)] == ["refused."]


def schedule(unit_id: str | None = "E001") -> Schedule:
    return Schedule(unit_id, Operation.SOFT_STOP, NOON, NOON, "x", 1)


def test_schedules_that_wait_have_failed_or_cannot_be_read() -> None:
    old = ScheduleResult(schedule(), "failed", NOON - timedelta(minutes=2), WHY)
    new = ScheduleResult(schedule(None), "missed", NOON, WHY)
    done = ScheduleResult(schedule(), "done", NOON, WHY)
    status = ScheduleStatus(last=(old, new, done), waiting=((schedule(), WHY),), fault=WHY)
    found = [(one.code, one.subject, str(one.text)) for one in troubles.of_schedules(status, NOON)]
    assert found == [
        ("schedulesUnreadable", "", "refused."),
        ("scheduleWaits", "E001", "E001's Soft Stop is due and waits: refused."),
        ("scheduleFailed", "", "The cluster's Soft Stop was not done: refused."),
    ]
    assert troubles.of_schedules(ScheduleStatus(), NOON) == []


@pytest.mark.parametrize(
    ("state", "safe", "told"),
    [
        (TransferState.RUNNING, False, False),
        (TransferState.ENDED, True, False),
        (TransferState.FAILED, True, False),
        (TransferState.FAILED, False, True),
        (TransferState.INTERRUPTED, False, True),
    ],
)
def test_a_guided_sharing_that_nobody_saw_end(state: TransferState, safe: bool, told: bool) -> None:
    transfer = SimpleNamespace(id="c7", giver="E001", taker="E002", state=state, safe=safe, reason=WHY)
    found = troubles.of_transfer(transfer)  # type: ignore[arg-type]
    assert [one.subject for one in found] == (["c7"] if told else [])
    assert troubles.of_transfer(None) == []


def test_a_latched_estop_is_told_with_who_latched_it_and_why() -> None:
    assert troubles.of_estop(None) == []
    latch = HeldLatch("Sato (10.0.0.9)", None, "smoke", "2026-05-13T03:00:00.000+00:00", True)
    (one,) = troubles.of_estop(latch)
    assert (one.code, one.subject) == ("estopLatched", "")
    assert one.text == "The E-stop is latched by Sato (10.0.0.9): smoke."
    (one,) = troubles.of_estop(latch._replace(reason=""))
    assert one.text == "The E-stop is latched by Sato (10.0.0.9): no reason was given."


def test_a_converter_that_tripped_too_often() -> None:
    found = troubles.of_trips({"E001": [1.0, 2.0, 3.0], "E002": [1.0, 2.0], "E003": []}, 3)
    assert [(one.subject, str(one.text)) for one in found] == [("E001", "E001's converter tripped 3 times.")]


def line(text: str) -> object:
    found = parse_line(
        f"[[[apis-main:E003]]] [t] 2026-11-26T20:43:34.952+09:00 SEVERE [a.user.ErrorCollection]  {text}".encode()
    )
    assert found is not None
    return found


def test_an_error_of_apis_main_is_one_trouble_however_often_it_is_told_and_a_warning_is_none() -> None:
    old, new = NOON - timedelta(minutes=6), NOON
    told = [
        (old, line("(LOGIC:LOCAL:ERROR:E001) old [a.B.c(D.java:5)]")),
        (new, line("(HARDWARE:LOCAL:ERROR:E003) broken [a.B.c(D.java:5)]")),
        (new, line("(HARDWARE:LOCAL:ERROR:E003) broken [a.B.c(D.java:5)]")),
        (new, line("(HARDWARE:LOCAL:WARN:E004) warm [a.B.c(D.java:5)]")),
    ]
    found = troubles.of_apis_log(told, NOON)  # type: ignore[arg-type]
    assert [(one.subject, str(one.text)) for one in found] == [
        ("E003 HARDWARE:LOCAL", "apis-main of E003 tells a local hardware error: broken")
    ]


def test_a_mode_that_changed_by_itself() -> None:
    events = [
        Event(NOON - timedelta(minutes=2), "mode", None, WHY, None, None),
        Event(NOON, "gridMaster", "E002", WHY, None, None),
        Event(NOON, "mode", "E001", WHY, None, None),
    ]
    assert [one.subject for one in troubles.of_events(events, NOON)] == ["E001"]


def test_a_disk_with_too_little_room_is_told_once_for_all_folders_on_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = troubles.DiskRoom([tmp_path, tmp_path / "gone", tmp_path])
    sizes = SimpleNamespace(free=10_000_000_000)

    def usage(folder: Path) -> tuple[int, int, int]:
        if not folder.exists():
            raise FileNotFoundError
        return 100_000_000_000, 0, sizes.free

    monkeypatch.setattr("shutil.disk_usage", usage)
    assert room.troubles() == []
    sizes.free = 1_900_000_000
    assert len(room.troubles()) == 1
    sizes.free = 400_000_000
    (one,) = room.troubles()
    assert str(one.text) == f"The disk of {tmp_path} has 400 MB left."


@pytest.mark.parametrize("jump", [3600.0, -3600.0, 5.0, -5.0])
def test_a_clock_that_was_set_is_told_for_a_minute(jump: float) -> None:
    now = {"wall": NOON, "clock": 100.0}
    clock = troubles.OwnClock(wall=lambda: now["wall"], clock=lambda: now["clock"])  # type: ignore[arg-type,return-value]

    def passes(seconds: float, jump: float = 0.0) -> list[str]:
        now["wall"] += timedelta(seconds=seconds + jump)  # type: ignore[operator]
        now["clock"] += seconds  # type: ignore[operator]
        return [str(one.text) for one in clock.troubles()]

    assert passes(1.0) == []
    assert passes(1.0, 4.9) == []
    told = [f"This machine's clock went by {jump:+.0f} s at once."]
    assert passes(1.0, jump) == told
    assert passes(59.0) == told
    assert passes(1.0) == []
