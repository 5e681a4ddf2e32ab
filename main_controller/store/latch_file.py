"""Owns the file that latches the E-stop: whoever makes it, this program, a person or a contact's script (I17).

Used by `EStop`. Whatever cannot be read counts as a latch: only a file that surely is not there does not.
"""

import json
import os
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from main_controller.clock import utc_now
from main_controller.domain.timestamps import iso_utc
from main_controller.sentence import Sentence, messages, said_again, say
from main_controller.store.atomic_file import flush_folder, write_whole

LARGEST = 4096
"""How much (bytes) of the file is read."""

LONGEST = 300
"""How many characters of a name or reason are kept."""


@dataclass(frozen=True, slots=True)
class Latch:
    """Who latched the E-stop, why ("": no reason was given), and since when (ISO 8601 UTC).

    `by_file`: whoever made the file did, which is all that is known of them.
    """

    by: str
    reason: str
    since: str
    by_file: bool = False


class LatchFile:
    """The file at `path`; its folder is made when it is written."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @property
    def name(self) -> str:
        """The file's own name, for sentences."""
        return self._path.name

    def read(self) -> Latch | None:
        """What the file says; None where there surely is none."""
        try:
            since = datetime.fromtimestamp(os.lstat(self._path).st_ctime, UTC)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            why = say("store.latchUntold", "nobody can tell whether it is there: {why}", why=error.strerror)
            return self._latch(why, utc_now())
        try:
            text = self._text()
        except FileNotFoundError:  # removed just now, or a link to nowhere, which latches
            return self._latch("", since) if os.path.lexists(self._path) else None
        except OSError as error:
            return self._latch(say("store.latchUnreadable", "it cannot be read: {why}", why=error.strerror), since)
        return _own(text) or self._latch(plain(text), since)

    def write(self, latch: Latch) -> None:
        """Keep a latch over restarts; on a full disk without who and why. Raises OSError."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        try:
            said = messages(one for one in (latch.by, latch.reason) if isinstance(one, Sentence))
            write_whole(self._path, json.dumps({**asdict(latch), "messages": said}).encode())
        except OSError as fault:
            self._make_empty(fault)

    def remove(self) -> None:
        """Take the file away, so that a power cut does not bring it back. Raises OSError where it is still there."""
        try:
            self._path.unlink()
        except (FileNotFoundError, NotADirectoryError):
            return
        flush_folder(self._path.parent)

    def _make_empty(self, fault: OSError) -> None:
        """Make a file that holds nothing, for which a full disk mostly has room; raises `fault` where it has none."""
        try:
            os.close(os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666))
            flush_folder(self._path.parent)
        except OSError as error:
            raise fault from error

    def _text(self) -> str:
        descriptor = os.open(self._path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)  # a pipe keeps nobody waiting
        try:
            return os.read(descriptor, LARGEST).decode(errors="replace")
        finally:
            os.close(descriptor)

    def _latch(self, reason: str, since: datetime) -> Latch:
        return Latch(say("store.latchFile", "the file {file}", file=self.name), reason, iso_utc(since), by_file=True)


def plain(text: str) -> str:
    """A name or reason as one line that can be shown."""
    statuses = "".join(character if character.isprintable() else " " for character in text)
    return " ".join(statuses.split())[:LONGEST]


def _own(text: str) -> Latch | None:
    """A latch as `write` keeps it; None for whatever else the file holds."""
    try:
        told = json.loads(text)
        parts = [told["by"], told["reason"], told["since"]]
        datetime.fromisoformat(parts[2])
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    if not all(isinstance(part, str) for part in parts):
        return None
    by, reason = (said_again(plain(part), told.get("messages")) for part in parts[:2])
    return Latch(by, reason, plain(parts[2]), by_file=told.get("by_file") is True)
