"""Makes a backup while the program runs: each database as of one moment, by SQLite's own VACUUM INTO."""

import hashlib
import json
import os
import sqlite3
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from main_controller import __version__
from main_controller.domain.timestamps import iso_utc
from main_controller.errors import ControllerError
from main_controller.store.atomic_file import flush_folder
from main_controller.store.backup.archive import (
    FORM,
    HEADS,
    HISTORY,
    JOURNAL,
    LATCH,
    LISTED,
    SCHEDULES,
    BackupFault,
    Places,
)
from main_controller.store.backup.last import LastBackup, remember
from main_controller.store.database.connections import connect_read_only
from main_controller.store.history import History
from main_controller.store.history.waiting import beside
from main_controller.store.zip_entry import private_entry

PATIENCE = 10.0
"""How long (s) a database may be busy."""

UNBOUNDED = 10**9
"""How many MB a copy may hold: it is made no smaller."""


def back_up(places: Places, file: Path, *, now: datetime) -> str:
    """Write the backup to `file`, which must not be there yet, for its owner alone; what was written, in words.

    That it was made is remembered beside the database. `now` is aware UTC. Raises BackupFault, and then there is none.
    """
    if os.path.lexists(file):
        raise BackupFault(f"{file} is there already, and no backup is written over.")
    if not places.database.is_file():
        raise BackupFault(f"There is no database at {places.database}.")
    part = file.with_name(f".{file.name}.part")
    try:
        with tempfile.TemporaryDirectory(prefix=".backup-", dir=file.absolute().parent) as folder:
            found = list(_gathered(places, Path(folder), now))
            _write(part, found, now)
        part.rename(file)
        flush_folder(file.absolute().parent)
    except (OSError, sqlite3.Error, ValueError) as fault:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        why = fault.strerror if isinstance(fault, OSError) and fault.strerror else str(fault)
        raise BackupFault(f"The backup could not be written: {why}.") from fault
    schedules = sum(name.startswith(SCHEDULES) for name, _ in found)
    others = ", ".join(name for name, _ in found if not name.startswith(SCHEDULES))
    said = f"{file} holds {others} and {schedules} schedules."
    try:
        remember(places.database, LastBackup(now, file.absolute()))
    except OSError as fault:  # the backup itself is whole
        said += f"\nIts time could not be remembered, so the self-check does not know of it: {fault.strerror or fault}."
    return said


def _gathered(places: Places, folder: Path, now: datetime) -> Iterator[tuple[str, Path]]:
    """What goes into it, by its name there; of the databases a copy in the folder."""
    for name, path in ((JOURNAL, places.database), (HISTORY, places.history)):
        if path.is_file():
            copy = folder / name
            waiting = beside(path).read_bytes() if beside(path).is_file() else b""  # before it may be taken in
            connection = connect_read_only(path, PATIENCE)
            try:
                connection.execute("VACUUM INTO ?", (str(copy),))
            finally:
                connection.close()
            if waiting:
                _take_in(copy, waiting, now)
            yield name, copy
    for name, path in ((HEADS, places.heads), (LATCH, places.latch)):
        if path.is_file():
            yield name, path
    if places.schedules.is_dir():
        for path in sorted(places.schedules.iterdir()):
            if path.is_file() and not path.name.startswith("."):
                yield SCHEDULES + path.name, path


def _take_in(copy: Path, waiting: bytes, now: datetime) -> None:
    """Have the minutes in the copy that waited beside its original, but for those that it has already."""
    beside(copy).write_bytes(waiting)
    try:
        History(copy, wall=lambda: now, megabytes=UNBOUNDED).close()
    except ControllerError as error:
        raise ValueError(str(error)) from error
    if beside(copy).exists():
        raise ValueError("the newest minutes of the history cannot be taken in")


def _write(part: Path, found: list[tuple[str, Path]], now: datetime) -> None:
    part.unlink(missing_ok=True)
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    listed: dict[str, dict[str, object]] = {}
    with os.fdopen(descriptor, "wb") as raw:
        with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
            for name, path in found:
                digest, size = hashlib.sha256(), 0
                entry = private_entry(name, now)
                with path.open("rb") as source, archive.open(entry, "w", force_zip64=True) as target:
                    while piece := source.read(2**20):
                        digest.update(piece)
                        size += len(piece)
                        target.write(piece)
                dated = path.stat().st_mtime_ns if name.startswith(SCHEDULES) else None
                listed[name] = {"bytes": size, "sha256": digest.hexdigest(), "date_ns": dated}
            told = {"form": FORM, "program": __version__, "at": iso_utc(now), "files": listed}
            archive.writestr(LISTED, json.dumps(told, indent=1))
        raw.flush()
        os.fsync(raw.fileno())
