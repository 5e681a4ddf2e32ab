"""The figures of a guided transfer: what its converters are seen to do, and the energy carried so far (S22, I15).

Used by `GuidedTransfer`. What is told of currents is what was read, never what was ordered.
"""

from typing import NamedTuple

from main_controller.assessment.grid_state import GridState, UnitAssessment
from main_controller.domain.freshness import Reading, UnitState
from main_controller.domain.modes import ConverterStatus
from main_controller.domain.transfer import Step, Transfer
from main_controller.orders.desk import Desk
from main_controller.rules.transfer_energy import Energy, begun, power_of
from main_controller.rules.transfer_watch import Bounds
from main_controller.sentence import Sentence, say


class ConverterSeen(NamedTuple):
    """What is known of a converter: the `statuses` that it may be in (None: another, or not known) and by what that is
    known, its last `reading`, that reading's power at the bus (W) and age (s); None: not told."""

    state: UnitState
    statuses: frozenset[ConverterStatus | None] = frozenset()
    source: str | None = None
    reading: Reading | None = None
    wg: float | None = None
    age: float | None = None


class TransferFigures:
    """Counts for one transfer at a time."""

    def __init__(self, desk: Desk, bounds: Bounds) -> None:
        self._desk = desk
        self._bounds = bounds
        self._energy: Energy | None = None

    def forget(self) -> None:
        """Another transfer begins."""
        self._energy = None

    def begin(self, transfer: Transfer) -> None:
        """Its current has been ordered."""
        if transfer.current_at is not None:
            self._energy = begun(transfer.voltage, transfer.current, transfer.current_at, self._bounds.lag)

    def over(self, now: float) -> None:
        """Its current is off, or had its time to be."""
        if self._energy is not None:
            self._energy = self._energy.stopped(now)

    def look(self, transfer: Transfer, grid: GridState) -> None:
        """Count in the taker's last reading, once."""
        unit = grid.units.get(transfer.taker)
        if self._energy is None or unit is None or unit.reading is None:
            return
        reading = unit.reading
        self._energy = self._energy.read(reading.at, power_of(unit.figures.wg, reading.vg, reading.ig))

    def wh(self, now: float) -> float | None:
        """Wh carried so far, None before any current was ordered."""
        return None if self._energy is None else self._energy.total(now)

    def why_over(self, transfer: Transfer, now: float) -> Sentence | None:
        """That its own limit is reached, in a sentence, or None."""
        if transfer.step is not Step.SHARING or transfer.current_at is None:
            return None
        if transfer.minutes is not None and now - transfer.current_at >= transfer.minutes * 60:
            return say("procedures.minutesOver", "Its {minutes:g} min are over.", minutes=transfer.minutes)
        wh = self.wh(now)
        if transfer.wh is not None and wh is not None and wh >= transfer.wh:
            return say(
                "procedures.whReached", "Its {wh:g} Wh are reached ({carried:.1f} Wh).", wh=transfer.wh, carried=wh
            )
        return None

    def sentence(self, transfer: Transfer, grid: GridState) -> Sentence:
        """What flows by the last readings."""
        return say(
            "procedures.currents",
            "By the last readings {taker} has {taken}, {giver} {given}.",
            taker=transfer.taker,
            taken=_amps(grid.units.get(transfer.taker)),
            giver=transfer.giver,
            given=_amps(grid.units.get(transfer.giver)),
        )

    def seen(self, transfer: Transfer, grid: GridState) -> dict[str, ConverterSeen]:
        """What is known and measured of both converters, the giver first."""
        return {unit_id: _seen(grid.units.get(unit_id), grid) for unit_id in (transfer.giver, transfer.taker)}


def _seen(unit: UnitAssessment | None, grid: GridState) -> ConverterSeen:
    if unit is None:
        return ConverterSeen(UnitState.SILENT)
    return ConverterSeen(
        unit.state, unit.estimate.statuses, unit.estimate.source, unit.reading, unit.figures.wg, grid.age(unit)
    )


def _amps(unit: UnitAssessment | None) -> Sentence:
    ig = None if unit is None or unit.reading is None else unit.reading.ig
    if ig is None:
        return say("procedures.noKnownCurrent", "no known current")
    return say("procedures.amps", "{amps:+g} A", amps=ig)
