"""What `--check-config` says: every setting and its source, and whether the folders and logging.conf can be used."""

import os
from pathlib import Path

from main_controller.errors import SettingError
from main_controller.logs import CONFIG, log_folder, set_up_logs
from main_controller.settings.table import Settings, setting_fields, value_text


def found_at_start(settings: Settings) -> str:
    """The report, one line per finding; makes the log's folder.

    Raises `SettingError`, which names the first setting that cannot work.
    """
    simulated = settings.simulate is not None
    set_up_logs(settings.root, settings.log_level, data=settings.data, simulated=simulated, strict=True)
    if not settings.simulate:
        _require_writable("schedules", settings.schedules)
        _require_writable("database", settings.database.parent)
    lines = [f"APIS Main Controller {settings.version} in {settings.root}"]
    for row in setting_fields():
        source = settings.sources.get(row.name, "default")
        unit = f" {row.metadata['unit']}" if row.metadata["unit"] else ""
        lines.append(f"{row.name} = {value_text(getattr(settings, row.name)) or 'none'}{unit}  ({source})")
    if settings.simulate:
        lines.append(f"--simulate: {settings.simulate} units, {settings.speed:g} times as fast as real time")
    lines.append(f"{CONFIG}: read; {log_folder(settings.data, simulated=simulated)} can be written")
    lines.append("All settings can be used.")
    return "\n".join(lines) + "\n"


def _require_writable(name: str, folder: Path) -> None:
    """The folder can be written, or made. Makes nothing."""
    place = folder
    while not place.exists():
        place = place.parent
    if not place.is_dir():
        raise SettingError(name, f"{place} is not a folder")
    if not os.access(place, os.W_OK | os.X_OK):
        raise SettingError(name, f"{place} cannot be written")
