"""Lines that repeat are counted, and no count is lost (Z20)."""

import logging

from main_controller.log_repeats import KEPT, MOST, PERIOD, Repeats
from main_controller.log_threads import Behind
from tests.test_log_threads import LONG, Destination, logger


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def record(text: str, level: int = logging.ERROR, name: str = "x") -> logging.LogRecord:
    return logging.LogRecord(name, level, __file__, 1, text, (), None)


def test_the_same_line_is_told_a_few_times_in_a_minute_and_then_counted() -> None:
    clock = Clock()
    repeats = Repeats(clock)
    told = [repeats.tells(record("refused")) for _ in range(500)]
    assert told == [True] * MOST + [False] * (500 - MOST)
    assert repeats.tells(record("another"))
    assert repeats.tells(record("refused", logging.WARNING))
    assert repeats.tells(record("refused", name="y"))
    assert repeats.over() == []
    clock.now += PERIOD
    (counted,) = repeats.over()
    assert counted.getMessage() == f"{500 - MOST} more times within 60 s: refused"
    assert (counted.levelno, counted.name) == (logging.ERROR, "x")
    assert repeats.over() == []
    assert repeats.tells(record("refused")), "it is told anew"


def test_a_line_of_every_poll_is_never_left_out() -> None:
    """L7: DEBUG shows start-up and every poll."""
    repeats = Repeats(Clock())
    assert all(repeats.tells(record("polled", logging.DEBUG)) for _ in range(100))


def test_what_is_remembered_is_bounded() -> None:
    clock = Clock()
    repeats = Repeats(clock)
    for number in range(KEPT):
        repeats.tells(record(f"line {number}"))
    assert all(repeats.tells(record("one more")) for _ in range(100))
    clock.now += PERIOD
    assert repeats.over() == []
    assert not all(repeats.tells(record("one more")) for _ in range(100))


def test_a_destination_gets_the_count_when_the_minute_is_over_and_at_the_end() -> None:
    clock, destination = Clock(), Destination()
    behind = Behind(destination, clock=clock)
    log = logger(behind)
    for _ in range(100):
        log.error("refused")
    assert behind.empty(LONG)
    assert destination.lines == ["refused"] * MOST
    clock.now += PERIOD
    log.error("another")
    assert behind.empty(LONG)
    assert destination.lines[MOST:] == [f"{100 - MOST} more times within 60 s: refused", "another"]
    for _ in range(7):
        log.error("refused")
    assert behind.empty(LONG, ends=True)
    assert destination.lines[-1] == "2 more times within 60 s: refused"
