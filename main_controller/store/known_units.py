"""Owns what is remembered of the units over a restart: members, addresses, last statuses, acknowledgements (Z6a), and
who of them was forgotten.

The collector tells it every snapshot; the cache starts from what it loads; `/acknowledge`, `/forget` and the status ask
it.
"""

import logging
import sqlite3
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from main_controller.domain.freshness import Remembered, Sighting
from main_controller.domain.snapshot import Snapshot
from main_controller.domain.timestamps import iso_utc
from main_controller.store.database import Database

log = logging.getLogger(__name__)

_COLUMNS = (
    "unit_id", "word", "dvg", "dig", "ip", "acknowledged_word", "acknowledged_by", "acknowledged_at",
    "forgotten_by", "forgotten_reason", "forgotten_at", "acknowledged_clock",
)  # fmt: skip
_PUT = f"INSERT OR REPLACE INTO known_units ({', '.join(_COLUMNS)}) VALUES ({', '.join('?' * len(_COLUMNS))})"


class Acknowledgement(NamedTuple):
    """Who has looked at a unit, and when (UTC)."""

    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class _Acknowledged:
    """`clock` is what the unit's own clock showed when it was last seen then; None where it had not been seen."""

    status: str | None
    by: str
    at: datetime
    clock: str | None


@dataclass(frozen=True, slots=True)
class Forgotten:
    """Who said that a unit has left, why, and when."""

    name: str
    reason: str
    at: datetime


class KnownUnits:
    """Every unit ever known. The database's writer takes changes to the disk, so nobody waits for it.

    An acknowledgement holds until the unit tells anything new: its clock moves, another status, another set point; and
    for at most `lasts` by `wall` (S11).
    """

    def __init__(self, database: Database, *, wall: Callable[[], datetime], lasts: timedelta) -> None:
        self._database = database
        self._wall = wall
        self._lasts = lasts
        self._changing = threading.Lock()  # protects the mappings; held for dictionary work only
        self._units: dict[str, Remembered] = {}
        self._acknowledged: dict[str, _Acknowledged] = {}
        self._clocks: dict[str, str] = {}
        self._forgotten: dict[str, Forgotten] = {}
        self._unwritable: set[str] = set()
        self._back: Callable[[str, str], None] = lambda unit_id, name: None
        database.restored_by(self._restore)

    def load(self) -> dict[str, Remembered]:
        """Read what the file kept, and return the members; to be called once, at start.

        Raises ControllerError when it cannot be read. A file of an older version that no disk lets be changed is read
        as it is.
        """
        with self._database.reading() as connection:
            rows = [dict(row) for row in connection.execute("SELECT * FROM known_units")]
        units: dict[str, Remembered] = {}
        acknowledged: dict[str, _Acknowledged] = {}
        forgotten: dict[str, Forgotten] = {}
        for row in rows:
            try:
                unit = _unit(row)
                moment, left = _moment(row["acknowledged_at"]), _moment(row.get("forgotten_at"))
            except (TypeError, ValueError):
                log.error("what was kept of the unit %r is damaged and is left out", row["unit_id"])
                if isinstance(row["unit_id"], str):  # that it is a member is known all the same
                    units[row["unit_id"]] = Remembered(row["unit_id"])
                continue
            units[unit.unit_id] = unit
            by = unit.acknowledged_by
            if by is not None and moment is not None:
                acknowledged[unit.unit_id] = _Acknowledged(
                    row["acknowledged_word"], by, moment, row.get("acknowledged_clock")
                )
            if left is not None:
                forgotten[unit.unit_id] = Forgotten(row["forgotten_by"] or "", row["forgotten_reason"] or "", left)
        with self._changing:
            self._units = {**units, **self._units}
            self._acknowledged = {**acknowledged, **self._acknowledged}
            self._forgotten = {**forgotten, **self._forgotten}
            return {unit_id: unit for unit_id, unit in self._units.items() if unit_id not in self._forgotten}

    # Units that have left

    def tell_back(self, back: Callable[[str, str], None]) -> None:
        """Have `back` called with a forgotten unit's id, and who forgot it, when `/get/log` shows it again."""
        self._back = back

    def forget(self, unit_id: str, name: str, reason: str, at: datetime) -> None:
        """Keep that this unit has left, until `/get/log` shows it."""
        with self._changing:
            self._forgotten[unit_id] = Forgotten(name, reason, at)
            self._units.setdefault(unit_id, Remembered(unit_id))
        self._write(unit_id)
        self._database.rouse()

    def forgotten(self) -> dict[str, Remembered]:
        """The units that have left, each as it was last seen."""
        with self._changing:
            return {unit_id: self._units[unit_id] for unit_id in self._forgotten}

    def forgetting(self, unit_id: str) -> Forgotten | None:
        """Who said that this unit has left; None where nobody did, or it was seen again."""
        return self._forgotten.get(unit_id)

    def note(self, before: Snapshot, after: Snapshot) -> None:
        """Keep what changed from one snapshot to the next: a listener of the collector. Cheap when nothing did."""
        back = self._take_back(after)
        if before.sightings is after.sightings and before.members is after.members and self._units and not back:
            return
        changed: list[str] = [*back]
        with self._changing:
            for unit_id in after.members:
                if unit_id not in self._units:
                    self._units[unit_id] = Remembered(unit_id)
                    changed.append(unit_id)
            for unit_id, sighting in after.sightings.items():
                old = before.sightings.get(unit_id)
                if old is sighting and unit_id not in self._acknowledged:
                    continue
                moved = old is not None and old.clock != sighting.clock
                if self._see(sighting, moved=moved):
                    changed.append(unit_id)
        for unit_id in dict.fromkeys(changed):
            self._write(unit_id)
        if changed:
            self._database.rouse()
        for unit_id, name in back.items():
            self._back(unit_id, name)

    def acknowledge(self, unit_id: str, status: str | None, by: str, at: datetime) -> None:
        """Keep that an operator has looked at this unit, last seen in `status`."""
        with self._changing:
            self._acknowledged[unit_id] = _Acknowledged(status, by, at, self._clocks.get(unit_id))
            if unit_id not in self._units:
                self._units[unit_id] = Remembered(unit_id, status)
        self._write(unit_id)
        self._database.rouse()

    def acknowledged(self, unit_id: str, status: str | None) -> bool:
        """Whether this unit, last seen in this status, is acknowledged and that was not too long ago."""
        kept = self._acknowledged.get(unit_id)
        return kept is not None and kept.status == status and self._holds(kept)

    def statuses(self) -> dict[str, str | None]:
        """The status as last seen, by unit, of everyone that is acknowledged now: it holds for that status alone."""
        acknowledged = dict(self._acknowledged)
        return {unit_id: kept.status for unit_id, kept in acknowledged.items() if self._holds(kept)}

    def acknowledgement(self, unit_id: str) -> Acknowledgement | None:
        """Who acknowledged the unit as it was last seen, and when; None when nobody did."""
        kept = self._acknowledged.get(unit_id)
        return Acknowledgement(kept.by, kept.at) if kept is not None and self._holds(kept) else None

    def lift(self, unit_id: str) -> bool:
        """End this unit's acknowledgement; whether there was one that held."""
        with self._changing:
            kept = self._acknowledged.pop(unit_id, None)
        if kept is None:
            return False
        self._write(unit_id)
        self._database.rouse()
        return self._holds(kept)

    def _holds(self, kept: _Acknowledged) -> bool:
        """Whether it is of the last `lasts`: one from the future is by a clock that was put back, and bounded too."""
        return abs(self._wall() - kept.at) < self._lasts

    def _take_back(self, after: Snapshot) -> dict[str, str]:
        """The forgotten units that `/get/log` shows, with who forgot each; they are so no longer."""
        if not self._forgotten:
            return {}
        with self._changing:
            seen = [one for one in self._forgotten if one in after.sightings and after.sightings[one].present]
            return {unit_id: self._forgotten.pop(unit_id).name for unit_id in seen}

    def _see(self, sighting: Sighting, *, moved: bool) -> bool:
        """Take in one unit's newest data, under the lock; whether anything kept has changed.

        `moved`: its own clock did since the last data. The first after a restart may be old ones (K5), so there the
        clock counts that was kept with the acknowledgement.
        """
        self._clocks[sighting.unit_id] = sighting.clock
        unit, kept = sighting.unit, self._units.get(sighting.unit_id)
        status, ip = unit.raw_status, unit.ip or (kept.ip if kept is not None else None)
        now = (status, unit.dvg, unit.dig, ip)
        acknowledged = self._acknowledged.get(sighting.unit_id)
        set_anew = kept is not None and (kept.dvg, kept.dig) != (unit.dvg, unit.dig)
        lifted = acknowledged is not None and (
            moved or set_anew or acknowledged.status != status or acknowledged.clock not in (None, sighting.clock)
        )
        if lifted:
            del self._acknowledged[sighting.unit_id]
        if not lifted and kept is not None and now == (kept.status, kept.dvg, kept.dig, kept.ip):
            return False
        self._units[sighting.unit_id] = Remembered(sighting.unit_id, *now)
        return True

    def _write(self, unit_id: str) -> None:
        with self._changing:
            values = self._values(unit_id)
            if _storable(*values):
                self._database.latest.put(("known_units", unit_id), _PUT, values)
                return
            said, self._unwritable = unit_id in self._unwritable, self._unwritable | {unit_id}
        if not said:
            log.warning("unit %r has a text that is no Unicode: it is not remembered over a restart", unit_id)

    def _restore(self, connection: sqlite3.Connection) -> None:
        """Write every unit into a file that took the place of the one in use (M16)."""
        with self._changing:
            rows = [values for unit_id in self._units if _storable(*(values := self._values(unit_id)))]
        connection.executemany(_PUT, rows)

    def _values(self, unit_id: str) -> tuple[str | float | None, ...]:
        """The unit's row, under the lock."""
        kept, acknowledged, left = self._units[unit_id], self._acknowledged.get(unit_id), self._forgotten.get(unit_id)
        tail: list[str | None] = [None] * 7
        if acknowledged is not None:
            tail[:3] = (acknowledged.status, acknowledged.by, iso_utc(acknowledged.at))
            tail[6] = acknowledged.clock
        if left is not None:
            tail[3:6] = (left.name, left.reason, iso_utc(left.at))
        return (unit_id, kept.status, kept.dvg, kept.dig, kept.ip, *tail)


def _unit(row: Mapping[str, Any]) -> Remembered:
    """A row's unit; raises TypeError or ValueError where somebody changed it into what was never written."""
    texts = [row[name] for name in ("unit_id", "word", "ip", "acknowledged_by", "acknowledged_word")]
    if not isinstance(texts[0], str) or not all(text is None or isinstance(text, str) for text in texts):
        raise TypeError("a text is none")
    dvg, dig = (None if row[name] is None else float(row[name]) for name in ("dvg", "dig"))
    unit_id, status, ip, by, _ = texts
    return Remembered(unit_id, status, dvg, dig, ip, by, _moment(row["acknowledged_at"]))


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def _storable(*values: object) -> bool:
    """Whether SQLite can hold these texts: half of a surrogate pair it cannot."""
    try:
        "".join(value for value in values if isinstance(value, str)).encode()
    except UnicodeEncodeError:
        return False
    return True
