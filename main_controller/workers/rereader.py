"""The thread that reads again what the program reads of files, each time SIGUSR1 tells it to. Used by the controller.

No handler runs for that signal: one that interrupts another, as often as somebody likes, is a recursion without end,
and one that interrupts a lock's holder waits for ever. So every thread blocks it, and this one waits for it.
"""

import logging
import signal
import threading
from collections.abc import Callable

log = logging.getLogger(__name__)

REST = 0.2
"""How long (s) it rests after each time, however often it is told."""

TOLD_BY = frozenset({signal.SIGUSR1})


def keep_for_rereader() -> None:
    """Have the signal wait for the thread below from now on; called before any other thread begins."""
    signal.pthread_sigmask(signal.SIG_BLOCK, TOLD_BY)


def _signalled() -> None:
    """Wait for the signal; of several that came meanwhile the system makes one."""
    signal.sigwait(TOLD_BY)


class Rereader:
    """Calls `reread` in a thread of its own after each `told`, which returns when it is to be done; what it raises is
    logged."""

    def __init__(
        self, reread: Callable[[], None], told: Callable[[], None] = _signalled, *, rest: float = REST
    ) -> None:
        self._reread = reread
        self._told = told
        self._rest = rest
        self._thread = threading.Thread(target=self._run, name="rereader", daemon=True)

    def start(self) -> None:
        """Start waiting."""
        self._thread.start()

    def run_once(self) -> None:
        """Read everything again now."""
        try:
            self._reread()
        except Exception:
            log.exception("what was to be read again could not be, and all stays as it was")

    def _run(self) -> None:
        keep_for_rereader()
        pause = threading.Event()
        while True:
            self._told()
            self.run_once()
            pause.wait(self._rest)
