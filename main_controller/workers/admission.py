"""Decides which ids from the wire become units: those that can be shown and typed, and not endlessly many (AV4).

Shared by the two that ask apis-web for units; used at start for those remembered from before. `left_out` is for whoever
shows it. A unit that is known already is always taken.
"""

import logging
import threading
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager

from main_controller.domain.freshness import Remembered
from main_controller.domain.identity import why_no_id
from main_controller.domain.modes import ConverterStatus, parse_converter_status
from main_controller.sentence import counted_out
from main_controller.store.unit_cache import UnitCache

log = logging.getLogger(__name__)

MOST_UNITS = 1000
TOO_MANY = "too many"


class Admission:
    """Which ids are taken into `cache`, whose members are at most `most` (setting `maxunits`)."""

    def __init__(self, cache: UnitCache, most: int = MOST_UNITS) -> None:
        self._cache = cache
        self._most = most
        # Held from the look at the members until the ids taken are members, so that two never take the last place.
        self._admitting = threading.Lock()
        self._left_out: dict[str, Mapping[str, int]] = {}

    @property
    def left_out(self) -> Mapping[str, int]:
        """How many ids were left out of the newest answers, by why: "too many", "not printable" and the like."""
        counts: dict[str, int] = {}
        for found in list(self._left_out.values()):
            for why, count in found.items():
                counts[why] = max(count, counts.get(why, 0))
        return counts

    @contextmanager
    def admitting(self, source: str, ids: Collection[str]) -> Iterator[Collection[str]]:
        """Those of `ids` that are taken; to be made members within this block. `source` is what the log calls them."""
        with self._admitting:
            members = set(self._cache.snapshot().members)
            new = [unit_id for unit_id in ids if unit_id not in members]
            taken, refused = _sorted_out(new, max(0, self._most - len(members)))
            self._tell(source, refused)
            yield ids if len(taken) == len(new) else members.union(taken).intersection(ids)

    def _tell(self, source: str, refused: Mapping[str, list[str]]) -> None:
        """Say once of each kind that there are such ids, and once that there are none any more."""
        before = self._left_out.get(source, {})
        self._left_out[source] = {why: len(ids) for why, ids in refused.items()}
        for why, ids in refused.items():
            if why not in before:
                log.error("%s", _sentence(source, why, ids, self._most))
        for why in before.keys() - refused.keys():
            log.info("%s names no ids any more that are %s", source, why)


def within(kept: Mapping[str, Remembered], most: int) -> dict[str, Remembered]:
    """Those of the remembered units that are taken: of too many, those last seen in Wait are left out first."""
    by_need = sorted(
        kept, key=lambda unit_id: (parse_converter_status(kept[unit_id].status) is ConverterStatus.WAIT, unit_id)
    )
    taken, refused = _sorted_out(by_need, most)
    for why, ids in refused.items():
        log.error("%s", _sentence("the journal", why, ids, most))
    return {unit_id: kept[unit_id] for unit_id in sorted(taken)}


def _sorted_out(new: Collection[str], room: int) -> tuple[list[str], dict[str, list[str]]]:
    """The ids that are taken, as many as there is room for, and the others by why not."""
    taken: list[str] = []
    refused: dict[str, list[str]] = {}
    for unit_id in new:
        why = why_no_id(unit_id) or (TOO_MANY if len(taken) >= room else None)
        if why is None:
            taken.append(unit_id)
        else:
            refused.setdefault(why, []).append(unit_id)
    return taken, refused


def _sentence(source: str, why: str, ids: list[str], most: int) -> str:
    if why == TOO_MANY:
        return f"{source} names more units than {most} (setting maxunits): {len(ids)} are left out ({counted_out(ids)})"
    return f"{source} names {len(ids)} ids that are {why}, such as {ids[0][:40]!a}: they are left out"
