"""The DC bus: its voltage, who holds it, what flows, and whether it is at its voltage (Z6b, K2, K4).

Pure; every time is in monotonic seconds.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from statistics import median
from typing import Protocol

from main_controller.assessment.figures import Figures
from main_controller.domain.freshness import Reading
from main_controller.domain.limits import BusLimits
from main_controller.domain.modes import ConverterStatus

RISE = 2.0
"""A change of the voltage (V) that is no noise."""

RAMP_PATIENCE = 20.0
"""How long (s) without a rise a ramp is believed: a unit reads every 5 s, two beats apart (K4)."""


class BusState(StrEnum):
    """How the bus stands, by its voltage and by who holds it."""

    UNKNOWN = "unknown"
    OFF = "off"
    NO_REFERENCE = "noReference"
    TWO_REFERENCES = "twoReferences"
    RAMPING = "ramping"
    STEADY = "steady"
    DEAD = "dead"
    OUT_OF_BAND = "outOfBand"


@dataclass(frozen=True, slots=True)
class Bus:
    """`voltage` (V) is the reference's own reading, else the median of all; `target` (V) what the reference is set to.

    `references` are all that hold the bus: more than one is a contradiction, and `reference` is then None. `current`
    (A) and `power` (W) are what units take from the bus; `skew` (s) is how far apart the readings in these sums are
    (Z6b). A ramp is believed until `ramp_ends` (None: there is none).
    """

    voltage: float | None = None
    reference: str | None = None
    references: tuple[str, ...] = ()
    target: float | None = None
    current: float | None = None
    power: float | None = None
    skew: float | None = None
    state: BusState = BusState.UNKNOWN
    ramp_ends: float | None = None


class OnBus(Protocol):
    """What the bus needs to know of a unit."""

    @property
    def id(self) -> str:
        """The unit's id."""

    @property
    def last_status(self) -> ConverterStatus | None:
        """What its converter last said it does."""

    @property
    def figures(self) -> Figures:
        """What it measured last."""

    @property
    def moved_at(self) -> float | None:
        """When it was read."""

    @property
    def recent(self) -> tuple[Reading, ...]:
        """Its last readings, oldest first."""


def bus_of(live: Sequence[OnBus], limits: BusLimits, now: float) -> Bus:
    """The bus as the live units show it."""
    references = [unit for unit in live if unit.last_status is ConverterStatus.VOLTAGE_REFERENCE]
    only = references[0] if len(references) == 1 else None
    voltage = only.figures.vg if only is not None else None
    if voltage is None:
        shown = [unit.figures.vg for unit in live if unit.figures.vg is not None]
        voltage = median(shown) if shown else None
    ends = None if only is None else _ramp_ends(only.recent)
    ages = [unit.moved_at for unit in live if unit.moved_at is not None]
    return Bus(
        voltage,
        only.id if only is not None else None,
        tuple(sorted(unit.id for unit in references)),
        only.figures.dvg if only is not None else None,
        taken(unit.figures.ig for unit in live),
        taken(unit.figures.wg for unit in live),
        max(ages) - min(ages) if len(ages) > 1 else None,
        _state(voltage, references, live, limits, rising=ends is not None and now <= ends),
        ends,
    )


def taken(values: Iterable[float | None]) -> float | None:
    """What is taken from the bus in all; None where nobody tells."""
    known = [max(value, 0.0) for value in values if value is not None]
    return sum(known) if known else None


def _ramp_ends(recent: Sequence[Reading]) -> float | None:
    """Until when the reference may be raising the bus: since its voltage last rose, or since it took its post."""
    rose = None
    for before, after in pairwise(recent):
        took_over = before.status is not ConverterStatus.VOLTAGE_REFERENCE
        higher = before.vg is not None and after.vg is not None and after.vg >= before.vg + RISE
        if after.status is ConverterStatus.VOLTAGE_REFERENCE and (took_over or higher):
            rose = after.at
    return None if rose is None else rose + RAMP_PATIENCE


def _state(
    voltage: float | None, references: Sequence[OnBus], live: Iterable[OnBus], limits: BusLimits, *, rising: bool
) -> BusState:
    if len(references) > 1:
        return BusState.TWO_REFERENCES
    if voltage is None:
        return BusState.UNKNOWN
    if voltage > limits.voltage_max:
        return BusState.OUT_OF_BAND
    if not references:
        if voltage > limits.dead:
            return BusState.NO_REFERENCE
        followed = any(unit.last_status is not None and unit.last_status.current_controlled for unit in live)
        return BusState.DEAD if followed else BusState.OFF
    if voltage >= limits.voltage_min:
        return BusState.STEADY
    if rising:
        return BusState.RAMPING
    return BusState.DEAD if voltage <= limits.dead else BusState.OUT_OF_BAND
