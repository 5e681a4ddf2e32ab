"""The figures of the bus: voltage, balance, losses, headroom, and who works by whose will.

Pure. Used by the status and by the dry run. `+` charges (K2): what units take from the bus is positive, what they give
is negative, so the sum over all is what the bus loses, with its sign turned.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from main_controller.assessment.figures import Figures
from main_controller.assessment.grid_state import GridState, UnitAssessment
from main_controller.domain.modes import ConverterStatus
from main_controller.rules.bus_watch import Explained
from main_controller.rules.interlock_terms import Limits
from main_controller.rules.voltage_watch import above, below

ONE_BEAT = 5.0
"""How far (s) readings may lie apart for their difference to mean something: one beat of a unit's own (K4, Z6b).

Not the setting `busskew`, which says how far they may lie apart at most: a difference is doubtful long before.
"""

MOST = 1e9
"""From what figure on (Wh, minutes) a headroom is nonsense."""


def bus_figures(grid: GridState, explained: Explained, limits: Limits) -> dict[str, Any]:
    """The figures of the bus as JSON, of live units; the voltage rests on readings of at most `limits.fresh` s."""
    units = grid.live
    return {
        "reference": _reference(grid, units),
        "voltage": _voltage(grid, units, limits),
        "balance": _balance(grid, units),
        "losses": _losses(units),
        "working": [_working(unit, explained) for unit in units if _works(unit)],
    }


def _works(unit: UnitAssessment) -> bool:
    """Whether its converter is in any status but Wait."""
    return unit.last_status is not ConverterStatus.WAIT


def _reference(grid: GridState, units: Iterable[UnitAssessment]) -> dict[str, Any] | None:
    """Who holds the bus, what it is set to and measures, and how much current it may still take over."""
    if grid.bus.reference is None:
        return None
    reference = grid.units[grid.bus.reference]
    limit = reference.figures.dig
    others = [unit.figures.ig for unit in units if unit is not reference and _works(unit)]
    known = [ig for ig in others if ig is not None]
    net = round(sum(known), 3) if len(known) == len(others) else None
    headroom = None if net is None or limit is None else round(limit - abs(net), 3)
    return {
        "unitId": reference.id,
        "dvg": grid.bus.target,
        "vg": reference.figures.vg,
        "limit": limit,
        "net": net,
        "headroom": headroom,
    }


def _voltage(grid: GridState, units: Iterable[UnitAssessment], limits: Limits) -> dict[str, Any] | None:
    """Lowest, mean and highest voltage of the units read of late, how far the mean is from the reference's, and who is
    `outside` the band: above it, or below it while somebody holds the bus (I14)."""
    fresh = {unit.id: unit.figures.vg for unit in units if grid.fresh(unit, limits.fresh)}
    shown = {unit_id: vg for unit_id, vg in fresh.items() if vg is not None}
    volts = list(shown.values())
    if not volts:
        return None
    mean = sum(volts) / len(volts)
    target, held = grid.bus.target, bool(grid.bus.references)
    return {
        "min": min(volts),
        "mean": round(mean, 2),
        "max": max(volts),
        "of": len(volts),
        "below": None if target is None else round(target - mean, 2),
        "outside": sorted({**above(shown, limits), **(below(shown, limits) if held else {})}),
    }


def _balance(grid: GridState, units: Iterable[UnitAssessment]) -> dict[str, Any] | None:
    """What all units together take from the bus (W): nothing but losses, where the readings are of one moment."""
    powers = [unit.figures.wg for unit in units]
    known = [wg for wg in powers if wg is not None]
    taken, skew = grid.bus.power, grid.bus.skew or 0.0
    if taken is None or len(known) < len(powers):
        return None
    given = -sum(wg for wg in known if wg < 0)
    larger = max(taken, given)
    return {
        "taken": round(taken, 1),
        "given": round(given, 1),
        "residual": round(given - taken, 1),
        "percent": round(100 * (given - taken) / larger, 1) if larger else None,
        "skew": round(skew, 1),
        "withinSkew": skew > ONE_BEAT,
    }


def _losses(units: Iterable[UnitAssessment]) -> float | None:
    """What the converters at work lose between bus and battery, W."""
    lost = [unit_losses(unit.figures) for unit in units if _works(unit)]
    known = [one for one in lost if one is not None]
    return round(sum(known), 1) if known and len(known) == len(lost) else None


def unit_losses(figures: Figures) -> float | None:
    """What one converter loses (W): giving, the battery gives more than the bus gets; taking, the bus gives more."""
    return None if figures.wg is None or figures.wb is None else round(figures.wg - figures.wb, 1)


def _working(unit: UnitAssessment, explained: Explained) -> dict[str, Any]:
    """One converter at work: what was set against what is measured, and what explains it (None: nothing)."""
    figures = unit.figures
    return {
        "unitId": unit.id,
        "status": None if unit.last_status is None else str(unit.last_status),
        "explainedBy": explained.of(unit.id),
        "set": {"dvg": figures.dvg, "dig": figures.dig},
        "measured": {"vg": figures.vg, "ig": figures.ig},
        "losses": unit_losses(figures),
    }


def headroom(figures: Figures, *, current_max: float, reserve: float) -> Mapping[str, float | None]:
    """How much one unit could still do: current (A), power (W) at the bus voltage that it measures, energy (Wh) down to
    the `reserve` (%) and up to full, minutes.

    Minutes are at the present battery power; None where the hardware does not tell or the power runs the other way.
    """
    rsoc, remaining = figures.rsoc, figures.remaining
    full = remaining / rsoc * 100 if rsoc and remaining is not None else None
    down = None if full is None or rsoc is None else max(0.0, full * (rsoc - reserve) / 100)
    up = None if full is None or remaining is None else max(0.0, full - remaining)
    power = figures.wb or 0.0
    current = None if figures.ig is None else round(max(0.0, current_max - abs(figures.ig)), 3)
    return {
        "current": current,
        "power": None if current is None or not figures.vg else _whole(current * figures.vg),
        "toReserveWh": _whole(down),
        "toFullWh": _whole(up),
        "minutesToReserve": _whole(down / -power * 60) if down is not None and power < -1 else None,
        "minutesToFull": _whole(up / power * 60) if up is not None and power > 1 else None,
    }


def _whole(value: float | None) -> int | None:
    """Rounded; None where nothing is told, or what a unit told makes it more than any battery can have."""
    return round(value) if value is not None and value < MOST else None
