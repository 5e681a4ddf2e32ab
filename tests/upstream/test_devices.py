"""Converter and UPS orders as they go on the wire, and those that must never go (W11, Z7, K11, A15-4)."""

import json
import math
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from ipaddress import ip_network
from typing import Any

import pytest
import requests
import responses

from main_controller.domain.modes import ConverterStatus
from main_controller.errors import (
    BadRequest,
    ControllerError,
    Refused,
    UpstreamError,
    UpstreamGarbled,
    UpstreamRefused,
    UpstreamTimeout,
)
from main_controller.upstream.devices import Devices, NotReadable, Part, Target
from main_controller.upstream.emulator import Emulator
from main_controller.upstream.http_json import HttpJson
from main_controller.upstream.node_address import node_url
from main_controller.upstream.node_drivers import NodeDrivers
from tests.faulty_server import FAULTS, Exchange, FaultyServer, answering

EMULATOR = "http://emulator:4390"
DCDC = {"status": {"status": "0x0041"}, "meter": {"ig": 1.0}, "vdis": {"dvg": 350.0}, "param": {"dig": 1.0}}
UNIT = {"dcdc": DCDC, "emu": {"rsoc": 80}, "oesunit": {"id": "E001"}, "time": "2020/01/01-00:00:00"}
E001 = Target("E001", "192.168.0.7")
READING_URLS = {"dcdc": ":4380/remote/get", "meter": ":4380/inquiry/09", "emu": ":8080/1/log/data"}


def clients() -> tuple[HttpJson, HttpJson]:
    return (
        HttpJson(reuse_connections=True, user_agent="test"),
        HttpJson(reuse_connections=False, user_agent="test"),
    )


def emulator(**more: Any) -> Emulator:
    return Emulator(EMULATOR, *clients(), **more)


def drivers(set_url: str = ":4380/remote/set?", ups_set_url: str = ":8080/1/ups1/operation/mode") -> NodeDrivers:
    return NodeDrivers(set_url, READING_URLS, ups_set_url, *clients())


def urls() -> list[str]:
    return [str(call.request.url) for call in responses.calls]


def listing(*unit_ids: str) -> None:
    responses.get(f"{EMULATOR}/get/log", json=dict.fromkeys(unit_ids, UNIT))


VALUES = [
    (ConverterStatus.VOLTAGE_REFERENCE, 350, 2, "mode=0x0014&dvg=350&dig=2"),
    (ConverterStatus.CHARGE, 350.5, 1.25, "mode=0x0041&dvg=350.5&dig=1.25"),
    (ConverterStatus.DISCHARGE, 370.0, 0.1 + 0.2, "mode=0x0002&dvg=370&dig=0.3"),
    (ConverterStatus.CHARGE, 300, 1e-9, "mode=0x0041&dvg=300&dig=0"),
    (ConverterStatus.WAIT, 0, 0, "mode=0x0000&dvg=0&dig=0"),
    (ConverterStatus.WAIT, 350, 2.3, "mode=0x0000&dvg=0&dig=0"),
    (ConverterStatus.WAIT, math.nan, -1, "mode=0x0000&dvg=0&dig=0"),
]


@pytest.mark.parametrize(("status", "dvg", "dig", "query"), VALUES)
@responses.activate
def test_an_order_through_the_emulator(status: ConverterStatus, dvg: float, dig: float, query: str) -> None:
    """A15-4, Z8: the four words with plain figures; Wait always with both 0. The answer is the new dcdc object."""
    listing("E001")
    responses.get(f"{EMULATOR}/set/dcdc/E001?{query}", json=DCDC)
    assert emulator().command(E001, status, dvg, dig) == DCDC
    assert urls() == [f"{EMULATOR}/get/log", f"{EMULATOR}/set/dcdc/E001?{query}"]


@pytest.mark.parametrize(("status", "dvg", "dig", "query"), VALUES)
@pytest.mark.parametrize(
    ("ip", "host"),
    [
        ("192.168.0.7", "192.168.0.7"),
        ("fd00::7", "[fd00::7]"),
        ("node-7", "node-7"),
        ("node7.example.org", "node7.example.org"),
    ],
)
@responses.activate
def test_an_order_to_a_node(status: ConverterStatus, dvg: float, dig: float, query: str, ip: str, host: str) -> None:
    """W11: `http://<ip><set_url>`, an IPv6 literal in brackets."""
    responses.get(f"http://{host}:4380/remote/set?{query}", json=DCDC)
    assert drivers().command(Target("E001", ip), status, dvg, dig) == DCDC
    assert urls() == [f"http://{host}:4380/remote/set?{query}"]


@pytest.mark.parametrize(
    ("set_url", "url"),
    [
        (":4380/remote/set", "http://192.168.0.7:4380/remote/set?mode=0x0000&dvg=0&dig=0"),
        ("/set?bus=1", "http://192.168.0.7/set?bus=1&mode=0x0000&dvg=0&dig=0"),
        ("/set?bus=1&", "http://192.168.0.7/set?bus=1&mode=0x0000&dvg=0&dig=0"),
        ("http://gateway:90/{id}/set?", "http://gateway:90/E001/set?mode=0x0000&dvg=0&dig=0"),
    ],
)
@responses.activate
def test_the_set_url_is_taken_as_it_is_written(set_url: str, url: str) -> None:
    """Chapter 7.1: its port and path are the site's own."""
    responses.get(url, json=DCDC)
    drivers(set_url).command(E001, ConverterStatus.WAIT, 0, 0)
    assert urls() == [url]


@pytest.mark.parametrize(
    ("status", "dvg", "dig"),
    [
        ("0x0014", 350, 2),
        (None, 350, 2),
        (ConverterStatus.CHARGE, math.nan, 1),
        (ConverterStatus.CHARGE, 350, math.inf),
        (ConverterStatus.CHARGE, 350, -1),
        (ConverterStatus.CHARGE, "350", 1),
        (ConverterStatus.CHARGE, 350, True),
        (ConverterStatus.CHARGE, None, 1),
    ],
)
@pytest.mark.parametrize("devices", [emulator(), drivers()])
@responses.activate
def test_values_that_are_none_never_leave(devices: Devices, status: Any, dvg: Any, dig: Any) -> None:
    """K11: one misspelt word or missing value hangs the emulator for everybody."""
    with pytest.raises(BadRequest, match="nothing was sent"):
        devices.command(E001, status, dvg, dig)
    assert urls() == []


@pytest.mark.parametrize("unit_id", ["E999", "", ".", "..", "e001", "E001/x"])
@pytest.mark.parametrize("status", [ConverterStatus.WAIT, ConverterStatus.CHARGE])
@responses.activate
def test_a_unit_that_the_emulator_does_not_list_is_refused(unit_id: str, status: ConverterStatus) -> None:
    """K11, Z7: nothing is sent for it, not even Wait."""
    listing("E001", "..")
    with pytest.raises(UpstreamRefused, match=r"nothing was sent|cannot be part") as caught:
        emulator().command(Target(unit_id, None), status, 350, 1)
    assert caught.value.sent is False
    assert not [url for url in urls() if "/set/" in url]


@responses.activate
def test_a_listed_id_is_encoded() -> None:
    """Whatever the emulator calls its units, the id stays one part of the path."""
    listing("a/b?c=%é")
    responses.get(f"{EMULATOR}/set/dcdc/a%2Fb%3Fc%3D%25%C3%A9", json=DCDC)
    assert emulator().command(Target("a/b?c=%é", None), ConverterStatus.WAIT, 0, 0) == DCDC


@responses.activate
def test_an_order_that_moves_something_needs_a_fresh_list_and_wait_only_the_last_one() -> None:
    """Z7, Z8: the list is asked for before each order but Wait, for which the last one will do, however old."""
    listing("E001")
    responses.get(f"{EMULATOR}/set/dcdc/E001", json=DCDC)
    device = emulator()
    lists: list[int] = []
    for status in (
        ConverterStatus.CHARGE,
        ConverterStatus.CHARGE,
        ConverterStatus.WAIT,
        ConverterStatus.WAIT,
        ConverterStatus.DISCHARGE,
    ):
        device.command(E001, status, 350, 1)
        lists.append(sum(url.endswith("/get/log") for url in urls()))
    assert lists == [1, 2, 2, 2, 3]


def hanging() -> None:
    """From now on the emulator does not list its units."""
    responses.replace(responses.GET, f"{EMULATOR}/get/log", body=requests.ReadTimeout())


@pytest.mark.parametrize("how", ["by an order", "by the worker", "before the restart"])
@responses.activate
def test_wait_leaves_at_once_to_a_unit_that_the_last_list_has(how: str) -> None:
    """M6, Z8: without asking anything first. Another order is refused, and says that it was not sent."""
    listing("E001")
    order = responses.get(f"{EMULATOR}/set/dcdc/E001", json=DCDC)
    device = emulator()
    if how == "by an order":
        device.command(E001, ConverterStatus.WAIT, 0, 0)
    else:
        device.refresh()
    if how == "before the restart":
        device = emulator(kept=json.loads(json.dumps(device.listed.as_json())))
    hanging()
    before = order.call_count
    with pytest.raises(UpstreamTimeout):
        device.refresh()
    asked = len(urls())
    assert device.command(E001, ConverterStatus.WAIT, 0, 0) == DCDC
    assert urls()[asked:] == [f"{EMULATOR}/set/dcdc/E001?mode=0x0000&dvg=0&dig=0"]
    with pytest.raises(UpstreamTimeout, match="nothing was sent to E001") as caught:
        device.command(E001, ConverterStatus.CHARGE, 350, 1)
    assert caught.value.sent is False
    assert order.call_count == before + 1


@responses.activate
def test_wait_to_a_unit_that_the_last_list_lacks_goes_by_a_newer_list_or_not_at_all() -> None:
    """K11: it would hang the emulator for everybody."""
    listing("E001")
    device = emulator()
    device.refresh()
    with pytest.raises(UpstreamRefused, match="does not list E002"):
        device.command(Target("E002", None), ConverterStatus.WAIT, 0, 0)
    responses.replace(responses.GET, f"{EMULATOR}/get/log", json={"E001": UNIT, "E002": UNIT})
    responses.get(f"{EMULATOR}/set/dcdc/E002", json=DCDC)
    assert device.command(Target("E002", None), ConverterStatus.WAIT, 0, 0) == DCDC
    hanging()
    with pytest.raises(UpstreamTimeout, match="nothing was sent to E003") as caught:
        device.command(Target("E003", None), ConverterStatus.WAIT, 0, 0)
    assert caught.value.sent is False
    assert len([url for url in urls() if "/set/" in url]) == 1


@responses.activate
def test_a_unit_that_a_newer_list_lacks_gets_no_wait_any_more() -> None:
    """K11: the emulator was started anew with fewer units."""
    listing("E001", "E002")
    device = emulator(kept={"url": EMULATOR, "ids": ["E001", "E002", "E003"]})
    device.refresh()
    responses.replace(responses.GET, f"{EMULATOR}/get/log", json={"E001": UNIT})
    device.refresh()
    for unit_id in ("E002", "E003"):
        with pytest.raises(UpstreamRefused, match="does not list"):
            device.command(Target(unit_id, None), ConverterStatus.WAIT, 0, 0)


SPOILT: list[object] = [
    None,
    [],
    {"ids": ["E001"]},
    {"url": "http://other:1", "ids": ["E001"]},
    *({"url": EMULATOR, "ids": ids} for ids in (None, ["E001", 5], [""], ["x" * 1000], ["E"] * 20_001)),
]


@pytest.mark.parametrize("kept", SPOILT, ids=range(len(SPOILT)))
@responses.activate
def test_a_kept_list_that_is_spoilt_or_anothers_lists_nobody(kept: object) -> None:
    """Then the emulator itself is asked: the only case in which Wait has to wait."""
    device = emulator(kept=kept)
    assert device.listed.ids is None
    listing("E001")
    responses.get(f"{EMULATOR}/set/dcdc/E001", json=DCDC)
    assert device.command(E001, ConverterStatus.WAIT, 0, 0) == DCDC


def test_many_waits_without_a_list_ask_for_it_once() -> None:
    """An emulator that is slow is not asked by all of them."""
    inside, go = threading.Semaphore(0), threading.Event()
    answer, state = answering(dict.fromkeys(("E001", "E002", "E003"), UNIT)), answering(DCDC)

    def slowly(exchange: Exchange) -> None:
        inside.release()
        assert go.wait(10)
        answer(exchange)

    with FaultyServer({"/get/log": slowly}, default=state) as server, ThreadPoolExecutor(4) as pool:
        device = Emulator(server.url, *clients())
        first = pool.submit(device.command, E001, ConverterStatus.WAIT, 0, 0)
        assert inside.acquire(timeout=10)
        others = [
            pool.submit(device.command, Target(one, None), ConverterStatus.WAIT, 0, 0) for one in ("E002", "E003")
        ]
        pool.submit(go.set)
        assert [future.result(10) for future in (first, *others)] == [DCDC] * 3
        assert len(server.seen("/get/log")) == 1


@pytest.mark.parametrize("body", [None, [], "x", ["E001"], {"error": "no"}, {"E001": None}])
@responses.activate
def test_a_list_of_another_shape_lists_nobody(body: object) -> None:
    """An emulator that answers nonsense gets no order."""
    responses.get(f"{EMULATOR}/get/log", body=json.dumps(body))
    with pytest.raises(UpstreamGarbled, match="nothing was sent") as caught:
        emulator().command(E001, ConverterStatus.WAIT, 0, 0)
    assert caught.value.sent is False


IPS = ["169.254.169.254", "fe80::1", "240.0.0.1", "255.255.255.255", "::ffff:224.0.0.1", "::ffff:169.254.1.1",
       "", None, "NA", "n/a", "localhost:4390/E000", "1.2.3", "1.2.3.4.5", "0.0.0.0", "224.0.0.1", "255.255.255.255:80",
       "fe80::1%eth0", "[::1]", "evil.org/x?", "user@host", "a b", "a\r\nb", "-x", "x-", "..", "12345", "0x7f000001",
       "é.org", "x" * 64, "a." * 130 + "b", "#", "//evil"]  # fmt: skip


INSIDE = [ip_network("192.168.0.0/24"), ip_network("fd00::/8"), ip_network("169.254.0.0/16")]


@pytest.mark.parametrize("ip", ["192.168.1.7", "10.0.0.5", "127.0.0.1", "::1", "localhost", "node7", "::ffff:10.0.0.5"])
def test_with_networks_named_no_order_leaves_them(ip: str) -> None:
    """AV13: a name could be any address."""
    with pytest.raises(UpstreamRefused, match="in none of the setting unit_networks: nothing was sent") as caught:
        node_url("E001", ip, ":4380/x", INSIDE)
    assert caught.value.sent is False


@pytest.mark.parametrize(
    ("ip", "host"),
    [("192.168.0.7", "192.168.0.7"), ("fd00::5", "[fd00::5]"), ("169.254.1.1", "169.254.1.1"),
     ("::ffff:192.168.0.7", "[::ffff:c0a8:7]")],
)  # fmt: skip
def test_what_lies_in_a_named_network_is_reached(ip: str, host: str) -> None:
    assert node_url("E001", ip, ":4380/x", INSIDE) in (f"http://{host}:4380/x", f"http://[{ip}]:4380/x")


@pytest.mark.parametrize("ip", ["10.0.0.5", "127.0.0.1", "::1", "fd00::5", "node7", "192.168.0.7"])
def test_without_networks_a_stop_reaches_wherever_a_node_can_be(ip: str) -> None:
    assert node_url("E001", ip, ":4380/x").endswith(":4380/x")


@pytest.mark.parametrize("ip", IPS)
@responses.activate
def test_a_node_whose_address_is_none_gets_no_order(ip: str | None) -> None:
    """Z4: the address is a text from the wire; what is no literal address and no plain host name is refused."""
    attempts: list[Callable[[Target], Any]] = [
        lambda target: drivers().command(target, ConverterStatus.WAIT, 0, 0),
        lambda target: drivers().ups_mode(target, 1),
        lambda target: drivers().read(target, "dcdc"),
    ]
    for attempt in attempts:
        with pytest.raises(UpstreamRefused) as caught:
            attempt(Target("E001", ip))
        assert caught.value.sent is False
        assert caught.value.sentence.startswith("E001 ")
        assert caught.value.sentence.isprintable()
    assert urls() == []


@pytest.mark.parametrize("devices", [emulator(), drivers()])
@pytest.mark.parametrize(
    ("body", "error_type"),
    [
        (None, UpstreamGarbled),
        ({}, UpstreamGarbled),
        ([], UpstreamGarbled),
        ({"status": "0x0041"}, UpstreamGarbled),
        ({"error": "no such unit"}, UpstreamRefused),
    ],
)
@responses.activate
def test_an_answer_that_is_no_converter_state_is_an_error(
    devices: Devices, body: object, error_type: type[UpstreamError]
) -> None:
    """It was sent, and what came of it is not known."""
    listing("E001")
    responses.get(f"{EMULATOR}/set/dcdc/E001", body=json.dumps(body))
    responses.get("http://192.168.0.7:4380/remote/set", body=json.dumps(body))
    with pytest.raises(error_type) as caught:
        devices.command(E001, ConverterStatus.CHARGE, 350, 1)
    assert caught.value.sent is True


@pytest.mark.parametrize("fault", ["500 with HTML", "empty", "HTML", "cut amid body", "reset"])
def test_a_faulty_emulator_is_one_error(fault: str) -> None:
    """K11: it answers an HTML page or nothing when an order went wrong; sent is never false then."""
    with FaultyServer({"/get/log": answering({"E001": UNIT}), "/set/dcdc/E001": FAULTS[fault]}) as server:
        with pytest.raises(UpstreamError) as caught:
            Emulator(server.url, *clients()).command(E001, ConverterStatus.CHARGE, 350, 1)
        assert len(server.seen("/set/dcdc/E001")) == 1
    assert caught.value.sent in (True, "unknown")
    assert caught.value.sentence.startswith("the emulator of E001 ")


@responses.activate
def test_an_order_without_an_answer_may_still_take_effect() -> None:
    """Converters have 10 s."""
    responses.get("http://192.168.0.7:4380/remote/set", body=requests.ReadTimeout())
    with pytest.raises(UpstreamTimeout, match=r"within 10 s; the order may still take effect$") as caught:
        drivers().command(E001, ConverterStatus.CHARGE, 350, 1)
    assert caught.value.sent == "unknown"


@pytest.mark.parametrize(
    ("what", "value"),
    [("unit", UNIT), ("dcdc", DCDC), ("meter", DCDC["meter"]), ("emu", UNIT["emu"]), ("oesunit", UNIT["oesunit"])],
)
@responses.activate
def test_readings_through_the_emulator(what: Any, value: object) -> None:
    """`?urgent=true` of R3-R6 and R22: the unit's data and its parts."""
    listing("E001")
    responses.get(f"{EMULATOR}/get/unit/E001", json=UNIT)
    assert emulator().read(E001, what) == value


@responses.activate
def test_a_part_that_the_emulator_lacks_is_not_readable() -> None:
    """N17: missing hardware is no fault; the caller then takes telemetry."""
    listing("E001")
    responses.get(f"{EMULATOR}/get/unit/E001", json={"dcdc": {"status": {}}})
    parts: list[Part] = ["emu", "oesunit", "meter"]
    for what in parts:
        with pytest.raises(NotReadable, match=f"no {what} of E001"):
            emulator().read(E001, what)


@pytest.mark.parametrize("body", [None, [], "No data", {"error": "x"}])
@responses.activate
def test_a_reading_of_another_shape_is_garbled(body: object) -> None:
    """Nothing is made of an answer that is no unit."""
    listing("E001")
    responses.get(f"{EMULATOR}/get/unit/E001", body=json.dumps(body))
    with pytest.raises(UpstreamGarbled):
        emulator().read(E001, "unit")


@responses.activate
def test_a_reading_of_an_unlisted_unit_is_refused() -> None:
    """K11 again."""
    listing("E001")
    with pytest.raises(UpstreamRefused, match="does not list E002"):
        emulator().read(Target("E002", None), "unit")


@pytest.mark.parametrize(("what", "suffix"), READING_URLS.items())
@responses.activate
def test_readings_of_a_node(what: Any, suffix: str) -> None:
    """A15-4: each has its address in the setting `url`."""
    responses.get(f"http://192.168.0.7{suffix}", json={"a": 1})
    assert drivers().read(E001, what) == {"a": 1}


@pytest.mark.parametrize("what", ["unit", "oesunit"])
def test_a_node_driver_knows_only_its_devices(what: Any) -> None:
    """The unit as a whole is known to apis-main alone."""
    with pytest.raises(NotReadable):
        drivers().read(E001, what)


def test_a_reading_without_an_address_is_not_readable() -> None:
    """The setting may leave one out."""
    with pytest.raises(NotReadable):
        NodeDrivers(":1/set?", {"dcdc": ""}, "", *clients()).read(E001, "dcdc")


@pytest.mark.parametrize("devices", [emulator(ups_set_url=":8080/1/ups1/operation/mode"), drivers()])
@pytest.mark.parametrize("mode", range(8))
@responses.activate
def test_a_ups_mode_is_put(devices: Devices, mode: int) -> None:
    """R23, A15-4."""
    answer = responses.put(
        "http://192.168.0.7:8080/1/ups1/operation/mode",
        json={"operation_mode": mode},
        match=[responses.matchers.json_params_matcher({"operation_mode": mode})],
    )
    assert devices.ups_mode(E001, mode) == {"operation_mode": mode}
    assert answer.call_count == 1


@responses.activate
def test_a_gateway_may_serve_the_ups_of_all_units() -> None:
    """For a simulated cluster, whose units have no address of their own."""
    responses.put("http://sim:1/E%2F1/ups1/operation/mode", body="")
    device = emulator(ups_set_url="http://sim:1/{id}/ups1/operation/mode")
    assert device.ups_mode(Target("E/1", None), 2) is None


@pytest.mark.parametrize("mode", [-1, 8, 1.0, True, "1", None])
@responses.activate
def test_what_is_no_ups_mode_never_leaves(mode: Any) -> None:
    """Q6: 0 to 7."""
    with pytest.raises(BadRequest):
        drivers().ups_mode(E001, mode)
    assert urls() == []


def test_without_a_ups_address_a_ups_mode_is_refused() -> None:
    """Z10."""
    for devices in (emulator(), drivers(ups_set_url="")):
        with pytest.raises(Refused, match="ups_set_url is empty"):
            devices.ups_mode(E001, 1)


@responses.activate
def test_a_ups_that_answers_an_error_has_refused() -> None:
    """Also with HTTP 200."""
    responses.put("http://192.168.0.7:8080/1/ups1/operation/mode", json={"error": "busy"})
    with pytest.raises(UpstreamRefused, match="the UPS of E001 refused: busy"):
        drivers().ups_mode(E001, 1)


def test_both_kinds_are_devices() -> None:
    """What stands in `X-Data-Source`."""
    kinds: list[Devices] = [emulator(), drivers()]
    assert [kind.source for kind in kinds] == ["emulator", "device"]
    assert issubclass(NotReadable, ControllerError)
