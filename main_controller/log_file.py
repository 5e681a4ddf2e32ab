"""A file of the log: a new one each midnight and whenever it is large, the old ones bounded in number and size (Z20).

A line that is marked `AT_TOP` is told again at the top of each new file, so that no flood pushes the last of them out.

Used by `logs.py` in the place of the standard library's handler, which logging.conf names. Several programs of one
checkout may write the same file.
"""

import contextlib
import fcntl
import logging
import os
import re
import time
from collections.abc import Mapping
from io import TextIOWrapper
from logging.handlers import TimedRotatingFileHandler
from pathlib import Path

MEGABYTE = 1_000_000

PARTS = 10
"""A file is turned when it holds this part of what all may hold together."""

AGAIN_AFTER = 60.0
"""How long (s) after a file could not be turned by its size it is tried again."""

AT_TOP: Mapping[str, object] = {"at_top": True}
"""The `extra` of such a line."""

_OLD = re.compile(r"\.(\d{4}-\d{2}-\d{2})(?:\.(\d+))?")
"""What stands behind the name of an old file: its day, and of a file that was turned by its size which of the day."""


class SharedDayFile(TimedRotatingFileHandler):
    """A log that several programs of one checkout may write; `most` (bytes) is what all its files may hold together.

    The standard one would have the second to come to midnight replace the day's file by its own few lines after it.
    Its folder is made when it is missing, and a file that cannot be turned is gone on with (M10). A file that was
    turned by its size has a number behind its day. Of the oldest days so many go that no more than `backupCount` are
    kept, and so many files that the bound holds.
    """

    most: int | None = None
    _not_before = 0.0
    _top: logging.LogRecord | None = None

    def emit(self, record: logging.LogRecord) -> None:
        """Write the line, in a new file where it is time."""
        super().emit(record)
        if getattr(record, "at_top", False):
            self._top = record

    def _open(self) -> TextIOWrapper:
        with contextlib.suppress(OSError):
            Path(self.baseFilename).parent.mkdir(parents=True, exist_ok=True)
        return super()._open()

    def shouldRollover(self, record: logging.LogRecord) -> bool:
        """Whether it is midnight, or the file is large enough."""
        return bool(super().shouldRollover(record)) or self._is_large()

    def _is_large(self) -> bool:
        if self.most is None or self.stream is None or time.monotonic() < self._not_before:
            return False
        about = os.fstat(self.stream.fileno())
        return about.st_size >= self.most // PARTS and Path(self.baseFilename).is_file()

    def doRollover(self) -> None:
        """Turn the file, or go on in the new one where another program has turned it."""
        self._turn_or_follow()
        if self._top is not None and time.monotonic() >= self._not_before:
            logging.FileHandler.emit(self, self._top)

    def _turn_or_follow(self) -> None:
        if self.stream is None:
            self._turn()
            return
        old = os.dup(self.stream.fileno())  # keeps the lock while the stream is closed and the file renamed
        try:
            with contextlib.suppress(OSError):  # a file system without locks: then as good as without this class
                fcntl.flock(old, fcntl.LOCK_EX)
            if _is_at(old, self.baseFilename):
                self._turn()
                return
            self.stream.close()
            self.stream = self._open()
            self.rolloverAt = self.computeRollover(int(time.time()))
        finally:
            os.close(old)

    def _turn(self) -> None:
        try:
            if time.time() < self.rolloverAt:
                self._turn_by_size()
            else:
                super().doRollover()
        except OSError:
            self.rolloverAt = self.computeRollover(int(time.time()))
            self._not_before = time.monotonic() + AGAIN_AFTER
        self._prune()

    def _turn_by_size(self) -> None:
        """Name the file by its day and the next number, and begin a new one."""
        if self.stream is not None:
            self.stream.close()
            self.stream = None  # the next line opens it
        day = time.strftime("%Y-%m-%d", time.localtime(self.rolloverAt - 1))
        numbers = [number for _, found, number in self._old_files() if found == day]
        Path(self.baseFilename).rename(f"{self.baseFilename}.{day}.{max(numbers, default=0) + 1}")

    def getFilesToDelete(self) -> list[str]:
        """Nothing: what goes is decided in one place."""
        return []

    def _prune(self) -> None:
        """Remove the oldest files: of days beyond the last `backupCount`, and of what is more than `most` in all."""
        old = self._old_files()
        days = sorted({day for _, day, _ in old}, reverse=True)
        kept = set(days[: self.backupCount] if self.backupCount > 0 else days)
        room = None if self.most is None else self.most - self.most // PARTS
        for path, day, _ in reversed(old):
            with contextlib.suppress(OSError):
                if room is not None:
                    room -= path.stat().st_size
                if day not in kept or (room is not None and room < 0):
                    path.unlink()

    def _old_files(self) -> list[tuple[Path, str, int]]:
        """The files that were turned, the oldest first: path, day, and number within it (the day's last has none)."""
        base = Path(self.baseFilename)
        found = []
        with contextlib.suppress(OSError):
            for path in base.parent.iterdir():
                rest = path.name.removeprefix(base.name)
                matched = _OLD.fullmatch(rest) if rest != path.name else None
                if matched is not None:
                    found.append((path, matched[1], int(matched[2] or 0)))
        return sorted(found, key=lambda one: (one[1], one[2] == 0, one[2]))


def _is_at(descriptor: int, path: str) -> bool:
    """Whether the open file still has this name."""
    try:
        return os.path.samestat(os.fstat(descriptor), Path(path).stat())
    except FileNotFoundError:
        return False
