"""Owns the file of heads beside the journal: a line for each head that was named, which no flood of the log pushes out.

Written by the journal's keeper, read by `--verify-journal` (M17).
"""

import contextlib
import os
import re
from datetime import datetime
from pathlib import Path

from main_controller.errors import ControllerError
from main_controller.sentence import say
from main_controller.store.atomic_file import flush_folder, write_whole
from main_controller.store.journal.row import Head

MOST = 1000
"""How many lines it holds; beyond, every second one of the older half goes."""

_LINE = re.compile(r"(?P<at>\S{1,40}) (?P<row>\d{1,18}) (?P<hash>[0-9a-f]{64})")


def heads_path(database: Path) -> Path:
    """Where the heads of the journal in `database` lie."""
    return database.with_name(f"{database.name}.heads")


class HeadsFile:
    """The file for the journal in `database`; one program writes it."""

    def __init__(self, database: Path) -> None:
        self.path = heads_path(database)

    def add(self, at: datetime, head: Head) -> None:
        """Put this head, named at `at`, at the end, on the disk when this returns. Raises ControllerError."""
        line = f"{at.isoformat(timespec='seconds')} {head.id} {head.hash}\n"
        try:
            self._append(line.encode())
            self._thin()
        except OSError as error:
            refused = say(
                "store.headsNotWritten",
                "{file} cannot be written: {why}.",
                file=self.path.name,
                why=error.strerror or type(error).__name__,
            )
            raise ControllerError(refused) from None

    def _append(self, line: bytes) -> None:
        fresh = not self.path.exists()
        with self.path.open("ab+") as file:
            if not fresh and file.seek(0, os.SEEK_END):
                file.seek(-1, os.SEEK_END)
                line = line if file.read(1) == b"\n" else b"\n" + line  # a power cut left half a line
            file.write(line)
            file.flush()
            os.fsync(file.fileno())
        if fresh:
            flush_folder(self.path.parent)

    def _thin(self) -> None:
        """Of too many, keep the newer half and of the older every second, from the first on."""
        lines = self.path.read_bytes().splitlines(keepends=True)
        if len(lines) <= MOST:
            return
        newer = len(lines) - MOST // 2
        with contextlib.suppress(PermissionError):  # who lets it only be appended to (chattr +a) keeps them all
            write_whole(self.path, b"".join([*lines[:newer:2], *lines[newer:]]))


def heads_in(path: Path) -> list[tuple[str, Head]]:
    """When each head in this file was named, and the head; none where there is no file. Raises OSError."""
    found = []
    with contextlib.suppress(FileNotFoundError), path.open(encoding="utf-8", errors="replace") as lines:
        for line in lines:
            matched = _LINE.fullmatch(line.rstrip("\n"))
            if matched is not None:
                found.append((matched["at"], Head(int(matched["row"]), matched["hash"])))
    return found
