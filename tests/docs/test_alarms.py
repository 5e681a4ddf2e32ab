"""docs/alarms.md tells every kind of alarm as the program has it."""

from tests.docs.alarm_table import DOCUMENT, with_table


def test_the_table_is_that_of_the_program() -> None:
    """Written by `venv/bin/python -m tests.docs.alarm_table`."""
    page = DOCUMENT.read_text("utf-8")
    assert with_table(page) == page
