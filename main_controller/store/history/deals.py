"""Keeps the ledger's deals in the history's file, the newest first for who asks (K12).

Used by `History`. What was settled is never changed: a row is written once.
"""

import json
import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime
from math import sqrt
from typing import NamedTuple

import msgspec

from main_controller.domain.deal_lines import How, Stage
from main_controller.history.apis_account import ApisAccount, Compared
from main_controller.history.ledger_deal import Cause, End, Energy, LedgerDeal
from main_controller.history.sums import Sum

KEPT_DAYS = 1827
"""How long (days) deals are kept: 60 months."""

_COLUMNS = (
    "giver", "taker", "request", "requester", "responder", "start_time", "master", "agreed_at", "saw_begin",
    "flowed_from", "flowed_to", "ended_at", "ending", "cause", "command_id", "out_wh", "out_unsure", "out_covered",
    "in_wh", "in_unsure", "in_covered", "coverage", "attributed", "apis",
)  # fmt: skip
TABLE = """
CREATE TABLE deals (
  id INTEGER PRIMARY KEY, giver TEXT NOT NULL, taker TEXT NOT NULL, request TEXT, requester TEXT, responder TEXT,
  start_time TEXT, master INTEGER NOT NULL, agreed_at INTEGER NOT NULL, saw_begin INTEGER NOT NULL,
  flowed_from INTEGER, flowed_to INTEGER, ended_at INTEGER NOT NULL, ending TEXT NOT NULL, cause TEXT, command_id TEXT,
  out_wh REAL, out_unsure REAL, out_covered REAL, in_wh REAL, in_unsure REAL, in_covered REAL,
  coverage REAL NOT NULL, attributed INTEGER NOT NULL
);
CREATE INDEX deals_giver ON deals (giver, id);
CREATE INDEX deals_taker ON deals (taker, id);
CREATE INDEX deals_ended ON deals (ended_at)
"""
"""Times are ms since 1970, energies Wh."""

APIS = "ALTER TABLE deals ADD COLUMN apis TEXT"
"""What apis-main's log told of a deal, as JSON; NULL where nothing was heard."""

_FLOWED = "flowed_from IS NOT NULL"
_TOLD = f"{_FLOWED} AND out_wh IS NOT NULL AND in_wh IS NOT NULL"
_SUMS = f"""
sum({_FLOWED}), total(CASE WHEN {_TOLD} THEN out_wh END), total(CASE WHEN {_TOLD} THEN in_wh END),
total(CASE WHEN {_TOLD} THEN in_unsure * in_unsure END),
sum({_FLOWED} AND NOT ({_TOLD} AND coverage > 0.99)), sum(flowed_from IS NULL)
"""


class KeptDeal(NamedTuple):
    """A deal with its number."""

    id: int
    deal: LedgerDeal


def insert(connection: sqlite3.Connection, deals: Sequence[LedgerDeal]) -> None:
    """Keep deals that are over."""
    marks = ", ".join("?" * len(_COLUMNS))
    connection.executemany(f"INSERT INTO deals ({', '.join(_COLUMNS)}) VALUES ({marks})", map(_packed, deals))


def prune(connection: sqlite3.Connection, now: datetime, at_once: int) -> int:
    """Take out those that ended too long ago; how many."""
    before = _ms(now) - KEPT_DAYS * 86_400_000
    return connection.execute(
        "DELETE FROM deals WHERE id IN (SELECT id FROM deals WHERE ended_at < ? LIMIT ?)", (before, at_once)
    ).rowcount


def any_older(connection: sqlite3.Connection, now: datetime) -> bool:
    """Whether any ended too long ago."""
    before = _ms(now) - KEPT_DAYS * 86_400_000
    return connection.execute("SELECT 1 FROM deals WHERE ended_at < ? LIMIT 1", (before,)).fetchone() is not None


def page(
    connection: sqlite3.Connection, *, unit_id: str | None, start: datetime | None, end: datetime | None,
    before: int | None, limit: int,
) -> list[KeptDeal]:  # fmt: skip
    """The newest first, of a unit at either end, that ended in a time, where these are given."""
    where, values = _where(unit_id, start, end, before)
    rows = connection.execute(f"SELECT * FROM deals WHERE {where} ORDER BY id DESC LIMIT ?", (*values, limit))
    return [KeptDeal(row["id"], _unpacked(row)) for row in rows]


def ended_between(
    connection: sqlite3.Connection, *, unit_id: str | None, start: datetime | None, end: datetime | None
) -> tuple[datetime, datetime] | None:
    """When the first and the last of them ended; None: there is none."""
    where, values = _where(unit_id, start, end, None)
    ends = []
    for order in ("ASC", "DESC"):
        row = connection.execute(
            f"SELECT ended_at FROM deals INDEXED BY deals_ended WHERE {where} ORDER BY ended_at {order} LIMIT 1",
            values,
        ).fetchone()
        if row is None:
            return None
        ends.append(_time(row[0]))
    return ends[0], ends[1]


def sums(
    connection: sqlite3.Connection, begins: Sequence[int], *, unit_id: str | None, start: datetime | None,
    end: datetime | None, pair: bool, limit: int,
) -> list[Sum]:  # fmt: skip
    """What those came to that ended in each span between two `begins` (s since 1970), by pair where asked;
    in order, and `limit` at most: all is summed within SQLite, which bounds what one answer takes."""
    where, values = _where(unit_id, start, end, None)
    ends = "giver, taker" if pair else "NULL AS giver, NULL AS taker"
    rows = connection.execute(
        "WITH span AS MATERIALIZED ("
        "SELECT value AS begin, lead(value) OVER (ORDER BY key) AS finish FROM json_each(?)) "
        f"SELECT begin, {ends}, {_SUMS} FROM span CROSS JOIN deals INDEXED BY deals_ended "
        f"ON ended_at >= begin * 1000 AND ended_at < finish * 1000 WHERE {where} "
        "GROUP BY 1, 2, 3 ORDER BY 1, 2, 3 LIMIT ?",
        (json.dumps(list(begins)), *values, limit),
    )
    return [Sum(row[0], row[1], row[2], row[3], row[4], row[5], sqrt(row[6]), row[7], row[8]) for row in rows]


def _where(
    unit_id: str | None, start: datetime | None, end: datetime | None, before: int | None
) -> tuple[str, list[object]]:
    wheres, values = ["1"], list[object]()
    for where, value in (
        ("(giver = ? OR taker = ?)", unit_id), ("ended_at >= ?", start and _ms(start)),
        ("ended_at < ?", end and _ms(end)), ("id < ?", before),
    ):  # fmt: skip
        if value is not None:
            wheres.append(where)
            values += [value] * where.count("?")
    return " AND ".join(wheres), values


def _packed(deal: LedgerDeal) -> tuple[object, ...]:
    out, into = (energy or (None, None, None) for energy in (deal.out, deal.into))
    return (
        deal.giver, deal.taker, deal.request, deal.requester, deal.responder, deal.start_time, deal.master,
        _ms(deal.agreed_at), deal.saw_begin, deal.flowed_from and _ms(deal.flowed_from),
        deal.flowed_to and _ms(deal.flowed_to), _ms(deal.ended_at), deal.end, deal.cause, deal.command_id,
        *out, *into, deal.coverage, deal.attributed, None if deal.apis is None else _apis_packed(deal.apis),
    )  # fmt: skip


def _unpacked(row: sqlite3.Row) -> LedgerDeal:
    return LedgerDeal(
        row["giver"], row["taker"], row["request"], row["requester"], row["responder"], row["start_time"],
        bool(row["master"]), _time(row["agreed_at"]), bool(row["saw_begin"]),
        None if row["flowed_from"] is None else _time(row["flowed_from"]),
        None if row["flowed_to"] is None else _time(row["flowed_to"]),
        _time(row["ended_at"]), End(row["ending"]), None if row["cause"] is None else Cause(row["cause"]),
        row["command_id"], _energy(row, "out"), _energy(row, "in"), row["coverage"], bool(row["attributed"]),
        None if row["apis"] is None else _apis_unpacked(row["apis"]),
    )  # fmt: skip


class _Apis(msgspec.Struct, omit_defaults=True):
    """The JSON of an account, with times in ms since 1970."""

    deal_id: str
    agreed: float | None = None
    amps: float | None = None
    counted: float | None = None
    stages: dict[Stage, int] = {}
    breaks: list[tuple[How, str]] = []
    compared: Compared | None = None


def _apis_packed(account: ApisAccount) -> str:
    stages = {stage: _ms(at) for stage, at in account.stages.items()}
    packed = _Apis(
        account.deal_id, account.agreed, account.amps, account.counted, stages, list(account.breaks), account.compared
    )
    return msgspec.json.encode(packed).decode()


def _apis_unpacked(packed: str) -> ApisAccount:
    found = msgspec.json.decode(packed, type=_Apis)
    stages = {stage: _time(ms) for stage, ms in found.stages.items()}
    return ApisAccount(
        found.deal_id, found.agreed, found.amps, found.counted, stages, tuple(found.breaks), found.compared
    )


def _energy(row: sqlite3.Row, end: str) -> Energy | None:
    wh = row[f"{end}_wh"]
    return None if wh is None else Energy(wh, row[f"{end}_unsure"], row[f"{end}_covered"])


def _ms(at: datetime) -> int:
    return round(at.timestamp() * 1000)


def _time(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)
