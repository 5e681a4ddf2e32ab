"""What is wrong with the data is said once when it begins and once when it ends (Z4)."""

import logging

import pytest

from main_controller.workers.complaints import Complaints


def told(caplog: pytest.LogCaptureFixture) -> list[tuple[int, str]]:
    lines = [(record.levelno, record.getMessage()) for record in caplog.records]
    caplog.clear()
    return lines


def test_each_thing_is_said_once_and_again_when_it_is_well(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    complaints = Complaints("odd: %r", level=logging.WARNING)
    complaints.tell(["b", "a"])
    assert told(caplog) == [(logging.WARNING, "odd: 'a'"), (logging.WARNING, "odd: 'b'")]
    complaints.tell(["a", "b"])
    assert told(caplog) == []
    complaints.tell(["b", "c"])
    assert told(caplog) == [(logging.WARNING, "odd: 'c'"), (logging.INFO, "well again: odd: 'a'")]
    complaints.tell(["a", "b", "c"])
    assert told(caplog) == [(logging.WARNING, "odd: 'a'")]


def test_a_hostile_name_cannot_forge_a_line_or_fill_the_log(caplog: pytest.LogCaptureFixture) -> None:
    complaints = Complaints("odd: %r", level=logging.WARNING)
    complaints.tell(["x\nCRITICAL all is lost", "y" * 10_000])
    lines = told(caplog)
    assert len(lines) == 2
    assert all("\n" not in line and len(line) < 300 for _, line in lines)


def test_a_reply_full_of_faults_is_one_line_that_counts_them_and_names_some(caplog: pytest.LogCaptureFixture) -> None:
    """M27."""
    Complaints("odd: %r", level=logging.WARNING).tell(f"E{index:04d}" for index in range(980))
    (line,) = told(caplog)
    names = ", ".join(f"'E{index:04d}'" for index in range(8))
    assert line == (logging.WARNING, f"980 times: odd: {names} and 972 more")
