"""What a battery bears, worked out once (I1-I4): charge, voltage and temperature by which way it works, permission.

Pure. Used by the rules of an order (`battery_rules`), by what ends a guided transfer (`transfer_battery`) and by the
alarms of the bus (`battery_watch`). Each of them asks only about what the hardware tells.
"""

from typing import NamedTuple

from main_controller.domain.limits import BatteryLimits
from main_controller.sentence import say

PERMITS = (
    say("rules.permitsNeither", "neither charging nor discharging"),
    say("rules.permitsCharging", "charging only"),
    say("rules.permitsDischarging", "discharging only"),
    say("rules.permitsBoth", "charging and discharging"),
)
CHARGING, DISCHARGING = 1, 2

EFFICIENCY = 0.9
"""What of a converter's power arrives at its other side, at least."""


class Flow(NamedTuple):
    """Which way a battery works: it `gives` or `takes`, or neither."""

    gives: bool = False
    takes: bool = False


def charge_limit(flow: Flow, limits: BatteryLimits, slack: float = 0.0) -> float | None:
    """The charge (%) that a giver must be above, or a taker below, `slack` % inside its limit; None for neither."""
    if flow.gives:
        return limits.reserve + slack
    return limits.full - slack if flow.takes else None


def beyond_charge(rsoc: float, flow: Flow, limits: BatteryLimits, slack: float = 0.0) -> bool:
    """Whether a battery at `rsoc` % may not work this way (I1)."""
    limit = charge_limit(flow, limits, slack)
    return limit is not None and (rsoc <= limit if flow.gives else rsoc >= limit)


def volts_within(flow: Flow, limits: BatteryLimits, margin: float = 0.0) -> tuple[float, float]:
    """Lowest and highest voltage (V), `margin` away from the one that this way of working moves towards (I2)."""
    low = limits.voltage_min + (margin if flow.gives else 0.0)
    return low, limits.voltage_max - (margin if flow.takes else 0.0)


def degrees_within(flow: Flow, limits: BatteryLimits) -> tuple[float, float]:
    """Lowest and highest temperature; a battery is never charged below freezing, whatever the setting (I3)."""
    low = limits.temperature_min
    return (max(low, 0.0) if flow.takes else low), limits.temperature_max


def forbids(permission: int, flow: Flow) -> bool:
    """Whether the battery's own flag forbids what it does (I4)."""
    needed = (DISCHARGING if flow.gives else 0) | (CHARGING if flow.takes else 0)
    return permission & needed != needed


def battery_amps(amps: float, volts: float, vb: float) -> float:
    """What a battery at `vb` V would carry (A) at most for `amps` at `volts` on the bus."""
    return amps * volts / vb / EFFICIENCY
