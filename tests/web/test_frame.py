"""The frame: whole, or what changed since the caller's last; never an old one, and the same however put together."""

import gzip
import json
import random
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any, cast

import pytest

from main_controller.assessment.moment import Moment
from main_controller.errors import ControllerError
from main_controller.sentence import say
from main_controller.web.frame import KEPT, TOO_OLD, Frame, Frames
from main_controller.web.frame_report import Part, Report
from main_controller.web.replies import encoded_json
from tests.web.client import NOON, Answer, Client

START = "a1"
NOW = "2026-05-13T12:00:00.000+00:00"


class Site:
    """Frames made of sections and units that a test changes, with a clock moved by hand."""

    def __init__(self, rest: float = 0.0) -> None:
        self.now = 100.0
        self.sections: dict[str, Any] = {"grid": {"mode": "stop"}, "orders": []}
        self.units: dict[str, Any] = {"E001": {"vg": 1.0}, "E002": {"vg": 2.0}}
        self.then_page: str | None = None
        self.assessed_at: float | None = None
        self.moments = 0
        self.polled_at: float | None = None
        self.heard: list[str] = []
        self.frames = Frames(
            self.report, moment=self.moment, start=START, polled_at=lambda: self.polled_at, beat=0.75,
            heard=lambda page, environ: self.heard.append(page), rest=rest, clock=lambda: self.now,
            wall=lambda: NOON + timedelta(seconds=self.now - 100.0),
        )  # fmt: skip
        self.client = Client(self.frames)

    def moment(self) -> int:
        self.moments += 1
        return self.moments

    def report(self) -> Report:
        at = self.now if self.assessed_at is None else self.assessed_at
        sections, units = ({one: part(value) for one, value in of.items()} for of in (self.sections, self.units))
        return Report(at, "then", sections, {"units": units}, self.then_page)

    def get(self, query: str = "", **headers: str) -> Answer:
        return self.client.call(f"/get/frame{query}", headers=headers or None)

    def since(self, serial: int, start: str = START) -> Any:
        return self.get(f"?since={serial}&start={start}").json


def part(value: Any) -> Part:
    body, said = encoded_json(value)
    return Part(body, tuple(said))


@pytest.fixture
def site() -> Site:
    made = Site()
    made.frames.make()
    return made


def test_a_frame_tells_a_time_at_which_none_was_newer(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else the record has another frame for that time: here the next is made while this one is put together."""
    put_together = Frame.whole

    def slowly(frame: Frame) -> Any:
        monkeypatch.setattr(Frame, "whole", put_together)
        site.now += 1.0
        site.units["E001"] = {"vg": 9.0}
        site.frames.make()
        return put_together(frame)

    monkeypatch.setattr(Frame, "whole", slowly)
    told = site.get().json
    assert (told["units"]["E001"], told["time"]) == ({"vg": 1.0}, NOW)
    assert site.get().json["units"]["E001"] == {"vg": 9.0}


def test_a_frame_is_recorded_as_made_before_anybody_has_it(site: Site) -> None:
    """Else a page tells a time at which the record still has the one before."""
    kept: list[Any] = []
    frames = Frames(
        lambda: replace(site.report(), moment=cast("Moment", object())), moment=site.moment, start=START, rest=0.0,
        clock=lambda: site.now, wall=lambda: NOON if frames._frame is None else NOON + timedelta(seconds=1),
        keep=kept.append,
    )  # fmt: skip
    frames.make()
    assert [told.made for told in kept] == [NOON]


def test_a_frame_says_when_the_next_answer_of_apis_web_is_expected(site: Site) -> None:
    """One beat after the frame that was the first to show the last answer; other frames leave that as it is."""
    site.polled_at = 99.9
    site.frames.make()
    assert site.get().json["newsAt"] == "2026-05-13T12:00:00.750+00:00"
    site.now += 0.5
    site.frames.make()
    assert site.get().json["newsAt"] == "2026-05-13T12:00:00.750+00:00"
    site.polled_at = 100.9
    site.now += 0.5
    site.frames.make()
    assert site.get().json["newsAt"] == "2026-05-13T12:00:01.750+00:00"


def test_a_new_reading_ends_the_rest_after_a_frame() -> None:
    """It is shown at once; orders, of which there may be many, wait for the rest."""
    site = Site(rest=60.0)
    with ThreadPoolExecutor(1) as executor:
        for _ in range(2):  # each time anew
            resting = executor.submit(site.frames.make)
            with pytest.raises(TimeoutError):
                resting.result(0.1)
            site.frames.hurry()
            resting.result(10.0)


def test_a_whole_frame_is_everything_with_its_head(site: Site) -> None:
    answer = site.get()
    head = {"serial": 1, "start": START, "moment": 1, "time": NOW, "newsAt": None, "assessedAt": "then"}
    head |= {"whole": True, "mine": False}
    assert answer.json == {**head, **site.sections, "units": site.units}
    assert answer.headers["cache-control"] == "no-store"


def test_where_nothing_is_new_only_the_head_comes_and_says_that_it_still_holds(site: Site) -> None:
    site.frames.make()
    assert site.since(1) == {
        "serial": 1, "start": START, "moment": 2, "time": NOW, "newsAt": None, "assessedAt": "then", "whole": False,
        "mine": False,
    }  # fmt: skip


def test_only_what_changed_comes_with_who_left(site: Site) -> None:
    site.sections["orders"] = ["c1"]
    site.units = {"E002": {"vg": 2.0}, "E003": {"vg": 3.0}}
    site.frames.make()
    changes = site.since(1)
    assert (changes["serial"], changes["whole"]) == (2, False)
    assert changes["orders"] == ["c1"]
    assert changes["units"] == {"E003": {"vg": 3.0}}
    assert changes["gone"] == ["E001"]
    assert "grid" not in changes


@pytest.mark.parametrize("query", ["?since=1&start=other", "?since=1", "?since=99&start=a1", "?since=0&start=a1"])
def test_who_knows_another_start_or_a_serial_of_nobody_gets_the_whole(site: Site, query: str) -> None:
    assert site.get(query).json["whole"] is True


def test_a_serial_of_too_long_ago_gets_the_whole(site: Site) -> None:
    for number in range(KEPT + 1):
        site.sections["orders"] = [number]
        site.frames.make()
    assert site.since(1)["whole"] is True
    assert site.since(2)["whole"] is False


@pytest.mark.parametrize("seed", range(10))
def test_changes_put_together_are_the_whole(seed: int) -> None:
    """Whoever asks at whatever times."""
    site, chance = Site(), random.Random(seed)
    site.frames.make()
    held = site.get().json
    for _ in range(60):
        for unit_id in ("E001", "E002", "E003", "__proto__", 'a"b\\'):
            if chance.random() < 0.3:
                site.units.pop(unit_id, None)
            elif chance.random() < 0.3:
                site.units[unit_id] = {"vg": chance.random()}
        if chance.random() < 0.3:
            site.sections["orders"] = [chance.random()]
        site.frames.make()
        if chance.random() < 0.4:
            held = applied(held, site.since(held["serial"]))
            whole = site.get().json
            assert {**held, "whole": True} == whole


def applied(held: dict[str, Any], answer: dict[str, Any]) -> dict[str, Any]:
    """What a caller holds after an answer."""
    if answer["whole"]:
        return answer
    gone, changed = answer.pop("gone", []), answer.pop("units", {})
    units = {one: unit for one, unit in {**held["units"], **changed}.items() if one not in gone or one in changed}
    return {**held, **answer, "units": units}


def test_no_frame_is_handed_out_that_nobody_renews(site: Site) -> None:
    site.now += TOO_OLD
    assert site.get().status == 200
    site.now += 0.1
    answer = site.get()
    assert (answer.status, answer.json) == (503, {"error": "The grid was last assessed at then."})
    assert Site().get().status == 503


def test_the_promised_mode_is_told_to_be_mine_to_its_own_page_alone(site: Site) -> None:
    site.then_page = "mine"
    site.frames.make()
    assert [site.get(f"?page={page}").json["mine"] for page in ("mine", "other")] == [True, False]
    assert site.get().json["mine"] is False
    assert site.heard == ["mine", "other"]
    assert site.since(1)["serial"] == 2, "that it is promised to another is news, too"


@pytest.mark.parametrize("query", ["?since=x", "?since=-1", "?foo=1", "?page=%0a", "?since=1&since=2", "?start="])
def test_what_cannot_be_meant_is_refused(site: Site, query: str) -> None:
    assert site.get(query).status == 400


def test_codes_come_with_the_sentences_that_are_in_the_answer(site: Site) -> None:
    late = say("unit.late", "{unit} is late.", unit="E001")
    site.sections["orders"] = [{"error": late}]
    site.frames.make()
    asked = {"APIS-Sentences": "codes"}
    message = {"text": "E001 is late.", "code": "unit.late", "parameters": {"unit": "E001"}}
    assert site.client.call("/get/frame", headers=asked).json["messages"] == [message]
    assert "messages" not in site.client.call("/get/frame?since=2&start=a1", headers=asked).json
    assert "messages" not in site.get().json


def test_a_large_frame_is_compressed_where_that_is_taken(site: Site) -> None:
    site.sections["orders"] = ["x" * 2000]
    site.frames.make()
    answer = site.client.call("/get/frame", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["content-encoding"] == "gzip"
    assert json.loads(gzip.decompress(answer.body))["orders"] == site.sections["orders"]


def test_only_small_changes_that_are_made_already_need_no_thread(site: Site) -> None:
    """The whole, which may be large, is another thread's: also for who comes from before a restart with our serial."""
    size = site.frames.size
    assert size(f"since=1&start={START}") == 0
    for query in ("", "since=1", "since=1&start=b2", "start=a1", f"since=9&start={START}"):
        assert size(query) is None
    site.sections["orders"] = ["x" * 70_000]
    site.frames.make()
    assert size(f"since=1&start={START}") is None
    assert size(f"start={START}&since=2&page=p") == 0


def test_somebody_looks_for_some_seconds_after_each_request(site: Site) -> None:
    assert not Site().frames.looked_at()
    site.get()
    site.now += 5.0
    assert site.frames.looked_at()
    site.now += 0.1
    assert not site.frames.looked_at()


def test_a_fault_in_making_one_leaves_the_last(site: Site) -> None:
    site.sections["orders"] = object()
    with pytest.raises((TypeError, NotImplementedError, ControllerError)):
        site.frames.make()
    assert site.get().json["orders"] == []
