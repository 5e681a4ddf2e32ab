"""One unit's reading says how old and from where it is; strangers and absences are told apart (R3-R6, R22, Z2)."""

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import pytest

from main_controller.concurrency.limit import Limit
from main_controller.domain.freshness import Remembered
from main_controller.domain.modes import ConverterStatus
from main_controller.errors import UpstreamUnreachable
from main_controller.sentence import foreign
from main_controller.store.unit_cache import UnitCache
from main_controller.upstream.devices import NotReadable, Part, Target
from main_controller.web.unit_readings import UnitReadings
from tests.web.client import Client, Clock, take, unit


class Devices:
    """Devices that answer as told and note what they were asked."""

    source = "device"

    def __init__(self) -> None:
        self.asked: list[tuple[Target, Part]] = []
        self.answer: Callable[[], Any] = lambda: {"fresh": True}

    def read(self, target: Target, what: Part) -> Any:
        self.asked.append((target, what))
        return self.answer()

    def command(self, target: Target, status: ConverterStatus, dvg: float, dig: float) -> dict[str, Any]:
        raise AssertionError("a reading gives no order")

    def ups_mode(self, target: Target, mode: int) -> Any:
        raise AssertionError("a reading gives no order")


class Grid:
    def __init__(self, cache: UnitCache | None = None) -> None:
        self.clock = Clock()
        self.cache = cache or UnitCache()
        self.devices = Devices()
        self.flush: Callable[[], None] = lambda: take(self.cache, self.clock, unit("E001", "2026/05/13-12:00:09"))
        readings = UnitReadings(
            self.cache,
            self.devices,
            flush=lambda: self.flush(),
            waiting=Limit(1, foreign("Taken."), retry_after=1),
            clock=self.clock,
        )
        self.client = Client(readings)


@pytest.fixture
def grid() -> Grid:
    grid = Grid()
    take(grid.cache, grid.clock, unit("E001"), unit("E002"))
    return grid


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        ("unit", unit("E001")),
        ("dcdc", unit("E001")["dcdc"]),
        ("meter", unit("E001")["dcdc"]["meter"]),
        ("emu", unit("E001")["emu"]),
        ("oesunit", unit("E001")["oesunit"]),
    ],
)
def test_each_part_comes_from_memory_with_its_own_age(grid: Grid, part: str, expected: Any) -> None:
    grid.clock.now += 8
    take(grid.cache, grid.clock, unit("E001"), unit("E002", "2026/05/13-12:00:08"))
    answer = grid.client.call(f"/get/{part}/E001")
    assert answer.json == expected
    assert answer.headers["x-data-age"] == "8.0"
    assert answer.headers["x-data-source"] == "cache"
    assert grid.devices.asked == []


@pytest.mark.parametrize("unit_id", ["E001", "A/1", "..", ".", " ", "50%#?+&", "家 1", "'\""])
def test_a_unit_is_read_whatever_its_id_is_made_of(unit_id: str) -> None:
    """H10: in the path where that leaves it as it is, and always as a parameter."""
    grid = Grid()
    data = unit("E001")
    data["oesunit"]["id"] = unit_id
    take(grid.cache, grid.clock, data)
    for part in ("unit", "dcdc", "meter", "emu", "oesunit"):
        in_path = grid.client.call(f"/get/{part}/{quote(unit_id, safe='')}")
        as_parameter = grid.client.call(f"/get/{part}?urgent=false&unitId={quote(unit_id, safe='')}")
        assert (as_parameter.status, as_parameter.json) == (200, in_path.json)


def test_a_reading_of_no_unit_says_what_is_missing(grid: Grid) -> None:
    answer = grid.client.call("/get/unit?urgent=true")
    assert (answer.status, answer.error) == (400, "The parameter 'unitId' is missing.")


def test_an_unchanged_part_is_304(grid: Grid) -> None:
    etag = grid.client.call("/get/unit/E001").headers["etag"]
    assert grid.client.call("/get/unit/E001", headers={"If-None-Match": etag}).status == 304


def test_a_silent_unit_keeps_its_last_data_and_their_age(grid: Grid) -> None:
    grid.clock.now += 60
    take(grid.cache, grid.clock, unit("E002", "2026/05/13-12:01:00"))
    answer = grid.client.call("/get/unit/E001")
    assert (answer.status, answer.json, answer.headers["x-data-age"]) == (200, unit("E001"), "60.0")


def test_a_member_never_seen_is_503_and_a_stranger_404(grid: Grid) -> None:
    grid.cache.take_grid(lambda watch: replace(watch, unit_ids=("E001", "E009")))
    assert grid.client.call("/get/unit/E009").status == 503
    answer = grid.client.call("/get/unit/E999")
    assert (answer.status, answer.error) == (404, "There is no unit 'E999'.")


def test_before_the_first_data_nobody_is_called_a_stranger() -> None:
    assert Grid().client.call("/get/unit/E001").status == 503


def test_a_part_that_the_unit_does_not_tell_is_404(grid: Grid) -> None:
    """K1: real second-generation converters have no emu; nothing is invented (F41)."""
    data = unit("E003")
    del data["emu"]
    take(grid.cache, grid.clock, data, unit("E004", dcdc="garbled"))
    assert grid.client.call("/get/emu/E003").status == 404
    assert grid.client.call("/get/meter/E004").status == 404


@pytest.mark.parametrize(
    "target",
    ["E001%2F..", "..%2FE001", "E001%00", "%E5%AE%B6", "e001", "E001%20", "x" * 7000, "%3Cscript%3E", "E001%0A"],
)
@pytest.mark.parametrize("part", ["unit", "dcdc", "meter", "emu", "oesunit"])
def test_a_hostile_id_is_a_stranger_told_in_one_short_sentence(grid: Grid, part: str, target: str) -> None:
    for query in ("", "?urgent=true"):
        answer = grid.client.call(f"/get/{part}/{target}{query}")
        assert answer.status == (400 if "%0" in target else 404)
        assert len(answer.error) < 150
    assert grid.devices.asked == []


def test_urgent_reads_the_device(grid: Grid) -> None:
    answer = grid.client.call("/get/dcdc/E001?urgent=true")
    assert answer.json == {"fresh": True}
    assert answer.headers["x-data-source"] == "device"
    assert answer.headers["x-data-age"] == "0.0"
    assert grid.devices.asked == [(Target("E001", "10.0.0.1"), "dcdc")]


def test_urgent_where_no_device_can_be_read_polls_once(grid: Grid) -> None:
    def not_readable() -> Any:
        raise NotReadable(foreign("Telemetry only."))

    grid.devices.answer = not_readable
    grid.clock.now += 9
    answer = grid.client.call("/get/unit/E001?urgent=true")
    assert answer.json["time"] == "2026/05/13-12:00:09"
    assert answer.headers["x-data-source"] == "apis-web"
    assert answer.headers["x-data-age"] == "0.0"


def test_urgent_never_reads_a_device_that_may_be_another_units(grid: Grid) -> None:
    """Z4."""
    take(grid.cache, grid.clock, unit("E001") | {"oesunit": {"id": "E001"}})
    grid.cache.update(lambda before: replace(before, conflicts={"E001": foreign("E001 has the address of E002.")}))
    assert grid.client.call("/get/dcdc/E001?urgent=true").headers["x-data-source"] == "apis-web"
    assert grid.devices.asked == []


def test_urgent_reaches_a_unit_by_the_address_remembered_from_before_the_restart() -> None:
    grid = Grid(UnitCache(remembered={"E001": Remembered("E001", status="0x0014", ip="10.0.0.1")}))
    assert grid.client.call("/get/dcdc/E001").status == 503
    assert grid.client.call("/get/dcdc/E001?urgent=true").json == {"fresh": True}
    assert grid.devices.asked == [(Target("E001", "10.0.0.1"), "dcdc")]


def test_a_device_that_fails_is_told_and_never_covered_by_old_data(grid: Grid) -> None:
    def fail() -> Any:
        raise UpstreamUnreachable(foreign("E001's driver cannot be reached."), sent=False)

    grid.devices.answer = fail
    answer = grid.client.call("/get/dcdc/E001?urgent=true")
    assert (answer.status, answer.json) == (502, {"error": "E001's driver cannot be reached."})


@pytest.mark.parametrize("query", ["urgent=1", "urgent=", "urgent=TRUE", "urgent=true&urgent=true", "callback=f"])
def test_a_wrong_urgent_is_400(grid: Grid, query: str) -> None:
    assert grid.client.call(f"/get/unit/E001?{query}").status == 400
    assert grid.devices.asked == []


def test_when_all_seats_are_taken_an_urgent_reading_is_503_at_once(grid: Grid) -> None:
    entered, release = threading.Event(), threading.Event()

    def hang() -> Any:
        entered.set()
        assert release.wait(10)
        return {"fresh": True}

    grid.devices.answer = hang
    statuses: list[int] = []
    waiting = threading.Thread(target=lambda: statuses.append(grid.client.call("/get/unit/E001?urgent=true").status))
    waiting.start()
    try:
        assert entered.wait(10)
        answer = grid.client.call("/get/unit/E002?urgent=true")
        assert (answer.status, answer.headers["retry-after"]) == (503, "1")
        assert grid.client.call("/get/unit/E002").status == 200
    finally:
        release.set()
        waiting.join(10)
    assert statuses == [200]
    assert grid.client.call("/get/unit/E002?urgent=true").status == 200
