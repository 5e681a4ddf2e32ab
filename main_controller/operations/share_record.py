"""Where the one guided procedure stands: kept over a kill, told in its command, ended for all who ask (N13).

Used by `Share`. Sends nothing and decides nothing.
"""

import logging
from typing import Any, Protocol

from main_controller.domain.commands import Command, CommandState
from main_controller.domain.sharing import ShareState, Sharing, interrupted
from main_controller.errors import ControllerError
from main_controller.operations.desk import Desk
from main_controller.store.single import Single

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
        self._single: Single[Command] = Single()
        self.now: Sharing | None = None
        for record in _loaded(kept):
            self.now = interrupted(record, desk.clock())
            log.warning("a guided procedure was running when the program ended: %s", self.now.as_json())

    @property
    def running(self) -> bool:
        """Whether a procedure is under way, its end included."""
        return self.now is not None and not self.now.over

    def claim(self, command: Command) -> tuple[Command, bool]:
        """Take the one place; the command that has it, and whether that is this one."""
        return self._single.start(lambda: command, lambda running: None)

    def release(self) -> None:
        """Give the one place up."""
        self._single.end()

    def keep(self, sharing: Sharing) -> None:
        """Keep it over a kill; raises ControllerError."""
        self._kept.save(sharing.as_record())

    def show(self, sharing: Sharing) -> None:
        """Make this the state, keep it, and tell it in the command."""
        self.now = sharing
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

    def finish(self, sharing: Sharing) -> None:
        """The procedure has ended, as its state says; end its command and the orders to end it.

        `safe`: nothing of it runs any more, as the orders to end it wanted.
        """
        self.show(sharing)
        self.release()
        try:
            self._kept.remove(sharing.id)
        except ControllerError as error:
            log.error("%s: its record could not be removed: %s", sharing.id, error.sentence)
        log.warning("%s: the guided procedure has %s: %s", sharing.id, sharing.state.value, sharing.reason)
        commands = self._desk.commands.latest()
        for ending in commands:
            if ending.order == "endShare" and ending.state.open and ending.wanted.get("command") == sharing.id:
                if sharing.safe:
                    self._desk.verify(ending)
                else:
                    self._desk.fail(ending, sharing.reason or "It is not seen to have ended.")
        command = next((c for c in commands if c.id == sharing.id), None)
        if command is not None:
            self._end(command, sharing)

    def _end(self, command: Command, sharing: Sharing) -> None:
        if sharing.state is ShareState.ENDED:
            self._desk.verify(command)
        elif sharing.state is ShareState.CANCELLED:
            self._desk.commands.update(
                command.id, state=CommandState.CANCELLED, ended_at=self._desk.wall(), error=sharing.reason
            )
        else:
            self._desk.fail(command, sharing.reason or "It failed.")


def _loaded(kept: Kept) -> list[dict[str, Any]]:
    """What ran when the program ended; a broken file must not keep anybody from stopping the grid."""
    try:
        return kept.load()
    except ControllerError as error:
        log.error("nobody can tell whether a guided procedure was running when the program ended: %s", error.sentence)
        return []
