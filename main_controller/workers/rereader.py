"""The thread that reads again what the program reads of files, each time it is told to. Used by the controller."""

import logging
import threading
from collections.abc import Callable

log = logging.getLogger(__name__)


class Rereader:
    """Calls `reread` in a thread of its own, so that a signal handler need not wait; what it raises is logged."""

    def __init__(self, reread: Callable[[], None]) -> None:
        self._reread = reread
        self._told = threading.Event()
        self._thread = threading.Thread(target=self._run, name="rereader", daemon=True)

    def start(self) -> None:
        """Start waiting."""
        self._thread.start()

    def tell(self) -> None:
        """Read everything again, once more where that is under way."""
        self._told.set()

    def run_once(self) -> None:
        """Read everything again now."""
        try:
            self._reread()
        except Exception:
            log.exception("what was to be read again could not be, and all stays as it was")

    def _run(self) -> None:
        while self._told.wait():
            self._told.clear()
            self.run_once()
