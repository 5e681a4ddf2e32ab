"""Where the one guided procedure stands: kept over a kill, told in its command, ended for all who ask (N13).

Used by `Share`. Sends nothing and decides nothing.
"""

import logging
import threading
from dataclasses import replace
from typing import Any, Protocol

from main_controller.concurrency.single_run import SingleRun
from main_controller.domain.commands import Command, CommandState
from main_controller.domain.orders import EndTransferOrder
from main_controller.domain.sharing import ShareState, Sharing, interrupted
from main_controller.errors import ControllerError
from main_controller.orders.bus_owner import Claim
from main_controller.orders.desk import Desk

log = logging.getLogger(__name__)


class Kept(Protocol):
    """Where a running procedure is kept over a kill."""

    def save(self, record: dict[str, Any]) -> None:
        """Keep it; raises ControllerError."""
        ...

    def load(self) -> list[dict[str, Any]]:
        """What was kept."""
        ...

    def remove(self, record_id: str) -> None:
        """Forget it; raises ControllerError."""
        ...


class ShareRecord:
    """The procedure that runs or ran last (`now`), one at a time; of one that a kill interrupted, what was kept."""

    def __init__(self, desk: Desk, kept: Kept) -> None:
        self._desk = desk
        self._kept = kept
        self._single: SingleRun[Command] = SingleRun()
        self._lock = threading.Lock()  # protects `now` where it is replaced: a Stop all may end it at any moment
        self.now: Sharing | None = None
        left = sorted(_loaded(kept, desk.clock()), key=lambda one: (one.begun is not None, one.begun, one.id))
        for sharing in left[:-1]:  # one ran at a time: what is older had ended, and its record could not be removed
            self.forget(sharing.id)
        if left:
            self.now = left[-1]
            log.warning("a guided procedure was running when the program ended: %s", self.now.as_json())
            self.own(self.now)

    @property
    def running(self) -> bool:
        """Whether a procedure is under way, its end included."""
        return self.now is not None and not self.now.over

    def own(self, sharing: Sharing) -> None:
        """Make the bus its own; called where orders are decided, so that none slips in between."""
        self._desk.owner.take(Claim(sharing.id, sharing.owner, sharing.giver, sharing.taker, sharing.by, sharing.begun))

    def release(self, sharing_id: str) -> None:
        """Give up the bus and the one place."""
        self._desk.owner.leave(sharing_id)
        self._single.end()

    def move(self, before: Sharing | None, after: Sharing) -> bool:
        """Make `after` the state unless somebody else replaced `before`; whether it is."""
        with self._lock:
            if self.now is not before:
                return False
            self.now = after
            return True

    def claim(self, command: Command) -> tuple[Command, bool]:
        """Take the one place; the command that has it, and whether that is this one."""
        return self._single.start(lambda: command, lambda running: None)

    def keep(self, sharing: Sharing) -> None:
        """Keep it over a kill; raises ControllerError."""
        self._kept.save(sharing.as_record())

    def show(self, before: Sharing | None, sharing: Sharing) -> bool:
        """Make this the state, keep it, and tell it in the command, unless somebody else replaced `before`."""
        if not self.move(before, sharing):
            return False
        self.write(sharing)
        return True

    def write(self, sharing: Sharing) -> None:
        """Keep the state over a kill, as well as the disk lets, and tell it in the command."""
        try:
            self.keep(sharing)
        except ControllerError as error:
            log.error("%s: its state could not be kept: %s", sharing.id, error.sentence)
        self.tell(sharing, sharing.reason)

    def tell(self, sharing: Sharing, sentence: str | None) -> None:
        """Say in the command where the procedure stands."""
        if any(command.id == sharing.id for command in self._desk.commands.latest()):
            progress = {"step": str(sharing.step), "steps": sharing.as_json()["steps"], "sentence": sentence}
            self._desk.commands.update(sharing.id, progress=progress)

    def finish(self, before: Sharing, sharing: Sharing, *, keep: bool = False) -> None:
        """The procedure has ended, as its state says; end its command and the orders to end it.

        `safe`: nothing of it runs any more, as the orders to end it wanted. `keep` its record: what may still run is to
        be ended after a kill too. Nothing happens where somebody else replaced `before`.
        """
        if not self.show(before, sharing):
            return
        self.release(sharing.id)
        if not keep:
            self.forget(sharing.id)
        log.warning("%s: the guided procedure has %s: %s", sharing.id, sharing.state.value, sharing.reason)
        commands = self._desk.commands.latest()
        for ending in commands:
            order = ending.order
            if isinstance(order, EndTransferOrder) and ending.state.open and order.transfer == sharing.id:
                if sharing.safe:
                    self._desk.verify(ending)
                else:
                    self._desk.fail(ending, sharing.reason or "It is not seen to have ended.")
        command = next((c for c in commands if c.id == sharing.id), None)
        if command is not None:
            self._end(command, sharing)

    def settle(self, sharing: Sharing) -> None:
        """What a failed end had left running was seen to stop since."""
        if self.move(sharing, replace(sharing, safe=True)):
            log.warning("%s: what the guided procedure had left has ended", sharing.id)

    def forget(self, sharing_id: str) -> None:
        """Keep it over a kill no longer."""
        try:
            self._kept.remove(sharing_id)
        except ControllerError as error:
            log.error("%s: its record could not be removed: %s", sharing_id, error.sentence)

    def _end(self, command: Command, sharing: Sharing) -> None:
        if sharing.state is ShareState.ENDED:
            self._desk.verify(command, note=sharing.reason)
        elif sharing.state is ShareState.CANCELLED:
            self._desk.commands.update(
                command.id, state=CommandState.CANCELLED, ended_at=self._desk.wall(), error=sharing.reason
            )
        else:
            self._desk.fail(command, sharing.reason or "It failed.")


def _loaded(kept: Kept, now: float) -> list[Sharing]:
    """What ran when the program ended; a broken file or record must not keep anybody from stopping the grid."""
    try:
        records = kept.load()
    except ControllerError as error:
        log.error("nobody can tell whether a guided procedure was running when the program ended: %s", error.sentence)
        return []
    found = []
    for record in records:
        try:
            found.append(interrupted(record, now))
        except (KeyError, TypeError, ValueError) as fault:
            log.error("a guided procedure was running when the program ended; its record is broken: %r", fault)
    return found
