"""The log: console and file, as logging.conf says (A11, L1-L8, Z20). Set up once, by the controller.

Nothing about destinations, levels or formats is decided here, so that logging.conf alone switches them (L8). Each
destination is written by a thread of its own: a terminal that stands still, or a disk that hangs, holds up no order.
"""

import contextlib
import copy
import fcntl
import logging
import logging.config
import os
import queue
import threading
import time
from logging.handlers import TimedRotatingFileHandler
from pathlib import Path

from main_controller.errors import SettingError

CONFIG = "logging.conf"

WAITING_LINES = 10_000
"""How many lines may wait for one destination; what comes beyond is lost there, and counted."""

FLUSH_TIME = 2.0
"""How long (s) the end of the program waits for the last lines to be written."""


def log_folder(root: Path, *, simulated: bool) -> Path:
    """Where the log and the pid file lie; a simulation has its own, so that it never touches the real one's (Z17)."""
    return root / "log" / "simulated" if simulated else root / "log"


def set_up_logs(root: Path, level: str | None = None, *, simulated: bool = False) -> None:
    """Read `root`/logging.conf and make the log folder, which it calls %(log)s.

    `level` replaces the root logger's level; a handler's own level still holds. `simulated` puts SIMULATED before
    every line (Z17). Raises `SettingError` with one sentence where the file or the folder cannot be used.
    """
    config = root / CONFIG
    folder = log_folder(root, simulated=simulated)
    if not config.is_file():
        raise SettingError(CONFIG, f"there is no {config}")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        places = {"here": _inside_quotes(root), "log": _inside_quotes(folder)}
        logging.config.fileConfig(config, defaults=places, disable_existing_loggers=False, encoding="utf-8")
    except OSError as fault:
        raise SettingError(
            CONFIG, f"the log cannot be written to {fault.filename or folder}: {fault.strerror}"
        ) from None
    except Exception as fault:  # noqa: BLE001  fileConfig evaluates the file's args: whatever they raise, it is the file
        raise SettingError(CONFIG, f"{config} is not a logging configuration: {fault!r}") from None
    top = logging.getLogger()
    for handler in top.handlers:
        if type(handler) is TimedRotatingFileHandler:
            handler.__class__ = SharedDayFile  # logging.conf names the standard one, as the specification has it (L2)
    if level is not None:
        top.setLevel(level)
    if simulated:
        for handler in top.handlers:
            handler.setFormatter(_Simulated(handler.formatter or logging.Formatter()))
    top.handlers[:] = [_Beside(handler) for handler in top.handlers]


class SharedDayFile(TimedRotatingFileHandler):
    """A log with a new file each midnight that several programs of one checkout may write.

    The standard one would have the second to come to midnight replace the day's file by its own few lines after it.
    """

    def doRollover(self) -> None:
        """Turn the file, or go on in the new one where another program has turned it."""
        if self.stream is None:
            super().doRollover()
            return
        old = os.dup(self.stream.fileno())  # keeps the lock while the stream is closed and the file renamed
        try:
            with contextlib.suppress(OSError):  # a file system without locks: then as good as without this class
                fcntl.flock(old, fcntl.LOCK_EX)
            if _is_at(old, self.baseFilename):
                super().doRollover()
                return
            self.stream.close()
            self.stream = self._open()
            self.rolloverAt = self.computeRollover(int(time.time()))
        finally:
            os.close(old)


def _is_at(descriptor: int, path: str) -> bool:
    """Whether the open file still has this name."""
    try:
        return os.path.samestat(os.fstat(descriptor), Path(path).stat())
    except FileNotFoundError:
        return False


def finish_logs() -> bool:
    """Wait, for a moment only, until every line is written; False where a destination takes none any more."""
    end = time.monotonic() + FLUSH_TIME
    return all(
        handler.written(end - time.monotonic())
        for handler in logging.getLogger().handlers
        if isinstance(handler, _Beside)
    )


class _Beside(logging.Handler):
    """Has another handler's lines written in a thread of its own, so that whoever logs never waits for them."""

    def __init__(self, inner: logging.Handler) -> None:
        super().__init__(inner.level)
        self._inner = inner
        self._lines: queue.Queue[logging.LogRecord] = queue.Queue(WAITING_LINES)
        self._lost = 0
        threading.Thread(target=self._run, name="log", daemon=True).start()

    def emit(self, record: logging.LogRecord) -> None:
        try:
            line = copy.copy(record)
            line.msg, line.args = record.getMessage(), None  # what is told may be another thing by then
        except Exception:  # noqa: BLE001 - as every handler: a line that cannot be made is logging's own to tell
            self.handleError(record)
            return
        try:
            self._lines.put_nowait(line)
        except queue.Full:
            self._lost += 1

    def flush(self) -> None:
        """Called when the interpreter ends."""
        self.written(FLUSH_TIME)

    def written(self, timeout: float) -> bool:
        """Wait at most so many seconds until no line waits; whether none does."""
        changed = self._lines.all_tasks_done
        with changed:
            return changed.wait_for(lambda: not self._lines.unfinished_tasks, max(0.0, timeout))

    def _run(self) -> None:
        while True:
            self._write(self._lines.get())
            if self._lost and self._lines.empty():
                lost, self._lost = self._lost, 0
                text = f"{lost} lines are missing here: they came while none could be written"
                self._write(logging.LogRecord(__name__, logging.WARNING, __file__, 0, text, None, None))
            self._lines.task_done()

    def _write(self, line: logging.LogRecord) -> None:
        """Not by `handle`, whose lock the end of the interpreter would wait for."""
        if self._inner.filter(line):
            self._inner.emit(line)


class _Simulated(logging.Formatter):
    """Says on every line that nothing of it happened on a real grid."""

    def __init__(self, inner: logging.Formatter) -> None:
        super().__init__()
        self._inner = inner

    def format(self, record: logging.LogRecord) -> str:
        return f"SIMULATED {self._inner.format(record)}"


def _inside_quotes(folder: Path) -> str:
    """A path as it may stand between the quotes of an `args` line of logging.conf."""
    return str(folder).replace("\\", "\\\\").replace("'", "\\'").replace('"', '\\"').replace("%", "%%")
