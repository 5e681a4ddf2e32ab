"""The log: console and file, as logging.conf says (A11, L1-L8, Z20). Set up once, by the controller.

Nothing about destinations, levels or formats is decided here, so that logging.conf alone switches them (L8). Each
destination gets a thread of its own, so that a terminal that stands still, or a disk that hangs, holds up no order, and
each record is one line there.
"""

import contextlib
import fcntl
import logging
import logging.config
import os
import time
from logging.handlers import TimedRotatingFileHandler
from pathlib import Path

from main_controller.errors import SettingError
from main_controller.log_lines import OneLine
from main_controller.log_threads import END_LIMIT, Behind, all_handed_on, put_behind

CONFIG = "logging.conf"
_destinations: list[Behind] = []


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
    loggers = [top, *(each for each in logging.root.manager.loggerDict.values() if isinstance(each, logging.Logger))]
    for handler in {handler for logger in loggers for handler in logger.handlers}:
        handler.setFormatter(OneLine(handler.formatter or logging.Formatter(), "SIMULATED " if simulated else ""))
    _destinations[:] = put_behind(loggers)


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


def end_logs(timeout: float = END_LIMIT) -> bool:
    """Have every destination take its last lines within `timeout` s; False when one does not.

    Then the interpreter's own end would wait for that one for ever.
    """
    return all_handed_on(_destinations, timeout)


def _inside_quotes(folder: Path) -> str:
    """A path as it may stand between the quotes of an `args` line of logging.conf."""
    return str(folder).replace("\\", "\\\\").replace("'", "\\'").replace('"', '\\"').replace("%", "%%")
