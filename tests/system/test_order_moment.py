"""Orders of the page on the running program: late ones act no more, and every one is answered at once (H1, H6, M5)."""

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.faulty_server import Exchange
from tests.system.conftest import console_on
from tests.system.console import Console, until
from tests.system.fake_grid import FakeGrid

KEY = "00112233445566778899aabbccddeeff"
AT_ONCE = 1.5
"""s: half a second as measured on a quiet machine, and room for a busy one; what hangs, hangs for longer."""


def moment(console: Console, age: int = 0) -> str:
    """What a page sends that has held the newest status for `age` ms."""
    status = console.status
    return f"serial={status['serial']}&start={status['start']}&age={age}"


def test_an_order_held_in_a_proxy_while_another_person_stopped_the_grid_is_refused(
    console: Console, grid: FakeGrid
) -> None:
    held = f"/setOperationMode?value=autonomous&{moment(console)}&key={KEY}"
    assert console.call("/setOperationMode?value=stop&wait=verified", "POST").json["verified"]
    answer = console.call(held, "POST")
    assert (answer.status, answer.json["cause"]) == (409, "moment")
    assert answer.json["came"][0]["mode"] == "stop"
    assert grid.mode == "stop"


def test_an_order_older_than_the_setting_is_refused_and_a_stop_of_any_age_is_not(
    grid: FakeGrid, tmp_path: Path
) -> None:
    with console_on(grid, tmp_path / "console", ordertime=0.5) as console:
        held = moment(console)
        pressed = time.monotonic()
        until(lambda: time.monotonic() - pressed > 0.7)
        assert console.call(f"/setOperationMode?value=autonomous&{held}", "POST").status == 409
        assert console.call(f"/set/dcdc/E001?mode=0x0000&{held}", "POST").status == 200
        assert console.call(f"/setOperationMode?value=stop&{held}", "POST").status == 200
        assert console.call(f"/stopAll?{held}", "POST").status == 200


def test_every_order_route_takes_what_a_page_sends_and_finds_it_by_its_key(console: Console) -> None:
    due = "2099-01-01T00:00Z"
    for number, target in enumerate(
        (
            "/setSchedule?operation=softStop&value=" + due,
            "/setSchedule?operation=softStop",
            "/setOperationMode?unitId=E001&value=stop",
            "/setOperationMode?value=stop",
            "/setOperationMode?value=manual",
            "/set/budo/manual",
            "/set/dcdc/E001?mode=0x0000",
            "/set/dcdc?unitId=E001&mode=0x0000",
            "/set/E001?mode=0x0000",
            "/stopAll",
        )
    ):
        key = f"{number:032x}"
        join = "&" if "?" in target else "?"
        stamped = f"{target}{join}key={key}&page=p1&wait=no&{moment(console)}"
        answer = console.call(stamped, "POST")
        assert answer.status == 202, (target, answer.body)
        assert answer.json["key"] == key
        (found,) = console.get(f"/commands?key={key}")["commands"]
        assert (found["id"], found["key"]) == (answer.json["command"], key)
        until(lambda key=key: console.get(f"/commands?key={key}")["commands"][0]["state"] not in ("pending",))  # type: ignore[misc]
        again = console.call(stamped, "POST").json
        assert (again["command"], again["again"]) == (found["id"], True)
    assert console.get("/commands?key=never")["commands"] == []


def test_while_apis_web_hangs_every_order_is_answered_at_once_and_a_stop_leaves(
    console: Console, grid: FakeGrid
) -> None:
    for path in ("/setOperationMode", "/stop", "/quiet", "/shutdown"):
        grid.spoil(path, Exchange.hang)
    begun = time.monotonic()
    for number in range(6):
        soft = f"/setOperationMode?unitId=E00{number % 2 + 1}&value=heteronomous&wait=no"
        assert console.call(soft, "POST").status in (202, 409)
    answer = console.call("/stopAll?wait=no&key=abc", "POST")
    assert answer.status == 202
    until(lambda: "GET /stop" in grid.sent or any("mode=0x0000" in one for one in grid.sent), "the stop", 5.0)
    assert time.monotonic() - begun < 7 * AT_ONCE
    assert console.get(f"/commands/{answer.json['command']}")["order"] == "stopAll"


def test_sixty_who_stop_all_are_answered_with_the_one_run_and_the_rest_goes_on(grid: FakeGrid, tmp_path: Path) -> None:
    grid.device.answers["/set/dcdc/E001"] = Exchange.hang
    with (
        console_on(grid, tmp_path / "console", patient=True, gracetime=30) as console,
        ThreadPoolExecutor(60) as callers,
    ):
        answers = [callers.submit(console.call, "/stopAll", "POST") for _ in range(60)]
        until(lambda: sum(one.done() for one in answers) >= 50, "an answer for most", 15.0)
        begun = time.monotonic()
        assert console.call("/healthz").status == 200
        assert console.call("/set/dcdc/E002?mode=0x0000", "POST").status == 200
        assert time.monotonic() - begun < AT_ONCE * 2
        told: list[Any] = [one.result().json for one in answers if one.done()]
        assert {one["stopAll"] for one in told if "stopAll" in one} == {"running."}
        assert len({one["command"] for one in told}) == 1
        grid.heal()
        grid.device.answers.clear()


def test_a_mode_that_follows_a_soft_stop_is_told_and_sent_while_its_page_asks(console: Console, grid: FakeGrid) -> None:
    assert console.call("/setOperationMode?value=autonomous", "POST").status == 200
    until(lambda: console.status["grid"]["mode"] == "autonomous")
    until(lambda: console.get("/commands?state=open")["commands"] == [])
    grid.deals = [{"request": "CHARGE"}]
    until(lambda: console.status["grid"]["deals"] == 1)
    asked = console.call(f"/setOperationMode?value=heteronomous&then=manual&page=p1&wait=no&{moment(console)}", "POST")
    assert asked.status == 202
    until(lambda: (console.get("/get/status?page=p1")["then"] or {}).get("state") == "waiting")
    until(lambda: console.status["grid"]["mode"] == "heteronomous")
    grid.deals = []
    until(lambda: console.get("/get/status?page=p1")["then"]["state"] == "sent")
    until(lambda: console.status["grid"]["mode"] == "manual")


@pytest.mark.parametrize(
    "query",
    ["value=manual&then=stop", "value=heteronomous&unitId=E001&then=stop", "value=heteronomous&then=autonomous"],
)
def test_then_goes_with_the_clusters_soft_stop_alone(console: Console, grid: FakeGrid, query: str) -> None:
    assert console.call(f"/setOperationMode?{query}", "POST").status == 400
    assert grid.sent == []


def test_what_follows_can_be_taken_back_by_hand(console: Console) -> None:
    assert console.call("/clearThen", "POST").status == 404
    assert console.call("/setOperationMode?value=heteronomous&then=stop", "POST").status == 200
    assert console.call("/clearThen", "POST").json["succeeded"] is True
    assert console.status["then"]["state"] == "ended"
