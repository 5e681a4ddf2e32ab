"""Which status was told when, so that an order says by the number of a status when it was pressed (H1).

Owned by the desk: the status report takes a serial for every status, the desk asks how long ago an order was pressed.
"""

import secrets
import threading
from array import array
from collections.abc import Callable
from dataclasses import dataclass

from main_controller.domain.stamp import Moment
from main_controller.domain.timing import Timing
from main_controller.sentence import Sentence, say

KEPT = 500_000
"""How many serials are known: eight pages that ask twice a second use them up in 8 hours, a flood in minutes."""


def new_start() -> str:
    """A name for a start of the program."""
    return secrets.token_hex(8)


@dataclass(frozen=True, slots=True)
class Change:
    """A mode that changed by itself: when (monotonic s), where (None: the cluster), and the sentence that tells it."""

    at: float
    unit_id: str | None
    sentence: Sentence


class Moments:
    """Serials of this start of the program, which `start` names; `clock` is monotonic s.

    `ahead` (s) is how far a page's own count of its status' age may run ahead of our clock.
    """

    def __init__(self, clock: Callable[[], float], *, ahead: float = Timing().ahead, start: str | None = None) -> None:
        self.start = new_start() if start is None else start
        self._clock = clock
        self._ahead = ahead
        self._lock = threading.Lock()  # protects the times and the first serial; held for list work only
        self._times = array("d")
        self._first = 1
        self._changes: dict[str | None, Change] = {}  # the last of each scope

    def serial(self) -> int:
        """The serial of a status that is being made: to be taken before anything is looked at for it."""
        with self._lock:
            self._times.append(self._clock())
            if len(self._times) > KEPT:
                del self._times[: KEPT // 2]
                self._first += KEPT // 2
            return self._first + len(self._times) - 1

    def told_at(self, moment: Moment) -> float | None:
        """When (monotonic s) the status of this moment was told; None for another start or an unknown serial."""
        if moment.start != self.start:
            return None
        with self._lock:
            index = moment.serial - self._first
            return self._times[index] if 0 <= index < len(self._times) else None

    def why_not(self, moment: Moment, limit: float) -> Sentence | None:
        """Why an order of this moment may not act for its age alone, at most `limit` s; None where it may."""
        told_at = self.told_at(moment)
        if told_at is None:
            return say(
                "orders.otherStart",
                "Its page shows another start of the controller, or a status of too long ago; press it again.",
            )
        elapsed = self._clock() - told_at - moment.age
        if elapsed < -self._ahead:
            return say(
                "orders.pressedAhead",
                "It tells a moment that is still to come, so nobody knows when it was pressed; press it again.",
            )
        if elapsed > limit:
            return say(
                "orders.pressedLongAgo",
                "It was pressed {seconds:.0f} s before it arrived, longer than {limit:g} s ago; press it again.",
                seconds=elapsed,
                limit=limit,
            )
        return None

    def changed(self, unit_id: str | None, sentence: Sentence) -> None:
        """Note that a mode changed by itself, which an order pressed before could not know."""
        with self._lock:
            self._changes[unit_id] = Change(self._clock(), unit_id, sentence)

    def changes_since(self, moment: Moment) -> list[Change]:
        """What changed by itself since the status of this moment was told."""
        told_at = self.told_at(moment)
        with self._lock:
            changes = list(self._changes.values())
        return [change for change in changes if told_at is not None and change.at > told_at]
