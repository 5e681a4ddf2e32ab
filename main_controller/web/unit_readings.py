"""Owns the readings of one unit: all of it or one part, from memory or, when urgent, read now (R3-R6, R22, Z2).

Used by the application.
"""

import time
from collections.abc import Callable, Mapping
from typing import Any

import bottle

from main_controller.concurrency.limit import Limit
from main_controller.domain.snapshot import Snapshot
from main_controller.errors import NoDataYet, NotFound
from main_controller.sentence import say
from main_controller.upstream.devices import Devices, NotReadable, Part, Target
from main_controller.web import routes
from main_controller.web.conditional import tagged_json
from main_controller.web.readings import SnapshotSource
from main_controller.web.replies import shown
from main_controller.web.route import Given, Handlers, Route

PLACES: Mapping[Part, tuple[str, ...]] = {
    "unit": (),
    "dcdc": ("dcdc",),
    "meter": ("dcdc", "meter"),
    "emu": ("emu",),
    "oesunit": ("oesunit",),
}
"""Where each part stands in a unit's data."""

ROUTES_OF: Mapping[Part, tuple[Route, Route]] = {
    "unit": routes.UNIT_DATA,
    "dcdc": routes.UNIT_DCDC,
    "meter": routes.UNIT_METER,
    "emu": routes.UNIT_EMU,
    "oesunit": routes.UNIT_IDENTITY,
}

HARDWARE = ("emu", "dcdc")
"""The sections of a unit's data that its devices tell by themselves."""


class UnitReadings:
    """`/get/unit|dcdc|meter|emu|oesunit/<oesid>`, each with `?urgent=true`; also `/get/unit?unitId=<oesid>` and so on.

    The second form is for ids that a browser or a proxy would not leave as they are in a path, such as `..`.

    `flush` polls `/get/log` once into the cache and raises `UpstreamError`; `waiting` bounds how many readings wait.
    """

    def __init__(
        self,
        cache: SnapshotSource,
        devices: Devices,
        *,
        flush: Callable[[], object],
        waiting: Limit,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._cache = cache
        self._devices = devices
        self._flush = flush
        self._waiting = waiting
        self._clock = clock

    def handlers(self) -> Handlers:
        """What answers each route."""
        return {route: self._answer(part) for part, both in ROUTES_OF.items() for route in both}

    def _answer(self, part: Part) -> Callable[[Given], bottle.HTTPResponse]:
        def answer(given: Given) -> bottle.HTTPResponse:
            unit_id = given["oesid"] if "oesid" in given else given["unitId"]
            return self.read(unit_id, part, urgent=given.get("urgent", False))

        return answer

    def read(self, unit_id: str, part: Part, *, urgent: bool) -> bottle.HTTPResponse:
        """One part of one unit's data; NotFound for a stranger, NoDataYet for a member never seen (Z2)."""
        snapshot = self._cache.snapshot()
        check_known(snapshot, unit_id)
        if not urgent:
            return self._from_memory(unit_id, part, "cache")
        with self._waiting.place():
            return self._read_now(snapshot, unit_id, part)

    def _read_now(self, snapshot: Snapshot, unit_id: str, part: Part) -> bottle.HTTPResponse:
        try:
            if unit_id in snapshot.conflicts:  # the device at its address may be another unit's (Z4)
                raise NotReadable(snapshot.conflicts[unit_id])
            value = self._read_device(snapshot, unit_id, part)
        except NotReadable:
            self._flush()
            return self._from_memory(unit_id, part, "apis-web")
        return tagged_json(value, headers={"X-Data-Age": "0.0", "X-Data-Source": self._devices.source})

    def _read_device(self, snapshot: Snapshot, unit_id: str, part: Part) -> Any:
        """A part as the device tells it; of a whole unit it tells the hardware's sections, apis-main the others."""
        if part == "oesunit":
            raise NotReadable(say("web.identityIsApisMains", "A unit's identity is apis-main's to tell."))
        value = self._devices.read(_target(snapshot, unit_id), part)
        sighting = snapshot.sightings.get(unit_id)
        if part != "unit" or sighting is None or not isinstance(value, Mapping):
            return value
        return {**sighting.data, **{key: value[key] for key in HARDWARE if key in value}}

    def _from_memory(self, unit_id: str, part: Part, source: str) -> bottle.HTTPResponse:
        sighting = self._cache.snapshot().sightings.get(unit_id)
        if sighting is None:
            raise NoDataYet(say("web.unitUnseen", "The unit {unit} has not been seen yet.", unit=shown(unit_id)))
        found: Any = sighting.data
        for key in PLACES[part]:
            found = found.get(key) if isinstance(found, Mapping) else None
        if found is None:
            sentence = say("web.noPart", "The data of the unit {unit} hold no {part}.", unit=shown(unit_id), part=part)
            raise NotFound(sentence)
        age = f"{sighting.age(self._clock()):.1f}"
        return tagged_json(found, headers={"X-Data-Age": age, "X-Data-Source": source})


def check_known(snapshot: Snapshot, unit_id: str) -> None:
    """Raises NotFound for a stranger, NoDataYet where apis-web has told of no unit yet (Z2)."""
    if unit_id in snapshot.sightings or unit_id in snapshot.members:
        return
    if snapshot.answered_at is None and not snapshot.members:
        raise NoDataYet(say("web.noUnitsYet", "apis-web has given no data yet, so no unit is known."))
    raise NotFound(say("web.noUnit", "There is no unit {unit}.", unit=shown(unit_id)))


def _target(snapshot: Snapshot, unit_id: str) -> Target:
    sighting = snapshot.sightings.get(unit_id)
    kept = snapshot.remembered.get(unit_id)
    address = sighting.unit.ip if sighting is not None else None
    return Target(unit_id, address or (kept.ip if kept is not None else None))
