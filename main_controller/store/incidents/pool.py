"""Owns the segments that incidents keep: the black box's own files, linked or copied, until no incident wants them.

Used by the incidents, and by the black box, which shows moments of the past from it too.
"""

import logging
import os
from collections.abc import Callable
from pathlib import Path

from main_controller.store.atomic_file import flush_folder, write_whole
from main_controller.store.black_box.shelf import Kept, Shelf, remove_odd

log = logging.getLogger(__name__)


class Pool(Shelf):
    """The `folder`; how much it may hold its owner sees to."""

    def __init__(self, folder: Path, *, megabytes: int) -> None:
        super().__init__(folder, megabytes=megabytes, hours=0)

    def take(self, one: Kept) -> bool:
        """Take in a segment of the black box; whether it was still there. Raises OSError."""
        path = self.folder / one.path.name
        self.folder.mkdir(parents=True, exist_ok=True)
        try:
            _link(one.path, path)
        except FileNotFoundError:
            log.warning("%s left the black box before it could be kept", one.path.name)
            return False
        self.hold(one._replace(path=path))
        return True

    def drop_broken(self) -> None:
        """Remove what was set aside because it is broken: its room is the first to be taken. Raises OSError."""
        with self._changing:
            broken, self._aside = self._aside, {}
        for path in broken:
            remove_odd(path)

    def let_go(self, wanted: Callable[[Kept], bool]) -> None:
        """Remove what nobody wants any more."""
        gone = [one for one in self.kept if not wanted(one)]
        for one in gone:
            self.drop(one)
        if gone:
            flush_folder(self.folder)


def _link(old: Path, new: Path) -> None:
    """Have the same file at a second place: as a link where the disk has them, else as a copy, whole or not at all."""
    try:
        os.link(old, new)
    except FileExistsError:
        return  # a kill came before it was taken note of
    except FileNotFoundError:
        raise
    except OSError:
        write_whole(new, old.read_bytes())
    flush_folder(new.parent)
