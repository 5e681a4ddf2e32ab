"""The figures of the bus for the status and the dry run, worked out once for each state of the grid.

Used by `/get/status` and `/set/dcdc?dryRun=true`.
"""

from collections.abc import Mapping
from typing import Any, Protocol

from main_controller.domain.freshness import UnitState
from main_controller.domain.snapshot import Snapshot
from main_controller.orders.desk import Desk
from main_controller.rules.bus_figures import Measured, bus_figures, headroom
from main_controller.rules.bus_watch import Explained
from main_controller.rules.interlock_terms import Limits


class Seen(Protocol):
    """What the events of the bus know."""

    def explained(self, snapshot: Snapshot) -> Explained:
        """What drives each converter at work."""
        ...

    def left_band(self) -> str | None:
        """Since when the bus is outside its band, None while it is inside."""
        ...


class BusView:
    """`seen` are the events of the bus; `limits` are settings."""

    def __init__(self, desk: Desk, seen: Seen, *, limits: Limits) -> None:
        self._desk = desk
        self._seen = seen
        self._limits = limits
        self._made: tuple[int, Mapping[str, Any]] | None = None  # replaced whole

    def figures(self) -> Mapping[str, Any]:
        """The bus as JSON; ages are those of when the readings came."""
        snapshot = self._desk.cache.snapshot()
        made = self._made
        if made is None or made[0] != snapshot.serial:
            made = self._made = (snapshot.serial, self._make(snapshot))
        voltage = made[1]["voltage"]
        if voltage is None:
            return made[1]
        return {**made[1], "voltage": {**voltage, "leftBand": self._seen.left_band()}}

    def headroom(self, unit_id: str) -> Mapping[str, float | None] | None:
        """What this unit could still do, or None while it was not seen."""
        sighting = self._desk.cache.snapshot().sightings.get(unit_id)
        if sighting is None:
            return None
        measured = Measured.of(sighting.unit, sighting.age(self._desk.clock()))
        return headroom(measured, current_max=self._limits.current_max, reserve=self._limits.battery.reserve)

    def _make(self, snapshot: Snapshot) -> Mapping[str, Any]:
        now, timing = self._desk.clock(), self._desk.timing
        live = [
            Measured.of(sighting.unit, sighting.age(now))
            for sighting in snapshot.sightings.values()
            if sighting.state(now, timing.stale_after) is UnitState.LIVE
        ]
        return bus_figures(live, self._seen.explained(snapshot), fresh=timing.fresh, limits=self._limits)
