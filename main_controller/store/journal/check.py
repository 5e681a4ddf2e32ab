"""Owns the proof that the journal's rows are as they were written. Used by the journal and by `--verify-journal`."""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from main_controller.clock import utc_now
from main_controller.sentence import Sentence, say
from main_controller.store.database import prose
from main_controller.store.database.connections import connect_and_leave_nothing
from main_controller.store.journal.row import (
    ANCHOR,
    CHAINED,
    FIRST_COLUMNS,
    FOURTH_COLUMNS,
    GENESIS,
    anchored,
    chain_hash,
)
from main_controller.store.journal.stages import Stage
from main_controller.store.journal.tables import why_changed, why_not_compared
from main_controller.store.journal.witness import compared, witnesses

CANNOT_SEE = say(
    "store.checkCannotSee",
    "What this cannot see: rows cut from the end, with the count of them, after the highest head that the log "
    "('journal head') and the .heads file beside the journal still name, old rows removed under a forged anchor row, "
    "and a whole file that was replaced or whose hashes were all made anew, with all that names its heads. A copy of "
    "the log or of the .heads file on another machine is the proof.",
)


COPY_MAY_LACK = (
    "The program that wrote it did not end, and no -wal stands beside it: if this is a copy of the one file, made by "
    "cp while the program ran, it lacks the newest rows, locks and units. Copy with VACUUM INTO, or while it is ended."
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the check found: `rows` that hold, the id of the `first_bad` one, the newest row's id and hash."""

    ok: bool
    rows: int
    first_bad: int | None
    sentence: Sentence
    cannot_see: Sentence = CANNOT_SEE
    head_id: int = 0
    head_hash: str = GENESIS


def verify(connection: sqlite3.Connection) -> Verdict:
    """Follow the chain from the first row, or from the anchor that pruning left, to the last.

    Finds a row that was changed, removed or put elsewhere, and what was changed beside the rows; tables of a version
    that this program does not know are not compared, and do not hold. Raises sqlite3.Error when the file cannot be
    read.
    """
    connection.execute("BEGIN")  # one state of the file, while the program goes on writing
    try:
        verdict = _follow(connection)
        if not verdict.ok:
            return verdict
        why = why_changed(connection)
        if why is not None:
            return replace(verdict, ok=False, sentence=_beside(verdict.rows, why))
        unknown = why_not_compared(connection)
        if unknown is not None:
            return replace(verdict, ok=False, sentence=_only_rows(verdict.rows, unknown))
        return verdict
    finally:
        connection.execute("ROLLBACK")


def _follow(connection: sqlite3.Connection) -> Verdict:
    count, last_id, previous = 0, 0, GENESIS
    for row in connection.execute(f"SELECT {', '.join(_columns(connection))}, hash FROM journal ORDER BY id"):
        values = tuple(row)
        if count == 0 and values[0] != 1:
            anchor = _anchor(connection, values[0] - 1)
            if anchor is None:
                gone = say(
                    "store.noAnchor", "The rows before row {row} are gone, and no anchor row says why.", row=values[0]
                )
                return _bad(count, values[0], gone)
            last_id, previous = values[0] - 1, anchor
        if values[0] != last_id + 1:
            missing = say(
                "store.rowsMissing", "Rows are missing between row {last} and row {row}.", last=last_id, row=values[0]
            )
            return _bad(count, values[0], missing)
        if not _holds(values, previous):
            changed = say(
                "store.rowChanged", "Row {row} does not follow from the row before: one was changed.", row=values[0]
            )
            return _bad(count, values[0], changed)
        count, last_id, previous = count + 1, values[0], values[-1]
    counted = connection.execute("SELECT value FROM counters WHERE name = 'head'").fetchone()
    if counted is not None and counted[0] != last_id:
        cut = say("store.endMissing", "Rows are missing at the end: the last should be row {row}.", row=counted[0])
        return _bad(count, last_id + 1, cut)
    sentence = say(
        "store.journalHolds",
        "The journal holds: {count} rows, head {row} {hash}.",
        count=count,
        row=last_id,
        hash=previous,
    )
    return Verdict(True, count, None, sentence, head_id=last_id, head_hash=previous)


def verify_journal(
    path: Path, logs: Path | None = None, *, own: bool = False, wall: Callable[[], datetime] = utc_now
) -> tuple[int, str]:
    """For `--verify-journal`: 0 when the journal at `path` holds, else 2, and the text for a person.

    The file of heads beside it and the log in the folder `logs` are asked for its end. `own`: it is the one that the
    program goes on writing, so that it is a fault where it lacks a row that they name, or where they name none though
    it is not new; a copy may be older. `wall` gives aware UTC. Makes no file beside it.
    """
    if not path.is_file():
        return 2, f"There is no journal at {path}."
    lacks = _may_lack(path)
    found = witnesses(path, logs, own=own)  # first: what the program writes meanwhile is in the file
    try:
        connection = connect_and_leave_nothing(path)
        try:
            ended = _ended(connection)
            verdict = verify(connection)
            there, witnessed = compared(connection, found, own=own, now=wall())
        finally:
            connection.close()
    except sqlite3.Error as error:
        return 2, f"{path} cannot be read as a journal: {error}."
    copy = [COPY_MAY_LACK] if lacks and not ended else []
    holds = verdict.ok and (there or not own)
    return 0 if holds else 2, "\n".join([verdict.sentence, *witnessed, *copy, verdict.cannot_see])


def _may_lack(path: Path) -> bool:
    """Whether the file had a write-ahead log, and none stands beside it."""
    try:
        with path.open("rb") as file:
            head = file.read(20)
        log_file = path.with_name(f"{path.name}-wal")
        return head[18:19] == b"\x02" and not (log_file.exists() and log_file.stat().st_size)
    except OSError:
        return False


def _ended(connection: sqlite3.Connection) -> bool:
    """Whether the last row is the program's end, after which the file is whole."""
    if "stage" not in {row[1] for row in connection.execute("PRAGMA table_info(journal)")}:
        return False
    last = connection.execute("SELECT stage FROM journal ORDER BY id DESC LIMIT 1").fetchone()
    return last is None or last[0] == Stage.ENDED


def _beside(count: int, why: Sentence) -> Sentence:
    return say("store.besideRows", "The {count} rows hold, but the file was changed. {why}", count=count, why=why)


def _only_rows(count: int, why: Sentence) -> Sentence:
    return say("store.onlyRows", "The {count} rows hold. {why}", count=count, why=why)


def _columns(connection: sqlite3.Connection) -> tuple[str, ...]:
    """The columns to follow: an older file, or the copy of one, has fewer."""
    found = {row[1] for row in connection.execute("PRAGMA table_info(journal)")}
    return next((known for known in (CHAINED, FOURTH_COLUMNS) if found.issuperset(known)), FIRST_COLUMNS)


def _holds(values: tuple[Any, ...], previous: str) -> bool:
    """Whether the row is as it was written, now or before version 4, which gave old rows their order and stage."""
    row, written = values[:-1], values[-1]
    try:
        if chain_hash(previous, row) == written:
            return True
        first, added = row[: len(FIRST_COLUMNS)], row[len(FIRST_COLUMNS) : len(FOURTH_COLUMNS)]
        no_more = row[len(FOURTH_COLUMNS) :] in ((), (None,))
        return chain_hash(previous, first) == written and added == _added(first) and no_more
    except TypeError:  # somebody put bytes where text stood
        return False


def _added(first: tuple[Any, ...]) -> tuple[str | None, str]:
    named = dict(zip(FIRST_COLUMNS, first, strict=True))
    order = prose.order_of(named["kind"], named["by"], named["what"])
    return order, prose.stage_of(named["kind"], named["what"], named["outcome"])


def _anchor(connection: sqlite3.Connection, last_pruned: int) -> str | None:
    """The hash of the row `last_pruned`, as an anchor row keeps it."""
    for row in connection.execute("SELECT after FROM journal WHERE kind = ? ORDER BY id DESC", (ANCHOR,)):
        found = anchored(row)
        if found is not None and found[0] == last_pruned:
            return found[1]
    return None


def _bad(count: int, row_id: int, why: Sentence) -> Verdict:
    sentence = say(
        "store.journalChanged", "The journal was changed. {why} The {count} rows before it hold.", why=why, count=count
    )
    return Verdict(False, count, row_id, sentence)
