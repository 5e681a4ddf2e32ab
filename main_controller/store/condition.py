"""What can be seen of the files in which things are kept: their modes, the room on their disks, whether they are whole.

Looks only: makes and changes nothing. Used by the self-check.
"""

import shutil
import sqlite3
import stat
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from datetime import datetime
from itertools import islice
from pathlib import Path

from main_controller.selfcheck.facts import Answer, Backed, Checked, FileMode, Kind, Room, Schema
from main_controller.sentence import joined, say
from main_controller.store.backup import last_backup, last_path
from main_controller.store.database.connections import connect_and_leave_nothing, connect_read_only
from main_controller.store.database.migrations import VERSION
from main_controller.store.journal.check import verify
from main_controller.store.journal.heads import heads_path
from main_controller.store.journal.witness import compared, witnesses

MOST_SCHEDULES = 1000
"""At how many schedules' modes it is looked."""

BUSY = 10.0
"""How long (s) a database may be busy."""


def kept_files(database: Path, history: Path, schedules: Path, latch: Path) -> list[tuple[Path, Kind]]:
    """What is kept for long, whether it is there or not: with the newest backup where that is known."""
    beside = [Path(f"{path}{end}") for path in (database, history) for end in ("", "-wal", "-shm")]
    data = [*beside, heads_path(database), latch, last_path(database)]
    try:
        backup = last_backup(database)
    except (OSError, ValueError):
        backup = None  # told by `backed_up`
    if backup is not None:
        data.append(backup.file)
    folders = [database.parent, schedules]
    return [
        *((path, Kind.FOLDER) for path in folders),
        *((path, Kind.DATA) for path in (*data, *_schedules(schedules))),
    ]


def _schedules(folder: Path) -> list[Path]:
    try:
        return [path for path in islice(folder.iterdir(), MOST_SCHEDULES) if not path.name.startswith(".")]
    except OSError:  # its own mode tells that
        return []


def modes_of(files: Iterable[tuple[Path, Kind]]) -> list[FileMode]:
    """The modes of those that are there."""
    return list(_modes_of(files))


def _modes_of(files: Iterable[tuple[Path, Kind]]) -> Iterator[FileMode]:
    for path, kind in files:
        try:
            yield FileMode(str(path), kind, stat.S_IMODE(path.stat().st_mode))
        except FileNotFoundError:
            continue
        except OSError:
            yield FileMode(str(path), kind, None)


def rooms_of(folders: Iterable[Path]) -> list[Room] | None:
    """The room on the disks of these folders; None where one that is there cannot be asked."""
    found = []
    for folder in folders:
        try:
            total, _, free = shutil.disk_usage(folder)
        except FileNotFoundError:
            continue
        except OSError:
            return None
        found.append(Room(str(folder), free, total))
    return found


def schema_of(database: Path) -> Schema | None:
    """The version of its tables, 0 where there is no file; None where that cannot be read."""
    try:
        if not database.exists():
            return Schema(0, VERSION)
        with closing(connect_and_leave_nothing(database)) as connection:
            return Schema(int(connection.execute("PRAGMA user_version").fetchone()[0]), VERSION)
    except (sqlite3.Error, OSError):
        return None


def backed_up(database: Path) -> Backed | None:
    """The last backup that is known; None where what tells of it cannot be read."""
    try:
        found = last_backup(database)
    except (OSError, ValueError):
        return None
    return Backed(None) if found is None else Backed(found.at, str(found.file))


def look_closely(database: Path, history: Path, logs: Path, *, wall: Callable[[], datetime]) -> Checked:
    """The costly checks: they read the files whole, beside the program that writes them. `wall` gives aware UTC."""
    integrity = _integrity(
        [database, *([history] if history.exists() else [])]
    )  # a history begins with its first minute
    try:
        found = witnesses(database, logs, own=True)  # first: what is written meanwhile is in the file
        with closing(connect_read_only(database, BUSY)) as connection:
            verdict = verify(connection)
            there, told = compared(connection, found, own=True, now=wall())
    except (sqlite3.Error, OSError) as fault:
        unread = Answer(None, say("store.journalUnread", "The journal cannot be read: {why}.", why=str(fault)))
        return Checked(wall(), integrity, unread, unread)
    return Checked(wall(), integrity, Answer(verdict.ok, verdict.sentence), Answer(there, joined(told)))


def _integrity(files: Sequence[Path]) -> Answer:
    for path in files:
        try:
            with closing(connect_read_only(path, BUSY)) as connection:
                found = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
        except (sqlite3.Error, OSError) as fault:
            unread = say("store.fileUnread", "{file} cannot be read: {why}.", file=path.name, why=str(fault))
            return Answer(None if isinstance(fault, OSError | sqlite3.OperationalError) else False, unread)
        if found != "ok":
            damaged = say("store.fileDamaged", "{file} is damaged: {why}.", file=path.name, why=str(found))
            return Answer(False, damaged)
    whole = say("store.filesWhole", "The files are whole: {files}.", files=[path.name for path in files])
    return Answer(True, whole)
