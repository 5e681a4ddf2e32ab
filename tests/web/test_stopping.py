"""What stops, by what it asks for: such a request has its own threads, and needs no `Origin`."""

import random

import pytest

from main_controller.server.lanes import Lane
from main_controller.web.stopping import lane_of, stops_alone


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    ("target", "lane"),
    [
        ("/stopAll", Lane.STOP_ALL),
        ("/stopAll?wait=no", Lane.STOP_ALL),
        ("//stopAll", Lane.STOP_ALL),
        ("/estop", Lane.STOP_ALL),
        ("/estop?name=anna&reason=smoke", Lane.STOP_ALL),
        ("/estopReset?name=anna&reason=checked", Lane.ORDINARY),
        ("/share/end", Lane.STOP),
        ("/set/dcdc/E001?mode=0x0000", Lane.STOP),
        ("/set/dcdc/E001?mode=0x0000&dvg=0&dig=0&wait=verified&key=1", Lane.STOP),
        ("/set/E001?mode=0x0000", Lane.STOP),
        ("/set/家 1/x?mode=0x0000", Lane.STOP),
        ("/set/budo?mode=0x0000", Lane.STOP),
        ("/set/budo/stop", Lane.STOP),
        ("/set/budo/quiet?wait=verified", Lane.STOP),
        ("/setOperationMode?value=stop", Lane.STOP),
        ("/setOperationMode?unitId=E001&value=heteronomous", Lane.STOP),
        ("/setOperationMode?value=s%74op", Lane.STOP),
        ("/stopAll/", Lane.ORDINARY),
        ("/StopAll", Lane.ORDINARY),
        ("/share", Lane.ORDINARY),
        ("/set/dcdc/E001", Lane.ORDINARY),
        ("/set/dcdc/E001?mode=0x0014", Lane.ORDINARY),
        ("/set/dcdc/E001?mode=0x0014&mode=0x0000", Lane.ORDINARY),
        ("/set/dcdc/E001?Mode=0x0000", Lane.ORDINARY),
        ("/set/budo/active", Lane.ORDINARY),
        ("/set/budo/manual?mode=0x0000&value=stop", Lane.ORDINARY),
        ("/set/budo/stop/?mode=0x0000", Lane.ORDINARY),
        ("/setOperationMode?value=manual", Lane.ORDINARY),
        ("/setOperationMode?value=manual&value=stop", Lane.ORDINARY),
        ("/setOperationMode?value=", Lane.ORDINARY),
        ("/setOperationMode", Lane.ORDINARY),
        ("/setSchedule?operation=forceStop&value=stop&mode=0x0000", Lane.ORDINARY),
        ("/shutDown", Lane.ORDINARY),
        ("/get/logInfo?value=stop", Lane.ORDINARY),
        ("/setOperationMode?value=%ff", Lane.ORDINARY),
        ("/setOperationMode?" + "a=b&" * 40 + "value=stop", Lane.ORDINARY),
    ],
)
def test_the_lane_of_a_request(method: str, target: str, lane: Lane) -> None:
    path, _, query = target.partition("?")
    assert lane_of(method, path, query) is lane
    if query and lane is not Lane.STOP_ALL:
        assert lane_of(method, path, "", query.encode()) is lane


@pytest.mark.parametrize("method", ["HEAD", "PUT", "DELETE", "post", ""])
def test_what_commands_do_not_take_stops_nothing(method: str) -> None:
    assert lane_of(method, "/stopAll", "") is Lane.ORDINARY


@pytest.mark.parametrize("beside", ["x=1&x=2", "x=%01", "dvg=1&dvg=2", "x=" + "y" * 257])
def test_nothing_beside_a_stop_takes_it_out_of_its_lane(beside: str) -> None:
    """S32: it is served as what it is."""
    assert lane_of("GET", "/set/dcdc/E001", f"mode=0x0000&{beside}") is Lane.STOP
    assert lane_of("GET", "/setOperationMode", f"value=stop&{beside}") is Lane.STOP
    assert lane_of("GET", "/setOperationMode", f"value=stop&value=stop&{beside}") is Lane.ORDINARY


@pytest.mark.parametrize(
    ("target", "alone"),
    [
        ("/stopAll", True),
        ("//stopAll", True),
        ("/estop", True),
        ("/share/end", True),
        ("/set/budo/stop", True),
        ("/set/budo/quiet", False),
        ("/set/dcdc/E001?mode=0x0000", True),
        ("/set/E001?mode=0x0000&x=%ff", True),
        ("/set/dcdc/E001", False),
        ("/set/dcdc/E001?mode=0x0041", False),
        ("/set/dcdc?mode=0x0000&unitId=E001", True),
        ("/set/dcdc?mode=0x0000", False),
        ("/setOperationMode?value=stop&unitId=E001", True),
        ("/setOperationMode?value=stop", False),
        ("/setOperationMode?value=stop&unitId=", False),
        ("/setOperationMode?value=heteronomous&unitId=E001", False),
        ("/shutDown", False),
        ("/get/status", False),
    ],
)
def test_a_stop_needs_no_body_where_its_head_says_what_and_of_whom(target: str, alone: bool) -> None:
    """S32 and Z7: a body that nobody can read may hold the unit that a Force Stop was meant for."""
    path, _, query = target.partition("?")
    assert stops_alone("POST", path, query) is alone
    assert stops_alone("GET", path, query) is alone
    assert stops_alone("PUT", path, query) is False


def test_a_parameter_in_query_and_body_is_given_twice() -> None:
    assert lane_of("POST", "/setOperationMode", "value=stop", b"value=manual") is Lane.ORDINARY
    assert lane_of("POST", "/setOperationMode", "unitId=E001", b"value=stop") is Lane.STOP


def test_whatever_comes_has_a_lane() -> None:
    """It is judged in the thread that serves every socket, before anything else looked at it."""
    chance = random.Random(9)
    pieces = [
        "/set/",
        "budo/",
        "/stopAll",
        "mode",
        "=",
        "&",
        "%",
        "%ff",
        "\x00",
        "\xff",
        "value",
        "0x0000",
        "stop",
        "+",
    ]
    for _ in range(3000):
        path, query = ("".join(chance.choices(pieces, k=chance.randrange(9))) for _ in range(2))
        body = "".join(chance.choices(pieces, k=5)).encode("latin-1")
        assert lane_of("POST", path, query, body) in Lane
