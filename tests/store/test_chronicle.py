"""What the grid does by itself is told to be read: what flickers fills neither the journal nor the page (S9)."""

from datetime import UTC, datetime
from typing import Any

from main_controller.domain.modes import Mode
from main_controller.sentence import encoded, foreign, messages, say
from main_controller.store.chronicle import KEPT, Chronicle, News
from main_controller.store.repetition import MOST, PERIOD

NOON = datetime(2026, 5, 13, 12, 0, tzinfo=UTC)


class Told:
    """A chronicle whose clock the test moves."""

    def __init__(self) -> None:
        self.now = 0.0
        self.rows: list[tuple[Any, ...]] = []
        self.chronicle = Chronicle(record=lambda *row: self.rows.append(row), wall=lambda: NOON, clock=lambda: self.now)

    def flicker(self, times: int, unit_id: str = "E001", kind: str = "converter") -> None:
        for number in range(times):
            self.chronicle.tell(kind, unit_id, foreign(f"{unit_id} changed ({number})."), number, number + 1)


def test_what_a_unit_does_again_and_again_is_told_a_few_times_and_then_as_one() -> None:
    told = Told()
    told.flicker(1000)
    assert [row[2] for row in told.rows] == [f"E001 changed ({number})." for number in range(MOST)]
    told.chronicle.catch_up()
    assert len(told.rows) == MOST, "its minute is not over"
    told.now = PERIOD
    told.chronicle.catch_up()
    text = f"{1000 - MOST} more like it within 60 s were not told one by one; the last of them: E001 changed (999)."
    assert told.rows[MOST:] == [("converter", "E001", text, 999, 1000)]
    assert told.chronicle.events()[-1].text == text
    told.chronicle.catch_up()
    assert len(told.rows) == MOST + 1
    told.flicker(1)
    assert len(told.rows) == MOST + 2, "what comes after it is told anew"


def test_what_was_left_out_is_told_also_when_it_goes_on() -> None:
    told = Told()
    told.flicker(MOST + 3)
    told.now = PERIOD
    told.flicker(MOST + 2)
    told.chronicle.catch_up()
    assert [row[2][:6] for row in told.rows[MOST:]] == [*["E001 c"] * MOST, "3 more"]
    told.now = 2 * PERIOD
    told.chronicle.catch_up()
    assert told.rows[-1][2].startswith("2 more")


def test_other_units_and_kinds_are_told_all_the_same() -> None:
    told = Told()
    told.flicker(50)
    told.flicker(1, "E002")
    told.flicker(1, kind="heavyAlarm")
    assert [row[:2] for row in told.rows[MOST:]] == [("converter", "E002"), ("heavyAlarm", "E001")]


def test_units_that_come_and_go_are_counted_likewise() -> None:
    told = Told()
    for _ in range(50):
        told.chronicle.tell_all([News("unit", "E001", foreign("became stale"), Mode.STOP, None)])
    assert told.rows == [("unit", "E001", "E001 became stale.", "stop", None)] * MOST


def test_every_event_of_the_cluster_is_told() -> None:
    told = Told()
    for number in range(50):
        told.chronicle.tell("estop", None, foreign(f"The E-stop {number}."), None, None)
    assert len(told.rows) == 50


def test_one_that_flickers_hides_nobody_else_on_the_page() -> None:
    told = Told()
    told.flicker(1, "E002")
    told.chronicle.tell("estop", None, foreign("The E-stop is latched."), None, None)
    for minute in range(100):
        told.now = minute * PERIOD
        told.flicker(MOST)
    shown = told.chronicle.events()
    assert len(shown) == KEPT
    assert [event.text for event in shown[:2]] == ["E002 changed (0).", "The E-stop is latched."]
    assert shown[-1].text == f"E001 changed ({MOST - 1})."


def test_of_events_that_are_nobodys_in_particular_the_oldest_goes() -> None:
    told = Told()
    for number in range(KEPT + 5):
        told.flicker(1, f"E{number:03d}")
    assert [event.unit_id for event in told.chronicle.events()] == [f"E{n:03d}" for n in range(5, KEPT + 5)]


def test_what_happened_to_many_units_at_once_is_one_sentence_with_the_same_code_within() -> None:
    told = Told()
    stale = say("watching.became", "became {state}", state="stale")
    told.chronicle.tell_all([News("unit", f"E{n:03d}", stale, "live", "stale") for n in range(10)])
    assert [row[2] for row in told.rows] == [f"E{n:03d} became stale." for n in range(10)]
    event = told.chronicle.events()[-1]
    ids = "E000, E001, E002, E003, E004, E005, E006, E007 and 2 more"
    assert (event.unit_id, event.text) == (None, f"10 units ({ids}), each: became stale.")
    (message,) = messages(encoded(event)[1])
    assert message["parameters"]["what"]["code"] == "watching.became"
