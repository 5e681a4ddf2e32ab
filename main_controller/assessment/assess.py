"""Makes the one `GridState` from a `Moment`: what may be true now of every unit, the cluster's mode and the bus.

Pure (Z5a, Z6, Z6a, Z6c, Z8b). Shared by rules, verification, events, status, page and schedules.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from main_controller.assessment.cluster import (
    bus,
    grid_error,
    grid_master,
    grid_master_known,
    mode_in_force,
    pending_effects,
)
from main_controller.assessment.estimate import ConverterEstimate, estimate_of
from main_controller.assessment.grid_state import GridState, UnitAssessment
from main_controller.assessment.moment import Moment
from main_controller.domain.commands import ConverterEffect, ModeEffect
from main_controller.domain.freshness import Reading, Remembered, Sighting, UnitState
from main_controller.domain.modes import ConverterStatus, Mode, parse_converter_status
from main_controller.domain.snapshot import Snapshot
from main_controller.domain.units import Unit


class Assessor:
    """Assesses moments. What a sighting says is read once for each, since states are made far more often than readings
    come; that changes no result."""

    def __init__(self) -> None:
        self._read: dict[str, _Told] = {}  # replaced entry by entry, each whole

    def assess(self, moment: Moment) -> GridState:
        """The state of the grid at this moment."""
        snapshot, now, timing = moment.snapshot, moment.now, moment.timing
        units = {
            unit_id: self._unit(moment, unit_id, moment.converter_effects.get(unit_id, ()))
            for unit_id in sorted({*snapshot.members, *snapshot.sightings})
        }
        live = [unit for unit in units.values() if unit.live]
        effects, allowed, watch = moment.mode_effects, timing.mode_time, snapshot.grid
        mode = mode_in_force([unit.global_mode for unit in live], effects, now=now, allowed=allowed)
        local = [effect for effect in effects if effect.unit_id is not None and effect.pending(now, allowed)]
        return GridState(
            now=now,
            units=units,
            mode=mode.mode,
            mixed=mode.mixed,
            pending=mode.pending,
            pending_modes=_by_scope([*pending_effects(effects, now=now, allowed=allowed), *local]),
            grid_master_known=grid_master_known(watch.unit_ids),
            grid_master=grid_master(watch.unit_ids, watch.grid_master),
            error=grid_error(
                active=watch.status_active,
                error=watch.status_error,
                inactive_answers=watch.inactive_answers,
                mode=mode.mode,
                last_change_at=moment.last_mode_change,
                now=now,
            ),
            deals=_deals(snapshot),
            no_deals_at=watch.no_deals_at,
            heard_at=_heard_at(snapshot),
            bus=bus(live),
            snapshot=snapshot,
            wall=moment.wall,
        )

    def _unit(self, moment: Moment, unit_id: str, effects: Sequence[ConverterEffect]) -> UnitAssessment:
        """What is so at one unit; a member never seen is silent, and known by what a file kept of it."""
        snapshot, now, timing = moment.snapshot, moment.now, moment.timing
        sighting = snapshot.sightings.get(unit_id)
        told = self._told(sighting) if sighting is not None else _kept(snapshot.remembered.get(unit_id))
        return UnitAssessment(
            id=unit_id,
            state=UnitState.SILENT if sighting is None else sighting.state(now, timing.stale_after),
            age=None if sighting is None else sighting.age(now),
            reading=None if sighting is None else told.reading,
            recent=() if sighting is None else sighting.recent,
            estimate=estimate_of(told.reading, effects, timing.lag) if effects else told.estimate,
            global_mode=told.global_mode,
            local_mode=told.local_mode,
            effective=told.effective,
            ip=told.ip,
            acknowledged=unit_id in moment.acknowledged,
            conflict=snapshot.conflicts.get(unit_id),
            in_flight=any(one.returned is None and one.status is not ConverterStatus.WAIT for one in effects),
            disturbed_at=_disturbed_at(effects) if effects else None,
            reported=told.unit,
            ordered_at=_ordered_at(effects) if effects else None,
            sighting=sighting,
            raw_status=told.raw_status,
            dvg=told.dvg,
            dig=told.dig,
            vg=told.vg,
        )

    def _told(self, sighting: Sighting) -> "_Told":
        known = self._read.get(sighting.unit_id)
        if known is None or known.sighting is not sighting:
            known = self._read[sighting.unit_id] = _read(sighting)
        return known


@dataclass(frozen=True, slots=True)
class _Told:
    """What one sighting says, apart from how old it is: V and A."""

    sighting: Sighting | None
    reading: Reading | None
    estimate: ConverterEstimate
    raw_status: str | None = None
    dvg: float | None = None
    dig: float | None = None
    vg: float | None = None
    ip: str | None = None
    global_mode: Mode | None = None
    local_mode: Mode | None = None
    effective: Mode | None = None
    unit: Unit | None = None


def _read(sighting: Sighting) -> _Told:
    unit = sighting.unit
    reading = sighting.recent[-1] if sighting.recent else None
    return _Told(
        sighting, reading, estimate_of(reading, (), 0.0), unit.raw_status, unit.dvg, unit.dig, unit.vg, unit.ip,
        unit.global_mode, unit.local_mode, unit.effective, unit,
    )  # fmt: skip


def _kept(kept: Remembered | None) -> _Told:
    """What a file kept of a unit that was not seen since the start."""
    if kept is None:
        return _Told(None, None, estimate_of(None, (), 0.0))
    status = parse_converter_status(kept.status)
    reading = Reading(float("-inf"), status, None, None, kept.dvg, kept.dig)
    return _Told(None, reading, estimate_of(reading, (), 0.0), kept.status, kept.dvg, kept.dig, ip=kept.ip)


def _by_scope(effects: Iterable[ModeEffect]) -> dict[str, tuple[Mode | None, ...]]:
    scopes: dict[str, tuple[Mode | None, ...]] = {}
    for effect in effects:
        scope = effect.unit_id or ""
        scopes[scope] = (*scopes.get(scope, ()), effect.mode)
    return scopes


def _disturbed_at(effects: Iterable[ConverterEffect]) -> float | None:
    back = [one.returned for one in effects if one.returned is not None and one.status is not ConverterStatus.WAIT]
    return max(back, default=None)


def _ordered_at(effects: Iterable[ConverterEffect]) -> float | None:
    return max((one.entered if one.returned is None else one.returned for one in effects), default=None)


def _heard_at(snapshot: Snapshot) -> float | None:
    watch = snapshot.grid
    answers = (snapshot.answered_at, watch.unit_ids_at, watch.status_at, watch.deals_at)
    return max((at for at in answers if at is not None), default=None)


def _deals(snapshot: Snapshot) -> int | None:
    """How many deals there are; None where that cannot be told, as with no Grid Master (K7, Z6)."""
    watch = snapshot.grid
    if watch.deals is None or watch.deals_error is not None or not grid_master_known(watch.unit_ids):
        return None
    return len(watch.deals)
