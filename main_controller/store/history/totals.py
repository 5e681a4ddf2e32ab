"""Keeps what was recorded in all, in the same transaction as the minutes and deals that it is the sum of (V8).

Used by `History` and, for a new name of the record, by the restore of a backup. Pruning takes nothing out of it.
"""

import sqlite3
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from main_controller.history.ledger_deal import End, LedgerDeal
from main_controller.history.slot import Energies
from main_controller.history.totals import Totals
from main_controller.store.history import columns
from main_controller.store.history.waiting import Minute

TABLES = f"""
CREATE TABLE totals (
  unit INTEGER PRIMARY KEY, {", ".join(f"{name} INTEGER" for name in columns.ENERGIES)}
);
INSERT INTO counters VALUES ('record', CAST(strftime('%s', 'now') AS INTEGER))
"""
"""Thousandths of Wh, as in the minutes; a record that is there already counts from here on."""

_SCALE, _LARGEST = 1000, 2**53
_ENDED = "deals."
_OUT, _INTO = "dealsOut", "dealsInto"
"""Rows of `counters`: how many deals ended how, and thousandths of Wh."""

_ADD = (
    f"INSERT INTO totals AS sum (unit, {', '.join(columns.ENERGIES)}) "
    f"VALUES ({', '.join('?' * (len(columns.ENERGIES) + 1))}) ON CONFLICT (unit) DO UPDATE SET "
    + ", ".join(
        f"{name} = CASE WHEN excluded.{name} IS NULL THEN sum.{name} ELSE coalesce(sum.{name}, 0) + excluded.{name} END"
        for name in columns.ENERGIES
    )
)
_FIRST = columns.ALL.index(columns.ENERGIES[0])


def add_slots(connection: sqlite3.Connection, slots: Iterable[tuple[int, Sequence[int | None]]]) -> None:
    """Add these minutes, each the values of `columns.ALL` with its unit's number in the file."""
    connection.executemany(_ADD, [(ref, *_energies(values)) for ref, values in slots])


def add_deals(connection: sqlite3.Connection, deals: Sequence[LedgerDeal]) -> None:
    """Add these deals that are over."""
    new: Counter[str] = Counter(_ENDED + deal.end for deal in deals)
    for deal in deals:
        if deal.flowed_from is not None and deal.out is not None and deal.into is not None:
            new[_OUT] += _whole(deal.out.wh)
            new[_INTO] += _whole(deal.into.wh)
    connection.executemany(
        "INSERT INTO counters AS old VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = old.value + excluded.value",
        list(new.items()),
    )


def with_waiting(found: Totals, minutes: Iterable[Minute]) -> Totals:
    """The totals as they are once these minutes, which wait, are in the file too."""
    units: dict[str, tuple[int | None, ...]] = {}
    for one in minutes:
        before = units.get(one.unit_id) or tuple(
            None if wh is None else round(wh * _SCALE) for wh in found.units.get(one.unit_id, Energies())
        )
        units[one.unit_id] = tuple(
            old if new is None else (old or 0) + new for old, new in zip(before, _energies(one.values), strict=True)
        )
    added = {unit_id: Energies(*map(_wh, values)) for unit_id, values in units.items()}
    return replace(found, units={**found.units, **added})


def begin_anew(connection: sqlite3.Connection) -> None:
    """Give the record of a file another name, within the caller's transaction: it goes on from what it was earlier.

    A file of an earlier version has none yet, and gets one with its totals.
    """
    connection.execute(
        "UPDATE counters SET value = max(value + 1, CAST(strftime('%s', 'now') AS INTEGER)) WHERE name = 'record'"
    )


def read(connection: sqlite3.Connection) -> Totals:
    """The totals as they are in the file."""
    rows = connection.execute(f"SELECT unit_id, {', '.join(columns.ENERGIES)} FROM totals JOIN units ON ref = unit")
    counts = {str(name): int(value) for name, value in connection.execute("SELECT name, value FROM counters")}
    return Totals(
        record=counts["record"],
        units={row[0]: Energies(*(_wh(value) for value in tuple(row)[1:])) for row in rows},
        ended={end: counts.get(_ENDED + end, 0) for end in End},
        out=counts.get(_OUT, 0) / _SCALE,
        into=counts.get(_INTO, 0) / _SCALE,
    )


def _energies(values: Sequence[int | None]) -> Sequence[int | None]:
    return values[_FIRST : _FIRST + len(columns.ENERGIES)]


def _whole(wh: float) -> int:
    return max(0, min(_LARGEST, round(wh * _SCALE)))


def _wh(value: int | None) -> float | None:
    return None if value is None else value / _SCALE
