"""Each route once as it should be used (R1-R27, A15-1, Z1, Z2), and whom its orders go to (W11, A15-4, Z16, C2)."""

import ipaddress
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.faulty_server import Exchange, FaultyServer, answering
from tests.system.conftest import console_on, ready
from tests.system.console import Console, until
from tests.system.fake_grid import FakeGrid
from tests.system.http_call import Answer


@pytest.fixture(scope="module")
def grid() -> Iterator[FakeGrid]:
    with FakeGrid() as fake:
        yield fake


@pytest.fixture(scope="module")
def console(grid: FakeGrid, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    with console_on(grid, tmp_path_factory.mktemp("routes"), timezone="Asia/Tokyo") as running:
        yield running


def is_text(kind: str) -> Callable[[Answer], bool]:
    return lambda answer: answer.headers["content-type"].startswith(kind) and len(answer.body) > 0


def is_file(name: str) -> Callable[[Answer], bool]:
    return lambda answer: bool(answer.body) and "etag" in answer.headers and name in answer.headers["content-type"]


def holds(*keys: str) -> Callable[[Answer], bool]:
    return lambda answer: set(keys) <= set(answer.json)


ROUTES: dict[str, tuple[str, Callable[[Answer], bool]]] = {
    "R1": ("/", is_text("text/html")),
    "R2": ("/get/logInfo", holds("E001", "E002")),
    "R3": ("/get/unit/E001", holds("oesunit", "dcdc", "battery", "apis", "time")),
    "R4": ("/get/dcdc/E001", holds("status", "meter", "vdis", "param")),
    "R5": ("/get/meter/E001", holds("wg", "vg", "ig", "wb", "vb", "ib")),
    "R6": ("/get/oesunit/E001", holds("id", "ip", "display")),
    "R7": ("/get/globalmode", lambda answer: bool(answer.json == {"active": False, "mode": "manual"})),
    "R8": ("/get/dealsInfo", lambda answer: bool(answer.json == [])),
    "R9": ("/schedules", lambda answer: isinstance(answer.json, dict)),
    "R10": ("/set/dcdc/E002?mode=0x0000", holds("status", "meter", "command")),
    "R11": ("/set/budo/manual", lambda answer: bool(answer.json["active"] is False)),
    "R12": ("/setOperationMode?value=manual", lambda answer: bool(answer.json["succeeded"] is True)),
    "R13": ("/setSchedule?operation=softStop&value=2090-01-01T00:00:00Z", holds("succeeded", "due")),
    "R14": ("/flushCache", lambda answer: bool(answer.json == {"succeeded": True, "units": 2})),
    "R15": ("/stopAll", lambda answer: bool(answer.json["stopAll"] == "done.")),
    "R17": ("/ipv4", lambda answer: ipaddress.IPv4Address(answer.body.decode().strip()).version == 4),
    "R18": ("/js/main.js", is_file("javascript")),
    "R18 Z18": ("/js/jquery.js", is_file("javascript")),
    "R19": ("/img/favicon.svg", is_file("image/svg")),
    "R20 T7": ("/css/images/favicon.svg", is_file("image/svg")),
    "R21": ("/css/main.css", is_file("text/css")),
    "R22": ("/get/emu/E001", holds("pvc_charge_power")),
    "R25": ("/set/E002?mode=0x0000", holds("status", "meter", "command")),
    "T2": ("/get/log", holds("E001", "E002")),
}


@pytest.mark.parametrize("requirement", list(ROUTES))
def test_a_specified_route_answers_in_its_shape(console: Console, requirement: str) -> None:
    """R27: by GET, as curl does."""
    target, right = ROUTES[requirement]

    def done() -> bool:
        answer = console.call(target)
        assert answer.status in (200, 409), answer.body  # 409 while an order of the test before is not yet seen
        return answer.status == 200 and right(answer)

    until(done, target)


def test_the_page_names_every_unit_without_a_script(console: Console) -> None:
    """N3: and asks no other host for anything (Z18)."""
    page = console.call("/").body.decode()
    assert "E001" in page
    assert "E002" in page
    assert "http://" not in page.replace("http://www.w3.org/", "")
    assert "https://" not in page


def test_readings_are_answered_304_when_nothing_moved(console: Console, grid: FakeGrid) -> None:
    """Z5: ETag, `X-Data-Age`, gzip; a 304 costs next to nothing."""
    grid.spoil("/get/log", lambda exchange: exchange.hang())
    until(lambda: not console.status["apisWeb"]["emulatorEmulator"]["up"], "a picture that stands still")
    first = console.call("/get/logInfo")
    again = console.call("/get/logInfo", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status, again.body) == (304, b"")
    assert float(again.headers["x-data-age"]) >= float(first.headers["x-data-age"]) >= 0
    zipped = console.call("/get/logInfo", headers={"Accept-Encoding": "gzip"})
    assert (zipped.headers["content-encoding"], zipped.headers["vary"]) == ("gzip", "Accept-Encoding")
    grid.heal()
    until(lambda: console.call("/get/logInfo").headers["etag"] != first.headers["etag"], "a new picture, a new tag")


def test_who_is_no_unit_is_not_found(console: Console) -> None:
    """Z2, Q6."""
    for part in ("unit", "dcdc", "meter", "oesunit", "emu"):
        assert console.call(f"/get/{part}/E999").status == 404
    assert console.call("/nowhere").status == 404, "R24"
    assert console.log.at(40, "Unsupported Web API call")
    assert console.call("/commands/c999999").status == 404


def test_a_member_never_seen_is_not_known_yet(tmp_path: Path) -> None:
    """Z2, Z6a: 503 for its data; and it is unwatched, its word unknown."""
    with FakeGrid() as grid, Console(tmp_path / "console", **grid.settings) as console:
        grid.spoil("/unitIds", answering(["E001", "E002", "E003"]))
        until(lambda: "E003" in console.status["units"], "the member")
        assert console.call("/get/unit/E003").status == 503
        member = console.status["units"]["E003"]
        assert (member["state"], member["lastWord"], member["unwatched"]) == ("silent", None, True)
        assert console.call("/set/dcdc/E003?mode=0x0000").status == 502, (
            "Wait goes to it; the emulator does not list it"
        )
        assert not [sent for sent in grid.sent if "E003" in sent], "K11"
        grid.close()


def test_urgent_reads_the_device_and_says_so(console: Console, grid: FakeGrid) -> None:
    """Z2, N18: `X-Data-Source`."""
    before = len(grid.device.seen("/get/unit/E001"))
    fresh = console.call("/get/dcdc/E001?urgent=true")
    assert (fresh.status, fresh.headers["x-data-source"]) == (200, "emulator")
    assert len(grid.device.seen("/get/unit/E001")) == before + 1
    assert console.call("/get/dcdc/E001").headers["x-data-source"] == "cache"
    grid.device.answers["/get/unit/E001"] = answering({"error": "no"})
    assert console.call("/get/dcdc/E001?urgent=true").status == 502
    grid.heal()


def test_a_plan_is_kept_in_utc_and_shown_in_the_sites_zone(console: Console) -> None:
    """Z11, Z13: without an offset the site's zone is meant; a plain `+` arrives as a blank; a past time is 400."""
    for value in ("2090-01-01T09:00:00", "2090-01-01T09:00:00+09:00", "2090-01-01T00:00:00Z"):
        answer = console.call(f"/setSchedule?operation=forceStop&unitId=E001&value={value}").json
        assert answer["due"] == "2090-01-01T00:00:00.000+00:00"
        assert answer["local"] == "2090-01-01T09:00:00+09:00"
    assert console.get("/schedules")["E001"] == {"forceStop": "2090-01-01T00:00:00.000+00:00"}
    assert console.schedules()["E001-forceStop"] == b"2090-01-01T00:00:00.000+00:00\n"
    assert console.call("/setSchedule?operation=forceStop&unitId=E001&value=2020-01-01T00:00:00Z").status == 400
    cleared = console.call("/setSchedule?operation=forceStop&unitId=E001")
    assert (cleared.json["succeeded"], cleared.json["cleared"]) == (True, True)
    assert "E001" not in console.get("/schedules")


def test_force_stop_in_manual_also_sends_wait(tmp_path: Path) -> None:
    """Z9a: no apis-main ends what it did not begin; current first, the reference last."""
    with FakeGrid() as grid, Console(tmp_path / "console", **grid.settings) as console:
        grid.units["E001"]["dcdc"]["status"]["status"] = "0x0014"
        grid.units["E002"]["dcdc"]["status"]["status"] = "0x0041"
        until(lambda: ready(console, 2) and console.status["units"]["E002"]["lastWord"] == "0x0041", "the sharing")
        answer = console.call("/setOperationMode?value=stop&wait=verified", timeout=60)
        assert (answer.status, answer.json["state"]) == (200, "verified"), answer.body
        waits = [sent for sent in grid.sent if "mode=0x0000" in sent]
        assert [sent.split("/")[3][:4] for sent in waits] == ["E002", "E001"]
        grid.close()


def test_a_reading_from_before_the_order_proves_nothing(tmp_path: Path) -> None:
    """Z6c, Z9b: apis-web says yes, and a reading counts only `readinglag` later."""
    with FakeGrid(mode="autonomous") as grid, Console(tmp_path / "console", readinglag=1, **grid.settings) as console:
        until(lambda: ready(console, 2), "the first picture")
        began = time.monotonic()
        answer = console.call("/setOperationMode?value=heteronomous")
        until(lambda: console.status["grid"]["mode"] == "heteronomous", "it shown")
        command = console.get(f"/commands/{answer.json['command']}")
        assert command["state"] == "accepted" or time.monotonic() - began >= 1
        verified = console.call("/setOperationMode?value=heteronomous&wait=verified")
        assert verified.json["verified"] is True
        assert time.monotonic() - began >= 1
        grid.close()


# Whom orders and readings go to


def test_without_the_emulator_orders_go_to_each_nodes_own_driver(tmp_path: Path) -> None:
    """W11, A15-4, R23, C1: `set_url`, `url` and `ups_set_url` after the node's address; to nobody else."""
    with FakeGrid("E001") as grid, FaultyServer() as driver:
        dcdc = {"status": {"status": "0x0014"}, "vdis": {"dvg": 350.0}, "param": {"dig": 2.0}, "meter": {}}
        driver.answers |= {
            "/remote/set": answering(dcdc),
            "/remote/get": answering(dcdc),
            "/inquiry/09": answering({"vg": 351.0}),
            "/1/ups1/operation/mode": answering({"operation_mode": 3}),
        }
        grid.units["E001"]["oesunit"]["ip"] = "127.0.0.1"
        port = f":{driver.port}"
        urls = {"dcdc": f"{port}/remote/get", "meter": f"{port}/inquiry/09", "emu": f"{port}/1/log/data"}
        given: dict[str, Any] = {"emulator": False, "set_url": f"{port}/remote/set?", "url": json.dumps(urls)}
        given |= {"ups_set_url": f"{port}/1/ups1/operation/mode", **grid.settings}
        with Console(tmp_path / "console", **given) as console:
            until(lambda: ready(console, 1), "the first picture")
            assert console.call("/set/dcdc/E001?mode=0x0014&dvg=350&dig=2").status == 200
            assert [each.target for each in driver.seen("/remote/set")] == ["/remote/set?mode=0x0014&dvg=350&dig=2"]
            meter = console.call("/get/meter/E001?urgent=true")
            assert (meter.json, meter.headers["x-data-source"]) == ({"vg": 351.0}, "device")
            assert console.call("/upsMode/3").json == {"E001": {"succeeded": True}}
            sent: Exchange = driver.seen("/1/ups1/operation/mode")[0]
            assert (sent.method, json.loads(sent.body)) == ("PUT", {"operation_mode": 3})
            assert grid.device.requests == []
            grid.close()
            driver.close()


def test_a_hostile_address_is_sent_nothing(tmp_path: Path) -> None:
    """Z4: what a unit tells as its address is never trusted."""
    hostile = ["127.0.0.1:80@evil", "evil/../x", "a b", "0.0.0.0", "127.0.0.1#", "\u0661.1.1.1", "NA", ""]
    with FakeGrid("E001") as grid, Console(tmp_path / "console", emulator=False, **grid.settings) as console:
        until(lambda: ready(console, 1), "the first picture")
        for ip in hostile:
            grid.units["E001"]["oesunit"]["ip"] = ip
            until(lambda ip=ip: console.get("/get/oesunit/E001")["ip"] == ip, ip)  # type: ignore[misc]
            answer = console.call("/set/dcdc/E001?mode=0x0000")
            assert (answer.status, answer.json["sent"]) == (502, False), (ip, answer.body)
        grid.close()


def test_two_units_with_one_address_get_no_order_but_wait(tmp_path: Path) -> None:
    """Z4: where orders go by address."""
    with FakeGrid() as grid, FaultyServer() as driver:
        driver.answers["/set"] = answering({"status": {"status": "0x0000"}})
        for unit in grid.units.values():
            unit["oesunit"]["ip"] = "127.0.0.1"
        given: dict[str, Any] = {"emulator": False, "set_url": f":{driver.port}/set", **grid.settings}
        with Console(tmp_path / "console", **given) as console:
            until(lambda: set(console.status["conflicts"]) == {"E001", "E002"}, "the conflict")
            refused = console.call("/set/dcdc/E001?mode=0x0014&dvg=350&dig=2")
            assert refused.status == 409
            assert "identity-conflict" in {rule["cause"] for rule in refused.json["rules"]}
            assert driver.requests == []
            assert console.call("/set/dcdc/E001?mode=0x0000").status == 200
            grid.close()
            driver.close()


def test_the_old_systems_urls_are_asked_where_apis_is_false(tmp_path: Path) -> None:
    """Z16, C2."""
    with FakeGrid() as grid:
        old: dict[str, Any] = {"apis": False, "budo_url": grid.web.url, "emul_url": grid.device.url}
        elsewhere: dict[str, Any] = {"apis_emul_url": "http://127.0.0.1:9", "apis_budo_url": "http://127.0.0.1:9"}
        with Console(tmp_path / "console", **old, **elsewhere) as console:
            until(lambda: ready(console, 2), "the first picture")
            assert grid.device.seen("/get/log")
            assert not grid.web.seen("/get/log")
            grid.close()
