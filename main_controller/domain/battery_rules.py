"""The interlocks of the batteries: (j) charge, (k) voltage and current, (l) temperature, (m) permission (I1-I4, S12).

Used by `judge` alone. They ask the ordered unit and, for a current, the reference by what it would then carry. What the
hardware does not tell refuses nothing and is said. Pure.
"""

from collections.abc import Callable
from dataclasses import dataclass

from main_controller.domain.bus_rules import reference_of, target_of
from main_controller.domain.interlock_terms import Answer, Limits, fail, of_units, ok, untold
from main_controller.domain.modes import Word
from main_controller.domain.orders import ConverterOrder
from main_controller.domain.picture import Fact, Picture, possible_current
from main_controller.domain.set_point_rules import current_before
from main_controller.domain.units import Unit

NOBODY = Unit("", {})
EFFICIENCY = 0.9
"""What of a converter's power arrives at its other side, at least."""

PERMITS = ("neither charging nor discharging", "charging only", "discharging only", "charging and discharging")
CHARGING, DISCHARGING = 1, 2


@dataclass(frozen=True, slots=True)
class Role:
    """What one unit would do after the order: `amps` (None: not known) at `volts` on the bus; `more` than it does now.

    It `gives` or `takes` energy; neither where the reference carries nothing in sum.
    """

    fact: Fact
    gives: bool
    takes: bool
    amps: float | None
    volts: float
    more: bool

    @property
    def id(self) -> str:
        """The unit's id."""
        return self.fact.id

    @property
    def unit(self) -> Unit:
        """Its last data."""
        return self.fact.unit or NOBODY


def battery_rules(wanted: ConverterOrder, fact: Fact, picture: Picture, limits: Limits) -> list[Answer]:
    """The answers of (j), (k), (l) and (m)."""
    roles = _roles(wanted, fact, picture)
    rules: dict[str, Callable[[Role, Limits], list[Answer]]] = {
        "j": _charge, "k": _volts_and_amps, "l": _temperature, "m": _permission,
    }  # fmt: skip
    told = [of_units(rule, [answer for role in roles for answer in ask(role, limits)]) for rule, ask in rules.items()]
    return [answer for answer in told if answer is not None]


def _roles(wanted: ConverterOrder, fact: Fact, picture: Picture) -> list[Role]:
    others = picture.others(wanted.unit_id)
    taking, giving = (possible_current(others, word) for word in (Word.CHARGE, Word.DISCHARGE))
    net = None if taking is None or giving is None else taking - giving
    if wanted.word is Word.VOLTAGE_REFERENCE:
        takes = net is not None and net < 0
        more = not fact.belief.surely(wanted.word)
        return [Role(fact, not takes, takes, None if net is None else abs(net), wanted.dvg, more)]
    charges = wanted.word is Word.CHARGE
    more = wanted.dig > current_before(wanted, fact) + 1e-9
    reference = reference_of(wanted, picture)
    volts = target_of(reference) or wanted.dvg
    roles = [Role(fact, not charges, charges, wanted.dig, volts, more)]
    if reference is not None:
        after = None if net is None else net + (wanted.dig if charges else -wanted.dig)
        gives, takes = (charges, not charges) if after is None else (after > 1e-9, after < -1e-9)
        roles.append(Role(reference, gives, takes, None if after is None else abs(after), volts, more))
    return roles


def _charge(role: Role, limits: Limits) -> list[Answer]:
    rsoc, battery = role.unit.rsoc, limits.battery
    if not (role.gives or role.takes):
        return []
    if rsoc is None:
        return [untold("j", f"{role.id} does not tell its battery's charge.", **{role.id: {"rsoc": None}})]
    if role.gives:
        least = battery.reserve + (battery.hysteresis if role.more else 0.0)
        numbers = {role.id: {"rsoc": rsoc, "min": least}}
        if rsoc <= least:
            sentence = f"{role.id}'s battery is at {rsoc:g} %; it gives above {least:g} % only."
            return [fail("j", "charge-below-reserve", sentence, **numbers)]
        return [ok("j", f"{role.id}'s battery may give at {rsoc:g} % (above {least:g} %).", **numbers)]
    numbers = {role.id: {"rsoc": rsoc, "max": battery.full}}
    if rsoc >= battery.full:
        sentence = f"{role.id}'s battery is at {rsoc:g} %; it takes below {battery.full:g} % only."
        return [fail("j", "charge-above-full", sentence, **numbers)]
    return [ok("j", f"{role.id}'s battery may take at {rsoc:g} % (below {battery.full:g} %).", **numbers)]


def _volts_and_amps(role: Role, limits: Limits) -> list[Answer]:
    vb, battery = role.unit.vb, limits.battery
    low = battery.voltage_min + (battery.margin if role.gives else 0.0)
    high = battery.voltage_max - (battery.margin if role.takes else 0.0)
    if vb is None:
        numbers = {role.id: {"vb": None, "min": low, "max": high}}
        return [untold("k", f"{role.id} does not tell its battery's voltage.", **numbers)]
    amps = None if role.amps is None or vb <= 0 else role.amps * role.volts / vb / EFFICIENCY
    shown = None if amps is None else round(amps, 2)
    numbers = {role.id: {"vb": vb, "min": low, "max": high, "ib": shown, "ibMax": battery.current_max}}
    if not low <= vb <= high:
        sentence = f"{role.id}'s battery is at {vb:g} V, outside {low:g} to {high:g} V."
        return [fail("k", "battery-voltage-out-of-limits", sentence, **numbers)]
    if amps is not None and amps > battery.current_max + 1e-9:
        sentence = f"{role.id}'s battery would carry {amps:.1f} A; its limit is {battery.current_max:g} A."
        return [fail("k", "battery-current-too-large", sentence, **numbers)]
    return [ok("k", f"{role.id}'s battery is at {vb:g} V and bears the current.", **numbers)]


def _temperature(role: Role, limits: Limits) -> list[Answer]:
    told, battery = role.unit.temperature, limits.battery
    low, high = battery.temperature_min, battery.temperature_max
    if role.takes:
        low = max(low, 0.0)  # a battery is never charged below freezing, whatever the setting
    numbers = {role.id: {"temperature": told, "min": low, "max": high}}
    if told is None:
        return [untold("l", f"{role.id} does not tell its temperature.", **numbers)]
    if not low <= told <= high:
        sentence = f"{role.id} is at {told:g} degrees, outside {low:g} to {high:g} degrees."
        return [fail("l", "temperature-out-of-limits", sentence, **numbers)]
    return [ok("l", f"{role.id} is at {told:g} degrees.", **numbers)]


def _permission(role: Role, limits: Limits) -> list[Answer]:
    told = role.unit.permission
    numbers = {role.id: {"permission": told}}
    if told is None:
        return [untold("m", f"{role.id} does not tell what its battery permits.", **numbers)]
    needed = (DISCHARGING if role.gives else 0) | (CHARGING if role.takes else 0)
    if told == 0 or told & needed != needed:
        sentence = f"{role.id}'s battery permits {PERMITS[told]}."
        return [fail("m", "battery-not-permitted", sentence, **numbers)]
    return [ok("m", f"{role.id}'s battery permits {PERMITS[told]}.", **numbers)]
