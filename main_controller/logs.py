"""The log: console and file, as logging.conf says (A11, L1-L8, Z20). Set up once, by the controller.

Nothing about destinations, levels or formats is decided here, so that logging.conf alone switches them (L8).
"""

import logging
import logging.config
from pathlib import Path

from main_controller.errors import SettingError

CONFIG = "logging.conf"


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
    if level is not None:
        top.setLevel(level)
    if simulated:
        for handler in top.handlers:
            handler.setFormatter(_Simulated(handler.formatter or logging.Formatter()))


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
