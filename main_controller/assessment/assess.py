"""Makes the one `GridState` from a `Moment`: what may be true now of every unit, the cluster's mode and the bus.

Pure (Z5a, Z6, Z6a, Z6c, Z8b). Shared by rules, verification, events, status, page and schedules.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import NamedTuple

from main_controller.assessment.bus import Bus, bus_of
from main_controller.assessment.cluster import (
    ERROR_QUIET_S,
    Totals,
    clock_of,
    grid_error,
    grid_master,
    grid_master_known,
    mode_in_force,
    pending_effects,
    totals_of,
)
from main_controller.assessment.estimate import estimate_of
from main_controller.assessment.figures import Figures, figures_of
from main_controller.assessment.flows import Flow, Spur, dealing, flows_of, spurs_of
from main_controller.assessment.grid_state import GridState, UnitAssessment
from main_controller.assessment.moment import Moment
from main_controller.domain.commands import ConverterEffect, ModeEffect
from main_controller.domain.freshness import Reading, Remembered, Sighting, UnitState
from main_controller.domain.modes import ConverterStatus, Mode, parse_converter_status, parse_mode
from main_controller.domain.snapshot import GridWatch, Snapshot
from main_controller.domain.units import Unit, address

NEVER = float("inf")

Units = Mapping[str, UnitAssessment]


class Assessor:
    """Assesses moments. It keeps the last, and makes only that anew which has changed since; that changes no result."""

    def __init__(self) -> None:
        self._kept: _Kept | None = None  # replaced whole; several threads may each make the next

    def assess(self, moment: Moment) -> GridState:
        """The state of the grid at this moment."""
        kept = self._kept
        if kept is not None and kept.state.until > moment.now >= kept.state.now and _same(kept.moment, moment):
            return replace(kept.state, now=moment.now, wall=moment.wall)
        units, stale_at, moved = self._units(moment, kept)
        readings = self._readings(moment, units, kept if not moved else None)
        state = _state(moment, units, stale_at, readings)
        self._kept = _Kept(moment, state, stale_at, readings)
        return state

    def _units(self, moment: Moment, kept: "_Kept | None") -> tuple[Units, float, bool]:
        """Every unit, when (monotonic s) the first of them becomes stale, and whether any reading or state may differ.

        What did not change is taken over.
        """
        snapshot, before = moment.snapshot, kept.moment if kept is not None else None
        if kept is not None and before is not None and before.snapshot is snapshot and kept.holds_at(moment):
            changed = _ordered(before, moment) | (before.acknowledged ^ moment.acknowledged)
            known = [unit_id for unit_id in changed if unit_id in kept.state.units]
            if not known:
                return kept.state.units, kept.stale_at, False
            again = {unit_id: _unit(moment, unit_id) for unit_id in known}
            return {**kept.state.units, **again}, kept.stale_at, False
        ids = kept.state.units if kept is not None and _same_ids(kept.moment.snapshot, snapshot) else _ids(snapshot)
        if kept is None or before is None or before.timing is not moment.timing:
            units: Units = {unit_id: _unit(moment, unit_id) for unit_id in ids}
        else:
            units = _units_again(moment, ids, before, kept.state.units)
        live = [unit.moved_at for unit in units.values() if unit.state is UnitState.LIVE and unit.moved_at is not None]
        return units, min(live, default=NEVER) + moment.timing.stale_after, True

    def _readings(self, moment: Moment, units: Units, kept: "_Kept | None") -> "_Readings":
        """What the units' readings say together; taken over from what is `kept` while the deals are the same."""
        now, deals = moment.now, moment.snapshot.grid.deals
        if kept is not None and kept.readings.deals is deals:
            ramp = kept.readings.bus.ramp_ends
            if ramp is None or (kept.state.now <= ramp) is (now <= ramp):
                return kept.readings
        live = [unit for unit in units.values() if unit.state is UnitState.LIVE]
        flows = flows_of(deals or (), units)
        return _Readings(
            deals,
            frozenset(unit.global_mode for unit in live),
            bus_of(live, moment.bus_limits, now),
            flows,
            spurs_of(live, dealing(flows)),
            totals_of(live),
            clock_of(unit.time for unit in live),
        )


class _Readings(NamedTuple):
    """What the units' readings and the deals say together, whatever was ordered; `deals` as they came."""

    deals: object
    modes: frozenset[Mode | None]
    bus: Bus
    flows: tuple[Flow, ...]
    spurs: tuple[Spur, ...]
    totals: Totals
    clock: str | None


class _Kept(NamedTuple):
    """The last assessment with what it was made from; `stale_at` is when the first live unit becomes stale."""

    moment: Moment
    state: GridState
    stale_at: float
    readings: _Readings

    def holds_at(self, moment: Moment) -> bool:
        """Whether every unit is still in the state (live, stale, silent) in which it was."""
        return self.state.now <= moment.now <= self.stale_at and self.moment.timing is moment.timing


def _same(before: Moment, moment: Moment) -> bool:
    """Whether nothing but the time is another."""
    return (
        before.snapshot is moment.snapshot
        and before.converter_effects is moment.converter_effects
        and before.mode_effects is moment.mode_effects
        and before.acknowledged == moment.acknowledged
        and before.mode_changed_at == moment.mode_changed_at
        and before.timing is moment.timing
        and before.bus_limits is moment.bus_limits
    )


def _ids(snapshot: Snapshot) -> Iterable[str]:
    return sorted({*snapshot.members, *snapshot.sightings})


def _same_ids(before: Snapshot, after: Snapshot) -> bool:
    return before.members is after.members and before.sightings.keys() == after.sightings.keys()


def _ordered(before: Moment, moment: Moment) -> set[str]:
    """The units to which something was ordered, or answered, between two moments."""
    old, new = before.converter_effects, moment.converter_effects
    if old is new:
        return set()
    return {unit_id for unit_id in {*old, *new} if old.get(unit_id) is not new.get(unit_id)}


def _state(moment: Moment, units: Units, stale_at: float, readings: _Readings) -> GridState:
    now, allowed = moment.now, moment.timing.mode_time
    watch, effects = _counting(moment.snapshot.grid, now, moment.timing.stale_after), moment.mode_effects
    mode = mode_in_force(readings.modes, effects, now=now, allowed=allowed)
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
        deals=_deals(watch),
        no_deals_at=watch.no_deals_at,
        heard_at=_heard_at(moment.snapshot),
        bus=readings.bus,
        flows=readings.flows,
        spurs=readings.spurs,
        totals=readings.totals,
        clock=readings.clock,
        snapshot=moment.snapshot,
        wall=moment.wall,
        until=min(_ends(moment, watch, stale_at, readings.bus.ramp_ends), default=NEVER),
    )


def _ends(moment: Moment, watch: GridWatch, stale_at: float, ramp_ends: float | None) -> Iterable[float]:
    """The moments (monotonic s) from now on at which time alone changes something."""
    timing, last_change = moment.timing, moment.last_mode_change
    ends = [stale_at, ramp_ends, None if last_change is None else last_change + ERROR_QUIET_S]
    ends += [None if effect.returned is None else effect.returned + timing.mode_time for effect in moment.mode_effects]
    ends += [at + timing.stale_after for at in (watch.unit_ids_at, watch.status_at, watch.deals_at) if at is not None]
    return (end for end in ends if end is not None and end >= moment.now)


def _counting(watch: GridWatch, now: float, stale_after: float) -> GridWatch:
    """What apis-web said of the grid, without what it has not said again for so long: that tells nothing of now."""

    def old(at: float | None) -> bool:
        return at is not None and now - at > stale_after

    if old(watch.unit_ids_at):
        watch = replace(watch, unit_ids=None, unit_ids_at=None)
    if old(watch.status_at):
        watch = replace(watch, status_active=None, status_at=None)
    return replace(watch, deals=None, deals_at=None) if old(watch.deals_at) else watch


def _units_again(moment: Moment, ids: Iterable[str], before: Moment, known: Units) -> Units:
    """What is so at every unit: what was last said of it, where nothing is another."""
    snapshot, effects, acknowledged = moment.snapshot, moment.converter_effects, moment.acknowledged
    remembered, old_effects = before.snapshot.remembered, before.converter_effects
    oldest = moment.now - moment.timing.stale_after
    units: dict[str, UnitAssessment] = {}
    for unit_id in ids:
        unit, sighting = known.get(unit_id), snapshot.sightings.get(unit_id)
        same = (
            unit is not None
            and unit.sighting is sighting
            and old_effects.get(unit_id) is effects.get(unit_id)
            and unit.acknowledged is (unit_id in acknowledged)
            and unit.conflict == snapshot.conflicts.get(unit_id)
        )
        if unit is not None and same:
            if sighting is None:
                same = remembered.get(unit_id) is snapshot.remembered.get(unit_id)
            elif unit.state is not UnitState.SILENT:
                same = (unit.state is UnitState.LIVE) is (sighting.moved_at >= oldest)
        units[unit_id] = unit if unit is not None and same else _unit(moment, unit_id)
    return units


def _state_of(sighting: Sighting | None, moment: Moment) -> UnitState:
    return UnitState.SILENT if sighting is None else sighting.state(moment.now, moment.timing.stale_after)


def _unit(moment: Moment, unit_id: str) -> UnitAssessment:
    """What is so at one unit; a member never seen is silent, and known by what a file kept of it."""
    snapshot, effects = moment.snapshot, moment.converter_effects.get(unit_id, ())
    sighting = snapshot.sightings.get(unit_id)
    told = _read(sighting) if sighting is not None else _remembered(snapshot.remembered.get(unit_id))
    return UnitAssessment(
        id=unit_id,
        state=_state_of(sighting, moment),
        moved_at=None if sighting is None else sighting.moved_at,
        reading=None if sighting is None else told.reading,
        recent=() if sighting is None else sighting.recent,
        estimate=estimate_of(told.reading, effects, moment.timing.lag),
        global_mode=told.global_mode,
        local_mode=told.local_mode,
        effective=told.effective,
        ip=told.ip,
        acknowledged=unit_id in moment.acknowledged,
        conflict=snapshot.conflicts.get(unit_id),
        in_flight=bool(effects) and _in_flight(effects),
        disturbed_at=_disturbed_at(effects) if effects else None,
        reported=told.unit,
        ordered_at=_ordered_at(effects) if effects else None,
        sighting=sighting,
        raw_status=told.raw_status,
        dvg=told.figures.dvg,
        dig=told.figures.dig,
        vg=told.figures.vg,
        figures=told.figures,
        time=told.time,
    )


class _Told(NamedTuple):
    """What one sighting, or what a file kept, says of a unit, apart from how old it is."""

    reading: Reading | None
    figures: Figures = Figures()
    raw_status: str | None = None
    ip: str | None = None
    global_mode: Mode | None = None
    local_mode: Mode | None = None
    effective: Mode | None = None
    unit: Unit | None = None
    time: str | None = None


def _read(sighting: Sighting) -> _Told:
    unit = sighting.unit
    modes, house = unit.section("apis", "operation_mode"), unit.section("oesunit")
    return _Told(
        sighting.recent[-1] if sighting.recent else None,
        figures_of(unit),
        unit.raw_status,
        address(house.get("ip")),
        parse_mode(modes.get("global")),
        parse_mode(modes.get("local")),
        parse_mode(modes.get("effective")),
        unit,
        unit.time,
    )


def _remembered(kept: Remembered | None) -> _Told:
    """What a file kept of a unit that was not seen since the start."""
    if kept is None:
        return _Told(None)
    reading = Reading(float("-inf"), parse_converter_status(kept.status), None, None, kept.dvg, kept.dig)
    return _Told(reading, Figures(dvg=kept.dvg, dig=kept.dig), kept.status, kept.ip)


def _by_scope(effects: Iterable[ModeEffect]) -> dict[str, tuple[Mode | None, ...]]:
    scopes: dict[str, tuple[Mode | None, ...]] = {}
    for effect in effects:
        scope = effect.unit_id or ""
        scopes[scope] = (*scopes.get(scope, ()), effect.mode)
    return scopes


def _in_flight(effects: Iterable[ConverterEffect]) -> bool:
    return any(one.returned is None and one.status is not ConverterStatus.WAIT for one in effects)


def _disturbed_at(effects: Iterable[ConverterEffect]) -> float | None:
    back = [one.returned for one in effects if one.returned is not None and one.status is not ConverterStatus.WAIT]
    return max(back, default=None)


def _ordered_at(effects: Iterable[ConverterEffect]) -> float | None:
    return max((one.entered if one.returned is None else one.returned for one in effects), default=None)


def _heard_at(snapshot: Snapshot) -> float | None:
    watch = snapshot.grid
    answers = (snapshot.answered_at, watch.unit_ids_at, watch.status_at, watch.deals_at)
    return max((at for at in answers if at is not None), default=None)


def _deals(watch: GridWatch) -> int | None:
    """How many deals there are; None where that cannot be told, as with no Grid Master (K7, Z6)."""
    if watch.deals is None or watch.deals_error is not None or not grid_master_known(watch.unit_ids):
        return None
    return len(watch.deals)
