"""Owns how a request becomes an order: its key, its moment, and whether the answer waits for the order (H1, H6, M5).

Used by every command route. What an order may do is decided in `orders/` and `procedures/`; here is only how it is
asked and told.
"""

import logging
import secrets
import time
from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import Executor, Future
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, replace
from enum import Enum, auto
from threading import BoundedSemaphore, Condition
from types import MappingProxyType
from typing import Any, cast

import bottle

from main_controller.concurrency.limit import Limit
from main_controller.domain.actor import Actor
from main_controller.domain.commands import Command, CommandState
from main_controller.domain.orders import Permission
from main_controller.domain.stamp import Moment, Stamp
from main_controller.domain.timing import Timing
from main_controller.errors import BadRequest, UpstreamError
from main_controller.orders.register import KeyTaken, Register
from main_controller.sentence import say
from main_controller.web.parameters import BESIDE_NAMES, Parameters, values_in_path
from main_controller.web.replies import IGNORED, json_reply
from main_controller.web.route import Route
from main_controller.web.shapes.failure import Failure
from main_controller.web.shapes.orders import Standing, Waited, standing_of
from main_controller.web.visitors import asking, visitor_of

log = logging.getLogger(__name__)

ORDERS_AT_ONCE = 16
"""How many orders other than Wait and stop may be on their way at the same time."""

WAITERS = 16
"""How many callers may wait for an order to be verified, since each holds a request thread (AV5)."""


ALIKE = 4
"""How many stops that ask for the same may hold a request thread; further ones are answered at once."""

Work = Callable[[Stamp], tuple[Command, Mapping[str, object]]]
"""Gives the order; returns its command and the body of the reply."""


class Ordering:
    """Reads what comes with an order and answers for it.

    `executor` carries out the orders that are answered at once, `stoppers` those among them that stop, `stop_alls` Stop
    all alone; `clock` gives monotonic s.
    """

    def __init__(
        self,
        log: Register,
        timing: Timing,
        *,
        executor: Executor,
        stoppers: Executor,
        stop_alls: Executor,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._log = log
        self._timing = timing
        self._clock = clock
        self._executors = {Urgency.ORDER: executor, Urgency.STOP: stoppers, Urgency.STOP_ALL: stop_alls}
        self._room = Limit(
            ORDERS_AT_ONCE,
            say("web.tooManyOrders", "Too many orders are under way at once; nothing was sent."),
            details={"sent": False},
        )
        self._waiters = BoundedSemaphore(WAITERS)
        self._changed = Condition()  # protects the count of orders that go on after their answer
        self._under_way = 0
        self._alike: Counter[str] = Counter()  # stops that hold a request thread, by what they ask

    def asked(
        self,
        route: Route,
        in_path: Mapping[str, str] = MappingProxyType({}),
        *,
        drop_unknown: Callable[[Parameters], bool] = lambda given: True,
    ) -> "Asked":
        """What is asked of this route now; BadRequest for any parameter that is wrong (Z7). `in_path` has its path's.

        Of one that stops, those that its declaration ignores are not looked at, what stands beside it and cannot be
        read is dropped, and so are unknown parameters and a body of another kind where they hold no misspelt scope
        (`drop_unknown`): nothing harmless keeps a stop back (S32). The reply and the log say what was dropped.
        """
        read = Parameters.of(bottle.request)
        stops = route.is_stop(lambda name: in_path.get(name, read.get(name)))
        given = read.read(route, stops=stops, drop_unknown=stops and drop_unknown(read))
        if stops and read.left_out:
            bottle.request.environ[IGNORED] = read.left_out
            log.info("%s: left out beside a stop: %s", bottle.request.path, " ".join(read.left_out))
        stamped = {name: given.pop(name, None) for name in BESIDE_NAMES}
        texts = [f"{name}={read.get(name)}" for name in sorted(given)]
        given |= values_in_path(route, in_path)
        return Asked(given, stamped.pop("wait"), stamped, " ".join([bottle.request.path, *texts]))

    def carry_out(self, asked: "Asked", work: Work, *, urgency: "Urgency | None" = None, ends: bool = False) -> Any:
        """Give the order, or tell how it stands that came with this key before; the reply's value.

        One that only `ends` things needs no place.
        """
        urgency = urgency or Urgency.ORDER
        stops = urgency is not Urgency.ORDER
        stamp = asked.stamp(stops=stops)
        try:
            if stamp.key is not None:
                self._log.refuse_taken(stamp.key, stamp.request)
            return self._give(asked, stamp, work, urgency, ends)
        except KeyTaken as taken:
            if taken.same and not (stops and self._stops_anew(taken.command)):
                return _standing(taken.command, stamp.key, again=True, status=202 if asked.wait == "no" else 200)
            if not stops:
                raise
            if taken.same and stamp.key is not None:
                self._log.release_key(stamp.key)
                with suppress(KeyTaken):  # another arrival was quicker
                    return self._give(asked, stamp, work, urgency, ends)
        return self._give(asked, replace(stamp, key=None), work, urgency, ends)  # a stop leaves, whatever its key

    def _give(self, asked: "Asked", stamp: Stamp, work: Work, urgency: "Urgency", ends: bool) -> Any:
        """Give it in this thread or beside it; of stops alike only a few hold a request thread (M5, AV5)."""
        if asked.wait == "no":
            return self._at_once(stamp, work, urgency, ends)
        if urgency is Urgency.ORDER and not ends:
            with self.place():
                return self._now(asked, stamp, work)
        if urgency is not Urgency.STOP:  # Stop all joins the one that runs, and bounds those who wait for it itself
            return self._now(asked, stamp, work)
        with self._changed:
            many = self._alike[asked.request] >= ALIKE
            self._alike[asked.request] += not many
        if many:
            return self._at_once(stamp, work, urgency, ends)
        try:
            return self._now(asked, stamp, work)
        finally:
            with self._changed:
                self._alike[asked.request] -= 1
                if not self._alike[asked.request]:
                    del self._alike[asked.request]

    def _stops_anew(self, command: Command) -> bool:
        """Whether a stop that comes with the key of this ended one is a stop of its own."""
        if command.state.open:
            return False
        return command.sent is False or self._clock() - command.last_given > self._timing.stop_key

    def wait_empty(self, timeout: float) -> bool:
        """Wait until no order goes on after its answer, at most `timeout` s; whether that is so."""
        with self._changed:
            return self._changed.wait_for(lambda: self._under_way == 0, timeout)

    def place(self) -> AbstractContextManager[None]:
        """Hold one of the few places for what waits on the other end; stop and Wait need none (Z8)."""
        return self._room.place()

    def _now(self, asked: "Asked", stamp: Stamp, work: Work) -> Any:
        command, body = work(stamp)
        if asked.wait is None or not self._waiters.acquire(blocking=False):
            return body
        try:
            ended = self._log.wait_ended(command.id, self._timing.verified)
        finally:
            self._waiters.release()
        waited: Waited = {"state": ended.state, "verified": ended.state is CommandState.VERIFIED}
        return {**body, **waited}

    def _at_once(self, stamp: Stamp, work: Work, urgency: "Urgency", ends: bool) -> bottle.HTTPResponse:
        """Answer once the rules have judged; the order goes on by itself."""
        key = stamp.key or secrets.token_hex(16)
        placed = urgency is Urgency.ORDER and not ends
        if placed:
            self._room.take()
        with self._changed:
            self._under_way += 1
        executor = self._executors[Urgency.STOP if ends and urgency is Urgency.ORDER else urgency]
        try:
            future = executor.submit(work, replace(stamp, key=key))
        except BaseException:
            self._gone(placed)
            raise
        future.add_done_callback(lambda _: self._gone(placed))
        command = self._log.wait_judged(key, future.done, self._timing.judged)
        if future.done() or (command is not None and not command.judged and not command.state.open):
            _raise_refusal(future, command)
            command = self._log.by_key(key)
        return _standing(command, stamp.key)

    def _gone(self, placed: bool) -> None:
        if placed:
            self._room.release()
        with self._changed:
            self._under_way -= 1
            self._changed.notify_all()
        self._log.wake()


class Urgency(Enum):
    """With whom an order shares its threads: with others, with stops, or with Stop all alone."""

    ORDER = auto()
    STOP = auto()
    STOP_ALL = auto()


@dataclass(frozen=True, slots=True)
class Asked:
    """One order as it was asked: its own parameters, `wait`, what is stamped on it, and what it asks as one text."""

    given: Mapping[str, Any]
    wait: str | None
    stamped: Mapping[str, Any]
    request: str

    def stamp(self, *, stops: bool) -> Stamp:
        """The key and moment; BadRequest where the moment is told by halves, but of a stop that is let pass."""
        key, page = self.stamped["key"], self.stamped["page"]
        serial, start, age = (self.stamped[name] for name in ("serial", "start", "age"))
        whole = None not in (serial, start, age)
        if not whole and not stops and (serial, start, age) != (None, None, None):
            raise BadRequest(say("web.momentIncomplete", "The parameters serial, start and age go together."))
        return Stamp(key, self.request, Moment(serial, start, age / 1000) if whole else None, page)


def caller() -> Actor:
    """Who orders: the address of the request, and whose log-in it is."""
    return asking(bottle.request.environ)


def written_by(by: Actor, name: str) -> str:
    """The name under which somebody does something: that of the log-in, where there is one, whatever was written."""
    return by.account or name


def is_permitted(permission: Permission) -> bool:
    """Whether the caller may do what needs this permission, of a caller who is logged in."""
    role = visitor_of(bottle.request.environ).role
    return role is not None and permission in role.permissions


def _raise_refusal(future: "Future[Any]", command: Command | None) -> None:
    """Raise what refused the order; what happened to it upstream is told by its command."""
    error = future.exception(timeout=1.0)
    if error is not None and (command is None or not isinstance(error, UpstreamError)):
        raise error


def _standing(
    command: Command | None, key: str | None, *, again: bool = False, status: int = 202
) -> bottle.HTTPResponse:
    body: Standing = {"command": None, "key": key, "state": CommandState.PENDING, "sent": False}
    if command is not None:
        body = standing_of(command, key)
    if not again:
        return json_reply(body, status=status)
    body["again"] = True
    if command is None or command.state not in (CommandState.FAILED, CommandState.CANCELLED):
        return json_reply(body, status=status)
    failed = cast(Failure, {**body, "error": command.error or say("web.orderFailed", "The order failed.")})
    return json_reply(failed, status=409 if command.sent is False else 502)
