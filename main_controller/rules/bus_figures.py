"""The figures of the bus: voltage, balance, losses, headroom, and who works by whose will.

Pure. Used by the view of the bus (`watching/bus_view.py`), for the status and the dry run. `+` charges (K2): what
units take from the bus is positive, what they give is negative, so the sum over all is what the bus loses, with its
sign turned.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from main_controller.assessment.figures import Figures
from main_controller.assessment.grid_state import GridState, UnitAssessment
from main_controller.domain.modes import ConverterStatus
from main_controller.domain.timing import UNIT_BEAT
from main_controller.rules.bus_watch import Explained
from main_controller.rules.interlock_terms import Limits
from main_controller.rules.voltage_watch import above, below

MOST = 1e9
"""From what figure on (Wh, minutes) a headroom is nonsense."""


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds the bus: the set point `dvg` (V), its own reading `vg` (V), its current `limit` (A), the `net` current
    (A) of the others at work, and how much more it could take over (`headroom`, A); None: not told."""

    unit_id: str
    dvg: float | None
    vg: float | None
    limit: float | None
    net: float | None
    headroom: float | None


@dataclass(frozen=True, slots=True)
class BusVoltage:
    """Voltages (V) of the units read of late, `of` so many: how far their mean is `below` the reference's set point
    (None without one), and who is `outside` the band: above it, or below it while somebody holds the bus (I14).

    `left_band` is since when the bus is outside (ISO 8601; None: it is not), told by whoever saw it leave.
    """

    lowest: float
    mean: float
    highest: float
    of: int
    below: float | None
    outside: tuple[str, ...]
    left_band: str | None = None


@dataclass(frozen=True, slots=True)
class Balance:
    """What all units take and give together (W), and the difference, also in percent of the larger (None where that is
    0). `skew` (s) is how far the readings lie apart; `within_skew`: the difference may be only that (Z6b)."""

    taken: float
    given: float
    residual: float
    percent: float | None
    skew: float
    within_skew: bool


@dataclass(frozen=True, slots=True)
class Working:
    """One converter at work: what was set (`dvg` V, `dig` A) against what is measured (`vg` V, `ig` A), what it loses
    (W), and what explains it; None: not told, or nothing explains it."""

    unit_id: str
    status: str | None
    explained_by: str | None
    dvg: float | None
    dig: float | None
    vg: float | None
    ig: float | None
    losses: float | None


@dataclass(frozen=True, slots=True)
class BusFigures:
    """The bus by its live units; None where none or several hold it, or where the readings do not tell."""

    reference: Holder | None = None
    voltage: BusVoltage | None = None
    balance: Balance | None = None
    losses: float | None = None
    working: tuple[Working, ...] = ()


@dataclass(frozen=True, slots=True)
class Headroom:
    """What one unit could still do: current (A), power (W), energy (Wh) down to the reserve and up to full, and how
    many minutes the present power of its battery lasts; None where the hardware does not tell or the power runs the
    other way."""

    current: float | None
    power: int | None
    to_reserve: int | None
    to_full: int | None
    minutes_to_reserve: int | None
    minutes_to_full: int | None


def bus_figures(grid: GridState, explained: Explained, limits: Limits) -> BusFigures:
    """The figures of the bus, of live units; the voltage rests on readings of at most `limits.fresh` s."""
    units = grid.live
    return BusFigures(
        reference=_reference(grid, units),
        voltage=_voltage(grid, units, limits),
        balance=_balance(grid, units),
        losses=_losses(units),
        working=tuple(_working(unit, explained) for unit in units if _works(unit)),
    )


def _works(unit: UnitAssessment) -> bool:
    """Whether its converter is in any status but Wait."""
    return unit.last_status is not ConverterStatus.WAIT


def _reference(grid: GridState, units: Iterable[UnitAssessment]) -> Holder | None:
    if grid.bus.reference is None:
        return None
    reference = grid.units[grid.bus.reference]
    limit = reference.figures.dig
    others = [unit.figures.ig for unit in units if unit is not reference and _works(unit)]
    known = [ig for ig in others if ig is not None]
    net = round(sum(known), 3) if len(known) == len(others) else None
    headroom = None if net is None or limit is None else round(limit - abs(net), 3)
    return Holder(reference.id, grid.bus.target, reference.figures.vg, limit, net, headroom)


def _voltage(grid: GridState, units: Iterable[UnitAssessment], limits: Limits) -> BusVoltage | None:
    fresh = {unit.id: unit.figures.vg for unit in units if grid.fresh(unit, limits.fresh)}
    shown = {unit_id: vg for unit_id, vg in fresh.items() if vg is not None}
    volts = list(shown.values())
    if not volts:
        return None
    mean = sum(volts) / len(volts)
    target, held = grid.bus.target, bool(grid.bus.references)
    return BusVoltage(
        lowest=min(volts),
        mean=round(mean, 2),
        highest=max(volts),
        of=len(volts),
        below=None if target is None else round(target - mean, 2),
        outside=tuple(sorted({**above(shown, limits), **(below(shown, limits) if held else {})})),
    )


def _balance(grid: GridState, units: Iterable[UnitAssessment]) -> Balance | None:
    """What all units together take from the bus (W): nothing but losses, where the readings are of one moment."""
    powers = [unit.figures.wg for unit in units]
    known = [wg for wg in powers if wg is not None]
    taken, skew = grid.bus.power, grid.bus.skew or 0.0
    if taken is None or len(known) < len(powers):
        return None
    given = -sum(wg for wg in known if wg < 0)
    larger = max(taken, given)
    return Balance(
        taken=round(taken, 1),
        given=round(given, 1),
        residual=round(given - taken, 1),
        percent=round(100 * (given - taken) / larger, 1) if larger else None,
        skew=round(skew, 1),
        within_skew=skew > UNIT_BEAT,  # doubtful long before `busskew`, the most that they may lie apart
    )


def _losses(units: Iterable[UnitAssessment]) -> float | None:
    """What the converters at work lose between bus and battery, W."""
    lost = [unit_losses(unit.figures) for unit in units if _works(unit)]
    known = [one for one in lost if one is not None]
    return round(sum(known), 1) if known and len(known) == len(lost) else None


def unit_losses(figures: Figures) -> float | None:
    """What one converter loses (W): giving, the battery gives more than the bus gets; taking, the bus gives more."""
    return None if figures.wg is None or figures.wb is None else round(figures.wg - figures.wb, 1)


def _working(unit: UnitAssessment, explained: Explained) -> Working:
    figures = unit.figures
    return Working(
        unit_id=unit.id,
        status=None if unit.last_status is None else str(unit.last_status),
        explained_by=explained.of(unit.id),
        dvg=figures.dvg,
        dig=figures.dig,
        vg=figures.vg,
        ig=figures.ig,
        losses=unit_losses(figures),
    )


def headroom(figures: Figures, *, current_max: float, reserve: float) -> Headroom:
    """What one unit could still do, its power at the bus voltage that it measures; `reserve` in percent."""
    rsoc, remaining = figures.rsoc, figures.remaining
    full = remaining / rsoc * 100 if rsoc and remaining is not None else None
    down = None if full is None or rsoc is None else max(0.0, full * (rsoc - reserve) / 100)
    up = None if full is None or remaining is None else max(0.0, full - remaining)
    power = figures.wb or 0.0
    current = None if figures.ig is None else round(max(0.0, current_max - abs(figures.ig)), 3)
    return Headroom(
        current=current,
        power=None if current is None or not figures.vg else _whole(current * figures.vg),
        to_reserve=_whole(down),
        to_full=_whole(up),
        minutes_to_reserve=_whole(down / -power * 60) if down is not None and power < -1 else None,
        minutes_to_full=_whole(up / power * 60) if up is not None and power > 1 else None,
    )


def _whole(value: float | None) -> int | None:
    """Rounded; None where nothing is told, or what a unit told makes it more than any battery can have."""
    return round(value) if value is not None and value < MOST else None
