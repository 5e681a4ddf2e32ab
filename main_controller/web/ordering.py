"""Owns how a request becomes an order: its key, its moment, and whether the answer waits for the order (H1, H6, M5).

Used by every command route. What an order may do is decided by the operations; here is only how it is asked and told.
"""

import secrets
from collections.abc import Callable, Collection, Iterator, Mapping
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from dataclasses import dataclass, replace
from threading import BoundedSemaphore, Condition
from typing import Any

import bottle

from main_controller.domain.commands import Command, CommandState
from main_controller.domain.stamp import Moment, Stamp
from main_controller.errors import BadRequest, NoDataYet, UpstreamError
from main_controller.store.command_log import CommandLog, KeyTaken
from main_controller.web.figures import whole
from main_controller.web.parameters import NAME, parameters
from main_controller.web.replies import json_reply, shown

ORDERS_AT_ONCE = 16
"""How many orders other than Wait and stop may be on their way at the same time."""

WAITERS = 16
"""How many callers may wait for an order to be verified, since each holds a request thread (V5)."""

WAIT_LIMIT = 75.0
"""How long (s) `wait=verified` waits at most: longer than any order may take to be seen or given up."""

AT_ONCE = 0.4
"""How long (s) `wait=no` waits at most for the rules to judge an order."""

STAMP = ("key", "serial", "start", "age", "page")
EVERYWHERE = ("wait", *STAMP)
"""The parameters that every order takes besides its own."""

MOST_SERIAL, LONGEST_AGE = 10**8, 10**8

Work = Callable[[Stamp], tuple[Command, Mapping[str, Any]]]
"""Gives the order; returns its command and the specified body of the reply."""


class Ordering:
    """Reads what comes with an order and answers for it.

    `executor` carries out the orders that are answered at once, `stoppers` those among them that stop.
    """

    def __init__(self, log: CommandLog, *, executor: Executor, stoppers: Executor) -> None:
        self._log = log
        self._executor = executor
        self._stoppers = stoppers
        self._room = BoundedSemaphore(ORDERS_AT_ONCE)
        self._waiters = BoundedSemaphore(WAITERS)
        self._changed = Condition()  # protects the count of orders that go on after their answer
        self._under_way = 0

    def asked(
        self, *, required: Collection[str] = (), optional: Collection[str] = (), may_be_empty: Collection[str] = ()
    ) -> "Asked":
        """The parameters of the order in hand; BadRequest for any that is wrong (Z7)."""
        given = parameters(
            bottle.request, required=required, optional=(*optional, *EVERYWHERE), may_be_empty=may_be_empty
        )
        wait = given.pop("wait", None)
        if wait not in (None, "verified", "no"):
            raise BadRequest(f"The parameter wait can only be verified or no, not {shown(wait)}.")
        stamped = {name: given.pop(name) for name in STAMP if name in given}
        request = " ".join([bottle.request.path, *(f"{name}={given[name]}" for name in sorted(given))])
        return Asked(given, wait, stamped, request)

    def carry_out(self, asked: "Asked", work: Work, *, stops: bool = False) -> Any:
        """Give the order, or tell how it stands that came with this key before; the reply's value.

        `command`, its id, is added to the body that `work` returns.
        """
        stamp = asked.stamp(stops=stops)
        try:
            if stamp.key is not None:
                self._log.refuse_taken(stamp.key, stamp.request)
            return (
                self._at_once(asked, stamp, work, stops) if asked.wait == "no" else self._now(asked, stamp, work, stops)
            )
        except KeyTaken as taken:
            if taken.same:
                return _standing(taken.command, stamp.key, again=True, status=202 if asked.wait == "no" else 200)
            if not stops:
                raise
        unkeyed = replace(stamp, key=None)  # a stop leaves, whatever key a script gave it
        return (
            self._at_once(asked, unkeyed, work, stops) if asked.wait == "no" else self._now(asked, unkeyed, work, stops)
        )

    def wait_empty(self, timeout: float) -> bool:
        """Wait until no order goes on after its answer, at most `timeout` s; whether that is so."""
        with self._changed:
            return self._changed.wait_for(lambda: self._under_way == 0, timeout)

    @contextmanager
    def place(self) -> Iterator[None]:
        """Hold one of the few places for what waits on the other end; stop and Wait need none (Z8)."""
        self._take_place()
        try:
            yield
        finally:
            self._room.release()

    def _take_place(self) -> None:
        if not self._room.acquire(blocking=False):
            raise NoDataYet("Too many orders are under way at once; nothing was sent.", details={"sent": False})

    def _now(self, asked: "Asked", stamp: Stamp, work: Work, stops: bool) -> Any:
        if stops:
            command, body = work(stamp)
        else:
            with self.place():
                command, body = work(stamp)
        answer = {**body, "command": command.id}
        if asked.wait is None or not self._waiters.acquire(blocking=False):
            return answer
        try:
            ended = self._log.wait_ended(command.id, WAIT_LIMIT)
        finally:
            self._waiters.release()
        return {**answer, "state": str(ended.state), "verified": ended.state is CommandState.VERIFIED}

    def _at_once(self, asked: "Asked", stamp: Stamp, work: Work, stops: bool) -> bottle.HTTPResponse:
        """Answer once the rules have judged; the order goes on by itself."""
        key = stamp.key or secrets.token_hex(16)
        if not stops:
            self._take_place()
        with self._changed:
            self._under_way += 1
        try:
            future = (self._stoppers if stops else self._executor).submit(work, replace(stamp, key=key))
        except BaseException:
            self._gone(stops)
            raise
        future.add_done_callback(lambda _: self._gone(stops))
        command = self._log.wait_judged(key, future.done, AT_ONCE)
        if future.done() or (command is not None and not command.judged and not command.state.open):
            _raise_refusal(future, command)
            command = self._log.by_key(key)
        return _standing(command, stamp.key)

    def _gone(self, stops: bool) -> None:
        if not stops:
            self._room.release()
        with self._changed:
            self._under_way -= 1
            self._changed.notify_all()
        self._log.wake()


@dataclass(frozen=True, slots=True)
class Asked:
    """One order as it was asked: its own parameters, `wait`, what is stamped on it, and what it asks as one text."""

    given: Mapping[str, str]
    wait: str | None
    stamped: Mapping[str, str]
    request: str

    def stamp(self, *, stops: bool) -> Stamp:
        """The key and moment; BadRequest where they cannot be read, but of a stop that is let pass."""
        try:
            return Stamp(self._name("key"), self.request, self._moment(), self._name("page"))
        except BadRequest:
            if not stops:
                raise
            return Stamp(request=self.request)

    def _name(self, name: str) -> str | None:
        text = self.stamped.get(name)
        if text is not None and not NAME.fullmatch(text):
            raise BadRequest(f"The parameter {name} has 1 to 64 letters, digits, - or _, not {shown(text)}.")
        return text

    def _moment(self) -> Moment | None:
        given = [name for name in ("serial", "start", "age") if name in self.stamped]
        if not given:
            return None
        if len(given) < 3:
            raise BadRequest("The parameters serial, start and age go together.")
        serial = whole(self.stamped["serial"], "serial", 0, MOST_SERIAL)
        age = whole(self.stamped["age"], "age", 0, LONGEST_AGE) / 1000
        return Moment(serial, str(self._name("start")), age)


def caller() -> str:
    """Who orders: the address of the request."""
    return str(bottle.request.environ.get("REMOTE_ADDR", "?"))


def _raise_refusal(future: "Future[Any]", command: Command | None) -> None:
    """Raise what refused the order; what happened to it upstream is told by its command."""
    error = future.exception(timeout=1.0)
    if error is not None and (command is None or not isinstance(error, UpstreamError)):
        raise error


def _standing(
    command: Command | None, key: str | None, *, again: bool = False, status: int = 202
) -> bottle.HTTPResponse:
    body: dict[str, Any] = {"command": None, "key": key, "state": "pending", "sent": False}
    if command is not None:
        body |= {"command": command.id, "state": str(command.state), "sent": command.sent}
    return json_reply({**body, **({"again": True} if again else {})}, status=status)
