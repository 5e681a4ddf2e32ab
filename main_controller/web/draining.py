"""Owns how many requests are being answered, and turns new ones away once the program is told to end (Z20).

The outermost WSGI layer; the controller asks it when the last answer is out.
"""

import threading
from collections.abc import Callable, Iterable
from typing import Any

from main_controller.sentence import say
from main_controller.web.replies import COMMON_HEADERS, JSON, body_of
from main_controller.web.shapes.failure import failure_of


class Draining:
    """A WSGI callable around the application."""

    def __init__(self, app: Callable[..., Iterable[bytes]]) -> None:
        self._app = app
        self._changed = threading.Condition()  # protects the count
        self._count = 0
        self._closed = False

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer one request (WSGI); 503 once closed."""
        if self._closed:
            ending = failure_of(say("web.ending", "The Main Controller is ending."), {"sent": False})
            body = body_of(ending, environ)
            headers = {**COMMON_HEADERS, "Content-Type": JSON, "Content-Length": str(len(body))}
            start_response("503 Service Unavailable", list(headers.items()))
            return [body]
        with self._changed:
            self._count += 1
        try:
            return self._app(environ, start_response)
        finally:
            with self._changed:
                self._count -= 1
                self._changed.notify_all()

    def close(self) -> None:
        """Turn new requests away from here on."""
        self._closed = True

    def wait_empty(self, timeout: float) -> bool:
        """Wait until nothing is being answered, at most `timeout` s; whether that is so."""
        with self._changed:
            return self._changed.wait_for(lambda: self._count == 0, timeout)
