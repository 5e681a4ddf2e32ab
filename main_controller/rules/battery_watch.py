"""What a battery at work does not bear: charge, voltage, current, temperature, permission (I1-I4), and a voltage
reference that others charge beyond that (I13).

Pure. Used by `bus_watch`. Asked of live units in every mode. What is not told is no alarm, nor is a battery past its
limit that nothing flows in or out of. In Run a deal ends by itself at these limits: at one reading later than the
limit, and its units show Wait within 20 s more (K4, K12), so what a deal is ended by is told only after `OWN_END`.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from main_controller.assessment.grid_state import UnitAssessment
from main_controller.domain.modes import ConverterStatus
from main_controller.domain.timing import SKEW
from main_controller.rules.battery_bounds import (
    PERMITS,
    Flow,
    beyond_charge,
    charge_limit,
    degrees_within,
    forbids,
    volts_within,
)
from main_controller.rules.bus_condition import FLOWS, SETTLES, Condition, ConditionKind, Look, current_of
from main_controller.sentence import Sentence, say

OWN_END = 60.0
"""How long (s) a battery may be worked beyond its charge: apis-main ends its deals there by itself."""

BACK_CHARGE, BACK_VOLTS, BACK_DEGREES = 1.0, 0.2, 1.0
"""How far (%, V, degrees) inside its limit a figure must come before it counts as mended."""

BACK_PART = 0.025
"""By which part of its limit a battery's current must."""

CHARGED = ConditionKind.REFERENCE_CHARGED
BY_FLOW = (ConditionKind.BELOW_RESERVE, ConditionKind.ABOVE_FULL, ConditionKind.NOT_PERMITTED, CHARGED)
"""The kinds that a current too small to count ends."""


def battery_conditions(look: Look) -> Iterator[Condition]:
    """What is wrong with the batteries of all live converters at work."""
    for unit in look.live:
        if unit.last_status is ConverterStatus.WAIT and abs(current_of(unit) or 0.0) <= FLOWS:
            continue
        flow = _flow(unit, look)
        of_flow = [*_charge(unit, flow, look), *_permission(unit, flow, look), *_current(unit, flow, look)]
        if flow.takes and unit.last_status is ConverterStatus.VOLTAGE_REFERENCE:
            yield from _charged(unit, of_flow)
        else:
            yield from of_flow
        if unit.last_status is not None:
            yield from _volts(unit, flow, look)
            yield from _temperature(unit, flow, look)


def _flow(unit: UnitAssessment, look: Look) -> Flow:
    """Which way its current runs, whatever its status says (K2)."""
    amps = current_of(unit) or 0.0
    least = FLOWS - max(look.slack(kind, unit.id, FLOWS / 2) for kind in BY_FLOW)
    return Flow(gives=amps < -least, takes=amps > least)


def _charge(unit: UnitAssessment, flow: Flow, look: Look) -> Iterable[Condition]:
    """I1: gives at or below the reserve, or takes at or above full."""
    rsoc, battery = unit.figures.rsoc, look.limits_of(unit.id).battery
    kind = ConditionKind.BELOW_RESERVE if flow.gives else ConditionKind.ABOVE_FULL
    if rsoc is None or not beyond_charge(rsoc, flow, battery, _slack(look, kind, unit, BACK_CHARGE)):
        return
    limit = charge_limit(flow, battery)
    told = {"does": _does(unit, flow), "percent": rsoc, "limit": limit}
    if flow.gives:
        text = say(
            "rules.givesBelowReserve",
            "{does}, and its battery is at {percent:g} %, not above its reserve of {limit:g} %",
            **told,
        )
        gone = say("rules.noMoreBelowReserve", "{unit}'s battery no longer gives below its reserve", unit=unit.id)
    else:
        text = say("rules.takesAboveFull", "{does}, and its battery is at {percent:g} %, not below {limit:g} %", **told)
        gone = say("rules.noMoreAboveFull", "{unit}'s battery no longer takes above its limit", unit=unit.id)
    numbers = {"rsoc": rsoc, "limit": limit, "ig": unit.figures.ig}
    yield Condition(kind, unit.id, text, gone, OWN_END, numbers, needs=("rsoc", "ig"))


def _permission(unit: UnitAssessment, flow: Flow, look: Look) -> Iterable[Condition]:
    """I4: the battery's own flag forbids what it does."""
    told = unit.permission
    if told is None or not forbids(told, flow):
        return
    text = say(
        "rules.doesNotPermitted", "{does}, and its battery permits {what}", does=_does(unit, flow), what=PERMITS[told]
    )
    gone = say("rules.permittedAgain", "{unit}'s battery permits what it does again", unit=unit.id)
    numbers = {"permission": told, "ig": unit.figures.ig}
    yield Condition(ConditionKind.NOT_PERMITTED, unit.id, text, gone, SETTLES, numbers, needs=("permission", "ig"))


def _current(unit: UnitAssessment, flow: Flow, look: Look) -> Iterable[Condition]:
    """I2: the battery's measured current is above its limit."""
    most, ib = look.limits_of(unit.id).battery.current_max, unit.figures.ib
    if ib is None or abs(ib) <= most - _slack(look, ConditionKind.BATTERY_CURRENT, unit, BACK_PART * most) + 1e-9:
        return
    text = say(
        "rules.batteryCarries",
        "{unit}'s battery carries {amps:g} A; its limit is {limit:g} A",
        unit=unit.id,
        amps=abs(ib),
        limit=most,
    )
    gone = say("rules.batteryCurrentMended", "{unit}'s battery current is within its limit again", unit=unit.id)
    yield Condition(ConditionKind.BATTERY_CURRENT, unit.id, text, gone, SKEW, {"ib": ib, "limit": most}, needs=("ib",))


def _charged(unit: UnitAssessment, found: Iterable[Condition]) -> Iterable[Condition]:
    """I13: followers charge the reference beyond what its battery bears; one condition, whatever the reasons."""
    reasons = list(found)
    if not reasons:
        return
    numbers = {name: value for one in reasons for name, value in one.numbers.items() if name != "limit"}
    text = say(
        "rules.referenceCharged",
        "{unit} holds the bus and others charge it: {reasons}",
        unit=unit.id,
        reasons=[one.text for one in reasons],
    )
    gone = say(
        "rules.referenceChargedNoMore",
        "{unit} is no longer charged by others beyond what its battery bears",
        unit=unit.id,
    )
    needs = tuple({name for one in reasons for name in one.needs})
    after = min(one.after for one in reasons)
    yield replace(reasons[0], kind=CHARGED, text=text, gone=gone, after=after, numbers=numbers, needs=needs)


def _volts(unit: UnitAssessment, flow: Flow, look: Look) -> Iterable[Condition]:
    """I2: the battery's voltage is outside its limits."""
    vb, battery = unit.figures.vb, look.limits_of(unit.id).battery
    slack = _slack(look, ConditionKind.BATTERY_VOLTAGE, unit, BACK_VOLTS)
    low, high = volts_within(flow, battery)
    if vb is None or low + slack <= vb <= high - slack:
        return
    text = say(
        "rules.worksOutsideVoltage",
        "{unit} works and its battery is at {volts:g} V, outside {low:g} to {high:g} V",
        unit=unit.id,
        volts=vb,
        low=low,
        high=high,
    )
    gone = say(
        "rules.batteryVoltageMended",
        "{unit}'s battery is within its voltages again, or its converter in Wait",
        unit=unit.id,
    )
    numbers = {"vb": vb, "min": low, "max": high}
    yield Condition(ConditionKind.BATTERY_VOLTAGE, unit.id, text, gone, SKEW, numbers, needs=("vb",))


def _temperature(unit: UnitAssessment, flow: Flow, look: Look) -> Iterable[Condition]:
    """I3: too hot or too cold to work; below freezing a battery is never charged."""
    told = unit.figures.temperature
    slack = _slack(look, ConditionKind.TEMPERATURE, unit, BACK_DEGREES)
    low, high = degrees_within(flow, look.limits_of(unit.id).battery)
    if told is None or low + slack <= told <= high - slack:
        return
    text = say(
        "rules.worksOutsideTemperature",
        "{unit} works at {degrees:g} °C, outside {low:g} to {high:g} °C",
        unit=unit.id,
        degrees=told,
        low=low,
        high=high,
    )
    gone = say(
        "rules.temperatureMended", "{unit} is within its temperatures again, or its converter in Wait", unit=unit.id
    )
    numbers = {"temperature": told, "min": low, "max": high}
    yield Condition(ConditionKind.TEMPERATURE, unit.id, text, gone, SKEW, numbers, needs=("temperature",))


def _slack(look: Look, kind: ConditionKind, unit: UnitAssessment, by: float) -> float:
    return max(look.slack(kind, unit.id, by), look.slack(CHARGED, unit.id, by))


def _does(unit: UnitAssessment, flow: Flow) -> Sentence:
    amps = abs(unit.figures.ig or 0.0)
    if flow.gives:
        return say("rules.gives", "{unit} gives {amps:g} A", unit=unit.id, amps=amps)
    return say("rules.takes", "{unit} takes {amps:g} A", unit=unit.id, amps=amps)
