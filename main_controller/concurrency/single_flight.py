"""One call that callers at the same moment share, with its answer for a moment after (Z6).

Used by the readings that ask apis-web live, so that many browsers cost it one call, and so that a call that hangs
holds a bounded number of threads.
"""

import copy
import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

from main_controller.errors import ControllerError, NoDataYet, UpstreamTimeout
from main_controller.sentence import Sentence, say

Answer = TypeVar("Answer")


class _Flight(Generic[Answer]):
    """One call under way or ended; written by the caller who leads it before `done` is set, read after."""

    def __init__(self, started: float) -> None:
        self.started = started
        self.fresh_from = started
        self.done = threading.Event()
        self.answers: list[Answer] = []
        self.error: Exception = NoDataYet(
            say("program.sharedCallBrokenOff", "The call that this request shared was broken off.")
        )

    def outcome(self) -> Answer:
        if self.answers:
            return self.answers[0]
        # A copy each, since a raised exception collects its own traceback.
        raise copy.copy(self.error) if isinstance(self.error, ControllerError) else self.error


class SingleFlight(Generic[Answer]):
    """Calls `call` for the first who asks and gives its outcome, an error too, to all who ask meanwhile.

    An answer is shared until `fresh_for` s after its call began, an error until `fresh_for` s after it came. While a
    call has been under way for longer than `patience` s, at most `waiters` callers wait for it; the others get a
    timeout (504) at once. `name` is what an error's sentence calls it; `longest` (s) bounds every wait. What began
    before `not_before` (monotonic s), as the last order of ours, is shared no more.
    """

    def __init__(
        self,
        call: Callable[[], Answer],
        *,
        name: Sentence,
        fresh_for: float = 1.0,
        waiters: int = 4,
        patience: float = 0.1,
        longest: float = 30.0,
        clock: Callable[[], float] = time.monotonic,
        not_before: Callable[[], float] = lambda: float("-inf"),
    ) -> None:
        self._call = call
        self._not_before = not_before
        self._name = name
        self._fresh_for = fresh_for
        self._patience = patience
        self._longest = longest
        self._clock = clock
        self._choosing = threading.Lock()  # protects which flight is the latest; held for moments only
        self._flight: _Flight[Answer] | None = None
        self._seats = threading.BoundedSemaphore(waiters)

    def __call__(self) -> Answer:
        """The answer, at most `fresh_for` s old; raises what the call raised, or UpstreamTimeout."""
        not_before = self._not_before()
        with self._choosing:
            flight = self._flight
            leads = flight is None or flight.started < not_before or self._is_over(flight)
            if flight is None or leads:
                flight = self._flight = _Flight(self._clock())
        if leads:
            self._fly(flight)
        elif not flight.done.is_set():
            self._await(flight)
        return flight.outcome()

    def _is_over(self, flight: _Flight[Answer]) -> bool:
        return flight.done.is_set() and self._clock() - flight.fresh_from > self._fresh_for

    def _fly(self, flight: _Flight[Answer]) -> None:
        try:
            flight.answers.append(self._call())
        except Exception as error:  # noqa: BLE001 - everybody who shares this call is told, the leader too
            flight.error = error
            flight.fresh_from = self._clock()
        finally:
            flight.done.set()

    def _await(self, flight: _Flight[Answer]) -> None:
        patience = self._patience - (self._clock() - flight.started)
        if patience > 0 and flight.done.wait(patience):
            return
        if not self._seats.acquire(blocking=False):
            sentence = say(
                "program.othersWaitAlready",
                "{name} has not answered for {seconds:.1f} s, and other requests wait for it already.",
                name=self._name, seconds=self._clock() - flight.started,
            )  # fmt: skip
            raise UpstreamTimeout(sentence, sent=True)
        try:
            if not flight.done.wait(self._longest):
                sentence = say(
                    "program.waitsNoLonger",
                    "{name} has not answered for {seconds:.1f} s, so this request waits no longer.",
                    name=self._name, seconds=self._clock() - flight.started,
                )  # fmt: skip
                raise UpstreamTimeout(sentence, sent=True)
        finally:
            self._seats.release()
