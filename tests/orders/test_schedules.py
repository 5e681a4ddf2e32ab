"""Setting, clearing and listing schedules (G4-G7, N7, R9, R13, Z7, Z11-Z13)."""

from collections.abc import Callable, Collection
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytz

from main_controller.domain.actor import person
from main_controller.domain.schedule import Operation
from main_controller.domain.timing import Timing
from main_controller.errors import BadRequest, ControllerError, NoDataYet, NotFound
from main_controller.orders.desk import Desk as OrdersDesk
from main_controller.orders.register import Register
from main_controller.orders.schedules import SetSchedule
from main_controller.store import atomic_file
from main_controller.store.schedule_results import ScheduleResults
from main_controller.store.schedules import Schedules
from main_controller.store.unit_cache import UnitCache
from tests.orders.bench import Acknowledged, LockBook

NOW = datetime(2026, 5, 13, 3, 0, tzinfo=UTC)
TOKYO = pytz.timezone("Asia/Tokyo")


class Desk:
    """The orders about schedules over a real folder."""

    def __init__(self, folder: Path, units: Collection[str] = ("E001", "E002")) -> None:
        self.folder = folder
        self.now = NOW
        self.units = units
        self.schedules = Schedules(folder, zone=TOKYO)
        self.schedules.prepare()
        self.results = ScheduleResults()
        desk = OrdersDesk(
            UnitCache(), Register(), Acknowledged(), LockBook(),
            timing=Timing(), clock=lambda: self.now.timestamp(), wall=lambda: self.now,
        )  # fmt: skip
        self.told: list[tuple[str | None, str | None, bool]] = []
        self.orders = SetSchedule(
            desk, self.schedules, self.results, known=lambda: self.units, wall=lambda: self.now, zone=TOKYO,
            told=self.tell,
        )  # fmt: skip

    def tell(
        self, by: str, unit_id: str | None, operation: str, *, before: str | None, due: str | None, command_id: str,
        done: bool = True,
    ) -> None:  # fmt: skip
        self.told.append((before, due, done))


def operations(desk: Desk, unit_id: str) -> list[str]:
    """What is set for this unit."""
    return sorted(one.operation for one in desk.orders.listing() if one.unit_id == unit_id)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path / "schedules")


def test_a_schedule_is_set_moved_listed_and_cleared(desk: Desk) -> None:
    _, schedule = desk.orders.set(None, "softStop", "2026-05-14T12:00", person("127.0.0.1"))
    due = datetime(2026, 5, 14, 3, tzinfo=UTC)
    assert (schedule.unit_id, schedule.operation, schedule.due) == (None, Operation.SOFT_STOP, due)
    desk.orders.set(None, "softStop", "2026-05-15T03:00:00.000 00:00", person("127.0.0.1"))
    desk.orders.set("E001", "run", "2026-05-16T03:00:00Z", person("127.0.0.1"))
    assert [(*one.key, one.due) for one in desk.orders.listing()] == [
        ("", "softStop", datetime(2026, 5, 15, 3, tzinfo=UTC)),
        ("E001", "run", datetime(2026, 5, 16, 3, tzinfo=UTC)),
    ]
    assert desk.orders.clear(None, "softStop", person("127.0.0.1"))[1] is True
    assert desk.orders.clear(None, "softStop", person("127.0.0.1"))[1] is False
    assert [one.unit_id for one in desk.orders.listing()] == ["E001"]


def test_what_is_journaled_says_for_when_a_schedule_was_and_is_now(desk: Desk) -> None:
    """A moved schedule's old time is nowhere else."""
    one, two = "2026-05-14T03:00:00.000+00:00", "2026-05-15T03:00:00.000+00:00"
    desk.orders.set(None, "softStop", one, person("127.0.0.1"))
    desk.orders.set(None, "softStop", two, person("127.0.0.1"))
    desk.orders.set("E001", "softStop", one, person("127.0.0.1"))
    desk.orders.clear(None, "softStop", person("127.0.0.1"))
    desk.orders.clear(None, "softStop", person("127.0.0.1"))
    (desk.folder / "E002-softStop").write_text("tomorrow")
    desk.orders.set("E002", "softStop", one, person("127.0.0.1"))
    assert desk.told == [
        (None, one, True), (one, two, True), (None, one, True), (two, None, True), (None, None, False),
        (None, one, True),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("unit_id", "operation", "value", "error", "says"),
    [
        (
            None,
            "softStop",
            "2026-05-13T03:00:00Z",
            BadRequest,
            r"2026-05-13 12:00 \+09:00 is past, it is 2026-05-13 12:00 \+09:00 now",
        ),
        (None, "softStop", "2020-05-13T00:53:00.000+00:00", BadRequest, "is past"),
        (None, "softStop", "", BadRequest, "not a date and time"),
        (None, "softStop", "x" * 10_000, BadRequest, "not a date and time"),
        (None, "softstop", "2027-01-01T00:00Z", BadRequest, "softStop, forceStop, run"),
        (None, "", "2027-01-01T00:00Z", BadRequest, "operation must be"),
        (None, "x" * 10_000, "2027-01-01T00:00Z", BadRequest, "operation must be"),
        ("E999", "softStop", "2027-01-01T00:00Z", NotFound, "no unit E999"),
        ("", "softStop", "2027-01-01T00:00Z", BadRequest, "cannot have a schedule"),
        ("../E001", "softStop", "2027-01-01T00:00Z", NotFound, "no unit"),
        ("E001\x00", "softStop", "2027-01-01T00:00Z", NotFound, "no unit"),
        ("u" * 10_000, "softStop", "2027-01-01T00:00Z", BadRequest, "cannot have a schedule"),
    ],
)
def test_what_is_wrong_is_refused_with_a_sentence_and_nothing_is_written(
    desk: Desk, unit_id: str | None, operation: str, value: str, error: type[ControllerError], says: str
) -> None:
    with pytest.raises(error, match=says) as refusal:
        desk.orders.set(unit_id, operation, value, person("127.0.0.1"))
    assert refusal.value.sentence.endswith(".")
    assert len(refusal.value.sentence) < 300
    assert list(desk.folder.iterdir()) == []


def test_while_no_unit_is_known_a_unit_cannot_be_given_a_schedule_and_the_cluster_can(desk: Desk) -> None:
    desk.units = ()
    with pytest.raises(NoDataYet):
        desk.orders.set("E001", "softStop", "2027-01-01T00:00Z", person("127.0.0.1"))
    assert desk.orders.set(None, "softStop", "2027-01-01T00:00Z", person("127.0.0.1"))[1].unit_id is None


def test_any_unit_with_an_entry_can_be_cleared_and_a_bad_file_too(desk: Desk) -> None:
    desk.orders.set("E001", "softStop", "2027-01-01T00:00Z", person("127.0.0.1"))
    (desk.folder / "E777-forceStop").write_text("tomorrow")
    desk.units = ()
    assert desk.orders.clear("E001", "softStop", person("127.0.0.1"))[1] is True
    assert desk.orders.clear("E777", "forceStop", person("127.0.0.1"))[1] is True
    desk.units = ("E001",)
    with pytest.raises(NotFound):
        desk.orders.clear("E777", "forceStop", person("127.0.0.1"))
    assert desk.orders.clear("E001", "softStop", person("127.0.0.1"))[1] is False


def test_a_full_disk_is_told_and_the_earlier_schedule_stands(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.orders.set(None, "softStop", "2027-01-01T00:00Z", person("127.0.0.1"))
    before = desk.orders.listing()

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(atomic_file, "_write_new", full)
    with pytest.raises(ControllerError, match="could not be written: No space left on device"):
        desk.orders.set(None, "softStop", "2028-01-01T00:00Z", person("127.0.0.1"))
    assert desk.orders.listing() == before


def test_a_persons_mode_order_clears_what_is_due_in_exactly_its_scope(desk: Desk) -> None:
    for unit_id in (None, "E001", "E002"):
        for operation in Operation:
            due = NOW + timedelta(hours=1 if operation is Operation.SOFT_STOP else 48)
            desk.schedules.put(unit_id, operation, due)
    desk.now = NOW + timedelta(hours=2)
    assert desk.orders.clear_due("E001") == 1
    assert desk.orders.clear_due("E001") == 0
    assert operations(desk, "E001") == ["forceStop", "run"]
    assert desk.orders.clear_due(None) == 1
    assert operations(desk, "E002") == ["forceStop", "run", "softStop"]
    assert [(result.schedule.unit_id, result.outcome) for result in desk.results.last()] == [
        ("E001", "cleared"),
        (None, "cleared"),
    ]


@pytest.mark.parametrize("breaks", [lambda desk: desk.folder.rename(desk.folder.with_name("away"))])
def test_clearing_what_is_due_never_stands_in_the_way_of_the_order(desk: Desk, breaks: Callable[[Desk], Any]) -> None:
    breaks(desk)
    assert desk.orders.clear_due(None) == 0


def test_a_unit_that_has_left_takes_its_schedules_along(desk: Desk) -> None:
    """Due or not; nobody else's; and each is told."""
    for unit_id, operation in (("E001", "run"), ("E001", "forceStop"), ("E002", "run"), (None, "run")):
        desk.orders.set(unit_id, operation, "2026-05-16T03:00:00Z", person("127.0.0.1"))
    assert desk.orders.clear_left("E001") == 2
    assert {one.unit_id for one in desk.orders.listing()} == {None, "E002"}
    told = {(one.schedule.unit_id, one.outcome, one.sentence) for one in desk.results.last()}
    assert told == {("E001", "cleared", "Its unit has left the cluster.")}


def test_schedules_that_cannot_be_cleared_keep_nobody_from_leaving(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    desk.orders.set("E001", "run", "2026-05-16T03:00:00Z", person("127.0.0.1"))
    desk.folder.rename(desk.folder.with_name("away"))
    assert desk.orders.clear_left("E001") == 0
    assert "schedules of E001, which has left, were not cleared" in caplog.text
