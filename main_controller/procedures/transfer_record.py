"""Where the one guided procedure stands: kept over a kill, told in its command, ended for all who ask (N13).

Used by `GuidedTransfer`. Sends nothing and decides nothing.
"""

import logging
import threading
from dataclasses import replace
from typing import Any, Protocol

from main_controller.concurrency.single_run import SingleRun
from main_controller.domain.commands import Command, CommandState
from main_controller.domain.orders import EndTransferOrder
from main_controller.domain.progress import TransferStands
from main_controller.domain.transfer import Transfer, TransferState, interrupted
from main_controller.errors import ControllerError
from main_controller.orders.bus_owner import Claim
from main_controller.orders.desk import Desk
from main_controller.sentence import Sentence, say

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


class TransferRecord:
    """The procedure that runs or ran last (`now`), one at a time; of one that a kill interrupted, what was kept."""

    def __init__(self, desk: Desk, kept: Kept) -> None:
        self._desk = desk
        self._kept = kept
        self._single: SingleRun[Command] = SingleRun()
        self._lock = threading.Lock()  # protects `now` where it is replaced: a Stop all may end it at any moment
        self.now: Transfer | None = None
        left = sorted(_loaded(kept, desk.clock()), key=lambda one: (one.begun is not None, one.begun, one.id))
        for transfer in left[:-1]:  # one ran at a time: what is older had ended, and its record could not be removed
            self.forget(transfer.id)
        if left:
            self.now = left[-1]
            log.warning("a guided procedure was running when the program ended: %s", self.now.as_record())
            self.own(self.now)

    @property
    def running(self) -> bool:
        """Whether a procedure is under way, its end included."""
        return self.now is not None and not self.now.over

    def own(self, transfer: Transfer) -> None:
        """Make the bus its own; called where orders are decided, so that none slips in between."""
        self._desk.owner.take(
            Claim(transfer.id, transfer.owner, transfer.giver, transfer.taker, transfer.by, transfer.begun)
        )

    def release(self, transfer_id: str) -> None:
        """Give up the bus and the one place."""
        self._desk.owner.leave(transfer_id)
        self._single.end()

    def move(self, before: Transfer | None, after: Transfer) -> bool:
        """Make `after` the state unless somebody else replaced `before`; whether it is."""
        with self._lock:
            if self.now is not before:
                return False
            self.now = after
            return True

    def claim(self, command: Command) -> tuple[Command, bool]:
        """Take the one place; the command that has it, and whether that is this one."""
        return self._single.start(lambda: command, lambda running: None)

    def keep(self, transfer: Transfer) -> None:
        """Keep it over a kill; raises ControllerError."""
        self._kept.save(transfer.as_record())

    def show(self, before: Transfer | None, transfer: Transfer) -> bool:
        """Make this the state, keep it, and tell it in the command, unless somebody else replaced `before`."""
        if not self.move(before, transfer):
            return False
        self.write(transfer)
        return True

    def write(self, transfer: Transfer) -> None:
        """Keep the state over a kill, as well as the disk lets, and tell it in the command."""
        try:
            self.keep(transfer)
        except ControllerError as error:
            log.error("%s: its state could not be kept: %s", transfer.id, error.sentence)
        self.tell(transfer, transfer.reason)

    def tell(self, transfer: Transfer, sentence: Sentence | None) -> None:
        """Say in the command where the procedure stands."""
        if any(command.id == transfer.id for command in self._desk.commands.latest()):
            self._desk.commands.update(transfer.id, progress=TransferStands(transfer.step, transfer.steps, sentence))

    def finish(self, before: Transfer, transfer: Transfer, *, keep: bool = False) -> None:
        """The procedure has ended, as its state says; end its command and the orders to end it.

        `safe`: nothing of it runs any more, as the orders to end it wanted. `keep` its record: what may still run is to
        be ended after a kill too. Nothing happens where somebody else replaced `before`.
        """
        if not self.move(before, transfer):
            return
        self.release(transfer.id)  # before the disk is waited for: whoever sees that it has ended may order
        self.write(transfer)
        if not keep:
            self.forget(transfer.id)
        log.warning("%s: the guided procedure has %s: %s", transfer.id, transfer.state.value, transfer.reason)
        commands = self._desk.commands.latest()
        for ending in commands:
            order = ending.order
            if isinstance(order, EndTransferOrder) and ending.state.open and order.transfer == transfer.id:
                if transfer.safe:
                    self._desk.verify(ending)
                else:
                    unseen = say("procedures.endNotSeen", "It is not seen to have ended.")
                    self._desk.fail(ending, transfer.reason or unseen)
        command = next((c for c in commands if c.id == transfer.id), None)
        if command is not None:
            self._end(command, transfer)

    def settle(self, transfer: Transfer) -> None:
        """What a failed end had left running was seen to stop since."""
        if self.move(transfer, replace(transfer, safe=True)):
            log.warning("%s: what the guided procedure had left has ended", transfer.id)

    def forget(self, transfer_id: str) -> None:
        """Keep it over a kill no longer."""
        try:
            self._kept.remove(transfer_id)
        except ControllerError as error:
            log.error("%s: its record could not be removed: %s", transfer_id, error.sentence)

    def _end(self, command: Command, transfer: Transfer) -> None:
        if transfer.state is TransferState.ENDED:
            self._desk.verify(command, note=transfer.reason)
        elif transfer.state is TransferState.CANCELLED:
            self._desk.commands.update(
                command.id, state=CommandState.CANCELLED, ended_at=self._desk.wall(), error=transfer.reason
            )
        else:
            self._desk.fail(command, transfer.reason or say("procedures.itFailed", "It failed."))


def _loaded(kept: Kept, now: float) -> list[Transfer]:
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
