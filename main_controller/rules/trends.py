"""How each unit's charge and bus voltage went of late, as far as one finding needs it (S9, Z6b).

Pure and frozen. Made anew at each look by the events of the bus; used by `trend_watch`. A unit that was not heard for
longer than `staleafter` begins anew: nobody knows what was in between.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from statistics import median

from main_controller.assessment.grid_state import GridState, UnitAssessment
from main_controller.domain.timing import SKEW, UNIT_BEAT

FLOWS_W = 50.0
"""From which power (W) at a battery on its charge must go that way."""


@dataclass(frozen=True, slots=True)
class Trend:
    """One unit up to its reading of `at` (monotonic s); all other times are of the same clock.

    Since `way_since` its battery's power has kept one `way` (1: charging, -1: discharging, 0: neither, or not told),
    and its charge went from `rsoc_from` to `rsoc` (%; None: not told).

    Since `stands_since` it measured the very same `vg` (V; None: not told), while the middle of what all measured went
    between `low` and `high` (V; None: not yet told), the skew of the readings left out at both ends.
    """

    at: float
    way: int
    way_since: float
    rsoc_from: float | None
    rsoc: float | None
    vg: float | None
    stands_since: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Trends:
    """The trend of each live unit by its id; `middles` (monotonic s, V) are the middles of all voltages, one a beat
    of the units."""

    units: Mapping[str, Trend] = field(default_factory=dict)
    middles: tuple[tuple[float, float], ...] = ()

    def followed(self, grid: GridState, longest: float) -> "Trends":
        """The trends after this look; a gap of more than `longest` s between two readings ends one."""
        shown = [unit.figures.vg for unit in grid.live if unit.figures.vg is not None]
        middles = self.middles
        if shown and (not middles or grid.now - middles[-1][0] >= UNIT_BEAT):
            kept = (one for one in middles if grid.now - one[0] <= SKEW + 2 * UNIT_BEAT)
            middles = (*kept, (grid.now, median(shown)))
        settled = next((one for one in reversed(middles) if grid.now - one[0] >= SKEW), None)
        units: dict[str, Trend] = {}
        for unit in grid.live:
            at, before = unit.moved_at, self.units.get(unit.id)
            if at is None:
                continue
            if before is None or at - before.at > longest:
                units[unit.id] = _begun(unit, at)
            else:
                units[unit.id] = before if at == before.at else _on(before, unit, at, settled)
        return Trends(units, middles)


def _begun(unit: UnitAssessment, at: float) -> Trend:
    figures = unit.figures
    return Trend(at, _way(figures.battery), at, figures.rsoc, figures.rsoc, figures.vg, at)


def _on(before: Trend, unit: UnitAssessment, at: float, settled: tuple[float, float] | None) -> Trend:
    new = _begun(unit, at)
    if new.way == before.way and new.rsoc is not None and before.rsoc_from is not None:
        new = replace(new, way_since=before.way_since, rsoc_from=before.rsoc_from)
    if new.vg != before.vg:
        return new
    new = replace(new, stands_since=before.stands_since, low=before.low, high=before.high)
    if settled is None or settled[0] < new.stands_since + SKEW:
        return new
    _, middle = settled
    low, high = (middle if one is None else one for one in (new.low, new.high))
    return replace(new, low=min(low, middle), high=max(high, middle))


def _way(power: float | None) -> int:
    if power is None or abs(power) < FLOWS_W:
        return 0
    return 1 if power > 0 else -1
