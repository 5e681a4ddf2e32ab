"""The converters' HTTP: orders act at once, and a bad one hangs the emulator for everybody (K11, K15, N13)."""

import json
import threading

import pytest

from main_controller.domain.modes import Mode
from main_controller.simulator import SimulatedCluster
from main_controller.simulator.exchange import Reply, Request, Silence
from tests.simulator.traces import device, log_of


@pytest.fixture
def cluster() -> SimulatedCluster:
    return SimulatedCluster(4, mode=Mode.MANUAL)


def ask(cluster: SimulatedCluster, path: str, **query: str) -> Reply:
    return cluster.emulator.answer(Request("GET", path, query))


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/set/dcdc/E999", {"mode": "0x0000", "dvg": "0", "dig": "0"}),
        ("/set/dcdc/E001", {"mode": "0x9999", "dvg": "350", "dig": "1"}),
        ("/set/dcdc/E001", {"mode": "0x0041", "dvg": "350"}),
        ("/set/dcdc/E001", {"mode": "0x0041", "dvg": "much", "dig": "1"}),
        ("/set/dcdc/E001", {"mode": "0x0041", "dvg": "nan", "dig": "1"}),
        ("/set/dcdc/E001", {}),
        ("/set/dcdc/voltage/E001", {"dig": "1"}),
        ("/set/dcdc/current/E999", {"dig": "1"}),
    ],
)
def test_a_bad_order_is_a_500_and_then_nobody_is_answered(
    cluster: SimulatedCluster, path: str, query: dict[str, str]
) -> None:
    """K11: until it is restarted; who waits then gets no reply at all."""
    reply = ask(cluster, path, **query)
    assert (reply.status, reply.content_type) == (500, "text/html; charset=UTF-8")
    ended: list[str] = []

    def hang() -> None:
        try:
            ask(cluster, "/get/log")
            ended.append("answered")
        except Silence:
            ended.append("silence")

    thread = threading.Thread(target=hang)
    thread.start()
    thread.join(0.1)
    assert thread.is_alive()
    cluster.advance(30)
    before = log_of(cluster)
    cluster.advance(10)
    assert log_of(cluster) == before  # the nodes cannot read either
    cluster.fault("emulator-restart")
    cluster.advance(1)
    thread.join(5)
    assert ended == ["silence"]
    assert set(device(cluster, "/get/log")) == {"E001", "E002", "E003", "E004"}


def test_the_partial_orders_change_one_value(cluster: SimulatedCluster) -> None:
    """`/set/dcdc/voltage` and `/current` keep the word and answer with their part."""
    device(cluster, "/set/dcdc/E001", mode="0x0014", dvg="350", dig="2")
    cluster.advance(15)
    assert set(device(cluster, "/set/dcdc/voltage/E001", dvg="340")) == {"meter", "vdis"}
    cluster.advance(5)
    assert device(cluster, "/get/dcdc/E001")["meter"]["vg"] == 340.0
    assert device(cluster, "/get/dcdc/E001")["param"] == {"dig": 2.0}
    assert device(cluster, "/set/dcdc/current/E001", dig="1.5")["param"] == {"dig": 1.5}


@pytest.mark.parametrize("what", ["unit", "dcdc", "emu", "oesunit"])
def test_one_unit_can_be_read(cluster: SimulatedCluster, what: str) -> None:
    """The emulator's read paths, from the plant as it is now."""
    whole = device(cluster, "/get/log")["E002"]
    part = device(cluster, f"/get/{what}/E002")
    if what == "dcdc":
        assert part["meter"] == whole["dcdc"]["meter"]
    else:
        assert part == (whole if what == "unit" else whole[what])


@pytest.mark.parametrize(
    ("path", "status"), [("/nope", 404), ("/get/log/x/y", 404), ("/get/unit/E999", 500), ("/get/what/E001", 404)]
)
def test_other_paths_are_html_errors_without_a_hang(cluster: SimulatedCluster, path: str, status: int) -> None:
    """Bottle's pages (an unknown unit to read: assumed)."""
    reply = ask(cluster, path)
    assert (reply.status, reply.content_type) == (status, "text/html; charset=UTF-8")
    assert ask(cluster, "/get/log").status == 200


def test_the_ups_takes_its_mode_by_put(cluster: SimulatedCluster) -> None:
    """A15-4 (its path here is assumed); it keeps it."""
    put = Request("PUT", "/3/ups1/operation/mode", {}, b'{"operation_mode": 7}')
    assert json.loads(cluster.emulator.answer(put).body) == {"operation_mode": 7}
    cluster.advance(60)
    assert device(cluster, "/get/emu/E003")["ups_operation_mode"]["mode"] == 7


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PUT", "/3/ups1/operation/mode", b'{"operation_mode": 8}'),
        ("PUT", "/3/ups1/operation/mode", b'{"operation_mode": true}'),
        ("PUT", "/3/ups1/operation/mode", b"[]"),
        ("PUT", "/3/ups1/operation/mode", b"nonsense"),
        ("PUT", "/9/ups1/operation/mode", b'{"operation_mode": 1}'),
        ("GET", "/3/ups1/operation/mode", b""),
    ],
)
def test_a_bad_ups_order_is_refused(cluster: SimulatedCluster, method: str, path: str, body: bytes) -> None:
    assert cluster.emulator.answer(Request(method, path, {}, body)).status == 400
