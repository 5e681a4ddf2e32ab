"""The orders of this process: their records, found by id and by key, and told to listeners (Z8b, H1).

Used by the orders and by all that follows them. `deciding` makes an order's check and its entry one step for the whole
cluster; the record's own lock is held for moments only and never while anything is sent, so Wait and stop wait for
nobody (Z8).
"""

import logging
import threading
from collections import OrderedDict, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import islice
from typing import Any

from main_controller.domain.commands import Command, CommandState, stops_or_changes
from main_controller.domain.identity import LONGEST_ID
from main_controller.errors import NotFound, Refused
from main_controller.orders.effects import Effects
from main_controller.sentence import say

log = logging.getLogger(__name__)

Listener = Callable[[Command | None, Command], None]
"""Called after every change with the record before (None: new) and after."""


class KeyTaken(Refused):
    """An order came with the key of an earlier one, `command`: nothing is sent again (409 where it is told at all).

    `same` says whether the earlier one asked for the same.
    """

    def __init__(self, command: Command, *, same: bool) -> None:
        sentence = say(
            "orders.keyTaken",
            "The key {key} was given to another order, {command}; every order needs a key of its own.",
            key=command.key,
            command=command.id,
        )
        super().__init__(sentence, details={"command": command.id, "sent": False})
        self.command = command
        self.same = same


KEPT_COMMANDS = 1000
KEPT_KEYS = 8000
KEPT_MOVES = 2


class Register:
    """All commands of this process, newest kept; `effects` is what may be in force because of them."""

    def __init__(self, *, first_number: int = 1) -> None:
        self.effects = Effects()
        self._record = threading.Lock()  # protects every field below; only dictionary work happens under it
        self._changed = threading.Condition(self._record)
        self._deciding = threading.RLock()  # check and entry of orders that rules bind; never held while sending
        self._commands: OrderedDict[str, Command] = OrderedDict()
        self._keys: OrderedDict[str, tuple[str, str]] = OrderedDict()  # key -> its command's id, and what was asked
        self._moves: dict[str | None, deque[str]] = {}  # per scope the last stops and modes that count
        self._pinned: dict[str, Command] = {}  # of those moves what is no longer listed
        self._keyed: OrderedDict[str, Command] = OrderedDict()  # no longer listed, but found by their key
        self._number = first_number
        self._listeners: list[Listener] = []

    def listen(self, listener: Listener) -> None:
        """Have `listener` told of every change, in the thread that made it."""
        self._listeners.append(listener)

    @contextmanager
    def deciding(self) -> Iterator[None]:
        """Hold the one place where orders that rules bind are checked and entered (Z8b)."""
        with self._deciding:
            yield

    def new_id(self) -> str:
        """The next command's id."""
        with self._record:
            number, self._number = self._number, self._number + 1
        return f"c{number}"

    def enter(self, command: Command, request: str = "") -> Command:
        """Record a new command as under way; raises KeyTaken when its key is an earlier one's.

        `request` is what was asked with the key, so that the same order twice is told from another one.
        """
        with self._changed:
            if command.key is not None:
                self._refuse_taken(command.key, request)
                self._keep_key(command.key, command.id, request)
            self._forget_last_try(command)
            self._commands[command.id] = command
            self._note_move(command)
            self._forget_oldest()
            self._changed.notify_all()
        self._tell(None, command)
        return command

    def also_known(self, key: str, command_id: str, request: str) -> None:
        """Have a command found by a further key: that of an order that joined it."""
        with self._changed:
            self._keep_key(key, command_id, request)
            self._changed.notify_all()

    def _keep_key(self, key: str, command_id: str, request: str) -> None:
        self._keys[key] = (command_id, request)
        if len(self._keys) > KEPT_KEYS:
            self._keys.popitem(last=False)

    def _known(self, key: str) -> Command | None:
        entry = self._keys.get(key)
        return None if entry is None else self._commands.get(entry[0]) or self._keyed.get(entry[0])

    def _refuse_taken(self, key: str, request: str) -> None:
        command = self._known(key)
        if command is not None:
            raise KeyTaken(command, same=self._keys[key][1] == request)

    def refuse_taken(self, key: str, request: str) -> None:
        """Raise KeyTaken when this key is an earlier order's."""
        with self._record:
            self._refuse_taken(key, request)

    def by_key(self, key: str) -> Command | None:
        """The command that came with this key, or None."""
        with self._record:
            return self._known(key)

    def wait_judged(self, key: str, over: Callable[[], bool], timeout: float) -> Command | None:
        """The command of this key once its rules have let it pass, it has ended or `over` says so; None: none came.

        Waits at most `timeout` s; whoever makes `over` true calls `wake`.
        """

        def judged() -> bool:
            command = self._known(key)
            return over() or (command is not None and (command.judged or not command.state.open))

        with self._changed:
            self._changed.wait_for(judged, timeout)
            return self._known(key)

    def wake(self) -> None:
        """Have those who wait for a command look again."""
        with self._changed:
            self._changed.notify_all()

    def update(self, command_id: str, **changes: Any) -> Command:
        """Replace fields of a command; an ended one keeps its state, unless what was done is contradicted (S8)."""
        with self._changed:
            before = self._commands[command_id]
            taken_back = before.state.in_effect and changes.get("state") is CommandState.CONTRADICTED
            if not before.state.open and "state" in changes and not taken_back:
                changes = {key: value for key, value in changes.items() if key not in ("state", "ended_at", "error")}
            after = replace(before, **changes)
            self._commands[command_id] = after
            self._note_move(after)
            self._changed.notify_all()
        if after != before:
            self._tell(before, after)
        return after

    def get(self, command_id: str) -> Command:
        """The command with this id; NotFound where there is none."""
        with self._record:
            command = self._commands.get(command_id)
        if command is None:
            raise NotFound(say("orders.noCommand", "There is no command {command!r}.", command=command_id[:LONGEST_ID]))
        return command

    def latest(self) -> list[Command]:
        """All kept commands, newest first."""
        with self._record:
            return list(reversed(self._commands.values()))

    def moves(self) -> list[Command]:
        """Every stop that came and every mode that was or may have been sent, newest first.

        Of those no longer kept the last few of each scope: however many orders came since, none is overlooked (H1).
        """
        with self._record:
            kept = (*self._pinned.values(), *self._commands.values())
            found = [command for command in kept if stops_or_changes(command)]
        return sorted(found, key=lambda command: command.last_given, reverse=True)

    def _note_move(self, command: Command) -> None:
        """Keep the last of each scope that count: stops at once, other modes once they were or may have been sent."""
        if not command.order.stops and (command.state.open or not stops_or_changes(command)):
            return
        ids = self._moves.setdefault(command.unit_id, deque(maxlen=KEPT_MOVES))
        if command.id in ids:
            return
        if len(ids) == KEPT_MOVES:
            self._pinned.pop(ids[0], None)
        ids.append(command.id)

    def open(self) -> list[Command]:
        """The commands that may still change, newest first."""
        return [command for command in self.latest() if command.state.open]

    def ended(self, most: int) -> list[Command]:
        """The newest commands that do not change any more, newest first, at most so many."""
        with self._record:
            return list(islice((one for one in reversed(self._commands.values()) if not one.state.open), most))

    def wait_ended(self, command_id: str, timeout: float) -> Command:
        """Wait until the command has ended, at most `timeout` seconds, and return how it stands then."""
        with self._changed:
            self._changed.wait_for(lambda: not self._commands[command_id].state.open, timeout)
            return self._commands[command_id]

    def _forget_last_try(self, command: Command) -> None:
        """Of many tries of one order that nobody was told of the last is listed, so that others stay found (M12)."""
        last = None if command.tries is None else self._commands.get(command.tries.last_id or "")
        if last is not None and not last.state.open:
            del self._commands[last.id]
            self._keep(last)

    def _forget_oldest(self) -> None:
        while len(self._commands) > KEPT_COMMANDS:
            for command_id, command in self._commands.items():
                if not command.state.open:
                    del self._commands[command_id]
                    self._keep(command)
                    break
            else:
                return

    def _keep(self, command: Command) -> None:
        """Of a command that is no longer listed, what a second arrival of its key and late orders must still meet."""
        if command.id in self._moves.get(command.unit_id, ()):
            self._pinned[command.id] = command
        if command.key is not None:
            self._keyed[command.id] = command
            if len(self._keyed) > KEPT_KEYS:
                self._keyed.popitem(last=False)

    def release_key(self, key: str) -> None:
        """Have this key name a new order: the one that bore it is known never to have left."""
        with self._record:
            self._keys.pop(key, None)

    def _tell(self, before: Command | None, after: Command) -> None:
        for listener in self._listeners:
            try:
                listener(before, after)
            except Exception:  # whoever is told of an order must not keep it, least of all a stop, from going on
                log.exception("%s: not everybody could be told how it stands", after.id)
