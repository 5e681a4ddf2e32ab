"""What lets a drill begin: that there is one of its name, and that nothing real can be meant, or reached.

Used at the start, and by the drill itself before it begins.
"""

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from main_controller.drills.scripts import DRILLS, listed
from main_controller.errors import SettingError, SettingErrors
from main_controller.settings import Settings

if TYPE_CHECKING:
    from main_controller.simulator import SimulatedCluster

REAL = (
    *("apis_host", "apis_emul_port", "apis_budo_port", "apis_emul_url", "apis_budo_url", "apis", "emulator"),
    *("emul_port", "budo_port", "emul_url", "budo_url", "ups_set_url", "set_url", "url"),
)
"""The settings that say where a real grid is and how its devices are called."""

FOLDER = "drills"
"""Where the files of drills lie, in the folder of all that is written."""

FEWEST = 4
"""Of so many units some always give and some take."""


def check_drill(settings: Settings) -> None:
    """Raise SettingErrors where there is no such drill, or it is begun with the address of anything real.

    What startMain.py has as it was delivered is none.
    """
    if settings.drill is None:
        return
    faults: list[SettingError] = []
    if settings.drill not in DRILLS:
        names = listed().replace("\n", "\n  ").rstrip()
        faults.append(SettingError("--drill", f"there is no drill {settings.drill!r}; there are\n  {names}"))
    if settings.simulate is not None and settings.simulate < FEWEST:
        faults.append(SettingError("--drill", f"it takes a cluster that trades, of at least {FEWEST} units"))
    delivered = Settings()
    for name in REAL:
        source = settings.sources.get(name)  # None: nobody gave it, it follows from the others
        if source is not None and (source != "startMain.py" or getattr(settings, name) != getattr(delivered, name)):
            text = "a drill causes faults and orders stops, so it is not run where anything real is named: leave it out"
            faults.append(SettingError(name, f"{text} (from {source})"))
    if settings.accounts and settings.by_hand is None and settings.anonymous != "stop":
        faults.append(SettingError("--drill", "nobody is there who could log in: leave accounts off, or add --byhand"))
    if settings.incidentdays and settings.blackboxhours and (why := _unwritable(settings.data / FOLDER)):
        faults.append(SettingError("--drill", f"{why}, where its incident is to be kept: give another --data"))
    if faults:
        raise SettingErrors(faults)


def _unwritable(folder: Path) -> str | None:
    """That nothing can be written into this folder, or into what it is to be made in; None where it can."""
    there = next(place for place in (folder, *folder.parents) if os.path.lexists(place))
    if there.is_dir() and os.access(there, os.W_OK | os.X_OK):
        return None
    return f"{there} is no folder that can be written into"


def calling_nobody(settings: Settings) -> Settings:
    """The same settings; of a drill without channels and heartbeat, so that nobody is called out for it."""
    return settings if settings.drill is None else replace(settings, channels=(), heartbeat=None)


def require_simulated(settings: Settings, cluster: "SimulatedCluster") -> None:
    """Raise ValueError unless this simulated cluster is all that these settings let the program order anything."""
    asked = (settings.apis_emul_url, settings.apis_budo_url, settings.emul_url)
    ours = asked == (cluster.emul_url, cluster.budo_url, cluster.device_url)
    ups = settings.ups_set_url.startswith(f"{cluster.device_url}/")
    if not (settings.apis and settings.emulator and ours and ups):
        raise ValueError("a drill orders nothing but its own simulated cluster")
