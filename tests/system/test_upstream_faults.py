"""Every fault of apis-web and the converters, seen from outside (Z1, Z4, Z5, Z8, Z8a, T31).

A clear error with its right status and `sent`, the last good data kept with their age growing, recovery within one
interval of the fault's end, one ERROR line when it starts and one line when it ends.
"""

import json
import logging
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NoReturn

import pytest

from tests.faulty_server import FAULTS, ODDITIES, FaultyServer, answering, hanging
from tests.system.conftest import console_on, ready
from tests.system.console import READING, SHORT, Console, until
from tests.system.fake_grid import FakeGrid
from tests.system.http_call import Answer

BUSY = 1.5
"""What a busy machine may add to any time that is measured here, s."""

READINGS = ("/get/log", "/getStatus", "/deals")
JSON_OF_OTHER_SHAPE = list(FAULTS)[list(FAULTS).index("null") :]
OUTAGES = ("data collector", "/getStatus", "/deals")
STOPS = (
    *("/setOperationMode?value=stop", "/setOperationMode?unitId=E001&value=stop", "/set/budo/stop"),
    *("/set/dcdc/E001?mode=0x0000", "/set/dcdc/E002?mode=0x0000"),
)
"""Orders that no state of the grid refuses, so that each fault meets them all."""


@pytest.fixture(scope="module")
def grid() -> Iterator[FakeGrid]:
    with FakeGrid(mode="stop") as fake:
        yield fake


@pytest.fixture(scope="module")
def console(grid: FakeGrid, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    with console_on(grid, tmp_path_factory.mktemp("faults")) as running:
        yield running


def well(console: Console) -> bool:
    status = console.status
    sides = status["apisWeb"]
    return bool(sides["emulatorEmulator"]["up"] and sides["budoEmulator"]["up"] and status["data"]["live"] == 2)


def strict_json(body: bytes) -> Any:
    def refuse(status: str) -> NoReturn:
        raise AssertionError(f"{status} is no JSON")

    return json.loads(body, parse_constant=refuse)


@pytest.mark.parametrize("fault", list(FAULTS))
def test_readings_that_fail_leave_the_last_good_data(console: Console, grid: FakeGrid, fault: str) -> None:
    """Z5, Z6, T31, L4: whatever apis-web does, memory answers, ages grow, and each outage is two lines in the log."""
    until(lambda: well(console), "health")
    del console.log.records[:]
    for path in READINGS:
        grid.spoil(path, FAULTS[fault])
    until(lambda: not console.status["apisWeb"]["emulatorEmulator"]["up"], "the fault told")
    before = console.call("/get/logInfo")
    assert set(before.json) == {"E001", "E002"}
    live_reading_fails(console)
    after = console.call("/get/logInfo")
    assert after.body == before.body, "the last good data"
    assert float(after.headers["x-data-age"]) >= float(before.headers["x-data-age"])
    told = console.status["apisWeb"]["emulatorEmulator"]
    assert told["lastError"]
    assert told["lastSuccess"] <= told["since"]
    until(lambda: all(console.log.at(logging.ERROR, f"{each} fails") for each in OUTAGES), "the outages in the log")

    healed = time.monotonic()
    grid.heal()
    until(lambda: console.status["apisWeb"]["emulatorEmulator"]["up"], "recovery")
    assert time.monotonic() - healed < float(str(SHORT["datacollectorinterval"])) + READING.total + BUSY
    until(lambda: well(console), "recovery of all")
    until(lambda: all(console.log.at(logging.INFO, f"{each} works again") for each in OUTAGES), "their ends in the log")
    for each in OUTAGES:
        assert len(console.log.at(logging.ERROR, f"{each} fails")) == 1, each
        assert len(console.log.at(logging.INFO, f"{each} works again")) == 1, each


def live_reading_fails(console: Console) -> None:
    """R7, R8, Z6: what asks apis-web now says so; "cannot tell" is never shown as none."""
    for target in ("/get/globalmode", "/flushCache"):
        answer = console.call(target)
        assert answer.status in (502, 504), (target, answer.body)
        assert answer.error
    until(lambda: console.call("/get/dealsInfo").status != 200, "the end of the deals shared for a second (Z6)")
    deals = console.call("/get/dealsInfo")
    assert deals.status in (502, 504), deals.body
    assert deals.error


@pytest.mark.parametrize(
    "fault", ["hang", "drip body", "reset", "500", "truncated JSON", "bad UTF-8", *JSON_OF_OTHER_SHAPE]
)
def test_members_that_cannot_be_told_are_kept(console: Console, grid: FakeGrid, fault: str) -> None:
    """Z6: `/unitIds` fails; the member list stays, and deals are unknown rather than none."""
    until(lambda: well(console), "health")
    grid.spoil("/unitIds", FAULTS[fault])
    until(lambda: console.status["grid"]["noGridMaster"] is None, "the fault told")
    status = console.status
    assert (status["grid"]["gridMaster"], status["grid"]["deals"]) == (None, None)
    assert sorted(status["units"]) == ["E001", "E002"]
    assert console.call("/get/dealsInfo").status == 502
    grid.heal()
    until(lambda: console.status["grid"]["gridMaster"] == "E001", "recovery")


@pytest.mark.parametrize("fault", list(FAULTS))
def test_an_order_that_fails_says_whether_it_was_sent(console: Console, grid: FakeGrid, fault: str) -> None:
    """Z1, Z8a: it did arrive, so `sent` is never false; it is never repeated; a time-out says what may yet happen."""
    until(lambda: well(console), "health")
    for path in ("/setOperationMode", "/stop"):
        grid.spoil(path, FAULTS[fault])
    for unit_id in grid.units:
        grid.device.answers[f"/set/dcdc/{unit_id}"] = FAULTS[fault]
    before = len(grid.sent)
    with ThreadPoolExecutor(len(STOPS)) as callers:
        answers = dict(zip(STOPS, callers.map(console.call, STOPS), strict=True))
    assert len(grid.sent) == before + len(STOPS), "each once"
    for target, answer in answers.items():
        assert answer.status in (502, 504), (target, answer.body)
        assert answer.json["sent"] in (True, "unknown"), (target, answer.json)
        assert answer.status == 502 or (answer.json["sent"] == "unknown" and "may still take effect" in answer.error)
        recorded = console.get(f"/commands/{answer.json['command']}")
        assert recorded["sent"] == answer.json["sent"]
    assert all(console.log.at(logging.ERROR, f"{answer.json['command']} ") for answer in answers.values())
    grid.heal()
    assert console.call("/set/dcdc/E001?mode=0x0000").status == 200


def test_a_refused_connection_means_not_sent(tmp_path: Path) -> None:
    """Z8a: false is said only where it is sure."""
    with FakeGrid() as grid, Console(tmp_path / "console", **grid.settings) as console:
        until(lambda: ready(console, 2), "the first picture")
        grid.close()
        for target in STOPS:
            answer = console.call(target)
            assert (answer.status, answer.json["sent"]) == (502, False), (target, answer.body)


OTHERS: dict[str, tuple[str, str, str]] = {
    "/set/budo/manual": ("manual", "/manual", "web"),
    "/set/budo/active": ("stop", "/active", "web"),
    "/set/budo/quiet": ("autonomous", "/quiet", "web"),
    "/setOperationMode?value=manual": ("manual", "/setOperationMode", "web"),
    "/setOperationMode?unitId=E001&value=heteronomous": ("autonomous", "/setOperationMode", "web"),
    "/shutDown": ("manual", "/shutdown", "web"),
    "/shutDown?unitId=E002": ("manual", "/shutdown", "web"),
    "/set/dcdc/E001?mode=0x0014&dvg=350&dig=2": ("manual", "/set/dcdc/E001", "device"),
}
"""Order -> mode in which it is allowed, the path that it goes to, and whose."""


@pytest.mark.parametrize("fault", ["hang", "reset", "500 with HTML", "truncated JSON", "null", "empty object"])
def test_every_other_order_that_fails_says_so_too(tmp_path: Path, fault: str) -> None:
    """Each on a grid of its own, since an order that may have been sent counts in every later rule (Z8b)."""

    def one(target: str) -> None:
        mode, path, whose = OTHERS[target]
        name = target.strip("/").replace("/", "_").replace("?", "_")
        with FakeGrid(mode=mode) as grid, Console(tmp_path / name, **grid.settings) as console:
            until(lambda: ready(console, 2), "the first picture")
            (grid.web if whose == "web" else grid.device).answers[path] = FAULTS[fault]
            answer = console.call(target)
            assert answer.status in (502, 504), (target, answer.body)
            assert answer.json["sent"] in (True, "unknown")
            assert (answer.status == 504) == (fault == "hang")
            assert len(grid.sent) == 1
            grid.close()

    for target in OTHERS:
        one(target)


def test_what_apis_web_refuses_is_a_502_with_its_own_words(tmp_path: Path) -> None:
    """Z7, K3: HTTP 200 with `succeeded: false`, or with an `error`."""
    said = "(NO_HANDLERS,-1) No handlers for address apis.E001.operationMode"
    with FakeGrid(mode="stop") as grid, Console(tmp_path / "console", **grid.settings) as console:
        until(lambda: ready(console, 2), "the first picture")
        grid.spoil("/setOperationMode", answering({"succeeded": False, "error": said}))
        grid.spoil("/stop", answering({"active": False, "error": said}))
        for target in STOPS[:3]:
            answer = console.call(target)
            assert (answer.status, answer.json["sent"]) == (502, True)
            assert said in answer.error
        grid.spoil("/getStatus", answering({"active": False, "error": said}))
        globalmode = console.call("/get/globalmode")
        assert globalmode.status == 502
        assert said in globalmode.error
        grid.close()


@pytest.mark.parametrize("oddity", list(ODDITIES))
def test_odd_data_come_through_as_far_as_they_are_good(tmp_path: Path, oddity: str) -> None:
    """Z4, F41: numbers that are none become null in their field, and what is no unit is left out; nothing else."""
    with (
        FaultyServer(default=ODDITIES[oddity]) as web,
        Console(tmp_path / "console", apis_emul_url=web.url, apis_budo_url=web.url, emul_url=web.url) as console,
    ):
        until(lambda: console.status["apisWeb"]["emulatorEmulator"]["up"], "the first picture")
        units = strict_json(console.call("/get/logInfo").body)
        assert units
        status = strict_json(console.call("/get/status").body)
        assert set(units) <= set(status["units"])
        page = console.call("/").body
        assert b"<script>alert" not in page
        assert console.call("/get/logInfo", headers={"Accept-Encoding": "gzip"}).status == 200
        if oddity in EXPECTED:
            EXPECTED[oddity](units, console)
        web.close()


def _nulled(units: Any, console: Console) -> None:
    assert units["E002"]["dcdc"]["meter"]["vg"] is None
    assert units["E001"]["dcdc"]["meter"]["vg"] == 350.0
    assert len(console.log.at(logging.WARNING, "shown as null")) == 1


def _ambiguous(units: Any, console: Console) -> None:
    assert list(units) == ["E001"]
    assert "E001" in console.status["conflicts"]


def _left_out(units: Any, console: Console) -> None:
    assert units == {"E002": {}}
    assert len(console.log.at(logging.ERROR, "'E001' are no object")) == 1


def _unnamed(units: Any, console: Console) -> None:
    assert list(units) == ["E001"]
    assert len(console.log.at(logging.ERROR, "not printable")) == 1


def _cost_one_unit(units: Any, console: Console) -> None:
    assert list(units) == ["E001"]
    assert len(console.log.at(logging.ERROR, "'E002' are no object that can be read")) == 1


def _replaced(units: Any, console: Console) -> None:
    assert units["E002"]["dcdc"]["meter"]["vg"] == 349.5
    assert len(console.log.at(logging.WARNING, "'E002' hold bytes that are not UTF-8")) == 1


def _mismatched(units: Any, console: Console) -> None:
    assert "<script>alert(1)</script>" in units
    assert set(console.status["conflicts"]) == set(units), "their keys are not their ids"


EXPECTED: dict[str, Callable[[Any, Console], None]] = {
    **dict.fromkeys(("NaN", "Infinity", "1e999", "enormous integer", "huge integer", "broken number"), _nulled),
    "bad UTF-8 in an id": _unnamed,
    "two numbers": _cost_one_unit,
    "Shift JIS": _replaced,
    "duplicate ids": _ambiguous,
    "null units": _left_out,
    "hostile names": _mismatched,
}


def test_a_picture_without_units_is_a_fault_however_long(console: Console, grid: FakeGrid) -> None:
    """Z5, K8: `{}` never blanks what is known."""
    until(lambda: well(console), "health")
    grid.spoil("/get/log", answering({}))
    until(lambda: console.status["data"]["stale"] == 2, "staleness")
    assert set(console.get("/get/logInfo")) == {"E001", "E002"}
    assert console.call("/readyz").status == 503
    assert console.call("/readyz").headers["retry-after"]
    assert console.call("/healthz").status == 200
    grid.heal()
    until(lambda: console.call("/readyz").status == 200, "readiness")


def test_before_the_first_data_everything_says_so(tmp_path: Path) -> None:
    """Z1, Z2: 503 with Retry-After, never an empty picture."""
    with (
        FaultyServer(default=FAULTS["closed"]) as web,
        Console(tmp_path / "console", apis_emul_url=web.url, apis_budo_url=web.url, emul_url=web.url) as console,
    ):
        for target in ("/get/logInfo", "/get/unit/E001", "/readyz"):
            answer = console.call(target)
            assert answer.status == 503, (target, answer.body)
            assert int(answer.headers["retry-after"]) > 0
            assert answer.error
        assert console.call("/").status == 200
        status = console.status
        assert (status["data"]["age"], status["grid"]["mode"], status["units"]) == (None, None, {})
        refused = console.call("/stopAll")
        assert refused.status == 502, "no unit known: nobody can be seen in Wait"
        web.close()


def timed(call: Callable[[], Answer]) -> tuple[float, Answer]:
    began = time.monotonic()
    answer = call()
    return time.monotonic() - began, answer


def test_while_apis_web_hangs_readings_and_stops_are_not_held_up(tmp_path: Path) -> None:
    """Z8: with the real time-outs of 5 and 15 s, and as many callers waiting as there may be."""
    with (
        FakeGrid(mode="manual") as grid,
        Console(tmp_path / "console", patient=True, threads=48, **grid.settings) as console,
    ):
        until(lambda: ready(console, 2), "the first picture")
        grid.units["E001"]["dcdc"]["status"]["status"] = "0x0014"
        grid.web.default = hanging
        with ThreadPoolExecutor(80) as callers:
            waiting = [callers.submit(console.call, "/setOperationMode?value=manual", timeout=60) for _ in range(24)]
            waiting += [callers.submit(console.call, "/get/dealsInfo", timeout=60) for _ in range(20)]
            waiting += [callers.submit(console.call, "/get/globalmode", timeout=60) for _ in range(20)]
            waiting += [callers.submit(console.call, "/get/oesunit/E001?urgent=true", timeout=60) for _ in range(10)]
            until(lambda: len(grid.web.seen("/setOperationMode")) >= 1, "an order on its way")
            for _ in range(10):
                for target in ("/get/logInfo", "/get/status", "/healthz", "/schedules", "/commands"):
                    took, answer = timed(lambda target=target: console.call(target))  # type: ignore[misc]
                    assert answer.status == 200
                    assert took < BUSY, target
            took, answer = timed(lambda: console.call("/set/dcdc/E001?mode=0x0000"))
            assert answer.status == 200
            assert took < BUSY
            stop = callers.submit(console.call, "/stopAll", timeout=60)
            until(lambda: sum("mode=0x0000" in sent for sent in grid.sent) >= 3, "Stop all's Waits", deadline=3 + BUSY)
            until(lambda: grid.web.seen("/stop"), "the cluster's stop too, since a mode order is in flight")
            grid.web.close()
            assert stop.result(60).status == 502, "the stop was never seen in effect"
            assert {each.result(60).status for each in waiting} <= {409, 502, 503, 504}
        grid.close()


def test_the_shared_deals_cost_apis_web_one_call_a_second(console: Console, grid: FakeGrid) -> None:
    """R8: however many browsers ask."""
    until(lambda: well(console), "health")
    grid.deals = [{"requester": "E001", "responder": "E002", "chargeingUnit": "E001", "isMasterDeal": True}]
    until(lambda: console.call("/get/dealsInfo").body != b"[]", "the new deal")
    with ThreadPoolExecutor(16) as callers:
        before, began = len(grid.web.seen("/deals")), time.monotonic()
        answers = list(callers.map(lambda _: console.call("/get/dealsInfo"), range(200)))
        took, asked = time.monotonic() - began, len(grid.web.seen("/deals")) - before
    assert {answer.status for answer in answers} == {200}
    assert answers[0].json[0]["chargingUnit"] == "E001", "T1"
    watcher = took / 0.1 + 2
    assert asked <= watcher + took + 2
    grid.deals = []


def test_one_log_poll_an_interval_however_many_browsers(console: Console, grid: FakeGrid) -> None:
    """R2: node data come from the cache."""
    until(lambda: well(console), "health")
    with ThreadPoolExecutor(16) as callers:
        before, began = len(grid.web.seen("/get/log")), time.monotonic()
        list(callers.map(lambda _: console.call("/get/logInfo"), range(400)))
        took, asked = time.monotonic() - began, len(grid.web.seen("/get/log")) - before
    assert asked <= took / float(str(SHORT["datacollectorinterval"])) + 2
