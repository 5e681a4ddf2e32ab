"""A command's parameters are read strictly: whatever could mean something else than it says is refused (Z3, Z7)."""

from typing import Any
from urllib.parse import quote

import bottle
import pytest

from main_controller.errors import BadRequest
from main_controller.web.kinds import TEXT, UNIT_ID
from main_controller.web.parameters import Parameters
from main_controller.web.route import Handlers, Parameter
from main_controller.web.routes import SIGNED
from tests.web.client import Client, route

ECHO = route(
    "/echo",
    order=True,
    parameters=(
        Parameter(name="value", kind=TEXT, says="", example="stop", required=True, may_be_empty=True),
        Parameter(name="unitId", kind=UNIT_ID, says="", example="E001"),
    ),
)
NAMED = route("/named", parameters=(Parameter(name="name", kind=TEXT, says="", example="anna", required=True),))


class Echo:
    """A command that answers its parameters."""

    def handlers(self) -> Handlers:
        return {ECHO: self.echo}

    def echo(self) -> dict[str, Any]:
        return Parameters.of(bottle.request).read(ECHO)


@pytest.fixture
def client() -> Client:
    return Client(Echo())


def test_parameters_come_from_the_query_or_a_form(client: Client) -> None:
    expected = {"value": "stop", "unitId": "E001"}
    assert client.call("/echo?value=stop&unitId=E001").json == expected
    assert client.call("/echo?value=stop&unitId=E001", "POST").json == expected
    assert client.call("/echo", "POST", body=b"value=stop&unitId=E001").json == expected
    assert client.call("/echo?value=stop", "POST", body=b"unitId=E001").json == expected


def test_unicode_blanks_and_an_allowed_empty_value_are_kept(client: Client) -> None:
    assert client.call(f"/echo?value=&unitId={quote('家 1')}").json == {"value": "", "unitId": "家 1"}


@pytest.mark.parametrize("unit_id", ["A/1", " ", "\u3000", "50%#?+&", "'\"", "..", "\U0001f3e0\u200d\U0001f525"])
def test_a_unit_can_be_named_whatever_its_id_is_made_of(client: Client, unit_id: str) -> None:
    """H10: what is shown can be ordered."""
    assert client.call(f"/echo?value=stop&unitId={quote(unit_id, safe='')}").json["unitId"] == unit_id
    assert client.call("/echo?value=stop", "POST", body=f"unitId={quote(unit_id, safe='')}".encode()).status == 200


def test_the_wide_blank_of_japanese_keyboards_is_no_control_character(client: Client) -> None:
    name = "佐藤\u3000一郎"
    assert client.call(f"/echo?value={quote(name)}").json == {"value": name}


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("", "value"),
        ("unitId=E001", "value"),
        ("value=stop&unitID=E001", "unitID"),
        ("value=stop&callback=f", "callback"),
        ("value=stop&unitId=", "unitId"),
        ("value=stop&unitId", "unitId"),
        ("value=stop&value=stop", "value"),
        ("value=stop&unitId=E001&unitId=E002", "unitId"),
        ("value=stop%00", "value"),
        ("value=st%0Aop", "value"),
        ("value=%E2%80%AEstop", "value"),
        ("value=stop&unitId=E1%0A", "unitId"),
        ("value=stop&unitId=E1%E2%80%AE", "unitId"),
        ("value=stop&unitId=E1%E2%80%A8", "unitId"),
        ("value=%FF", "UTF-8"),
        ("value=%ED%A0%80", "UTF-8"),
        ("value=" + "x" * 257, "value"),
        ("&".join(f"p{number}=1" for number in range(40)), "32"),
        ("value=stop;unitId=E001&unitId2=3", "unitId2"),
        ("=stop", "''"),
    ],
)
def test_what_is_unknown_missing_doubled_or_hidden_is_refused(client: Client, query: str, named: str) -> None:
    for answer in (client.call(f"/echo?{query}"), client.call("/echo", "POST", body=query.encode() or b"&")):
        assert answer.status == 400
        assert named in answer.error
        assert len(answer.error) < 300


def test_a_name_in_query_and_body_is_refused(client: Client) -> None:
    assert client.call("/echo?value=stop", "POST", body=b"value=stop").status == 400


@pytest.mark.parametrize(
    ("method", "headers", "body"),
    [
        ("GET", {}, b"value=stop"),
        ("POST", {"Content-Type": "application/json"}, b'{"value": "stop"}'),
        ("POST", {"Content-Type": "multipart/form-data; boundary=x"}, b"--x--"),
        ("POST", {}, b"value=\xff"),
        ("POST", {}, b"value=%FF"),
    ],
)
def test_a_body_of_another_kind_is_refused(client: Client, method: str, headers: dict[str, str], body: bytes) -> None:
    assert client.call("/echo", method, headers=headers, body=body).status == 400


@pytest.mark.parametrize("text", ["佐藤", "café", "家\u3000族", "a%E4%BD%90藤"])
def test_bytes_of_a_body_that_are_not_escaped_are_read_as_utf_8(text: str) -> None:
    """M14: as curl and many a script send them."""
    assert Parameters("", f"value={text}".encode()).get("value") == text.replace("%E4%BD%90", "佐")


SIGN = route("/sign", parameters=(*SIGNED, Parameter(name="unitId", kind=UNIT_ID, says="", example="E001")))


@pytest.mark.parametrize(
    ("typed", "kept"), [("Sato%20", "Sato"), ("%E3%81%8B%E3%82%99", "が"), ("%E4%BD%90%E3%80%80%E8%97%A4", "佐 藤"),
                        ("%F0%B2%8E%B0", "\U000323b0"), ("%EE%80%80", "\ue000")]
)  # fmt: skip
def test_names_and_reasons_are_read_as_they_read_and_ids_as_they_are(typed: str, kept: str) -> None:
    """M14, M15: letters that this Python does not know were control characters."""
    read = Parameters(f"name={typed}&reason=%20{typed}&unitId=%20E1%20").read(SIGN)
    assert read == {"name": kept, "reason": kept, "unitId": " E1 "}


@pytest.mark.parametrize(
    "value", ["a%0Ab", "a%09b", "%E2%80%AEa", "%1Ba", "%C2%85", "%E2%80%8B", "%20", "%EF%B7%BA" * 80]
)
def test_a_name_that_steers_shows_nothing_or_has_no_end_is_refused(value: str) -> None:
    with pytest.raises(BadRequest, match="'name'"):
        Parameters(f"name={value}&reason=x").read(SIGN)


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        (
            "name=%E2%80%AEa&reason=x",
            "The parameter 'name' holds a character that turns the direction of text (U+202E).",
        ),
        ("unitId=E1%E2%81%A7", "The parameter 'unitId' holds a character that turns the direction of text (U+2067)."),
        ("name=a%0Ab&reason=x", "The parameter 'name' holds a control character."),
    ],
)
def test_a_refused_character_is_called_what_it_is(query: str, sentence: str) -> None:
    with pytest.raises(BadRequest) as refused:
        Parameters(query).read(SIGN)
    assert refused.value.sentence == sentence


def test_a_name_with_a_control_character_is_shown_safely() -> None:
    with pytest.raises(BadRequest) as refused:
        Parameters("a%0Ab=1").read(NAMED)
    assert "\n" not in refused.value.sentence


@pytest.mark.parametrize("blanks", [31, 32, 33, 200])
def test_empty_places_hide_no_parameter_and_join_none(blanks: int) -> None:
    """A stop's unit in the last place would else be part of another's name or value, and the cluster be stopped."""
    read = Parameters("&" * blanks + "name=anna&unitId=E001", b"&" * blanks + b"reason=fuse")
    assert (read.get("name"), read.get("unitId"), read.get("reason")) == ("anna", "E001", "fuse")
    assert read.names_a_unit()


def test_a_value_of_blanks_alone_is_empty() -> None:
    """A lock under a name of blanks could be taken off by nobody who reads it."""
    with pytest.raises(BadRequest, match="'name' is empty"):
        Parameters("name=%20%20").read(NAMED)
