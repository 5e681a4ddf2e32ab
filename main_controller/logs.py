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
from main_controller.log_lines import one_line
from main_controller.log_threads import END_LIMIT, Behind, all_handed_on, put_behind
from main_controller.open_folder import make_open
from main_controller.permission import what_to_do, why_unwritable
from main_controller.sentence import Sentence, joined, say

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
    most: float | None = None,
) -> None:
    """Read `root`/logging.conf and make the log folder in `data` (`root` by default), which it calls %(log)s.

    `most` (MB) is how much each file of it may hold together with the old ones that are kept.
    `level` replaces the root logger's level; a handler's own level still holds. `simulated` marks every line as
    SIMULATED (Z17). Raises `SettingError` with one sentence where logging.conf cannot be used. A file that cannot be
    written is told with the first line and tried again with each (M10).
    """
    folder = log_folder(data or root, simulated=simulated)
    parser = _parser(root, folder)
    with contextlib.suppress(OSError):
        make_open(folder)
    try:
        _configure(root, parser)
    except OSError:
        _configure(root, parser, later=True)
    top = logging.getLogger()
    for handler in top.handlers:
        if type(handler) is TimedRotatingFileHandler:
            handler.__class__ = SharedDayFile  # logging.conf names the standard one, as the specification has it (L2)
            handler.most = None if most is None else int(most * MEGABYTE)  # type: ignore[attr-defined]  # it is one now
    if level is not None:
        top.setLevel(level)
    loggers = _loggers()
    for handler in _handlers(loggers):
        handler.setFormatter(one_line(handler.formatter, simulated=simulated))
    _destinations[:] = put_behind(loggers)


def look_at_logs(root: Path, *, data: Path, simulated: bool) -> None:
    """Read `root`/logging.conf and see whether each of its files could be written; makes and opens none of them.

    Raises `SettingError` with one sentence where it cannot be used. For a process that logs nothing afterwards.
    """
    folder = log_folder(data, simulated=simulated)
    _configure(root, _parser(root, folder), later=True)
    for handler in _handlers(_loggers()):
        if not isinstance(handler, logging.FileHandler):
            continue
        file = Path(handler.baseFilename)
        gone = file.parent != folder and not file.parent.is_dir()  # the program makes no folder but that of the log
        why = f"there is no folder {file.parent}" if gone else why_unwritable(file)
        if file.is_dir() or why is not None:
            raise SettingError(CONFIG, f"the log cannot be written to {file}: {why or 'it is a folder'}")


def _loggers() -> list[logging.Logger]:
    others = (each for each in logging.root.manager.loggerDict.values() if isinstance(each, logging.Logger))
    return [logging.getLogger(), *others]


def _handlers(loggers: list[logging.Logger]) -> set[logging.Handler]:
    return {handler for logger in loggers for handler in logger.handlers}


def _parser(root: Path, folder: Path) -> configparser.ConfigParser:
    """The file as it is written, with the places that it may name. Raises SettingError."""
    config = root / CONFIG
    if not config.is_file():
        raise SettingError(CONFIG, f"there is no {config}")
    parser = configparser.ConfigParser({"here": _inside_quotes(root), "log": _inside_quotes(folder)})
    try:
        parser.read_string(edited_text(config), str(config))
    except Exception as fault:  # noqa: BLE001  whatever is wrong with it, it is the file
        raise SettingError(CONFIG, f"{config} is not a logging configuration: {fault!r}") from None
    return parser


def _configure(root: Path, parser: configparser.ConfigParser, *, later: bool = False) -> None:
    """Have the handlers made; `later`: each file is opened by its first line (M10).

    Raises SettingError, and without `later` OSError where a file cannot be opened.
    """
    try:
        if later:
            _configure_to_open_later(parser)
        else:
            logging.config.fileConfig(parser, disable_existing_loggers=False)
    except Exception as fault:  # fileConfig evaluates the file's args: whatever they raise, it is the file
        if isinstance(fault, OSError) and not later:
            raise
        raise SettingError(CONFIG, f"{root / CONFIG} is not a logging configuration: {fault!r}") from None


def _configure_to_open_later(parser: configparser.ConfigParser) -> None:
    files = [name for name in parser.sections() if "FileHandler" in parser.get(name, "class", fallback="")]
    for name in files:
        parser.set(name, "kwargs", "{'delay': True}")
    try:
        logging.config.fileConfig(parser, disable_existing_loggers=False)
    except TypeError:  # one whose own args say when it is opened
        for name in files:
            parser.remove_option(name, "kwargs")
        logging.config.fileConfig(parser, disable_existing_loggers=False)


def reopen_logs() -> None:
    """Have each file of the log opened anew by its next line, since another program has moved it away; waits for
    nothing."""
    for each in _destinations:
        if isinstance(each.inner, logging.FileHandler):
            each.reopen()


def log_fault() -> Sentence | None:
    """Why a file of the log is not written, None while all are; a console that is gone is nobody's loss."""
    for each in _destinations:
        fault = each.fault
        if fault is not None and isinstance(each.inner, logging.FileHandler):
            told = say(
                "program.logNotWritten",
                "The log cannot be written to {file}: {why}.",
                file=each.where,
                why=fault.strerror or type(fault).__name__,
            )
            advice = what_to_do(Path(each.where), fault)
            return told if advice is None else joined([told, advice])
    return None


def end_logs(timeout: float = END_LIMIT) -> bool:
    """Have every destination take its last lines within `timeout` s; False when one does not.

    Then the interpreter's own end would wait for that one for ever.
    """
    return all_handed_on(_destinations, timeout)


def _inside_quotes(folder: Path) -> str:
    """A path as it may stand between the quotes of an `args` line of logging.conf."""
    return str(folder).replace("\\", "\\\\").replace("'", "\\'").replace('"', '\\"').replace("%", "%%")
