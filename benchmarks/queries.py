"""How long the history's questions take at 1,000 units, asked of the whole program while it polls them all.

    python -m benchmarks.queries [deals of a day, default 1000]

The record is made up: minutes of two days and half hours of 31 days of every unit, a year of half hours of one unit and
of the cluster, deals of a year. Each question is asked in turn, over a connection of its own; ms by the clock, whole
answers. Ends with 1 when a median misses its limit.
"""

import sqlite3
import statistics
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.grid import apis_web
from benchmarks.servers import get, program
from main_controller.store.history import History, columns

UNITS = 1_000
ROUNDS = 21
DAY, HALF_HOUR, MINUTE = 86_400, 1_800, 60
"""s"""
LIMITS = {"a unit's day": 100, "a unit's year": 100, "the cluster's day": 300, "a month's sums": 300}
"""ms at most, of the questions whose names begin so."""

_NAMES = ", ".join(columns.ALL)
_ROWS = """
WITH RECURSIVE slot(at) AS (SELECT :first UNION ALL SELECT at + :length FROM slot WHERE at + :length < :end)
INSERT INTO {table} ({names}, unit, start)
SELECT {values}, ref, at FROM slot CROSS JOIN units WHERE unit_id IN ({units}) {order}
"""
_DEALS = """
WITH RECURSIVE deal(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM deal WHERE n + 1 < :count)
INSERT INTO deals (giver, taker, master, agreed_at, saw_begin, flowed_from, flowed_to, ended_at, ending, out_wh,
  out_unsure, out_covered, in_wh, in_unsure, in_covered, coverage, attributed)
SELECT printf('E%03d', n % 997 + 1), printf('E%03d', (n % 997 + n % 2 + 1) % 1000 + 1), 0, at, 1, at,
  at + 2400000, at + 2400000, 'delivered', 400.0 + n % 300, 1.0, 2400, 380.0 + n % 300, 1.0, 2400, 1.0, 0
FROM (SELECT n, CAST(:first + (:last - :first) * 1.0 * n / :count AS INTEGER) * 1000 AS at FROM deal)
"""


def record(folder: Path, deals: int, now: int) -> None:
    """Write the made-up record up to `now` (s since 1970), with so many deals a day."""
    path = folder / "history.sqlite3"
    opened = History(path, wall=lambda: datetime.now(UTC), megabytes=4096)
    opened.write([])
    opened.close()
    half = now // HALF_HOUR * HALF_HOUR
    with sqlite3.connect(path) as connection:
        ids = [f"E{number:03d}" for number in range(1, UNITS + 1)]
        connection.executemany("INSERT INTO units (unit_id) VALUES (?)", [(one,) for one in ("", *ids)])
        every, two = "SELECT unit_id FROM units", "'', 'E001'"
        _fill(connection, "minutes", MINUTE, now - 2 * DAY, now // MINUTE * MINUTE, every)
        _fill(connection, "half_hours", HALF_HOUR, half - 365 * DAY, half - 31 * DAY, two)
        _fill(connection, "half_hours", HALF_HOUR, half - 31 * DAY, half, every)
        connection.execute(_DEALS, {"count": deals * 365, "first": now - 365 * DAY, "last": now})
    connection.close()


def _fill(connection: sqlite3.Connection, table: str, length: int, first: int, end: int, units: str) -> None:
    """Slots with figures as large as real ones are."""
    scale = length // MINUTE
    figures = {
        name: str(600 * scale) if name in ("covered", "wait_s", "run_s") else f"abs(at / {length} * 7919 + ref) % 20000"
        for name in columns.ALL
    }
    statement = _ROWS.format(
        table=table, names=_NAMES, values=", ".join(figures.values()), units=units,
        order="" if table == "minutes" else "ORDER BY ref, at",
    )  # fmt: skip
    connection.execute(statement, {"first": first // length * length, "length": length, "end": end})


def questions(now: int) -> dict[str, str]:
    """What is asked, by its name."""

    def since(days: float) -> str:
        return f"from={datetime.fromtimestamp(now - days * DAY, UTC):%Y-%m-%dT%H:%M:%SZ}"

    return {
        "a unit's day, by minutes": f"/history?unitId=E001&step=60&{since(1)}",
        "a unit's year of half hours, by days": f"/history?unitId=E001&step=day&{since(365)}",
        "17,520 half hours of a unit, as a file": f"/history.csv?unitId=E001&step=1800&{since(365)}",
        "the cluster's day, by minutes": f"/history?step=60&{since(1)}",
        "a month's sums, by days": f"/ledger/sums?by=day&{since(31)}",
        "a month's sums, by months and pairs": f"/ledger/sums?by=month&pair=true&{since(31)}",
        "a month's sums of a unit, by days and pairs": f"/ledger/sums?by=day&pair=true&unitId=E001&{since(31)}",
        "how complete 31 days of all units are": f"/history/coverage?{since(31)}",
        "the newest 100 deals": f"/ledger?{since(31)}",
    }


def main(deals: int = 1_000) -> int:
    """Ask, and say how long each took; 1 when one takes longer than it may."""
    now, missed = int(time.time()), False
    with apis_web(UNITS) as url, program(url, lambda folder: record(folder, deals, now)) as ours:
        for name, path in questions(now).items():
            took, size = [], 0
            for _ in range(ROUNDS):
                start = time.perf_counter()
                size = len(get(ours.port, path)[0])
                took.append((time.perf_counter() - start) * 1e3)
            middle = statistics.median(took)
            limit = next((most for begin, most in LIMITS.items() if name.startswith(begin)), None)
            missed = missed or (limit is not None and middle > limit)
            allowed = "" if limit is None else f" (at most {limit})"
            sys.stdout.write(
                f"{name:46s}: median {middle:6.1f} ms{allowed}, worst {max(took):6.1f}, {size / 1e3:.0f} kB\n"
            )
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:2])))
