"""A frame of the past is the frame that was told then, and nothing else is ever told in its place."""

import random
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from main_controller.alarms.overview import Overview
from main_controller.sentence import say
from main_controller.web import frame_report
from main_controller.web.frame import Frames
from tests.web.life import Life, but_for_now, forgotten
from tests.workers.recording import Recording

MOMENTS = 100


@pytest.fixture
def faults(root: Path) -> Recording:
    return Recording(root / "tests/recordings/faults.jsonl.gz")


def life_on(folder: Path, recording: Recording, start: str = "a") -> Life:
    life = Life(folder, recording, start)
    life.poll()
    return life


def at(life: Life, seconds: float = 0.0) -> str:
    """The time by the life's wall, so many seconds from now."""
    return (life.wall() + timedelta(seconds=seconds)).isoformat()


def something_happens(life: Life, chance: random.Random) -> None:
    """An order, an acknowledgement, a lock, a trip, an alarm, a conflict, a unit that left."""
    unit_id = chance.choice(("E001", "E002", "E003", "E004"))
    what = chance.randrange(8)
    if what == 0:
        life.order(unit_id)
    elif what == 1:
        life.acknowledged.given[unit_id] = life.cache.snapshot().last_status(unit_id)
    elif what == 2:
        life.locks.set(unit_id, "anna", "fuse", life.wall())
    elif what == 3:
        life.trips.note(unit_id, life.clock())
    elif what == 4:
        life.alarms = Overview(1, 2, 1, {unit_id: chance.randrange(1, 4)}, life.alarms.serial + 1)
    elif what == 5:
        text = say("orders.locked", "{lock}.", lock=unit_id)
        life.cache.update(lambda before: _with_conflict(before, unit_id, text))
    elif what == 6:
        life.desk.mode_changed_at = life.clock()
    else:
        forgotten(life, "E009")


def _with_conflict(snapshot: Any, unit_id: str, text: Any) -> Any:
    return type(snapshot)(
        **{name: getattr(snapshot, name) for name in type(snapshot).__slots__ if name != "conflicts"},
        conflicts={unit_id: text},
    )


def test_a_hundred_frames_of_the_past_are_those_that_were_told_then(tmp_path: Path, faults: Recording) -> None:
    """Over the real system's recorded faults, a restart of the program, orders and what else a frame shows."""
    chance, told = random.Random(7), list[Any]()
    life = life_on(tmp_path, faults)
    while faults.now < faults.seconds - 1:
        if len(told) == MOMENTS // 2 and life.desk.moments.start == "a":
            life.box.end()
            faults.now += 5.0
            life = life_on(tmp_path, faults, "b")
        faults.now = min(faults.seconds - 1.0, int(faults.now) + 1.0)
        life.poll()
        if chance.random() < 0.2:
            something_happens(life, chance)
            faults.now += 0.21
            life.look()
        if faults.seconds * len(told) < faults.now * (MOMENTS + 10):
            faults.now += chance.uniform(0.0, 0.7)
            told.append(life.served())
        life.keep()
    assert len(told) >= MOMENTS
    assert len({frame["start"] for frame in told}) == 2
    assert len({str(frame["notKept"]) + str(frame["data"]) for frame in told}) > MOMENTS / 4, "too little happened"
    for frame in told:
        again = life.past(frame["time"])
        assert but_for_now(again) == but_for_now(frame), frame["time"]
        assert again["moment"] == 0, "no order can be given by it"
        assert again["replay"]["at"] == frame["time"]
        assert again["replay"]["recordedBy"] == again["replay"]["judgedBy"] == "0.1.0"
        assert again["replay"]["madeAt"] <= frame["time"]


def test_a_time_of_which_nothing_is_recorded_names_the_nearest_that_are(tmp_path: Path, faults: Recording) -> None:
    """Never a neighbour's frame, however near: not before the first, in the restart, nor in what is to come.

    What lies before is told in whole seconds, what comes after too, and rounded up: of both something is recorded.
    """

    def before(told: str) -> str:
        return f"{datetime.fromisoformat(told):%Y-%m-%d %H:%M:%S}"

    def after(told: str) -> str:
        return before((datetime.fromisoformat(told) + timedelta(microseconds=999_999)).isoformat())

    life = life_on(tmp_path, faults)
    first = at(life)
    life.seconds(3)
    last = at(life)
    life.box.end()
    faults.now += 20.0
    life = life_on(tmp_path, faults, "b")
    again = at(life)
    for when, nearest in (
        (at(life, -23.5), [after(first)]),
        (at(life, -19.5), [before(last), after(again)]),
        (at(life, -0.5), [before(last), after(again)]),
        (at(life, 0.5), [before(again)]),
    ):
        refused = life.past(when)
        assert set(refused) == {"error", "messages"}
        named = refused["messages"][0]["parameters"]
        assert [value[:19] for name, value in named.items() if name != "at"] == nearest
    gaps = life.client.call("/timeline").json["gaps"]
    assert [(gap["from"][:19], gap["to"][:19], gap["why"]) for gap in gaps] == [(last[:19], again[:19], "notRunning")]


def test_while_no_frame_was_made_there_is_none_to_show(tmp_path: Path, faults: Recording) -> None:
    """A page was refused then as well: what was so is not known."""
    life = life_on(tmp_path, faults)
    faults.now += 10.0
    life.poll()
    assert "error" in life.past(at(life, -5.0))
    assert life.past(at(life, -8.0))["replay"]["nextAt"][:19] == at(life)[:19]
    (gap,) = life.client.call("/timeline").json["gaps"]
    assert gap["why"] == "paused"


def test_a_clock_that_was_set_back_shows_the_later_of_two(tmp_path: Path, faults: Recording) -> None:
    life = life_on(tmp_path, faults)
    life.seconds(30)
    life.jumped -= 20.0
    life.seconds(10)
    told = life.served()
    assert but_for_now(life.past(told["time"])) == but_for_now(told)


def test_the_past_is_never_answered_in_the_servers_own_thread(tmp_path: Path, faults: Recording) -> None:
    """However it is written: that thread answers everybody who polls."""
    life = life_on(tmp_path, faults)
    usual = f"since={life.served()['serial']}&start=a"
    assert life.client.app.at_once("GET", "/get/frame", usual)
    assert life.client.app.at_once("GET", "/get/frame", f"{usual}&page=p1")
    for name in ("at", "%61t", "a%74"):
        assert not life.client.app.at_once("GET", "/get/frame", f"{usual}&{name}=2026-01-01T00:00:00Z")
        assert not life.client.app.at_once("GET", "/get/frame", f"{name}=2026-01-01T00:00:00Z&{usual}")


def test_what_cannot_be_kept_is_told_to_pages_all_the_same(
    tmp_path: Path, faults: Recording, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And is a gap: no frame waits for its record, nor fails with it."""
    life = life_on(tmp_path, faults)
    life.seconds(2)

    def fail(*_: object) -> None:
        raise NotImplementedError("a set has no form in JSON")

    with monkeypatch.context() as broken:
        broken.setattr(frame_report, "facts_kept", fail)
        life.seconds(6)
        assert life.served()["assessedAt"][:19] == at(life)[:19]
    assert "Nothing is recorded" in life.past(at(life, -1.0))["error"]
    life.seconds(1)
    assert life.past(at(life))["serial"] == life.served()["serial"]


def test_who_looks_at_the_past_is_not_heard_as_one_who_watches(tmp_path: Path, faults: Recording) -> None:
    """Work by hand rests on pages that see what is so now."""
    life = life_on(tmp_path, faults)
    life.client.call(f"/get/frame?page=p1&at={at(life).replace('+', '%2B')}")
    assert life.heard == []
    assert not life.frames.looked_at()
    life.client.call("/get/frame?page=p1")
    assert life.heard == ["p1"]


def test_where_nothing_is_recorded_that_is_said(tmp_path: Path, faults: Recording) -> None:
    life = life_on(tmp_path, faults)
    life.replay._box = None
    assert "black box is off" in life.past("2026-01-01T00:00:00Z")["error"]
    assert life.client.call("/timeline").status == 404
    assert Frames(lambda: pytest.fail("asked"), moment=int, start="a")._replay is None


def test_a_frame_of_the_past_is_wanted_at_a_time(tmp_path: Path, faults: Recording) -> None:
    life = life_on(tmp_path, faults)
    for wrong in ("yesterday", "2026-13-01T00:00:00Z", "9999-01-01T00:00:00Z", ""):
        assert life.client.call(f"/get/frame?at={wrong}").status == 400, wrong


def test_what_a_broken_record_holds_is_not_shown(tmp_path: Path, faults: Recording) -> None:
    """A file that somebody changed is set aside, and its time is one of which nothing is recorded."""
    life = life_on(tmp_path, faults)
    life.seconds(70)
    told = at(life, -60.0)
    assert "units" in life.past(told)
    (path,) = tmp_path.glob("*.box")
    content = bytearray(path.read_bytes())
    content[-20] ^= 1
    path.write_bytes(content)
    assert "Nothing is recorded" in life.past(told)["error"]
    assert [one.name for one in tmp_path.iterdir()] == [f"{path.name}.damaged"]
    assert datetime.fromisoformat(life.client.call("/timeline").json["reachesBackTo"]) > life.wall() - timedelta(
        seconds=15
    )
