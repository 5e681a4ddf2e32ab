"""Small writes that may wait for the next transaction, the newest for each key in place of older ones.

Used by the known units, so that the collector never waits for the disk; written by whoever writes the journal.
"""

import sqlite3
import threading
from collections.abc import Hashable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, eq=False)
class Write:
    """One statement with its values."""

    statement: str
    values: tuple[str | float | None, ...]


class Later:
    """What waits to be written, by key: never more than there are keys, however long the disk is away."""

    def __init__(self) -> None:
        self._changing = threading.Lock()  # protects the mapping; held for dictionary work only
        self._waiting: dict[Hashable, Write] = {}

    def put(self, key: Hashable, statement: str, values: tuple[str | float | None, ...]) -> None:
        """Have this written with the next transaction, in place of what waits under the same key."""
        with self._changing:
            self._waiting.pop(key, None)
            self._waiting[key] = Write(statement, values)

    def waiting(self) -> Mapping[Hashable, Write]:
        """What waits now."""
        with self._changing:
            return dict(self._waiting)

    @staticmethod
    def write(connection: sqlite3.Connection, writes: Mapping[Hashable, Write]) -> None:
        """Write them within the caller's transaction; raises sqlite3.Error."""
        for write in writes.values():
            connection.execute(write.statement, write.values)

    def done(self, writes: Mapping[Hashable, Write]) -> None:
        """Forget what was written, unless something newer waits under its key."""
        with self._changing:
            for key, write in writes.items():
                if self._waiting.get(key) is write:
                    del self._waiting[key]
