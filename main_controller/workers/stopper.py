"""The thread that ends the program in good order while the server still answers (Z20). Used by the controller."""

import logging
import signal
import threading
from collections.abc import Callable
from queue import SimpleQueue

log = logging.getLogger(__name__)

HASTENING = frozenset({signal.SIGTERM, signal.SIGINT})
"""What ends the program at once while it ends: not SIGHUP, which of one terminal both the kernel and the shell send."""


def ending_signals() -> list[signal.Signals]:
    """What ends the program: SIGTERM; SIGINT and SIGHUP unless who started it had them ignored (`&`, nohup)."""
    others = (signal.SIGINT, signal.SIGHUP)
    return [signal.SIGTERM, *(sign for sign in others if signal.getsignal(sign) is not signal.SIG_IGN)]


class Stopper:
    """Waits to be told, then calls `finish` once in a thread of its own, so that a signal handler need not block."""

    def __init__(self, finish: Callable[[], None]) -> None:
        self._finish = finish
        self._told = False
        # takes what comes amid its own put, as signals may; no lock does
        self._rouse: SimpleQueue[None] = SimpleQueue()
        # A daemon, so that a finish that hangs cannot keep a second signal from ending the process.
        self._thread = threading.Thread(target=self._run, name="stopper", daemon=True)

    @property
    def told(self) -> bool:
        """Whether the end has begun."""
        return self._told

    def start(self) -> None:
        """Start waiting."""
        self._thread.start()

    def tell(self) -> None:
        """Begin the end; for a signal handler too, which may interrupt itself."""
        self._told = True
        self._rouse.put(None)

    def _run(self) -> None:
        self._rouse.get()
        try:
            self._finish()
        except Exception:
            log.exception("the program did not end in good order")
