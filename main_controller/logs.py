"""The log: console and file, as logging.conf says (A11, L1-L8, Z20). Set up once, by the controller.

Nothing about destinations, levels or formats is decided here, so that logging.conf alone switches them (L8). Each
destination gets a thread of its own, so that a terminal that stands still, or a disk that hangs, holds up no order, and
each record is one line there.
"""

import configparser
import contextlib
import logging
import logging.config
from logging.handlers import TimedRotatingFileHandler
from pathlib import Path

from main_controller.edited_text import edited_text
from main_controller.errors import SettingError
from main_controller.log_file import MEGABYTE, SharedDayFile
from main_controller.log_lines import OneLine
from main_controller.log_threads import END_LIMIT, Behind, all_handed_on, put_behind
from main_controller.open_folder import make_open
from main_controller.sentence import Sentence, say

CONFIG = "logging.conf"
_destinations: list[Behind] = []


def log_folder(data: Path, *, simulated: bool) -> Path:
    """Where the log and the pid file lie; a simulation has its own, so that it never touches the real one's (Z17)."""
    return data / "log" / "simulated" if simulated else data / "log"


def set_up_logs(
    root: Path,
    level: str | None = None,
    *,
    data: Path | None = None,
    simulated: bool = False,
    strict: bool = False,
    most: float | None = None,
) -> None:
    """Read `root`/logging.conf and make the log folder in `data` (`root` by default), which it calls %(log)s.

    `most` (MB) is how much each file of it may hold together with the old ones that are kept.
    `level` replaces the root logger's level; a handler's own level still holds. `simulated` puts SIMULATED before
    every line (Z17). Raises `SettingError` with one sentence where logging.conf cannot be used. A file that cannot be
    written is told with the first line and tried again with each (M10); with `strict` it is a `SettingError` too.
    """
    config = root / CONFIG
    folder = log_folder(data or root, simulated=simulated)
    if not config.is_file():
        raise SettingError(CONFIG, f"there is no {config}")
    try:
        _make(folder, strict=strict)
        _configure(config, {"here": _inside_quotes(root), "log": _inside_quotes(folder)}, strict=strict)
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
            handler.most = None if most is None else int(most * MEGABYTE)  # type: ignore[attr-defined]  # it is one now
    if level is not None:
        top.setLevel(level)
    loggers = [top, *(each for each in logging.root.manager.loggerDict.values() if isinstance(each, logging.Logger))]
    for handler in {handler for logger in loggers for handler in logger.handlers}:
        handler.setFormatter(OneLine(handler.formatter or logging.Formatter(), "SIMULATED " if simulated else ""))
    _destinations[:] = put_behind(loggers)


def _make(folder: Path, *, strict: bool) -> None:
    with contextlib.nullcontext() if strict else contextlib.suppress(OSError):
        make_open(folder)


def _configure(config: Path, places: dict[str, str], *, strict: bool) -> None:
    """Have the file read; where one of its files cannot be opened, each is opened by its first line (M10)."""
    parser = configparser.ConfigParser(places)
    parser.read_string(edited_text(config), str(config))
    try:
        logging.config.fileConfig(parser, disable_existing_loggers=False)
    except OSError:
        if strict:
            raise
        for section in parser.sections():
            if section.startswith("handler_") and "FileHandler" in parser.get(section, "class", fallback=""):
                parser.set(section, "kwargs", "{'delay': True}")
        logging.config.fileConfig(parser, disable_existing_loggers=False)


def log_fault() -> Sentence | None:
    """Why a file of the log is not written, None while all are; a console that is gone is nobody's loss."""
    for each in _destinations:
        fault = each.fault
        if fault is not None and isinstance(each.inner, logging.FileHandler):
            why = fault.strerror or type(fault).__name__
            return say("program.logNotWritten", "The log cannot be written to {file}: {why}.", file=each.where, why=why)
    return None


def end_logs(timeout: float = END_LIMIT) -> bool:
    """Have every destination take its last lines within `timeout` s; False when one does not.

    Then the interpreter's own end would wait for that one for ever.
    """
    return all_handed_on(_destinations, timeout)


def _inside_quotes(folder: Path) -> str:
    """A path as it may stand between the quotes of an `args` line of logging.conf."""
    return str(folder).replace("\\", "\\\\").replace("'", "\\'").replace('"', '\\"').replace("%", "%%")
