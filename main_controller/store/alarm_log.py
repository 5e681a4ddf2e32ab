"""Owns the alarms on the disk: those that stand, over a restart, and for two years those that are over, each with what
became of it (ISA-18.2).

What begins and ends by itself is written behind by the database's writer; what a person does is on the disk before it
is answered.
"""

import json
import logging
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from main_controller.alarms.alarm import Alarm, AlarmKind, Deed, Service
from main_controller.alarms.book import Change, Transition
from main_controller.alarms.record import alarm_of, record_of
from main_controller.domain.timestamps import iso_utc
from main_controller.sentence import Sentence, foreign, messages, said_again, say
from main_controller.store.database import Database

log = logging.getLogger(__name__)

KEPT = timedelta(days=731)
"""For how long an alarm that is over is kept."""

WAITING_CHANGES = 10_000
"""How many changes are kept in memory while the disk is away; those after them are counted and lost."""

_PUT = """INSERT INTO alarms (id, kind, priority, began_at, over_at, record) VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (id) DO UPDATE SET over_at = excluded.over_at, record = excluded.record"""
_CHANGE = "INSERT INTO alarm_changes (alarm_id, at, change, subject, by, text, messages) VALUES (?, ?, ?, ?, ?, ?, ?)"


class ChangeRow(NamedTuple):
    """One change of one alarm, as it is kept: of which of its members (None: all), by whom, and a sentence."""

    alarm_id: int
    at: str
    change: str
    subject: str | None
    by: str | None
    text: Sentence | None


class PastAlarm(NamedTuple):
    """One alarm as it stood last, when it was over (None: it stands), and its changes, the oldest first."""

    record: Mapping[str, Any]
    over_at: str | None
    changes: Sequence[ChangeRow]


class AlarmLog:
    """The alarms in `database`; `wall` gives aware UTC."""

    def __init__(self, database: Database, *, wall: Callable[[], datetime]) -> None:
        self._database = database
        self._wall = wall
        self._standing: dict[str, Alarm] = {}  # what a file that takes the place of the one in use is given (M16)
        self._changes = database.appends(
            say("store.theAlarms", "The log of alarms"),
            insert=_insert,
            lost=self._lost,
            limit=WAITING_CHANGES,
            wall=wall,
        )
        database.restored_by(self._restore)

    def load(self, kinds: Mapping[str, AlarmKind]) -> tuple[list[Alarm], int]:
        """The alarms that stood when the program ended, and the number of the next one. Raises ControllerError.

        One that cannot be read, or of a kind that there is no more, is told in the log and left out.
        """
        with self._database.reading() as connection:
            rows = connection.execute("SELECT id, record FROM alarms WHERE over_at IS NULL ORDER BY id").fetchall()
            newest = connection.execute("SELECT max(id) FROM alarms").fetchone()[0]
        found: list[Alarm] = []
        for number, text in rows:
            try:
                found.append(alarm_of(json.loads(text), kinds))
            except (KeyError, TypeError, ValueError) as fault:
                log.error("alarm %s cannot be read and is left out: %r", number, fault)
        self._standing = {alarm.id: alarm for alarm in found}
        return found, (newest or 0) + 1

    def note(self, transitions: Iterable[Transition]) -> None:
        """Have what changed by itself written; never waits for the disk."""
        last: dict[str, Transition] = {}
        for one in transitions:
            last[one.alarm.id] = one
            self._changes.append(self._change(one))
        for alarm_id, one in last.items():
            self._database.latest.put(("alarm", alarm_id), _PUT, self._row(one.alarm, gone=one.change is Change.JOINED))
        if last:
            self._database.rouse()

    def keep(self, transition: Transition, deed: Deed) -> None:
        """Write what a person did; on the disk when this returns. Raises ControllerError: then it is not done."""
        row = self._row(transition.alarm)
        change = self._change(transition)._replace(by=deed.name, text=foreign(deed.text) if deed.text else None)
        with self._database.writing() as connection:
            connection.execute(_PUT, row)
            _insert(connection, [change])

    def services(self) -> list[Service]:
        """What is, or will be, out of service. Raises ControllerError."""
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT scope, from_at, to_at, name, reason, since FROM out_of_service"
            ).fetchall()
        return [
            Service(scope, _moment(start), _moment(end), Deed(name, _moment(at), reason))
            for scope, start, end, name, reason, at in rows
        ]

    def keep_service(self, service: Service) -> None:
        """Write one in place of the scope's earlier one; on the disk when this returns. Raises ControllerError."""
        by = service.by
        values = (service.scope, iso_utc(service.since), iso_utc(service.until), by.name, by.text, iso_utc(by.at))
        with self._database.writing() as connection:
            connection.execute("INSERT OR REPLACE INTO out_of_service VALUES (?, ?, ?, ?, ?, ?)", values)

    def drop_service(self, scope: str) -> None:
        """Forget that of this scope. Raises ControllerError."""
        with self._database.writing() as connection:
            connection.execute("DELETE FROM out_of_service WHERE scope = ?", (scope,))

    def past(self, *, limit: int, before: int | None = None, unit_id: str | None = None) -> list[PastAlarm]:
        """The newest alarms, those with a smaller number than `before`, or of one unit. Raises ControllerError."""
        where, values = ["1"], []
        if before is not None:
            where.append("id < ?")
            values.append(before)
        if unit_id is not None:
            where.append("EXISTS (SELECT 1 FROM alarm_changes WHERE alarm_id = alarms.id AND subject = ?)")
            values.append(unit_id)  # type: ignore[arg-type]
        question = f"SELECT id, over_at, record FROM alarms WHERE {' AND '.join(where)} ORDER BY id DESC LIMIT ?"
        with self._database.reading() as connection:
            rows = connection.execute(question, (*values, limit)).fetchall()
            return [PastAlarm(json.loads(text), over, _changes_of(connection, number)) for number, over, text in rows]

    def raised(self, since: datetime) -> list[tuple[datetime, str]]:
        """When alarms were raised since then, and of which kind. Raises ControllerError."""
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT alarm_changes.at, kind FROM alarm_changes JOIN alarms ON alarms.id = alarm_id "
                "WHERE alarm_changes.at >= ? AND change IN ('raised', 'raisedAgain', 'chatters') LIMIT ?",
                (iso_utc(since), WAITING_CHANGES),
            ).fetchall()
        return [(_moment(at), kind) for at, kind in rows]

    def prune(self) -> int:
        """Forget what was over too long ago; how many. Raises ControllerError."""
        oldest = iso_utc(self._wall() - KEPT)
        with self._database.writing() as connection:
            gone = "SELECT id FROM alarms WHERE over_at < ?"
            connection.execute(f"DELETE FROM alarm_changes WHERE alarm_id IN ({gone})", (oldest,))
            return connection.execute("DELETE FROM alarms WHERE over_at < ?", (oldest,)).rowcount

    def _row(self, alarm: Alarm, *, gone: bool = False) -> tuple[str | float | None, ...]:
        over = gone or alarm.over
        if over:
            self._standing.pop(alarm.id, None)
        else:
            self._standing[alarm.id] = alarm
        over_at = iso_utc(alarm.changed) if over else None
        record = json.dumps(record_of(alarm), ensure_ascii=False)
        return number_of(alarm.id), alarm.kind.code, alarm.kind.priority, iso_utc(alarm.began), over_at, record

    def _change(self, one: Transition) -> ChangeRow:
        subject, members = one.subject, one.alarm.members
        text = members[subject].sign.text if subject is not None and subject in members else None
        return ChangeRow(number_of(one.alarm.id), iso_utc(self._wall()), str(one.change), subject, None, text)

    def _lost(self, count: int, since: datetime) -> ChangeRow:
        text = say(
            "store.changesLost", "{count} changes of alarms were lost, as the disk did not take them.", count=count
        )
        return ChangeRow(0, iso_utc(since), "lost", None, None, text)

    def _restore(self, connection: sqlite3.Connection) -> None:
        rows = [self._row(alarm) for alarm in list(self._standing.values())]
        connection.executemany(_PUT, rows)


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def number_of(alarm_id: str) -> int:
    """The number in an alarm's id ("a12"). Raises ValueError for what is no such id."""
    if alarm_id[:1] != "a" or not alarm_id[1:].isascii() or not alarm_id[1:].isdigit():
        raise ValueError("no alarm's id")
    return int(alarm_id[1:])


def _insert(connection: sqlite3.Connection, rows: Sequence[ChangeRow]) -> None:
    connection.executemany(_CHANGE, [_values(row) for row in rows])


def _values(row: ChangeRow) -> tuple[object, ...]:
    text = None if row.text is None else str(row.text)
    kept = None if row.text is None else json.dumps(messages([row.text]), ensure_ascii=False)
    return row.alarm_id, row.at, row.change, row.subject, row.by, text, kept


def _changes_of(connection: sqlite3.Connection, number: int) -> list[ChangeRow]:
    found = connection.execute(
        "SELECT alarm_id, at, change, subject, by, text, messages FROM alarm_changes WHERE alarm_id = ? ORDER BY id",
        (number,),
    )
    return [
        ChangeRow(of, at, change, subject, by, None if text is None else said_again(text, json.loads(kept)))
        for of, at, change, subject, by, text, kept in found
    ]
