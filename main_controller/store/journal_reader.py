"""Owns the questions that are asked of the journal's table. Used by the journal alone; each raises sqlite3.Error."""

import sqlite3
from datetime import datetime
from typing import Any

from main_controller.domain.timestamps import iso_utc
from main_controller.store.journal_row import row_json

PIECE = 500
"""Rows read at once by a stream, so that a slow caller holds neither memory nor the write-ahead log."""

INTENTS = 1000
"""How many of the newest intents are looked at: each start settles those that it finds."""


def page(
    connection: sqlite3.Connection,
    frm: datetime | None,
    to: datetime | None,
    unit: str | None,
    before_id: int | None,
    limit: int,
) -> tuple[list[dict[str, Any]], int | None]:
    """See `Journal.page`."""
    where, values = _where(frm, to, unit)
    if before_id is not None:
        where, values = [*where, "id < ?"], [*values, before_id]
    statement = f"SELECT * FROM journal{_clause(where)} ORDER BY id DESC LIMIT ?"
    rows = [row_json(row) for row in connection.execute(statement, (*values, limit + 1))]
    more = len(rows) > limit
    return rows[:limit], rows[limit - 1]["id"] if more else None


def piece(
    connection: sqlite3.Connection,
    frm: datetime | None,
    to: datetime | None,
    unit: str | None,
    after_id: int,
    last_id: int,
) -> list[dict[str, Any]]:
    """The next `PIECE` rows after `after_id`, up to `last_id`, oldest first."""
    where, values = _where(frm, to, unit)
    statement = f"SELECT * FROM journal{_clause([*where, 'id > ?', 'id <= ?'])} ORDER BY id LIMIT ?"
    return [row_json(row) for row in connection.execute(statement, (*values, after_id, last_id, PIECE))]


def unfinished(connection: sqlite3.Connection) -> list[dict[str, Any]]:
    """See `Journal.unfinished`."""
    statement = """
        SELECT * FROM (SELECT * FROM journal WHERE kind = 'intent' ORDER BY id DESC LIMIT ?) AS intent
        WHERE NOT EXISTS (
          SELECT 1 FROM journal
          WHERE journal.command_id = intent.command_id AND journal.id > intent.id AND journal.outcome != ''
        ) ORDER BY id"""
    return [row_json(row) for row in connection.execute(statement, (INTENTS,))]


def last_of_kind(connection: sqlite3.Connection, kind: str) -> str | None:
    """See `Journal.last_of_kind`."""
    statement = "SELECT what FROM journal WHERE kind = ? ORDER BY id DESC LIMIT 1"
    row = connection.execute(statement, (kind,)).fetchone()
    return None if row is None else str(row[0])


def last_orders(connection: sqlite3.Connection, by_not: str, orders: tuple[str, ...]) -> dict[str | None, str]:
    """See `Journal.last_orders`."""
    names = " OR ".join("what LIKE ?" for _ in orders)
    statement = f"""
        SELECT unit_id, max(at) FROM journal
        WHERE kind = 'order' AND by != ? AND (outcome LIKE 'accepted%' OR outcome LIKE 'unknown%' OR
          outcome LIKE 'verified%' OR outcome LIKE 'timedOut%') AND ({names}) GROUP BY unit_id"""
    return dict(connection.execute(statement, (by_not, *(f"{name} for %" for name in orders))).fetchall())


def _where(frm: datetime | None, to: datetime | None, unit: str | None) -> tuple[list[str], list[Any]]:
    asked = (
        ("at >= ?", None if frm is None else iso_utc(frm)),
        ("at < ?", None if to is None else iso_utc(to)),
        ("unit_id = ?", unit),
    )
    given = [(condition, value) for condition, value in asked if value is not None]
    return [condition for condition, _ in given], [value for _, value in given]


def _clause(where: list[str]) -> str:
    return f" WHERE {' AND '.join(where)}" if where else ""
