"""Puts a backup back into an empty place: everything is verified first, then moved there whole, or nothing is.

A backup is untrusted: only the names that one has are taken, each of the size and the SHA-256 that its list tells.
A schedule whose time has passed is not put back: it was missed, and is never run. Nor is a session: who was logged in
then logs in anew.
"""

import hashlib
import json
import os
import sqlite3
import tempfile
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from pytz.tzinfo import BaseTzInfo

from main_controller.store.atomic_file import flush_folder
from main_controller.store.backup.archive import (
    FORM,
    HISTORY,
    JOURNAL,
    LARGEST_LIST,
    LARGEST_SMALL,
    LISTED,
    MOST_SCHEDULES,
    SCHEDULES,
    BackupFault,
    Places,
)
from main_controller.store.database.connections import connect_to_look, connect_to_write, transaction
from main_controller.store.history import totals
from main_controller.store.journal.check import verify
from main_controller.store.schedules import Schedules

LARGEST = 2**40
"""Bytes of one database at most."""


def restore(file: Path, places: Places, *, now: datetime, zone: BaseTzInfo) -> str:
    """Put the backup in `file` where the program will look for it; what was put back, in words.

    `now` is aware UTC, `zone` the site's. Raises BackupFault, and then nothing has changed.
    """
    _require_empty(places)
    with _opened(file) as archive:
        told = _list_of(archive)
        places.database.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".restore-", dir=places.database.parent) as folder:
            _take_out(archive, told["files"], Path(folder), places)
            _verify(Path(folder), told["files"])
            sessions = _drop_sessions(Path(folder) / JOURNAL)
            _name_record_anew(Path(folder), told["files"])
            missed = _missed(Path(folder), now, zone)
            _put(Path(folder), [name for name in told["files"] if name not in missed], told["files"], places)
    lines = [
        f"The backup of {told['at']} (program {told['program']}) is in place: {len(told['files']) - len(missed)} files."
    ]
    lines += [f"The schedule {name.removeprefix(SCHEDULES)} is missed: its time has passed." for name in sorted(missed)]
    if sessions:
        lines.append(f"Sessions were dropped ({sessions}): everybody logs in anew.")
    lines.append("Look at locks and acknowledgements before anybody works at the hardware: they are those of then.")
    return "\n".join(lines)


def require_backup(file: Path) -> None:
    """Raises BackupFault where `file` is none by what it lists; writes nothing, not even a folder."""
    with _opened(file) as archive:
        _list_of(archive)


@contextmanager
def _opened(file: Path) -> Iterator[zipfile.ZipFile]:
    """The file as an archive; what goes wrong with it or while it is open is a BackupFault."""
    try:
        with zipfile.ZipFile(file) as archive:
            yield archive
    except (zipfile.BadZipFile, NotImplementedError, EOFError, KeyError) as fault:
        raise BackupFault(f"{file} is not a whole backup: {fault}.") from fault
    except OSError as fault:
        raise BackupFault(f"The backup could not be put back: {fault.strerror or fault}.") from fault


def _require_empty(places: Places) -> None:
    for path in (places.database, places.history, places.heads, places.latch):
        if path.exists() or path.is_symlink():
            raise BackupFault(f"{path} is there already: a backup is put back into an empty place only.")
    if places.schedules.is_dir() and any(not path.name.startswith(".") for path in places.schedules.iterdir()):
        raise BackupFault(f"{places.schedules} holds schedules: a backup is put back into an empty place only.")


def _list_of(archive: zipfile.ZipFile) -> Mapping[str, Any]:
    if LISTED not in archive.namelist():
        shown = " An incident's file is shown by --replay FILE.zip." if "incident.json" in archive.namelist() else ""
        raise BackupFault(f"{archive.filename} is no backup: it has no list of what it holds.{shown}")
    entry = archive.getinfo(LISTED)
    if entry.file_size > LARGEST_LIST:
        raise BackupFault("Its list is larger than that of any backup.")
    with archive.open(entry) as opened:
        raw = opened.read(LARGEST_LIST + 1)
    try:
        told = json.loads(raw)
        files = {
            str(name): (int(one["bytes"]), str(one["sha256"]), one["date_ns"]) for name, one in told["files"].items()
        }
        form, at, program = int(told["form"]), str(told["at"])[:64], str(told["program"])[:64]
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise BackupFault("Its list is none of a backup.") from None
    if form != FORM:
        raise BackupFault(f"It is a backup of the form {form}, which this program does not know.")
    names = [one.filename for one in archive.infolist()]
    if sorted(names) != sorted([LISTED, *files]) or JOURNAL not in files:
        raise BackupFault("It does not hold what its list tells.")
    if sum(name.startswith(SCHEDULES) for name in files) > MOST_SCHEDULES:
        raise BackupFault("It holds more schedules than any backup.")
    return {"at": at, "program": program, "files": files}


def _take_out(archive: zipfile.ZipFile, files: Mapping[str, Any], folder: Path, places: Places) -> None:
    """Each file into the folder, of the very bytes that the list tells."""
    (folder / SCHEDULES).mkdir()
    for name, (size, sha256, _) in files.items():
        places.of(name)
        if not 0 <= size <= (LARGEST if name in (JOURNAL, HISTORY) else LARGEST_SMALL):
            raise BackupFault(f"{name} is larger than in any backup.")
        digest, left = hashlib.sha256(), size
        with archive.open(name) as source, (folder / name).open("xb") as target:
            while piece := source.read(min(2**20, left + 1)):
                left -= len(piece)
                if left < 0:
                    raise BackupFault(f"{name} is not what the list tells: it was changed.")
                digest.update(piece)
                target.write(piece)
            target.flush()
            os.fsync(target.fileno())
        if left or digest.hexdigest() != sha256:
            raise BackupFault(f"{name} is not what the list tells: it was changed.")


def _verify(folder: Path, files: Mapping[str, Any]) -> None:
    """The databases are whole, and the journal's chain holds."""
    for name in (JOURNAL, HISTORY):
        if name not in files:
            continue
        try:
            connection = connect_to_look(folder / name)
            try:
                found = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
                verdict = verify(connection) if name == JOURNAL else None
            finally:
                connection.close()
        except sqlite3.Error as fault:
            raise BackupFault(f"{name} is no database that can be read: {fault}.") from fault
        if found != "ok":
            raise BackupFault(f"{name} is damaged: {found}.")
        if verdict is not None and not verdict.ok:
            raise BackupFault(f"The journal in it does not hold. {verdict.sentence}")


def _drop_sessions(database: Path) -> int:
    """Remove every session, and its bytes, from the database that was verified; how many there were.

    A stolen backup that is put back elsewhere, or an old one, must not know again who had been logged out since.
    """
    try:
        with closing(connect_to_write(database, 0.0)) as connection:
            if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'sessions'").fetchone():
                return 0  # of a version before accounts
            connection.execute("PRAGMA secure_delete = ON")
            return connection.execute("DELETE FROM sessions").rowcount
    except sqlite3.Error as fault:
        raise BackupFault(f"The sessions in it cannot be dropped: {fault}.") from fault


def _name_record_anew(folder: Path, files: Mapping[str, Any]) -> None:
    """The energy totals are those of then: whoever watched them since must not see the same ones fall."""
    if HISTORY not in files:
        return
    try:
        with closing(connect_to_write(folder / HISTORY, 0.0)) as connection, transaction(connection):
            totals.begin_anew(connection)
    except sqlite3.Error as fault:
        raise BackupFault(f"{HISTORY} cannot be put back: {fault}.") from fault


def _missed(folder: Path, now: datetime, zone: BaseTzInfo) -> frozenset[str]:
    """The files of the schedules whose time has passed; what is no schedule is put back as it is, to be told."""
    found = Schedules(folder / SCHEDULES, zone=zone)
    return frozenset(SCHEDULES + name for name in found.due_files(now))


def _put(folder: Path, names: Sequence[str], files: Mapping[str, Any], places: Places) -> None:
    """Move everything to its place; on any fault what was moved is taken away again."""
    placed: list[Path] = []
    try:
        for name in names:
            target = places.of(name)
            target.parent.mkdir(parents=True, exist_ok=True)
            part = target.with_name(f".{target.name}.restored")
            date = files[name][2]
            if isinstance(date, int):
                os.utime(folder / name, ns=(date, date))
            _copy(folder / name, part)
            placed.append(part)
            os.link(part, target)  # never over what came meanwhile
            placed.append(target)
            part.unlink()
        for parent in {places.of(name).parent for name in names}:
            flush_folder(parent)
    except BaseException:
        for path in placed:
            with suppress(OSError):
                path.unlink(missing_ok=True)
        raise


def _copy(source: Path, target: Path) -> None:
    """Within one file system a second name, else a copy."""
    target.unlink(missing_ok=True)
    try:
        os.link(source, target)
    except OSError:
        with source.open("rb") as opened, target.open("xb") as written:
            while piece := opened.read(2**20):
                written.write(piece)
            written.flush()
            os.fsync(written.fileno())
        stat = source.stat()
        os.utime(target, ns=(stat.st_atime_ns, stat.st_mtime_ns))
