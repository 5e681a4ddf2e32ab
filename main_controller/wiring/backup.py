"""Does what `backup FILE` and `restore FILE` ask for instead of a start."""

import sys
from pathlib import Path

import pytz

from main_controller.clock import utc_now
from main_controller.settings import Settings
from main_controller.store.backup import BackupFault, Places, back_up, require_backup, restore
from main_controller.store.data_lock import DataLock, InUse, data_folders
from main_controller.wiring import black_box, drill_permit, incidents


def keep(deed: str, file: Path, settings: Settings) -> int:
    """Make a backup, or put one back; 0 where that was done, else 2. Says on the way what was done, or why not."""
    database = settings.database
    places = Places(database, database.with_name("history.sqlite3"), settings.schedules, settings.estopfile)
    try:
        said = back_up(places, file, now=utc_now()) if deed == "backup" else _restored(file, places, settings)
    except (BackupFault, InUse) as fault:
        sys.stderr.write(f"{fault}\n")
        return 2
    sys.stdout.write(f"{said}\n{_not_in_it(settings)}" if deed == "backup" else f"{said}\n")
    return 0


def _not_in_it(settings: Settings) -> str:
    """The folders of recordings that are there, which a backup does not hold, in a line; "" for none."""
    places = [settings.database.with_name(name) for name in (incidents.FOLDER, black_box.FOLDER)]
    found = [str(place) for place in (*places, settings.data / drill_permit.FOLDER) if place.is_dir()]
    return f"Not in it: {', '.join(found)}. Copy what of them is to stay.\n" if found else ""


def _restored(file: Path, places: Places, settings: Settings) -> str:
    """While nobody else works on these folders; raises InUse, BackupFault."""
    require_backup(file)  # before the lock, which makes the folders that are not there
    lock = DataLock(wall=utc_now)
    lock.hold(data_folders(places.database, places.schedules))
    try:
        return restore(file, places, now=utc_now(), zone=pytz.timezone(settings.timezone))
    finally:
        lock.release()
