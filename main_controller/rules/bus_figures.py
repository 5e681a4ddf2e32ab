"""The figures of the bus: voltage, balance, losses, headroom, and who works by whose will.

Pure. Used by the status and by the dry run. `+` charges (K2): what units take from the bus is positive, what they give
is negative, so the sum over all is what the bus loses, with its sign turned.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from main_controller.domain.modes import ConverterStatus
from main_controller.domain.units import Unit
from main_controller.rules.bus_watch import Explained
from main_controller.rules.interlock_terms import Limits
from main_controller.rules.voltage_watch import above, below

SKEW = 5.0
"""How far (s) the readings' ages may lie apart for their sum to mean something (Z6b)."""

MOST = 1e9
"""From what figure on (Wh, minutes) a headroom is nonsense."""


@dataclass(frozen=True, slots=True)
class Measured:
    """One live unit as last read: ages in s, voltages V, currents A, powers W, charge in % and Wh."""

    id: str
    age: float
    status: ConverterStatus | None
    vg: float | None
    ig: float | None
    wg: float | None
    wb: float | None
    dvg: float | None
    dig: float | None
    rsoc: float | None
    remaining: float | None

    @classmethod
    def of(cls, unit: Unit, age: float) -> "Measured":
        """The figures of a unit's data."""
        figures = (unit.vg, unit.ig, unit.wg, unit.wb, unit.dvg, unit.dig, unit.rsoc)
        return cls(unit.id, age, unit.status, *figures, unit.figure("apis", "remaining_capacity_wh"))

    @property
    def working(self) -> bool:
        """Whether its converter is in any status but Wait."""
        return self.status is not ConverterStatus.WAIT


def bus_figures(live: Iterable[Measured], explained: Explained, *, fresh: float, limits: Limits) -> dict[str, Any]:
    """The figures of the bus as JSON; `fresh` (s) is the oldest reading that the voltage rests on."""
    units = list(live)
    references = [unit for unit in units if unit.status is ConverterStatus.VOLTAGE_REFERENCE]
    reference = references[0] if len(references) == 1 else None
    return {
        "reference": None if reference is None else _reference(reference, units),
        "voltage": _voltage([unit for unit in units if unit.age <= fresh], reference, limits, held=bool(references)),
        "balance": _balance(units),
        "losses": _losses(units),
        "working": [_working(unit, explained) for unit in units if unit.working],
    }


def _reference(reference: Measured, units: Iterable[Measured]) -> dict[str, Any]:
    """Who holds the bus, what it is set to and measures, and how much current it may still take over."""
    others = [unit.ig for unit in units if unit.id != reference.id and unit.working]
    known = [ig for ig in others if ig is not None]
    net = round(sum(known), 3) if len(known) == len(others) else None
    headroom = None if net is None or reference.dig is None else round(reference.dig - abs(net), 3)
    return {
        "unitId": reference.id,
        "dvg": reference.dvg,
        "vg": reference.vg,
        "limit": reference.dig,
        "net": net,
        "headroom": headroom,
    }


def _voltage(fresh: list[Measured], reference: Measured | None, limits: Limits, *, held: bool) -> dict[str, Any] | None:
    """Lowest, mean and highest voltage of the units read of late, how far the mean is from the reference's, and who is
    `outside` the band: above it, or below it while somebody holds the bus (I14)."""
    shown = {unit.id: unit.vg for unit in fresh if unit.vg is not None}
    volts = list(shown.values())
    if not volts:
        return None
    mean = sum(volts) / len(volts)
    dvg = reference.dvg if reference is not None else None
    return {
        "min": min(volts),
        "mean": round(mean, 2),
        "max": max(volts),
        "of": len(volts),
        "below": None if dvg is None else round(dvg - mean, 2),
        "outside": sorted({**above(shown, limits), **(below(shown, limits) if held else {})}),
    }


def _balance(units: list[Measured]) -> dict[str, Any] | None:
    """What all units together take from the bus (W): nothing but losses, where the readings are of one moment."""
    known = [(unit.wg, unit.age) for unit in units if unit.wg is not None]
    if not known or len(known) < len(units):
        return None
    taken = sum(wg for wg, _ in known if wg > 0)
    given = -sum(wg for wg, _ in known if wg < 0)
    larger = max(taken, given)
    ages = [age for _, age in known]
    return {
        "taken": round(taken, 1),
        "given": round(given, 1),
        "residual": round(given - taken, 1),
        "percent": round(100 * (given - taken) / larger, 1) if larger else None,
        "skew": round(max(ages) - min(ages), 1),
        "withinSkew": max(ages) - min(ages) > SKEW,
    }


def _losses(units: Iterable[Measured]) -> float | None:
    """What the converters at work lose between bus and battery, W."""
    lost = [unit_losses(unit) for unit in units if unit.working]
    known = [one for one in lost if one is not None]
    return round(sum(known), 1) if known and len(known) == len(lost) else None


def unit_losses(unit: Measured) -> float | None:
    """What one converter loses (W): giving, the battery gives more than the bus gets; taking, the bus gives more."""
    return None if unit.wg is None or unit.wb is None else round(unit.wg - unit.wb, 1)


def _working(unit: Measured, explained: Explained) -> dict[str, Any]:
    """One converter at work: what was set against what is measured, and what explains it (None: nothing)."""
    return {
        "unitId": unit.id,
        "status": None if unit.status is None else str(unit.status),
        "explainedBy": explained.of(unit.id),
        "set": {"dvg": unit.dvg, "dig": unit.dig},
        "measured": {"vg": unit.vg, "ig": unit.ig},
        "losses": unit_losses(unit),
    }


def headroom(unit: Measured, *, current_max: float, reserve: float) -> Mapping[str, float | None]:
    """How much one unit could still do: current (A), power (W) at the bus voltage that it measures, energy (Wh) down to
    the `reserve` (%) and up to full, minutes.

    Minutes are at the present battery power; None where the hardware does not tell or the power runs the other way.
    """
    full = None
    if unit.rsoc and unit.remaining is not None:
        full = unit.remaining / unit.rsoc * 100
    down = None if full is None or unit.rsoc is None else max(0.0, full * (unit.rsoc - reserve) / 100)
    up = None if full is None or unit.remaining is None else max(0.0, full - unit.remaining)
    power = unit.wb or 0.0
    current = None if unit.ig is None else round(max(0.0, current_max - abs(unit.ig)), 3)
    return {
        "current": current,
        "power": None if current is None or not unit.vg else _whole(current * unit.vg),
        "toReserveWh": _whole(down),
        "toFullWh": _whole(up),
        "minutesToReserve": _whole(down / -power * 60) if down is not None and power < -1 else None,
        "minutesToFull": _whole(up / power * 60) if up is not None and power > 1 else None,
    }


def _whole(value: float | None) -> int | None:
    """Rounded; None where nothing is told, or what a unit told makes it more than any battery can have."""
    return round(value) if value is not None and value < MOST else None
