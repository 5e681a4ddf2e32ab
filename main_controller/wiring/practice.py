"""Lets people practise on a simulated cluster: each kind of alarm can be had by a press (`make run`).

What is the cluster's is brought about by its faults; what is this program's own, such as a full disk, is told as it
would be, and says that it is practice.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from main_controller.alarms.kinds import BY_CODE, KINDS
from main_controller.alarms.situation import Trouble
from main_controller.errors import BadRequest
from main_controller.sentence import foreign, say

if TYPE_CHECKING:
    from main_controller.simulator import SimulatedCluster

OF = "practice"
"""What an alarm of this program's own is of while it is practised."""


class Practice:
    """What is practised now on the simulated `cluster`."""

    def __init__(self, cluster: "SimulatedCluster") -> None:
        self._cluster = cluster
        self._pressed: str | None = None

    @property
    def pressed(self) -> str | None:
        """The kind of alarm that was pressed last; None where all was ended."""
        return self._pressed

    def kinds(self) -> Sequence[str]:
        """The codes of all kinds, in the order of the table."""
        return [kind.code for kind in KINDS]

    def press(self, kind: str) -> None:
        """Have this kind of alarm come, and all that was pressed before end. Raises BadRequest where it cannot."""
        from main_controller.simulator import PRESSES, FaultError

        if kind not in BY_CODE:
            raise BadRequest(say("program.noSuchKind", "There is no kind of alarm {kind}.", kind=kind))
        try:
            if kind in PRESSES:
                self._cluster.press(kind)
            else:
                self._cluster.release()
        except FaultError as fault:
            raise BadRequest(say("program.notPractised", "{why}.", why=foreign(str(fault)))) from None
        self._pressed = kind

    def release(self) -> None:
        """End all that was pressed: every fault, and the cluster back in Run."""
        self._pressed = None
        self._cluster.release()

    def troubles(self) -> list[Trouble]:
        """What is practised of this program's own."""
        from main_controller.simulator import PRESSES

        kind = self._pressed
        if kind is None or kind in PRESSES:
            return []
        text = say("program.practised", "Practice: this is how {kind} is told. Nothing is wrong.", kind=kind)
        return [Trouble(kind, OF, text)]
