"""Owns `GET /get/frame`: all that the page shows, as one JSON, whole or what changed since the caller's last one.

A thread of its own makes the frames, so that no order, poll or stop ever waits for one; answering joins bytes that are
there. Used by the page alone: it asks twice a second.
"""

import gzip
import re
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import bottle
import msgspec

from main_controller.clock import utc_now
from main_controller.domain.timestamps import iso_utc
from main_controller.errors import NoDataYet, NotFound
from main_controller.sentence import Sentence, messages, say
from main_controller.store.black_box import ToldFrame
from main_controller.web import routes
from main_controller.web.conditional import WORTH_ZIPPING, accepts_gzip
from main_controller.web.frame_report import Part, Report
from main_controller.web.parameters import Parameters
from main_controller.web.replay import NO_MOMENT, Replay
from main_controller.web.replies import CODES_HEADER, COMMON_HEADERS, JSON, to_json, wants_codes
from main_controller.web.route import Given, Handlers
from main_controller.web.shapes.frame import Head

KEPT = 10
"""From how many serials ago a caller gets only what changed since."""

USUAL = 3
"""How many of these are made beforehand: who asks twice a second wants one of them."""

AT_ONCE = 1 << 16
"""The most (bytes, before it is compressed) that the server's own thread answers with."""

SINCE = re.compile(r"(?:^|&)since=(\d{1,9})(?:&|$)")
USUALLY = re.compile(r"(?:(?:since|start|page)=[A-Za-z0-9_-]*&?)*")
"""What a page asks with that keeps a frame up to date; whatever else is asked for may have to be made."""

TOO_OLD = 3.0
"""How old (s) an assessment may be that is handed out."""

REST = 0.1
"""How long (s) after a frame the next is made at the soonest, but for one that shows a new reading."""

ASKED = 5.0
"""How long (s) after a request somebody counts as looking."""

Headers = list[tuple[str, str]]
HEADERS: Headers = [
    ("Content-Type", JSON),
    ("Cache-Control", "no-store"),
    ("Vary", f"Accept-Encoding, {CODES_HEADER}"),
    *COMMON_HEADERS.items(),
]


Told = tuple[bytes, list[Sentence]]
"""What follows a frame's head, and the sentences in it."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame; `changed` says with which serial each section last changed, `entries` the same of each table's, and
    `gone` with which units left.

    `moment` is the number by which orders say what their page showed (H1).
    """

    serial: int
    moment: int
    report: Report
    changed: Mapping[str, int]
    entries: Mapping[str, Mapping[str, int]]
    gone: Mapping[str, int] = field(default_factory=dict)
    told: dict[int | None, Told | None] = field(default_factory=dict)  # what `since` has made already

    def since(self, serial: int | None) -> Told | None:
        """The sections and entries that changed after this serial, all where it is None, ready to follow the head.

        None where nobody can tell any more. It is made once.
        """
        if serial not in self.told:
            self.told[serial] = self._since(serial)
        return self.told[serial]

    def whole(self) -> Told:
        """All of it."""
        return self.since(None) or (b"", [])

    def _since(self, serial: int | None) -> Told | None:
        if serial is not None and not max(1, self.serial - KEPT) <= serial <= self.serial:
            return None
        after = -1 if serial is None else serial
        told = [(name, part) for name, part in self.report.sections.items() if self.changed[name] > after]
        parts = [_pair(name, part.body) for name, part in told]
        for table, entries in self.report.tables.items():
            new = [(one, part) for one, part in entries.items() if self.entries[table][one] > after]
            if new or serial is None:
                parts.append(_pair(table, b"{%s}" % b",".join(_pair(one, part.body) for one, part in new)))
            told += new
        gone = [unit_id for unit_id, at in self.gone.items() if serial is not None and at > after]
        if gone:
            parts.append(_pair("gone", msgspec.json.encode(gone)))
        return b"".join(b"," + part for part in parts), [sentence for _, part in told for sentence in part.said]


class Frames:
    """Keeps the newest frame. `report` makes what one is made of, `moment` numbers it for orders and `start` names this
    start of the program; `polled_at` says when (monotonic s) apis-web last answered, and `beat` is how often (s) it is
    asked. `heard` is told the name of every page that asks, and its request; not of one that asks for the past, which
    shows nothing of now. `clock` is monotonic s, `wall` the time of day. `replay` makes frames of the past, and `keep`
    is told of each that says what it rests on, as soon as it is handed out.
    """

    def __init__(
        self,
        report: Callable[[], Report],
        *,
        moment: Callable[[], int],
        start: str,
        polled_at: Callable[[], float | None] = lambda: None,
        beat: float = 1.0,
        heard: Callable[[str, Mapping[str, Any]], None] = lambda page, environ: None,
        clock: Callable[[], float] = time.monotonic,
        wall: Callable[[], datetime] = utc_now,
        rest: float = REST,
        replay: Replay | None = None,
        keep: Callable[[ToldFrame], None] = lambda told: None,
    ) -> None:
        self._report = report
        self._replay = replay
        self._keep = keep
        self._moment = moment
        self._start = start
        self._polled_at = polled_at
        self._beat = timedelta(seconds=beat)
        self._wall = wall
        self._polled: float | None = None
        self._news_at: str | None = None  # when the next answer of apis-web is expected in a frame
        self._heard = heard
        self._clock = clock
        self._frame: Frame | None = None  # replaced whole
        self._handing = threading.Lock()  # held for moments: at the time that is told a frame is the newest there is
        self._asked_at = float("-inf")
        self._hurry = threading.Event()  # set when there is a new reading
        self._rest = rest

    def handlers(self) -> Handlers:
        """What answers the route."""
        return {routes.FRAME: self.frame}

    def make(self) -> None:
        """Make the next frame, and rest a little; called by its own thread alone."""
        number = self._moment()  # before anything is looked at: what comes later is newer than this frame
        polled = self._polled_at()
        frame = _next(self._frame, number, self._report())
        for back in range(USUAL):
            frame.since(frame.serial - back)
        with self._handing:
            made, self._frame = self._wall(), frame
            if polled != self._polled:
                self._polled, self._news_at = polled, iso_utc(made + self._beat)
        if frame.report.moment is not None:
            self._keep(ToldFrame(made, frame.serial, self._news_at, frame.report.moment, frame.report.facts))
        self._hurry.wait(self._rest)
        self._hurry.clear()

    def hurry(self) -> None:
        """There is a new reading: whoever rests after a frame makes the next at once."""
        self._hurry.set()

    def looked_at(self) -> bool:
        """Whether somebody asked in the last seconds."""
        return self._clock() - self._asked_at <= ASKED

    def frame(self, given: Given) -> bottle.HTTPResponse:
        """The newest frame, or what changed in it since `since`; NoDataYet while none is fresh."""
        status, headers, body = self._answer(bottle.request.environ, given)
        return bottle.HTTPResponse(body, status, headers)

    def size(self, query: str) -> int | None:
        """How long (bytes) an answer is that is made already, and small; None for all others."""
        frame, asked = self._frame, SINCE.search(query)
        if frame is None or asked is None or f"start={self._start}" not in query.split("&"):
            return None  # the whole is asked for, or will be told
        if not USUALLY.fullmatch(query):
            return None  # one of the past, it may be
        told = frame.told.get(int(asked[1]))
        return None if told is None or len(told[0]) > AT_ONCE else len(told[0])

    def answer(self, environ: Mapping[str, Any]) -> tuple[int, Headers, bytes]:
        """The same as status, headers and body, for the application's short way to it."""
        return self._answer(environ, Parameters(environ.get("QUERY_STRING", "")).read(routes.FRAME))

    def _answer(self, environ: Mapping[str, Any], given: Given) -> tuple[int, Headers, bytes]:
        if "at" in given:
            return _reply(environ, self._past(given, wants_codes(environ)))
        serial, page = given.get("since"), given.get("page")
        if page is not None:
            self._heard(page, environ)
        self._asked_at = self._clock()
        body = self._body(serial if given.get("start") == self._start else None, page, wants_codes(environ))
        return _reply(environ, body)

    def _past(self, given: Given, codes: bool) -> bytes:
        """The frame that was told at a time of the past."""
        if self._replay is None:
            raise NotFound(say("web.noReplay", "Nothing of the past is recorded here."))
        head, report = self._replay.frame(given)
        body, said = _first(NO_MOMENT, report).whole()
        return _joined(head, body, said, codes=codes)

    def _body(self, serial: int | None, page: str | None, codes: bool) -> bytes:
        with self._handing:
            frame, news_at, now = self._frame, self._news_at, self._wall()
        if frame is None:
            raise NoDataYet(say("web.notAssessed", "The grid has not been assessed yet."), retry_after=1)
        if self._clock() - frame.report.assessed_at > TOO_OLD:
            raise NoDataYet(
                say("web.assessedAt", "The grid was last assessed at {at}.", at=frame.report.assessed), retry_after=1
            )
        changes = frame.since(serial) if serial is not None else None
        body, said = changes if changes is not None else frame.whole()
        head: Head = {
            "serial": frame.serial,
            "start": self._start,
            "moment": frame.moment,
            "time": iso_utc(now),
            "newsAt": news_at,
            "assessedAt": frame.report.assessed,
            "whole": changes is None,
            "mine": page is not None and frame.report.then_page == page,
        }
        return _joined(head, body, said, codes=codes)


def _reply(environ: Mapping[str, Any], body: bytes) -> tuple[int, Headers, bytes]:
    """Status, headers and body."""
    if len(body) < WORTH_ZIPPING or not accepts_gzip(environ):
        return 200, [*HEADERS], body
    return 200, [*HEADERS, ("Content-Encoding", "gzip")], gzip.compress(body, 1, mtime=0)


def _joined(head: Head, body: bytes, said: list[Sentence], *, codes: bool) -> bytes:
    """A frame's JSON."""
    if said and codes:
        body += b"," + _pair("messages", to_json(messages({str(one): one for one in said}.values())))
    return msgspec.json.encode(head)[:-1] + body + b"}"


def _first(moment: int, report: Report) -> Frame:
    """A frame that no other came before."""
    entries = {table: dict.fromkeys(parts, 1) for table, parts in report.tables.items()}
    return Frame(1, moment, report, dict.fromkeys(report.sections, 1), entries)


def _next(before: Frame | None, moment: int, report: Report) -> Frame:
    """The frame after `before`: of the same serial where nothing changed."""
    if before is None:
        return _first(moment, report)
    old, serial = before.report, before.serial + 1
    changed = _changed(old.sections, report.sections)
    new = {table: _changed(old.tables[table], parts) for table, parts in report.tables.items()}
    left = [unit_id for unit_id in old.tables["units"] if unit_id not in report.tables["units"]]
    if not (changed or any(new.values()) or left or old.then_page != report.then_page):
        return replace(before, moment=moment, report=report)
    entries = {
        table: {**{one: before.entries[table].get(one, serial) for one in parts}, **dict.fromkeys(new[table], serial)}
        for table, parts in report.tables.items()
    }
    kept = {one: at for one, at in before.gone.items() if one not in report.tables["units"] and at >= serial - KEPT}
    changes = {**before.changed, **dict.fromkeys(changed, serial)}
    return Frame(serial, moment, report, changes, entries, {**kept, **dict.fromkeys(left, serial)})


def _changed(before: Mapping[str, Part], after: Mapping[str, Part]) -> list[str]:
    """What is new, or another than before."""
    return [
        name
        for name, part in after.items()
        if (old := before.get(name)) is None or (old is not part and old.body != part.body)
    ]


def _pair(name: str, body: bytes) -> bytes:
    return b"%s:%s" % (to_json(name), body)
