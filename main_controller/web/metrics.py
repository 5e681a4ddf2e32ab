"""Owns `GET /metrics`: the figures for Prometheus, as bytes that were made once after the last poll.

A thread of its own makes them while somebody scrapes; answering hands out what is there. What is too old is not handed
out at all: Prometheus then sees that this target is down, and no old figure looks live.
"""

import gzip
import threading
import time
from collections.abc import Callable
from typing import NamedTuple

import bottle

from main_controller.errors import NoDataYet
from main_controller.metrics.exposition import Rendered
from main_controller.sentence import say
from main_controller.web import routes
from main_controller.web.conditional import WORTH_ZIPPING, accepts_gzip
from main_controller.web.replies import reply
from main_controller.web.route import Given, Handlers

BEAT = 5.0
"""How often (s) they are made at the least."""

SOONEST = 0.9
"""How long (s) after one rendering the next one comes at the soonest, where polls come faster than once a second."""

TOO_OLD = 15.0
"""How old (s) they may be when they are handed out."""

ASKED = 180.0
"""How long (s) after a scrape they go on being made; after that the next scrape waits for them."""

PATIENCE = 5.0
"""How long (s) a scrape waits for them at most."""

TEXT = f"{routes.METRICS_TEXT}; charset=utf-8"
OPENMETRICS = f"{routes.OPENMETRICS}; charset=utf-8"


class _Made(NamedTuple):
    """A rendering: when (monotonic s), after which poll, and the bodies by format and whether they are gzipped."""

    at: float
    poll: int
    bodies: dict[tuple[bool, bool], bytes]


class Metrics:
    """Keeps the newest rendering of `render`; `clock` is monotonic s."""

    def __init__(
        self, render: Callable[[], Rendered], *, clock: Callable[[], float] = time.monotonic, patience: float = PATIENCE
    ) -> None:
        self._render = render
        self._clock = clock
        self._patience = patience
        self._made: _Made | None = None  # replaced whole
        self._changed = threading.Condition()  # told after each rendering
        self._wake: Callable[[], None] = lambda: None
        self._asked_at = float("-inf")
        self._polls = 0

    def handlers(self) -> Handlers:
        """What answers the route."""
        return {routes.METRICS: self.metrics}

    def wakes(self, wake: Callable[[], None]) -> None:
        """`wake` has the loop that calls `make` do so at once."""
        self._wake = wake

    def polled(self, before: object, after: object) -> None:
        """A listener of the collector: apis-web was polled."""
        self._polls += 1
        self._wake()

    def make(self) -> None:
        """Render where somebody scrapes and there was another poll; called by its own thread alone."""
        now, polls, made = self._clock(), self._polls, self._made
        if now - self._asked_at > ASKED:
            self._made = None
            return
        if made is not None and now - made.at < (BEAT if made.poll == polls else SOONEST):
            return
        rendered = self._render()
        bodies = {(False, False): rendered.text, (True, False): rendered.openmetrics}
        with self._changed:
            self._made = _Made(now, polls, bodies)
            self._changed.notify_all()

    def metrics(self, given: Given) -> bottle.HTTPResponse:
        """The newest ones, in the format that the caller prefers; NoDataYet where there are none of now."""
        self._asked_at = self._clock()
        made = self._fresh()
        if made is None:
            self._wake()
            with self._changed:
                made = self._changed.wait_for(self._fresh, self._patience)
        if made is None:
            raise NoDataYet(say("web.notMeasured", "The figures for /metrics have not been made yet."), retry_after=1)
        environ = bottle.request.environ
        other, headers = prefers_openmetrics(environ.get("HTTP_ACCEPT", "")), {"Vary": "Accept, Accept-Encoding"}
        body = made.bodies[other, False]
        if len(body) >= WORTH_ZIPPING and accepts_gzip(environ):
            body = made.bodies.get((other, True)) or gzip.compress(body, 1, mtime=0)
            made.bodies[other, True] = body
            headers["Content-Encoding"] = "gzip"
        return reply(body, OPENMETRICS if other else TEXT, headers=headers)

    def _fresh(self) -> _Made | None:
        made = self._made
        return None if made is None or self._clock() - made.at > TOO_OLD else made


def prefers_openmetrics(accept: str) -> bool:
    """Whether this `Accept` names OpenMetrics 1.0.0, and no less gladly than the text format."""
    weights = {"openmetrics": 0.0, "text": 0.0}
    for one in accept.lower().split(","):
        media, *parameters = (part.strip() for part in one.split(";"))
        told = dict(part.partition("=")[::2] for part in parameters)
        name = {"application/openmetrics-text": "openmetrics", "text/plain": "text"}.get(media)
        if name is None or (name == "openmetrics" and told.get("version", "1.0.0") != "1.0.0"):
            continue
        try:
            weights[name] = max(weights[name], float(told.get("q", "1")))
        except ValueError:
            continue
    return weights["openmetrics"] > 0 and weights["openmetrics"] >= weights["text"]
