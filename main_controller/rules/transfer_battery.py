"""What the batteries at both ends of a guided transfer permit (I1-I4, T34).

Pure. Used by `transfer_watch.py` and by `procedures/transfer_watcher.py`. What a unit does not tell is unknown,
and unknown passes.
"""

from dataclasses import dataclass

from main_controller.assessment.grid_state import UnitAssessment
from main_controller.domain.limits import BatteryLimits
from main_controller.rules.battery_bounds import Flow, beyond_charge, degrees_within, forbids, volts_within
from main_controller.sentence import Sentence, say

GIVES, TAKES = Flow(gives=True), Flow(takes=True)


@dataclass(frozen=True, slots=True)
class Gauges:
    """What a unit tells beside its converter's status: %, V, °C, W, permission flag, heavy alarm; None: unknown."""

    rsoc: float | None = None
    vb: float | None = None
    tmp: float | None = None
    wg: float | None = None
    permission: int | None = None
    alarm: bool = False


def gauges_of(unit: UnitAssessment) -> Gauges:
    """The gauges of one unit."""
    told = unit.figures
    return Gauges(told.rsoc, told.vb, told.temperature, told.wg, unit.permission, unit.alarm)


def why_not_give(unit_id: str, gauges: Gauges, limits: BatteryLimits) -> Sentence | None:
    """Why this unit's battery may not give, or None."""
    if gauges.rsoc is not None and beyond_charge(gauges.rsoc, GIVES, limits):
        return say(
            "rules.atReserve",
            "{unit}'s battery is at {percent:g} %, not above its reserve of {limit:g} %.",
            unit=unit_id,
            percent=gauges.rsoc,
            limit=limits.reserve,
        )
    if gauges.permission is not None and forbids(gauges.permission, GIVES):
        return say(
            "rules.dischargeNotPermitted",
            "{unit}'s battery does not permit to discharge (battery_operation_status {permission:#04x}).",
            unit=unit_id,
            permission=gauges.permission,
        )
    return _out_of_range(unit_id, gauges, GIVES, limits)


def why_not_take(unit_id: str, gauges: Gauges, limits: BatteryLimits) -> Sentence | None:
    """Why this unit's battery may not take, or None."""
    if gauges.rsoc is not None and beyond_charge(gauges.rsoc, TAKES, limits):
        return say(
            "rules.atFull",
            "{unit}'s battery is at {percent:g} %, not below {limit:g} %.",
            unit=unit_id,
            percent=gauges.rsoc,
            limit=limits.full,
        )
    if gauges.permission is not None and forbids(gauges.permission, TAKES):
        return say(
            "rules.chargeNotPermitted",
            "{unit}'s battery does not permit to charge (battery_operation_status {permission:#04x}).",
            unit=unit_id,
            permission=gauges.permission,
        )
    return _out_of_range(unit_id, gauges, TAKES, limits)


def _out_of_range(unit_id: str, gauges: Gauges, flow: Flow, limits: BatteryLimits) -> Sentence | None:
    low, high = volts_within(flow, limits)
    if gauges.vb is not None and not low <= gauges.vb <= high:
        return say(
            "rules.batteryHasVolts",
            "{unit}'s battery has {volts:g} V, outside {low:g} to {high:g} V.",
            unit=unit_id,
            volts=gauges.vb,
            low=low,
            high=high,
        )
    low, high = degrees_within(flow, limits)
    if gauges.tmp is not None and not low <= gauges.tmp <= high:
        return say(
            "rules.converterHasDegrees",
            "{unit}'s converter has {degrees:g} °C, outside {low:g} to {high:g} °C.",
            unit=unit_id,
            degrees=gauges.tmp,
            low=low,
            high=high,
        )
    return None
