"""The front of the black box: nobody who has news waits or fails, and what is lost is told as lost."""

import errno
import logging
import re
import threading
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import pytest

from main_controller.assessment.moment import Moment
from main_controller.errors import NotFound
from main_controller.store import atomic_file
from main_controller.store.atomic_file import TEMPORARY
from main_controller.store.black_box import BlackBox, Fact, Mark, Shelf, ToldFrame, Why
from main_controller.store.black_box import black_box as boxes
from main_controller.store.black_box import shelf as shelves
from main_controller.store.black_box.segment import MARKS, entries, read_segment
from main_controller.store.unit_cache import UnitCache

NOON = datetime(2026, 5, 13, 12, 0, tzinfo=UTC)


class Site:
    """A black box of a cache with two units, on a clock moved by hand; `start` names the run."""

    def __init__(self, folder: Path, start: str = "a", now: float = 0.0) -> None:
        self.folder = folder
        self.now = now
        self.box = BlackBox(
            Shelf(folder, megabytes=10, hours=48), version="0.1.0", start=start, wall=self.wall, clock=lambda: self.now
        )
        self.box.write_once()
        self.cache = UnitCache(told=self.box.snapshot_told)
        self.serial = 0

    def wall(self) -> datetime:
        return NOON + timedelta(seconds=self.now)

    def poll(self, seconds: float = 1.0) -> None:
        """A poll and a frame of it, after so many seconds."""
        self.now += seconds
        data = {one: {"time": f"t{self.now}", "dcdc": {"meter": {"vg": self.now}}} for one in ("E001", "E002")}
        self.cache.take_log(data, self.now, self.wall())
        self.frame()

    def frame(self) -> None:
        """A frame of what is so."""
        self.serial += 1
        moment = Moment(self.cache.snapshot(), self.now, self.wall())
        facts = {"serial": Fact(msgspec.json.encode(self.serial))}
        self.box.frame_told(ToldFrame(self.wall(), self.serial, None, moment, facts))

    def polls(self, count: int) -> None:
        """So many, each written down at once."""
        for _ in range(count):
            self.poll()
            self.box.record_once()

    def vg(self, at: float) -> Any:
        """What the first unit's meter showed then."""
        found = self.box.at(NOON + timedelta(seconds=at))
        sighting = found.moment.snapshot.sightings["E001"]
        assert [one.vg for one in sighting.recent][-1] == sighting.data["dcdc"]["meter"]["vg"]
        return sighting.data["dcdc"]["meter"]["vg"]

    def gaps(self) -> list[tuple[float, float, Why]]:
        """The gaps in seconds."""
        gaps = self.box.timeline().gaps
        return [((gap.begins - NOON).total_seconds(), (gap.ends - NOON).total_seconds(), gap.why) for gap in gaps]


def event(number: int, at: datetime) -> Mark:
    return Mark(at, "event", str(number))


def written(folder: Path) -> list[Mapping[str, Any]]:
    """Every entry of every segment in the folder."""
    found: list[Mapping[str, Any]] = []
    for path in sorted(folder.glob("*.box")):
        segment = read_segment(path)
        found += [msgspec.json.decode(text) for text, _ in entries(segment.packed, segment.head.raw)]
    return found


def test_a_kill_loses_at_most_the_last_minute(tmp_path: Path) -> None:
    """Segments are whole before they have their name; what a kill cut off is not there, and is no fault."""
    site = Site(tmp_path)
    for _ in range(150):
        site.poll()
        site.box.record_once()
        site.box.write_once()
    (tmp_path / f"{TEMPORARY}0000000003-x.box.ab").write_bytes(b"half a segment")
    again = Site(tmp_path, "b", now=170.0)
    again.polls(2)
    assert again.vg(100.5) == 100.0
    last = (again.box.at(NOON + timedelta(seconds=121))).made
    assert last >= NOON + timedelta(seconds=150 - 60)
    with pytest.raises(NotFound):
        again.vg(149.0)
    assert again.gaps() == [(121.0, 171.0, Why.NOT_RUNNING)]
    assert not list(tmp_path.glob(f"{TEMPORARY}*"))


def test_every_segment_is_readable_by_itself(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.polls(200)
    site.box.end()
    paths = sorted(tmp_path.glob("*.box"))
    assert len(paths) == 4
    for path in paths[:1] + paths[2:]:
        path.unlink()
    alone = Site(tmp_path, "b", now=300.0)
    assert [alone.vg(at) for at in (61.0, 90.5, 120.9)] == [61.0, 90.0, 120.0]
    with pytest.raises(NotFound):
        alone.vg(60.0)


@pytest.mark.parametrize("place", [3, 4])
def test_a_damaged_minute_beside_a_restart_is_lost_and_no_time_in_which_nothing_ran(tmp_path: Path, place: int) -> None:
    """The last minute of one run, and the first of the next."""
    site = Site(tmp_path)
    site.polls(170)
    site.box.end()
    again = Site(tmp_path, "b", now=171.0)
    again.polls(130)
    again.box.end()
    assert again.gaps() == [(170.0, 172.0, Why.NOT_RUNNING)]
    path = sorted(tmp_path.glob("*.box"))[place - 1]
    path.write_bytes(path.read_bytes()[:-1])
    third = Site(tmp_path, "c", now=302.0)
    third.polls(130)
    third.box.end()
    assert [why for _, _, why in third.gaps()] == [Why.LOST, Why.NOT_RUNNING]


def test_the_last_minute_where_it_is_damaged_is_lost_too(tmp_path: Path) -> None:
    """Its place was given to the first of the next run, so that nothing was seen to be missing."""
    site = Site(tmp_path)
    site.polls(170)
    site.box.end()
    path = max(tmp_path.glob("*.box"))
    path.write_bytes(path.read_bytes()[:-1])
    again = Site(tmp_path, "b", now=171.0)
    again.polls(130)
    again.box.end()
    assert [why for _, _, why in again.gaps()] == [Why.LOST]


def test_when_too_much_comes_that_is_a_gap_and_never_a_wrong_frame(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    site = Site(tmp_path)
    site.polls(5)
    for _ in range(boxes.SNAPSHOTS):
        site.poll(0.01)
    with caplog.at_level(logging.ERROR):
        site.box.record_once()
    site.now = 20.0
    site.polls(5)
    assert "the black box has a gap: the machine was too busy" in caplog.text
    (gap,) = site.box.timeline().gaps
    assert gap.why is Why.LOST
    assert gap.text is not None
    assert gap.text.code == "store.tooBusy"
    with pytest.raises(NotFound) as refused:
        site.vg(5.9)
    assert refused.value.sentence.code == "store.notRecorded"
    assert re.fullmatch(
        r"Nothing is recorded of (\S+ \S+ UTC): the nearest recorded times are (\S+ \S+ UTC) and (\S+ \S+ UTC)\.",
        refused.value.sentence,
    ), "times as people write them, which the page tells by the site's clock"
    assert site.vg(5.205) == pytest.approx(5.2)
    assert site.vg(25.0) == 25.0


def test_a_full_disk_makes_it_rest_and_that_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody who has news hears of it; when there is room it goes on, and what waited too long is a gap."""
    site = Site(tmp_path)
    real = atomic_file.write_whole

    tried = []

    def full(*_: object) -> None:
        tried.append(site.now)
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(shelves, "write_whole", full)
    site.polls(70)
    for _ in range(2):  # it is not tried at every beat, and none of them is told as well
        with pytest.raises(OSError, match="No space"):
            site.box.write_once()
    assert site.box.fault == f"The black box rests, as {tmp_path} refuses: No space left on device."
    assert len(tried) == 1
    assert site.vg(30.0) == 30.0, "what waits for the disk can be seen"
    monkeypatch.setattr(boxes, "UNWRITTEN", 1)
    site.polls(130)
    site.box.record_once()
    monkeypatch.setattr(shelves, "write_whole", real)
    site.now += boxes.AGAIN
    site.box.write_once()
    assert site.box.fault is None
    assert site.box.timeline().begins == NOON + timedelta(seconds=121)
    assert site.vg(150.0) == 150.0


def test_a_minute_that_the_disk_refused_is_told_as_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    site = Site(tmp_path)
    site.polls(62)
    site.box.write_once()
    monkeypatch.setattr(boxes, "UNWRITTEN", 1)
    site.polls(180)
    site.box.write_once()
    assert site.gaps() == [(61.0, 181.0, Why.LOST)]
    with pytest.raises(NotFound):
        site.vg(62.0)


def test_a_disk_that_hangs_holds_up_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    site = Site(tmp_path)
    hangs, hanging = threading.Event(), threading.Event()

    def hang(*_: object) -> None:
        hanging.set()
        hangs.wait(30)

    monkeypatch.setattr(shelves, "write_whole", hang)
    site.polls(70)
    writing = threading.Thread(target=site.box.write_once)
    writing.start()
    assert hanging.wait(10)
    site.polls(5)
    site.box.note("call", {"path": "/deals"})
    assert site.vg(74.0) == 74.0
    assert site.box.timeline().ends == NOON + timedelta(seconds=75)
    assert site.box.fault is None
    site.polls(7)
    said = f"The disk does not answer: the black box waits to be written into {tmp_path}."
    assert [str(site.box.fault), str(site.box.timeline().fault)] == [said, said]
    hangs.set()
    writing.join(10)
    assert site.box.fault is None


def test_what_else_happened_stands_in_it_and_on_the_time_line(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.box.note("journal", {"early": True}, lambda at: Mark(at, "event", "it began"))
    site.polls(3)
    site.box.note("command", {"id": "c1"}, lambda at: Mark(at, "order", "Wait for E001", "E001", "c1", "came"))
    site.box.note("call", lambda: {"path": "/get/log", "error": "refused"}, lambda at: None)
    site.box.note("odd", object())
    site.box.end()
    notes = [(one["kind"], one["content"]) for one in written(tmp_path) if one["type"] == "note"]
    assert notes[:3] == [
        ("journal", {"early": True}), ("command", {"id": "c1"}), ("call", {"path": "/get/log", "error": "refused"}),
    ]  # fmt: skip
    assert notes[3][0] == "odd"
    assert notes[3][1].startswith("<object object")
    marks = Site(tmp_path, "b", now=9.0).box.timeline().marks
    assert [(mark.kind, mark.unit, mark.text) for mark in marks] == [
        ("event", None, "it began"), ("order", "E001", "Wait for E001"),
    ]  # fmt: skip


def test_of_too_many_marks_it_is_told_how_many_are_left_out(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.polls(1)
    for number in range(MARKS + 7):
        site.box.note("journal", {}, partial(event, number))
    line = site.box.timeline()
    assert (len(line.marks), line.left_out) == (MARKS, 7)


def test_a_part_of_the_time_line(tmp_path: Path) -> None:
    site = Site(tmp_path)
    for number in range(200):
        site.box.note("journal", {}, partial(event, number))
        site.polls(1)
    told = site.box.timeline(NOON + timedelta(seconds=100), NOON + timedelta(seconds=103)).marks
    assert [mark.text for mark in told] == ["100", "101", "102", "103"]


def test_after_the_end_nothing_more_is_taken(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.polls(2)
    site.box.end()
    before = written(tmp_path)
    site.poll()
    site.box.note("call", {})
    site.box.record_once()
    site.box.write_once()
    assert written(tmp_path) == before


def test_what_has_no_form_is_a_gap_and_the_next_is_recorded(tmp_path: Path) -> None:
    site = Site(tmp_path)
    site.polls(2)
    site.cache.take_log({"\ud800": {"time": "t"}}, site.now, site.wall(), plain=b"{}")
    with pytest.raises((UnicodeError, ValueError)):
        site.box.record_once()
    site.cache.take_log({}, site.now, site.wall())
    site.polls(0)
    assert site.vg(1.5) == 1.0
