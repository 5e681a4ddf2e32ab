"""Keeps a drill as an incident, and puts it where it stays: a simulation's own folder goes with its end.

Used by the drill alone.
"""

import logging
import shlex
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

from main_controller import __version__
from main_controller.clock import utc_now
from main_controller.errors import ControllerError
from main_controller.sentence import say
from main_controller.settings import Settings
from main_controller.store.atomic_file import remove_whole, write_whole
from main_controller.store.incidents import Incidents, id_of, reason_of
from main_controller.store.incidents.archive import archive
from main_controller.wiring.drill_permit import FOLDER

log = logging.getLogger(__name__)

MB = 1_000_000

FILES = f"{'[0-9]' * 8}T{'[0-9]' * 6}Z-*.zip"
"""How they are called, by the time of the fault, so that the names' order is theirs."""


class DrillIncident:
    """The incident of the drill `name`; `incidents` are None where none are kept."""

    def __init__(self, name: str, incidents: Incidents | None, settings: Settings) -> None:
        self._name = name
        self._incidents = incidents
        self._settings = settings
        self._folder = settings.data / FOLDER
        self._number: int | None = None
        self._at: datetime | None = None

    def keep(self, at: datetime) -> None:
        """Have it kept from now on; the fault was `at` (UTC)."""
        if self._incidents is not None:
            why = say("program.drillKept", "Drill {name}: the fault was caused.", name=self._name)
            self._number, self._at = self._incidents.keep(reason_of(at, "drill", why)).number, at

    def lines(self) -> Iterable[str]:
        """What is kept and where, after having put it there."""
        if self._incidents is None or self._number is None or self._at is None:
            return ["No incident is kept: the setting incidentdays or blackboxhours is 0."]
        path = self._folder / f"{self._at:%Y%m%dT%H%M%SZ}-{self._name}.zip"
        try:
            one = self._incidents.one(self._number)
            pieces = archive(self._incidents, one, version=__version__, title=self._settings.title, made=utc_now())
            content = b"".join(pieces)
            self._folder.mkdir(parents=True, exist_ok=True)
            write_whole(path, content)
        except (ControllerError, OSError) as error:
            why = error.sentence if isinstance(error, ControllerError) else error.strerror or str(error)
            log.error("the incident of the drill is not kept: %s", why)
            name = id_of(self._number)
            return [f"The incident {name} goes with the end of the simulation, as {path} cannot be written: {why}"]
        try:
            self._let_go(beside=path)
        except OSError as error:  # the new one is kept all the same
            log.error("the files of earlier drills are not removed: %s", error)
        again = f"{self._settings.command} --replay {shlex.quote(str(path))}"
        return [f"The incident {one.id} is kept in {path}.", f"Look at it again: {again}"]

    def _let_go(self, beside: Path) -> None:
        """Remove the files of earlier drills, as incidents go: after `incidentdays`, and the oldest where all of them
        have no room in `incidentmb`. Raises OSError."""
        room = self._settings.incidentmb * MB - beside.stat().st_size
        oldest = (utc_now() - timedelta(days=self._settings.incidentdays)).timestamp()
        full = False
        for path in sorted(self._folder.glob(FILES), reverse=True):
            if path == beside:
                continue
            told = path.stat()
            full = full or told.st_size > room
            room -= told.st_size
            if full or told.st_mtime < oldest:
                remove_whole(path)
                log.info("the drill's file %s went", path.name)
