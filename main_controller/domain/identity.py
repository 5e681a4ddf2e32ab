"""Whose data are these: units whose identity is ambiguous, so that an order could reach another one (Z4), and ids that
can be no unit's.

Pure. Used by the cache, which marks ambiguous units; the desk refuses them every order but Wait.
"""

import ipaddress
from collections.abc import Collection, Iterable, Mapping

from main_controller.domain.freshness import Remembered, Sighting
from main_controller.sentence import Sentence, say

LONGEST_ID = 64
"""How many characters a unit's id may have."""


def why_no_id(unit_id: str) -> str | None:
    """Why this can be no unit's id, in words that follow "is" or "are"; None when it can."""
    if not unit_id:
        return "empty"
    if len(unit_id) > LONGEST_ID:
        return f"longer than {LONGEST_ID} characters"
    return None if unit_id.isprintable() and "\ufffd" not in unit_id else "not printable"


def same_address(address: str) -> str:
    """One spelling for all spellings of an address: IPv4 in IPv6 as IPv4, names in lower case without the last dot."""
    text = address.strip()
    try:
        found = ipaddress.ip_address(text)
    except ValueError:
        return text.lower().removesuffix(".")
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return str(mapped or found)


def conflicts(
    sightings: Mapping[str, Sighting],
    remembered: Mapping[str, Remembered],
    *,
    duplicates: Collection[str] = (),
    orders_by_address: bool,
) -> dict[str, Sentence]:
    """For each ambiguous unit one sentence why.

    A unit is ambiguous when its data name another id, when apis-web's answer held it twice (`duplicates`), and, where
    orders go by address, when another unit has its address: a present unit only by another present one (its address is
    told now), a silent one by any (its device may have been replaced since).
    """
    found: dict[str, Sentence] = {}
    addresses = _Addresses()
    for unit_id, sighting in sightings.items():
        unit = sighting.unit
        own = unit.section("oesunit").get("id")
        if own is not None and own != unit_id:
            found[unit_id] = say(
                "domain.otherId",
                "{unit} is listed under this id, but its own data say that it is {own!r}.",
                unit=unit_id,
                own=str(own)[:100],
            )
        if orders_by_address:
            addresses.enter(unit_id, unit.ip, present=sighting.present)
    for unit_id in duplicates:
        if unit_id in sightings:
            found[unit_id] = say("domain.listedTwice", "{unit} is listed twice in apis-web's answer.", unit=unit_id)
    if orders_by_address:
        for unit_id, kept in remembered.items():
            if unit_id not in sightings:
                addresses.enter(unit_id, kept.ip, present=False)
    for unit_id, sentence in addresses.shared():
        found.setdefault(unit_id, sentence)
    return found


class _Addresses:
    """Which units have which address."""

    def __init__(self) -> None:
        self._present: dict[str, list[str]] = {}
        self._silent: dict[str, list[str]] = {}

    def enter(self, unit_id: str, address: str | None, *, present: bool) -> None:
        if address is not None:
            units = self._present if present else self._silent
            units.setdefault(same_address(address), []).append(unit_id)

    def shared(self) -> Iterable[tuple[str, Sentence]]:
        """The units in doubt, each with its sentence."""
        for address, units in self._present.items():
            yield from _sentences(address, units, units)
        for address, units in self._silent.items():
            yield from _sentences(address, units, [*self._present.get(address, ()), *units])


def _sentences(address: str, units: Iterable[str], everybody: list[str]) -> Iterable[tuple[str, Sentence]]:
    if len(everybody) < 2:
        return
    for unit_id in units:
        other = next(one for one in everybody if one != unit_id)
        sentence = say(
            "domain.sameAddress",
            "{unit} has the address {address!r}, which {other} has too.",
            unit=unit_id,
            address=address[:100],
            other=other,
        )
        yield unit_id, sentence
