"""Owns what was last heard of the grid, one immutable `Snapshot` swapped whole; written by the collector, read by all.

Readers hold what they got and never wait for a writer. The reply bytes of `/get/logInfo` are made here, once per
changed snapshot, never per request.
"""

import gzip
import hashlib
import threading
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar

import msgspec

from main_controller.domain.freshness import Remembered, Sighting, lost, sight
from main_controller.domain.identity import conflicts
from main_controller.domain.snapshot import GridWatch, Snapshot
from main_controller.domain.units import Unit

Entry = TypeVar("Entry")

GZIP_LEVEL = 1
"""Enough for the wire's repetitive JSON, and the cheapest: see benchmarks/README.md."""


@dataclass(frozen=True, slots=True)
class Body:
    """The ready-made reply of `/get/logInfo`: as it is, gzipped, and the strong ETag of the plain form."""

    plain: bytes
    zipped: bytes
    etag: str


def make_body(plain: bytes) -> Body:
    """The forms of a reply whose bytes are `plain`."""
    zipped = gzip.compress(plain, GZIP_LEVEL, mtime=0)
    return Body(plain, zipped, f'"{hashlib.sha256(plain).hexdigest()[:32]}"')


EMPTY_BODY = make_body(b"{}")


class UnitCache:
    """The one owner of the latest `Snapshot`.

    `remembered` is what a file kept from before the restart, `forgotten` those of it that have left;
    `orders_by_address` says whether orders reach a unit by its own address, so that two units with one address are
    ambiguous (Z4). `told` is told of every snapshot in their order, just before anybody else can see it; it is quick
    and never raises.
    """

    def __init__(
        self,
        *,
        remembered: Mapping[str, Remembered] | None = None,
        forgotten: Mapping[str, Remembered] | None = None,
        orders_by_address: bool = False,
        told: Callable[[Snapshot], None] = lambda snapshot: None,
    ) -> None:
        self._told = told
        kept = dict(remembered or {})
        self._orders_by_address = orders_by_address
        self._snapshot = Snapshot(
            members=tuple(sorted(kept)),
            remembered=kept,
            forgotten=dict(forgotten or {}),
            body=EMPTY_BODY.plain,
            body_gzip=EMPTY_BODY.zipped,
            etag=EMPTY_BODY.etag,
        )
        # Held while a writer makes its next snapshot, so that none loses another's change. Readers never take it.
        self._writing = threading.Lock()
        # Protects the swap for those who wait for a newer snapshot; held for an assignment only.
        self._changed = threading.Condition()

    def snapshot(self) -> Snapshot:
        """The latest snapshot, without waiting."""
        return self._snapshot

    def wait_newer(self, serial: int, timeout: float) -> Snapshot:
        """The latest snapshot once it is newer than `serial`, or after `timeout` s the latest as it is."""
        with self._changed:
            self._changed.wait_for(lambda: self._snapshot.serial > serial, timeout)
            return self._snapshot

    def update(self, change: Callable[[Snapshot], Snapshot]) -> tuple[Snapshot, Snapshot]:
        """Swap in what `change` makes of the latest snapshot, with the next serial; the ones before and after."""
        with self._writing:
            before = self._snapshot
            after = replace(change(before), serial=before.serial + 1)
            self._told(after)
            with self._changed:
                self._snapshot = after
                self._changed.notify_all()
            return before, after

    def replace(self, snapshot: Snapshot) -> Snapshot:
        """Swap in a whole snapshot; it gets the next serial."""
        return self.update(lambda _: snapshot)[1]

    def confirm(self, now: float, wall: datetime) -> tuple[Snapshot, Snapshot]:
        """Take note that `/get/log` answered the very same data again: nothing but the time of the answer moves."""
        return self.update(lambda before: replace(before, answered_at=now, answered_wall=wall))

    def take_log(
        self,
        units: Mapping[str, dict[str, Any]],
        now: float,
        wall: datetime,
        *,
        plain: bytes | None = None,
        duplicates: Collection[str] = (),
    ) -> tuple[Snapshot, Snapshot]:
        """Take in the usable units of a good `/get/log`, arrived at `now` (monotonic s) and `wall` (UTC).

        Units that it no longer holds become silent; nothing is forgotten (Z5). `plain` is the strict JSON of exactly
        these units where the wire gave it so, else it is made; `duplicates` were listed twice (Z4).
        """
        body = make_body(plain if plain is not None else msgspec.json.encode(units))
        return self.update(lambda before: self._with_log(before, units, now, wall, duplicates, body))

    def take_grid(self, change: Callable[[GridWatch], GridWatch]) -> tuple[Snapshot, Snapshot]:
        """Take in what `change` makes of the latest `GridWatch`; ids in its `unit_ids` become members.

        But a forgotten one stays so: `/unitIds` goes on naming units that have left (K6).
        """

        def changed(before: Snapshot) -> Snapshot:
            grid = change(before.grid)
            grid = replace(grid, grid_master=_grid_master(before.sightings, grid.unit_ids))
            ids = [unit_id for unit_id in grid.unit_ids or () if unit_id not in before.forgotten]
            return replace(before, grid=grid, members=_members(before.members, ids))

        return self.update(changed)

    def forget(self, unit_id: str) -> bool:
        """Take a unit out of the snapshot until `/get/log` shows it; False, and nothing changed, while it does."""

        def changed(before: Snapshot) -> Snapshot:
            sighting = before.sightings.get(unit_id)
            if sighting is not None and sighting.present:
                return before
            kept = before.remembered.get(unit_id, Remembered(unit_id))
            if sighting is not None:
                unit = sighting.unit
                kept = Remembered(unit_id, unit.raw_status, unit.dvg, unit.dig, unit.ip or kept.ip)
            return replace(
                before,
                sightings=_without(before.sightings, unit_id),
                members=tuple(one for one in before.members if one != unit_id),
                remembered=_without(before.remembered, unit_id),
                forgotten={**before.forgotten, unit_id: kept},
                conflicts=_without(before.conflicts, unit_id),
            )

        return unit_id in self.update(changed)[1].forgotten

    def _with_log(
        self,
        before: Snapshot,
        units: Mapping[str, dict[str, Any]],
        now: float,
        wall: datetime,
        duplicates: Collection[str],
        body: Body,
    ) -> Snapshot:
        sightings = {unit_id: lost(old, now) for unit_id, old in before.sightings.items() if unit_id not in units}
        for unit_id, data in units.items():
            sightings[unit_id] = sight(before.sightings.get(unit_id), unit_id, data, own_clock(data), now, wall)
        return replace(
            before,
            units=units,
            sightings=sightings,
            members=_members(before.members, units),
            forgotten={one: kept for one, kept in before.forgotten.items() if one not in units},
            answered_at=now,
            answered_wall=wall,
            grid=replace(before.grid, grid_master=_grid_master(sightings, before.grid.unit_ids)),
            conflicts=conflicts(
                sightings, before.remembered, duplicates=duplicates, orders_by_address=self._orders_by_address
            ),
            body=body.plain,
            body_gzip=body.zipped,
            etag=body.etag,
        )


def own_clock(data: Mapping[str, Any]) -> str:
    """What shows that a unit was read anew: its `time`, or a fingerprint of its data where it sends none (Z5)."""
    told = Unit("", data).time
    return told if told is not None else "data:" + hashlib.sha256(msgspec.json.encode(data)).hexdigest()


def _without(units: Mapping[str, Entry], unit_id: str) -> dict[str, Entry]:
    return {one: entry for one, entry in units.items() if one != unit_id}


def _members(known: tuple[str, ...], more: Collection[str]) -> tuple[str, ...]:
    new = set(more).difference(known)
    return tuple(sorted({*known, *new})) if new else known


def _grid_master(sightings: Mapping[str, Sighting], unit_ids: tuple[str, ...] | None) -> str | None:
    """The unit whose newest data claim to be it; none while apis-web knows of none (K7)."""
    if unit_ids == ():
        return None
    claims = [one for one in sightings.values() if one.present and _claims(one.data)]
    return max(claims, key=lambda one: one.moved_at).unit_id if claims else None


def _claims(data: Mapping[str, Any]) -> bool:
    """Whether a unit says so; most have no such key, so the view is made for few only."""
    apis = data.get("apis")
    return isinstance(apis, dict) and "is_grid_master" in apis and Unit("", data).grid_master
