"""Owns the WSGI application: the Bottle app with our replies, our guard and every part's routes.

Built by the controller, served by waitress. Everything that goes wrong before a route is reached is answered here.
"""

from collections.abc import Callable, Iterable, Mapping, MutableMapping
from time import monotonic
from types import MappingProxyType
from typing import Any, Protocol

import bottle

from main_controller.errors import AddressTooLong, BadRequest, ControllerError, TooLarge
from main_controller.sentence import say
from main_controller.web.caller import NOBODY_TRUSTED, Callers, note_caller
from main_controller.web.guard import Guard
from main_controller.web.parameters import Parameters, form_in, values_in_path
from main_controller.web.replies import Replied, Replies, error_reply
from main_controller.web.route import Handler, Handlers, Route
from main_controller.web.stopping import stops

MAX_ADDRESS = 8192
"""The longest path with its query, in bytes."""

MAX_BODY = 65536
"""The largest request body, in bytes."""


FORM_ALONE = say("web.formAlone", "Send what belongs here in the body alone: addresses are kept in logs.")

AT_ONCE = 1 << 18
"""The largest reply (bytes) that the server's own thread hands out: what a connection may have outstanding."""


class Hot(Protocol):
    """A reading that pages ask for again and again."""

    def answer(self, environ: Mapping[str, Any]) -> tuple[int, list[tuple[str, str]], bytes]:
        """Status (200 or 304), headers and body; raises ControllerError."""

    def size(self, query: str) -> int | None:
        """How long (bytes) the reply is at most, where it is made of what is there; None where it must be made."""


class Part(Protocol):
    """A part of the web side that answers routes."""

    def handlers(self) -> Handlers:
        """What answers each of its routes."""


Explain = Callable[[ControllerError], bottle.HTTPResponse]
"""Makes the page that tells a person why what was asked for cannot be shown."""


class Application:
    """A WSGI callable that answers the routes of `parts`, each as it is declared.

    `hot` are readings by their route whose GET is answered without Bottle's routing: pages ask for them far more often
    than for all others together. On an error the request takes the normal routing, which forms it. `replied` is told
    how long each reply took. `pages` are the routes that tell a browser why they show nothing by a page and
    not by JSON, each with what makes it. `callers` tells who calls over which proxies.
    """

    def __init__(
        self,
        guard: Guard,
        parts: Iterable[Part],
        *,
        hot: Mapping[Route, Hot] = MappingProxyType({}),
        replied: Replied = lambda route, status, seconds: None,
        pages: Mapping[Route, Explain] = MappingProxyType({}),
        callers: Callers = NOBODY_TRUSTED,
    ) -> None:
        self._guard = guard
        self._callers = callers
        self._pages = {route.path: explain for route, explain in pages.items()}
        self._hot = {route.path: (route.name, one) for route, one in hot.items()}
        self._replied = replied
        self._app = bottle.Bottle()
        self._app.uninstall(True)  # Bottle's own JSON and template plugins: replies.py is the one place
        self._app.install(Replies(replied=replied))
        self._app.install(guard)
        self._app.add_hook("before_request", self._admit)
        for part in parts:
            for route, handler in part.handlers().items():
                answer = handler if route.order else self._reading(route, handler)
                self._app.route(route.rule, list(route.methods), answer, declared=route)

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer one request (WSGI)."""
        note_caller(environ, self._callers)
        hot = self._hot.get(environ["PATH_INFO"])
        if hot is not None and environ["REQUEST_METHOD"] == "GET":
            name, reading = hot
            began = monotonic()
            try:
                self._guard.admit(environ)
                check_size(environ)
                self._guard.permit_polled(environ)
                status, headers, body = reading.answer(environ)
            except ControllerError:
                pass  # answered below, by the one place that turns errors into replies
            else:
                self._replied(name, status, monotonic() - began)
                if status != 200:
                    start_response("304 Not Modified", headers)
                    return ()
                headers.append(("Content-Length", str(len(body))))
                start_response("200 OK", headers)
                return (body,)
        answer: Iterable[bytes] = self._app.wsgi(environ, start_response)
        return answer

    def at_once(self, method: str, path: str, query: str) -> bool:
        """Whether a request is for a hot reading whose small reply is there: the server's own thread may answer it."""
        hot = self._hot.get(path) if method == "GET" else None
        size = None if hot is None else hot[1].size(query)
        return size is not None and size <= AT_ONCE

    def _admit(self) -> None:
        environ = bottle.request.environ
        try:
            self._guard.admit(environ)
            check_size(environ)
            check_path(environ)
        except (AddressTooLong, BadRequest) as error:
            raise self._explained(error) or error_reply(error) from error
        except ControllerError as error:
            raise error_reply(error) from error

    def _reading(self, route: Route, handler: Handler) -> Handler:
        """What Bottle calls for a reading: its parameters are read as they are declared."""

        def answer(**in_path: str) -> Any:
            try:
                if route.changes and bottle.request.environ.get("QUERY_STRING"):
                    raise BadRequest(FORM_ALONE)
                return handler({**Parameters.of(bottle.request).read(route), **values_in_path(route, in_path)})
            except ControllerError as error:
                page = self._explained(error)
                if page is None:
                    raise
                return page

        return answer

    def _explained(self, error: ControllerError) -> bottle.HTTPResponse | None:
        """The error as a page, where a page was asked for by whoever shows pages; else None."""
        explain = self._pages.get(bottle.request.environ["PATH_INFO"])
        asks_page = "text/html" in bottle.request.environ.get("HTTP_ACCEPT", "")
        return explain(error) if explain is not None and asks_page else None


def check_size(environ: MutableMapping[str, Any]) -> None:
    """Refuse an address or a body that no route can want (413, 414), but of a stop: the server bounds those (S32)."""
    long_address = len(environ["PATH_INFO"]) + len(environ.get("QUERY_STRING", "")) > MAX_ADDRESS
    large_body = int(environ.get("CONTENT_LENGTH") or 0) > MAX_BODY
    if not (long_address or large_body) or _stops(environ):
        return
    if long_address:
        sentence = say("web.addressTooLong", "The path and query are longer than {limit} bytes.", limit=MAX_ADDRESS)
        raise AddressTooLong(sentence)
    if large_body:
        raise TooLarge(say("web.bodyTooLarge", "The body is larger than {limit} bytes.", limit=MAX_BODY))


def _stops(environ: MutableMapping[str, Any]) -> bool:
    query, form = environ.get("QUERY_STRING", ""), form_in(environ)
    return stops(environ["REQUEST_METHOD"], environ["PATH_INFO"], query, form)


def check_path(environ: Mapping[str, Any]) -> None:
    """Refuse a path that is not UTF-8 or holds control characters (400).

    Bottle would drop wrong bytes, and a newline at the end, and so meet another unit's id than was given (Z7).
    """
    raw: str = environ["bottle.raw_path"]
    if raw.isascii() and raw.isprintable():
        return
    try:
        path = raw.encode("latin-1").decode("utf-8")
    except UnicodeError:
        raise BadRequest(say("web.pathNotUtf8", "The path is not UTF-8.")) from None
    if any(character < " " or character == "\x7f" for character in path):
        raise BadRequest(say("web.pathHoldsControl", "The path holds a control character."))
