"""Whose turn it is to send, and what overtakes a turn: a stop, a Wait, a running Stop all (Z8, Z8b, Z9).

Owned by the desk; asked by every order that waits for its turn and by whoever must not act beside a Stop all.
"""

import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from main_controller.domain.scope import Lane
from main_controller.errors import Refused
from main_controller.sentence import say

OVERTAKEN = say("orders.overtakenInTurn", "A stop overtook this order while it waited for its turn; nothing was sent.")
TOO_LONG = say("orders.othersUnderWay", "Other orders for the same unit are still under way; nothing was sent.")


class TurnLost(Refused):
    """A stop overtook an order before it was sent, or its turn never came (409)."""


class Turns:
    """Who may execute next in one lane: one at a time, in order of arrival.

    Wait and stop never ask for a turn (Z8): they overtake whoever waits, and a Stop all holds off all others.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()  # protects every field below
        self._queues: dict[Lane, deque[str]] = {}
        self._stops: dict[Lane, int] = {}
        self._exclusive: str | None = None

    @contextmanager
    def turn(self, lane: Lane, command_id: str, *, timeout: float, overtaken: Callable[[], bool]) -> Iterator[None]:
        """Wait for this command's turn in `lane` and hold it.

        Raises TurnLost when a stop overtook the command or its turn did not come within `timeout` seconds.
        """
        with self._changed:
            queue = self._queues.setdefault(lane, deque())
            queue.append(command_id)
        try:
            with self._changed:
                came = self._changed.wait_for(lambda: overtaken() or queue[0] == command_id, timeout)
            if overtaken():
                raise TurnLost(OVERTAKEN)
            if not came:
                raise TurnLost(TOO_LONG)
            yield
        finally:
            with self._changed:
                queue.remove(command_id)
                if not queue and self._queues.get(lane) is queue:
                    del self._queues[lane]
                self._changed.notify_all()

    def stopping(self, lane: Lane) -> int:
        """Note that a stop or Wait came in this lane; returns its number."""
        with self._changed:
            self._stops[lane] = self._stops.get(lane, 0) + 1
            self._changed.notify_all()
            return self._stops[lane]

    def stops(self, *lanes: Lane) -> int:
        """How many stops and Waits have come in these lanes: a change means that one overtook an order."""
        with self._changed:
            return sum(self._stops.get(lane, 0) for lane in lanes)

    def hold(self, command_id: str | None) -> None:
        """Note that this Stop all runs, so that other orders are refused meanwhile (Z9); None: it has ended."""
        with self._changed:
            self._exclusive = command_id

    @property
    def held_by(self) -> str | None:
        """The running Stop all's id, or None."""
        return self._exclusive
