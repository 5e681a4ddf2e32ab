"""What the batteries at both ends of a guided transfer permit (I1-I4, T34).

Pure. Used by `transfer_watch.py` and by `procedures/transfer_watcher.py`. What a unit does not tell is unknown,
and unknown passes.
"""

from dataclasses import dataclass

from main_controller.domain.limits import BatteryLimits
from main_controller.domain.units import Unit
from main_controller.rules.battery_bounds import Flow, beyond_charge, degrees_within, forbids, volts_within

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


def gauges_of(unit: Unit) -> Gauges:
    """The gauges of one unit's data."""
    return Gauges(unit.rsoc, unit.vb, unit.temperature, unit.wg, unit.permission, unit.heavy_alarm)


def why_not_give(unit_id: str, gauges: Gauges, limits: BatteryLimits) -> str | None:
    """Why this unit's battery may not give, or None."""
    if gauges.rsoc is not None and beyond_charge(gauges.rsoc, GIVES, limits):
        return f"{unit_id}'s battery is at {gauges.rsoc:g} %, not above its reserve of {limits.reserve:g} %."
    if gauges.permission is not None and forbids(gauges.permission, GIVES):
        return f"{unit_id}'s battery does not permit to discharge (battery_operation_status {gauges.permission:#04x})."
    return _out_of_range(unit_id, gauges, GIVES, limits)


def why_not_take(unit_id: str, gauges: Gauges, limits: BatteryLimits) -> str | None:
    """Why this unit's battery may not take, or None."""
    if gauges.rsoc is not None and beyond_charge(gauges.rsoc, TAKES, limits):
        return f"{unit_id}'s battery is at {gauges.rsoc:g} %, not below {limits.full:g} %."
    if gauges.permission is not None and forbids(gauges.permission, TAKES):
        return f"{unit_id}'s battery does not permit to charge (battery_operation_status {gauges.permission:#04x})."
    return _out_of_range(unit_id, gauges, TAKES, limits)


def _out_of_range(unit_id: str, gauges: Gauges, flow: Flow, limits: BatteryLimits) -> str | None:
    low, high = volts_within(flow, limits)
    if gauges.vb is not None and not low <= gauges.vb <= high:
        return f"{unit_id}'s battery has {gauges.vb:g} V, outside {low:g} to {high:g} V."
    low, high = degrees_within(flow, limits)
    if gauges.tmp is not None and not low <= gauges.tmp <= high:
        return f"{unit_id}'s converter has {gauges.tmp:g} °C, outside {low:g} to {high:g} °C."
    return None
