"""Owns how one unit stands in `/get/status`: state, age, last status, and whether it is unwatched hardware (Z5a, Z6a).

Used by the status report and, for its sentences, by the page.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from pytz.tzinfo import BaseTzInfo

from main_controller.assessment.grid_state import UnitAssessment
from main_controller.domain.freshness import UnitState
from main_controller.domain.modes import ConverterStatus, parse_converter_status
from main_controller.domain.timestamps import iso_utc, site_time
from main_controller.rules.unit_rules import too_many_trips
from main_controller.store import known_units
from main_controller.web.shapes.holds import Locks
from main_controller.web.shapes.status import Acknowledgement, Trips, Unit


@dataclass(frozen=True, slots=True)
class Moment:
    """Everything that the units' entries of one report share.

    `now` (monotonic s) is `wall` (UTC); `started` is the start of the program, ISO 8601; `acknowledgement` says by whom
    and when a unit last seen in this status was acknowledged; `trips` are the moments (monotonic s) of the units' trips
    that nobody has reset, of which `trips_allowed` within an hour are too many (I11). `walls` keeps which time of day
    a monotonic time was told as: two clocks drift, and what did not change is told to the letter as before.
    """

    now: float
    wall: datetime
    started: str
    acknowledgement: Callable[[str, str | None], known_units.Acknowledgement | None]
    locks: Locks
    trips: Mapping[str, Sequence[float]]
    trips_allowed: int
    walls: dict[float, datetime] = field(default_factory=dict)

    def wall_of(self, at: float) -> datetime:
        """When (UTC) a monotonic time was."""
        if at not in self.walls:
            self.walls[at] = self.wall - timedelta(seconds=self.now - at)
        return self.walls[at]


def unit_status(unit: UnitAssessment, moment: Moment) -> Unit:
    """One entry of `units`.

    `since` is when a live unit was last read, since when a stale one's clock stands still, since when a silent one is
    gone, and the start of the program for a member never seen.
    """
    raw, status, unwatched = unit.raw_status, parse_converter_status(unit.raw_status), unit.unwatched
    age = None if unit.moved_at is None else round(max(0.0, moment.now - unit.moved_at), 1)
    return {
        "state": unit.state,
        "age": age,
        "since": _since(unit, moment),
        "lastWord": raw if status is None else status,
        "lastDvg": unit.dvg,
        "lastDig": unit.dig,
        "lastVg": unit.vg,
        "acknowledged": _acknowledged(moment.acknowledgement(unit.id, raw)) if unwatched else None,
        "unwatched": unwatched,
        "conflict": unit.conflict,
        "locked": moment.locks.get(unit.id),
        "trips": _trips(moment.trips.get(unit.id, ()), moment),
    }


def _acknowledged(kept: known_units.Acknowledgement | None) -> Acknowledgement | None:
    return None if kept is None else {"by": kept.by, "at": iso_utc(kept.at)}


def _trips(moments: Sequence[float], moment: Moment) -> Trips | None:
    """How often the converter tripped since a person last reset it, when last, and whether that keeps it in Wait."""
    if not moments:
        return None
    return {
        "count": len(moments),
        "last": iso_utc(moment.wall_of(max(moments))),
        "tooMany": too_many_trips(moments, moment.trips_allowed),
    }


def _since(unit: UnitAssessment, moment: Moment) -> str:
    sighting = unit.sighting
    if sighting is None:
        return moment.started
    if unit.state is UnitState.SILENT and sighting.absent_at is not None:
        return iso_utc(moment.wall_of(sighting.absent_at))
    return iso_utc(sighting.moved_wall)


def unwatched_sentence(unit_id: str, status: Unit) -> str:
    """Why this unit stands above everything else on the page (Z6a)."""
    converter = parse_converter_status(status["lastWord"])
    last = converter.label if converter is not None else status["lastWord"] or "in a state that is not known"
    if converter is ConverterStatus.VOLTAGE_REFERENCE:
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


def trips_sentence(trips: Trips, zone: BaseTzInfo) -> str:
    """How often the converter tripped, `trips` as `unit_status` tells it, and what that means for its orders (I11).

    When last is told by the site's clock, in `zone`.
    """
    times = "once" if trips["count"] == 1 else f"{trips['count']} times"
    sentence = f"Its converter went to Wait by itself {times}, last at {site_time(trips['last'], zone)}"
    return f"{sentence}; it stays there until a person resets its trips." if trips["tooMany"] else f"{sentence}."
