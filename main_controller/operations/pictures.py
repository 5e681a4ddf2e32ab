"""Makes the picture that orders are judged by: readings, the orders since, and what was acknowledged (Z6a, Z6c, Z8b).

Used by the desk, for every operation. Reads memory only.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from main_controller.assessment.cluster import grid_master_known, mode_in_force, pending_orders
from main_controller.assessment.estimate import ConverterEstimate, estimate_of
from main_controller.assessment.grid_state import GridState, UnitAssessment
from main_controller.domain.commands import ConverterEffect, ModeEffect
from main_controller.domain.freshness import Reading, Sighting, UnitState
from main_controller.domain.modes import ConverterStatus, Mode, parse_converter_status
from main_controller.domain.units import Unit
from main_controller.operations.timing import Timing
from main_controller.store.command_log import CommandLog
from main_controller.store.unit_cache import Snapshot, UnitCache


class Acknowledgements(Protocol):
    """Which unwatched units an operator has looked at (Z6a)."""

    def acknowledged(self, unit_id: str, word: str | None) -> bool:
        """Whether this unit, last seen in this word, is acknowledged."""
        ...


@dataclass(frozen=True, slots=True)
class _Told:
    """What one sighting says, apart from how old it is."""

    sighting: Sighting
    reading: Reading | None
    estimate: ConverterEstimate
    global_mode: Mode | None
    local_mode: Mode | None
    effective: Mode | None
    ip: str | None
    word: str | None
    unit: Unit


class Pictures:
    """Pictures of the grid as it may be now, by `clock` (monotonic s)."""

    def __init__(
        self,
        cache: UnitCache,
        commands: CommandLog,
        acknowledgements: Acknowledgements,
        *,
        timing: Timing,
        clock: Callable[[], float],
    ) -> None:
        self._cache = cache
        self._commands = commands
        self._acknowledgements = acknowledgements
        self._timing = timing
        self._clock = clock
        self._read: dict[str, _Told] = {}  # replaced entry by entry, each whole

    def picture(self) -> GridState:
        """What may be true now of every known unit and of the cluster's mode."""
        snapshot = self._cache.snapshot()
        now = self._clock()
        orders = self._commands.converter_effects()
        facts = {
            unit_id: self._fact(snapshot, unit_id, orders.get(unit_id, ()), now)
            for unit_id in sorted({*snapshot.members, *snapshot.sightings})
        }
        changes = self._commands.mode_effects()
        allowed = self._timing.mode_time
        in_force = mode_in_force([f.global_mode for f in facts.values() if f.live], changes, now=now, allowed=allowed)
        local = [order for order in changes if order.unit_id is not None and order.pending(now, allowed)]
        pending = [*pending_orders(changes, now=now, allowed=allowed), *local]
        return GridState(
            now=now,
            facts=facts,
            mode=in_force.mode,
            mixed=in_force.mixed,
            pending_modes=_by_scope(pending),
            grid_master_known=grid_master_known(snapshot.grid.unit_ids),
            deals=_deals(snapshot),
            no_deals_at=snapshot.grid.no_deals_at,
            heard_at=_heard_at(snapshot),
        )

    def unwatched(self) -> frozenset[str]:
        """The units that are live hardware which nobody watches, by their readings and by the orders since (Z6a)."""
        snapshot, now = self._cache.snapshot(), self._clock()
        orders = self._commands.converter_effects()
        asleep = [
            unit_id
            for unit_id in {*snapshot.members, *snapshot.sightings}
            if snapshot.state(unit_id, now, self._timing.stale_after) is not UnitState.LIVE
        ]
        facts = (self._fact(snapshot, unit_id, orders.get(unit_id, ()), now) for unit_id in asleep)
        return frozenset(fact.id for fact in facts if fact.unwatched)

    def _fact(self, snapshot: Snapshot, unit_id: str, orders: Sequence[ConverterEffect], now: float) -> UnitAssessment:
        sighting = snapshot.sightings.get(unit_id)
        conflict = snapshot.conflicts.get(unit_id)
        if sighting is None:
            kept = snapshot.remembered.get(unit_id)
            word = kept.word if kept is not None else None
            reading = (
                None
                if kept is None
                else Reading(float("-inf"), parse_converter_status(word), None, None, kept.dvg, kept.dig)
            )
            estimate = estimate_of(reading, orders, self._timing.lag)
            acknowledged = self._acknowledgements.acknowledged(unit_id, word)
            ip = kept.ip if kept is not None else None
            return UnitAssessment(
                unit_id,
                UnitState.SILENT,
                None,
                None,
                (),
                estimate,
                ip=ip,
                acknowledged=acknowledged,
                conflict=conflict,
                in_flight=_in_flight(orders),
                disturbed_at=_disturbed_at(orders),
                ordered_at=_ordered_at(orders),
            )
        told = self._told(sighting)
        return UnitAssessment(
            id=unit_id,
            state=sighting.state(now, self._timing.stale_after),
            age=sighting.age(now),
            reading=told.reading,
            recent=sighting.recent,
            estimate=estimate_of(told.reading, orders, self._timing.lag) if orders else told.estimate,
            global_mode=told.global_mode,
            local_mode=told.local_mode,
            effective=told.effective,
            ip=told.ip,
            acknowledged=self._acknowledgements.acknowledged(unit_id, told.word),
            conflict=conflict,
            in_flight=_in_flight(orders),
            disturbed_at=_disturbed_at(orders),
            unit=told.unit,
            ordered_at=_ordered_at(orders) if orders else None,
        )

    def _told(self, sighting: Sighting) -> _Told:
        """What one sighting says, read once for each sighting: pictures are made far more often than readings come."""
        kept = self._read.get(sighting.unit_id)
        if kept is None or kept.sighting is not sighting:
            kept = self._read[sighting.unit_id] = _read(sighting)
        return kept


def _by_scope(orders: Iterable[ModeEffect]) -> dict[str, tuple[Mode | None, ...]]:
    scopes: dict[str, tuple[Mode | None, ...]] = {}
    for order in orders:
        scope = order.unit_id or ""
        scopes[scope] = (*scopes.get(scope, ()), order.mode)
    return scopes


def _disturbed_at(orders: Iterable[ConverterEffect]) -> float | None:
    back = [order.returned for order in orders if order.returned is not None and order.word is not ConverterStatus.WAIT]
    return max(back, default=None)


def _ordered_at(orders: Iterable[ConverterEffect]) -> float | None:
    return max((order.entered if order.returned is None else order.returned for order in orders), default=None)


def _in_flight(orders: Iterable[ConverterEffect]) -> bool:
    return any(order.returned is None and order.word is not ConverterStatus.WAIT for order in orders)


def _read(sighting: Sighting) -> _Told:
    unit = sighting.unit
    reading = sighting.recent[-1] if sighting.recent else None
    return _Told(
        sighting,
        reading,
        estimate_of(reading, (), 0.0),
        unit.global_mode,
        unit.local_mode,
        unit.effective,
        unit.ip,
        unit.raw_status,
        unit,
    )


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
