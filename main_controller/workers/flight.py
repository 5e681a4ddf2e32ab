"""One schedule's order on its way: being sent, accepted and watched, until it is in effect or not (Z12, Z9b).

Used by the scheduler alone, in its one thread; the order itself is sent elsewhere and seen here as a Future.
"""

import logging
from concurrent.futures import Future
from enum import Enum, auto

from main_controller.domain.schedule import Schedule
from main_controller.errors import ControllerError
from main_controller.workers.scheduler_needs import OrderTicket

log = logging.getLogger(__name__)

MOST_SENDS = 3
"""An order that was accepted and did not take effect is repeated at most twice (Z12)."""


class Progress(Enum):
    """Where an order stands."""

    TO_DECIDE = auto()
    SENDING = auto()
    PENDING = auto()
    IN_EFFECT = auto()
    NOT_IN_EFFECT = auto()
    NOT_SENT = auto()


class Flight:
    """The order of one schedule, `sends` times sent so far; `sentence` says how it stands.

    `allowed` (s) is how long an order of which it is not known whether it arrived may take to show its effect,
    `verdict_within` (s) how long a ticket may stay pending.
    """

    def __init__(self, schedule: Schedule, *, allowed: float, verdict_within: float) -> None:
        self.schedule = schedule
        self.sends = 0
        self.sentence = ""
        self._allowed = allowed
        self._verdict_within = verdict_within
        self._future: Future[OrderTicket] | None = None
        self._answered_at: float | None = None
        self._overtaken: tuple[Flight, ...] = ()
        self._trouble = ""

    @property
    def sending(self) -> bool:
        """Whether the order is still on its way to apis-web."""
        return self._future is not None and not self._future.done()

    @property
    def under_way(self) -> bool:
        """Whether an order was given whose effect has not been judged yet."""
        return self._future is not None

    def lingers(self, now: float) -> bool:
        """Whether an order that nobody follows any more may still show an effect that nobody has seen."""
        if self._future is None or self._future.cancelled():
            return False
        if self._answered_at is None and self._future.done():
            self._answered_at = now
        return self._answered_at is None or self._waited(now) < self._allowed

    def launch(self, future: "Future[OrderTicket]", overtaken: "tuple[Flight, ...]" = ()) -> None:
        """Take note that the order is being sent; `overtaken` are the orders still being sent that it is to undo."""
        self.sends += 1
        self.sentence = f"Its order is being sent{self._trouble}."
        self._future, self._answered_at, self._overtaken = future, None, overtaken

    def must_follow(self) -> bool:
        """True once, when an order that this stop supersedes has returned after the stop was sent: send it again."""
        if not self._overtaken or self.sending or any(flight.sending for flight in self._overtaken):
            return False
        self._overtaken = ()
        self.sends = 0
        return True

    def progress(self, now: float, reached: bool) -> Progress:
        """Where the order stands; `now` is monotonic s, `reached` whether the mode seen is the wanted one."""
        if self._future is None:
            return Progress.TO_DECIDE
        if not self._future.done():
            return Progress.SENDING
        if self._answered_at is None:
            self._answered_at = now
        if self._future.cancelled():
            return self._not_sent("Its order was not sent, because the program ends.")
        error = self._future.exception()
        found = self._watch(self._future.result(), now) if error is None else self._after(error, now, reached)
        if found is Progress.IN_EFFECT and self._overtaken:
            return Progress.PENDING
        if found in (Progress.IN_EFFECT, Progress.NOT_IN_EFFECT):
            self._future = None
        if found is Progress.NOT_IN_EFFECT:
            self._trouble = f" again; before: {self.sentence.rstrip('.')}"
        return found

    def _watch(self, ticket: OrderTicket, now: float) -> Progress:
        """How an accepted order stands."""
        try:
            outcome = ticket.outcome()
        except ControllerError:  # the order is remembered no more: its time runs out below
            outcome = "pending"
        if outcome == "inEffect":
            self.sentence = f"It is in effect (order {ticket.id})."
            return Progress.IN_EFFECT
        if outcome == "pending" and self._waited(now) < self._verdict_within:
            self.sentence = f"Its order {ticket.id} was accepted and is not in effect yet."
            return Progress.PENDING
        self.sentence = f"Its order {ticket.id} was accepted and did not take effect."
        return Progress.NOT_IN_EFFECT

    def _after(self, error: BaseException, now: float, reached: bool) -> Progress:
        """How an order stands that ended in an error: not sent for certain, or perhaps to take effect yet."""
        if isinstance(error, ControllerError) and error.sent is False:
            return self._not_sent(error.sentence)
        if not isinstance(error, ControllerError) and self._waited(now) == 0:
            log.error("the order of schedule %s failed unexpectedly", self.schedule, exc_info=error)
        self.sentence = error.sentence if isinstance(error, ControllerError) else f"Its order failed: {error!r}."
        if reached:
            return Progress.IN_EFFECT
        return Progress.PENDING if self._waited(now) < self._allowed else Progress.NOT_IN_EFFECT

    def _not_sent(self, sentence: str) -> Progress:
        self.sends -= 1
        self.sentence = sentence
        self._trouble = f" again; before: {sentence.rstrip('.')}"
        self._future = None
        return Progress.NOT_SENT

    def _waited(self, now: float) -> float:
        """Seconds since the order's answer was first seen here."""
        return 0.0 if self._answered_at is None else now - self._answered_at
