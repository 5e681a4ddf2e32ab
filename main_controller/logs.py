"""The log: console and file, as logging.conf says (A11, L1-L8, Z20). Set up once, by the controller.

Nothing about destinations, levels or formats is decided here, so that logging.conf alone switches them (L8). Each
destination gets a thread of its own, and each record is one line there.
"""

import logging
import logging.config
from pathlib import Path

from main_controller.errors import SettingError
from main_controller.log_lines import OneLine
from main_controller.log_threads import END_LIMIT, Behind, all_handed_on, put_behind

CONFIG = "logging.conf"
_destinations: list[Behind] = []


def set_up_logs(root: Path, level: str | None = None, *, simulated: bool = False) -> None:
    """Read `root`/logging.conf and make the log folder beside it.

    `level` replaces the root logger's level; a handler's own level still holds. `simulated` puts SIMULATED before
    every line (Z17). Raises `SettingError` with one sentence where the file or the folder cannot be used.
    """
    config = root / CONFIG
    folder = root / "log"
    if not config.is_file():
        raise SettingError(CONFIG, f"there is no {config}")
    try:
        folder.mkdir(exist_ok=True)
        logging.config.fileConfig(
            config, defaults={"here": _inside_quotes(root)}, disable_existing_loggers=False, encoding="utf-8"
        )
    except OSError as fault:
        raise SettingError(
            CONFIG, f"the log cannot be written to {fault.filename or folder}: {fault.strerror}"
        ) from None
    except Exception as fault:  # noqa: BLE001  fileConfig evaluates the file's args: whatever they raise, it is the file
        raise SettingError(CONFIG, f"{config} is not a logging configuration: {fault!r}") from None
    top = logging.getLogger()
    if level is not None:
        top.setLevel(level)
    loggers = [top, *(each for each in logging.root.manager.loggerDict.values() if isinstance(each, logging.Logger))]
    for handler in {handler for logger in loggers for handler in logger.handlers}:
        handler.setFormatter(OneLine(handler.formatter or logging.Formatter(), "SIMULATED " if simulated else ""))
    _destinations[:] = put_behind(loggers)


def end_logs(timeout: float = END_LIMIT) -> bool:
    """Have every destination take its last lines within `timeout` s; False when one does not.

    Then the interpreter's own end would wait for that one for ever.
    """
    return all_handed_on(_destinations, timeout)


def _inside_quotes(folder: Path) -> str:
    """A path as it may stand between the quotes of an `args` line of logging.conf."""
    return str(folder).replace("\\", "\\\\").replace("'", "\\'").replace('"', '\\"').replace("%", "%%")
