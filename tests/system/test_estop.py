"""The E-stop on the real program: by a request, by a file, over a restart (I17)."""

from pathlib import Path

import pytest

from tests.faulty_server import resetting
from tests.system.conftest import console_on
from tests.system.console import Console, until
from tests.system.fake_grid import FakeGrid

CHARGE = "0x0041"

OTHERS = [
    *("/setOperationMode?value=autonomous", "/setOperationMode?value=manual", "/set/budo/active", "/shutDown"),
    *("/set/dcdc/E001?mode=0x0014&dvg=350&dig=2", "/upsMode/1", "/acknowledge?unitId=E001", "/clearLock?name=anna"),
    *("/share?from=E001&to=E002&current=1&minutes=10", "/setSchedule?operation=run&value=2099-01-01T00:00:00Z"),
]
STOPS = [
    *("/stopAll", "/estop?name=bob", "/set/dcdc/E001?mode=0x0000", "/set/budo/stop", "/setOperationMode?value=stop"),
    *("/setOperationMode?unitId=E001&value=stop",),
]


def closed(file: Path) -> None:
    """A contact latches by its file, which appears whole: the program may look at any moment."""
    written = file.with_name("contact")
    written.write_text("contact K1 at the door")
    written.rename(file)


def test_a_request_stops_everything_and_latches_until_it_is_reset_by_name(console: Console, grid: FakeGrid) -> None:
    grid.units["E001"]["dcdc"]["status"]["status"] = CHARGE
    assert console.get("/get/status")["estop"] is None
    answer = console.call("/estop?name=anna&reason=smoke", "POST", form="", timeout=60)
    assert answer.status == 200, answer.body
    assert answer.json["stopAll"] == "done."
    latch = answer.json["estop"]
    assert (latch["by"], latch["reason"], latch["file"]) == ("anna", "smoke", True)
    assert console.status["estop"] == latch
    for target in OTHERS:
        refused = console.call(target)
        assert refused.status == 409, (target, refused.body)
        assert (refused.json["cause"], refused.json["estop"]) == ("estop", latch), target
    for target in STOPS:
        assert console.call(target, timeout=60).status == 200, target
    assert console.status["estop"]["by"] == "anna"
    assert console.call("/estopReset?reason=checked").status == 400
    assert console.call("/estopReset?name=bob&reason=checked").status == 200
    assert console.get("/get/status")["estop"] is None
    assert console.call("/estopReset?name=bob&reason=checked").status == 404
    assert console.call("/setOperationMode?value=manual").status == 200
    rows = console.get("/journal?limit=200")["rows"]
    assert {row["what"] for row in rows if row["kind"] == "estop"} == {
        "The E-stop is latched by anna: smoke.",
        "The E-stop that anna latched was reset by bob: checked.",
    }


@pytest.mark.parametrize("target", ["/estop?wait=no", "/estop?wait=no&name=&reason="])
def test_it_may_be_answered_at_once_and_needs_no_origin(console: Console, target: str) -> None:
    answer = console.call(target, "POST", headers={"Accept-Language": "en"}, form="")
    assert answer.status == 202, answer.body
    assert answer.json["command"]
    assert console.status["estop"]["by"] == "127.0.0.1"


@pytest.mark.parametrize(
    "beside",
    [
        *("name=a%00b", "name=%E2%80%8B", "reason=" + "x" * 257, "name=anna&name=bob", "reason=fire%0Ain", "floor=2"),
        "name=a%E2%80%AEb&reason=smoke",
        "name=" + "%EF%B7%BA" * 80,
    ],
)
def test_no_name_or_reason_keeps_it_back(console: Console, beside: str) -> None:
    """S32: what cannot be read of them is dropped, the stop leaves and latches; a reset is refused for the same."""
    answer = console.call(f"/estop?{beside}&wait=no", "POST", form="")
    assert answer.status == 202, answer.body
    assert console.status["estop"]["by"] == "127.0.0.1"
    assert console.call("/estopReset?name=a%00b&reason=seen").status == 400
    assert console.call("/estopReset?name=a&name=b&reason=seen").status == 400


def test_a_file_that_appears_stops_everything_and_latches(console: Console, grid: FakeGrid) -> None:
    grid.units["E001"]["dcdc"]["status"]["status"] = CHARGE
    closed(console.settings.estopfile)
    until(lambda: console.status["estop"], "the latch")
    latch = console.status["estop"]
    assert (latch["by"], latch["reason"], latch["file"]) == ("the file estop", "contact K1 at the door", True)
    until(lambda: grid.units["E001"]["dcdc"]["status"]["status"] == "0x0000", "Wait")
    assert console.call("/setOperationMode?value=manual").json["cause"] == "estop"


def test_the_latch_is_kept_over_a_restart(tmp_path: Path) -> None:
    with FakeGrid() as grid, console_on(grid, tmp_path / "console") as console:
        assert console.call("/estop?name=anna&reason=smoke", timeout=60).status == 200
        latch = console.status["estop"]
    with FakeGrid() as grid, console_on(grid, tmp_path / "console") as console:
        assert console.status["estop"] == latch
        assert console.call("/setOperationMode?value=manual").json["cause"] == "estop"
        until(lambda: console.status["orders"] == [], "its Stop all")
        assert console.call("/estopReset?name=bob&reason=checked").status == 200
    with FakeGrid() as grid, console_on(grid, tmp_path / "console") as console:
        assert console.status["estop"] is None


def test_the_file_may_lie_elsewhere(tmp_path: Path) -> None:
    with FakeGrid() as grid, console_on(grid, tmp_path / "console", estopfile=tmp_path / "gpio" / "stop") as console:
        assert console.call("/estop", timeout=60).status == 200
        assert (tmp_path / "gpio" / "stop").is_file()


@pytest.mark.parametrize("by_file", [True, False])
def test_what_nobody_heard_of_is_stopped_once_apis_web_is_back(tmp_path: Path, by_file: bool) -> None:
    """After a power cut this program is up before apis-web: the latch held, its one Stop all found nobody, and the
    cluster went on in Run."""
    with FakeGrid(mode="autonomous") as grid, Console(tmp_path, **grid.settings) as console:
        answers = grid.web.default
        grid.web.default = grid.device.default = resetting
        grid.units["E001"]["dcdc"]["status"]["status"] = CHARGE
        if by_file:
            console.settings.estopfile.parent.mkdir(exist_ok=True)
            closed(console.settings.estopfile)
        else:
            console.call("/estop?name=anna&reason=smoke&wait=no", "POST", form="")
        until(lambda: console.get("/commands")["commands"], "its Stop all")
        until(lambda: console.status["orders"] == [], "its end")
        assert len(console.get("/commands")["commands"]) == 1
        grid.web.default = grid.device.default = answers
        until(lambda: grid.mode == "stop", "Force Stop")
        until(lambda: grid.units["E001"]["dcdc"]["status"]["status"] == "0x0000", "Wait")
        until(lambda: console.status["orders"] == [], "the end of the second")
        assert [one["state"] for one in console.get("/commands")["commands"]] == ["verified", "failed"]
        assert console.call("/estopReset?name=bob&reason=checked").status == 200
        assert len(console.get("/commands")["commands"]) == 3, "it was stopped once more, and no third time"
