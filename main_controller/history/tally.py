"""Sums one unit's readings up within one minute.

Pure. Used by the recording. Between two readings a power is taken to run straight from the one to the other, so that a
change of sign between them is split where the line crosses zero.
"""

from typing import NamedTuple

from main_controller.domain.modes import ConverterStatus, Mode
from main_controller.history.slot import MINUTE, MODES, STATUSES, Energies, Powers, Slot, Voltage

S_PER_H = 3600.0

_STATUS = {status: index for index, status in enumerate(STATUSES)}
_MODE = {mode: index for index, mode in enumerate(MODES)}
_POWERS = len(Powers._fields)
_BATTERY, _GRID = Powers._fields.index("battery"), Powers._fields.index("grid")


class Point(NamedTuple):
    """One reading: when (monotonic s) it was told, and what."""

    at: float
    powers: tuple[float | None, ...]
    voltage: float | None
    charge: float | None
    status: ConverterStatus | None
    mode: Mode | None


class Tally:
    """What one unit did in the minute that begins at `start` (s since 1970)."""

    __slots__ = ("_charge", "_covered", "_known", "_modes", "_statuses", "_sums", "_volts", "_ways", "start", "unit_id")

    def __init__(self, unit_id: str, start: int) -> None:
        self.unit_id = unit_id
        self.start = start
        self._covered = 0.0
        self._sums = [0.0] * _POWERS  # W s
        self._known = [0.0] * _POWERS  # s in which the power was told
        self._ways = [0.0] * 4  # Ws: grid in and out, battery in and out
        self._volts: list[float] | None = None  # lowest, sum (V s), highest, s
        self._charge: float | None = None
        self._statuses = [0.0] * len(STATUSES)
        self._modes = [0.0] * len(MODES)

    def add(self, before: Point, after: Point, begin: float, end: float) -> None:
        """Take in what lies between two readings from `begin` to `end`, parts (0 to 1) of the time between them."""
        whole = after.at - before.at
        seconds = whole * (end - begin)
        self._covered += seconds
        self._statuses[_STATUS.get(before.status, -1)] += seconds
        self._modes[_MODE.get(before.mode, -1)] += seconds
        sums, known = self._sums, self._known
        for index in range(_POWERS):
            first, last = before.powers[index], after.powers[index]
            if first is None or last is None:
                continue
            one, other = first + (last - first) * begin, first + (last - first) * end
            sums[index] += (one + other) / 2 * seconds
            known[index] += seconds
            if index >= _BATTERY:
                self._add_ways(0 if index == _GRID else 2, one, other, seconds)
        self._add_voltage(before.voltage, after.voltage, begin, end, seconds)
        if after.charge is not None and end >= 1.0:
            self._charge = after.charge
        elif self._charge is None:
            self._charge = before.charge

    def _add_ways(self, way: int, one: float, other: float, seconds: float) -> None:
        if one >= 0 and other >= 0:
            self._ways[way] += (one + other) / 2 * seconds
        elif one <= 0 and other <= 0:
            self._ways[way + 1] -= (one + other) / 2 * seconds
        else:
            crossing = one / (one - other)
            positive, negative = (
                (one * crossing, other * (1 - crossing)) if one > 0 else (other * (1 - crossing), one * crossing)
            )
            self._ways[way] += positive / 2 * seconds
            self._ways[way + 1] -= negative / 2 * seconds

    def _add_voltage(self, first: float | None, last: float | None, begin: float, end: float, seconds: float) -> None:
        if first is None or last is None:
            return
        one, other = first + (last - first) * begin, first + (last - first) * end
        low, high = (one, other) if one < other else (other, one)
        volts = self._volts
        if volts is None:
            self._volts = [low, (one + other) / 2 * seconds, high, seconds]
        else:
            volts[0], volts[2] = min(volts[0], low), max(volts[2], high)
            volts[1] += (one + other) / 2 * seconds
            volts[3] += seconds

    def slot(self) -> Slot:
        """What was summed so far."""
        known, volts = self._known, self._volts
        return Slot(
            self.unit_id,
            self.start,
            MINUTE,
            self._covered,
            Powers(*(total / s if s else None for total, s in zip(self._sums, known, strict=True))),
            Energies(
                *(
                    ws / S_PER_H if known[_GRID if index < 2 else _BATTERY] else None
                    for index, ws in enumerate(self._ways)
                )
            ),
            Voltage(volts[0], volts[1] / volts[3], volts[2]) if volts and volts[3] else None,
            self._charge,
            tuple(self._statuses),
            tuple(self._modes),
        )
