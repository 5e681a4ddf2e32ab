"""Owns the write-behind buffer: the latest pending write per key, until the database's writer takes it to the disk.

Used by the known units, so that the collector never waits for the disk.
"""

import sqlite3
import threading
from collections.abc import Callable, Hashable
from contextlib import AbstractContextManager
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, eq=False)
class Write:
    """One statement with its values."""

    statement: str
    values: tuple[str | float | None, ...]


class WriteBehind:
    """What waits to be written, by key: never more than there are keys, however long the disk is away."""

    def __init__(self) -> None:
        self._changing = threading.Lock()  # protects the mapping; held for dictionary work only
        self._waiting: dict[Hashable, Write] = {}

    def put(self, key: Hashable, statement: str, values: tuple[str | float | None, ...]) -> None:
        """Have this written, in place of what waits under the same key."""
        with self._changing:
            self._waiting.pop(key, None)
            self._waiting[key] = Write(statement, values)

    def waiting(self) -> dict[Hashable, Write]:
        """What waits now."""
        with self._changing:
            return dict(self._waiting)

    def write(self, writing: Callable[[], AbstractContextManager[sqlite3.Connection]]) -> None:
        """Write what waits now in one transaction of `writing`; raises its fault, and then everything waits on."""
        writes = self.waiting()
        if not writes:
            return
        with writing() as connection:
            for write in writes.values():
                connection.execute(write.statement, write.values)
        with self._changing:
            for key, write in writes.items():
                if self._waiting.get(key) is write:  # nothing newer came meanwhile
                    del self._waiting[key]
