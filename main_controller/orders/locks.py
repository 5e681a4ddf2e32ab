"""Locks for maintenance (lockout/tagout): a named person keeps a unit or the cluster from being started.

Used by `/setLock` and `/clearLock`. What a lock refuses stands in the rules (`rules/mode_rules.py`, the desk).
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from main_controller.domain.actor import Actor
from main_controller.domain.commands import Command
from main_controller.domain.orders import LockOrder, UnlockOrder
from main_controller.domain.scope import named_first
from main_controller.domain.stamp import UNSTAMPED, Stamp
from main_controller.orders.desk import Desk
from main_controller.rules.mode_rules import why_not_lock
from main_controller.sentence import say


class Book(Protocol):
    """Where locks are kept, over restarts."""

    def all(self) -> Mapping[str, Mapping[str, Any]]:
        """Every lock by scope, "" for the cluster."""
        ...

    def set(self, scope: str, name: str, reason: str, at: datetime) -> Mapping[str, Any]:
        """Keep a lock and return it; raises ControllerError when it could not be kept."""
        ...

    def clear(self, scope: str, name: str) -> Mapping[str, Any]:
        """Take a lock off by the name that holds it and return it; raises Refused or NotFound."""
        ...


class Told(Protocol):
    """Whoever journals what became of a lock."""

    def __call__(
        self,
        by: str,
        scope: str,
        *,
        before: Mapping[str, Any] | None,
        after: Mapping[str, Any] | None,
        command_id: str | None = None,
    ) -> None:
        """Take note of a lock that was set by this order, or taken off where `after` is None."""
        ...


class SetLock:
    """Sets and takes off locks; `told` journals each with the lock before and after."""

    def __init__(self, desk: Desk, book: Book, *, told: Told) -> None:
        self._desk = desk
        self._book = book
        self._told = told

    def all(self) -> Mapping[str, Mapping[str, Any]]:
        """Every lock by scope, "" for the cluster."""
        return self._book.all()

    def set(self, unit_id: str | None, name: str, reason: str, by: Actor, *, stamp: Stamp = UNSTAMPED) -> Command:
        """Lock a unit, once it is seen with local mode stop and in Wait, or the cluster at any time."""
        desk = self._desk
        if unit_id is not None:
            desk.known(unit_id)
        scope = unit_id or ""
        command = desk.begin(LockOrder(unit_id, name, reason), by, stamp=stamp)
        with desk.seen_through(command):
            with desk.commands.deciding():
                desk.timely(command, stamp)
                held = self._book.all().get(scope)
                if held is not None:
                    taken = say(
                        "orders.lockedAlready",
                        "{scope} is locked already, by {name}.",
                        scope=named_first(unit_id),
                        name=held["name"],
                    )
                    raise desk.refuse(command, taken)
                why = why_not_lock(scope, desk.grid()) if scope else None
                if why:
                    raise desk.refuse(command, why)
                kept = self._book.set(scope, name, reason, desk.wall())  # before any other order is checked (Z8b)
            self._told(str(by), scope, before=None, after=kept, command_id=command.id)
            return desk.verify(desk.accept(command))

    def clear(
        self, unit_id: str | None, name: str, by: Actor, *,
        reason: str = "", engineer: bool = False, stamp: Stamp = UNSTAMPED,
    ) -> Command:  # fmt: skip
        """Take a lock off by its name; any unit that has a lock will do (Z7).

        Who is logged in takes off its own; another's only an `engineer` does, for a `reason`.
        """
        desk = self._desk
        command = desk.begin(UnlockOrder(unit_id, name, reason), by, stamp=stamp)
        with desk.seen_through(command):
            desk.timely(command, stamp)
            desk.not_while_latched(command)
            held = self._book.all().get(unit_id or "")
            if by.account and held is not None and held["name"] != name:
                if not engineer or not reason:
                    why = say(
                        "orders.othersLock",
                        "The lock on {scope} is of {name}: an engineer takes it off too, with a reason.",
                        scope=named_first(unit_id), name=held["name"],
                    )  # fmt: skip
                    raise desk.refuse(command, why)
                name = held["name"]
            taken = self._book.clear(unit_id or "", name)
            self._told(str(by), unit_id or "", before=taken, after=None, command_id=command.id)
            return desk.verify(desk.accept(command))
