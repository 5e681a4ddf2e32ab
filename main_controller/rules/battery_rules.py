"""The interlocks of the batteries: (j) charge, (k) voltage and current, (l) temperature, (m) permission (I1-I4, S12).

Used by `judge` alone. They ask the ordered unit and, for a current, the reference by what it would then carry. What the
hardware does not tell refuses nothing and is said. Pure.
"""

from collections.abc import Callable
from dataclasses import dataclass

from main_controller.assessment.grid_state import GridState, UnitAssessment, possible_current
from main_controller.domain.modes import ConverterStatus
from main_controller.domain.orders import ConverterOrder
from main_controller.rules.battery_bounds import (
    PERMITS,
    Flow,
    battery_amps,
    beyond_charge,
    charge_limit,
    degrees_within,
    forbids,
    volts_within,
)
from main_controller.rules.bus_rules import reference_of, target_of
from main_controller.rules.interlock_terms import Answer, Limits, fail, of_units, ok, untold
from main_controller.rules.set_point_rules import current_before
from main_controller.sentence import Sentence, say


@dataclass(frozen=True, slots=True)
class Role:
    """What one unit would do after the order: `amps` (None: not known) at `volts` on the bus; `more` than it does now.

    Its `flow` is neither way where the reference carries nothing in sum.
    """

    unit: UnitAssessment
    flow: Flow
    amps: float | None
    volts: float
    more: bool

    @property
    def id(self) -> str:
        """The unit's id."""
        return self.unit.id


def battery_rules(wanted: ConverterOrder, unit: UnitAssessment, grid: GridState, limits: Limits) -> list[Answer]:
    """The answers of (j), (k), (l) and (m)."""
    roles = _roles(wanted, unit, grid)
    rules: dict[str, Callable[[Role, Limits], list[Answer]]] = {
        "j": _charge, "k": _volts_and_amps, "l": _temperature, "m": _permission,
    }  # fmt: skip
    told = [of_units(rule, [answer for role in roles for answer in ask(role, limits)]) for rule, ask in rules.items()]
    return [answer for answer in told if answer is not None]


def _roles(wanted: ConverterOrder, unit: UnitAssessment, grid: GridState) -> list[Role]:
    others = grid.others(wanted.unit_id)
    taking, giving = (
        possible_current(others, status) for status in (ConverterStatus.CHARGE, ConverterStatus.DISCHARGE)
    )
    net = None if taking is None or giving is None else taking - giving
    if wanted.status is ConverterStatus.VOLTAGE_REFERENCE:
        takes = net is not None and net < 0
        more = not unit.estimate.surely(wanted.status)
        return [Role(unit, Flow(not takes, takes), None if net is None else abs(net), wanted.dvg, more)]
    charges = wanted.status is ConverterStatus.CHARGE
    more = wanted.dig > current_before(wanted, unit) + 1e-9
    reference = reference_of(wanted, grid)
    volts = target_of(reference) or wanted.dvg
    roles = [Role(unit, Flow(not charges, charges), wanted.dig, volts, more)]
    if reference is not None:
        after = None if net is None else net + (wanted.dig if charges else -wanted.dig)
        flow = Flow(charges, not charges) if after is None else Flow(after > 1e-9, after < -1e-9)
        roles.append(Role(reference, flow, None if after is None else abs(after), volts, more))
    return roles


def _charge(role: Role, limits: Limits) -> list[Answer]:
    rsoc, flow, battery = role.unit.figures.rsoc, role.flow, limits.battery
    slack = battery.hysteresis if role.more and flow.gives else 0.0
    limit = charge_limit(flow, battery, slack)
    if limit is None:
        return []
    if rsoc is None:
        sentence = say("rules.chargeUntold", "{unit} does not tell its battery's charge.", unit=role.id)
        return [untold("j", sentence, **{role.id: {"rsoc": None}})]
    bound, cause = ("min", "charge-below-reserve") if flow.gives else ("max", "charge-above-full")
    numbers = {role.id: {"rsoc": rsoc, bound: limit}}
    if beyond_charge(rsoc, flow, battery, slack):
        return [fail("j", cause, _charge_beyond(role, rsoc, limit), **numbers)]
    return [ok("j", _charge_within(role, rsoc, limit), **numbers)]


def _charge_beyond(role: Role, rsoc: float, limit: float) -> Sentence:
    told = {"unit": role.id, "percent": rsoc, "limit": limit}
    if role.flow.gives:
        return say("rules.givesOnly", "{unit}'s battery is at {percent:g} %; it gives above {limit:g} % only.", **told)
    return say("rules.takesOnly", "{unit}'s battery is at {percent:g} %; it takes below {limit:g} % only.", **told)


def _charge_within(role: Role, rsoc: float, limit: float) -> Sentence:
    told = {"unit": role.id, "percent": rsoc, "limit": limit}
    if role.flow.gives:
        return say("rules.mayGive", "{unit}'s battery may give at {percent:g} % (above {limit:g} %).", **told)
    return say("rules.mayTake", "{unit}'s battery may take at {percent:g} % (below {limit:g} %).", **told)


def _volts_and_amps(role: Role, limits: Limits) -> list[Answer]:
    vb, battery = role.unit.figures.vb, limits.battery
    low, high = volts_within(role.flow, battery, battery.margin)
    if vb is None:
        numbers = {role.id: {"vb": None, "min": low, "max": high}}
        sentence = say("rules.batteryVoltageUntold", "{unit} does not tell its battery's voltage.", unit=role.id)
        return [untold("k", sentence, **numbers)]
    amps = None if role.amps is None or vb <= 0 else battery_amps(role.amps, role.volts, vb)
    shown = None if amps is None else round(amps, 2)
    numbers = {role.id: {"vb": vb, "min": low, "max": high, "ib": shown, "ibMax": battery.current_max}}
    if not low <= vb <= high:
        sentence = say(
            "rules.batteryVoltageOutside",
            "{unit}'s battery is at {volts:g} V, outside {low:g} to {high:g} V.",
            unit=role.id,
            volts=vb,
            low=low,
            high=high,
        )
        return [fail("k", "battery-voltage-out-of-limits", sentence, **numbers)]
    if amps is not None and amps > battery.current_max + 1e-9:
        sentence = say(
            "rules.batteryWouldCarry",
            "{unit}'s battery would carry {amps:.1f} A; its limit is {limit:g} A.",
            unit=role.id,
            amps=amps,
            limit=battery.current_max,
        )
        return [fail("k", "battery-current-too-large", sentence, **numbers)]
    sentence = say(
        "rules.batteryBears", "{unit}'s battery is at {volts:g} V and bears the current.", unit=role.id, volts=vb
    )
    return [ok("k", sentence, **numbers)]


def _temperature(role: Role, limits: Limits) -> list[Answer]:
    told = role.unit.figures.temperature
    low, high = degrees_within(role.flow, limits.battery)
    numbers = {role.id: {"temperature": told, "min": low, "max": high}}
    if told is None:
        sentence = say("rules.temperatureUntold", "{unit} does not tell its temperature.", unit=role.id)
        return [untold("l", sentence, **numbers)]
    if not low <= told <= high:
        sentence = say(
            "rules.degreesOutside",
            "{unit} is at {degrees:g} degrees, outside {low:g} to {high:g} degrees.",
            unit=role.id,
            degrees=told,
            low=low,
            high=high,
        )
        return [fail("l", "temperature-out-of-limits", sentence, **numbers)]
    return [ok("l", say("rules.degrees", "{unit} is at {degrees:g} degrees.", unit=role.id, degrees=told), **numbers)]


def _permission(role: Role, limits: Limits) -> list[Answer]:
    told = role.unit.permission
    numbers = {role.id: {"permission": told}}
    if told is None:
        sentence = say("rules.permissionUntold", "{unit} does not tell what its battery permits.", unit=role.id)
        return [untold("m", sentence, **numbers)]
    sentence = say("rules.batteryPermits", "{unit}'s battery permits {what}.", unit=role.id, what=PERMITS[told])
    if told == 0 or forbids(told, role.flow):
        return [fail("m", "battery-not-permitted", sentence, **numbers)]
    return [ok("m", sentence, **numbers)]
