"""What a condition of the bus is, and what it is looked for in (S9, I1-I7, I13, I14).

Pure. Used by `bus_watch` and the modules that it asks. A condition is told only once it has held for `after` seconds,
since the readings of different units are up to 10 s apart (K4, Z6b); one that was told is over only some way inside its
limit, so that it does not flicker.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any

from main_controller.assessment.flows import Flow
from main_controller.assessment.grid_state import GridState, UnitAssessment
from main_controller.domain.timing import SKEW
from main_controller.rules.deal_account import DealAccount
from main_controller.rules.interlock_terms import Limits
from main_controller.rules.trends import Trends
from main_controller.sentence import Sentence, say

SETTLES = SKEW + 10.0
"""How long (s) a current may take to become what was ordered, the lag of readings included (K4, K15)."""

FLOWS = 0.1
"""From what current (A) on a unit is said to carry one, as where a safe end asks whether it has stopped."""


class ConditionKind(StrEnum):
    """What may be wrong on the bus, as the status says it."""

    NO_REFERENCE = "noReference"
    SECOND_REFERENCE = "secondReference"
    HEAVY_ALARM = "heavyAlarm"
    BUS_HIGH = "busHigh"
    BUS_LOW = "busLow"
    REFERENCE_OFF = "referenceOff"
    BUS_APART = "busApart"
    UNEXPLAINED = "unexplained"
    BELOW_RESERVE = "belowReserve"
    ABOVE_FULL = "aboveFull"
    BATTERY_VOLTAGE = "batteryVoltage"
    BATTERY_CURRENT = "batteryCurrent"
    TEMPERATURE = "temperature"
    NOT_PERMITTED = "notPermitted"
    REFERENCE_CHARGED = "referenceCharged"
    UNIT_CURRENT = "unitCurrent"
    BUS_CURRENT = "busCurrent"
    REVERSE_POWER = "reversePower"
    CURRENTS_OFF = "currentsOff"
    EFFICIENCY = "efficiency"
    IDLE_DEAL = "idleDeal"
    CHARGE_AGAINST = "chargeAgainst"
    METER_STANDS = "meterStands"
    CONTRADICTED = "contradicted"


Key = tuple[ConditionKind, str | None]


@dataclass(frozen=True, slots=True)
class Condition:
    """One thing that is wrong: `kind`, the unit concerned (None: the bus), a sentence without its end, the numbers.

    `after` (s) is how long it must hold before it is told; `gone` is the sentence when it is over. That it is over is
    known only while all `units` (empty: the one concerned) are live and tell each of the figures that it `needs`.
    """

    kind: ConditionKind
    unit_id: str | None
    text: Sentence
    gone: Sentence
    after: float
    numbers: Mapping[str, Any] = field(default_factory=dict)
    grave: bool = False
    units: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()

    @property
    def key(self) -> Key:
        """What makes it the same condition at the next look."""
        return (self.kind, self.unit_id)

    def known_to(self, grid: GridState) -> bool:
        """Whether each of its units is still a member, heard or not; one that has left for good ends it."""
        return all(unit_id in grid.units for unit_id in self._concerned)

    @property
    def _concerned(self) -> tuple[str, ...]:
        return self.units or ((self.unit_id,) if self.unit_id is not None else ())

    def why_unknown(self, grid: GridState) -> Sentence | None:
        """Why nobody can tell whether it is over, as a sentence without its end; None where it can be told."""
        for unit_id in self._concerned:
            unit = grid.units.get(unit_id)
            if unit is None or not unit.live:
                return say(
                    "rules.notHeard",
                    "{unit} is not heard any more, so nobody knows whether this still holds: {what}",
                    unit=unit_id,
                    what=self.text,
                )
            if any(_told(unit, name) is None for name in self.needs):
                return say(
                    "rules.tellsNoMore",
                    "{unit} no longer tells whether this still holds: {what}",
                    unit=unit_id,
                    what=self.text,
                )
        return None


@dataclass(frozen=True)
class Look:
    """One look: everything known, the limits, and by unit those that have others; which conditions were told and have
    held since, the deals with their accounts, and how each unit went of late."""

    grid: GridState
    limits: Limits
    told: Collection[Key] = ()
    deals: Sequence[tuple[Flow, DealAccount | None]] = ()
    trends: Trends = Trends()
    own: Mapping[str, Limits] = field(default_factory=dict)

    def limits_of(self, unit_id: str) -> Limits:
        """The limits of one unit."""
        return self.own.get(unit_id, self.limits)

    @cached_property
    def live(self) -> Sequence[UnitAssessment]:
        """The live units, found once for all rules."""
        return self.grid.live

    @cached_property
    def volts(self) -> Mapping[str, float]:
        """What the live units measure of the bus (V), by id; without those that do not tell."""
        return {
            unit.id: unit.reading.vg for unit in self.live if unit.reading is not None and unit.reading.vg is not None
        }

    def slack(self, kind: ConditionKind, unit_id: str | None, by: float) -> float:
        """How far inside its limit a figure must come before this condition is over: `by`, once it was told."""
        return by if (kind, unit_id) in self.told else 0.0


def _told(unit: UnitAssessment, name: str) -> Any:
    """What a unit last told by this name: its converter's status, its battery's permission, or one of its figures."""
    beside = {"status": unit.last_status, "permission": unit.permission}
    return beside[name] if name in beside else getattr(unit.figures, name)


def current_of(unit: UnitAssessment) -> float | None:
    """What a unit carries (A, `+` takes from the bus, K2); None: not told."""
    return None if unit.reading is None else unit.reading.ig
