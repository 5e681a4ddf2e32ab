"""The readings from memory say exactly what was sent last, how old it is, and when nothing is known (R2, R9, Z5)."""

import gzip
import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from main_controller.domain.schedule import Operation, Schedule
from main_controller.store.unit_cache import UnitCache
from main_controller.web.readings import Readings
from tests.web.client import Client, Clock, state_of, take, unit


class Grid:
    """A cache with the readings on top, and a client that asks them."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.cache = UnitCache()
        self.schedules: list[Schedule] = []
        self.client = Client(
            Readings(
                self.cache,
                schedules=lambda: self.schedules,
                status=self.status,
                ipv4=lambda: "192.168.7.2",
                state=lambda: state_of(self.cache, self.clock),
                clock=self.clock,
            )
        )

    def status(self, page: str | None) -> Any:
        return {"version": "1", "time": str(self.clock.now)}


@pytest.fixture
def grid() -> Grid:
    return Grid()


@pytest.mark.parametrize("path", ["/get/logInfo", "/get/log"])
def test_the_units_come_exactly_as_sent_and_in_their_order(grid: Grid, path: str) -> None:
    take(grid.cache, grid.clock, unit("E004", extra={"unknown": [1, None]}), unit("E001"))
    answer = grid.client.call(path)
    assert list(answer.json) == ["E004", "E001"]
    assert answer.json["E004"] == unit("E004", extra={"unknown": [1, None]})


def test_before_the_first_data_it_is_503(grid: Grid) -> None:
    for path in ("/get/logInfo", "/readyz"):
        answer = grid.client.call(path)
        assert (answer.status, answer.headers["retry-after"]) == (503, "5")
        assert "no data yet" in answer.error


def test_the_age_is_that_of_the_freshest_unit_by_its_own_clock(grid: Grid) -> None:
    """Z5: an answer with the same `time` is no news."""
    take(grid.cache, grid.clock, unit("E001"), unit("E002"))
    grid.clock.now += 7
    take(grid.cache, grid.clock, unit("E001"), unit("E002", "2026/05/13-12:00:07"))
    grid.clock.now += 3.5
    take(grid.cache, grid.clock, unit("E001"), unit("E002", "2026/05/13-12:00:07"))
    assert grid.client.call("/get/logInfo").headers["x-data-age"] == "3.5"


def test_an_unchanged_reading_is_304_with_its_growing_age(grid: Grid) -> None:
    take(grid.cache, grid.clock, unit("E001"))
    first = grid.client.call("/get/logInfo")
    grid.clock.now += 4
    again = grid.client.call("/get/logInfo", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status, again.body, again.headers["x-data-age"]) == (304, b"", "4.0")
    assert again.headers["etag"] == first.headers["etag"]
    take(grid.cache, grid.clock, unit("E001", "2026/05/13-12:00:05"))
    changed = grid.client.call("/get/logInfo", headers={"If-None-Match": first.headers["etag"]})
    assert changed.status == 200
    assert changed.headers["etag"] != first.headers["etag"]


def test_gzip_is_the_same_reading_and_shares_its_304(grid: Grid) -> None:
    take(grid.cache, grid.clock, unit("E001"))
    plain = grid.client.call("/get/logInfo")
    zipped = grid.client.call("/get/logInfo", headers={"Accept-Encoding": "gzip"})
    assert zipped.headers["content-encoding"] == "gzip"
    assert gzip.decompress(zipped.body) == plain.body
    assert zipped.headers["vary"] == plain.headers["vary"] == "Accept-Encoding"
    assert zipped.headers["etag"] != plain.headers["etag"], "two encodings have no strong tag in common"
    for held in (plain.headers["etag"], zipped.headers["etag"]):
        headers = {"If-None-Match": held, "Accept-Encoding": "gzip"}
        assert grid.client.call("/get/logInfo", headers=headers).status == 304


def test_head_tells_the_headers_alone(grid: Grid) -> None:
    take(grid.cache, grid.clock, unit("E001"))
    whole, head = grid.client.call("/get/logInfo"), grid.client.call("/get/logInfo", "HEAD")
    assert head.body == b""
    assert head.headers == whole.headers


@pytest.mark.parametrize("path", ["/get/logInfo", "/schedules", "/get/status", "/ipv4"])
def test_jsonp_is_refused_and_any_other_unknown_parameter_ignored(grid: Grid, path: str) -> None:
    """Z3."""
    take(grid.cache, grid.clock, unit("E001"))
    for query in ("callback=f", "_=1&callback=", "callback", "callback=f&callback=g"):
        answer = grid.client.call(f"{path}?{query}")
        assert (answer.status, "callback" in answer.error) == (400, True)
    assert grid.client.call(f"{path}?_=17&x=%FF").status == 200


def test_readings_take_neither_post_nor_put(grid: Grid) -> None:
    for path in ("/get/logInfo", "/schedules", "/get/status", "/ipv4", "/healthz", "/readyz"):
        for method in ("POST", "PUT", "DELETE"):
            answer = grid.client.call(path, method)
            assert (answer.status, answer.headers["allow"]) == (405, "GET, HEAD")


def test_the_schedules_are_those_of_this_moment(grid: Grid) -> None:
    assert grid.client.call("/schedules").json == {}
    due = datetime(2026, 5, 13, 3, tzinfo=UTC)
    grid.schedules = [Schedule(None, Operation.SOFT_STOP, due, due, "", 0)]
    first = grid.client.call("/schedules")
    assert first.json == {"": {"softStop": "2026-05-13T03:00:00.000+00:00"}}
    assert grid.client.call("/schedules", headers={"If-None-Match": first.headers["etag"]}).status == 304


def test_ipv4_is_plain_text(grid: Grid) -> None:
    answer = grid.client.call("/ipv4")
    assert answer.body == b"192.168.7.2"
    assert answer.headers["content-type"].startswith("text/plain")


def test_alive_is_always_and_ready_only_while_a_unit_is_live(grid: Grid) -> None:
    assert grid.client.call("/healthz").json == {"alive": True}
    take(grid.cache, grid.clock, unit("E001"), unit("E002"))
    assert grid.client.call("/readyz").json.items() >= {"ready": True, "live": 2}.items()
    grid.clock.now += 30.1
    answer = grid.client.call("/readyz")
    assert answer.status == 503
    assert "2 are stale" in answer.error
    grid.cache.take_grid(lambda watch: replace(watch, unit_ids=("E001", "E002", "E003")))
    assert "of 2 seen 2 are stale" in grid.client.call("/readyz").error, "a member that was never seen is none of them"
    assert grid.client.call("/healthz").status == 200


def test_hostile_data_come_out_as_json_and_nothing_else(grid: Grid) -> None:
    evil = "</script><img src=x onerror=alert(1)>"
    take(grid.cache, grid.clock, {**unit("E001"), "evil": evil})
    answer = grid.client.call("/get/logInfo")
    assert json.loads(answer.body)["E001"]["evil"] == evil
    assert answer.headers["content-type"] == "application/json"
