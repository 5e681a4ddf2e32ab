"""Owns what the log says of the journal's end: rows cut off there leave no trace in the file itself (M17).

Used by `--verify-journal`. The journal's keeper names the head in the log at each start, once a day and at each end.
"""

import re
import sqlite3
from dataclasses import dataclass
from pathlib import Path

from main_controller.sentence import Sentence, say

_HEAD = re.compile(
    r"(?P<at>\S+) INFO +[^:]*\bmain_controller\.workers\.journal_keeper: "
    r"journal head: row (?P<row>\d{1,18}), hash (?P<hash>[0-9a-f]{64})"
)
"""The keeper's line, whole: what another logger repeats of a stranger's text has a colon before it."""


@dataclass(frozen=True, slots=True)
class Witness:
    """The newest head that the log names: when (as the log has it), the row's id and its hash."""

    at: str
    row: int
    hash: str


def newest_witness(logs: Path) -> Witness | None:
    """The newest head in the log's files of this folder, the youngest file first; None where none can be read."""
    try:
        files = sorted((path for path in logs.iterdir() if ".log" in path.name), key=_age)
    except OSError:
        return None
    return next((found for found in map(_last_in, files) if found is not None), None)


def _age(path: Path) -> float:
    return -path.stat().st_mtime


def _last_in(path: Path) -> Witness | None:
    last = None
    try:
        with path.open(encoding="utf-8", errors="replace") as lines:
            for line in lines:
                last = _HEAD.fullmatch(line.rstrip("\n")) or last
    except OSError:
        return None
    return None if last is None else Witness(last["at"], int(last["row"]), last["hash"])


def compared(connection: sqlite3.Connection, witness: Witness | None) -> tuple[bool, Sentence]:
    """Whether the file has the row that the log names, or nobody can tell; and that as a sentence."""
    if witness is None:
        return True, say(
            "store.noWitness",
            "No log was found that names this journal's head, so rows cut from its end cannot be seen here.",
        )
    row = connection.execute("SELECT hash FROM journal WHERE id = ?", (witness.row,)).fetchone()
    told = {"row": witness.row, "at": witness.at}
    if row is not None and row[0] == witness.hash:
        return True, say(
            "store.witnessed",
            "The log named row {row} with the same hash at {at}; only rows after it may have been cut unseen.",
            **told,
        )
    return False, say(
        "store.notWitnessed",
        "The log named row {row} at {at}, which this file does not have: rows were cut from its end, or it is an "
        "older copy or another journal.",
        **told,
    )
