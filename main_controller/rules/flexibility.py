"""What the batteries could give to the bus and take from it now: an aggregator's flexibility (VPP).

Pure. Used by the status, the page and the metrics. It promises nothing: apis-main makes the deals, and what is asked
for at once by others is not taken off.
"""

from collections.abc import Collection
from dataclasses import dataclass

from main_controller.assessment.grid_state import GridState, UnitAssessment
from main_controller.domain.limits import BatteryLimits
from main_controller.domain.modes import ConverterStatus, Mode
from main_controller.rules.battery_bounds import (
    EFFICIENCY,
    Flow,
    beyond_charge,
    degrees_within,
    forbids,
    volts_within,
)
from main_controller.rules.interlock_terms import Limits

NOMINAL = 350.0
"""The voltage (V) of a bus that nobody holds now."""

SHARES = (Mode.AUTONOMOUS, Mode.MANUAL)
"""In which modes a unit may begin to give or take; Soft Stop and Force Stop begin nothing."""

GIVING, TAKING = Flow(gives=True), Flow(takes=True)
WORKS = {GIVING: ConverterStatus.DISCHARGE, TAKING: ConverterStatus.CHARGE}

MOST = 1e9
"""From how many Wh on a battery's capacity is nonsense."""


@dataclass(frozen=True, slots=True)
class Offer:
    """One way: `power` (W) at the bus by what converters, batteries and the bus bear, `energy` (Wh) in the batteries
    down to the reserve or up to full, and of how many `units`."""

    power: float
    energy: float
    units: int


@dataclass(frozen=True, slots=True)
class Flexibility:
    """What could be given and taken now, by `of` units; None where none can be reckoned, which is not nothing.

    `untold` is how many units cannot be: they are not live, or do not tell mode, charge or energy.
    """

    give: Offer | None
    take: Offer | None
    of: int
    untold: int


def flexibility(grid: GridState, limits: Limits, locked: Collection[str] = ()) -> Flexibility:
    """What the cluster could do in this state; `locked` are the scopes ("": all) at which nothing may be started."""
    told = [unit for unit in grid.units.values() if _told(unit)]
    untold = len(grid.units) - len(told)
    if not told:
        return Flexibility(None, None, 0, untold)
    free = [unit for unit in told if not ("" in locked or unit.id in locked) and _ready(unit)]
    volts = grid.bus.target or NOMINAL
    return Flexibility(_offer(free, GIVING, limits, volts), _offer(free, TAKING, limits, volts), len(told), untold)


def _told(unit: UnitAssessment) -> bool:
    return unit.live and unit.obeys is not None and _full(unit) is not None


def _full(unit: UnitAssessment) -> float | None:
    """What its battery holds at 100 %, Wh; None: it does not tell, or what no battery can have."""
    rsoc, remaining = unit.figures.rsoc, unit.figures.remaining
    if rsoc is None or remaining is None or not 0 < rsoc <= 100 or remaining < 0:
        return None
    full = remaining / rsoc * 100
    return full if full < MOST else None


def _ready(unit: UnitAssessment) -> bool:
    return unit.obeys in SHARES and not unit.alarm and unit.conflict is None


def _offer(units: Collection[UnitAssessment], flow: Flow, limits: Limits, volts: float) -> Offer:
    able = [unit for unit in units if _able(unit, flow, limits.battery)]
    power = sum(_power(unit, limits, volts) for unit in able)
    return Offer(min(power, limits.bus_current * volts), sum(_energy(unit, flow, limits) for unit in able), len(able))


def _able(unit: UnitAssessment, flow: Flow, limits: BatteryLimits) -> bool:
    """Whether charge, voltage, temperature and the battery's own flag let it work this way, or begin to."""
    figures, permission = unit.figures, unit.permission
    begins = unit.last_status is not WORKS[flow]
    slack = limits.hysteresis if flow.gives and begins else 0.0
    low, high = volts_within(flow, limits, limits.margin)
    cold, hot = degrees_within(flow, limits)
    return not (
        (figures.rsoc is not None and beyond_charge(figures.rsoc, flow, limits, slack))
        or (figures.vb is not None and not low <= figures.vb <= high)
        or (figures.temperature is not None and not cold <= figures.temperature <= hot)
        or (permission is not None and (permission == 0 or forbids(permission, flow)))
    )


def _power(unit: UnitAssessment, limits: Limits, volts: float) -> float:
    """What its converter, and its battery's current, let it carry at the bus, W."""
    converter, vb = limits.current_max * volts, unit.figures.vb
    return converter if vb is None else min(converter, limits.battery.current_max * vb * EFFICIENCY)


def _energy(unit: UnitAssessment, flow: Flow, limits: Limits) -> float:
    full, rsoc = _full(unit), unit.figures.rsoc
    if full is None or rsoc is None:
        return 0.0
    battery = limits.battery
    return max(0.0, full * (rsoc - battery.reserve if flow.gives else battery.full - rsoc) / 100)
