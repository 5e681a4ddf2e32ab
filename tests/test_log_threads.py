"""Whoever logs never waits for a destination, and each destination has its lines in their order."""

import logging
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from main_controller import log_threads
from main_controller.log_threads import Behind, all_handed_on, put_behind

LONG = 10.0


class Destination(logging.Handler):
    """Keeps what it gets; while it is closed it takes nothing, as a pipe that nobody reads."""

    def __init__(self, level: int = logging.DEBUG) -> None:
        super().__init__(level)
        self.lines: list[str] = []
        self.open = threading.Event()
        self.open.set()
        self.entered = threading.Semaphore(0)
        self.fault: Exception | None = None
        self.errors = 0

    def emit(self, record: logging.LogRecord) -> None:
        self.entered.release()
        assert self.open.wait(LONG)
        if self.fault is not None:
            raise self.fault
        self.lines.append(self.format(record))

    def handleError(self, record: logging.LogRecord) -> None:
        self.errors += 1


@pytest.fixture
def destination() -> Iterator[Destination]:
    made = Destination()
    yield made
    made.open.set()


def logger(*handlers: logging.Handler) -> logging.Logger:
    made = logging.Logger("test", logging.INFO)  # noqa: LOG001 - one that is no part of the tree
    made.handlers = list(handlers)
    return made


def test_the_order_of_lines_stays(destination: Destination) -> None:
    behind = Behind(destination)
    log = logger(behind)
    for number in range(1000):
        log.info("line %s", number)
    assert behind.empty(LONG)
    assert destination.lines == [f"line {number}" for number in range(1000)]


def test_a_destination_that_takes_nothing_holds_nobody(destination: Destination) -> None:
    other = Destination()
    log = logger(Behind(destination), Behind(other))
    destination.open.clear()
    for number in range(100):
        log.info("line %s", number)
    assert all_handed_on([h for h in log.handlers if isinstance(h, Behind) and h.inner is other], LONG)
    assert len(other.lines) == 100, "the file goes on while the console is blocked"
    assert destination.lines == []
    assert not all_handed_on([h for h in log.handlers if isinstance(h, Behind)], 0.05)


def test_what_is_too_much_is_counted_and_told_in_its_place(destination: Destination) -> None:
    behind = Behind(destination, most=5)
    log = logger(behind)
    destination.open.clear()
    log.info("first")
    assert destination.entered.acquire(timeout=LONG)
    for number in range(12):
        log.info("line %s", number)
    destination.open.set()
    assert behind.empty(LONG)
    log.info("later")
    assert behind.empty(LONG)
    assert destination.lines == [
        "first",
        *(f"line {number}" for number in range(5)),
        "7 lines of the log were lost here, since this destination did not take them in time",
        "later",
    ]


def test_a_line_says_what_was_so_when_it_was_logged(destination: Destination) -> None:
    behind = Behind(destination)
    log = logger(behind)
    destination.open.clear()
    units = ["E001"]
    log.info("units %s", units)
    units.append("E002")
    destination.open.set()
    assert behind.empty(LONG)
    assert destination.lines == ["units ['E001']"]


def test_a_traceback_comes_through(destination: Destination) -> None:
    behind = Behind(destination)
    try:
        raise ValueError("broken")
    except ValueError:
        logger(behind).exception("it failed")
    assert behind.empty(LONG)
    assert destination.lines[0].startswith("it failed\nTraceback")
    assert destination.lines[0].endswith("ValueError: broken")


def test_a_line_that_cannot_be_made_is_told_and_raises_nothing(destination: Destination) -> None:
    behind = Behind(destination)
    logger(behind).info("%d units", "no number")
    assert behind.empty(LONG)
    assert destination.lines == ["'%d units' could not be made a line: TypeError"]


def test_a_destination_that_fails_gets_the_next_line_all_the_same(destination: Destination) -> None:
    behind = Behind(destination)
    destination.fault = OSError("the disk is full")
    logger(behind).info("lost")
    assert behind.empty(LONG)
    destination.fault = None
    logger(behind).info("kept")
    assert behind.empty(LONG)
    assert (destination.lines, destination.errors, behind.fault) == (["kept"], 0, None)


def test_a_bug_in_a_destination_is_the_destinations_own_to_tell(destination: Destination) -> None:
    behind = Behind(destination)
    destination.fault = TypeError("a bug")
    logger(behind).info("lost")
    assert behind.empty(LONG)
    assert (destination.errors, behind.fault) == (1, None)


def test_one_that_fails_at_every_other_line_fills_no_other(
    destination: Destination, monkeypatch: pytest.MonkeyPatch
) -> None:
    """M10: what is said of a fault is never a reason to say more."""
    other = Destination()
    log = logger(Behind(destination), Behind(other))
    monkeypatch.setattr(log_threads, "log", log)
    for number in range(5):
        destination.fault = OSError(28, "full") if number % 2 == 0 else None
        log.info("line %s", number)
        assert all_handed_on([h for h in log.handlers if isinstance(h, Behind)], LONG)
    assert len([line for line in other.lines if "cannot be written" in line]) <= 3
    assert len(other.lines) <= 12


def test_levels_and_filters_of_a_destination_hold(destination: Destination) -> None:
    destination.setLevel(logging.ERROR)
    destination.addFilter(lambda record: "secret" not in record.getMessage())
    log = logger(destination)
    made = put_behind([log])
    for text in ("plain", "secret"):
        log.warning(text)
        log.error(text)
    assert all_handed_on(made, LONG)
    assert destination.lines == ["plain"]


def test_a_destination_of_two_loggers_keeps_one_thread(destination: Destination) -> None:
    one, other = logger(destination), logger(destination)
    assert len(put_behind([one, other])) == 1
    assert one.handlers == other.handlers


def test_a_file_that_was_moved_away_is_opened_anew_when_told(tmp_path: Path) -> None:
    """Every line is in one of the two, in its order."""
    path, moved = tmp_path / "x.log", tmp_path / "x.log.1"
    behind = Behind(logging.FileHandler(path, encoding="utf-8"))
    log = logger(behind)
    log.info("one")
    assert behind.empty(LONG)
    path.rename(moved)
    log.info("two")
    behind.reopen()
    assert behind.empty(LONG)
    log.info("three")
    assert behind.empty(LONG)
    assert path.read_text("utf-8").endswith("three\n")
    assert moved.read_text("utf-8").splitlines() + path.read_text("utf-8").splitlines() == ["one", "two", "three"]
    behind.inner.close()
