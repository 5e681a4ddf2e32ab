"""Tells a unit of which nothing was recorded yet from one that nobody knows, as a mistyped id (V8, K12).

Used by the routes of the history and of the ledger.
"""

from typing import Protocol

from main_controller.web.readings import SnapshotSource
from main_controller.web.unit_readings import check_known


class Kept(Protocol):
    """Where minutes and deals are kept."""

    def knows(self, unit_id: str) -> bool:
        """Whether anything was ever recorded of this unit; raises ControllerError."""


class RecordedUnits:
    """Those that the record knows, also when they have left, and those that the program knows now."""

    def __init__(self, kept: Kept, cache: SnapshotSource) -> None:
        self._kept = kept
        self._cache = cache

    def check(self, unit_id: str | None) -> None:
        """Raises NotFound for a stranger, NoDataYet where apis-web has told of no unit yet; None is the cluster."""
        if unit_id is None or self._kept.knows(unit_id):
            return
        snapshot = self._cache.snapshot()
        if unit_id not in snapshot.forgotten:
            check_known(snapshot, unit_id)
