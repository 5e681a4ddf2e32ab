"""Owns the folder of the black box: takes segments in, finds them by time, lets the oldest go, sets broken ones aside.

Used by the black box. Bytes win over hours. How long is kept counts by what was recorded and not by the calendar: a
clock that is wrong by a year, or a program that stood still for one, takes no evidence away.
"""

import logging
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple, TypeVar

from main_controller.sentence import say
from main_controller.store.atomic_file import flush_folder, remove_unfinished, write_whole
from main_controller.store.black_box.entries import Message
from main_controller.store.black_box.segment import BadSegment, Head, Segment, file_of, read_head, read_segment

log = logging.getLogger(__name__)

Found = TypeVar("Found")

MB = 1_000_000
SUFFIX = ".box"
ASIDE = ".damaged"
"""What is put behind the name of a file that is no whole segment; it stays until its room is needed."""

DIGITS = 10
"""How many digits of its place a name begins with."""

TOLD = 20
"""How many broken files are told one by one at a start."""


class Kept(NamedTuple):
    """One segment in the folder, by what its head says; `place` is that in the order of writing, `size` in bytes."""

    path: Path
    place: int
    number: int
    begins: datetime
    ends: datetime
    start: str
    version: str
    lost: Message | None
    gaps: tuple[tuple[datetime, datetime], ...]
    size: int


class Shelf:
    """The `folder`, of at most `megabytes` and `hours` of what was recorded."""

    def __init__(self, folder: Path, *, megabytes: int, hours: float) -> None:
        self.folder = folder
        self.bytes = megabytes * MB
        self.hours = hours
        self._longest = timedelta(hours=hours)
        self._changing = threading.Lock()  # protects the two lists where they are replaced; held for moments
        self._kept: tuple[Kept, ...] = ()  # in the order of writing; replaced whole
        self._aside: dict[Path, int] = {}
        self._loaded = False

    @property
    def kept(self) -> Sequence[Kept]:
        """What is there, in the order of writing."""
        return self._kept

    @property
    def loaded(self) -> bool:
        """Whether the folder has been looked through since the start."""
        return self._loaded

    @property
    def used(self) -> int:
        """How many bytes the folder holds."""
        return sum(one.size for one in self._kept) + sum(self._aside.values())

    def load(self) -> None:
        """Look through the folder, once at start. Raises OSError."""
        self.folder.mkdir(parents=True, exist_ok=True)
        remove_unfinished(self.folder)
        found: list[Kept] = []
        broken: list[tuple[Path, BadSegment]] = []
        for path in sorted(self.folder.iterdir()):
            if not path.name.endswith((SUFFIX, ASIDE)):
                continue
            try:
                if path.name.endswith(ASIDE):
                    self._aside[path] = path.lstat().st_size
                else:
                    found.append(_kept(path, read_head(path), path.stat().st_size))
            except BadSegment as bad:
                broken.append((path, bad))
            except OSError as error:  # that one alone cannot be read, or it went meanwhile
                log.error("%s cannot be read, and stays: %s", path, error.strerror or error)
        with self._changing:
            self._kept = tuple(sorted(found, key=lambda one: one.place))
            self._loaded = True
        for index, (path, fault) in enumerate(broken):
            self.set_aside(path, fault, tell=index < TOLD)
        if len(broken) > TOLD:
            log.error("%d more files of the black box are broken and set aside", len(broken) - TOLD)

    def add(self, segment: Segment) -> None:
        """Take a segment in, whole or not at all; what there is no room for goes first. Raises OSError."""
        head, content = segment.head, file_of(segment)
        self._prune(len(content))
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / f"{self._next_place():0{DIGITS}d}-{head.begins:%Y%m%dT%H%M%S}Z{SUFFIX}"
        write_whole(path, content)
        with self._changing:
            self._kept = (*self._kept, _kept(path, head, len(content)))

    def _next_place(self) -> int:
        """Behind all that is there, and behind what was set aside, so that it shows that something was between."""
        places = [*(one.place for one in self._kept[-1:]), *map(_place_in, self._aside)]
        return max(places, default=0) + 1

    def hold(self, one: Kept) -> None:
        """Have a file that somebody put into the folder counted as one of its own."""
        with self._changing:
            self._kept = tuple(sorted((*self._kept, one), key=lambda each: (each.place, each.begins)))

    def drop(self, one: Kept) -> None:
        """Remove a segment. Raises OSError."""
        with self._changing:
            self._kept = tuple(each for each in self._kept if each.path != one.path)
        one.path.unlink(missing_ok=True)

    def read(self, one: Kept) -> Segment | None:
        """A segment; None where it is broken, and set aside with that, or gone."""
        return self._read(read_segment, one.path)

    def head(self, one: Kept) -> Head | None:
        """The head of a segment; None as with `read`."""
        return self._read(read_head, one.path)

    def _read(self, how: Callable[[Path], Found], path: Path) -> Found | None:
        try:
            return how(path)
        except BadSegment as bad:
            self.set_aside(path, bad)
        except FileNotFoundError:
            self._forget(path)
        except OSError as error:
            log.warning("%s of the black box cannot be read: %s", path.name, error.strerror or error)
        return None

    def _forget(self, path: Path) -> None:
        """Tell no longer of a segment that somebody took away; its time is a gap."""
        with self._changing:
            known = any(one.path == path for one in self._kept)
            self._kept = tuple(one for one in self._kept if one.path != path)
        if known:
            log.error("%s of the black box is gone", path.name)

    def set_aside(self, path: Path, bad: BadSegment, *, tell: bool = True) -> None:
        """Have a file that is no whole segment out of the way, told once; from any thread."""
        aside = path.with_name(path.name + ASIDE)
        with self._changing:
            if path not in {one.path for one in self._kept} and aside in self._aside:
                return
            self._kept = tuple(one for one in self._kept if one.path != path)
            try:
                size = path.lstat().st_size
                path.rename(aside)
            except OSError as error:
                log.error("%s of the black box is broken and stays: %s", path.name, error.strerror or error)
                return
            self._aside[aside] = size
        if tell:
            log.error("%s of the black box is broken and set aside: %s", path.name, bad.sentence)

    def _prune(self, more: int) -> None:
        """Let the oldest go until there is room for so many bytes more, and what is older than is kept."""
        with self._changing:
            kept, aside = list(self._kept), dict(self._aside)
            over = sum(one.size for one in kept) + sum(aside.values()) + more - self.bytes
            gone: list[Path] = []
            for path, size in sorted(aside.items()):
                if over > 0:
                    over -= size
                    gone.append(path)
            lasted = sum((one.ends - one.begins for one in kept), timedelta())
            while kept and (over > 0 or lasted - (kept[0].ends - kept[0].begins) > self._longest):
                oldest = kept.pop(0)
                over -= oldest.size
                lasted -= oldest.ends - oldest.begins
                gone.append(oldest.path)
            self._kept, self._aside = tuple(kept), {path: size for path, size in aside.items() if path not in gone}
        for path in gone:
            remove_odd(path)
        if gone:
            flush_folder(self.folder)


def remove_odd(path: Path) -> None:
    """Remove a file that may be gone, or be none: a folder of that name is somebody's own, and stays."""
    with suppress(IsADirectoryError):
        path.unlink(missing_ok=True)


def _kept(path: Path, head: Head, size: int) -> Kept:
    return Kept(
        path, _place(path), head.number, head.begins, head.ends, head.start, head.version, head.lost, head.gaps, size
    )


def _place(path: Path) -> int:
    """Where a file stands in the order of writing. Raises BadSegment for a name that is none of ours."""
    place = _place_in(path)
    if place == 0:
        raise BadSegment(say("store.noSegmentsName", "its name is none that a segment has"))
    return place


def _place_in(path: Path) -> int:
    """As `_place`, 0 for a name that is none of ours."""
    digits = path.name.partition("-")[0]
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) == DIGITS else 0
