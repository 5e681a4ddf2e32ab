"""The safe end of a guided procedure: current off, then reference down, whatever fails (N13, S5, S20, S21).

Used by `GuidedTransfer`, which keeps and tells what comes of it. Every current-controlled unit gets Wait first, also
one that is not the procedure's own; the reference gets its own once their current is measured gone, at the latest 30 s
later.
"""

from collections.abc import Iterable
from dataclasses import replace

from main_controller.assessment.grid_state import GridState, UnitAssessment, ids
from main_controller.domain.modes import SHARING_MODES, ConverterStatus
from main_controller.domain.transfer import Step, Transfer, TransferState
from main_controller.orders.desk import Desk
from main_controller.orders.direct_readings import RepeatedReadings
from main_controller.orders.waits import Waits, WaitWave
from main_controller.rules.transfer_end import (
    in_deals,
    reference_like,
    released_since,
    still_its_own,
    to_stop,
    what_is_left,
)
from main_controller.rules.transfer_watch import Bounds
from main_controller.sentence import Sentence, joined, say

NO_CURRENT = 0.1
"""Below this (A) a converter carries no current."""


FAILED_TIMES = 3
"""How often a Wait that failed is sent again at once."""


class SafeEnd:
    """Sends the converters to Wait in their order; `bounds.step_time` (s) bounds the last step."""

    def __init__(self, desk: Desk, waits: Waits, reads: RepeatedReadings, *, bounds: Bounds) -> None:
        self._desk = desk
        self._waits = waits
        self._reads = reads
        self._bounds = bounds
        self.forget()

    def forget(self) -> None:
        """Forget what was sent: another procedure begins, or the end of an interrupted one."""
        self._began: float | None = None
        self._bus_is_ours = True
        self._followers: set[str] = set()
        self._references: set[str] = set()
        self._waves: dict[str, WaitWave] = {}
        self._first: dict[str, float] = {}
        self._last: dict[str, float] = {}
        self._answered: dict[str, float] = {}
        self._failures: dict[str, int] = {}
        self._unseen: set[str] = set()
        self._reads.forget()

    def current_off(self, transfer: Transfer, grid: GridState) -> Transfer | None:
        """Send the followers' Waits; the procedure in its next step once no current flows or they had their time."""
        if self._began is None:
            self._began = grid.now
            self._bus_is_ours = not released_since(transfer, grid)
        self._sort(transfer, grid)
        followers = _known(self._followers, grid)
        seen = [unit for unit in followers if self._send_wait(transfer, unit, grid.now)]
        self._reads.look(sorted(followers, key=lambda unit: unit.id != transfer.taker))
        off = [unit for unit in seen if self._carries_nothing(unit)]
        done = len(off) == len(followers) and transfer.taker in grid.units
        if not done and grid.now - self._began < self._desk.timing.reference_at_latest:
            return None
        return transfer.to(Step.REFERENCE_DOWN, grid.now, _currents_now(transfer, followers, seen, off))

    def reference_down(self, transfer: Transfer, grid: GridState) -> Transfer | None:
        """Send the reference's Wait, and all others' until they are seen; the ended procedure, else None."""
        self._sort(transfer, grid)
        units = _known(self._followers | self._references, grid)
        working = [unit for unit in units if not self._send_wait(transfer, unit, grid.now)]
        own = _known({transfer.giver, transfer.taker}, grid)
        self._reads.look([*own, *units])
        left = self._left(transfer, grid, own, working)
        if left and grid.now - transfer.since <= self._bounds.step_time:
            return None
        self._unseen = {unit.id for unit in working}
        note = left or self._done(transfer, grid)
        reason = joined(text for text in (transfer.reason, left) if text)
        state = TransferState.ENDED if not left and not transfer.failed else TransferState.FAILED
        notes = {**transfer.notes, str(transfer.step): note}
        return replace(transfer, notes=notes, reason=reason, state=state, safe=not left)

    @property
    def at_work(self) -> bool:
        """Whether the end has failed to see somebody in Wait who is its own still."""
        return bool(self._unseen)

    def go_on(self, transfer: Transfer, grid: GridState, *, sends: bool) -> Sentence:
        """After an end that failed: send Wait on to those that it did not see there (S5, S30); what is left of it.

        Not to one that was ordered something else since, or that apis-main drives: whoever looked at it may act. Unless
        it `sends`, it looks alone.
        """
        for unit in _known(self._unseen, grid):
            began = self._began if self._began is not None else transfer.since
            taken = unit.obeys in SHARING_MODES or self._desk.ordered_since(transfer.id, began, unit.id, stops=False)
            if taken or (self._send_wait(transfer, unit, grid.now) if sends else unit.confirmed_wait(began)):
                self._unseen.discard(unit.id)
        own = _known({transfer.giver, transfer.taker}, grid)
        return self._left(transfer, grid, own, _known(self._unseen, grid))

    # Whom it concerns

    def _sort(self, transfer: Transfer, grid: GridState) -> None:
        """Note who is to be brought to Wait, and whether before or with the reference."""
        dealing = in_deals(self._desk.cache.snapshot().grid.deals or ())
        for unit in to_stop(transfer, grid, dealing):
            if unit.id in self._followers or unit.id in self._references:
                continue
            if not self._bus_is_ours and not still_its_own(unit, transfer):
                continue
            (self._references if reference_like(unit, transfer) else self._followers).add(unit.id)

    # Sending

    def _send_wait(self, transfer: Transfer, unit: UnitAssessment, now: float) -> bool:
        """Send Wait, again every few seconds, until it is seen; whether it is."""
        unit_id, wave = unit.id, self._waves.get(unit.id)
        first = self._first.setdefault(unit_id, now)
        finished = wave is None or wave.finished()
        if wave is not None and finished:
            self._take(unit_id, wave)
        if wave is not None and unit.confirmed_wait(first):
            return True
        failures = self._failures.get(unit_id, 0)
        timing = self._desk.timing
        pause = timing.end_failed_again if 0 < failures <= FAILED_TIMES else timing.end_again
        if wave is None or (finished and now - self._last[unit_id] >= pause):
            self._last[unit_id] = now
            wave = self._waves[unit_id] = self._waits.start(transfer.id, [unit])
            wave.finished()  # a reference's Wait leaves with this look
        return False

    def _take(self, unit_id: str, wave: WaitWave) -> None:
        """What came of the last Wait, once for each."""
        result = wave.results().get(unit_id)
        if result is None or result.at <= self._answered.get(unit_id, float("-inf")):
            return
        self._answered[unit_id] = result.at
        self._failures[unit_id] = self._failures.get(unit_id, 0) + 1 if result.error is not None else 0

    # Measuring

    def _since(self, unit_id: str) -> float:
        """From when a measurement tells of this unit after its Wait, monotonic s."""
        return max(self._answered.get(unit_id, float("-inf")), self._first.get(unit_id, float("inf")))

    def _carries_nothing(self, unit: UnitAssessment) -> bool:
        """Whether its current is measured gone, by its own meter or by a reading that counts."""
        since = self._since(unit.id)
        direct = self._reads.of(unit.id)
        if direct is not None and direct.at >= since and direct.ig is not None:
            return abs(direct.ig) < NO_CURRENT
        reading = unit.reading
        counts = reading is not None and reading.at >= since + self._bounds.lag
        return counts and reading is not None and reading.ig is not None and abs(reading.ig) < NO_CURRENT

    def _voltages(self, grid: GridState) -> dict[str, float]:
        """The bus voltages (V) that were measured after the last reference's Wait came back."""
        since = max((self._since(unit_id) for unit_id in self._references), default=self._began or grid.now)
        found = {}
        for unit in grid.units.values():
            direct, reading = self._reads.of(unit.id), unit.reading
            if direct is not None and direct.at >= since and direct.vg is not None:
                found[unit.id] = direct.vg
            elif reading is not None and reading.at >= since + self._bounds.lag and reading.vg is not None:
                found[unit.id] = reading.vg
        return found

    def _left(
        self, transfer: Transfer, grid: GridState, own: list[UnitAssessment], working: list[UnitAssessment]
    ) -> Sentence:
        """What keeps this end from being one, in a sentence; empty when nothing does."""
        unknown = [unit_id for unit_id in (transfer.giver, transfer.taker) if unit_id not in grid.units]
        dead_bus = self._bounds.limits.dead_bus
        driven = any(_driven(unit) for unit in grid.units.values())  # apis-main holds the bus for its deals
        if driven or not self._bus_is_ours:
            return what_is_left(working, unknown, {}, dead_bus, measured=True)
        voltages = self._voltages(grid)
        live = [unit.id for unit in own if unit.live]
        old = [unit.id for unit in grid.live if unit.reading is not None and abs(unit.reading.vg or 0.0) > dead_bus]
        measured = bool(voltages) and all(unit_id in voltages for unit_id in (*live, *old))
        return what_is_left(working, unknown, voltages, dead_bus, measured=measured)

    def _done(self, transfer: Transfer, grid: GridState) -> Sentence:
        """That all is over, in a sentence."""
        if not self._bus_is_ours:
            return say(
                "procedures.busNotOurs",
                "{unit} was in Wait already; what else works on the bus is not this procedure's.",
                unit=transfer.giver,
            )
        left = sorted({transfer.giver, transfer.taker} - self._followers - self._references)
        if len(left) == 2:
            return say(
                "procedures.bothInDeals",
                "apis-main drives {one} and {other} for its deals; that is left to it.",
                one=left[0],
                other=left[1],
            )
        if left:
            return say(
                "procedures.inDeals",
                "apis-main drives {unit} for its deals; that is left to it.",
                unit=left[0],
            )
        driven = ids(unit for unit in grid.units.values() if _driven(unit))
        if driven:
            return say(
                "procedures.referenceDownOthersDriven",
                "{unit} is in Wait; apis-main drives {units}.",
                unit=transfer.giver,
                units=driven,
            )
        return say(
            "procedures.referenceDown",
            "{unit} is in Wait; no converter works, and the bus is dead.",
            unit=transfer.giver,
        )


def _driven(unit: UnitAssessment) -> bool:
    """Whether apis-main has, or may have, put this converter to work."""
    return unit.live and unit.obeys in SHARING_MODES and not unit.estimate.surely(ConverterStatus.WAIT)


def _known(unit_ids: Iterable[str], grid: GridState) -> list[UnitAssessment]:
    return [grid.units[unit_id] for unit_id in sorted(unit_ids) if unit_id in grid.units]


def _currents_now(
    transfer: Transfer, followers: list[UnitAssessment], seen: list[UnitAssessment], off: list[UnitAssessment]
) -> Sentence:
    """How the first step of the end went, in a sentence."""
    unseen = [unit for unit in followers if unit not in seen]
    carrying = [unit for unit in seen if unit not in off]
    parts = []
    if off:
        parts.append(say("procedures.currentOff", "{units} is in Wait and carries no current.", units=ids(off)))
    if unseen:
        parts.append(say("procedures.notSeenInWait", "{units} was not seen in Wait.", units=ids(unseen)))
    if carrying:
        parts.append(
            say(
                "procedures.currentNotMeasured",
                "{units} is in Wait; nobody measured its current gone.",
                units=ids(carrying),
            )
        )
    if not parts:
        return say("procedures.takerUnknown", "{unit} is not known any more.", unit=transfer.taker)
    return joined(parts)
