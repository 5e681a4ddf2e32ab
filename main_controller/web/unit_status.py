"""Owns how one unit stands in `/get/status`: state, age, last word, and whether it is unwatched hardware (Z5a, Z6a).

Used by the status report and, for its sentence, by the page.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from main_controller.domain.freshness import Sighting, UnitState, unwatched
from main_controller.domain.modes import parse_word
from main_controller.domain.timestamps import iso_utc
from main_controller.store.unit_cache import Snapshot

Acknowledgement = Callable[[str, str | None], Mapping[str, Any] | None]


def unit_status(
    snapshot: Snapshot,
    unit_id: str,
    *,
    now: float,
    wall_of: Callable[[float], datetime],
    stale_after: float,
    started: datetime,
    acknowledgement: Acknowledgement,
    lock: Mapping[str, Any] | None,
) -> dict[str, Any]:
    """One entry of `units`.

    `since` is when a live unit was last read, since when a stale one's clock stands still, since when a silent one is
    gone, and the start of the program for a member never seen. `wall_of` turns monotonic s into UTC.
    """
    sighting = snapshot.sightings.get(unit_id)
    state = snapshot.state(unit_id, now, stale_after)
    word = snapshot.last_word(unit_id)
    known = parse_word(word)
    forgotten = unwatched(state, known if known is not None else word)
    return {
        "state": state,
        "age": None if sighting is None else round(sighting.age(now), 1),
        "since": iso_utc(_since(sighting, state, wall_of, started)),
        "lastWord": known if known is not None else word,
        **_last_figures(snapshot, unit_id, sighting),
        "acknowledged": acknowledgement(unit_id, word) if forgotten else None,
        "unwatched": forgotten,
        "conflict": snapshot.conflicts.get(unit_id),
        "locked": lock,
    }


def _since(
    sighting: Sighting | None, state: UnitState, wall_of: Callable[[float], datetime], started: datetime
) -> datetime:
    if sighting is None:
        return started
    if state is UnitState.SILENT and sighting.absent_at is not None:
        return wall_of(sighting.absent_at)
    return sighting.moved_wall


def _last_figures(snapshot: Snapshot, unit_id: str, sighting: Sighting | None) -> dict[str, float | None]:
    if sighting is not None:
        unit = sighting.unit
        return {"lastDvg": unit.dvg, "lastDig": unit.dig, "lastVg": unit.vg}
    kept = snapshot.remembered.get(unit_id)
    if kept is None:
        return {"lastDvg": None, "lastDig": None, "lastVg": None}
    return {"lastDvg": kept.dvg, "lastDig": kept.dig, "lastVg": None}


def unwatched_sentence(unit_id: str, status: Mapping[str, Any]) -> str:
    """Why this unit stands above everything else on the page (Z6a)."""
    word = parse_word(status["lastWord"])
    last = word.label if word is not None else status["lastWord"] or "in a state that is not known"
    if word is not None and word.label == "voltage reference":
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
