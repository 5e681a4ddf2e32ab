"""Gives each destination of the log a thread of its own, so that whoever logs never waits for it (Z8).

Used by `logs.py`. A console whose pipe nobody reads and a disk that hangs block their own thread alone; lines that they
do not take are counted and lost. Within one destination the order stays. One that refuses its lines, as on a full or
read-only disk, is told to all others once, tried again with each line, and told again when it takes them (M10).
"""

import contextlib
import copy
import logging
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path

from main_controller.log_repeats import Repeats
from main_controller.permission import what_to_do

MOST_LINES = 10_000
"""How many lines wait for a destination at most."""

END_LIMIT = 2.0
"""How long (s) the end of the program waits for a destination to take the last lines."""


log = logging.getLogger(__name__)


class Behind(logging.Handler):
    """Hands records on to `inner` from a thread of its own; `most` is how many may wait.

    `fault` is why `inner` did not take its last line, None when it did. `clock` is monotonic s.
    """

    def __init__(
        self, inner: logging.Handler, most: int = MOST_LINES, clock: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__(inner.level)
        self.inner = inner
        self._most = most
        self._changed = threading.Condition()  # protects the fields below, for moments only
        self._waiting: deque[logging.LogRecord] = deque()
        self._lost = 0
        self._repeats = Repeats(clock)
        self._busy = False
        self._anew = False
        self.fault: OSError | None = None  # this and the next three are the thread's own
        self._refusal: OSError | None = None
        self._refused = 0
        self._told = False
        self._other_error = inner.handleError
        inner.handleError = self._on_error  # type: ignore[method-assign]  # a handler calls it for what it catches
        threading.Thread(target=self._work, name=f"log to {type(inner).__name__}", daemon=True).start()

    def emit(self, record: logging.LogRecord) -> None:
        """Take the record in, as it is now, or count it as lost or repeated; never waits."""
        frozen = _frozen(record)
        with self._changed:
            self._waiting.extend(self._repeats.over())
            if not self._repeats.tells(frozen):
                self._changed.notify_all()  # it is told when its minute is over
                return
            if len(self._waiting) >= self._most:
                self._lost += 1
                return
            self._tell_lost()
            self._waiting.append(frozen)
            self._changed.notify_all()

    def reopen(self) -> None:
        """Have a file closed after the line under way, so that the next one opens it by its name; waits for nothing."""
        with self._changed:
            self._anew = True
            self._changed.notify_all()

    def flush(self) -> None:
        """Wait until all is handed on, at most `END_LIMIT` s."""
        self.empty(END_LIMIT)

    def empty(self, timeout: float, *, ends: bool = False) -> bool:
        """Wait at most `timeout` s until all is handed on; whether it is. `ends`: also what is still being counted."""
        with self._changed:
            if ends:
                self._waiting.extend(self._repeats.over(all_of_them=True))
                self._changed.notify_all()
            return self._changed.wait_for(
                lambda: not (self._waiting or self._busy or self._lost or self._anew), timeout
            )

    def _work(self) -> None:
        while True:
            with self._changed:
                self._busy = False
                if not self._waiting:
                    self._tell_lost()
                self._changed.notify_all()
                while not (self._waiting or self._anew):
                    self._changed.wait(self._repeats.next_in())
                    self._waiting.extend(self._repeats.over())
                anew, self._anew = self._anew, False
                record = None if anew else self._waiting.popleft()
                self._busy = True
            if record is None:
                _let_go(self.inner)
                continue
            self._refusal = None
            try:
                if not self.inner.filter(record):
                    continue
                self.inner.emit(record)  # no lock of its own: this thread is the only one that comes here
            except Exception:  # noqa: BLE001 - a broken destination keeps no other from its lines
                self._on_error(record)
            self._take_note(own=record.name == __name__)

    def _on_error(self, record: logging.LogRecord) -> None:
        """Called in an except block: keep what the system refused, and leave all else to the destination itself."""
        error = sys.exc_info()[1]
        if isinstance(error, OSError):
            self._refusal = error
        else:
            self._other_error(record)

    def _take_note(self, *, own: bool) -> None:
        """Say when `inner` begins to refuse its lines, and when it is over; never of a line that says so itself."""
        error = self._refusal
        if error is not None:
            self.fault = error
            _let_go(self.inner)
            if own:
                return
            self._refused += 1
            if not self._told:
                self._told = True
                advice = self._advice(error)
                log.error(
                    "the log cannot be written to %s (%s): it goes on without%s", self.where, error.strerror, advice
                )
        elif not own and self.fault is not None:
            self.fault = None
            if self._told:
                log.warning("the log is written to %s again; %d lines are missing there", self.where, self._refused)
            self._told, self._refused = False, 0

    @property
    def where(self) -> str:
        """What a sentence calls this destination."""
        return self.inner.baseFilename if isinstance(self.inner, logging.FileHandler) else "the console"

    def _advice(self, error: OSError) -> str:
        """What may be done about it, behind the sentence that says it."""
        advice = what_to_do(Path(self.where), error) if isinstance(self.inner, logging.FileHandler) else None
        return "" if advice is None else f". {advice}"

    def _tell_lost(self) -> None:
        """Say how many lines were lost, in their place; the caller holds the lock."""
        if self._lost:
            text = f"{self._lost} lines of the log were lost here, since this destination did not take them in time"
            record = logging.LogRecord(__name__, logging.ERROR, __file__, 0, text, (), None)
            self._waiting.append(record)
            self._lost = 0


def _let_go(handler: logging.Handler) -> None:
    """Close a file that refused a line or was moved: the next line opens it anew, and nothing is written late."""
    if isinstance(handler, logging.FileHandler) and handler.stream is not None:
        stream, handler.stream = handler.stream, None
        with contextlib.suppress(OSError, ValueError):
            stream.close()


def put_behind(loggers: list[logging.Logger]) -> list[Behind]:
    """Put a `Behind` in place of each handler of these loggers; what was made."""
    handlers = {handler for logger in loggers for handler in logger.handlers}
    made = {handler: Behind(handler) for handler in handlers}
    for logger in loggers:
        logger.handlers[:] = [made[handler] for handler in logger.handlers]
    return list(made.values())


def all_handed_on(destinations: list[Behind], timeout: float = END_LIMIT) -> bool:
    """Wait at most `timeout` s in all until every destination took its lines; whether they did."""
    deadline = time.monotonic() + timeout
    return all(each.empty(max(0.0, deadline - time.monotonic()), ends=True) for each in destinations)


def _frozen(record: logging.LogRecord) -> logging.LogRecord:
    """The record with its text made now, since what it is made of may change, and without frames held alive."""
    frozen = copy.copy(record)
    try:
        frozen.msg = record.getMessage()
    except Exception as error:  # noqa: BLE001 - whatever an argument raises; logging would print it, and might wait
        frozen.msg = f"{record.msg!r} could not be made a line: {type(error).__name__}"
    frozen.args = ()
    if record.exc_info and not record.exc_text:
        frozen.exc_text = logging.Formatter().formatException(record.exc_info)
    frozen.exc_info = None
    return frozen
