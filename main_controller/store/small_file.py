"""Owns small files of JSON that only help: what they hold may be old, missing or spoilt, and nothing waits for them.

Made by `choices.py` for what the upstream remembers over a restart; a worker saves them.
"""

import errno
import json
import logging
from collections.abc import Callable
from pathlib import Path

from main_controller.store.atomic_file import write_whole

log = logging.getLogger(__name__)

LARGEST = 2 * 2**20
"""How large (bytes) such a file may be; a larger one is not read and not written."""


class SmallFile:
    """The file at `path`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._saved = 0

    def load(self) -> object:
        """The JSON value in it; None where there is none that can be read, which is told in the log."""
        try:
            if not self.path.is_file():
                return None
            with self.path.open("rb") as file:
                text = file.read(LARGEST + 1)
        except OSError as error:
            log.error("%s cannot be read: %s", self.path.name, error.strerror or error)
            return None
        try:
            if len(text) > LARGEST:
                raise ValueError("it is too large")
            value: object = json.loads(text)
        except (ValueError, RecursionError) as error:
            log.error("%s is of no use and will be written anew: %s", self.path.name, error)
            return None
        return value

    def save_if_changed(self, version: int, value: Callable[[], object]) -> None:
        """Write `value()` unless this version was written already; 0 is what was loaded. Raises OSError."""
        if version == self._saved:
            return
        content = json.dumps(value()).encode()
        if len(content) > LARGEST:
            raise OSError(errno.EFBIG, f"{self.path.name} would be larger than {LARGEST} bytes")
        self.path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(self.path, content)
        self._saved = version
