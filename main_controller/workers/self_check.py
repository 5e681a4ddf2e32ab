"""Makes the costly checks of the self-check when somebody asks for them, seldom, in a thread of their own."""

import time
from collections.abc import Callable

from main_controller.selfcheck.facts import Checked

REST = 300.0
"""How long (s) what was found stands at least before it is looked again."""

SHARE = 20.0
"""How many times as long as a look took it rests at least: a long journal is read whole each time."""


class SelfCheck:
    """`look` makes the checks; `clock` is monotonic s. A worker calls `run_once`; any thread may ask."""

    def __init__(self, look: Callable[[], Checked], *, clock: Callable[[], float] = time.monotonic) -> None:
        self._look = look
        self._clock = clock
        self._found: Checked | None = None
        self._again = clock()
        self._asked = False

    def found(self) -> Checked | None:
        """What was found last, None before the first time; has it looked again soon where that is old."""
        self._asked = True
        return self._found

    def run_once(self) -> None:
        """Look where somebody has asked since, and the rest is over."""
        begun = self._clock()
        if not self._asked or begun < self._again:
            return
        self._asked = False
        try:
            self._found = self._look()
        finally:
            ended = self._clock()
            self._again = ended + max(REST, SHARE * (ended - begun))
