"""ApisWeb at the HTTP seam: exact requests, every shape of answer, nothing sent that is no word (W1-W10, Z7)."""

import json
from collections.abc import Callable
from typing import Any

import pytest
import requests
import responses
from responses import matchers

from main_controller.domain.modes import ConverterStatus, Mode
from main_controller.errors import BadRequest, UpstreamError, UpstreamGarbled, UpstreamRefused, UpstreamTimeout
from main_controller.upstream.apis_web import ApisWeb, GridStatus
from main_controller.upstream.http_json import HttpJson
from main_controller.upstream.timeouts import TIMEOUTS
from tests.faulty_server import FAULTS, ODDITIES, UNITS, FaultyServer, refusing_url

BUDO = "http://apis:43830"
EMUL = "http://apis:43900"


def client(budo_url: str = BUDO, emul_url: str = EMUL) -> ApisWeb:
    readings = HttpJson(reuse_connections=True, user_agent="test")
    return ApisWeb(budo_url, emul_url, readings, HttpJson(reuse_connections=False, user_agent="test"))


READINGS: dict[str, Callable[[ApisWeb], Any]] = {
    "/get/log": ApisWeb.log,
    "/unitIds": ApisWeb.unit_ids,
    "/deals": ApisWeb.deals,
    "/getStatus": ApisWeb.status,
}
ORDERS: dict[str, Callable[[ApisWeb], Any]] = {
    "/setOperationMode?value=autonomous": lambda apis: apis.set_global_mode(Mode.AUTONOMOUS),
    "/setOperationMode?value=heteronomous": lambda apis: apis.set_global_mode(Mode.HETERONOMOUS),
    "/setOperationMode?value=stop": lambda apis: apis.set_global_mode(Mode.STOP),
    "/setOperationMode?value=manual": lambda apis: apis.set_global_mode(Mode.MANUAL),
    "/setOperationMode?unitId=E003&value=stop": lambda apis: apis.set_local_mode("E003", Mode.STOP),
    "/setOperationMode?unitId=E003&value=heteronomous": lambda apis: apis.set_local_mode("E003", Mode.HETERONOMOUS),
    "/setOperationMode?unitId=E003&value=": lambda apis: apis.set_local_mode("E003", None),
    "/shutdown": lambda apis: apis.shutdown(None),
    "/shutdown?unitId=E003": lambda apis: apis.shutdown("E003"),
}
BUDO_ORDERS = ["active", "quiet", "stop", "manual"]


@responses.activate
def test_readings_come_as_the_recordings_have_them() -> None:
    """W3, W4, W5, W10."""
    apis = client()
    responses.get(f"{EMUL}/get/log", body=json.dumps(UNITS) + "\n")
    responses.get(f"{BUDO}/unitIds", json=["E002", "E001", "E002"])
    responses.get(f"{BUDO}/deals", json=[{"requester": "E001", "other": 1}])
    log = apis.log()
    assert log.units == UNITS
    assert log.raw == (json.dumps(UNITS) + "\n").encode()
    assert (log.nulled, log.duplicates) == ((), frozenset())
    assert apis.unit_ids() == ("E002", "E001")
    assert apis.deals() == [{"requester": "E001", "other": 1}]


@responses.activate
def test_empty_answers_are_answers() -> None:
    """K7, K8: without a Grid Master they are empty, and it is the callers who know what that means."""
    apis = client()
    responses.get(f"{EMUL}/get/log", json={})
    responses.get(f"{BUDO}/unitIds", json=[])
    responses.get(f"{BUDO}/deals", json=[])
    assert (apis.log().units, apis.unit_ids(), apis.deals()) == ({}, (), [])


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"active": True}, GridStatus(True, None)),
        ({"active": False}, GridStatus(False, None)),
        ({"active": False, "error": "(NO_HANDLERS,-1) No handlers"}, GridStatus(False, "(NO_HANDLERS,-1) No handlers")),
        ({"error": "x"}, GridStatus(None, "x")),
        ({"active": "yes", "error": "x\r\ny"}, GridStatus(None, "x y")),
    ],
)
@responses.activate
def test_the_grid_status_keeps_error_and_answer_apart(body: object, status: GridStatus) -> None:
    """Z6: `active: false` means one thing without `error` and nothing with it."""
    responses.get(f"{BUDO}/getStatus", json=body)
    assert client().status() == status


WRONG_SHAPES = {
    "/get/log": ["null", "string", "number", "true", "list", "list of lists"],
    "/unitIds": ["null", "string", "number", "true", "list", "list of lists", "empty object"],
    "/deals": ["null", "string", "number", "true", "list", "list of lists", "empty object"],
    "/getStatus": ["null", "string", "number", "true", "list", "list of lists", "empty object"],
}


@pytest.mark.parametrize(("path", "fault"), [(path, fault) for path, all_ in WRONG_SHAPES.items() for fault in all_])
def test_json_of_another_shape_is_garbled(path: str, fault: str) -> None:
    """Each reading takes its own shape only; the sentence names call and what was wanted."""
    with FaultyServer({path: FAULTS[fault]}) as server, pytest.raises(UpstreamGarbled) as caught:
        READINGS[path](client(server.url, server.url))
    assert caught.value.sentence.startswith(f"apis-web answered {path} with something other than ")
    assert caught.value.sentence.isprintable()


@pytest.mark.parametrize("path", READINGS)
@pytest.mark.parametrize(
    "fault", ["500 with HTML", "HTML", "empty", "bad UTF-8", "cut amid chunks", "closed", "redirect"]
)
def test_a_broken_reading_names_its_call(path: str, fault: str) -> None:
    """Whatever breaks, it is an UpstreamError that names call and address."""
    with FaultyServer({path: FAULTS[fault]}) as server, pytest.raises(UpstreamError) as caught:
        READINGS[path](client(server.url, server.url))
    assert caught.value.sentence.startswith("apis-web ")
    assert f"{path} at {server.url}" in caught.value.sentence


def test_odd_units_come_through() -> None:
    """Z4: duplicates and fields that were nulled are told, with everything else in place."""
    with FaultyServer({"/get/log": ODDITIES["duplicate ids"]}) as server:
        assert client(server.url, server.url).log().duplicates == {"E001"}
        server.answers["/get/log"] = ODDITIES["NaN"]
        log = client(server.url, server.url).log()
        assert log.nulled == ("E002.dcdc.meter.vg",)
        assert log.units["E001"] == UNITS["E001"]


@pytest.mark.parametrize("target", ORDERS)
@responses.activate
def test_an_order_is_exactly_the_request_that_was_recorded(target: str) -> None:
    """W1, W2: the path, the parameters, nothing more."""
    responses.get(f"{BUDO}{target}", json={"succeeded": True}, match=[matchers.header_matcher({"Connection": "close"})])
    ORDERS[target](client())
    assert [call.request.url for call in responses.calls] == [f"{BUDO}{target}"]


@pytest.mark.parametrize("target", ORDERS)
@pytest.mark.parametrize(
    ("body", "error_type", "said"),
    [
        (
            {"succeeded": False, "error": "(NO_HANDLERS,-1) No handlers for E999"},
            UpstreamRefused,
            "No handlers for E999",
        ),
        ({"succeeded": False}, UpstreamRefused, "no reason"),
        ({"succeeded": True, "error": "but"}, UpstreamRefused, "but"),
        ({"succeeded": "true"}, UpstreamRefused, "no reason"),
        ({"succeeded": 1}, UpstreamRefused, "no reason"),
        ({"error": "x"}, UpstreamRefused, "x"),
        ({}, UpstreamGarbled, "whether it succeeded"),
        ([], UpstreamGarbled, "whether it succeeded"),
        (None, UpstreamGarbled, "whether it succeeded"),
        ({"active": True}, UpstreamGarbled, "whether it succeeded"),
    ],
)
@responses.activate
def test_only_succeeded_true_is_success(target: str, body: object, error_type: type[UpstreamError], said: str) -> None:
    """Z7: apis-web's refusal is an error that was sent, with apis-web's own text."""
    responses.get(f"{BUDO}{target}", body=json.dumps(body))
    with pytest.raises(error_type, match=said) as caught:
        ORDERS[target](client())
    assert caught.value.sent is True


@pytest.mark.parametrize("status", BUDO_ORDERS)
@pytest.mark.parametrize("active", [True, False])
@responses.activate
def test_a_budo_word_answers_whether_sharing_is_active(status: str, active: bool) -> None:
    """W6-W9."""
    responses.get(f"{BUDO}/{status}", json={"active": active})
    assert client().budo(status) is active


@pytest.mark.parametrize(
    ("body", "error_type"),
    [
        ({"active": False, "error": "no Grid Master"}, UpstreamRefused),
        ({"error": "x"}, UpstreamRefused),
        ({}, UpstreamGarbled),
        ({"active": None}, UpstreamGarbled),
        ([True], UpstreamGarbled),
    ],
)
@responses.activate
def test_a_budo_word_with_an_error_is_refused(body: object, error_type: type[UpstreamError]) -> None:
    """K3: on failure it answers `active: false` with an error, which is no answer to the order."""
    responses.get(f"{BUDO}/stop", json=body)
    with pytest.raises(error_type) as caught:
        client().budo("stop")
    assert caught.value.sent is True


NOT_WORDS: list[Callable[[ApisWeb], Any]] = [
    lambda apis: apis.budo("run"),
    lambda apis: apis.budo(""),
    lambda apis: apis.budo("Active"),
    lambda apis: apis.budo("shutdown"),
    lambda apis: apis.budo("stop?x=1"),
    lambda apis: apis.set_global_mode("run"),  # type: ignore[arg-type]
    lambda apis: apis.set_global_mode("stop"),  # type: ignore[arg-type]
    lambda apis: apis.set_global_mode(None),  # type: ignore[arg-type]
    lambda apis: apis.set_global_mode(ConverterStatus.WAIT),  # type: ignore[arg-type]
    lambda apis: apis.set_local_mode("E001", Mode.AUTONOMOUS),
    lambda apis: apis.set_local_mode("E001", Mode.MANUAL),
    lambda apis: apis.set_local_mode("E001", ""),  # type: ignore[arg-type]
    lambda apis: apis.set_local_mode("", Mode.STOP),
    lambda apis: apis.set_local_mode("E001\n", Mode.STOP),
    lambda apis: apis.set_local_mode("E\x00001", None),
    lambda apis: apis.set_local_mode("E" * 10_000, None),
    lambda apis: apis.set_local_mode("\ud800", None),
    lambda apis: apis.shutdown(""),
    lambda apis: apis.shutdown("E" * 257),
]


@pytest.mark.parametrize("order", NOT_WORDS)
@responses.activate
def test_nothing_but_the_closed_vocabularies_ever_leaves(order: Callable[[ApisWeb], Any]) -> None:
    """K3, Z7: apis-web would take a misspelt mode for an order to stop the cluster."""
    with pytest.raises(BadRequest, match="nothing was sent"):
        order(client())
    assert len(responses.calls) == 0


@responses.activate
def test_a_hostile_unit_id_stays_one_parameter() -> None:
    """It can neither add a parameter nor leave its path."""
    responses.get(f"{BUDO}/shutdown", json={"succeeded": True})
    client().shutdown("E001&unitId=/../é")
    assert responses.calls[0].request.url == f"{BUDO}/shutdown?unitId=E001%26unitId%3D%2F..%2F%C3%A9"


@pytest.mark.parametrize("target", [*ORDERS, *(f"/{status}" for status in BUDO_ORDERS)])
@responses.activate
def test_an_order_without_an_answer_may_still_take_effect(target: str) -> None:
    """The 504 of an order says so, as apis-web's event bus may take 30 s (K7)."""
    responses.get(f"{BUDO}{target}", body=requests.ReadTimeout())
    with pytest.raises(UpstreamTimeout, match=r"within 15 s; the order may still take effect$") as caught:
        ORDERS[target](client()) if target in ORDERS else client().budo(target[1:])
    assert (caught.value.sent, caught.value.status) == ("unknown", 504)


@responses.activate
def test_a_reading_without_an_answer_promises_nothing() -> None:
    """Only orders take effect."""
    responses.get(f"{BUDO}/deals", body=requests.ReadTimeout())
    with pytest.raises(UpstreamTimeout) as caught:
        client().deals()
    assert caught.value.sentence == f"apis-web did not answer /deals at {BUDO} within 5 s"


def test_a_refused_order_was_not_sent() -> None:
    """Z8a: definitely not, so that a schedule may try again (Z12)."""
    with refusing_url() as url, pytest.raises(UpstreamError) as caught:
        client(url, url).budo("stop")
    assert caught.value.sent is False


def test_the_table_of_timeouts_is_the_one_agreed() -> None:
    """Reads 2 s to connect and 5 s in all, modes and shutdown 15 s, converters and UPSs 10 s."""
    assert {name: (row.connect, row.total) for name, row in TIMEOUTS.items()} == {
        "log": (2, 5),
        "unitIds": (2, 5),
        "deals": (2, 5),
        "status": (2, 5),
        "deviceReading": (2, 5),
        "mode": (2, 15),
        "budo": (2, 15),
        "shutdown": (2, 15),
        "converter": (2, 10),
        "ups": (2, 10),
    }
