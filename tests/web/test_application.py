"""What no route can want is refused before it is routed: too long, too large, not UTF-8."""

import pytest

from main_controller.web import routes
from main_controller.web.guard import Guard
from main_controller.web.route import Handlers
from tests.web.client import Client, route


class Anything:
    def handlers(self) -> Handlers:
        return {route("/unit/{oesid}", in_path=(routes.PATH_UNIT,), order=True): lambda oesid: {"id": oesid}}


@pytest.fixture
def client() -> Client:
    return Client(Anything())


@pytest.mark.parametrize("target", ["/unit/" + "x" * 10240, "/unit/E001?x=" + "x" * 10240, "/" + "x" * 10240])
def test_an_address_of_ten_kilobytes_is_414(client: Client, target: str) -> None:
    answer = client.call(target)
    assert answer.status == 414
    assert len(answer.error) < 200


def test_a_body_over_64_kilobytes_is_413(client: Client) -> None:
    assert client.call("/unit/E001", "POST", body=b"x" * 65536).status == 200
    answer = client.call("/unit/E001", "POST", body=b"x" * 65537)
    assert answer.status == 413
    assert "65536" in answer.error


@pytest.mark.parametrize("target", ["/unit/E001%FF", "/unit/%C3", "/unit/%ED%A0%80", "/%FF"])
def test_a_path_that_is_not_utf8_meets_no_unit(client: Client, target: str) -> None:
    """Bottle would drop the wrong bytes and answer for E001 (Z7)."""
    assert client.call(target).status == 400


@pytest.mark.parametrize("target", ["/unit/E001%0A", "/unit/%00", "/unit/E0%0D%0A01", "/%0A", "/unit/E001%7F"])
def test_a_path_with_a_control_character_meets_no_unit(client: Client, target: str) -> None:
    """A route's pattern would match in spite of a newline at the end (Z7)."""
    answer = client.call(target)
    assert answer.status == 400
    assert answer.error.isprintable()


def test_a_path_in_utf8_arrives_whole(client: Client) -> None:
    assert client.call("/unit/%E5%AE%B6%2F1").json == {"id": "家/1"}


def test_a_strange_host_learns_not_even_which_routes_there_are(client: Client) -> None:
    for target in ("/unit/E001", "/nowhere", "/unit/%FF"):
        assert client.call(target, headers={"Host": "evil.example"}).status == 403


def test_a_fault_before_the_routes_is_json_too(caplog: pytest.LogCaptureFixture) -> None:
    class Broken(Guard):
        def admit(self, environ: object) -> None:
            raise RuntimeError("secret")

    answer = Client(Anything(), guard=Broken()).call("/unit/E001")
    assert answer.status == 500
    assert "secret" not in answer.error
    assert "secret" in caplog.text
