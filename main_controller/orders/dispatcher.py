"""The one way that every order which rules bind goes: its turn, the rules, its intent, sending, what follows (Z8b, Z9).

Used by the operations, each of which adds as a `Handling` what is its own. Stops ask for no turn and go their own way.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Generic, TypeVar

from main_controller.domain.commands import Command
from main_controller.domain.scope import Lane
from main_controller.errors import Sent
from main_controller.orders.desk import THE_ORDER, Desk, Passage, all_the_same, foreseen
from main_controller.sentence import Sentence, say

Answer = TypeVar("Answer")

OVERTAKEN = say("orders.overtaken", "A stop overtook this order; nothing was sent.")


class Handling(ABC, Generic[Answer]):
    """What one order adds to the way that all go; made anew for each order, it keeps what was decided for it.

    It takes its turn in `turn`, and a stop in any of `overtaken_by` makes it void. `what` names it in a fault.
    """

    turn: Lane
    overtaken_by: tuple[Lane, ...]
    what = THE_ORDER

    def prepare(self) -> None:
        """Look at what takes time, before anything is decided; raises ControllerError where the order is refused."""

    @abstractmethod
    def decide(self) -> None:
        """Judge it and enter what it may have in effect, as one step of the cluster; raises Refused."""

    @abstractmethod
    def send(self) -> Answer:
        """Send it; whatever it raises is what went wrong with it."""

    def settle(self, sent: Sent, answer: Answer | None) -> None:
        """Note whether it left, and what was answered."""

    def follow(self, sent: Sent) -> Sentence | None:
        """A stop came while it was on its way: send that again after it. What came of it; None where none is needed."""
        return None


class Dispatcher:
    """Carries orders out; `intent` has it on the disk that one is about to leave."""

    def __init__(self, desk: Desk, intent: Callable[[Command], None] = lambda command: None) -> None:
        self._desk = desk
        self._intent = intent

    def carry_out(self, command: Command, handling: Handling[Answer]) -> tuple[Command, Answer]:
        """The accepted command and its answer; raises Refused, or what went wrong, with the command in its details.

        However it breaks, the command has ended or is watched, what it may have in effect is settled, and its turn is
        given back.
        """
        desk = self._desk
        with (
            desk.seen_through(command, handling.what) as passage,
            desk.turn(command, handling.turn, *handling.overtaken_by) as overtaken,
        ):
            with self._unsent(command, handling):
                handling.prepare()
                if overtaken():
                    raise desk.cancel(command, OVERTAKEN)
                with desk.commands.deciding():
                    handling.decide()
                desk.judged(command)
                self._intent(command)
                if overtaken():
                    raise desk.cancel(command, OVERTAKEN)
            answer = self._send(command, handling, passage, overtaken)
            followed = handling.follow(True) if overtaken() else None
            if followed is not None:
                raise desk.cancel(command, followed, sent=True, settled=desk.clock())
            return desk.accept(command), answer

    @contextmanager
    def _unsent(self, command: Command, handling: Handling[Answer]) -> Iterator[None]:
        """An order that gets no further than this has nothing in effect."""
        try:
            yield
        except Exception:
            with all_the_same(command.id):
                handling.settle(False, None)
            raise

    def _send(
        self, command: Command, handling: Handling[Answer], passage: Passage, overtaken: Callable[[], bool]
    ) -> Answer:
        passage.sent = "unknown"
        try:
            answer = handling.send()
        except Exception as fault:
            error = foreseen(fault, handling.what)
            passage.sent = error.sent
            with all_the_same(command.id):
                handling.settle(error.sent, None)
            if overtaken():
                with all_the_same(command.id):
                    handling.follow(error.sent)
            raise self._desk.fault(command, error) from fault
        passage.sent = True
        with all_the_same(command.id):
            handling.settle(True, answer)
        return answer
