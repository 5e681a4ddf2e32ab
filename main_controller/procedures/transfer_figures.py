"""The figures of a guided transfer: what its converters are seen to do, and the energy carried so far (S22, I15).

Used by `GuidedTransfer`. What is told of currents is what was read, never what was ordered.
"""

from typing import Any

from main_controller.assessment.grid_state import GridState, UnitAssessment
from main_controller.domain.transfer import Step, Transfer
from main_controller.orders.desk import Desk
from main_controller.rules.transfer_energy import Energy, begun, power_of
from main_controller.rules.transfer_watch import Bounds
from main_controller.sentence import Sentence, say


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

    def as_json(self, transfer: Transfer) -> dict[str, Any]:
        """The wire form: what is known and measured of both converters, and the energy."""
        grid = self._desk.grid()
        units = {unit_id: self._unit(grid.units.get(unit_id), grid) for unit_id in (transfer.giver, transfer.taker)}
        wh = self.wh(grid.now)
        return {"units": units, "energyWh": None if wh is None else round(wh, 2)}

    def _unit(self, unit: UnitAssessment | None, grid: GridState) -> dict[str, Any]:
        """What is known of a converter: V, A, W and the age in s of its last reading."""
        if unit is None:
            return {"state": "silent", "words": [], "source": None, "vg": None, "ig": None, "wg": None, "age": None}
        statuses = sorted("unknown" if status is None else str(status) for status in unit.estimate.statuses)
        reading, age = unit.reading, grid.age(unit)
        return {
            "state": str(unit.state),
            "words": statuses,
            "source": unit.estimate.source,
            "vg": None if reading is None else reading.vg,
            "ig": None if reading is None else reading.ig,
            "wg": unit.figures.wg,
            "age": None if age is None else round(age, 1),
        }


def _amps(unit: UnitAssessment | None) -> Sentence:
    ig = None if unit is None or unit.reading is None else unit.reading.ig
    if ig is None:
        return say("procedures.noKnownCurrent", "no known current")
    return say("procedures.amps", "{amps:+g} A", amps=ig)
