"""Each unit's own device driver, at a loopback address of its own, for `emulator = False` (A15-4)."""

import http.client
import json
import sys
import urllib.request
from collections.abc import Iterator

import pytest

from main_controller.domain.modes import Mode
from main_controller.simulator import SimulatedCluster
from main_controller.simulator.driver import Driver
from main_controller.simulator.exchange import Request
from tests.simulator.traces import log_of


@pytest.fixture
def cluster() -> SimulatedCluster:
    return SimulatedCluster(3, mode=Mode.MANUAL)


@pytest.fixture
def driver(cluster: SimulatedCluster) -> Driver:
    return Driver(cluster.agenda, cluster.plant, cluster.plant.units["E002"])


def test_it_orders_and_reads_its_own_unit(cluster: SimulatedCluster, driver: Driver) -> None:
    """Converter, meter, EMU and UPS."""

    def ask(path: str, method: str = "GET", body: bytes = b"", **query: str) -> dict[str, object]:
        reply = driver.answer(Request(method, path, query, body))
        assert reply.status == 200
        value: dict[str, object] = json.loads(reply.body)
        return value

    ordered = ask("/remote/set", mode="0x0014", dvg="350", dig="2")
    assert ordered["status"] == {"status": "0x0014", "alarmState": "Light alarm", "operationMode": "Grid Autonomy"}
    cluster.advance(15)
    assert ask("/inquiry/09")["vg"] == 350.0
    assert ask("/remote/get")["meter"] == ask("/inquiry/09")
    assert ask("/1/ups1/operation/mode", "PUT", b'{"operation_mode": 3}') == {"operation_mode": 3}
    assert ask("/1/log/data")["ups_operation_mode"] == {"parameter": 80, "mode": 3, "stop_mode": 2}


@pytest.mark.parametrize(
    ("path", "query", "status"),
    [
        ("/remote/set", {"mode": "0x0014"}, 400),
        ("/remote/set", {"mode": "nope", "dvg": "1", "dig": "1"}, 400),
        ("/1/ups1/operation/mode", {}, 400),
        ("/get/log", {}, 404),
    ],
)
def test_a_bad_order_is_refused_and_the_next_is_answered(
    driver: Driver, path: str, query: dict[str, str], status: int
) -> None:
    """Unlike the emulator (K11)."""
    assert driver.answer(Request("GET", path, query)).status == status
    assert driver.answer(Request("GET", "/remote/get")).status == 200


@pytest.fixture
def addressed() -> Iterator[SimulatedCluster]:
    cluster = SimulatedCluster(3, mode=Mode.MANUAL, driver_port=0)
    cluster.start()
    yield cluster
    cluster.stop()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux answers on the whole of 127.0.0.0/8")
def test_each_unit_has_an_address_of_its_own(addressed: SimulatedCluster) -> None:
    """The one that its data say; all on one port."""
    addresses = {uid: unit["oesunit"]["ip"] for uid, unit in log_of(addressed).items()}
    assert addresses == {"E001": "127.11.1.1", "E002": "127.11.1.2", "E003": "127.11.1.3"}
    url = f"http://{addresses['E003']}:{addressed.driver_port}/1/log/data"
    with urllib.request.urlopen(url, timeout=5) as reply:
        assert isinstance(reply, http.client.HTTPResponse)
        assert json.loads(reply.read())["rsoc"] == pytest.approx(addressed.plant.units["E003"].rsoc, abs=0.1)


def test_only_small_clusters_have_drivers() -> None:
    with pytest.raises(ValueError, match="at most 50"):
        SimulatedCluster(51, driver_port=0)
