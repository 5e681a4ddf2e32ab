"""Writes what waits for the disk as it comes, and sees within a beat that the file was moved or replaced (M16)."""

from collections.abc import Callable
from datetime import datetime

from main_controller.clock import utc_now
from main_controller.store.database import Database
from main_controller.workers.periodic import Health, Periodic

BEAT = 1.0
"""How often (s) it looks, besides at once whenever something waits; also how often a full disk is tried again."""


class DatabaseWriter:
    """The one thread that writes for the database's clients; `wall` gives aware UTC."""

    def __init__(self, database: Database, *, wall: Callable[[], datetime] = utc_now) -> None:
        self._database = database
        self._thread = Periodic("database", BEAT, database.write_once, wall=wall)
        database.roused_by(self._thread.wake)

    @property
    def health(self) -> Health:
        """How it is doing; an outage is in the log at ERROR when it starts and at INFO when it ends."""
        return self._thread.health

    def start(self) -> None:
        """Start the thread; once only."""
        self._thread.start()

    def stop(self, timeout: float = 5.0) -> bool:
        """End the thread within `timeout` s and write what came last; whether everything is on the disk."""
        if not self._thread.stop(timeout):
            return False
        self._thread.run_once()
        return self._database.fault is None
