"""What `--check-config` says: every setting and its source, and whether the folders and logging.conf can be used."""

import os
from pathlib import Path

from main_controller.errors import SettingError
from main_controller.logs import CONFIG, log_folder, look_at_logs
from main_controller.permission import name_of, other_owner, why_unwritable
from main_controller.settings.exposure import insecure, refuse_exposed, takes_stops_alone
from main_controller.settings.places import require_data_folder
from main_controller.settings.sources import Faults
from main_controller.settings.table import Settings, setting_fields, value_text

INSECURE = "whoever reaches this program can order everything; every page says so."
STOPS_ALONE = (
    "with trusted_proxies or allowed_hosts, and without --insecure, no order is taken but what stops something."
)


def found_at_start(settings: Settings, faults: Faults) -> str:
    """The report, one line per finding; makes and writes nothing, so that who looks leaves no file of his own.

    Raises `SettingErrors` of all that is wrong: the `faults` of what was read, and what cannot work.
    """
    simulated = settings.simulate is not None
    if "data" not in faults.names:
        with faults.noting("data"):
            require_data_folder(settings.data)
    if "data" not in faults.names:
        with faults.noting():
            look_at_logs(settings.root, data=settings.data, simulated=simulated)
        for name, folder in (("schedules", settings.schedules), ("database", settings.database.parent)):
            if not simulated and name not in faults.names:
                with faults.noting(name):
                    _require_writable(name, folder)
    with faults.noting("b_host"):
        refuse_exposed(settings)
    faults.refuse()
    lines = [f"APIS Main Controller {settings.version} in {settings.root}"]
    for row in setting_fields():
        source = settings.sources.get(row.name, "default")
        unit = f" {row.metadata['unit']}" if row.metadata["unit"] else ""
        lines.append(f"{row.name} = {value_text(getattr(settings, row.name)) or 'none'}{unit}  ({source})")
    if settings.simulate:
        lines.append(f"--simulate: {settings.simulate} units, {settings.speed:g} times as fast as real time")
    lines.append(f"{CONFIG}: read; {log_folder(settings.data, simulated=simulated)} can be written")
    owner = other_owner(settings.data)
    if owner is not None:
        lines.append(
            f"{settings.data} is of the user {owner}, and this was looked at as {name_of(os.geteuid())}: start it as "
            f"{owner}, who may be able to write less or more."
        )
    if insecure(settings):
        lines.append(f"insecure: {INSECURE}")
    elif takes_stops_alone(settings):
        lines.append(f"no log-in: {STOPS_ALONE}")
    lines.append("All settings can be used.")
    return "\n".join(lines) + "\n"


def _require_writable(name: str, folder: Path) -> None:
    """The folder can be written, or made. Makes nothing."""
    why = f"{folder} is not a folder" if folder.is_file() else why_unwritable(folder)
    if why is not None:
        raise SettingError(name, why)
