"""What was last heard of the grid as data: what apis-web last said, of every unit and of the grid as a whole (Z5, Z6).

Pure. Made and swapped whole by the store's cache; the grid's state is assessed from it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from main_controller.domain.freshness import Remembered, Sighting, UnitState
from main_controller.sentence import Sentence


@dataclass(frozen=True, slots=True)
class GridWatch:
    """What apis-web last said of the grid as a whole; every `..._at` is monotonic s of the last good answer, or None.

    `unit_ids` is the last answer of `/unitIds`: () means that no Grid Master is known, None that the last call failed
    or none was made (Z6). `status_active` is None when `/getStatus` failed or answered an error, which `status_error`
    then tells; `inactive_answers` counts its answers in a row with active false and no error. `deals` are the last good
    ones as sent, kept while `deals_error` says why there are no newer ones; `no_deals_at` is when the newest empty list
    came that a `/unitIds` with members has followed (K7), None once it is not empty. `grid_master` is the unit whose
    newest data claim it, None while `unit_ids` is ().
    """

    grid_master: str | None = None
    unit_ids: tuple[str, ...] | None = None
    unit_ids_at: float | None = None
    status_active: bool | None = None
    status_error: str | None = None
    inactive_answers: int = 0
    status_at: float | None = None
    deals: tuple[dict[str, Any], ...] | None = None
    deals_at: float | None = None
    deals_error: str | None = None
    no_deals_at: float | None = None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything known of the grid at one moment; nothing in it is ever edited.

    `units` are the usable units of the last good `/get/log`, in its order. `sightings` holds every unit seen since
    start, also silent ones; `members` is every id ever known (`/unitIds`, seen, remembered), sorted: a member without a
    sighting was not seen since start, `remembered` may tell what it was before (Z6a). `forgotten` are those of whom a
    person said that they have left, as they were last seen; they are in none of the others. `answered_at` (monotonic s)
    is when `/get/log` last gave good data. `conflicts` says per unit why its identity is ambiguous (Z4). `serial` grows
    with every swap. `body`, `body_gzip` and `etag` are the ready-made reply of `/get/logInfo`.
    """

    serial: int = 0
    units: Mapping[str, dict[str, Any]] = field(default_factory=dict)
    sightings: Mapping[str, Sighting] = field(default_factory=dict)
    members: tuple[str, ...] = ()
    remembered: Mapping[str, Remembered] = field(default_factory=dict)
    forgotten: Mapping[str, Remembered] = field(default_factory=dict)
    answered_at: float | None = None
    answered_wall: datetime | None = None
    grid: GridWatch = field(default_factory=GridWatch)
    conflicts: Mapping[str, Sentence] = field(default_factory=dict)
    body: bytes = b""
    body_gzip: bytes = b""
    etag: str = ""

    def age(self, now: float) -> float | None:
        """Seconds since the freshest unit's own clock moved (Z5), None while no unit was seen."""
        newest = max((one.moved_at for one in self.sightings.values()), default=None)
        return None if newest is None else max(0.0, now - newest)

    def state(self, unit_id: str, now: float, stale_after: float) -> UnitState:
        """How far this unit's data can be trusted; a member never seen is silent (Z5)."""
        sighting = self.sightings.get(unit_id)
        return UnitState.SILENT if sighting is None else sighting.state(now, stale_after)

    def last_status(self, unit_id: str) -> str | None:
        """The converter's status as last seen, also before a restart; None when it was never told (Z6a)."""
        sighting = self.sightings.get(unit_id)
        if sighting is not None:
            return sighting.unit.raw_status
        kept = self.remembered.get(unit_id)
        return kept.status if kept is not None else None
