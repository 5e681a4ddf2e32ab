"""When the last backup was made, in a small file beside the database: the program that keeps it is another process.

Written by the making of backups, read by the self-check. A copy made by other means is not known here.
"""

import json
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from main_controller.domain.timestamps import iso_utc
from main_controller.store.atomic_file import write_whole

LARGEST = 10_000
"""How large (bytes) the file may be; one that is larger is none of ours."""


@dataclass(frozen=True, slots=True)
class LastBackup:
    """When the last backup was made (aware UTC), and into which file."""

    at: datetime
    file: Path


def last_path(database: Path) -> Path:
    """Where it is remembered for this database."""
    return database.with_name("last-backup.json")


def remember(database: Path, backup: LastBackup) -> None:
    """Remember it for its owner alone, who is that of the database also where root makes backups. Raises OSError."""
    path = last_path(database)
    told = {"at": iso_utc(backup.at), "file": str(backup.file)}
    write_whole(path, f"{json.dumps(told)}\n".encode())
    path.chmod(0o600)
    if os.geteuid() == 0:
        owner = database.stat()
        os.chown(path, owner.st_uid, owner.st_gid)


def last_backup(database: Path) -> LastBackup | None:
    """The last backup; None where none is known. Raises OSError, or ValueError for what is none of ours."""
    try:
        with last_path(database).open("rb") as file:
            text = file.read(LARGEST)
    except FileNotFoundError:
        return None
    try:
        told = json.loads(text)
        at, where = datetime.fromisoformat(told["at"]), Path(str(told["file"]))
    except (TypeError, KeyError, RecursionError) as fault:
        raise ValueError("it does not say when a backup was made") from fault
    if at.tzinfo is None:
        raise ValueError("it does not say when a backup was made")
    return LastBackup(at, where)
