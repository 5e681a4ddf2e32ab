"""Calls an address each minute while the program does its work: a dead man's switch, which tells people when it stops.

It stops with this machine, with its network, and with any of the loops that see, judge and tell.
"""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from main_controller.alarms.situation import Trouble
from main_controller.errors import ControllerError
from main_controller.sentence import Sentence, say
from main_controller.workers.health import Health

log = logging.getLogger(__name__)

BEATS = 60.0
"""How often (s) it is called."""

LATE = 60.0
"""How long (s) after its last run a loop counts as standing still; each comes round within a few seconds."""


class Heartbeat:
    """`call` calls the address and raises ControllerError; `loops` are those that must run, by name."""

    def __init__(
        self, call: Callable[[], None], loops: Mapping[str, Callable[[], Health]], *, wall: Callable[[], datetime]
    ) -> None:
        self._call = call
        self._loops = loops
        self._wall = wall
        self._error: Sentence | None = None

    def run_once(self) -> None:
        """Call it, unless a loop stands still. Raises ControllerError where it does not answer as it should."""
        still = [name for name, health in self._loops.items() if not self._runs(health())]
        if still:
            log.error("the dead man's switch is not called: %s stands still", ", ".join(still))
            return
        try:
            self._call()
        except ControllerError as error:
            self._error = error.sentence
            raise
        self._error = None

    def troubles(self) -> list[Trouble]:
        """That it does not answer."""
        if self._error is None:
            return []
        text = say("workers.heartbeatFails", "The dead man's switch takes nothing: {why}", why=self._error)
        return [Trouble("notificationFailed", "heartbeat", text)]

    def _runs(self, health: Health) -> bool:
        if not health.alive or health.last_run is None:
            return False
        return self._wall() - datetime.fromisoformat(health.last_run) < timedelta(seconds=LATE)
