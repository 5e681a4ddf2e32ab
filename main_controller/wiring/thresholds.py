"""Makes of a site's own thresholds what alarms and conditions of the bus go by. No rule of an order sees them."""

import difflib
from collections.abc import Callable, Mapping
from dataclasses import replace

from main_controller.alarms.alarm import AlarmKind
from main_controller.alarms.kinds import BY_CODE
from main_controller.errors import SettingError, SettingErrors
from main_controller.rules.interlock_terms import Limits
from main_controller.settings import Settings
from main_controller.settings.thresholds import Threshold

GRAVEST_ON = 60.0
"""How long (s) the delay of an alarm of priority 1 may be at most: a site must not put it off by mistake."""

Change = Callable[[Limits, float], Limits]

_LIMITS: Mapping[tuple[str, str], Change] = {
    ("belowReserve", "below"): lambda limits, value: _battery(limits, reserve=value),
    ("aboveFull", "above"): lambda limits, value: _battery(limits, full=value),
    ("batteryVoltage", "below"): lambda limits, value: _battery(limits, voltage_min=value),
    ("batteryVoltage", "above"): lambda limits, value: _battery(limits, voltage_max=value),
    ("batteryCurrent", "above"): lambda limits, value: _battery(limits, current_max=value),
    ("temperature", "below"): lambda limits, value: _battery(limits, temperature_min=value),
    ("temperature", "above"): lambda limits, value: _battery(limits, temperature_max=value),
    ("unitCurrent", "above"): lambda limits, value: replace(limits, unit_current=value),
    ("busCurrent", "above"): lambda limits, value: replace(limits, bus_current=value),
}


def _battery(limits: Limits, **fields: float) -> Limits:
    return replace(limits, battery=replace(limits.battery, **fields))


def alarm_kinds(settings: Settings) -> dict[str, AlarmKind]:
    """The kinds of alarms with this site's delays."""
    kinds = dict(BY_CODE)
    for one in settings.thresholds:
        kind = kinds[one.alarm]
        on, off = (kind.on if one.on is None else one.on, kind.off if one.off is None else one.off)
        if one.unit is None:
            kinds[one.alarm] = replace(kind, on=on, off=off)
    for one in settings.thresholds:
        if one.unit is not None:
            kind = kinds[one.alarm]
            delays = (kind.on if one.on is None else one.on, kind.off if one.off is None else one.off)
            kinds[one.alarm] = replace(kind, own={**kind.own, one.unit: delays})
    return kinds


def watched_limits(settings: Settings, limits: Limits) -> tuple[Limits, dict[str, Limits]]:
    """By what the bus is watched: for all units, and for those that have limits of their own."""
    site = limits
    for one in settings.thresholds:
        if one.unit is None:
            site = _changed(site, one)
    own: dict[str, Limits] = {}
    for one in settings.thresholds:
        if one.unit is not None:
            own[one.unit] = _changed(own.get(one.unit, site), one)
    return site, own


def _changed(limits: Limits, threshold: Threshold) -> Limits:
    for name, value in threshold.limits.items():
        limits = _LIMITS[threshold.alarm, name](limits, value)
    return limits


def check_thresholds(settings: Settings) -> None:
    """Raise SettingErrors of what there is none of, and of what would put a grave alarm off for long."""
    faults = []
    for one in settings.thresholds:
        kind = BY_CODE.get(one.alarm)
        if kind is None:
            near = difflib.get_close_matches(one.alarm, BY_CODE, n=1)
            meant = f"; is {near[0]} meant?" if near else ""
            faults.append(SettingError("thresholds", f"there is no alarm {one.alarm!r}{meant}"))
        elif kind.priority == 1 and one.on is not None and one.on > GRAVEST_ON:
            text = f"{one.alarm} has priority 1: its delay `on` may be {GRAVEST_ON:g} s at most, not {one.on:g}"
            faults.append(SettingError("thresholds", text))
    if faults:
        raise SettingErrors(faults)
