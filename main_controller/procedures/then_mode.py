"""The mode that is to follow a Soft Stop of the cluster once no deal is left: "Soft Stop first, then Manual" (Z9a, H2).

Used by `/setOperationMode?then=` and `/clearThen`; a worker calls `run_once`. It is kept in memory alone: whoever
restarts the program asks anew.
"""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from main_controller.assessment.grid_state import GridState
from main_controller.domain.actor import Actor
from main_controller.domain.commands import Command
from main_controller.domain.modes import Mode
from main_controller.domain.orders import ClearThenOrder
from main_controller.domain.stamp import UNSTAMPED, Moment, Stamp
from main_controller.errors import NotFound
from main_controller.orders.desk import Desk, foreseen
from main_controller.orders.set_mode import SetMode
from main_controller.procedures.pages_heard import PagesHeard
from main_controller.rules.evidence import drained
from main_controller.sentence import Sentence, say

log = logging.getLogger(__name__)

THEN_MODES = (Mode.MANUAL, Mode.STOP)
"""What may follow a Soft Stop."""


class ThenState(StrEnum):
    """Where a promise stands."""

    WAITING = "waiting"
    OFFERED = "offered"
    SENT = "sent"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Promise:
    """One mode that is to follow `command`, a Soft Stop; `since` is UTC, `entered` and `seen_at` monotonic s.

    `until` (UTC) it may be kept; `seen_at` is when the Soft Stop was first known to be in effect.
    """

    mode: Mode
    command: Command
    page: str | None
    since: datetime
    until: datetime
    entered: float
    state: ThenState = ThenState.WAITING
    seen_at: float | None = None
    why: Sentence | None = None
    ended: float | None = None

    @property
    def open(self) -> bool:
        """Whether it may still lead to an order."""
        return self.state in (ThenState.WAITING, ThenState.OFFERED)


class ThenMode:
    """Keeps one promise at a time; `submit` hands the order that it leads to a thread of its own."""

    def __init__(
        self, desk: Desk, set_mode: SetMode, pages: PagesHeard, *, submit: Callable[[Callable[[], None]], object]
    ) -> None:
        self._desk = desk
        self._set_mode = set_mode
        self._pages = pages
        self._submit = submit
        self._lock = threading.Lock()  # protects the promise; held for a moment only
        self._promise: Promise | None = None

    def promise(self, mode: Mode, command: Command, page: str | None) -> None:
        """Have `mode` follow this Soft Stop, in place of an earlier promise."""
        with self._lock:
            since = self._desk.wall()
            until = since + timedelta(seconds=self._desk.timing.then_lasts)
            self._promise = Promise(mode, command, page, since, until, self._desk.clock())
        log.info("%s is to follow %s once no deal is left", mode.label, command.id)

    def clear(self, by: Actor, *, stamp: Stamp = UNSTAMPED) -> Command:
        """Have nothing follow; NotFound where nothing was to."""
        command = self._desk.begin(ClearThenOrder(), by, stamp=stamp, judged=True)
        with self._desk.seen_through(command):
            with self._lock:
                promise = self._promise
                if promise is not None and promise.open:
                    ended = self._desk.clock()
                    why = say("procedures.takenBack", "{by} took it back.", by=by.said)
                    self._promise = replace(promise, state=ThenState.ENDED, why=why, ended=ended)
            if promise is None or not promise.open:
                nothing = say("procedures.nothingFollows", "Nothing is to follow a Soft Stop.")
                raise self._desk.fault(command, NotFound(nothing))
            return self._desk.verify(command)

    def standing(self) -> Promise | None:
        """The promise that stands or stood last, None if there was none (Z5a)."""
        return self._promise

    def run_once(self) -> None:
        """Look at the promise once: it ends, waits, is offered, or is sent."""
        promise = self._promise
        if promise is None or not promise.open:
            self._drop_old(promise)
            return
        serial = self._desk.moments.serial()  # before the look: whatever comes after it refuses the order
        grid = self._desk.grid()
        command = self._standing(promise)
        if promise.seen_at is None and command.state.in_effect:
            promise = self._put(promise, seen_at=grid.now)
        why = self._why_ended(promise, command, grid)
        if why is not None:
            self._put(promise, state=ThenState.ENDED, why=why)
        elif promise.state is ThenState.WAITING and self._is_drained(promise, command, grid):
            self._keep(promise, grid.now, Moment(serial, self._desk.moments.start, 0.0))

    def _drop_old(self, promise: Promise | None) -> None:
        """What was said of a promise that ended is of no use once another mode was ordered, or after a while."""
        if promise is None or promise.state is not ThenState.ENDED:
            return
        now, since = self._desk.clock(), promise.ended if promise.ended is not None else promise.entered
        newer = any(order.entered > since for order in self._desk.commands.effects.mode_effects())
        if newer or now - since > self._desk.timing.then_lasts:
            with self._lock:
                if self._promise is promise:
                    self._promise = None

    def _standing(self, promise: Promise) -> Command:
        """The Soft Stop as it stands; as it was when so many orders came since that it is remembered no more."""
        try:
            return self._desk.commands.get(promise.command.id)
        except NotFound:
            return promise.command

    def _why_ended(self, promise: Promise, command: Command, grid: GridState) -> Sentence | None:
        if grid.now - promise.entered > self._desk.timing.then_lasts:
            minutes = self._desk.timing.then_lasts / 60
            return say("procedures.stoodTooLong", "It stood for {minutes:g} minutes.", minutes=minutes)
        other = self._other_order(command)
        if other is not None:
            return say(
                "procedures.orderedElse",
                "{by} ordered something else meanwhile ({command}).",
                by=other.by.said,
                command=other.id,
            )
        if not command.state.open and not command.state.in_effect:
            return say("procedures.softStopFailed", "The Soft Stop did not take effect: {why}", why=command.error)
        if promise.seen_at is not None and grid.mode not in (Mode.HETERONOMOUS, None):
            return say("procedures.clusterIn", "The cluster is in {mode}.", mode=grid.mode.label)
        return None

    def _other_order(self, command: Command) -> Command | None:
        """An order since the Soft Stop that was or may have been sent, wherever in the cluster."""
        for other in self._desk.commands.latest():
            if other.id == command.id:
                return None
            unsent = other.sent is False and not other.state.open and not other.order.stops
            if other.order.changes_grid and not unsent:
                return other
        return None

    def _is_drained(self, promise: Promise, command: Command, grid: GridState) -> bool:
        since = promise.seen_at
        seen = grid.no_deals_at
        return since is not None and seen is not None and seen > since and drained(command.order, grid) is True

    def _keep(self, promise: Promise, now: float, moment: Moment) -> None:
        heard = self._pages.at(promise.page)
        if heard is None or now - heard > self._desk.timing.then_heard:
            why = say(
                "procedures.pageUnheard",
                "The page that asked was not heard in the last {seconds:g} s, so it is asked anew.",
                seconds=self._desk.timing.then_heard,
            )
            self._put(promise, state=ThenState.OFFERED, why=why)
            log.warning("%s does not follow %s by itself: %s", promise.mode.label, promise.command.id, why)
            return
        if self._put(promise, state=ThenState.SENT).state is ThenState.SENT:
            self._submit(lambda: self._send(promise, moment))

    def _send(self, promise: Promise, moment: Moment) -> None:
        try:
            self._set_mode.cluster(promise.mode, promise.command.by, stamp=Stamp(moment=moment))
        except Exception as fault:  # noqa: BLE001 - nobody asks the future, and the page waits for what came of it
            error = foreseen(fault, say("procedures.theThenOrder", "The order that follows"))
            sent = self._promise
            if sent is not None and sent.command.id == promise.command.id:
                self._put(sent, state=ThenState.ENDED, why=error.sentence)

    def _put(self, promise: Promise, **changes: Any) -> Promise:
        """Replace the promise, unless another came or somebody took it back; what stands then."""
        with self._lock:
            if self._promise is promise:
                ended = self._desk.clock() if changes.get("state") is ThenState.ENDED else promise.ended
                self._promise = replace(promise, ended=ended, **changes)
            standing = self._promise
        return standing if standing is not None else promise
