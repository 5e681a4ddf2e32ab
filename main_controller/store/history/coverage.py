"""Counts for how long each unit was covered, span by span, over all units at once (V8).

Used by `History`. Half hours lie unit by unit, so each unit's are read in one piece; what is not made into half hours
yet is counted by its minutes.
"""

import itertools
import sqlite3
from bisect import bisect_right
from collections.abc import Sequence

from main_controller.history.slot import HALF_HOUR

_SPANS = "WITH span(n, begin, finish) AS (VALUES {rows})"
_HALF_HOURS = """
SELECT unit_id, n, sum(covered) FROM units CROSS JOIN span
CROSS JOIN half_hours ON unit = ref AND start >= begin AND start < finish GROUP BY ref, n
"""
_LAST_MADE = "SELECT max((SELECT max(start) FROM half_hours WHERE unit = ref)) FROM units"
_MINUTES = """
SELECT unit_id, start, covered FROM minutes JOIN units ON ref = unit WHERE start >= ? AND start < ?
"""
_TENTH = 10


def made_until(connection: sqlite3.Connection) -> int | None:
    """Where the last half hour ends that was made of its minutes, s since 1970; None: none was."""
    last = connection.execute(_LAST_MADE).fetchone()[0]
    return None if last is None else int(last) + HALF_HOUR


def of_all(connection: sqlite3.Connection, begins: Sequence[int]) -> dict[str, list[float]]:
    """Seconds covered in each span between two `begins` (s since 1970), by unit; every unit that was ever kept."""
    spans = [(n, begin, end) for n, (begin, end) in enumerate(itertools.pairwise(begins))]
    tenths = {row[0]: [0] * len(spans) for row in connection.execute("SELECT unit_id FROM units")}
    marks = ", ".join(["(?, ?, ?)"] * len(spans))
    found = connection.execute(_SPANS.format(rows=marks) + _HALF_HOURS, [value for span in spans for value in span])
    for unit_id, n, covered in found:
        tenths[unit_id][n] += covered
    recent = max(begins[0], made_until(connection) or 0)
    for unit_id, start, covered in connection.execute(_MINUTES, (recent, begins[-1])):
        half = start // HALF_HOUR * HALF_HOUR  # as it will be counted once its half hour is made
        if half >= begins[0]:
            tenths[unit_id][bisect_right(begins, half) - 1] += covered
    return {unit_id: [value / _TENTH for value in row] for unit_id, row in tenths.items()}
