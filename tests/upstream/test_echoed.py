"""A peer that repeats what it was sent to let us in: no sentence has it, in whichever form and place (SECURITY.md)."""

import base64
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
import responses

from main_controller.domain.modes import ConverterStatus, Mode
from main_controller.errors import UpstreamError
from main_controller.upstream.apis_web import ApisWeb
from main_controller.upstream.devices import Target
from main_controller.upstream.emulator import Emulator
from main_controller.upstream.http_json import HttpJson
from main_controller.upstream.secrets_file import Credentials

BASIC = base64.b64encode("console:pä/ss+wörd".encode()).decode()
TOKEN = "eyJhbGciOi.J9~x-y_z"
HOST = "http://web:43830"
UNIT = {"dcdc": {"status": {"status": "0x0000"}}}
ECHOES = {
    "password": ("pä/ss+wörd", "wörd"),
    "name and password": ("console:pä/ss+wörd", "wörd"),
    "in an address": (quote("pä/ss+wörd", safe=""), "%B6rd"),
    "the header": (f"Authorization: Basic {BASIC}", BASIC.rstrip("=")),
    "the header in an address": (quote(BASIC, safe=""), BASIC[:20]),
    "bearer": (f"Bearer {TOKEN}", TOKEN),
    "bearer in an address": (quote(TOKEN, safe=""), TOKEN[:9]),
}
"""What is repeated, and what of it would be a secret told."""


def clients() -> tuple[HttpJson, HttpJson]:
    sent = Credentials({("http", "web", 43830): f"Basic {BASIC}", ("http", "unit", 80): f"Bearer {TOKEN}"})
    readings, orders = (
        HttpJson(reuse_connections=reuse, user_agent="test", credentials=sent) for reuse in (True, False)
    )
    return readings, orders


def apis_web() -> ApisWeb:
    return ApisWeb(HOST, HOST, *clients())


def converter() -> Emulator:
    found = Emulator(HOST, *clients(), ups_set_url="/ups")
    responses.get(f"{HOST}/get/log", json={"E001": UNIT})
    found.refresh()
    return found


def refused_mode() -> object:
    apis_web().set_global_mode(Mode.STOP)
    return None


def other_than_wanted() -> object:
    return apis_web().deals()


def told_status() -> object:
    return apis_web().status().error


def refused_order() -> object:
    return converter().command(Target("E001", "10.0.0.7"), ConverterStatus.WAIT, 0, 0)


PLACES: dict[str, tuple[str, dict[str, Any], Callable[[], object]]] = {
    "an order refused": ("/setOperationMode", {"json": {"succeeded": False, "error": "no: ECHO!"}}, refused_mode),
    "a failure": ("/setOperationMode", {"json": {"error": {"got": ["ECHO"]}}, "status": 500}, refused_mode),
    "an answer of another shape": ("/deals", {"json": {"x": "ECHO"}}, other_than_wanted),
    "the status' error": ("/getStatus", {"json": {"active": True, "error": "ECHO"}}, told_status),
    "a converter's refusal": ("/set/dcdc/E001", {"json": {"error": "ECHO"}}, refused_order),
}


def put_in(value: Any, echo: str) -> Any:
    """The value with this in the place of ECHO."""
    if isinstance(value, dict):
        return {name: put_in(one, echo) for name, one in value.items()}
    if isinstance(value, list):
        return [put_in(one, echo) for one in value]
    return value.replace("ECHO", echo) if isinstance(value, str) else value


@pytest.mark.parametrize(("echo", "secret"), ECHOES.values(), ids=ECHOES)
@pytest.mark.parametrize(("path", "answer", "asks"), PLACES.values(), ids=PLACES)
@responses.activate
def test_no_sentence_has_it(
    path: str, answer: dict[str, Any], asks: Callable[[], object], echo: str, secret: str
) -> None:
    responses.get(f"{HOST}{path}", **{**answer, "json": put_in(answer["json"], echo)})
    try:
        said = str(asks())
    except UpstreamError as error:
        said = error.sentence
    assert "[removed]" in said
    assert secret not in said


@responses.activate
def test_a_ups_refusal_has_it_neither() -> None:
    responses.put("http://10.0.0.7/ups", json={"error": f"no: Bearer {TOKEN}"})
    with pytest.raises(UpstreamError, match=r"refused: no: Bearer \[removed\]$"):
        converter().ups_mode(Target("E001", "10.0.0.7"), 1)


@responses.activate
def test_a_coding_that_is_one_is_not_told_either() -> None:
    responses.get(f"{HOST}/deals", json=[], headers={"Content-Encoding": f"x-{TOKEN}"})
    with pytest.raises(UpstreamError, match="in the coding x-") as caught:
        apis_web().deals()
    assert TOKEN not in caught.value.sentence


@responses.activate
def test_half_a_secret_at_the_end_of_what_is_shown_is_none() -> None:
    """What is too long is cut after the secrets were taken out."""
    for before in range(150, 200, 7):
        responses.get(f"{HOST}/getStatus", json={"active": True, "error": "x" * before + TOKEN})
        assert TOKEN[:4] not in str(apis_web().status().error)
        responses.reset()
