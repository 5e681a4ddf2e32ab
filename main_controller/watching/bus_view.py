"""The figures of the bus for the status and the dry run, worked out once for each state of the grid.

Used by `/get/status` and `/set/dcdc?dryRun=true`.
"""

from dataclasses import replace
from typing import NamedTuple, Protocol

from main_controller.assessment.bus import Bus
from main_controller.assessment.grid_state import GridState
from main_controller.domain.snapshot import Snapshot
from main_controller.orders.desk import Desk
from main_controller.rules.bus_figures import BusFigures, Headroom, bus_figures, headroom
from main_controller.rules.bus_watch import Explained
from main_controller.rules.flexibility import Flexibility, flexibility
from main_controller.rules.interlock_terms import Limits


class Seen(Protocol):
    """What the events of the bus know."""

    def explained(self, snapshot: Snapshot) -> Explained:
        """What drives each converter at work."""
        ...

    def left_band(self) -> str | None:
        """Since when the bus is outside its band, None while it is inside."""
        ...


class _Made(NamedTuple):
    """The last figures and the bus they were made of; `until` (monotonic s) is when a fresh reading is so no more."""

    bus: Bus
    until: float
    figures: BusFigures


class _Reckoned(NamedTuple):
    """The last flexibility, and what it was reckoned from."""

    grid: GridState
    locked: frozenset[str]
    flexibility: Flexibility


class BusView:
    """`seen` are the events of the bus; `limits` are settings."""

    def __init__(self, desk: Desk, seen: Seen, *, limits: Limits) -> None:
        self._desk = desk
        self._seen = seen
        self._limits = limits
        self._made: _Made | None = None  # replaced whole
        self._reckoned: _Reckoned | None = None  # replaced whole

    def figures(self, grid: GridState) -> BusFigures:
        """The bus of that state; who works by whose will is that of when the readings came."""
        made = self._made
        if made is None or made.bus is not grid.bus or grid.now > made.until:  # each change of a reading makes a bus
            figures = bus_figures(grid, self._seen.explained(grid.snapshot), self._limits)
            made = self._made = _Made(grid.bus, self._fresh_until(grid), figures)
        left_band = self._seen.left_band()
        if left_band is None or made.figures.voltage is None:
            return made.figures
        return replace(made.figures, voltage=replace(made.figures.voltage, left_band=left_band))

    def flexibility(self, grid: GridState) -> Flexibility:
        """What the cluster's batteries could give and take in that state."""
        reckoned, locked = self._reckoned, frozenset(self._desk.locks.all())
        if reckoned is None or reckoned.grid.units is not grid.units or reckoned.locked != locked:
            found = flexibility(grid, self._limits, locked)
            reckoned = self._reckoned = _Reckoned(grid, locked, found)
        return reckoned.flexibility

    def headroom(self, unit_id: str) -> Headroom | None:
        """What this unit could still do, or None while it was not seen."""
        unit = self._desk.grid().units.get(unit_id)
        if unit is None or unit.sighting is None:
            return None
        return headroom(unit.figures, current_max=self._limits.current_max, reserve=self._limits.battery.reserve)

    def _fresh_until(self, grid: GridState) -> float:
        fresh = self._limits.fresh
        read = [unit.moved_at for unit in grid.live if grid.fresh(unit, fresh) and unit.moved_at is not None]
        return min(read, default=float("inf")) + fresh
