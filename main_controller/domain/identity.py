"""Whose data are these: units whose identity is ambiguous, so that an order could reach another one (Z4).

Pure. Used by the cache, which marks these units; the operations refuse them every order but Wait.
"""

from collections.abc import Collection, Iterable, Mapping

from main_controller.domain.freshness import Remembered, Sighting


def conflicts(
    sightings: Mapping[str, Sighting],
    remembered: Mapping[str, Remembered],
    *,
    duplicates: Collection[str] = (),
    orders_by_address: bool,
) -> dict[str, str]:
    """For each ambiguous unit one sentence why.

    A unit is ambiguous when its data name another id, when apis-web's answer held it twice (`duplicates`), and, where
    orders go by address, when another unit has its address: a present unit only by another present one (its address is
    told now), a silent one by any (its device may have been replaced since).
    """
    found: dict[str, str] = {}
    for unit_id, sighting in sightings.items():
        own = sighting.unit.section("oesunit").get("id")
        if own is not None and own != unit_id:
            found[unit_id] = f"{unit_id} is listed under this id, but its own data say that it is {str(own)[:100]!r}."
    for unit_id in duplicates:
        if unit_id in sightings:
            found[unit_id] = f"{unit_id} is listed twice in apis-web's answer."
    if orders_by_address:
        for unit_id, sentence in _shared_addresses(sightings, remembered):
            found.setdefault(unit_id, sentence)
    return found


def _shared_addresses(
    sightings: Mapping[str, Sighting], remembered: Mapping[str, Remembered]
) -> Iterable[tuple[str, str]]:
    present: dict[str, list[str]] = {}
    silent: dict[str, list[str]] = {}
    for unit_id, sighting in sightings.items():
        _enter(present if sighting.present else silent, sighting.unit.ip, unit_id)
    for unit_id, kept in remembered.items():
        if unit_id not in sightings:
            _enter(silent, kept.ip, unit_id)
    for address, units in present.items():
        if len(units) > 1:
            yield from _sentences(address, units, units)
    for address, units in silent.items():
        everybody = [*present.get(address, ()), *units]
        if len(everybody) > 1:
            yield from _sentences(address, units, everybody)


def _enter(addresses: dict[str, list[str]], address: str | None, unit_id: str) -> None:
    if address is not None:
        addresses.setdefault(address.strip().lower(), []).append(unit_id)


def _sentences(address: str, units: Iterable[str], everybody: list[str]) -> Iterable[tuple[str, str]]:
    for unit_id in units:
        other = next(one for one in everybody if one != unit_id)
        yield unit_id, f"{unit_id} has the address {address[:100]!r}, which {other} has too."
