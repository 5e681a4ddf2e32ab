"""Reads half hours span by span: what one unit did in each, and for how long each of all units was covered (V8).

Used by `History`. Half hours lie unit by unit, so each unit's are read in one piece; what is not made into half hours
yet is counted by its minutes.
"""

import json
import sqlite3
from bisect import bisect_right
from collections.abc import Sequence

from main_controller.history.slot import HALF_HOUR, Slot
from main_controller.store.history import columns

_SPANS = """
WITH span AS (SELECT key AS n, value AS begin, lead(value) OVER (ORDER BY key) AS finish FROM json_each(?))
"""
_HALF_HOURS = """
SELECT unit_id, n, sum(covered) FROM units CROSS JOIN span
CROSS JOIN half_hours ON unit = ref AND start >= begin AND start < finish GROUP BY ref, n
"""
_OF_ONE = """
FROM span CROSS JOIN half_hours ON unit = ? AND start >= begin AND start < min(finish, ?)
"""
_SUMS = f"SELECT n, {', '.join(columns.summed(name) for name in columns.ALL)} {_OF_ONE} GROUP BY n"
_LAST_CHARGES = f"SELECT n, charge, max(start) {_OF_ONE} WHERE charge IS NOT NULL GROUP BY n"
_CHARGE = 1 + columns.ALL.index("charge")
LAST_MADE = "SELECT max((SELECT max(start) FROM half_hours WHERE unit = ref)) FROM units"
"""Where the last half hour begins that was made of its minutes; null: none was."""
_MINUTES = """
SELECT unit_id, start, covered FROM minutes JOIN units ON ref = unit WHERE start >= ? AND start < ?
"""
_TENTH = 10


def of_one(connection: sqlite3.Connection, unit_id: str, begins: Sequence[int], until: int) -> list[Slot]:
    """What half hours of a unit that begin before `until` come to in each span between two `begins` (s since 1970), in
    order; nothing for a gap."""
    ref = connection.execute("SELECT ref FROM units WHERE unit_id = ?", (unit_id,)).fetchone()
    if ref is None:
        return []
    asked = (json.dumps(list(begins)), ref[0], until)
    charges = {n: charge for n, charge, _ in connection.execute(_SPANS + _LAST_CHARGES, asked)}
    found = []
    for row in sorted(tuple(row) for row in connection.execute(_SPANS + _SUMS, asked)):
        n, values = row[0], [*row[1:_CHARGE], charges.get(row[0]), *row[_CHARGE + 1 :]]
        found.append(columns.unpacked(unit_id, begins[n], begins[n + 1] - begins[n], values))
    return found


def made_until(connection: sqlite3.Connection) -> int | None:
    """Where the last half hour ends that was made of its minutes, s since 1970; None: none was."""
    last = connection.execute(LAST_MADE).fetchone()[0]
    return None if last is None else int(last) + HALF_HOUR


def of_all(connection: sqlite3.Connection, begins: Sequence[int]) -> dict[str, list[float]]:
    """Seconds covered in each span between two `begins` (s since 1970), by unit; every unit that was ever kept."""
    tenths = {row[0]: [0] * (len(begins) - 1) for row in connection.execute("SELECT unit_id FROM units")}
    for unit_id, n, covered in connection.execute(_SPANS + _HALF_HOURS, (json.dumps(list(begins)),)):
        tenths[unit_id][n] += covered
    recent = max(begins[0], made_until(connection) or 0)
    for unit_id, start, covered in connection.execute(_MINUTES, (recent, begins[-1])):
        half = start // HALF_HOUR * HALF_HOUR  # as it will be counted once its half hour is made
        if half >= begins[0]:
            tenths[unit_id][bisect_right(begins, half) - 1] += covered
    return {unit_id: [value / _TENTH for value in row] for unit_id, row in tenths.items()}
