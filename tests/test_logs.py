"""logging.conf alone decides destinations and levels (L1-L8, Z20). Run apart: fileConfig changes the whole process."""

import configparser
import json
import logging
import subprocess
import sys
from collections.abc import Iterator
from logging.handlers import TimedRotatingFileHandler
from pathlib import Path

import pytest

from main_controller.log_file import SharedDayFile

PROGRAM = """
import logging, sys
from pathlib import Path
from main_controller.errors import SettingError
from main_controller.logs import set_up_logs
early = logging.getLogger("main_controller.early")
try:
    set_up_logs(Path(sys.argv[1]), sys.argv[2] or None, simulated=sys.argv[3] == "simulated")
except SettingError as fault:
    sys.exit(str(fault))
for level in ("debug", "info", "warning", "error"):
    getattr(early, level)("a line at %s", level)
    getattr(logging.getLogger("waitress.queue"), level)("queue at %s", level)
    getattr(logging.getLogger("urllib3.connectionpool"), level)("connection at %s", level)
"""


def log(
    checkout: Path, level: str = "", simulated: bool = False, program: str = PROGRAM, output: str = "stderr"
) -> tuple[str, str]:
    """Console and file after one line of each level; started in another folder than the checkout."""
    here = Path(__file__).resolve().parents[1]
    done = subprocess.run(
        [sys.executable, "-c", program, str(checkout), level, "simulated" if simulated else ""],
        cwd="/",
        env={"PYTHONPATH": str(here)},
        capture_output=True,
        text=True,
        timeout=30,
    )
    file = checkout / "log" / ("simulated" if simulated else "") / "main_controller.log"
    return getattr(done, output), file.read_text("utf-8") if file.is_file() else ""


@pytest.fixture(params=["plain", 'o\'clock 100% "x" \\n'])
def checkout(tmp_path: Path, root: Path, request: pytest.FixtureRequest) -> Path:
    """A folder with the real logging.conf, under a tame and under a nasty name."""
    folder = tmp_path / str(request.param)
    folder.mkdir()
    (folder / "logging.conf").write_bytes((root / "logging.conf").read_bytes())
    return folder


def edit(checkout: Path, section: str, key: str, value: str) -> None:
    """Change one line of logging.conf, as an operator does (L8)."""
    config = configparser.RawConfigParser()
    config.read(checkout / "logging.conf", "utf-8")
    config.set(section, key, value)
    with (checkout / "logging.conf").open("w", encoding="utf-8") as file:
        config.write(file)


def test_the_file_has_the_specified_sections(root: Path) -> None:
    """L2: loggers, handlers and formatters under their names, with level, class, args, format and datefmt."""
    config = configparser.RawConfigParser()
    config.read(root / "logging.conf", "utf-8")
    assert config["handlers"]["keys"] == "consoleHandler,infoFileHandler"
    assert config["formatters"]["keys"] == "consoleFormatter,infoFileFormatter"
    assert config["loggers"]["keys"].split(",")[0] == "root"
    assert config["logger_root"]["handlers"] == "consoleHandler,infoFileHandler"
    assert config["handler_consoleHandler"]["class"] == "StreamHandler"
    assert config["handler_infoFileHandler"]["class"] == "handlers.TimedRotatingFileHandler"
    assert "midnight" in config["handler_infoFileHandler"]["args"]
    for name in ("consoleFormatter", "infoFileFormatter"):
        assert set(config[f"formatter_{name}"]) == {"format", "datefmt"}


def test_console_and_file_get_the_same_lines_from_info(checkout: Path) -> None:
    """L8: two destinations; polls (DEBUG) do not flood them (T30). The file is the checkout's, wherever one stands."""
    for text in log(checkout):
        assert [f"a line at {level}" in text for level in ("debug", "info", "warning", "error")] == [
            False,
            True,
            True,
            True,
        ]


def test_the_chatter_of_libraries_is_silenced(checkout: Path) -> None:
    """Z20: waitress.queue and urllib3 speak from ERROR; below it urllib3 shows a traceback per malformed header."""
    console, _ = log(checkout, "DEBUG")
    for name in ("queue", "connection"):
        said = [f"{name} at {level}" in console for level in ("debug", "info", "warning", "error")]
        assert said == [False, False, False, True], name


def test_the_option_replaces_the_root_level(checkout: Path) -> None:
    """--log-level DEBUG shows the polls, --log-level ERROR hides the warnings."""
    assert "a line at debug" in log(checkout, "DEBUG")[0]
    assert "a line at warning" not in log(checkout, "ERROR")[0]


@pytest.mark.parametrize(("kept", "index"), [("consoleHandler", 0), ("infoFileHandler", 1)])
def test_either_destination_can_be_switched_off(checkout: Path, kept: str, index: int) -> None:
    """L8: by editing logging.conf only."""
    edit(checkout, "logger_root", "handlers", kept)
    texts = log(checkout)
    assert "a line at info" in texts[index]
    assert texts[1 - index] == ""


def test_either_destination_can_be_limited(checkout: Path) -> None:
    """L8: the file from ERROR, the console as it was; a handler's own level holds against --log-level."""
    edit(checkout, "handler_infoFileHandler", "level", "ERROR")
    console, file = log(checkout, "DEBUG")
    assert "a line at debug" in console
    assert "a line at warning" not in file
    assert "a line at error" in file


def test_every_line_of_a_simulation_says_so(checkout: Path) -> None:
    """Z17."""
    for text in log(checkout, simulated=True):
        lines = text.splitlines()
        assert lines
        assert all(line.startswith("SIMULATED ") for line in lines)


@pytest.mark.parametrize("simulated", [False, True])
def test_one_line_of_a_formatter_makes_every_line_json(checkout: Path, simulated: bool) -> None:
    """As docs/deployment.md says; the other destination stays as it is."""
    edit(checkout, "formatter_infoFileFormatter", "class", "main_controller.log_lines.JsonLines")
    console, file = log(checkout, simulated=simulated)
    told = [json.loads(line) for line in file.splitlines()]
    ours = [one for one in told if one["logger"] == "main_controller.early"]
    assert [one["message"] for one in ours] == ["a line at info", "a line at warning", "a line at error"]
    assert {one.get("simulated", False) for one in told} == {simulated}
    assert not any(line.startswith("{") for line in console.splitlines())


def test_a_simulation_writes_no_line_into_the_real_log(checkout: Path) -> None:
    """M19: two programs on one file would lose its day at midnight."""
    log(checkout)
    real = (checkout / "log" / "main_controller.log").read_bytes()
    log(checkout, simulated=True)
    assert (checkout / "log" / "main_controller.log").read_bytes() == real


FORGED = "2026-01-01 00:00:00 CRITICAL forged: row"


@pytest.mark.parametrize("simulated", [False, True])
def test_a_line_cannot_be_forged_in_any_destination(checkout: Path, simulated: bool) -> None:
    """AV3: by a message of several lines, an argument or an error; also with a format that begins with the message."""
    hostile = f"E1\\n{FORGED}\\u2028{FORGED}\\x1b[2J\\u202e\\x00"
    program = (
        PROGRAM
        + f"""
early.warning("{hostile}")
early.error("unit %s is silent", "{hostile}")
try:
    raise ValueError("{hostile}")
except ValueError:
    early.exception("it failed")
"""
    )
    edit(checkout, "formatter_consoleFormatter", "format", "%(message)s")
    for text in log(checkout, simulated=simulated, program=program):
        assert text.count(FORGED) in (6, 8)  # from Python 3.13 on a traceback shows the line of such a program too
        assert not [line for line in text.splitlines() if line.startswith((FORGED, f"SIMULATED {FORGED}"))]
        assert all(line.isprintable() for line in text.split("\n"))


PIPE_THAT_NOBODY_READS = (
    """
import os
sides = os.pipe()
os.set_blocking(sides[1], False)
try:
    while os.write(sides[1], b"x" * 4096): pass
except BlockingIOError:
    pass
os.set_blocking(sides[1], True)
os.dup2(sides[1], 2)
"""
    + PROGRAM
    + """
from main_controller.logs import end_logs
for number in range(20_000):
    early.info("line %s of many", number)
print("nobody waited", end_logs(0.5), flush=True)
os._exit(0)
"""
)


def test_a_console_that_nobody_reads_holds_nobody_and_the_file_has_its_lines(checkout: Path) -> None:
    console, file = log(checkout, program=PIPE_THAT_NOBODY_READS, output="stdout")
    assert console == "nobody waited False\n"
    assert "line 5000 of many" in file
    assert "line 19999 of many" in file or "lines of the log were lost here" in file


def test_a_log_that_cannot_be_written_is_told_once_and_the_console_has_every_line(checkout: Path) -> None:
    """M10: the program starts; no traceback where a file stands in the folder's place."""
    (checkout / "log").write_text("in the way")
    console, _ = log(checkout)
    told = [line for line in console.splitlines() if "cannot be written" in line]
    assert len(told) == 1
    assert told[0].endswith("main_controller.log (Not a directory): it goes on without")
    assert "Traceback" not in console
    assert "a line at error" in console


FULL = """
import logging, sys
from pathlib import Path
from main_controller.logs import end_logs, log_fault, set_up_logs
checkout = Path(sys.argv[1])
file = checkout / "log" / "main_controller.log"
file.parent.mkdir()
file.symlink_to("/dev/full")
set_up_logs(checkout)
log = logging.getLogger("main_controller.early")
for number in range(3):
    log.info("lost %s", number)
end_logs()
print(log_fault().code, log_fault())
file.unlink()
log.info("kept")
end_logs()
print(log_fault())
log.info("later")
end_logs()
"""


def test_a_full_disk_is_told_at_its_begin_and_its_end_with_what_was_lost(checkout: Path) -> None:
    """M10: and the log goes on by itself when there is room."""
    said, file = log(checkout, program=FULL, output="stdout")
    place = checkout / "log" / "main_controller.log"
    assert said.splitlines() == [
        f"program.logNotWritten The log cannot be written to {place}: No space left on device.",
        "None",
    ]
    assert "lost" not in file
    assert [part in file for part in ("kept", "is written to", "3 lines are missing there", "later")] == [True] * 4


def test_the_log_lies_in_the_data_folder(checkout: Path, tmp_path: Path) -> None:
    """M11: the checkout may be read-only."""
    program = PROGRAM.replace('simulated=sys.argv[3] == "simulated"', f"data=Path({str(tmp_path / 'data')!r})")
    console, file = log(checkout, program=program)
    assert "a line at error" in console
    assert not file
    assert not (checkout / "log").exists()
    assert "a line at error" in (tmp_path / "data" / "log" / "main_controller.log").read_text("utf-8")


def test_a_broken_logging_conf_is_one_sentence(checkout: Path) -> None:
    """It names the file and what was wrong."""
    edit(checkout, "handler_infoFileHandler", "class", "NoSuchHandler")
    console, _ = log(checkout)
    assert len(console.splitlines()) == 1
    assert console.startswith("logging.conf: ")
    assert "NoSuchHandler" in console


@pytest.mark.parametrize("coding", ["utf-8-sig", "utf-8"])
def test_logging_conf_is_read_as_a_windows_editor_saves_it(checkout: Path, coding: str) -> None:
    """M23: a byte order mark, CRLF."""
    text = (checkout / "logging.conf").read_text("utf-8")
    (checkout / "logging.conf").write_bytes(text.replace("\n", "\r\n").encode(coding))
    assert "a line at error" in log(checkout)[1]


def test_logging_conf_in_utf_16_is_one_sentence(checkout: Path) -> None:
    text = (checkout / "logging.conf").read_text("utf-8")
    (checkout / "logging.conf").write_bytes(text.encode("utf-16"))
    console, _ = log(checkout)
    assert len(console.splitlines()) == 1
    assert "it is saved as UTF-16; save it as UTF-8" in console


# Several programs, and destinations that hang


@pytest.fixture
def two(tmp_path: Path) -> Iterator[list[SharedDayFile]]:
    """The same log as two programs of one checkout hold it."""
    handlers = [SharedDayFile(tmp_path / "main_controller.log", "midnight", 1, 30, "utf-8") for _ in range(2)]
    yield handlers
    for handler in handlers:
        handler.close()


def say(handler: logging.Handler, text: str) -> None:
    handler.handle(logging.LogRecord("x", logging.INFO, __file__, 0, text, None, None))


def test_two_programs_on_one_log_lose_no_line_at_midnight(two: list[SharedDayFile], tmp_path: Path) -> None:
    """M19's kind: two consoles with data of their own."""
    for number, handler in enumerate(two):
        say(handler, f"before midnight {number}")
    for number, handler in enumerate(two):
        handler.rolloverAt = 0  # midnight has passed
        say(handler, f"after midnight {number}")
    for number, handler in enumerate(two):
        say(handler, f"later {number}")
    day, *more = [path for path in tmp_path.iterdir() if path.name != "main_controller.log"]
    assert more == []
    assert day.read_text().split("\n")[:2] == ["before midnight 0", "before midnight 1"]
    assert (tmp_path / "main_controller.log").read_text().split("\n")[:4] == [
        "after midnight 0", "after midnight 1", "later 0", "later 1",
    ]  # fmt: skip


def test_a_log_that_was_moved_away_is_begun_anew_at_midnight(two: list[SharedDayFile], tmp_path: Path) -> None:
    say(two[0], "before")
    (tmp_path / "main_controller.log").rename(tmp_path / "kept")
    two[0].rolloverAt = 0
    say(two[0], "after")
    assert (tmp_path / "kept").read_text() == "before\n"
    assert (tmp_path / "main_controller.log").read_text() == "after\n"


KIND = """
import logging, sys
from pathlib import Path
from main_controller.logs import set_up_logs
set_up_logs(Path(sys.argv[1]))
print([type(handler.inner).__name__ for handler in logging.getLogger().handlers])
"""


def test_the_file_of_logging_conf_is_such_a_one(checkout: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", KIND, str(checkout)],
        env={"PYTHONPATH": str(Path(__file__).resolve().parents[1])}, capture_output=True, text=True, timeout=30,
    )  # fmt: skip
    assert done.stdout == "['StreamHandler', 'SharedDayFile']\n", done.stderr
    assert issubclass(SharedDayFile, TimedRotatingFileHandler)
