"""Does what `backup FILE` and `restore FILE` ask for instead of a start."""

import sys
from pathlib import Path

import pytz

from main_controller.clock import utc_now
from main_controller.settings import Settings
from main_controller.store.backup import BackupFault, Places, back_up, restore
from main_controller.store.data_lock import DataLock, InUse, data_folders


def keep(deed: str, file: Path, settings: Settings) -> int:
    """Make a backup, or put one back; 0 where that was done, else 2. Says on the way what was done, or why not."""
    database = settings.database
    places = Places(database, database.with_name("history.sqlite3"), settings.schedules, settings.estopfile)
    try:
        said = back_up(places, file, now=utc_now()) if deed == "backup" else _restored(file, places, settings)
    except (BackupFault, InUse) as fault:
        sys.stderr.write(f"{fault}\n")
        return 2
    sys.stdout.write(f"{said}\n")
    return 0


def _restored(file: Path, places: Places, settings: Settings) -> str:
    """While nobody else works on these folders; raises InUse, BackupFault."""
    lock = DataLock(wall=utc_now)
    lock.hold(data_folders(places.database, places.schedules))
    try:
        return restore(file, places, now=utc_now(), zone=pytz.timezone(settings.timezone))
    finally:
        lock.release()
