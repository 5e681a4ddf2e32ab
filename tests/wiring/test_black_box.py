"""What the black box is told besides snapshots and frames, and which of it is marked on the time line."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from main_controller.alarms.alarm import Alarm, Member, Sign
from main_controller.alarms.book import Change, Transition
from main_controller.alarms.kinds import BY_CODE
from main_controller.assessment.moment import Moment
from main_controller.domain.commands import CommandState, UnitOutcome
from main_controller.domain.modes import ConverterStatus, Mode
from main_controller.domain.orders import (
    ConverterOrder,
    ModeOrder,
    Order,
    ShutDownOrder,
    StopAllOrder,
    TransferOrder,
    UpsOrder,
)
from main_controller.errors import UpstreamUnreachable
from main_controller.sentence import foreign, say
from main_controller.store.black_box import BlackBox, Mark, Shelf, ToldFrame
from main_controller.store.black_box.segment import entries, read_segment
from main_controller.store.journal import OWN, JournalRow, Stage
from main_controller.store.unit_cache import UnitCache
from main_controller.wiring.black_box import Telling
from tests.orders.test_register import command

NOON = datetime(2026, 5, 13, 12, 0, tzinfo=UTC)
SILENT = say("domain.silent", "silent")


class Site:
    """A black box that is told, and read out at the end."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.now = NOON
        shelf = Shelf(folder, megabytes=10, hours=48)
        self.box = BlackBox(shelf, version="0.1.0", start="a", wall=lambda: self.now, clock=lambda: 0.0)
        self.telling = Telling(self.box)
        UnitCache(told=self.box.snapshot_told).take_log({}, 0.0, NOON)
        self.box.frame_told(ToldFrame(NOON, 1, None, Moment(UnitCache().update(lambda one: one)[1], 0.0, NOON), {}))

    def marks(self) -> list[Mark]:
        """What is marked."""
        return list(self.box.timeline().marks)

    def notes(self) -> list[Any]:
        """What was noted, of each kind and content."""
        self.now += timedelta(seconds=1)
        self.box.end()
        (path,) = self.folder.glob("*.box")
        segment = read_segment(path)
        found = [msgspec.json.decode(text) for text, _ in entries(segment.packed, segment.head.raw)]
        return [(one["kind"], one["content"]) for one in found if one["type"] == "note"]


def row(kind: str, stage: Stage, **more: Any) -> JournalRow:
    return JournalRow.of(NOON, kind, **{"by": "anna", "unit_id": None, "what": SILENT, "stage": stage, **more})


def test_every_row_of_the_journal_is_noted_and_what_happened_is_marked(tmp_path: Path) -> None:
    """Not what lies on an order's way, nor what the journal says of itself."""
    site = Site(tmp_path)
    rows = [
        row("order", Stage.CAME, order="setMode", command_id="c7", unit_id="E001"),
        row("intent", Stage.INTENT, order="setMode"), row("order", Stage.ACCEPTED, order="setMode"),
        row("lock", Stage.SET, what=foreign("E001 is locked")), row("converter", Stage.EVENT, by="the grid"),
        row("anchor", Stage.PRUNED, by=OWN),
    ]  # fmt: skip
    for one in rows:
        site.telling.row(one)
    assert [(mark.kind, mark.unit, mark.ref, mark.stage, mark.text) for mark in site.marks()] == [
        ("order", "E001", "c7", "came", "silent"),
        ("order", None, None, "set", "E001 is locked"),
        ("event", None, None, "event", "silent"),
    ]
    assert [None if mark.message is None else mark.message["code"] for mark in site.marks()] == [
        "domain.silent", None, "domain.silent",
    ]  # fmt: skip
    assert [content["kind"] for kind, content in site.notes() if kind == "journal"] == [one.kind for one in rows]


@pytest.mark.parametrize(
    "order",
    [
        ModeOrder("E001", Mode.STOP), ModeOrder(None, None), StopAllOrder(), ShutDownOrder(None, ("E001", "E002")),
        UpsOrder(None, 5), ConverterOrder("E001", ConverterStatus.CHARGE, 350.0, 2.5),
        TransferOrder("E001", "E002", 2.0, 350.0, minutes=5, wh=None),
    ],
    ids=lambda order: f"{order.name}{'' if order.unit_id is None else ' of one'}",
)  # fmt: skip
def test_an_orders_mark_says_what_was_wanted_also_once_it_was_read_again(tmp_path: Path, order: Order) -> None:
    """The page names it as it names every order; what is no order has a sentence of its own."""
    site = Site(tmp_path)
    about: dict[str, Any] = {"unit_id": order.unit_id, "order": order.name, "command_id": "c7"}
    site.telling.row(row("order", Stage.CAME, after=order.content(), **about))
    site.telling.row(row("order", Stage.VERIFIED, after={"wanted": order.content(), "sent": True}, **about))
    site.telling.row(row("order", Stage.FAILED, after={"error": "it is too large to be kept"}, **about))
    site.telling.row(row("schedule", Stage.SET, order="setSchedule", after={"operation": "stop"}))
    told = [(order.name, order.content()), (order.name, order.content()), (order.name, {}), (None, {})]
    assert [(mark.order, mark.wanted) for mark in site.marks()] == told
    site.notes()
    (path,) = site.folder.glob("*.box")
    assert [(mark.order, mark.wanted) for mark in read_segment(path).head.marks] == told


def test_an_orders_record_is_noted_as_it_stands_but_for_progress(tmp_path: Path) -> None:
    site = Site(tmp_path)
    came = command(7)
    answered = replace(came, units={"E001": UnitOutcome("verified", True, evidence="converter")})
    done = replace(answered, state=CommandState.VERIFIED)
    site.telling.command(None, came)
    site.telling.command(came, answered)
    site.telling.command(answered, done)
    told = [content for kind, content in site.notes() if kind == "command"]
    assert [one["state"] for one in told] == ["pending", "verified"]
    assert told[1]["units"]["E001"]["evidence"] == "converter"
    assert {one["id"] for one in told} == {came.id}


def test_each_call_of_apis_web_is_noted_with_its_outcome(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.telling.call("/get/log", None)
    site.telling.call("/deals", UpstreamUnreachable(foreign("refused")))
    site.telling.call("/deals", RuntimeError("a bug"))
    assert [content for _, content in site.notes()] == [
        {"path": "/get/log", "error": None},
        {"path": "/deals", "error": "refused"},
        {"path": "/deals", "error": "a bug"},
    ]


def test_each_change_of_an_alarm_is_noted_and_its_coming_and_going_marked(tmp_path: Path) -> None:
    site = Site(tmp_path)
    member = Member(Sign(SILENT))
    alarm = Alarm("a1", BY_CODE["unitSilent"], {"E001": member}, began=NOON, since=NOON, changed=NOON)
    disk = replace(alarm, id="a2", kind=BY_CODE["fileNotWritten"], members={"0": member})
    changes = [Change.RAISED, Change.UNTOLD, Change.ACKNOWLEDGED, Change.RETURNED]
    site.telling.alarms([Transition(change, alarm, "E001") for change in changes])
    site.telling.alarms([Transition(Change.RAISED, disk)])
    assert [(mark.kind, mark.unit, mark.ref, mark.stage, mark.text) for mark in site.marks()] == [
        ("alarm", "E001", "a1", "raised", "silent"),
        ("alarm", "E001", "a1", "returned", "silent"),
        ("alarm", None, "a2", "raised", "silent"),
    ]
    told = [content for kind, content in site.notes() if kind == "alarm"]
    assert [one["change"] for one in told] == [*map(str, changes), "raised"]
    assert told[0]["alarm"]["members"][0]["subject"] == "E001"
