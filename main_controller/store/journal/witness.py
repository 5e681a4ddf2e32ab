"""Owns what is told beside the journal of its end: rows cut off there leave no trace in the file itself (M17).

Used by `--verify-journal`. The journal's keeper names the head at each start, once a day and at each end: in the log,
which tells it again at the top of each new file, and in the file of heads.
"""

import json
import re
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from main_controller.domain.timestamps import iso_utc
from main_controller.sentence import Sentence, say
from main_controller.store.journal.heads import heads_in, heads_path
from main_controller.store.journal.row import Head

NEW = timedelta(hours=1)
"""A journal all of whose rows are younger may have no head that was named yet: the first is named within minutes."""

LEFT = ("journal", "known_units", "locks", "running", "alarms", "sessions")
"""Tables that a program which ran leaves something in, sooner or later."""

_KEEPER = "main_controller.workers.journal_keeper"
_SAID = r"journal head: row (?P<row>\d{1,18}), hash (?P<hash>[0-9a-f]{64})(?:, in (?P<journal>.+))?"
_MESSAGE = re.compile(_SAID)
_HEAD = re.compile(rf"(?P<at>\S+) INFO +[^:]*\b{re.escape(_KEEPER)}: {_SAID}")
"""The keeper's line, whole: what another logger repeats of a stranger's text has a colon before it."""


@dataclass(frozen=True, slots=True)
class Named:
    """A head that was named: when and in which file, and of which journal, None where that is not said."""

    at: str
    file: str
    head: Head
    journal: str | None


@dataclass(slots=True)
class Witnesses:
    """Every head that was named of a journal, where its file of heads is and whether that is there, and files that
    could not be read."""

    beside: Path
    there: bool
    named: list[Named] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)


def witnesses(database: Path, logs: Path | None, *, own: bool) -> Witnesses:
    """What the file of heads beside `database` and every file of the log in the folder `logs` name.

    Several programs may write one log: a head of another journal counts only where none of this one's path is named
    and it is a copy that is checked (not `own`).
    """
    beside = heads_path(database)
    found = Witnesses(beside, beside.exists())
    try:
        found.named += [Named(at, beside.name, head, None) for at, head in heads_in(beside)]
    except OSError:
        found.unread.append(beside.name)
    logged: list[Named] = []
    for path in _log_files(logs):
        try:
            logged += _in_log(path)
        except FileNotFoundError:  # turned meanwhile
            continue
        except OSError:
            found.unread.append(path.name)
    here = str(database.resolve())
    its = [each for each in logged if each.journal in (None, here)]
    found.named += its if own or any(each.journal for each in its) else logged
    return found


def _log_files(logs: Path | None) -> list[Path]:
    try:
        return [] if logs is None else sorted(path for path in logs.iterdir() if ".log" in path.name and path.is_file())
    except OSError:  # there is no log, as where it goes to the console alone
        return []


def _in_log(path: Path) -> Iterator[Named]:
    with path.open(encoding="utf-8", errors="replace") as lines:
        for line in lines:
            if "journal head: " not in line:
                continue
            if line.startswith("{"):
                at, found = _of_json(line)
            else:
                found = _HEAD.fullmatch(line.rstrip("\n"))
                at = found["at"] if found is not None else ""
            if found is not None:
                yield Named(at, path.name, Head(int(found["row"]), found["hash"]), found["journal"])


def _of_json(line: str) -> tuple[str, re.Match[str] | None]:
    """When the keeper named a head in a line of a log as JSON, and what it said; no other logger's line counts."""
    try:
        told = json.loads(line)
    except ValueError:  # cut off by a kill
        return "", None
    if not isinstance(told, dict) or (told.get("logger"), told.get("level")) != (_KEEPER, "INFO"):
        return "", None
    return str(told.get("time")), _MESSAGE.fullmatch(str(told.get("message")))


def compared(
    connection: sqlite3.Connection, found: Witnesses, *, own: bool, now: datetime
) -> tuple[bool, list[Sentence]]:
    """Whether the file has every row that was named, and that as sentences.

    Of the program's `own` journal it is a fault too where nothing names a head, unless it is new, where the file of
    heads is gone though the log names heads of this journal, and where a file of them cannot be read. Raises
    sqlite3.Error.
    """
    first = connection.execute("SELECT min(id) FROM journal").fetchone()[0] or 0
    named = sorted((each for each in found.named if each.head.id >= first), key=_row)  # older ones were pruned
    told: list[Sentence] = []
    if found.unread:
        told.append(
            say("store.headsUnread", "What {files} may name of this journal cannot be read.", files=found.unread)
        )
    if own and not found.there and any(each.journal for each in named):
        told.append(
            say(
                "store.headsGone",
                "{file}, which names this journal's heads too, is missing: it was removed.",
                file=found.beside.name,
            )
        )
    holds = not (own and told)
    lacking = [each for each in named if not _has(connection, each.head)]
    if lacking:
        return False, [*told, _lacks(lacking)]
    if named:
        return holds, [*told, _bears_out(named)]
    if own and not _is_new(connection, now):
        gone = say(
            "store.witnessGone",
            "Neither the log nor {file} names this journal's head, though each start does: they were removed or "
            "emptied, and rows cut from its end cannot be seen here.",
            file=found.beside.name,
        )
        return False, [*told, gone]
    return holds, [*told, _nothing_named()]


def _row(named: Named) -> int:
    return named.head.id


def _has(connection: sqlite3.Connection, head: Head) -> bool:
    if head.id == 0:  # named before the first row
        return True
    row = connection.execute("SELECT hash FROM journal WHERE id = ?", (head.id,)).fetchone()
    return row is not None and row[0] == head.hash


def _is_new(connection: sqlite3.Connection, now: datetime) -> bool:
    """Whether the first row is there and young, since what is left of an older journal begins with an old one; or
    whether no program ran on the file yet: `user add` makes one without a row."""
    first = connection.execute("SELECT at FROM journal WHERE id = 1").fetchone()
    if first is None:
        return not _was_used(connection)
    at = first[0]
    return isinstance(at, str) and iso_utc(now - NEW) <= at <= iso_utc(now + timedelta(minutes=1))


def _was_used(connection: sqlite3.Connection) -> bool:
    """Whether a program that ran left anything: the count of rows that are gone, a unit, a lock, an alarm, a session.
    What opens the file counts that in it: without that count it was emptied."""
    counted = {row[0] for row in connection.execute("SELECT name FROM counters")}
    if "head" in counted or "opened" not in counted:
        return True
    return any(connection.execute(f"SELECT EXISTS (SELECT 1 FROM {name})").fetchone()[0] for name in LEFT)


def _lacks(lacking: list[Named]) -> Sentence:
    highest = lacking[-1]
    return say(
        "store.notWitnessed",
        "{file} named row {row} at {at}, which the journal does not have ({count} such rows were named): rows were "
        "cut from its end or made anew, or it is an older copy or another journal.",
        file=highest.file,
        row=highest.head.id,
        at=highest.at,
        count=len({each.head for each in lacking}),
    )


def _bears_out(named: list[Named]) -> Sentence:
    highest = named[-1]
    return say(
        "store.witnessed",
        "{file} named row {row} with the same hash at {at}, the highest of {count} that were named and are all here; "
        "only rows after it may have been cut unseen.",
        file=highest.file,
        row=highest.head.id,
        at=highest.at,
        count=len({each.head for each in named}),
    )


def _nothing_named() -> Sentence:
    return say(
        "store.noWitness",
        "Nothing was found that names this journal's head, so rows cut from its end cannot be seen here.",
    )
