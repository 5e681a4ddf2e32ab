"""Owns the copies that are put beside the file before it is changed for good: `journal.sqlite3.v3` and the like.

Used by the migrations. A copy is whole and on the disk, or it is not there.
"""

import errno
import filecmp
import os
import shutil
import sqlite3
from pathlib import Path

from main_controller.sentence import say
from main_controller.store.atomic_file import flush_folder
from main_controller.store.database.faults import DISK_FULL, DatabaseFault, reason_of

MOST = 99
"""How many different copies of one version are kept; none is ever written over."""


def keep_copy(connection: sqlite3.Connection, path: Path, version: int) -> Path:
    """Put a copy of the open file, whose tables have this version, beside it, and return where it is.

    One that is there already and is the same to the byte will do. Raises DatabaseFault, and then nothing is left.
    """
    part = path.with_name(f".{path.name}.v{version}.part")
    try:
        part.unlink(missing_ok=True)
        _require_room(connection, path.parent)
        connection.execute("VACUUM INTO ?", (str(part),))  # what stands in the write-ahead log too
        _flush(part)
        copy = _place(part, path, version)
        flush_folder(path.parent)
    except (sqlite3.Error, OSError) as error:
        _remove(part)
        fault = say(
            "store.noCopyKept",
            "{file} cannot be brought to this version, as no copy of it, as it is, can be kept beside it: {why}.",
            file=path.name,
            why=reason_of(error),
        )
        raise DatabaseFault(fault) from error
    return copy


def newest_copy(path: Path, most: int) -> Path | None:
    """The copy of the highest version up to `most`, the last of them; None where there is none."""
    for version in range(most, 0, -1):
        for number in range(MOST, 0, -1):
            if (copy := _copy(path, version, number)).is_file():
                return copy
    return None


def _require_room(connection: sqlite3.Connection, folder: Path) -> None:
    """A copy is not begun where it cannot end, or each try would fill the disk for everybody."""
    pages, size = (int(connection.execute(f"PRAGMA {name}").fetchone()[0]) for name in ("page_count", "page_size"))
    if shutil.disk_usage(folder).free < pages * size:
        raise OSError(errno.ENOSPC, DISK_FULL)


def _place(part: Path, path: Path, version: int) -> Path:
    for number in range(1, MOST + 1):
        copy = _copy(path, version, number)
        if not copy.exists():
            return part.rename(copy)
        if filecmp.cmp(part, copy, shallow=False):
            part.unlink()
            return copy
    raise OSError(errno.EEXIST, say("store.tooManyCopies", "there are {most} such copies already", most=MOST))


def _copy(path: Path, version: int, number: int) -> Path:
    return path.with_name(f"{path.name}.v{version}" if number == 1 else f"{path.name}.v{version}.{number}")


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _remove(part: Path) -> None:
    try:
        part.unlink(missing_ok=True)
    except OSError:
        return  # the fault that led here is the one to tell
