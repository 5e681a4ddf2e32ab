"""Minutes that are on the disk and wait to be taken into the history's database, several at once, to spare the disk.

Used by `History`. One transaction of the database changes some ten pages of the disk for a minute of a few units; a
record of this file changes one or two. Each record is on the disk when `add` returns, so that a kill or a power cut
loses no more than a transaction of its own would. The file has a number, which the database keeps with the minutes that
it took in: those of a file whose number it has are not taken in twice.
"""

import logging
import os
import secrets
import struct
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec

from main_controller.store.atomic_file import flush_folder

log = logging.getLogger(__name__)

SUFFIX = ".minutes"
"""What stands behind the database's name in that of the file."""

MAGIC = b"APISMIN1"
_HEAD = struct.Struct("<8sQ")  # magic, the file's number
_RECORD = struct.Struct("<II")  # how long it is, and its CRC-32 with the file's number before it


class Minute(NamedTuple):
    """One unit's slot of a minute: `start` in s since 1970, `values` those of `columns.ALL`."""

    unit_id: str
    start: int
    values: tuple[int | None, ...]


_MINUTES = msgspec.msgpack.Decoder(list[Minute])


class WaitingMinutes:
    """The file at `path`; to be loaded before anything else is done. Used under one lock."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.rows: list[Minute] = []
        self.number = 0
        self.loaded = False
        self.usable = True  # False: what is in it cannot be read, and stays there
        self._size = 0  # where the next record goes; what lies behind is of an earlier number, or was cut off

    def load(self) -> None:
        """Read what an earlier run has left. What cannot be read, or is of another version, is told and stays there."""
        self.clear()
        self.loaded, self.usable = True, True
        try:
            content = self.path.read_bytes()
        except FileNotFoundError:
            return
        except OSError as error:
            log.error("%s cannot be read and stays as it is: %s", self.path.name, error.strerror or error)
            self.usable = False
            return
        if content.startswith(MAGIC[:-1]) and not content.startswith(MAGIC):
            log.error("%s is of another version of this program and stays as it is", self.path.name)
            self.usable = False
        if len(content) < _HEAD.size or not content.startswith(MAGIC):
            return
        number, at = _HEAD.unpack_from(content)[1], _HEAD.size
        while (found := _record(content, at, number)) is not None:
            minutes, at = found
            self.rows += minutes
        if self.rows:
            self.number, self._size = number, at

    def add(self, minutes: Sequence[Minute]) -> None:
        """Put these on the disk. Raises OSError, and then they are not in it."""
        if not self._size:
            self.number = secrets.randbits(62)  # known before it is written: it may be there though this fails
        body = msgspec.msgpack.encode(minutes)
        content = b"" if self._size else _HEAD.pack(MAGIC, self.number)
        content += _RECORD.pack(len(body), _digest(body, self.number)) + body
        new = not self.path.exists()
        descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o666)
        try:
            written = 0
            while written < len(content):
                written += os.pwrite(descriptor, content[written:], self._size + written)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        if new:
            flush_folder(self.path.parent)
        self._size += len(content)
        self.rows += minutes

    def clear(self) -> None:
        """They are in the database: the next are written over them, under another number."""
        self.rows, self.number, self._size = [], 0, 0

    def remove(self) -> None:
        """Take the file away once nothing waits. Raises OSError."""
        if self.usable and not self.rows:
            self.path.unlink(missing_ok=True)


def beside(database: Path) -> Path:
    """The file beside a database."""
    return database.with_name(database.name + SUFFIX)


def _record(content: bytes, at: int, number: int) -> tuple[list[Minute], int] | None:
    """The record that begins there, and where the next does; None where none of this number does."""
    if len(content) < at + _RECORD.size:
        return None
    length, digest = _RECORD.unpack_from(content, at)
    body = content[at + _RECORD.size : at + _RECORD.size + length]
    if len(body) < length or _digest(body, number) != digest:
        return None
    try:
        return _MINUTES.decode(body), at + _RECORD.size + length
    except msgspec.DecodeError:
        return None


def _digest(body: bytes, number: int) -> int:
    return zlib.crc32(body, zlib.crc32(number.to_bytes(8, "little")))
