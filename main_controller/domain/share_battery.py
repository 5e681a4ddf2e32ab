"""What the batteries at both ends of a guided transfer permit (I1-I4, T34).

Pure. Used by `share_watch.py`. What a unit does not tell is unknown, and unknown passes.
"""

from dataclasses import dataclass

from main_controller.domain.limits import BatteryLimits
from main_controller.domain.units import Unit, number


@dataclass(frozen=True, slots=True)
class Gauges:
    """What a unit tells beside its converter's word: %, V, °C, W, its permission flag, a heavy alarm; None: unknown."""

    rsoc: float | None = None
    vb: float | None = None
    tmp: float | None = None
    wg: float | None = None
    permission: int | None = None
    alarm: bool = False


def gauges_of(unit: Unit) -> Gauges:
    """The gauges of one unit's data."""
    tmp = unit.figure("dcdc", "meter", "tmp")
    permission = _permission(unit.section("battery").get("battery_operation_status"))
    return Gauges(unit.rsoc, unit.vb, tmp, unit.wg, permission, unit.heavy_alarm)


def _permission(value: object) -> int | None:
    """`battery_operation_status`: 0 denied, 1 charge only, 2 discharge only, 3 permitted (T34); as a number or text."""
    if isinstance(value, str):
        try:
            return int(value, 16)
        except ValueError:
            return None
    told = number(value)
    return None if told is None else int(told)


def why_not_give(unit_id: str, gauges: Gauges, limits: BatteryLimits) -> str | None:
    """Why this unit's battery may not give, or None."""
    if gauges.rsoc is not None and gauges.rsoc <= limits.reserve:
        return f"{unit_id}'s battery is at {gauges.rsoc:g} %, not above its reserve of {limits.reserve:g} %."
    if gauges.permission in (0, 1):
        return f"{unit_id}'s battery does not permit to discharge (battery_operation_status {gauges.permission:#04x})."
    return _out_of_range(unit_id, gauges, limits)


def why_not_take(unit_id: str, gauges: Gauges, limits: BatteryLimits) -> str | None:
    """Why this unit's battery may not take, or None."""
    if gauges.rsoc is not None and gauges.rsoc >= limits.full:
        return f"{unit_id}'s battery is at {gauges.rsoc:g} %, not below {limits.full:g} %."
    if gauges.permission in (0, 2):
        return f"{unit_id}'s battery does not permit to charge (battery_operation_status {gauges.permission:#04x})."
    return _out_of_range(unit_id, gauges, limits)


def _out_of_range(unit_id: str, gauges: Gauges, limits: BatteryLimits) -> str | None:
    if gauges.vb is not None and not limits.voltage_min <= gauges.vb <= limits.voltage_max:
        return f"{unit_id}'s battery has {gauges.vb:g} V, outside {limits.voltage_min:g} to {limits.voltage_max:g} V."
    if gauges.tmp is not None and not limits.temperature_min <= gauges.tmp <= limits.temperature_max:
        return (
            f"{unit_id}'s converter has {gauges.tmp:g} °C, outside {limits.temperature_min:g} to "
            f"{limits.temperature_max:g} °C."
        )
    return None
