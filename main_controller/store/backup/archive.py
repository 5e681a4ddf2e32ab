"""What a backup is: a zip file with the two databases, the schedules, the E-stop's latch and the journal's heads, and
a list of what each must be, by its bytes and its SHA-256.

Settings, log and secrets are not in it. Used by the making and the restoring of backups.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from main_controller.store.journal.heads import heads_path

LISTED = "backup.json"
JOURNAL, HISTORY, HEADS, LATCH = "journal.sqlite3", "history.sqlite3", "journal.sqlite3.heads", "estop"
SCHEDULES = "schedules/"
FORM = 1
"""The number of this form; a later one that this program cannot read has another."""

LARGEST_LIST = 2**20
LARGEST_SMALL = 2**24
MOST_SCHEDULES = 10_000
"""Bytes of the list and of the small files, and how many schedules, are read at most."""

_SCHEDULE = re.compile(r"schedules/[^/\\\0]{1,255}")


class BackupFault(Exception):
    """A backup cannot be made or put back; nothing was changed. Its text is one sentence for a person."""


@dataclass(frozen=True, slots=True)
class Places:
    """Where the program keeps what a backup holds."""

    database: Path
    history: Path
    schedules: Path
    latch: Path

    @property
    def heads(self) -> Path:
        """The file of the journal's heads."""
        return heads_path(self.database)

    def of(self, name: str) -> Path:
        """Where a file of the backup belongs. Raises BackupFault for a name that none has."""
        fixed = {JOURNAL: self.database, HISTORY: self.history, HEADS: self.heads, LATCH: self.latch}
        if name in fixed:
            return fixed[name]
        if _SCHEDULE.fullmatch(name) is None or name.removeprefix(SCHEDULES).startswith("."):
            raise BackupFault(f"It holds {name!r}, which no backup does.")
        return self.schedules / name.removeprefix(SCHEDULES)
