"""What is kept of one unit, or of the cluster, for one span of time (V8).

Pure. Used by the recording, the store and the readings. `+` charges: what is `in` flows into the unit or its battery,
what is `out` leaves it (K2).
"""

from typing import NamedTuple

from main_controller.domain.modes import ConverterStatus, Mode

CLUSTER = ""
"""The id under which the totals of the cluster are kept: no unit has it."""

MINUTE, HALF_HOUR = 60, 1800
"""The lengths of the slots that are kept, s; each begins at a multiple of it since 1970 (UTC)."""

STATUSES: tuple[ConverterStatus | None, ...] = (
    ConverterStatus.WAIT,
    ConverterStatus.VOLTAGE_REFERENCE,
    ConverterStatus.CHARGE,
    ConverterStatus.DISCHARGE,
    None,
)
"""The converter statuses of which the seconds are counted; None: every other one, and none told."""

MODES: tuple[Mode | None, ...] = (Mode.AUTONOMOUS, Mode.HETERONOMOUS, Mode.STOP, Mode.MANUAL, None)
"""The effective modes of which the seconds are counted; None: not told."""


class Powers(NamedTuple):
    """Mean powers (W) over the covered time; None where the hardware does not tell (N17)."""

    pv: float | None = None
    load: float | None = None
    utility: float | None = None
    battery: float | None = None
    grid: float | None = None


class Energies(NamedTuple):
    """Energy (Wh) by our clock, both ways apart, at the grid and at the battery; None where the power is not told."""

    grid_in: float | None = None
    grid_out: float | None = None
    battery_in: float | None = None
    battery_out: float | None = None


class Voltage(NamedTuple):
    """Lowest, mean and highest voltage (V) that was measured at the grid."""

    lowest: float
    mean: float
    highest: float


class Slot(NamedTuple):
    """One span: from `start` (s since 1970) for `length` s, of which `covered` s were live by the unit's own clock.

    `charge` (%) is that of the last reading in it; `statuses` and `modes` are seconds in each of `STATUSES`, `MODES`.
    Of the cluster everything is a sum over its units, the charge a mean, the voltage that of all; `covered` is the mean
    over all units that are known, so that a silent unit leaves a gap.
    """

    unit_id: str
    start: int
    length: int
    covered: float
    powers: Powers
    energies: Energies
    voltage: Voltage | None
    charge: float | None
    statuses: tuple[float, ...]
    modes: tuple[float, ...]

    @property
    def coverage(self) -> float:
        """The part of the span that is covered, 0 to 1; a clock that was set back may cover a minute twice."""
        return min(1.0, self.covered / self.length)
