"""Live, stale, silent and unwatched: from when each unit's own clock last moved (Z5, Z6a).

The wire answers 200 with its last data whatever has died (K5-K8), so only a moved clock proves a reading.
Pure: times come in as monotonic seconds. Used by the cache, the orders and the status. What is made anew for every
unit at every poll is a NamedTuple: at 10,000 units a frozen dataclass would cost ten times as long to make.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from main_controller.domain.modes import ConverterStatus, parse_converter_status
from main_controller.domain.units import Unit, alarmed, number
from main_controller.sentence import Sentence, say

RECENT_READINGS = 6
"""How many readings of one unit are kept for rules that need several."""


class UnitState(StrEnum):
    """How far a unit's data can be trusted to be of now."""

    LIVE = "live"
    STALE = "stale"
    SILENT = "silent"

    @property
    def label(self) -> Sentence:
        """The state in a sentence."""
        return _LABELS[self]


_LABELS: dict[UnitState, Sentence] = {
    UnitState.LIVE: say("domain.live", "live"),
    UnitState.STALE: say("domain.stale", "stale"),
    UnitState.SILENT: say("domain.silent", "silent"),
}


class Reading(NamedTuple):
    """What one reading said of the converter and the bus; `at` is monotonic s, `vg` and `dvg` V, `ig` and `dig` A.

    `alarm`: the converter reported a heavy alarm.
    """

    at: float
    status: ConverterStatus | None
    vg: float | None
    ig: float | None
    dvg: float | None
    dig: float | None = None
    alarm: bool = False


class Sighting(NamedTuple):
    """The last that was seen of one unit, and when its own clock last moved.

    `moved_at` (monotonic s) is when the newest reading arrived; `moved_wall` the same in UTC; `present` says
    whether the last good `/get/log` held the unit; `absent_at` since when it does not. `recent` holds the last
    readings, newest last.
    """

    unit_id: str
    data: Mapping[str, Any]
    clock: str
    moved_at: float
    moved_wall: datetime
    present: bool
    absent_at: float | None = None
    recent: tuple[Reading, ...] = ()

    @property
    def unit(self) -> Unit:
        """The data as a unit's view."""
        return Unit(self.unit_id, self.data)

    def age(self, now: float) -> float:
        """Seconds since the unit's own clock last moved."""
        return max(0.0, now - self.moved_at)

    def state(self, now: float, stale_after: float) -> UnitState:
        """Live up to `stale_after` seconds, then stale; silent when the data no longer hold the unit."""
        if not self.present:
            return UnitState.SILENT
        return UnitState.LIVE if self.age(now) <= stale_after else UnitState.STALE


def sight(
    before: Sighting | None, unit_id: str, data: Mapping[str, Any], clock: str, now: float, wall: datetime
) -> Sighting:
    """The sighting after a good `/get/log` that holds the unit with `clock` as its own time's fingerprint.

    The very same where nothing of it is new.
    """
    if before is not None and before.clock == clock:
        if before.present and before.data == data:
            return before
        return Sighting(unit_id, data, clock, before.moved_at, before.moved_wall, True, None, before.recent)
    earlier = before.recent[1 - RECENT_READINGS :] if before is not None else ()
    return Sighting(
        unit_id, data, clock, now, wall, True, None, (*earlier, read_dcdc(Unit(unit_id, data).section("dcdc"), now))
    )


def read_dcdc(dcdc: Mapping[str, Any], now: float) -> Reading:
    """What a `dcdc` object says at `now`, from a unit's data or from its converter itself."""
    converter = Unit("", dcdc)
    meter, status = converter.section("meter"), converter.section("status")
    return Reading(
        now,
        parse_converter_status(status.get("status")),
        number(meter.get("vg")),
        number(meter.get("ig")),
        number(converter.section("vdis").get("dvg")),
        number(converter.section("param").get("dig")),
        alarmed(status),
    )


def lost(before: Sighting, now: float) -> Sighting:
    """The sighting after a good `/get/log` that no longer holds the unit."""
    return before if not before.present else before._replace(present=False, absent_at=now)


@dataclass(frozen=True, slots=True)
class Remembered:
    """What a file kept of a unit from before the restart, or of a member never seen (all None) (Z6a)."""

    unit_id: str
    status: str | None = None
    dvg: float | None = None
    dig: float | None = None
    ip: str | None = None
    acknowledged_by: str | None = None
    acknowledged_at: datetime | None = None


def unwatched(state: UnitState, status: str | None) -> bool:
    """Whether a unit is live hardware that nobody watches: not live, and last seen in any status but Wait (K6, Z6a)."""
    return state is not UnitState.LIVE and status != ConverterStatus.WAIT
