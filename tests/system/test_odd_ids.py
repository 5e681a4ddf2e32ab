"""H10: a unit whose id is made of anything can be read, stopped, locked and scheduled, over real HTTP."""

from collections.abc import Iterator
from urllib.parse import quote

import pytest

from tests.system.conftest import console_on
from tests.system.console import Console, until
from tests.system.fake_grid import FakeGrid

_PLAIN = ("a b", " ", "stop", "-", "東棟 1", "\U0001f3e0")
ODD = ("A/1", "A//2", "50%", "%41", "#1", "wer?", "1+1", "R&D", "'\"", "a;b=c", *_PLAIN)
"""Ids that a path, a query, a form or a file name could take for something else."""

CLIMBING = (".", "..")
"""Ids that a browser takes out of a path; the wire refuses to carry them in one."""


@pytest.fixture(scope="module")
def grid() -> Iterator[FakeGrid]:
    with FakeGrid("E001", *ODD, *CLIMBING, mode="heteronomous") as fake:
        yield fake


@pytest.fixture(scope="module")
def console(grid: FakeGrid, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    with console_on(grid, tmp_path_factory.mktemp("odd")) as running:
        yield running


def encoded(unit_id: str) -> str:
    return quote(unit_id, safe="")


@pytest.mark.parametrize("unit_id", ODD)
def test_wait_reaches_that_unit_and_no_other(console: Console, grid: FakeGrid, unit_id: str) -> None:
    for route in ("/set/dcdc/", "/set/"):
        before = len(grid.sent)
        answer = console.call(f"{route}{encoded(unit_id)}", "POST", form="mode=0x0000")
        assert answer.status == 200, answer.body
        assert grid.sent[before:] == [f"GET /set/dcdc/{encoded(unit_id)}?mode=0x0000&dvg=0&dig=0"]
        command = console.get(f"/commands/{answer.json['command']}")
        assert (command["order"], command["unitId"]) == ("setDcdc", unit_id)
    told = console.get(f"/commands?unitId={encoded(unit_id)}")["commands"]
    assert told[0]["id"] == answer.json["command"]


@pytest.mark.parametrize("unit_id", [*ODD, *CLIMBING])
def test_it_is_read_in_whole_and_in_part(console: Console, unit_id: str) -> None:
    for part in ("unit", "dcdc", "meter", "emu", "oesunit"):
        assert console.call(f"/get/{part}/{encoded(unit_id)}").status == 200
        assert console.call(f"/get/{part}?unitId={encoded(unit_id)}").status == 200
    assert console.get(f"/get/oesunit?unitId={encoded(unit_id)}")["id"] == unit_id
    if unit_id not in CLIMBING:
        urgent = console.call(f"/get/unit?urgent=true&unitId={encoded(unit_id)}")
        assert (urgent.status, urgent.headers["x-data-source"]) == (200, "emulator")


@pytest.mark.parametrize("unit_id", [*ODD, *CLIMBING])
def test_it_is_scheduled_and_cleared(console: Console, unit_id: str) -> None:
    unit = encoded(unit_id)
    for operation in ("softStop", "forceStop", "run"):
        scope = f"operation={operation}&unitId={unit}"
        answer = console.call("/setSchedule", "POST", form=f"{scope}&value=2090-01-01T00:00:00Z")
        assert answer.json["unitId"] == unit_id
        assert console.get("/schedules")[unit_id] == {operation: "2090-01-01T00:00:00.000+00:00"}
        assert len(console.schedules()) == 1
        assert console.call("/setSchedule", "POST", form=scope).json["cleared"] is True
        assert console.schedules() == {}


@pytest.mark.parametrize("unit_id", [*ODD, *CLIMBING])
def test_it_is_stopped_locked_and_unlocked(console: Console, grid: FakeGrid, unit_id: str) -> None:
    unit = encoded(unit_id)
    assert console.call("/setOperationMode", "POST", form=f"value=stop&unitId={unit}").status == 200
    assert grid.units[unit_id]["apis"]["operation_mode"]["local"] == "stop"
    until(
        lambda: console.call("/setLock", "POST", form=f"unitId={unit}&name=Sato&reason=fan").status == 200,
        "local Force Stop and Wait seen there",
    )
    assert list(console.get("/locks")) == [unit_id]
    refused = console.call("/setOperationMode", "POST", form=f"value=&unitId={unit}")
    assert refused.status == 409
    assert console.call("/clearLock", "POST", form=f"unitId={unit}&name=Sato").status == 200
    assert console.get("/locks") == {}


def test_an_unwatched_one_is_acknowledged(console: Console, grid: FakeGrid) -> None:
    unit = grid.units["A/1"]
    unit["dcdc"]["status"]["status"] = "0x0014"
    until(lambda: console.status["units"]["A/1"]["lastWord"] == "0x0014", "the reference")
    del grid.units["A/1"]
    until(lambda: console.status["units"]["A/1"]["unwatched"], "silent live hardware")
    assert console.call("/acknowledge", "POST", form="unitId=A%2F1").json["succeeded"] is True
    assert console.status["units"]["A/1"]["acknowledged"] is not None


def test_a_longer_path_is_no_other_unit(console: Console, grid: FakeGrid) -> None:
    """An id may hold a slash; what only begins like a unit is none."""
    before = len(grid.sent)
    for path in ("/set/dcdc/E001/", "/set/dcdc/E001/x", "/set/E001/x", "/set/budo/stop/x"):
        assert console.call(path, "POST", form="mode=0x0000").status == 404
    assert len(grid.sent) == before


def test_bytes_that_are_not_escaped_are_read_as_utf_8_in_path_query_and_body(console: Console, grid: FakeGrid) -> None:
    """M14: as a script in a Japanese terminal sends them."""
    assert console.call("/get/unit/東棟%201").status == 200
    assert console.get("/get/oesunit?unitId=東棟%201")["id"] == "東棟 1"
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    signed = "name=佐藤\u3000一郎%20&reason=点検"
    assert console.call("/setLock", "POST", headers=form, body=signed.encode()).status == 200
    assert console.get("/get/status")["locks"][""]["name"] == "佐藤 一郎"
    assert console.call("/clearLock?name=佐藤%20一郎", "POST").status == 200
