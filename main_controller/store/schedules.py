"""The schedule folder as a mapping: one small file per pending schedule, the files being the only truth (Z11, B3, B5).

Files can be written, read and removed by hand (`schedule_file.py` says how they look). Used by the scheduler and by
the orders.
"""

import errno
import logging
import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytz
from pytz.tzinfo import BaseTzInfo

from main_controller.domain.schedule import Operation, Schedule
from main_controller.domain.timestamps import iso_utc
from main_controller.errors import BadRequest, ControllerError
from main_controller.sentence import Sentence, foreign, joined, say
from main_controller.store.atomic_file import remove_unfinished, remove_whole, write_whole
from main_controller.store.schedule_file import (
    Fingerprint,
    failed_mark,
    file_name,
    fingerprint,
    read_schedule,
    sent_mark,
)

log = logging.getLogger(__name__)

TRUSTED_AFTER_NS = 2_000_000_000
"""A file changed less than this ago is read again each time: its date may not tell two changes apart."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A file in the folder that is no schedule, and why; it is left as it is."""

    file: str
    sentence: Sentence


@dataclass(frozen=True, slots=True)
class Listing:
    """What the folder holds, by name."""

    schedules: tuple[Schedule, ...]
    unreadable: tuple[Unreadable, ...]


class Schedules:
    """The folder's schedules by unit (None is the cluster) and operation.

    `zone` is the site's, for a time that was written by hand without an offset. Reading takes no lock; the lock keeps
    a change from undoing another one that came between its reading and its writing. Every fault of the disk is raised
    as a ControllerError that says what stands.
    """

    def __init__(self, folder: Path, *, zone: BaseTzInfo = pytz.utc, wall_ns: Callable[[], int] = time.time_ns) -> None:
        self._folder = folder
        self._zone = zone
        self._wall_ns = wall_ns
        self._changing = threading.Lock()
        self._parsed: dict[str, tuple[Fingerprint, Schedule]] = {}
        self._missing = False

    def prepare(self) -> None:
        """Make the folder and remove what a killed process left half written. To be called once, at start.

        A full or read-only disk is told and keeps nobody from stopping the grid (M10). Raises ControllerError where
        something else than a folder is in the place.
        """
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            leftovers = remove_unfinished(self._folder)
        except (FileExistsError, NotADirectoryError) as error:
            fault = say("store.folderUnusable", "The schedules folder cannot be used: {why}.", why=_reason(error))
            raise ControllerError(fault) from error
        except OSError as error:
            self._missing = not self._folder.is_dir()
            log.error("the schedules folder %s cannot be written: %s", self._folder, error.strerror)
            return
        if leftovers:
            log.warning("%d unfinished files in the schedules folder were removed", leftovers)

    def scan(self) -> Listing:
        """Everything that the folder holds now. Raises ControllerError when the folder itself cannot be read."""
        try:
            if self._missing:  # it could not be made at the start
                self._folder.mkdir(parents=True, exist_ok=True)
                self._missing = False
            with os.scandir(self._folder) as entries:
                names = sorted(entry.name for entry in entries if not entry.name.startswith("."))
        except OSError as error:
            fault = say("store.folderUnreadable", "The schedules folder cannot be read: {why}.", why=_reason(error))
            raise ControllerError(fault) from error
        known, parsed = self._parsed, {}
        schedules: list[Schedule] = []
        unreadable: list[Unreadable] = []
        for name in names:
            try:
                entry = self._look(name, known.get(name))
            except FileNotFoundError:
                continue
            except (BadRequest, OSError) as error:
                unreadable.append(Unreadable(name, _why(error)))
                continue
            parsed[name] = entry
            schedules.append(entry[1])
        self._parsed = parsed
        return Listing(tuple(schedules), tuple(unreadable))

    def list(self) -> tuple[Schedule, ...]:
        """The schedules that can be read, by file name."""
        return self.scan().schedules

    def due_files(self, at: datetime) -> tuple[str, ...]:
        """The names of the files of schedules that were due at this moment (aware UTC), or before."""
        self.scan()
        return tuple(name for name, (_, schedule) in self._parsed.items() if schedule.due <= at)

    def unreadable(self) -> tuple[Unreadable, ...]:
        """The files that are no schedules, each with the reason."""
        return self.scan().unreadable

    def has(self, unit_id: str | None, operation: Operation) -> bool:
        """Whether there is a file of that name, readable or not."""
        return os.path.lexists(self._path(unit_id, operation))

    def get(self, unit_id: str | None, operation: Operation) -> Schedule | None:
        """The schedule of that name as its file holds it now; None where there is none that can be read."""
        try:
            return read_schedule(self._path(unit_id, operation), self._zone)[1]
        except (BadRequest, OSError):
            return None

    def unchanged(self, schedule: Schedule) -> bool:
        """Whether the schedule's file still holds this very setting."""
        return self._now_held(schedule) is not None

    def put(self, unit_id: str | None, operation: Operation, due: datetime) -> Schedule:
        """Write a schedule in place of an earlier one of the same name; it is on the disk when this returns."""
        path = self._path(unit_id, operation)
        with self._changing:
            failed = say("store.notWritten", "The schedule {file} could not be written", file=path.name)
            _change(lambda: write_whole(path, f"{iso_utc(due)}\n".encode()), failed)
            try:
                return read_schedule(path, self._zone)[1]
            except OSError as error:
                written = say("store.written", "The schedule {file} was written.", file=path.name)
                raise ControllerError(joined([written, _why(error)])) from error

    def remove(self, unit_id: str | None, operation: Operation) -> bool:
        """Remove the schedule of that name, readable or not; False when there was none."""
        path = self._path(unit_id, operation)
        with self._changing:
            return self._remove(path)

    def discard(self, schedule: Schedule) -> bool:
        """Remove this very setting of a schedule; False when it was cleared or set anew meanwhile."""
        with self._changing:
            return self._now_held(schedule) is not None and self._remove(self._path_of(schedule))

    def mark_sent(self, schedule: Schedule, at: datetime) -> bool:
        """Write into the file that its order is being sent; False when it was cleared or set anew meanwhile."""
        return self._mark(schedule, sent_mark(at))

    def mark_failed(self, schedule: Schedule, at: datetime, sentence: str) -> bool:
        """Write into the file that it was given up, and why; False when it was cleared or set anew meanwhile."""
        return self._mark(schedule, failed_mark(at, sentence))

    def unmark(self, schedule: Schedule) -> bool:
        """Take the program's own line out of the file; False when it was cleared or set anew meanwhile."""
        return self._mark(schedule, None)

    def _mark(self, schedule: Schedule, mark: str | None) -> bool:
        path = self._path_of(schedule)
        content = "".join(f"{line}\n" for line in (schedule.text, mark) if line is not None).encode()
        with self._changing:
            if self._now_held(schedule) is None:
                return False
            failed = say("store.notMarked", "The schedule {file} could not be marked", file=path.name)
            _change(lambda: write_whole(path, content, date_ns=schedule.written_ns), failed)
            return True

    def _remove(self, path: Path) -> bool:
        if not os.path.lexists(path):
            return False
        failed = say("store.notRemoved", "The schedule {file} could not be removed", file=path.name)
        _change(lambda: remove_whole(path), failed)
        return True

    def _now_held(self, schedule: Schedule) -> Schedule | None:
        """The schedule as its file holds it now, or None when that is another setting or none."""
        try:
            held = read_schedule(self._path_of(schedule), self._zone)[1]
        except (BadRequest, OSError):
            return None
        return held if held.stamp == schedule.stamp else None

    def _path(self, unit_id: str | None, operation: Operation) -> Path:
        return self._folder / file_name(unit_id, operation)

    def _path_of(self, schedule: Schedule) -> Path:
        return self._path(schedule.unit_id, schedule.operation)

    def _look(self, name: str, known: tuple[Fingerprint, Schedule] | None) -> tuple[Fingerprint, Schedule]:
        """A file's fingerprint and schedule, read only if it changed. Raises BadRequest or OSError."""
        path = self._folder / name
        found = path.lstat()
        old_enough = abs(self._wall_ns() - found.st_ctime_ns) > TRUSTED_AFTER_NS
        if known is not None and known[0] == fingerprint(found) and old_enough:
            return known
        return read_schedule(path, self._zone)


def _change(change: Callable[[], None], failed: Sentence) -> None:
    """Change a file; a fault of the disk becomes a ControllerError that begins with what `failed`."""
    try:
        change()
    except OSError as error:
        raise ControllerError(say("store.fault", "{what}: {why}.", what=failed, why=_reason(error))) from error


def _why(error: BadRequest | OSError) -> Sentence:
    if isinstance(error, BadRequest):
        return error.sentence
    return say("store.unreadable", "It cannot be read: {why}.", why=_reason(error))


def _reason(error: OSError) -> Sentence:
    """The fault in the system's own words, without the path."""
    if error.errno == errno.ELOOP:
        return say("store.isLink", "it is a link")
    return foreign(error.strerror or type(error).__name__)
