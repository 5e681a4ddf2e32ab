"""An operator has looked at live hardware that nobody watches: Z6a. Used by `/acknowledge`."""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from main_controller.domain.commands import Command
from main_controller.domain.stamp import UNSTAMPED, Stamp
from main_controller.errors import NotFound
from main_controller.operations.desk import Desk


class Book(Protocol):
    """Where acknowledgements are kept."""

    def acknowledge(self, unit_id: str, word: str | None, by: str, at: datetime) -> None:
        """Keep it until the unit tells anything new."""
        ...


class Acknowledge:
    """Takes note of an acknowledgement; whatever the unit tells anew lifts it."""

    def __init__(self, desk: Desk, book: Book, *, told: Callable[[str], None] = lambda unit_id: None) -> None:
        self._desk = desk
        self._book = book
        self._told = told

    def order(self, unit_id: str, by: str, *, stamp: Stamp = UNSTAMPED) -> Command:
        """Acknowledge one unit; NotFound for a stranger, Refused when there is nothing to acknowledge."""
        desk = self._desk
        snapshot = desk.cache.snapshot()
        fact = desk.picture().facts.get(unit_id)
        if fact is None:
            raise NotFound(f"There is no unit {unit_id!r}.")
        command = desk.begin("acknowledge", unit_id, {"acknowledged": True}, by, stamp=stamp)
        desk.timely(command, stamp)
        if not fact.unwatched:
            raise desk.refuse(
                command, f"{unit_id} is watched, or was last seen in Wait; there is nothing to acknowledge."
            )
        self._book.acknowledge(unit_id, snapshot.last_word(unit_id), by, desk.wall())
        self._told(unit_id)
        return desk.verify(desk.accept(command))
