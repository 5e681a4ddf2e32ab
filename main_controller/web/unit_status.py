"""Owns how one unit stands in `/get/status`: state, age, last word, and whether it is unwatched hardware (Z5a, Z6a).

Used by the status report and, for its sentences, by the page.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from main_controller.domain.freshness import Sighting, UnitState
from main_controller.domain.modes import Mode, Word, parse_word
from main_controller.domain.timestamps import iso_utc
from main_controller.domain.unit_rules import too_many_trips
from main_controller.store.unit_cache import Snapshot


@dataclass(frozen=True, slots=True)
class LastSeen:
    """What one sighting of a unit says, read once: the status is asked far more often than units are read.

    `raw_word` is the converter's word as sent, `shown_word` as the status says it, also where it is none of the four;
    voltages in V, currents in A.
    """

    id: str
    sighting: Sighting | None
    word: Word | None
    raw_word: str | None
    shown_word: str | None
    vg: float | None
    dvg: float | None
    dig: float | None
    global_mode: Mode | None
    read_at: str | None


def last_seen(snapshot: Snapshot, before: Mapping[str, LastSeen]) -> dict[str, LastSeen]:
    """What was seen last of every known unit, sorted by id; taken over from `before` where nothing new was seen."""
    ids = sorted({*snapshot.members, *snapshot.sightings})
    found: dict[str, LastSeen] = {}
    for unit_id in ids:
        known = before.get(unit_id)
        sighting = snapshot.sightings.get(unit_id)
        kept = known if known is not None and sighting is not None and known.sighting is sighting else None
        found[unit_id] = kept or _look(snapshot, unit_id, sighting)
    return found


def _look(snapshot: Snapshot, unit_id: str, sighting: Sighting | None) -> LastSeen:
    raw = snapshot.last_word(unit_id)
    word = parse_word(raw)
    words = word, raw, raw if word is None else word
    if sighting is None:
        kept = snapshot.remembered.get(unit_id)
        dvg, dig = (kept.dvg, kept.dig) if kept is not None else (None, None)
        return LastSeen(unit_id, None, *words, None, dvg, dig, None, None)
    unit = sighting.unit
    read_at = iso_utc(sighting.moved_wall)
    return LastSeen(unit_id, sighting, *words, unit.vg, unit.dvg, unit.dig, unit.global_mode, read_at)


def unit_state(seen: LastSeen, now: float, stale_after: float) -> UnitState:
    """How far this unit can be trusted; a member never seen is silent (Z5)."""
    return UnitState.SILENT if seen.sighting is None else seen.sighting.state(now, stale_after)


@dataclass(frozen=True, slots=True)
class Moment:
    """Everything that the units' entries of one report share.

    `wall_of` turns monotonic s into UTC; `started` is the start of the program, ISO 8601; `acknowledgement` says by
    whom and when a unit last seen in this word was acknowledged; `unwatched` are the units that nobody watches, by
    their last words and the orders since (Z6a); `trips` are the moments (monotonic s) of the units' trips that nobody
    has reset, of which `trips_allowed` within an hour are too many (I11).
    """

    snapshot: Snapshot
    now: float
    wall_of: Callable[[float], datetime]
    started: str
    acknowledgement: Callable[[str, str | None], Mapping[str, Any] | None]
    locks: Mapping[str, Mapping[str, Any]]
    unwatched: Collection[str]
    trips: Mapping[str, Sequence[float]]
    trips_allowed: int


def unit_status(seen: LastSeen, state: UnitState, moment: Moment) -> dict[str, Any]:
    """One entry of `units`.

    `since` is when a live unit was last read, since when a stale one's clock stands still, since when a silent one is
    gone, and the start of the program for a member never seen.
    """
    forgotten = seen.id in moment.unwatched
    return {
        "state": state,
        "age": None if seen.sighting is None else round(seen.sighting.age(moment.now), 1),
        "since": _since(seen, state, moment),
        "lastWord": seen.shown_word,
        "lastDvg": seen.dvg,
        "lastDig": seen.dig,
        "lastVg": seen.vg,
        "acknowledged": moment.acknowledgement(seen.id, seen.raw_word) if forgotten else None,
        "unwatched": forgotten,
        "conflict": moment.snapshot.conflicts.get(seen.id),
        "locked": moment.locks.get(seen.id),
        "trips": _trips(moment.trips.get(seen.id, ()), moment),
    }


def _trips(moments: Sequence[float], moment: Moment) -> dict[str, Any] | None:
    """How often the converter tripped since a person last reset it, when last, and whether that keeps it in Wait."""
    if not moments:
        return None
    return {
        "count": len(moments),
        "last": iso_utc(moment.wall_of(max(moments))),
        "tooMany": too_many_trips(moments, moment.trips_allowed),
    }


def _since(seen: LastSeen, state: UnitState, moment: Moment) -> str:
    if seen.sighting is None or seen.read_at is None:
        return moment.started
    if state is UnitState.SILENT and seen.sighting.absent_at is not None:
        return iso_utc(moment.wall_of(seen.sighting.absent_at))
    return seen.read_at


def unwatched_sentence(unit_id: str, status: Mapping[str, Any]) -> str:
    """Why this unit stands above everything else on the page (Z6a)."""
    word = parse_word(status["lastWord"])
    last = word.label if word is not None else status["lastWord"] or "in a state that is not known"
    if word is Word.VOLTAGE_REFERENCE:
        last = f"as {last}"
    at = "" if status["lastDvg"] is None else f" at {status['lastDvg']:.0f} V"
    if status["age"] is None:
        return f"{unit_id} has not been seen since this controller started; last known {last}{at}."
    return f"{unit_id} has been {status['state']}, last read {duration(status['age'])} ago; last seen {last}{at}."


def duration(seconds: float) -> str:
    """A time span for a sentence: seconds up to two minutes, then minutes, then hours."""
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.0f} h"


def trips_sentence(trips: Mapping[str, Any]) -> str:
    """How often the converter tripped, `trips` as `unit_status` tells it, and what that means for its orders (I11)."""
    times = "once" if trips["count"] == 1 else f"{trips['count']} times"
    sentence = f"Its converter went to Wait by itself {times}, last at {trips['last']}"
    return f"{sentence}; it stays there until a person resets its trips." if trips["tooMany"] else f"{sentence}."
