"""Owns how an answer becomes a reply: value to JSON, error to `{"error": sentence}` with its status (Z1, R24).

The only such place. Used by the application, which installs it as a Bottle plugin on every route.
"""

import json
import logging
import re
from collections.abc import Callable, Mapping
from time import monotonic
from typing import Any

import bottle

from main_controller.errors import ANSWERED_BY, ControllerError, MethodNotAllowed, NotFound, UpstreamError
from main_controller.sentence import Sentence, encoded, messages, say
from main_controller.web.calls_told import CallsTold
from main_controller.web.shapes.failure import failure_of
from main_controller.web.visitors import asking

log = logging.getLogger(__name__)

JSON = "application/json"

COMMON_HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": (
        "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'"
    ),
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    ANSWERED_BY[0]: ANSWERED_BY[1],
}
"""On every reply. `same-origin` keeps the `Origin` of our own page's POST, which Z3 needs, and tells others nothing."""

CODES_HEADER = "APIS-Sentences"
"""A request that says `codes` in it gets the codes of the reply's sentences beside them."""

IGNORED = "main_controller.ignored"
"""What the environment of a stop has: the sentences on what was left out beside it."""

SHOWN_CHARACTERS = 80

SECRETS = re.compile(r"(?i)\b(password|own|code|token|secret)=[^&]*")
"""What somebody may have put into an address by mistake, and no log may keep."""


def shown(text: str) -> str:
    """Somebody's text for a sentence: quoted, control characters escaped, cut to a readable length."""
    cut = text if len(text) <= SHOWN_CHARACTERS else text[:SHOWN_CHARACTERS] + "..."
    return "'" + "".join(character if character.isprintable() else repr(character)[1:-1] for character in cut) + "'"


def to_json(value: Any) -> bytes:
    """The JSON bytes of a value; NaN and Infinity become null (Z4)."""
    return encoded_json(value)[0]


def answer_json(value: Any) -> bytes:
    """The JSON bytes of an answer to the request in hand.

    If it asks for codes, an object that holds sentences has `messages` too: text, code and parameters of each. Of a
    stop beside which something was left out it has `ignored`: why (S32).
    """
    return body_of(value, bottle.request.environ)


def body_of(value: Any, environ: Mapping[str, Any]) -> bytes:
    """The same for the request of this WSGI environment."""
    ignored = environ.get(IGNORED)
    if ignored and isinstance(value, Mapping):
        value = {**value, "ignored": ignored}
    body, said = encoded_json(value)
    if said and isinstance(value, Mapping) and wants_codes(environ):
        return b'%s,"messages":%s}' % (body[:-1], to_json(messages(said)))
    return body


def wants_codes(environ: Mapping[str, Any]) -> bool:
    """Whether a request asks for the codes of the sentences in its answer."""
    return environ.get("HTTP_APIS_SENTENCES") == "codes"


def encoded_json(value: Any) -> tuple[bytes, list[Sentence]]:
    """The JSON bytes of a value, and each sentence in it once."""
    try:
        return encoded(value)
    except UnicodeEncodeError:  # half of a surrogate pair, which JSON can only carry escaped
        return json.dumps(value).encode("ascii"), []


def reply(
    body: bytes,
    content_type: str,
    *,
    status: int = 200,
    cache: str = "no-store",
    headers: Mapping[str, str] | None = None,
) -> bottle.HTTPResponse:
    """A finished reply with the headers that every reply carries."""
    return bottle.HTTPResponse(
        body, status, {"Content-Type": content_type, "Cache-Control": cache, **COMMON_HEADERS, **(headers or {})}
    )


def redirect(to: str, *, headers: Mapping[str, str] | None = None) -> bottle.HTTPResponse:
    """Sends a browser on to another page, by an address below this one."""
    return reply(b"", "text/plain; charset=utf-8", status=303, headers={"Location": to, **(headers or {})})


def json_reply(value: Any, *, status: int = 200, headers: Mapping[str, str] | None = None) -> bottle.HTTPResponse:
    """A value as a JSON reply."""
    return reply(answer_json(value), JSON, status=status, headers=headers)


def error_reply(error: ControllerError, *, order: bool = False) -> bottle.HTTPResponse:
    """The one error body: the sentence, and what the error adds to it; an order's says whether it left us (Z1, Z8a)."""
    details = dict(error.details)
    if order and isinstance(error, UpstreamError):
        details.setdefault("sent", error.sent)
    return json_reply(failure_of(error.sentence, details), status=error.status, headers=error.headers)


Replied = Callable[[str, int, float], None]
"""Told of each reply of a route: the route's name, the status, and how long (s) it took."""


def _unmeasured(route: str, status: int, seconds: float) -> None:
    pass


class Replies:
    """The Bottle plugin that finishes every answer and logs every call.

    `replied` is told of each. A route that is declared as polled is logged at DEBUG, all others at INFO (L6, T30), each
    until there are too many.
    """

    name = "replies"
    api = 2

    def __init__(self, calls_told: CallsTold | None = None, replied: Replied = _unmeasured) -> None:
        self._calls_told = calls_told or CallsTold()
        self._replied = replied

    def setup(self, app: bottle.Bottle) -> None:
        """Take over what Bottle answers by itself; called by Bottle on installation."""
        app.default_error_handler = self.routing_error

    def apply(self, callback: Callable[..., Any], route: bottle.Route) -> Callable[..., Any]:
        """Wrap one route's callback; called by Bottle."""
        declared = route.config["declared"]
        quiet, order = declared.polled, declared.order
        level = logging.DEBUG if quiet else logging.INFO

        def answer(**arguments: Any) -> bottle.HTTPResponse:
            began = monotonic()
            finished = told_in_log(**arguments)
            self._replied(declared.name, finished.status_code, monotonic() - began)
            return finished

        def told_in_log(**arguments: Any) -> bottle.HTTPResponse:
            if not log.isEnabledFor(level):
                return self._answer(callback, arguments, quiet=quiet, order=order)
            call, told = called(), quiet or self._calls_told.tells()
            started = monotonic()
            if told:
                log.log(level, "%s", call)
            finished = self._answer(callback, arguments, quiet=quiet, order=order)
            if told or (order and finished.status_code < 400):
                log.log(level, "%s: %d in %.3f s", called(), finished.status_code, monotonic() - started)
            return finished

        return answer

    def _answer(
        self, callback: Callable[..., Any], arguments: dict[str, Any], *, quiet: bool, order: bool
    ) -> bottle.HTTPResponse:
        try:
            value = callback(**arguments)
        except bottle.HTTPResponse as finished:
            return finished
        except ControllerError as error:
            level = logging.ERROR if isinstance(error, UpstreamError) and not quiet else logging.DEBUG
            log.log(level, "%s: %s", called(), error.sentence)
            return error_reply(error, order=order)
        except Exception:  # whatever a route does wrong, the caller gets one sentence and the log the traceback
            log.exception("%s failed in a way that nobody foresaw", called())
            return unforeseen()
        return value if isinstance(value, bottle.HTTPResponse) else json_reply(value)

    def routing_error(self, error: bottle.HTTPError) -> bottle.HTTPResponse:
        """The reply to what never reached a route: an unknown one, or a method that it does not take (R24)."""
        if error.status_code == 404:
            self._refused("Unsupported Web API call: %s")
            path = shown(bottle.request.environ.get("PATH_INFO", ""))
            return error_reply(NotFound(say("web.noRoute", "There is no route {path}.", path=path)))
        if error.status_code == 405:
            self._refused("Unsupported method: %s")
            return error_reply(wrong_method(error.get_header("Allow", "").split(",")))
        log.error("%s failed before it reached a route: %s", called(), error.body, exc_info=error.exception)
        return unforeseen()

    def _refused(self, line: str) -> None:
        if self._calls_told.tells():
            log.error(line, called())


def wrong_method(allowed: list[str]) -> MethodNotAllowed:
    """The 405 that names what the route takes; a reading also takes HEAD."""
    methods = sorted({*allowed, "HEAD"} if allowed == ["GET"] else allowed)
    method = shown(bottle.request.environ.get("REQUEST_METHOD", ""))
    sentence = say(
        "web.wrongMethod", "The method {method} is not allowed here; use {methods}.",
        method=method, methods=" or ".join(methods),
    )  # fmt: skip
    return MethodNotAllowed(sentence, headers={"Allow": ", ".join(methods)})


def unforeseen() -> bottle.HTTPResponse:
    """The 500 that shows nothing of our inside."""
    sentence = say("web.unforeseen", "The Main Controller failed on this request; its log says how.")
    return json_reply(failure_of(sentence), status=500)


def called() -> str:
    """The call in hand for the log: method, path, query and caller, safe to print; by name once the guard knows it."""
    environ = bottle.request.environ
    query = SECRETS.sub(r"\1=...", environ.get("QUERY_STRING", ""))
    path = environ.get("PATH_INFO", "") + (f"?{query}" if query else "")
    return f"{shown(environ.get('REQUEST_METHOD', ''))[1:-1]} {path[:300]!r} from {asking(environ)}"
