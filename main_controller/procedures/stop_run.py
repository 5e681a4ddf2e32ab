"""One Stop all under way: what was asked and answered so far, and what counts as seen since (Z6c, Z9, Z9b).

Used by `StopAll`, and touched only by the thread that runs it, but for the two events. Sends nothing.
"""

import threading
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

from main_controller.assessment.grid_state import GridState, UnitAssessment
from main_controller.domain.commands import UNCONFIRMED, Command, CommandState, UnitOutcome
from main_controller.domain.modes import ConverterStatus, Mode
from main_controller.domain.timing import Timing
from main_controller.errors import Sent
from main_controller.orders.register import Register
from main_controller.orders.waits import WaitResult, WaitWave
from main_controller.sentence import Sentence


@dataclass(frozen=True, slots=True)
class _Told:
    """What a converter itself said: when it was asked and answered (monotonic s), its status, whether to a Wait."""

    asked_at: float
    at: float
    status: ConverterStatus | None
    after_wait: bool


@dataclass
class StopRun:
    """What one Stop all did and heard; moments are monotonic s.

    `in_grace` are the units that apis-main may still bring to Wait by itself; to all others Wait is due at once.
    `ask_stop`: apis-main drives or may drive converters, so that the cluster is to be force-stopped; `asked_at` is when
    that was last asked, `accepted_at` when it was first taken. `overtakes` are those that are being told that this
    overtook them.
    """

    command: Command
    started: float
    in_grace: frozenset[str]
    ask_stop: bool
    commands: Register
    timing: Timing
    hurry: threading.Event = field(default_factory=threading.Event)
    done: threading.Event = field(default_factory=threading.Event)
    asked: Future[None] | None = None
    asked_at: float | None = None
    accepted_at: float | None = None
    stop_error: Sentence | None = None
    overtakes: list[Future[None]] = field(default_factory=list)
    waves: list[WaitWave] = field(default_factory=list)
    reads: dict[str, Future[Any]] = field(default_factory=dict)
    read_at: float = float("-inf")
    waited: dict[str, WaitResult] = field(default_factory=dict)
    told: dict[str, _Told] = field(default_factory=dict)
    forgotten: dict[str, Future[WaitResult]] = field(default_factory=dict)

    # What was heard

    def waited_for(self, unit_id: str, result: WaitResult) -> None:
        """Take what came of a Wait; an older one than is known changes nothing."""
        known = self.waited.get(unit_id)
        if known is None or result.at > known.at:
            self.waited[unit_id] = result
            if result.error is None:
                self.told[unit_id] = _Told(result.asked_at, result.at, result.status, after_wait=True)

    def told_by_itself(self, unit_id: str, status: ConverterStatus | None) -> None:
        """Take the status that a converter told when it was last read directly."""
        known = self.told.get(unit_id)
        if known is None or self.read_at >= known.at:
            after_wait = known is not None and known.after_wait
            self.told[unit_id] = _Told(self.read_at, self.read_at, status, after_wait)

    def was_asked(self, unit: UnitAssessment) -> bool:
        """Whether Wait came back from this unit after every other order to it did."""
        result = self.waited.get(unit.id)
        if result is None or unit.in_flight:
            return False
        return unit.disturbed_at is None or result.asked_at >= unit.disturbed_at

    @property
    def sent(self) -> Sent:
        """Whether anything of this run left."""
        left = {result.sent for result in self.waited.values()}
        doubt: Sent = "unknown" if self.ask_stop or "unknown" in left else False
        return True if self.accepted_at is not None or True in left else doubt

    # What counts as seen: the cluster's stop

    def taking_effect(self, grid: GridState) -> bool:
        """Whether the stop was accepted and no live unit shows another mode by a reading that counts."""
        if self.accepted_at is None:
            return False
        since = self._stop_shows_from()
        return not any(
            unit.global_mode is not Mode.STOP for unit in grid.live if unit.reading and unit.reading.at >= since
        )

    def stopped(self, grid: GridState) -> bool:
        """Whether the stop is in effect: a unit is live, and all live ones show it by a reading that counts (Z9b)."""
        if self.accepted_at is None or not grid.live:
            return False
        since = self._stop_shows_from()
        return all(
            unit.global_mode is Mode.STOP and unit.reading is not None and unit.reading.at >= since
            for unit in grid.live
        )

    def _stop_shows_from(self) -> float:
        """From when (monotonic s) readings tell of the stop: late after it and after any other mode that was sent."""
        last = self.accepted_at if self.accepted_at is not None else self.started
        for order in self.commands.effects.mode_effects():
            if order.unit_id is None and order.mode is not Mode.STOP:
                last = max(last, order.returned if order.returned is not None else float("inf"))
        return last + self.timing.lag

    # What counts as seen: each unit's Wait

    def confirmed(self, unit: UnitAssessment) -> str | None:
        """By what this unit is known to be in Wait since the order, or None (Z6c, Z9).

        Nothing that was said before another order to it came back counts; telemetry counts late, and only late after
        the converter's own status.
        """
        if unit.in_flight:
            return None
        told = self._standing(unit)
        since = max(self.started, self.accepted_at or self.started) + self.timing.stop_lag
        for moment in (unit.disturbed_at, told.at if told is not None else None):
            since = max(since, moment + self.timing.lag) if moment is not None else since
        if unit.reading is not None and unit.reading.at >= since:
            return "reading" if unit.reading.status is ConverterStatus.WAIT else None
        return "converter" if told is not None and told.status is ConverterStatus.WAIT else None

    def _standing(self, unit: UnitAssessment) -> _Told | None:
        """The converter's last own status, unless it predates another order to it or, for one not given in reply to
        Wait, apis-main's acceptance of the stop: until then apis-main may begin a deal."""
        told = self.told.get(unit.id)
        if told is None or (unit.disturbed_at is not None and told.asked_at < unit.disturbed_at):
            return None
        driven = self.ask_stop and (self.accepted_at is None or told.asked_at < self.accepted_at)
        return None if driven and not told.after_wait else told

    def outcomes(self, grid: GridState) -> dict[str, UnitOutcome]:
        """How the order stands at each known unit."""
        outcomes: dict[str, UnitOutcome] = {}
        for unit in grid.units.values():
            evidence = self.confirmed(unit)
            result = self.waited.get(unit.id)
            told = self.told.get(unit.id)
            status = told.status if told is not None else unit.last_status
            state = CommandState.VERIFIED if evidence else CommandState.PENDING if unit.live else UNCONFIRMED
            error = result.error.sentence if result is not None and result.error is not None and not evidence else None
            sent: Sent = result.sent if result is not None else False
            outcomes[unit.id] = UnitOutcome(state, sent, None if status is None else str(status), error, evidence)
        return outcomes
