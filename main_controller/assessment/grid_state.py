"""What may be true of every unit and of the cluster's mode now (Z6a, Z6c, Z8b).

Pure. Every rule that lets an order pass or refuses it looks at a `GridState`, never at raw data: its units hold what
their converters may be doing as a `ConverterEstimate`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import msgspec

from main_controller.assessment.bus import Bus
from main_controller.assessment.cluster import MIXED, Totals
from main_controller.assessment.estimate import ConverterEstimate
from main_controller.assessment.figures import Figures
from main_controller.assessment.flows import Flow, Spur
from main_controller.domain.freshness import Reading, Sighting, UnitState, unwatched
from main_controller.domain.modes import ConverterStatus, Mode, effective_mode
from main_controller.domain.snapshot import Snapshot
from main_controller.domain.units import Unit
from main_controller.sentence import Sentence


class UnitAssessment(msgspec.Struct, frozen=True):
    """One known unit: its state, its reading and what its converter may be doing; `ip` as sent.

    Nothing in it counts on: `moved_at` (monotonic s) is when its own clock last moved, None where it was never seen.

    `in_flight`: an order other than Wait has been sent to it and has not come back. `disturbed_at` (monotonic s) is
    when the last such order that was or may have been sent came back: nothing that its converter said before tells
    what it does now.

    `raw_status` is the converter's status as sent, `dvg`, `dig` and `vg` (V, A, V) what it was set to and measured
    last; of a unit that was not seen since the start what a file kept. `time` is its own clock as sent.
    """

    id: str
    state: UnitState
    moved_at: float | None
    reading: Reading | None
    recent: tuple[Reading, ...]
    estimate: ConverterEstimate
    global_mode: Mode | None = None
    local_mode: Mode | None = None
    effective: Mode | None = None
    ip: str | None = None
    acknowledged: bool = False
    conflict: Sentence | None = None
    in_flight: bool = False
    disturbed_at: float | None = None
    reported: Unit | None = None
    ordered_at: float | None = None
    sighting: Sighting | None = None
    raw_status: str | None = None
    dvg: float | None = None
    dig: float | None = None
    vg: float | None = None
    figures: Figures = Figures()
    time: str | None = None

    @property
    def live(self) -> bool:
        """Whether the unit's own clock moved within `staleafter`."""
        return self.state is UnitState.LIVE

    @property
    def last_status(self) -> ConverterStatus | None:
        """The converter's status by the last reading."""
        return self.reading.status if self.reading else None

    @property
    def permission(self) -> int | None:
        """What its battery last said that it permits (T34); None: not told."""
        return None if self.reported is None else self.reported.permission

    @property
    def alarm(self) -> bool:
        """Whether its converter last reported a fault."""
        return self.reported is not None and self.reported.heavy_alarm

    @property
    def unwatched(self) -> bool:
        """Live hardware that nobody watches: not live and possibly in any status but Wait (Z6a, K6)."""
        return any(unwatched(self.state, status) for status in self.estimate.statuses)

    def confirmed_wait(self, since: float | None = None) -> bool:
        """Whether the converter is surely in Wait, told after `since` (monotonic s) where that is given."""
        seen = self.estimate.seen_at
        return self.estimate.surely(ConverterStatus.WAIT) and (since is None or (seen is not None and seen >= since))

    @property
    def obeys(self) -> Mode | None:
        """The mode in force at this unit: what it says, else what its two settings give; None when it does not tell."""
        if self.effective is not None:
            return self.effective
        return None if self.global_mode is None else effective_mode(self.global_mode, self.local_mode)


@dataclass(frozen=True, slots=True)
class GridState:
    """Every known unit, the cluster's mode and the bus at one moment (`now`, monotonic s; `wall`, aware UTC).

    `mode` is None when it is not known or mixed, `pending` the cluster's on its way; `pending_modes` are the scopes (""
    for the cluster, else a unit's id) with a mode change under way. `grid_master_known`, `grid_master`, `error`
    (whether apis-web reports one of the whole grid, Z6) and `deals` (how many) are None where that cannot be told.
    `no_deals_at` (monotonic s) is when the newest empty list of deals came that a Grid Master was known after (K7);
    None once there are deals or it cannot be told. `heard_at` (monotonic s) is when apis-web last answered anything.
    `flows` are the deals with what the readings say of them, `spurs` the units that carry current without one;
    `clock` is the units' own time as sent. `snapshot` is what it was assessed from; `until` (monotonic s) is when time
    alone changes something in it besides `now` and `wall`.
    """

    now: float
    units: Mapping[str, UnitAssessment]
    mode: Mode | None
    mixed: bool = False
    pending: Mode | None = None
    pending_modes: Mapping[str, tuple[Mode | None, ...]] = field(default_factory=dict)
    grid_master_known: bool | None = None
    grid_master: str | None = None
    error: bool | None = None
    deals: int | None = None
    no_deals_at: float | None = None
    heard_at: float | None = None
    bus: Bus = Bus()
    flows: tuple[Flow, ...] = ()
    spurs: tuple[Spur, ...] = ()
    totals: Totals = Totals()
    clock: str | None = None
    until: float = float("inf")
    snapshot: Snapshot = field(default_factory=Snapshot)
    wall: datetime = datetime.min.replace(tzinfo=UTC)

    @property
    def mode_word(self) -> str | None:
        """The mode as `/get/status` says it."""
        return MIXED if self.mixed else self.mode

    @property
    def unwatched(self) -> frozenset[str]:
        """The units that are live hardware which nobody watches (Z6a)."""
        return frozenset(unit.id for unit in self.units.values() if unit.unwatched)

    def age(self, unit: UnitAssessment) -> float | None:
        """How long ago (s) the unit's own clock last moved; None where it was never seen."""
        return None if unit.moved_at is None else max(0.0, self.now - unit.moved_at)

    def fresh(self, unit: UnitAssessment, limit: float) -> bool:
        """Whether the unit is live by a reading of at most `limit` seconds."""
        age = self.age(unit)
        return unit.live and age is not None and age <= limit

    def scope(self, unit_id: str | None) -> list[UnitAssessment]:
        """One unit, or all."""
        if unit_id is None:
            return list(self.units.values())
        return [self.units[unit_id]] if unit_id in self.units else []

    def others(self, unit_id: str) -> list[UnitAssessment]:
        """All units but this one."""
        return [unit for unit in self.units.values() if unit.id != unit_id]

    def working(self, unit_id: str) -> "GridState":
        """The same with only this unit and those that are not surely in Wait."""
        asleep = {ConverterStatus.WAIT}
        units = {
            unit.id: unit for unit in self.units.values() if unit.id == unit_id or unit.estimate.statuses != asleep
        }
        return replace(self, units=units)

    def mode_pending(self, unit_id: str | None) -> bool:
        """Whether a mode change that touches this scope is under way."""
        return bool(self.pending_for(unit_id))

    def pending_for(self, unit_id: str | None) -> tuple[Mode | None, ...]:
        """The modes that may be taking effect in this scope: the cluster's, and the unit's own (None: cleared)."""
        own = self.pending_modes.get(unit_id, ()) if unit_id is not None else ()
        return (*self.pending_modes.get("", ()), *own)

    @property
    def live(self) -> list[UnitAssessment]:
        """The live units."""
        return [unit for unit in self.units.values() if unit.live]


def possible_current(units: Iterable[UnitAssessment], status: ConverterStatus) -> float | None:
    """The largest current (A) that these units may be carrying in this status together; None when that is not known."""
    total = 0.0
    for unit in units:
        if unit.estimate.possibly(status, None):
            digs = [dig for dig in unit.estimate.digs if dig is not None]
            if not digs or len(digs) < len(unit.estimate.digs):
                return None
            total += max(digs)
    return total


def ids(units: Iterable[UnitAssessment]) -> list[str]:
    """The units' ids, as a sentence counts them out."""
    return [unit.id for unit in units]
