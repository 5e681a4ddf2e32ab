"""Owns the questions that are asked of the journal's table. Used by the journal alone; each raises sqlite3.Error.

None of them reads a sentence: what a row is about stands in `order_name` and `stage`.
"""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from main_controller.domain.timestamps import iso_utc
from main_controller.sentence import said_again
from main_controller.store.database import prose
from main_controller.store.journal.row import FOURTH_COLUMNS, row_json, row_messages
from main_controller.store.journal.stages import ENDS, REACHED, SENT, Stage
from main_controller.store.journal.subjects import GRID_BUT, KINDS, Subject

PIECE = 500
"""Rows read at once by a stream, so that a slow caller holds neither memory nor the write-ahead log."""

NEWEST = 1000
"""How many of the newest orders of each name are looked at: each start ends those that it finds open."""


@dataclass(frozen=True, slots=True)
class Ahead:
    """How many rows are dated after now, and which is the first, with its date as it stands there."""

    count: int
    first: int | None
    at: str | None


def see_as_of_today(connection: sqlite3.Connection) -> None:
    """Let an old file that no disk lets be changed be read as if it had this version's columns."""
    columns = {row["name"] for row in connection.execute("PRAGMA main.table_info(journal)")}
    if not columns or "messages" in columns:
        return
    lacking = ["NULL AS messages"]
    if not columns.issuperset(FOURTH_COLUMNS):
        prose.define(connection)
        lacking += ["prose_order(kind, by, what) AS order_name", "prose_stage(kind, what, outcome) AS stage"]
    connection.execute("PRAGMA temp_store = MEMORY")
    connection.execute(f"CREATE TEMP VIEW journal AS SELECT *, {', '.join(lacking)} FROM main.journal")


def page(
    connection: sqlite3.Connection,
    frm: datetime | None,
    to: datetime | None,
    unit: str | None,
    before_id: int | None,
    limit: int,
    about: Subject | None = None,
) -> tuple[list[dict[str, Any]], int | None]:
    """See `Journal.page`."""
    where, values = _where(frm, to, unit, about)
    if before_id is not None:
        where, values = [*where, "id < ?"], [*values, before_id]
    statement = f"SELECT * FROM journal{_clause(where)} ORDER BY id DESC LIMIT ?"
    rows = [row_json(row) for row in connection.execute(statement, (*values, limit + 1))]
    more = len(rows) > limit
    return rows[:limit], rows[limit - 1]["id"] if more else None


def said_in(connection: sqlite3.Connection, ids: Sequence[int]) -> list[dict[str, Any]]:
    """See `Journal.messages`."""
    statement = f"SELECT messages FROM journal WHERE id IN ({_marks(ids)}) AND messages IS NOT NULL"
    found = [one for row in connection.execute(statement, tuple(ids)) for one in row_messages(row)]
    return list({one["text"]: one for one in found}.values())


def before(connection: sqlite3.Connection, frm: datetime, last_id: int) -> int:
    """The id before the first row that is not older than `frm`, by the index of dates; `last_id` without one."""
    first = connection.execute("SELECT min(+id) FROM journal WHERE at >= ?", (iso_utc(frm),)).fetchone()[0]
    return last_id if first is None else int(first) - 1


def piece(
    connection: sqlite3.Connection,
    frm: datetime | None,
    to: datetime | None,
    unit: str | None,
    after_id: int,
    last_id: int,
    about: Subject | None = None,
) -> list[dict[str, Any]]:
    """The next `PIECE` rows after `after_id`, up to `last_id`, oldest first."""
    where, values = _where(frm, to, unit, about)
    statement = f"SELECT * FROM journal{_clause([*where, 'id > ?', 'id <= ?'])} ORDER BY id LIMIT ?"
    return [row_json(row) for row in connection.execute(statement, (*values, after_id, last_id, PIECE))]


def unfinished(connection: sqlite3.Connection, orders: Sequence[str]) -> list[dict[str, Any]]:
    """See `Journal.unfinished`."""
    statement = f"""
        SELECT began.*, (
          SELECT stage FROM journal WHERE command_id = began.command_id AND stage IN ({_marks(REACHED)})
          ORDER BY id DESC LIMIT 1
        ) AS reached
        FROM (
          SELECT * FROM journal WHERE order_name = ? AND stage IN ('came', 'intent') ORDER BY id DESC LIMIT ?
        ) AS began
        WHERE NOT EXISTS (
          SELECT 1 FROM journal
          WHERE command_id = began.command_id AND id > began.id AND stage IN ({_marks(ENDS)})
        )"""
    rows = [
        row for order in orders for row in connection.execute(statement, (*REACHED, order, NEWEST, *ENDS)).fetchall()
    ]
    first = {row["command_id"]: row for row in sorted(rows, key=lambda row: int(row["id"]), reverse=True)}
    return [_as_written(row) for row in sorted(first.values(), key=lambda row: int(row["id"]))]


def _as_written(row: sqlite3.Row) -> dict[str, Any]:
    """The row, with what it is about as the sentence that it was: it is written again; `stage` is how far it got."""
    told = row_json(row)
    return {**told, "what": said_again(str(told["what"]), row_messages(row)), "stage": Stage(row["reached"])}


def order_ends(connection: sqlite3.Connection, frm: datetime, to: datetime) -> dict[Stage, int]:
    """See `Journal.order_ends`."""
    where, values = _where(frm, to, None, None)
    statement = f"""
        SELECT stage, count(DISTINCT command_id) FROM journal{_clause([*where, f"stage IN ({_marks(ENDS)})"])}
        AND command_id IS NOT NULL GROUP BY stage"""
    return {Stage(stage): count for stage, count in connection.execute(statement, (*values, *ENDS))}


def last_stage(connection: sqlite3.Connection, stages: Sequence[Stage]) -> Stage | None:
    """See `Journal.last_stage`."""
    statement = f"SELECT stage FROM journal WHERE stage IN ({_marks(stages)}) ORDER BY id DESC LIMIT 1"
    row = connection.execute(statement, tuple(stages)).fetchone()
    return None if row is None else Stage(row[0])


def last_orders(
    connection: sqlite3.Connection, by_not: str, orders: Sequence[str], latest: str
) -> dict[str | None, str]:
    """See `Journal.last_orders`; `latest` is the last date that counts."""
    statement = f"""
        SELECT unit_id, max(at) FROM journal
        WHERE order_name IN ({_marks(orders)}) AND stage IN ({_marks(SENT)}) AND by != ? AND at <= ?
        GROUP BY unit_id"""
    return dict(connection.execute(statement, (*orders, *SENT, by_not, latest)).fetchall())


def ahead(connection: sqlite3.Connection, latest: str) -> Ahead:
    """See `Journal.ahead`; `latest` is the last date that counts."""
    row = connection.execute("SELECT count(*), min(id) FROM journal WHERE at > ?", (latest,)).fetchone()
    if row[1] is None:
        return Ahead(0, None, None)
    at = connection.execute("SELECT at FROM journal WHERE id = ?", (row[1],)).fetchone()[0]
    return Ahead(row[0], row[1], at)


_OF_UNIT = (
    "(unit_id = ? OR (kind = 'deal' AND (json_extract(after, '$.giver') = ? OR json_extract(after, '$.taker') = ?)))"
)
"""A deal is of both its units."""


def _marks(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))


def _where(
    frm: datetime | None, to: datetime | None, unit: str | None, about: Subject | None
) -> tuple[list[str], list[Any]]:
    asked = (
        ("at >= ?", None if frm is None else iso_utc(frm)),
        ("at < ?", None if to is None else iso_utc(to)),
        (_OF_UNIT, unit),
    )
    given = [(condition, value) for condition, value in asked if value is not None]
    condition, kinds = _of_subject(about)
    values = [value for condition, value in given for _ in range(condition.count("?"))]
    return [*(one for one, _ in given), *condition], [*values, *kinds]


def _of_subject(about: Subject | None) -> tuple[list[str], tuple[str, ...]]:
    if about is None:
        return [], ()
    if about is Subject.GRID:
        return [f"by = 'the grid' AND kind NOT IN ({_marks(GRID_BUT)})"], GRID_BUT
    return [f"kind IN ({_marks(KINDS[about])})"], KINDS[about]


def _clause(where: list[str]) -> str:
    return f" WHERE {' AND '.join(where)}" if where else ""
