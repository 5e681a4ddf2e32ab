"""What is safe, since when it is, and what of it counts, from what the simulator tells of itself."""

from typing import Any

import pytest

from main_controller.drills.measure import Course, Held, safe, unheard

DEAD = 60.0


def now(volts: float, held_by: list[str], **converters: tuple[str, float, bool]) -> dict[str, Any]:
    """How all stands, as `/truth` tells it."""
    told = {name: {"status": status, "amps": amps, "answers": answers} for name, (status, amps, answers) in
            converters.items()}  # fmt: skip
    return {"volts": volts, "heldBy": held_by, "converters": told}


WAITS = ("0x0000", 0.0, True)
HOLDS = ("0x0014", -1.0, True)
TAKES = ("0x0041", 1.0, True)


@pytest.mark.parametrize(
    ("stands", "is_safe"),
    [
        (now(0, [], E001=WAITS, E002=WAITS), True),
        (now(350, ["E001"], E001=HOLDS, E002=TAKES), False),
        (now(350, ["E001"], E001=("0x0014", 0.0, True), E002=WAITS), False),
        (now(350, [""], E001=WAITS, E002=WAITS), True),
        (now(0, [], E001=WAITS, E002=("0x0041", 0.0, True)), True),
        (now(0, ["E001"], E001=("0x0014", 0.0, True), E002=WAITS), False),
        (now(120, [], E001=WAITS, E002=("0x0041", 0.0, True)), False),
        (now(30, [], E001=WAITS, E002=("0x0000", 0.4, True)), False),
        (now(350, ["E001"], E001=("0x0014", 0.0, False), E002=WAITS), True),
        (now(350, ["E001"], E001=("0x0014", -1.0, False), E002=TAKES), False),
    ],
    ids=[
        "all in Wait",
        "at work",
        "the bus is held",
        "something unlisted holds the bus",
        "the bus is down under one that still takes",
        "the bus begins to rise",
        "the bus has not fallen yet",
        "a current still falls",
        "only what cannot be heard is left",
        "one can be heard and one cannot",
    ],
)
def test_safe_is_off_the_bus_or_a_bus_that_is_down(stands: dict[str, Any], is_safe: bool) -> None:
    assert safe(stands, DEAD) is is_safe


def test_who_cannot_be_heard_is_named_only_while_it_works() -> None:
    assert unheard(now(350, ["E001"], E001=("0x0014", 0.0, False), E002=("0x0000", 0.0, False))) == ["E001"]


def test_what_holds_again_counts_from_then_on_and_its_first_time_is_kept() -> None:
    held = Held()
    changes = [held.look(at, holds) for at, holds in ((1, False), (2, True), (3, True), (4, False), (6, True))]
    assert changes == [False, True, False, True, True]
    assert (held.first, held.since, held.lost) == (2, 6, 1)


def course_until_safe() -> Course:
    """An alarm of no weight, one that counts, an order, and a bus that comes back once."""
    course = Course()
    course.take_alarm(0.5, 3, "E002 is silent.")
    course.take_alarm(4.0, 1, "E002 works on.")
    course.take_order(4.5, "c7", "127.0.0.1")
    course.take_order(5.0, "c8", "10.0.0.9")
    course.take_left(4.7)
    for at, stands in (
        (5.0, now(350, ["E001"], E001=HOLDS, E002=TAKES)),
        (6.0, now(0, [], E001=WAITS, E002=WAITS)),
        (9.0, now(350, ["E001"], E001=HOLDS, E002=TAKES)),
        (12.0, now(0, [], E001=WAITS, E002=WAITS)),
    ):
        course.stands(at, stands, DEAD, known=at >= 12)
    course.take_outcome(14.0, "verified", None)
    return course


def test_a_course_keeps_the_first_of_each_step() -> None:
    course = course_until_safe()
    assert (course.alarm, course.grave, course.ordered, course.left, course.ended) == (0.5, 4.0, 4.5, 4.7, 14.0)
    assert (course.truth.first, course.truth.since, course.truth.lost) == (6.0, 12.0, 1)
    assert course.console.since == 12.0
    assert [one.at for one in course.happened] == [0.5, 4.0, 4.5, 4.7, 6.0, 9.0, 12.0, 12.0, 14.0]
    assert "In truth: no longer safe: E001, E002 on a bus of 350 V." in [one.what for one in course.happened]


@pytest.mark.parametrize(("at", "settled"), [(14.0, False), (26.9, False), (27.0, True)])
def test_it_has_settled_once_the_safe_state_has_held(at: float, settled: bool) -> None:
    assert course_until_safe().settled(at, 15.0) is settled
    assert course_until_safe().reached(at, 15.0) is settled


def test_nothing_has_settled_before_the_order_has_ended_or_the_console_knows() -> None:
    open_order, unknown = course_until_safe(), course_until_safe()
    open_order.ended = None
    unknown.console = Held()
    assert not open_order.settled(99.0, 15.0)
    assert not unknown.settled(99.0, 15.0)
    assert unknown.reached(99.0, 15.0)


def test_a_grid_that_came_to_rest_without_an_order_has_not_been_made_safe() -> None:
    course = Course()
    course.stands(2.0, now(0, [], E001=WAITS), DEAD, known=True)
    assert not course.reached(99.0, 15.0)
