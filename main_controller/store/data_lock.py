"""Holds the folders of the database and of the schedules for one program at a time, while its process lives.

Used by the controller, before it opens anything in them (Z6a, Z12). The lock is `flock` on the folder's own descriptor:
it needs no writing, is the same under every spelling of the folder's path, and goes with the process however that ends.
A program that is refused names the one that holds the folder, by the small file that it keeps there.
"""

import fcntl
import json
import logging
import os
import weakref
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from main_controller.domain.timestamps import iso_utc, said_iso
from main_controller.errors import ControllerError
from main_controller.sentence import Sentence, say
from main_controller.store.atomic_file import write_whole

log = logging.getLogger(__name__)


class InUse(ControllerError):
    """Another program holds a folder; the sentence names it."""


@dataclass(frozen=True, slots=True)
class DataFolder:
    """A folder with its links resolved, the setting that names it, and the file that says who holds it."""

    setting: str
    path: Path
    holder: Path


def data_folders(database: Path, schedules: Path) -> tuple[DataFolder, DataFolder]:
    """The folders of the database's file and of the schedules.

    The schedules' holder stands beside their folder, for what lies in it is taken for a schedule.
    """
    of_database = Path(os.path.realpath(database)).parent  # SQLite too follows a link to the file's own folder
    of_schedules = Path(os.path.realpath(schedules))
    return (
        DataFolder("database", of_database, of_database / ".in-use.json"),
        DataFolder("schedules", of_schedules, of_schedules.with_name(f".{of_schedules.name}.in-use.json")),
    )


class DataLock:
    """What this process holds, from `hold` to `release`; `wall` gives aware UTC, `flock` locks a descriptor."""

    def __init__(self, *, wall: Callable[[], datetime], flock: Callable[[int, int], None] = fcntl.flock) -> None:
        self._wall = wall
        self._flock = flock
        self._since: str | None = None
        self._address: str | None = None
        self._folders: tuple[DataFolder, ...] = ()
        self._held: set[tuple[int, int]] = set()
        self._descriptors: list[int] = []
        self._holders: list[Path] = []
        _LOCKS.add(self)

    def hold(self, folders: Collection[DataFolder]) -> None:
        """Lock each folder, made where it is missing; raises InUse when another program has one.

        A folder that cannot be opened or locked at all is used unlocked, and that is said: what uses it tells when it
        cannot be used, and a file system that knows no locks must keep nobody from stopping the grid.
        """
        self._since = iso_utc(self._wall())
        self._folders = tuple(folders)
        try:
            self._lock_all()
        except BaseException:
            self.close()
            raise
        self.tell(None)

    def follow(self) -> None:
        """Lock what has taken the place of a folder that was moved or removed; whatever goes wrong is said (M16)."""
        try:
            self._lock_all()
        except InUse as error:
            log.error("a folder was moved while the program ran, and another program is in its place: %s", error)
        else:
            self.tell(self._address)

    def _lock_all(self) -> None:
        """Lock each folder that is not held, and note where to say so; raises InUse."""
        opened: dict[tuple[int, int], tuple[DataFolder, int]] = {}
        for folder in self._folders:
            descriptor = _open(folder)
            if descriptor is None:
                continue
            found = os.fstat(descriptor)
            place = (found.st_dev, found.st_ino)
            if place in self._held:
                os.close(descriptor)
                continue
            self._descriptors.append(descriptor)
            opened.setdefault(place, (folder, descriptor))
        for place, (folder, descriptor) in sorted(opened.items()):  # in one order, so that of two one begins
            self._lock(folder, descriptor)
            self._held.add(place)
            self._holders.append(folder.holder)

    def tell(self, address: str | None) -> None:
        """Write down for others who holds the folders and where it answers; a disk that refuses is no fault."""
        self._address = address
        self._holders = list(dict.fromkeys(self._holders))
        text = json.dumps({"pid": os.getpid(), "address": address, "since": self._since}) + "\n"
        for holder in self._holders:
            try:
                write_whole(holder, text.encode())
            except OSError as error:
                log.info("%s cannot say who uses the folder: %s", holder, error.strerror)

    def release(self) -> None:
        """Let the folders go, and take away what `tell` wrote."""
        for holder in self._holders:
            try:
                holder.unlink(missing_ok=True)
            except OSError as error:
                log.info("%s still names this program: %s", holder, error.strerror)
        self._holders = []
        self.close()

    def close(self) -> None:
        """Close the descriptors, which in a forked child leaves the parent's lock as it is."""
        descriptors, self._descriptors = self._descriptors, []
        self._held = set()
        for descriptor in descriptors:
            os.close(descriptor)

    def _lock(self, folder: DataFolder, descriptor: int) -> None:
        try:
            self._flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            in_use = say(
                "store.inUse",
                "{folder} (setting {setting}) is in use by {holder}; end that one first, "
                "or give this one folders of its own (settings database and schedules).",
                folder=str(folder.path),
                setting=folder.setting,
                holder=_holder(folder.holder),
            )
            raise InUse(in_use) from None
        except OSError as error:
            log.warning(
                "%s (setting %s) cannot be locked (%s): nothing keeps a second program from using it too",
                folder.path, folder.setting, error.strerror,
            )  # fmt: skip


_NOBODY_KNOWN = say("store.anotherProgram", "another program")
_LOCKS: "weakref.WeakSet[DataLock]" = weakref.WeakSet()


def _close_in_child() -> None:
    """A forked child that outlives this process would keep its folders."""
    for lock in list(_LOCKS):
        lock.close()


os.register_at_fork(after_in_child=_close_in_child)


def _open(folder: DataFolder) -> int | None:
    try:
        folder.path.mkdir(parents=True, exist_ok=True)
        return os.open(folder.path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as error:
        log.warning("%s (setting %s) cannot be locked: %s", folder.path, folder.setting, error.strerror)
        return None


def _holder(path: Path) -> Sentence:
    """Who holds a folder, as far as its file tells and that process lives."""
    try:
        told: Any = json.loads(path.read_bytes())
        pid, address, since = int(told["pid"]), told["address"], told["since"]
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        return _NOBODY_KNOWN
    if not Path(f"/proc/{pid}").exists():
        return _NOBODY_KNOWN
    if not address:
        return say(
            "store.processSince",
            "another program: process {process}, started {since}",
            process=pid,
            since=said_iso(since)[:40],
        )
    return say(
        "store.processAnswering",
        "another program: process {process}, which answers at {address}, started {since}",
        process=pid,
        address=str(address)[:200],
        since=said_iso(since)[:40],
    )
