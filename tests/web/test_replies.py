"""Every failure is one JSON sentence with a true status; nothing of our inside ever shows (Z1, R24, L4, L6, T30)."""

import logging
import math
from typing import Any

import pytest

from main_controller.errors import ControllerError, NoDataYet, Refused, UpstreamRefused, UpstreamTimeout
from main_controller.sentence import foreign, say
from main_controller.web.replies import shown, to_json
from main_controller.web.route import Given, Handlers
from tests.web.client import Client, route


class Routes:
    """A route that does what it is told, as a poll, as a call and as a command."""

    def __init__(self, outcome: Any = None) -> None:
        self.outcome = outcome

    def handlers(self) -> Handlers:
        return {
            route("/poll", polled=True): self.act,
            route("/call"): self.act,
            route("/order", order=True): self.act,
        }

    def act(self, given: Given | None = None) -> Any:
        if isinstance(self.outcome, Exception):
            raise self.outcome
        return self.outcome


@pytest.mark.parametrize("value", [{}, [], {"a": None}, "text", 0, None, False, [{"E001": 1.5}]])
def test_whatever_a_route_returns_is_json(value: Any) -> None:
    answer = Client(Routes(value)).call("/call")
    assert answer.status == 200
    assert answer.json == value
    assert answer.headers["content-length"] == str(len(answer.body))


def test_every_reply_carries_the_protecting_headers() -> None:
    client = Client(Routes({}))
    for path in ("/call", "/nowhere"):
        headers = client.call(path).headers
        policy = headers["content-security-policy"].split("; ")
        own = {"default-src 'self'", "object-src 'none'", "base-uri 'none'", "form-action 'self'"}
        assert own | {"frame-ancestors 'self'"} == set(policy)
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["apis-answered-by"] == "main-controller"
        assert headers["referrer-policy"] == "same-origin"
        assert headers["cache-control"] == "no-store"


def test_an_error_is_its_sentence_its_details_its_status_and_its_headers() -> None:
    answer = Client(Routes(Refused(foreign("Not now."), details={"rules": []}))).call("/call")
    assert (answer.status, answer.json) == (409, {"error": "Not now.", "rules": []})
    answer = Client(Routes(NoDataYet(foreign("Wait."), retry_after=7))).call("/call")
    assert (answer.status, answer.headers["retry-after"]) == (503, "7")


def test_who_asks_for_codes_gets_those_of_every_sentence_in_the_answer() -> None:
    """A Japanese page says them by their codes; who does not ask sees nothing new."""
    late = say("unit.late", "{unit} is late.", unit="E001")
    client = Client(Routes(Refused(late, details={"file": foreign("busy")})))
    plain = client.call("/call").json
    assert plain == {"error": "E001 is late.", "file": "busy"}
    answer = client.call("/call", headers={"APIS-Sentences": "codes"})
    message = {"text": "E001 is late.", "code": "unit.late", "parameters": {"unit": "E001"}}
    assert answer.json == {**plain, "messages": [message]}
    assert Client(Routes([late])).call("/call", headers={"APIS-Sentences": "codes"}).json == ["E001 is late."]


def test_only_the_error_of_an_order_says_whether_it_was_sent() -> None:
    """Z8a."""
    client = Client(Routes(UpstreamTimeout(foreign("Too late."), sent="unknown")))
    assert client.call("/order").json == {"error": "Too late.", "sent": "unknown"}
    assert client.call("/poll").json == {"error": "Too late."}
    assert client.call("/poll").status == 504


def test_what_nobody_foresaw_is_one_sentence_and_a_traceback_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        answer = Client(Routes(KeyError("secret"))).call("/call")
    assert answer.status == 500
    assert "secret" not in answer.error
    assert "KeyError: 'secret'" in caplog.text


def test_an_unknown_route_is_404_and_an_error_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    """R24."""
    answer = Client(Routes()).call("/get/nothing?x=1")
    assert (answer.status, answer.error) == (404, "There is no route '/get/nothing'.")
    [record] = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert "GET '/get/nothing?x=1' from 127.0.0.1" in record.getMessage()


@pytest.mark.parametrize(
    ("path", "allow"), [("/call", "GET, HEAD"), ("/order", "GET, POST")], ids=["reading", "command"]
)
def test_a_wrong_method_is_405_in_json_and_names_the_right_ones(path: str, allow: str) -> None:
    answer = Client(Routes({})).call(path, "DELETE")
    assert (answer.status, answer.headers["allow"]) == (405, allow)
    assert "'DELETE'" in answer.error


def test_a_reading_takes_head_and_sends_no_body() -> None:
    answer = Client(Routes({"a": 1})).call("/call", "HEAD")
    assert (answer.status, answer.body, answer.headers["content-length"]) == (200, b"", "7")


@pytest.mark.parametrize("target", ["/<script>", "/%C2%85log", "/" + "x" * 5000, "/%E5%AE%B6", "/%E2%80%AE"])
def test_a_hostile_path_is_shown_short_and_harmless(target: str, caplog: pytest.LogCaptureFixture) -> None:
    answer = Client(Routes()).call(target)
    assert answer.status == 404
    assert len(answer.error) < 200
    assert answer.error.isprintable()
    assert all("\n" not in record.getMessage() and len(record.getMessage()) < 600 for record in caplog.records)


def test_polls_are_logged_at_debug_and_calls_at_info(caplog: pytest.LogCaptureFixture) -> None:
    """T30, L6: a call is logged when it comes and when it is done."""
    with caplog.at_level(logging.INFO):
        Client(Routes({})).call("/poll")
        assert caplog.records == []
        Client(Routes({})).call("/call")
    came, done = [record.getMessage() for record in caplog.records]
    assert came == "GET '/call' from 127.0.0.1"
    assert done.startswith("GET '/call' from 127.0.0.1: 200 in ")


def test_a_communication_that_failed_is_an_error_in_the_log_unless_a_poll_repeats_it(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """L4; the collectors tell the outage once, so that polls need not."""
    client = Client(Routes(UpstreamRefused(foreign("apis-web said no."))))
    with caplog.at_level(logging.INFO):
        client.call("/poll")
        assert caplog.records == []
        client.call("/order")
    assert [record.levelname for record in caplog.records] == ["INFO", "ERROR", "INFO"]


def test_numbers_that_json_cannot_say_are_null_and_odd_text_is_escaped() -> None:
    assert to_json([math.nan, math.inf]) == b"[null,null]"
    assert to_json("\ud800") == b'"\\ud800"'


def test_shown_text_is_quoted_cut_and_printable() -> None:
    assert shown("E001") == "'E001'"
    assert shown("a\nb\0") == "'a\\nb\\x00'"
    assert shown("x" * 500) == "'" + "x" * 80 + "...'"


def test_every_kind_of_error_reaches_the_caller_with_its_own_status() -> None:
    kinds: list[type[ControllerError]] = [ControllerError, *ControllerError.__subclasses__()]
    for kind in kinds:
        assert Client(Routes(kind(foreign("So.")))).call("/call").status == kind.status
