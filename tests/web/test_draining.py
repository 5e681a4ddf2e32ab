"""A program that ends lets answers in flight out and turns new requests away in its own form (Z20)."""

import json
import threading
from collections.abc import Iterable
from typing import Any
from wsgiref.util import is_hop_by_hop, setup_testing_defaults

from main_controller.web.draining import Draining


class Slow:
    """A WSGI application that answers when it is let."""

    def __init__(self) -> None:
        self.entered = threading.Event()
        self.go = threading.Event()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        self.entered.set()
        assert self.go.wait(5)
        start_response("200 OK", [])
        return [b"done"]


def call(app: Draining, **more: str) -> tuple[str, list[tuple[str, str]], bytes]:
    """One request."""
    environ: dict[str, Any] = {**more}
    setup_testing_defaults(environ)
    seen: list[Any] = []
    body = b"".join(app(environ, lambda status, headers: seen.extend((status, headers))))
    return seen[0], seen[1], body


def test_an_answer_in_flight_is_waited_for() -> None:
    slow = Slow()
    app = Draining(slow)
    answers: list[bytes] = []
    thread = threading.Thread(target=lambda: answers.append(call(app)[2]))
    thread.start()
    assert slow.entered.wait(5)
    app.close()
    assert not app.wait_empty(0.01)
    slow.go.set()
    assert app.wait_empty(5)
    thread.join(5)
    assert answers == [b"done"]


def test_a_new_request_is_turned_away_with_headers_that_a_server_accepts() -> None:
    """waitress refuses hop-by-hop headers of an application with a traceback."""
    app = Draining(Slow())
    app.close()
    status, headers, body = call(app)
    assert status.startswith("503")
    assert json.loads(body) == {"error": "The Main Controller is ending.", "sent": False}
    assert not [name for name, _ in headers if is_hop_by_hop(name)]


def test_a_page_in_another_language_is_told_the_code_of_the_refusal() -> None:
    app = Draining(Slow())
    app.close()
    told = json.loads(call(app, HTTP_APIS_SENTENCES="codes")[2])
    assert [(one["text"], one["code"]) for one in told["messages"]] == [(told["error"], "web.ending")]
